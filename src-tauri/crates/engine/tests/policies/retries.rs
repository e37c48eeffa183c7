//! What follows an attempt: the retry table, carrier limits, several numbers, callbacks.

use callboard_contract::{DelayForm, RetryRuleForm, TaskCallback};
use callboard_core::{call::Outcome, id::CampaignId, notice::NoticeKind, retry::Situation};
use callboard_db::PgPool;
use callboard_engine::{tasks, worker::Step};
use callboard_telephony::CallEnd;
use callboard_testkit::scripted::{Script, ScriptedLine, talked};
use chrono::{DateTime, Duration, Timelike, Utc};

use super::{
    PHONES,
    common::{RunningWorker, Stage},
    hurry, limits_of, told,
};

fn rule(situation: Situation, delay: DelayForm) -> RetryRuleForm {
    RetryRuleForm { situation, attempts: None, delay, uses_attempt: true, another_daypart: false, next_number: false }
}

/// Minutes until the task is due again.
async fn minutes_to_wait(stage: &Stage, campaign: CampaignId, phone: &str) -> i64 {
    let due = stage.task(campaign, phone, "round(extract(epoch from due_at - clock_timestamp()) / 60)").await;
    due.unwrap().parse().unwrap()
}

async fn status(stage: &Stage, campaign: CampaignId, phone: &str) -> (String, String) {
    let status = stage.task(campaign, phone, "status").await.unwrap();
    (status, stage.task(campaign, phone, "attempts").await.unwrap())
}

/// Lets the next attempt happen now.
async fn again(stage: &Stage, worker: &RunningWorker, campaign: CampaignId, finished: usize) {
    hurry(stage, campaign).await;
    worker.handle.wake.notify_one();
    worker.reached(Step::Finished, finished).await;
}

/// Acceptance 74: simple retries, two of 30 minutes: busy, busy, no answer make three attempts, then it failed.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn simple_retries_keep_their_gap_and_end(db: PgPool) {
    let line = ScriptedLine::new().on_attempts(PHONES[0], [Script::Busy, Script::Busy, Script::NoAnswer]);
    let stage = Stage::with_line(db, line).await;
    let id = stage.running(&PHONES[..1], |form| (form.max_attempts, form.retry_delay_minutes) = (3, 30)).await;
    let worker = stage.worker();
    for finished in 1..=2 {
        worker.reached(Step::Finished, finished).await;
        assert_eq!(minutes_to_wait(&stage, id, PHONES[0]).await, 30);
        again(&stage, &worker, id, finished + 1).await;
    }
    assert_eq!(status(&stage, id, PHONES[0]).await, ("failed".to_owned(), "3".to_owned()));
    worker.stop().await;
    let counts = stage.counts(id).await;
    assert_eq!(
        (counts.total, counts.failed, counts.completed),
        (1, 1, 0),
        "one contact is one handled, and no success"
    );
}

/// Acceptance 74: custom gaps of 15, 60 and 240 minutes; acceptance 91: 30, 60, 120 by backoff, capped; another situation keeps
/// its own row.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn each_situation_has_its_own_gaps(db: PgPool) {
    let mut line = ScriptedLine::new();
    line = line.on_attempts(PHONES[0], [Script::Busy, Script::Busy, Script::Busy, Script::Success]);
    line = line.on_attempts(PHONES[1], [Script::NoAnswer, Script::NoAnswer, Script::NoAnswer, Script::Success]);
    let stage = Stage::with_line(db, line).await;
    let id = stage
        .running(&PHONES[..2], |form| {
            form.max_attempts = 10;
            form.retries = vec![
                rule(Situation::Busy, DelayForm::List { minutes: vec![15, 60, 240] }),
                rule(
                    Situation::NoAnswer,
                    DelayForm::Exponential { base_minutes: 30, cap_minutes: 100, jitter_percent: 0 },
                ),
            ];
        })
        .await;
    let worker = stage.worker();
    for (round, (busy, no_answer)) in [(15, 30), (60, 60), (240, 100)].into_iter().enumerate() {
        worker.reached(Step::Finished, 2 * (round + 1)).await;
        assert_eq!(minutes_to_wait(&stage, id, PHONES[0]).await, busy, "busy, round {round}");
        assert_eq!(minutes_to_wait(&stage, id, PHONES[1]).await, no_answer, "no answer, round {round}");
        again(&stage, &worker, id, 2 * (round + 2)).await;
    }
    assert_eq!(stage.counts(id).await.completed, 2);
    worker.stop().await;
}

/// Acceptance 67 and 74: a retry that falls behind the hours waits for their next opening.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn retries_never_leave_the_hours(db: PgPool) {
    let stage = Stage::with_line(db, ScriptedLine::new().on(PHONES[0], Script::NoAnswer)).await;
    // Open now for an hour at least, and closed in the hours after that.
    let now = callboard_db::now(&mut stage.context.db.acquire().await.unwrap()).await.unwrap();
    let minute = i64::from(now.hour() * 60 + now.minute());
    let text = |minute: i64| format!("{:02}:{:02}", minute.rem_euclid(1440) / 60, minute.rem_euclid(60));
    let opens = text(minute - 120);
    let id = stage
        .running(&PHONES[..1], |form| {
            form.time_zone = "Etc/UTC".to_owned();
            form.retry_delay_minutes = 240;
            form.hours[0].opens.clone_from(&opens);
            form.hours[0].closes = text(minute + 60);
        })
        .await;
    let worker = stage.worker();
    worker.reached(Step::Finished, 1).await;
    worker.stop().await;
    let due: DateTime<Utc> = sqlx::query_scalar("select due_at from call_tasks where campaign_id = $1")
        .bind(id.0)
        .fetch_one(&stage.context.db)
        .await
        .unwrap();
    assert_eq!(due.format("%H:%M").to_string(), opens, "the next opening, not in the night");
    assert!(due > now + Duration::hours(4));
}

/// Issue 4, 4: "CPS exceeded" costs the contact no attempt and slows the trunk down, once per burst.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn a_carriers_limit_costs_no_attempt_and_slows_the_trunk(db: PgPool) {
    let limited =
        Script::Ends(CallEnd { sip_phrase: Some("CPS limit exceeded".to_owned()), ..Script::CarrierFault.end() });
    let line = ScriptedLine::new().on_attempts(PHONES[0], [limited.clone(), limited, Script::Busy, Script::Success]);
    let stage = Stage::with_line(db, line).await;
    let id = stage.running(&PHONES[..1], |form| form.max_attempts = 2).await;
    let worker = stage.worker();
    for finished in 1..=3 {
        worker.reached(Step::Finished, finished).await;
        again(&stage, &worker, id, finished + 1).await;
    }
    assert_eq!(status(&stage, id, PHONES[0]).await, ("completed".to_owned(), "4".to_owned()));
    assert_eq!(stage.task(id, PHONES[0], "free_attempts").await.as_deref(), Some("2"));
    worker.stop().await;
    assert_eq!(told(&stage, NoticeKind::TrunkSlowed).await, 1);
    let trunk = limits_of(&stage, None).await.trunks.remove(0);
    assert!(trunk.rate.unwrap() < 10.0 && trunk.slowed_at.is_some(), "{trunk:?}");
}

/// Issue 4, 4: several numbers per contact are tried in order; one that does not exist gives way to the next.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn the_next_number_of_a_contact_is_tried(db: PgPool) {
    let line = ScriptedLine::new()
        .on(PHONES[0], Script::InvalidNumber)
        .on(PHONES[1], Script::InvalidNumber)
        .on(PHONES[2], Script::Success);
    let stage = Stage::with_line(db, line).await;
    let id = stage.running(&PHONES[..1], |_| {}).await;
    stage
        .sql(
            id,
            "update contacts set other_phones = array['+79991234502', '+79991234503']
             where contact_id in (select contact_id from call_tasks where campaign_id = $1)",
        )
        .await;
    let worker = stage.worker();
    for (finished, next) in [(1, PHONES[1]), (2, PHONES[2])] {
        worker.reached(Step::Finished, finished).await;
        assert_eq!(stage.task(id, next, "status").await.as_deref(), Some("retry"), "{next} is next");
        again(&stage, &worker, id, finished + 1).await;
    }
    assert_eq!(stage.counts(id).await.completed, 1);
    let dialled: Vec<String> = stage.line.ended(3).await.into_iter().map(|(call, _)| call.phone).collect();
    assert_eq!(dialled, PHONES[..3]);
    worker.stop().await;
}

/// Issue 4, 4: the bot's outcome may carry a time: it is kept to the second, although the attempts are used up.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn a_promised_callback_is_kept_at_its_time(db: PgPool) {
    let now = callboard_db::now(&mut db.acquire().await.unwrap()).await.unwrap();
    let at = now + Duration::hours(3) + Duration::seconds(7);
    let asked = CallEnd { callback_at: Some(at), ..talked(Outcome::Callback, std::time::Duration::from_secs(20)) };
    let line = ScriptedLine::new().on_attempts(PHONES[0], [Script::Ends(asked), Script::Success]);
    let stage = Stage::with_line(db, line).await;
    let id = stage.running(&PHONES[..1], |form| form.max_attempts = 1).await;
    let worker = stage.worker();
    worker.reached(Step::Finished, 1).await;
    let page = tasks::list(
        &stage.context,
        callboard_contract::TaskQuery {
            company_id: stage.company.0,
            campaign_id: id.0,
            statuses: Vec::new(),
            search: None,
            cursor: None,
            limit: 10,
        },
    )
    .await
    .unwrap();
    let task = &page.items[0];
    assert_eq!(task.callback_at.unwrap().timestamp_micros(), at.timestamp_micros());
    assert_eq!(task.next_attempt_at.unwrap().timestamp_micros(), at.timestamp_micros());
    again(&stage, &worker, id, 2).await;
    assert_eq!(stage.counts(id).await.completed, 1);
    worker.stop().await;
}

/// Issue 4, 4: a supervisor may promise a call too; it goes before everybody else, and can be taken back.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn a_supervisors_callback_goes_first(db: PgPool) {
    let stage = Stage::new(db).await;
    let id = stage.running(&PHONES[..3], |_| {}).await;
    let task: uuid::Uuid = stage.task(id, PHONES[2], "task_id").await.unwrap().parse().unwrap();
    let callback = |at| TaskCallback { company_id: stage.company.0, task_id: task, at };
    let in_an_hour = stage.context.now() + Duration::hours(1);
    let view = tasks::callback(&stage.context, callback(Some(in_an_hour))).await.unwrap();
    assert!(view.callback_at.is_some());
    let asker = stage.asker();
    let offered = asker.ask(9).await;
    assert_eq!(offered.len(), 2, "not before its time");
    for task in &offered {
        asker.give_back(task).await;
    }
    hurry(&stage, id).await;
    assert_eq!(asker.ask(1).await[0].phone, PHONES[2], "then before the others");
    let error = tasks::callback(&stage.context, callback(Some(in_an_hour))).await.unwrap_err();
    assert_eq!(error.code, callboard_contract::ErrorCode::IllegalTransition, "it is being called");
    let past = tasks::callback(&stage.context, callback(Some(in_an_hour - Duration::days(1)))).await.unwrap_err();
    assert_eq!(super::common::refused(&past), [("at", "past")]);
}

/// Acceptance 75: a campaign ends only after the last retry, by itself, and tells so.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn a_campaign_is_completed_when_its_last_retry_is_final(db: PgPool) {
    use callboard_core::campaign::CampaignState;
    use callboard_engine::timekeeper::{self, Refused};
    let line = ScriptedLine::new().on_attempts(PHONES[0], [Script::NoAnswer, Script::NoAnswer]);
    let stage = Stage::with_line(db, line).await;
    let id = stage.running(&PHONES[..2], |form| form.max_attempts = 2).await;
    let worker = stage.worker();
    worker.reached(Step::Finished, 2).await;
    timekeeper::look(&stage.context, &stage.lines, &mut Refused::default()).await;
    assert_eq!(stage.view(id).await.state, CampaignState::Running, "a retry waits");
    again(&stage, &worker, id, 3).await;
    timekeeper::look(&stage.context, &stage.lines, &mut Refused::default()).await;
    assert_eq!(stage.view(id).await.state, CampaignState::Completed);
    assert_eq!(told(&stage, NoticeKind::CampaignCompleted).await, 1);
    worker.stop().await;
}

/// Acceptance 78: a dial request whose reply is lost frees its slot as unknown and is retried by policy, never at once.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn a_lost_reply_frees_the_slot_and_waits_like_any_retry(db: PgPool) {
    let stage = Stage::with_line(db, ScriptedLine::new().on(PHONES[0], Script::Unknown)).await;
    let id = stage.running(&PHONES[..1], |_| {}).await;
    let worker = stage.worker();
    worker.reached(Step::Finished, 1).await;
    assert_eq!(stage.overview(id).await.live_calls, 0);
    assert_eq!(minutes_to_wait(&stage, id, PHONES[0]).await, 30);
    assert_eq!(stage.task(id, PHONES[0], "outcome").await.as_deref(), Some("unknown"));
    worker.stop().await;
}
