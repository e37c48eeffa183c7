//! What a command of the command line prints. Owns the choice between the contract's JSON and tables for people.

use std::io::{self, Write as _};

use serde::Serialize;

/// How to answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Output {
    /// Tables and sentences.
    People,
    /// The contract's views.
    Json,
}

impl Output {
    /// Prints `view` as JSON, or what `words` makes of it.
    ///
    /// # Errors
    /// When standard output is gone.
    pub fn print<T: Serialize>(self, view: &T, words: impl FnOnce(&T) -> String) -> io::Result<()> {
        let text = match self {
            Self::People => words(view),
            Self::Json => serde_json::to_string_pretty(view)?,
        };
        line(&text)
    }
}

/// Writes one line and sends it off: a reader may wait for it.
///
/// # Errors
/// When standard output is gone.
pub fn line(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{}", text.trim_end())?;
    out.flush()
}

/// A table with aligned columns; columns of numbers are aligned to the right.
#[must_use]
pub fn table<const N: usize>(header: [&str; N], rows: &[[String; N]]) -> String {
    let width = |column: usize| {
        let cells = rows.iter().map(|row| row[column].chars().count());
        cells.chain([header[column].chars().count()]).max().unwrap_or(0)
    };
    let widths: [usize; N] = std::array::from_fn(width);
    let numbers: [bool; N] =
        std::array::from_fn(|column| !rows.is_empty() && rows.iter().all(|row| row[column].parse::<f64>().is_ok()));
    let write = |cells: [&str; N]| {
        let cells = cells.iter().enumerate().map(|(column, cell)| {
            let width = widths[column];
            if numbers[column] { format!("{cell:>width$}") } else { format!("{cell:<width$}") }
        });
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    let mut lines = vec![write(header)];
    lines.extend(rows.iter().map(|row| write(std::array::from_fn(|column| row[column].as_str()))));
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_aligned_to_the_left_and_numbers_to_the_right() {
        let rows = [["Осень".to_owned(), "5".to_owned()], ["Winter sale".to_owned(), "1240".to_owned()]];
        assert_eq!(table(["name", "tasks"], &rows), "name         tasks\nОсень            5\nWinter sale   1240");
    }

    #[test]
    fn a_table_without_rows_is_its_header() {
        assert_eq!(table(["name", "tasks"], &[]), "name  tasks");
    }
}
