//! Windows against instants that people have worked out, and against a calendar that is read minute by minute.

use chrono::{NaiveDateTime, TimeDelta};
use chrono_tz::TZ_VARIANTS;
use proptest::prelude::*;

use super::*;

fn at(text: &str) -> DateTime<Utc> {
    text.parse().expect("an RFC 3339 instant")
}

fn zone(name: &str) -> Tz {
    parse_zone(name).expect("a zone")
}

fn dates(days: &[&str]) -> ClosedDays {
    days.iter().map(|day| day.parse::<NaiveDate>().expect("a date")).collect()
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
    let friday_only = Span { weekdays: Weekdays(1 << 4), ..Span::daily(1320, 360) };
    let window = DialingWindow { spans: vec![friday_only], ..DialingWindow::daily(0, 1, zone("UTC")) };
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
    assert_eq!(day.closes_after(at("2025-01-15T15:05:00Z")), None, "closed already");
    let always = DialingWindow::daily(0, 1440, zone("UTC"));
    assert_eq!(always.closes_after(at("2025-01-15T10:00:00Z")), None, "never closes");
}

#[test]
fn breaks_are_gaps_and_neighbours_are_one_interval() {
    let weekdays = Weekdays::WORKDAYS;
    let spans = vec![
        Span { weekdays, ..Span::daily(540, 780) },
        Span { weekdays, ..Span::daily(840, 1080) },
        Span { weekdays, ..Span::daily(1080, 1200) },
        Span { weekdays: Weekdays(1 << 5), ..Span::daily(600, 1440) },
        Span { weekdays: Weekdays(1 << 6), ..Span::daily(0, 60) },
    ];
    let window = DialingWindow { spans, ..DialingWindow::daily(0, 1, zone("UTC")) };
    let interval = |from: &str| {
        let (from, until) =
            window.interval_at_or_after(at(from), &zone("UTC").into()).expect("it opens within the week");
        (from.to_rfc3339(), until.to_rfc3339())
    };
    let day = |day: &str, from: &str, until_day: &str, until: &str| {
        (format!("2025-01-{day}T{from}:00+00:00"), format!("2025-01-{until_day}T{until}:00+00:00"))
    };
    assert_eq!(interval("2025-01-15T04:00:00Z"), day("15", "09:00", "15", "13:00"), "Wednesday morning");
    assert_eq!(interval("2025-01-15T13:00:00Z"), day("15", "14:00", "15", "20:00"), "after the break, one interval");
    assert_eq!(interval("2025-01-17T20:00:00Z"), day("18", "10:00", "19", "01:00"), "Saturday into Sunday");
    assert_eq!(interval("2025-01-19T01:00:00Z"), day("20", "09:00", "20", "13:00"), "Monday");
}

#[test]
fn closed_days_close_what_opens_on_them_and_what_reaches_into_them() {
    let night = DialingWindow::daily(1320, 360, zone("Europe/Moscow"));
    let closed = night.without(&dates(&["2025-01-07"]));
    assert!(night.is_open(at("2025-01-07T00:30:00Z")), "03:30 on the 7th");
    assert!(!closed.is_open(at("2025-01-07T00:30:00Z")), "the span of the 6th ends at the closed day's midnight");
    assert!(closed.is_open(at("2025-01-06T20:59:59Z")), "23:59:59 on the 6th");
    assert!(!closed.is_open(at("2025-01-07T20:00:00Z")), "23:00 on the 7th");
    assert!(!closed.is_open(at("2025-01-08T00:00:00Z")), "03:00 on the 8th belongs to the 7th");
    assert_eq!(closed.next_open(at("2025-01-06T21:00:00Z")), Some(at("2025-01-08T19:00:00Z")), "22:00 on the 8th");
    assert!(closed.is_closed_day(at("2025-01-07T05:00:00Z")) && !closed.is_closed_day(at("2025-01-08T05:00:00Z")));
}

#[test]
fn a_closed_day_is_that_of_the_contacts_own_calendar() {
    let window = DialingWindow::daily(0, 1440, zone("UTC")).without(&dates(&["2025-01-07"]));
    let instant = at("2025-01-07T22:00:00Z");
    assert!(!window.is_open_in(instant, zone("Europe/London")), "still the 7th");
    assert!(window.is_open_in(instant, zone("Asia/Vladivostok")), "the 8th already");
    let both = [zone("Europe/London"), zone("Asia/Vladivostok")].into_iter().collect();
    assert!(!window.is_open_in_all(instant, &both));
}

#[test]
fn a_year_of_closed_days_is_looked_through_and_a_window_that_never_opens_is_said_so() {
    let first = NaiveDate::from_ymd_opt(2025, 1, 1).expect("a date");
    let year: ClosedDays = first.iter_days().take(MAX_CLOSED_DAYS).collect();
    let window = DialingWindow::daily(540, 1080, zone("UTC")).without(&year);
    assert_eq!(window.next_open(at("2025-01-01T00:00:00Z")), Some(at("2026-01-02T09:00:00Z")));
    let apart: ZoneSet = [zone("Europe/Moscow"), zone("America/Los_Angeles")].into_iter().collect();
    let day = DialingWindow::daily(540, 1080, zone("UTC"));
    assert_eq!(day.interval_at_or_after(at("2025-01-01T00:00:00Z"), &apart), None, "11 hours apart, 9 hours a day");
    assert_eq!(day.interval_at_or_after(at("2025-01-01T00:00:00Z"), &ZoneSet::UNKNOWN), None, "nothing is known");
}

#[test]
fn clock_changes_neither_lose_nor_double_an_hour() {
    // New York, 9 March 2025: 02:00 becomes 03:00. A window from 02:30 opens at 03:00 local.
    let spring = DialingWindow::daily(150, 300, zone("America/New_York"));
    assert_eq!(spring.next_open(at("2025-03-09T06:00:00Z")), Some(at("2025-03-09T07:00:00Z")));
    let hours = |window: &DialingWindow, from: &str| {
        (0..24 * 60).filter(|m| window.is_open(at(from) + TimeDelta::minutes(*m))).count()
    };
    let morning = DialingWindow::daily(0, 240, zone("America/New_York"));
    assert_eq!(hours(&morning, "2025-03-09T04:00:00Z"), 3 * 60, "00-04 has three hours that day");
    assert_eq!(hours(&morning, "2025-11-02T04:00:00Z"), 5 * 60, "and five in autumn");
    // 01:30 comes twice; between the two the wall clock shows 01:00 to 01:30 once more, which is closed.
    let twice = DialingWindow::daily(90, 110, zone("America/New_York"));
    let zones = ZoneSet::from(zone("America/New_York"));
    let first = twice.interval_at_or_after(at("2025-11-02T04:00:00Z"), &zones).expect("it opens");
    assert_eq!(first, (at("2025-11-02T05:30:00Z"), at("2025-11-02T05:50:00Z")));
    let second = twice.interval_at_or_after(first.1, &zones).expect("it opens again");
    assert_eq!(second, (at("2025-11-02T06:30:00Z"), at("2025-11-02T06:50:00Z")));
    // Apia went from the 29th of December 2011 straight to the 31st.
    let apia = DialingWindow::daily(540, 1080, zone("Pacific/Apia"));
    let evening = at("2011-12-30T05:00:00Z");
    assert_eq!(apia.next_open(evening), Some(at("2011-12-30T19:00:00Z")), "09:00 on the 31st, 14 hours after 19:00");
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
    let interval = window.interval_at_or_after(at("2025-01-15T00:00:00Z"), &both);
    assert_eq!(interval, Some((at("2025-01-15T06:00:00Z"), at("2025-01-15T08:00:00Z"))));
}

/// `domain.md` 2.2: dayparts must differ.
#[test]
fn another_part_of_the_day_is_found_where_the_window_has_one() {
    let moscow = zone("Europe/Moscow");
    let day = DialingWindow::daily(540, 1260, moscow);
    let tried = at("2025-01-15T07:00:00Z");
    assert_eq!(Daypart::at(tried, moscow), Daypart::Morning);
    let again = day.next_open_in_another_daypart(at("2025-01-15T08:00:00Z"), &moscow.into(), tried);
    assert_eq!(again, Some(at("2025-01-15T09:00:00Z")), "12:00");
    let evening = at("2025-01-15T15:00:00Z");
    let again = day.next_open_in_another_daypart(at("2025-01-15T17:00:00Z"), &moscow.into(), evening);
    assert_eq!(again, Some(at("2025-01-16T06:00:00Z")), "09:00 the next day");
    let mornings = DialingWindow::daily(540, 720, moscow);
    assert_eq!(mornings.next_open_in_another_daypart(tried, &moscow.into(), tried), None, "only mornings");
}

/// Makes one field wrong.
type Spoil = fn(&mut DialingWindow);

#[test]
fn wrong_hours_are_refused_at_their_place() {
    let good = DialingWindow {
        spans: vec![Span::daily(540, 780), Span::daily(840, 1080)],
        ..DialingWindow::daily(0, 1, zone("UTC"))
    };
    let fields = |window: &DialingWindow| {
        let mut errors = FieldErrors::default();
        window.check(&mut errors);
        errors.0.into_iter().map(|error| (error.field, error.code)).collect::<Vec<_>>()
    };
    assert_eq!(fields(&good), [], "the hours are valid");
    let cases: [(&str, &str, Spoil); 8] = [
        ("hours", "required", |w| w.spans.clear()),
        ("hours", "tooMany", |w| w.spans = vec![Span::daily(540, 780); 29]),
        ("hours.0.opens", "time", |w| w.spans[0].opens_minute = -1),
        ("hours.1.closes", "time", |w| w.spans[1].closes_minute = 1441),
        ("hours.1.closes", "windowEmpty", |w| w.spans[1].closes_minute = 840),
        ("hours.0.weekdays", "weekdays", |w| w.spans[0].weekdays = Weekdays::NONE),
        ("hours.1.weekdays", "weekdays", |w| w.spans[1].weekdays = Weekdays(128)),
        ("closedDays", "tooMany", |w| {
            w.closed_days = NaiveDate::default().iter_days().take(MAX_CLOSED_DAYS + 1).collect();
        }),
    ];
    for (field, code, spoil) in cases {
        let mut window = good.clone();
        spoil(&mut window);
        assert_eq!(fields(&window), [(field.to_owned(), code.to_owned())]);
    }
    assert_eq!(Weekdays::from_iso(&[1, 5, 7]).map(Weekdays::iso), Some(vec![1, 5, 7]));
    assert_eq!(Weekdays::from_iso(&[8]), None);
}

/// The oracle: lays every span on the calendar of the zone as a pair of wall times and looks whether the wall time of the
/// instant lies in one. It shares no code with the window.
fn oracle(window: &DialingWindow, zone: Tz, at: DateTime<Utc>) -> bool {
    let wall = at.with_timezone(&zone).naive_local();
    let closed = |date: NaiveDate| window.closed_days.0.contains(&date);
    let laid = |date: NaiveDate| -> Vec<(NaiveDateTime, NaiveDateTime)> {
        let midnight = date.and_hms_opt(0, 0, 0).expect("midnight");
        let bit = 1 << (date.format("%u").to_string().parse::<i16>().expect("a weekday") - 1);
        let on_this_day = window.spans.iter().filter(|span| span.weekdays.0 & bit != 0 && !closed(date));
        on_this_day
            .map(|span| {
                let closes =
                    i64::from(span.closes_minute) + if span.closes_minute > span.opens_minute { 0 } else { 1440 };
                (midnight + TimeDelta::minutes(span.opens_minute.into()), midnight + TimeDelta::minutes(closes))
            })
            .collect()
    };
    !closed(wall.date())
        && [wall.date(), wall.date().pred_opt().expect("a day before")]
            .into_iter()
            .flat_map(laid)
            .any(|(opens, closes)| opens <= wall && wall < closes)
}

fn span() -> impl Strategy<Value = Span> {
    (1_i16..=127, 0_i16..1440, 1_i16..=1440).prop_filter_map("an empty span", |(days, opens, closes)| {
        (opens != closes).then_some(Span { weekdays: Weekdays(days), opens_minute: opens, closes_minute: closes })
    })
}

/// Zones in which something unusual happens, and an instant shortly before it.
const UNUSUAL: [(&str, &str); 10] = [
    ("Australia/Lord_Howe", "2025-04-04T12:00:00Z"),
    ("Australia/Lord_Howe", "2025-10-03T12:00:00Z"),
    ("Asia/Kathmandu", "2025-06-01T00:00:00Z"),
    ("Pacific/Apia", "2011-12-29T00:00:00Z"),
    ("Pacific/Kwajalein", "1993-08-20T00:00:00Z"),
    ("America/New_York", "2025-03-08T00:00:00Z"),
    ("America/New_York", "2025-11-01T00:00:00Z"),
    ("Europe/Moscow", "2011-03-26T00:00:00Z"),
    ("Africa/Casablanca", "2025-02-22T00:00:00Z"),
    ("Antarctica/Troll", "2025-03-29T00:00:00Z"),
];

fn place() -> impl Strategy<Value = (Tz, i64)> {
    // Before 1973 some zones were off by seconds, which no minute-by-minute walk can follow.
    let anywhere = (0..TZ_VARIANTS.len(), 94_700_000_i64..2_100_000_000).prop_map(|(n, at)| (TZ_VARIANTS[n], at));
    let unusual = (0..UNUSUAL.len(), 0_i64..2 * 86_400).prop_map(|(n, later)| {
        let (name, before) = UNUSUAL[n];
        (zone(name), at(before).timestamp() + later)
    });
    prop_oneof![anywhere, unusual]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn a_window_is_open_when_the_calendar_says_so_and_its_intervals_end_where_the_calendar_does(
        (zone, second) in place(),
        spans in prop::collection::vec(span(), 1..6),
        closed in prop::collection::vec(-2_i64..5, 0..3),
        other in prop::option::of(0..TZ_VARIANTS.len()),
    ) {
        let start = DateTime::from_timestamp(second, 0).expect("an instant");
        let today = start.with_timezone(&zone).date_naive();
        let closed_days = closed.into_iter().map(|days| today + TimeDelta::days(days)).collect();
        let window = DialingWindow { spans, zone, closed_days };
        let zones: ZoneSet = other.map(|n| TZ_VARIANTS[n]).into_iter().chain([zone]).collect();
        let open = |at: DateTime<Utc>| zones.zones().iter().all(|zone| oracle(&window, *zone, at));
        // Walk two days and a half minute by minute; the walk meets the interval, or there is none that soon.
        let minutes: Vec<_> = std::iter::once(start)
            .chain((1..=60 * 60).map(|n| start - TimeDelta::seconds(second.rem_euclid(60)) + TimeDelta::minutes(n)))
            .map(|at| (at, open(at)))
            .collect();
        for (at, expected) in &minutes {
            prop_assert_eq!(window.is_open_in_all(*at, &zones), *expected, "at {}", at);
        }
        let last = minutes[minutes.len() - 1].0;
        let opens = minutes.iter().position(|(_, open)| *open);
        let found = window.interval_at_or_after(start, &zones);
        match opens {
            None => prop_assert!(found.is_none_or(|(from, _)| from > last), "the calendar knows no {:?}", found),
            Some(first) => {
                let (from, until) = found.expect("the calendar has an opening");
                prop_assert_eq!(from, minutes[first].0);
                match minutes[first..].iter().find(|(_, open)| !open) {
                    Some((closes, _)) => prop_assert_eq!(until, *closes),
                    None => prop_assert!(until > last),
                }
            }
        }
        prop_assert_eq!(window.next_open(start), window.interval_at_or_after(start, &zone.into()).map(|(from, _)| from));
    }
}
