//! `cargo bench -p callboard-engine --bench import_read`: how quickly lists are read and split, without a database.
//!
//! Owns the lists: a million contacts as CSV (plain, quoted, Windows-1251, UTF-16) and as a workbook, made anew each
//! time. Prints the best of five; refuses to be a test: it never fails for being slow.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a measurement stops by panicking and prints its result")]

use std::{
    env,
    fmt::Write as _,
    fs,
    path::Path,
    time::{Duration, Instant},
};

use callboard_engine::import::{
    ImportError, ImportLimits,
    layout::{DroppedFile, FileKind, Layout, LayoutChoice},
    preview::preview,
    source::Source,
};
use rust_xlsxwriter::Workbook;

fn main() {
    let rows: u32 = env::args().find_map(|arg| arg.parse().ok()).unwrap_or(1_000_000);
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name);
    let plain = list(rows, "");
    fs::write(file("plain.csv"), &plain).unwrap();
    fs::write(file("crlf.csv"), plain.replace('\n', "\r\n")).unwrap();
    fs::write(file("quoted.csv"), list(rows, "\"")).unwrap();
    fs::write(file("windows-1251.csv"), encoding_rs::WINDOWS_1251.encode(&plain).0).unwrap();
    let utf16 = [0xfeff].into_iter().chain(plain.encode_utf16()).flat_map(u16::to_le_bytes);
    fs::write(file("utf-16.csv"), utf16.collect::<Vec<_>>()).unwrap();
    workbook(&file("shared.xlsx"), rows, false);
    workbook(&file("inline.xlsx"), rows, true);
    println!("{:<18} {:>8} {:>9} {:>9} {:>12} {:>10}", "file", "MB", "read ms", "MB/s", "rows/s", "preview ms");
    for name in ["plain", "crlf", "quoted", "windows-1251", "utf-16"] {
        measure(&file(&format!("{name}.csv")), rows);
    }
    for name in ["shared", "inline"] {
        measure(&file(&format!("{name}.xlsx")), rows);
    }
}

/// Contacts of about a hundred bytes.
fn list(rows: u32, quote: &str) -> String {
    let mut text = String::from("Телефон;ФИО;Email;Компания;Комментарий\n");
    for index in 0..rows {
        let cells = cells(index);
        let _ = writeln!(text, "{}", cells.map(|cell| format!("{quote}{cell}{quote}")).join(";"));
    }
    text
}

fn cells(index: u32) -> [String; 5] {
    [
        format!("+7999{index:07}"),
        format!("Иванов Иван {index}"),
        format!("ivan{index}@example.com"),
        "Ромашка".to_owned(),
        "звонить после обеда".to_owned(),
    ]
}

/// `numbers` writes phones as numbers, which stand in the sheet and not in the table of texts.
fn workbook(path: &Path, rows: u32, numbers: bool) {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    sheet.write_row(0, 0, ["Телефон", "ФИО", "Email", "Компания", "Комментарий"]).unwrap();
    for index in 0..rows {
        for (column, cell) in (0_u16..).zip(cells(index)) {
            if numbers && column == 0 {
                sheet.write_number(index + 1, column, cell.trim_start_matches('+').parse::<f64>().unwrap()).unwrap();
            } else {
                sheet.write_string(index + 1, column, cell).unwrap();
            }
        }
    }
    workbook.save(path).unwrap();
}

fn measure(path: &Path, rows: u32) {
    const TIMES: usize = 5;
    let name = path.file_name().unwrap().to_str().unwrap();
    let limits = ImportLimits { rows: rows.into(), bytes: u64::MAX };
    let dropped = DroppedFile { path, name, region: "RU", limits };
    let layout = Layout::detect(dropped, &LayoutChoice::default()).unwrap();
    let times = if layout.kind == FileKind::Csv { TIMES } else { 1 };
    let read = best(times, || {
        let source = Source::open(dropped, &layout, Some(&layout.guessed_mapping())).unwrap();
        let mut letters = 0;
        let read = source.each_row::<ImportError>(|row| {
            letters += row.cells().map(str::len).sum::<usize>();
            Ok(())
        });
        assert_eq!(read.unwrap().rows, u64::from(rows));
        assert!(letters > 0, "every cell was looked at");
    });
    let seen = best(times, || {
        preview(dropped, &LayoutChoice::default(), 7).unwrap();
    });
    let megabytes = fs::metadata(path).unwrap().len() as f64 / 1e6;
    println!(
        "{name:<18} {megabytes:>8.1} {:>9.0} {:>9.0} {:>12.0} {:>10.1}",
        read.as_secs_f64() * 1e3,
        megabytes / read.as_secs_f64(),
        f64::from(rows) / read.as_secs_f64(),
        seen.as_secs_f64() * 1e3
    );
}

fn best(times: usize, mut work: impl FnMut()) -> Duration {
    let once = |()| {
        let start = Instant::now();
        work();
        start.elapsed()
    };
    std::iter::repeat_n((), times).map(once).min().unwrap()
}
