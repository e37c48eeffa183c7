//! The dialing worker: takes no more than free slots, runs calls side by side, renews its lease of life, reaps the
//! dead, drains when it is told to stop.
//!
//! Owns the loops. Refuses to decide limits (admission counts rows) and to hold a connection during a call. Runs inside
//! the desktop application and, the same, in `callboard-server worker`.

mod call;
mod intents;
mod reaper;
mod record;
mod result;

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use callboard_core::id::{CallId, WorkerId};
use callboard_db::{
    DbResult, Postgres, Transaction,
    admission::{self, Admitted, Reach},
    leases, orphans, workers,
};
use futures_util::future::BoxFuture;
use tokio::{
    sync::{Notify, mpsc, watch},
    time::Instant,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tracing::{error, info, warn};

use crate::{
    context::{Context, commit},
    lines::Lines,
};

/// Renewal of the lease of life; two may fail slowly, or three fast, before the 15 s are over.
const RENEWAL: Duration = Duration::from_secs(3);
/// A renewal that takes longer is begun anew.
const RENEWED_WITHIN: Duration = Duration::from_secs(3);
/// Longest wait when nobody wakes the worker.
const POLL: Duration = Duration::from_secs(1);
/// How often the dead are looked for.
const REAP: Duration = Duration::from_secs(1);
/// How often it is read which lines this process can use.
const REACH: Duration = Duration::from_secs(30);
/// Pause before that is tried again when it could not be read.
const READ_AGAIN: Duration = Duration::from_secs(2);
/// Calls that one transaction admits at most.
const BATCH: usize = 50;
/// How long calls may take to end after they were hung up.
const HANG_UP: Duration = Duration::from_secs(5);
/// How long the last transaction may take.
const SIGN_OFF: Duration = Duration::from_secs(3);

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
        Self {
            name: name.into(),
            version: version.into(),
            capacity: 500,
            drain: Duration::from_secs(30),
            observer: None,
        }
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
    /// Stop, and hang up now.
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

/// What this process does about a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Hand {
    /// A task carries it out, or the transaction that admits it is under way.
    Working,
    /// Its task broke off.
    Broken,
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
    wishes: intents::Wishes,
    /// The calls that this process knows of. A lease of ours that is not among them was lost by accident (a commit whose
    /// reply did not come, a task that panicked), and nobody else would ever look for it while we are alive.
    in_hand: Mutex<HashMap<CallId, Hand>>,
    /// Nothing is waited for any more.
    over: CancellationToken,
}

/// Runs a worker until it is stopped and drained.
pub async fn run(context: Context, lines: Lines, options: WorkerOptions, handle: WorkerHandle) {
    let (wishes, intents) = mpsc::unbounded_channel();
    let worker = Arc::new(Worker {
        id: WorkerId(context.new_id()),
        context,
        lines,
        options,
        handle,
        calls: TaskTracker::new(),
        reach: watch::Sender::new(Reach { practice: false, livekit: Vec::new() }),
        wishes,
        in_hand: Mutex::default(),
        over: CancellationToken::new(),
    });
    // Whoever hangs up wants no new calls either.
    let stop = worker.handle.stop.clone();
    let hang_up = worker.handle.hang_up.clone();
    let stopping = tokio::spawn(async move {
        hang_up.cancelled().await;
        stop.cancel();
    });
    let alive = CancellationToken::new();
    let claiming = worker.handle.stop.child_token();
    // Also when this future is dropped: a worker that does nothing must not go on living.
    let _ends = [alive.clone(), claiming.clone(), worker.over.clone()].map(CancellationToken::drop_guard);
    let loops = TaskTracker::new();
    worker.renew().await;
    info!(worker.id = %worker.id, "Worker {} runs", worker.id);
    loops.spawn(every(RENEWAL, alive.clone(), Arc::clone(&worker), |worker| async move { worker.renew().await }));
    loops.spawn(every(Duration::ZERO, alive.clone(), Arc::clone(&worker), |worker| async move {
        let pause = if worker.read_reach().await { REACH } else { READ_AGAIN };
        tokio::select! {
            () = worker.handle.refresh.notified() => {}
            () = tokio::time::sleep(pause) => {}
        }
    }));
    // Ends before the calls are counted out: what is adopted later would be nobody's.
    let reaping = tokio::spawn(every(REAP, claiming, Arc::clone(&worker), |worker| async move {
        reaper::reap(&worker).await;
    }));

    // As long as calls go on: a retry of an intent outlives the claiming.
    let writing = Arc::clone(&worker);
    let until = worker.over.clone();
    loops.spawn(async move {
        tokio::select! {
            () = intents::write(&writing, intents) => {}
            () = until.cancelled() => {}
        }
    });

    worker.claim_until_stopped().await;
    if let Err(error) = reaping.await {
        error!(worker.id = %worker.id, error = %error, "The reaper of worker {} broke off", worker.id);
    }
    worker.drain().await;

    alive.cancel();
    worker.over.cancel();
    loops.close();
    loops.wait().await;
    stopping.abort();
    if tokio::time::timeout(SIGN_OFF, worker.sign_off()).await.is_err() {
        warn!(worker.id = %worker.id, "Worker {} could not sign off; its lease of life runs out by itself", worker.id);
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
    /// A short transaction of this worker.
    async fn begin(&self) -> DbResult<Transaction<'static, Postgres>> {
        workers::begin(&self.context.db).await
    }

    fn in_hand(&self) -> MutexGuard<'_, HashMap<CallId, Hand>> {
        // Each change of the map is whole, whoever panicked.
        self.in_hand.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn renew(&self) {
        let renewed = async {
            let mut db = self.context.connection().await?;
            workers::renew(&mut db, self.id, &self.options.name, &self.options.version).await
        };
        match tokio::time::timeout(RENEWED_WITHIN, renewed).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => {
                warn!(worker.id = %self.id, error = %error, "Worker {} could not renew its lease of life", self.id);
            }
            Err(_) => {
                warn!(worker.id = %self.id, "The renewal of the lease of life of worker {} took too long", self.id);
            }
        }
    }

    /// False when it could not be read.
    async fn read_reach(&self) -> bool {
        match self.lines.reach(&self.context).await {
            Ok(reach) => {
                self.reach.send_if_modified(|present| {
                    let changed = *present != reach;
                    *present = reach;
                    changed
                });
                true
            }
            Err(error) => {
                warn!(worker.id = %self.id, error = %error, "Which lines are usable could not be read");
                false
            }
        }
    }

    /// Gives back what was admitted in the last moment and nobody began, then signs off. What may have been dialled is
    /// left to another worker.
    async fn sign_off(&self) {
        let signed_off = async {
            let mut tx = self.begin().await?;
            if self.calls.is_empty() {
                for (lease, _) in orphans::of_worker(&mut tx, self.id).await? {
                    if orphans::held(&mut tx, lease).await?.is_some_and(|held| !held.dialed) {
                        leases::release(&mut tx, lease).await?;
                    }
                }
            }
            workers::retire(&mut tx, self.id).await?;
            commit(tx).await
        };
        if let Err(error) = signed_off.await {
            warn!(worker.id = %self.id, error = %error, "Worker {} could not sign off; its lease of life runs out by itself", self.id);
        }
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
                let admitted = tokio::select! {
                    admitted = self.admit(want) => admitted,
                    // A transaction that is cut off here rolls back; if it was committed already, signing off undoes it.
                    () = stop.cancelled() => return,
                };
                match admitted {
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
        // Known before the commit, so that the reaper never takes them for lost.
        self.in_hand().extend(ids.iter().map(|id| (CallId(*id), Hand::Working)));
        let admitted = async {
            let mut tx = self.begin().await?;
            admission::lock(&mut tx).await?;
            let admitted = admission::admit(&mut tx, self.id, &reach, &ids).await?;
            commit(tx).await?;
            DbResult::Ok(admitted)
        };
        let admitted = admitted.await;
        let taken = admitted.as_deref().unwrap_or_default();
        let mut in_hand = self.in_hand();
        for id in ids.into_iter().map(CallId).filter(|id| taken.iter().all(|call| call.call_id != *id)) {
            in_hand.remove(&id);
        }
        drop(in_hand);
        admitted
    }

    fn spawn(self: &Arc<Self>, admitted: Admitted) {
        self.supervise(admitted.call_id, call::run(Arc::clone(self), admitted));
    }

    /// Runs the life of a call, and keeps the books when it is over or breaks off.
    fn supervise(self: &Arc<Self>, call: CallId, life: impl Future<Output = ()> + Send + 'static) {
        self.handle.held.fetch_add(1, Ordering::AcqRel);
        self.in_hand().insert(call, Hand::Working);
        let worker = Arc::clone(self);
        self.calls.spawn(async move {
            match tokio::spawn(life).await {
                Ok(()) => {
                    worker.in_hand().remove(&call);
                }
                Err(error) => {
                    error!(call.id = %call, error = %error, "The task of call {call} broke off; the reaper takes it up");
                    worker.in_hand().insert(call, Hand::Broken);
                }
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

    /// Repeats a write until the database takes it; a refusal that will not pass is given back.
    async fn persist<T, F, Fut>(&self, what: &str, call: CallId, attempt: F) -> DbResult<T>
    where
        F: Fn() -> Fut,
        Fut: Future<Output = DbResult<T>>,
    {
        let mut pause = Duration::from_millis(100);
        loop {
            let error = match attempt().await {
                Err(error) if error.may_pass() => error,
                other => return other,
            };
            warn!(call.id = %call, error = %error, "{what} of call {call} waits for the database");
            tokio::select! {
                () = self.over.cancelled() => return Err(error),
                () = tokio::time::sleep(pause) => {}
            }
            pause = (pause * 2).min(Duration::from_secs(5));
        }
    }
}
