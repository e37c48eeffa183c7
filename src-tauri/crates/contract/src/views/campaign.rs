//! Campaigns: list, settings, overview, analytics.

use std::collections::BTreeMap;

use callboard_core::{
    call::{Disposition, Outcome},
    campaign::{CampaignAction, CampaignState},
    line::LineKind,
    text_enum,
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use uuid::Uuid;

use super::{ExperimentForm, MoneyView};

/// Names a campaign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CampaignRef {
    /// The company.
    pub company_id: Uuid,
    /// The campaign.
    pub campaign_id: Uuid,
}

/// Which campaigns, and from where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CampaignQuery {
    /// The company.
    pub company_id: Uuid,
    /// Only these states; empty for all.
    pub states: Vec<CampaignState>,
    /// Only this skillbase.
    pub skillbase_id: Option<Uuid>,
    /// Part of the name, without regard to case.
    pub search: Option<String>,
    /// Where the page before ended.
    pub cursor: Option<String>,
    /// Rows of the page, 1..=200.
    pub limit: u32,
}

/// Tasks by status.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TaskCounts {
    /// All.
    pub total: i32,
    /// Waiting for the first attempt.
    pub pending: i32,
    /// With a call in progress.
    pub in_progress: i32,
    /// Waiting for the next attempt.
    pub retry: i32,
    /// Contact reached.
    pub completed: i32,
    /// Attempts used up or number invalid.
    pub failed: i32,
    /// The campaign ended first.
    pub cancelled: i32,
    /// Must not be called.
    pub skipped: i32,
}

/// Everything about a campaign that a person sets. Times of day are `HH:MM`, the closing also `24:00`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CampaignForm {
    /// 1..=255 characters.
    pub name: String,
    /// At most 2,000 characters.
    pub description: String,
    /// The skillbase; its newest version is pinned.
    pub skillbase_id: Uuid,
    /// 1..=100.
    pub calls_at_once: i32,
    /// 1..=100.
    pub calls_per_minute: i32,
    /// 0..=10.
    pub max_attempts: i32,
    /// 1..=1440.
    pub retry_delay_minutes: i32,
    /// Daily opening.
    pub window_opens: String,
    /// Daily closing, exclusive; before the opening it is on the next day.
    pub window_closes: String,
    /// ISO weekdays, 1 is Monday, 7 is Sunday.
    pub weekdays: Vec<u8>,
    /// IANA zone of the window.
    pub time_zone: String,
    /// The window holds in the contact's own zone, where it is known.
    #[serde(default)]
    pub local_time: bool,
    /// Nothing is dialled before.
    pub starts_at: Option<DateTime<Utc>>,
    /// Nothing is dialled from then on.
    pub ends_at: Option<DateTime<Utc>>,
}

/// A new campaign.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CampaignCreate {
    /// The company.
    pub company_id: Uuid,
    /// Its settings.
    pub form: CampaignForm,
}

/// A change of a campaign.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CampaignUpdate {
    /// The company.
    pub company_id: Uuid,
    /// The campaign.
    pub campaign_id: Uuid,
    /// The revision that was opened for the change.
    pub base_revision: i32,
    /// Its settings.
    pub form: CampaignForm,
}

/// A campaign.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CampaignView {
    /// Id.
    pub id: Uuid,
    /// Its company.
    pub company_id: Uuid,
    /// What a person set.
    pub form: CampaignForm,
    /// Name of the skillbase.
    pub skillbase_name: String,
    /// Pinned version.
    pub skillbase_version: i32,
    /// Newest version of the skillbase; above the pinned one a newer one exists.
    pub skillbase_newest_version: i32,
    /// A second version that some contacts get.
    pub experiment: Option<ExperimentForm>,
    /// State.
    pub state: CampaignState,
    /// The line, fixed at the first start; before that none.
    pub line: Option<LineKind>,
    /// Tasks by status.
    pub counts: TaskCounts,
    /// 100 * completed / total, two decimals; 0 without tasks.
    pub completion_rate: f64,
    /// What may be done now.
    pub allowed: Vec<CampaignAction>,
    /// First start.
    pub started_at: Option<DateTime<Utc>>,
    /// Completed or cancelled.
    pub ended_at: Option<DateTime<Utc>>,
    /// Rises with every change of the settings.
    pub revision: i32,
    /// When it was created.
    pub created_at: DateTime<Utc>,
}

/// A page of campaigns.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CampaignPage {
    /// Newest first.
    pub items: Vec<CampaignView>,
    /// Where the next page starts; none at the end.
    pub next_cursor: Option<String>,
    /// All that match.
    pub total: i32,
}

text_enum! {
    /// Why a campaign does or does not dial at this moment; the first that holds, in the order of `engine::dialing`.
    pub enum DialingReason {
        /// Not started.
        Draft = "draft",
        /// Starts by itself at `at`.
        Scheduled = "scheduled",
        /// Paused by a person.
        Paused = "paused",
        /// Every task has ended.
        Completed = "completed",
        /// Given up.
        Cancelled = "cancelled",
        /// Nothing is dialled before `at`.
        BeforeStart = "before_start",
        /// Its end has passed.
        AfterEnd = "after_end",
        /// Outside the calling hours; they open at `at`.
        OutsideHours = "outside_hours",
        /// No live worker can dial on this line.
        NoWorker = "no_worker",
        /// The campaign's calls at once are in use.
        CampaignLimit = "campaign_limit",
        /// The company's calls at once are in use.
        CompanyLimit = "company_limit",
        /// The system's calls at once are in use.
        SystemLimit = "system_limit",
        /// The calls of this minute are used up; the next at `at`.
        MinuteLimit = "minute_limit",
        /// Every waiting task is due later, the first at `at`.
        WaitingForRetry = "waiting_for_retry",
        /// The last calls are in progress, nobody else waits.
        LastCalls = "last_calls",
        /// It is dialling.
        Dialing = "dialing",
    }
}

/// One sentence: is it dialling, why not, until when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DialingStatus {
    /// Why.
    pub reason: DialingReason,
    /// Until when, where that is known.
    pub at: Option<DateTime<Utc>>,
    /// Figures of the sentence, for example `used` and `limit`.
    pub params: BTreeMap<String, String>,
}

/// What the overview of a campaign shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CampaignOverview {
    /// The campaign.
    pub campaign: CampaignView,
    /// Is it dialling.
    pub dialing: DialingStatus,
    /// Calls in progress now.
    pub live_calls: i32,
    /// Calls started in the last 60 seconds.
    pub started_last_minute: i32,
    /// Attempts that were dialled and have ended.
    pub calls_ended: i32,
    /// Of these, picked up by a person.
    pub calls_answered: i32,
    /// Of these, with the outcome success.
    pub successes: i32,
    /// `calls_answered / calls_ended`, 0..=1; none without calls.
    pub answer_rate: Option<f64>,
    /// `successes / calls_answered`, 0..=1; none without answers.
    pub success_rate: Option<f64>,
    /// Cost of all calls so far.
    pub cost_total: MoneyView,
    /// The instant these figures are of, by the database's clock.
    pub as_of: DateTime<Utc>,
}

/// What a deletion would remove.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CampaignDeletePreview {
    /// Tasks.
    pub tasks: i32,
    /// Calls with their turns and costs.
    pub calls: i32,
    /// Calls in progress; above 0 the deletion is refused.
    pub live_calls: i32,
}

/// What pausing all did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PausedAll {
    /// Campaigns that were running.
    pub paused: i32,
}

text_enum! {
    /// A measure of the conversation.
    pub enum LatencyKind {
        /// Response time of the bot: end of the person's speech to the first sound.
        EouLatency = "eou_latency",
        /// Recognition, to the first result.
        TtfbStt = "ttfb_stt",
        /// Language model, to the complete answer.
        LatencyLlm = "latency_llm",
        /// Speech synthesis, to the first audio.
        TtfbTts = "ttfb_tts",
    }
}

/// Average and 95th percentile over all turns that have the measure.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct LatencyView {
    /// Which measure.
    pub kind: LatencyKind,
    /// Turns that have it.
    pub turns: i32,
    /// Mean, milliseconds.
    pub average_ms: Option<f64>,
    /// 95th percentile of the turns, milliseconds.
    pub p95_ms: Option<f64>,
}

/// How often an outcome occurred.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct OutcomeCount {
    /// The outcome.
    pub outcome: Outcome,
    /// Calls.
    pub count: i32,
}

/// How often a disposition occurred.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DispositionCount {
    /// The disposition.
    pub disposition: Disposition,
    /// Calls.
    pub count: i32,
}

/// One minute of a campaign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct MinutePoint {
    /// Start of the minute.
    pub minute: DateTime<Utc>,
    /// Calls started (dial intent) in it.
    pub started: i32,
    /// Calls picked up in it.
    pub answered: i32,
}

/// Figures of the calls of a campaign.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CampaignAnalytics {
    /// The four measures.
    pub latencies: Vec<LatencyView>,
    /// Conversations that were measured.
    pub conversations: i32,
    /// Mean length of answered calls, seconds.
    pub average_talk_seconds: Option<f64>,
    /// Cost of all.
    pub cost_total: MoneyView,
    /// Cost per ended call; none without calls.
    pub cost_per_call: Option<MoneyView>,
    /// Cost split: recognition, model, synthesis, line.
    pub cost_stt: MoneyView,
    /// Language model.
    pub cost_llm: MoneyView,
    /// Speech synthesis.
    pub cost_tts: MoneyView,
    /// Line.
    pub cost_line: MoneyView,
    /// Ended calls by outcome, most frequent first.
    pub outcomes: Vec<OutcomeCount>,
    /// Ended calls by disposition, most frequent first.
    pub dispositions: Vec<DispositionCount>,
    /// The last 60 minutes, oldest first, without gaps.
    pub minutes: Vec<MinutePoint>,
    /// The instant these figures are of, by the database's clock.
    pub as_of: DateTime<Utc>,
}
