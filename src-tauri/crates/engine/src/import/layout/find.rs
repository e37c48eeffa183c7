//! Finds the layout of a file from its first rows. Owns the order of the guesses and where a choice takes their place.

use std::{
    fs::File,
    io::{BufReader, Read, Seek, SeekFrom},
};

use encoding_rs::{Encoding, UTF_8};

use super::{
    super::{
        ImportError, Unreadable,
        cells::Row,
        csv_rows::CsvRows,
        progress::{Progress, Watched},
        sheet::{Book, Next, SheetInfo},
        sniff,
    },
    DroppedFile, FileKind, HeaderChoice, Layout, LayoutChoice, columns, top,
};

/// The beginning of a file, from which most is known.
const HEAD: usize = 256 * 1024;
/// Pieces of the rest in which the encoding is looked at: names may be Latin for the first hundred thousand rows.
const PIECES: u64 = 24;
const PIECE: usize = 16 * 1024;

/// A layout with what had to be read for it.
pub(in super::super) struct Found {
    pub layout: Layout,
    /// The first rows that are not blank.
    pub rows: Vec<Row>,
    /// Of those, the first below the header.
    pub below: usize,
    /// Whether the file has no more rows than these.
    pub complete: bool,
    pub file: File,
    pub bytes: u64,
}

/// Opens a file and finds its layout from at most `most` rows.
pub(in super::super) fn find(
    dropped: DroppedFile<'_>,
    choice: &LayoutChoice,
    most: usize,
) -> Result<Found, ImportError> {
    let (mut file, bytes) = dropped.open()?;
    let mut head = Vec::new();
    (&file).take(4096).read_to_end(&mut head)?;
    let kind = FileKind::of(dropped.name, &head)?;
    let mut layout = Layout {
        kind,
        encoding: None,
        delimiter: None,
        sheets: Vec::new(),
        sheet: None,
        header_row: None,
        columns: Vec::new(),
    };
    let (rows, complete) = if kind == FileKind::Csv {
        let encoding = match &choice.encoding {
            Some(label) => encoding_named(label)?,
            None => guess_encoding(&mut file, bytes, dropped.region)?,
        };
        let mut csv = open_csv(file.try_clone()?, encoding, choice.delimiter, &Progress::default())?;
        layout.encoding = Some(encoding.name().to_owned());
        layout.delimiter = Some(char::from(csv.delimiter()));
        top_of_csv(&mut csv, most)?
    } else {
        let mut book = Book::open(&mut file, kind, &Progress::default())?;
        layout.sheets = book.sheets();
        let (sheet, rows, complete) = top_of_book(&mut book, &layout.sheets, choice.sheet.as_deref(), most)?;
        layout.sheet = Some(sheet);
        (rows, complete)
    };
    let header = match choice.header_row {
        None => top::find_header(&rows),
        Some(HeaderChoice::NoHeader) => None,
        Some(HeaderChoice::Row(line)) => {
            let is_there = |row: &Row| u32::try_from(row.line) == Ok(line);
            Some(rows.iter().position(is_there).ok_or(ImportError::Unreadable { reason: Unreadable::Empty })?)
        }
    };
    if rows.is_empty() {
        return Err(ImportError::Unreadable { reason: Unreadable::Empty });
    }
    let below = header.map_or(0, |index| index + 1);
    let names = top::names(header.map(|index| &rows[index]), &rows[below..])?;
    let sample: Vec<Vec<String>> = rows[below..]
        .iter()
        .take(super::SAMPLE_ROWS)
        .filter(|row| !row.overlong)
        .map(|row| row.cells().map(str::to_owned).collect())
        .collect();
    layout.header_row = header.and_then(|index| u32::try_from(rows[index].line).ok());
    layout.columns = columns(names, &sample);
    Ok(Found { layout, rows, below, complete, file, bytes })
}

/// Opens text from its beginning.
pub(in super::super) fn open_csv(
    mut file: File,
    encoding: &'static Encoding,
    delimiter: Option<char>,
    progress: &Progress,
) -> Result<CsvRows<Watched<File>>, ImportError> {
    file.seek(SeekFrom::Start(0))?;
    let delimiter = delimiter.and_then(|delimiter| u8::try_from(delimiter).ok()).filter(u8::is_ascii);
    let delimiter = delimiter.filter(|delimiter| !matches!(delimiter, b'"' | b'\n' | b'\r'));
    Ok(CsvRows::with(Watched::new(file, progress.clone()), encoding, delimiter)?)
}

/// The encoding behind a label.
pub(in super::super) fn encoding_named(label: &str) -> Result<&'static Encoding, ImportError> {
    Encoding::for_label(label.as_bytes()).ok_or(ImportError::Unreadable { reason: Unreadable::NotText })
}

fn top_of_csv(csv: &mut CsvRows<Watched<File>>, most: usize) -> Result<(Vec<Row>, bool), ImportError> {
    let mut rows = Vec::new();
    loop {
        let mut row = Row::default();
        if rows.len() == most {
            return Ok((rows, !csv.next(&mut row)?));
        }
        if !csv.next(&mut row)? {
            return Ok((rows, true));
        }
        if !row.is_blank() {
            rows.push(row);
        }
    }
}

/// The chosen sheet, else the first that people see and that holds something.
fn top_of_book(
    book: &mut Book,
    sheets: &[SheetInfo],
    chosen: Option<&str>,
    most: usize,
) -> Result<(String, Vec<Row>, bool), ImportError> {
    let candidates: Vec<&SheetInfo> = match chosen {
        Some(name) => sheets.iter().filter(|sheet| sheet.name == name).collect(),
        None => sheets.iter().filter(|sheet| !sheet.hidden).collect(),
    };
    for sheet in candidates {
        let mut rows = Vec::new();
        let next = book.each_row(&sheet.name, &mut |row| {
            if rows.len() == most {
                return Next::Enough;
            }
            if !row.is_blank() {
                rows.push(row.clone());
            }
            Next::More
        })?;
        if !rows.is_empty() {
            return Ok((sheet.name.clone(), rows, next == Next::More));
        }
    }
    Err(ImportError::Unreadable { reason: Unreadable::NoSheet })
}

/// The encoding by its mark, else UTF-8 when what is looked at fits it, else a guess.
fn guess_encoding(file: &mut File, bytes: u64, region: &str) -> Result<&'static Encoding, ImportError> {
    let head = piece(file, 0, HEAD)?;
    if let Some((encoding, _)) = Encoding::for_bom(&head) {
        return Ok(encoding);
    }
    if let Some(encoding) = sniff::guess_utf16(&head[..head.len().min(4096)]) {
        return Ok(encoding);
    }
    let mut sample = Vec::new();
    let (mut letters, mut broken) = (0, 0);
    let mut look = |read: &[u8]| {
        let (good, bad) = utf8_letters(read);
        (letters, broken) = (letters + good, broken + bad);
        if !read.is_ascii() {
            sample.extend_from_slice(read);
        }
    };
    look(&head);
    let rest = bytes.saturating_sub(HEAD as u64);
    if rest > 0 {
        // The last piece is the end of the file.
        let step = (rest.saturating_sub(PIECE as u64)) / (PIECES - 1);
        for index in 0..PIECES.min(rest / PIECE as u64 + 1) {
            look(&piece(file, HEAD as u64 + index * step, PIECE)?);
        }
    }
    // A single letter that was cut in two does not make a file something else: it is shown as damaged.
    Ok(if broken * 20 <= letters { UTF_8 } else { sniff::guess_encoding(&sample, region) })
}

fn piece(file: &mut File, start: u64, length: usize) -> Result<Vec<u8>, ImportError> {
    file.seek(SeekFrom::Start(start))?;
    let mut read = Vec::with_capacity(length);
    BufReader::new(file).take(length as u64).read_to_end(&mut read)?;
    Ok(read)
}

/// Letters beyond ASCII that are UTF-8, and places that are not. Both ends may have cut a letter.
fn utf8_letters(piece: &[u8]) -> (usize, usize) {
    let start = piece.iter().take(3).take_while(|byte| **byte & 0xc0 == 0x80).count();
    let (mut rest, mut letters, mut broken) = (&piece[start..], 0, 0);
    loop {
        match std::str::from_utf8(rest) {
            Ok(text) => {
                letters += text.chars().filter(|char| !char.is_ascii()).count();
                return (letters, broken);
            }
            Err(error) => {
                let (good, bad) = rest.split_at(error.valid_up_to());
                letters +=
                    std::str::from_utf8(good).unwrap_or_default().chars().filter(|char| !char.is_ascii()).count();
                let Some(length) = error.error_len() else { return (letters, broken) };
                broken += 1;
                rest = &bad[length..];
            }
        }
    }
}
