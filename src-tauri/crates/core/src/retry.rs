//! What happens to a task after an attempt. Owns the policy table; refuses to know about clocks: it answers with a
//! kind of next step, the caller adds the delay.

use crate::{
    call::{Disposition, Outcome},
    task::TaskStatus,
};

/// The next step of a task after an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NextStep {
    /// The contact was reached.
    Complete,
    /// Try again after the campaign's retry delay.
    Retry,
    /// Attempts used up, or no further attempt makes sense.
    Fail,
}

impl NextStep {
    /// The status the task takes.
    #[must_use]
    pub fn status(self) -> TaskStatus {
        match self {
            Self::Complete => TaskStatus::Completed,
            Self::Retry => TaskStatus::Retry,
            Self::Fail => TaskStatus::Failed,
        }
    }
}

/// Decides after an attempt. `attempts` counts this one. A contact is retried while `attempts < max_attempts`
/// (requirements C1: with `max_retries` 2 the first failure retries, the second is final).
///
/// A person who was reached is never called again by the queue itself: a success, a refusal and a conversation that
/// led nowhere are complete. An agent that failed (acceptance 50) is retried although somebody picked up.
#[must_use]
pub fn next_step(disposition: Disposition, outcome: Outcome, attempts: i32, max_attempts: i32) -> NextStep {
    let again = if attempts < max_attempts { NextStep::Retry } else { NextStep::Fail };
    match disposition {
        Disposition::Answered => match outcome {
            Outcome::Success | Outcome::Refusal | Outcome::Unknown => NextStep::Complete,
            Outcome::Callback => {
                if attempts < max_attempts {
                    NextStep::Retry
                } else {
                    NextStep::Complete
                }
            }
            Outcome::InvalidNumber => NextStep::Fail,
            Outcome::Voicemail | Outcome::NoAnswer | Outcome::Busy | Outcome::Failed => again,
        },
        Disposition::Declined => NextStep::Complete,
        Disposition::InvalidNumber => NextStep::Fail,
        Disposition::Voicemail
        | Disposition::Busy
        | Disposition::NoAnswer
        | Disposition::CarrierFault
        | Disposition::AgentFault
        | Disposition::HungUp
        | Disposition::LineFault
        | Disposition::Unknown => again,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Acceptance 22 and K3.
    #[test]
    fn the_limit_counts_all_attempts() {
        let step = |attempts, max| next_step(Disposition::NoAnswer, Outcome::NoAnswer, attempts, max);
        assert_eq!(step(1, 2), NextStep::Retry, "first of two");
        assert_eq!(step(2, 2), NextStep::Fail, "second of two");
        assert_eq!(step(1, 0), NextStep::Fail, "0 means that the first failure is final");
        assert_eq!(step(1, 1), NextStep::Fail);
    }

    /// Acceptance 48 and 50.
    #[test]
    fn what_is_retried_depends_on_the_disposition() {
        let step = |disposition: Disposition| next_step(disposition, disposition.outcome_without_conversation(), 1, 3);
        assert_eq!(step(Disposition::Busy), NextStep::Retry);
        assert_eq!(step(Disposition::NoAnswer), NextStep::Retry);
        assert_eq!(step(Disposition::CarrierFault), NextStep::Retry);
        assert_eq!(step(Disposition::AgentFault), NextStep::Retry, "an agent crash is never a completion");
        assert_eq!(step(Disposition::Unknown), NextStep::Retry, "after the normal delay only");
        assert_eq!(step(Disposition::InvalidNumber), NextStep::Fail, "failed at once");
    }
}
