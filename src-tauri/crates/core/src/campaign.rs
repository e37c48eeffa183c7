//! Campaigns: their settings with bounds, and their states with the allowed transitions. Refuses any state change
//! that is not in the table; the database repeats the table in a trigger.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::{field::FieldErrors, limits, retry::RetryTable, spread::SpreadMode, window::DialingWindow};

text_enum! {
    /// Where a campaign is in its life.
    pub enum CampaignState {
        /// Being prepared; nothing is dialled.
        Draft = "draft",
        /// Will start by itself at its start time.
        Scheduled = "scheduled",
        /// Dials whenever its hours and limits allow.
        Running = "running",
        /// Dials nothing new; calls in progress go on.
        Paused = "paused",
        /// Every task has ended, or it was stopped. Final.
        Completed = "completed",
        /// Given up before the end; open tasks are cancelled. Final.
        Cancelled = "cancelled",
    }
}

/// What a person or the clock does to a campaign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum CampaignAction {
    /// Begin or begin again to dial now.
    Start,
    /// Begin to dial at the start time.
    Schedule,
    /// Stop dialling, keep the queue.
    Pause,
    /// Go on after a pause.
    Resume,
    /// End for good: open tasks are cancelled, the campaign is completed.
    Stop,
    /// Give up: open tasks are cancelled, the campaign is cancelled.
    Cancel,
    /// The last task ended (nobody presses this).
    Complete,
}

/// An action that a state does not allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a campaign that is {state} cannot {action:?}")]
pub struct IllegalTransition {
    /// The state at that time.
    pub state: CampaignState,
    /// What was tried.
    pub action: CampaignAction,
}

impl CampaignState {
    /// The state after `action`. `Stop` on a completed campaign changes nothing (acceptance 17).
    ///
    /// # Errors
    /// [`IllegalTransition`] for every pair that is not in the table of `docs/state-machines.md`.
    #[expect(clippy::match_same_arms, reason = "one arm per action reads as the table of the state machine")]
    pub fn after(self, action: CampaignAction) -> Result<Self, IllegalTransition> {
        use CampaignAction as A;
        use CampaignState as S;
        match (self, action) {
            (S::Draft | S::Scheduled | S::Paused, A::Start) | (S::Paused, A::Resume) => Ok(S::Running),
            (S::Draft, A::Schedule) => Ok(S::Scheduled),
            (S::Running | S::Scheduled, A::Pause) => Ok(S::Paused),
            (S::Running | S::Paused | S::Scheduled | S::Completed, A::Stop) => Ok(S::Completed),
            (S::Draft | S::Scheduled | S::Running | S::Paused, A::Cancel) => Ok(S::Cancelled),
            (S::Running | S::Paused, A::Complete) => Ok(S::Completed),
            (
                S::Draft | S::Scheduled | S::Running | S::Paused | S::Completed | S::Cancelled,
                A::Start | A::Schedule | A::Pause | A::Resume | A::Stop | A::Cancel | A::Complete,
            ) => Err(IllegalTransition { state: self, action }),
        }
    }

    /// No way leads out of this state.
    #[must_use]
    pub fn is_final(self) -> bool {
        matches!(self, Self::Completed | Self::Cancelled)
    }
}

/// Everything about a campaign that a supervisor sets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CampaignSettings {
    /// 1..=255 characters.
    pub name: String,
    /// At most 2,000 characters.
    pub description: String,
    /// Calls in progress at the same time, 1..=100.
    pub calls_at_once: i32,
    /// Calls started in any 60 seconds, 1..=100.
    pub calls_per_minute: i32,
    /// Attempts per contact in all, 0..=10; 0 and 1 both mean one attempt (requirements C1, K3).
    pub max_attempts: i32,
    /// Minutes between an attempt that did not reach the contact and the next, where the row of [`Self::retries`] says
    /// nothing else, 1..=1440.
    pub retry_delay_minutes: i32,
    /// What is tried again otherwise than by the two fields above.
    pub retries: RetryTable,
    /// Its share of the company's calls beside other campaigns, 1..=100: one of 20 gets twice the turns of one of 10.
    pub weight: i32,
    /// How its contacts become due.
    pub spread: SpreadMode,
    /// Most that it may spend in a day of its zone, calls in flight counted; none: no limit of its own. Above 0, in the
    /// company's currency.
    pub daily_budget: Option<Decimal>,
    /// After each start it begins with so many calls at once and allows one more for each healthy call, 1..=100; none:
    /// all at once.
    pub ramp_up_from: Option<i32>,
    /// Weekly hours, the dates that are left out, and their zone.
    pub window: DialingWindow,
    /// The hours hold in the contact's own zone, where it is known.
    pub local_time: bool,
    /// Nothing is dialled before; with it a campaign can be scheduled.
    pub starts_at: Option<DateTime<Utc>>,
    /// Nothing is dialled from this instant on.
    pub ends_at: Option<DateTime<Utc>>,
}

impl CampaignSettings {
    /// The defaults of a new campaign: 5 at once, 10 a minute, 3 attempts, 30 minutes, 09:00-21:00 every day.
    #[must_use]
    pub fn with_defaults(name: &str, zone: Tz) -> Self {
        Self {
            name: name.to_owned(),
            description: String::new(),
            calls_at_once: 5,
            calls_per_minute: 10,
            max_attempts: 3,
            retry_delay_minutes: 30,
            retries: RetryTable::default(),
            weight: limits::DEFAULT_WEIGHT,
            spread: SpreadMode::Fast,
            daily_budget: None,
            ramp_up_from: None,
            window: DialingWindow::daily(9 * 60, 21 * 60, zone),
            local_time: false,
            starts_at: None,
            ends_at: None,
        }
    }

    /// Checks every bound (requirements C1, acceptance 4 and 6).
    ///
    /// # Errors
    /// Every refused field, by its wire name.
    pub fn check(&self) -> Result<(), FieldErrors> {
        let mut errors = FieldErrors::default();
        errors.check_text("name", &self.name, 1, 255);
        errors.check_text("description", &self.description, 0, 2000);
        errors.check_range("callsAtOnce", self.calls_at_once.into(), 1, 100);
        errors.check_range("callsPerMinute", self.calls_per_minute.into(), 1, 100);
        errors.check_range("maxAttempts", self.max_attempts.into(), 0, 10);
        errors.check_range("retryDelayMinutes", self.retry_delay_minutes.into(), 1, 1440);
        self.retries.check(&mut errors);
        errors.check_range("weight", self.weight.into(), 1, 100);
        limits::check_budget("dailyBudget", self.daily_budget, &mut errors);
        if let Some(from) = self.ramp_up_from {
            errors.check_range("rampUpFrom", from.into(), 1, 100);
        }
        self.window.check(&mut errors);
        if let (Some(start), Some(end)) = (self.starts_at, self.ends_at)
            && end <= start
        {
            errors.add("endsAt", "endBeforeStart");
        }
        errors.into_result()
    }
}

/// What a change of a campaign is measured against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Present<'a> {
    /// The state.
    pub state: CampaignState,
    /// It was started once.
    pub is_started: bool,
    /// Its settings now.
    pub settings: &'a CampaignSettings,
}

impl Present<'_> {
    /// What may change when: everything before the first start; from then on everything but the skillbase, whose
    /// conversations would no longer compare, and the start, which has passed; nothing in a final state
    /// (the caller refuses that as a whole). A scheduled campaign keeps a start. Changed hours, limits and retries hold for
    /// the next call; a changed spread for contacts that are added from then on.
    ///
    /// # Errors
    /// `locked` for what may not change any more, `startRequired` for a schedule without its start.
    pub fn check_change(&self, new: &CampaignSettings, other_skillbase: bool) -> Result<(), FieldErrors> {
        let mut errors = FieldErrors::default();
        if self.is_started && other_skillbase {
            errors.add("skillbaseId", "locked");
        }
        if self.is_started && self.settings.starts_at != new.starts_at {
            errors.add("startsAt", "locked");
        }
        if self.state == CampaignState::Scheduled && new.starts_at.is_none() {
            errors.add("startsAt", "startRequired");
        }
        errors.into_result()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Makes one field wrong.
    type Spoil = fn(&mut CampaignSettings);

    const STATES: [CampaignState; 6] = [
        CampaignState::Draft,
        CampaignState::Scheduled,
        CampaignState::Running,
        CampaignState::Paused,
        CampaignState::Completed,
        CampaignState::Cancelled,
    ];

    /// Acceptance 15 and 17.
    #[test]
    fn every_pair_of_state_and_action_is_decided() {
        use CampaignAction as A;
        let allowed: Vec<(CampaignState, A, CampaignState)> =
            [A::Start, A::Schedule, A::Pause, A::Resume, A::Stop, A::Cancel, A::Complete]
                .into_iter()
                .flat_map(|action| STATES.into_iter().map(move |state| (state, action)))
                .filter_map(|(state, action)| state.after(action).ok().map(|next| (state, action, next)))
                .collect();
        assert_eq!(allowed.len(), 17, "the table in docs/state-machines.md has 17 arrows");
        assert!(
            allowed.iter().all(|(from, action, to)| !from.is_final() || (*action == A::Stop && from == to)),
            "a final state is left by nothing"
        );
    }

    #[test]
    fn a_completed_campaign_cannot_start_again() {
        let refused = CampaignState::Completed.after(CampaignAction::Start);
        assert!(refused.is_err(), "acceptance 17: start on completed is refused");
    }

    /// Acceptance 4 and 6.
    #[test]
    fn every_bound_is_refused_by_its_field() {
        let good = CampaignSettings::with_defaults("Test", chrono_tz::Europe::Moscow);
        assert!(good.check().is_ok(), "the defaults are valid");
        let cases: [(&str, Spoil); 16] = [
            ("name", |c| c.name = "  ".into()),
            ("name", |c| c.name = "x".repeat(256)),
            ("callsAtOnce", |c| c.calls_at_once = 0),
            ("callsAtOnce", |c| c.calls_at_once = 101),
            ("callsPerMinute", |c| c.calls_per_minute = 0),
            ("callsPerMinute", |c| c.calls_per_minute = 101),
            ("maxAttempts", |c| c.max_attempts = -1),
            ("maxAttempts", |c| c.max_attempts = 11),
            ("retryDelayMinutes", |c| c.retry_delay_minutes = 0),
            ("retryDelayMinutes", |c| c.retry_delay_minutes = 1441),
            ("weight", |c| c.weight = 0),
            ("weight", |c| c.weight = 101),
            ("dailyBudget", |c| c.daily_budget = Some(Decimal::ZERO)),
            ("rampUpFrom", |c| c.ramp_up_from = Some(0)),
            ("hours.0.closes", |c| c.window.spans[0].closes_minute = c.window.spans[0].opens_minute),
            ("hours.0.weekdays", |c| c.window.spans[0].weekdays = crate::window::Weekdays::NONE),
        ];
        for (field, spoil) in cases {
            let mut settings = good.clone();
            spoil(&mut settings);
            let errors = settings.check().expect_err("a spoilt field is refused");
            assert_eq!(errors.0.len(), 1, "only {field} is wrong");
            assert_eq!(errors.0[0].field, field);
        }
    }

    #[test]
    fn a_started_campaign_keeps_its_skillbase_and_its_start() {
        let settings = CampaignSettings::with_defaults("Test", chrono_tz::Europe::Moscow);
        let start = DateTime::from_timestamp(1_740_000_000, 0);
        let later = CampaignSettings { starts_at: start, ..settings.clone() };
        let fields = |state, is_started, new: &CampaignSettings, other| {
            let present = Present { state, is_started, settings: &settings };
            present
                .check_change(new, other)
                .err()
                .map_or_else(Vec::new, |errors| errors.0.into_iter().map(|error| (error.field, error.code)).collect())
        };
        let refused = |field: &str, code: &str| (field.to_owned(), code.to_owned());
        assert_eq!(fields(CampaignState::Draft, false, &later, true), [], "a draft changes freely");
        let running = fields(CampaignState::Running, true, &later, true);
        assert_eq!(running, [refused("skillbaseId", "locked"), refused("startsAt", "locked")]);
        let faster = CampaignSettings { calls_at_once: 50, weight: 20, ..settings.clone() };
        assert_eq!(fields(CampaignState::Running, true, &faster, false), [], "limits change while it runs");
        let scheduled = fields(CampaignState::Scheduled, false, &settings, false);
        assert_eq!(scheduled, [refused("startsAt", "startRequired")]);
    }
}
