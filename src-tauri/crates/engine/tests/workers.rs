//! Several workers over one queue. The ledger of the line judges: what was placed, at which instant, how many at once.
//! The rows judge the rest: every task has an end or waits for its next attempt, and the counters are the truth.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;
mod dialer;

use std::time::Duration;

use callboard_contract::CampaignForm;
use callboard_core::{
    call::TurnRole,
    id::CampaignId,
    telemetry::{SpeechEvent, Turn},
};
use callboard_db::{PgPool, deltas, telemetry};
use callboard_engine::worker::{Step, WorkerHandle};
use callboard_telephony::{LineEvent, LineFault, LineFaultCode, TimedEvent};
use callboard_testkit::{
    ledger::{Entry, Ledger},
    random::seeded,
    scripted::{Found, Script, ScriptedLine, Stage as At},
};
use common::{PATIENCE, RunningWorker, Stage};
use dialer::{a_minute_passes, counters_are_the_truth, execute, number, refs, until};
use rand::RngExt;

const MINUTE: Duration = Duration::from_mins(1);

/// How many numbers each campaign has; two of them share a third of them.
const TASKS: u32 = 120;

/// A campaign of the run, with the limits that the ledger is held against.
struct Limits {
    id: CampaignId,
    at_once: usize,
    per_minute: usize,
}

/// A line on which every number has a fate of its own, drawn from a seed; retries have another one.
fn fates(seed: u64) -> ScriptedLine {
    let mut random = seeded(seed);
    let mut line = ScriptedLine::new();
    for n in 0..1000 {
        let mut draw = || match random.random_range(0..12) {
            0 => Script::Busy,
            1 => Script::NoAnswer,
            2 => Script::Refusal,
            3 => Script::Callback,
            4 => Script::Voicemail,
            5 => Script::InvalidNumber,
            6 => Script::CarrierFault,
            7 => Script::AgentFault,
            8 => Script::Unknown,
            9 => Script::LineFault,
            10 => Script::PermitExpired,
            _ => Script::Success,
        };
        // A permit that never holds would be tried for ever.
        line = line.on_attempts(&callboard_testkit::random::phone(n), [draw(), draw(), Script::Success]);
    }
    line
}

async fn limited(stage: &Stage, name: &str, first: u32, at_once: i32, per_minute: i32) -> Limits {
    let phones: Vec<String> = (first..first + TASKS).map(callboard_testkit::random::phone).collect();
    let edit = |form: &mut CampaignForm| {
        name.clone_into(&mut form.name);
        form.calls_at_once = at_once;
        form.calls_per_minute = per_minute;
        form.max_attempts = 2;
    };
    let id = stage.running(&refs(&phones), edit).await;
    Limits { id, at_once: usize::try_from(at_once).unwrap(), per_minute: usize::try_from(per_minute).unwrap() }
}

/// Acceptance 53: so many workers, three campaigns of two companies, several hundred tasks with random fates. The minutes of
/// the campaigns that are limited by them are moved on when nothing more happens, as an hour moves on.
async fn workers_share_a_queue(db: PgPool, workers: usize, seed: u64) {
    let stage = Stage::with_line(dialer::pool(&db, 16).await, fates(seed)).await;
    let other = dialer::company(&stage, "Second company", 7).await;
    execute(&db, "update system_settings set calls_at_once = 11").await;
    let campaigns = [
        limited(&stage, "Steady", 0, 6, 100).await,
        limited(&stage, "Overlapping", TASKS - 40, 5, 100).await,
        limited(&other, "Elsewhere", 2 * TASKS, 7, 100).await,
    ];
    let running: Vec<RunningWorker> = (0..workers).map(|_| stage.worker()).collect();
    drive(&db, &running).await;
    for worker in running {
        worker.stop().await;
    }

    let ledger = stage.line.ledger();
    judge(&ledger, &campaigns);
    assert!(ledger.max_at_once(|_| true) <= 11, "the system: {}", ledger.max_at_once(|_| true));
    let elsewhere = campaigns[2].id.to_string();
    let of_other = |entry: &Entry| entry.leg.campaign.as_deref() == Some(elsewhere.as_str());
    assert!(ledger.max_at_once(of_other) <= 7);
    assert!(ledger.placed(|_| true) > 300, "it was a crowd: {}", ledger.placed(|_| true));

    assert_eq!(number(&db, "select count(*) from leases").await, 0, "every slot is free");
    let open = "select count(*) from call_tasks where status in ('pending', 'in_progress', 'retry')";
    assert_eq!(number(&db, open).await, 0, "every task has its end");
    let dialled = i64::try_from(ledger.placed(|_| true)).unwrap();
    let recorded = "select count(*) from calls where state = 'ended' and dial_intent_at is not null";
    assert_eq!(number(&db, recorded).await, dialled, "one row for each call that was placed, no more");
    let doubled = "select count(*) from (select 1 from calls where state = 'ended' group by company_id, task_id having count(*) > 2) x";
    assert_eq!(number(&db, doubled).await, 0, "two attempts each at most");
    deltas::fold(&db).await.unwrap();
    for limits in &campaigns {
        counters_are_the_truth(&db, limits.id).await;
    }
}

/// Wakes the workers until no task is open. Whenever all that could be dialled has been, time moves on for what waits for a
/// minute or a retry: dials and due times are moved into the past.
async fn drive(db: &PgPool, workers: &[RunningWorker]) {
    let open = "select count(*) from call_tasks where status <> all ('{completed,failed}')";
    let driving = async {
        while number(db, open).await > 0 {
            if number(db, "select count(*) from leases").await == 0 {
                a_minute_passes(db).await;
                // So do the pauses of breakers that tripped over so many faults.
                execute(
                    db,
                    "update call_tasks set due_at = clock_timestamp() where status = 'retry';
                     delete from breakers;
                     update campaigns set held_until = null, hold_reason = null, probing = false where held_until is not null or probing;
                     update trunks set held_until = null, hold_reason = null, probing = false where held_until is not null or probing",
                )
                .await;
            }
            for worker in workers {
                worker.handle.wake.notify_one();
            }
        }
    };
    assert!(tokio::time::timeout(PATIENCE * 4, driving).await.is_ok(), "{} tasks are open", number(db, open).await);
}

/// What the line itself wrote down must keep every promise.
fn judge(ledger: &Ledger, campaigns: &[Limits]) {
    assert_eq!(ledger.double_dials(), []);
    for limits in campaigns {
        let id = limits.id.to_string();
        let of_this = |entry: &Entry| entry.leg.campaign.as_deref() == Some(id.as_str());
        let at_once = ledger.max_at_once(of_this);
        assert!(at_once <= limits.at_once, "{at_once} at once, {} allowed", limits.at_once);
    }
}

/// Acceptance 53.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn two_workers_share_a_queue(db: PgPool) {
    workers_share_a_queue(db, 2, 1).await;
}

/// Acceptance 53.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn four_workers_share_a_queue(db: PgPool) {
    workers_share_a_queue(db, 4, 2).await;
}

/// Acceptance 19, 53: four workers on one campaign with twenty calls a minute; the ledger's own clock sees no 60 seconds
/// with more, and no minute that is left unused. Shown able to fail: with dials folded before leases were counted it found 21
/// and 39 of 20.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn four_workers_keep_one_minute_together(db: PgPool) {
    let stage = Stage::with_line(dialer::pool(&db, 16).await, ScriptedLine::new()).await;
    let limits = limited(&stage, "Minute", 0, 100, 20).await;
    let running: Vec<RunningWorker> = (0..4).map(|_| stage.worker()).collect();
    until(&db, "the minute is used up", "select count(*) = 20 from call_tasks where status = 'completed'").await;
    // They go on asking, each several times.
    for _ in 0..20 {
        for worker in &running {
            worker.handle.wake.notify_one();
        }
        number(&db, "select count(*) from leases").await;
    }
    for worker in running {
        worker.stop().await;
    }
    assert_eq!(stage.line.ledger().max_in_any_window(MINUTE, |_| true), limits.per_minute);
}

/// Promise P1: an attempt is never dialled twice, also when two workers are told at the same instant that a slot is free.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn a_free_slot_wakes_everybody_and_serves_one(db: PgPool) {
    let stage = Stage::with_line(dialer::pool(&db, 16).await, ScriptedLine::new()).await;
    stage.line.hold(At::Ringing);
    let phones = dialer::phones(8);
    stage.running(&refs(&phones), |form| form.calls_at_once = 1).await;
    let wake: Vec<RunningWorker> = (0..4).map(|_| stage.worker()).collect();
    for phone in &phones {
        stage.line.waiting_at(At::Ringing, phone).await;
        stage.line.release(phone);
        for worker in &wake {
            worker.handle.wake.notify_one();
        }
    }
    stage.line.ended(8).await;
    for worker in wake {
        worker.stop().await;
    }
    assert_eq!(stage.line.ledger().max_at_once(|_| true), 1);
    assert_eq!(stage.line.ledger().double_dials(), []);
}

/// Acceptance 51: a worker of this process dies with a call on the line. The next one follows the call, keeps its slot for
/// it, and what was said before is kept with what was said after.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn an_adopted_call_keeps_its_slot_and_its_words(db: PgPool) {
    let phone = "+79991234567";
    let stage = Stage::with_line(dialer::pool(&db, 8).await, ScriptedLine::new()).await;
    stage.line.hold(At::Talking);
    let campaign = stage.running(&[phone, "+79991234568"], |form| form.calls_at_once = 1).await;
    let handle = dead_worker_with_a_call(&stage, &db, phone).await;
    let call = sqlx::query_scalar::<_, uuid::Uuid>("select call_id from leases").fetch_one(&db).await.unwrap();
    let turn = Turn::new(TurnRole::Assistant, "Good afternoon!");
    let mut connection = db.acquire().await.unwrap();
    telemetry::append_turns(&mut connection, stage.company, call.into(), &[turn]).await.unwrap();
    drop(connection);

    stage.line.reconcile_finds(Found::Live(Script::Success));
    stage.line.hold(At::Reconciling);
    let line = stage.line.clone().saying(phone, speech());
    let next = stage.worker();
    line.waiting_at(At::Reconciling, phone).await;
    assert_eq!(number(&db, "select count(*) from leases").await, 1, "the slot is kept for the call that goes on");
    assert_eq!(line.ledger().placed(|_| true), 1, "nobody else is dialled meanwhile");
    line.release_all();
    next.reached(Step::Finished, 2).await;
    next.stop().await;
    handle.hang_up.cancel();
    assert_eq!(stage.task(campaign, phone, "outcome").await.unwrap(), "success");
    assert_eq!(stage.task(campaign, phone, "attempts").await.unwrap(), "1");
    let words: Vec<String> = sqlx::query_scalar("select content from call_logs where call_id = $1 order by turn_index")
        .bind(call)
        .fetch_all(&db)
        .await
        .unwrap();
    assert_eq!(words.first().map(String::as_str), Some("Good afternoon!"), "{words:?}");
    assert!(words.len() > 1, "what was said afterwards stands behind it: {words:?}");
    assert_eq!(line.ledger().dials_to(phone), 1);
}

/// A worker in this process with a call on the line, taken for dead: its lease of life is over and it cannot renew it.
async fn dead_worker_with_a_call(stage: &Stage, db: &PgPool, phone: &str) -> WorkerHandle {
    let worker = stage.worker();
    stage.line.waiting_at(At::Talking, phone).await;
    worker.reached(Step::Answered, 1).await;
    let handle = worker.handle.clone();
    // Its loops end with it; the task of its call goes on, as a frozen one would.
    worker.kill();
    execute(
        db,
        "update leases set dial_at = dial_at - interval '10 seconds';
         delete from workers",
    )
    .await;
    handle
}

/// A person who says something and is answered.
fn speech() -> Vec<TimedEvent> {
    [
        SpeechEvent::UserStarted,
        SpeechEvent::UserStopped,
        SpeechEvent::UserSaid { text: "A haircut on Friday, please.".to_owned(), stt_seconds: 2.0 },
        SpeechEvent::TtsStarted { text: "Friday at two?".to_owned() },
        SpeechEvent::PlaybackStarted,
        SpeechEvent::BotStopped,
    ]
    .into_iter()
    .zip(1..)
    .map(|(event, second)| TimedEvent { at: Duration::from_secs(second), event: LineEvent::Speech(event) })
    .collect()
}

/// Promise P6: a line that cannot be asked leaves the call unknown, not free: the slot stays, and asking goes on.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn a_line_that_cannot_be_asked_keeps_the_slot(db: PgPool) {
    let phone = "+79991234567";
    let stage = Stage::with_line(dialer::pool(&db, 8).await, ScriptedLine::new()).await;
    stage.line.hold(At::Talking);
    stage.running(&[phone, "+79991234568"], |form| form.calls_at_once = 1).await;
    let handle = dead_worker_with_a_call(&stage, &db, phone).await;
    let away = LineFault { code: LineFaultCode::Unreachable, detail: "nobody answers".to_owned() };
    stage.line.reconcile_finds(Found::Unreachable(away));
    let next = stage.worker();
    until(&db, "it is adopted", "select exists (select from leases l join workers w using (worker_id))").await;
    next.handle.wake.notify_one();
    assert_eq!(number(&db, "select count(*) from leases").await, 1);
    assert_eq!(stage.line.ledger().placed(|_| true), 1, "nothing is dialled in its place");
    stage.line.reconcile_finds(Found::Gone);
    stage.line.release_all();
    next.reached(Step::Finished, 2).await;
    assert_eq!(number(&db, "select count(*) from calls where disposition = 'unknown' and state = 'ended'").await, 1);
    next.stop().await;
    handle.hang_up.cancel();
}
