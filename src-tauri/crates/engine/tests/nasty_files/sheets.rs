//! Workbooks of every kind: which sheet counts, and what cells say.

use std::io::{Cursor, Write as _};

use callboard_engine::import::{
    Unreadable,
    layout::{FileKind, LayoutChoice},
    source::RowNote,
};
use zip::{ZipWriter, write::SimpleFileOptions};

use crate::{
    read, read_as, unreadable,
    workbook::{
        Cell::{Empty, Moment, Number, Text},
        Workbook,
    },
};

/// A workbook of `LibreOffice`: name, whether people see it, and the rows of each sheet.
pub fn ods(sheets: &[(&str, bool, &str)]) -> Vec<u8> {
    const SPACES: &str = r#"xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0""#;
    let tables = sheets.iter().fold(String::new(), |tables, (name, seen, rows)| {
        let style = if *seen { "ta1" } else { "ta2" };
        tables + &format!(r#"<table:table table:name="{name}" table:style-name="{style}">{rows}</table:table>"#)
    });
    let styles = r#"<style:style style:name="ta1" style:family="table"><style:table-properties table:display="true"/></style:style><style:style style:name="ta2" style:family="table"><style:table-properties table:display="false"/></style:style>"#;
    let content = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><office:document-content {SPACES}><office:automatic-styles>{styles}</office:automatic-styles><office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>"
    );
    archive(&[("mimetype", "application/vnd.oasis.opendocument.spreadsheet"), ("content.xml", &content)])
}

fn archive(entries: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in entries {
        zip.start_file(*name, SimpleFileOptions::default()).expect("an entry");
        zip.write_all(text.as_bytes()).expect("its content");
    }
    zip.finish().expect("an archive").into_inner()
}

/// A workbook before 2007 with texts in its only sheet.
pub fn xls(cells: &[(u16, u16, &str)]) -> Vec<u8> {
    let record = |kind: u16, data: &[u8]| -> Vec<u8> {
        let length = u16::try_from(data.len()).expect("short");
        [&kind.to_le_bytes(), &length.to_le_bytes(), data].concat()
    };
    let begin = |kind: u16| record(0x0809, &[[0, 6].as_slice(), &kind.to_le_bytes(), &[0; 12]].concat());
    let end = record(0x0a, &[]);
    let bound = |start: u32| record(0x85, &[start.to_le_bytes().as_slice(), &[0, 0, 5, 0], b"Sheet"].concat());
    let globals = begin(5).len() + bound(0).len() + end.len();
    let mut sheet = begin(0x10);
    for (row, column, text) in cells {
        let letters: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let length = u16::try_from(letters.len() / 2).expect("short");
        let head = [row.to_le_bytes(), column.to_le_bytes(), [0, 0], length.to_le_bytes()].concat();
        sheet.extend(record(0x0204, &[head.as_slice(), &[1], &letters].concat()));
    }
    sheet.extend(&end);
    let start = u32::try_from(globals).expect("short");
    let stream = [begin(5), bound(start), end, sheet].concat();
    compound("Workbook", &stream)
}

fn compound(name: &str, stream: &[u8]) -> Vec<u8> {
    let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).expect("a file");
    file.create_stream(format!("/{name}")).expect("a stream").write_all(stream).expect("written");
    file.flush().expect("written");
    file.into_inner().into_inner()
}

fn text_cell(text: &str) -> String {
    format!(r#"<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>"#)
}

fn row(cells: &[&str]) -> String {
    let cells: Vec<String> = cells.iter().map(|cell| text_cell(cell)).collect();
    format!("<table:table-row>{}</table:table-row>", cells.concat())
}

#[test]
fn the_first_sheet_that_people_see_and_that_holds_something_is_read() {
    let list = || vec![vec![Text("Телефон"), Text("ФИО")], vec![Number("79991234567"), Text("Иван")]];
    let hidden = vec![vec![Text("phone")], vec![Text("+79990000000")]];
    let bytes = Workbook::default()
        .sheet("hidden", hidden)
        .sheet("visible", vec![])
        .sheet("visible", list())
        .sheet("visible", vec![vec![Text("прочее")]])
        .build();
    let first = read("a.xlsx", &bytes).expect("a list");
    assert_eq!(first.layout.sheet.as_deref(), Some("S3"));
    let seen: Vec<_> = first.layout.sheets.iter().map(|sheet| (sheet.name.as_str(), sheet.hidden)).collect();
    assert_eq!(seen, [("S1", true), ("S2", false), ("S3", false), ("S4", false)], "all can be chosen");
    assert_eq!(first.contacts(), [["79991234567", "Иван"]]);
    let choice = LayoutChoice { sheet: Some("S1".to_owned()), ..LayoutChoice::default() };
    assert_eq!(read_as("a.xlsx", &bytes, &choice).expect("a list").contacts(), [["+79990000000"]]);
    let gone = LayoutChoice { sheet: Some("nowhere".to_owned()), ..LayoutChoice::default() };
    assert!(read_as("a.xlsx", &bytes, &gone).is_err());
}

#[test]
fn titles_and_sums_of_a_workbook_are_no_contacts() {
    let bytes = Workbook::default()
        .sheet(
            "visible",
            vec![
                vec![Text("Отчёт по клиентам")],
                vec![],
                vec![Empty, Text("Клиент"), Text("Контактный телефон"), Text("Дата")],
                vec![Number("1"), Text("Петров"), Number("89991234567"), Moment("46346")],
                vec![Text("Итого"), Empty, Number("100000000000")],
            ],
        )
        .build();
    let read = read("a.xlsx", &bytes).expect("a list");
    assert_eq!(read.layout.header_row, Some(3));
    assert_eq!(read.layout.column_names(), ["column_1", "Клиент", "Контактный телефон", "Дата"]);
    assert_eq!(read.contacts(), [["1", "Петров", "89991234567", "2026-11-20"]]);
    assert!(read.rows.iter().all(|row| row.line != 5 || row.note.is_some_and(|note| note == RowNote::Total)));
}

#[test]
fn a_workbook_of_libreoffice_is_read() {
    let rows = [
        row(&["Телефон", "Имя &amp; фамилия", "Когда"]),
        "<table:table-row table:number-rows-repeated=\"3\"><table:table-cell table:number-columns-repeated=\"1024\"/></table:table-row>".to_owned(),
        r#"<table:table-row><table:table-cell office:value-type="float" office:value="79991234567"><text:p>7,99912E+10</text:p></table:table-cell><table:table-cell office:value-type="string"><office:annotation><text:p>note</text:p></office:annotation><text:p>Иван<text:s text:c="2"/>Петров</text:p><text:p>вторая</text:p></table:table-cell><table:table-cell office:value-type="date" office:date-value="2026-01-31T10:00:00"><text:p>31.01</text:p></table:table-cell></table:table-row>"#.to_owned(),
        "<table:table-row table:number-rows-repeated=\"2\"><table:table-cell table:number-columns-repeated=\"2\" office:value-type=\"string\"><text:p>89991234568</text:p></table:table-cell></table:table-row>".to_owned(),
        "<table:table-row table:number-rows-repeated=\"1048000\"><table:table-cell table:number-columns-repeated=\"16384\"/></table:table-row>".to_owned(),
    ];
    let hidden = row(&["phone", "hidden"]);
    let read = read("a.ods", &ods(&[("Тайна", false, &hidden), ("Лист", true, &rows.concat())])).expect("a list");
    assert_eq!((read.layout.kind, read.layout.sheet.as_deref()), (FileKind::Ods, Some("Лист")));
    assert_eq!(read.layout.column_names(), ["Телефон", "Имя & фамилия", "Когда"]);
    let lines: Vec<_> = read.rows.iter().map(|row| (row.line, row.cells.join("/"))).collect();
    let copy = "89991234568/89991234568".to_owned();
    let first = "79991234567/Иван  Петров\nвторая/2026-01-31 10:00:00".to_owned();
    assert_eq!(lines, [(5, first), (6, copy.clone()), (7, copy)]);
}

#[test]
fn a_workbook_before_2007_is_read() {
    let bytes = xls(&[(0, 0, "Телефон"), (0, 1, "Имя"), (2, 0, "+79991234567"), (2, 1, "Ольга")]);
    let read = read("a.xls", &bytes).expect("a list");
    assert_eq!((read.layout.kind, read.layout.sheet.as_deref()), (FileKind::Xls, Some("Sheet")));
    assert_eq!(read.rows.iter().map(|row| row.line).collect::<Vec<_>>(), [3]);
    assert_eq!(read.contacts(), [["+79991234567", "Ольга"]]);
}

#[test]
fn a_protected_workbook_is_called_so() {
    let encrypted = compound("EncryptedPackage", &[0; 64]);
    for name in ["a.xlsx", "a.xls", "a.ods"] {
        assert_eq!(unreadable(name, &encrypted), Unreadable::Protected, "{name}");
    }
    let manifest = "<manifest:manifest><manifest:encryption-data/></manifest:manifest>";
    let bytes = archive(&[("META-INF/manifest.xml", manifest), ("content.xml", "?")]);
    assert_eq!(unreadable("a.ods", &bytes), Unreadable::Protected);
}

#[test]
fn a_workbook_with_the_wrong_extension_is_read_as_what_it_is() {
    let rows = vec![vec![Text("phone")], vec![Text("+79991234567")]];
    let bytes = Workbook::default().sheet("visible", rows).build();
    assert_eq!(read("export.xls", &bytes).expect("a list").layout.kind, FileKind::Xlsx);
    assert_eq!(unreadable("list.ods", &bytes), Unreadable::NotAWorkbook);
}
