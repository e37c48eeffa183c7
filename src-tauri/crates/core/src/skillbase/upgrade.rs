//! Reading documents of every format that was ever stored. Owns the steps from one format to the next; refuses formats
//! that are newer than this program.

use serde::Deserialize;
use serde_json::Value;

use super::{
    Conversation, FORMAT, Guardrail, Identity, Knowledge, Language, Lead, Outcomes, SkillbaseDocument, Tool, Voice,
};

/// Why a document cannot be read.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unreadable {
    #[error("the document is of format {0}, which is newer than this program")]
    Newer(u64),
    #[error("the document has no format number that makes sense")]
    NoFormat,
    #[error(transparent)]
    Json(#[from] serde_json::Error),
}

/// Format 1: six fields, a greeting, two languages.
#[derive(Deserialize)]
struct Format1 {
    role: String,
    style: String,
    rules: Vec<String>,
    facts: Vec<String>,
    greeting: String,
    language: Language,
}

/// Format 2, as it is stored.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Format2 {
    identity: Identity,
    conversation: Conversation,
    voice: Voice,
    lead: Lead,
    tools: Vec<Tool>,
    knowledge: Knowledge,
    outcomes: Outcomes,
    guardrails: Vec<Guardrail>,
}

impl From<Format1> for Format2 {
    fn from(old: Format1) -> Self {
        Self {
            identity: Identity {
                role: old.role,
                style: old.style,
                language: old.language,
                rules: old.rules,
                facts: old.facts,
                ..Identity::default()
            },
            conversation: Conversation { greetings: vec![old.greeting], ..Conversation::default() },
            ..Self::default()
        }
    }
}

pub(super) fn read(value: Value) -> Result<SkillbaseDocument, Unreadable> {
    let format = match value.get("format") {
        None => 1,
        Some(format) => format.as_u64().ok_or(Unreadable::NoFormat)?,
    };
    let document: Format2 = match format {
        0 => return Err(Unreadable::NoFormat),
        1 => serde_json::from_value::<Format1>(value)?.into(),
        2 => serde_json::from_value(value)?,
        newer => return Err(Unreadable::Newer(newer)),
    };
    let Format2 { identity, conversation, voice, lead, tools, knowledge, outcomes, guardrails } = document;
    Ok(SkillbaseDocument {
        format: FORMAT,
        identity,
        conversation,
        voice,
        lead,
        tools,
        knowledge,
        outcomes,
        guardrails,
    })
}
