//! One row of a file: its cells in one text, reused from row to row. Owns no meaning.

/// Most cells of a row; more is a broken file, not a list of people.
pub(super) const MAX_COLUMNS: usize = 256;
/// Most characters of a cell, which is what spreadsheets allow.
pub(super) const MAX_CELL_CHARS: usize = 32_767;
/// Most bytes of a row as it stands in the file. Also bounds what an open quotation mark can swallow.
pub(super) const MAX_ROW_BYTES: usize = 256 * 1024;

/// A row with its place in the file.
#[derive(Debug, Clone, Default)]
pub struct Row {
    /// Line on which it starts; for a workbook the row of the sheet. The first is 1.
    pub line: i32,
    /// Too long or too wide to be read, or with a quotation mark that is never closed.
    pub overlong: bool,
    /// Some characters do not exist in the encoding and show as `\u{fffd}`.
    pub damaged: bool,
    /// What it is, when it is no contact and does not pretend to be one.
    pub note: Option<RowNote>,
    text: String,
    /// Where in the text each cell begins and ends.
    spans: Vec<(u32, u32)>,
}

/// A row that stands below the header and is nobody's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowNote {
    /// The sum at the end of a table.
    Total,
    /// Prose for the person who fills in a template.
    Instruction,
}

impl Row {
    pub(super) fn clear(&mut self) {
        self.overlong = false;
        self.damaged = false;
        self.note = None;
        self.text.clear();
        self.spans.clear();
    }

    pub(super) fn push(&mut self, cell: &str) {
        if self.spans.len() == MAX_COLUMNS {
            self.overlong |= !cell.trim().is_empty();
            return;
        }
        let mut cell = cell;
        if self.text.len() + cell.len() > MAX_ROW_BYTES {
            self.overlong = true;
            cell = &cell[..cell.floor_char_boundary(MAX_CELL_CHARS)];
        }
        let start = self.text.len() as u32;
        // PostgreSQL stores no NUL.
        if cell.contains('\0') {
            self.text.extend(cell.chars().filter(|char| *char != '\0'));
        } else {
            self.text.push_str(cell);
        }
        self.spans.push((start, self.text.len() as u32));
    }

    /// Takes a whole line without quotation marks. One copy of the line is what makes long lists quick.
    pub(super) fn split(&mut self, line: &str, delimiter: u8) {
        if memchr::memchr(0, line.as_bytes()).is_some() || line.len() > MAX_ROW_BYTES {
            line.split(char::from(delimiter)).for_each(|cell| self.push(cell));
            return;
        }
        self.text.push_str(line);
        let mut start = 0;
        for at in memchr::memchr_iter(delimiter, line.as_bytes()) {
            self.spans.push((start, at as u32));
            start = at as u32 + 1;
        }
        self.spans.push((start, line.len() as u32));
        if self.spans.len() > MAX_COLUMNS {
            self.overlong = !(MAX_COLUMNS..self.spans.len()).all(|index| self.cell(index).trim().is_empty());
            self.spans.truncate(MAX_COLUMNS);
        }
    }

    /// How many cells it has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.spans.len()
    }

    /// Whether it has no cell at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }

    /// A cell as it was read; empty behind the end of the row.
    #[must_use]
    pub fn cell(&self, index: usize) -> &str {
        let span = self.spans.get(index).and_then(|(start, end)| self.text.get(*start as usize..*end as usize));
        span.unwrap_or_default()
    }

    /// Every cell, from the left.
    pub fn cells(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).map(|index| self.cell(index))
    }

    /// Whether nothing stands in any cell, not even beyond the last one that is kept.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        !self.overlong && self.cells().all(|cell| cell.trim().is_empty())
    }
}

/// What a cell says, without the space around it and without the apostrophe that keeps spreadsheets from calculating
/// (our own report of refused rows writes it).
#[must_use]
pub fn value_of(cell: &str) -> &str {
    let value = cell.trim();
    match value.strip_prefix('\'') {
        Some(rest) if starts_a_formula(rest) => rest,
        _ => value,
    }
}

/// Whether a spreadsheet would calculate with the cell instead of showing it.
pub(super) fn starts_a_formula(cell: &str) -> bool {
    cell.starts_with(['=', '+', '-', '@', '\t', '\r'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_behind_the_end_of_a_ragged_row_is_empty() {
        let mut row = Row::default();
        row.push("a");
        row.push("");
        row.push("c\0d");
        assert_eq!(row.cells().collect::<Vec<_>>(), ["a", "", "cd"]);
        assert_eq!((row.cell(3), row.cell(100)), ("", ""));
    }

    #[test]
    fn a_row_with_too_many_cells_is_known_as_such() {
        let mut row = Row::default();
        (0..MAX_COLUMNS + 5).for_each(|_| row.push(""));
        assert!(!row.overlong, "empty cells at the end are what spreadsheets leave behind");
        row.push("x");
        assert!(row.overlong);
        assert_eq!(row.len(), MAX_COLUMNS);
    }

    #[test]
    fn the_protecting_apostrophe_goes_and_any_other_stays() {
        assert_eq!(value_of(" '=1+1 "), "=1+1");
        assert_eq!(value_of("'+79991234567"), "+79991234567");
        assert_eq!(value_of("'quoted'"), "'quoted'");
    }

    #[test]
    fn a_line_is_split_as_if_its_cells_came_one_by_one() {
        for line in ["", "a", "a;b", ";;", "a;\0b;", "Ж;ё;", &";x".repeat(MAX_COLUMNS), &";".repeat(MAX_COLUMNS + 9)]
        {
            let (mut whole, mut single) = (Row::default(), Row::default());
            whole.split(line, b';');
            line.split(';').for_each(|cell| single.push(cell));
            assert_eq!(whole.cells().collect::<Vec<_>>(), single.cells().collect::<Vec<_>>(), "{line:?}");
            assert_eq!((whole.overlong, whole.is_blank()), (single.overlong, single.is_blank()), "{line:?}");
        }
    }
}
