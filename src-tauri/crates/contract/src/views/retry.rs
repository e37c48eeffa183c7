//! Retries: the table, one row per situation.

use callboard_core::retry::Situation;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// How long until the next attempt. Minutes, 1..=10,080.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum DelayForm {
    /// The campaign's retry delay.
    Campaign,
    /// Always as long.
    Fixed {
        /// How long.
        minutes: i32,
    },
    /// As long as the entry of the attempt of this kind says; the last repeats.
    List {
        /// 1..=10 entries.
        minutes: Vec<i32>,
    },
    /// Doubled with each attempt of this kind, up to the cap, give or take the jitter.
    Exponential {
        /// The first.
        base_minutes: i32,
        /// The longest.
        cap_minutes: i32,
        /// Percent, 0..=50.
        jitter_percent: i32,
    },
}

/// A row of the table. Its errors are named `retries.N.attempts`, `retries.N.delay.minutes` and so on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "three columns of a table that people read, each with its own question"
)]
pub struct RetryRuleForm {
    /// After which end.
    pub situation: Situation,
    /// Most attempts that may end so, 1..=50; with 1 it is not tried again. None: as many as the campaign allows.
    pub attempts: Option<i32>,
    /// How long until the next.
    pub delay: DelayForm,
    /// It counts towards the campaign's attempts; what costs none needs `attempts`.
    pub uses_attempt: bool,
    /// The next attempt falls into another part of the day.
    pub another_daypart: bool,
    /// The contact's next number is tried: after each such attempt, or when a number has had `attempts` of them.
    pub next_number: bool,
}
