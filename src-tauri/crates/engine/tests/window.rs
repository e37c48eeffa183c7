//! The dialing window twice: the rule of the domain and the SQL function that admission asks are one rule.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{collections::BTreeSet, fmt::Write as _};

use callboard_core::window::{DialingWindow, Weekdays, parse_zone};
use callboard_db::PgPool;
use chrono::{DateTime, Duration, TimeDelta, TimeZone, Timelike, Utc};
use chrono_tz::{OffsetComponents, TZ_VARIANTS, Tz};
use rand::{RngExt, SeedableRng, rngs::StdRng};

/// The end of the instants that are compared. Both sides have the same rules for the future at present (2025b in chrono-tz);
/// when an update of one of them changes a zone, bring it to the end of the year before that change until the other
/// has it too.
const LAST_INSTANT: &str = "2035-01-01T00:00:00Z";

/// One question: is this window open at this instant?
type Case = (DateTime<Utc>, DialingWindow);

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// Zones that a campaign can have and the server knows. Abbreviations ("CET") are excluded by the product itself:
/// PostgreSQL reads them as fixed offsets, which would ignore clock changes.
async fn common_zones(db: &PgPool) -> Vec<Tz> {
    let known: Vec<String> = sqlx::query_scalar("select name from pg_timezone_names").fetch_all(db).await.unwrap();
    let known: BTreeSet<String> = known.into_iter().collect();
    TZ_VARIANTS
        .iter()
        .copied()
        .filter(|zone| parse_zone(zone.name()).is_some() && known.contains(zone.name()))
        .collect()
}

/// Asks the database about all cases in one statement and reports every answer that the domain does not give.
async fn disagreements(db: &PgPool, cases: &[Case]) -> String {
    let open: Vec<bool> = sqlx::query_scalar(
        "select window_is_open(at, opens, closes, weekdays, zone)
         from unnest($1::timestamptz[], $2::smallint[], $3::smallint[], $4::smallint[], $5::text[])
              with ordinality as t(at, opens, closes, weekdays, zone, n)
         order by n",
    )
    .bind(cases.iter().map(|case| case.0).collect::<Vec<_>>())
    .bind(cases.iter().map(|case| case.1.opens_minute).collect::<Vec<_>>())
    .bind(cases.iter().map(|case| case.1.closes_minute).collect::<Vec<_>>())
    .bind(cases.iter().map(|case| case.1.weekdays.0).collect::<Vec<_>>())
    .bind(cases.iter().map(|case| case.1.zone.name()).collect::<Vec<_>>())
    .fetch_all(db)
    .await
    .unwrap();
    assert_eq!(open.len(), cases.len());
    let mut report = String::new();
    for ((instant, window), open) in cases.iter().zip(open) {
        if window.is_open(*instant) != open {
            writeln!(report, "{instant} {window:?}: the database says {open}").unwrap();
        }
    }
    report
}

fn window(random: &mut StdRng, zone: Tz) -> DialingWindow {
    loop {
        let window = DialingWindow {
            opens_minute: random.random_range(0..1440),
            closes_minute: random.random_range(1..=1440),
            weekdays: Weekdays(random.random_range(1..=127)),
            zone,
        };
        if window.opens_minute != window.closes_minute {
            return window;
        }
    }
}

/// Acceptance 67, 68, 90: 6,000 random questions in all zones.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn the_database_and_the_domain_agree_when_a_window_is_open(db: PgPool) {
    let zones = common_zones(&db).await;
    assert!(zones.len() > 400, "{} zones", zones.len());
    let mut random = StdRng::seed_from_u64(62);
    let (from, to) = (at("2015-01-01T00:00:00Z").timestamp(), at(LAST_INSTANT).timestamp());
    let cases: Vec<Case> = (0..6_000)
        .map(|_| {
            let zone = zones[random.random_range(0..zones.len())];
            let window = window(&mut random, zone);
            let mut instant = Utc.timestamp_opt(random.random_range(from..to), 0).unwrap();
            // A third of the questions stand at an edge of the window itself.
            let edge = match random.random_range(0..6) {
                0 => Some(window.opens_minute),
                1 => Some(window.closes_minute),
                _ => None,
            };
            if let Some(edge) = edge {
                let local = instant.with_timezone(&zone).naive_local();
                let minute = i64::from(local.hour() * 60 + local.minute());
                instant += Duration::minutes(i64::from(edge) - minute) - Duration::seconds(local.second().into());
                instant += Duration::seconds(random.random_range(-1..=1));
            }
            (instant, window)
        })
        .collect();
    let open = cases.iter().filter(|(instant, window)| window.is_open(*instant)).count();
    assert!((1_000..5_000).contains(&open), "both answers occur often: {open}");
    assert!(cases.iter().filter(|(_, window)| window.crosses_midnight()).count() > 1_000);
    assert_eq!(disagreements(&db, &cases).await, "");
}

/// Instants at which the offset of a zone changes, found by halving.
fn clock_changes(zone: Tz, from: DateTime<Utc>, to: DateTime<Utc>) -> Vec<DateTime<Utc>> {
    let offset = |instant: DateTime<Utc>| {
        let offset = *instant.with_timezone(&zone).offset();
        offset.base_utc_offset() + offset.dst_offset()
    };
    let mut changes = Vec::new();
    let mut low = from;
    while low < to {
        let high = low + Duration::days(7);
        if offset(low) != offset(high) {
            let (mut before, mut after) = (low, high);
            while after - before > TimeDelta::seconds(1) {
                let middle = before + Duration::seconds((after - before).num_seconds() / 2);
                if offset(middle) == offset(low) {
                    before = middle;
                } else {
                    after = middle;
                }
            }
            changes.push(after);
        }
        low = high;
    }
    changes
}

/// Acceptance 67: around every clock change no minute is lost or counted twice by only one of the two.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn they_agree_around_every_clock_change(db: PgPool) {
    let zones = [
        "Europe/Berlin",
        "America/New_York",
        "America/St_Johns",
        "Australia/Lord_Howe",
        "Africa/Casablanca",
        "Asia/Tehran",
        "Pacific/Apia",
        "Europe/Moscow",
        "America/Sao_Paulo",
        "Antarctica/Troll",
    ];
    let mut random = StdRng::seed_from_u64(67);
    let mut cases = Vec::new();
    for name in zones {
        let zone = parse_zone(name).unwrap();
        for change in clock_changes(zone, at("2015-01-01T00:00:00Z"), at(LAST_INSTANT)) {
            let local = (change - Duration::seconds(1)).with_timezone(&zone).naive_local();
            let minute = i16::try_from(local.hour() * 60 + local.minute()).unwrap();
            for seconds in [-7200, -3600, -1800, -60, -1, 0, 1, 60, 1799, 3599, 3600, 7200] {
                // Windows whose edges lie where the wall clock jumps, and one anywhere.
                for shift in [-60, -1, 0, 1, 30] {
                    let edge = (minute + shift).rem_euclid(1440);
                    let other = (edge + 90) % 1440;
                    let weekdays = Weekdays(random.random_range(1..=127));
                    let opens = DialingWindow { weekdays, ..DialingWindow::daily(edge, other.max(1), zone) };
                    let closes = DialingWindow { weekdays, ..DialingWindow::daily(other, edge.max(1), zone) };
                    cases.extend(
                        [opens, closes, window(&mut random, zone)]
                            .into_iter()
                            .filter(|window| window.opens_minute != window.closes_minute)
                            .map(|window| (change + Duration::seconds(seconds), window)),
                    );
                }
            }
        }
    }
    assert!(cases.len() > 20_000, "there were many clock changes: {}", cases.len());
    for batch in cases.chunks(10_000) {
        assert_eq!(disagreements(&db, batch).await, "");
    }
}

/// Acceptance 62 and 90 to the second.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn the_edges_of_the_day_are_exact(db: PgPool) {
    let moscow = parse_zone("Europe/Moscow").unwrap();
    let day = DialingWindow::daily(9 * 60, 18 * 60, moscow);
    let late = DialingWindow::daily(22 * 60, 1440, moscow);
    let cases = [
        (at("2026-11-20T05:59:59.999999Z"), day, false),
        (at("2026-11-20T06:00:00Z"), day, true),
        (at("2026-11-20T14:59:59.999999Z"), day, true),
        (at("2026-11-20T15:00:00Z"), day, false),
        (at("2026-11-20T20:59:59.999999Z"), late, true),
        (at("2026-11-20T21:00:00Z"), late, false),
        (at("2025-01-15T06:00:00Z"), DialingWindow::daily(540, 1260, moscow), true),
        (at("2025-01-15T20:00:00Z"), DialingWindow::daily(540, 1260, moscow), false),
    ];
    for (instant, window, open) in cases {
        assert_eq!(window.is_open(instant), open, "{instant} {window:?}");
    }
    assert_eq!(disagreements(&db, &cases.map(|(instant, window, _)| (instant, window))).await, "");
}

/// A zone that only the domain knows would stop admission for everybody: the server raises an error in the very statement
/// that hands out tasks. The server that is shipped knows them all.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn the_server_knows_every_zone_that_a_campaign_can_have(db: PgPool) {
    let known = common_zones(&db).await;
    let unknown: Vec<&str> = TZ_VARIANTS
        .iter()
        .filter(|zone| parse_zone(zone.name()).is_some() && !known.contains(zone))
        .map(|zone| zone.name())
        .collect();
    assert_eq!(unknown, [""; 0]);
}
