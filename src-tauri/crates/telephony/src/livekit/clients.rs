//! The requests of a call. Owns what is sent to the server; refuses to send anything a second time.

use std::{collections::HashMap, time::Duration};

use livekit_api::services::{
    ServiceError,
    agent_dispatch::AgentDispatchClient,
    room::{CreateRoomOptions, RoomClient},
};
use livekit_protocol as proto;
use secrecy::ExposeSecret;

use super::{
    LONGEST_RING, LivekitSettings,
    dialled::is_not_found,
    dialling::{DialFault, Dialling},
    probe::Probe,
};
use crate::{DialPermit, PlannedCall};

/// The dialling request outlasts the ringing by this much.
const AFTER_RING: Duration = Duration::from_secs(5);

/// Callee, agent, and room for those who listen.
const MAX_PARTICIPANTS: u32 = 8;

/// A room that everybody left is kept for this long.
const DEPARTURE_TIMEOUT_SECONDS: u32 = 20;

#[derive(Debug)]
pub(super) struct Clients {
    rooms: RoomClient,
    agents: AgentDispatchClient,
    dialling: Dialling,
    trunk_id: String,
    caller_number: Option<String>,
    display_name: Option<String>,
}

/// Where the agent's job is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Job {
    /// Nobody took it yet.
    Waiting,
    Running,
    /// It ended in good order.
    Done,
    Failed,
}

impl Clients {
    /// On cloud hosts the clients of the SDK by default repeat any request whose reply is lost, up to three times in
    /// other regions, dialling included. A person would be called again: failover is off on every one of them.
    pub(super) fn new(settings: &LivekitSettings, probe: &Probe) -> Self {
        let base = probe.base();
        let (key, secret) = (settings.api_key.as_str(), settings.api_secret.expose_secret());
        let timeout = settings.pace.request_timeout;
        Self {
            rooms: RoomClient::with_api_key(base, key, secret).with_failover(false).with_request_timeout(timeout),
            agents: AgentDispatchClient::with_api_key(base, key, secret)
                .with_failover(false)
                .with_request_timeout(timeout),
            dialling: probe.dialling(settings),
            trunk_id: settings.trunk_id.clone(),
            caller_number: settings.caller_number.clone(),
            display_name: settings.display_name.clone(),
        }
    }

    pub(super) async fn create_room(
        &self,
        call: &PlannedCall,
        metadata: String,
        agent_wait: Duration,
    ) -> Result<(), ServiceError> {
        // The room is empty until the agent joins; without an agent until the phone is dialled.
        let empty = agent_wait + LONGEST_RING + Duration::from_mins(1);
        let options = CreateRoomOptions {
            empty_timeout: empty.as_secs() as u32,
            departure_timeout: DEPARTURE_TIMEOUT_SECONDS,
            max_participants: MAX_PARTICIPANTS,
            metadata,
            ..CreateRoomOptions::default()
        };
        self.rooms.create_room(&call.room(), options).await.map(drop)
    }

    /// Deletes the room; one that is gone already is as good.
    pub(super) async fn delete_room(&self, call: &PlannedCall) -> Result<(), ServiceError> {
        match self.rooms.delete_room(&call.room()).await {
            Err(error) if is_not_found(&error) => Ok(()),
            other => other,
        }
    }

    pub(super) async fn participants(&self, call: &PlannedCall) -> Result<Vec<proto::ParticipantInfo>, ServiceError> {
        self.rooms.list_participants(&call.room()).await
    }

    pub(super) async fn create_dispatch(
        &self,
        call: &PlannedCall,
        agent_name: &str,
        metadata: String,
    ) -> Result<(), ServiceError> {
        let request = proto::CreateAgentDispatchRequest {
            agent_name: agent_name.to_owned(),
            room: call.room(),
            metadata,
            ..proto::CreateAgentDispatchRequest::default()
        };
        self.agents.create_dispatch(request).await.map(drop)
    }

    pub(super) async fn agent_job(&self, call: &PlannedCall) -> Result<Job, ServiceError> {
        let dispatches = self.agents.list_dispatch(call.room()).await?;
        let mut statuses = dispatches
            .into_iter()
            .filter_map(|dispatch| dispatch.state)
            .flat_map(|state| state.jobs)
            .filter_map(|job| job.state)
            .map(|state| state.status());
        Ok(statuses.next_back().map_or(Job::Waiting, |status| match status {
            proto::JobStatus::JsPending => Job::Waiting,
            proto::JobStatus::JsRunning => Job::Running,
            proto::JobStatus::JsSuccess => Job::Done,
            proto::JobStatus::JsFailed => Job::Failed,
        }))
    }

    /// The dialling request: one HTTP try that waits until the callee answers or the call fails.
    pub(super) async fn dial(&self, call: &PlannedCall, permit: DialPermit) -> Result<(), DialFault> {
        let ring = call.ring_timeout.min(LONGEST_RING);
        let attributes: HashMap<String, String> = [
            ("callboard.call_id", call.call_id.to_string()),
            ("callboard.campaign_id", call.campaign_id.to_string()),
            ("callboard.attempt", call.attempt.to_string()),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into();
        let request = proto::CreateSipParticipantRequest {
            sip_trunk_id: self.trunk_id.clone(),
            sip_call_to: call.phone.clone(),
            sip_number: self.caller_number.clone().unwrap_or_default(),
            room_name: call.room(),
            participant_identity: call.identity(),
            participant_name: call.contact_name.clone().unwrap_or_default(),
            participant_attributes: attributes,
            display_name: self.display_name.clone(),
            wait_until_answered: true,
            // The number would otherwise be an attribute that everybody in the room can read.
            hide_phone_number: true,
            ringing_timeout: Some(ring.into()),
            max_call_duration: Some(call.max_duration.into()),
            ..proto::CreateSipParticipantRequest::default()
        };
        self.dialling.send(&request, ring + AFTER_RING, permit).await
    }
}

#[cfg(test)]
mod tests {
    /// F2: with failover a lost reply rings a person twice. The tests with a cloud-like host prove
    /// the behaviour; this one says at once which line is missing.
    #[test]
    fn every_client_of_the_sdk_is_built_without_failover() {
        let sources = [
            ("livekit.rs", include_str!("../livekit.rs")),
            ("clients.rs", include_str!("clients.rs")),
            ("dialled.rs", include_str!("dialled.rs")),
            ("dialling.rs", include_str!("dialling.rs")),
            ("follow.rs", include_str!("follow.rs")),
            ("probe.rs", include_str!("probe.rs")),
            ("room.rs", include_str!("room.rs")),
        ];
        let mut clients = 0;
        for (file, source) in sources {
            let code = source.split("#[cfg(test)]").next().unwrap_or_default();
            assert!(!code.contains("LiveKitApi"), "{file}: the unified client has failover on");
            for built in code.split("Client::with_api_key(").skip(1) {
                clients += 1;
                let end = built.find(['\n', ';']).unwrap_or(built.len());
                let chain: String = built.lines().take(2).collect();
                assert!(chain.contains(".with_failover(false)"), "{file}: {}", &built[..end]);
            }
            assert!(!code.contains("Client::with_token(") && !code.contains("Client::new(&"), "{file}");
        }
        assert_eq!(clients, 2, "a new client needs `with_failover(false)` and a place in this test");
    }
}
