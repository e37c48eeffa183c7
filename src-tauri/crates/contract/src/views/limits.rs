//! Limits, what of them is used, and circuit breakers.

use callboard_core::{
    breaker::{BreakerCause, BreakerScope, BreakerState},
    limits::{BudgetState, LimitKind},
    line::LineKind,
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use uuid::Uuid;

use super::{MoneyView, SystemLimits};

/// A date on which the company calls nobody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct HolidayForm {
    /// `YYYY-MM-DD`.
    pub date: String,
    /// For people, at most 100 characters.
    pub name: String,
}

/// What a company sets for all its campaigns. Errors in holidays are named `holidays.N.date`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CompanyLimitsForm {
    /// Most calls at once, 1..=10,000.
    pub calls_at_once: i32,
    /// Most that it spends in a day of its zone: a decimal text above 0.
    pub daily_budget: Option<String>,
    /// Calls of one number in any 24 hours, over all campaigns, 1..=100; none: not limited.
    pub number_per_day: Option<i32>,
    /// In any 7 days, 1..=500.
    pub number_per_week: Option<i32>,
    /// In any 30 days, 1..=1000.
    pub number_per_month: Option<i32>,
    /// Least minutes between two calls of one number, 0..=10,080.
    pub minimum_gap_minutes: i32,
    /// At most 366.
    pub holidays: Vec<HolidayForm>,
}

/// New limits of a company.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CompanyLimitsUpdate {
    /// The company.
    pub company_id: Uuid,
    /// All of them.
    pub form: CompanyLimitsForm,
}

/// New limits of a trunk of the company.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TrunkLimitsUpdate {
    /// The company.
    pub company_id: Uuid,
    /// Its line.
    pub line: LineKind,
    /// The trunk, `ST_...`; `practice` for the practice line.
    pub trunk: String,
    /// Most calls that it takes in any second, 1..=100; none: not limited, for the practice line only.
    pub calls_per_second: Option<i32>,
}

/// Whose limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LimitsQuery {
    /// The company.
    pub company_id: Uuid,
    /// The limits of this campaign too.
    pub campaign_id: Option<Uuid>,
}

/// A limit and what of it is used, counted from the rows that admission counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct LimitUse {
    /// Which.
    pub kind: LimitKind,
    /// In use.
    pub used: i32,
    /// May be used.
    pub limit: i32,
    /// Left; 0 when the limit was lowered below what is in use.
    pub free: i32,
    /// When one more becomes free, where the clock decides.
    pub free_at: Option<DateTime<Utc>>,
}

/// A budget of the day and what of it is spent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct BudgetUse {
    /// The company's or the campaign's.
    pub kind: LimitKind,
    /// Most that may be spent.
    pub limit: MoneyView,
    /// Cost of the calls of today that have ended.
    pub spent: MoneyView,
    /// What the calls in flight are expected to cost.
    pub in_flight: MoneyView,
    /// How it stands.
    pub state: BudgetState,
    /// When it begins anew.
    pub renews_at: DateTime<Utc>,
}

/// A trunk with its rate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TrunkView {
    /// Its line.
    pub line: LineKind,
    /// The trunk, `ST_...` or `practice`.
    pub trunk: String,
    /// Most calls in any second; none: not limited.
    pub calls_per_second: Option<i32>,
    /// Calls per second that it takes now; below `callsPerSecond` while it recovers from a carrier's limit.
    pub rate: Option<f64>,
    /// Calls started in the last second.
    pub started_last_second: i32,
    /// When a carrier's limit last slowed it down.
    pub slowed_at: Option<DateTime<Utc>>,
    /// What the carrier said then.
    pub slowed_because: Option<String>,
    /// When it will be at its full rate again.
    pub recovered_at: Option<DateTime<Utc>>,
    /// Its breaker.
    pub breaker: BreakerView,
}

/// All limits of a company, and of one of its campaigns.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct LimitsView {
    /// What the company has set.
    pub company: CompanyLimitsForm,
    /// What holds over all companies.
    pub system: SystemLimits,
    /// Used and free, in the order of [`LimitKind`].
    pub uses: Vec<LimitUse>,
    /// Budgets that are set.
    pub budgets: Vec<BudgetUse>,
    /// Trunks that the company has used or has configured.
    pub trunks: Vec<TrunkView>,
    /// The instant of these figures, by the database's clock.
    pub as_of: DateTime<Utc>,
}

/// Names a breaker.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "scope", rename_all = "snake_case", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum BreakerRef {
    /// Of a trunk.
    Trunk {
        /// The company.
        company_id: Uuid,
        /// The trunk.
        trunk: String,
    },
    /// Of a campaign.
    Campaign {
        /// The company.
        company_id: Uuid,
        /// The campaign.
        campaign_id: Uuid,
    },
}

/// A call that tripped a breaker.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct BreakerCall {
    /// The call.
    pub call_id: Uuid,
    /// Its campaign.
    pub campaign_id: Uuid,
    /// When it ended.
    pub ended_at: DateTime<Utc>,
    /// Final SIP status.
    pub sip_status: Option<i32>,
    /// What went wrong.
    pub error: Option<String>,
}

/// A breaker.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct BreakerView {
    /// Of a trunk or a campaign.
    pub scope: BreakerScope,
    /// The trunk.
    pub trunk: Option<String>,
    /// The campaign.
    pub campaign_id: Option<Uuid>,
    /// Its name.
    pub campaign_name: Option<String>,
    /// Whether calls pass.
    pub state: BreakerState,
    /// Why it opened last.
    pub cause: Option<BreakerCause>,
    /// When.
    pub opened_at: Option<DateTime<Utc>>,
    /// When it tries a call; none while open: a person has to close it.
    pub retry_at: Option<DateTime<Utc>>,
    /// Trips in a row; each makes the rest longer.
    pub trips: i32,
    /// The calls that tripped it, oldest first.
    pub calls: Vec<BreakerCall>,
}

/// Breakers that ever opened, open ones first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct BreakerList {
    /// Breakers.
    pub items: Vec<BreakerView>,
}
