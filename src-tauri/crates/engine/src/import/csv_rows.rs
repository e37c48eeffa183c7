//! Rows of a CSV file. Owns the guess of the delimiter and the recovery from a quotation mark that is never closed: it
//! costs its own line and no other.

use std::io::{self, Read};

use csv_core::{ReadRecordResult, Reader, ReaderBuilder, Terminator};
use encoding_rs::Encoding;

use super::{
    cells::{MAX_CELL_CHARS, MAX_COLUMNS, MAX_ROW_BYTES, Row},
    header::has_phone_column,
    text::{LineEnd, Lines},
};

const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];
/// Text and rows from which the delimiter is guessed.
const SAMPLE_BYTES: usize = 64 * 1024;
const SAMPLE_ROWS: usize = 50;

/// Reads a file row by row with bounded memory.
pub(super) struct CsvRows<R> {
    lines: Lines<R>,
    parser: Reader,
    delimiter: u8,
    line: i32,
    record: Vec<u8>,
    cells: Vec<u8>,
    ends: Vec<usize>,
}

impl<R: Read> CsvRows<R> {
    /// Finds the delimiter: that of a line `sep=;`, else the one with which the header and the rows look most like a
    /// list.
    pub fn open(input: R, encoding: &'static Encoding) -> io::Result<Self> {
        let mut lines = Lines::new(input, encoding);
        let ahead = lines.peek(SAMPLE_BYTES)?;
        let first = ahead.split(|byte| *byte == b'\n').next().unwrap_or_default();
        let (delimiter, line) = match declared(first) {
            Some(delimiter) => {
                lines.skip_line()?;
                (delimiter, 1)
            }
            None => (guess(ahead), 0),
        };
        Ok(Self {
            lines,
            parser: parser(delimiter),
            delimiter,
            line,
            record: Vec::new(),
            // One byte more than the longest record: the parser asks for room before it says that it is done.
            cells: vec![0; MAX_ROW_BYTES + 2],
            ends: vec![0; 4 * MAX_COLUMNS],
        })
    }

    /// The next row that is not an empty line; false at the end.
    pub fn next(&mut self, row: &mut Row) -> io::Result<bool> {
        loop {
            self.record.clear();
            let end = self.lines.read(&mut self.record, MAX_ROW_BYTES)?;
            if end == LineEnd::NoMore {
                return Ok(false);
            }
            self.line += 1;
            row.clear();
            row.line = self.line;
            if end == LineEnd::Cut {
                self.lines.skip_line()?;
                self.give_up(row);
                return Ok(true);
            }
            if !self.record.trim_ascii().is_empty() {
                self.complete(row)?;
                return Ok(true);
            }
        }
    }

    /// Parses the record that begins with the line just read, taking in further lines while a quotation mark is open.
    fn complete(&mut self, row: &mut Row) -> io::Result<()> {
        let first = self.record.len();
        let (mut read, mut written, mut cells, mut more_lines) = (0, 0, 0, 0);
        self.parser.reset();
        loop {
            let (result, nin, nout, nend) =
                self.parser.read_record(&self.record[read..], &mut self.cells[written..], &mut self.ends[cells..]);
            read += nin;
            written += nout;
            cells += nend;
            match result {
                ReadRecordResult::Record => {
                    self.line += more_lines;
                    fill(row, &self.cells, &self.ends[..cells]);
                    return Ok(());
                }
                ReadRecordResult::InputEmpty if self.lines.read(&mut self.record, MAX_ROW_BYTES)? == LineEnd::Whole => {
                    more_lines += 1;
                }
                ReadRecordResult::InputEmpty
                | ReadRecordResult::OutputFull
                | ReadRecordResult::OutputEndsFull
                | ReadRecordResult::End => {
                    self.lines.unread(&self.record[first..]);
                    self.record.truncate(first);
                    self.give_up(row);
                    return Ok(());
                }
            }
        }
    }

    /// Shows the line as it stands, for the report.
    fn give_up(&mut self, row: &mut Row) {
        let line = String::from_utf8_lossy(&self.record);
        for cell in line.trim_end_matches('\n').split(char::from(self.delimiter)).take(MAX_COLUMNS) {
            row.push(cell.get(..cell.floor_char_boundary(MAX_CELL_CHARS)).unwrap_or(cell));
        }
        row.overlong = true;
    }

    /// Whether characters were found that the encoding does not have.
    pub fn damaged(&self) -> bool {
        self.lines.damaged
    }
}

fn parser(delimiter: u8) -> Reader {
    ReaderBuilder::new().delimiter(delimiter).terminator(Terminator::Any(b'\n')).build()
}

fn fill(row: &mut Row, cells: &[u8], ends: &[usize]) {
    let mut start = 0;
    for &end in ends {
        row.push(&String::from_utf8_lossy(&cells[start..end]));
        start = end;
    }
}

/// The delimiter of a line such as `sep=;`, which spreadsheets read and write.
fn declared(line: &[u8]) -> Option<u8> {
    let line = line.trim_ascii_end();
    let line = line.strip_prefix(b"\"").and_then(|line| line.strip_suffix(b"\"")).unwrap_or(line);
    match line {
        [b's' | b'S', b'e' | b'E', b'p' | b'P', b'=', delimiter] if delimiter.is_ascii_punctuation() => {
            Some(*delimiter)
        }
        // The tab was trimmed away as space.
        [b's' | b'S', b'e' | b'E', b'p' | b'P', b'='] => Some(b'\t'),
        _ => None,
    }
}

/// Of the delimiters under which the header has a phone column, the one with which most rows are as wide as the header.
fn guess(sample: &[u8]) -> u8 {
    let sample = &sample[..sample.len().min(SAMPLE_BYTES)];
    DELIMITERS
        .into_iter()
        .rev()
        .max_by_key(|delimiter| {
            let rows = sample_rows(sample, *delimiter);
            let header = rows.first().map(Vec::as_slice).unwrap_or_default();
            let regular = rows.iter().filter(|row| row.len() == header.len()).count();
            (has_phone_column(header), header.len() > 1, regular * 100 / rows.len().max(1), header.len())
        })
        .unwrap_or(b',')
}

fn sample_rows(sample: &[u8], delimiter: u8) -> Vec<Vec<String>> {
    let mut parser = parser(delimiter);
    let (mut cells, mut ends) = (vec![0; sample.len() + 2], vec![0; sample.len() + 2]);
    let (mut rest, mut rows) = (sample, Vec::new());
    while rows.len() < SAMPLE_ROWS {
        let (result, read, _, count) = parser.read_record(rest, &mut cells, &mut ends);
        if result != ReadRecordResult::Record {
            // Whatever stands behind the last line end of the sample may be half a row.
            if rows.is_empty() && !rest.is_empty() {
                let line = String::from_utf8_lossy(rest);
                rows.push(line.split(char::from(delimiter)).map(str::to_owned).collect());
            }
            break;
        }
        rest = &rest[read..];
        let mut start = 0;
        let mut row = Vec::with_capacity(count);
        for &end in &ends[..count] {
            row.push(String::from_utf8_lossy(&cells[start..end]).into_owned());
            start = end;
        }
        // A line of spaces has one cell under every delimiter.
        if row.len() > 1 || row.iter().any(|cell| !cell.trim().is_empty()) {
            rows.push(row);
        }
    }
    rows
}

#[cfg(test)]
mod tests;
