//! Files that were made to cost more than they are worth: each is read or refused in little time and memory.

use std::{
    fmt::Write as _,
    io::{Cursor, Write as _},
    time::{Duration, Instant},
};

use callboard_engine::import::{
    ImportError, ImportLimits, Limit, Unreadable,
    layout::{DroppedFile, Layout, LayoutChoice},
    source::Source,
};
use zip::{ZipWriter, write::SimpleFileOptions};

use crate::{
    read,
    sheets::{ods, xls},
    unreadable,
    workbook::{Cell::Text, Workbook},
};

/// Far more than any of them needs, far less than an attack would take. The debug build is slow.
const SOON: Duration = Duration::from_mins(1);

fn soon<T>(what: &str, work: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let done = work();
    assert!(start.elapsed() < SOON, "{what} took {:?}", start.elapsed());
    done
}

/// Acceptance 14: a cell beyond every limit costs its own row.
#[test]
fn a_giant_quoted_cell_costs_its_own_line() {
    let giant = "x".repeat(10 << 20);
    let text = format!("phone,note\n+79991234567,a\n+79991234568,\"{giant}\"\n+79991234569,b\n");
    let read = soon("a giant cell", || read("a.csv", text.as_bytes())).expect("a list");
    let bad: Vec<i32> = read.rows.iter().filter(|row| row.overlong).map(|row| row.line).collect();
    assert_eq!((bad, read.rows.len()), (vec![3], 3));
    assert!(read.rows[1].cells[1].len() < 40_000, "what is kept for the report is bounded");
}

/// Each line opens a quotation mark that stays open whether or not the one before did: a reader that looks for its end
/// again and again never comes to the end of the file.
#[test]
fn marks_that_are_never_closed_do_not_multiply_the_work() {
    let mut text = String::from("phone,note\n");
    for _ in 0..400_000 {
        text.push_str("x\",\"y\n");
    }
    let read = soon("open marks", || read("a.csv", text.as_bytes())).expect("a list");
    assert!(read.rows.len() > 1000);
    assert!(read.rows.iter().all(|row| row.overlong || row.cells.len() > 1));
}

#[test]
fn a_mark_that_was_forgotten_does_not_swallow_the_next_contact() {
    let text = "phone,name\n+79991234567,\"Ivan\n+79991234568,\"Olga\"\n+79991234569,Petr\n";
    let read = read("a.csv", text.as_bytes()).expect("a list");
    let lines: Vec<_> = read.rows.iter().map(|row| (row.line, row.overlong)).collect();
    assert_eq!(lines, [(2, true), (3, false), (4, false)]);
}

#[test]
fn a_row_of_twenty_thousand_cells_costs_itself() {
    let text = format!("phone,name\n+79991234567{}\n+79991234568,b\n", ",x".repeat(20_000));
    let read = read("a.csv", text.as_bytes()).expect("a list");
    assert_eq!(read.rows.iter().map(|row| row.overlong).collect::<Vec<_>>(), [true, false]);
    let wide = format!("phone{}\n+79991234567\n", ",x".repeat(300));
    assert!(matches!(crate::read("a.csv", wide.as_bytes()), Err(ImportError::TooLarge { limit: Limit::Columns, .. })));
}

/// Domain finding 8: a sheet of two cells that spans 1.7e10.
#[test]
fn a_sheet_of_two_far_corners_costs_two_rows() {
    let sheet = r#"<row r="1"><c r="A1" t="inlineStr"><is><t>phone</t></is></c></row>
        <row r="2"><c r="A2"><v>79991234567</v></c></row>
        <row r="1048576"><c r="XFD1048576"><v>1</v></c></row>"#;
    let bytes = raw_sheet(sheet);
    let read = soon("two far corners", || read("a.xlsx", &bytes)).expect("a list");
    let rows: Vec<_> = read.rows.iter().map(|row| (row.line, row.overlong)).collect();
    assert_eq!(rows, [(2, false), (1_048_576, true)]);
}

#[test]
fn cells_that_go_back_are_damage_and_no_panic() {
    let back = r#"<row r="5"><c r="A5"><v>1</v></c></row><row r="2"><c r="A2"><v>2</v></c></row>"#;
    assert_eq!(unreadable("a.xlsx", &raw_sheet(back)), Unreadable::Damaged);
}

/// An archive of a megabyte that holds a gigabyte.
#[test]
fn bombs_are_refused() {
    let bomb = Workbook::default().sheet("visible", vec![vec![Text("phone")]]).entry("xl/x.bin", vec![0; 32 << 20]);
    assert_eq!(soon("a bomb", || unreadable("a.xlsx", &bomb.build())), Unreadable::Suspicious);
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file("content.xml", SimpleFileOptions::default()).expect("an entry");
    zip.write_all(&vec![b' '; 64 << 20]).expect("its content");
    let bomb = zip.finish().expect("an archive").into_inner();
    assert_eq!(soon("a bomb", || unreadable("a.ods", &bomb)), Unreadable::Suspicious);
}

/// A few hundred bytes that stand for seventeen thousand million cells.
#[test]
fn rows_that_stand_there_a_million_times_meet_the_limit_and_not_the_memory() {
    let cell =
        r#"<table:table-cell table:number-columns-repeated="16384" office:value-type="float" office:value="7"/>"#;
    let rows = format!(
        r#"<table:table-row><table:table-cell office:value-type="string"><text:p>phone</text:p></table:table-cell></table:table-row>
           <table:table-row table:number-rows-repeated="1048575">{cell}</table:table-row>"#
    );
    let bytes = ods(&[("S", true, &rows)]);
    let mut file = tempfile::NamedTempFile::new().expect("a temporary file");
    file.write_all(&bytes).expect("written");
    let limits = ImportLimits { rows: 1000, bytes: 1 << 20 };
    let dropped = DroppedFile { path: file.path(), name: "a.ods", region: "RU", limits };
    let refused = soon("a million rows", || {
        let layout = Layout::detect(dropped, &LayoutChoice::default())?;
        Source::open(dropped, &layout, None)?.each_row::<ImportError>(|_| Ok(()))
    });
    assert!(matches!(refused, Err(ImportError::TooLarge { limit: Limit::Rows | Limit::Columns, .. })), "{refused:?}");
    let empty = r#"<table:table-row table:number-rows-repeated="1048576"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>"#;
    assert_eq!(unreadable("a.ods", &ods(&[("S", true, empty)])), Unreadable::NoSheet);
}

#[test]
fn an_old_workbook_of_two_far_corners_is_refused() {
    let near = xls(&[(0, 0, "phone"), (1, 0, "+79991234567")]);
    assert_eq!(read("a.xls", &near).expect("a list").rows.len(), 1);
    let far = xls(&[(0, 0, "phone"), (65_535, 255, "x")]);
    assert_eq!(soon("two far corners", || unreadable("a.xls", &far)), Unreadable::Suspicious);
}

/// Wherever a file breaks off, there is an answer and no panic.
#[test]
fn a_file_that_breaks_off_anywhere_is_answered() {
    let rows = vec![vec![Text("phone"), Text("name")], vec![Text("+79991234567"), Text("Иван")]];
    let files = [
        ("a.xlsx", Workbook::default().sheet("visible", rows).build()),
        ("a.xls", xls(&[(0, 0, "phone"), (1, 0, "+79991234567")])),
        (
            "a.ods",
            ods(&[(
                "S",
                true,
                "<table:table-row><table:table-cell><text:p>phone</text:p></table:table-cell></table:table-row>",
            )]),
        ),
        ("a.csv", "телефон;имя\n\"+79991234567\";\"Иван\"\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect()),
    ];
    for (name, bytes) in files {
        let step = bytes.len() / 97 + 1;
        for length in (0..bytes.len()).step_by(step) {
            let _ = read(name, &bytes[..length]);
        }
        // And whatever byte is wrong.
        for at in (0..bytes.len()).step_by(step) {
            let mut wrong = bytes.clone();
            wrong[at] ^= 0xff;
            let _ = read(name, &wrong);
        }
    }
}

/// A workbook with this content of its only sheet.
fn raw_sheet(rows: &str) -> Vec<u8> {
    let whole = Workbook::default().sheet("visible", vec![vec![Text("phone")]]).build();
    let mut archive = zip::ZipArchive::new(Cursor::new(whole)).expect("an archive");
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).expect("an entry");
        let name = entry.name().expect("a name").into_owned();
        let mut text = String::new();
        std::io::Read::read_to_string(&mut entry, &mut text).expect("text");
        if name.ends_with("sheet1.xml") {
            let (start, end) = (text.find("<sheetData>").expect("data"), text.find("</sheetData>").expect("data"));
            let mut changed = text[..start + "<sheetData>".len()].to_owned();
            let _ = write!(changed, "{rows}{}", &text[end..]);
            text = changed;
        }
        zip.start_file(name, SimpleFileOptions::default()).expect("an entry");
        zip.write_all(text.as_bytes()).expect("its content");
    }
    zip.finish().expect("an archive").into_inner()
}
