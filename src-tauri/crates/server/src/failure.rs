//! How a command of the command line fails. Owns the exit codes, which scripts branch on.

use std::{fmt::Write as _, io, process::ExitCode};

use callboard_contract::{ErrorCode, IpcError};

/// Exit codes, as `--help` lists them.
pub const EXIT_CODES: &str = "Exit codes:\n  0  done\n  1  refused, or a fault of the program\n  2  wrong usage or configuration\n  3  the database is away or refuses";

/// Why a command was not carried out.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The command line or the configuration is wrong.
    #[error("{0}")]
    Usage(String),
    /// The command list refused.
    #[error("{}", in_words(.0))]
    Refused(#[from] IpcError),
    /// Something broke.
    #[error("{0:#}")]
    Fault(#[from] anyhow::Error),
}

impl Failure {
    /// The code that the process ends with.
    #[must_use]
    pub fn exit_code(&self) -> ExitCode {
        ExitCode::from(match self {
            Self::Refused(error) => match error.code {
                ErrorCode::DatabaseAway | ErrorCode::DatabaseRefused => 3,
                _ => 1,
            },
            Self::Usage(_) => 2,
            Self::Fault(_) => 1,
        })
    }

    /// The error form, for `--json`.
    #[must_use]
    pub fn form(&self) -> IpcError {
        match self {
            Self::Refused(error) => error.clone(),
            Self::Usage(message) => IpcError::refusal(ErrorCode::InvalidInput, message.clone()),
            Self::Fault(error) => IpcError::refusal(ErrorCode::Internal, format!("{error:#}")),
        }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Fault(error.into())
    }
}

impl From<serde_json::Error> for Failure {
    fn from(error: serde_json::Error) -> Self {
        Self::Fault(error.into())
    }
}

/// The message, and each refused field on a line of its own.
fn in_words(error: &IpcError) -> String {
    let mut text = error.message.clone();
    for refused in &error.fields {
        let params: Vec<_> = refused.params.iter().map(|(name, value)| format!("{name} {value}")).collect();
        let params = if params.is_empty() { String::new() } else { format!(" ({})", params.join(", ")) };
        // Writing to a string cannot fail.
        let _ = write!(text, "\n  {}: {}{params}", refused.field, refused.code);
    }
    if let Some(incident) = error.incident {
        let _ = write!(text, "\n  incident {incident}");
    }
    text
}

#[cfg(test)]
mod tests {
    use callboard_core::field::FieldErrors;

    use super::*;

    #[test]
    fn scripts_tell_refusals_from_a_database_that_is_away() {
        let refused = |code| Failure::from(IpcError::refusal(code, "")).exit_code();
        assert_eq!(refused(ErrorCode::NotFound), ExitCode::from(1));
        assert_eq!(refused(ErrorCode::DatabaseAway), ExitCode::from(3));
        assert_eq!(refused(ErrorCode::DatabaseRefused), ExitCode::from(3));
        assert_eq!(Failure::Usage(String::new()).exit_code(), ExitCode::from(2));
    }

    #[test]
    fn refused_fields_are_named_with_their_limits() {
        let mut errors = FieldErrors::default();
        errors.check_range("callsAtOnce", 0, 1, 100);
        let text = Failure::from(IpcError::fields(errors)).to_string();
        assert!(text.ends_with("\n  callsAtOnce: range (max 100, min 1)"), "{text}");
    }
}
