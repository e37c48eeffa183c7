//! `cargo bench -p callboard-core --bench plan`: milliseconds that one core needs to forecast a campaign.
//!
//! Owns lists of three lengths in one zone, in the eleven zones of a Russian mobile number, and with every rule at once. Prints
//! the best of three; refuses to be a test: it never fails for being slow.
#![expect(clippy::print_stdout, reason = "a measurement prints its result")]

use std::{hint::black_box, time::Instant};

use callboard_core::{
    limits::NumberCaps,
    plan::{DailyBudget, Mix, Plan, Waiting, forecast},
    retry::RetryTable,
    window::{DialingWindow, Span, Weekdays},
    zone::{ZoneSet, zones_of_number},
};
use chrono::{DateTime, TimeDelta, Utc};
use rust_decimal::Decimal;

const ROUNDS: usize = 3;

fn main() {
    let moscow = chrono_tz::Europe::Moscow;
    let day = DialingWindow::daily(540, 1260, moscow);
    let span = |opens_minute, closes_minute| Span { weekdays: Weekdays::WORKDAYS, opens_minute, closes_minute };
    let office = DialingWindow { spans: vec![span(540, 780), span(840, 1080)], ..day.clone() };
    let here = [ZoneSet::UNKNOWN];
    let everywhere: Vec<_> =
        ["+79991234567", "+74951234567", "+73431234567", "+74232123456", "+12125550123"].map(zones_of_number).into();
    let (base, recommended) = (RetryTable::default(), RetryTable::recommended());
    let mixes = [Mix::assumed(Decimal::new(5, 2))];
    let now: DateTime<Utc> = "2025-01-15T05:00:00Z".parse().unwrap_or_default();
    for contacts in [1_000, 10_000, 100_000] {
        let plan = |lanes: usize| (0..contacts).map(|n| waiting(now, n, n % lanes)).collect::<Vec<_>>();
        let (one_lane, five_lanes) = (plan(1), plan(everywhere.len()));
        let simple = Plan {
            now,
            starts_at: None,
            ends_at: None,
            looks_until: now + TimeDelta::days(120),
            window: &day,
            lanes: &here,
            contacts: &one_lane,
            calls_at_once: 50,
            calls_per_minute: 100,
            calls_per_second: None,
            ramp_up_from: None,
            max_attempts: 3,
            retry_delay_minutes: 30,
            retries: &base,
            caps: NumberCaps::default(),
            budget: None,
            mixes: &mixes,
        };
        report("one zone, base retries", contacts, &simple);
        let full = Plan {
            window: &office,
            lanes: &everywhere,
            contacts: &five_lanes,
            calls_per_second: Some(2.0),
            ramp_up_from: Some(2),
            retries: &recommended,
            caps: NumberCaps { per_day: Some(2), per_week: Some(5), ..NumberCaps::default() },
            budget: Some(DailyBudget { limit: Decimal::from(500), spent: Decimal::ZERO, zone: moscow }),
            ..simple.clone()
        };
        report("five sets of zones, every rule", contacts, &full);
    }
}

fn waiting(now: DateTime<Utc>, n: usize, lane: usize) -> Waiting {
    Waiting {
        due_at: now,
        priority: i32::try_from(n % 3).unwrap_or(0) * 10,
        used: 0,
        lane,
        numbers: 1 + u8::from(n.is_multiple_of(7)),
        forbidden: n.is_multiple_of(100),
        in_progress: false,
        called: vec![],
    }
}

fn report(name: &str, contacts: usize, plan: &Plan<'_>) {
    let mut best = u128::MAX;
    let mut found = None;
    for _ in 0..ROUNDS {
        let started = Instant::now();
        found = Some(forecast(black_box(plan), 7));
        best = best.min(started.elapsed().as_millis());
    }
    if let Some(found) = found {
        let end = found.middle.ends_at.map_or_else(|| "no end".to_owned(), |at| at.format("%F %H:%M").to_string());
        println!("{contacts:7} {name:32} {best:6} ms, {} runs, {} calls, {end}", found.runs, found.middle.calls);
    }
}
