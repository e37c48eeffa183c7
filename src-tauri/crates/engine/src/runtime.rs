//! The running product of one process: connects to its database, keeps trying when it is away, runs worker and
//! timekeeper, and feeds the windows. The desktop shell and the server run exactly this.

use std::{sync::Arc, time::Duration};

use callboard_contract::{Change, DatabaseKind, DatabaseState, DatabaseStatus, IpcError, LiveMessage};
use callboard_core::clock::Clock;
use callboard_db::{
    DbError,
    connect::{self, Target},
    events::Listener,
};
use tokio::sync::{broadcast, mpsc, watch};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tracing::{info, warn};

use crate::{
    commands::Desk,
    context::{Context, Random},
    error, events,
    host::{DatabaseChoice, Host, SharedDatabase},
    lines::Lines,
    speech::Samples,
    timekeeper,
    worker::{self, WorkerHandle, WorkerOptions},
};

/// Connections of the pool: calls take one only for their short transactions.
const CONNECTIONS: u32 = 12;
/// Pause before a database that is away is tried again.
const TRY_AGAIN: Duration = Duration::from_secs(2);
/// Messages a slow window may be behind before it reads everything again.
const BACKLOG: usize = 256;

/// How a process runs.
#[derive(Debug, Clone)]
pub struct RuntimeOptions {
    /// Version of the program.
    pub version: &'static str,
    /// Dial in this process.
    pub worker: bool,
    /// Machine and process, for people.
    pub worker_name: String,
    /// How long calls in progress may go on after a stop.
    pub drain: Duration,
}

/// The handle of the running product. Cheap to clone.
#[derive(Clone)]
pub struct Runtime(pub(crate) Arc<Shared>);

pub(crate) struct Shared {
    pub(crate) host: Arc<dyn Host>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) random: Arc<Random>,
    pub(crate) options: RuntimeOptions,
    pub(crate) lines: Lines,
    pub(crate) samples: Samples,
    pub(crate) status: watch::Sender<DatabaseStatus>,
    pub(crate) context: watch::Sender<Option<Context>>,
    pub(crate) changes: broadcast::Sender<Vec<Change>>,
    worker: watch::Sender<WorkerHandle>,
    /// Cancelled to leave the present database for another one.
    switch: watch::Sender<CancellationToken>,
}

impl std::fmt::Debug for Runtime {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Runtime(..)")
    }
}

impl Runtime {
    /// Prepares a process; nothing is connected yet.
    #[must_use]
    pub fn new(host: Arc<dyn Host>, clock: Arc<dyn Clock>, options: RuntimeOptions) -> Self {
        let status = DatabaseStatus {
            state: DatabaseState::Starting,
            kind: DatabaseKind::Embedded,
            place: String::new(),
            since: clock.now(),
            error: None,
        };
        Self(Arc::new(Shared {
            lines: Lines::from_settings(Arc::clone(&host)),
            samples: Samples::default(),
            host,
            clock,
            random: Arc::new(Random::from_system()),
            options,
            status: watch::Sender::new(status),
            context: watch::Sender::new(None),
            changes: broadcast::Sender::new(BACKLOG),
            worker: watch::Sender::new(WorkerHandle::default()),
            switch: watch::Sender::new(CancellationToken::new()),
        }))
    }

    /// Runs until `shutdown`, then drains and stops. Connects to the chosen database and follows later choices.
    pub async fn run(&self, shutdown: CancellationToken) {
        while !shutdown.is_cancelled() {
            let switch = shutdown.child_token();
            self.0.switch.send_replace(switch.clone());
            let (target, kind, place) = match self.target().await {
                Ok(found) => found,
                Err(error) => {
                    self.set_status(DatabaseState::Refused, None, Some(error));
                    pause(&switch).await;
                    continue;
                }
            };
            self.0.status.send_modify(|status| {
                status.kind = kind;
                status.place = place;
            });
            match connect::open(&target, CONNECTIONS).await {
                Ok(db) => {
                    let context = Context::new(db, Arc::clone(&self.0.clock), Arc::clone(&self.0.random));
                    self.live(context, switch).await;
                }
                Err(error) => {
                    self.lost(&error);
                    pause(&switch).await;
                }
            }
        }
    }

    async fn target(&self) -> Result<(Target, DatabaseKind, String), IpcError> {
        match self.0.host.database_choice().await? {
            DatabaseChoice::Embedded => {
                let (url, place) = self.0.host.embedded_database().await?;
                Ok((Target::Url(url), DatabaseKind::Embedded, place))
            }
            DatabaseChoice::Shared(shared) => {
                let place = format!("{}:{}/{}", shared.host, shared.port, shared.database);
                Ok((target_of(shared), DatabaseKind::Shared, place))
            }
        }
    }

    /// One connected life: worker, timekeeper and listener until the database is left.
    async fn live(&self, context: Context, until: CancellationToken) {
        let handle = WorkerHandle::default();
        let tasks = TaskTracker::new();
        let side = CancellationToken::new();
        self.0.worker.send_replace(handle.clone());
        self.0.context.send_replace(Some(context.clone()));
        self.set_status(DatabaseState::Ready, None, None);
        info!("The database is ready");
        let _ = self.0.changes.send(events::everything());

        tasks.spawn(timekeeper::run(context.clone(), self.0.lines.clone(), side.clone()));
        let this = self.clone();
        let (listening, wake, stop_listening) = (context.clone(), handle.clone(), side.clone());
        tasks.spawn(async move { this.listen(listening, wake, stop_listening).await });
        let dialing = self.0.options.worker.then(|| {
            let options = WorkerOptions {
                drain: self.0.options.drain,
                ..WorkerOptions::new(self.0.options.worker_name.clone(), self.0.options.version)
            };
            tokio::spawn(worker::run(context.clone(), self.0.lines.clone(), options, handle.clone()))
        });

        until.cancelled().await;
        handle.stop.cancel();
        if let Some(dialing) = dialing
            && let Err(error) = dialing.await
        {
            warn!(error = %error, "The worker broke off");
        }
        side.cancel();
        tasks.close();
        tasks.wait().await;
        self.0.context.send_replace(None);
        context.db.close().await;
    }

    /// Passes notifications on to windows and worker; a lost connection means that anything may have changed.
    async fn listen(&self, context: Context, worker: WorkerHandle, stop: CancellationToken) {
        while !stop.is_cancelled() {
            let opened = tokio::select! {
                opened = Listener::open(&context.db) => opened,
                () = stop.cancelled() => return,
            };
            let error = match opened {
                Ok(mut listener) => {
                    self.set_status(DatabaseState::Ready, None, None);
                    let _ = self.0.changes.send(events::everything());
                    worker.wake.notify_one();
                    loop {
                        let event = tokio::select! {
                            event = listener.next() => event,
                            () = stop.cancelled() => return,
                        };
                        match event {
                            Ok(Some(event)) => {
                                worker.wake.notify_one();
                                let _ = self.0.changes.send(events::changes(&event));
                            }
                            Ok(None) => {
                                let _ = self.0.changes.send(events::everything());
                                worker.wake.notify_one();
                            }
                            Err(error) => break error,
                        }
                    }
                }
                Err(error) => error,
            };
            self.lost(&error);
            tokio::select! {
                () = stop.cancelled() => return,
                () = self.revive() => {}
            }
        }
    }

    /// Before the next try: a pause, and the embedded server is started again if it died.
    async fn revive(&self) {
        tokio::time::sleep(TRY_AGAIN).await;
        if self.0.status.borrow().kind == DatabaseKind::Embedded
            && let Err(error) = self.0.host.embedded_database().await
        {
            warn!(error = %error, "The embedded database could not be started again");
        }
    }

    fn lost(&self, error: &DbError) {
        warn!(error = %error, "The database is not usable; it is tried again");
        let form = error::refused(error);
        let state = if error.is_away() { DatabaseState::Away } else { DatabaseState::Refused };
        self.set_status(state, None, Some(form));
    }

    pub(crate) fn set_status(&self, state: DatabaseState, kind: Option<DatabaseKind>, error: Option<IpcError>) {
        let now = self.0.clock.now();
        self.0.status.send_if_modified(|status| {
            let changed = status.state != state || status.error != error;
            if status.state != state {
                status.since = now;
            }
            status.state = state;
            status.error = error;
            if let Some(kind) = kind {
                status.kind = kind;
            }
            changed
        });
    }

    /// Leaves the present database and connects to the chosen one; waits until that is usable or refuses.
    pub(crate) async fn switch(&self) -> Result<(), IpcError> {
        let mut status = self.0.status.subscribe();
        self.set_status(DatabaseState::Starting, None, None);
        status.borrow_and_update();
        self.0.switch.borrow().cancel();
        self.wait(status).await
    }

    /// Waits until the database is usable or refuses.
    ///
    /// # Errors
    /// Why it cannot be used.
    pub async fn ready(&self) -> Result<(), IpcError> {
        self.wait(self.0.status.subscribe()).await
    }

    async fn wait(&self, mut status: watch::Receiver<DatabaseStatus>) -> Result<(), IpcError> {
        loop {
            {
                let present = status.borrow_and_update();
                match (present.state, &present.error) {
                    (DatabaseState::Ready, _) => return Ok(()),
                    (DatabaseState::Refused | DatabaseState::Away, Some(error)) => return Err(error.clone()),
                    (DatabaseState::Starting | DatabaseState::Refused | DatabaseState::Away, _) => {}
                }
            }
            if status.changed().await.is_err() {
                return Ok(());
            }
        }
    }

    /// What carries out the commands.
    #[must_use]
    pub fn desk(&self) -> Desk {
        Desk::new(self.clone())
    }

    /// Messages for one window, paced. Ends when the receiver is dropped.
    #[must_use]
    pub fn subscribe(&self) -> mpsc::Receiver<LiveMessage> {
        let (sender, receiver) = mpsc::channel(16);
        tokio::spawn(events::feed(
            self.0.changes.subscribe(),
            self.0.status.subscribe(),
            Arc::clone(&self.0.clock),
            sender,
        ));
        receiver
    }

    /// Calls in progress in this process.
    #[must_use]
    pub fn calls_held(&self) -> usize {
        self.0.worker.borrow().calls_held()
    }

    /// Secrets changed: the worker reads again which lines it can use.
    pub(crate) fn refresh_reach(&self) {
        self.0.worker.borrow().refresh.notify_one();
    }

    /// Hangs up every call of this process.
    pub fn hang_up_all(&self) {
        self.0.worker.borrow().hang_up.cancel();
    }
}

/// The connection of a shared database.
pub(crate) fn target_of(shared: SharedDatabase) -> Target {
    Target::Server {
        host: shared.host,
        port: shared.port,
        database: shared.database,
        user: shared.user,
        password: shared.password,
        require_tls: shared.require_tls,
        ca_file: shared.ca_file,
    }
}

async fn pause(until: &CancellationToken) {
    tokio::select! {
        () = until.cancelled() => {}
        () = tokio::time::sleep(TRY_AGAIN) => {}
    }
}
