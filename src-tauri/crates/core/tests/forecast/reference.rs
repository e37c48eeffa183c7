//! The reference of the forecast: a campaign that is lived through second by second, written without the code that it judges.
//!
//! Owns its own hours, its own retry rules and its own chance. Refuses to be fast or clever.

use std::collections::HashMap;

use chrono::{DateTime, Datelike, TimeDelta, Timelike, Utc};
use chrono_tz::Tz;

/// How a call of a simulated day ends: share in percent, seconds in the slot from and to, what follows.
#[derive(Clone, Copy)]
pub struct End {
    pub percent: f64,
    pub seconds: (f64, f64),
    pub then: Then,
}

/// What follows an end.
#[derive(Clone, Copy, PartialEq)]
pub enum Then {
    /// Reached.
    Reached,
    /// Never again.
    Over,
    /// Again after these minutes, by the number of such ends so far; the last repeats.
    Again(&'static [i64]),
}

/// A campaign as a person would describe it.
#[derive(Clone)]
pub struct Campaign {
    pub now: DateTime<Utc>,
    /// Zone of each contact; all due at once.
    pub contacts: Vec<Tz>,
    /// Hours of the day in which calls are made, in minutes; Saturdays and Sundays are free when `workdays` is set.
    pub hours: Vec<(u32, u32)>,
    pub workdays: bool,
    pub calls_at_once: usize,
    pub calls_per_minute: usize,
    pub attempts: i32,
    pub ends: Vec<End>,
}

/// What happened.
pub struct Day {
    pub ended_at: DateTime<Utc>,
    pub calls: usize,
    pub reached: usize,
}

struct Person {
    zone: Tz,
    due: i64,
    attempts: i32,
    ends: HashMap<usize, usize>,
    done: bool,
}

/// Numerical Recipes' linear congruential generator: poor, but nobody else's.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223) % (1 << 32);
        self.0 as f64 / 4_294_967_296.0
    }
}

fn is_open(campaign: &Campaign, zone: Tz, second: i64) -> bool {
    let local = DateTime::from_timestamp(second, 0).expect("an instant").with_timezone(&zone);
    let minute = local.hour() * 60 + local.minute();
    let day = local.weekday().number_from_monday();
    (!campaign.workdays || day <= 5) && campaign.hours.iter().any(|(from, to)| (*from..*to).contains(&minute))
}

/// Lives through the campaign.
pub fn live(campaign: &Campaign, seed: u64) -> Day {
    let mut dice = Dice(seed);
    let start = campaign.now.timestamp();
    let mut people: Vec<_> = campaign
        .contacts
        .iter()
        .map(|zone| Person { zone: *zone, due: start, attempts: 0, ends: HashMap::new(), done: false })
        .collect();
    // (ends at, person, end)
    let mut calls: Vec<(i64, usize, usize)> = Vec::new();
    let mut begun: Vec<i64> = Vec::new();
    let mut day = Day { ended_at: campaign.now, calls: 0, reached: 0 };
    let mut zones: Vec<_> = campaign.contacts.clone();
    zones.sort_unstable_by_key(|zone| zone.name());
    zones.dedup();
    let (mut second, mut left, mut next_due) = (start, people.len(), start);
    while left > 0 {
        let over: Vec<_> = calls.iter().copied().filter(|call| call.0 <= second).collect();
        calls.retain(|call| call.0 > second);
        for (_, who, end) in over {
            let person = &mut people[who];
            let times = person.ends.entry(end).or_default();
            *times += 1;
            person.attempts += 1;
            match campaign.ends[end].then {
                Then::Reached => (day.reached, person.done) = (day.reached + 1, true),
                Then::Again(minutes) if person.attempts < campaign.attempts => {
                    person.due = second + minutes[(*times - 1).min(minutes.len() - 1)] * 60;
                    while !is_open(campaign, person.zone, person.due) {
                        person.due += 60 - person.due % 60;
                    }
                }
                Then::Over | Then::Again(_) => person.done = true,
            }
            next_due = second;
            if person.done {
                left -= 1;
                day.ended_at = DateTime::from_timestamp(second, 0).expect("an instant");
            }
        }
        let open: HashMap<Tz, bool> = zones
            .iter()
            .map(|zone| (*zone, is_open(campaign, *zone, second) && is_open(campaign, *zone, second + 2)))
            .collect();
        while next_due <= second
            && calls.len() < campaign.calls_at_once
            && begun.iter().rev().take_while(|at| second - **at < 62).count() < campaign.calls_per_minute
        {
            let busy = |who: usize| calls.iter().any(|call| call.1 == who);
            let waiting = people
                .iter()
                .enumerate()
                .filter(|(who, person)| !person.done && person.due <= second && !busy(*who) && open[&person.zone]);
            let Some((who, _)) = waiting.min_by_key(|(who, person)| (person.due, *who)) else {
                // Nobody is due, or nobody whose hours are open: look again when that may be different.
                let later = people.iter().filter(|person| !person.done && person.due > second);
                let minute = second + 60 - second % 60;
                next_due = later.map(|person| person.due).fold(minute, i64::min);
                break;
            };
            let mut chance = dice.roll() * 100.0;
            let end = campaign.ends.iter().position(|end| {
                chance -= end.percent;
                chance < 0.0
            });
            let end = end.unwrap_or(campaign.ends.len() - 1);
            let (from, to) = campaign.ends[end].seconds;
            let seconds = (from + (to - from) * dice.roll()).max(1.0) as i64;
            calls.push((second + seconds, who, end));
            begun.push(second);
            day.calls += 1;
        }
        // While everybody sleeps there is nothing to see before the next minute.
        second += if calls.is_empty() && !open.values().any(|open| *open) { 60 - second % 60 } else { 1 };
    }
    day
}

/// How much later `actual` is than `expected`, relative to the time that the campaign took.
pub fn error(now: DateTime<Utc>, actual: DateTime<Utc>, expected: DateTime<Utc>) -> f64 {
    let took: TimeDelta = actual - now;
    (actual - expected).num_seconds() as f64 / took.num_seconds().max(1) as f64
}
