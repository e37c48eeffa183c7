//! The dialing worker on a scripted line: admission, limits, results.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;
mod dialer;

use callboard_contract::TaskCounts;
use callboard_db::PgPool;
use callboard_engine::worker::Step;
use callboard_testkit::scripted::{Script, ScriptedLine, Stage as At};
use common::Stage;

/// Acceptance 21, 47: pending, in progress, completed; the call has start, answer, end, outcome and duration.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn a_task_goes_from_pending_over_in_progress_to_completed(db: PgPool) {
    let stage = Stage::new(db).await;
    stage.line.hold(At::Talking);
    let campaign = stage.running(&["+79991234567"], |_| {}).await;
    let worker = stage.worker();

    stage.line.waiting_at(At::Talking, "+79991234567").await;
    assert_eq!(stage.task(campaign, "+79991234567", "status").await.unwrap(), "in_progress");
    assert_eq!(stage.task(campaign, "+79991234567", "attempts").await.unwrap(), "1");
    assert!(stage.task(campaign, "+79991234567", "last_attempt_at").await.is_some());

    stage.line.release("+79991234567");
    worker.reached(Step::Finished, 1).await;
    assert_eq!(stage.task(campaign, "+79991234567", "status").await.unwrap(), "completed");
    assert_eq!(stage.task(campaign, "+79991234567", "outcome").await.unwrap(), "success");
    assert_eq!(
        stage.counts(campaign).await,
        TaskCounts { total: 1, completed: 1, ..TaskCounts::default() },
        "the deltas add up to the truth"
    );
    let whole = stage
        .number(
            "select count(*) from calls where dial_intent_at is not null and answered_at is not null
             and ended_at is not null and talk_ms = 30000 and state = 'ended'",
        )
        .await;
    assert_eq!(whole, 1);
    worker.stop().await;
}

/// Acceptance 18: never more than the limit, and one more when one ends.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn calls_at_once_are_never_exceeded(db: PgPool) {
    let stage = Stage::new(db).await;
    stage.line.hold(At::Ringing);
    let phones: Vec<String> = (0..10).map(|n| format!("+7999123450{n}")).collect();
    let phones: Vec<&str> = phones.iter().map(String::as_str).collect();
    let campaign = stage.running(&phones, |form| form.calls_at_once = 5).await;
    let worker = stage.worker();
    for phone in &phones[..5] {
        stage.line.waiting_at(At::Ringing, phone).await;
    }
    assert_eq!(stage.counts(campaign).await.in_progress, 5);
    stage.line.release(phones[0]);
    stage.line.waiting_at(At::Ringing, phones[5]).await;
    assert_eq!(stage.counts(campaign).await.in_progress, 5, "one ended, one more began");
    stage.line.release_all();
    worker.reached(Step::Finished, 10).await;
    assert_eq!(stage.line.ledger().max_at_once(|_| true), 5, "the ledger of the line is the judge");
    worker.stop().await;
}

/// Acceptance 19: three in one minute, the fourth only when the sliding minute allows.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn calls_per_minute_are_counted_in_a_sliding_minute(db: PgPool) {
    let stage = Stage::new(db).await;
    let phones = ["+79991234501", "+79991234502", "+79991234503", "+79991234504", "+79991234505"];
    let campaign = stage.running(&phones, |form| form.calls_per_minute = 3).await;
    let worker = stage.worker();
    worker.reached(Step::Finished, 3).await;
    assert_eq!(stage.counts(campaign).await.pending, 2);
    // The minute of the first call passes: its intent moves out of the window that admission counts.
    dialer::the_last_minute_is(&stage.context.db, &[(63, 1), (1, 2)]).await;
    worker.handle.wake.notify_one();
    worker.reached(Step::Finished, 4).await;
    assert_eq!(stage.counts(campaign).await.pending, 1, "one call left the minute, one came in");
    worker.stop().await;
}

/// Acceptance 48: what each disposition makes of the task.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn the_disposition_decides_what_becomes_of_the_task(db: PgPool) {
    let line = ScriptedLine::new()
        .on("+79991234501", Script::Busy)
        .on("+79991234502", Script::NoAnswer)
        .on("+79991234503", Script::InvalidNumber)
        .on("+79991234504", Script::CarrierFault)
        .on("+79991234505", Script::AgentFault)
        .on("+79991234506", Script::Unknown);
    let stage = Stage::with_line(db, line).await;
    let expected = [
        ("+79991234501", "retry", "busy"),
        ("+79991234502", "retry", "no_answer"),
        ("+79991234503", "failed", "invalid_number"),
        ("+79991234504", "retry", "failed"),
        ("+79991234505", "retry", "failed"),
        ("+79991234506", "retry", "unknown"),
    ];
    let phones: Vec<&str> = expected.iter().map(|(phone, _, _)| *phone).collect();
    let campaign = stage.running(&phones, |_| {}).await;
    let worker = stage.worker();
    worker.reached(Step::Finished, 6).await;
    for (phone, status, outcome) in expected {
        assert_eq!(stage.task(campaign, phone, "status").await.unwrap(), status, "{phone}");
        assert_eq!(stage.task(campaign, phone, "outcome").await.unwrap(), outcome, "{phone}");
    }
    assert_eq!(stage.number("select count(*) from leases").await, 0, "every slot is free");
    worker.stop().await;
}
