//! The lists as files, made once and kept in `target/bench-files`. Owns their forms; never holds one in memory.

use std::{
    env, fs,
    io::{BufWriter, Write as _},
    path::{Path, PathBuf},
    process::Command,
};

use rust_xlsxwriter::Workbook;

use crate::people::{HEADER, person};

/// Rises when the rows change, so that old files are not taken for new ones.
const EDITION: u32 = 1;
/// The file that is only looked at.
const LARGE_BYTES: u64 = 200_000_000;
const ASKED: &str = "--make-workbook";

/// Where the texts of a workbook stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Texts {
    /// In a table of their own, as Excel does.
    Shared,
    /// In the cells, as programs do that write row by row.
    Inline,
}

impl Texts {
    /// Which workbook this process was started to make.
    pub fn wanted() -> Option<Self> {
        let mut args = env::args().skip_while(|arg| arg != ASKED).skip(1);
        args.next().map(|texts| if texts == "shared" { Self::Shared } else { Self::Inline })
    }
}

/// Where the files are.
pub struct Files {
    rows: u32,
    /// The list.
    pub csv: PathBuf,
    /// Its rows with a number, cleaned for COPY.
    pub clean: PathBuf,
    /// The list as a workbook, as Excel writes it.
    pub shared: PathBuf,
    /// The list as a workbook without shared texts.
    pub inline: PathBuf,
    /// A larger list.
    pub large: PathBuf,
}

impl Files {
    pub fn new(rows: u32) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../target/bench-files");
        fs::create_dir_all(&folder).unwrap();
        let file = |name: &str| folder.join(format!("{EDITION}-{rows}-{name}"));
        Self {
            rows,
            csv: file("list.csv"),
            clean: file("clean.csv"),
            shared: file("shared.xlsx"),
            inline: file("inline.xlsx"),
            large: folder.join(format!("{EDITION}-large.csv")),
        }
    }

    /// Makes those that are not there.
    pub fn make(&self) {
        once(&self.csv, |path| list(path, |index, _| index < self.rows));
        once(&self.large, |path| list(path, |_, bytes| bytes < LARGE_BYTES));
        once(&self.clean, |path| clean(path, self.rows));
        for (path, texts) in [(&self.shared, "shared"), (&self.inline, "inline")] {
            if !path.exists() {
                let made = Command::new(env::current_exe().unwrap()).args([ASKED, texts]).status().unwrap();
                assert!(made.success(), "the workbook is made");
            }
        }
    }

    /// Makes a workbook.
    pub fn make_workbook(&self, texts: Texts) {
        let path = if texts == Texts::Shared { &self.shared } else { &self.inline };
        once(path, |path| workbook(path, self.rows, texts));
    }
}

/// A file is there as a whole or not at all.
fn once(path: &Path, make: impl FnOnce(&Path)) {
    if !path.exists() {
        let part = path.with_extension("part");
        make(&part);
        fs::rename(part, path).unwrap();
    }
}

fn list(path: &Path, goes_on: impl Fn(u32, u64) -> bool) {
    let mut file = BufWriter::new(fs::File::create(path).unwrap());
    let mut bytes = 0;
    writeln!(file, "{}", HEADER.join(";")).unwrap();
    let mut index = 0;
    while goes_on(index, bytes) {
        let line = person(index).cells.join(";");
        writeln!(file, "{line}").unwrap();
        bytes += line.len() as u64 + 1;
        index += 1;
    }
    file.flush().unwrap();
}

/// What is left to do when reading, checking and splitting cost nothing.
fn clean(path: &Path, rows: u32) {
    let mut file = csv::Writer::from_path(path).unwrap();
    for index in 0..rows {
        let person = person(index);
        let Some(phone) = person.phone else { continue };
        let [_, name, email, city, debt] = person.cells;
        let data = serde_json::json!({ HEADER[3]: city, HEADER[4]: debt }).to_string();
        file.write_record([(index + 2).to_string(), phone, name, email, String::new(), data]).unwrap();
    }
    file.flush().unwrap();
}

fn workbook(path: &Path, rows: u32, texts: Texts) {
    let mut workbook = Workbook::new();
    let sheet = match texts {
        Texts::Shared => workbook.add_worksheet_with_low_memory(),
        Texts::Inline => workbook.add_worksheet_with_constant_memory(),
    }
    .unwrap();
    sheet.write_row(0, 0, HEADER).unwrap();
    for index in 0..rows {
        for (column, cell) in (0_u16..).zip(person(index).cells) {
            match cell.parse::<f64>() {
                // Sums are numbers in a workbook, telephone numbers are not, or Excel would round them.
                Ok(number) if column == 4 => sheet.write_number(index + 1, column, number),
                _ => sheet.write_string(index + 1, column, cell),
            }
            .unwrap();
        }
    }
    workbook.save(path).unwrap();
}
