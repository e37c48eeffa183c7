//! Workbooks of every kind. The first byte chooses the name; the rest is the file, or the content of its only sheet, so
//! that the fuzzer need not learn to pack archives.
#![no_main]

use std::{
    cell::RefCell,
    io::{Cursor, Write},
};

use callboard_fuzz::Drop;
use libfuzzer_sys::fuzz_target;
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const RELATIONS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

thread_local! {
    static DROP: RefCell<Drop> = RefCell::default();
}

fuzz_target!(|bytes: &[u8]| {
    let Some((choice, bytes)) = bytes.split_first() else { return };
    let (name, bytes) = match choice % 6 {
        0 => ("list.xlsx", bytes.to_vec()),
        1 => ("list.xls", bytes.to_vec()),
        2 => ("list.ods", bytes.to_vec()),
        3 => ("list.xlsb", bytes.to_vec()),
        4 => ("list.xlsx", xlsx(bytes)),
        _ => ("list.ods", archive(&[("content.xml", bytes)])),
    };
    DROP.with_borrow_mut(|drop| drop.read(name, &bytes));
});

fn xlsx(sheet: &[u8]) -> Vec<u8> {
    let workbook = format!(
        r#"<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><sheets><sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>"#
    );
    let relations = format!(
        r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="{RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#
    );
    let start = format!(r#"<worksheet xmlns="{MAIN}"><sheetData>"#);
    let sheet = [start.as_bytes(), sheet, b"</sheetData></worksheet>"].concat();
    archive(&[
        ("xl/workbook.xml", workbook.as_bytes()),
        ("xl/_rels/workbook.xml.rels", relations.as_bytes()),
        ("xl/worksheets/sheet1.xml", &sheet),
    ])
}

fn archive(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        zip.start_file(*name, options).expect("an entry");
        zip.write_all(bytes).expect("its content");
    }
    zip.finish().expect("an archive").into_inner()
}
