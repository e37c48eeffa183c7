//! What a language model is told about a tool. Owns the JSON schemas of arguments.

use serde_json::{Value, json};

use crate::skillbase::{AgentTarget, Tool, ToolKind, ToolName, TransferTarget};

use super::call::MAX_DTMF_DIGITS;

/// A tool as a language model sees it.
#[derive(Debug, Clone, PartialEq)]
pub struct ToolSchema {
    /// Its name.
    pub name: ToolName,
    /// What it does and when it is used.
    pub description: String,
    /// JSON Schema of its arguments.
    pub parameters: Value,
}

impl ToolSchema {
    /// `{name, description, parameters}`.
    #[must_use]
    pub fn to_json(&self) -> Value {
        json!({ "name": self.name.as_str(), "description": self.description, "parameters": self.parameters })
    }
}

fn object(properties: &Value, required: &[&str]) -> Value {
    json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false })
}

/// What it does by itself; the document says when.
const fn purpose(name: ToolName) -> &'static str {
    match name {
        ToolName::Calendar => "Looks whether a time is free, and books an appointment.",
        ToolName::TransferCall => "Transfers the call to a person.",
        ToolName::EndCall => "Ends the call after the last words.",
        ToolName::DtmfTone => "Presses keys of the phone, for example in a voice menu.",
        ToolName::DetectLanguage => "Reports the language that the person speaks, so that the bot follows.",
        ToolName::SkipTurn => "Says nothing this time and lets the person go on.",
        ToolName::TransferToAgent => "Lets another bot go on with the conversation.",
    }
}

/// The schema of a tool as the document sets it up.
#[must_use]
pub fn schema(tool: &Tool) -> ToolSchema {
    let name = tool.name();
    let own = tool.description().trim();
    let purpose = purpose(name);
    let description = if own.is_empty() { purpose.to_owned() } else { format!("{purpose} {own}") };
    let parameters = match &tool.kind {
        ToolKind::Calendar(config) => calendar(config.duration_minutes, &config.services),
        ToolKind::TransferCall(config) => transfer(&config.targets),
        ToolKind::EndCall(_) => {
            object(&json!({ "reason": { "type": "string", "description": "Why the call ends." } }), &[])
        }
        ToolKind::DtmfTone(_) => object(
            &json!({ "digits": {
                "type": "string", "pattern": format!("^[0-9*#A-Dw]{{1,{MAX_DTMF_DIGITS}}}$"),
                "description": "Keys in order; w waits half a second.",
            } }),
            &["digits"],
        ),
        ToolKind::DetectLanguage(_) => object(
            &json!({ "language": { "type": "string", "description": "BCP 47 primary language, for example ru or en." } }),
            &["language"],
        ),
        ToolKind::SkipTurn(_) => object(&json!({}), &[]),
        ToolKind::TransferToAgent(config) => to_agent(&config.agents),
    };
    ToolSchema { name, description, parameters }
}

/// Seven properties, three of them required (acceptance 34).
fn calendar(duration_minutes: u16, services: &[String]) -> Value {
    let mut service = json!({ "type": "string", "description": "What is booked. Required for booking." });
    if !services.is_empty() {
        service["enum"] = json!(services);
    }
    object(
        &json!({
            "action": {
                "type": "string", "enum": ["check_availability", "book_appointment"],
                "description": "Look whether the time is free, or book it.",
            },
            "date": { "type": "string", "description": "Day, YYYY-MM-DD." },
            "time": { "type": "string", "description": "Time of day, HH:MM, 24 hours." },
            "duration_minutes": {
                "type": "integer", "minimum": 5, "maximum": 480, "default": duration_minutes,
                "description": "Length in minutes.",
            },
            "service": service,
            "client_name": { "type": "string", "description": "Name of the person. Required for booking." },
            "client_phone": { "type": "string", "description": "Phone of the person, E.164. Required for booking." },
        }),
        &["action", "date", "time"],
    )
}

/// "`operator`: the person is angry".
fn listed<'a>(items: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    items
        .map(|(name, condition)| match condition.trim() {
            "" => name.to_owned(),
            condition => format!("{name}: {condition}"),
        })
        .collect::<Vec<_>>()
        .join("; ")
}

/// Three properties (acceptance 35).
fn transfer(targets: &[TransferTarget]) -> Value {
    let names: Vec<&str> = targets.iter().map(|target| target.name.as_str()).collect();
    let who = listed(targets.iter().map(|target| (target.name.as_str(), target.condition.as_str())));
    object(
        &json!({
            "target": { "type": "string", "enum": names, "description": format!("To whom. {who}") },
            "reason": { "type": "string", "default": "Customer request", "description": "Why." },
            "priority": { "type": "string", "enum": ["low", "normal", "high", "urgent"], "default": "normal" },
        }),
        &["target"],
    )
}

fn to_agent(agents: &[AgentTarget]) -> Value {
    let names: Vec<&str> = agents.iter().map(|agent| agent.skillbase.as_str()).collect();
    let who = listed(agents.iter().map(|agent| (agent.skillbase.as_str(), agent.condition.as_str())));
    object(
        &json!({
            "agent": { "type": "string", "enum": names, "description": format!("Which. {who}") },
            "reason": { "type": "string", "description": "Why." },
        }),
        &["agent"],
    )
}
