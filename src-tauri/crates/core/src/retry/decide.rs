//! The next step after an attempt, with its time and its number.

use chrono::{DateTime, TimeDelta, Utc};

use super::{RetryTable, Situation};
use crate::{task::TaskStatus, window::DialingWindow, zone::ZoneSet};

/// A callback that is dialled within so many minutes of the time that was asked for is kept (`domain.md` 1.2).
pub const CALLBACK_TOLERANCE_MINUTES: i32 = 15;

/// The numbers of a contact as a task tries them, in the order of the contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Numbers {
    /// How many the contact has, 1..=16.
    pub count: u8,
    /// The one of the attempt, from 0.
    pub current: u8,
    /// Bit per number that this task does not dial any more.
    pub spent: u16,
}

impl Numbers {
    /// A contact with one number.
    pub const ONE: Self = Self { count: 1, current: 0, spent: 0 };

    /// The next number that is not spent, after the last one the first again; `None` when all others are spent.
    fn following(self) -> Option<u8> {
        (1..self.count).map(|step| (self.current + step) % self.count).find(|number| self.spent & (1 << number) == 0)
    }
}

/// An attempt that has ended.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Attempt<'a> {
    /// The row that applies; none: the contact was reached.
    pub situation: Option<Situation>,
    /// When it was dialled: the part of the day that may have been a bad one.
    pub dialled_at: DateTime<Utc>,
    /// When it ended; delays begin here.
    pub ended_at: DateTime<Utc>,
    /// Attempts that the task has used before this one, those that cost none not counted.
    pub used: i32,
    /// Attempts of the task that ended in this situation, this one included.
    pub of_this_kind: i32,
    /// Of these, at this number.
    pub at_this_number: i32,
    /// The numbers of the contact.
    pub numbers: Numbers,
    /// When the person asked to be called again, when a time was named.
    pub callback_at: Option<DateTime<Utc>>,
    /// The zones of the contact whose hours count; empty: the window's own.
    pub zones: &'a ZoneSet,
    /// Chance, at least 0 and below 1.
    pub random: f64,
}

/// What becomes of a task after an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NextStep {
    /// The contact was reached.
    Complete,
    /// Another attempt follows.
    Retry {
        /// Not before; within the hours, unless they never open.
        due_at: DateTime<Utc>,
        /// Which number, from 0.
        number: u8,
    },
    /// Attempts used up, or no further attempt makes sense.
    Fail,
}

impl NextStep {
    /// The status the task takes.
    #[must_use]
    pub fn status(self) -> TaskStatus {
        match self {
            Self::Complete => TaskStatus::Completed,
            Self::Retry { .. } => TaskStatus::Retry,
            Self::Fail => TaskStatus::Failed,
        }
    }
}

/// The next step, and what the task remembers of the attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Next {
    /// What follows.
    pub step: NextStep,
    /// The attempt counts towards the campaign's attempts.
    pub uses_attempt: bool,
    /// Numbers that the task does not dial any more, as a bit each.
    pub spent: u16,
}

/// How a campaign tries again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RetryPolicy<'a> {
    /// Attempts per task in all, 0..=10; 0 and 1 both mean one attempt (requirements C1, K3).
    pub max_attempts: i32,
    /// Minutes after an attempt whose row says nothing, 1..=1440.
    pub retry_delay_minutes: i32,
    /// The rows.
    pub table: &'a RetryTable,
    /// The hours that count when calls are placed, without the holidays.
    pub window: &'a DialingWindow,
}

impl RetryPolicy<'_> {
    /// Decides after an attempt. A contact is retried while fewer attempts are used than the campaign allows (requirements
    /// C1: with two, the first failure retries, the second is final) and the row allows another of this kind. A callback
    /// for which the person named a time does not count the attempts: a promise is kept, within the hours.
    #[must_use]
    pub fn next(&self, attempt: &Attempt<'_>) -> Next {
        let Some(situation) = attempt.situation else {
            return Next { step: NextStep::Complete, uses_attempt: true, spent: attempt.numbers.spent };
        };
        let rule = self.table.rule(situation);
        let over = if situation.is_contact() { NextStep::Complete } else { NextStep::Fail };
        let used = attempt.used + i32::from(rule.uses_attempt);
        let promised = attempt.callback_at.filter(|_| situation == Situation::Callback);
        let mut numbers = attempt.numbers;
        let counted = if rule.next_number { attempt.at_this_number } else { attempt.of_this_kind };
        let kind_used_up = rule.attempts.is_some_and(|most| counted >= most);
        if kind_used_up && rule.next_number {
            numbers.spent |= 1 << numbers.current;
        }
        let number = match (rule.next_number, kind_used_up) {
            (true, true) => numbers.following(),
            (true, false) if rule.attempts.is_none() => Some(numbers.following().unwrap_or(numbers.current)),
            (false, true) => None,
            (_, false) => Some(numbers.current),
        };
        let step = match number {
            Some(number) if promised.is_some() || used < self.max_attempts.max(1) => {
                NextStep::Retry { due_at: self.due(attempt, &rule, promised), number }
            }
            _ => over,
        };
        Next { step, uses_attempt: rule.uses_attempt, spent: numbers.spent }
    }

    /// The next instant of the hours at which the attempt may be repeated.
    fn due(&self, attempt: &Attempt<'_>, rule: &super::RetryRule, promised: Option<DateTime<Utc>>) -> DateTime<Utc> {
        let own = ZoneSet::from(self.window.zone);
        let zones = if attempt.zones.is_empty() { &own } else { attempt.zones };
        let open_from = |at| self.window.interval_at_or_after(at, zones).map_or(at, |(from, _)| from);
        if let Some(at) = promised {
            return open_from(at.max(attempt.ended_at));
        }
        let seconds = rule.delay.as_ref().map_or_else(
            || i64::from(self.retry_delay_minutes) * 60,
            |delay| delay.seconds(attempt.of_this_kind, attempt.random),
        );
        let earliest = attempt.ended_at + TimeDelta::seconds(seconds);
        let another = rule
            .another_daypart
            .then(|| self.window.next_open_in_another_daypart(earliest, zones, attempt.dialled_at))
            .flatten();
        another.unwrap_or_else(|| open_from(earliest))
    }
}
