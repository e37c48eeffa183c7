//! The worker over `LiveKit`'s API, spoken by the double over real HTTP. The double's ledger says what rang.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;
mod dialer;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use callboard_contract::{CampaignForm, ErrorCode, TaskCounts};
use callboard_core::{campaign::CampaignState, line::LineKind};
use callboard_db::PgPool;
use callboard_engine::{lines::Lines, worker::Step};
use callboard_testkit::{
    ledger::EntryKind,
    livekit::{AgentScript, CallScript, Double, Fault, Then},
};
use common::Stage;
use dialer::{
    livekit::{Keys, choose, form, stage},
    number, until,
};

const ONE: &str = "+79991111111";
const TWO: &str = "+79992222222";
const THREE: &str = "+79993333333";
const SUCCESS: &str = r#"{"v":1,"outcome":"success","reason":"agreed"}"#;

/// The campaign of acceptance 46 and 47: 00:00-23:59 (24:00 when it is 23:59), two at once, five a minute, two attempts, one
/// minute between them.
fn as_in_46(stage: &Stage) -> impl FnOnce(&mut CampaignForm) + use<> {
    let wall = stage.context.now().with_timezone(&chrono_tz::Europe::Moscow).format("%H:%M").to_string();
    let closes = if wall.as_str() >= "23:58" { "24:00" } else { "23:59" };
    move |form| {
        closes.clone_into(&mut form.hours[0].closes);
        form.calls_at_once = 2;
        form.calls_per_minute = 5;
        form.max_attempts = 2;
        form.retry_delay_minutes = 1;
    }
}

/// Acceptance 46: the key is refused. All three wait for their next attempt with the cause, the worker lives and stops fast.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn a_refused_key_makes_every_task_wait_with_its_cause(db: PgPool) {
    let double = Double::start().await;
    let mut stage = stage(&db, &double).await;
    stage.lines = Keys::of(&double).lines();
    let campaign = stage.running(&[ONE, TWO, THREE], as_in_46(&stage)).await;
    double.set_fault(Some(Fault::RefuseKey));
    let worker = stage.worker();
    let begun = Instant::now();
    worker.reached(Step::Finished, 3).await;
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
    for phone in [ONE, TWO, THREE] {
        assert_eq!(stage.task(campaign, phone, "status").await.unwrap(), "retry");
        assert_eq!(stage.task(campaign, phone, "attempts").await.unwrap(), "1");
        let error = stage.task(campaign, phone, "error").await.unwrap();
        assert!(error.contains("does not accept this API key"), "{error}");
    }
    assert_eq!(stage.counts(campaign).await, TaskCounts { total: 3, retry: 3, ..TaskCounts::default() });
    let soon = "select count(*) from call_tasks where due_at < clock_timestamp() + interval '50 seconds'";
    assert_eq!(number(&db, soon).await, 0, "not before a minute has passed");
    assert_eq!(number(&db, "select count(*) from workers where alive_until > clock_timestamp()").await, 1, "it lives");
    assert!(double.ledger().entries().is_empty());
    let stopping = Instant::now();
    worker.stop().await;
    assert!(stopping.elapsed() < Duration::from_secs(5), "{:?}", stopping.elapsed());
}

/// Acceptance 47: room, agent, call, in this order; never more than two at once; what came of it is stored; the room is gone.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn calls_go_over_room_agent_and_participant_and_leave_no_room(db: PgPool) {
    let double = Double::start().await;
    let stage = stage(&db, &double).await;
    for phone in [ONE, TWO, THREE] {
        double.on(phone, CallScript::talk_on().saying(SUCCESS));
    }
    let campaign = stage.running(&[ONE, TWO, THREE], as_in_46(&stage)).await;
    let worker = stage.worker();
    worker.reached(Step::Answered, 2).await;
    assert_eq!(double.ledger().live(), 2);
    assert_eq!(
        stage.counts(campaign).await,
        TaskCounts { total: 3, in_progress: 2, pending: 1, ..TaskCounts::default() }
    );
    double.callee_hangs_up(ONE);
    worker.reached(Step::Answered, 3).await;
    double.callee_hangs_up(TWO);
    double.callee_hangs_up(THREE);
    worker.reached(Step::Finished, 3).await;
    worker.stop().await;

    assert_eq!(double.ledger().max_at_once(|_| true), 2);
    assert_eq!(double.ledger().double_dials(), []);
    for entry in double.ledger().entries().iter().filter(|entry| entry.kind == EntryKind::Placed) {
        let of_room = double.requests().into_iter().filter(|request| request.room == entry.leg.room);
        let methods: Vec<String> = of_room.map(|request| request.method).collect();
        let order = ["CreateRoom", "CreateDispatch", "CreateSIPParticipant", "DeleteRoom"]
            .map(|method| methods.iter().position(|name| name == method));
        assert!(order.iter().all(Option::is_some) && order.is_sorted(), "{methods:?}");
        assert_eq!(methods.iter().filter(|name| *name == "CreateSIPParticipant").count(), 1, "{methods:?}");
    }
    assert!(double.rooms().is_empty());
    let whole = "select count(*) from calls k join call_tasks t on t.last_call_id = k.call_id
                 where t.status = 'completed' and t.outcome = 'success' and k.outcome = 'success' and k.disposition = 'answered'
                   and k.dial_intent_at <= k.answered_at and k.answered_at <= k.ended_at and k.talk_ms > 0 and k.attempt = 1";
    assert_eq!(number(&db, whole).await, 3);
    assert_eq!(stage.counts(campaign).await, TaskCounts { total: 3, completed: 3, ..TaskCounts::default() });
}

/// Acceptance 48: what the carrier says decides what becomes of the task; the slot is free within a second.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn what_the_carrier_says_becomes_the_outcome(db: PgPool) {
    let double = Double::start().await;
    let stage = stage(&db, &double).await;
    // The last two digits decide what the double does.
    let expected = [
        ("+79991234501", "retry", "busy", Some("486")),
        ("+79991234502", "retry", "no_answer", None),
        ("+79991234504", "failed", "invalid_number", Some("404")),
        ("+79991234505", "completed", "refusal", Some("603")),
        ("+79991234507", "retry", "failed", Some("503")),
    ];
    let phones: Vec<&str> = expected.iter().map(|(phone, ..)| *phone).collect();
    let campaign = stage.running(&phones, |_| {}).await;
    let worker = stage.worker();
    worker.reached(Step::Finished, 5).await;
    worker.stop().await;
    for (phone, status, outcome, sip) in expected {
        assert_eq!(stage.task(campaign, phone, "status").await.unwrap(), status, "{phone}");
        assert_eq!(stage.task(campaign, phone, "outcome").await.unwrap(), outcome, "{phone}");
        let told: Option<String> = sqlx::query_scalar("select sip_status::text from calls where phone = $1")
            .bind(phone)
            .fetch_one(&db)
            .await
            .unwrap();
        assert_eq!(told.as_deref(), sip, "{phone}");
    }
    for entry in double.ledger().entries().iter().filter(|entry| entry.kind == EntryKind::Ended) {
        let freed: chrono::DateTime<chrono::Utc> = sqlx::query_scalar("select ended_at from calls where phone = $1")
            .bind(&entry.leg.phone)
            .fetch_one(&db)
            .await
            .unwrap();
        assert!(freed - entry.wall < chrono::Duration::seconds(1), "{}: {}", entry.leg.phone, freed - entry.wall);
    }
    assert_eq!(number(&db, "select count(*) from leases").await, 0);
    assert!(double.rooms().is_empty());
}

/// Acceptance 49: a line that cannot be used refuses the start with its reason, and nothing is simulated instead.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn a_campaign_does_not_start_on_a_line_that_cannot_be_used(db: PgPool) {
    let double = Double::start().await;
    let mut stage = stage(&db, &double).await;
    let campaign = stage.campaign(|_| {}).await;
    stage.tasks(campaign, &[ONE]).await;
    let wrong = Keys::with("devkey", "another-secret-of-at-least-32-chars");
    let (url, away) = (double.url(), "ws://127.0.0.1:9".to_owned());
    for (keys, form, fault) in [
        (Keys::none(), form("", ""), "not_configured"),
        (Keys::of(&double), form(&url, ""), "not_configured"),
        (Keys::none(), form(&url, "ST_test"), "not_configured"),
        (wrong, form(&url, "ST_test"), "wrong_key"),
        (Keys::of(&double), form(&url, "ST_other"), "unknown_trunk"),
        (Keys::of(&double), form(&away, "ST_test"), "unreachable"),
    ] {
        choose(&db, stage.company, &form).await;
        stage.lines = keys.lines();
        let error = stage.start(campaign).await.unwrap_err();
        assert_eq!(error.code, ErrorCode::LineNotUsable, "{error:?}");
        assert_eq!(error.params.get("fault").map(String::as_str), Some(fault), "{error:?}");
        assert!(error.message.len() > "The line cannot place calls: ".len(), "{error:?}");
    }
    let worker = stage.worker();
    until(&db, "the worker registers", "select exists (select from workers)").await;
    worker.stop().await;
    let view = stage.view(campaign).await;
    assert_eq!((view.state, view.line, view.counts.pending), (CampaignState::Draft, None, 1));
    assert_eq!(number(&db, "select count(*) from calls").await, 0);
    assert!(double.ledger().entries().is_empty() && double.mutations().is_empty());
}

/// Acceptance 50: an agent that fails during the call is not a completion. One that never comes lets nobody's phone ring.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn a_failed_agent_is_tried_again_and_an_absent_one_rings_nobody(db: PgPool) {
    let double = Double::start().await;
    let stage = stage(&db, &double).await;
    double.on(ONE, CallScript::talk_on());
    double.set_agent(AgentScript::Crashes { after_answer: Duration::from_millis(50) });
    let campaign = stage.running(&[ONE], |_| {}).await;
    let worker = stage.worker();
    worker.reached(Step::Finished, 1).await;
    assert_eq!(stage.task(campaign, ONE, "status").await.unwrap(), "retry");
    assert_eq!(stage.task(campaign, ONE, "disposition").await.unwrap(), "agent_fault");
    double.until("the callee is let go", |double| double.ledger().live() == 0).await;

    double.set_agent(AgentScript::Absent);
    stage.tasks(campaign, &[TWO]).await;
    worker.reached(Step::Finished, 2).await;
    worker.stop().await;
    assert_eq!(stage.task(campaign, TWO, "disposition").await.unwrap(), "agent_fault");
    assert!(stage.task(campaign, TWO, "error").await.unwrap().contains("did not join"));
    assert_eq!(double.ledger().dials_to(TWO), 0);
    assert!(double.rooms().is_empty());
}

/// Acceptance 52: a stop lets a call go on for the set time, then hangs it up; what came of it is stored.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn a_stop_drains_and_then_hangs_up(db: PgPool) {
    let double = Double::start().await;
    let stage = stage(&db, &double).await;
    double.on(ONE, CallScript::talk_on());
    double.on(TWO, CallScript::talk_on().saying(SUCCESS));
    let campaign = stage.running(&[ONE, TWO, THREE], |form| form.calls_at_once = 2).await;
    let drain = Duration::from_secs(1);
    let worker = stage.worker_with(|options| options.drain = drain);
    worker.reached(Step::Answered, 2).await;
    worker.handle.stop.cancel();
    // This one ends by itself while the worker drains.
    double.callee_hangs_up(TWO);
    worker.reached(Step::Finished, 1).await;
    assert_eq!(double.ledger().live(), 1, "the other is not cut off");
    let stopping = Instant::now();
    worker.stop().await;
    assert!(stopping.elapsed() < drain + Duration::from_secs(5));
    assert_eq!(double.ledger().live(), 0, "nobody is left on the line");
    assert_eq!(double.ledger().dials_to(THREE), 0, "nothing new began");
    assert_eq!(stage.task(campaign, ONE, "disposition").await.unwrap(), "hung_up");
    assert_eq!(stage.task(campaign, ONE, "status").await.unwrap(), "retry");
    assert_eq!(stage.task(campaign, TWO, "status").await.unwrap(), "completed");
    assert_eq!(
        stage.counts(campaign).await,
        TaskCounts { total: 3, pending: 1, retry: 1, completed: 1, ..TaskCounts::default() }
    );
    assert_eq!(number(&db, "select count(*) from leases").await + number(&db, "select count(*) from workers").await, 0);
}

/// Fault F2: the reply to the dialling request is lost after the phone began to ring. The call is found in its room and
/// followed; it is dialled once.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn a_lost_reply_is_looked_up_and_not_asked_again(db: PgPool) {
    let double = Double::start().await;
    let stage = stage(&db, &double).await;
    let talk = Duration::from_millis(300);
    let cases = [
        ("+79991234521", Then::ReplyLost { talk }, "completed", "success"),
        ("+79991234522", Then::BadGateway { talk }, "completed", "success"),
        ("+79991234523", Then::Deadline { talk }, "completed", "success"),
        ("+79991234524", Then::RequestLost, "retry", "unknown"),
    ];
    for (phone, then, ..) in &cases {
        double.on(phone, CallScript::then(then.clone()).saying(SUCCESS));
    }
    let phones: Vec<&str> = cases.iter().map(|(phone, ..)| *phone).collect();
    let campaign = stage.running(&phones, |_| {}).await;
    let worker = stage.worker();
    worker.reached(Step::Finished, 4).await;
    worker.stop().await;
    for (phone, then, status, outcome) in &cases {
        assert_eq!(stage.task(campaign, phone, "status").await.unwrap(), *status, "{then:?}");
        assert_eq!(stage.task(campaign, phone, "outcome").await.unwrap(), *outcome, "{then:?}");
        assert_eq!(stage.task(campaign, phone, "attempts").await.unwrap(), "1", "{then:?}");
        assert_eq!(double.ledger().dials_to(phone), usize::from(*outcome == "success"), "{then:?}");
        let asked = double
            .requests()
            .iter()
            .filter(|request| request.method == "CreateSIPParticipant" && request.body.to_string().contains(phone))
            .count();
        assert_eq!(asked, 1, "one request, whatever became of its reply: {then:?}");
    }
    assert_eq!(double.ledger().double_dials(), []);
}

/// The keyring is slow, and meanwhile the person enters the right secret: a line that was made of the wrong one must not be
/// the line from then on.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn a_secret_that_changes_while_a_line_is_made_of_the_old_one_is_the_one_that_counts(db: PgPool) {
    let double = Double::start().await;
    let stage = Stage::new(db.clone()).await;
    choose(&db, stage.company, &form(&double.url(), "ST_test")).await;
    let keys = Arc::new(Keys::with("devkey", "another-secret-of-at-least-32-chars"));
    let slow = keys.slow_down();
    let lines = Lines::from_settings(keys.clone());

    let making = lines.line(&stage.context, stage.company, LineKind::Livekit);
    let entering = async {
        slow.asked.notified().await;
        let (key, secret) = double.credentials();
        keys.store(key, secret);
        lines.forget(stage.company);
        slow.arrives.notify_one();
    };
    let (made, ()) = tokio::join!(making, entering);
    made.unwrap().check().await.expect("it is made again of what is stored now");
    let next = lines.line(&stage.context, stage.company, LineKind::Livekit).await.unwrap();
    next.check().await.expect("nobody keeps a line of the old secret");
}
