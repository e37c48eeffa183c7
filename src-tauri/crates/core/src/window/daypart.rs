//! Parts of the day. Owns where they begin; whoever did not answer in one is tried in another (`domain.md` 2.2).

use chrono::{DateTime, TimeDelta, Timelike, Utc};
use chrono_tz::Tz;

use super::DialingWindow;
use crate::zone::ZoneSet;

text_enum! {
    /// A part of the day by local time.
    pub enum Daypart {
        /// Before 12:00.
        Morning = "morning",
        /// 12:00 to 17:00.
        Day = "day",
        /// From 17:00 on.
        Evening = "evening",
    }
}

impl Daypart {
    /// The part of the day at an instant in a zone.
    #[must_use]
    pub fn at(at: DateTime<Utc>, zone: Tz) -> Self {
        match at.with_timezone(&zone).hour() {
            0..12 => Self::Morning,
            12..17 => Self::Day,
            _ => Self::Evening,
        }
    }
}

impl DialingWindow {
    /// The first instant from `at` on that is open in all zones and in another part of the day than `tried`, by the first
    /// of the zones. `None` when there is none within eight days: the window has no other part.
    #[must_use]
    pub fn next_open_in_another_daypart(
        &self,
        at: DateTime<Utc>,
        zones: &ZoneSet,
        tried: DateTime<Utc>,
    ) -> Option<DateTime<Utc>> {
        let zone = *zones.zones().first()?;
        let avoided = Daypart::at(tried, zone);
        let mut from = at;
        while from - at < TimeDelta::days(8) {
            let (open, _) = self.interval_at_or_after(from, zones)?;
            if Daypart::at(open, zone) != avoided {
                return Some(open);
            }
            from = next_beginning(open, zone)?;
        }
        None
    }
}

/// The next instant at which another part of the day begins. Wall clocks show full hours at quarters of an hour of UTC,
/// and a part is over within half a day.
fn next_beginning(at: DateTime<Utc>, zone: Tz) -> Option<DateTime<Utc>> {
    let here = Daypart::at(at, zone);
    let quarter = DateTime::from_timestamp(at.timestamp().div_euclid(900) * 900, 0)?;
    (1..=4 * 16).map(|step| quarter + TimeDelta::minutes(15 * step)).find(|instant| Daypart::at(*instant, zone) != here)
}
