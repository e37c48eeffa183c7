//! Admission on the real database: whom it takes, in which order, and that no limit is ever exceeded, however many ask at
//! the same time. The leases and the calls are counted, never a counter.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;
mod dialer;

use callboard_contract::CampaignForm;
use callboard_db::{
    PgPool,
    admission::{self, Admitted, Reach},
    leases, workers,
};
use callboard_engine::campaigns;
use common::Stage;
use dialer::{PRACTICE, admit, admit_under_lock, execute, number, phones, refs, the_last_minute_is, until, worker_row};
use tokio::sync::Barrier;

fn numbers(calls: &[Admitted]) -> Vec<&str> {
    calls.iter().map(|call| call.phone.as_str()).collect()
}

/// Acceptance 18: asked seven times, it gives four different tasks, then none.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn every_task_is_handed_out_once(db: PgPool) {
    let stage = Stage::new(db.clone()).await;
    let phones = phones(4);
    stage.running(&refs(&phones), |_| {}).await;
    let worker = worker_row(&stage.context).await;
    let mut given = Vec::new();
    for ask in 0..7 {
        let calls = admit_under_lock(&db, &stage.context, worker, 1).await;
        assert_eq!(calls.len(), usize::from(ask < 4), "ask {ask}");
        given.extend(calls);
    }
    assert_eq!(numbers(&given), refs(&phones), "in the order of the list");
    let mut tokens: Vec<i64> = given.iter().map(|call| call.token).collect();
    tokens.dedup();
    assert!(tokens.is_sorted() && tokens.len() == 4, "every lease has a token of its own, each higher than the last");
}

/// Acceptance 63: priority first, then the due time, then the place in the list; a retry stands among the others.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn the_order_is_priority_then_due_time_then_place_in_the_list(db: PgPool) {
    let stage = Stage::new(db.clone()).await;
    let phones = phones(6);
    stage.running(&refs(&phones), |form| form.calls_at_once = 10).await;
    execute(
        &db,
        "update call_tasks set due_at = date_trunc('hour', clock_timestamp()) - interval '1 hour';
         update call_tasks set priority = 100 where phone = '+79990000004';
         update call_tasks set due_at = due_at - interval '1 minute' where phone = '+79990000003';
         update call_tasks set status = 'in_progress', attempts = 1, last_call_id = task_id where phone = '+79990000005';
         update call_tasks set status = 'retry', due_at = due_at - interval '2 minutes' where phone = '+79990000005';
         update call_tasks set due_at = clock_timestamp() + interval '1 hour' where phone = '+79990000001';",
    )
    .await;
    let worker = worker_row(&stage.context).await;
    let expected = ["+79990000004", "+79990000005", "+79990000003", "+79990000000", "+79990000002"];
    let mut tx = workers::begin(&db).await.unwrap();
    admission::lock(&mut tx).await.unwrap();
    let at_once = admit(&mut tx, &stage.context, worker, &PRACTICE, 10).await;
    assert_eq!(numbers(&at_once), expected, "and one that is not due waits");
    tx.rollback().await.unwrap();
    for phone in expected {
        let one = admit_under_lock(&db, &stage.context, worker, 1).await;
        assert_eq!(numbers(&one), [phone], "the same one by one");
    }
}

/// Acceptance 18, 53, 61: limits of campaign, company and system, each exact, with two and with four who ask at the same
/// instant, many times. Calls end between the rounds, so that the counts go up and down. Each of the limits is the one that
/// holds somewhere: A has 1; A and B could have 5, their company has 3; the companies could have 9, the system has 8.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn limits_hold_for_any_number_of_admitters(db: PgPool) {
    let first = Stage::new(db.clone()).await;
    execute(&db, "update companies set calls_at_once = 3; update system_settings set calls_at_once = 8").await;
    let second = dialer::company(&first, "Second company", 6).await;
    let pool = dialer::pool(&db, 6).await;
    let mut next = 0;
    for (stage, name, limit) in [(&first, "A", 1), (&first, "B", 4), (&second, "C", 4), (&second, "D", 4)] {
        let phones: Vec<String> = (0..200).map(|n| callboard_testkit::random::phone(next + n)).collect();
        next += 200;
        let edit = |form: &mut CampaignForm| {
            name.clone_into(&mut form.name);
            form.calls_at_once = limit;
        };
        stage.running(&refs(&phones), edit).await;
    }
    for admitters in [2, 4] {
        for round in 0..25 {
            let barrier = std::sync::Arc::new(Barrier::new(admitters));
            let mut asking = Vec::new();
            for _ in 0..admitters {
                let worker = worker_row(&first.context).await;
                let (pool, context, barrier) = (pool.clone(), first.context.clone(), barrier.clone());
                asking.push(tokio::spawn(async move {
                    barrier.wait().await;
                    admit_under_lock(&pool, &context, worker, 7).await
                }));
            }
            for task in asking {
                task.await.unwrap();
            }
            let (campaigns, companies, system) = free(&db).await;
            assert!(
                campaigns >= 0 && companies >= 0 && system >= 0,
                "{round}: {campaigns}, {companies}, {system} left"
            );
            assert_eq!((campaigns, companies, system), (0, 0, 0), "{round}: no slot stays empty while somebody waits");
            // Some of the calls end, some of every campaign; the minute passes for all.
            execute(
                &db,
                "with gone as (delete from leases where token in (select max(token) from leases group by campaign_id) returning *)
                 update call_tasks t set status = 'failed', finished_at = now() from gone g
                 where t.company_id = g.company_id and t.task_id = g.task_id;
                 update calls set dial_intent_at = null, state = 'released', ended_at = now()
                 where state = 'admitted' and not exists (select from leases l where l.call_id = calls.call_id)",
            )
            .await;
        }
    }
    let given: i64 = number(&db, "select count(*) from calls").await;
    let different: i64 = number(&db, "select count(distinct task_id) from calls").await;
    assert!(given > 150 && given == different, "{given} calls of {different} tasks");
}

/// How many slots are left in the fullest campaign, in the fullest company, in all; below zero is a breach.
async fn free(db: &PgPool) -> (i64, i64, i64) {
    sqlx::query_as(
        "select (select min(c.calls_at_once - (select count(*) from leases l where l.campaign_id = c.campaign_id)) from campaigns c),
                (select min(o.calls_at_once - (select count(*) from leases l where l.company_id = o.company_id)) from companies o),
                (select calls_at_once from system_settings) - (select count(*) from leases)",
    )
    .fetch_one(db)
    .await
    .unwrap()
}

/// Acceptance 53: while one holds its admission open, another waits, and then sees what the first has taken.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn an_admission_waits_for_the_one_before_and_counts_its_leases(db: PgPool) {
    let stage = Stage::new(db.clone()).await;
    let phones = phones(10);
    stage.running(&refs(&phones), |form| form.calls_at_once = 5).await;
    let (one, two) = (worker_row(&stage.context).await, worker_row(&stage.context).await);

    let mut a = workers::begin(&db).await.unwrap();
    admission::lock(&mut a).await.unwrap();
    assert_eq!(admit(&mut a, &stage.context, one, &PRACTICE, 7).await.len(), 5);
    let b = tokio::spawn({
        let (db, context) = (db.clone(), stage.context.clone());
        async move { admit_under_lock(&db, &context, two, 7).await.len() }
    });
    until(
        &db,
        "B waits for the lock",
        "select exists (select from pg_locks where locktype = 'advisory' and not granted)",
    )
    .await;
    assert!(!b.is_finished());
    a.commit().await.unwrap();
    assert_eq!(b.await.unwrap(), 0);
    assert_eq!(number(&db, "select count(*) from leases").await, 5);
}

/// Five slots for the whole system, and two who ask for different calls: each by its own order would take all five. Both
/// count before either commits, unless the lock keeps one of them waiting. How many leases there are in the end.
async fn admit_from_two_sides(db: &PgPool, under_lock: bool) -> i64 {
    let practice = Stage::new(db.clone()).await;
    execute(db, "update system_settings set calls_at_once = 5").await;
    let keyed = dialer::company(&practice, "With a key", 100).await;
    for stage in [&practice, &keyed] {
        stage.running(&refs(&phones(10)), |form| form.calls_at_once = 10).await;
    }
    execute(db, "alter table campaigns disable trigger campaigns_line_is_fixed").await;
    sqlx::query("update campaigns set line = 'livekit' where company_id = $1")
        .bind(keyed.company.0)
        .execute(db)
        .await
        .unwrap();
    let sides = [PRACTICE, Reach { practice: false, livekit: vec![keyed.company] }];
    let mut first = workers::begin(db).await.unwrap();
    if under_lock {
        admission::lock(&mut first).await.unwrap();
    }
    let worker = worker_row(&practice.context).await;
    admit(&mut first, &practice.context, worker, &sides[0], 5).await;
    let second = tokio::spawn({
        let (db, context, reach) = (db.clone(), practice.context.clone(), sides[1].clone());
        async move {
            let worker = worker_row(&context).await;
            let mut tx = workers::begin(&db).await.unwrap();
            if under_lock {
                admission::lock(&mut tx).await.unwrap();
            }
            admit(&mut tx, &context, worker, &reach, 5).await;
            tx.commit().await.unwrap();
        }
    });
    // For the lock, or after it has counted for the row that says whose turn it is.
    let waits =
        "select exists (select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock')";
    until(db, "the second waits", waits).await;
    first.commit().await.unwrap();
    second.await.unwrap();
    number(db, "select count(*) from leases").await
}

/// Acceptance 53: the limit of the system holds for workers that see different calls.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn limits_hold_for_admitters_that_take_different_calls(db: PgPool) {
    assert_eq!(admit_from_two_sides(&db, true).await, 5);
}

/// The oracle can see a breach: the same statement without the lock gives out twice what the limit allows. If this test
/// fails, those above prove nothing.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn without_the_lock_the_same_statement_admits_too_many(db: PgPool) {
    assert_eq!(admit_from_two_sides(&db, false).await, 10);
}

/// Acceptance 19: three a minute, and the minute slides: a call counts from its admission until 62 seconds after its dial
/// intent, so that no 60 seconds hold more than three.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn a_minute_slides_and_never_holds_more_than_its_limit(db: PgPool) {
    let stage = Stage::new(db.clone()).await;
    let phones = phones(10);
    let edit = |form: &mut CampaignForm| {
        form.calls_per_minute = 3;
        form.calls_at_once = 10;
    };
    stage.running(&refs(&phones), edit).await;
    let worker = worker_row(&stage.context).await;
    let mut given = Vec::new();
    for _ in 0..5 {
        given.extend(admit_under_lock(&db, &stage.context, worker, 1).await);
    }
    assert_eq!(given.len(), 3, "those that are admitted and not dialled yet count");

    for call in &given {
        let mut tx = workers::begin(&db).await.unwrap();
        assert!(leases::intend_to_dial(&mut tx, call.into()).await.unwrap());
        tx.commit().await.unwrap();
    }
    assert!(admit_under_lock(&db, &stage.context, worker, 5).await.is_empty(), "the intents count");
    // Their calls end at once: they count all the same.
    execute(&db, "delete from leases").await;
    assert!(admit_under_lock(&db, &stage.context, worker, 5).await.is_empty(), "a short call counts like a long one");
    the_last_minute_is(&db, &[(61, 1), (0, 2)]).await;
    assert!(
        admit_under_lock(&db, &stage.context, worker, 5).await.is_empty(),
        "it may have been sent two seconds later"
    );
    the_last_minute_is(&db, &[(63, 1), (1, 2)]).await;
    assert_eq!(admit_under_lock(&db, &stage.context, worker, 5).await.len(), 1, "one left, one comes in");
    the_last_minute_is(&db, &[(64, 2)]).await;
    assert_eq!(admit_under_lock(&db, &stage.context, worker, 5).await.len(), 2, "no double burst at the edge");
}

/// Minutes: a call that was given back before its intent does not count, one after its intent does: nobody can say that
/// it was not on its way.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn a_call_that_was_given_back_counts_from_its_intent_on(db: PgPool) {
    let stage = Stage::new(db.clone()).await;
    let phones = phones(10);
    stage.running(&refs(&phones), |form| form.calls_per_minute = 1).await;
    let worker = worker_row(&stage.context).await;
    for intended in [false, true] {
        let call = admit_under_lock(&db, &stage.context, worker, 5).await.remove(0);
        let mut tx = workers::begin(&db).await.unwrap();
        if intended {
            assert!(leases::intend_to_dial(&mut tx, (&call).into()).await.unwrap());
        }
        assert!(leases::release(&mut tx, (&call).into()).await.unwrap());
        tx.commit().await.unwrap();
    }
    assert!(admit_under_lock(&db, &stage.context, worker, 5).await.is_empty());
}

/// Acceptance 16, 17: only a running campaign gives tasks.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn a_campaign_that_does_not_run_gives_nothing(db: PgPool) {
    let stage = Stage::new(db.clone()).await;
    let worker = worker_row(&stage.context).await;
    let none = async |what: &str| {
        let calls = admit_under_lock(&db, &stage.context, worker, 5).await;
        assert!(calls.is_empty(), "{what}: {:?}", numbers(&calls));
    };
    let draft = stage.campaign(|form| form.name = "Draft".to_owned()).await;
    stage.tasks(draft, &refs(&phones(3))).await;
    none("draft").await;
    stage.start(draft).await.unwrap();
    campaigns::pause(&stage.context, stage.company, draft).await.unwrap();
    none("paused").await;
    campaigns::resume(&stage.context, &stage.lines, stage.company, draft).await.unwrap();
    assert_eq!(admit_under_lock(&db, &stage.context, worker, 1).await.len(), 1, "running");
    campaigns::stop(&stage.context, stage.company, draft).await.unwrap();
    none("completed").await;
    let given_up = stage.running(&refs(&phones(3)), |form| form.name = "Given up".to_owned()).await;
    campaigns::cancel(&stage.context, stage.company, given_up).await.unwrap();
    none("cancelled").await;
    let scheduled = stage
        .campaign(|form| {
            form.name = "Scheduled".to_owned();
            form.starts_at = Some(stage.context.now() + chrono::Duration::hours(1));
        })
        .await;
    stage.tasks(scheduled, &refs(&phones(3))).await;
    campaigns::schedule(&stage.context, &stage.lines, stage.company, scheduled).await.unwrap();
    none("scheduled").await;
}

/// Acceptance 20, 62: not before the start, not after the end, not outside the hours or the weekdays.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn nothing_is_given_outside_the_hours(db: PgPool) {
    let stage = Stage::new(db.clone()).await;
    let campaign = stage.running(&refs(&phones(3)), |_| {}).await;
    let worker = worker_row(&stage.context).await;
    for (what, shut, open) in [
        (
            "before the start",
            "update campaigns set starts_at = clock_timestamp() + interval '1 hour' where campaign_id = $1",
            "update campaigns set starts_at = clock_timestamp() - interval '1 hour' where campaign_id = $1",
        ),
        (
            "after the end",
            "update campaigns set ends_at = clock_timestamp() where campaign_id = $1",
            "update campaigns set ends_at = null where campaign_id = $1",
        ),
        (
            "outside the hours",
            "update campaign_lanes set open_from = clock_timestamp() + interval '1 hour', open_until = clock_timestamp() + interval '2 hours'
             where campaign_id = $1",
            "update campaign_lanes set open_from = clock_timestamp() - interval '1 hour' where campaign_id = $1",
        ),
        (
            "after the hours",
            "update campaign_lanes set open_until = clock_timestamp() where campaign_id = $1",
            "update campaign_lanes set open_until = clock_timestamp() + interval '1 hour' where campaign_id = $1",
        ),
        (
            "computed hours",
            "update campaign_lanes set open_from = null, open_until = null where campaign_id = $1",
            "update campaign_lanes set open_from = clock_timestamp(), open_until = clock_timestamp() + interval '1 hour'
             where campaign_id = $1",
        ),
        (
            "held by a policy",
            "update campaigns set held_until = clock_timestamp() + interval '1 hour', hold_reason = 'test' where campaign_id = $1",
            "update campaigns set held_until = clock_timestamp() where campaign_id = $1",
        ),
    ] {
        stage.sql(campaign, shut).await;
        assert!(admit_under_lock(&db, &stage.context, worker, 1).await.is_empty(), "{what}");
        stage.sql(campaign, open).await;
        let calls = admit_under_lock(&db, &stage.context, worker, 1).await;
        assert_eq!(calls.len(), 1, "not {what}");
        let mut tx = workers::begin(&db).await.unwrap();
        assert!(leases::release(&mut tx, (&calls[0]).into()).await.unwrap());
        tx.commit().await.unwrap();
    }
}

/// Promise P1: a number that is being called waits in every other campaign of its company, and is taken after that. Both
/// asking in the same round get it once.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn a_number_has_one_live_call_in_a_company(db: PgPool) {
    let stage = Stage::new(db.clone()).await;
    let (same, free) = ("+79991234567", "+79991234568");
    stage.running(&[same], |form| form.name = "First".to_owned()).await;
    stage.running(&[same, free], |form| form.name = "Second".to_owned()).await;
    let other = dialer::company(&stage, "Other company", 10).await;
    other.running(&[same], |_| {}).await;
    let worker = worker_row(&stage.context).await;
    let calls = admit_under_lock(&db, &stage.context, worker, 10).await;
    let of_company = calls.iter().filter(|call| call.company_id == stage.company).collect::<Vec<_>>();
    assert_eq!(of_company.iter().filter(|call| call.phone == same).count(), 1, "{calls:?}");
    assert_eq!(calls.len() - of_company.len(), 1, "another company knows nothing of it");
    let again = admit_under_lock(&db, &stage.context, worker, 10).await;
    assert!(again.iter().all(|call| call.phone == free), "{again:?}");

    let first = of_company.into_iter().find(|call| call.phone == same).unwrap();
    sqlx::query("delete from leases where token = $1").bind(first.token).execute(&db).await.unwrap();
    let later = admit_under_lock(&db, &stage.context, worker, 10).await;
    assert_eq!(numbers(&later), [same], "the other campaign takes its turn");
    assert_ne!(later[0].campaign_id, first.campaign_id);
}

/// A worker whose lease of life has run out gets nothing, nor does one that never registered.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn a_worker_that_counts_as_dead_gets_nothing(db: PgPool) {
    let stage = Stage::new(db.clone()).await;
    stage.running(&refs(&phones(3)), |_| {}).await;
    let worker = worker_row(&stage.context).await;
    let stranger = callboard_core::id::WorkerId(stage.context.new_id());
    assert!(admit_under_lock(&db, &stage.context, stranger, 5).await.is_empty());
    execute(&db, "update workers set alive_until = clock_timestamp()").await;
    assert!(admit_under_lock(&db, &stage.context, worker, 5).await.is_empty());
    let mut connection = db.acquire().await.unwrap();
    workers::renew(&mut connection, worker, "admitter", "test").await.unwrap();
    drop(connection);
    let call = admit_under_lock(&db, &stage.context, worker, 1).await.remove(0);
    // It dies between the slot and the intent.
    execute(&db, "update workers set alive_until = clock_timestamp()").await;
    let mut tx = workers::begin(&db).await.unwrap();
    assert!(!leases::intend_to_dial(&mut tx, (&call).into()).await.unwrap());
}

/// A worker takes only calls that it can place: the keys of a company may be on another machine.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn a_worker_takes_only_calls_within_its_reach(db: PgPool) {
    let practice = Stage::new(db.clone()).await;
    let keyed = dialer::company(&practice, "With a key here", 10).await;
    let foreign = dialer::company(&practice, "With a key elsewhere", 10).await;
    for stage in [&practice, &keyed, &foreign] {
        stage.running(&refs(&phones(2)), |_| {}).await;
    }
    // Lines are fixed for good at the first start; here the trigger is passed by.
    execute(&db, "alter table campaigns disable trigger campaigns_line_is_fixed").await;
    sqlx::query("update campaigns set line = 'livekit' where company_id <> $1")
        .bind(practice.company.0)
        .execute(&db)
        .await
        .unwrap();
    let worker = worker_row(&practice.context).await;
    let ask = async |reach: Reach| {
        let mut tx = workers::begin(&db).await.unwrap();
        admission::lock(&mut tx).await.unwrap();
        let calls = admit(&mut tx, &practice.context, worker, &reach, 10).await;
        tx.rollback().await.unwrap();
        let mut of: Vec<_> = calls.iter().map(|call| call.company_id).collect();
        of.sort();
        of.dedup();
        of
    };
    assert!(ask(Reach { practice: false, livekit: vec![] }).await.is_empty());
    assert_eq!(ask(PRACTICE).await, [practice.company]);
    assert_eq!(ask(Reach { practice: false, livekit: vec![keyed.company] }).await, [keyed.company]);
    assert_eq!(ask(Reach { practice: true, livekit: vec![keyed.company, foreign.company] }).await.len(), 3);
}

/// A retry that is due is found behind any number that are not, and the tasks that wait do not hide it.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn a_due_retry_is_found_behind_many_that_are_not_due(db: PgPool) {
    let stage = Stage::new(db.clone()).await;
    let campaign = stage.running(&["+79991234567"], |_| {}).await;
    sqlx::query(
        "insert into call_tasks (company_id, task_id, contact_id, campaign_id, position, phone, due_at, status, attempts, priority)
         select $1, gen_random_uuid(), gen_random_uuid(), $2, n + 1, '+7888' || lpad(n::text, 7, '0'),
                clock_timestamp() + interval '1 hour', case when n % 2 = 0 then 'retry' else 'pending' end, n % 2 + 1 - n % 2, 50
         from generate_series(1, 5000) n",
    )
    .bind(stage.company.0)
    .bind(campaign.0)
    .execute(&db)
    .await
    .unwrap();
    execute(&db, "update call_tasks set due_at = clock_timestamp() where phone = '+78880004000'").await;
    let worker = worker_row(&stage.context).await;
    let calls = admit_under_lock(&db, &stage.context, worker, 5).await;
    assert_eq!(numbers(&calls), ["+78880004000", "+79991234567"]);
}
