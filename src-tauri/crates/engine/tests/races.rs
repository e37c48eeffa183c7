//! Races and accidents around one call: who waits for whom, what is lost when a reply is lost, what happens at the edge of
//! the hours. Each is one interleaving, brought about on purpose.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;
mod dialer;

use std::time::Duration;

use callboard_core::{
    call::{Disposition, Outcome},
    campaign::CampaignState,
};
use callboard_db::{
    PgPool, admission, campaigns as campaign_rows,
    leases::{self, Finished, LeaseRef},
    workers,
};
use callboard_engine::worker::Step;
use callboard_telephony::CallEnd;
use callboard_testkit::scripted::{Script, ScriptedLine, Stage as At, talked};
use common::Stage;
use dialer::{PRACTICE, admit, admit_under_lock, execute, number, refs, until, worker_row};

const PHONE: &str = "+79991234567";
/// A statement that is not held up answers within this; the deadlock detector of the database needs a second.
const AT_ONCE: Duration = Duration::from_millis(700);

/// A stop that holds the campaign waits for tasks that admission holds; admission waits for nobody, and what it took from the
/// campaign meanwhile is not dialled.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn admission_does_not_wait_for_a_campaign_that_is_being_stopped(db: PgPool) {
    let stage = Stage::new(db.clone()).await;
    let stopped = stage.running(&[PHONE], |_| {}).await;
    stage.running(&["+79991234568"], |form| form.name = "Another".to_owned()).await;
    let worker = worker_row(&stage.context).await;

    let mut stop = db.begin().await.unwrap();
    assert!(campaign_rows::lock(&mut stop, stage.company, stopped).await.unwrap());
    campaign_rows::set_state(&mut stop, stage.company, stopped, CampaignState::Completed, None).await.unwrap();
    let admitted = tokio::time::timeout(AT_ONCE, admit_under_lock(&db, &stage.context, worker, 5)).await;
    let admitted = admitted.expect("nobody who holds the lock of admission waits");
    assert_eq!(admitted.len(), 2, "it does not see the stop yet");
    campaign_rows::cancel_waiting_tasks(&mut stop, stage.company, stopped).await.unwrap();
    stop.commit().await.unwrap();
    for call in &admitted {
        let mut tx = workers::begin(&db).await.unwrap();
        let allowed = leases::intend_to_dial(&mut tx, call.into()).await.unwrap();
        assert_eq!(allowed, call.campaign_id != stopped, "the intent sees it");
        if !allowed {
            assert!(leases::release(&mut tx, call.into()).await.unwrap());
        }
        tx.commit().await.unwrap();
    }
    assert_eq!(stage.task(stopped, PHONE, "status").await.unwrap(), "cancelled");
    dialer::counters_are_the_truth(&db, stopped).await;
}

/// A campaign is deleted while an admission that saw it running is under way: the deletion waits for it and then refuses.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn a_deletion_waits_for_admissions_that_began_before_it(db: PgPool) {
    let stage = Stage::new(db.clone()).await;
    let campaign = stage.running(&[PHONE], |_| {}).await;
    let worker = worker_row(&stage.context).await;
    let mut tx = workers::begin(&db).await.unwrap();
    admission::lock(&mut tx).await.unwrap();
    assert_eq!(admit(&mut tx, &stage.context, worker, &PRACTICE, 1).await.len(), 1);
    callboard_engine::campaigns::pause(&stage.context, stage.company, campaign).await.unwrap();
    let (context, company) = (stage.context.clone(), stage.company);
    let deletion = tokio::spawn(async move { callboard_engine::campaigns::delete(&context, company, campaign).await });
    until(&db, "the deletion waits", "select exists (select from pg_locks where not granted)").await;
    tx.commit().await.unwrap();
    let error = deletion.await.unwrap().unwrap_err();
    assert_eq!(error.code, callboard_contract::ErrorCode::LiveCalls);
}

/// The other order: admission was first, so the stop waits for it and then sees the task in progress.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn a_stop_that_meets_an_admission_waits_for_it_without_a_deadlock(db: PgPool) {
    let stage = Stage::new(db.clone()).await;
    let campaign = stage.running(&[PHONE, "+79991234568"], |form| form.calls_at_once = 1).await;
    let worker = worker_row(&stage.context).await;
    let mut tx = workers::begin(&db).await.unwrap();
    admission::lock(&mut tx).await.unwrap();
    let admitted = admit(&mut tx, &stage.context, worker, &PRACTICE, 5).await;
    assert_eq!(admitted.len(), 1);

    let (context, company) = (stage.context.clone(), stage.company);
    let stop = tokio::spawn(async move { callboard_engine::campaigns::stop(&context, company, campaign).await });
    until(&db, "the stop waits", "select exists (select from pg_locks where not granted)").await;
    tx.commit().await.unwrap();
    let counts = stop.await.unwrap().unwrap().counts;
    assert_eq!((counts.in_progress, counts.cancelled), (1, 1));
}

/// Acceptance 73: a result that arrives while the campaign is being stopped leaves nothing waiting in it.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn a_call_that_ends_during_a_stop_leaves_no_task_behind_that_nobody_will_call(db: PgPool) {
    let line = ScriptedLine::new().on(PHONE, Script::Busy);
    let stage = Stage::with_line(db.clone(), line).await;
    stage.line.hold(At::Ringing);
    let campaign = stage.running(&[PHONE], |_| {}).await;
    let worker = stage.worker();
    stage.line.waiting_at(At::Ringing, PHONE).await;

    let mut stop = db.begin().await.unwrap();
    assert!(campaign_rows::lock(&mut stop, stage.company, campaign).await.unwrap());
    campaign_rows::set_state(&mut stop, stage.company, campaign, CampaignState::Completed, None).await.unwrap();
    campaign_rows::cancel_waiting_tasks(&mut stop, stage.company, campaign).await.unwrap();
    stage.line.release(PHONE);
    worker.reached(Step::Ended, 1).await;
    // Either it waits for the stop, or it has been written without regard to it.
    let settled = "select exists (select from pg_locks where not granted) or not exists (select from leases)";
    until(&db, "the result is on its way", settled).await;
    stop.commit().await.unwrap();
    worker.reached(Step::Finished, 1).await;
    assert_eq!(stage.task(campaign, PHONE, "status").await.unwrap(), "cancelled");
    worker.stop().await;
}

/// The same for a call that is given back undialled.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn a_release_during_a_stop_cancels_the_task(db: PgPool) {
    let stage = Stage::new(db.clone()).await;
    let campaign = stage.running(&[PHONE], |_| {}).await;
    let worker = worker_row(&stage.context).await;
    let call = admit_under_lock(&db, &stage.context, worker, 1).await.remove(0);

    let mut stop = db.begin().await.unwrap();
    assert!(campaign_rows::lock(&mut stop, stage.company, campaign).await.unwrap());
    campaign_rows::set_state(&mut stop, stage.company, campaign, CampaignState::Cancelled, None).await.unwrap();
    campaign_rows::cancel_waiting_tasks(&mut stop, stage.company, campaign).await.unwrap();
    let release = tokio::spawn({
        let db = db.clone();
        async move {
            let mut tx = workers::begin(&db).await.unwrap();
            let released = leases::release(&mut tx, LeaseRef::from(&call)).await.unwrap();
            tx.commit().await.unwrap();
            released
        }
    });
    let settled = "select exists (select from pg_locks where not granted) or not exists (select from leases)";
    until(&db, "the release is on its way", settled).await;
    stop.commit().await.unwrap();
    assert!(release.await.unwrap());
    assert_eq!(stage.task(campaign, PHONE, "status").await.unwrap(), "cancelled");
    dialer::counters_are_the_truth(&db, campaign).await;
}

/// A worker that is frozen (SIGSTOP, a closed laptop) while it holds the lock of admission stops nobody else for long.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn a_worker_that_is_frozen_while_it_admits_does_not_stop_the_others(db: PgPool) {
    let stage = Stage::new(db.clone()).await;
    stage.running(&[PHONE], |_| {}).await;
    let other = dialer::pool(&db, 1).await;
    let mut frozen = workers::begin(&other).await.unwrap();
    admission::lock(&mut frozen).await.unwrap();
    let worker = stage.worker();
    worker.reached(Step::Finished, 1).await;
    worker.stop().await;
    drop(frozen);
}

/// A server whose administrator prefers REPEATABLE READ counts in a snapshot that is older than the lock.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn limits_hold_on_a_server_with_another_default_isolation(db: PgPool) {
    let stage = Stage::new(db.clone()).await;
    let phones = dialer::phones(10);
    stage.running(&refs(&phones), |form| form.calls_at_once = 5).await;
    let worker = worker_row(&stage.context).await;
    execute(
        &db,
        "do $$ begin execute format('alter database %I set default_transaction_isolation to ''repeatable read''',
                                    current_database()); end $$",
    )
    .await;
    let other = dialer::pool(&db, 2).await;

    let mut plain = other.begin().await.unwrap();
    assert!(admission::lock(&mut plain).await.is_err(), "a transaction with an old snapshot is refused");
    plain.rollback().await.unwrap();

    let mut first = workers::begin(&other).await.unwrap();
    admission::lock(&mut first).await.unwrap();
    let second = tokio::spawn({
        let (other, context) = (other.clone(), stage.context.clone());
        async move { admit_under_lock(&other, &context, worker, 10).await.len() }
    });
    until(&db, "the second waits", "select exists (select from pg_locks where not granted)").await;
    assert_eq!(admit(&mut first, &stage.context, worker, &PRACTICE, 10).await.len(), 5);
    first.commit().await.unwrap();
    assert_eq!(second.await.unwrap(), 0);
}

/// Acceptance 62: a permit is good for two seconds, so nothing is admitted or intended in the last two before the hours
/// end.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn nothing_is_dialled_whose_permit_would_outlast_the_hours(db: PgPool) {
    let stage = Stage::new(db.clone()).await;
    let campaign = stage.running(&[PHONE, "+79991234568"], |_| {}).await;
    let worker = worker_row(&stage.context).await;
    let close_in = async |seconds: f64| {
        sqlx::query("update campaign_lanes set open_until = clock_timestamp() + make_interval(secs => $1)")
            .bind(seconds)
            .execute(&db)
            .await
            .unwrap();
    };
    close_in(10.0).await;
    let call = admit_under_lock(&db, &stage.context, worker, 1).await.remove(0);
    close_in(1.9).await;
    assert!(admit_under_lock(&db, &stage.context, worker, 1).await.is_empty());
    let mut tx = workers::begin(&db).await.unwrap();
    assert!(!leases::intend_to_dial(&mut tx, (&call).into()).await.unwrap());
    tx.rollback().await.unwrap();
    close_in(10.0).await;
    let mut tx = workers::begin(&db).await.unwrap();
    assert!(leases::intend_to_dial(&mut tx, (&call).into()).await.unwrap(), "ten seconds before the end it may");
    tx.rollback().await.unwrap();

    // The end of the campaign is such an edge too.
    sqlx::query("update campaigns set ends_at = clock_timestamp() + interval '1 second' where campaign_id = $1")
        .bind(campaign.0)
        .execute(&db)
        .await
        .unwrap();
    assert!(admit_under_lock(&db, &stage.context, worker, 1).await.is_empty());
    let mut tx = workers::begin(&db).await.unwrap();
    assert!(!leases::intend_to_dial(&mut tx, (&call).into()).await.unwrap());
}

/// The reply to a commit of admission was lost: the leases are there, the living worker does not know of them.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn slots_that_were_given_in_a_commit_without_a_reply_do_not_leak(db: PgPool) {
    let stage = Stage::new(db.clone()).await;
    let worker = stage.worker();
    until(&db, "the worker registers", "select exists (select from workers)").await;
    let campaign = stage.campaign(|form| form.calls_at_once = 2).await;
    stage.tasks(campaign, &[PHONE, "+79991234568"]).await;
    let id =
        callboard_core::id::WorkerId(sqlx::query_scalar("select worker_id from workers").fetch_one(&db).await.unwrap());
    let mut tx = workers::begin(&db).await.unwrap();
    admission::lock(&mut tx).await.unwrap();
    execute_in(&mut tx, "update campaigns set state = 'running', line = 'practice', started_at = now()").await;
    assert_eq!(admit(&mut tx, &stage.context, id, &PRACTICE, 2).await.len(), 2, "both slots are taken");
    tx.commit().await.unwrap();

    worker.reached(Step::Finished, 2).await;
    assert_eq!(stage.task(campaign, PHONE, "attempts").await.unwrap(), "1", "the lost attempt does not count");
    assert_eq!(stage.line.ledger().placed(|_| true), 2);
    worker.stop().await;
}

async fn execute_in(db: &mut sqlx::PgConnection, sql: &'static str) {
    sqlx::raw_sql(sql).execute(db).await.unwrap();
}

/// What an agent says may hold a character that the database cannot store; the slot is freed all the same.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn a_result_that_cannot_be_stored_whole_frees_its_slot(db: PgPool) {
    let said =
        CallEnd { outcome_reason: Some("yes\0no".to_owned()), ..talked(Outcome::Success, Duration::from_secs(9)) };
    let stage = Stage::with_line(db.clone(), ScriptedLine::new().on(PHONE, Script::Ends(said))).await;
    let campaign = stage.running(&[PHONE, "+79991234568"], |form| form.calls_at_once = 1).await;
    let worker = stage.worker();
    worker.reached(Step::Finished, 2).await;
    assert_eq!(stage.task(campaign, PHONE, "status").await.unwrap(), "completed");
    // A refusal for good, of whatever is in the texts.
    execute(
        &db,
        "alter table calls add constraint no_texts check (outcome_reason is null or outcome_reason not like '%refused%')",
    )
    .await;
    let refused =
        CallEnd { outcome_reason: Some("refused".to_owned()), ..talked(Outcome::Success, Duration::from_secs(9)) };
    let line = stage.line.clone().on("+79991234569", Script::Ends(refused));
    stage.tasks(campaign, &["+79991234569"]).await;
    worker.reached(Step::Finished, 3).await;
    assert_eq!(line.ledger().double_dials(), []);
    assert_eq!(stage.task(campaign, "+79991234569", "outcome").await.unwrap(), "success");
    worker.stop().await;
}

/// A deadlock or a serialization failure is somebody else in the way, not an answer.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn a_result_that_meets_a_deadlock_is_written_again(db: PgPool) {
    let stage = Stage::new(db.clone()).await;
    execute(
        &db,
        "create sequence tries;
         create function fail_once() returns trigger language plpgsql as $$ begin
             if nextval('tries') = 1 then raise exception using errcode = '40P01', message = 'deadlock detected'; end if;
             return new; end $$;
         create trigger fail_once before update on calls for each row when (new.state = 'ended') execute function fail_once()",
    )
    .await;
    let campaign = stage.running(&[PHONE], |_| {}).await;
    let worker = stage.worker();
    worker.reached(Step::Finished, 1).await;
    assert_eq!(stage.task(campaign, PHONE, "outcome").await.unwrap(), "success");
    assert!(
        sqlx::query_scalar::<_, Option<String>>("select outcome_reason from calls")
            .fetch_one(&db)
            .await
            .unwrap()
            .is_some(),
        "the whole result is there"
    );
    worker.stop().await;
}

/// Acceptance 52: a database that does not answer does not keep a person on the line.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn a_call_can_be_hung_up_while_the_database_hangs(db: PgPool) {
    let stage = Stage::new(db.clone()).await;
    stage.line.hold(At::Talking);
    let campaign = stage.running(&[PHONE], |_| {}).await;
    stage.line.hold(At::Sending);
    let worker = stage.worker();
    stage.line.waiting_at(At::Sending, PHONE).await;
    let mut hanging = db.begin().await.unwrap();
    execute_in(&mut hanging, "lock table campaign_deltas in access exclusive mode").await;
    stage.line.advance(PHONE);
    stage.line.waiting_at(At::Talking, PHONE).await;
    worker.handle.hang_up.cancel();
    let ended = stage.line.ended(1).await;
    assert_eq!(ended[0].1.disposition, Disposition::HungUp);
    hanging.rollback().await.unwrap();
    worker.stop().await;
    assert_eq!(stage.task(campaign, PHONE, "disposition").await.unwrap(), "hung_up");
}

/// The report of the answer was lost, the result repeats it.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn an_answer_whose_report_was_lost_is_in_the_result(db: PgPool) {
    let stage = Stage::new(db.clone()).await;
    execute(
        &db,
        "create function lose() returns trigger language plpgsql as $$ begin
             raise exception using errcode = '57P01', message = 'gone'; end $$;
         create trigger lose before update on calls for each row when (new.state = 'answered') execute function lose()",
    )
    .await;
    stage.running(&[PHONE], |_| {}).await;
    let worker = stage.worker();
    worker.reached(Step::Finished, 1).await;
    let whole =
        "select count(*) from calls where dial_intent_at <= answered_at and answered_at <= ended_at and talk_ms > 0";
    assert_eq!(number(&db, whole).await, 1);
    worker.stop().await;
}

/// Fault F3: this worker stood still, its call was settled as unknown by another one. Nobody follows the call: hang up.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn a_call_that_was_settled_without_its_worker_is_hung_up(db: PgPool) {
    let stage = Stage::new(db.clone()).await;
    stage.line.hold(At::Ringing);
    let campaign = stage.running(&[PHONE], |_| {}).await;
    let worker = stage.worker();
    stage.line.waiting_at(At::Ringing, PHONE).await;
    worker.reached(Step::Ringing, 1).await;

    let token = number(&db, "update leases set token = nextval('lease_tokens') returning token").await;
    let task = sqlx::query_scalar::<_, uuid::Uuid>("select task_id from leases").fetch_one(&db).await.unwrap();
    let lease = LeaseRef { company_id: stage.company, task_id: task.into(), token };
    let unknown = Finished {
        disposition: Disposition::Unknown,
        outcome: Outcome::Unknown,
        outcome_reason: None,
        outcome_confidence: None,
        sip_status: None,
        error: None,
        ring_ms: 0,
        talk_ms: 0,
        status: callboard_core::task::TaskStatus::Failed,
        due_at: None,
    };
    let mut tx = workers::begin(&db).await.unwrap();
    leases::finish(&mut tx, lease, &unknown).await.unwrap();
    tx.commit().await.unwrap();

    stage.line.hold(At::Talking);
    stage.line.advance(PHONE);
    assert_eq!(stage.line.ended(1).await[0].1.disposition, Disposition::HungUp);
    assert_eq!(stage.line.ledger().live(), 0, "nobody speaks to a bot that nobody listens to");
    assert_eq!(stage.task(campaign, PHONE, "disposition").await.unwrap(), "unknown", "what was settled stays settled");
    worker.stop().await;
}

/// A call that another worker follows is left alone.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn a_call_that_another_worker_follows_is_not_hung_up(db: PgPool) {
    let stage = Stage::new(db.clone()).await;
    stage.line.hold(At::Ringing);
    stage.running(&[PHONE], |_| {}).await;
    let worker = stage.worker();
    stage.line.waiting_at(At::Ringing, PHONE).await;
    worker.reached(Step::Ringing, 1).await;
    let other = worker_row(&stage.context).await;
    sqlx::query("update leases set token = nextval('lease_tokens'), worker_id = $1")
        .bind(other.0)
        .execute(&db)
        .await
        .unwrap();
    stage.line.hold(At::Talking);
    stage.line.advance(PHONE);
    worker.reached(Step::Answered, 1).await;
    worker.stop().await;
    assert_eq!(stage.line.ledger().live(), 1);
    assert_eq!(number(&db, "select count(*) from calls where state = 'ringing'").await, 1, "its writes were refused");
}

/// A task of the program that panics after it dialled is reconciled; before it dialled it counts as a fault of the line.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn a_panic_neither_leaks_a_slot_nor_dials_again(db: PgPool) {
    let line = ScriptedLine::new().on(PHONE, Script::Panic);
    let stage = Stage::with_line(db.clone(), line).await;
    let campaign = stage.running(&[PHONE], |_| {}).await;
    let worker = stage.worker();
    worker.reached(Step::Finished, 1).await;
    assert_eq!(stage.task(campaign, PHONE, "status").await.unwrap(), "retry");
    assert_eq!(stage.task(campaign, PHONE, "attempts").await.unwrap(), "1");
    assert_eq!(stage.line.ledger().dials_to(PHONE), 1);
    worker.stop().await;

    let campaign = stage.running(&["+79991234568"], |form| form.name = "Two".to_owned()).await;
    let worker = stage.worker_with(|options| {
        let before = options.observer.take().unwrap();
        options.observer = Some(std::sync::Arc::new(move |step, call| {
            assert!(step != Step::Prepared, "the test breaks off here");
            before(step, call)
        }));
    });
    worker.reached(Step::Finished, 1).await;
    assert_eq!(stage.task(campaign, "+79991234568", "disposition").await.unwrap(), "line_fault");
    assert_eq!(stage.task(campaign, "+79991234568", "attempts").await.unwrap(), "1");
    assert_eq!(number(&db, "select count(*) from leases").await, 0);
    assert_eq!(stage.line.ledger().dials_to("+79991234568"), 0);
    worker.stop().await;
}

/// Folding the figures does not wait for a deletion, which waits for the figures.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn folding_passes_over_a_campaign_that_is_being_deleted(db: PgPool) {
    let stage = Stage::new(db.clone()).await;
    let campaign = stage.campaign(|_| {}).await;
    stage.tasks(campaign, &[PHONE]).await;
    let mut delete = db.begin().await.unwrap();
    assert!(campaign_rows::lock(&mut delete, stage.company, campaign).await.unwrap());
    let folded = tokio::time::timeout(AT_ONCE, callboard_db::deltas::fold(&db)).await;
    assert_eq!(folded.expect("nobody waits").unwrap(), 0);
    campaign_rows::delete(&mut delete, stage.company, campaign).await.unwrap();
    delete.rollback().await.unwrap();
    assert_eq!(callboard_db::deltas::fold(&db).await.unwrap(), 1);
    dialer::counters_are_the_truth(&db, campaign).await;
}

/// Acceptance 80: the machine that holds the key is gone for good. Its call keeps its slot for as long as a call can last,
/// then another worker takes it, although it cannot ask.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn a_call_that_nobody_can_ask_about_frees_its_slot_in_the_end(db: PgPool) {
    let stage = Stage::new(db.clone()).await;
    stage.running(&[PHONE], |_| {}).await;
    let gone = worker_row(&stage.context).await;
    let call = admit_under_lock(&db, &stage.context, gone, 1).await.remove(0);
    let mut tx = workers::begin(&db).await.unwrap();
    assert!(leases::intend_to_dial(&mut tx, (&call).into()).await.unwrap());
    execute_in(
        &mut tx,
        "alter table campaigns disable trigger campaigns_line_is_fixed; update campaigns set line = 'livekit'",
    )
    .await;
    tx.commit().await.unwrap();
    execute(&db, "delete from workers").await;
    let here = worker_row(&stage.context).await;
    for (age, taken) in [("1 minute", 0), ("64 minutes", 0), ("66 minutes", 1)] {
        sqlx::query("update leases set dial_at = clock_timestamp() - $1::text::interval")
            .bind(age)
            .execute(&db)
            .await
            .unwrap();
        let mut tx = workers::begin(&db).await.unwrap();
        let adopted = callboard_db::orphans::adopt_dead(&mut tx, here, &PRACTICE, 10).await.unwrap();
        assert_eq!(adopted.len(), taken, "{age}");
        tx.rollback().await.unwrap();
    }
}

/// A round of the worker that is cut off while its transaction begins hands no open transaction on: the renewal of the
/// lease of life, which has none of its own, would be lost in it.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn a_round_that_is_cut_off_while_it_begins_loses_no_renewal(db: PgPool) {
    let stage = Stage::new(db.clone()).await;
    let pool = dialer::pool(&db, 1).await;
    let worker = worker_row(&stage.context).await;
    for round in 0..100 {
        let mut begun = Box::pin(workers::begin(&pool));
        for _ in 0..round % 7 {
            if futures_util::poll!(&mut begun).is_ready() {
                break;
            }
            tokio::task::yield_now().await;
        }
        drop(begun);
        execute(&db, "update workers set alive_until = clock_timestamp()").await;
        workers::renew(&mut pool.acquire().await.unwrap(), worker, "test", "test").await.unwrap();
        let alive = "select count(*) from workers where alive_until > clock_timestamp()";
        assert_eq!(number(&db, alive).await, 1, "round {round}");
    }
}
