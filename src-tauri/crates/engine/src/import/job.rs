//! What an import is asked and what it answers.

use callboard_core::campaign::CampaignState;
use callboard_db::DbError;

/// Bounds of a file. A company may set lower ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ImportLimits {
    /// Most data rows.
    pub rows: u64,
    /// Most bytes.
    pub bytes: u64,
}

impl Default for ImportLimits {
    /// A million rows, 2 GB.
    fn default() -> Self {
        Self { rows: 1_000_000, bytes: 2_000_000_000 }
    }
}

/// Why nothing was imported.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The company has no such campaign.
    #[error("the campaign does not exist")]
    CampaignNotFound,
    /// Nothing is dialled in it any more.
    #[error("the campaign is {0}")]
    CampaignOver(CampaignState),
    /// Neither .csv nor .xlsx.
    #[error("unsupported format: {extension:?}")]
    UnsupportedFormat {
        /// What the name ends with, without the dot.
        extension: String,
    },
    /// Columns are missing.
    #[error("missing required columns: {}", columns.join(", "))]
    MissingColumns {
        /// Their names.
        columns: Vec<String>,
    },
    /// The file cannot be read.
    #[error("the file cannot be read: {}", reason.as_str())]
    Unreadable {
        /// Why.
        reason: Unreadable,
    },
    /// The file is larger than is allowed.
    #[error("the file is too large: at most {most} {}", limit.as_str())]
    TooLarge {
        /// What there is too much of.
        limit: Limit,
        /// How much is allowed.
        most: u64,
    },
    /// It does not wait for a decision (any more).
    #[error("the import is not waiting for a decision")]
    NotChecked,
    /// The database crashed since the file was checked.
    #[error("the checked rows were lost")]
    StagingLost,
    /// The database refused or is away.
    #[error(transparent)]
    Db(#[from] DbError),
}

impl From<std::io::Error> for ImportError {
    fn from(_: std::io::Error) -> Self {
        Self::Unreadable { reason: Unreadable::File }
    }
}

/// Why a file cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unreadable {
    /// It is not there, may not be read, or its disk failed.
    File,
    /// It holds nothing.
    Empty,
    /// Its name says .csv, its content is no text.
    NotText,
    /// Its name says .xlsx, its content is no workbook.
    NotAWorkbook,
    /// It is protected by a password.
    Protected,
    /// It has no visible sheet with cells.
    NoSheet,
    /// It breaks off or contradicts itself.
    Damaged,
    /// It would unpack to far more than a list of people: probably an attack.
    Suspicious,
}

impl Unreadable {
    /// Key of the message catalogues.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Empty => "empty",
            Self::NotText => "notText",
            Self::NotAWorkbook => "notAWorkbook",
            Self::Protected => "protected",
            Self::NoSheet => "noSheet",
            Self::Damaged => "damaged",
            Self::Suspicious => "suspicious",
        }
    }
}

/// What a file can have too much of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// Bytes of the file.
    Bytes,
    /// Data rows.
    Rows,
    /// Columns of the header.
    Columns,
    /// Bytes of a workbook when it is unpacked.
    WorkbookBytes,
}

impl Limit {
    /// Key of the message catalogues.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Bytes => "bytes",
            Self::Rows => "rows",
            Self::Columns => "columns",
            Self::WorkbookBytes => "workbookBytes",
        }
    }
}

/// Why the report of refused rows could not be written.
#[derive(Debug, thiserror::Error)]
pub enum RejectsError {
    /// The company has no such import.
    #[error("the import does not exist")]
    NotFound,
    /// The database refused or is away.
    #[error(transparent)]
    Db(#[from] DbError),
    /// The workbook cannot be made.
    #[error("the report cannot be written: {0}")]
    Workbook(#[from] rust_xlsxwriter::XlsxError),
}
