//! Builds small workbooks, so that every test shows what is in its own.

use std::{
    fmt::Write as _,
    io::{Cursor, Write as _},
};

use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

#[derive(Clone, Copy)]
pub enum Cell<'a> {
    Empty,
    /// A text inside the sheet.
    Text(&'a str),
    /// A text in the shared table.
    Shared(&'a str),
    /// A number as it stands in the file.
    Number(&'a str),
    /// A number shown as date and time.
    Moment(&'a str),
    /// A formula with its saved value.
    Formula(&'a str, &'a str),
}

#[derive(Default)]
pub struct Workbook<'a> {
    sheets: Vec<(&'a str, Vec<Vec<Cell<'a>>>)>,
    entries: Vec<(&'a str, Vec<u8>)>,
}

impl<'a> Workbook<'a> {
    /// A sheet; `state` is visible, hidden or veryHidden. An empty row is left out of the file.
    pub fn sheet(mut self, state: &'a str, rows: Vec<Vec<Cell<'a>>>) -> Self {
        self.sheets.push((state, rows));
        self
    }

    /// A further entry of the archive.
    pub fn entry(mut self, name: &'a str, bytes: Vec<u8>) -> Self {
        self.entries.push((name, bytes));
        self
    }

    pub fn build(self) -> Vec<u8> {
        const XML: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>"#;
        const MAIN: &str = r#"xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships""#;
        const RELS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
        let (mut sheets, mut rels, mut shared) = (String::new(), String::new(), Vec::new());
        let mut files = Vec::new();
        for (index, (state, rows)) in self.sheets.iter().enumerate() {
            let n = index + 1;
            let _ = write!(sheets, r#"<sheet name="S{n}" sheetId="{n}" state="{state}" r:id="rId{n}"/>"#);
            let _ =
                write!(rels, r#"<Relationship Id="rId{n}" Type="{RELS}/worksheet" Target="worksheets/sheet{n}.xml"/>"#);
            let data = sheet_data(rows, &mut shared);
            files.push((
                format!("xl/worksheets/sheet{n}.xml"),
                format!("{XML}<worksheet {MAIN}><sheetData>{data}</sheetData></worksheet>"),
            ));
        }
        let _ = write!(
            rels,
            r#"<Relationship Id="s" Type="{RELS}/sharedStrings" Target="sharedStrings.xml"/><Relationship Id="t" Type="{RELS}/styles" Target="styles.xml"/>"#
        );
        let texts = shared
            .iter()
            .fold(String::new(), |texts, text| texts + "<si><t xml:space=\"preserve\">" + &escape(text) + "</t></si>");
        let package = "http://schemas.openxmlformats.org/package/2006";
        files.extend([
            ("[Content_Types].xml".to_owned(), format!(r#"{XML}<Types xmlns="{package}/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>"#)),
            ("_rels/.rels".to_owned(), format!(r#"{XML}<Relationships xmlns="{package}/relationships"><Relationship Id="r" Type="{RELS}/officeDocument" Target="xl/workbook.xml"/></Relationships>"#)),
            ("xl/workbook.xml".to_owned(), format!("{XML}<workbook {MAIN}><sheets>{sheets}</sheets></workbook>")),
            ("xl/_rels/workbook.xml.rels".to_owned(), format!(r#"{XML}<Relationships xmlns="{package}/relationships">{rels}</Relationships>"#)),
            ("xl/sharedStrings.xml".to_owned(), format!("{XML}<sst {MAIN}>{texts}</sst>")),
            ("xl/styles.xml".to_owned(), format!(r#"{XML}<styleSheet {MAIN}><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="22" applyNumberFormat="1"/></cellXfs></styleSheet>"#)),
        ]);
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        for (name, bytes) in files
            .iter()
            .map(|(name, text)| (name.as_str(), text.as_bytes()))
            .chain(self.entries.iter().map(|(name, bytes)| (*name, bytes.as_slice())))
        {
            zip.start_file(name, options).expect("an entry");
            zip.write_all(bytes).expect("its content");
        }
        zip.finish().expect("an archive").into_inner()
    }
}

fn sheet_data<'a>(rows: &[Vec<Cell<'a>>], shared: &mut Vec<&'a str>) -> String {
    let mut xml = String::new();
    for (index, row) in rows.iter().enumerate().filter(|(_, row)| !row.is_empty()) {
        let line = index + 1;
        let _ = write!(xml, r#"<row r="{line}">"#);
        for (column, cell) in row.iter().enumerate() {
            let at = format!("{}{line}", column_name(column));
            let _ = match cell {
                Cell::Empty => Ok(()),
                Cell::Text(text) => write!(xml, r#"<c r="{at}" t="inlineStr"><is><t>{}</t></is></c>"#, escape(text)),
                Cell::Shared(text) => {
                    shared.push(text);
                    write!(xml, r#"<c r="{at}" t="s"><v>{}</v></c>"#, shared.len() - 1)
                }
                Cell::Number(number) => write!(xml, r#"<c r="{at}"><v>{number}</v></c>"#),
                Cell::Moment(number) => write!(xml, r#"<c r="{at}" s="1"><v>{number}</v></c>"#),
                Cell::Formula(formula, value) => {
                    write!(xml, r#"<c r="{at}" t="str"><f>{}</f><v>{}</v></c>"#, escape(formula), escape(value))
                }
            };
        }
        xml.push_str("</row>");
    }
    xml
}

fn column_name(mut column: usize) -> String {
    let mut name = Vec::new();
    loop {
        name.push(char::from(b'A' + u8::try_from(column % 26).unwrap_or_default()));
        if column < 26 {
            return name.iter().rev().collect();
        }
        column = column / 26 - 1;
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
