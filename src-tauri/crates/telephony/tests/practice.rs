//! The practice line: what is documented in `docs/practice-line.md` is what happens.

use std::{collections::HashMap, time::Duration};

use callboard_core::{
    call::{Disposition, Outcome},
    telemetry::SpeechEvent,
};
use callboard_telephony::{
    CallEnd, DialPermit, Line, LineEvent, NotPlaced, PlannedCall, TimedEvent,
    practice::{Fate, PracticeLine, PracticePlan, PracticeSettings, plan},
};
use callboard_testkit::{ledger::Ledger, plan as planned};
use tokio::{sync::mpsc, time::Instant};
use tokio_util::sync::CancellationToken;

const SEED: u64 = 42;

/// Numbers whose fate no last digits fix.
fn drawn_numbers(count: u32) -> impl Iterator<Item = PlannedCall> {
    (0..).map(|n| planned::call(n, &format!("+7912{n:05}55"))).take(count as usize)
}

fn plan_for(phone: &str) -> PracticePlan {
    plan(SEED, &planned::call(1, phone))
}

fn speech(plan: &PracticePlan) -> impl Iterator<Item = (Duration, &SpeechEvent)> {
    plan.events.iter().filter_map(|timed| match &timed.event {
        LineEvent::Speech(event) => Some((timed.at, event)),
        LineEvent::Ringing | LineEvent::Answered => None,
    })
}

#[test]
fn ten_thousand_numbers_meet_the_documented_distribution() {
    let mut met: HashMap<Fate, u32> = HashMap::new();
    for call in drawn_numbers(10_000) {
        *met.entry(plan(SEED, &call).fate).or_default() += 1;
    }
    for (fate, per_mille) in Fate::PER_MILLE {
        let seen = f64::from(met.get(&fate).copied().unwrap_or(0)) / 10.0;
        let expected = f64::from(per_mille);
        // Four standard deviations of a binomial count over 10,000 draws, in per mille.
        let tolerance = 4.0 * (expected / 1000.0 * (1.0 - expected / 1000.0) / 10_000.0).sqrt() * 1000.0;
        assert!((seen - expected).abs() <= tolerance, "{fate:?}: {seen} of 1,000 instead of {expected}");
    }
    assert_eq!(Fate::PER_MILLE.iter().map(|(_, share)| share).sum::<u32>(), 1000);
}

#[test]
fn the_last_two_digits_in_the_table_fix_what_happens() {
    let table = [
        ("01", Disposition::Busy, None, Some(486)),
        ("02", Disposition::NoAnswer, None, None),
        ("03", Disposition::Voicemail, Some(Outcome::Voicemail), Some(200)),
        ("04", Disposition::InvalidNumber, None, Some(404)),
        ("05", Disposition::Declined, None, Some(603)),
        ("06", Disposition::Answered, Some(Outcome::Unknown), Some(200)),
        ("07", Disposition::CarrierFault, None, Some(503)),
        ("08", Disposition::AgentFault, None, Some(200)),
        ("09", Disposition::Answered, Some(Outcome::Callback), Some(200)),
        ("10", Disposition::Answered, Some(Outcome::Refusal), Some(200)),
        ("11", Disposition::Answered, Some(Outcome::Success), Some(200)),
    ];
    for (digits, disposition, outcome, sip_status) in table {
        for n in 0..50 {
            let mut call = planned::call(n, &format!("+7912{n:05}{digits}"));
            call.attempt = n % 4 + 1;
            call.ring_timeout = Duration::from_secs(15);
            let end = plan(u64::from(n), &call).end;
            assert_eq!((end.disposition, end.outcome, end.sip_status), (disposition, outcome, sip_status), "{digits}");
        }
    }
}

#[test]
fn the_document_names_every_number_and_every_share() {
    let document = include_str!("../../../../docs/practice-line.md");
    for (digits, _) in Fate::BY_LAST_DIGITS {
        assert!(document.contains(&format!("\n| {digits} | ")), "{digits} is not documented");
    }
    for (fate, share) in Fate::PER_MILLE {
        assert!(document.contains(&format!("\n| {share} | ")), "the share of {fate:?} is not documented");
    }
}

#[test]
fn the_same_seed_number_and_attempt_give_the_same_call_and_another_of_them_does_not() {
    let call = planned::call(1, "+79120000011");
    assert_eq!(plan(SEED, &call), plan(SEED, &call));
    assert_ne!(plan(SEED, &call), plan(SEED + 1, &call));
    assert_ne!(plan(SEED, &call), plan(SEED, &PlannedCall { attempt: 2, ..call.clone() }));
    assert_ne!(plan(SEED, &call), plan(SEED, &PlannedCall { phone: "+79120000111".to_owned(), ..call }));
}

#[test]
fn the_times_of_events_never_go_back_and_lie_within_the_call() {
    for call in drawn_numbers(2_000) {
        let plan = plan(SEED, &call);
        let whole = plan.end.ring + plan.end.talk;
        assert!(plan.events.is_sorted_by_key(|timed| timed.at), "{:?}", plan.fate);
        assert!(plan.events.iter().all(|timed| timed.at <= whole), "{:?} ends at {whole:?}", plan.fate);
        assert!(plan.end.ring <= call.ring_timeout);
        let answered = plan.events.iter().any(|timed| timed.event == LineEvent::Answered);
        assert_eq!(answered, !plan.end.talk.is_zero());
    }
}

#[test]
fn a_conversation_begins_with_the_greeting_and_has_two_to_eight_turns() {
    let mut lengths: HashMap<usize, u32> = HashMap::new();
    for (index, mut call) in drawn_numbers(3_000).enumerate() {
        if index % 2 == 0 {
            call.language = "ru".to_owned();
        }
        let plan = plan(SEED, &call);
        if plan.end.disposition != Disposition::Answered {
            continue;
        }
        let turns: Vec<&SpeechEvent> = speech(&plan)
            .map(|(_, event)| event)
            .filter(|event| matches!(event, SpeechEvent::UserSaid { .. } | SpeechEvent::TtsStarted { .. }))
            .collect();
        assert_eq!(turns.first(), Some(&&SpeechEvent::TtsStarted { text: call.greeting.clone() }));
        for turn in &turns[1..] {
            let (SpeechEvent::UserSaid { text, .. } | SpeechEvent::TtsStarted { text }) = turn else {
                continue;
            };
            let cyrillic = text.chars().any(|letter| ('а'..='я').contains(&letter));
            assert_eq!(cyrillic, call.language == "ru", "{text}");
        }
        *lengths.entry(turns.len()).or_default() += 1;
    }
    assert!(lengths.keys().all(|turns| (2..=8).contains(turns)), "{lengths:?}");
    assert!(lengths.contains_key(&2) && lengths.contains_key(&8), "short and long ones both occur: {lengths:?}");
}

#[test]
fn the_response_time_has_its_documented_median_and_tail() {
    let mut responses = Vec::new();
    let (mut answers, mut interruptions) = (0, 0);
    for call in drawn_numbers(5_000) {
        let plan = plan(SEED, &call);
        let (mut stopped, mut speaking) = (None, false);
        for (at, event) in speech(&plan) {
            match event {
                SpeechEvent::UserStopped => stopped = Some(at),
                SpeechEvent::PlaybackStarted => {
                    speaking = true;
                    answers += 1;
                    responses.extend(stopped.take().map(|stopped| at.saturating_sub(stopped)));
                }
                SpeechEvent::BotStopped => speaking = false,
                SpeechEvent::UserStarted if speaking => interruptions += 1,
                _ => {}
            }
        }
    }
    responses.sort();
    let quantile = |share: usize| responses[responses.len() * share / 100].as_secs_f64();
    assert!((0.85..0.95).contains(&quantile(50)), "median {}", quantile(50));
    assert!((1.85..2.15).contains(&quantile(95)), "p95 {}", quantile(95));
    let share = f64::from(interruptions) / f64::from(answers);
    assert!((0.05..0.15).contains(&share), "{share} of the bot's utterances are interrupted");
}

#[test]
fn a_call_that_would_be_answered_too_late_rings_out_at_the_limit() {
    let mut call = planned::call(1, "+79120000011");
    call.ring_timeout = Duration::from_secs(1);
    let plan = plan(SEED, &call);
    assert_eq!(plan.end, CallEnd::without_conversation(Disposition::NoAnswer, Duration::from_secs(1)));
}

#[test]
fn a_conversation_is_cut_at_its_longest_duration_and_has_no_outcome() {
    let mut call = planned::call(1, "+79120000011");
    call.max_duration = Duration::from_secs(4);
    let plan = plan(SEED, &call);
    assert_eq!((plan.end.disposition, plan.end.outcome), (Disposition::Answered, None));
    assert_eq!(plan.end.talk, Duration::from_secs(4));
}

struct Played {
    end: Result<CallEnd, NotPlaced>,
    events: Vec<TimedEvent>,
    took: Duration,
}

async fn play(line: &PracticeLine, call: &PlannedCall, permit: DialPermit) -> Played {
    let (sink, mut reader) = mpsc::channel(256);
    let start = Instant::now();
    let end = line.place(call, permit, sink, CancellationToken::new()).await;
    let took = start.elapsed();
    let mut events = Vec::new();
    while let Some(event) = reader.recv().await {
        events.push(event);
    }
    Played { end, events, took }
}

#[tokio::test(start_paused = true)]
async fn a_faster_line_waits_less_and_reports_the_same_times() {
    let call = planned::call(1, "+79120000011");
    let life = PracticeLine::new(PracticeSettings { seed: SEED, speed: 1.0 });
    let fast = PracticeLine::new(PracticeSettings { seed: SEED, speed: 20.0 });
    let (life, fast) = (play(&life, &call, planned::permit()).await, play(&fast, &call, planned::permit()).await);

    assert_eq!(life.end, fast.end);
    assert_eq!(life.events, fast.events, "times are the time of life on both");
    assert_eq!(life.events, plan_for("+79120000011").events);
    let end = life.end.expect("placed");
    let whole = end.ring + end.talk;
    let close = |took: Duration, expected: Duration| took.abs_diff(expected) < Duration::from_millis(20);
    assert!(close(life.took, whole), "{:?} for {whole:?}", life.took);
    assert!(close(fast.took, whole / 20), "{:?} for a twentieth of {whole:?}", fast.took);
}

#[tokio::test(start_paused = true)]
async fn a_practice_call_is_seen_by_the_ledger_and_an_expired_permit_places_nothing() {
    let ledger = Ledger::in_memory();
    let line = PracticeLine::new(PracticeSettings::default()).with_observer(ledger.practice_observer());
    let call = planned::call(1, "+79120000011");

    let refused = play(&line, &call, planned::expired_permit()).await;
    assert_eq!(refused.end, Err(NotPlaced::PermitExpired));
    assert!(ledger.entries().is_empty());

    let placed = play(&line, &call, planned::permit()).await;
    assert!(placed.end.is_ok());
    assert_eq!((ledger.dials_to("+79120000011"), ledger.live(), ledger.entries().len()), (1, 0, 3));
}

/// Acceptance 52: hanging up ends a practice call at once, with the time that was talked so far.
#[tokio::test(start_paused = true)]
async fn a_call_that_is_hung_up_ends_at_once() {
    let line = PracticeLine::new(PracticeSettings { seed: SEED, speed: 10.0 });
    let hang_up = CancellationToken::new();
    let (sink, mut reader) = mpsc::channel(256);
    let placing = tokio::spawn({
        let (line, hang_up) = (line.clone(), hang_up.clone());
        async move { line.place(&planned::call(9, "+79120000011"), planned::permit(), sink, hang_up).await }
    });
    while reader.recv().await.expect("the call is answered").event != LineEvent::Answered {}
    tokio::time::advance(Duration::from_millis(500)).await;
    hang_up.cancel();
    let end = placing.await.expect("no panic").expect("placed");
    assert_eq!((end.disposition, end.outcome), (Disposition::HungUp, None));
    let talked = end.talk.as_secs_f64();
    assert!((4.9..5.3).contains(&talked), "half a second at ten times life is five seconds, not {talked}");
}

/// Acceptance 51: a practice call is found again while its task lives, and is lost with it.
#[tokio::test(start_paused = true)]
async fn reconciling_follows_a_call_of_this_process_and_calls_a_dead_one_unknown() {
    let ledger = Ledger::in_memory();
    let line = PracticeLine::new(PracticeSettings::default()).with_observer(ledger.practice_observer());
    let call = planned::call(21, "+79120000011");
    let place = |line: PracticeLine, call: PlannedCall| {
        let (sink, reader) = mpsc::channel(256);
        let placing =
            tokio::spawn(async move { line.place(&call, planned::permit(), sink, CancellationToken::new()).await });
        (placing, reader)
    };
    let reconcile = |hang_up: CancellationToken| {
        let other_line = PracticeLine::new(PracticeSettings::default());
        let call = call.clone();
        async move { other_line.reconcile(&call, mpsc::channel(1).0, hang_up).await.expect("it can be asked") }
    };

    let (placing, mut reader) = place(line.clone(), call.clone());
    reader.recv().await.expect("it rings");
    let found = reconcile(CancellationToken::new()).await;
    assert_eq!(Ok(found), placing.await.expect("no panic"), "both saw the same end");

    let (placing, mut reader) = place(line.clone(), call.clone());
    reader.recv().await.expect("it rings");
    let stop = CancellationToken::new();
    stop.cancel();
    assert_eq!(reconcile(stop).await.disposition, Disposition::HungUp);
    assert_eq!(placing.await.expect("no panic").expect("placed").disposition, Disposition::HungUp);

    let (placing, mut reader) = place(line, call.clone());
    reader.recv().await.expect("it rings");
    placing.abort();
    let _ = placing.await;
    let lost = reconcile(CancellationToken::new()).await;
    assert_eq!(lost.disposition, Disposition::Unknown);
    assert_eq!(lost.error.as_deref(), Some("the worker that held this practice call ended"));
    assert_eq!(ledger.live(), 0, "a practice call dies with its task");
}
