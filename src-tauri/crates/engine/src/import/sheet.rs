//! Workbooks of every kind as named sheets with rows. Owns which sheet counts when nobody chooses and how a value is
//! written as text; refuses to calculate: formulas count with the value that was saved.

use std::{
    borrow::Cow,
    fs::File,
    io::{BufReader, Seek, SeekFrom},
};

use calamine::{
    Data, DataRef, Dimensions, ExcelDateTime, Reader, Sheet, SheetType, SheetVisible, Xls, Xlsb, Xlsx,
    open_workbook_from_rs,
};

use super::{
    ImportError, Unreadable,
    cells::{MAX_COLUMNS, Row},
    layout::FileKind,
    ods::Ods,
    progress::{Progress, Watched},
    xls,
    xlsx_rows::{check_archive, xlsb_refusal, xlsx_refusal},
};

pub(super) type Input = BufReader<Watched<File>>;

/// What a visitor says to the next row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    More,
    Enough,
}

/// A sheet of a workbook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SheetInfo {
    /// Its name.
    pub name: String,
    /// People do not see it, so it is not what they mean.
    pub hidden: bool,
    /// Rows as the workbook declares them, where it does. A hint: nobody checks it.
    pub rows: Option<u64>,
}

/// An opened workbook.
pub(super) enum Book {
    Xlsx(Box<Xlsx<Input>>),
    Xlsb(Box<Xlsb<Input>>),
    Xls(Box<Xls<Input>>),
    Ods(Box<Ods>),
}

impl Book {
    /// Checks that the file is what it claims to be before anything is unpacked into memory, and opens it.
    pub fn open(file: &mut File, kind: FileKind, progress: &Progress) -> Result<Self, ImportError> {
        if kind == FileKind::Xls {
            xls::check(file)?;
        } else {
            check_archive(file)?;
        }
        file.seek(SeekFrom::Start(0))?;
        let input = BufReader::with_capacity(64 * 1024, Watched::new(file.try_clone()?, progress.clone()));
        Ok(match kind {
            FileKind::Xlsx => Self::Xlsx(Box::new(open_workbook_from_rs(input).map_err(|error| xlsx_refusal(&error))?)),
            FileKind::Xlsb => Self::Xlsb(Box::new(open_workbook_from_rs(input).map_err(|error| xlsb_refusal(&error))?)),
            FileKind::Xls => Self::Xls(Box::new(open_workbook_from_rs(input).map_err(|error| xls::refusal(&error))?)),
            FileKind::Ods => Self::Ods(Box::new(Ods::open(input)?)),
            FileKind::Csv => return Err(ImportError::Unreadable { reason: Unreadable::NotAWorkbook }),
        })
    }

    /// The sheets with cells, as the workbook orders them.
    pub fn sheets(&mut self) -> Vec<SheetInfo> {
        match self {
            Self::Xlsx(book) => {
                let mut sheets = worksheets(book.sheets_metadata());
                for sheet in &mut sheets {
                    sheet.rows = book
                        .worksheet_cells_reader(&sheet.name)
                        .ok()
                        .and_then(|cells| declared_rows(&cells.dimensions()));
                }
                sheets
            }
            Self::Xlsb(book) => {
                let mut sheets = worksheets(book.sheets_metadata());
                for sheet in &mut sheets {
                    sheet.rows = book
                        .worksheet_cells_reader(&sheet.name)
                        .ok()
                        .and_then(|cells| declared_rows(&cells.dimensions()));
                }
                sheets
            }
            Self::Xls(book) => {
                let mut sheets = worksheets(book.sheets_metadata());
                for sheet in &mut sheets {
                    sheet.rows = book.worksheet_range(&sheet.name).ok().map(|range| range.height() as u64);
                }
                sheets
            }
            Self::Ods(book) => book.sheets().to_vec(),
        }
    }

    /// Gives every row with a value to `visit`, in the order of the sheet.
    pub fn each_row(&mut self, sheet: &str, visit: &mut dyn FnMut(&mut Row) -> Next) -> Result<Next, ImportError> {
        let mut rows = RowSink::new(visit);
        match self {
            Self::Xlsx(book) => {
                let mut cells = book.worksheet_cells_reader(sheet).map_err(|error| xlsx_refusal(&error))?;
                while let Some(cell) = cells.next_cell().map_err(|error| xlsx_refusal(&error))? {
                    if rows.put(cell.get_position(), &text_of(cell.get_value()))? == Next::Enough {
                        return Ok(Next::Enough);
                    }
                }
            }
            Self::Xlsb(book) => {
                let mut cells = book.worksheet_cells_reader(sheet).map_err(|error| xlsb_refusal(&error))?;
                while let Some(cell) = cells.next_cell().map_err(|error| xlsb_refusal(&error))? {
                    if rows.put(cell.get_position(), &text_of(cell.get_value()))? == Next::Enough {
                        return Ok(Next::Enough);
                    }
                }
            }
            Self::Xls(book) => {
                let range = book.worksheet_range(sheet).map_err(|error| xls::refusal(&error))?;
                let (top, left) = range.start().unwrap_or_default();
                for (line, column, value) in range.used_cells() {
                    if rows.put((top + line as u32, left + column as u32), &text_of(&borrowed(value)))? == Next::Enough
                    {
                        return Ok(Next::Enough);
                    }
                }
            }
            Self::Ods(book) => return book.each_row(sheet, &mut rows),
        }
        Ok(rows.end())
    }
}

fn worksheets(sheets: &[Sheet]) -> Vec<SheetInfo> {
    let sheets = sheets.iter().filter(|sheet| sheet.typ == SheetType::WorkSheet);
    sheets
        .map(|sheet| SheetInfo { name: sheet.name.clone(), hidden: sheet.visible != SheetVisible::Visible, rows: None })
        .collect()
}

/// A sheet that declares a single cell declares nothing: that is what writers put there that do not know.
fn declared_rows(dimensions: &Dimensions) -> Option<u64> {
    (dimensions.end > dimensions.start).then(|| u64::from(dimensions.end.0) + 1)
}

/// Puts cells together to rows.
pub(super) struct RowSink<'a> {
    row: Row,
    visit: &'a mut dyn FnMut(&mut Row) -> Next,
}

impl<'a> RowSink<'a> {
    fn new(visit: &'a mut dyn FnMut(&mut Row) -> Next) -> Self {
        Self { row: Row::default(), visit }
    }

    /// Takes the next cell; line and column count from zero and never go back.
    pub fn put(&mut self, (line, column): (u32, u32), value: &str) -> Result<Next, ImportError> {
        if value.is_empty() {
            return Ok(Next::More);
        }
        let line = i32::try_from(line).unwrap_or(i32::MAX).saturating_add(1);
        if line != self.row.line {
            if line < self.row.line {
                return Err(ImportError::Unreadable { reason: Unreadable::Damaged });
            }
            if self.end() == Next::Enough {
                return Ok(Next::Enough);
            }
            self.row.line = line;
        }
        let column = column as usize;
        if column < self.row.len() && self.row.len() < MAX_COLUMNS {
            return Err(ImportError::Unreadable { reason: Unreadable::Damaged });
        }
        while self.row.len() < column.min(MAX_COLUMNS) {
            self.row.push("");
        }
        // A cell beyond the widest row says so itself.
        self.row.push(value);
        Ok(Next::More)
    }

    /// Hands over the row that was begun.
    pub fn end(&mut self) -> Next {
        self.end_times(1)
    }

    /// The same for a row that stands there several times, one below the other.
    pub fn end_times(&mut self, times: u32) -> Next {
        if self.row.is_empty() {
            return Next::More;
        }
        let first = self.row.line;
        for copy in 0..times {
            self.row.line = first.saturating_add_unsigned(copy);
            self.row.note = None;
            if (self.visit)(&mut self.row) == Next::Enough {
                return Next::Enough;
            }
        }
        self.row.clear();
        Next::More
    }
}

fn borrowed(value: &Data) -> DataRef<'_> {
    match value {
        Data::Int(number) => DataRef::Int(*number),
        Data::Float(number) => DataRef::Float(*number),
        Data::Bool(truth) => DataRef::Bool(*truth),
        Data::DateTime(moment) => DataRef::DateTime(*moment),
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => DataRef::SharedString(text),
        Data::Error(error) => DataRef::Error(error.clone()),
        Data::Empty => DataRef::Empty,
    }
}

/// A cell as a person would copy it: integers without a fraction, dates in ISO form.
fn text_of<'a>(value: &'a DataRef<'_>) -> Cow<'a, str> {
    match value {
        DataRef::Empty => Cow::Borrowed(""),
        DataRef::Int(number) => number.to_string().into(),
        DataRef::Float(number) => number_text(*number).into(),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.into(),
        DataRef::SharedString(text) => (*text).into(),
        DataRef::Bool(truth) => truth.to_string().into(),
        DataRef::DateTime(moment) => moment_text(moment).into(),
        DataRef::Error(error) => error.to_string().into(),
    }
}

/// Without an exponent, so that 79991234567 stays 79991234567.
pub(super) fn number_text(number: f64) -> String {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if number.fract() == 0.0 && number.abs() < EXACT { (number as i64).to_string() } else { number.to_string() }
}

fn moment_text(moment: &ExcelDateTime) -> String {
    let (year, month, day, hour, minute, second, _) = moment.to_ymd_hms_milli();
    if moment.is_duration() || moment.as_f64() < 1.0 {
        let seconds = (moment.as_f64().max(0.0) * 86_400.0).round();
        let (hours, rest) = ((seconds / 3600.0).floor(), seconds % 3600.0);
        return format!("{hours:02}:{:02}:{:02}", (rest / 60.0).floor(), rest % 60.0);
    }
    if (hour, minute, second) == (0, 0, 0) {
        format!("{year:04}-{month:02}-{day:02}")
    } else {
        format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}")
    }
}
