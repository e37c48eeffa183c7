//! The host, its database, first run and live messages.

use callboard_core::text_enum;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use uuid::Uuid;

use super::{CampaignView, CompanyView};
use crate::error::IpcError;

text_enum! {
    /// What a cached answer depends on; the key of every refresh.
    pub enum CacheTag {
        /// Host and database.
        App = "app",
        /// Companies.
        Companies = "companies",
        /// Skillbases, their drafts and versions.
        Skillbases = "skillbases",
        /// Regression cases.
        Sandbox = "sandbox",
        /// Knowledge documents.
        Knowledge = "knowledge",
        /// Campaigns and their counts.
        Campaigns = "campaigns",
        /// Tasks.
        Tasks = "tasks",
        /// Imports.
        CallLists = "call_lists",
        /// The contact book.
        Contacts = "contacts",
        /// The do-not-call list.
        DoNotCall = "do_not_call",
        /// Calls that have ended, and figures made of them.
        Calls = "calls",
        /// Settings and limits.
        Settings = "settings",
        /// Calls in progress.
        Live = "live",
    }
}

text_enum! {
    /// What carries the user interface.
    pub enum HostKind {
        /// The desktop application.
        Desktop = "desktop",
        /// `callboard-server serve` and a browser.
        Server = "server",
    }
}

text_enum! {
    /// How the database is.
    pub enum DatabaseState {
        /// Being started or connected.
        Starting = "starting",
        /// Usable.
        Ready = "ready",
        /// Was usable, does not answer now; tried again by itself.
        Away = "away",
        /// Refuses: wrong password, too new, no TLS. A person has to act.
        Refused = "refused",
    }
}

text_enum! {
    /// Which database.
    pub enum DatabaseKind {
        /// In the user's data folder, run by the application.
        Embedded = "embedded",
        /// A server that several people use.
        Shared = "shared",
    }
}

/// How the database is, in one place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DatabaseStatus {
    /// Its state.
    pub state: DatabaseState,
    /// Embedded or shared.
    pub kind: DatabaseKind,
    /// Where it is, for people: a folder or host and database name; never a password.
    pub place: String,
    /// Since when it is in this state.
    pub since: DateTime<Utc>,
    /// Why it is away or refuses.
    pub error: Option<IpcError>,
}

/// What this host is and can do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an independent ability that the user interface asks for by name"
)]
pub struct AppInfo {
    /// Version of the program.
    pub version: String,
    /// Desktop or server.
    pub host: HostKind,
    /// Files come from the native dialog and by path; else they are uploaded.
    pub native_files: bool,
    /// Windows can be torn off.
    pub windows: bool,
    /// Secrets can be kept in the operating system's keyring; else only until the program ends.
    pub keyring: bool,
    /// The database.
    pub database: DatabaseStatus,
    /// No company exists yet: show the first-run screen.
    pub setup_needed: bool,
    /// A worker dials in this process.
    pub worker: bool,
}

/// The answers of the first-run screen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SetupRequest {
    /// Name of the company, 1..=255 characters.
    pub company_name: String,
    /// IANA zone of the company.
    pub time_zone: String,
    /// `ru` or `en`: language of the sample.
    pub language: String,
    /// Create a skillbase, a campaign and a list of 60 contacts for the practice line.
    pub sample: bool,
}

/// What first run created.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SetupDone {
    /// The company.
    pub company: CompanyView,
    /// The sample campaign, when asked for.
    pub campaign: Option<CampaignView>,
}

/// A shared database to use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DatabaseForm {
    /// Host name or address.
    pub host: String,
    /// Port, 5432 by default.
    pub port: u16,
    /// Database name.
    pub database: String,
    /// Login.
    pub user: String,
    /// Password; kept in the keyring, never in a file.
    pub password: String,
    /// TLS with a verified certificate is required; off only for a server on this machine.
    pub require_tls: bool,
    /// Path of a certificate authority file, when the system does not know it.
    pub ca_file: Option<String>,
}

/// What trying a shared database showed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DatabaseTest {
    /// It can be used.
    pub ok: bool,
    /// Version of the server, for example `18.4`.
    pub server_version: Option<String>,
    /// It holds a Callboard schema already.
    pub has_schema: bool,
    /// Why it cannot be used.
    pub error: Option<IpcError>,
}

text_enum! {
    /// What a file is wanted for; decides which files the native dialog shows.
    pub enum FilePurpose {
        /// A call list.
        CallList = "call_list",
        /// A skillbase.
        Skillbase = "skillbase",
        /// A knowledge document.
        Knowledge = "knowledge",
    }
}

/// What is asked for with the native dialog.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FilePick {
    /// What for; a call list when nothing is said.
    #[serde(default)]
    #[ts(optional)]
    pub purpose: Option<FilePurpose>,
}

/// A file chosen with the native dialog.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PickedFile {
    /// Its path; none when the dialog was closed.
    pub path: Option<String>,
}

/// A fault in the user interface.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UiFault {
    /// The error's message, cut at 2,000 characters.
    pub message: String,
    /// Its stack, cut at 8,000 characters.
    pub stack: Option<String>,
}

/// One thing that changed.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Change {
    /// What kind of answers are stale.
    pub tag: CacheTag,
    /// In which company; none for all.
    pub company_id: Option<Uuid>,
    /// Of which campaign; none for all of the company.
    pub campaign_id: Option<Uuid>,
}

/// What a window receives without asking, at most four times a second.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum LiveMessage {
    /// These answers are stale.
    Changed {
        /// What changed since the last message, without repetition.
        changes: Vec<Change>,
        /// When the message was made.
        at: DateTime<Utc>,
    },
    /// Nothing changed, the stream is alive. Sent every two seconds without other messages.
    Alive {
        /// When the message was made.
        at: DateTime<Utc>,
    },
    /// The database changed its state.
    Database {
        /// The new state.
        status: DatabaseStatus,
    },
}
