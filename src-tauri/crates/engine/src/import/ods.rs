//! Workbooks of `LibreOffice`. Owns a reader that holds one row: in this format a cell or a row may say that it stands
//! there a million times, and libraries write all of them down.

use std::{
    collections::HashSet,
    io::{BufRead, BufReader, Read},
};

use quick_xml::{
    Reader,
    events::{BytesStart, Event},
};
use zip::ZipArchive;

use super::{
    ImportError, Unreadable,
    cells::{MAX_CELL_CHARS, MAX_COLUMNS},
    sheet::{Input, Next, RowSink, SheetInfo, number_text},
    xlsx_rows::{damaged, zip_refusal},
};

const CONTENT: &str = "content.xml";
const MANIFEST: &str = "META-INF/manifest.xml";
/// Rows of the largest sheet. What repeats beyond is space at the end.
const MOST_ROWS: u32 = 1 << 20;

/// An opened workbook.
pub(super) struct Ods {
    archive: ZipArchive<Input>,
    sheets: Vec<SheetInfo>,
}

impl Ods {
    pub fn open(input: Input) -> Result<Self, ImportError> {
        let mut archive = ZipArchive::new(input).map_err(|error| zip_refusal(&error))?;
        let mut manifest = String::new();
        if let Ok(entry) = archive.by_name(MANIFEST) {
            entry.take(1 << 20).read_to_string(&mut manifest).map_err(|_| damaged())?;
        }
        if manifest.contains("encryption-data") {
            return Err(ImportError::Unreadable { reason: Unreadable::Protected });
        }
        let mut sheets = Vec::new();
        let content = archive.by_name(CONTENT).map_err(|error| zip_refusal(&error))?;
        Content::new(BufReader::new(content)).list(&mut sheets)?;
        Ok(Self { archive, sheets })
    }

    pub fn sheets(&self) -> &[SheetInfo] {
        &self.sheets
    }

    pub fn each_row(&mut self, sheet: &str, rows: &mut RowSink<'_>) -> Result<Next, ImportError> {
        let content = self.archive.by_name(CONTENT).map_err(|error| zip_refusal(&error))?;
        Content::new(BufReader::new(content)).rows_of(sheet, rows)
    }
}

/// The part of the workbook that holds every sheet, read from front to back.
struct Content<R> {
    xml: Reader<R>,
    buffer: Vec<u8>,
    cell: String,
}

impl<R: BufRead> Content<R> {
    fn new(input: R) -> Self {
        let mut xml = Reader::from_reader(input);
        // `<a/>` is `<a></a>`: one case less.
        xml.config_mut().expand_empty_elements = true;
        Self { xml, buffer: Vec::new(), cell: String::new() }
    }

    fn list(&mut self, sheets: &mut Vec<SheetInfo>) -> Result<(), ImportError> {
        let (mut style, mut hidden) = (None, HashSet::new());
        loop {
            self.buffer.clear();
            match self.xml.read_event_into(&mut self.buffer).map_err(|_| damaged())? {
                Event::Start(start) => match start.name().as_ref() {
                    "style:style" => style = attribute(&start, "style:name")?,
                    "style:table-properties" if attribute(&start, "table:display")?.as_deref() == Some("false") => {
                        hidden.extend(style.take());
                    }
                    "table:table" => {
                        let style = attribute(&start, "table:style-name")?;
                        let hidden = style.is_some_and(|style| hidden.contains(&style));
                        let name = attribute(&start, "table:name")?.unwrap_or_default();
                        sheets.push(SheetInfo { name, hidden, rows: None });
                    }
                    _ => {}
                },
                Event::Eof => return Ok(()),
                _ => {}
            }
        }
    }

    fn rows_of(&mut self, sheet: &str, rows: &mut RowSink<'_>) -> Result<Next, ImportError> {
        let (mut inside, mut line) = (false, 0_u32);
        loop {
            self.buffer.clear();
            match self.xml.read_event_into(&mut self.buffer).map_err(|_| damaged())? {
                Event::Start(start) => match start.name().as_ref() {
                    "table:table" => inside = attribute(&start, "table:name")?.unwrap_or_default() == sheet,
                    "table:table-row" if inside => {
                        let repeated = repeats(&start, "table:number-rows-repeated")?;
                        let filled = self.row(line, rows)?;
                        let repeated = repeated.min(MOST_ROWS.saturating_sub(line));
                        line += repeated;
                        if filled && rows.end_times(repeated) == Next::Enough {
                            return Ok(Next::Enough);
                        }
                    }
                    _ => {}
                },
                Event::End(end) if inside && end.name().as_ref() == "table:table" => return Ok(rows.end()),
                Event::Eof if inside => return Err(damaged()),
                Event::Eof => return Err(ImportError::Unreadable { reason: Unreadable::NoSheet }),
                _ => {}
            }
        }
    }

    /// Reads to the end of the row; whether something stood in it.
    fn row(&mut self, line: u32, rows: &mut RowSink<'_>) -> Result<bool, ImportError> {
        let (mut column, mut filled) = (0_u32, false);
        loop {
            self.buffer.clear();
            match self.xml.read_event_into(&mut self.buffer).map_err(|_| damaged())? {
                Event::Start(start)
                    if matches!(start.name().as_ref(), "table:table-cell" | "table:covered-table-cell") =>
                {
                    let repeated = repeats(&start, "table:number-columns-repeated")?;
                    let value = value_of(&start)?;
                    self.text()?;
                    let value = value.as_deref().unwrap_or(&self.cell);
                    if !value.is_empty() {
                        filled = true;
                        // One beyond the widest row is enough to know that it is too wide.
                        for copy in 0..repeated.min(MAX_COLUMNS as u32 + 1) {
                            rows.put((line, column + copy), value)?;
                        }
                    }
                    column = column.saturating_add(repeated).min(1 << 24);
                }
                Event::End(end) if end.name().as_ref() == "table:table-row" => return Ok(filled),
                Event::Eof => return Err(damaged()),
                _ => {}
            }
        }
    }

    /// Reads to the end of the cell; its paragraphs are lines.
    fn text(&mut self) -> Result<(), ImportError> {
        self.cell.clear();
        // Notes and drawings that hang on the cell are not what stands in it.
        let (mut aside, mut paragraphs, mut in_paragraph) = (0_u32, 0_u32, false);
        loop {
            self.buffer.clear();
            let event = self.xml.read_event_into(&mut self.buffer).map_err(|_| damaged())?;
            let room = self.cell.len() <= 4 * MAX_CELL_CHARS;
            match event {
                Event::Start(start) => match start.name().as_ref() {
                    "office:annotation" | "draw:frame" | "draw:custom-shape" => aside += 1,
                    _ if aside > 0 => {}
                    "text:p" => {
                        in_paragraph = true;
                        if paragraphs > 0 && room {
                            self.cell.push('\n');
                        }
                        paragraphs += 1;
                    }
                    "text:s" if room => {
                        let spaces = repeats(&start, "text:c")?.min(MAX_CELL_CHARS as u32);
                        self.cell.extend((0..spaces).map(|_| ' '));
                    }
                    "text:tab" if room => self.cell.push('\t'),
                    "text:line-break" if room => self.cell.push('\n'),
                    _ => {}
                },
                Event::End(end) => match end.name().as_ref() {
                    "office:annotation" | "draw:frame" | "draw:custom-shape" => aside = aside.saturating_sub(1),
                    "text:p" if aside == 0 => in_paragraph = false,
                    "table:table-cell" | "table:covered-table-cell" => return Ok(()),
                    _ => {}
                },
                Event::Text(text) if aside == 0 && in_paragraph && room => self.cell.push_str(&text.xml10_content()),
                Event::CData(text) if aside == 0 && in_paragraph && room => self.cell.push_str(&text.xml10_content()),
                Event::GeneralRef(entity) if aside == 0 && in_paragraph && room => {
                    let char = entity.resolve_char_ref().map_err(|_| damaged())?;
                    let named = quick_xml::escape::resolve_predefined_entity(entity.as_ref());
                    match char {
                        Some(char) => self.cell.push(char),
                        None => self.cell.push_str(named.unwrap_or_default()),
                    }
                }
                Event::Eof => return Err(damaged()),
                _ => {}
            }
        }
    }
}

/// A value that stands in the attributes of a cell; text stands inside.
fn value_of(start: &BytesStart<'_>) -> Result<Option<String>, ImportError> {
    let text = |name| attribute(start, name);
    Ok(match text("office:value-type")?.as_deref() {
        Some("float" | "percentage" | "currency") => text("office:value")?.map(|value| {
            let is_plain = value.bytes().all(|byte| byte.is_ascii_digit());
            if is_plain { value } else { value.parse().map(number_text).unwrap_or(value) }
        }),
        Some("date") => text("office:date-value")?.map(|value| value.replacen('T', " ", 1)),
        Some("time") => text("office:time-value")?.map(|value| duration_text(&value)),
        Some("boolean") => text("office:boolean-value")?,
        Some("string") => text("office:string-value")?,
        _ => None,
    })
}

/// `PT10H05M00S` as `10:05:00`.
fn duration_text(value: &str) -> String {
    let parts: Vec<&str> = value.trim_start_matches("PT").split(['H', 'M', 'S']).collect();
    match parts.as_slice() {
        [hours, minutes, seconds, ..] => format!("{hours:0>2}:{minutes:0>2}:{seconds:0>2}"),
        _ => value.to_owned(),
    }
}

fn repeats(start: &BytesStart<'_>, name: &str) -> Result<u32, ImportError> {
    Ok(attribute(start, name)?.and_then(|count| count.parse().ok()).unwrap_or(1).max(1))
}

fn attribute(start: &BytesStart<'_>, name: &str) -> Result<Option<String>, ImportError> {
    let found = start.try_get_attribute(name).map_err(|_| damaged())?;
    found
        .map(|found| {
            Ok(found.normalized_value(quick_xml::XmlVersion::Implicit1_0).map_err(|_| damaged())?.into_owned())
        })
        .transpose()
}
