//! Campaigns: their settings with bounds, and their states with the allowed transitions. Refuses any state change
//! that is not in the table; the database repeats the table in a trigger.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use crate::{field::FieldErrors, window::DialingWindow};

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
    /// Minutes between an attempt that did not reach the contact and the next, 1..=1440.
    pub retry_delay_minutes: i32,
    /// Daily hours, weekdays and zone.
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
        self.window.check(&mut errors);
        if let (Some(start), Some(end)) = (self.starts_at, self.ends_at)
            && end <= start
        {
            errors.add("endsAt", "endBeforeStart");
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
        let cases: [(&str, Spoil); 12] = [
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
            ("windowCloses", |c| c.window.closes_minute = c.window.opens_minute),
            ("weekdays", |c| c.window.weekdays = crate::window::Weekdays::NONE),
        ];
        for (field, spoil) in cases {
            let mut settings = good.clone();
            spoil(&mut settings);
            let errors = settings.check().expect_err("a spoilt field is refused");
            assert_eq!(errors.0.len(), 1, "only {field} is wrong");
            assert_eq!(errors.0[0].field, field);
        }
    }
}
