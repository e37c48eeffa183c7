//! Twirp: how requests and replies look on the wire. Owns both encodings and the form of errors.

use std::collections::BTreeMap;

use axum::{
    body::Bytes,
    http::{HeaderMap, StatusCode, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
};
use prost::Message;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

/// An error as the real server words it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct TwirpError {
    code: &'static str,
    msg: String,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    meta: BTreeMap<&'static str, String>,
}

impl TwirpError {
    pub(super) fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, msg: message.into(), meta: BTreeMap::new() }
    }

    pub(super) fn denied() -> Self {
        Self::new("unauthenticated", "permissions denied")
    }

    /// A call that ended with a final SIP status.
    pub(super) fn sip(status: u16, reason: &str) -> Self {
        let code = match status {
            301 | 302 | 404 | 410 => "not_found",
            408 | 504 => "deadline_exceeded",
            480 | 486 | 600 => "resource_exhausted",
            487 | 491 => "aborted",
            401..=403 | 433 | 603 | 607 | 608 => "permission_denied",
            407 => "unauthenticated",
            500..=599 => "failed_precondition",
            _ => "invalid_argument",
        };
        Self {
            code,
            msg: format!("INVITE failed: sip status: {status}: {reason}"),
            meta: [("sip_status_code", status.to_string()), ("sip_status", reason.to_owned())].into(),
        }
    }

    fn status(&self) -> StatusCode {
        match self.code {
            "canceled" | "deadline_exceeded" => StatusCode::REQUEST_TIMEOUT,
            "invalid_argument" | "malformed" | "out_of_range" => StatusCode::BAD_REQUEST,
            "not_found" | "bad_route" => StatusCode::NOT_FOUND,
            "already_exists" | "aborted" => StatusCode::CONFLICT,
            "permission_denied" => StatusCode::FORBIDDEN,
            "unauthenticated" => StatusCode::UNAUTHORIZED,
            "resource_exhausted" => StatusCode::TOO_MANY_REQUESTS,
            "failed_precondition" => StatusCode::PRECONDITION_FAILED,
            "unimplemented" => StatusCode::NOT_IMPLEMENTED,
            "unavailable" => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

impl IntoResponse for TwirpError {
    fn into_response(self) -> Response {
        (self.status(), axum::Json(self)).into_response()
    }
}

/// The encoding of a request, which is also that of its reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Codec {
    Protobuf,
    Json,
}

impl Codec {
    pub(super) fn of(headers: &HeaderMap) -> Result<Self, TwirpError> {
        let kind = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        match kind.split(';').next().unwrap_or_default().trim() {
            "application/protobuf" => Ok(Self::Protobuf),
            "application/json" => Ok(Self::Json),
            _ => Err(TwirpError::new("bad_route", format!("unexpected Content-Type: {kind:?}"))),
        }
    }

    pub(super) fn decode<M: Message + Default + DeserializeOwned>(self, body: &Bytes) -> Result<M, TwirpError> {
        let malformed =
            |error: String| TwirpError::new("malformed", format!("the request could not be decoded: {error}"));
        match self {
            Self::Protobuf => M::decode(body.as_ref()).map_err(|error| malformed(error.to_string())),
            Self::Json => serde_json::from_slice(body).map_err(|error| malformed(error.to_string())),
        }
    }

    pub(super) fn encode<M: Message + Serialize>(self, message: &M) -> Response {
        match self {
            Self::Protobuf => ([(CONTENT_TYPE, "application/protobuf")], message.encode_to_vec()).into_response(),
            Self::Json => {
                let mut value = serde_json::to_value(message).expect("a protocol message is plain data");
                to_snake_case(&mut value);
                axum::Json(value).into_response()
            }
        }
    }
}

/// The real server's JSON has the names of the protocol files. Keys of attribute maps are data and stay.
fn to_snake_case(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(to_snake_case),
        Value::Object(fields) => {
            for (name, mut field) in std::mem::take(fields) {
                if !name.ends_with("ttributes") && name != "headers" {
                    to_snake_case(&mut field);
                }
                let mut snake = String::with_capacity(name.len() + 4);
                for letter in name.chars() {
                    if letter.is_ascii_uppercase() {
                        snake.push('_');
                    }
                    snake.push(letter.to_ascii_lowercase());
                }
                fields.insert(snake, field);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_has_the_names_of_the_protocol_files_and_leaves_attributes_alone() {
        let mut value = serde_json::json!({
            "roomName": "call-1",
            "participants": [{ "joinedAt": "1", "attributes": { "sip.callStatus": "active" } }],
        });
        to_snake_case(&mut value);
        let expected = serde_json::json!({
            "room_name": "call-1",
            "participants": [{ "joined_at": "1", "attributes": { "sip.callStatus": "active" } }],
        });
        assert_eq!(value, expected);
    }
}
