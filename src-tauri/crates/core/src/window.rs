//! Dialing windows: the daily hours and weekdays of a campaign in its zone. Owns the rule when dialling is allowed
//! and when it will be next; refuses to guess: a window without a day is never open.
//!
//! The database decides admission with the function `window_is_open` of the migrations; a property test keeps both
//! equal. Windows are half open: at the closing minute nothing new starts (acceptance 62).

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveDateTime, NaiveTime, TimeZone, Timelike, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use crate::{field::FieldErrors, zone::ZoneSet};

/// Minutes of a day; a window may close at 24:00.
pub const MINUTES_PER_DAY: i16 = 24 * 60;

/// A set of weekdays; bit 0 is Monday, bit 6 is Sunday (ISO order).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Weekdays(pub i16);

impl Weekdays {
    /// Monday to Sunday.
    pub const ALL: Self = Self(0b111_1111);
    /// No day at all, which no campaign may have.
    pub const NONE: Self = Self(0);

    /// Whether the day of `date` is in the set.
    #[must_use]
    pub fn contains(self, date: NaiveDate) -> bool {
        self.0 & (1 << date.weekday().num_days_from_monday()) != 0
    }
}

/// When a campaign may dial: every day of `weekdays` from `opens_minute` to `closes_minute`, local time of `zone`.
/// A window that closes before it opens crosses midnight and belongs to the day on which it opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct DialingWindow {
    /// Minutes after local midnight, 0..=1439.
    pub opens_minute: i16,
    /// Minutes after local midnight, 1..=1440, not equal to `opens_minute`. Exclusive.
    pub closes_minute: i16,
    /// The days on which the window opens.
    pub weekdays: Weekdays,
    /// IANA zone.
    pub zone: Tz,
}

impl DialingWindow {
    /// The same hours on every day of the week.
    #[must_use]
    pub fn daily(opens_minute: i16, closes_minute: i16, zone: Tz) -> Self {
        Self { opens_minute, closes_minute, weekdays: Weekdays::ALL, zone }
    }

    /// Adds refusals for hours outside the day, equal hours and an empty set of days.
    pub fn check(&self, errors: &mut FieldErrors) {
        if !(0..MINUTES_PER_DAY).contains(&self.opens_minute) {
            errors.add("windowOpens", "time");
        }
        if !(1..=MINUTES_PER_DAY).contains(&self.closes_minute) {
            errors.add("windowCloses", "time");
        } else if self.closes_minute == self.opens_minute {
            errors.add("windowCloses", "windowEmpty");
        }
        if self.weekdays.0 & Weekdays::ALL.0 == 0 || self.weekdays.0 & !Weekdays::ALL.0 != 0 {
            errors.add("weekdays", "weekdays");
        }
    }

    /// The window closes on the day after it opens.
    #[must_use]
    pub fn crosses_midnight(&self) -> bool {
        self.closes_minute < self.opens_minute
    }

    /// Whether dialling is allowed at this instant. An instant has exactly one local time, so days of 23 and 25
    /// hours need no special case.
    #[must_use]
    pub fn is_open(&self, at: DateTime<Utc>) -> bool {
        let local = at.with_timezone(&self.zone).naive_local();
        let minute = i16::try_from(local.hour() * 60 + local.minute()).unwrap_or(0);
        let today = self.weekdays.contains(local.date());
        if self.crosses_midnight() {
            let yesterday =
                local.date().checked_sub_days(Days::new(1)).is_some_and(|date| self.weekdays.contains(date));
            (today && minute >= self.opens_minute) || (yesterday && minute < self.closes_minute)
        } else {
            today && minute >= self.opens_minute && minute < self.closes_minute
        }
    }

    /// Whether the hours and days of this window are open in every zone in which a person may be. Closed when nothing
    /// is known: whoever has no zones decides what counts instead, this does not.
    #[must_use]
    pub fn is_open_in_all(&self, at: DateTime<Utc>, zones: &ZoneSet) -> bool {
        !zones.is_empty() && zones.zones().iter().all(|zone| Self { zone: *zone, ..*self }.is_open(at))
    }

    /// `at` itself when the window is open then, else the first instant after `at` at which it opens. `None` when it
    /// does not open within the next eight days (no weekday set).
    #[must_use]
    pub fn next_open(&self, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        if self.is_open(at) {
            return Some(at);
        }
        let first = at.with_timezone(&self.zone).date_naive();
        (0..=8)
            .filter_map(|day| first.checked_add_days(Days::new(day)))
            .filter(|date| self.weekdays.contains(*date))
            .map(|date| self.instant_of(date, self.opens_minute))
            .find(|open| *open > at)
    }

    /// The instant at which the window that is open at `at` closes; `None` when it is closed or never closes.
    #[must_use]
    pub fn closes_after(&self, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        if !self.is_open(at) {
            return None;
        }
        let first = at.with_timezone(&self.zone).date_naive();
        (0..=8)
            .filter_map(|day| first.checked_add_days(Days::new(day)))
            .map(|date| self.instant_of(date, self.closes_minute))
            .find(|close| *close > at && !self.is_open(*close))
    }

    /// The instant of a local wall time. A time that a clock change skips is taken at the end of the gap; one that
    /// happens twice, the first time.
    fn instant_of(self, date: NaiveDate, minute: i16) -> DateTime<Utc> {
        let midnight = date.and_time(NaiveTime::MIN);
        let mut local: NaiveDateTime = midnight + chrono::Duration::minutes(minute.into());
        loop {
            match self.zone.from_local_datetime(&local) {
                chrono::LocalResult::Single(instant) | chrono::LocalResult::Ambiguous(instant, _) => {
                    return instant.with_timezone(&Utc);
                }
                chrono::LocalResult::None => local += chrono::Duration::minutes(1),
            }
        }
    }
}

/// Reads `HH:MM`, also `24:00` (for a closing time), as minutes after midnight.
#[must_use]
pub fn parse_minute(text: &str) -> Option<i16> {
    let (hour, minute) = text.split_once(':')?;
    let digits = |part: &str| part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(hour) || !digits(minute) {
        return None;
    }
    let (hour, minute): (i16, i16) = (hour.parse().ok()?, minute.parse().ok()?);
    let total = hour * 60 + minute;
    (minute < 60 && total <= MINUTES_PER_DAY).then_some(total)
}

/// Writes minutes after midnight as `HH:MM`.
#[must_use]
pub fn format_minute(minute: i16) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

/// An IANA zone by its name: it must contain a slash or be `UTC`; abbreviations such as PST and fixed offsets such
/// as GMT+5 are refused because they do not follow clock changes (requirements F1).
#[must_use]
pub fn parse_zone(name: &str) -> Option<Tz> {
    let acceptable = name == "UTC" || (name.contains('/') && !name.starts_with("Etc/GMT"));
    if acceptable { name.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("an RFC 3339 instant")
    }

    fn zone(name: &str) -> Tz {
        parse_zone(name).expect("a zone")
    }

    /// Requirements F12 and acceptance 67, 68, 90.
    #[test]
    fn windows_are_read_in_their_zone() {
        let cases = [
            (540, 1020, "Asia/Kolkata", "2025-01-15T10:00:00Z", true),
            (540, 1020, "UTC", "2025-01-15T08:00:00Z", false),
            (1320, 360, "UTC", "2025-01-15T23:00:00Z", true),
            (1320, 360, "UTC", "2025-01-15T05:59:00Z", true),
            (1320, 360, "UTC", "2025-01-15T06:00:00Z", false),
            (1320, 360, "UTC", "2025-01-15T12:00:00Z", false),
            (540, 1020, "America/New_York", "2025-01-15T15:00:00Z", true),
            (540, 1260, "Europe/Moscow", "2025-01-15T06:00:00Z", true),
            (540, 1260, "Europe/Moscow", "2025-01-15T20:00:00Z", false),
            (540, 1080, "Europe/Moscow", "2025-01-15T14:59:59Z", true),
            (540, 1080, "Europe/Moscow", "2025-01-15T15:00:00Z", false),
        ];
        for (opens, closes, name, instant, open) in cases {
            let window = DialingWindow::daily(opens, closes, zone(name));
            assert_eq!(window.is_open(at(instant)), open, "{opens}-{closes} {name} at {instant}");
        }
    }

    #[test]
    fn a_night_window_belongs_to_the_day_on_which_it_opens() {
        let friday_only = Weekdays(1 << 4);
        let window = DialingWindow { weekdays: friday_only, ..DialingWindow::daily(1320, 360, zone("UTC")) };
        assert!(window.is_open(at("2025-01-17T23:00:00Z")), "Friday night");
        assert!(window.is_open(at("2025-01-18T05:00:00Z")), "early Saturday still belongs to Friday");
        assert!(!window.is_open(at("2025-01-17T05:00:00Z")), "early Friday belongs to Thursday");
    }

    /// Acceptance 67: a retry at 07:00 waits for 22:00 of the same day.
    #[test]
    fn the_next_opening_is_found() {
        let night = DialingWindow::daily(1320, 360, zone("UTC"));
        assert_eq!(night.next_open(at("2025-01-15T07:00:00Z")), Some(at("2025-01-15T22:00:00Z")));
        let day = DialingWindow::daily(540, 1080, zone("Europe/Moscow"));
        assert_eq!(day.next_open(at("2025-01-15T15:05:00Z")), Some(at("2025-01-16T06:00:00Z")));
        assert_eq!(day.next_open(at("2025-01-15T10:00:00Z")), Some(at("2025-01-15T10:00:00Z")));
        assert_eq!(day.closes_after(at("2025-01-15T10:00:00Z")), Some(at("2025-01-15T15:00:00Z")));
    }

    #[test]
    fn clock_changes_neither_lose_nor_double_an_hour() {
        // New York, 9 March 2025: 02:00 becomes 03:00. A window from 02:30 opens at 03:00 local.
        let spring = DialingWindow::daily(150, 300, zone("America/New_York"));
        assert_eq!(spring.next_open(at("2025-03-09T06:00:00Z")), Some(at("2025-03-09T07:00:00Z")));
        let hours = |window: DialingWindow, from: &str| {
            (0..24 * 60).filter(|m| window.is_open(at(from) + chrono::Duration::minutes(*m))).count()
        };
        let morning = DialingWindow::daily(0, 240, zone("America/New_York"));
        assert_eq!(hours(morning, "2025-03-09T04:00:00Z"), 3 * 60, "00-04 has three hours that day");
        assert_eq!(hours(morning, "2025-11-02T04:00:00Z"), 5 * 60, "and five in autumn");
    }

    /// Domain 3.3: if several zones, all must be inside the window.
    #[test]
    fn somebody_who_may_be_in_two_zones_is_called_when_both_are_open() {
        let window = DialingWindow::daily(540, 1080, zone("UTC"));
        let both: ZoneSet = [zone("Europe/Moscow"), zone("Asia/Vladivostok")].into_iter().collect();
        assert!(window.is_open_in_all(at("2025-01-15T07:00:00Z"), &both), "10:00 and 17:00");
        assert!(!window.is_open_in_all(at("2025-01-15T08:00:00Z"), &both), "11:00 and 18:00");
        assert!(!window.is_open_in_all(at("2025-01-15T05:00:00Z"), &both), "8:00 and 15:00");
        assert!(!window.is_open_in_all(at("2025-01-15T12:00:00Z"), &ZoneSet::UNKNOWN), "nothing is known");
    }

    /// Acceptance 4.
    #[test]
    fn times_are_read_strictly() {
        assert_eq!(parse_minute("09:00"), Some(540));
        assert_eq!(parse_minute("24:00"), Some(1440));
        for wrong in ["25:00", "9:5x", "99:99", "", "9:00", "24:01", "12:60", "-1:00", "+9:00"] {
            assert_eq!(parse_minute(wrong), None, "{wrong:?}");
        }
    }

    /// Acceptance 6 and requirements F1.
    #[test]
    fn only_iana_zones_are_zones() {
        assert!(parse_zone("UTC").is_some());
        assert!(parse_zone("Europe/Moscow").is_some());
        for wrong in ["Nowhere/Void", "PST", "EST", "GMT+5", "Etc/GMT+5", ""] {
            assert!(parse_zone(wrong).is_none(), "{wrong}");
        }
    }
}
