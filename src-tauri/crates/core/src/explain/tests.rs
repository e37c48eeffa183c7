//! The order of the reasons, and what a person reads of them.

use rust_decimal::Decimal;

use super::*;

fn at(text: &str) -> DateTime<Utc> {
    text.parse().expect("an RFC 3339 instant")
}

/// A campaign that dials.
fn dialing() -> CampaignFacts {
    CampaignFacts {
        now: at("2025-01-15T10:00:00Z"),
        sent_by: at("2025-01-15T10:00:02Z"),
        state: CampaignState::Running,
        starts_at: None,
        ends_at: None,
        hours: Hours::Open,
        line_fault: None,
        worker_alive: true,
        breakers: vec![],
        company_budget: None,
        campaign_budget: None,
        budget_renews_at: Some(at("2025-01-15T21:00:00Z")),
        waiting: Waiting::Ready,
        campaign: Usage { used: 2, limit: 5 },
        ramp_up: None,
        minute: Usage { used: 3, limit: 10 },
        minute_free_at: None,
        trunk_free_at: None,
        company: Usage { used: 10, limit: 50 },
        system: Usage { used: 20, limit: 100 },
        direct_waiting: 0,
    }
}

/// A contact whose turn it is.
fn due() -> TaskFacts {
    TaskFacts {
        status: TaskStatus::Pending,
        due_at: at("2025-01-15T09:00:00Z"),
        why: Later::Turn,
        is_direct: false,
        hours: Hours::Open,
        local_time: false,
        forbidden: false,
        in_another_call: false,
        cap: None,
        place: Some(3),
        expected_wait_seconds: Some(40),
    }
}

/// Puts one thing in the way.
type Spoil = fn(&mut CampaignFacts);

fn budget(spent: i64) -> Option<Budget> {
    let [limit, spent] = [100, spent].map(Decimal::from);
    Some(Budget { limit, spent, in_flight: Decimal::ONE, next_call: Decimal::ONE })
}

const CLOSED: Hours = Hours::Closed { opens_at: None, holiday: false };
const FULL: Usage = Usage { used: 5, limit: 5 };

/// What keeps a running campaign from dialling, in the order in which it is named.
const OBSTACLES: [(DialingReason, Spoil); 19] = [
    (DialingReason::BeforeStart, |f| f.starts_at = Some(f.now + TimeDelta::hours(1))),
    (DialingReason::AfterEnd, |f| f.ends_at = Some(f.sent_by)),
    (DialingReason::Holiday, |f| f.hours = Hours::Closed { opens_at: None, holiday: true }),
    (DialingReason::OutsideHours, |f| f.hours = CLOSED),
    (DialingReason::LineDown, |f| f.line_fault = Some("unauthorized".to_owned())),
    (DialingReason::NoWorker, |f| f.worker_alive = false),
    (DialingReason::TrunkBreaker, |f| {
        f.breakers.push(OpenBreaker { scope: BreakerScope::Trunk, cause: BreakerCause::Faults, until: None });
    }),
    (DialingReason::CampaignBreaker, |f| {
        f.breakers.push(OpenBreaker { scope: BreakerScope::Campaign, cause: BreakerCause::AgentFaults, until: None });
    }),
    (DialingReason::CompanyBudget, |f| f.company_budget = budget(99)),
    (DialingReason::CampaignBudget, |f| f.campaign_budget = budget(100)),
    (DialingReason::WaitingForRetry, |f| {
        f.waiting = Waiting::Later { due_at: f.now + TimeDelta::minutes(5), why: Later::Retry };
    }),
    (DialingReason::LastCalls, |f| f.waiting = Waiting::Nobody),
    (DialingReason::ContactsKeptBack, |f| f.waiting = Waiting::KeptBack { free_at: None }),
    (DialingReason::CampaignLimit, |f| f.campaign = FULL),
    (DialingReason::RampUp, |f| f.ramp_up = Some(FULL)),
    (DialingReason::MinuteLimit, |f| f.minute = FULL),
    (DialingReason::TrunkLimit, |f| f.trunk_free_at = Some(f.now + TimeDelta::milliseconds(300))),
    (DialingReason::CompanyLimit, |f| f.company = FULL),
    (DialingReason::SystemLimit, |f| f.system = FULL),
];

#[test]
fn a_campaign_without_obstacles_dials() {
    let answer = dialing().explain(Some);
    assert_eq!((answer.first.reason, answer.also, answer.next_at), (DialingReason::Dialing, vec![], None));
}

#[test]
fn every_obstacle_alone_is_the_reason() {
    for (reason, spoil) in OBSTACLES {
        let mut facts = dialing();
        spoil(&mut facts);
        let found: Vec<_> = facts.obstacles().into_iter().map(|sentence| sentence.reason).collect();
        assert_eq!(found, [reason]);
    }
}

#[test]
fn of_two_obstacles_the_earlier_in_the_list_is_named_first() {
    for (n, (first, spoil_first)) in OBSTACLES.iter().enumerate() {
        for (second, spoil_second) in &OBSTACLES[n + 1..] {
            let mut facts = dialing();
            spoil_second(&mut facts);
            spoil_first(&mut facts);
            let answer = facts.explain(Some);
            // Two that exclude each other leave the one that was set last.
            let others: Vec<_> = answer.also.iter().map(|sentence| sentence.reason).collect();
            assert_eq!(answer.first.reason, *first, "{first} beside {second}");
            assert!(others.is_empty() || others == [*second], "{first} beside {second}: {others:?}");
        }
    }
}

#[test]
fn a_campaign_that_does_not_run_says_only_that() {
    for (state, reason) in [
        (CampaignState::Draft, DialingReason::Draft),
        (CampaignState::Scheduled, DialingReason::Scheduled),
        (CampaignState::Paused, DialingReason::Paused),
        (CampaignState::Completed, DialingReason::Completed),
        (CampaignState::Cancelled, DialingReason::Cancelled),
    ] {
        let answer = CampaignFacts { state, hours: CLOSED, ..dialing() }.explain(Some);
        assert_eq!((answer.first.reason, answer.also), (reason, vec![]));
    }
}

/// The issue: "and when next".
#[test]
fn the_next_time_is_the_latest_of_all_that_the_clock_decides() {
    let opens_at = Some(at("2025-01-16T06:00:00Z"));
    let mut facts = CampaignFacts { hours: Hours::Closed { opens_at, holiday: false }, ..dialing() };
    assert_eq!(facts.explain(Some).next_at, opens_at);
    facts.waiting = Waiting::Later { due_at: at("2025-01-16T16:00:00Z"), why: Later::Callback };
    let hours_of_the_day = |at: DateTime<Utc>| Some(at + TimeDelta::hours(14));
    assert_eq!(facts.explain(hours_of_the_day).next_at, Some(at("2025-01-17T06:00:00Z")), "moved into the hours");
    facts.worker_alive = false;
    assert_eq!(facts.explain(Some).next_at, None, "somebody has to act first");
}

#[test]
fn a_limit_says_how_much_of_it_is_used() {
    let facts = CampaignFacts { company: Usage { used: 52, limit: 50 }, ..dialing() };
    let params = facts.explain(Some).first.params;
    let expected = [("limit", "50"), ("used", "52")].map(|(name, value)| (name.to_owned(), value.to_owned()));
    assert_eq!(params, expected.into());
}

#[test]
fn a_contact_answers_for_itself_first_in_the_common_order() {
    let reasons = |task: &TaskFacts, campaign: &CampaignFacts| {
        let answer = task.explain(campaign, Some);
        std::iter::once(answer.first).chain(answer.also).map(|sentence| sentence.reason).collect::<Vec<_>>()
    };
    assert_eq!(reasons(&due(), &dialing()), [DialingReason::InLine]);
    let reached = TaskFacts { status: TaskStatus::Completed, forbidden: true, ..due() };
    assert_eq!(reasons(&reached, &dialing()), [DialingReason::TaskCompleted], "what is over is over");
    let cap = CapReached { kind: LimitKind::NumberPerDay, usage: FULL, until: at("2025-01-16T04:00:00Z") };
    let held = TaskFacts {
        cap: Some(cap),
        hours: CLOSED,
        local_time: true,
        due_at: at("2025-01-15T11:00:00Z"),
        why: Later::Retry,
        ..due()
    };
    let busy = CampaignFacts { company: FULL, ..dialing() };
    assert_eq!(
        reasons(&held, &busy),
        [
            DialingReason::ContactOutsideHours,
            DialingReason::WaitingForRetry,
            DialingReason::NumberCap,
            DialingReason::CompanyLimit
        ]
    );
    let paused = CampaignFacts { state: CampaignState::Paused, ..dialing() };
    let forbidden = TaskFacts { forbidden: true, ..due() };
    assert_eq!(reasons(&forbidden, &paused), [DialingReason::Paused, DialingReason::DoNotCall]);
    // A retry of the campaign's first waiting contact keeps nobody else back.
    let others = CampaignFacts { waiting: Waiting::KeptBack { free_at: None }, ..dialing() };
    assert_eq!(reasons(&due(), &others), [DialingReason::InLine]);
}

/// Acceptance 70: a direct call goes before any campaign row, and knows its place.
#[test]
fn direct_calls_take_the_next_slot() {
    let one_free = CampaignFacts { company: Usage { used: 49, limit: 50 }, direct_waiting: 1, ..dialing() };
    assert_eq!(one_free.explain(Some).first.reason, DialingReason::DirectCallsFirst);
    assert_eq!(due().explain(&one_free, Some).first.reason, DialingReason::DirectCallsFirst);
    let direct = TaskFacts { is_direct: true, place: Some(1), expected_wait_seconds: Some(120), ..due() };
    let answer = direct.explain(&one_free, Some);
    assert_eq!(answer.first.reason, DialingReason::DirectCallInLine);
    assert_eq!(answer.first.params["waitSeconds"], "120");
    let room = CampaignFacts { direct_waiting: 1, ..dialing() };
    assert_eq!(room.explain(Some).first.reason, DialingReason::Dialing, "there are slots for both");
}

/// Acceptance 70: queued #1 waits two minutes; the third direct call is #3.
#[test]
fn the_expected_wait_is_the_place_times_the_time_between_ends() {
    assert_eq!(expected_wait(1, 1, None), 120);
    assert_eq!(expected_wait(3, 1, None), 360);
    assert_eq!(expected_wait(3, 6, Some(60)), 30);
    assert_eq!(expected_wait(0, 0, Some(0)), 0, "nobody is before it");
}
