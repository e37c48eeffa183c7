//! What a file is, by its name and its first bytes. Owns the refusal of what is evidently something else.

use std::{ffi::OsStr, path::Path};

use encoding_rs::Encoding;

use super::super::{ImportError, Unreadable, keys::keyed_enum, sniff::guess_utf16};

keyed_enum! {
    /// Kinds of files that hold lists.
    pub enum FileKind {
        /// Text, whatever separates its cells.
        Csv = "csv",
        /// A workbook since 2007.
        Xlsx = "xlsx",
        /// A binary workbook since 2007.
        Xlsb = "xlsb",
        /// A workbook before 2007.
        Xls = "xls",
        /// A workbook of `LibreOffice`.
        Ods = "ods",
    }
}

/// Archives, to which most workbooks belong.
const ZIP: &[u8] = b"PK\x03\x04";
/// Workbooks before 2007, and encrypted ones since.
const COMPOUND: &[u8] = b"\xd0\xcf\x11\xe0";

impl FileKind {
    /// By the extension in any case, and by content where people give the wrong one.
    pub(in super::super) fn of(name: &str, head: &[u8]) -> Result<Self, ImportError> {
        let extension = Path::new(name).extension().and_then(OsStr::to_str).unwrap_or_default();
        let named = match extension.to_ascii_lowercase().as_str() {
            "csv" | "tsv" | "tab" => Self::Csv,
            "xlsx" | "xlsm" => Self::Xlsx,
            "xlsb" => Self::Xlsb,
            "xls" => Self::Xls,
            "ods" => Self::Ods,
            _ => return Err(ImportError::UnsupportedFormat { extension: extension.to_owned() }),
        };
        let unreadable = |reason| Err(ImportError::Unreadable { reason });
        let (is_zip, is_compound) = (head.starts_with(ZIP), head.starts_with(COMPOUND));
        match named {
            _ if head.is_empty() => unreadable(Unreadable::Empty),
            Self::Csv if is_zip || is_compound || !is_text(head) => unreadable(Unreadable::NotText),
            Self::Csv => Ok(Self::Csv),
            Self::Xls if is_zip => Ok(Self::Xlsx),
            Self::Xls if is_compound => Ok(Self::Xls),
            // Old programs write text and call it .xls, because it opens with a double click; some write a web page.
            Self::Xls if is_text(head) && !head.trim_ascii_start().starts_with(b"<") => Ok(Self::Csv),
            Self::Xlsx | Self::Xlsb | Self::Ods if is_compound => unreadable(Unreadable::Protected),
            Self::Xlsx | Self::Xlsb | Self::Ods if is_zip => Ok(named),
            _ => unreadable(Unreadable::NotAWorkbook),
        }
    }
}

/// A stray NUL is an accident in one cell; many are a program or a picture.
fn is_text(head: &[u8]) -> bool {
    let zeros = head.split(|byte| *byte == 0).count() - 1;
    Encoding::for_bom(head).is_some() || guess_utf16(head).is_some() || zeros <= head.len() / 20
}
