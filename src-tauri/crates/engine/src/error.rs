//! From the errors of the libraries to the form of the edge. Owns the mapping of constraint names to fields; logs a
//! fault once, here, under an incident.

use callboard_contract::{ErrorCode, IpcError};
use callboard_core::{
    campaign::{CampaignState, IllegalTransition},
    field::FieldErrors,
};
use callboard_db::{DbError, connect::Refusal};
use tracing::{error, warn};

use crate::context::Context;

/// A result of a use-case.
pub type UseCase<T> = Result<T, IpcError>;

/// Turns an error of the database into what a person reads.
pub(crate) fn database(error: &DbError, incident: uuid::Uuid) -> IpcError {
    if error.is_away() {
        warn!(error = %error, "The database does not answer");
        return IpcError {
            retryable: true,
            ..IpcError::refusal(ErrorCode::DatabaseAway, "The database does not answer; it is tried again by itself.")
        };
    }
    match error.constraint() {
        Some("companies_name_key" | "skillbases_name_key") => taken("name"),
        Some("knowledge_documents_content_key") => taken("input"),
        Some("campaigns_state_transition") => {
            IpcError::refusal(ErrorCode::IllegalTransition, "The campaign has changed its state meanwhile.")
        }
        Some(
            "companies_pkey"
            | "settings_company_id_fkey"
            | "company_providers_company_id_fkey"
            | "skillbases_company_id_fkey"
            | "campaigns_company_id_fkey",
        ) => field("companyId", "notFound"),
        Some(_) | None => {
            error!(incident = %incident, error = %error, source = ?error, "A statement failed; incident {incident}");
            IpcError {
                incident: Some(incident),
                ..IpcError::refusal(
                    ErrorCode::Internal,
                    format!(
                        "Something went wrong inside the program; the log holds the cause under incident {incident}."
                    ),
                )
            }
        }
    }
}

/// The refusal of a connection.
pub(crate) fn refused(error: &DbError) -> IpcError {
    let reason = Refusal::of(error);
    let message = match reason {
        Refusal::WrongPassword => "The database refuses the user or the password. Check both.",
        Refusal::NoDatabase => "The server has no database of this name. Ask its administrator to create it.",
        Refusal::NoTls => {
            "The server offers no TLS, or its certificate cannot be trusted. Give its certificate authority."
        }
        Refusal::Unreachable => "Nobody answers at this address. Check host and port, and whether the server runs.",
        Refusal::TooNew => "The database was used by a newer Callboard. Update this one first.",
        Refusal::NoRights => "The user may not create tables in this database. Ask its administrator for the right.",
        Refusal::Other => "The database cannot be used.",
    };
    IpcError {
        retryable: reason == Refusal::Unreachable,
        ..IpcError::refusal(ErrorCode::DatabaseRefused, message).with("reason", reason.as_str())
    }
}

/// One refused field.
pub(crate) fn field(name: &str, code: &str) -> IpcError {
    let mut errors = FieldErrors::default();
    errors.add(name, code);
    IpcError::fields(errors)
}

fn taken(name: &str) -> IpcError {
    field(name, "taken")
}

/// Something that is not there (any more).
pub(crate) fn not_found(what: &str) -> IpcError {
    IpcError::refusal(ErrorCode::NotFound, format!("The {what} does not exist (any more).")).with("what", what)
}

/// An action that the state of a campaign does not allow.
pub(crate) fn illegal(transition: IllegalTransition) -> IpcError {
    illegal_state(transition.state)
}

/// The same for a change that is no action of its own.
pub(crate) fn illegal_state(state: CampaignState) -> IpcError {
    IpcError::refusal(ErrorCode::IllegalTransition, format!("This is not possible: the campaign is {state}."))
        .with("state", state.as_str())
}

/// Adds [`database`] to results, so that use-cases can use `?`.
pub(crate) trait OrFault<T> {
    /// Maps an error of the database; a fault gets an incident of the context.
    fn or_fault(self, context: &Context) -> UseCase<T>;
}

impl<T> OrFault<T> for Result<T, DbError> {
    fn or_fault(self, context: &Context) -> UseCase<T> {
        self.map_err(|error| database(&error, context.new_id()))
    }
}
