//! Workbooks that are archives. Owns the check that an archive is what it claims to be before anything is unpacked into
//! memory, and what its errors mean to a person.

use std::{
    fs::File,
    io::{self, BufReader, Read, Seek, SeekFrom},
};

use calamine::{XlsbError, XlsxError};

use super::{ImportError, Limit, Unreadable};

const MOST_ENTRIES: usize = 200;
const MOST_BYTES: u64 = 1 << 30;
/// A sheet of a million rows has 300 MB; it is read as a stream.
const MOST_ENTRY_BYTES: u64 = 768 << 20;
/// The table of shared texts is the one part that is held in memory.
const MOST_SHARED_TEXT: u64 = 128 << 20;
/// Unpacked to packed. Small entries compress better than lists of people ever do.
const MOST_RATIO: u64 = 200;
const RATIO_COUNTS_FROM: u64 = 4 << 20;

/// Unpacks everything once into nothing and counts: what an archive says about its sizes proves nothing.
pub(super) fn check_archive(file: &mut File) -> Result<(), ImportError> {
    file.seek(SeekFrom::Start(0))?;
    let mut archive = zip::ZipArchive::new(BufReader::new(file)).map_err(|error| zip_refusal(&error))?;
    if archive.len() > MOST_ENTRIES {
        return Err(ImportError::Unreadable { reason: Unreadable::Suspicious });
    }
    let mut total = 0;
    for index in 0..archive.len() {
        let entry = archive.by_index(index).map_err(|error| zip_refusal(&error))?;
        if entry.encrypted() {
            return Err(ImportError::Unreadable { reason: Unreadable::Protected });
        }
        let packed = entry.compressed_size().max(1);
        let shared = entry.name().is_ok_and(|name| name.to_ascii_lowercase().ends_with("sharedstrings.xml"));
        let most = if shared { MOST_SHARED_TEXT } else { MOST_ENTRY_BYTES };
        let unpacked = io::copy(&mut entry.take(most + 1), &mut io::sink()).map_err(|_| damaged())?;
        total += unpacked;
        if unpacked > RATIO_COUNTS_FROM && unpacked / packed > MOST_RATIO {
            return Err(ImportError::Unreadable { reason: Unreadable::Suspicious });
        }
        if unpacked > most || total > MOST_BYTES {
            return Err(ImportError::TooLarge { limit: Limit::WorkbookBytes, most: most.min(MOST_BYTES) });
        }
    }
    Ok(())
}

pub(super) fn zip_refusal(error: &zip::result::ZipError) -> ImportError {
    let reason = match error {
        zip::result::ZipError::Io(_) => Unreadable::File,
        zip::result::ZipError::UnsupportedArchive(_) => Unreadable::Protected,
        _ => Unreadable::NotAWorkbook,
    };
    ImportError::Unreadable { reason }
}

pub(super) fn damaged() -> ImportError {
    ImportError::Unreadable { reason: Unreadable::Damaged }
}

pub(super) fn xlsx_refusal(error: &XlsxError) -> ImportError {
    let reason = match error {
        XlsxError::Io(_) => Unreadable::File,
        XlsxError::Password => Unreadable::Protected,
        XlsxError::FileNotFound(_) | XlsxError::RelationshipNotFound | XlsxError::Zip(_) => Unreadable::NotAWorkbook,
        XlsxError::WorksheetNotFound(_) => Unreadable::NoSheet,
        _ => Unreadable::Damaged,
    };
    ImportError::Unreadable { reason }
}

pub(super) fn xlsb_refusal(error: &XlsbError) -> ImportError {
    let reason = match error {
        XlsbError::Io(_) => Unreadable::File,
        XlsbError::Password => Unreadable::Protected,
        XlsbError::FileNotFound(_) | XlsbError::Zip(_) => Unreadable::NotAWorkbook,
        XlsbError::WorksheetNotFound(_) => Unreadable::NoSheet,
        _ => Unreadable::Damaged,
    };
    ImportError::Unreadable { reason }
}
