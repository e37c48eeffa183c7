//! Typed conversations with a skillbase before anybody is called, and the regression cases that they become.

use std::collections::BTreeMap;

use callboard_core::{
    call::TurnRole,
    skillbase::{Language, OutcomeMeaning, SkillbaseDocument, diff::FieldChange},
    text_enum,
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use uuid::Uuid;

text_enum! {
    /// Who answers in a sandbox conversation.
    pub enum SandboxMode {
        /// The scenario engine alone, without a network.
        Engine = "engine",
        /// The configured language model, led by the scenario engine.
        Llm = "llm",
    }
}

/// Something that was said, as it is sent back with the next sentence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SandboxLine {
    /// Who.
    pub role: TurnRole,
    /// What; at most 2,000 characters.
    pub content: String,
}

/// A conversation as the window holds it. The program keeps none: the whole conversation is played again from its lines,
/// so that a sentence can be taken back, and the same lines give the same conversation (engine only).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SandboxSession {
    /// The company.
    pub company_id: Uuid,
    /// The skillbase; none while it is new.
    pub skillbase_id: Option<Uuid>,
    /// What the editor holds.
    pub document: SkillbaseDocument,
    /// Who answers.
    pub mode: SandboxMode,
    /// The instant that "tomorrow" is counted from.
    pub started_at: DateTime<Utc>,
    /// IANA zone of the person.
    pub time_zone: String,
    /// Everything said so far, at most 400 lines.
    pub lines: Vec<SandboxLine>,
}

/// Begins a conversation: the opening.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SandboxStart {
    /// The company.
    pub company_id: Uuid,
    /// The skillbase; none while it is new.
    pub skillbase_id: Option<Uuid>,
    /// What the editor holds.
    pub document: SkillbaseDocument,
    /// Who answers.
    pub mode: SandboxMode,
    /// IANA zone of the person.
    pub time_zone: String,
}

/// The next sentence of the person; empty text is silence.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SandboxSay {
    /// The conversation so far.
    pub session: SandboxSession,
    /// What is said, at most 2,000 characters.
    pub text: String,
}

text_enum! {
    /// What happened in a turn, and why.
    pub enum SandboxEvent {
        /// Went from state `from` to `to` because of `condition`.
        Transition = "transition",
        /// A way was looked at and not taken: `from`, `to`, `condition`.
        NotTaken = "not_taken",
        /// Field `field` got `value`.
        Collected = "collected",
        /// `value` was refused for field `field`; `reason` says why.
        Refused = "refused",
        /// Guardrail `name` was hit; `action`.
        Guardrail = "guardrail",
        /// The language changed to `language`.
        Language = "language",
        /// Tool `tool` was called; `status`.
        Tool = "tool",
        /// Passages were looked up; `score` of the best.
        Knowledge = "knowledge",
        /// A question was asked again, `count` times now.
        Retry = "retry",
        /// A limit was reached: `limit`.
        Limit = "limit",
        /// Nothing was said.
        Silence = "silence",
    }
}

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SandboxNote {
    /// What.
    pub event: SandboxEvent,
    /// Values for the placeholders of its sentence.
    pub params: BTreeMap<String, String>,
}

/// One turn with what happened in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SandboxTurn {
    /// Who.
    pub role: TurnRole,
    /// What was said.
    pub content: String,
    /// The state after the turn.
    pub state_id: Option<String>,
    /// What happened.
    pub notes: Vec<SandboxNote>,
    /// How long the language model took, milliseconds.
    pub latency_ms: Option<u32>,
}

/// A collected field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SandboxField {
    /// Id of the field.
    pub id: String,
    /// Its value; none while it was not collected.
    pub value: Option<String>,
    /// The conversation has reached nothing without it.
    pub required: bool,
}

/// How a conversation ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SandboxEnd {
    /// Why: `end_state`, `timeout`, `escalation`, `guardrail_triggered`, `silence`, `tool`.
    pub reason: String,
    /// Id of the result.
    pub outcome_id: String,
    /// Its name.
    pub outcome_name: String,
    /// What it means to a campaign.
    pub means: OutcomeMeaning,
}

/// The conversation after its last line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SandboxView {
    /// What is sent back with the next sentence.
    pub session: SandboxSession,
    /// Every turn.
    pub turns: Vec<SandboxTurn>,
    /// Where the conversation is.
    pub state_id: Option<String>,
    /// States that it went through, in order.
    pub path: Vec<String>,
    /// The language that is spoken.
    pub language: Language,
    /// Collected fields, in the order of the document.
    pub fields: Vec<SandboxField>,
    /// How it ended; none while it goes on.
    pub end: Option<SandboxEnd>,
}

/// A conversation to keep as a regression case.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SandboxSave {
    /// The company.
    pub company_id: Uuid,
    /// The skillbase.
    pub skillbase_id: Uuid,
    /// What it tries, 1..=255 characters, unique in the skillbase.
    pub name: String,
    /// The conversation.
    pub session: SandboxSession,
}

/// A regression case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SandboxCase {
    /// Id.
    pub id: Uuid,
    /// What it tries.
    pub name: String,
    /// Who answered when it was kept.
    pub mode: SandboxMode,
    /// Sentences of the person.
    pub sentences: i32,
    /// Result when it was kept; none when the conversation had not ended.
    pub outcome_id: Option<String>,
    /// When it was kept.
    pub created_at: DateTime<Utc>,
}

/// Regression cases of a skillbase.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SandboxCases {
    /// By name.
    pub items: Vec<SandboxCase>,
}

/// Names a regression case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SandboxCaseRef {
    /// The company.
    pub company_id: Uuid,
    /// The skillbase.
    pub skillbase_id: Uuid,
    /// The case.
    pub case_id: Uuid,
}

/// Runs the regression cases of a skillbase against a document, with the scenario engine alone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RegressionRequest {
    /// The company.
    pub company_id: Uuid,
    /// The skillbase.
    pub skillbase_id: Uuid,
    /// The document.
    pub document: SkillbaseDocument,
}

/// One case against the document.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RegressionResult {
    /// The case.
    pub case_id: Uuid,
    /// Its name.
    pub name: String,
    /// The conversation went as it did when the case was kept.
    pub same: bool,
    /// What is different: `path`, `fields.*`, `outcome`, `turns.*`.
    pub changes: Vec<FieldChange>,
}

/// All cases against the document.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RegressionReport {
    /// By name.
    pub items: Vec<RegressionResult>,
    /// Cases that went as before.
    pub same: i32,
}
