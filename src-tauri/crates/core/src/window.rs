//! Dialing windows: the weekly hours of a campaign in a zone, several spans a day, less the days on which nobody is
//! called. Owns the rule when dialling is allowed and when it will be next; refuses to guess: a window without a span
//! is never open, and what is not certainly open is closed.
//!
//! Spans are half open: at the closing minute nothing new starts (acceptance 62). Everything follows from the local time
//! of an instant, of which there is exactly one, so days of 23 and 25 hours, and days that a country has left out, need
//! no case of their own. The database repeats the rule; a property test keeps both equal.

use std::collections::BTreeSet;

use chrono::{DateTime, Datelike, Days, NaiveDate, Timelike, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use crate::{field::FieldErrors, zone::ZoneSet};

mod daypart;
mod intervals;
mod wall;

pub use daypart::Daypart;
pub use intervals::{LONGEST_INTERVAL_DAYS, SEARCH_DAYS};
pub use wall::{format_minute, parse_minute, parse_zone};

/// Minutes of a day; a span may close at 24:00.
pub const MINUTES_PER_DAY: i16 = 24 * 60;
/// Most spans of a window: four on each day of the week.
pub const MAX_SPANS: usize = 28;
/// Most closed days of a campaign, and most holidays of a company.
pub const MAX_CLOSED_DAYS: usize = 366;

/// A set of weekdays; bit 0 is Monday, bit 6 is Sunday (ISO order).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Weekdays(pub i16);

impl Weekdays {
    /// Monday to Sunday.
    pub const ALL: Self = Self(0b111_1111);
    /// Monday to Friday.
    pub const WORKDAYS: Self = Self(0b001_1111);
    /// No day at all, which no span may have.
    pub const NONE: Self = Self(0);

    /// The set of these ISO numbers, 1 is Monday and 7 is Sunday; `None` when one is no day.
    #[must_use]
    pub fn from_iso(days: &[u8]) -> Option<Self> {
        days.iter().try_fold(Self::NONE, |set, day| (1..=7).contains(day).then(|| Self(set.0 | 1 << (day - 1))))
    }

    /// The ISO numbers of the days, ascending.
    #[must_use]
    pub fn iso(self) -> Vec<u8> {
        (1..=7).filter(|day| self.0 & (1 << (day - 1)) != 0).collect()
    }

    /// Whether the day of `date` is in the set.
    #[must_use]
    pub fn contains(self, date: NaiveDate) -> bool {
        self.0 & (1 << date.weekday().num_days_from_monday()) != 0
    }
}

/// Hours that repeat every week: on each of `weekdays` from `opens_minute` to `closes_minute`, local time. A span that
/// closes before it opens crosses midnight and belongs to the day on which it opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// The days on which the span opens.
    pub weekdays: Weekdays,
    /// Minutes after local midnight, 0..=1439.
    pub opens_minute: i16,
    /// Minutes after local midnight, 1..=1440, not equal to `opens_minute`. Exclusive.
    pub closes_minute: i16,
}

impl Span {
    /// The same hours on every day of the week.
    #[must_use]
    pub const fn daily(opens_minute: i16, closes_minute: i16) -> Self {
        Self { weekdays: Weekdays::ALL, opens_minute, closes_minute }
    }

    /// The span closes on the day after it opens.
    #[must_use]
    pub const fn crosses_midnight(&self) -> bool {
        self.closes_minute < self.opens_minute
    }
}

/// Dates on which nobody is called, as the calendar of the place shows them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ClosedDays(pub BTreeSet<NaiveDate>);

impl ClosedDays {
    /// Whether nobody is called on this date.
    #[must_use]
    pub fn contains(&self, date: NaiveDate) -> bool {
        self.0.contains(&date)
    }
}

impl FromIterator<NaiveDate> for ClosedDays {
    fn from_iter<I: IntoIterator<Item = NaiveDate>>(days: I) -> Self {
        Self(days.into_iter().collect())
    }
}

/// When a campaign may dial: within any of its spans, except on closed days. Closed are the dates a campaign leaves out and
/// the holidays of its company. A span that would open on a closed day does not open, not even for its part after
/// midnight, and a closed day is closed from its midnight, also to a span that opened on the day before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DialingWindow {
    /// The weekly hours, 1..=28 spans; where they overlap, one open span is enough.
    pub spans: Vec<Span>,
    /// IANA zone.
    pub zone: Tz,
    /// Dates without dialling, at most 366.
    #[serde(default)]
    pub closed_days: ClosedDays,
}

impl DialingWindow {
    /// The same hours on every day of the week.
    #[must_use]
    pub fn daily(opens_minute: i16, closes_minute: i16, zone: Tz) -> Self {
        Self { spans: vec![Span::daily(opens_minute, closes_minute)], zone, closed_days: ClosedDays::default() }
    }

    /// The window without the holidays of the company too: what counts when calls are placed.
    #[must_use]
    pub fn without(&self, holidays: &ClosedDays) -> Self {
        let closed_days = self.closed_days.0.union(&holidays.0).copied().collect();
        Self { closed_days, ..self.clone() }
    }

    /// Adds refusals: none or too many spans, hours outside the day, equal hours, an empty set of days, too many closed
    /// days. Fields are named by their path on the wire, for example `hours.0.opens`.
    pub fn check(&self, errors: &mut FieldErrors) {
        if self.spans.is_empty() {
            errors.add("hours", "required");
        } else if self.spans.len() > MAX_SPANS {
            errors.add_with("hours", "tooMany", &[("max", MAX_SPANS.to_string())]);
        }
        for (at, span) in self.spans.iter().enumerate() {
            if !(0..MINUTES_PER_DAY).contains(&span.opens_minute) {
                errors.add(&format!("hours.{at}.opens"), "time");
            }
            if !(1..=MINUTES_PER_DAY).contains(&span.closes_minute) {
                errors.add(&format!("hours.{at}.closes"), "time");
            } else if span.closes_minute == span.opens_minute {
                errors.add(&format!("hours.{at}.closes"), "windowEmpty");
            }
            if span.weekdays.0 & Weekdays::ALL.0 == 0 || span.weekdays.0 & !Weekdays::ALL.0 != 0 {
                errors.add(&format!("hours.{at}.weekdays"), "weekdays");
            }
        }
        if self.closed_days.0.len() > MAX_CLOSED_DAYS {
            errors.add_with("closedDays", "tooMany", &[("max", MAX_CLOSED_DAYS.to_string())]);
        }
    }

    /// Whether dialling is allowed at this instant, in the zone of the window.
    #[must_use]
    pub fn is_open(&self, at: DateTime<Utc>) -> bool {
        self.is_open_in(at, self.zone)
    }

    /// Whether dialling is allowed at this instant where the hours are those of `zone`.
    #[must_use]
    pub fn is_open_in(&self, at: DateTime<Utc>, zone: Tz) -> bool {
        let local = at.with_timezone(&zone).naive_local();
        let minute = i16::try_from(local.hour() * 60 + local.minute()).unwrap_or(0);
        self.is_open_at(local.date(), minute)
    }

    /// Whether the hours and days of this window are open in every zone in which a person may be. Closed when nothing
    /// is known: whoever has no zones decides what counts instead, this does not.
    #[must_use]
    pub fn is_open_in_all(&self, at: DateTime<Utc>, zones: &ZoneSet) -> bool {
        !zones.is_empty() && zones.zones().iter().all(|zone| self.is_open_in(at, *zone))
    }

    /// Whether `at` falls on a closed day of the window's zone: the difference between "not yet open" and "a holiday".
    #[must_use]
    pub fn is_closed_day(&self, at: DateTime<Utc>) -> bool {
        self.closed_days.contains(at.with_timezone(&self.zone).date_naive())
    }

    /// `at` itself when the window is open then, else the first instant after `at` at which it opens. `None` when it
    /// does not open within [`SEARCH_DAYS`].
    #[must_use]
    pub fn next_open(&self, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        self.interval_at_or_after(at, &ZoneSet::from(self.zone)).map(|(from, _)| from)
    }

    /// The instant at which the window that is open at `at` closes; `None` when it is closed or does not close within
    /// [`LONGEST_INTERVAL_DAYS`].
    #[must_use]
    pub fn closes_after(&self, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let (from, until) = self.interval_at_or_after(at, &ZoneSet::from(self.zone))?;
        (from <= at && !self.is_open(until)).then_some(until)
    }

    /// The rule itself: a local date and the minute of its wall clock.
    fn is_open_at(&self, date: NaiveDate, minute: i16) -> bool {
        if self.closed_days.contains(date) {
            return false;
        }
        let yesterday = date.checked_sub_days(Days::new(1)).filter(|yesterday| !self.closed_days.contains(*yesterday));
        self.spans.iter().any(|span| {
            let today = span.weekdays.contains(date);
            if span.crosses_midnight() {
                (today && minute >= span.opens_minute)
                    || (minute < span.closes_minute && yesterday.is_some_and(|date| span.weekdays.contains(date)))
            } else {
                today && minute >= span.opens_minute && minute < span.closes_minute
            }
        })
    }
}

#[cfg(test)]
mod tests;
