//! The line: places a call and follows it to its end.
//!
//! Owns the trait [`Line`] and its two implementations, `LiveKit` SIP and the practice line. Refuses to decide
//! whether a call may be placed (admission does) and to store anything (the engine does). It never repeats a dialling
//! request: a lost reply is [`Disposition::Unknown`], not a reason to try again.

use std::time::{Duration, SystemTime};

use callboard_core::{
    call::{Disposition, Outcome},
    id::{CallId, CampaignId, CompanyId, TaskId},
    line::LineKind,
    telemetry::SpeechEvent,
};
use chrono::{DateTime, Utc};
use futures_util::future::BoxFuture;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

pub mod livekit;
pub mod practice;
mod report;

/// A call that may be placed: everything the line needs to know. Room and identity are derived from the call id, so
/// that anyone can find the call again after a crash.
#[derive(Debug, Clone)]
pub struct PlannedCall {
    /// The company.
    pub company_id: CompanyId,
    /// The campaign.
    pub campaign_id: CampaignId,
    /// The task.
    pub task_id: TaskId,
    /// The attempt.
    pub call_id: CallId,
    /// Number of the attempt at this task, from 1.
    pub attempt: u32,
    /// E.164 number.
    pub phone: String,
    /// Name of the contact, when known.
    pub contact_name: Option<String>,
    /// What the voice agent gets: campaign, skillbase version, contact data. A JSON object, at most 64 KiB.
    pub metadata: serde_json::Value,
    /// The skillbase's conversation language, `ru` or `en`.
    pub language: String,
    /// The bot's first sentence.
    pub greeting: String,
    /// Ringing longer than this is no answer; at most 75 s.
    pub ring_timeout: Duration,
    /// The conversation is ended after this.
    pub max_duration: Duration,
}

impl PlannedCall {
    /// The room of this call.
    #[must_use]
    pub fn room(&self) -> String {
        room_of(self.call_id)
    }

    /// The identity of the called person in the room.
    #[must_use]
    pub fn identity(&self) -> String {
        identity_of(self.call_id)
    }
}

/// The room of a call, the same for everyone at all times.
#[must_use]
pub fn room_of(call_id: CallId) -> String {
    format!("callboard-{call_id}")
}

/// The identity of the called person, the same for everyone at all times.
#[must_use]
pub fn identity_of(call_id: CallId) -> String {
    format!("callee-{call_id}")
}

/// Leave to let a phone ring, given by a committed dial intent. It runs out by two clocks: the monotonic one stands still
/// while a computer sleeps, and a call that was permitted in the evening must not be sent when the lid is opened at night.
#[derive(Debug, Clone, Copy)]
pub struct DialPermit {
    not_after: tokio::time::Instant,
    issued: SystemTime,
    lasting: Duration,
}

impl DialPermit {
    /// A permit from now on for so long.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "only the wall clock of this machine knows of its sleep")]
    pub fn lasting(lasting: Duration) -> Self {
        Self { not_after: tokio::time::Instant::now() + lasting, issued: SystemTime::now(), lasting }
    }

    /// Whether the line must not send the dialling request any more; it asks right before the send. A wall clock that
    /// was set back says nothing about the time that has passed, so that ends it too.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "only the wall clock of this machine knows of its sleep")]
    pub fn has_run_out(&self) -> bool {
        let by_the_wall = SystemTime::now().duration_since(self.issued);
        tokio::time::Instant::now() >= self.not_after || by_the_wall.map_or(true, |passed| passed >= self.lasting)
    }

    /// Waits until it has run out by the monotonic clock.
    pub(crate) async fn running_out(&self) {
        tokio::time::sleep_until(self.not_after).await;
    }
}

/// Something that happened during a call.
#[derive(Debug, Clone, PartialEq)]
pub enum LineEvent {
    /// The carrier reports ringing.
    Ringing,
    /// Someone or something picked up.
    Answered,
    /// Something was said or measured.
    Speech(SpeechEvent),
}

/// An event with the time of the line at which it happened: monotonic, from the moment of dialling. On a practice line
/// that runs faster than life this is still the time of life, so that latencies and durations mean what they say.
#[derive(Debug, Clone, PartialEq)]
pub struct TimedEvent {
    /// Since dialling.
    pub at: Duration,
    /// What happened.
    pub event: LineEvent,
}

/// Where a line reports what happens. The line never waits for a slow reader longer than the channel's capacity.
pub type EventSink = mpsc::Sender<TimedEvent>;

/// How a call ended.
#[derive(Debug, Clone, PartialEq)]
pub struct CallEnd {
    /// How dialling ended.
    pub disposition: Disposition,
    /// What the agent says came of the conversation, when it said so.
    pub outcome: Option<Outcome>,
    /// Why, in words, when the agent said so.
    pub outcome_reason: Option<String>,
    /// Final SIP status, when there was one.
    pub sip_status: Option<u16>,
    /// Cause of a failure in words for the supervisor (no phone number, no secret).
    pub error: Option<String>,
    /// From dialling to the answer, or to the end without one, in line time.
    pub ring: Duration,
    /// From the answer to the end, in line time; zero without an answer.
    pub talk: Duration,
    /// What the carrier said beside the status, letters only: whether it limits us or faults is told by that alone.
    pub sip_phrase: Option<String>,
    /// When the person wants to be called again, when the agent said so.
    pub callback_at: Option<DateTime<Utc>>,
}

impl CallEnd {
    /// An end without a conversation.
    #[must_use]
    pub fn without_conversation(disposition: Disposition, ring: Duration) -> Self {
        Self {
            disposition,
            outcome: None,
            outcome_reason: None,
            sip_status: None,
            error: None,
            ring,
            talk: Duration::ZERO,
            sip_phrase: None,
            callback_at: None,
        }
    }
}

/// What is wrong with a line. The code decides what the person is told to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LineFaultCode {
    /// Nothing is configured, or a needed setting is missing.
    NotConfigured,
    /// Nobody answers at the address (DNS, refused, timeout, TLS).
    Unreachable,
    /// Somebody answers, but it is not a `LiveKit` server.
    NotALiveKitServer,
    /// The key or the secret is wrong.
    WrongKey,
    /// The key is right but may not do what is needed (missing grant).
    NotPermitted,
    /// The outbound trunk does not exist.
    UnknownTrunk,
    /// SIP is not available on the server.
    SipUnavailable,
    /// The voice agent did not come within its time.
    AgentAbsent,
    /// Anything else the server said.
    Refused,
}

impl LineFaultCode {
    /// The text on the wire and the key of the message catalogue `errors.line.*`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotConfigured => "not_configured",
            Self::Unreachable => "unreachable",
            Self::NotALiveKitServer => "not_a_livekit_server",
            Self::WrongKey => "wrong_key",
            Self::NotPermitted => "not_permitted",
            Self::UnknownTrunk => "unknown_trunk",
            Self::SipUnavailable => "sip_unavailable",
            Self::AgentAbsent => "agent_absent",
            Self::Refused => "refused",
        }
    }
}

/// A line that cannot be used at this moment; nothing rang.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{detail}")]
pub struct LineFault {
    /// What kind of fault.
    pub code: LineFaultCode,
    /// The cause in words, without numbers of people and without secrets.
    pub detail: String,
}

/// A permitted call that was certainly not sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotPlaced {
    /// The permit had run out right before the send.
    #[error("the permit to dial had run out before the call was sent")]
    PermitExpired,
}

/// What places calls. Implementations must be safe to use for many calls at once.
pub trait Line: Send + Sync + 'static {
    /// Which line this is.
    fn kind(&self) -> LineKind;

    /// Whether a campaign could be dialled now: address, key, grants, trunk.
    fn check(&self) -> BoxFuture<'_, Result<(), LineFault>>;

    /// Does everything that comes before a phone can ring: room, agent dispatch, waiting for the agent.
    /// After an error nothing is left behind that costs money.
    fn prepare<'a>(&'a self, call: &'a PlannedCall) -> BoxFuture<'a, Result<(), LineFault>>;

    /// Places a prepared call and follows it to its end; the request is sent at most once. `hang_up` ends a call in
    /// progress. The room is removed at the end.
    fn place<'a>(
        &'a self,
        call: &'a PlannedCall,
        permit: DialPermit,
        events: EventSink,
        hang_up: CancellationToken,
    ) -> BoxFuture<'a, Result<CallEnd, NotPlaced>>;

    /// Undoes [`Line::prepare`] for a call that will not be placed. Best effort.
    fn release<'a>(&'a self, call: &'a PlannedCall) -> BoxFuture<'a, ()>;

    /// Finds a call whose worker died after the dial intent. Follows it to its end when it is still in progress, ends
    /// it with [`Disposition::Unknown`] when it is gone; an error means that the line could not be asked, and the
    /// caller asks again later.
    fn reconcile<'a>(
        &'a self,
        call: &'a PlannedCall,
        events: EventSink,
        hang_up: CancellationToken,
    ) -> BoxFuture<'a, Result<CallEnd, LineFault>>;
}

#[cfg(test)]
mod tests {
    use super::*;

    const LASTING: Duration = Duration::from_secs(2);

    #[test]
    fn a_fresh_permit_holds_and_one_without_time_does_not() {
        assert!(!DialPermit::lasting(LASTING).has_run_out());
        assert!(DialPermit::lasting(Duration::ZERO).has_run_out());
    }

    /// Promise P3, fault F3: the lid was closed between the dial intent and the send. The monotonic clock stood still.
    #[test]
    fn a_computer_that_slept_does_not_dial_when_it_wakes() {
        let permit = DialPermit::lasting(LASTING);
        let slept = DialPermit { issued: permit.issued - Duration::from_hours(8), ..permit };
        assert!(tokio::time::Instant::now() < slept.not_after, "the monotonic clock alone would let it through");
        assert!(slept.has_run_out());
    }

    #[test]
    fn a_wall_clock_that_was_set_back_ends_a_permit() {
        let permit = DialPermit::lasting(LASTING);
        assert!(DialPermit { issued: permit.issued + Duration::from_hours(1), ..permit }.has_run_out());
    }
}
