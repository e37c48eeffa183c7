//! The error form of the wire. Owns the codes: one is added only when a user interface says or does something of its
//! own for it. Refuses to carry causes: those are in the log, under the incident.

use std::collections::BTreeMap;

use callboard_core::{
    field::{FieldError, FieldErrors},
    text_enum,
};
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use uuid::Uuid;

text_enum! {
    /// What went wrong, as far as a user interface can act on it. Each is a key of the message catalogues.
    pub enum ErrorCode {
        /// One or more fields were refused; see `fields`.
        InvalidInput = "invalid_input",
        /// It does not exist (any more).
        NotFound = "not_found",
        /// Somebody else changed it since it was opened.
        Conflict = "conflict",
        /// The state of the campaign does not allow this.
        IllegalTransition = "illegal_transition",
        /// The campaign is running already.
        AlreadyRunning = "already_running",
        /// The campaign has no tasks.
        NoTasks = "no_tasks",
        /// The line cannot place calls now; `params.fault` says why.
        LineNotUsable = "line_not_usable",
        /// Calls are in progress.
        LiveCalls = "live_calls",
        /// It is used elsewhere; `params.count` says how often.
        InUse = "in_use",
        /// The file's type cannot be read.
        UnsupportedFormat = "unsupported_format",
        /// The file lacks a column; `params.columns` names it.
        MissingColumns = "missing_columns",
        /// The file cannot be read; `params.reason` says why.
        UnreadableFile = "unreadable_file",
        /// The database does not answer.
        DatabaseAway = "database_away",
        /// The database refused the connection; `params.reason` says why.
        DatabaseRefused = "database_refused",
        /// This window or host may not do this.
        NotAllowed = "not_allowed",
        /// The operating system's keyring is not available.
        KeyringUnavailable = "keyring_unavailable",
        /// A service of somebody else, for example the language model, gave no usable answer; `params.fault` says why.
        ProviderFailed = "provider_failed",
        /// A fault of the program; the incident finds it in the log.
        Internal = "internal",
    }
}

/// Every refusal and failure, on every host.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, thiserror::Error)]
#[serde(rename_all = "camelCase")]
#[error("{message}")]
pub struct IpcError {
    /// What the user interface branches on and translates.
    pub code: ErrorCode,
    /// English sentence for scripts and logs: what happened and what to do.
    pub message: String,
    /// Values for the placeholders of the translated message.
    pub params: BTreeMap<String, String>,
    /// Refused fields of the request.
    pub fields: Vec<FieldError>,
    /// Trying the same again may succeed.
    pub retryable: bool,
    /// Finds the cause in the log; set for faults, not for refusals.
    pub incident: Option<Uuid>,
}

impl IpcError {
    /// A refusal that the person can act on.
    #[must_use]
    pub fn refusal(code: ErrorCode, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            params: BTreeMap::new(),
            fields: Vec::new(),
            retryable: false,
            incident: None,
        }
    }

    /// The same with a value for a placeholder.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.params.insert(name.to_owned(), value.into());
        self
    }

    /// Refused fields.
    #[must_use]
    pub fn fields(errors: FieldErrors) -> Self {
        let message = format!("Some fields were refused: {errors}.");
        Self { fields: errors.0, ..Self::refusal(ErrorCode::InvalidInput, message) }
    }
}

impl From<FieldErrors> for IpcError {
    fn from(errors: FieldErrors) -> Self {
        Self::fields(errors)
    }
}
