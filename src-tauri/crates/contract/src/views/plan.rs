//! Pre-flight: what a campaign will do, before it does it.

use callboard_core::{call::Disposition, text_enum};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use uuid::Uuid;

use super::{CampaignForm, MoneyView};

/// Asks what a campaign will do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PreflightRequest {
    /// The company.
    pub company_id: Uuid,
    /// The campaign.
    pub campaign_id: Uuid,
    /// Settings to try instead of the stored ones.
    pub form: Option<CampaignForm>,
}

text_enum! {
    /// Why a contact will not be dialled.
    pub enum SkipReason {
        /// On a do-not-call list.
        DoNotCall = "do_not_call",
        /// Its zones are never open together within the hours.
        NeverOpen = "never_open",
        /// The campaign ends before its turn.
        NotInTime = "not_in_time",
        /// The number has had its calls of the day, week or month until the campaign ends.
        NumberCap = "number_cap",
    }
}

/// How many are skipped for a reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SkipCount {
    /// Why.
    pub reason: SkipReason,
    /// How many contacts.
    pub contacts: i32,
}

/// Share of a disposition among calls.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DispositionShare {
    /// How dialling ends.
    pub disposition: Disposition,
    /// 0..=1.
    pub share: f64,
    /// Seconds that such a call holds its slot.
    pub hold_seconds: f64,
}

text_enum! {
    /// Where the figures of a forecast come from.
    pub enum ForecastBasis {
        /// Calls of this campaign.
        Campaign = "campaign",
        /// Calls of the company with this line.
        Company = "company",
        /// Nobody was called yet: assumptions.
        Assumed = "assumed",
    }
}

/// How a forecast was made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ForecastMethod {
    /// Where its figures come from.
    pub basis: ForecastBasis,
    /// Calls that they were measured on.
    pub calls: i32,
    /// How calls end, most frequent first.
    pub mix: Vec<DispositionShare>,
    /// Cost of a call on average.
    pub cost_per_call: MoneyView,
    /// Simulated runs.
    pub runs: i32,
    /// Milliseconds that it took.
    pub took_ms: i32,
}

/// One hour of the forecast.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct HourForecast {
    /// Its beginning.
    pub hour: DateTime<Utc>,
    /// Calls that begin in it, in the middle run.
    pub calls: i32,
    /// Contacts that become final in it.
    pub finished: i32,
}

/// What a campaign will do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Preflight {
    /// Contacts that wait.
    pub contacts: i32,
    /// Of these, dialled at least once.
    pub will_be_dialled: i32,
    /// The others, by reason.
    pub skipped: Vec<SkipCount>,
    /// Calls in all, retries included.
    pub calls: i32,
    /// Contacts that will be reached.
    pub reached: i32,
    /// First call.
    pub starts_at: Option<DateTime<Utc>>,
    /// Half of the runs have ended by then; none: not within the time that was looked at.
    pub ends_at: Option<DateTime<Utc>>,
    /// Nine of ten have.
    pub ends_by: Option<DateTime<Utc>>,
    /// The forecast does not look further than this.
    pub looked_until: DateTime<Utc>,
    /// What it will cost.
    pub cost: MoneyView,
    /// Hours in which something happens, in order, at most 2,000.
    pub hours: Vec<HourForecast>,
    /// How this was computed.
    pub method: ForecastMethod,
    /// The instant of its facts, by the database's clock.
    pub as_of: DateTime<Utc>,
}
