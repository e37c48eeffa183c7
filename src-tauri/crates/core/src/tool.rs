//! What a bot can do besides talking, as a language model is told and as it answers. Owns the schemas, the reading of
//! arguments and the form of results; refuses to do any of it, which is the engine's (`requirements.md` B5).

use serde_json::Value;

use crate::skillbase::{Tool, ToolKind, ToolName};

mod call;
mod schema;

pub use call::{
    CalendarAction, CalendarCall, MAX_DTMF_DIGITS, ToolCall, ToolRefusal, TransferCall, TransferPriority, read_call,
};
pub use schema::{ToolSchema, schema};

text_enum! {
    /// How a tool ended.
    pub enum ToolStatus {
        /// It did what was asked.
        Success = "success",
        /// It did not; the bot goes on without it.
        Error = "error",
        /// It was handed on and is not done yet.
        Pending = "pending",
    }
}

/// What a tool gives back to the language model.
#[derive(Debug, Clone, PartialEq)]
pub struct ToolResult {
    /// How it ended.
    pub status: ToolStatus,
    /// What it found or did; null when there is nothing to tell.
    pub data: Value,
    /// Why it failed, for the language model and the log of the conversation.
    pub error: Option<String>,
    /// What happened, in a sentence.
    pub message: String,
}

impl ToolResult {
    /// Done.
    #[must_use]
    pub fn success(data: Value, message: impl Into<String>) -> Self {
        Self { status: ToolStatus::Success, data, error: None, message: message.into() }
    }

    /// Handed on.
    #[must_use]
    pub fn pending(data: Value, message: impl Into<String>) -> Self {
        Self { status: ToolStatus::Pending, data, error: None, message: message.into() }
    }

    /// Failed.
    #[must_use]
    pub fn error(why: impl Into<String>) -> Self {
        let why = why.into();
        Self { status: ToolStatus::Error, data: Value::Null, message: why.clone(), error: Some(why) }
    }

    /// The JSON that the language model reads.
    #[must_use]
    pub fn to_json(&self) -> Value {
        serde_json::json!({
            "status": self.status.as_str(), "data": self.data, "error": self.error, "message": self.message,
        })
    }
}

/// Whether a tool can do anything: a transfer needs somebody to transfer to.
#[must_use]
pub fn is_set_up(tool: &Tool) -> bool {
    match &tool.kind {
        ToolKind::TransferCall(config) => config.targets.iter().any(|target| !target.phone_or_sip.trim().is_empty()),
        ToolKind::TransferToAgent(config) => config.agents.iter().any(|agent| !agent.skillbase.trim().is_empty()),
        ToolKind::Calendar(_)
        | ToolKind::EndCall(_)
        | ToolKind::DtmfTone(_)
        | ToolKind::DetectLanguage(_)
        | ToolKind::SkipTurn(_) => true,
    }
}

/// The schemas of the tools that are switched on and set up, in the order of the document.
#[must_use]
pub fn schemas(tools: &[Tool]) -> Vec<ToolSchema> {
    tools.iter().filter(|tool| tool.enabled && is_set_up(tool)).map(schema).collect()
}

/// The schema of every tool there is, as the document sets it up, and whether the bot can use it.
#[must_use]
pub fn all_schemas(tools: &[Tool]) -> Vec<(ToolSchema, bool)> {
    ToolName::ALL
        .iter()
        .map(|name| match tools.iter().find(|tool| tool.name() == *name) {
            Some(tool) => (schema(tool), tool.enabled && is_set_up(tool)),
            None => (schema(&Tool::new(*name, false)), false),
        })
        .collect()
}

/// `+79991234567` or `sip:sales@example.com` as a SIP address.
#[must_use]
pub fn sip_uri(phone_or_sip: &str) -> String {
    let target = phone_or_sip.trim();
    if target.starts_with("sip:") || target.starts_with("sips:") || target.starts_with("tel:") {
        target.to_owned()
    } else if target.contains('@') {
        format!("sip:{target}")
    } else {
        format!("tel:{target}")
    }
}

#[cfg(test)]
mod tests;
