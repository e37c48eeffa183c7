//! Carries out one command so that no fault in it can take the connection down. Owns the turning of a panic into an
//! error form with an incident that finds the log line.

use callboard_contract::{ErrorCode, Handlers, IpcError, WindowRole, dispatch};
use serde_json::Value;
use tracing::{Instrument, debug, error, info_span};
use uuid::Uuid;

use crate::random;

/// Carries out `command` in a task of its own: it ends even when the one who asked goes away, and its panic is an
/// answer.
pub(super) async fn carry_out<H: Handlers + 'static>(
    handlers: H,
    role: WindowRole,
    command: String,
    request: Value,
) -> Result<Value, IpcError> {
    let span = info_span!("command", name = %command);
    let name = command.clone();
    let task = tokio::spawn(async move { dispatch(&handlers, role, &command, request).await }.instrument(span));
    match task.await {
        Ok(answer) => {
            if let Err(refused) = &answer {
                debug!(command = %name, code = %refused.code, "Command {name:?} was refused");
            }
            answer
        }
        Err(fault) => Err(panicked(&name, fault)),
    }
}

fn panicked(command: &str, fault: tokio::task::JoinError) -> IpcError {
    let incident = random::uuid().unwrap_or(Uuid::nil());
    let cause = match fault.try_into_panic() {
        Ok(panic) => panic
            .downcast_ref::<String>()
            .cloned()
            .or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()))
            .unwrap_or_default(),
        Err(fault) => fault.to_string(),
    };
    error!(incident.id = %incident, command, cause, "Command {command:?} broke off");
    IpcError {
        incident: Some(incident),
        ..IpcError::refusal(ErrorCode::Internal, "A fault of the program; the log says more under the incident's id.")
    }
}
