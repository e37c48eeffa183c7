//! Rows of the first visible sheet of a workbook, as a stream. Owns the check that the archive is what it claims to
//! be before anything is unpacked into memory; formulas count with the value that was saved.

use std::{
    borrow::Cow,
    fs::File,
    io::{self, BufReader, Read, Seek, SeekFrom},
};

use calamine::{DataRef, ExcelDateTime, Reader, SheetType, SheetVisible, Xlsx, XlsxError, open_workbook_from_rs};

use super::{ImportError, Limit, Stop, Unreadable, cells::Row};

const MOST_ENTRIES: usize = 200;
const MOST_BYTES: u64 = 512 << 20;
const MOST_ENTRY_BYTES: u64 = 256 << 20;
/// The table of shared texts is the one part that is held in memory.
const MOST_SHARED_TEXT: u64 = 128 << 20;
/// Unpacked to packed. Small entries compress better than lists of people ever do.
const MOST_RATIO: u64 = 200;
const RATIO_COUNTS_FROM: u64 = 4 << 20;

/// Gives every row with a cell to `visit`, in the order of the sheet.
pub(super) fn each_row(file: &mut File, visit: &mut dyn FnMut(&Row) -> Result<(), Stop>) -> Result<(), Stop> {
    check_archive(file)?;
    file.seek(SeekFrom::Start(0)).map_err(ImportError::from)?;
    let mut workbook: Xlsx<_> = open_workbook_from_rs(BufReader::new(file)).map_err(|error| refusal(&error))?;
    let sheet = workbook
        .sheets_metadata()
        .iter()
        .find(|sheet| sheet.typ == SheetType::WorkSheet && sheet.visible == SheetVisible::Visible)
        .map(|sheet| sheet.name.clone())
        .ok_or(ImportError::Unreadable { reason: Unreadable::NoSheet })?;
    let mut cells = workbook.worksheet_cells_reader(&sheet).map_err(|error| refusal(&error))?;
    let mut row = Row::default();
    while let Some(cell) = cells.next_cell().map_err(|error| refusal(&error))? {
        let (line, column) = cell.get_position();
        let line = i32::try_from(line).unwrap_or(i32::MAX).saturating_add(1);
        if line != row.line {
            if line < row.line {
                return Err(damaged().into());
            }
            emit(&row, visit)?;
            row.clear();
            row.line = line;
        }
        let value = text_of(cell.get_value());
        if value.is_empty() {
            continue;
        }
        let column = column as usize;
        if column < row.len() {
            return Err(damaged().into());
        }
        while row.len() < column && !row.overlong {
            row.push("");
            // A cell beyond the widest row is not reached by filling up.
            if row.len() == super::cells::MAX_COLUMNS {
                break;
            }
        }
        row.push(&value);
    }
    emit(&row, visit)
}

fn emit(row: &Row, visit: &mut dyn FnMut(&Row) -> Result<(), Stop>) -> Result<(), Stop> {
    if row.len() == 0 { Ok(()) } else { visit(row) }
}

/// A cell as a person would copy it: integers without a fraction, dates in ISO form.
fn text_of<'a>(value: &'a DataRef<'_>) -> Cow<'a, str> {
    match value {
        DataRef::Empty => Cow::Borrowed(""),
        DataRef::Int(number) => number.to_string().into(),
        // Display of floats knows no exponent: 79991234567 stays 79991234567.
        DataRef::Float(number) => number.to_string().into(),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.into(),
        DataRef::SharedString(text) => (*text).into(),
        DataRef::Bool(truth) => truth.to_string().into(),
        DataRef::DateTime(moment) => moment_text(moment).into(),
        DataRef::Error(error) => error.to_string().into(),
    }
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

/// Unpacks everything once into nothing and counts: what an archive says about its sizes proves nothing.
fn check_archive(file: &mut File) -> Result<(), ImportError> {
    file.seek(SeekFrom::Start(0))?;
    let mut archive = zip::ZipArchive::new(BufReader::new(file)).map_err(|error| zip_refusal(&error))?;
    if archive.len() > MOST_ENTRIES {
        return Err(ImportError::Unreadable { reason: Unreadable::Suspicious });
    }
    let mut total = 0;
    for index in 0..archive.len() {
        let entry = archive.by_index(index).map_err(|error| zip_refusal(&error))?;
        if entry.encrypted() {
            return Err(ImportError::Unreadable { reason: Unreadable::Protected });
        }
        let packed = entry.compressed_size().max(1);
        let shared = entry.name().is_ok_and(|name| name.to_ascii_lowercase().ends_with("sharedstrings.xml"));
        let most = if shared { MOST_SHARED_TEXT } else { MOST_ENTRY_BYTES };
        let unpacked = io::copy(&mut entry.take(most + 1), &mut io::sink()).map_err(|_| damaged())?;
        total += unpacked;
        if unpacked > RATIO_COUNTS_FROM && unpacked / packed > MOST_RATIO {
            return Err(ImportError::Unreadable { reason: Unreadable::Suspicious });
        }
        if unpacked > most || total > MOST_BYTES {
            return Err(ImportError::TooLarge { limit: Limit::WorkbookBytes, most: most.min(MOST_BYTES) });
        }
    }
    Ok(())
}

fn zip_refusal(error: &zip::result::ZipError) -> ImportError {
    let reason = match error {
        zip::result::ZipError::Io(_) => Unreadable::File,
        zip::result::ZipError::UnsupportedArchive(_) => Unreadable::Protected,
        _ => Unreadable::NotAWorkbook,
    };
    ImportError::Unreadable { reason }
}

fn damaged() -> ImportError {
    ImportError::Unreadable { reason: Unreadable::Damaged }
}

fn refusal(error: &XlsxError) -> Stop {
    let reason = match error {
        XlsxError::Io(_) => Unreadable::File,
        XlsxError::Password => Unreadable::Protected,
        XlsxError::FileNotFound(_) | XlsxError::RelationshipNotFound | XlsxError::Zip(_) => Unreadable::NotAWorkbook,
        _ => Unreadable::Damaged,
    };
    ImportError::Unreadable { reason }.into()
}
