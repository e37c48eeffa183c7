//! Limits: what may be used, what is used. Owns their bounds, the caps per number and the budgets; refuses to count: the
//! figures come from the rows that admission counts.

use chrono::{DateTime, TimeDelta, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::{company::CALLS_AT_ONCE_RANGE, field::FieldErrors, window::ClosedDays};

/// Weight of a new campaign, so that others can be given less as well as more.
pub const DEFAULT_WEIGHT: i32 = 10;
/// Calls per second that a trunk takes before anything else is known of it; most carriers begin at one.
pub const DEFAULT_CALLS_PER_SECOND: i32 = 1;
/// Bounds of a trunk's calls per second.
pub const CALLS_PER_SECOND_RANGE: (i32, i32) = (1, 100);
/// Share of a budget, in percent, at which people are warned.
pub const BUDGET_WARNING_PERCENT: u32 = 80;

/// Calls of a number by the company, over all its campaigns, count in rolling windows: the last 24 hours, not today.
const DAY: TimeDelta = TimeDelta::hours(24);
const WEEK: TimeDelta = TimeDelta::days(7);
const MONTH: TimeDelta = TimeDelta::days(30);

text_enum! {
    /// What is limited.
    pub enum LimitKind {
        /// Calls in progress over all companies.
        SystemAtOnce = "system_at_once",
        /// Calls in progress of the company.
        CompanyAtOnce = "company_at_once",
        /// Calls in progress of the campaign.
        CampaignAtOnce = "campaign_at_once",
        /// Calls in progress that the ramp-up of the campaign allows so far.
        CampaignRampUp = "campaign_ramp_up",
        /// Calls of the campaign in any 60 seconds.
        CampaignPerMinute = "campaign_per_minute",
        /// Calls over the trunk in any second.
        TrunkPerSecond = "trunk_per_second",
        /// What the company spends in a day of its zone.
        CompanyBudget = "company_budget",
        /// What the campaign spends in a day of its zone.
        CampaignBudget = "campaign_budget",
        /// Calls of a number in 24 hours.
        NumberPerDay = "number_per_day",
        /// Calls of a number in 7 days.
        NumberPerWeek = "number_per_week",
        /// Calls of a number in 30 days.
        NumberPerMonth = "number_per_month",
        /// The time between two calls of a number.
        NumberGap = "number_gap",
    }
}

/// A limit and what of it is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Usage {
    /// In use now.
    pub used: i32,
    /// May be used.
    pub limit: i32,
}

impl Usage {
    /// What is left; 0 when a limit was lowered below what is in use.
    #[must_use]
    pub const fn free(self) -> i32 {
        let free = self.limit.saturating_sub(self.used);
        if free > 0 { free } else { 0 }
    }

    /// Nothing is left.
    #[must_use]
    pub const fn is_full(self) -> bool {
        self.free() == 0
    }
}

/// How often the company may call one number, over all its campaigns (`domain.md` 2.2).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NumberCaps {
    /// In any 24 hours, 1..=100; none: not limited.
    pub per_day: Option<i32>,
    /// In any 7 days, 1..=500.
    pub per_week: Option<i32>,
    /// In any 30 days, 1..=1000.
    pub per_month: Option<i32>,
    /// Least minutes between two calls, 0..=10,080; 0: none.
    pub minimum_gap_minutes: i32,
}

/// A cap that forbids a call for now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CapReached {
    /// Which.
    pub kind: LimitKind,
    /// Calls that count; minutes since the last call for the gap.
    pub usage: Usage,
    /// When it ends.
    pub until: DateTime<Utc>,
}

impl NumberCaps {
    /// Adds refusals for values outside the bounds and for a longer time that allows less than a shorter one.
    pub fn check(&self, errors: &mut FieldErrors) {
        let caps = [
            ("numberPerDay", self.per_day, 100),
            ("numberPerWeek", self.per_week, 500),
            ("numberPerMonth", self.per_month, 1000),
        ];
        let mut least = 1;
        for (field, cap, most) in caps {
            if let Some(cap) = cap {
                errors.check_range(field, cap.into(), least, most);
                least = least.max(cap.into());
            }
        }
        errors.check_range("minimumGapMinutes", self.minimum_gap_minutes.into(), 0, 7 * 24 * 60);
    }

    /// The cap that forbids a call of a number at `now` for longest, given the instants at which the company called it
    /// (dial intents, in any order); `None` when it may be called.
    #[must_use]
    pub fn reached(&self, now: DateTime<Utc>, calls: &[DateTime<Utc>]) -> Option<CapReached> {
        let rolling = [
            (LimitKind::NumberPerDay, self.per_day, DAY),
            (LimitKind::NumberPerWeek, self.per_week, WEEK),
            (LimitKind::NumberPerMonth, self.per_month, MONTH),
        ];
        let caps = rolling.into_iter().filter_map(|(kind, cap, window)| {
            let cap = cap?;
            let mut counted: Vec<_> = calls.iter().copied().filter(|call| now - *call < window).collect();
            counted.sort_unstable();
            let used = i32::try_from(counted.len()).unwrap_or(i32::MAX);
            // So many have to leave the window until one fits in.
            let leaving = usize::try_from(used - cap).ok()?;
            Some(CapReached { kind, usage: Usage { used, limit: cap }, until: *counted.get(leaving)? + window })
        });
        let gap = calls.iter().max().and_then(|last| {
            let until = *last + TimeDelta::minutes(self.minimum_gap_minutes.into());
            let usage = Usage {
                used: i32::try_from((now - *last).num_minutes()).unwrap_or(0),
                limit: self.minimum_gap_minutes,
            };
            (until > now).then_some(CapReached { kind: LimitKind::NumberGap, usage, until })
        });
        caps.chain(gap).max_by_key(|cap| cap.until)
    }
}

/// What a company sets for all its campaigns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CompanyLimits {
    /// Most calls in progress, 1..=10,000.
    pub calls_at_once: i32,
    /// Most that it spends in a day of its zone, calls in flight counted; none: no limit.
    pub daily_budget: Option<Decimal>,
    /// How often one number may be called.
    pub caps: NumberCaps,
    /// Dates on which it calls nobody.
    pub holidays: ClosedDays,
}

impl CompanyLimits {
    /// Checks every bound.
    ///
    /// # Errors
    /// Every refused field, by its wire name.
    pub fn check(&self) -> Result<(), FieldErrors> {
        let mut errors = FieldErrors::default();
        let (least, most) = CALLS_AT_ONCE_RANGE;
        errors.check_range("callsAtOnce", self.calls_at_once.into(), least.into(), most.into());
        check_budget("dailyBudget", self.daily_budget, &mut errors);
        self.caps.check(&mut errors);
        if self.holidays.0.len() > crate::window::MAX_CLOSED_DAYS {
            errors.add_with("holidays", "tooMany", &[("max", crate::window::MAX_CLOSED_DAYS.to_string())]);
        }
        errors.into_result()
    }
}

/// Refuses a budget of nothing and one beyond 1,000,000,000.
pub fn check_budget(field: &str, budget: Option<Decimal>, errors: &mut FieldErrors) {
    let most = Decimal::from(1_000_000_000_u32);
    if budget.is_some_and(|budget| budget <= Decimal::ZERO || budget > most) {
        errors.add_with(field, "budget", &[("max", most.to_string())]);
    }
}

/// A daily budget and what of it is spent. All amounts in one currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// Most that may be spent.
    pub limit: Decimal,
    /// Cost of the calls that have ended.
    pub spent: Decimal,
    /// What the calls in flight are expected to cost: their number times the mean of recent calls.
    pub in_flight: Decimal,
    /// What one more call is expected to cost.
    pub next_call: Decimal,
}

text_enum! {
    /// How a budget stands.
    pub enum BudgetState {
        /// Below the warning.
        Fine = "fine",
        /// From 80 % on.
        Warning = "warning",
        /// One more call would not fit.
        Stopped = "stopped",
    }
}

impl Budget {
    /// How it stands. Calls in flight count as spent, and the next call has to fit in whole, so that 100 % is never passed
    /// by more than the difference between an expected and a real cost.
    #[must_use]
    pub fn state(&self) -> BudgetState {
        let committed = self.spent + self.in_flight;
        if committed >= self.limit || committed + self.next_call > self.limit {
            BudgetState::Stopped
        } else if committed * Decimal::ONE_HUNDRED >= self.limit * Decimal::from(BUDGET_WARNING_PERCENT) {
            BudgetState::Warning
        } else {
            BudgetState::Fine
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hours_ago(now: DateTime<Utc>, hours: &[i64]) -> Vec<DateTime<Utc>> {
        hours.iter().map(|hours| now - TimeDelta::hours(*hours)).collect()
    }

    /// `domain.md` 2.2: rolling, not from midnight.
    #[test]
    fn caps_roll_with_the_clock() {
        let now: DateTime<Utc> = "2025-01-15T10:00:00Z".parse().expect("an instant");
        let caps = NumberCaps { per_day: Some(2), per_week: Some(3), per_month: None, minimum_gap_minutes: 0 };
        let reached = |hours: &[i64]| {
            caps.reached(now, &hours_ago(now, hours))
                .map(|cap| (cap.kind, cap.usage.used, (cap.until - now).num_hours()))
        };
        assert_eq!(reached(&[]), None);
        assert_eq!(reached(&[1]), None);
        assert_eq!(reached(&[1, 20]), Some((LimitKind::NumberPerDay, 2, 4)), "until the older one is a day old");
        assert_eq!(reached(&[1, 24]), None, "24 hours are over");
        assert_eq!(reached(&[1, 30, 60]), Some((LimitKind::NumberPerWeek, 3, 7 * 24 - 60)));
        assert_eq!(reached(&[1, 2, 3, 4]), Some((LimitKind::NumberPerWeek, 4, 7 * 24 - 3)), "the longest wait counts");
    }

    #[test]
    fn a_gap_counts_from_the_last_call() {
        let now: DateTime<Utc> = "2025-01-15T10:00:00Z".parse().expect("an instant");
        let caps = NumberCaps { minimum_gap_minutes: 90, ..NumberCaps::default() };
        let cap = caps.reached(now, &hours_ago(now, &[1, 5])).expect("an hour is less than 90 minutes");
        assert_eq!((cap.kind, (cap.until - now).num_minutes()), (LimitKind::NumberGap, 30));
        assert_eq!(caps.reached(now, &hours_ago(now, &[2])), None);
    }

    #[test]
    fn a_longer_time_allows_no_less_than_a_shorter_one() {
        let fields = |caps: NumberCaps| {
            let mut errors = FieldErrors::default();
            caps.check(&mut errors);
            errors.0.into_iter().map(|error| error.field).collect::<Vec<_>>()
        };
        let debt_law = NumberCaps { per_day: Some(1), per_week: Some(2), per_month: Some(8), minimum_gap_minutes: 0 };
        assert_eq!(fields(debt_law), [""; 0]);
        assert_eq!(fields(NumberCaps { per_day: Some(3), ..debt_law }), ["numberPerWeek"]);
        assert_eq!(fields(NumberCaps { minimum_gap_minutes: -1, ..debt_law }), ["minimumGapMinutes"]);
    }

    /// The issue: counts calls in flight, warns at 80 %, stops at 100 %.
    #[test]
    fn a_budget_warns_and_stops() {
        let state = |spent: i64, in_flight: i64, next_call: i64| {
            let [spent, in_flight, next_call] = [spent, in_flight, next_call].map(Decimal::from);
            Budget { limit: Decimal::ONE_HUNDRED, spent, in_flight, next_call }.state()
        };
        assert_eq!(state(79, 0, 1), BudgetState::Fine);
        assert_eq!(state(70, 10, 1), BudgetState::Warning, "what is in flight counts");
        assert_eq!(state(90, 9, 1), BudgetState::Warning, "the last call fits in exactly");
        assert_eq!(state(90, 9, 2), BudgetState::Stopped, "the next does not");
        assert_eq!(state(100, 0, 0), BudgetState::Stopped);
    }

    #[test]
    fn a_limit_lowered_below_what_is_in_use_leaves_nothing() {
        assert_eq!(Usage { used: 7, limit: 5 }.free(), 0);
        assert!(Usage { used: 5, limit: 5 }.is_full() && !Usage { used: 4, limit: 5 }.is_full());
    }
}
