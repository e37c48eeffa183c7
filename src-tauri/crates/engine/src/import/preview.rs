//! What a person sees of a file before it is imported: its layout, its first rows, some from further down, and about how
//! many there are. Owns that this is quick however large the file is: it reads the beginning and a few places.

use std::{
    fs::File,
    io::{Read, Seek, SeekFrom},
};

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};
use rand::{Rng, RngExt, SeedableRng, seq::index};
use rand_chacha::ChaCha8Rng;

use super::{
    ImportError,
    cells::{Row, RowNote},
    columns::ColumnRole,
    csv_rows::CsvRows,
    layout::{DroppedFile, FileKind, Layout, LayoutChoice, encoding_named, find},
    notes::Notes,
};

/// Rows that are shown of each sort.
const SHOWN: usize = 50;
/// Rows of a workbook that are read: it can only be read from its beginning.
const WORKBOOK_ROWS: usize = 5000;
/// What is read around a random place. Rows are shorter.
const PIECE: usize = 16 * 1024;
/// Longer cells are cut.
const MOST_CELL_BYTES: usize = 1000;

/// What a person sees of a file.
#[derive(Debug, Clone, PartialEq)]
pub struct Preview {
    /// How the file is read.
    pub layout: Layout,
    /// What stands above the header: titles, mostly.
    pub above: Vec<PreviewRow>,
    /// The first rows below the header.
    pub first: Vec<PreviewRow>,
    /// Rows from random places further down.
    pub random: Vec<PreviewRow>,
    /// How many contacts there are.
    pub rows: RowCount,
    /// Bytes of the file.
    pub bytes: u64,
    /// Characters that the encoding does not have were seen.
    pub damaged: bool,
}

/// A row as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreviewRow {
    /// Its line; none for a row that was found by jumping into the file.
    pub line: Option<i32>,
    /// Its cells, the longest ones cut.
    pub cells: Vec<String>,
    /// What it is, when it is nobody's.
    pub note: Option<RowNote>,
    /// It cannot be read.
    pub overlong: bool,
}

/// How many contacts a file has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowCount {
    /// They were counted.
    Exact(u64),
    /// From the size of the file, or as the workbook says.
    About(u64),
    /// More than were read.
    AtLeast(u64),
}

/// Looks at a file. The seed decides which rows are shown besides the first.
///
/// # Errors
/// When it is no list, too large, damaged, or a choice does not fit.
pub fn preview(dropped: DroppedFile<'_>, choice: &LayoutChoice, seed: u64) -> Result<Preview, ImportError> {
    let is_workbook = |layout: &Layout| layout.kind != FileKind::Csv;
    let mut found = find(dropped, choice, WORKBOOK_ROWS)?;
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let phones = found.layout.guessed_mapping().with_role(ColumnRole::Phone).collect();
    let mut notes = Notes::new(phones);
    found.rows[found.below..].iter_mut().for_each(|row| row.note = notes.of(row));
    let below = &found.rows[found.below..];
    let contacts = below.iter().filter(|row| row.note.is_none()).count() as u64;
    let mut damaged = found.rows.iter().any(|row| row.damaged);
    let first = below.iter().take(SHOWN).map(shown).collect();
    let rest = below.get(SHOWN..).unwrap_or_default();
    let (further, rows) = if found.complete {
        (some_of(rest, &mut random), RowCount::Exact(contacts))
    } else if is_workbook(&found.layout) {
        let sheet = found.layout.sheets.iter().find(|sheet| Some(&sheet.name) == found.layout.sheet.as_ref());
        let declared = sheet.and_then(|sheet| sheet.rows).filter(|rows| *rows > contacts);
        let above = u64::from(found.layout.header_row.unwrap_or(0));
        let rows = declared.map_or(RowCount::AtLeast(contacts), |rows| RowCount::About(rows.saturating_sub(above)));
        (some_of(rest, &mut random), rows)
    } else {
        let jumps = Jumps::new(&found.layout, found.bytes)?;
        let places = jumps.visit(&mut found.file, &mut random)?;
        damaged |= places.damaged;
        (places.rows, RowCount::About(places.estimate.max(contacts)))
    };
    let above = found.rows[..found.below.saturating_sub(1)].iter().map(shown).collect();
    Ok(Preview { layout: found.layout, above, first, random: further, rows, bytes: found.bytes, damaged })
}

/// Rows from random places, in their order.
fn some_of(rows: &[Row], random: &mut impl Rng) -> Vec<PreviewRow> {
    let mut places = index::sample(random, rows.len(), rows.len().min(SHOWN)).into_vec();
    places.sort_unstable();
    places.into_iter().filter_map(|place| rows.get(place)).map(shown).collect()
}

fn shown(row: &Row) -> PreviewRow {
    PreviewRow {
        line: Some(row.line),
        cells: row.cells().map(|cell| cell[..cell.floor_char_boundary(MOST_CELL_BYTES)].to_owned()).collect(),
        note: row.note,
        overlong: row.overlong,
    }
}

/// Jumps into a text file.
struct Jumps {
    encoding: &'static Encoding,
    delimiter: u8,
    width: usize,
    bytes: u64,
}

struct Places {
    rows: Vec<PreviewRow>,
    estimate: u64,
    damaged: bool,
}

impl Jumps {
    fn new(layout: &Layout, bytes: u64) -> Result<Self, ImportError> {
        Ok(Self {
            encoding: encoding_named(layout.encoding.as_deref().unwrap_or("utf-8"))?,
            delimiter: layout.delimiter.and_then(|delimiter| u8::try_from(delimiter).ok()).unwrap_or(b','),
            width: layout.columns.len(),
            bytes,
        })
    }

    fn visit(&self, file: &mut File, random: &mut impl Rng) -> Result<Places, ImportError> {
        let last = self.bytes.saturating_sub(PIECE as u64).max(1);
        let mut starts: Vec<u64> = (0..SHOWN).map(|_| random.random_range(0..last)).collect();
        starts.sort_unstable();
        let mut places = Places { rows: Vec::new(), estimate: 0, damaged: false };
        let (mut counted, mut looked_at) = (0_u64, 0_u64);
        for start in starts {
            // Two bytes are a character of UTF-16.
            let start = if [UTF_16LE, UTF_16BE].contains(&self.encoding) { start & !1 } else { start };
            let text = self.piece(file, start)?;
            let rows = self.rows_in(&text)?;
            counted += rows.len() as u64;
            looked_at += text.len() as u64;
            places.damaged |= rows.iter().any(|row| row.damaged);
            // A quoted line end looks like the end of a row; a row of the usual width hardly is the rest of one.
            let usual = rows.iter().find(|row| row.len() == self.width).or(rows.first());
            let row = usual.map(|row| PreviewRow { line: None, ..shown(row) });
            places.rows.extend(row.filter(|row| places.rows.last().is_none_or(|before| before.cells != row.cells)));
        }
        // Decoded text is longer or shorter than the file; a piece of known length tells by how much.
        let text_bytes = self.text_bytes(file)?;
        places.estimate = counted * text_bytes / looked_at.max(1);
        Ok(places)
    }

    /// Whole lines behind a place in the file.
    fn piece(&self, file: &mut File, start: u64) -> Result<String, ImportError> {
        let text = self.decoded(file, start)?;
        let begin = text.find(['\n', '\r']).map_or(text.len(), |at| at + 1);
        let end = text.rfind(['\n', '\r']).unwrap_or(begin).max(begin);
        Ok(text[begin..end].to_owned())
    }

    fn decoded(&self, file: &mut File, start: u64) -> Result<String, ImportError> {
        let mut bytes = Vec::with_capacity(PIECE);
        file.seek(SeekFrom::Start(start))?;
        file.take(PIECE as u64).read_to_end(&mut bytes)?;
        Ok(self.encoding.decode_without_bom_handling(&bytes).0.into_owned())
    }

    /// About how long the whole text is.
    fn text_bytes(&self, file: &mut File) -> Result<u64, ImportError> {
        let middle = (self.bytes / 2) & !1;
        let piece = self.bytes.saturating_sub(middle).min(PIECE as u64).max(1);
        Ok(self.bytes * self.decoded(file, middle)?.len() as u64 / piece)
    }

    fn rows_in(&self, text: &str) -> Result<Vec<Row>, ImportError> {
        let mut csv = CsvRows::with(text.as_bytes(), UTF_8, Some(self.delimiter))?;
        let mut rows = Vec::new();
        loop {
            let mut row = Row::default();
            if !csv.next(&mut row)? {
                return Ok(rows);
            }
            let damaged = row.cells().any(|cell| cell.contains(char::REPLACEMENT_CHARACTER));
            row.damaged |= damaged;
            if !row.is_blank() {
                rows.push(row);
            }
        }
    }
}

#[cfg(test)]
mod tests;
