//! Settings: the line, prices, limits.

use callboard_core::{line::LineKind, text_enum};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use uuid::Uuid;

use super::CompanyView;

/// The practice line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PracticeForm {
    /// Times as fast as life, 1..=1000.
    pub speed: f64,
    /// Another number gives other callees, 0..=4294967295.
    pub seed: u32,
}

/// `LiveKit`, without its secrets.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LivekitForm {
    /// `wss://` or `ws://` address.
    pub url: String,
    /// Outbound trunk, `ST_...`.
    pub trunk_id: String,
    /// Agent to dispatch; empty when the agent joins by itself.
    pub agent_name: String,
    /// E.164 caller number; empty for the trunk's own.
    pub caller_number: String,
    /// Seconds a phone rings, 5..=75.
    pub ring_seconds: i32,
    /// Seconds a conversation may last, 30..=3600.
    pub max_call_seconds: i32,
}

/// The line that campaigns use from their first start on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LineForm {
    /// Which line.
    pub kind: LineKind,
    /// The practice line.
    pub practice: PracticeForm,
    /// `LiveKit`.
    pub livekit: LivekitForm,
}

/// Key and secret of `LiveKit`, on their way to the keyring; never sent back.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LivekitSecrets {
    /// API key.
    pub api_key: String,
    /// API secret.
    pub api_secret: String,
}

impl std::fmt::Debug for LivekitSecrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LivekitSecrets(..)")
    }
}

/// A change of the line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LineUpdate {
    /// The company.
    pub company_id: Uuid,
    /// The line.
    pub line: LineForm,
    /// New key and secret; none keeps the stored ones.
    pub secrets: Option<LivekitSecrets>,
}

/// A line to try, before it is stored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LineCheckRequest {
    /// The company.
    pub company_id: Uuid,
    /// What the form holds now.
    pub line: LineForm,
    /// Key and secret of the form; none takes the stored ones.
    pub secrets: Option<LivekitSecrets>,
}

/// What trying a line showed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct LineCheck {
    /// It can place calls.
    pub ok: bool,
    /// Key of the catalogue `errors.line.*`.
    pub fault: Option<String>,
    /// The cause in words.
    pub detail: Option<String>,
    /// When.
    pub checked_at: DateTime<Utc>,
}

text_enum! {
    /// Unit of the price of recognition.
    pub enum SttUnit {
        /// Per second.
        Second = "second",
        /// Per minute.
        Minute = "minute",
    }
}

/// Unit prices; decimal texts of at least 0.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PricesForm {
    /// ISO 4217.
    pub currency: String,
    /// Recognition, per `sttUnit`.
    pub stt: String,
    /// Unit of it.
    pub stt_unit: SttUnit,
    /// Per 1,000,000 tokens sent.
    pub llm_input_per_million_tokens: String,
    /// Per 1,000,000 tokens answered.
    pub llm_output_per_million_tokens: String,
    /// Per 1,000 characters.
    pub tts_per_thousand_characters: String,
    /// Per minute of line time.
    pub line_per_minute: String,
}

/// New prices.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PricesUpdate {
    /// The company.
    pub company_id: Uuid,
    /// The prices.
    pub prices: PricesForm,
}

/// Limits over all companies of the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SystemLimits {
    /// Most calls at once, 1..=10,000.
    pub calls_at_once: i32,
}

/// All settings of a company.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SettingsView {
    /// The company.
    pub company: CompanyView,
    /// The line.
    pub line: LineForm,
    /// Key and secret of `LiveKit` are stored on this machine.
    pub livekit_secrets_stored: bool,
    /// Prices.
    pub prices: PricesForm,
    /// System-wide limits.
    pub system: SystemLimits,
    /// Calls of the company in progress, counted from the same rows as admission counts.
    pub company_calls_in_progress: i32,
    /// The same over all companies.
    pub system_calls_in_progress: i32,
}
