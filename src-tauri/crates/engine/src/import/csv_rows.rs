//! Rows of a CSV file. Owns the quotation marks and the recovery from one that is never closed: it costs its own line
//! and no other. Refuses to know what a cell means.

use std::io::{self, Read};

use encoding_rs::Encoding;
use memchr::{memchr, memchr2, memchr3};

use super::{
    cells::{MAX_CELL_CHARS, MAX_COLUMNS, MAX_ROW_BYTES, Row},
    sniff,
    text::Text,
};

/// Text from which the delimiter is guessed.
const SAMPLE_BYTES: usize = 64 * 1024;
/// What may be read again behind quotation marks that are never closed. A list has few of them; a file that is made of
/// them would otherwise cost a quarter of a megabyte per line.
const LOOKAHEAD: usize = 8 << 20;
/// Bytes of lookahead that every byte that was read without trouble earns.
const EARNED: usize = 4;

/// Reads a file row by row with bounded memory.
pub(super) struct CsvRows<R> {
    text: Text<R>,
    delimiter: u8,
    line: i32,
    lookahead: usize,
    /// A quoted cell without its marks.
    cell: String,
}

impl<R: Read> CsvRows<R> {
    /// With the delimiter that a person has chosen; else that of a line `sep=;`, else the one with which the rows look most
    /// like a list.
    pub fn with(input: R, encoding: &'static Encoding, chosen: Option<u8>) -> io::Result<Self> {
        let mut text = Text::new(input, encoding);
        let ahead = text.peek(SAMPLE_BYTES)?;
        let first = line_of(ahead);
        let declared = sniff::declared_delimiter(first);
        let delimiter = chosen.or(declared).unwrap_or_else(|| sniff::guess_delimiter(ahead));
        let mut rows = Self { text, delimiter, line: 0, lookahead: LOOKAHEAD, cell: String::new() };
        if declared.is_some() {
            rows.skip_line()?;
            rows.line = 1;
        }
        Ok(rows)
    }

    /// What cells are split at.
    pub fn delimiter(&self) -> u8 {
        self.delimiter
    }

    /// The next row that is not an empty line, with delimiters or without; false at the end.
    pub fn next(&mut self, row: &mut Row) -> io::Result<bool> {
        loop {
            let Some((length, end)) = self.line_ahead()? else { return Ok(false) };
            self.line += 1;
            row.clear();
            row.line = self.line;
            let Some(line) = self.text.ahead().get(..length) else { return Ok(false) };
            if end == 0 {
                self.give_up(row, length);
                self.skip_line()?;
            } else if memchr(b'"', line.as_bytes()).is_some() {
                self.quoted(row, length, end)?;
            } else if line.bytes().all(|byte| byte.is_ascii_whitespace() || sniff::DELIMITERS.contains(&byte)) {
                self.leave(length + end);
                continue;
            } else {
                row.split(line, self.delimiter);
                self.leave(length + end);
            }
            row.damaged = self.text.damaged && row.cells().any(|cell| cell.contains(char::REPLACEMENT_CHARACTER));
            return Ok(true);
        }
    }

    /// Length of the next line and of its end; no end when it is longer than a row may be.
    fn line_ahead(&mut self) -> io::Result<Option<(usize, usize)>> {
        let mut searched = 0;
        loop {
            let ahead = self.text.ahead().as_bytes();
            match memchr2(b'\n', b'\r', &ahead[searched..]).map(|at| searched + at) {
                Some(at) if at > MAX_ROW_BYTES => break,
                // Half of a line end looks like a whole one.
                Some(at) if ahead[at] == b'\r' && at + 1 == ahead.len() && !self.text.ended() => searched = at,
                Some(at) => return Ok(Some((at, end_length(&ahead[at..])))),
                None if ahead.len() > MAX_ROW_BYTES => break,
                None if self.text.ended() => {
                    // The last line needs no end, but counts as having one.
                    return Ok(if ahead.is_empty() { None } else { Some((ahead.len(), 1)) });
                }
                None => searched = ahead.len(),
            }
            self.text.more()?;
        }
        Ok(Some((self.text.ahead().floor_char_boundary(MAX_ROW_BYTES), 0)))
    }

    /// Reads the row that begins with the line ahead, taking in further lines while a quotation mark is open.
    fn quoted(&mut self, row: &mut Row, line: usize, end: usize) -> io::Result<()> {
        let most = if self.lookahead > MAX_ROW_BYTES { MAX_ROW_BYTES } else { line + end };
        loop {
            let ahead = self.text.ahead();
            let window = &ahead[..ahead.floor_char_boundary(most)];
            let whole = self.text.ended() && window.len() == ahead.len();
            match record(window, whole, self.delimiter, row, &mut self.cell) {
                Record::Row { length, more_lines } => {
                    self.line += more_lines;
                    self.leave(length);
                    return Ok(());
                }
                Record::Open if !whole && ahead.len() <= most => self.text.more()?,
                Record::Open | Record::Broken => {
                    self.lookahead = self.lookahead.saturating_sub(window.len());
                    row.clear();
                    self.give_up(row, line);
                    let length = (line + end).min(self.text.ahead().len());
                    self.text.advance(length);
                    return Ok(());
                }
            }
            row.clear();
        }
    }

    fn leave(&mut self, length: usize) {
        // The end that the last line does not have.
        let length = length.min(self.text.ahead().len());
        self.text.advance(length);
        self.lookahead = self.lookahead.saturating_add(length * EARNED).min(LOOKAHEAD);
    }

    /// Shows the line as it stands, for the report.
    fn give_up(&self, row: &mut Row, length: usize) {
        let line = &self.text.ahead()[..length];
        for cell in line.split(char::from(self.delimiter)).take(MAX_COLUMNS) {
            row.push(&cell[..cell.floor_char_boundary(MAX_CELL_CHARS)]);
        }
        row.overlong = true;
    }

    fn skip_line(&mut self) -> io::Result<()> {
        loop {
            let ahead = self.text.ahead().as_bytes();
            match memchr2(b'\n', b'\r', ahead) {
                Some(at) if ahead[at] == b'\r' && at + 1 == ahead.len() && !self.text.ended() => self.text.advance(at),
                Some(at) => {
                    let length = at + end_length(&ahead[at..]);
                    self.text.advance(length);
                    return Ok(());
                }
                None => {
                    let length = ahead.len();
                    self.text.advance(length);
                    if self.text.ended() {
                        return Ok(());
                    }
                }
            }
            self.text.more()?;
        }
    }
}

/// The first line of a text.
fn line_of(text: &str) -> &str {
    text.split(['\n', '\r']).next().unwrap_or_default()
}

/// Length of the line end with which `text` begins.
fn end_length(text: &[u8]) -> usize {
    if text.starts_with(b"\r\n") { 2 } else { 1 }
}

enum Record {
    /// It ends before the text does.
    Row { length: usize, more_lines: i32 },
    /// The text ends first.
    Open,
    /// A mark was closed on a later line and is followed by more text: it was never meant to be open.
    Broken,
}

/// Reads one row off the beginning of `text`; `whole` says that nothing comes behind it.
fn record(text: &str, whole: bool, delimiter: u8, row: &mut Row, cell: &mut String) -> Record {
    let bytes = text.as_bytes();
    let (mut at, mut more_lines) = (0, 0);
    loop {
        cell.clear();
        let is_quoted = bytes.get(at) == Some(&b'"');
        let lines_before = more_lines;
        if is_quoted {
            at += 1;
            loop {
                let Some(length) = memchr(b'"', &bytes[at..]) else { return Record::Open };
                more_lines += push_with_plain_ends(cell, &text[at..at + length]);
                at += length + 1;
                match bytes.get(at) {
                    Some(b'"') => {
                        cell.push('"');
                        at += 1;
                    }
                    None if !whole => return Record::Open,
                    _ => break,
                }
            }
        }
        let found = memchr3(delimiter, b'\n', b'\r', &bytes[at..]).map(|length| at + length);
        let end = match found {
            Some(end) => end,
            None if whole => bytes.len(),
            None => return Record::Open,
        };
        if is_quoted {
            if end > at && more_lines > lines_before && !text[at..end].trim().is_empty() {
                return Record::Broken;
            }
            cell.push_str(&text[at..end]);
            row.push(cell);
        } else {
            row.push(&text[at..end]);
        }
        match bytes.get(end) {
            None => return Record::Row { length: end, more_lines },
            Some(byte) if *byte == delimiter => at = end + 1,
            Some(b'\r') if end + 1 == bytes.len() && !whole => return Record::Open,
            Some(_) => return Record::Row { length: end + end_length(&bytes[end..]), more_lines },
        }
    }
}

/// Every kind of line end becomes `\n`; how many there were.
fn push_with_plain_ends(cell: &mut String, text: &str) -> i32 {
    let (mut rest, mut lines) = (text, 0);
    while let Some(at) = memchr2(b'\n', b'\r', rest.as_bytes()) {
        cell.push_str(&rest[..at]);
        cell.push('\n');
        lines += 1;
        rest = &rest[at + end_length(&rest.as_bytes()[at..])..];
    }
    cell.push_str(rest);
    lines
}

#[cfg(test)]
mod tests;
