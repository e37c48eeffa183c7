//! The skillbase document: what the bot is, says and may do. Owns its fields, their bounds, its hash and everything that
//! is derived from it alone: problems, prompt, differences, the old forms. Versions and drafts are rows, not fields.
//!
//! Wire and database hold the same JSON (camelCase). [`SkillbaseDocument`] reads every format that was ever stored and
//! writes [`FORMAT`].

pub mod bounds;
mod conversation;
pub mod diff;
mod identity;
pub mod import;
mod lead;
mod outcomes;
pub mod problem;
pub mod prompt;
mod tools;
mod upgrade;
mod validate;
mod voice;

pub use conversation::{
    CollectField, Condition, Conversation, FieldKind, FieldOperator, FieldTest, FieldValidation, Flow, FlowState,
    FlowType, Guardrail, GuardrailAction, Position, Transition, TurnLimits,
};
pub use identity::{Identity, Language};
pub use lead::{ClosingMessage, ClosingType, CrmField, Knowledge, Lead, LeadCriterion};
pub use outcomes::{OutcomeDefinition, OutcomeMeaning, Outcomes, SPECIAL_FIELDS};
pub use tools::{
    AgentTarget, CalendarConfig, PlainToolConfig, Tool, ToolKind, ToolName, TransferCallConfig, TransferTarget,
    TransferToAgentConfig,
};
pub use voice::{Llm, LlmProvider, Stt, SttProvider, Tts, TtsProvider, Voice};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

/// The shape that this program writes.
pub const FORMAT: u16 = 2;

/// The document of one draft or one published version.
///
/// Every field has a default, so that a half-written draft can be stored and read; whether it may be published says
/// [`SkillbaseDocument::problems`].
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct SkillbaseDocument {
    /// The version of this document's own shape; 2 here.
    pub format: u16,
    /// Who speaks.
    pub identity: Identity,
    /// How the conversation goes.
    pub conversation: Conversation,
    /// How it sounds, hears and thinks.
    pub voice: Voice,
    /// When a person takes over, what is noted, how it ends.
    pub lead: Lead,
    /// What it can do besides talking; names are unique.
    pub tools: Vec<Tool>,
    /// What it can look up.
    pub knowledge: Knowledge,
    /// What can come of a call.
    pub outcomes: Outcomes,
    /// What stops a conversation from going wrong; at most 50.
    pub guardrails: Vec<Guardrail>,
}

impl Default for SkillbaseDocument {
    fn default() -> Self {
        Self {
            format: FORMAT,
            identity: Identity::default(),
            conversation: Conversation::default(),
            voice: Voice::default(),
            lead: Lead::default(),
            tools: Vec::new(),
            knowledge: Knowledge::default(),
            outcomes: Outcomes::default(),
            guardrails: Vec::new(),
        }
    }
}

impl<'de> Deserialize<'de> for SkillbaseDocument {
    /// Reads this format and every older one. A newer one is refused: what it means cannot be known here.
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        upgrade::read(Value::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

impl SkillbaseDocument {
    /// A document with a plan of these steps, everything else as it is by default.
    #[must_use]
    pub fn of_plan(language: Language, role: &str, style: &str, greeting: &str, steps: &[&str]) -> Self {
        let states = steps.iter().enumerate().map(|(index, step)| FlowState {
            id: format!("step_{}", index + 1),
            name: (*step).to_owned(),
            ..FlowState::default()
        });
        Self {
            identity: Identity { role: role.to_owned(), style: style.to_owned(), language, ..Identity::default() },
            conversation: Conversation {
                greetings: vec![greeting.to_owned()],
                flow: Flow { states: states.collect(), ..Flow::default() },
                ..Conversation::default()
            },
            ..Self::default()
        }
    }

    /// The JSON text that the hash is of, the one that PostgreSQL gives for a `jsonb`: shorter keys first, then by their
    /// bytes; one space behind commas and colons. Equal documents have equal texts, whatever wrote them, and the database
    /// comes to the same hash by itself.
    #[must_use]
    pub fn canonical_json(&self) -> String {
        let value = serde_json::to_value(self).unwrap_or(Value::Null);
        let mut text = String::new();
        write_canonical(&value, &mut text);
        text
    }

    /// SHA-256 of [`Self::canonical_json`], 64 hexadecimal digits.
    #[must_use]
    pub fn hash(&self) -> String {
        use std::fmt::Write as _;
        Sha256::digest(self.canonical_json()).iter().fold(String::with_capacity(64), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
    }

    /// The state with this id.
    #[must_use]
    pub fn state(&self, id: &str) -> Option<&FlowState> {
        self.conversation.flow.states.iter().find(|state| state.id == id)
    }

    /// The tool with this name, when it is listed and switched on.
    #[must_use]
    pub fn enabled_tool(&self, name: ToolName) -> Option<&Tool> {
        self.tools.iter().find(|tool| tool.enabled && tool.name() == name)
    }

    /// The first greeting that is not blank.
    #[must_use]
    pub fn greeting(&self) -> Option<&str> {
        self.conversation.greetings.iter().map(|text| text.trim()).find(|text| !text.is_empty())
    }

    /// What is said first: the disclosure, unless the greeting holds it already, and the greeting.
    #[must_use]
    pub fn opening(&self) -> String {
        let (disclosure, greeting) = (self.identity.disclosure.trim(), self.greeting().unwrap_or_default());
        match (disclosure, greeting) {
            ("", greeting) => greeting.to_owned(),
            (disclosure, "") => disclosure.to_owned(),
            (disclosure, greeting) if greeting.contains(disclosure) => greeting.to_owned(),
            (disclosure, greeting) => format!("{greeting} {disclosure}"),
        }
    }
}

fn write_canonical(value: &Value, text: &mut String) {
    match value {
        Value::Object(map) => {
            let mut keys: Vec<_> = map.keys().collect();
            keys.sort_unstable_by_key(|key| (key.len(), *key));
            text.push('{');
            for (place, key) in keys.into_iter().enumerate() {
                if place > 0 {
                    text.push_str(", ");
                }
                text.push_str(&Value::String(key.clone()).to_string());
                text.push_str(": ");
                write_canonical(&map[key], text);
            }
            text.push('}');
        }
        Value::Array(items) => {
            text.push('[');
            for (place, item) in items.iter().enumerate() {
                if place > 0 {
                    text.push_str(", ");
                }
                write_canonical(item, text);
            }
            text.push(']');
        }
        scalar => text.push_str(&scalar.to_string()),
    }
}

#[cfg(test)]
mod tests;
