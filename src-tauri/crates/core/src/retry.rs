//! What happens to a task after an attempt. Owns the policy table, one row per situation, and its two presets; refuses to
//! know about clocks and dice: instants and randomness are arguments.
//!
//! A campaign stores only the rows that it sets otherwise than [`Situation::base`], which is the behaviour of a campaign
//! that has none: its retry delay after everything that may be tried again. [`RetryTable::recommended`] is the table of
//! `domain.md` 2.1, which new campaigns are offered.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::{
    call::{Disposition, Outcome},
    field::FieldErrors,
};

mod decide;

pub use decide::{Attempt, CALLBACK_TOLERANCE_MINUTES, Next, NextStep, Numbers, RetryPolicy};

/// Longest delay of a row: a week.
pub const MAX_DELAY_MINUTES: i32 = 7 * 24 * 60;
/// Most attempts of one kind.
pub const MAX_ATTEMPTS_OF_A_KIND: i32 = 50;
/// Most entries of a list of delays.
pub const MAX_DELAYS: usize = 10;

text_enum! {
    /// How an attempt ended, as far as a retry depends on it.
    pub enum Situation {
        /// The number was engaged.
        Busy = "busy",
        /// It rang, nobody answered.
        NoAnswer = "no_answer",
        /// SIP 480 without ringing: switched off or out of reach.
        Unreachable = "unreachable",
        /// A machine picked up.
        Voicemail = "voicemail",
        /// SIP 603: the callee refused the call.
        Declined = "declined",
        /// SIP 607: the callee does not want such calls.
        Unwanted = "unwanted",
        /// SIP 608, or 603 of a network that blocks: the callee never saw the call.
        Blocked = "blocked",
        /// The number does not exist.
        InvalidNumber = "invalid_number",
        /// The carrier limits our rate or our calls at once (429, "CPS exceeded"): our fault, not the contact's.
        CarrierLimit = "carrier_limit",
        /// The trunk or the carrier failed.
        CarrierFault = "carrier_fault",
        /// The line was not usable, nothing was dialled.
        LineFault = "line_fault",
        /// The voice agent failed or never came.
        AgentFault = "agent_fault",
        /// We ended it before it led anywhere.
        HungUp = "hung_up",
        /// The person asked to be called again.
        Callback = "callback",
        /// It may have rung; nobody can say.
        Unknown = "unknown",
    }
}

/// What is known of the end of an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct End<'a> {
    /// How dialling ended.
    pub disposition: Disposition,
    /// What came of it.
    pub outcome: Outcome,
    /// Final SIP status, when the carrier gave one.
    pub sip_status: Option<u16>,
    /// What the carrier said beside it.
    pub phrase: Option<&'a str>,
    /// Ringing was reported.
    pub rang: bool,
}

impl Situation {
    /// The row of the table that applies; `None` when the contact was reached, and nobody calls again by himself.
    #[must_use]
    pub fn of(end: &End<'_>) -> Option<Self> {
        Some(match end.disposition {
            Disposition::Answered => match end.outcome {
                Outcome::Success | Outcome::Refusal | Outcome::Unknown => return None,
                Outcome::Callback => Self::Callback,
                Outcome::InvalidNumber => Self::InvalidNumber,
                Outcome::Voicemail => Self::Voicemail,
                Outcome::NoAnswer => Self::NoAnswer,
                Outcome::Busy => Self::Busy,
                Outcome::Failed => Self::AgentFault,
            },
            Disposition::Voicemail => Self::Voicemail,
            Disposition::Busy => Self::Busy,
            Disposition::NoAnswer if end.sip_status == Some(480) && !end.rang => Self::Unreachable,
            Disposition::NoAnswer => Self::NoAnswer,
            Disposition::Declined => match end.sip_status {
                Some(607) => Self::Unwanted,
                Some(608) => Self::Blocked,
                _ if says(end.phrase, &["network blocked", "carrier-blocked"]) => Self::Blocked,
                _ => Self::Declined,
            },
            Disposition::InvalidNumber => Self::InvalidNumber,
            Disposition::CarrierFault if is_carrier_limit(end) => Self::CarrierLimit,
            Disposition::CarrierFault => Self::CarrierFault,
            Disposition::LineFault => Self::LineFault,
            Disposition::AgentFault => Self::AgentFault,
            Disposition::HungUp => Self::HungUp,
            Disposition::Unknown => Self::Unknown,
        })
    }

    /// The contact has been reached when the attempts of this kind are used up: somebody was there, and said so.
    #[must_use]
    pub fn is_contact(self) -> bool {
        matches!(self, Self::Declined | Self::Unwanted | Self::Callback)
    }

    /// The row of a campaign that sets nothing: try again after the campaign's delay, within the campaign's attempts. A call
    /// that was declined, unwanted or blocked is not repeated; a number that does not exist gives way to the contact's
    /// next one; what the carrier limits costs the contact nothing.
    #[must_use]
    pub fn base(self) -> RetryRule {
        let rule = RetryRule {
            situation: self,
            attempts: None,
            delay: None,
            uses_attempt: true,
            another_daypart: false,
            next_number: false,
        };
        match self {
            Self::Declined | Self::Unwanted | Self::Blocked => RetryRule { attempts: Some(1), ..rule },
            Self::InvalidNumber => {
                RetryRule { attempts: Some(1), delay: Some(Delay::Fixed { minutes: 1 }), next_number: true, ..rule }
            }
            Self::CarrierLimit => RetryRule {
                attempts: Some(20),
                delay: Some(Delay::Exponential { base_minutes: 1, cap_minutes: 10, jitter_percent: 20 }),
                uses_attempt: false,
                ..rule
            },
            Self::Busy
            | Self::NoAnswer
            | Self::Unreachable
            | Self::Voicemail
            | Self::CarrierFault
            | Self::LineFault
            | Self::AgentFault
            | Self::HungUp
            | Self::Callback
            | Self::Unknown => rule,
        }
    }
}

fn says(phrase: Option<&str>, words: &[&str]) -> bool {
    phrase.map(str::to_lowercase).is_some_and(|phrase| words.iter().any(|word| phrase.contains(word)))
}

/// 429, and the words of carriers for "too many calls of yours" beside a 5xx (`domain.md` 2.1).
fn is_carrier_limit(end: &End<'_>) -> bool {
    const WORDS: [&str; 5] = ["cps", "calls per second", "call limit", "limit exceeded", "too many"];
    end.sip_status == Some(429) || (end.sip_status.is_none_or(|code| code >= 500) && says(end.phrase, &WORDS))
}

/// How long until the next attempt. Minutes, 1..=10,080.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Delay {
    /// Always as long.
    Fixed {
        /// How long.
        minutes: i32,
    },
    /// As long as the entry of the attempt of this kind says; the last repeats.
    List {
        /// How long, 1..=10 entries.
        minutes: Vec<i32>,
    },
    /// Doubled with each attempt of this kind, up to the cap, give or take the jitter.
    Exponential {
        /// The first.
        base_minutes: i32,
        /// The longest.
        cap_minutes: i32,
        /// Percent by which chance may lengthen or shorten it, 0..=50.
        jitter_percent: i32,
    },
}

impl Delay {
    /// Seconds until the next attempt after the `n`th of this kind, from 1. `random` is at least 0 and below 1.
    #[must_use]
    pub fn seconds(&self, n: i32, random: f64) -> i64 {
        let entry = usize::try_from(n.max(1) - 1).unwrap_or(0);
        match self {
            Self::Fixed { minutes } => i64::from(*minutes) * 60,
            Self::List { minutes } => i64::from(minutes.get(entry).or(minutes.last()).copied().unwrap_or(1)) * 60,
            Self::Exponential { base_minutes, cap_minutes, jitter_percent } => {
                let doubled = i64::from(*base_minutes) << entry.min(20);
                let seconds = doubled.min((*cap_minutes).into()) * 60;
                let jitter = f64::from(*jitter_percent) / 100.0 * (2.0 * random - 1.0);
                seconds + (seconds as f64 * jitter).round() as i64
            }
        }
    }

    fn check(&self, path: &str, errors: &mut FieldErrors) {
        let mut minutes = |field: &str, value: i32| {
            errors.check_range(&format!("{path}.{field}"), value.into(), 1, MAX_DELAY_MINUTES.into());
        };
        match self {
            Self::Fixed { minutes: value } => minutes("minutes", *value),
            Self::List { minutes: values } => {
                for (at, value) in values.iter().enumerate() {
                    minutes(&format!("minutes.{at}"), *value);
                }
                if values.is_empty() {
                    errors.add(&format!("{path}.minutes"), "required");
                } else if values.len() > MAX_DELAYS {
                    errors.add_with(&format!("{path}.minutes"), "tooMany", &[("max", MAX_DELAYS.to_string())]);
                }
            }
            Self::Exponential { base_minutes, cap_minutes, jitter_percent } => {
                minutes("baseMinutes", *base_minutes);
                minutes("capMinutes", *cap_minutes);
                if cap_minutes < base_minutes {
                    errors.add(&format!("{path}.capMinutes"), "capBelowBase");
                }
                errors.check_range(&format!("{path}.jitterPercent"), (*jitter_percent).into(), 0, 50);
            }
        }
    }
}

/// A row of the table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "three columns of a table that people read, each with its own question"
)]
pub struct RetryRule {
    /// After which end.
    pub situation: Situation,
    /// Most attempts that may end so, 1..=50; with 1 it is not tried again. With [`Self::next_number`] they are counted
    /// per number, else per task. None: as many as the campaign allows in all.
    pub attempts: Option<i32>,
    /// How long until the next attempt; none: the campaign's retry delay.
    pub delay: Option<Delay>,
    /// It counts towards the attempts that the campaign allows in all. What costs no attempt needs [`Self::attempts`].
    pub uses_attempt: bool,
    /// The next attempt falls into another part of the contact's day, where the hours have one.
    pub another_daypart: bool,
    /// The contact's next number is tried: after each such attempt, or, with [`Self::attempts`], when the number has had
    /// so many.
    pub next_number: bool,
}

/// The rows that a campaign sets, at most one per situation.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RetryTable(pub Vec<RetryRule>);

impl RetryTable {
    /// The row of a situation: the campaign's, or [`Situation::base`].
    #[must_use]
    pub fn rule(&self, situation: Situation) -> RetryRule {
        self.0.iter().find(|rule| rule.situation == situation).cloned().unwrap_or_else(|| situation.base())
    }

    /// Every row, in the order of [`Situation::ALL`].
    #[must_use]
    pub fn rows(&self) -> Vec<RetryRule> {
        Situation::ALL.iter().map(|situation| self.rule(*situation)).collect()
    }

    /// The table of `domain.md` 2.1: who is busy is tried again soon, who does not answer at another time of the day, who
    /// declines once more the next day; faults of ours cost the contact nothing.
    #[must_use]
    pub fn recommended() -> Self {
        use Situation as S;
        let fixed = |minutes| Some(Delay::Fixed { minutes });
        let list = |minutes: &[i32]| Some(Delay::List { minutes: minutes.to_vec() });
        let backoff = Some(Delay::Exponential { base_minutes: 1, cap_minutes: 10, jitter_percent: 20 });
        Self(vec![
            RetryRule { delay: list(&[15, 30, 60]), ..S::Busy.base() },
            RetryRule { delay: list(&[120, 240]), another_daypart: true, ..S::NoAnswer.base() },
            RetryRule { delay: fixed(60), ..S::Unreachable.base() },
            RetryRule { delay: fixed(240), another_daypart: true, ..S::Voicemail.base() },
            RetryRule { attempts: Some(2), delay: fixed(24 * 60), ..S::Declined.base() },
            RetryRule { attempts: Some(5), delay: backoff.clone(), uses_attempt: false, ..S::CarrierFault.base() },
            RetryRule { attempts: Some(5), delay: backoff, uses_attempt: false, ..S::LineFault.base() },
            RetryRule { attempts: Some(2), delay: fixed(120), ..S::AgentFault.base() },
            RetryRule { delay: fixed(120), ..S::HungUp.base() },
            RetryRule { attempts: Some(5), delay: fixed(120), ..S::Callback.base() },
        ])
    }

    /// Adds refusals by their path, for example `retries.2.delay.capMinutes`.
    pub fn check(&self, errors: &mut FieldErrors) {
        let mut seen = BTreeSet::new();
        for (at, rule) in self.0.iter().enumerate() {
            if !seen.insert(rule.situation) {
                errors.add(&format!("retries.{at}.situation"), "duplicate");
            }
            match rule.attempts {
                Some(attempts) => {
                    let field = format!("retries.{at}.attempts");
                    errors.check_range(&field, attempts.into(), 1, MAX_ATTEMPTS_OF_A_KIND.into());
                }
                None if !rule.uses_attempt => errors.add(&format!("retries.{at}.attempts"), "attemptsRequired"),
                None => {}
            }
            if let Some(delay) = &rule.delay {
                delay.check(&format!("retries.{at}.delay"), errors);
            }
        }
    }
}

#[cfg(test)]
mod tests;
