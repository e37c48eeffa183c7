//! The practice line: a part of the product on which supervisors learn. Nobody is called.
//!
//! Owns pretended calls that behave like real ones, the same way for the same seed, number and attempt; the table and
//! the distribution are in `docs/practice-line.md`. Refuses every connection to the outside.

use std::{
    collections::HashMap,
    sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use callboard_core::{call::Disposition, id::CallId, line::LineKind};
use futures_util::future::BoxFuture;
use tokio::{
    sync::watch,
    time::{Instant, sleep_until},
};
use tokio_util::sync::CancellationToken;

use crate::{CallEnd, DialPermit, EventSink, Line, LineEvent, LineFault, NotPlaced, PlannedCall, report::report};

mod draw;
mod fate;
mod phrases;
mod plan;
mod talk;

pub use fate::Fate;
pub use plan::{PracticePlan, plan};

/// How the practice line behaves.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PracticeSettings {
    /// Another seed gives every number another fate.
    pub seed: u64,
    /// How much faster than life: from 1 to 1,000. Only the waiting is shorter; every reported time is the time of
    /// life.
    pub speed: f64,
}

impl Default for PracticeSettings {
    fn default() -> Self {
        Self { seed: 1, speed: 1.0 }
    }
}

/// What an observer of the practice line is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Observed {
    /// The pretended phone began to ring.
    Placed,
    /// It was picked up.
    Answered,
    /// The call is over, or the task that held it died.
    Ended,
}

/// Is told what really happens on a practice line, so that tests can keep a ledger of it. It must not block.
pub type Observer = Arc<dyn Fn(&PlannedCall, Observed) + Send + Sync>;

/// A line on which nobody is called.
#[derive(Clone)]
pub struct PracticeLine {
    settings: PracticeSettings,
    observer: Option<Observer>,
}

impl std::fmt::Debug for PracticeLine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PracticeLine").field("settings", &self.settings).finish_non_exhaustive()
    }
}

impl PracticeLine {
    /// A line with these settings. A speed outside of its bounds counts as the nearest bound, one that is no number
    /// as the speed of life.
    #[must_use]
    pub fn new(settings: PracticeSettings) -> Self {
        let speed = if settings.speed.is_nan() { 1.0 } else { settings.speed.clamp(1.0, 1000.0) };
        Self { settings: PracticeSettings { speed, ..settings }, observer: None }
    }

    /// The same line, watched.
    #[must_use]
    pub fn with_observer(self, observer: Observer) -> Self {
        Self { observer: Some(observer), ..self }
    }

    fn moment(&self, start: Instant, line_time: Duration) -> Instant {
        start + line_time.div_f64(self.settings.speed)
    }

    async fn play(&self, running: &Running<'_>, plan: PracticePlan, events: &EventSink) -> CallEnd {
        let start = Instant::now();
        let mut answered_at = None;
        let whole = plan.end.ring + plan.end.talk;
        // The end is one more moment to wait for, without an event of its own.
        let moments = plan.events.into_iter().map(|timed| (timed.at, Some(timed.event))).chain([(whole, None)]);
        for (at, event) in moments {
            tokio::select! {
                biased;
                () = running.hang_up.cancelled() => {
                    let now = start.elapsed().mul_f64(self.settings.speed).min(whole);
                    return hung_up(now, answered_at);
                }
                () = sleep_until(self.moment(start, at)) => {}
            }
            if event == Some(LineEvent::Answered) {
                answered_at = Some(at);
                running.observe(Observed::Answered);
            }
            if let Some(event) = event {
                report(events, at, event).await;
            }
        }
        plan.end
    }
}

fn hung_up(now: Duration, answered_at: Option<Duration>) -> CallEnd {
    let ring = answered_at.unwrap_or(now);
    CallEnd { talk: now.saturating_sub(ring), ..CallEnd::without_conversation(Disposition::HungUp, ring) }
}

impl Line for PracticeLine {
    fn kind(&self) -> LineKind {
        LineKind::Practice
    }

    fn check(&self) -> BoxFuture<'_, Result<(), LineFault>> {
        Box::pin(std::future::ready(Ok(())))
    }

    fn prepare<'a>(&'a self, _call: &'a PlannedCall) -> BoxFuture<'a, Result<(), LineFault>> {
        Box::pin(std::future::ready(Ok(())))
    }

    fn place<'a>(
        &'a self,
        call: &'a PlannedCall,
        permit: DialPermit,
        events: EventSink,
        hang_up: CancellationToken,
    ) -> BoxFuture<'a, Result<CallEnd, NotPlaced>> {
        Box::pin(async move {
            if permit.has_run_out() {
                return Err(NotPlaced::PermitExpired);
            }
            if hang_up.is_cancelled() {
                return Ok(hung_up(Duration::ZERO, None));
            }
            let running = Running::begin(call, self.observer.clone(), &hang_up);
            let end = self.play(&running, plan(self.settings.seed, call), &events).await;
            running.end.send_replace(Some(end.clone()));
            Ok(end)
        })
    }

    fn release<'a>(&'a self, _call: &'a PlannedCall) -> BoxFuture<'a, ()> {
        Box::pin(std::future::ready(()))
    }

    fn reconcile<'a>(
        &'a self,
        call: &'a PlannedCall,
        _events: EventSink,
        hang_up: CancellationToken,
    ) -> BoxFuture<'a, Result<CallEnd, LineFault>> {
        Box::pin(async move {
            let found = live_calls().get(&call.call_id).map(|live| (live.end.clone(), live.hang_up.clone()));
            let Some((mut end, stop)) = found else {
                return Ok(gone());
            };
            // The events go to whoever placed the call; here only its end is waited for.
            let stopper = async {
                hang_up.cancelled().await;
                stop.cancel();
                std::future::pending::<()>().await;
            };
            let ended = tokio::select! {
                () = stopper => None,
                ended = end.wait_for(Option::is_some) => ended.ok().and_then(|end| end.clone()),
            };
            Ok(ended.unwrap_or_else(gone))
        })
    }
}

/// A practice call lives in the process that placed it and dies with it.
fn gone() -> CallEnd {
    CallEnd {
        error: Some("the worker that held this practice call ended".to_owned()),
        ..CallEnd::without_conversation(Disposition::Unknown, Duration::ZERO)
    }
}

struct Live {
    end: watch::Receiver<Option<CallEnd>>,
    hang_up: CancellationToken,
}

/// The pretended telephone network of this process. It is one for all practice lines, as the real one is: a call goes on
/// although the settings changed or another worker of the process looks for it.
static LIVE_CALLS: LazyLock<Mutex<HashMap<CallId, Live>>> = LazyLock::new(Mutex::default);

fn live_calls() -> MutexGuard<'static, HashMap<CallId, Live>> {
    LIVE_CALLS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A call in progress. When the task that holds it is dropped, the call is over.
struct Running<'a> {
    call: &'a PlannedCall,
    observer: Option<Observer>,
    end: watch::Sender<Option<CallEnd>>,
    hang_up: CancellationToken,
}

impl<'a> Running<'a> {
    fn begin(call: &'a PlannedCall, observer: Option<Observer>, hang_up: &CancellationToken) -> Self {
        let (end, ended) = watch::channel(None);
        let hang_up = hang_up.child_token();
        live_calls().insert(call.call_id, Live { end: ended, hang_up: hang_up.clone() });
        let running = Self { call, observer, end, hang_up };
        running.observe(Observed::Placed);
        running
    }

    fn observe(&self, what: Observed) {
        if let Some(observer) = &self.observer {
            observer(self.call, what);
        }
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        live_calls().remove(&self.call.call_id);
        self.observe(Observed::Ended);
    }
}
