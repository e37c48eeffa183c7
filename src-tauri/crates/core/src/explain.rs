//! Why a campaign, or a contact in it, is or is not dialled at this moment, and when it will be. Owns the order of the reasons;
//! refuses to hold words, which are the user interface's, and to look anything up: the facts are read from the rows that
//! admission counts, in one snapshot.
//!
//! These are the predicates of admission, written once more where a person can be answered: a campaign is dialled exactly
//! when [`CampaignFacts::obstacles`] is empty, a task when [`TaskFacts::obstacles`] is. A test compares both with what
//! admission does.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    breaker::{BreakerCause, BreakerScope},
    campaign::CampaignState,
    limits::{Budget, BudgetState, CapReached, LimitKind, Usage},
    task::TaskStatus,
};

/// Seconds that a call is expected to hold its slot while none has been measured (acceptance 70).
pub const ASSUMED_HOLD_SECONDS: i64 = 120;

text_enum! {
    /// Why somebody is, or is not, called at this moment. In the order in which reasons are named: what a person has decided,
    /// what the calendar says, what is broken, what is used up.
    pub enum DialingReason {
        /// The campaign was not started.
        Draft = "draft",
        /// It starts by itself at `at`.
        Scheduled = "scheduled",
        /// Paused by a person.
        Paused = "paused",
        /// Every task has ended.
        Completed = "completed",
        /// Given up.
        Cancelled = "cancelled",
        /// Nothing is dialled before `at`.
        BeforeStart = "before_start",
        /// The end of the campaign has passed.
        AfterEnd = "after_end",
        /// The contact was reached.
        TaskCompleted = "task_completed",
        /// The contact's attempts are used up, or its number is invalid.
        TaskFailed = "task_failed",
        /// The campaign ended before the contact was reached.
        TaskCancelled = "task_cancelled",
        /// The contact is not called any more.
        TaskSkipped = "task_skipped",
        /// The contact is being called.
        TaskInProgress = "task_in_progress",
        /// The number is on a do-not-call list.
        DoNotCall = "do_not_call",
        /// Today is left out, or a holiday; the hours open at `at`.
        Holiday = "holiday",
        /// Outside the calling hours; they open at `at`.
        OutsideHours = "outside_hours",
        /// Today is left out where the contact is; the hours open there at `at`.
        ContactHoliday = "contact_holiday",
        /// Outside the calling hours where the contact is; they open there at `at`.
        ContactOutsideHours = "contact_outside_hours",
        /// The line cannot place calls; `fault` says why.
        LineDown = "line_down",
        /// No live worker can dial on this line.
        NoWorker = "no_worker",
        /// The breaker of the trunk is open, until `at` or until a person closes it; `cause` says why.
        TrunkBreaker = "trunk_breaker",
        /// The breaker of the campaign is open.
        CampaignBreaker = "campaign_breaker",
        /// The company's budget of the day is spent; it begins anew at `at`.
        CompanyBudget = "company_budget",
        /// The campaign's budget of the day is spent.
        CampaignBudget = "campaign_budget",
        /// The contact asked to be called at `at`.
        WaitingForCallback = "waiting_for_callback",
        /// Tried before; the next attempt is due at `at`. Of a campaign: of every waiting task, the first.
        WaitingForRetry = "waiting_for_retry",
        /// The list is spread over the day; its turn comes at `at`.
        WaitingForTurn = "waiting_for_turn",
        /// The last calls are in progress, nobody else waits.
        LastCalls = "last_calls",
        /// The number is in another call of the company.
        InAnotherCall = "in_another_call",
        /// The number has had its calls of the day, week or month, `kind`; one more at `at`.
        NumberCap = "number_cap",
        /// The number was called a short time ago; again from `at`.
        NumberGap = "number_gap",
        /// Everybody who is due is kept back for a reason of his own; the first is free at `at`.
        ContactsKeptBack = "contacts_kept_back",
        /// The campaign's calls at once are in use.
        CampaignLimit = "campaign_limit",
        /// The ramp-up allows no more calls yet.
        RampUp = "ramp_up",
        /// The campaign's calls of this minute are used up; the next at `at`.
        MinuteLimit = "minute_limit",
        /// The trunk takes no further call in this second; the next at `at`.
        TrunkLimit = "trunk_limit",
        /// The company's calls at once are in use.
        CompanyLimit = "company_limit",
        /// The system's calls at once are in use.
        SystemLimit = "system_limit",
        /// Direct calls take the next slots.
        DirectCallsFirst = "direct_calls_first",
        /// A direct call that waits for the next slot, at place `place`.
        DirectCallInLine = "direct_call_in_line",
        /// Due, at place `place` of those that are.
        InLine = "in_line",
        /// It is dialling.
        Dialing = "dialing",
    }
}

/// One reason: a key of the catalogue `dialing.*`, the figures that its sentence names, and until when it holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sentence {
    /// Why.
    pub reason: DialingReason,
    /// Until when, where that is known.
    pub at: Option<DateTime<Utc>>,
    /// `used` and `limit`, `place` and `waitSeconds`, `spent`, `cause`, `fault`, `kind`, `count`.
    pub params: BTreeMap<String, String>,
}

impl Sentence {
    fn plain(reason: DialingReason) -> Self {
        Self { reason, at: None, params: BTreeMap::new() }
    }

    fn until(reason: DialingReason, at: Option<DateTime<Utc>>) -> Self {
        Self { at, ..Self::plain(reason) }
    }

    fn full(reason: DialingReason, usage: Usage, at: Option<DateTime<Utc>>) -> Self {
        Self::until(reason, at).with("used", usage.used).with("limit", usage.limit)
    }

    fn with(mut self, name: &str, value: impl ToString) -> Self {
        self.params.insert(name.to_owned(), value.to_string());
        self
    }
}

/// The answer to "why is it (not) being dialled now, and when next".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// The sentence.
    pub first: Sentence,
    /// What else would hold it back, in order.
    pub also: Vec<Sentence>,
    /// When it can be dialled next, as far as that depends on the clock; none when somebody has to act or a slot has to
    /// become free at a time that nobody knows.
    pub next_at: Option<DateTime<Utc>>,
}

/// The calling hours at this instant, holidays included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hours {
    /// Open, also when a call that is admitted now is sent.
    Open,
    /// Closed.
    Closed {
        /// The next opening; none when there is none.
        opens_at: Option<DateTime<Utc>>,
        /// It is a closed day.
        holiday: bool,
    },
}

/// A breaker that lets nothing pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenBreaker {
    /// Trunk or campaign.
    pub scope: BreakerScope,
    /// Why it opened.
    pub cause: BreakerCause,
    /// When it tries a call; none: a person has to close it.
    pub until: Option<DateTime<Utc>>,
}

/// Those who wait in a campaign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Waiting {
    /// Somebody is due and may be called.
    Ready,
    /// Somebody is due, but everybody who is, is on a do-not-call list, in another call, capped or outside his own hours.
    KeptBack {
        /// When the first may be called again, where the clock decides.
        free_at: Option<DateTime<Utc>>,
    },
    /// Nobody is due; the first at this instant.
    Later {
        /// When.
        due_at: DateTime<Utc>,
        /// Why that one waits.
        why: Later,
    },
    /// Nobody waits.
    Nobody,
}

/// Why a task is due later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Later {
    /// A callback was promised.
    Callback,
    /// It was tried before.
    Retry,
    /// The list is spread over the day.
    Turn,
}

impl Later {
    const fn reason(self) -> DialingReason {
        match self {
            Self::Callback => DialingReason::WaitingForCallback,
            Self::Retry => DialingReason::WaitingForRetry,
            Self::Turn => DialingReason::WaitingForTurn,
        }
    }
}

/// The facts about a campaign, all of one snapshot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CampaignFacts {
    /// The database's clock.
    pub now: DateTime<Utc>,
    /// The latest instant at which a call that is admitted now may be sent: nothing is admitted so late that its call
    /// could fall behind the hours or the end.
    pub sent_by: DateTime<Utc>,
    /// State.
    pub state: CampaignState,
    /// Nothing is dialled before.
    pub starts_at: Option<DateTime<Utc>>,
    /// Nothing is dialled from then on.
    pub ends_at: Option<DateTime<Utc>>,
    /// Open when they are open for anybody who waits.
    pub hours: Hours,
    /// Key of the line's fault, when it is known not to work.
    pub line_fault: Option<String>,
    /// A live worker can dial on the campaign's line.
    pub worker_alive: bool,
    /// Open breakers of its trunk and its own.
    pub breakers: Vec<OpenBreaker>,
    /// The company's budget.
    pub company_budget: Option<Budget>,
    /// The campaign's.
    pub campaign_budget: Option<Budget>,
    /// When the budgets begin anew: the next midnight of the company.
    pub budget_renews_at: Option<DateTime<Utc>>,
    /// Who waits.
    pub waiting: Waiting,
    /// Calls in progress of the campaign.
    pub campaign: Usage,
    /// Of these, what the ramp-up allows, when it has one.
    pub ramp_up: Option<Usage>,
    /// Calls of the campaign that count against its minute.
    pub minute: Usage,
    /// When the oldest of them stops counting.
    pub minute_free_at: Option<DateTime<Utc>>,
    /// When the trunk takes the next call; none or past: now.
    pub trunk_free_at: Option<DateTime<Utc>>,
    /// Calls in progress of the company.
    pub company: Usage,
    /// Of all companies.
    pub system: Usage,
    /// Direct calls of the company that wait for a slot.
    pub direct_waiting: i32,
}

impl CampaignFacts {
    /// Everything that keeps the campaign from dialling, in order; empty: it dials. A campaign that does not run has no
    /// other obstacle than that.
    #[must_use]
    pub fn obstacles(&self) -> Vec<Sentence> {
        if let Some(state) = self.not_running() {
            return vec![state];
        }
        let mut found = Vec::new();
        found.extend(self.dates());
        if let Hours::Closed { opens_at, holiday } = self.hours {
            let reason = if holiday { DialingReason::Holiday } else { DialingReason::OutsideHours };
            found.push(Sentence::until(reason, opens_at));
        }
        found.extend(self.broken());
        match self.waiting {
            Waiting::Ready => {}
            Waiting::Later { due_at, why } => found.push(Sentence::until(why.reason(), Some(due_at))),
            Waiting::KeptBack { free_at } => {
                found.push(Sentence::until(DialingReason::ContactsKeptBack, free_at));
            }
            Waiting::Nobody => {
                let reason = if self.campaign.used > 0 { DialingReason::LastCalls } else { DialingReason::Completed };
                found.push(Sentence::plain(reason));
            }
        }
        found.extend(self.used_up());
        if found.is_empty() && self.direct_waiting > 0 && self.direct_waiting >= self.free_slots() {
            found.push(Sentence::plain(DialingReason::DirectCallsFirst).with("count", self.direct_waiting));
        }
        found.sort_by_key(|sentence| sentence.reason);
        found
    }

    /// Answers for the campaign. `open_from` finds the next instant of its hours at or after one.
    #[must_use]
    pub fn explain(&self, open_from: impl Fn(DateTime<Utc>) -> Option<DateTime<Utc>>) -> Explanation {
        answer(self.obstacles(), Sentence::plain(DialingReason::Dialing), open_from)
    }

    /// Slots that are free for the company.
    fn free_slots(&self) -> i32 {
        self.company.free().min(self.system.free())
    }

    fn not_running(&self) -> Option<Sentence> {
        match self.state {
            CampaignState::Draft => Some(Sentence::plain(DialingReason::Draft)),
            CampaignState::Scheduled => Some(Sentence::until(DialingReason::Scheduled, self.starts_at)),
            CampaignState::Paused => Some(Sentence::plain(DialingReason::Paused)),
            CampaignState::Completed => Some(Sentence::plain(DialingReason::Completed)),
            CampaignState::Cancelled => Some(Sentence::plain(DialingReason::Cancelled)),
            CampaignState::Running => None,
        }
    }

    fn dates(&self) -> Option<Sentence> {
        if self.starts_at.is_some_and(|start| start > self.now) {
            return Some(Sentence::until(DialingReason::BeforeStart, self.starts_at));
        }
        self.ends_at.is_some_and(|end| end <= self.sent_by).then(|| Sentence::plain(DialingReason::AfterEnd))
    }

    /// What a person has to mend, or money.
    fn broken(&self) -> Vec<Sentence> {
        let mut found = Vec::new();
        if let Some(fault) = &self.line_fault {
            found.push(Sentence::plain(DialingReason::LineDown).with("fault", fault));
        }
        if !self.worker_alive {
            found.push(Sentence::plain(DialingReason::NoWorker));
        }
        for breaker in &self.breakers {
            let reason = match breaker.scope {
                BreakerScope::Trunk => DialingReason::TrunkBreaker,
                BreakerScope::Campaign => DialingReason::CampaignBreaker,
            };
            found.push(Sentence::until(reason, breaker.until).with("cause", breaker.cause));
        }
        let budgets = [
            (DialingReason::CompanyBudget, self.company_budget),
            (DialingReason::CampaignBudget, self.campaign_budget),
        ];
        for (reason, budget) in budgets {
            if let Some(budget) = budget.filter(|budget| budget.state() == BudgetState::Stopped) {
                let sentence = Sentence::until(reason, self.budget_renews_at);
                found.push(sentence.with("spent", budget.spent + budget.in_flight).with("limit", budget.limit));
            }
        }
        found
    }

    fn used_up(&self) -> Vec<Sentence> {
        let mut found = Vec::new();
        let mut check = |reason, usage: Option<Usage>, at| {
            if let Some(usage) = usage.filter(|usage| usage.is_full()) {
                found.push(Sentence::full(reason, usage, at));
            }
        };
        check(DialingReason::CampaignLimit, Some(self.campaign), None);
        check(DialingReason::RampUp, self.ramp_up, None);
        check(DialingReason::MinuteLimit, Some(self.minute), self.minute_free_at);
        check(DialingReason::CompanyLimit, Some(self.company), None);
        check(DialingReason::SystemLimit, Some(self.system), None);
        if self.trunk_free_at.is_some_and(|at| at > self.now) {
            found.push(Sentence::until(DialingReason::TrunkLimit, self.trunk_free_at));
        }
        found
    }
}

/// The facts about one contact in a campaign, of the same snapshot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskFacts {
    /// Status.
    pub status: TaskStatus,
    /// Not dialled before.
    pub due_at: DateTime<Utc>,
    /// Why, when it is later than now.
    pub why: Later,
    /// A direct call.
    pub is_direct: bool,
    /// Hours of the contact: those of the campaign, or of its own zones.
    pub hours: Hours,
    /// The hours are those of its own zones.
    pub local_time: bool,
    /// The number is on a do-not-call list.
    pub forbidden: bool,
    /// The number is in another call of the company.
    pub in_another_call: bool,
    /// The cap that holds longest.
    pub cap: Option<CapReached>,
    /// Place among those that are due, from 1; for a direct call among the direct calls.
    pub place: Option<i32>,
    /// Seconds until its turn, see [`expected_wait`].
    pub expected_wait_seconds: Option<i64>,
}

impl TaskFacts {
    /// Everything that keeps the contact from being dialled, in order: what is its own, then what is the campaign's. Empty:
    /// it may be dialled as soon as its turn comes.
    #[must_use]
    pub fn obstacles(&self, campaign: &CampaignFacts) -> Vec<Sentence> {
        let own_end = match self.status {
            TaskStatus::Completed => Some(DialingReason::TaskCompleted),
            TaskStatus::Failed => Some(DialingReason::TaskFailed),
            TaskStatus::Cancelled => Some(DialingReason::TaskCancelled),
            TaskStatus::Skipped => Some(DialingReason::TaskSkipped),
            TaskStatus::InProgress => Some(DialingReason::TaskInProgress),
            TaskStatus::Pending | TaskStatus::Retry => None,
        };
        if let Some(reason) = own_end {
            return vec![Sentence::plain(reason)];
        }
        let mut found = Vec::new();
        found.extend(campaign.not_running());
        if self.forbidden {
            found.push(Sentence::plain(DialingReason::DoNotCall));
        }
        if campaign.state != CampaignState::Running {
            return found;
        }
        found.extend(campaign.dates());
        if let Hours::Closed { opens_at, holiday } = self.hours {
            let reason = match (self.local_time, holiday) {
                (false, false) => DialingReason::OutsideHours,
                (false, true) => DialingReason::Holiday,
                (true, false) => DialingReason::ContactOutsideHours,
                (true, true) => DialingReason::ContactHoliday,
            };
            found.push(Sentence::until(reason, opens_at));
        }
        found.extend(campaign.broken());
        if self.due_at > campaign.now {
            found.push(Sentence::until(self.why.reason(), Some(self.due_at)));
        }
        if self.in_another_call {
            found.push(Sentence::plain(DialingReason::InAnotherCall));
        }
        if let Some(cap) = self.cap {
            let reason =
                if cap.kind == LimitKind::NumberGap { DialingReason::NumberGap } else { DialingReason::NumberCap };
            found.push(Sentence::full(reason, cap.usage, Some(cap.until)).with("kind", cap.kind));
        }
        found.extend(campaign.used_up());
        if !self.is_direct && campaign.direct_waiting > 0 && campaign.direct_waiting >= campaign.free_slots() {
            found.push(Sentence::plain(DialingReason::DirectCallsFirst).with("count", campaign.direct_waiting));
        }
        found.sort_by_key(|sentence| sentence.reason);
        found
    }

    /// Answers for the contact. `open_from` finds the next instant of its hours at or after one.
    #[must_use]
    pub fn explain(
        &self,
        campaign: &CampaignFacts,
        open_from: impl Fn(DateTime<Utc>) -> Option<DateTime<Utc>>,
    ) -> Explanation {
        let reason = if self.is_direct { DialingReason::DirectCallInLine } else { DialingReason::InLine };
        let mut turn = Sentence::plain(reason);
        if let Some(place) = self.place {
            turn = turn.with("place", place);
        }
        if let Some(seconds) = self.expected_wait_seconds {
            turn = turn.with("waitSeconds", seconds);
        }
        answer(self.obstacles(campaign), turn, open_from)
    }
}

/// Puts reasons into an answer.
fn answer(
    obstacles: Vec<Sentence>,
    otherwise: Sentence,
    open_from: impl Fn(DateTime<Utc>) -> Option<DateTime<Utc>>,
) -> Explanation {
    let latest = obstacles.iter().map(|sentence| sentence.at).collect::<Option<Vec<_>>>();
    let next_at = latest.and_then(|latest| latest.into_iter().max()).and_then(open_from);
    let mut sentences = obstacles.into_iter();
    Explanation { first: sentences.next().unwrap_or(otherwise), also: sentences.collect(), next_at }
}

/// Seconds until the turn of the call at `place`, from 1, when `slots` calls are in progress that each hold their slot for
/// `hold_seconds` on average: a slot becomes free every `hold / slots` seconds. With one slot and no experience, two minutes
/// per place (acceptance 70).
#[must_use]
pub fn expected_wait(place: i32, slots: i32, hold_seconds: Option<i64>) -> i64 {
    let hold = TimeDelta::seconds(hold_seconds.unwrap_or(ASSUMED_HOLD_SECONDS).max(1));
    (hold * place.max(0) / slots.max(1)).num_seconds()
}

#[cfg(test)]
mod tests;
