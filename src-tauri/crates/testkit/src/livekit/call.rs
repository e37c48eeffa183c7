//! One pretended SIP call, from the request to its end. Owns the state machine; it runs on its own, because a real
//! phone goes on ringing when the client that asked for it is gone.

use std::{sync::Arc, time::Duration};

use livekit_protocol as proto;
use tokio::{sync::oneshot, time::sleep};
use tokio_util::sync::CancellationToken;

use super::{
    agent,
    script::{CallScript, OutcomeAt, Then},
    twirp::TwirpError,
    world::World,
};
use crate::ledger::{EntryKind, Leg};

/// What the HTTP side has to do with the request.
pub(super) enum Reply {
    /// An ordinary answer.
    Answer(Result<proto::SipParticipantInfo, TwirpError>),
    /// Break the connection.
    Cut,
    /// A page in HTML with status 502.
    BadGateway,
}

/// Status attribute of SIP participants.
const STATUS: &str = "sip.callStatus";

pub(super) struct Call {
    world: Arc<World>,
    request: proto::CreateSipParticipantRequest,
    leg: Leg,
    script: CallScript,
    hang_up: CancellationToken,
    closed: CancellationToken,
}

/// Begins the call; the reply comes on the channel, if ever.
pub(super) fn begin(world: &Arc<World>, request: proto::CreateSipParticipantRequest) -> oneshot::Receiver<Reply> {
    let (reply, receiver) = oneshot::channel();
    let script = world.script_for(&request.sip_call_to);
    let leg = Leg {
        room: request.room_name.clone(),
        identity: request.participant_identity.clone(),
        phone: request.sip_call_to.clone(),
        campaign: request.participant_attributes.get("callboard.campaign_id").cloned(),
    };
    let call = Call {
        world: Arc::clone(world),
        request,
        leg,
        script,
        hang_up: CancellationToken::new(),
        closed: CancellationToken::new(),
    };
    tokio::spawn(call.run(reply));
    receiver
}

impl Call {
    async fn run(mut self, reply: oneshot::Sender<Reply>) {
        let then = self.script.then.clone();
        let mut reply = Some(reply);
        let mut answer = move |value: Reply| {
            if let Some(reply) = reply.take() {
                // The client may be gone; the call goes on all the same.
                let _ = reply.send(value);
            }
        };
        match then {
            Then::NoSipNode => {
                return answer(Reply::Answer(Err(TwirpError::new("unavailable", "no response from servers"))));
            }
            Then::RequestLost => return answer(Reply::Cut),
            Then::Silence => return std::future::pending().await,
            _ => {}
        }
        if matches!(then, Then::ReplyLost { .. }) && !self.script.before_dialling.is_zero() {
            answer(Reply::Cut);
        }
        sleep(self.script.before_dialling).await;
        self.dial();
        if matches!(then, Then::ReplyLost { .. }) {
            answer(Reply::Cut);
        }

        let ring = match then {
            Then::RingOut => {
                let asked = self.request.ringing_timeout.as_ref().map(|asked| (asked.seconds, asked.nanos));
                length(asked, Duration::from_secs(30))
            }
            _ => self.script.ring,
        };
        if self.over_before(ring).await {
            self.end();
            let cancelled = TwirpError::sip(487, "Request Terminated");
            return answer(Reply::Answer(Err(cancelled)));
        }
        let talk = match then {
            Then::Sip { code, reason } => {
                self.end();
                return answer(Reply::Answer(Err(TwirpError::sip(code, reason))));
            }
            Then::RingOut => {
                self.end();
                let message = "twirp error canceled: sip request timed out";
                return answer(Reply::Answer(Err(TwirpError::new("canceled", message))));
            }
            Then::CarrierAuth => {
                self.end();
                let message = "sip server required auth, but no username or password was provided";
                return answer(Reply::Answer(Err(TwirpError::new("failed_precondition", message))));
            }
            Then::Deadline { talk } => {
                answer(Reply::Answer(Err(TwirpError::new("deadline_exceeded", "request timed out"))));
                Some(talk)
            }
            Then::BadGateway { talk } => {
                answer(Reply::BadGateway);
                Some(talk)
            }
            Then::ReplyLost { talk } => Some(talk),
            Then::Answer { talk } => talk,
            Then::RequestLost | Then::NoSipNode | Then::Silence => unreachable!("these never dial"),
        };
        self.answered();
        answer(Reply::Answer(Ok(self.info())));
        self.converse(talk).await;
        self.end();
        self.after_end().await;
    }

    fn info(&self) -> proto::SipParticipantInfo {
        proto::SipParticipantInfo {
            participant_id: format!("PA_{}", self.leg.identity),
            participant_identity: self.leg.identity.clone(),
            room_name: self.leg.room.clone(),
            sip_call_id: format!("SCL_{}", self.leg.identity),
        }
    }

    /// The participant joins before the INVITE goes out, as on the real server.
    fn dial(&mut self) {
        let mut attributes = self.request.participant_attributes.clone();
        attributes.insert("sip.callID".to_owned(), format!("SCL_{}", self.leg.identity));
        attributes.insert(STATUS.to_owned(), "dialing".to_owned());
        if !self.request.hide_phone_number {
            attributes.insert("sip.phoneNumber".to_owned(), self.leg.phone.clone());
        }
        let participant = proto::ParticipantInfo {
            identity: self.leg.identity.clone(),
            name: self.request.participant_name.clone(),
            attributes,
            kind: proto::participant_info::Kind::Sip.into(),
            ..proto::ParticipantInfo::default()
        };
        self.closed = self.world.change(|state| {
            state.join(&self.leg.room, participant);
            state.calls.insert(self.leg.phone.clone(), self.hang_up.clone());
            state.room(&self.leg.room).closed.clone()
        });
        self.write(EntryKind::Placed);
        self.status("ringing");
    }

    fn answered(&self) {
        self.write(EntryKind::Answered);
        self.status("active");
        if let (Some(outcome), OutcomeAt::Answer) = (&self.script.agent_says, self.script.outcome_at) {
            agent::say_outcome(&self.world, &self.leg.room, outcome);
        }
        tokio::spawn(agent::live_through_call(Arc::clone(&self.world), self.leg.room.clone()));
    }

    async fn converse(&self, talk: Option<Duration>) {
        let asked = self.request.max_call_duration.as_ref().map(|asked| (asked.seconds, asked.nanos));
        let longest = length(asked, Duration::from_hours(24));
        self.over_before(talk.unwrap_or(longest).min(longest)).await;
        if let (Some(outcome), OutcomeAt::End) = (&self.script.agent_says, self.script.outcome_at) {
            agent::say_outcome(&self.world, &self.leg.room, outcome);
        }
        if self.script.agent_deletes_room {
            self.world.change(|state| state.delete_room(&self.leg.room));
        }
    }

    fn end(&self) {
        self.world.change(|state| {
            state.set_attribute(&self.leg.room, &self.leg.identity, STATUS, "hangup");
            state.leave(&self.leg.room, &self.leg.identity);
            state.calls.remove(&self.leg.phone);
        });
        self.write(EntryKind::Ended);
    }

    async fn after_end(&self) {
        if let (Some(outcome), OutcomeAt::AfterEnd(delay)) = (&self.script.agent_says, self.script.outcome_at) {
            sleep(delay).await;
            agent::say_outcome(&self.world, &self.leg.room, outcome);
        }
        let departure =
            self.world.look(|state| state.rooms.get(&self.leg.room).map(|room| room.info.departure_timeout));
        if let Some(seconds) = departure {
            sleep(Duration::from_secs(u64::from(seconds))).await;
            self.world.change(|state| {
                let empty = state.rooms.get(&self.leg.room).is_some_and(|room| room.participants.is_empty());
                if empty {
                    state.delete_room(&self.leg.room);
                }
            });
        }
    }

    /// Waits, and says whether the call was over before the time was.
    async fn over_before(&self, time: Duration) -> bool {
        tokio::select! {
            biased;
            () = self.closed.cancelled() => true,
            () = self.hang_up.cancelled() => true,
            () = sleep(time) => false,
        }
    }

    fn status(&self, status: &str) {
        self.world.change(|state| {
            state.set_attribute(&self.leg.room, &self.leg.identity, STATUS, status);
        });
    }

    fn write(&self, kind: EntryKind) {
        // The file of the ledger is forced to the disk here, on purpose before anything else happens.
        self.world.options.ledger.write(kind, &self.leg);
        self.world.changed.send_replace(());
    }
}

/// A length that the request may give in seconds and nanoseconds.
fn length(asked: Option<(i64, i32)>, default: Duration) -> Duration {
    asked.map_or(default, |(seconds, nanos)| {
        Duration::new(u64::try_from(seconds).unwrap_or(0), u32::try_from(nanos).unwrap_or(0))
    })
}
