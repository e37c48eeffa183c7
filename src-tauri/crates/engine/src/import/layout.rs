//! How a file is to be read: its kind, encoding, delimiter, sheet, header and columns. Owns every guess about that and
//! what a person may correct; refuses to judge rows.

mod find;
mod kind;
mod top;

use std::{fs::File, path::Path};

use super::{
    ImportError, ImportLimits, Limit,
    columns::{Mapping, RoleGuess, fingerprint, guess_roles},
};

pub use super::sheet::SheetInfo;
pub use kind::FileKind;

pub(super) use find::{encoding_named, find, open_csv};

/// Rows from which the layout is found.
pub(super) const SAMPLE_ROWS: usize = 1000;

/// A file that a person has dropped.
#[derive(Debug, Clone, Copy)]
pub struct DroppedFile<'a> {
    /// Where it is.
    pub path: &'a Path,
    /// Its name; its extension says whether it is a list at all.
    pub name: &'a str,
    /// The company's region (ISO 3166), whose languages are likelier.
    pub region: &'a str,
    /// What is too large.
    pub limits: ImportLimits,
}

impl DroppedFile<'_> {
    pub(super) fn open(&self) -> Result<(File, u64), ImportError> {
        let file = File::open(self.path)?;
        let bytes = file.metadata()?.len();
        if bytes > self.limits.bytes {
            return Err(ImportError::TooLarge { limit: Limit::Bytes, most: self.limits.bytes });
        }
        Ok((file, bytes))
    }
}

/// What a person may correct. None: guess.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LayoutChoice {
    /// A label of the Encoding standard such as `windows-1251`; `cp866` is understood too.
    pub encoding: Option<String>,
    /// What cells are split at; an ASCII character.
    pub delimiter: Option<char>,
    /// Name of a sheet.
    pub sheet: Option<String>,
    /// Where the names of the columns stand.
    pub header_row: Option<HeaderChoice>,
}

/// Where the names of the columns stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HeaderChoice {
    /// In this line of the file or row of the sheet; the first is 1.
    Row(u32),
    /// Nowhere: the first row is a contact.
    NoHeader,
}

/// How a file is read, as found or as chosen.
#[derive(Debug, Clone, PartialEq)]
pub struct Layout {
    /// What it is.
    pub kind: FileKind,
    /// Name of the encoding; none for a workbook.
    pub encoding: Option<String>,
    /// What cells are split at; none for a workbook.
    pub delimiter: Option<char>,
    /// The sheets of a workbook, hidden ones too.
    pub sheets: Vec<SheetInfo>,
    /// The one that is read.
    pub sheet: Option<String>,
    /// Line of the file or row of the sheet with the names of the columns; none when there is none. What stands above
    /// is no contact.
    pub header_row: Option<u32>,
    /// The columns.
    pub columns: Vec<Column>,
}

/// A column of a file.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// Place in the row, from 0.
    pub index: usize,
    /// Its name, which no other column has; `column_3` where the file has none.
    pub name: String,
    /// At most five different values.
    pub samples: Vec<String>,
    /// What it seems to be for.
    pub guess: RoleGuess,
}

impl Layout {
    /// Finds how a file is read.
    ///
    /// # Errors
    /// When it is no list, too large, damaged, or a choice does not fit.
    pub fn detect(file: DroppedFile<'_>, choice: &LayoutChoice) -> Result<Self, ImportError> {
        Ok(find(file, choice, SAMPLE_ROWS)?.layout)
    }

    /// The choice that leads to the same layout again, whatever the guesses become.
    #[must_use]
    pub fn as_choice(&self) -> LayoutChoice {
        LayoutChoice {
            encoding: self.encoding.clone(),
            delimiter: self.delimiter,
            sheet: self.sheet.clone(),
            header_row: Some(self.header_row.map_or(HeaderChoice::NoHeader, HeaderChoice::Row)),
        }
    }

    /// The names of the columns.
    #[must_use]
    pub fn column_names(&self) -> Vec<String> {
        self.columns.iter().map(|column| column.name.clone()).collect()
    }

    /// What the columns seem to be for.
    #[must_use]
    pub fn guessed_mapping(&self) -> Mapping {
        Mapping::from_guesses(&self.columns.iter().map(|column| column.guess).collect::<Vec<_>>())
    }

    /// By what a mapping of these columns is remembered.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        fingerprint(&self.column_names())
    }
}

/// Columns from the names in the header and a sample of the rows below it.
fn columns(names: Vec<String>, rows: &[Vec<String>]) -> Vec<Column> {
    const SAMPLES: usize = 5;
    const LONGEST: usize = 200;
    let guesses = guess_roles(&names, rows);
    names
        .into_iter()
        .zip(guesses)
        .enumerate()
        .map(|(index, (name, guess))| {
            let mut samples: Vec<String> = Vec::new();
            for cell in rows.iter().filter_map(|row| row.get(index)).map(|cell| cell.trim()) {
                let cell = &cell[..cell.floor_char_boundary(LONGEST)];
                if samples.len() < SAMPLES && !cell.is_empty() && !samples.iter().any(|sample| sample == cell) {
                    samples.push(cell.to_owned());
                }
            }
            Column { index, name, samples, guess }
        })
        .collect()
}

#[cfg(test)]
pub(super) mod tests;
