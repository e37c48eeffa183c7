//! The bare numbers of a file, for the do-not-call list. Owns that a file of numbers without a header is read too.

use std::path::PathBuf;

use callboard_core::phone::PhoneReader;

use super::{
    ImportError, ImportLimits, blocking,
    cells::value_of,
    layout::{DroppedFile, Layout, LayoutChoice},
    source::Source,
};

/// What stands in a file of numbers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FileNumbers {
    /// E.164 numbers, in the order of the file, with repetitions.
    pub numbers: Vec<String>,
    /// Cells that are no number: how many.
    pub refused: u64,
    /// The first 100 of them, with the key of the reason.
    pub refusals: Vec<(String, String)>,
}

/// Every number of every phone column of a file.
///
/// # Errors
/// Why it cannot be read.
pub(crate) async fn numbers_of(path: PathBuf, name: String, region: String) -> Result<FileNumbers, ImportError> {
    const SHOWN: usize = 100;
    blocking(move || {
        let file = DroppedFile { path: &path, name: &name, region: &region, limits: ImportLimits::default() };
        let layout = Layout::detect(file, &LayoutChoice::default())?;
        let mapping = layout.guessed_mapping();
        mapping.check()?;
        let phones = mapping.phones();
        let mut reader = PhoneReader::new(&region);
        let mut found = FileNumbers::default();
        Source::open(file, &layout, Some(&mapping))?.each_row::<ImportError>(|row| {
            if row.note.is_some() {
                return Ok(());
            }
            for cell in phones.iter().map(|index| value_of(row.cell(*index))).filter(|cell| !cell.is_empty()) {
                let read = reader.read_cell(cell);
                found.numbers.extend(read.phones.into_iter().map(|read| read.phone.e164));
                found.refused += read.refused.len() as u64;
                for (cell, reason) in read.refused {
                    if found.refusals.len() < SHOWN {
                        found.refusals.push((cell, reason.as_str().to_owned()));
                    }
                }
            }
            Ok(())
        })?;
        Ok(found)
    })
    .await
}
