//! The table that is printed.

use std::fmt;

/// Rows of a table with a title.
pub struct Table {
    title: String,
    rows: Vec<[String; 5]>,
}

impl Table {
    pub fn new(title: String) -> Self {
        let head = ["what", "ours", "floor or peer", "ratio", "target"].map(str::to_owned);
        Self { title, rows: vec![head] }
    }

    pub fn row(
        &mut self,
        what: &str,
        ours: impl Into<String>,
        other: impl Into<String>,
        ratio: impl Into<String>,
        target: impl Into<String>,
    ) {
        self.rows.push([what.to_owned(), ours.into(), other.into(), ratio.into(), target.into()]);
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.title)?;
        let width = |column: usize| self.rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
        let widths: [usize; 5] = std::array::from_fn(width);
        for row in &self.rows {
            write!(f, "{:<1$}", row[0], widths[0])?;
            for (cell, width) in row.iter().zip(widths).skip(1) {
                write!(f, " | {cell:>width$}")?;
            }
            writeln!(f)?;
        }
        Ok(())
    }
}
