//! Pre-flight and time of arrival: what a campaign will do, by playing it through on its real list with the rules that
//! decide in earnest ([`RetryPolicy`], [`DialingWindow`], caps, budget, ramp-up). Owns the simulation; refuses to promise: how
//! a call ends is drawn by lot from what calls have been seen to do, so a forecast is the middle of several runs, and says
//! by when nine of ten have ended.
//!
//! What it does not know: other campaigns that begin or end meanwhile (the caller hands in the slots that are to be
//! had now), calls that people ask to be made, and that a carrier's mood changes.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use rust_decimal::Decimal;

use crate::{
    limits::NumberCaps,
    retry::{RetryPolicy, RetryTable},
    window::DialingWindow,
    zone::ZoneSet,
};

mod mix;
mod random;
mod run;

pub use mix::{Ending, LEAST_OBSERVED, Mix};
pub use run::{PER_MINUTE, PERMIT};

/// Runs of a forecast for a list of ordinary length.
const MOST_RUNS: usize = 15;
/// Contacts that all runs of a forecast play together, so that a long list costs no more time than a short one.
const CONTACTS_PLAYED: usize = 150_000;

/// A contact that waits in the campaign, or is in a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// Not dialled before.
    pub due_at: DateTime<Utc>,
    /// Higher is dialled first.
    pub priority: i32,
    /// Attempts used so far, the one in progress not counted.
    pub used: i32,
    /// Which of [`Plan::lanes`] holds its zones.
    pub lane: usize,
    /// Numbers of the contact, 1..=16.
    pub numbers: u8,
    /// On a do-not-call list.
    pub forbidden: bool,
    /// In a call now; that call holds a slot.
    pub in_progress: bool,
    /// When its number was called in the last 30 days, over all campaigns; needed only when there are caps.
    pub called: Vec<DateTime<Utc>>,
}

/// A budget of the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DailyBudget {
    /// Most that may be spent in a day.
    pub limit: Decimal,
    /// Spent today, calls in flight counted.
    pub spent: Decimal,
    /// Zone whose midnight begins a new day.
    pub zone: Tz,
}

/// Everything that decides how a campaign goes.
#[derive(Debug, Clone)]
pub struct Plan<'a> {
    /// Now.
    pub now: DateTime<Utc>,
    /// Nothing is dialled before.
    pub starts_at: Option<DateTime<Utc>>,
    /// Nothing is dialled from then on.
    pub ends_at: Option<DateTime<Utc>>,
    /// The forecast gives up here: what has not happened by then is not said to happen.
    pub looks_until: DateTime<Utc>,
    /// The hours, without the holidays.
    pub window: &'a DialingWindow,
    /// Zones of the contacts' lanes; an empty set stands for the window's own zone.
    pub lanes: &'a [ZoneSet],
    /// Those who wait, in the order of the list.
    pub contacts: &'a [Waiting],
    /// Calls at once that the campaign can have: its own limit, or its share of the company and the system if that is less.
    pub calls_at_once: i32,
    /// Calls in any minute.
    pub calls_per_minute: i32,
    /// Calls in any second over its trunk; none: not limited.
    pub calls_per_second: Option<f64>,
    /// Where a ramp-up begins.
    pub ramp_up_from: Option<i32>,
    /// Attempts per contact in all.
    pub max_attempts: i32,
    /// Minutes after an attempt whose row says nothing.
    pub retry_delay_minutes: i32,
    /// Rows of the retry table.
    pub retries: &'a RetryTable,
    /// How often one number may be called.
    pub caps: NumberCaps,
    /// The tighter of the two budgets.
    pub budget: Option<DailyBudget>,
    /// How calls end, of the first attempts and of each later one; the last repeats. Not empty.
    pub mixes: &'a [Mix],
}

impl Plan<'_> {
    fn policy(&self) -> RetryPolicy<'_> {
        RetryPolicy {
            max_attempts: self.max_attempts,
            retry_delay_minutes: self.retry_delay_minutes,
            table: self.retries,
            window: self.window,
        }
    }
}

/// Why contacts are not dialled.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Skipped {
    /// On a do-not-call list.
    pub forbidden: usize,
    /// The hours are never open in all of their zones.
    pub never_open: usize,
    /// The number has had its calls for as long as the campaign lasts.
    pub capped: usize,
    /// The campaign ends, or the forecast, before their turn.
    pub not_in_time: usize,
}

/// One hour of a forecast.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Hour {
    /// Calls that begin in it.
    pub calls: usize,
    /// Contacts that become final in it.
    pub finished: usize,
}

/// One way in which a campaign may go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// Contacts that are dialled at least once, those in a call now included.
    pub dialled: usize,
    /// Contacts that are not.
    pub skipped: Skipped,
    /// Calls that begin.
    pub calls: usize,
    /// Contacts that are reached.
    pub reached: usize,
    /// First call that begins.
    pub starts_at: Option<DateTime<Utc>>,
    /// When the last contact is final, or the campaign ends; none: not by [`Plan::looks_until`].
    pub ends_at: Option<DateTime<Utc>>,
    /// What its calls cost.
    pub cost: Decimal,
    /// Hours in which something happens, by their beginning.
    pub hours: BTreeMap<DateTime<Utc>, Hour>,
}

/// What a campaign will do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forecast {
    /// The run in the middle: half of the others end earlier.
    pub middle: Run,
    /// Nine of ten runs have ended by then; none: not by [`Plan::looks_until`].
    pub ends_by: Option<DateTime<Utc>>,
    /// How many runs there were.
    pub runs: usize,
}

/// Plays the campaign through several times. The same plan and seed give the same forecast on every machine.
#[must_use]
pub fn forecast(plan: &Plan<'_>, seed: u64) -> Forecast {
    let runs = (CONTACTS_PLAYED / plan.contacts.len().max(1)).clamp(1, MOST_RUNS);
    let mut played: Vec<_> = (0..runs as u64).map(|run| run::play(plan, seed ^ run.wrapping_mul(0x9e37))).collect();
    // One that does not end ends later than any other.
    played.sort_by_key(|run| run.ends_at.map_or(DateTime::<Utc>::MAX_UTC, |at| at));
    let ends_by = played[(runs * 9).div_ceil(10) - 1].ends_at;
    let middle = played.swap_remove((runs - 1) / 2);
    Forecast { middle, ends_by, runs }
}

/// The beginning of the hour.
fn hour_of(at: DateTime<Utc>) -> DateTime<Utc> {
    at - TimeDelta::milliseconds(at.timestamp_millis().rem_euclid(3_600_000))
        - TimeDelta::nanoseconds(i64::from(at.timestamp_subsec_nanos()) % 1_000_000)
}
