//! What exists on the double: rooms, participants, dispatches. Owns the state and its changes; refuses HTTP.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use livekit_protocol as proto;
use proto::participant_info::{Kind, State as ParticipantState};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::{
    DoubleOptions,
    script::{AgentScript, CallScript, Fault},
};

/// One request that reached its method.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The method without its service: `CreateRoom`.
    pub method: String,
    /// The room it speaks of, when it speaks of one.
    pub room: String,
    /// What it carried, as JSON.
    pub body: serde_json::Value,
}

#[derive(Debug)]
pub(super) struct World {
    pub(super) options: DoubleOptions,
    pub(super) changed: watch::Sender<()>,
    state: Mutex<State>,
}

#[derive(Debug)]
pub(super) struct State {
    pub(super) rooms: HashMap<String, Room>,
    pub(super) scripts: HashMap<String, CallScript>,
    pub(super) agent: AgentScript,
    pub(super) fault: Option<Fault>,
    pub(super) requests: Vec<Request>,
    /// By number, what makes its callee hang up.
    pub(super) calls: HashMap<String, CancellationToken>,
    last_id: u32,
}

#[derive(Debug)]
pub(super) struct Room {
    pub(super) info: proto::Room,
    pub(super) participants: Vec<proto::ParticipantInfo>,
    pub(super) dispatches: Vec<proto::AgentDispatch>,
    /// Cancelled when the room is gone.
    pub(super) closed: CancellationToken,
}

impl World {
    pub(super) fn new(options: DoubleOptions) -> Self {
        Self {
            options,
            changed: watch::Sender::new(()),
            state: Mutex::new(State {
                rooms: HashMap::new(),
                scripts: HashMap::new(),
                agent: AgentScript::Comes { after: std::time::Duration::ZERO },
                fault: None,
                requests: Vec::new(),
                calls: HashMap::new(),
                last_id: 0,
            }),
        }
    }

    pub(super) fn look<T>(&self, look: impl FnOnce(&State) -> T) -> T {
        look(&self.state())
    }

    pub(super) fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        let result = change(&mut self.state());
        self.changed.send_replace(());
        result
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn script_for(&self, phone: &str) -> CallScript {
        self.look(|state| state.scripts.get(phone).cloned())
            .unwrap_or_else(|| CallScript::by_last_digits(phone, self.options.ring, self.options.talk))
    }
}

impl State {
    pub(super) fn id(&mut self, prefix: &str) -> String {
        self.last_id += 1;
        format!("{prefix}_{:04}", self.last_id)
    }

    /// The room of this name, made when there is none: rooms are made on demand, as with `room.auto_create`.
    pub(super) fn room(&mut self, name: &str) -> &mut Room {
        if !self.rooms.contains_key(name) {
            let sid = self.id("RM");
            let info = proto::Room {
                sid,
                name: name.to_owned(),
                empty_timeout: 300,
                departure_timeout: 20,
                ..proto::Room::default()
            };
            let room =
                Room { info, participants: Vec::new(), dispatches: Vec::new(), closed: CancellationToken::new() };
            self.rooms.insert(name.to_owned(), room);
        }
        self.rooms.get_mut(name).expect("it was just made")
    }

    /// Whether there was such a room.
    pub(super) fn delete_room(&mut self, name: &str) -> bool {
        match self.rooms.remove(name) {
            Some(room) => {
                room.closed.cancel();
                true
            }
            None => false,
        }
    }

    pub(super) fn join(&mut self, room: &str, participant: proto::ParticipantInfo) {
        let sid = self.id("PA");
        let participants = &mut self.room(room).participants;
        // A second join with the same identity takes the place of the first one.
        participants.retain(|other| other.identity != participant.identity);
        let state = ParticipantState::Active.into();
        participants.push(proto::ParticipantInfo { sid, state, ..participant });
    }

    pub(super) fn leave(&mut self, room: &str, identity: &str) {
        if let Some(room) = self.rooms.get_mut(room) {
            room.participants.retain(|participant| participant.identity != identity);
        }
    }

    pub(super) fn set_attribute(&mut self, room: &str, identity: &str, key: &str, value: &str) {
        let participants = self.rooms.get_mut(room).map(|room| &mut room.participants);
        for participant in participants.into_iter().flatten() {
            if participant.identity == identity {
                participant.attributes.insert(key.to_owned(), value.to_owned());
            }
        }
    }

    pub(super) fn agents(&self, room: &str) -> Vec<String> {
        let participants = self.rooms.get(room).map(|room| room.participants.as_slice()).unwrap_or_default();
        participants
            .iter()
            .filter(|participant| participant.kind() == Kind::Agent)
            .map(|participant| participant.identity.clone())
            .collect()
    }

    pub(super) fn set_jobs(&mut self, room: &str, status: proto::JobStatus) {
        let dispatches = self.rooms.get_mut(room).map(|room| &mut room.dispatches);
        for dispatch in dispatches.into_iter().flatten() {
            let job = proto::Job {
                id: format!("AJ_{}", dispatch.id),
                dispatch_id: dispatch.id.clone(),
                agent_name: dispatch.agent_name.clone(),
                state: Some(proto::JobState { status: status.into(), ..proto::JobState::default() }),
                ..proto::Job::default()
            };
            dispatch.state =
                Some(proto::AgentDispatchState { jobs: vec![job], ..proto::AgentDispatchState::default() });
        }
    }
}
