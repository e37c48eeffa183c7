//! The scripted line: a [`Line`] on which a test decides what every call does and when it goes on.
//!
//! Owns the scripts, the stages at which calls wait for the test, and the ledger of what was placed. Refuses to sleep:
//! a test waits for events ([`ScriptedLine::waiting_at`], [`ScriptedLine::next_placed`], [`ScriptedLine::ended`]).
//!
//! ```
//! use callboard_core::call::Disposition;
//! use callboard_telephony::Line;
//! use callboard_testkit::{plan, scripted::{Script, ScriptedLine, Stage}};
//! use tokio_util::sync::CancellationToken;
//!
//! # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
//! let line = ScriptedLine::new().on("+79991234501", Script::Busy);
//! line.hold(Stage::Ringing);
//!
//! let call = plan::call(1, "+79991234501");
//! let (events, _reader) = tokio::sync::mpsc::channel(8);
//! let placing = tokio::spawn({
//!     let line = line.clone();
//!     async move { line.place(&call, plan::permit(), events, CancellationToken::new()).await }
//! });
//!
//! line.waiting_at(Stage::Ringing, "+79991234501").await; // the phone rings and goes on ringing
//! assert_eq!(line.ledger().live(), 1);
//! line.release("+79991234501");
//! let end = placing.await.unwrap().unwrap();
//! assert_eq!(end.disposition, Disposition::Busy);
//! assert_eq!(line.ledger().live(), 0);
//! # });
//! ```

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use callboard_core::{
    call::{Disposition, Outcome},
    id::CallId,
    line::LineKind,
};
use callboard_telephony::{
    CallEnd, DialPermit, EventSink, Line, LineEvent, LineFault, NotPlaced, PlannedCall, TimedEvent,
};
use futures_util::future::BoxFuture;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::ledger::{EntryKind, Ledger, Leg};

mod board;
mod script;

use board::Board;
pub use script::{Found, Script, Stage};

/// How long a test waits for something that must happen before it fails with an explanation.
const PATIENCE: Duration = Duration::from_secs(20);

/// A line under the control of a test; clones are the same line.
#[derive(Debug, Clone)]
pub struct ScriptedLine(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    ledger: Ledger,
    board: Mutex<Board>,
    changed: watch::Sender<()>,
}

impl Default for ScriptedLine {
    fn default() -> Self {
        Self::new()
    }
}

impl ScriptedLine {
    /// A line on which every call succeeds at once.
    #[must_use]
    pub fn new() -> Self {
        Self::with_ledger(Ledger::in_memory())
    }

    /// The same over a given ledger, when several lines or processes are judged together.
    #[must_use]
    pub fn with_ledger(ledger: Ledger) -> Self {
        Self(Arc::new(Inner { ledger, board: Mutex::default(), changed: watch::Sender::new(()) }))
    }

    /// Every call to this number goes like this. Called again, it replaces the script.
    #[must_use]
    pub fn on(self, phone: &str, script: Script) -> Self {
        self.on_attempts(phone, [script])
    }

    /// The first call to this number goes like the first script and so on; the last one stays.
    #[must_use]
    pub fn on_attempts(self, phone: &str, scripts: impl IntoIterator<Item = Script>) -> Self {
        self.change(|board| board.scripts.insert(phone.to_owned(), scripts.into_iter().collect()));
        self
    }

    /// Every call to a number without a script of its own goes like this.
    #[must_use]
    pub fn otherwise(self, script: Script) -> Self {
        self.change(|board| board.otherwise = script);
        self
    }

    /// Answered calls to this number report these events between the answer and the end.
    #[must_use]
    pub fn saying(self, phone: &str, events: Vec<TimedEvent>) -> Self {
        self.change(|board| board.speech.insert(phone.to_owned(), events));
        self
    }

    /// The line says that it is of this kind; the practice line unless a test says otherwise.
    #[must_use]
    pub fn of_kind(self, kind: LineKind) -> Self {
        self.change(|board| board.kind = Some(kind));
        self
    }

    /// From now on [`Line::check`] answers with this fault, or with success again.
    pub fn fail_check(&self, fault: Option<LineFault>) {
        self.change(|board| board.check_fault = fault);
    }

    /// From now on [`Line::prepare`] answers with this fault, or with success again.
    pub fn fail_prepare(&self, fault: Option<LineFault>) {
        self.change(|board| board.prepare_fault = fault);
    }

    /// From now on [`Line::reconcile`] finds this. Until it is set, it finds a call that was placed and has not ended.
    pub fn reconcile_finds(&self, found: Found) {
        self.change(|board| board.found = Some(found));
    }

    /// From now on every call that comes to this stage waits there.
    pub fn hold(&self, stage: Stage) {
        self.change(|board| board.held.insert((stage, None)));
    }

    /// From now on every call to this number that comes to this stage waits there.
    pub fn hold_phone(&self, stage: Stage, phone: &str) {
        self.change(|board| board.held.insert((stage, Some(phone.to_owned()))));
    }

    /// Lets the present calls to this number go on to their end; later calls to it wait again.
    ///
    /// # Panics
    /// When no call to this number is under way: wait for it first.
    pub fn release(&self, phone: &str) {
        let released = self.change(|board| board.release(phone, &Stage::ALL));
        assert!(released, "no call to {phone} is under way; wait for it with `waiting_at` before you release it");
    }

    /// Lets the present calls to this number go on to the next stage only.
    ///
    /// # Panics
    /// When no call to this number waits anywhere.
    pub fn advance(&self, phone: &str) {
        let released = self.change(|board| match board.stage_of(phone) {
            Some(stage) => board.release(phone, &[stage]),
            None => false,
        });
        assert!(released, "no call to {phone} waits at a stage; wait for it with `waiting_at` first");
    }

    /// Holds nothing any more: every waiting and every later call goes on.
    pub fn release_all(&self) {
        self.change(|board| board.held.clear());
    }

    /// The record of what was placed.
    #[must_use]
    pub fn ledger(&self) -> Ledger {
        self.0.ledger.clone()
    }

    /// The call to this number that waits at this stage, as soon as there is one.
    pub async fn waiting_at(&self, stage: Stage, phone: &str) -> PlannedCall {
        self.until(&format!("a call to {phone} to wait at {stage:?}"), |board| {
            board.waiting(stage).find(|call| call.phone == phone).cloned()
        })
        .await
    }

    /// All calls that wait at this stage, as soon as there are at least so many.
    pub async fn all_waiting_at(&self, stage: Stage, count: usize) -> Vec<PlannedCall> {
        self.until(&format!("{count} calls to wait at {stage:?}"), |board| {
            let waiting: Vec<_> = board.waiting(stage).cloned().collect();
            (waiting.len() >= count).then_some(waiting)
        })
        .await
    }

    /// The next placed call that this method has not returned yet, in the order of placing.
    ///
    /// # Panics
    /// When no call is placed in time.
    pub async fn next_placed(&self) -> PlannedCall {
        self.until("a call to be placed", |board| (!board.news.is_empty()).then_some(())).await;
        let next = self.change(|board| board.news.pop_front());
        next.expect("one test at a time takes the news of placed calls")
    }

    /// Waits until so many calls have ended (ends of any kind, in all), and returns all of them in order.
    pub async fn ended(&self, count: usize) -> Vec<(PlannedCall, CallEnd)> {
        self.until(&format!("{count} calls to end"), |board| (board.ended.len() >= count).then(|| board.ended.clone()))
            .await
    }

    /// The calls that were prepared, in order.
    #[must_use]
    pub fn prepared(&self) -> Vec<CallId> {
        self.board().prepared.clone()
    }

    /// The calls that were prepared and given back without having been placed, in order.
    #[must_use]
    pub fn given_back(&self) -> Vec<CallId> {
        self.board().given_back.clone()
    }

    /// How often [`Line::check`] was asked.
    #[must_use]
    pub fn checks(&self) -> usize {
        self.board().checks
    }

    fn board(&self) -> MutexGuard<'_, Board> {
        self.0.board.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change<T>(&self, change: impl FnOnce(&mut Board) -> T) -> T {
        let result = change(&mut self.board());
        self.0.changed.send_replace(());
        result
    }

    async fn until<T>(&self, what: &str, probe: impl Fn(&Board) -> Option<T>) -> T {
        // Subscribed before the first look, so that a change between the look and the wait is not missed.
        let mut changes = self.0.changed.subscribe();
        let search = async {
            loop {
                let found = probe(&self.board());
                match found {
                    Some(found) => return found,
                    None => changes.changed().await.expect("the line outlives its own sender"),
                }
            }
        };
        let Ok(found) = tokio::time::timeout(PATIENCE, search).await else {
            panic!("waited {PATIENCE:?} for {what} in vain; the line: {}", self.board().summary());
        };
        found
    }

    /// Waits at a stage for as long as the test holds the call there; false when the call was hung up meanwhile.
    async fn pass(&self, stage: Stage, call: &PlannedCall, hang_up: &CancellationToken) -> bool {
        self.change(|board| board.arrive(stage, call));
        let mut changes = self.0.changed.subscribe();
        let passed = loop {
            if !self.board().is_held(stage, call) {
                break true;
            }
            tokio::select! {
                biased;
                () = hang_up.cancelled() => break false,
                change = changes.changed() => change.expect("the line outlives its own sender"),
            }
        };
        self.change(|board| board.leave(call));
        passed
    }

    /// From the ringing phone to the end.
    async fn follow(
        &self,
        call: &PlannedCall,
        script: &Script,
        events: &EventSink,
        hang_up: &CancellationToken,
        first_stage: Stage,
    ) -> CallEnd {
        let leg = Leg::of(call);
        let mut end = script.end();
        let tell = async |at, event| {
            // A test that does not read the events is not interested in them.
            let _ = events.send(TimedEvent { at, event }).await;
        };
        tell(Duration::from_secs(1), LineEvent::Ringing).await;
        if !self.pass(first_stage, call, hang_up).await {
            end = hung_up(Duration::from_secs(2), Duration::ZERO);
        } else if script.is_answered() {
            self.0.ledger.write(EntryKind::Answered, &leg);
            tell(end.ring, LineEvent::Answered).await;
            let speech = self.board().speech.get(&call.phone).cloned().unwrap_or_default();
            for event in speech {
                let _ = events.send(event).await;
            }
            if !self.pass(Stage::Talking, call, hang_up).await {
                end = hung_up(end.ring, Duration::from_secs(5));
            }
        }
        self.0.ledger.write(EntryKind::Ended, &leg);
        self.change(|board| board.end(call, end.clone()));
        end
    }
}

fn hung_up(ring: Duration, talk: Duration) -> CallEnd {
    CallEnd { talk, ..CallEnd::without_conversation(Disposition::HungUp, ring) }
}

impl Line for ScriptedLine {
    fn kind(&self) -> LineKind {
        self.board().kind.unwrap_or(LineKind::Practice)
    }

    fn check(&self) -> BoxFuture<'_, Result<(), LineFault>> {
        Box::pin(async {
            self.change(|board| {
                board.checks += 1;
                board.check_fault.clone().map_or(Ok(()), Err)
            })
        })
    }

    fn prepare<'a>(&'a self, call: &'a PlannedCall) -> BoxFuture<'a, Result<(), LineFault>> {
        Box::pin(async move {
            self.pass(Stage::Preparing, call, &CancellationToken::new()).await;
            self.change(|board| {
                if let Some(fault) = board.prepare_fault.clone() {
                    return Err(fault);
                }
                board.prepared.push(call.call_id);
                Ok(())
            })
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
            // Not cut short by a hang-up: this stage stands for a process that is stopped right before it sends.
            self.pass(Stage::Sending, call, &CancellationToken::new()).await;
            let script = self.change(|board| board.script_for(&call.phone));
            if matches!(script, Script::PermitExpired) || permit.has_run_out() {
                return Err(NotPlaced::PermitExpired);
            }
            self.0.ledger.write(EntryKind::Placed, &Leg::of(call));
            self.change(|board| board.place(call, &script));
            assert!(!matches!(script, Script::Panic), "the script of this call says that the line panics");
            Ok(self.follow(call, &script, &events, &hang_up, Stage::Ringing).await)
        })
    }

    fn release<'a>(&'a self, call: &'a PlannedCall) -> BoxFuture<'a, ()> {
        Box::pin(async move {
            self.change(|board| board.given_back.push(call.call_id));
        })
    }

    fn reconcile<'a>(
        &'a self,
        call: &'a PlannedCall,
        events: EventSink,
        hang_up: CancellationToken,
    ) -> BoxFuture<'a, Result<CallEnd, LineFault>> {
        Box::pin(async move {
            let (found, orphan) = self.change(|board| (board.found.clone(), board.live.get(&call.call_id).cloned()));
            let script = match found {
                Some(Found::Unreachable(fault)) => return Err(fault),
                Some(Found::Live(script)) => Some(script),
                Some(Found::Gone) => None,
                None => orphan.clone(),
            };
            if let Some(script) = script {
                return Ok(self.follow(call, &script, &events, &hang_up, Stage::Reconciling).await);
            }
            if orphan.is_some() {
                self.0.ledger.write(EntryKind::Ended, &Leg::of(call));
            }
            let end = CallEnd {
                error: Some("the call was no longer there".to_owned()),
                ..CallEnd::without_conversation(Disposition::Unknown, Duration::ZERO)
            };
            self.change(|board| board.end(call, end.clone()));
            Ok(end)
        })
    }
}

/// An answered end with an outcome, for [`Script::Ends`].
#[must_use]
pub fn talked(outcome: Outcome, talk: Duration) -> CallEnd {
    CallEnd { outcome: Some(outcome), talk, ..Script::AnsweredWithoutOutcome.end() }
}
