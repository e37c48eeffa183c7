//! The call ledger: the oracle of every promise about dialling.
//!
//! Owns an append-only record of what was really placed, answered and ended, written by the line itself and never by the
//! code under test, and the judges over it. Refuses to forget: an entry is in the file before the call goes on.

use std::{
    collections::HashMap,
    fs::{File, OpenOptions},
    io::{self, BufRead, BufReader, Write},
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use callboard_core::clock::{Clock, SystemClock};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

mod judge;

pub use judge::{DoubleDial, double_dials, max_at_once, max_in_any_window};

/// What an entry records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EntryKind {
    /// The phone was made to ring (an INVITE was sent).
    Placed,
    /// Someone or something picked up.
    Answered,
    /// The call is over, however it ended.
    Ended,
}

/// The call that an entry is about.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Leg {
    /// The room, one for each attempt.
    pub room: String,
    /// The identity of the called person in it.
    pub identity: String,
    /// The number that was dialled.
    pub phone: String,
    /// The campaign, when the line knows it.
    pub campaign: Option<String>,
}

impl Leg {
    /// The leg of a planned call.
    #[must_use]
    pub fn of(call: &callboard_telephony::PlannedCall) -> Self {
        Self {
            room: call.room(),
            identity: call.identity(),
            phone: call.phone.clone(),
            campaign: Some(call.campaign_id.to_string()),
        }
    }
}

/// One line of the ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// What happened.
    pub kind: EntryKind,
    /// To which call.
    #[serde(flatten)]
    pub leg: Leg,
    /// Microseconds on the ledger's own monotonic clock, from its opening.
    pub at_us: u64,
    /// The wall clock, to compare ledgers of several processes of one machine.
    pub wall: DateTime<Utc>,
}

impl Entry {
    /// Since the opening of the ledger.
    #[must_use]
    pub fn at(&self) -> Duration {
        Duration::from_micros(self.at_us)
    }
}

/// An append-only record of calls; clones write to the same one.
///
/// ```
/// use callboard_testkit::{ledger::{EntryKind, Leg, Ledger}, plan};
///
/// let ledger = Ledger::in_memory();
/// let leg = Leg::of(&plan::call(1, "+79991234501"));
/// ledger.write(EntryKind::Placed, &leg);
/// ledger.write(EntryKind::Ended, &leg);
/// assert_eq!(ledger.dials_to("+79991234501"), 1);
/// assert_eq!(ledger.max_at_once(|_| true), 1);
/// assert!(ledger.double_dials().is_empty());
/// ```
#[derive(Debug, Clone)]
pub struct Ledger(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    clock: SystemClock,
    book: Mutex<Book>,
}

#[derive(Debug)]
struct Book {
    entries: Vec<Entry>,
    file: Option<File>,
}

impl Default for Ledger {
    fn default() -> Self {
        Self::in_memory()
    }
}

impl Ledger {
    /// A ledger that lives as long as the test.
    #[must_use]
    pub fn in_memory() -> Self {
        Self::over(None)
    }

    /// A ledger that also appends every entry to a file, one JSON object a line, and forces it to the disk before it
    /// goes on, so that a killed process has lost none.
    ///
    /// # Errors
    /// When the file cannot be opened.
    pub fn in_file(path: &Path) -> io::Result<Self> {
        Ok(Self::over(Some(OpenOptions::new().create(true).append(true).open(path)?)))
    }

    fn over(file: Option<File>) -> Self {
        Self(Arc::new(Inner { clock: SystemClock::start(), book: Mutex::new(Book { entries: Vec::new(), file }) }))
    }

    /// Records an entry now.
    ///
    /// # Panics
    /// When the file cannot be written: an oracle with gaps would acquit the guilty.
    pub fn write(&self, kind: EntryKind, leg: &Leg) {
        let mut book = self.book();
        // Both clocks are read under the lock: the order of the entries is the order of their times.
        let at_us = u64::try_from(self.0.clock.monotonic().as_micros()).unwrap_or(u64::MAX);
        let entry = Entry { kind, leg: leg.clone(), at_us, wall: self.0.clock.now() };
        if let Some(file) = &mut book.file {
            let mut line = serde_json::to_vec(&entry).expect("an entry is plain data");
            line.push(b'\n');
            file.write_all(&line).and_then(|()| file.sync_data()).expect("the ledger must be writable");
        }
        book.entries.push(entry);
    }

    /// Everything recorded so far, in order.
    #[must_use]
    pub fn entries(&self) -> Vec<Entry> {
        self.book().entries.clone()
    }

    /// How often a number was dialled.
    #[must_use]
    pub fn dials_to(&self, phone: &str) -> usize {
        self.placed(|entry| entry.leg.phone == phone)
    }

    /// How many calls were placed among those that the filter names.
    #[must_use]
    pub fn placed(&self, filter: impl Fn(&Entry) -> bool) -> usize {
        self.book().entries.iter().filter(|entry| entry.kind == EntryKind::Placed && filter(entry)).count()
    }

    /// How many calls are going on now.
    #[must_use]
    pub fn live(&self) -> usize {
        let mut live: HashMap<Leg, usize> = HashMap::new();
        for entry in &self.book().entries {
            match entry.kind {
                EntryKind::Placed => *live.entry(entry.leg.clone()).or_default() += 1,
                EntryKind::Answered => {}
                EntryKind::Ended => {
                    if let Some(count) = live.get_mut(&entry.leg) {
                        *count = count.saturating_sub(1);
                    }
                }
            }
        }
        live.values().sum()
    }

    /// See [`max_at_once`].
    #[must_use]
    pub fn max_at_once(&self, filter: impl Fn(&Entry) -> bool) -> usize {
        max_at_once(&self.entries(), filter)
    }

    /// See [`max_in_any_window`].
    #[must_use]
    pub fn max_in_any_window(&self, window: Duration, filter: impl Fn(&Entry) -> bool) -> usize {
        max_in_any_window(&self.entries(), window, filter)
    }

    /// See [`double_dials`].
    #[must_use]
    pub fn double_dials(&self) -> Vec<DoubleDial> {
        double_dials(&self.entries())
    }

    /// What a practice line reports to, so that it can be judged like any other line.
    #[must_use]
    pub fn practice_observer(&self) -> callboard_telephony::practice::Observer {
        use callboard_telephony::practice::Observed;
        let ledger = self.clone();
        Arc::new(move |call, what| {
            let kind = match what {
                Observed::Placed => EntryKind::Placed,
                Observed::Answered => EntryKind::Answered,
                Observed::Ended => EntryKind::Ended,
            };
            ledger.write(kind, &Leg::of(call));
        })
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        // A panicking test thread leaves at worst a whole entry more or less; the rest must stay readable.
        self.0.book.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Reads the ledgers of several processes of one machine as one, ordered and timed by the wall clock.
///
/// # Errors
/// When a file cannot be read or holds a line that is not an entry. The last line of a file may be cut off (its process
/// was killed while writing it, before the call went on); it is left out.
pub fn read_files(paths: &[impl AsRef<Path>]) -> io::Result<Vec<Entry>> {
    let mut entries: Vec<Entry> = Vec::new();
    for path in paths {
        let lines = BufReader::new(File::open(path)?).lines().collect::<io::Result<Vec<_>>>()?;
        for (index, line) in lines.iter().enumerate() {
            match serde_json::from_str(line) {
                Ok(entry) => entries.push(entry),
                Err(_) if index + 1 == lines.len() => {}
                Err(error) => return Err(io::Error::new(io::ErrorKind::InvalidData, error)),
            }
        }
    }
    entries.sort_by_key(|entry| entry.wall);
    if let Some(opening) = entries.first().map(|entry| entry.wall) {
        for entry in &mut entries {
            let since = (entry.wall - opening).num_microseconds().unwrap_or(i64::MAX);
            entry.at_us = u64::try_from(since).unwrap_or(0);
        }
    }
    Ok(entries)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan;

    #[test]
    fn ledgers_of_two_processes_are_read_as_one_even_after_a_kill() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let (first, second) = (folder.path().join("a.jsonl"), folder.path().join("b.jsonl"));
        let leg = Leg::of(&plan::call(1, "+79991234501"));
        Ledger::in_file(&first).expect("a new file").write(EntryKind::Placed, &leg);
        Ledger::in_file(&second).expect("a new file").write(EntryKind::Placed, &leg);
        OpenOptions::new()
            .append(true)
            .open(&second)
            .and_then(|mut file| file.write_all(b"{\"kind\":\"pla"))
            .expect("a torn last line");

        let entries = read_files(&[&first, &second]).expect("both are readable");
        assert_eq!(entries.len(), 2);
        assert!(!double_dials(&entries).is_empty(), "the two processes dialled the same person");
    }

    #[test]
    fn a_call_is_live_until_it_ends() {
        let ledger = Ledger::in_memory();
        let leg = Leg::of(&plan::call(1, "+79991234501"));
        ledger.write(EntryKind::Placed, &leg);
        ledger.write(EntryKind::Answered, &leg);
        assert_eq!(ledger.live(), 1);
        ledger.write(EntryKind::Ended, &leg);
        assert_eq!(ledger.live(), 0);
    }
}
