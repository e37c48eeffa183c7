//! The tabs "Lead and hand-over" and "Knowledge".

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// When a person takes over, what is noted, how it ends.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Lead {
    /// When what is done, at most 50.
    pub criteria: Vec<LeadCriterion>,
    /// What is handed to the CRM, at most 50, names unique.
    pub crm_fields: Vec<CrmField>,
    /// The last words.
    pub closing: ClosingMessage,
}

/// When what is done.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct LeadCriterion {
    /// When, 1..=500 characters.
    pub condition: String,
    /// What, 1..=500 characters.
    pub action: String,
}

/// A field of the CRM.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct CrmField {
    /// Its name there, 1..=50 characters.
    pub name: String,
    /// What is put into it, 1..=1000 characters.
    pub instruction: String,
    /// Id of the collected field whose value it gets as it is; empty when the language model writes it.
    pub field: String,
}

text_enum! {
    /// Where the last words come from.
    #[cfg_attr(test, derive(schemars::JsonSchema))]
    pub enum ClosingType {
        /// The language model finds them, from a prompt.
        LlmPrompt = "llm_prompt",
        /// They are fixed.
        StaticTemplate = "static_template",
    }
}

/// The last words. Both texts are kept, so that changing the type loses nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct ClosingMessage {
    /// Which of the two.
    #[serde(rename = "type")]
    pub kind: ClosingType,
    /// What the language model is told, at most 300 characters; empty leaves it to the model.
    pub prompt: String,
    /// The fixed words, at most 1000 characters; required when they are chosen.
    pub template: String,
}

impl Default for ClosingMessage {
    fn default() -> Self {
        Self { kind: ClosingType::LlmPrompt, prompt: String::new(), template: String::new() }
    }
}

/// What the bot can look up.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Knowledge {
    /// Documents of the company, at most 50, no repetitions.
    pub document_ids: Vec<Uuid>,
    /// Least score of a passage that is used, 0..=1; below it the bot offers a person.
    pub min_score: f64,
}

impl Default for Knowledge {
    fn default() -> Self {
        Self { document_ids: Vec::new(), min_score: 0.5 }
    }
}
