//! One command of a host, so that no fault in it can take the host down. Owns the turning of a panic into an error form
//! with an incident that finds the log line; both hosts carry out their commands here.

use callboard_contract::{ErrorCode, Handlers, IpcError, WindowRole, dispatch};
use serde_json::Value;
use tokio::task::JoinError;
use tracing::{Instrument, Span, debug, error};
use uuid::Uuid;

/// Carries out `command` in a task of its own: it ends even when the one who asked goes away, and its panic is an
/// answer. `incident` names a fault.
///
/// # Errors
/// What the command list refuses; `internal` with an incident when it panicked.
pub async fn carry_out<H: Handlers + 'static>(
    handlers: H,
    role: WindowRole,
    command: String,
    request: Value,
    incident: impl FnOnce() -> Uuid,
) -> Result<Value, IpcError> {
    let name = command.clone();
    let work = async move { dispatch(&handlers, role, &command, request).await };
    match tokio::spawn(work.instrument(Span::current())).await {
        Ok(answer) => {
            if let Err(refused) = &answer {
                debug!(command = %name, code = %refused.code, "Command {name:?} was refused");
            }
            answer
        }
        Err(fault) => Err(broke_off(&name, fault, incident())),
    }
}

fn broke_off(command: &str, fault: JoinError, incident: Uuid) -> IpcError {
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
