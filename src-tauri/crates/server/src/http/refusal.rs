//! How a refusal looks over HTTP. Owns the status of every error code; the body is always the contract's error form.

use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use callboard_contract::{ErrorCode, IpcError};

/// An error form with its status.
#[derive(Debug)]
pub(super) struct Refusal {
    status: StatusCode,
    error: IpcError,
}

impl Refusal {
    /// A refusal whose status does not follow from its code.
    pub(super) fn new(status: StatusCode, error: IpcError) -> Self {
        Self { status, error }
    }
}

impl From<IpcError> for Refusal {
    fn from(error: IpcError) -> Self {
        Self { status: status_of(error.code), error }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        (self.status, Json(self.error)).into_response()
    }
}

/// The status of an error code.
#[must_use]
pub fn status_of(code: ErrorCode) -> StatusCode {
    match code {
        ErrorCode::InvalidInput
        | ErrorCode::UnsupportedFormat
        | ErrorCode::MissingColumns
        | ErrorCode::UnreadableFile => StatusCode::UNPROCESSABLE_ENTITY,
        ErrorCode::NotFound => StatusCode::NOT_FOUND,
        ErrorCode::Conflict
        | ErrorCode::IllegalTransition
        | ErrorCode::AlreadyRunning
        | ErrorCode::NoTasks
        | ErrorCode::LineNotUsable
        | ErrorCode::LiveCalls
        | ErrorCode::InUse => StatusCode::CONFLICT,
        ErrorCode::DatabaseAway | ErrorCode::DatabaseRefused | ErrorCode::KeyringUnavailable => {
            StatusCode::SERVICE_UNAVAILABLE
        }
        ErrorCode::ProviderFailed => StatusCode::BAD_GATEWAY,
        ErrorCode::NotAllowed => StatusCode::FORBIDDEN,
        ErrorCode::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_a_refusal_or_a_failure_never_a_success() {
        for &code in ErrorCode::ALL {
            let status = status_of(code);
            assert!(status.is_client_error() || status.is_server_error(), "{code} maps to {status}");
        }
    }
}
