//! The whole of a practice call before it begins. Owns the pure function from seed and call to events and end; refuses
//! to wait.

use std::time::Duration;

use callboard_core::call::{Disposition, Outcome};

use super::{
    draw::Draw,
    fate::Fate,
    phrases::Phrases,
    talk::{Conversation, converse},
};
use crate::{CallEnd, LineEvent, PlannedCall, TimedEvent};

/// A practice call from dialling to its end, in the time of life.
#[derive(Debug, Clone, PartialEq)]
pub struct PracticePlan {
    /// What becomes of it. A call that would have been answered after the ring timeout is a [`Fate::NoAnswer`].
    pub fate: Fate,
    /// What is reported, in order of time.
    pub events: Vec<TimedEvent>,
    /// How it ends, at the sum of its ring and its talk time.
    pub end: CallEnd,
}

/// Plans a practice call: the same seed, number, attempt and texts give the same plan on every machine.
#[must_use]
pub fn plan(seed: u64, call: &PlannedCall) -> PracticePlan {
    let mut draw = Draw::new(seed, &call.phone, call.attempt);
    let fate = Fate::of(&call.phone, &mut draw);
    // The carrier needs a moment before the phone rings; those whose fate is fixed answer soon, for those who learn.
    let ringing = draw.between(0.8, 2.5);
    let pick_up =
        ringing + if Fate::fixed_by(&call.phone).is_some() { draw.between(1.5, 3.0) } else { draw.between(2.0, 16.0) };
    let rings = |ring: Duration| if ring > ringing { Some(ringing) } else { None };
    let fail = |fate, disposition, sip_status, ring: Duration, ringing: Option<Duration>| PracticePlan {
        fate,
        events: ringing.into_iter().map(|at| TimedEvent { at, event: LineEvent::Ringing }).collect(),
        end: CallEnd { sip_status, ..CallEnd::without_conversation(disposition, ring) },
    };
    let rung_out = |ring: Duration| {
        if ring < call.ring_timeout {
            fail(Fate::NoAnswer, Disposition::NoAnswer, Some(480), ring, rings(ring))
        } else {
            fail(Fate::NoAnswer, Disposition::NoAnswer, None, call.ring_timeout, rings(call.ring_timeout))
        }
    };
    match fate {
        Fate::NoAnswer => rung_out(draw.between(20.0, 30.0)),
        Fate::Busy => fail(fate, Disposition::Busy, Some(486), draw.between(1.5, 4.0), None),
        Fate::InvalidNumber => fail(fate, Disposition::InvalidNumber, Some(404), draw.between(1.0, 3.0), None),
        Fate::CarrierFault => {
            let mut plan = fail(fate, Disposition::CarrierFault, Some(503), draw.between(0.5, 3.0), None);
            plan.end.error = Some("the practice carrier answered with SIP 503".to_owned());
            plan
        }
        Fate::Declined if pick_up < call.ring_timeout => {
            fail(fate, Disposition::Declined, Some(603), pick_up, Some(ringing))
        }
        _ if pick_up >= call.ring_timeout => rung_out(call.ring_timeout),
        _ => answered(fate, ringing, pick_up, call, draw),
    }
}

fn answered(fate: Fate, ringing: Duration, pick_up: Duration, call: &PlannedCall, draw: Draw) -> PracticePlan {
    let phrases = Phrases::in_language(&call.language);
    let Conversation { events: speech, length } = converse(fate, &call.greeting, phrases, draw);
    let talk = length.min(call.max_duration);
    let cut_short = talk < length;

    let mut events = vec![
        TimedEvent { at: ringing, event: LineEvent::Ringing },
        TimedEvent { at: pick_up, event: LineEvent::Answered },
    ];
    events.extend(
        speech
            .into_iter()
            .filter(|(at, _)| *at <= talk)
            .map(|(at, event)| TimedEvent { at: pick_up + at, event: LineEvent::Speech(event) }),
    );

    let (disposition, outcome) = match fate {
        Fate::Voicemail => (Disposition::Voicemail, Some(Outcome::Voicemail)),
        Fate::AgentFault => (Disposition::AgentFault, None),
        _ if cut_short => (Disposition::Answered, None),
        Fate::Agrees => (Disposition::Answered, Some(Outcome::Success)),
        Fate::Refuses => (Disposition::Answered, Some(Outcome::Refusal)),
        Fate::AsksToCallBack => (Disposition::Answered, Some(Outcome::Callback)),
        Fate::HangsUpAfterGreeting => (Disposition::Answered, Some(Outcome::Unknown)),
        Fate::Busy | Fate::NoAnswer | Fate::InvalidNumber | Fate::Declined | Fate::CarrierFault => {
            unreachable!("nobody picks up in these")
        }
    };
    let end = CallEnd {
        outcome,
        outcome_reason: if cut_short { None } else { phrases.reason(fate).map(str::to_owned) },
        sip_status: Some(200),
        error: (fate == Fate::AgentFault).then(|| "the practice agent failed during the call".to_owned()),
        talk,
        ..CallEnd::without_conversation(disposition, pick_up)
    };
    PracticePlan { fate, events, end }
}
