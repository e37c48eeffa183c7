//! The double of `LiveKit`'s server API: rooms, agent dispatch and SIP calls, over the real wire.
//!
//! Owns an HTTP server on this machine that speaks Twirp in protobuf and JSON, checks tokens and grants, and plays every
//! call as its script says, whether or not anybody still waits for the reply. Refuses to be told what was dialled: its
//! [`Ledger`] records only what it did itself.
//!
//! Known differences from the real server: JSON replies leave out fields that have their default value; there is no
//! media, no webhook and no signalling.

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use tokio::{net::TcpListener, task::JoinHandle};

use crate::ledger::Ledger;

mod agent;
mod call;
mod script;
mod serve;
mod token;
mod twirp;
mod wire;
mod world;

pub use script::{AgentScript, CallScript, Fault, OutcomeAt, Then};
pub use world::Request;
use world::World;

/// How long a test waits for something that must happen before it fails with an explanation.
const PATIENCE: Duration = Duration::from_secs(20);

/// What a double knows from its start.
#[derive(Debug, Clone)]
pub struct DoubleOptions {
    /// The accepted API key.
    pub key: String,
    /// Its secret.
    pub secret: String,
    /// The port; 0 takes a free one.
    pub port: u16,
    /// Ids of the outbound trunks that exist.
    pub trunks: Vec<String>,
    /// Where calls are recorded.
    pub ledger: Ledger,
    /// How long phones ring and people talk when the last two digits of the number decide
    /// ([`CallScript::by_last_digits`]).
    pub ring: Duration,
    /// See `ring`.
    pub talk: Duration,
    /// Other regions that a cloud host would name; clients with failover go there next.
    pub regions: Vec<String>,
}

impl Default for DoubleOptions {
    fn default() -> Self {
        Self {
            key: "devkey".to_owned(),
            secret: "a-secret-of-at-least-32-characters".to_owned(),
            port: 0,
            trunks: vec!["ST_test".to_owned()],
            ledger: Ledger::in_memory(),
            ring: Duration::from_millis(20),
            talk: Duration::from_millis(40),
            regions: Vec::new(),
        }
    }
}

/// A running double; it stops listening when it is dropped.
#[derive(Debug)]
pub struct Double {
    world: Arc<World>,
    address: SocketAddr,
    server: JoinHandle<()>,
}

impl Double {
    /// Starts a double with one trunk `ST_test` and an agent that comes at once, on a free port.
    ///
    /// # Panics
    /// When this machine gives no port.
    pub async fn start() -> Self {
        Self::start_with(DoubleOptions::default()).await.expect("a free port on this machine")
    }

    /// Starts a double.
    ///
    /// # Errors
    /// When the port cannot be taken.
    pub async fn start_with(options: DoubleOptions) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", options.port)).await?;
        let address = listener.local_addr()?;
        let world = Arc::new(World::new(options));
        let server = tokio::spawn(serve::serve(listener, Arc::clone(&world)));
        Ok(Self { world, address, server })
    }

    /// Its address as a `LiveKit` URL.
    #[must_use]
    pub fn url(&self) -> String {
        format!("ws://{}", self.address)
    }

    /// Its address.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The accepted key and secret.
    #[must_use]
    pub fn credentials(&self) -> (&str, &str) {
        (&self.world.options.key, &self.world.options.secret)
    }

    /// The record of every call that it placed.
    #[must_use]
    pub fn ledger(&self) -> Ledger {
        self.world.options.ledger.clone()
    }

    /// From now on calls to this number go like this; without a script the last two digits decide.
    pub fn on(&self, phone: &str, script: CallScript) {
        self.world.change(|state| state.scripts.insert(phone.to_owned(), script));
    }

    /// From now on agents behave like this.
    pub fn set_agent(&self, agent: AgentScript) {
        self.world.change(|state| state.agent = agent);
    }

    /// From now on every request meets this fault, or none again.
    pub fn set_fault(&self, fault: Option<Fault>) {
        self.world.change(|state| state.fault = fault);
    }

    /// The called person hangs up, or picks up no more.
    ///
    /// # Panics
    /// When no call to this number is going on.
    pub fn callee_hangs_up(&self, phone: &str) {
        let call = self.world.look(|state| state.calls.get(phone).cloned());
        call.expect("a call to this number is going on").cancel();
    }

    /// Every accepted request in order: method, room and whether it was let in.
    #[must_use]
    pub fn requests(&self) -> Vec<Request> {
        self.world.look(|state| state.requests.clone())
    }

    /// Names of the methods that changed something, in order.
    #[must_use]
    pub fn mutations(&self) -> Vec<String> {
        let is_mutation = |method: &str| ["Create", "Delete"].iter().any(|verb| method.starts_with(verb));
        self.requests().into_iter().map(|request| request.method).filter(|method| is_mutation(method)).collect()
    }

    /// Names of the rooms that exist.
    #[must_use]
    pub fn rooms(&self) -> Vec<String> {
        self.world.look(|state| state.rooms.keys().cloned().collect())
    }

    /// The metadata of a room.
    #[must_use]
    pub fn room_metadata(&self, room: &str) -> Option<String> {
        self.world.look(|state| state.rooms.get(room).map(|room| room.info.metadata.clone()))
    }

    /// Waits until a condition over this double holds; it is looked at after every change.
    ///
    /// # Panics
    /// When it does not come true in time.
    pub async fn until(&self, what: &str, holds: impl Fn(&Self) -> bool) {
        let mut changes = self.world.changed.subscribe();
        let search = async {
            while !holds(self) {
                changes.changed().await.expect("the double outlives its own sender");
            }
        };
        let waited = tokio::time::timeout(PATIENCE, search).await;
        assert!(waited.is_ok(), "waited {PATIENCE:?} for {what} in vain; ledger: {:?}", self.ledger().entries());
    }

    /// Serves until the process ends; for the separate process.
    pub async fn run(mut self) {
        let _ = (&mut self.server).await;
    }
}

impl Drop for Double {
    fn drop(&mut self) {
        self.server.abort();
    }
}
