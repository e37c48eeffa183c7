//! Imports of call lists: a preview, a check that counts what would happen, the commit, and taking it back.

use callboard_core::text_enum;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use uuid::Uuid;

use crate::error::IpcError;

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

text_enum! {
    /// What a column of a list is for.
    pub enum ColumnRole {
        /// Numbers to dial; the first such column is dialled first.
        Phone = "phone",
        /// The name of the contact, or a part of it.
        Name = "name",
        /// E-mail address.
        Email = "email",
        /// Whom the contact works for.
        Company = "company",
        /// The time zone, region or city of the contact.
        Zone = "zone",
        /// What a person has noted.
        Notes = "notes",
        /// Labels, separated by commas.
        Tags = "tags",
        /// Data for the conversation, under the name of the column.
        Extra = "extra",
        /// Not imported.
        Ignore = "ignore",
    }
}

/// How a file is read, as far as a person has decided it; what is missing is guessed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LayoutChoice {
    /// One of `ImportPreview::encodings`.
    pub encoding: Option<String>,
    /// One character.
    pub delimiter: Option<String>,
    /// Name of a sheet.
    pub sheet: Option<String>,
    /// Line of the header; 0: there is none.
    pub header_row: Option<u32>,
}

/// Asks what a file holds, before anything is imported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ImportPreviewRequest {
    /// The company.
    pub company_id: Uuid,
    /// The file.
    pub source: ImportSource,
    /// What the person has corrected.
    pub choice: LayoutChoice,
}

/// A column of a file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PreviewColumn {
    /// Its name; made up when `named` is false.
    pub name: String,
    /// The file gives it a name.
    pub named: bool,
    /// The first different values.
    pub samples: Vec<String>,
    /// What it is probably for.
    pub role: ColumnRole,
    /// How sure that is, 0 to 1.
    pub confidence: f64,
}

/// A row of a file as it stands there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PreviewRow {
    /// Line of the file or row of the sheet; none for a random row of a text file, whose line nobody has counted.
    pub line: Option<u32>,
    /// Its cells.
    pub cells: Vec<String>,
}

/// A sheet of a workbook.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SheetView {
    /// Its name.
    pub name: String,
    /// It is hidden in the workbook; never chosen by itself.
    pub hidden: bool,
}

/// What a file holds and how it would be read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ImportPreview {
    /// Name of the file.
    pub file_name: String,
    /// Its size in bytes.
    pub file_bytes: f64,
    /// `csv`, `xlsx`, `xls` or `ods`.
    pub kind: String,
    /// Encoding of a text file.
    pub encoding: Option<String>,
    /// The encodings that can be chosen; empty for workbooks.
    pub encodings: Vec<String>,
    /// Delimiter of a text file.
    pub delimiter: Option<String>,
    /// Sheets of a workbook.
    pub sheets: Vec<SheetView>,
    /// The sheet that is read.
    pub sheet: Option<String>,
    /// Line of the header; 0: there is none.
    pub header_row: u32,
    /// The columns.
    pub columns: Vec<PreviewColumn>,
    /// The first data rows, at most 50.
    pub first_rows: Vec<PreviewRow>,
    /// Rows from anywhere further down, at most 50.
    pub random_rows: Vec<PreviewRow>,
    /// Data rows, estimated.
    pub estimated_rows: f64,
    /// The roles come from an earlier import with the same header.
    pub remembered: bool,
}

/// Asks to read a file to its end and to count what would become of its rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ImportCheckRequest {
    /// The company.
    pub company_id: Uuid,
    /// The campaign that gets the tasks.
    pub campaign_id: Uuid,
    /// The file.
    pub source: ImportSource,
    /// How it is read.
    pub choice: LayoutChoice,
    /// What each column is for; empty: as guessed or remembered.
    pub roles: Vec<ColumnRole>,
    /// ISO 3166 region of national numbers; none: the company's.
    pub default_region: Option<String>,
}

/// A file to import in one go, without questions (scripts).
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
    /// What becomes of a row; each row has exactly one fate.
    pub enum RowFate {
        /// A new contact, as it stands; becomes a task.
        Ready = "ready",
        /// Its number was repaired; becomes a task.
        Fixed = "fixed",
        /// The company has the contact already; becomes a task.
        Known = "known",
        /// The number stands further up in the file.
        Duplicate = "duplicate",
        /// The campaign has the number already.
        InCampaign = "in_campaign",
        /// A do-not-call entry forbids it.
        DoNotCall = "do_not_call",
        /// Cannot be used.
        Invalid = "invalid",
        /// A line of totals or instructions.
        Ignored = "ignored",
    }
}

text_enum! {
    /// How far an import is.
    pub enum ImportPhase {
        /// The file is being read.
        Checking = "checking",
        /// It waits for the decision.
        Checked = "checked",
        /// Tasks are being made.
        Committing = "committing",
        /// The tasks are there.
        Committed = "committed",
        /// Taken back after that.
        Undone = "undone",
        /// Given up before.
        Cancelled = "cancelled",
        /// Could not be read to its end.
        Failed = "failed",
    }
}

/// Rows by fate. `total` is the sum of the others.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ImportCounts {
    /// Data rows.
    pub total: i32,
    /// New and good.
    pub ready: i32,
    /// With a repaired number.
    pub fixed: i32,
    /// Whose contact the company has.
    pub known: i32,
    /// Further up in the file.
    pub duplicate: i32,
    /// In the campaign already.
    pub in_campaign: i32,
    /// Forbidden.
    pub do_not_call: i32,
    /// Unusable.
    pub invalid: i32,
    /// Totals and instructions.
    pub ignored: i32,
}

/// How far the work on an import has come, in the process that does it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ImportProgress {
    /// Rows read, or tasks made.
    pub rows: f64,
    /// Part of the work that is done, 0 to 1.
    pub share: f64,
    /// Rows per second so far.
    pub rows_per_second: f64,
    /// Seconds that are left at this speed; none while nobody can say.
    pub seconds_left: Option<f64>,
}

/// An import.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ImportView {
    /// Id.
    pub call_list_id: Uuid,
    /// The campaign.
    pub campaign_id: Uuid,
    /// Its name.
    pub campaign_name: String,
    /// Name of the file.
    pub file_name: String,
    /// How far it is.
    pub phase: ImportPhase,
    /// While it is being worked on, when this process does it.
    pub progress: Option<ImportProgress>,
    /// Rows by fate; zeros until it is checked.
    pub counts: ImportCounts,
    /// Tasks that it made.
    pub created: i32,
    /// Of them, those whose contact was reused as it is.
    pub reused_contacts: i32,
    /// Its tasks that were never dialled and can be taken back; 0 unless committed.
    pub uncalled: i32,
    /// Columns of the file.
    pub columns: Vec<String>,
    /// What each column is for.
    pub roles: Vec<ColumnRole>,
    /// Some characters could not be read in the encoding, and show as `�`.
    pub damaged_text: bool,
    /// Why it failed.
    pub error: Option<IpcError>,
    /// When it began.
    pub created_at: DateTime<Utc>,
    /// When it ended.
    pub finished_at: Option<DateTime<Utc>>,
}

/// Imports, newest first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ImportList {
    /// At most 200.
    pub items: Vec<ImportView>,
}

/// Which rows of an import.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ImportRowsQuery {
    /// The company.
    pub company_id: Uuid,
    /// The import. Of a committed one only rows that became no task are kept.
    pub call_list_id: Uuid,
    /// With this fate.
    pub fate: RowFate,
    /// Where the page before ended.
    pub cursor: Option<String>,
    /// Rows of the page, 1..=200.
    pub limit: u32,
}

/// A row of an import and what becomes of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ImportRow {
    /// Line of the file on which the row starts.
    pub line: i32,
    /// What becomes of it.
    pub fate: RowFate,
    /// Key of the catalogue `rejects.*`, or `fixes.*` for a repaired row.
    pub reason: Option<String>,
    /// The column that it is about.
    pub field: Option<String>,
    /// What stood there.
    pub value: Option<String>,
    /// The number that would be dialled.
    pub phone: Option<String>,
    /// The cells as read.
    pub cells: Vec<String>,
}

/// Rows of an import.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ImportRowsPage {
    /// In the order of the file.
    pub items: Vec<ImportRow>,
    /// Where the next page starts; none at the end.
    pub next_cursor: Option<String>,
}

/// Takes an import back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ImportUndo {
    /// The company.
    pub company_id: Uuid,
    /// The import.
    pub call_list_id: Uuid,
    /// Also when some of its contacts were called: the others are removed. False: refused then.
    pub uncalled_only: bool,
}

/// What taking an import back removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ImportUndone {
    /// Tasks removed.
    pub removed_tasks: i32,
    /// Tasks that stay because they were dialled.
    pub kept_tasks: i32,
    /// Contacts removed: made by this import, never changed, never called, in no other campaign.
    pub removed_contacts: i32,
}

/// A row that did not become a task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RejectedRow {
    /// Line of the file on which the row starts.
    pub line: i32,
    /// What became of it.
    pub fate: RowFate,
    /// Key of the catalogue `rejects.*`.
    pub reason: String,
    /// The column.
    pub field: String,
    /// What stood there.
    pub value: String,
}

/// What came of an import in one go.
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
    /// Rows by fate.
    pub counts: ImportCounts,
    /// Tasks made; of a dry run, tasks that would be made.
    pub created: i32,
    /// Of them, those whose contact was reused as it is.
    pub reused_contacts: i32,
    /// The first 100 rows that became no task.
    pub rejects: Vec<RejectedRow>,
    /// Columns that went into the contact's data.
    pub extra_columns: Vec<String>,
    /// Some characters could not be read in the encoding, and show as `�`.
    pub damaged_text: bool,
    /// When.
    pub created_at: DateTime<Utc>,
}

/// A request for the rows that became no task.
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

text_enum! {
    /// Form of a file that is written.
    pub enum FileFormat {
        /// Text.
        Csv = "csv",
        /// Workbook.
        Xlsx = "xlsx",
    }
}

text_enum! {
    /// Which template.
    pub enum TemplateKind {
        /// Name, phone number, e-mail, company, notes.
        Basic = "basic",
        /// The same with city, time zone, tags and columns of one's own.
        Advanced = "advanced",
    }
}

/// A request for a template to fill in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TemplateRequest {
    /// Which.
    pub kind: TemplateKind,
    /// In which form.
    pub format: FileFormat,
    /// `ru` or `en`.
    pub language: String,
}

/// A request for the list of a campaign as a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TaskExport {
    /// The company.
    pub company_id: Uuid,
    /// The campaign.
    pub campaign_id: Uuid,
    /// In which form.
    pub format: FileFormat,
    /// `ru` or `en`.
    pub language: String,
}

/// The figures behind a chart, to be saved as a workbook.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FiguresSave {
    /// What the chart says; names the file.
    pub title: String,
    /// Names of the columns, at most 100.
    pub head: Vec<String>,
    /// Rows as they are shown, at most 10,000, none longer than the head.
    pub rows: Vec<Vec<String>>,
}

/// A file that was written, or that the browser has to save.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SavedFile {
    /// Proposed or chosen name.
    pub file_name: String,
    /// Where it was written (desktop); none when the dialog was closed or the host has no files.
    pub path: Option<String>,
    /// Its bytes in Base64, when the host cannot write files itself.
    pub content_base64: Option<String>,
}
