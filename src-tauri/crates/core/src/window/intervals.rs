//! Open intervals in several zones at once. Owns the search for the next one; refuses to step minute by minute: between two
//! edges of the hours, and between two clock changes, nothing can open or close.

use chrono::{DateTime, NaiveDate, Offset, TimeZone, Utc};
use chrono_tz::Tz;

use super::DialingWindow;
use crate::zone::ZoneSet;

/// How far ahead an opening is looked for: a year of closed days and a month.
pub const SEARCH_DAYS: i64 = 400;
/// An interval that is longer ends here, although the window stays open.
pub const LONGEST_INTERVAL_DAYS: i64 = 32;

const DAY: i64 = 86_400;

/// A stretch of time in which a zone keeps its offset. All times in seconds.
struct Stretch {
    zone: Tz,
    offset: i64,
    until: i64,
}

impl Stretch {
    fn at(zone: Tz, second: i64) -> Option<Self> {
        let offset = offset_at(zone, second)?;
        // No zone changes its clocks twice within a day.
        let (mut same, mut other) = (second, second + DAY);
        if offset_at(zone, other)? == offset {
            return Some(Self { zone, offset, until: other });
        }
        while other - same > 1 {
            let middle = same + (other - same) / 2;
            if offset_at(zone, middle)? == offset { same = middle } else { other = middle }
        }
        Some(Self { zone, offset, until: other })
    }
}

fn offset_at(zone: Tz, second: i64) -> Option<i64> {
    let utc = DateTime::from_timestamp(second, 0)?.naive_utc();
    Some(zone.offset_from_utc_datetime(&utc).fix().local_minus_utc().into())
}

impl DialingWindow {
    /// The open interval that contains `at`, from `at` on, or the next one after it: open in every zone from its first
    /// instant up to its second, exclusive. An interval longer than [`LONGEST_INTERVAL_DAYS`] is cut there. `None` when
    /// the zones are empty, or when they are never open together within [`SEARCH_DAYS`].
    ///
    /// The database asks this once per lane and opening, so that admission compares two instants instead of reading hours.
    #[must_use]
    pub fn interval_at_or_after(&self, at: DateTime<Utc>, zones: &ZoneSet) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
        let first = at.timestamp();
        let mut edges: Vec<i64> = self
            .spans
            .iter()
            .flat_map(|span| [span.opens_minute, span.closes_minute])
            .map(|minute| i64::from(minute) * 60)
            .filter(|edge| (1..DAY).contains(edge))
            .chain([DAY])
            .collect();
        edges.sort_unstable();
        edges.dedup();
        let mut stretches = zones.zones().iter().map(|zone| Stretch::at(*zone, first)).collect::<Option<Vec<_>>>()?;
        if stretches.is_empty() {
            return None;
        }
        let (mut now, mut opened) = (first, None);
        loop {
            let open = stretches.iter().all(|stretch| self.is_open_at_second(now + stretch.offset));
            match opened {
                None if open => opened = Some(now),
                None if now - first > SEARCH_DAYS * DAY => return None,
                Some(from) if !open || now - from >= LONGEST_INTERVAL_DAYS * DAY => {
                    let from = if from == first { at } else { DateTime::from_timestamp(from, 0)? };
                    return Some((from, DateTime::from_timestamp(now, 0)?));
                }
                _ => {}
            }
            let mut next = i64::MAX;
            for stretch in &stretches {
                let second = (now + stretch.offset).rem_euclid(DAY);
                let edge = edges.iter().find(|edge| **edge > second).copied().unwrap_or(DAY);
                next = next.min(stretch.until).min(now + edge - second);
            }
            now = next;
            for stretch in stretches.iter_mut().filter(|stretch| stretch.until <= now) {
                *stretch = Stretch::at(stretch.zone, now)?;
            }
        }
    }

    /// The rule at a second of local time, counted from 1970.
    fn is_open_at_second(&self, local: i64) -> bool {
        let minute = i16::try_from(local.rem_euclid(DAY) / 60).unwrap_or(0);
        let day = i32::try_from(local.div_euclid(DAY)).unwrap_or(i32::MAX);
        NaiveDate::from_epoch_days(day).is_some_and(|date| self.is_open_at(date, minute))
    }
}
