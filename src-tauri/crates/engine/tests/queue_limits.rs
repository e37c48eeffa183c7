//! Limits beside calls at once and per minute: of a number over all campaigns, of a trunk in a second, of money in a day; gates of
//! policies; direct calls and weights. Each on the statements alone, and the exact ones with several workers, judged by the
//! ledger of the line.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;
mod dialer;

use std::time::Duration;

use callboard_core::{
    call::{Disposition, Outcome},
    id::CampaignId,
    task::TaskStatus,
};
use callboard_db::{
    PgPool,
    admission::Admitted,
    leases::{self, Finished, Intent, LeaseRef},
    workers,
};
use callboard_testkit::scripted::ScriptedLine;
use common::{Asker, RunningWorker, Stage};
use dialer::{execute, number, phones, refs, until};

fn answered() -> Finished {
    Finished {
        disposition: Disposition::Answered,
        outcome: Outcome::Success,
        outcome_reason: None,
        outcome_confidence: None,
        sip_status: Some(200),
        error: None,
        ring_ms: 1000,
        talk_ms: 1000,
        status: TaskStatus::Completed,
        due_at: None,
    }
}

async fn end(db: &PgPool, call: &Admitted) {
    let mut tx = workers::begin(db).await.unwrap();
    assert!(leases::finish(&mut tx, LeaseRef::from(call), &answered()).await.unwrap());
    tx.commit().await.unwrap();
}

/// Dials and ends what is handed out; the numbers.
async fn call_all(db: &PgPool, asker: &Asker) -> Vec<String> {
    let calls = asker.ask(50).await;
    for call in &calls {
        assert!(asker.intend(call).await);
        end(db, call).await;
    }
    calls.into_iter().map(|call| call.phone).collect()
}

/// Two campaigns of a company over the same numbers.
async fn two_campaigns(stage: &Stage, count: u32) -> [CampaignId; 2] {
    let phones = phones(count);
    let first = stage.running(&refs(&phones), |form| form.calls_at_once = 100).await;
    let second = stage
        .running(&refs(&phones), |form| {
            "Second".clone_into(&mut form.name);
            form.calls_at_once = 100;
        })
        .await;
    [first, second]
}

/// `domain.md` 3.3: rolling caps per number count over all campaigns, and a number that may not be called yet is put off until
/// it may, so that nobody looks at it again and again.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn caps_of_a_number_hold_over_all_campaigns(db: PgPool) {
    for (cap, until_free) in [
        ("number_per_day = 1", 24.0 * 3600.0),
        ("number_per_week = 1", 7.0 * 24.0 * 3600.0),
        ("number_per_month = 1", 30.0 * 24.0 * 3600.0),
        ("number_gap_minutes = 90", 90.0 * 60.0),
    ] {
        execute(&db, "delete from companies").await;
        let stage = Stage::new(db.clone()).await;
        execute_sql(&db, &format!("update companies set {cap}")).await;
        two_campaigns(&stage, 3).await;
        let asker = stage.asker();
        let first = call_all(&db, &asker).await;
        assert_eq!(first.len(), 3, "{cap}: each number once, in whichever campaign");
        assert_eq!(call_all(&db, &asker).await, [""; 0], "{cap}");
        let waits: f64 = sqlx::query_scalar(
            "select extract(epoch from min(due_at) - clock_timestamp())::float8 from call_tasks where status = 'pending'",
        )
        .fetch_one(&db)
        .await
        .unwrap();
        assert!((waits - until_free).abs() < 30.0, "{cap}: put off by {waits} s");
        // The time passes.
        execute_sql(&db, &format!(
            "update calls set admitted_at = admitted_at - make_interval(secs => {until_free}), dial_intent_at = dial_intent_at - make_interval(secs => {until_free});
             update call_tasks set due_at = clock_timestamp() where status = 'pending'"
        ))
        .await;
        assert_eq!(call_all(&db, &asker).await.len(), 3, "{cap}: after that it is called again");
    }
}

async fn execute_sql(db: &PgPool, sql: &str) {
    sqlx::raw_sql(sqlx::AssertSqlSafe(sql.to_owned())).execute(db).await.unwrap();
}

/// The intent counts once more: a limit that was lowered, or a call of another campaign that was recorded meanwhile, holds.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn a_cap_that_was_reached_after_the_admission_stops_the_intent(db: PgPool) {
    let stage = Stage::new(db.clone()).await;
    two_campaigns(&stage, 1).await;
    let asker = stage.asker();
    assert_eq!(call_all(&db, &asker).await.len(), 1);
    let second = asker.ask(5).await.remove(0);
    execute(&db, "update companies set number_per_day = 1").await;
    assert!(!asker.intend(&second).await);
    execute(&db, "update companies set number_per_day = 2").await;
    assert!(asker.intend(&second).await);
}

/// The same with two and four workers over two campaigns: the ledger knows each number once.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn workers_keep_the_caps_of_numbers_together(db: PgPool) {
    for workers in [2, 4] {
        execute(&db, "delete from companies").await;
        let stage = Stage::with_line(dialer::pool(&db, 16).await, ScriptedLine::new()).await;
        execute(&db, "update companies set number_per_day = 1").await;
        two_campaigns(&stage, 40).await;
        let running: Vec<RunningWorker> = (0..workers).map(|_| stage.worker()).collect();
        let settled = "select not exists (select from leases) and not exists (select from call_tasks where waits and due_at <= clock_timestamp())";
        let driving = async {
            while !sqlx::query_scalar::<_, bool>(settled).fetch_one(&db).await.unwrap() {
                for worker in &running {
                    worker.handle.wake.notify_one();
                }
            }
        };
        tokio::time::timeout(common::PATIENCE, driving).await.unwrap();
        for worker in running {
            worker.stop().await;
        }
        let ledger = stage.line.ledger();
        for phone in phones(40) {
            assert_eq!(ledger.dials_to(&phone), 1, "{phone} with {workers} workers");
        }
    }
}

/// Calls per second of a trunk in any second, by the ledger's own clock, with two and four workers.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn workers_keep_the_second_of_a_trunk_together(db: PgPool) {
    for workers in [2, 4] {
        execute(&db, "delete from companies").await;
        let stage = Stage::with_line(dialer::pool(&db, 16).await, ScriptedLine::new()).await;
        execute(
            &db,
            "insert into trunks (company_id, line, calls_per_second) select company_id, 'practice', 6 from companies",
        )
        .await;
        stage.running(&refs(&phones(24)), |form| form.calls_at_once = 100).await;
        let running: Vec<RunningWorker> = (0..workers).map(|_| stage.worker()).collect();
        until(&db, "all are called", "select count(*) = 24 from call_tasks where status = 'completed'").await;
        for worker in running {
            worker.stop().await;
        }
        let most = stage.line.ledger().max_in_any_window(Duration::from_secs(1), |_| true);
        assert!(most <= 6, "{most} in a second with {workers} workers");
        assert!(most >= 4, "the trunk is used: {most}");
    }
}

/// Two transactions want the last call of the second: the one that comes second waits for the first and is told when.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn the_second_of_a_trunk_is_counted_under_its_lock(db: PgPool) {
    let stage = Stage::new(db.clone()).await;
    execute(
        &db,
        "insert into trunks (company_id, line, calls_per_second) select company_id, 'practice', 1 from companies",
    )
    .await;
    stage.running(&refs(&phones(5)), |form| form.calls_at_once = 100).await;
    let asker = stage.asker();
    let calls = asker.ask(50).await;
    assert_eq!(calls.len(), 2, "no more wait for the trunk than it takes in two seconds");
    let mut first = workers::begin(&db).await.unwrap();
    assert_eq!(leases::intend(&mut first, &[(&calls[0]).into()]).await.unwrap(), [Intent::DialPaced]);
    let second = tokio::spawn({
        let (db, lease) = (db.clone(), LeaseRef::from(&calls[1]));
        async move {
            let mut tx = workers::begin(&db).await.unwrap();
            let intent = leases::intend(&mut tx, &[lease]).await.unwrap()[0];
            tx.commit().await.unwrap();
            intent
        }
    });
    until(&db, "the second waits", "select exists (select from pg_locks where not granted)").await;
    first.commit().await.unwrap();
    let Intent::NotBefore { wait } = second.await.unwrap() else { panic!("one in a second") };
    assert!(wait <= Duration::from_millis(1500) && wait > Duration::from_millis(500), "{wait:?}");
}

/// A gate of a policy closes campaign or trunk, for admissions and for intents.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn a_gate_stops_admissions_and_intents(db: PgPool) {
    let stage = Stage::new(db.clone()).await;
    execute(&db, "insert into trunks (company_id, line) select company_id, 'practice' from companies").await;
    stage.running(&refs(&phones(5)), |_| {}).await;
    let asker = stage.asker();
    for (shut, open) in [
        (
            "update campaigns set held_until = 'infinity', hold_reason = 'test'",
            "update campaigns set held_until = null",
        ),
        ("update trunks set held_until = 'infinity', hold_reason = 'test'", "update trunks set held_until = null"),
    ] {
        let call = asker.ask(1).await.remove(0);
        execute(&db, shut).await;
        assert_eq!(asker.ask(1).await, [], "{shut}");
        assert!(!asker.intend(&call).await, "{shut}");
        execute(&db, open).await;
        assert!(asker.intend(&call).await, "{open}");
    }
}

/// A daily budget counts what was spent and what the calls in progress are taken to cost.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn a_budget_counts_calls_in_flight(db: PgPool) {
    for budget in [
        "update campaigns set daily_budget = 1, call_estimate = 0.3",
        "update companies set daily_budget = 1; update campaigns set call_estimate = 0.3",
    ] {
        execute(&db, "delete from companies").await;
        let stage = Stage::new(db.clone()).await;
        stage.running(&refs(&phones(9)), |form| form.calls_at_once = 50).await;
        execute(&db, budget).await;
        let asker = stage.asker();
        execute(&db, "delete from budget_days").await;
        assert_eq!(asker.ask(9).await, [], "{budget}: a day that is not known is closed");
        execute(
            &db,
            "insert into budget_days (company_id, day, begins_at, ends_at)
             select company_id, current_date, clock_timestamp() - interval '1 hour', clock_timestamp() + interval '1 hour' from companies",
        )
        .await;
        let calls = asker.ask(9).await;
        assert_eq!(calls.len(), 3, "{budget}: a fourth would pass it");
        for call in &calls {
            assert!(asker.intend(call).await);
            end(&db, call).await;
        }
        execute(
            &db,
            "insert into spendings (company_id, campaign_id, spent_at, amount)
             select company_id, campaign_id, clock_timestamp(), 0.2 from campaigns, generate_series(1, 3)",
        )
        .await;
        assert_eq!(asker.ask(9).await.len(), 1, "{budget}: 0.60 is spent, one more fits");
        assert_eq!(asker.ask(9).await, [], "{budget}");
        assert_eq!(number(&db, "select count(*) from spendings").await, 0, "what was spent is folded");
        let spent: bool =
            sqlx::query_scalar("select sum(spent) = 0.6 from campaign_days").fetch_one(&db).await.unwrap();
        assert!(spent, "and kept");
    }
}

/// Acceptance 70: a direct call takes the next free slot of its company before any campaign row.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn a_direct_call_takes_the_next_free_slot(db: PgPool) {
    let stage = Stage::new(db.clone()).await;
    execute(&db, "update companies set calls_at_once = 2").await;
    stage.running(&refs(&phones(9)), |form| form.calls_at_once = 50).await;
    let asker = stage.asker();
    let live = asker.ask(9).await;
    assert_eq!(live.len(), 2);
    let direct = stage.campaign(|form| form.name = "Direct".to_owned()).await;
    stage.tasks(direct, &["+79998887766", "+79998887767"]).await;
    stage.start(direct).await.unwrap();
    stage.sql(direct, "update campaigns set kind = 'direct' where campaign_id = $1").await;
    assert_eq!(asker.ask(9).await, [], "live calls are never cut for it");
    for (over, next) in [(0, "+79998887766"), (1, "+79998887767")] {
        asker.give_back(&live[over]).await;
        let calls = asker.ask(9).await;
        assert_eq!(calls.iter().map(|call| call.phone.as_str()).collect::<Vec<_>>(), [next]);
    }
}

/// Issue 4: campaigns of a company share by weight, also when slots come back one at a time.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn campaigns_share_by_weight(db: PgPool) {
    let stage = Stage::new(db.clone()).await;
    execute(&db, "update companies set calls_at_once = 4").await;
    let heavy = stage
        .running(&refs(&phones(60)), |form| {
            form.weight = 30;
            form.calls_at_once = 50;
        })
        .await;
    let light: Vec<String> = (100..160).map(callboard_testkit::random::phone).collect();
    stage
        .running(&refs(&light), |form| {
            form.name = "Light".to_owned();
            form.weight = 10;
            form.calls_at_once = 50;
        })
        .await;
    let asker = stage.asker();
    let mut live = asker.ask(9).await;
    let mut given = live.clone();
    while given.len() < 44 {
        dialer::a_minute_passes(&db).await;
        let over = live.remove(0);
        assert!(asker.intend(&over).await);
        end(&db, &over).await;
        let next = asker.ask(9).await;
        assert_eq!(next.len(), 1);
        live.extend(next.clone());
        given.extend(next);
        let of_heavy = given.iter().filter(|call| call.campaign_id == heavy).count();
        let share = given.len() as f64 * 0.75;
        assert!((of_heavy as f64 - share).abs() <= 1.0, "{of_heavy} of {}", given.len());
    }
}
