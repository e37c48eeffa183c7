//! The pretended voice agents. Owns how they come, crash and go; what they say is part of a call's script.

use std::sync::Arc;

use livekit_protocol as proto;
use tokio::time::sleep;

use super::{script::AgentScript, world::World};

/// What the agent writes its outcome into.
const OUTCOME: &str = "callboard.outcome";

/// An accepted dispatch: the agent comes as the present script says.
pub(super) async fn answer_dispatch(world: Arc<World>, room: String, agent_name: String) {
    let (script, closed) = world.change(|state| (state.agent.clone(), state.room(&room).closed.clone()));
    let after = match script {
        AgentScript::Absent => return,
        AgentScript::FailsToStart => {
            return world.change(|state| state.set_jobs(&room, proto::JobStatus::JsFailed));
        }
        AgentScript::Comes { after } => after,
        AgentScript::Crashes { .. } | AgentScript::Leaves { .. } => std::time::Duration::ZERO,
    };
    tokio::select! {
        () = closed.cancelled() => return,
        () = sleep(after) => {}
    }
    world.change(|state| {
        let identity = state.id("agent");
        let attributes = [("lk.agent.name".to_owned(), agent_name)].into();
        state.set_jobs(&room, proto::JobStatus::JsRunning);
        state.join(
            &room,
            proto::ParticipantInfo {
                identity,
                attributes,
                kind: proto::participant_info::Kind::Agent.into(),
                ..proto::ParticipantInfo::default()
            },
        );
    });
}

/// The call was answered: from here on the agent crashes or leaves, if its script says so.
pub(super) async fn live_through_call(world: Arc<World>, room: String) {
    let (script, closed) = world.look(|state| {
        (state.agent.clone(), state.rooms.get(&room).map(|room| room.closed.clone()).unwrap_or_default())
    });
    let (after, status) = match script {
        AgentScript::Crashes { after_answer } => (after_answer, proto::JobStatus::JsFailed),
        AgentScript::Leaves { after_answer } => (after_answer, proto::JobStatus::JsSuccess),
        AgentScript::Absent | AgentScript::Comes { .. } | AgentScript::FailsToStart => return,
    };
    tokio::select! {
        () = closed.cancelled() => return,
        () = sleep(after) => {}
    }
    world.change(|state| {
        state.set_jobs(&room, status);
        for agent in state.agents(&room) {
            state.leave(&room, &agent);
        }
    });
}

/// The agents of a room write down what came of the call.
pub(super) fn say_outcome(world: &World, room: &str, outcome: &str) {
    world.change(|state| {
        for agent in state.agents(room) {
            state.set_attribute(room, &agent, OUTCOME, outcome);
        }
    });
}
