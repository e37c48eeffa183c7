//! Carries out what a language model asks tools for. Owns the execution and its typed results; refuses to fail a
//! conversation: whatever goes wrong, the bot is told and goes on (requirements B5, acceptance 34, 35).

use callboard_core::{
    skillbase::{Tool, ToolKind},
    tool::{ToolCall, ToolResult, read_call, sip_uri},
};
use chrono::{DateTime, Utc};
use reqwest::Client;
use secrecy::SecretString;
use serde_json::json;
use uuid::Uuid;

mod calendar;

pub use calendar::CALENDAR_TIMEOUT;

/// What a tool needs besides its arguments.
#[derive(Debug)]
pub struct ToolContext<'a> {
    /// For requests; they end after [`CALENDAR_TIMEOUT`].
    pub http: &'a Client,
    /// The key of the calendar, from the keyring; never in the document, never in a result.
    pub calendar_key: Option<&'a SecretString>,
    /// Names this one request: the same id makes a service book once, however often it is sent.
    pub request_id: Uuid,
    /// Now.
    pub now: DateTime<Utc>,
    /// Looks but books nothing, for conversations that are only tried.
    pub rehearsal: bool,
}

/// Reads and carries out one call. An unknown tool or wrong arguments are an error that the language model reads.
pub async fn run(
    tools: &[Tool],
    name: &str,
    arguments: &str,
    context: &ToolContext<'_>,
) -> (Option<ToolCall>, ToolResult) {
    let call = match read_call(tools, name, arguments) {
        Ok(call) => call,
        Err(refusal) => return (None, ToolResult::error(refusal.to_string())),
    };
    let result = match &call {
        ToolCall::Calendar(asked) => {
            let config = tools.iter().find_map(|tool| match &tool.kind {
                ToolKind::Calendar(config) => Some(config),
                _ => None,
            });
            match config {
                Some(config) => calendar::run(asked, config, context).await,
                None => ToolResult::error("The calendar is not configured."),
            }
        }
        ToolCall::Transfer(to) => ToolResult::pending(
            json!({
                "target": to.target, "target_uri": sip_uri(&to.phone_or_sip), "reason": to.reason,
                "priority": to.priority.as_str(), "status": "pending",
            }),
            format!("The transfer to {} was asked for.", to.target),
        ),
        ToolCall::TransferToAgent { agent, reason } => ToolResult::pending(
            json!({ "agent": agent, "reason": reason, "status": "pending" }),
            format!("{agent} was asked to go on."),
        ),
        ToolCall::EndCall { reason } => {
            ToolResult::success(json!({ "reason": reason }), "The call ends after the last words.")
        }
        ToolCall::Dtmf { digits } => ToolResult::pending(json!({ "digits": digits }), "The keys will be pressed."),
        ToolCall::DetectLanguage { language } => {
            ToolResult::success(json!({ "language": language }), format!("The conversation goes on in {language}."))
        }
        ToolCall::SkipTurn => ToolResult::success(json!({}), "Nothing is said this time."),
    };
    (Some(call), result)
}
