//! Calls, in progress and ended.

use callboard_core::{
    call::{CallState, Disposition, Outcome, TurnRole},
    line::LineKind,
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use uuid::Uuid;

use super::{MoneyView, Variant};

/// Which calls in progress.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LiveQuery {
    /// The company.
    pub company_id: Uuid,
    /// Only this campaign.
    pub campaign_id: Option<Uuid>,
}

/// A call in progress.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct LiveCall {
    /// Id.
    pub call_id: Uuid,
    /// The campaign.
    pub campaign_id: Uuid,
    /// Its name.
    pub campaign_name: String,
    /// E.164 number.
    pub phone: String,
    /// Name, when known.
    pub contact_name: Option<String>,
    /// State.
    pub state: CallState,
    /// Practice or real.
    pub line: LineKind,
    /// Number of the attempt.
    pub attempt: i32,
    /// When it got its slot.
    pub admitted_at: DateTime<Utc>,
    /// When the present state began.
    pub state_since: DateTime<Utc>,
    /// Turns so far.
    pub turns: i32,
    /// What was said last.
    pub last_line: Option<String>,
    /// Who said it.
    pub last_role: Option<TurnRole>,
}

/// Calls in progress and the limits they count against.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct LiveCalls {
    /// Newest first, at most 200.
    pub items: Vec<LiveCall>,
    /// All of the company, also beyond the list.
    pub in_progress: i32,
    /// The company's limit.
    pub company_limit: i32,
    /// The line of the figures below: the one that the company has chosen. Practice and real calls are never added up.
    pub line: LineKind,
    /// Started in the last 60 seconds, whole company.
    pub started_last_minute: i32,
    /// Calls of the company since its local midnight that have ended.
    pub ended_today: i32,
    /// Of these, picked up by a person.
    pub answered_today: i32,
    /// Of these, with the outcome success.
    pub successes_today: i32,
    /// Cost of the company's calls since its local midnight.
    pub cost_today: MoneyView,
    /// The instant these figures are of, by the database's clock.
    pub as_of: DateTime<Utc>,
}

/// Which calls, and from where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CallQuery {
    /// The company.
    pub company_id: Uuid,
    /// Only this campaign.
    pub campaign_id: Option<Uuid>,
    /// Only this task.
    pub task_id: Option<Uuid>,
    /// Only these outcomes; empty for all.
    pub outcomes: Vec<Outcome>,
    /// Part of the number.
    pub search: Option<String>,
    /// From this instant on.
    pub from: Option<DateTime<Utc>>,
    /// Before this instant.
    pub to: Option<DateTime<Utc>>,
    /// Where the page before ended.
    pub cursor: Option<String>,
    /// Rows of the page, 1..=200.
    pub limit: u32,
}

/// A call.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CallView {
    /// Id.
    pub id: Uuid,
    /// The campaign.
    pub campaign_id: Uuid,
    /// Its name.
    pub campaign_name: String,
    /// The task.
    pub task_id: Uuid,
    /// E.164 number.
    pub phone: String,
    /// Name, when known.
    pub contact_name: Option<String>,
    /// Practice or real.
    pub line: LineKind,
    /// Number of the attempt.
    pub attempt: i32,
    /// State.
    pub state: CallState,
    /// How dialling ended.
    pub disposition: Option<Disposition>,
    /// What came of it.
    pub outcome: Option<Outcome>,
    /// When it got its slot.
    pub admitted_at: DateTime<Utc>,
    /// When it was picked up.
    pub answered_at: Option<DateTime<Utc>>,
    /// When it ended.
    pub ended_at: Option<DateTime<Utc>>,
    /// Ringing, seconds.
    pub ring_seconds: Option<f64>,
    /// Talking, seconds.
    pub talk_seconds: Option<f64>,
    /// Turns.
    pub turns: i32,
    /// Mean response time of the bot, milliseconds.
    pub eou_latency_ms: Option<f64>,
    /// Cost.
    pub cost: Option<MoneyView>,
}

/// A page of calls.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CallPage {
    /// Newest first.
    pub items: Vec<CallView>,
    /// Where the next page starts; none at the end.
    pub next_cursor: Option<String>,
    /// All that match.
    pub total: i32,
}

/// Names a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CallRef {
    /// The company.
    pub company_id: Uuid,
    /// The call.
    pub call_id: Uuid,
}

/// One turn of a conversation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TurnView {
    /// From 0.
    pub turn_index: i32,
    /// Who spoke.
    pub role: TurnRole,
    /// What was said.
    pub content: String,
    /// State of the conversation.
    pub state_id: Option<String>,
    /// Start, seconds after the answer.
    pub started_seconds: f64,
    /// Recognition, to the first result, milliseconds.
    pub ttfb_stt_ms: Option<f64>,
    /// Language model, milliseconds.
    pub latency_llm_ms: Option<f64>,
    /// Speech synthesis, to the first audio, milliseconds.
    pub ttfb_tts_ms: Option<f64>,
    /// Response time, milliseconds.
    pub eou_latency_ms: Option<f64>,
    /// The person began to speak over it.
    pub was_interrupted: bool,
}

/// What a call used and cost.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CallMetricsView {
    /// Seconds recognised.
    pub stt_seconds: f64,
    /// Tokens sent.
    pub llm_input_tokens: i32,
    /// Tokens answered.
    pub llm_output_tokens: i32,
    /// Characters synthesised.
    pub tts_characters: i32,
    /// Seconds of line time.
    pub line_seconds: f64,
    /// Recognition.
    pub cost_stt: MoneyView,
    /// Language model.
    pub cost_llm: MoneyView,
    /// Speech synthesis.
    pub cost_tts: MoneyView,
    /// Line.
    pub cost_line: MoneyView,
    /// Sum.
    pub cost_total: MoneyView,
    /// Times the person spoke over the bot.
    pub interruption_count: i32,
    /// Per turn.
    pub interruption_rate: f64,
}

/// One call with everything that is known of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CallDetail {
    /// The call.
    pub call: CallView,
    /// Name of the skillbase that spoke.
    pub skillbase_name: String,
    /// Its version.
    pub skillbase_version: i32,
    /// Hash of the document that spoke; none for calls of before hashes were kept.
    pub skillbase_hash: Option<String>,
    /// Which side of an experiment the contact was on; none without one.
    pub variant: Option<Variant>,
    /// Why this outcome.
    pub outcome_reason: Option<String>,
    /// How sure, 0..=1.
    pub outcome_confidence: Option<f64>,
    /// Final SIP status.
    pub sip_status: Option<i32>,
    /// Cause of a failure.
    pub error: Option<String>,
    /// When the dial intent was committed.
    pub dial_intent_at: Option<DateTime<Utc>>,
    /// When ringing was reported.
    pub ringing_at: Option<DateTime<Utc>>,
    /// What was said.
    pub turns: Vec<TurnView>,
    /// What it used and cost; none without a conversation.
    pub metrics: Option<CallMetricsView>,
    /// All attempts at the same task, first to last.
    pub attempts: Vec<CallView>,
}
