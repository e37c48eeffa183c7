//! How far a forecast is off, measured on days that a reference lives through second by second; and what it says about those
//! who are not called.
#![expect(clippy::print_stdout, reason = "the error is a figure that people want to see: cargo test -- --nocapture")]

use callboard_core::{
    call::Disposition,
    limits::NumberCaps,
    plan::{DailyBudget, Ending, Forecast, Mix, Plan, Skipped, Waiting, forecast},
    retry::{Delay, RetryRule, RetryTable, Situation},
    window::{ClosedDays, DialingWindow, Span, Weekdays},
    zone::ZoneSet,
};
use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use rust_decimal::Decimal;

mod reference;

use reference::{Campaign, End, Then};

/// Simulated days per campaign.
const DAYS: u64 = 8;

fn at(text: &str) -> DateTime<Utc> {
    text.parse().expect("an RFC 3339 instant")
}

/// The ends of the simulated days: what follows is said once here for the reference and once below for the forecast.
const ENDS: [End; 5] = [
    End { percent: 30.0, seconds: (20.0, 140.0), then: Then::Reached },
    End { percent: 35.0, seconds: (25.0, 32.0), then: Then::Again(&[120, 240]) },
    End { percent: 15.0, seconds: (2.0, 8.0), then: Then::Again(&[15, 30, 60]) },
    End { percent: 15.0, seconds: (15.0, 40.0), then: Then::Again(&[240]) },
    End { percent: 5.0, seconds: (1.0, 4.0), then: Then::Over },
];
const SITUATIONS: [Option<Situation>; 5] = [
    None,
    Some(Situation::NoAnswer),
    Some(Situation::Busy),
    Some(Situation::Voicemail),
    Some(Situation::InvalidNumber),
];

fn table() -> RetryTable {
    let list = |situation: Situation, minutes: &[i32]| RetryRule {
        delay: Some(Delay::List { minutes: minutes.to_vec() }),
        ..situation.base()
    };
    RetryTable(vec![
        list(Situation::NoAnswer, &[120, 240]),
        list(Situation::Busy, &[15, 30, 60]),
        list(Situation::Voicemail, &[240]),
    ])
}

fn mix(ends: &[End]) -> Mix {
    let ending = |(end, situation): (&End, Option<Situation>)| Ending {
        disposition: Disposition::Answered,
        situation,
        weight: end.percent,
        hold_seconds: vec![end.seconds.0, end.seconds.1],
        cost: Decimal::new(2, 2),
    };
    Mix { endings: ends.iter().zip(SITUATIONS).map(ending).collect() }
}

/// A list that is due at once.
fn contacts(now: DateTime<Utc>, lanes: impl IntoIterator<Item = usize>) -> Vec<Waiting> {
    let waiting = |lane| Waiting {
        due_at: now,
        priority: 0,
        used: 0,
        lane,
        numbers: 1,
        forbidden: false,
        in_progress: false,
        called: vec![],
    };
    lanes.into_iter().map(waiting).collect()
}

/// Everything that a plan borrows.
struct Setting {
    window: DialingWindow,
    lanes: Vec<ZoneSet>,
    contacts: Vec<Waiting>,
    retries: RetryTable,
    mixes: Vec<Mix>,
}

impl Setting {
    /// A hundred contacts, ten calls at once, in the hours of a day in Moscow.
    fn plain() -> Self {
        let window = DialingWindow::daily(540, 1260, chrono_tz::Europe::Moscow);
        Self {
            window,
            lanes: vec![ZoneSet::UNKNOWN],
            contacts: contacts(at("2025-01-15T06:00:00Z"), [0; 100]),
            retries: table(),
            mixes: vec![mix(&ENDS)],
        }
    }

    fn plan(&self) -> Plan<'_> {
        let now = at("2025-01-15T06:00:00Z");
        Plan {
            now,
            starts_at: None,
            ends_at: None,
            looks_until: now + TimeDelta::days(60),
            window: &self.window,
            lanes: &self.lanes,
            contacts: &self.contacts,
            calls_at_once: 10,
            calls_per_minute: 60,
            calls_per_second: None,
            ramp_up_from: None,
            max_attempts: 3,
            retry_delay_minutes: 30,
            retries: &self.retries,
            caps: NumberCaps::default(),
            budget: None,
            mixes: &self.mixes,
        }
    }
}

/// The forecast of a campaign of the reference.
fn foresee(campaign: &Campaign) -> Forecast {
    let moscow = chrono_tz::Europe::Moscow;
    let mut zones: Vec<Tz> = Vec::new();
    let lane = |zone: &Tz| {
        zones.iter().position(|known| known == zone).unwrap_or_else(|| {
            zones.push(*zone);
            zones.len() - 1
        })
    };
    let lanes: Vec<_> = campaign.contacts.iter().map(lane).collect();
    let weekdays = if campaign.workdays { Weekdays::WORKDAYS } else { Weekdays::ALL };
    let minute = |minute: u32| i16::try_from(minute).expect("a minute of the day");
    let span = |(from, to): &(u32, u32)| Span { weekdays, opens_minute: minute(*from), closes_minute: minute(*to) };
    let setting = Setting {
        window: DialingWindow {
            spans: campaign.hours.iter().map(span).collect(),
            zone: moscow,
            closed_days: ClosedDays::default(),
        },
        lanes: zones.into_iter().map(ZoneSet::from).collect(),
        contacts: contacts(campaign.now, lanes),
        retries: table(),
        mixes: vec![mix(&campaign.ends)],
    };
    let whole = |number: usize| i32::try_from(number).expect("a small number");
    let plan = Plan {
        now: campaign.now,
        looks_until: campaign.now + TimeDelta::days(60),
        calls_at_once: whole(campaign.calls_at_once),
        calls_per_minute: whole(campaign.calls_per_minute),
        max_attempts: campaign.attempts,
        ..setting.plan()
    };
    forecast(&plan, 1)
}

/// The issue: the ETA is honest about windows, retries and limits, and its error is measured on simulated days.
#[test]
fn the_forecast_is_close_to_days_that_are_lived_through() {
    let moscow = chrono_tz::Europe::Moscow;
    let base = Campaign {
        now: at("2025-01-15T06:00:00Z"),
        contacts: vec![moscow; 400],
        hours: vec![(540, 1260)],
        workdays: false,
        calls_at_once: 5,
        calls_per_minute: 60,
        attempts: 3,
        ends: ENDS.to_vec(),
    };
    let three: Vec<_> = [moscow, chrono_tz::Asia::Yekaterinburg, chrono_tz::Asia::Vladivostok].repeat(100);
    let campaigns = [
        ("slots", base.clone()),
        ("minute", Campaign { calls_per_minute: 3, calls_at_once: 20, ..base.clone() }),
        ("breaks, days", Campaign { hours: vec![(600, 720), (840, 960)], calls_at_once: 2, ..base.clone() }),
        ("weekend", Campaign { now: at("2025-01-17T12:00:00Z"), workdays: true, calls_at_once: 3, ..base.clone() }),
        (
            "three zones",
            Campaign { contacts: three, now: at("2025-01-15T00:00:00Z"), calls_at_once: 4, ..base.clone() },
        ),
        ("one attempt", Campaign { attempts: 1, calls_at_once: 3, ..base }),
    ];
    let (mut all, mut in_time, mut days) = (Vec::new(), 0, 0);
    println!("{:13} {:>6} {:>18} {:>18} {:>7} {:>8}", "campaign", "hours", "median", "worst", "calls", "in time");
    for (name, campaign) in &campaigns {
        let found = foresee(campaign);
        let middle = found.middle.ends_at.expect("it ends within 60 days");
        let by = found.ends_by.expect("it ends within 60 days");
        let lived: Vec<_> = (0..DAYS).map(|seed| reference::live(campaign, seed * 7919 + 1)).collect();
        let mut minutes: Vec<_> = lived.iter().map(|day| (day.ended_at - middle).num_minutes().abs()).collect();
        minutes.sort_unstable();
        let mut errors: Vec<_> =
            lived.iter().map(|day| reference::error(campaign.now, day.ended_at, middle).abs()).collect();
        errors.sort_by(f64::total_cmp);
        let mean = |value: fn(&reference::Day) -> usize| lived.iter().map(value).sum::<usize>() as f64 / DAYS as f64;
        let calls_off = (found.middle.calls as f64 / mean(|day| day.calls) - 1.0).abs();
        let reached_off = (found.middle.reached as f64 / mean(|day| day.reached) - 1.0).abs();
        let kept = lived.iter().filter(|day| day.ended_at <= by).count();
        println!(
            "{name:13} {:6.1} {:8} min {:4.1}% {:8} min {:4.1}% {:6.1}% {kept:6}/{DAYS}",
            (middle - campaign.now).num_minutes() as f64 / 60.0,
            minutes[minutes.len() / 2],
            errors[errors.len() / 2] * 100.0,
            minutes[minutes.len() - 1],
            errors[errors.len() - 1] * 100.0,
            calls_off * 100.0,
        );
        assert!(calls_off < 0.05, "{name}: calls are off by {:.1} %", calls_off * 100.0);
        assert!(reached_off < 0.08, "{name}: contacts reached are off by {:.1} %", reached_off * 100.0);
        in_time += kept;
        days += lived.len();
        all.extend(errors);
    }
    all.sort_by(f64::total_cmp);
    let median = all[all.len() / 2];
    println!("median of all {:.1} %, {in_time} of {days} days ended when nine of ten should have", median * 100.0);
    assert!(median < 0.05, "the median error is {:.1} %", median * 100.0);
    assert!(all[all.len() * 9 / 10] < 0.15, "nine of ten errors are below 15 %");
    assert!(in_time * 100 >= days * 75, "{in_time} of {days} ended when nine of ten should have");
}

#[test]
fn the_same_plan_and_seed_give_the_same_forecast() {
    let setting = Setting::plain();
    assert_eq!(forecast(&setting.plan(), 5), forecast(&setting.plan(), 5));
    assert_ne!(forecast(&setting.plan(), 5), forecast(&setting.plan(), 6));
}

#[test]
fn everybody_is_dialled_or_skipped_for_a_reason_and_the_hours_add_up() {
    let mut setting = Setting::plain();
    // Nowhere are Moscow and Los Angeles open together for these hours.
    setting.window = DialingWindow::daily(540, 1080, chrono_tz::Europe::Moscow);
    setting.lanes.push([chrono_tz::Europe::Moscow, chrono_tz::America::Los_Angeles].into_iter().collect());
    for contact in 0..10 {
        setting.contacts[contact].forbidden = true;
        setting.contacts[contact + 10].lane = 1;
        setting.contacts[contact + 20].called = vec![at("2025-01-15T05:00:00Z")];
    }
    let plan = Plan {
        caps: NumberCaps { per_month: Some(1), ..NumberCaps::default() },
        ends_at: Some(at("2025-01-20T12:00:00Z")),
        max_attempts: 1,
        calls_at_once: 100,
        calls_per_minute: 100,
        ..setting.plan()
    };
    let run = forecast(&plan, 3).middle;
    assert_eq!(run.skipped, Skipped { forbidden: 10, never_open: 10, capped: 10, not_in_time: 0 });
    assert_eq!((run.dialled, run.calls), (70, 70));
    assert_eq!(run.hours.values().map(|hour| hour.calls).sum::<usize>(), 70);
    assert_eq!(run.hours.values().map(|hour| hour.finished).sum::<usize>(), 70);
    assert_eq!(run.cost, Decimal::new(2 * 70, 2), "two cents a call");
    assert_eq!(run.ends_at, plan.ends_at, "ten wait until the end");
}

#[test]
fn a_campaign_that_ends_too_early_says_for_how_many() {
    let setting = Setting::plain();
    let plan = Plan { ends_at: Some(at("2025-01-15T06:10:00Z")), calls_per_minute: 2, ..setting.plan() };
    let run = forecast(&plan, 3).middle;
    assert!(run.dialled <= 20, "ten minutes, two a minute");
    assert_eq!(run.dialled + run.skipped.not_in_time, 100);
    assert!(run.ends_at.is_some_and(|end| end >= at("2025-01-15T06:10:00Z")));
    let short = Plan { looks_until: at("2025-01-15T06:10:00Z"), calls_per_minute: 2, ..setting.plan() };
    assert_eq!(forecast(&short, 3).middle.ends_at, None, "it did not look further");
}

/// Requirements F12: nothing outside the hours, in the forecast either.
#[test]
fn nothing_is_forecast_outside_the_hours_or_before_the_start() {
    let mut setting = Setting::plain();
    let lunch = [Span::daily(540, 780), Span::daily(840, 1080)];
    setting.window = DialingWindow { spans: lunch.to_vec(), ..setting.window };
    let plan = Plan { starts_at: Some(at("2025-01-16T09:30:00Z")), calls_at_once: 1, ..setting.plan() };
    let run = forecast(&plan, 3).middle;
    assert_eq!(run.starts_at, plan.starts_at.map(|start| start.max(at("2025-01-16T09:30:00Z"))));
    for (hour, happened) in run.hours.iter().filter(|(_, happened)| happened.calls > 0) {
        let open = (0..60).any(|minute| setting.window.is_open(*hour + TimeDelta::minutes(minute)));
        assert!(open, "{} calls at {hour}", happened.calls);
    }
}

#[test]
fn a_budget_stretches_a_campaign_over_days() {
    let setting = Setting::plain();
    let limit = |limit, spent| {
        let [limit, spent] = [limit, spent].map(|cents| Decimal::new(cents, 2));
        Some(DailyBudget { limit, spent, zone: chrono_tz::Europe::Moscow })
    };
    let plan = |budget| Plan { budget, max_attempts: 1, ..setting.plan() };
    let run = |budget| forecast(&plan(budget), 3).middle;
    let by_day = |budget| {
        let mut days = std::collections::BTreeMap::<_, usize>::new();
        for (hour, happened) in run(budget).hours {
            *days.entry(hour.date_naive()).or_default() += happened.calls;
        }
        days.into_values().filter(|calls| *calls > 0).collect::<Vec<_>>()
    };
    assert_eq!(by_day(limit(60, 0)), [30, 30, 30, 10], "thirty calls of two cents a day");
    assert_eq!(by_day(limit(60, 40)), [10, 30, 30, 30], "a part of today is spent");
    assert_eq!(run(limit(1, 0)).calls, 0, "less than one call");
}

#[test]
fn a_ramp_up_begins_slowly_and_a_trunk_takes_its_time() {
    let setting = Setting::plain();
    let first_minute = |plan: &Plan<'_>| {
        let early = Plan { looks_until: plan.now + TimeDelta::seconds(60), ..plan.clone() };
        forecast(&early, 3).middle.calls
    };
    let all = Plan { calls_at_once: 60, calls_per_minute: 60, ..setting.plan() };
    let slow = Plan { ramp_up_from: Some(1), ..all.clone() };
    let narrow = Plan { calls_per_second: Some(0.5), ..all.clone() };
    assert_eq!(first_minute(&all), 60);
    assert!(first_minute(&slow) < 30, "{} calls", first_minute(&slow));
    assert_eq!(first_minute(&narrow), 30, "one every two seconds");
}

#[test]
fn who_is_in_a_call_holds_a_slot_and_may_be_tried_again() {
    let mut setting = Setting::plain();
    for contact in &mut setting.contacts[..10] {
        contact.in_progress = true;
    }
    let now = setting.plan().now;
    let plan = Plan { looks_until: now + TimeDelta::milliseconds(1), ..setting.plan() };
    let run = forecast(&plan, 3).middle;
    assert_eq!((run.calls, run.dialled, run.skipped.not_in_time), (0, 10, 90), "all ten slots are in use");
    let whole = forecast(&setting.plan(), 3).middle;
    assert_eq!(whole.dialled, 100);
    assert!(whole.reached > 50, "those who wait are reached too");
}

#[test]
fn a_mix_by_attempt_is_drawn_from_by_attempt() {
    let mut setting = Setting::plain();
    let only = |end: usize| Mix { endings: vec![mix(&ENDS).endings[end].clone()] };
    setting.mixes = vec![only(1), only(2), only(0)];
    let run = forecast(&setting.plan(), 3).middle;
    assert_eq!((run.calls, run.reached), (300, 100), "no answer, busy, reached");
}

#[test]
fn an_assumed_mix_reaches_a_quarter_at_the_first_attempt() {
    let mut setting = Setting::plain();
    setting.contacts = contacts(at("2025-01-15T06:00:00Z"), [0; 1000]);
    setting.mixes = vec![Mix::assumed(Decimal::new(6, 2))];
    let run = forecast(&Plan { max_attempts: 1, calls_at_once: 50, ..setting.plan() }, 3).middle;
    assert!((200..320).contains(&run.reached), "{} of 1,000", run.reached);
    assert!(setting.mixes[0].mean_cost() > Decimal::new(1, 3));
    assert!((20.0..60.0).contains(&setting.mixes[0].mean_hold_seconds()));
}

#[test]
fn an_empty_list_ends_at_once() {
    let mut setting = Setting::plain();
    setting.contacts.clear();
    let found = forecast(&setting.plan(), 3);
    assert_eq!((found.middle.calls, found.middle.ends_at), (0, Some(setting.plan().now)));
}
