//! One run: a clock that jumps from event to event. The rules are those of admission; only how calls end is drawn by lot.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BinaryHeap, VecDeque},
};

use chrono::{DateTime, TimeDelta, Utc};
use rust_decimal::Decimal;

use super::{DailyBudget, Ending, Mix, Plan, Run, Skipped, hour_of, random::Random};
use crate::{
    breaker::Health,
    retry::{Attempt, NextStep, Numbers, Situation},
    zone::ZoneSet,
};

/// A call is sent within this time after its intent, or not at all; nothing is admitted that could be sent too late.
pub const PERMIT: TimeDelta = TimeDelta::seconds(2);
/// A call counts against the minute from its admission until so long after its intent.
pub const PER_MINUTE: TimeDelta = TimeDelta::seconds(62);

/// Who is dialled first: priority, then the time at which it is due, then the place in the list.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Turn {
    priority: i32,
    due_at: Reverse<DateTime<Utc>>,
    contact: Reverse<usize>,
}

/// The contacts of one set of zones, and when their hours are open.
struct Lane<'a> {
    zones: &'a ZoneSet,
    /// The present or next open interval; none: never again.
    open: Option<(DateTime<Utc>, DateTime<Utc>)>,
    ever_opens: bool,
    ready: BinaryHeap<Turn>,
}

/// What a run knows of a contact.
#[derive(Clone)]
struct State {
    used: i32,
    /// Attempts by situation.
    kinds: [u8; Situation::ALL.len()],
    /// Of these, at the present number.
    at_number: [u8; Situation::ALL.len()],
    numbers: Numbers,
    dialled_at: DateTime<Utc>,
    is_dialled: bool,
    is_capped: bool,
}

struct Simulation<'a> {
    plan: &'a Plan<'a>,
    random: Random,
    now: DateTime<Utc>,
    lanes: Vec<Lane<'a>>,
    states: Vec<State>,
    /// Calls that begin in this run, per contact; kept only when numbers are capped.
    called: Vec<Vec<DateTime<Utc>>>,
    later: BinaryHeap<Reverse<(DateTime<Utc>, usize)>>,
    live: BinaryHeap<Reverse<(DateTime<Utc>, usize, usize)>>,
    minute: VecDeque<DateTime<Utc>>,
    trunk_free_at: DateTime<Utc>,
    allowed: i32,
    budget: Option<DailyBudget>,
    budget_day: chrono::NaiveDate,
    next_call: Decimal,
    open: usize,
    ended_at: DateTime<Utc>,
    run: Run,
}

/// Plays the campaign through once.
pub(super) fn play(plan: &Plan<'_>, seed: u64) -> Run {
    let own = ZoneSet::from(plan.window.zone);
    let mut simulation = Simulation::new(plan, seed, &own);
    loop {
        simulation.end_calls();
        simulation.wake();
        while simulation.dial_next() {}
        match simulation.next_event() {
            Some(at) if at < plan.looks_until => simulation.now = at,
            _ => break,
        }
    }
    simulation.result()
}

impl<'a> Simulation<'a> {
    fn new(plan: &'a Plan<'a>, seed: u64, own: &'a ZoneSet) -> Self {
        let now = plan.now.max(plan.starts_at.unwrap_or(plan.now));
        let lanes = plan.lanes.iter().map(|zones| {
            let zones = if zones.is_empty() { own } else { zones };
            let open = plan.window.interval_at_or_after(now, zones);
            Lane { zones, open, ever_opens: open.is_some(), ready: BinaryHeap::new() }
        });
        let fresh = |contact: &super::Waiting| State {
            used: contact.used,
            kinds: [0; Situation::ALL.len()],
            at_number: [0; Situation::ALL.len()],
            numbers: Numbers { count: contact.numbers.max(1), ..Numbers::ONE },
            dialled_at: plan.now,
            is_dialled: contact.in_progress,
            is_capped: false,
        };
        let caps_hold = plan.caps != crate::limits::NumberCaps::default();
        let mut simulation = Self {
            plan,
            random: Random(seed),
            now: plan.now,
            lanes: lanes.collect(),
            states: plan.contacts.iter().map(fresh).collect(),
            called: if caps_hold {
                plan.contacts.iter().map(|contact| contact.called.clone()).collect()
            } else {
                vec![]
            },
            later: BinaryHeap::new(),
            live: BinaryHeap::new(),
            minute: VecDeque::new(),
            trunk_free_at: plan.now,
            allowed: plan.ramp_up_from.unwrap_or(plan.calls_at_once).clamp(1, plan.calls_at_once.max(1)),
            budget: plan.budget,
            budget_day: chrono::NaiveDate::default(),
            next_call: plan.mixes.first().map(Mix::mean_cost).unwrap_or_default(),
            open: 0,
            ended_at: plan.now,
            run: Run {
                dialled: 0,
                skipped: Skipped::default(),
                calls: 0,
                reached: 0,
                starts_at: None,
                ends_at: None,
                cost: Decimal::ZERO,
                hours: BTreeMap::new(),
            },
        };
        simulation.budget_day = simulation.day();
        for (contact, waiting) in plan.contacts.iter().enumerate() {
            if waiting.in_progress {
                // Somewhere in the middle of its call.
                let ending = simulation.mix(contact).draw(&mut simulation.random);
                let hold = simulation.mix(contact).endings[ending].draw_hold(&mut simulation.random);
                let left = (hold as f64 * simulation.random.unit()) as i64;
                simulation.live.push(Reverse((plan.now + TimeDelta::milliseconds(left), contact, ending)));
            } else if waiting.forbidden {
                simulation.run.skipped.forbidden += 1;
                continue;
            } else if !simulation.lanes[waiting.lane].ever_opens {
                simulation.run.skipped.never_open += 1;
                continue;
            } else {
                simulation.later.push(Reverse((waiting.due_at, contact)));
            }
            simulation.open += 1;
        }
        simulation
    }

    /// How the next call of a contact may end.
    fn mix(&self, contact: usize) -> &'a Mix {
        let made = usize::try_from(self.states[contact].used).unwrap_or(0);
        &self.plan.mixes[made.min(self.plan.mixes.len() - 1)]
    }

    fn end_calls(&mut self) {
        while let Some(Reverse((at, contact, ending))) = self.live.peek().copied() {
            if at > self.now {
                break;
            }
            self.live.pop();
            let mix: &'a Mix = self.mix(contact);
            self.end_call(at, contact, &mix.endings[ending]);
        }
    }

    fn end_call(&mut self, at: DateTime<Utc>, contact: usize, ending: &Ending) {
        self.run.cost += ending.cost;
        if let Some(budget) = &mut self.budget {
            // It was counted as an expected call when it began.
            budget.spent += ending.cost - self.next_call;
        }
        self.ramp(ending);
        let lane = &self.lanes[self.plan.contacts[contact].lane];
        let state = &mut self.states[contact];
        let (mut of_this_kind, mut at_this_number) = (1, 1);
        if let Some(situation) = ending.situation {
            let kind = situation as usize;
            state.kinds[kind] = state.kinds[kind].saturating_add(1);
            state.at_number[kind] = state.at_number[kind].saturating_add(1);
            (of_this_kind, at_this_number) = (state.kinds[kind].into(), state.at_number[kind].into());
        }
        let next = self.plan.policy().next(&Attempt {
            situation: ending.situation,
            dialled_at: state.dialled_at,
            ended_at: at,
            used: state.used,
            of_this_kind,
            at_this_number,
            numbers: state.numbers,
            callback_at: None,
            zones: lane.zones,
            random: self.random.unit(),
        });
        state.used += i32::from(next.uses_attempt);
        state.numbers.spent = next.spent;
        match next.step {
            NextStep::Retry { due_at, number } => {
                if number != state.numbers.current {
                    state.numbers.current = number;
                    state.at_number = [0; Situation::ALL.len()];
                }
                self.later.push(Reverse((due_at, contact)));
            }
            NextStep::Complete => {
                self.run.reached += 1;
                self.finish(at);
            }
            NextStep::Fail => self.finish(at),
        }
    }

    fn finish(&mut self, at: DateTime<Utc>) {
        self.open -= 1;
        self.ended_at = at;
        self.run.hours.entry(hour_of(at)).or_default().finished += 1;
    }

    fn ramp(&mut self, ending: &Ending) {
        if self.plan.ramp_up_from.is_some() {
            self.allowed = match Health::of(ending.situation) {
                Health::Healthy => (self.allowed + 1).min(self.plan.calls_at_once.max(1)),
                Health::Faulty => (self.allowed / 2).max(1),
                Health::Neutral => self.allowed,
            };
        }
    }

    fn wake(&mut self) {
        while let Some(Reverse((due_at, contact))) = self.later.peek().copied() {
            if due_at > self.now {
                break;
            }
            self.later.pop();
            let waiting = &self.plan.contacts[contact];
            let turn = Turn { priority: waiting.priority, due_at: Reverse(due_at), contact: Reverse(contact) };
            self.lanes[waiting.lane].ready.push(turn);
        }
    }

    /// Begins the next call, when there is one that may begin now.
    fn dial_next(&mut self) -> bool {
        if self.free_at().is_none_or(|at| at > self.now) || self.slots_are_full() {
            return false;
        }
        let sent_by = self.now + PERMIT;
        let mut best: Option<usize> = None;
        for at in 0..self.lanes.len() {
            self.look_at_hours(at);
            let lane = &self.lanes[at];
            let is_open = lane.open.is_some_and(|(from, until)| from <= self.now && sent_by < until);
            let Some(turn) = lane.ready.peek().filter(|_| is_open) else { continue };
            if best.is_none_or(|best| self.lanes[best].ready.peek().is_none_or(|other| turn > other)) {
                best = Some(at);
            }
        }
        let Some(turn) = best.and_then(|lane| self.lanes[lane].ready.pop()) else { return false };
        let contact = turn.contact.0;
        if let Some(called) = self.called.get_mut(contact) {
            if let Some(cap) = self.plan.caps.reached(self.now, called) {
                self.states[contact].is_capped = true;
                self.later.push(Reverse((cap.until, contact)));
                return true;
            }
            called.push(self.now);
        }
        self.begin(contact);
        true
    }

    fn begin(&mut self, contact: usize) {
        let mix = self.mix(contact);
        let ending = mix.draw(&mut self.random);
        let hold = mix.endings[ending].draw_hold(&mut self.random);
        self.live.push(Reverse((self.now + TimeDelta::milliseconds(hold), contact, ending)));
        self.states[contact].dialled_at = self.now;
        self.states[contact].is_dialled = true;
        self.minute.push_back(self.now + PER_MINUTE);
        if let Some(rate) = self.plan.calls_per_second {
            let apart = (1_000_000.0 / rate.max(0.001)) as i64;
            self.trunk_free_at = self.now + TimeDelta::microseconds(apart);
        }
        if let Some(budget) = &mut self.budget {
            budget.spent += self.next_call;
        }
        self.run.calls += 1;
        self.run.starts_at.get_or_insert(self.now);
        self.run.hours.entry(hour_of(self.now)).or_default().calls += 1;
    }

    /// Moves a lane to the interval that counts for a call that is admitted now.
    fn look_at_hours(&mut self, lane: usize) {
        let lane = &mut self.lanes[lane];
        while let Some((_, until)) = lane.open.filter(|(_, until)| *until <= self.now + PERMIT) {
            lane.open = self.plan.window.interval_at_or_after(until.max(self.now), lane.zones);
        }
    }

    fn slots_are_full(&self) -> bool {
        self.live.len() >= usize::try_from(self.allowed.min(self.plan.calls_at_once)).unwrap_or(0)
    }

    /// The first instant at which dates, minute, trunk and budget allow a call; none: never again.
    fn free_at(&mut self) -> Option<DateTime<Utc>> {
        if self.plan.ends_at.is_some_and(|end| end <= self.now + PERMIT) {
            return None;
        }
        while self.minute.front().is_some_and(|free| *free <= self.now) {
            self.minute.pop_front();
        }
        let mut at = self.now.max(self.plan.starts_at.unwrap_or(self.now)).max(self.trunk_free_at);
        let most = usize::try_from(self.plan.calls_per_minute).unwrap_or(0);
        if let Some(excess) = self.minute.len().checked_sub(most) {
            at = at.max(*self.minute.get(excess)?);
        }
        at = at.max(self.budget_free_at()?);
        Some(at)
    }

    fn day(&self) -> chrono::NaiveDate {
        self.budget.map_or_else(chrono::NaiveDate::default, |budget| self.now.with_timezone(&budget.zone).date_naive())
    }

    /// When the budget allows another call: now, or at the next midnight.
    fn budget_free_at(&mut self) -> Option<DateTime<Utc>> {
        let today = self.day();
        let Some(budget) = &mut self.budget else { return Some(self.now) };
        if today > self.budget_day {
            self.budget_day = today;
            // What is in flight counts for the new day.
            budget.spent = self.next_call * Decimal::from(self.live.len());
        }
        if budget.spent + self.next_call <= budget.limit {
            return Some(self.now);
        }
        if self.next_call > budget.limit {
            return None;
        }
        let always = crate::window::DialingWindow::daily(0, 1440, budget.zone);
        let not_today = always.without(&std::iter::once(today).collect());
        not_today.next_open(self.now)
    }

    /// The next instant at which something can happen, after now.
    fn next_event(&mut self) -> Option<DateTime<Utc>> {
        let mut next = self.live.peek().map(|Reverse((at, ..))| *at);
        let mut sooner = |at: DateTime<Utc>| next = Some(next.map_or(at, |next| next.min(at)));
        let Some(free_at) = self.free_at() else { return next };
        if let Some(Reverse((due_at, _))) = self.later.peek() {
            sooner((*due_at).max(free_at));
        }
        let full = self.slots_are_full();
        for at in 0..self.lanes.len() {
            self.look_at_hours(at);
            let lane = &self.lanes[at];
            // With all slots in use the end of a call comes first.
            if let Some((from, _)) = lane.open.filter(|_| !lane.ready.is_empty() && !full) {
                sooner(from.max(free_at));
            }
        }
        next.map(|at| at.max(self.now + TimeDelta::milliseconds(1)))
    }

    fn result(mut self) -> Run {
        let is_over = self.open == 0;
        for (contact, state) in self.states.iter().enumerate() {
            let waiting = &self.plan.contacts[contact];
            if state.is_dialled {
                self.run.dialled += 1;
            } else if !waiting.forbidden && (waiting.in_progress || self.lanes[waiting.lane].ever_opens) {
                if state.is_capped {
                    self.run.skipped.capped += 1;
                } else {
                    self.run.skipped.not_in_time += 1;
                }
            }
        }
        let ended = self.plan.ends_at.filter(|end| *end < self.plan.looks_until);
        self.run.ends_at = if is_over { Some(self.ended_at) } else { ended.map(|end| end.max(self.ended_at)) };
        self.run
    }
}
