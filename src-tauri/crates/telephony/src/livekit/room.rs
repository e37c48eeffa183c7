//! What a look at a room shows. Owns the reading of participants; refuses to remember earlier looks.

use livekit_protocol as proto;
use proto::participant_info::{Kind, State};

use super::outcome::AgentReport;
use crate::PlannedCall;

/// A room at one moment. A room that is gone looks like an empty one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct RoomView {
    pub(super) callee: Option<CalleeStatus>,
    pub(super) agent: Option<AgentView>,
}

/// Where the SIP side is, from the attribute `sip.callStatus`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CalleeStatus {
    /// In the room, and not known to ring: the participant joins before the carrier is asked.
    Dialling,
    Ringing,
    Answered,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct AgentView {
    pub(super) report: Option<AgentReport>,
}

impl RoomView {
    pub(super) fn of(call: &PlannedCall, participants: &[proto::ParticipantInfo]) -> Self {
        let identity = call.identity();
        let mut view = Self::default();
        for participant in participants {
            if participant.state() == State::Disconnected {
                continue;
            }
            if participant.identity == identity {
                let status = participant.attributes.get("sip.callStatus").map(String::as_str);
                view.callee = match status {
                    Some("hangup") => None,
                    Some("ringing") => Some(CalleeStatus::Ringing),
                    // Dialling of further digits is after the answer.
                    Some("active" | "automation") => Some(CalleeStatus::Answered),
                    _ => Some(CalleeStatus::Dialling),
                };
            } else if participant.kind() == Kind::Agent {
                let joined = participant.state() == State::Active;
                let report =
                    participant.attributes.get(AgentReport::ATTRIBUTE).and_then(|text| AgentReport::read(text));
                if joined || report.is_some() {
                    view.agent = Some(AgentView { report });
                }
            }
        }
        view
    }
}
