//! Imports of call lists.

use callboard_core::text_enum;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use uuid::Uuid;

/// Where the file is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum ImportSource {
    /// On this machine (desktop and command line).
    Path {
        /// Absolute path.
        path: String,
    },
    /// Sent to the server before.
    Upload {
        /// What the upload was answered with.
        upload_id: Uuid,
        /// Name of the file.
        file_name: String,
    },
}

/// A file to import.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ImportRequest {
    /// The company.
    pub company_id: Uuid,
    /// The campaign that gets the tasks.
    pub campaign_id: Uuid,
    /// The file.
    pub source: ImportSource,
    /// Only check, write nothing.
    pub dry_run: bool,
}

/// Names an import.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ImportRef {
    /// The company.
    pub company_id: Uuid,
    /// The import.
    pub call_list_id: Uuid,
}

/// Which imports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ImportQuery {
    /// The company.
    pub company_id: Uuid,
    /// Only this campaign.
    pub campaign_id: Option<Uuid>,
}

text_enum! {
    /// Why a row was not taken.
    pub enum RejectKind {
        /// The number was there already.
        Duplicate = "duplicate",
        /// The row cannot be used.
        Rejected = "rejected",
    }
}

/// A row that was not taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RejectedRow {
    /// Line of the file on which the row starts; the header is line 1.
    pub line: i32,
    /// Duplicate or unusable.
    pub kind: RejectKind,
    /// Key of the catalogue `rejects.*`.
    pub reason: String,
    /// The column.
    pub field: String,
    /// What stood there.
    pub value: String,
}

/// An import and what came of it. `total = created + duplicates + rejected`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ImportReport {
    /// Id; none for a dry run.
    pub call_list_id: Option<Uuid>,
    /// The campaign.
    pub campaign_id: Uuid,
    /// Its name.
    pub campaign_name: String,
    /// Name of the file.
    pub file_name: String,
    /// Data rows.
    pub total: i32,
    /// Rows that became tasks.
    pub created: i32,
    /// Rows whose number was there already.
    pub duplicates: i32,
    /// Rows that cannot be used.
    pub rejected: i32,
    /// The first 100 rows that were not taken.
    pub rejects: Vec<RejectedRow>,
    /// Columns that went into the contact's data.
    pub extra_columns: Vec<String>,
    /// When.
    pub created_at: DateTime<Utc>,
}

/// Imports, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ImportList {
    /// Without their rejected rows.
    pub items: Vec<ImportReport>,
}

/// A request for the rows that were not taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ImportRejects {
    /// The company.
    pub company_id: Uuid,
    /// The import.
    pub call_list_id: Uuid,
    /// `ru` or `en`: language of the reasons.
    pub language: String,
}

/// A file that was written, or that the browser has to save.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SavedFile {
    /// Proposed or chosen name.
    pub file_name: String,
    /// Where it was written (desktop); none when the dialog was closed or the host has no files.
    pub path: Option<String>,
    /// Its content, when the host cannot write files itself.
    pub content: Option<String>,
}
