//! The `LiveKit` line: real phones ring.
//!
//! Owns the order room, agent, call, and the reading of everything the server says about it. Refuses to send a dialling
//! request twice: there is one HTTP try, without failover, and a lost reply is looked up in the room instead of being
//! asked again.

use std::time::Duration;

use callboard_core::{call::Disposition, line::LineKind};
use futures_util::future::BoxFuture;
use secrecy::SecretString;
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

use crate::{CallEnd, DialPermit, EventSink, Line, LineFault, LineFaultCode, NotPlaced, PlannedCall};

mod clients;
mod dialled;
mod dialling;
mod follow;
mod outcome;
mod probe;
mod room;

use clients::Clients;
use follow::Follow;
use probe::Probe;
use room::RoomView;

/// The server gives up a waiting dialling request after 80 s; ringing must end well before.
pub const LONGEST_RING: Duration = Duration::from_secs(75);

/// How to reach a `LiveKit` server and what to dial over.
#[derive(Debug, Clone)]
pub struct LivekitSettings {
    /// `wss://` or `ws://`, `https://` or `http://` and a host.
    pub url: String,
    /// API key.
    pub api_key: String,
    /// Its secret.
    pub api_secret: SecretString,
    /// The outbound trunk, `ST_…`.
    pub trunk_id: String,
    /// The agent to dispatch. Without a name the server's own dispatch rules are trusted, and nobody is waited for.
    pub agent_name: Option<String>,
    /// The number that the callee sees, when the trunk has several.
    pub caller_number: Option<String>,
    /// The name that the callee sees, when the carrier supports it.
    pub display_name: Option<String>,
    /// How long the agent may take to come.
    pub agent_wait: Duration,
    /// How often and how long to look.
    pub pace: Pace,
}

/// How often and how long the line looks at a room. The defaults are for life; tests are in a hurry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// Between two looks at a call.
    pub poll: Duration,
    /// Between two looks for the agent before dialling.
    pub agent_poll: Duration,
    /// How long a dialling request whose reply was lost may take to show in the room.
    pub settle: Duration,
    /// How long an agent may stay silent after the callee left, or stay away while the callee is there.
    pub agent_grace: Duration,
    /// How much longer than allowed a call may last before the line ends it or gives it up.
    pub grace: Duration,
    /// One request other than dialling.
    pub request_timeout: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            poll: Duration::from_secs(1),
            agent_poll: Duration::from_millis(250),
            settle: Duration::from_secs(5),
            agent_grace: Duration::from_secs(2),
            grace: Duration::from_secs(30),
            request_timeout: Duration::from_secs(10),
        }
    }
}

impl LivekitSettings {
    /// Settings with an address, a key, a secret and a trunk, and defaults for the rest.
    #[must_use]
    pub fn new(url: &str, api_key: &str, api_secret: SecretString, trunk_id: &str) -> Self {
        Self {
            url: url.trim().to_owned(),
            api_key: api_key.trim().to_owned(),
            api_secret,
            trunk_id: trunk_id.trim().to_owned(),
            agent_name: None,
            caller_number: None,
            display_name: None,
            agent_wait: Duration::from_secs(10),
            pace: Pace::default(),
        }
    }
}

/// A line over a `LiveKit` server and its SIP trunk.
#[derive(Debug)]
pub struct LivekitLine {
    settings: LivekitSettings,
    clients: Clients,
    probe: Probe,
}

impl LivekitLine {
    /// A line with these settings. Nothing is asked of the server yet.
    ///
    /// # Errors
    /// [`LineFaultCode::NotConfigured`] when a needed setting is missing or the address is none.
    pub fn new(settings: LivekitSettings) -> Result<Self, LineFault> {
        let probe = Probe::new(&settings)?;
        let clients = Clients::new(&settings, &probe);
        Ok(Self { settings, clients, probe })
    }

    async fn prepare_room(&self, call: &PlannedCall) -> Result<(), LineFault> {
        let metadata = metadata(call);
        let created = self.clients.create_room(call, metadata.clone(), self.settings.agent_wait).await;
        if let Err(error) = created {
            return Err(self.probe.explain(&error).await);
        }
        let Some(agent_name) = &self.settings.agent_name else {
            return Ok(());
        };
        if let Err(error) = self.clients.create_dispatch(call, agent_name, metadata).await {
            return Err(self.probe.explain(&error).await);
        }
        self.wait_for_agent(call).await
    }

    /// A dispatch is accepted although no agent is registered, so the agent has to be seen before a phone may ring.
    async fn wait_for_agent(&self, call: &PlannedCall) -> Result<(), LineFault> {
        let deadline = Instant::now() + self.settings.agent_wait;
        loop {
            let seen = async {
                let room = RoomView::of(call, &self.clients.participants(call).await?);
                if room.agent.is_some() {
                    return Ok(clients::Job::Running);
                }
                self.clients.agent_job(call).await
            };
            let fault = match seen.await {
                Ok(clients::Job::Running) => return Ok(()),
                Ok(clients::Job::Failed) => Some(absent("The voice agent failed before it joined the call.")),
                Ok(clients::Job::Waiting | clients::Job::Done) => None,
                Err(error) => Some(self.probe.explain(&error).await),
            };
            if let Some(fault) = fault {
                return Err(fault);
            }
            if Instant::now() >= deadline {
                return Err(absent(&format!(
                    "The voice agent did not join within {} s. Is an agent of the configured name running?",
                    self.settings.agent_wait.as_secs_f64().round()
                )));
            }
            sleep(self.settings.pace.agent_poll).await;
        }
    }

    /// Removes the room and with it everybody in it, and says whether the server confirmed it. Deleting again does no
    /// harm, so this is tried several times, but for no longer than a person who stops a campaign is ready to wait.
    async fn remove_room(&self, call: &PlannedCall) -> bool {
        let tries = async {
            while let Err(error) = self.clients.delete_room(call).await {
                let (call, kind) = (call.call_id, dialled::kind_of(&error));
                tracing::warn!(call.id = %call, kind, "The room of call {call} was not removed");
                sleep(self.settings.pace.poll / 2).await;
            }
        };
        tokio::time::timeout(self.settings.pace.settle, tries).await.is_ok()
    }
}

fn absent(detail: &str) -> LineFault {
    LineFault { code: LineFaultCode::AgentAbsent, detail: detail.to_owned() }
}

/// What the agent and the room get: what the engine wrote, and what is needed to find the call again.
fn metadata(call: &PlannedCall) -> String {
    let mut metadata = match &call.metadata {
        serde_json::Value::Object(fields) => fields.clone(),
        serde_json::Value::Null => serde_json::Map::new(),
        other => [("data".to_owned(), other.clone())].into_iter().collect(),
    };
    let own = [
        ("callboard", serde_json::json!(1)),
        ("call_id", serde_json::json!(call.call_id)),
        ("campaign_id", serde_json::json!(call.campaign_id)),
        ("attempt", serde_json::json!(call.attempt)),
        ("callee", serde_json::json!(call.identity())),
    ];
    for (name, value) in own {
        metadata.entry(name).or_insert(value);
    }
    serde_json::Value::Object(metadata).to_string()
}

impl Line for LivekitLine {
    fn kind(&self) -> LineKind {
        LineKind::Livekit
    }

    fn check(&self) -> BoxFuture<'_, Result<(), LineFault>> {
        Box::pin(self.probe.check(&self.settings.trunk_id))
    }

    fn prepare<'a>(&'a self, call: &'a PlannedCall) -> BoxFuture<'a, Result<(), LineFault>> {
        Box::pin(async move {
            let prepared = self.prepare_room(call).await;
            if let Err(fault) = &prepared
                && fault.code != LineFaultCode::WrongKey
            {
                // Also after a failed creation: its reply may have been lost. A server that refuses the key made no room,
                // and would refuse to remove it for as long as it is asked.
                self.remove_room(call).await;
            }
            prepared
        })
    }

    fn place<'a>(
        &'a self,
        call: &'a PlannedCall,
        permit: DialPermit,
        events: EventSink,
        hang_up: CancellationToken,
    ) -> BoxFuture<'a, Result<CallEnd, NotPlaced>> {
        Box::pin(async move {
            if hang_up.is_cancelled() {
                self.remove_room(call).await;
                return Ok(CallEnd::without_conversation(Disposition::HungUp, Duration::ZERO));
            }
            if permit.has_run_out() {
                return Err(NotPlaced::PermitExpired);
            }
            let end = Follow::new(self, call, events, hang_up).dial(permit).await?;
            // A second removal of a room that is gone is the price of never leaving one behind.
            self.remove_room(call).await;
            Ok(end)
        })
    }

    fn release<'a>(&'a self, call: &'a PlannedCall) -> BoxFuture<'a, ()> {
        Box::pin(async move {
            self.remove_room(call).await;
        })
    }

    fn reconcile<'a>(
        &'a self,
        call: &'a PlannedCall,
        events: EventSink,
        hang_up: CancellationToken,
    ) -> BoxFuture<'a, Result<CallEnd, LineFault>> {
        Box::pin(async move {
            let end = Follow::new(self, call, events, hang_up).find_again().await?;
            self.remove_room(call).await;
            Ok(end)
        })
    }
}
