//! One row of a file: its cells in one text, reused from row to row. Owns no meaning.

/// Most cells of a row; more is a broken file, not a list of people.
pub(super) const MAX_COLUMNS: usize = 256;
/// Most characters of a cell, which is what spreadsheets allow.
pub(super) const MAX_CELL_CHARS: usize = 32_767;
/// Most bytes of a row as it stands in the file. Also bounds what an open quotation mark can swallow.
pub(super) const MAX_ROW_BYTES: usize = 256 * 1024;

/// A row with its place in the file.
#[derive(Debug, Default)]
pub(super) struct Row {
    /// Line on which it starts; for a workbook the row of the sheet. The first is 1.
    pub line: i32,
    /// Too long or too wide to be read, or with a quotation mark that is never closed.
    pub overlong: bool,
    text: String,
    ends: Vec<usize>,
}

impl Row {
    pub fn clear(&mut self) {
        self.overlong = false;
        self.text.clear();
        self.ends.clear();
    }

    pub fn push(&mut self, cell: &str) {
        if self.ends.len() == MAX_COLUMNS {
            self.overlong |= !cell.trim().is_empty();
            return;
        }
        let mut cell = cell;
        if self.text.len() + cell.len() > MAX_ROW_BYTES {
            self.overlong = true;
            cell = &cell[..cell.floor_char_boundary(MAX_CELL_CHARS)];
        }
        // PostgreSQL stores no NUL.
        if cell.contains('\0') {
            self.text.extend(cell.chars().filter(|char| *char != '\0'));
        } else {
            self.text.push_str(cell);
        }
        self.ends.push(self.text.len());
    }

    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// A cell as it was read; empty behind the end of the row.
    pub fn cell(&self, index: usize) -> &str {
        let start = if index == 0 { 0 } else { self.ends.get(index - 1).copied().unwrap_or(self.text.len()) };
        let end = self.ends.get(index).copied().unwrap_or(self.text.len());
        self.text.get(start..end).unwrap_or_default()
    }

    pub fn cells(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).map(|index| self.cell(index))
    }

    pub fn is_blank(&self) -> bool {
        self.text.trim().is_empty()
    }
}

/// What a cell says, without the space around it and without the apostrophe that keeps spreadsheets from calculating
/// (our own report of refused rows writes it).
pub(super) fn value_of(cell: &str) -> &str {
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
}
