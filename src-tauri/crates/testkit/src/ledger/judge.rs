//! The judges over a ledger. Owns what counts as a broken promise; refuses to know which code wrote the entries.

use std::{collections::HashMap, time::Duration};

use super::{Entry, EntryKind};

/// A person who was called twice where once was promised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DoubleDial {
    /// The same attempt was placed a second time.
    SameAttempt {
        /// Its identity.
        identity: String,
        /// The number.
        phone: String,
    },
    /// A number was dialled while another call to it was still going on.
    SamePhoneLive {
        /// The number.
        phone: String,
        /// The identities of the call that was going on and of the new one.
        identities: [String; 2],
    },
}

/// The largest number of calls that were going on at the same moment among those that the filter names. A call that
/// has no end is still going on. Entries must be in order of time; of two at the same instant the earlier line counts
/// first.
#[must_use]
pub fn max_at_once(entries: &[Entry], filter: impl Fn(&Entry) -> bool) -> usize {
    let mut live: HashMap<&str, usize> = HashMap::new();
    let (mut now, mut most) = (0_usize, 0);
    for entry in entries.iter().filter(|entry| filter(entry)) {
        let legs = live.entry(entry.leg.identity.as_str()).or_default();
        match entry.kind {
            EntryKind::Placed => {
                *legs += 1;
                now += 1;
                most = most.max(now);
            }
            EntryKind::Ended if *legs > 0 => {
                *legs -= 1;
                now -= 1;
            }
            EntryKind::Answered | EntryKind::Ended => {}
        }
    }
    most
}

/// The largest number of calls placed within any window of the given length, wherever it begins, among those that the
/// filter names. Two calls exactly a window apart are not in one window.
#[must_use]
pub fn max_in_any_window(entries: &[Entry], window: Duration, filter: impl Fn(&Entry) -> bool) -> usize {
    let placed: Vec<Duration> =
        entries.iter().filter(|entry| entry.kind == EntryKind::Placed && filter(entry)).map(Entry::at).collect();
    let (mut first, mut most) = (0, 0);
    for (last, at) in placed.iter().enumerate() {
        while at.saturating_sub(placed[first]) >= window {
            first += 1;
        }
        most = most.max(last - first + 1);
    }
    most
}

/// Everyone who was called twice: the same attempt placed again, at any time, or a number dialled while a call to it
/// was still going on.
#[must_use]
pub fn double_dials(entries: &[Entry]) -> Vec<DoubleDial> {
    let mut found = Vec::new();
    let mut placed_before: HashMap<&str, usize> = HashMap::new();
    let mut live_by_phone: HashMap<&str, Vec<&str>> = HashMap::new();
    for entry in entries {
        let (identity, phone) = (entry.leg.identity.as_str(), entry.leg.phone.as_str());
        let live = live_by_phone.entry(phone).or_default();
        match entry.kind {
            EntryKind::Placed => {
                let times = placed_before.entry(identity).or_default();
                *times += 1;
                if *times > 1 {
                    found.push(DoubleDial::SameAttempt { identity: identity.to_owned(), phone: phone.to_owned() });
                } else if let Some(other) = live.first() {
                    found.push(DoubleDial::SamePhoneLive {
                        phone: phone.to_owned(),
                        identities: [(*other).to_owned(), identity.to_owned()],
                    });
                }
                live.push(identity);
            }
            EntryKind::Answered => {}
            EntryKind::Ended => {
                if let Some(index) = live.iter().position(|leg| *leg == identity) {
                    live.remove(index);
                }
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::Leg;

    fn entry(kind: EntryKind, call: &str, phone: &str, second: u64) -> Entry {
        Entry {
            kind,
            leg: Leg {
                room: format!("room-{call}"),
                identity: call.to_owned(),
                phone: phone.to_owned(),
                campaign: Some(format!("campaign-{}", &call[..1])),
            },
            at_us: second * 1_000_000,
            wall: chrono::DateTime::UNIX_EPOCH + Duration::from_secs(second),
        }
    }

    fn placed(call: &str, phone: &str, second: u64) -> Entry {
        entry(EntryKind::Placed, call, phone, second)
    }

    fn ended(call: &str, phone: &str, second: u64) -> Entry {
        entry(EntryKind::Ended, call, phone, second)
    }

    /// Acceptance 16-18: the oracle must see one call too many.
    #[test]
    fn a_third_call_at_once_is_seen_and_a_call_after_an_end_is_not_counted() {
        let mut book = vec![placed("a1", "1", 0), placed("a2", "2", 1), ended("a1", "1", 2), placed("a3", "3", 2)];
        assert_eq!(max_at_once(&book, |_| true), 2);
        book.push(placed("a4", "4", 3));
        assert_eq!(max_at_once(&book, |_| true), 3, "the planted breach of a limit of two");
    }

    #[test]
    fn a_call_without_an_end_and_a_stray_end_do_not_hide_a_breach() {
        let book = [
            ended("a9", "9", 0),
            placed("a1", "1", 1),
            ended("a1", "1", 2),
            ended("a1", "1", 2),
            placed("a2", "2", 3),
            placed("a3", "3", 3),
        ];
        assert_eq!(max_at_once(&book, |_| true), 2);
    }

    #[test]
    fn the_filter_judges_one_campaign_among_others() {
        let book = [placed("a1", "1", 0), placed("b1", "2", 0), placed("b2", "3", 0)];
        let of_b = |entry: &Entry| entry.leg.campaign.as_deref() == Some("campaign-b");
        assert_eq!(max_at_once(&book, of_b), 2);
        assert_eq!(max_in_any_window(&book, Duration::from_mins(1), of_b), 2);
    }

    /// Acceptance 19: no double burst at the edge of a minute.
    #[test]
    fn a_burst_over_the_edge_of_a_minute_is_seen() {
        let seconds = [0, 50, 58, 61, 65];
        let book: Vec<_> = seconds.iter().map(|second| placed(&format!("a{second}"), "1", *second)).collect();
        assert_eq!(max_in_any_window(&book, Duration::from_mins(1), |_| true), 4, "50, 58, 61 and 65");
    }

    #[test]
    fn two_calls_exactly_a_minute_apart_are_in_two_minutes() {
        let book = [placed("a1", "1", 0), placed("a2", "2", 60)];
        assert_eq!(max_in_any_window(&book, Duration::from_mins(1), |_| true), 1);
        assert_eq!(max_in_any_window(&[], Duration::from_mins(1), |_| true), 0);
    }

    /// Promise P1: no attempt is placed twice, even long after its end.
    #[test]
    fn a_repeated_attempt_is_seen_even_after_its_end() {
        let book = [placed("a1", "1", 0), ended("a1", "1", 5), placed("a1", "1", 600)];
        let expected = DoubleDial::SameAttempt { identity: "a1".into(), phone: "1".into() };
        assert_eq!(double_dials(&book), [expected]);
    }

    /// Promise P1: no number has two live calls.
    #[test]
    fn a_second_live_call_to_a_number_is_seen_and_a_later_one_is_fine() {
        let fine = [placed("a1", "1", 0), ended("a1", "1", 5), placed("a2", "1", 5), placed("a3", "2", 6)];
        assert_eq!(double_dials(&fine), []);
        let guilty = [placed("a1", "1", 0), placed("a2", "1", 4), ended("a1", "1", 5)];
        let expected = DoubleDial::SamePhoneLive { phone: "1".into(), identities: ["a1".into(), "a2".into()] };
        assert_eq!(double_dials(&guilty), [expected]);
    }
}
