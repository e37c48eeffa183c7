//! The data rows of a file, one after the other, in bounded memory. Owns that every row below the header is handed over
//! exactly once, marked when it is nobody's; refuses to judge phones.

use std::fs::File;

use super::{
    ImportError, Limit, Unreadable,
    columns::{ColumnRole, Mapping},
    layout::{DroppedFile, FileKind, Layout, open_csv},
    notes::Notes,
    sheet::{Book, Next},
};

pub use super::{
    cells::{Row, RowNote, value_of},
    progress::Progress,
};

/// A file that is about to be read.
pub struct Source<'a> {
    file: File,
    bytes: u64,
    layout: &'a Layout,
    notes: Notes,
    most_rows: u64,
    progress: Progress,
}

/// What reading a file to its end has shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ReadRows {
    /// Contacts, good or bad.
    pub rows: u64,
    /// Rows with a note.
    pub noted: u64,
    /// Contacts and notes with characters that the encoding does not have.
    pub damaged: u64,
    /// Line of the first of those.
    pub first_damaged: Option<i32>,
}

impl<'a> Source<'a> {
    /// Opens a file. With a mapping, a row is somebody's when one of its phone columns is filled; without, when any
    /// column looks like a phone.
    ///
    /// # Errors
    /// When it is gone or too large by now.
    pub fn open(dropped: DroppedFile<'_>, layout: &'a Layout, mapping: Option<&Mapping>) -> Result<Self, ImportError> {
        Self::watched(dropped, layout, mapping, Progress::default())
    }

    /// The same, watched by somebody already.
    ///
    /// # Errors
    /// When it is gone or too large by now.
    pub fn watched(
        dropped: DroppedFile<'_>,
        layout: &'a Layout,
        mapping: Option<&Mapping>,
        progress: Progress,
    ) -> Result<Self, ImportError> {
        let (file, bytes) = dropped.open()?;
        let phones = mapping.map(|mapping| mapping.with_role(ColumnRole::Phone).collect()).unwrap_or_default();
        Ok(Self { file, bytes, layout, notes: Notes::new(phones), most_rows: dropped.limits.rows, progress })
    }

    /// How far the reading has come; for another thread.
    #[must_use]
    pub fn progress(&self) -> Progress {
        self.progress.clone()
    }

    /// Bytes of the file.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Gives every row below the header that is not blank to `visit`, in the order of the file.
    ///
    /// # Errors
    /// That of `visit`; or when the file is damaged or has too many rows.
    pub fn each_row<E: From<ImportError>>(
        mut self,
        mut visit: impl FnMut(&Row) -> Result<(), E>,
    ) -> Result<ReadRows, E> {
        let header = self.layout.header_row.and_then(|line| i32::try_from(line).ok()).unwrap_or(0);
        let (mut read, mut stop) = (ReadRows::default(), None);
        let mut take = |row: &mut Row| {
            if row.line <= header || row.is_blank() {
                return Next::More;
            }
            row.note = self.notes.of(row);
            if row.damaged {
                read.damaged += 1;
                read.first_damaged = read.first_damaged.or(Some(row.line));
            }
            if row.note.is_some() {
                read.noted += 1;
            } else {
                read.rows += 1;
                if read.rows > self.most_rows {
                    stop = Some(ImportError::TooLarge { limit: Limit::Rows, most: self.most_rows }.into());
                    return Next::Enough;
                }
            }
            match visit(row) {
                Ok(()) => Next::More,
                Err(error) => {
                    stop = Some(error);
                    Next::Enough
                }
            }
        };
        if self.layout.kind == FileKind::Csv {
            let label = self.layout.encoding.as_deref().unwrap_or("utf-8");
            let encoding = super::layout::encoding_named(label)?;
            let mut rows = open_csv(self.file, encoding, self.layout.delimiter, &self.progress)?;
            let mut row = Row::default();
            while rows.next(&mut row).map_err(ImportError::from)? {
                if take(&mut row) == Next::Enough {
                    break;
                }
            }
        } else {
            let sheet = self.layout.sheet.as_deref().ok_or(ImportError::Unreadable { reason: Unreadable::NoSheet })?;
            let mut book = Book::open(&mut self.file, self.layout.kind, &self.progress)?;
            book.each_row(sheet, &mut take)?;
        }
        stop.map_or(Ok(read), Err)
    }
}
