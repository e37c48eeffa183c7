//! `POST /rpc/{command}`. Owns the way from a body to a command and back.

use axum::{
    Json,
    body::Bytes,
    extract::{Path, State},
    http::{HeaderMap, HeaderName},
};
use callboard_contract::{ErrorCode, Handlers, ImportRequest, ImportSource, IpcError, WindowRole};
use callboard_engine::carry_out::carry_out;
use serde_json::{Value, json};
use tracing::{Instrument, info_span};
use uuid::Uuid;

use super::{Site, refusal::Refusal};
use crate::random;

/// A window of one campaign says so, and gets only what such a window may use.
const WINDOW: HeaderName = HeaderName::from_static("x-callboard-window");

pub(super) async fn call<H: Handlers + Clone + 'static>(
    State(site): State<Site<H>>,
    Path(command): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Value>, Refusal> {
    let request = if body.is_empty() { json!({}) } else { parse(&body)? };
    let uploaded = (command == "import_run").then(|| upload_of(&request)).flatten();
    let span = info_span!("command", name = %command);
    let incident = || random::uuid().unwrap_or(Uuid::nil());
    let answer = carry_out(site.handlers, role(&headers), command, request, incident).instrument(span).await?;
    if let Some(upload) = uploaded {
        site.uploads.remove(upload).await;
    }
    Ok(Json(answer))
}

fn parse(body: &[u8]) -> Result<Value, IpcError> {
    serde_json::from_slice(body)
        .map_err(|error| IpcError::refusal(ErrorCode::InvalidInput, format!("The request is not JSON: {error}.")))
}

fn role(headers: &HeaderMap) -> WindowRole {
    if headers.get(WINDOW).is_some_and(|kind| kind == "campaign") { WindowRole::Campaign } else { WindowRole::Main }
}

/// The file that nobody needs after this import. A dry run is followed by the real one.
fn upload_of(request: &Value) -> Option<Uuid> {
    match serde_json::from_value(request.clone()).ok()? {
        ImportRequest { source: ImportSource::Upload { upload_id, .. }, dry_run: false, .. } => Some(upload_id),
        ImportRequest { .. } => None,
    }
}
