//! The dialing worker: takes no more than free slots, runs calls side by side, renews its lease of life, reaps the
//! dead, drains when it is told to stop.
//!
//! Owns the loops. Refuses to decide limits (admission counts rows) and to hold a connection during a call. Runs inside
//! the desktop application and, the same, in `callboard-server worker`.

mod call;
mod reaper;

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use callboard_core::id::{CallId, WorkerId};
use callboard_db::{
    DbError, DbResult,
    admission::{self, Admitted, Reach},
    workers,
};
use futures_util::future::BoxFuture;
use tokio::{
    sync::{Notify, watch},
    time::Instant,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tracing::{error, info, warn};

use crate::{
    context::{Context, commit},
    lines::Lines,
};

/// Renewal of the lease of life; three may fail before the 15 s are over.
const RENEWAL: Duration = Duration::from_secs(4);
/// Longest wait when nobody wakes the worker.
const POLL: Duration = Duration::from_secs(1);
/// How often the dead are looked for.
const REAP: Duration = Duration::from_secs(1);
/// How often it is read which lines this process can use.
const REACH: Duration = Duration::from_secs(30);
/// Calls that one transaction admits at most.
const BATCH: usize = 50;
/// How long calls may take to end after they were hung up.
const HANG_UP: Duration = Duration::from_secs(5);

/// A step in the life of a call, for tests that stop a worker exactly there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Step {
    /// It holds a slot.
    Admitted,
    /// The room is there, the agent came; nothing was dialled.
    Prepared,
    /// The dial intent is committed, nothing was sent.
    Intended,
    /// The line reported ringing.
    Ringing,
    /// The line reported the answer.
    Answered,
    /// The call is over, nothing is stored.
    Ended,
    /// The result is stored.
    Finished,
}

/// Is told about steps and may hold the worker there.
pub type StepObserver = Arc<dyn Fn(Step, CallId) -> BoxFuture<'static, ()> + Send + Sync>;

/// How a worker runs.
#[derive(Clone)]
pub struct WorkerOptions {
    /// Machine and process, for people.
    pub name: String,
    /// Version of the program.
    pub version: String,
    /// Most calls in this process.
    pub capacity: usize,
    /// How long calls in progress may go on after a stop.
    pub drain: Duration,
    /// For tests.
    pub observer: Option<StepObserver>,
}

impl WorkerOptions {
    /// The usual options.
    #[must_use]
    pub fn new(name: impl Into<String>, version: impl Into<String>) -> Self {
        Self { name: name.into(), version: version.into(), capacity: 500, drain: Duration::from_secs(30), observer: None }
    }
}

/// What steers a running worker from outside.
#[derive(Debug, Clone)]
pub struct WorkerHandle {
    /// Work may be there: started campaigns, imports, freed slots.
    pub wake: Arc<Notify>,
    /// Which lines are usable may have changed.
    pub refresh: Arc<Notify>,
    /// Stop claiming, let calls end within the drain time, then hang up.
    pub stop: CancellationToken,
    /// Hang up now.
    pub hang_up: CancellationToken,
    held: Arc<AtomicUsize>,
}

impl Default for WorkerHandle {
    fn default() -> Self {
        Self {
            wake: Arc::new(Notify::new()),
            refresh: Arc::new(Notify::new()),
            stop: CancellationToken::new(),
            hang_up: CancellationToken::new(),
            held: Arc::new(AtomicUsize::new(0)),
        }
    }
}

impl WorkerHandle {
    /// Calls in progress in this process.
    #[must_use]
    pub fn calls_held(&self) -> usize {
        self.held.load(Ordering::Acquire)
    }
}

/// One running worker.
struct Worker {
    id: WorkerId,
    context: Context,
    lines: Lines,
    options: WorkerOptions,
    handle: WorkerHandle,
    calls: TaskTracker,
    reach: watch::Sender<Reach>,
}

/// Runs a worker until it is stopped and drained.
pub async fn run(context: Context, lines: Lines, options: WorkerOptions, handle: WorkerHandle) {
    let worker = Arc::new(Worker {
        id: WorkerId(context.new_id()),
        context,
        lines,
        options,
        handle,
        calls: TaskTracker::new(),
        reach: watch::Sender::new(Reach { practice: false, livekit: Vec::new() }),
    });
    let alive = CancellationToken::new();
    let loops = TaskTracker::new();
    worker.renew().await;
    worker.read_reach().await;
    info!(worker.id = %worker.id, "Worker {} runs", worker.id);
    loops.spawn(every(RENEWAL, alive.clone(), Arc::clone(&worker), |worker| async move { worker.renew().await }));
    loops.spawn(every(Duration::ZERO, alive.clone(), Arc::clone(&worker), |worker| async move {
        tokio::select! {
            () = worker.handle.refresh.notified() => {}
            () = tokio::time::sleep(REACH) => {}
        }
        worker.read_reach().await;
    }));
    loops.spawn(every(REAP, alive.clone(), Arc::clone(&worker), |worker| async move { reaper::reap(&worker).await }));

    worker.claim_until_stopped().await;
    worker.drain().await;

    alive.cancel();
    loops.close();
    loops.wait().await;
    if let Err(error) = worker.retire().await {
        warn!(worker.id = %worker.id, error = %error, "Worker {} could not sign off; its lease of life runs out by itself", worker.id);
    }
    info!(worker.id = %worker.id, "Worker {} has stopped", worker.id);
}

/// Runs something at once and then again after each pause, until it is cancelled.
async fn every<F, Fut>(pause: Duration, until: CancellationToken, worker: Arc<Worker>, run: F)
where
    F: Fn(Arc<Worker>) -> Fut,
    Fut: Future<Output = ()>,
{
    loop {
        let round = async {
            run(Arc::clone(&worker)).await;
            tokio::time::sleep(pause).await;
        };
        tokio::select! {
            // A transaction that is cut off here rolls back.
            () = until.cancelled() => return,
            () = round => {}
        }
    }
}

impl Worker {
    async fn renew(&self) {
        let renewed = async {
            let mut db = self.context.connection().await?;
            workers::renew(&mut db, self.id, &self.options.name, &self.options.version).await
        };
        if let Err(error) = renewed.await {
            warn!(worker.id = %self.id, error = %error, "Worker {} could not renew its lease of life", self.id);
        }
    }

    async fn read_reach(&self) {
        match self.lines.reach(&self.context).await {
            Ok(reach) => {
                self.reach.send_if_modified(|present| {
                    let changed = *present != reach;
                    *present = reach;
                    changed
                });
            }
            Err(error) => warn!(worker.id = %self.id, error = %error, "Which lines are usable could not be read"),
        }
    }

    async fn retire(&self) -> DbResult<()> {
        let mut db = self.context.connection().await?;
        workers::retire(&mut db, self.id).await
    }

    async fn claim_until_stopped(self: &Arc<Self>) {
        let stop = self.handle.stop.clone();
        let mut reach = self.reach.subscribe();
        while !stop.is_cancelled() {
            // Register interest before looking, so that a wake-up during the look is not missed.
            let woken = self.handle.wake.notified();
            tokio::pin!(woken);
            woken.as_mut().enable();
            let free = self.options.capacity.saturating_sub(self.handle.calls_held());
            let want = free.min(BATCH);
            if want > 0 {
                match self.admit(want).await {
                    Ok(admitted) => {
                        let full = admitted.len() == want;
                        for call in admitted {
                            self.spawn(call);
                        }
                        if full {
                            continue;
                        }
                    }
                    Err(error) => {
                        warn!(worker.id = %self.id, error = %error, "Nothing could be admitted");
                    }
                }
            }
            tokio::select! {
                () = stop.cancelled() => {}
                () = woken => {}
                _ = reach.changed() => {}
                () = tokio::time::sleep(POLL) => {}
            }
        }
    }

    /// One short transaction: lock, then count, then lease. It need not wait for the disk: the dial intent does, and it
    /// flushes everything before it.
    async fn admit(&self, want: usize) -> DbResult<Vec<Admitted>> {
        let reach = self.reach.borrow().clone();
        let ids: Vec<_> = (0..want).map(|_| self.context.new_id()).collect();
        let mut tx = self.context.begin().await?;
        admission::lock(&mut tx).await?;
        let admitted = admission::admit(&mut tx, self.id, &reach, &ids).await?;
        commit(tx).await?;
        Ok(admitted)
    }

    fn spawn(self: &Arc<Self>, admitted: Admitted) {
        self.handle.held.fetch_add(1, Ordering::AcqRel);
        let worker = Arc::clone(self);
        self.calls.spawn(async move {
            let run = tokio::spawn(call::run(Arc::clone(&worker), admitted.clone()));
            if let Err(error) = run.await {
                error!(call.id = %admitted.call_id, error = %error, "The task of call {} broke off; it is reconciled with the line", admitted.call_id);
                reaper::settle(&worker, admitted).await;
            }
            worker.freed();
        });
    }

    /// A slot is free: this worker looks at once, others when the folder tells them.
    fn freed(&self) {
        self.handle.held.fetch_sub(1, Ordering::AcqRel);
        self.handle.wake.notify_one();
    }

    async fn drain(&self) {
        self.calls.close();
        let deadline = Instant::now() + self.options.drain;
        tokio::select! {
            () = self.calls.wait() => return,
            () = self.handle.hang_up.cancelled() => {}
            () = tokio::time::sleep_until(deadline) => {
                let calls = self.handle.calls_held();
                if calls > 0 {
                    info!(worker.id = %self.id, calls, "The drain time is over; {calls} calls are hung up");
                }
            }
        }
        self.handle.hang_up.cancel();
        if tokio::time::timeout(HANG_UP, self.calls.wait()).await.is_err() {
            warn!(worker.id = %self.id, "Some calls could not be settled; another worker will reconcile them");
        }
    }

    async fn reached(&self, step: Step, call: CallId) {
        if let Some(observer) = &self.options.observer {
            observer(step, call).await;
        }
    }

    /// Repeats a write until the database takes it; a refusal other than "away" is given back.
    async fn persist<T, F, Fut>(&self, what: &str, call: CallId, attempt: F) -> DbResult<T>
    where
        F: Fn() -> Fut,
        Fut: Future<Output = DbResult<T>>,
    {
        let mut pause = Duration::from_millis(100);
        loop {
            match attempt().await {
                Err(error @ DbError::Away(_)) => {
                    warn!(call.id = %call, error = %error, "{what} of call {call} waits for the database");
                    tokio::time::sleep(pause).await;
                    pause = (pause * 2).min(Duration::from_secs(5));
                }
                other => return other,
            }
        }
    }
}
