//! Workbooks before 2007. Owns the look at their records before they are opened, because the library that reads them
//! holds every sheet in memory as a full rectangle; refuses those whose rectangles are larger than a list of people.

use std::{
    fs::File,
    io::{BufReader, Read, Seek, SeekFrom},
};

use calamine::XlsError;

use super::{ImportError, Limit, Unreadable, xlsx_rows::damaged};

/// The largest list of that format: 65,536 rows. Wider ones have fewer rows.
const MOST_CELLS: u64 = 8_000_000;
const MOST_BYTES: u64 = 64 << 20;
const MOST_SHEETS: usize = 200;

/// Refuses a workbook that would not fit into memory or is protected.
pub(super) fn check(file: &mut File) -> Result<(), ImportError> {
    if file.metadata()?.len() > MOST_BYTES {
        return Err(ImportError::TooLarge { limit: Limit::WorkbookBytes, most: MOST_BYTES });
    }
    file.seek(SeekFrom::Start(0))?;
    let mut compound = cfb::CompoundFile::open(BufReader::new(file)).map_err(|_| damaged())?;
    if compound.exists("/EncryptedPackage") {
        return Err(ImportError::Unreadable { reason: Unreadable::Protected });
    }
    let name = ["/Workbook", "/Book"].into_iter().find(|name| compound.is_stream(name));
    let name = name.ok_or(ImportError::Unreadable { reason: Unreadable::NotAWorkbook })?;
    let mut records = Vec::new();
    let stream = compound.open_stream(name).map_err(|_| damaged())?;
    stream.take(MOST_BYTES).read_to_end(&mut records).map_err(|_| damaged())?;
    check_records(&records)
}

fn check_records(stream: &[u8]) -> Result<(), ImportError> {
    const FILE_PASS: u16 = 0x2f;
    const BOUND_SHEET: u16 = 0x85;
    let mut sheets = Vec::new();
    for (kind, data) in Records(stream) {
        match kind {
            FILE_PASS if le16(data, 0) != Some(0) => {
                return Err(ImportError::Unreadable { reason: Unreadable::Protected });
            }
            BOUND_SHEET => {
                let start =
                    le16(data, 0).zip(le16(data, 2)).map(|(low, high)| usize::from(low) | usize::from(high) << 16);
                sheets.push(start.filter(|start| *start < stream.len()).ok_or_else(damaged)?);
            }
            END => break,
            _ => {}
        }
    }
    let total = sheets.iter().map(|start| area(&stream[*start..])).sum::<u64>();
    if sheets.len() > MOST_SHEETS || total > MOST_CELLS {
        return Err(ImportError::Unreadable { reason: Unreadable::Suspicious });
    }
    Ok(())
}

const END: u16 = 0x0a;

/// Cells of the rectangle around everything in a sheet, and of the one that it declares.
fn area(sheet: &[u8]) -> u64 {
    const DIMENSIONS: u16 = 0x0200;
    const MANY_NUMBERS: u16 = 0xbd;
    const BEGIN: u16 = 0x0809;
    // Number, label, rich label, error, formula, packed number, shared label.
    const CELLS: [u16; 7] = [0x0203, 0x0204, 0xd6, 0x0205, 0x06, 0x027e, 0xfd];
    let (mut top, mut bottom, mut left, mut right) = (u64::MAX, 0_u64, u64::MAX, 0_u64);
    let (mut declared, mut depth) = (0_u64, 0_u32);
    for (kind, data) in Records(sheet) {
        match kind {
            BEGIN => depth += 1,
            END if depth <= 1 => break,
            END => depth -= 1,
            // Rows and columns behind the last one.
            DIMENSIONS => {
                let at = |index| u64::from(le16(data, index).unwrap_or_default());
                let wide = data.len() >= 14;
                let rows = if wide { at(4) | at(6) << 16 } else { at(2) };
                let columns = if wide { at(10) } else { at(6) };
                declared = declared.saturating_add(rows.saturating_mul(columns));
            }
            _ if CELLS.contains(&kind) || kind == MANY_NUMBERS => {
                let (Some(row), Some(column)) = (le16(data, 0), le16(data, 2)) else { continue };
                let last = if kind == MANY_NUMBERS {
                    le16(data, data.len().saturating_sub(2)).unwrap_or(column)
                } else {
                    column
                };
                (top, bottom) = (top.min(row.into()), bottom.max(row.into()));
                (left, right) = (left.min(column.into()), right.max(last.max(column).into()));
            }
            _ => {}
        }
    }
    let used = if top > bottom { 0 } else { (bottom - top + 1) * (right.saturating_sub(left) + 1) };
    used.max(declared)
}

/// Records of a stream: kind, length, data.
struct Records<'a>(&'a [u8]);

impl<'a> Iterator for Records<'a> {
    type Item = (u16, &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let (kind, length) = le16(self.0, 0).zip(le16(self.0, 2))?;
        let (data, rest) = self.0.get(4..)?.split_at_checked(length.into())?;
        self.0 = rest;
        Some((kind, data))
    }
}

fn le16(data: &[u8], at: usize) -> Option<u16> {
    data.get(at..at + 2).and_then(|bytes| bytes.try_into().ok()).map(u16::from_le_bytes)
}

pub(super) fn refusal(error: &XlsError) -> ImportError {
    let reason = match error {
        XlsError::Io(_) => Unreadable::File,
        XlsError::Password => Unreadable::Protected,
        XlsError::WorksheetNotFound(_) => Unreadable::NoSheet,
        _ => Unreadable::Damaged,
    };
    ImportError::Unreadable { reason }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(kind: u16, data: &[u8]) -> Vec<u8> {
        let length = u16::try_from(data.len()).expect("short");
        [&kind.to_le_bytes(), &length.to_le_bytes(), data].concat()
    }

    /// A workbook with one sheet that holds these records.
    fn workbook(records: &[Vec<u8>]) -> Vec<u8> {
        let bound = |start: u32| record(0x85, &[start.to_le_bytes().as_slice(), &[0, 0, 1, 0, b'A']].concat());
        let begin = record(0x0809, &[0; 16]);
        let start = begin.len() + bound(0).len() + record(END, &[]).len();
        let sheet = [begin.clone(), records.concat(), record(END, &[])].concat();
        [begin, bound(u32::try_from(start).expect("short")), record(END, &[]), sheet].concat()
    }

    fn number(row: u16, column: u16) -> Vec<u8> {
        record(0x0203, &[&row.to_le_bytes(), &column.to_le_bytes(), [0; 10].as_slice()].concat())
    }

    #[test]
    fn a_sheet_of_two_far_corners_is_refused_before_it_fills_the_memory() {
        check_records(&workbook(&[number(0, 0), number(65_535, 100)])).expect("a list");
        let far = check_records(&workbook(&[number(0, 0), number(65_535, 255)]));
        assert!(matches!(far, Err(ImportError::Unreadable { reason: Unreadable::Suspicious })));
        let dimensions = record(0x0200, &[0, 0, 0, 0, 255, 255, 255, 255, 0, 0, 255, 255, 0, 0]);
        assert!(check_records(&workbook(&[dimensions])).is_err(), "room is made for what is declared");
    }

    #[test]
    fn a_protected_workbook_is_called_so_and_a_cut_one_is_no_panic() {
        let protected = record(0x2f, &[1, 0]);
        assert!(matches!(check_records(&protected), Err(ImportError::Unreadable { reason: Unreadable::Protected })));
        let bytes = workbook(&[number(0, 0)]);
        for length in 0..bytes.len() {
            let _ = check_records(&bytes[..length]);
        }
    }
}
