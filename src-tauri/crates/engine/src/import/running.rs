//! Imports that this process is working on: how far each is, and the switch that ends it. Owns nothing that must survive
//! the process; what an import has come to is in the database.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
    time::Duration,
};

use callboard_contract::{ImportPhase, ImportProgress};
use callboard_core::id::CallListId;
use tokio_util::sync::CancellationToken;

use super::progress::Progress;

/// Every import of this process.
#[derive(Debug, Default)]
pub(crate) struct Running {
    works: Mutex<HashMap<CallListId, Arc<Work>>>,
    commits: tokio::sync::Mutex<()>,
}

/// One import that is worked on.
#[derive(Debug)]
pub(crate) struct Work {
    /// Ends it.
    pub cancel: CancellationToken,
    phase: ImportPhase,
    began: Duration,
    rows: AtomicU64,
    /// Parts of the work in thousandths; below zero: the bytes that were read tell.
    done: AtomicI64,
    read: Progress,
    bytes: u64,
}

impl Work {
    /// Reading a file of so many bytes.
    pub fn checking(began: Duration, read: Progress, bytes: u64) -> Self {
        Self::new(ImportPhase::Checking, began, read, bytes, -1)
    }

    /// Making tasks.
    pub fn committing(began: Duration) -> Self {
        Self::new(ImportPhase::Committing, began, Progress::default(), 0, 0)
    }

    fn new(phase: ImportPhase, began: Duration, read: Progress, bytes: u64, done: i64) -> Self {
        let cancel = CancellationToken::new();
        Self { cancel, phase, began, rows: AtomicU64::new(0), done: AtomicI64::new(done), read, bytes }
    }

    /// What is being done.
    pub fn phase(&self) -> ImportPhase {
        self.phase
    }

    /// What counts the bytes that were read.
    pub fn read(&self) -> Progress {
        self.read.clone()
    }

    /// So many more rows are done.
    pub fn add(&self, rows: u64) {
        self.rows.fetch_add(rows, Ordering::Relaxed);
    }

    /// So much of the work is done, 0 to 1.
    pub fn set_share(&self, share: f64) {
        self.done.store((share * 1000.0) as i64, Ordering::Relaxed);
    }

    /// How far it is at an instant of the monotonic clock.
    pub fn progress(&self, now: Duration) -> ImportProgress {
        let rows = self.rows.load(Ordering::Relaxed) as f64;
        let seconds = now.saturating_sub(self.began).as_secs_f64().max(0.001);
        let done = self.done.load(Ordering::Relaxed);
        let share = if done < 0 { self.read.bytes() as f64 / self.bytes.max(1) as f64 } else { done as f64 / 1000.0 };
        let share = share.clamp(0.0, 1.0);
        let seconds_left = (share > 0.02 && seconds > 0.5).then(|| seconds / share * (1.0 - share));
        ImportProgress { rows, share, rows_per_second: rows / seconds, seconds_left }
    }
}

impl Running {
    /// Begins work on an import; none when this process works on it already.
    pub fn begin(&self, id: CallListId, work: Work) -> Option<Arc<Work>> {
        let mut all = self.works.lock().unwrap_or_else(PoisonError::into_inner);
        if all.contains_key(&id) {
            return None;
        }
        let work = Arc::new(work);
        all.insert(id, Arc::clone(&work));
        Some(work)
    }

    /// The work on an import.
    pub fn get(&self, id: CallListId) -> Option<Arc<Work>> {
        self.works.lock().unwrap_or_else(PoisonError::into_inner).get(&id).cloned()
    }

    /// All of it.
    pub fn all(&self) -> Vec<(CallListId, Arc<Work>)> {
        let all = self.works.lock().unwrap_or_else(PoisonError::into_inner);
        all.iter().map(|(id, work)| (*id, Arc::clone(work))).collect()
    }

    /// Waits for the turn to commit. Commits take two connections each: many at once could take all that there are and
    /// wait for each other.
    pub async fn turn(&self) -> tokio::sync::MutexGuard<'_, ()> {
        self.commits.lock().await
    }

    /// The work has ended.
    pub fn end(&self, id: CallListId) {
        self.works.lock().unwrap_or_else(PoisonError::into_inner).remove(&id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_share_comes_from_the_bytes_while_reading_and_from_the_pieces_while_committing() {
        let work = Work::committing(Duration::from_secs(10));
        work.add(500);
        work.set_share(0.5);
        let half = work.progress(Duration::from_secs(12));
        assert_eq!((half.rows, half.share, half.rows_per_second), (500.0, 0.5, 250.0));
        assert_eq!(half.seconds_left, Some(2.0));
        let reading = Work::checking(Duration::ZERO, Progress::default(), 100);
        assert_eq!(reading.progress(Duration::from_secs(1)).seconds_left, None, "nothing was read yet");
    }

    #[test]
    fn an_import_is_worked_on_once() {
        let (running, id) = (Running::default(), CallListId(uuid::Uuid::nil()));
        assert!(running.begin(id, Work::committing(Duration::ZERO)).is_some());
        assert!(running.begin(id, Work::committing(Duration::ZERO)).is_none());
        running.end(id);
        assert!(running.begin(id, Work::committing(Duration::ZERO)).is_some());
    }
}
