//! Even spread: when the contacts of a list become due, so that a day's calls fill its hours instead of its first minutes
//! (requirements F3). Owns the arithmetic; refuses to know about limits: a contact that is due waits for them like any
//! other, and one that is overdue is due at once.

use chrono::{DateTime, TimeDelta, Utc};

use crate::{window::DialingWindow, zone::ZoneSet};

text_enum! {
    /// How the contacts of a list become due (requirements K6).
    pub enum SpreadMode {
        /// At once: as fast as the limits allow.
        Fast = "fast",
        /// Evenly over the hours of the day.
        Even = "even",
    }
}

/// Due times of `contacts` in list order, evenly over the open time of the first day on which the window opens from
/// `from` on, in all of `zones`: contact `i` at `floor(i * open time / contacts)` seconds of open time after the opening
/// (acceptance 66). The day ends at the first local midnight of the window's zone at which it is closed, at the latest
/// 24 hours after the opening. Nothing when the window never opens: nobody would be called.
#[must_use]
pub fn even(
    window: &DialingWindow,
    zones: &ZoneSet,
    from: DateTime<Utc>,
    contacts: usize,
) -> Option<Vec<DateTime<Utc>>> {
    let open = open_time(window, zones, from)?;
    let total: i64 = open.iter().map(|(from, until)| (*until - *from).num_seconds()).sum();
    let mut stretches = open.iter();
    let (mut begin, mut end) = *stretches.next()?;
    let mut before = 0;
    let contacts = i128::try_from(contacts).ok()?;
    let mut due = Vec::new();
    for contact in 0..contacts {
        // 128 bits: the product of a million contacts and a day of seconds squared would still fit.
        let second = i64::try_from(contact * i128::from(total) / contacts).ok()?;
        while second - before >= (end - begin).num_seconds() {
            let Some(next) = stretches.next() else { break };
            before += (end - begin).num_seconds();
            (begin, end) = *next;
        }
        due.push(begin + TimeDelta::seconds(second - before));
    }
    Some(due)
}

/// The open intervals of one day.
fn open_time(
    window: &DialingWindow,
    zones: &ZoneSet,
    from: DateTime<Utc>,
) -> Option<Vec<(DateTime<Utc>, DateTime<Utc>)>> {
    let (opening, mut until) = window.interval_at_or_after(from, zones)?;
    let day = |at: DateTime<Utc>| at.with_timezone(&window.zone).date_naive();
    let latest = opening + TimeDelta::days(1);
    let mut open = vec![(opening, until.min(latest))];
    while until < latest {
        let Some(next) = window.interval_at_or_after(until, zones) else { break };
        if day(next.0) != day(opening) {
            break;
        }
        open.push((next.0, next.1.min(latest)));
        until = next.1;
    }
    Some(open)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::window::Span;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("an RFC 3339 instant")
    }

    fn spread(window: &DialingWindow, from: &str, contacts: usize) -> Vec<String> {
        let due = even(window, &window.zone.into(), at(from), contacts).expect("it opens");
        due.into_iter().map(|at| at.with_timezone(&window.zone).format("%d %H:%M:%S").to_string()).collect()
    }

    /// Acceptance 66 and requirements F3.
    #[test]
    fn ten_contacts_fill_the_day() {
        let day = DialingWindow::daily(540, 1080, chrono_tz::Europe::Moscow);
        let times = ["09:00", "09:54", "10:48", "11:42", "12:36", "13:30", "14:24", "15:18", "16:12", "17:06"]
            .map(|time| format!("15 {time}:00"));
        assert_eq!(spread(&day, "2025-01-15T00:00:00Z", 10), times);
        assert_eq!(spread(&day, "2025-01-15T00:00:00Z", 1), ["15 09:00:00"]);
        assert_eq!(spread(&day, "2025-01-15T15:05:00Z", 1), ["16 09:00:00"], "18:05 is too late for today");
        assert_eq!(spread(&day, "2025-01-15T12:00:00Z", 3), ["15 15:00:00", "15 16:00:00", "15 17:00:00"], "the rest");
    }

    /// Acceptance 66.
    #[test]
    fn a_thousand_contacts_stay_within_their_hour_in_order() {
        let hour = DialingWindow::daily(540, 600, chrono_tz::UTC);
        let due = even(&hour, &chrono_tz::UTC.into(), at("2025-01-15T00:00:00Z"), 1000).expect("it opens");
        assert_eq!(due.len(), 1000);
        assert!(due.is_sorted() && due.iter().all(|at| hour.is_open(*at)));
        assert!(due[999] >= at("2025-01-15T09:59:50Z"), "to the end of the hour");
    }

    #[test]
    fn breaks_are_left_out() {
        let split = DialingWindow {
            spans: vec![Span::daily(540, 600), Span::daily(720, 780)],
            ..DialingWindow::daily(0, 1, chrono_tz::UTC)
        };
        let times = ["09:00", "09:30", "12:00", "12:30"].map(|time| format!("15 {time}:00"));
        assert_eq!(spread(&split, "2025-01-15T00:00:00Z", 4), times);
    }

    #[test]
    fn a_night_is_one_day_and_a_window_without_end_lasts_24_hours() {
        let night = DialingWindow::daily(1320, 360, chrono_tz::UTC);
        assert_eq!(spread(&night, "2025-01-15T12:00:00Z", 2), ["15 22:00:00", "16 02:00:00"]);
        let always = DialingWindow::daily(0, 1440, chrono_tz::UTC);
        assert_eq!(spread(&always, "2025-01-15T12:00:00Z", 2), ["15 12:00:00", "16 00:00:00"]);
    }

    #[test]
    fn a_window_that_never_opens_spreads_nothing() {
        let never = DialingWindow { spans: vec![], ..DialingWindow::daily(0, 1, chrono_tz::UTC) };
        assert_eq!(even(&never, &chrono_tz::UTC.into(), at("2025-01-15T12:00:00Z"), 2), None);
    }
}
