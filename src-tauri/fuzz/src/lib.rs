//! What the targets share: bytes become a file and go the way of an import, without a database.

use std::{
    fs::File,
    io::{Seek, Write},
};

use callboard_engine::import::{
    ImportError, ImportLimits,
    layout::{DroppedFile, Layout, LayoutChoice},
    preview::preview,
    source::Source,
};
use tempfile::NamedTempFile;

/// A file that is written anew for every input.
pub struct Drop {
    file: NamedTempFile,
}

impl Default for Drop {
    fn default() -> Self {
        Self { file: NamedTempFile::new().expect("a temporary file") }
    }
}

impl Drop {
    /// Looks at the bytes as a file of this name and reads it to its end. Every row must come once and in order, and what
    /// was found must be found again when it is chosen.
    pub fn read(&mut self, name: &str, bytes: &[u8]) {
        write(self.file.as_file_mut(), bytes);
        let limits = ImportLimits { rows: 10_000, bytes: 1 << 20 };
        let dropped = DroppedFile { path: self.file.path(), name, region: "RU", limits };
        let Ok(seen) = preview(dropped, &LayoutChoice::default(), 7) else { return };
        let layout = Layout::detect(dropped, &LayoutChoice::default()).expect("it was found before");
        assert_eq!(layout, seen.layout, "a preview shows what is imported");
        let mapping = layout.guessed_mapping();
        assert_eq!(mapping.roles.len(), layout.columns.len());
        let mut last = 0;
        let source = Source::open(dropped, &layout, Some(&mapping)).expect("it is there");
        let read = source.each_row::<ImportError>(|row| {
            assert!(row.line > last, "line {} after {last}", row.line);
            last = row.line;
            assert!(row.len() <= 256 && row.cells().all(|cell| !cell.contains('\0')));
            Ok(())
        });
        if let Ok(read) = read {
            assert!(read.damaged <= read.rows + read.noted);
        }
    }
}

fn write(file: &mut File, bytes: &[u8]) {
    file.set_len(0).expect("emptied");
    file.rewind().expect("at its beginning");
    file.write_all(bytes).expect("written");
}
