//! What a test can ask of a scripted call. Owns the scripts and the ends they lead to; refuses to run anything.

use std::time::Duration;

use callboard_core::call::{Disposition, Outcome};
use callboard_telephony::{CallEnd, LineFault};

/// How a call goes.
#[derive(Debug, Clone, PartialEq)]
pub enum Script {
    /// Answered, the goal was reached.
    Success,
    /// Answered, the person said no.
    Refusal,
    /// Answered, the person asked to be called again.
    Callback,
    /// Answered, and the agent said nothing of the outcome.
    AnsweredWithoutOutcome,
    /// A machine picked up.
    Voicemail,
    /// SIP 486.
    Busy,
    /// It rang out.
    NoAnswer,
    /// SIP 603.
    Declined,
    /// SIP 404.
    InvalidNumber,
    /// SIP 503.
    CarrierFault,
    /// Answered, then the agent failed.
    AgentFault,
    /// The line broke after sending, nothing rang.
    LineFault,
    /// The reply was lost.
    Unknown,
    /// Exactly this end; answered when it has talk time.
    Ends(CallEnd),
    /// Not placed: the permit had run out. Nothing gets into the ledger.
    PermitExpired,
    /// The line panics after it placed the call.
    Panic,
}

/// Where a call can be made to wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Stage {
    /// In `prepare`, before it answers.
    Preparing,
    /// In `place`, before the permit is checked: nothing has been sent.
    Sending,
    /// Placed and ringing.
    Ringing,
    /// Answered.
    Talking,
    /// Found by `reconcile`, before anything more happens to it.
    Reconciling,
}

impl Stage {
    pub(super) const ALL: [Self; 5] = [Self::Preparing, Self::Sending, Self::Ringing, Self::Talking, Self::Reconciling];
}

/// What `reconcile` finds.
#[derive(Debug, Clone, PartialEq)]
pub enum Found {
    /// Nothing: the call ends as unknown.
    Gone,
    /// The call, still going on; it goes on like this.
    Live(Script),
    /// The line cannot be asked.
    Unreachable(LineFault),
}

impl Script {
    /// Whether the called side picks up.
    #[must_use]
    pub fn is_answered(&self) -> bool {
        !self.end().talk.is_zero()
    }

    /// The end that this script leads to.
    #[must_use]
    pub fn end(&self) -> CallEnd {
        let rang = |disposition, seconds, sip_status| CallEnd {
            sip_status,
            ..CallEnd::without_conversation(disposition, Duration::from_secs(seconds))
        };
        let answered = |disposition, outcome: Option<Outcome>| CallEnd {
            outcome,
            outcome_reason: outcome.map(|outcome| format!("the script says {outcome}")),
            talk: Duration::from_secs(30),
            ..rang(disposition, 4, Some(200))
        };
        let failed = |disposition, sip_status, error: &str| CallEnd {
            error: Some(error.to_owned()),
            ..rang(disposition, 1, sip_status)
        };
        match self {
            Self::Success => answered(Disposition::Answered, Some(Outcome::Success)),
            Self::Refusal => answered(Disposition::Answered, Some(Outcome::Refusal)),
            Self::Callback => answered(Disposition::Answered, Some(Outcome::Callback)),
            Self::AnsweredWithoutOutcome => answered(Disposition::Answered, None),
            Self::Voicemail => answered(Disposition::Voicemail, Some(Outcome::Voicemail)),
            Self::Busy => rang(Disposition::Busy, 2, Some(486)),
            Self::NoAnswer => rang(Disposition::NoAnswer, 30, None),
            Self::Declined => rang(Disposition::Declined, 5, Some(603)),
            Self::InvalidNumber => rang(Disposition::InvalidNumber, 1, Some(404)),
            Self::CarrierFault => failed(Disposition::CarrierFault, Some(503), "the carrier answered with 503"),
            Self::AgentFault => CallEnd {
                error: Some("the voice agent left the call".to_owned()),
                ..answered(Disposition::AgentFault, None)
            },
            Self::LineFault => failed(Disposition::LineFault, None, "the line refused the call"),
            Self::Unknown => failed(Disposition::Unknown, None, "the reply to the dialling request was lost"),
            Self::Ends(end) => end.clone(),
            Self::PermitExpired | Self::Panic => rang(Disposition::Unknown, 0, None),
        }
    }
}
