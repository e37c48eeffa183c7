//! What an import is asked and what it answers.

use std::path::PathBuf;

use callboard_contract::{ImportReport, RejectedRow};
use callboard_core::{
    campaign::CampaignState,
    id::{CallListId, CampaignId, CompanyId},
};
use callboard_db::DbError;
use chrono::{DateTime, Utc};

/// A file to import.
#[derive(Debug, Clone)]
pub struct ImportJob {
    /// The company.
    pub company_id: CompanyId,
    /// The campaign that gets the tasks.
    pub campaign_id: CampaignId,
    /// Where the file is.
    pub path: PathBuf,
    /// Its name; its extension says how it is read.
    pub file_name: String,
    /// The company's region, in which numbers without a country are read.
    pub default_region: String,
    /// Only check, write nothing.
    pub dry_run: bool,
    /// What is too large.
    pub limits: ImportLimits,
}

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

/// What came of an import. `total = created + duplicates + rejected`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportOutcome {
    /// Id; none for a dry run.
    pub call_list_id: Option<CallListId>,
    /// The campaign.
    pub campaign_id: CampaignId,
    /// Its name.
    pub campaign_name: String,
    /// Name of the file.
    pub file_name: String,
    /// Data rows.
    pub total: i32,
    /// Rows that became tasks; of a dry run, would become.
    pub created: i32,
    /// Rows whose number was there already.
    pub duplicates: i32,
    /// Rows that cannot be used.
    pub rejected: i32,
    /// Of the created ones, those whose contact the company had; it is reused as it is. Zero for a dry run.
    pub contacts_reused: i32,
    /// The first 100 rows that were not taken.
    pub rejects: Vec<RejectedRow>,
    /// Columns that went into the contact's data.
    pub extra_columns: Vec<String>,
    /// Some characters could not be read in the encoding that was found, and show as `�`.
    pub damaged_text: bool,
    /// When.
    pub created_at: DateTime<Utc>,
}

impl From<ImportOutcome> for ImportReport {
    fn from(outcome: ImportOutcome) -> Self {
        Self {
            call_list_id: outcome.call_list_id.map(|id| id.0),
            campaign_id: outcome.campaign_id.0,
            campaign_name: outcome.campaign_name,
            file_name: outcome.file_name,
            total: outcome.total,
            created: outcome.created,
            duplicates: outcome.duplicates,
            rejected: outcome.rejected,
            rejects: outcome.rejects,
            extra_columns: outcome.extra_columns,
            created_at: outcome.created_at,
        }
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
    /// Nothing can be written.
    #[error("the report cannot be written: {0}")]
    Write(#[from] std::io::Error),
    /// A row has no form as CSV.
    #[error("the report cannot be written: {0}")]
    Csv(#[from] csv::Error),
}
