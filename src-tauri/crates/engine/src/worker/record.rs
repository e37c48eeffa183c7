//! What is recorded while a call goes on, for those who watch. The line never waits for it: what the database does not take
//! in time is left out here and stored with the result.

use std::time::Duration;

use callboard_core::{
    call::CallState,
    telemetry::{Collector, Conversation, Turn},
};
use callboard_db::{
    DbResult, deltas,
    leases::{self, LeaseRef, Standing},
    telemetry,
};
use callboard_telephony::{LineEvent, PlannedCall, TimedEvent};
use tokio::{sync::mpsc, time::Instant};
use tracing::warn;

use super::{Step, Worker};
use crate::context::commit;

/// Turns are shown live at most this often.
const LIVE_TURNS: Duration = Duration::from_millis(500);
/// What may wait to be written. Two places are kept for ringing and the answer.
const BACKLOG: usize = 4;

/// Something to be written.
pub(super) enum News {
    Ringing,
    Answered,
    Turns(Vec<Turn>),
}

/// The record of one call.
pub(super) struct Record {
    news: mpsc::Sender<News>,
    collector: Option<Collector>,
    shown: usize,
    /// Bytes of the last turn that was shown: its words may come after it began.
    shown_words: usize,
    shown_at: Option<Instant>,
    /// The turns of an adopted call are stored at its end, behind those of the worker before; shown from here, they would
    /// take their places.
    shows_turns: bool,
}

/// A record, and what [`write`] takes from it.
pub(super) fn begin(adopted: bool) -> (Record, mpsc::Receiver<News>) {
    let (news, receiver) = mpsc::channel(BACKLOG);
    (Record { news, collector: None, shown: 0, shown_words: 0, shown_at: None, shows_turns: !adopted }, receiver)
}

impl Record {
    /// Takes an event over, without waiting.
    pub(super) fn note(&mut self, timed: &TimedEvent) {
        match &timed.event {
            LineEvent::Ringing => {
                let _ = self.news.try_send(News::Ringing);
            }
            LineEvent::Answered => {
                self.collector = Some(Collector::new(timed.at));
                let _ = self.news.try_send(News::Answered);
            }
            LineEvent::Speech(event) => {
                self.collector.get_or_insert_with(|| Collector::new(timed.at)).apply(event, timed.at);
                self.show_turns();
            }
        }
    }

    fn show_turns(&mut self) {
        let Some(collector) = &self.collector else { return };
        let turns = collector.turns();
        let due = self.shown_at.is_none_or(|at| at.elapsed() >= LIVE_TURNS);
        let words = turns.last().map_or(0, |turn| turn.content.len());
        let nothing_new = turns.len() < self.shown || (turns.len() == self.shown && words == self.shown_words);
        if !self.shows_turns || nothing_new || !due || self.news.capacity() <= 2 {
            return;
        }
        // The last one that was shown may have been open.
        let news = turns[self.shown.saturating_sub(1)..].to_vec();
        if self.news.try_send(News::Turns(news)).is_ok() {
            self.shown = turns.len();
            self.shown_words = words;
            self.shown_at = Some(Instant::now());
        }
    }

    /// Ends the record; [`write`] ends when it has written what is there.
    pub(super) fn close(self) -> Option<Conversation> {
        self.collector.and_then(Collector::finish)
    }
}

/// Writes the news of a call until its record is closed, or the lease is no longer ours.
pub(super) async fn write(
    worker: &Worker,
    lease: LeaseRef,
    call: &PlannedCall,
    mut news: mpsc::Receiver<News>,
) -> Standing {
    let id = call.call_id;
    while let Some(item) = news.recv().await {
        let (step, written) = match item {
            News::Ringing => (Some(Step::Ringing), progress(worker, lease, call, CallState::Ringing).await),
            News::Answered => (Some(Step::Answered), progress(worker, lease, call, CallState::Answered).await),
            News::Turns(turns) => (None, show(worker, call, &turns).await.map(|()| Standing::Ours)),
        };
        if let Some(step) = step {
            worker.reached(step, id).await;
        }
        match written {
            Ok(Standing::Ours) => {}
            Ok(lost) => return lost,
            Err(error) => warn!(call.id = %id, error = %error, "The progress of call {id} could not be stored"),
        }
    }
    Standing::Ours
}

async fn progress(worker: &Worker, lease: LeaseRef, call: &PlannedCall, state: CallState) -> DbResult<Standing> {
    let mut tx = worker.begin().await?;
    let standing = leases::progress(&mut tx, lease, call.call_id, state).await?;
    commit(tx).await?;
    Ok(standing)
}

async fn show(worker: &Worker, call: &PlannedCall, turns: &[Turn]) -> DbResult<()> {
    let mut tx = worker.begin().await?;
    telemetry::append_turns(&mut tx, call.company_id, call.call_id, turns).await?;
    deltas::touch(&mut tx, call.company_id, call.campaign_id).await?;
    commit(tx).await
}
