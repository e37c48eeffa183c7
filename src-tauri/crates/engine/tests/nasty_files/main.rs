//! Files that go wrong in every known way, through the reading library alone: no database.
//!
//! `files.rs` writes those of `tests/files` and says what must come of each; the others are too large or too binary to
//! be kept and are made while the tests run.

mod any_table;
mod files;
mod hostile;
mod sheets;
#[expect(dead_code, reason = "other tests use the rest")]
#[path = "../import/workbook.rs"]
mod workbook;

use std::io::Write as _;

use callboard_engine::import::{
    ImportError, ImportLimits, Unreadable,
    layout::{DroppedFile, Layout, LayoutChoice},
    source::{ReadRows, RowNote, Source},
};

/// A file as it was read.
#[derive(Debug)]
struct Read {
    layout: Layout,
    rows: Vec<ReadRow>,
    all: ReadRows,
}

/// A row as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
struct ReadRow {
    line: i32,
    overlong: bool,
    note: Option<RowNote>,
    cells: Vec<String>,
}

impl Read {
    /// The contacts' cells.
    fn contacts(&self) -> Vec<Vec<String>> {
        self.rows.iter().filter(|row| row.note.is_none()).map(|row| row.cells.clone()).collect()
    }
}

/// Finds the layout and reads everything, as an import does.
fn read(name: &str, bytes: &[u8]) -> Result<Read, ImportError> {
    read_as(name, bytes, &LayoutChoice::default())
}

/// The same with a choice.
fn read_as(name: &str, bytes: &[u8], choice: &LayoutChoice) -> Result<Read, ImportError> {
    let mut file = tempfile::NamedTempFile::new().expect("a temporary file");
    file.write_all(bytes).expect("written");
    let dropped = DroppedFile { path: file.path(), name, region: "RU", limits: ImportLimits::default() };
    let layout = Layout::detect(dropped, choice)?;
    let mapping = layout.guessed_mapping();
    let mut rows = Vec::new();
    let all = Source::open(dropped, &layout, Some(&mapping))?.each_row::<ImportError>(|row| {
        let cells = row.cells().map(str::to_owned).collect();
        rows.push(ReadRow { line: row.line, overlong: row.overlong, note: row.note, cells });
        Ok(())
    })?;
    Ok(Read { layout, rows, all })
}

/// Why a file cannot be read.
fn unreadable(name: &str, bytes: &[u8]) -> Unreadable {
    match read(name, bytes) {
        Err(ImportError::Unreadable { reason }) => reason,
        other => panic!("{name}: {other:?}"),
    }
}
