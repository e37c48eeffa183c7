//! What is kept of a conversation: turns, measures, cost; and the figures over many of them.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::{str::FromStr, time::Duration};

use callboard_contract::{CallDetail, LatencyKind, MoneyView, TaskCounts};
use callboard_core::{
    call::{Disposition, Outcome, TurnRole},
    cost::{Prices, cost},
    id::{CallId, CampaignId},
    task::TaskStatus,
    telemetry::{Collector, Conversation, SpeechEvent, Turn},
};
use callboard_db::{
    PgPool,
    leases::{self, Finished},
    telemetry,
};
use callboard_engine::{calls, worker::Step};
use callboard_telephony::{LineEvent, TimedEvent};
use callboard_testkit::scripted::{Script, ScriptedLine, Stage as At};
use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use common::Stage;
use rust_decimal::Decimal;
use uuid::Uuid;

const PHONE: &str = "+79991234567";

async fn detail(stage: &Stage, call: CallId) -> CallDetail {
    calls::get(&stage.context, stage.company, call).await.unwrap()
}

async fn only_call(stage: &Stage) -> CallDetail {
    let id: Uuid = sqlx::query_scalar("select call_id from calls").fetch_one(&stage.context.db).await.unwrap();
    detail(stage, CallId(id)).await
}

fn usd(amount: &str) -> MoneyView {
    MoneyView { amount: amount.to_owned(), currency: "USD".to_owned() }
}

/// The two turns of acceptance 36.
fn turns_of_the_requirements() -> Conversation {
    let mut collector = Collector::default();
    collector.record_turn(Turn {
        ttfb_stt_ms: Some(150.5),
        latency_llm_ms: Some(250.3),
        ttfb_tts_ms: Some(100.2),
        eou_latency_ms: Some(500.0),
        llm_input_tokens: 10,
        llm_output_tokens: 20,
        tts_characters: 50,
        stt_seconds: 5.0,
        ..Turn::new(TurnRole::User, "Здравствуйте")
    });
    collector.record_turn(Turn {
        latency_llm_ms: Some(300.0),
        ttfb_tts_ms: Some(120.0),
        eou_latency_ms: Some(550.0),
        llm_input_tokens: 30,
        llm_output_tokens: 40,
        tts_characters: 100,
        was_interrupted: true,
        ..Turn::new(TurnRole::Assistant, "Добрый день")
    });
    collector.finish().unwrap()
}

const MINUTE: Duration = Duration::from_mins(1);

async fn finalize(stage: &Stage, campaign: CampaignId, call: CallId, conversation: &Conversation) -> bool {
    let cost = cost(&Prices::default(), &conversation.metrics.usage(MINUTE)).unwrap();
    let mut tx = stage.context.db.begin().await.unwrap();
    let written = telemetry::finalize(&mut tx, stage.company, campaign, call, conversation, 60.0, &cost).await.unwrap();
    tx.commit().await.unwrap();
    written
}

/// Acceptance 36: turns, averages and the five costs as stored, digit by digit.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn a_conversation_is_stored_to_the_digit(db: PgPool) {
    let stage = Stage::new(db.clone()).await;
    let campaign = stage.running(&[PHONE], |_| {}).await;
    let asker = stage.asker();
    let call = asker.ask(1).await.remove(0);
    assert!(asker.intend(&call).await);
    assert!(finalize(&stage, campaign, call.call_id, &turns_of_the_requirements()).await);
    let finished = Finished {
        disposition: Disposition::Answered,
        outcome: Outcome::Success,
        outcome_reason: None,
        outcome_confidence: Some(0.95),
        sip_status: Some(200),
        error: None,
        ring_ms: 4_000,
        talk_ms: 60_000,
        status: TaskStatus::Completed,
        due_at: None,
    };
    leases::finish(&mut db.acquire().await.unwrap(), (&call).into(), &finished).await.unwrap();

    let stored: String = sqlx::query_scalar(
        "select concat_ws(' ', turn_count, user_turn_count, bot_turn_count,
                '|', ttfb_stt_avg, ttfb_stt_min, ttfb_stt_max, '|', latency_llm_avg, latency_llm_min, latency_llm_max,
                '|', ttfb_tts_avg, ttfb_tts_min, ttfb_tts_max, '|', eou_latency_avg, eou_latency_min, eou_latency_max,
                '|', stt_seconds, llm_input_tokens, llm_output_tokens, tts_characters, line_seconds,
                '|', round(cost_stt, 4), round(cost_llm, 4), round(cost_tts, 4), round(cost_line, 4), round(cost_total, 4),
                currency, '|', interruption_count, interruption_rate, coalesce(sentiment_score::text, 'off'))
         from call_metrics",
    )
    .fetch_one(&db)
    .await
    .unwrap();
    assert_eq!(
        stored,
        "2 1 1 | 150.5 150.5 150.5 | 275.15 250.3 300 | 110.1 100.2 120 | 525 500 550 \
         | 5 40 60 150 60 | 0.0215 0.0000 0.0023 0.0040 0.0278 USD | 1 0.5 off"
    );
    let exact: bool = sqlx::query_scalar(
        "select cost_stt = 0.0215 and cost_llm = 0 and cost_tts = 0.0023 and cost_line = 0.004 and cost_total = 0.0278
         from call_metrics",
    )
    .fetch_one(&db)
    .await
    .unwrap();
    assert!(exact, "no digit hides behind the fourth");
    let turns: Vec<String> = sqlx::query_scalar(
        "select concat_ws(' ', turn_index, role, content, coalesce(ttfb_stt_ms::text, '-'), latency_llm_ms, ttfb_tts_ms,
                eou_latency_ms, stt_seconds, llm_input_tokens, llm_output_tokens, tts_characters, was_interrupted)
         from call_logs order by turn_index",
    )
    .fetch_all(&db)
    .await
    .unwrap();
    assert_eq!(
        turns,
        [
            "0 user Здравствуйте 150.5 250.3 100.2 500 5 10 20 50 f",
            "1 assistant Добрый день - 300 120 550 0 30 40 100 t"
        ]
    );

    let shown = detail(&stage, call.call_id).await;
    let metrics = shown.metrics.unwrap();
    assert_eq!(
        [&metrics.cost_stt, &metrics.cost_llm, &metrics.cost_tts, &metrics.cost_line, &metrics.cost_total],
        [&usd("0.0215"), &usd("0"), &usd("0.0023"), &usd("0.004"), &usd("0.0278")]
    );
    assert_eq!(shown.call.cost, Some(usd("0.0278")));
    assert_eq!((shown.call.turns, shown.call.eou_latency_ms), (2, Some(525.0)));
    assert_eq!((shown.call.outcome, shown.outcome_confidence), (Some(Outcome::Success), Some(0.95)));
    assert_eq!(stage.overview(campaign).await.cost_total, usd("0.0278"), "the same figure in the same form everywhere");
}

/// A person and the bot take turns; two seconds of recognition, answers within half a second.
fn conversation() -> Vec<TimedEvent> {
    use SpeechEvent as S;
    let said = |text: &str| S::UserSaid { text: text.to_owned(), stt_seconds: 2.0 };
    let speaks = |text: &str| S::TtsStarted { text: text.to_owned() };
    [
        (4_100, speaks("Good afternoon!")),
        (4_200, S::TtsFirstByte),
        (4_250, S::PlaybackStarted),
        (5_500, S::BotStopped),
        (6_000, S::UserStarted),
        (6_010, S::SttStarted),
        (6_170, S::SttFirstByte),
        (8_000, S::UserStopped),
        (8_050, said("A haircut on Friday, please.")),
        (8_060, S::LlmStarted),
        (8_310, S::LlmCompleted { input_tokens: 120, output_tokens: 30 }),
        (8_320, speaks("Friday at two?")),
        (8_420, S::TtsFirstByte),
        (8_480, S::PlaybackStarted),
        (9_000, S::UserStarted),
        (9_900, S::UserStopped),
        (9_950, said("Agreed, thanks!")),
        (9_960, S::StateReached { state_id: "booking_success".to_owned() }),
    ]
    .into_iter()
    .map(|(at, event)| TimedEvent { at: Duration::from_millis(at), event: LineEvent::Speech(event) })
    .collect()
}

/// What the collector makes of [`conversation`] for a call that was picked up after four seconds.
fn collected() -> Conversation {
    let mut collector = Collector::new(Duration::from_secs(4));
    for TimedEvent { at, event } in conversation() {
        if let LineEvent::Speech(event) = event {
            collector.apply(&event, at);
        }
    }
    collector.finish().unwrap()
}

fn assert_stored(shown: &CallDetail, expected: &Conversation) {
    assert_eq!(shown.turns.len(), expected.turns.len());
    for (turn, expected) in shown.turns.iter().zip(&expected.turns) {
        assert_eq!(turn.turn_index, i32::try_from(expected.index).unwrap());
        assert_eq!((turn.role, &turn.content, &turn.state_id), (expected.role, &expected.content, &expected.state_id));
        assert_eq!(
            (turn.ttfb_stt_ms, turn.latency_llm_ms, turn.ttfb_tts_ms, turn.eou_latency_ms, turn.was_interrupted),
            (
                expected.ttfb_stt_ms,
                expected.latency_llm_ms,
                expected.ttfb_tts_ms,
                expected.eou_latency_ms,
                expected.was_interrupted
            )
        );
    }
    let (metrics, expected) = (shown.metrics.as_ref().unwrap(), &expected.metrics);
    assert_eq!(metrics.interruption_count, i32::try_from(expected.interruption_count).unwrap());
    assert_eq!(metrics.tts_characters, i32::try_from(expected.tts_characters).unwrap());
}

/// Acceptance 36 and 38 from the line to the screen, with the cost of the line time of the call.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn what_the_line_reports_is_what_is_stored(db: PgPool) {
    let line = ScriptedLine::new().saying(PHONE, conversation()).on(PHONE, Script::AnsweredWithoutOutcome);
    let stage = Stage::with_line(db, line).await;
    stage.running(&[PHONE], |_| {}).await;
    let worker = stage.worker();
    worker.reached(Step::Finished, 1).await;
    worker.stop().await;
    let shown = only_call(&stage).await;
    let expected = collected();
    assert_eq!(expected.turns.len(), 4);
    assert!(expected.metrics.eou_latency.is_some_and(|eou| (eou.max - 480.0).abs() < 1e-9), "8.00 s to 8.48 s");
    assert_stored(&shown, &expected);
    assert_eq!(shown.call.outcome, Some(Outcome::Success), "judged by the state that was reached");
    let metrics = shown.metrics.unwrap();
    assert_eq!(metrics.cost_stt, usd("0.0172"), "four seconds");
    assert_eq!(metrics.cost_line, usd("0.002"), "half a minute");
    assert_eq!((metrics.interruption_count, metrics.interruption_rate), (1, 0.25));
}

/// Acceptance 37: nobody spoke, so nothing is measured, and the answer says so.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn a_call_without_turns_leaves_no_row(db: PgPool) {
    let stage = Stage::new(db).await;
    let campaign = stage.running(&[PHONE], |_| {}).await;
    let worker = stage.worker();
    worker.reached(Step::Finished, 1).await;
    worker.stop().await;
    assert_eq!(stage.number("select count(*) from call_metrics").await, 0);
    assert_eq!(stage.number("select count(*) from call_logs").await, 0);
    let shown = only_call(&stage).await;
    assert_eq!((shown.metrics, shown.call.cost, shown.call.eou_latency_ms), (None, None, None));
    let figures = calls::analytics(&stage.context, stage.company, campaign).await.unwrap();
    assert_eq!((figures.conversations, figures.cost_per_call), (0, Some(usd("0"))));
}

/// Acceptance 37 and 79: finished twice, also at the same time, a conversation is stored and billed once.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn a_conversation_that_is_finished_twice_is_stored_once(db: PgPool) {
    let stage = Stage::new(db).await;
    let campaign = stage.running(&[PHONE], |_| {}).await;
    let call = stage.asker().ask(1).await.remove(0).call_id;
    let conversation = turns_of_the_requirements();
    let (one, two) =
        tokio::join!(finalize(&stage, campaign, call, &conversation), finalize(&stage, campaign, call, &conversation));
    assert!(one != two, "exactly one of them wrote it");
    assert!(!finalize(&stage, campaign, call, &collected()).await, "a later one does not replace it");
    assert_eq!(stage.number("select count(*) from call_metrics").await, 1);
    assert_eq!(stage.number("select count(*) from call_logs").await, 2);
}

/// Acceptance 37: while the database is away the result stays in memory with its turns; it is written once it is back.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn turns_survive_a_database_that_is_away(db: PgPool) {
    let stage = Stage::with_line(db.clone(), ScriptedLine::new().saying(PHONE, conversation())).await;
    stage.line.hold(At::Talking);
    let campaign = stage.running(&[PHONE], |_| {}).await;
    let worker = stage.worker();
    stage.line.waiting_at(At::Talking, PHONE).await;
    worker.reached(Step::Answered, 1).await;

    // The server breaks off in the middle of the result, as at a restart. A sequence counts the attempts: what a
    // transaction takes from it stays taken when the transaction is rolled back.
    for sql in [
        "create sequence broken_off",
        "create function break_off() returns trigger language plpgsql as $$ begin
             perform nextval('broken_off');
             raise exception using errcode = 'admin_shutdown', message = 'terminating connection';
         end $$",
        "create trigger break_off before insert on call_metrics for each row execute function break_off()",
    ] {
        sqlx::query(sql).execute(&db).await.unwrap();
    }
    // And every connection that the pool holds is lost.
    let lost = "select count(pg_terminate_backend(pid)) from pg_stat_activity
                where datname = current_database() and pid <> pg_backend_pid()";
    sqlx::query(lost).execute(&db).await.unwrap();
    stage.line.release(PHONE);
    worker.reached(Step::Ended, 1).await;
    while stage.number("select case when is_called then last_value else 0 end from broken_off").await < 2 {}

    assert_eq!(stage.number("select count(*) from leases").await, 1, "the call still holds its slot");
    assert_eq!(stage.counts(campaign).await, TaskCounts { total: 1, in_progress: 1, ..TaskCounts::default() });
    assert_eq!(stage.number("select count(*) from calls where state = 'ended'").await, 0, "all or nothing");
    sqlx::query("drop trigger break_off on call_metrics").execute(&db).await.unwrap();
    worker.reached(Step::Finished, 1).await;
    assert_stored(&only_call(&stage).await, &collected());
    assert_eq!(stage.counts(campaign).await, TaskCounts { total: 1, completed: 1, ..TaskCounts::default() });
    assert_eq!(stage.number("select count(*) from leases").await, 0);
    worker.stop().await;
}

/// Inserts an ended call of the first task; `when` is an instant in SQL.
async fn ended(
    stage: &Stage,
    campaign: CampaignId,
    attempt: i32,
    call: (Disposition, Outcome, i32),
    at: DateTime<Utc>,
) -> Uuid {
    let id = stage.context.new_id();
    let (disposition, outcome, talk_ms) = call;
    sqlx::query(
        "insert into calls (company_id, call_id, campaign_id, task_id, skillbase_id, skillbase_version, attempt, line, phone,
                            state, disposition, outcome, worker_id, admitted_at, dial_intent_at, answered_at, ended_at, talk_ms)
         select t.company_id, $2, t.campaign_id, t.task_id, $3, 1, $4, 'practice', t.phone, 'ended', $5, $6, $2, $7, $7,
                case when $8 > 0 then $7 end, $7, $8
         from call_tasks t where t.campaign_id = $1",
    )
    .bind(campaign.0)
    .bind(id)
    .bind(stage.skillbase)
    .bind(attempt)
    .bind(disposition.as_str())
    .bind(outcome.as_str())
    .bind(at)
    .bind(talk_ms)
    .execute(&stage.context.db)
    .await
    .unwrap();
    id
}

/// Acceptance 44, 83 and 93: figures over known calls.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn the_figures_of_a_campaign_are_those_of_its_calls(db: PgPool) {
    let stage = Stage::new(db.clone()).await;
    let campaign = stage.campaign(|_| {}).await;
    stage.tasks(campaign, &[PHONE]).await;
    let now = callboard_db::now(&mut db.acquire().await.unwrap()).await.unwrap();
    let minute = now.duration_trunc(TimeDelta::minutes(1)).unwrap();
    let five_ago = minute - TimeDelta::minutes(5);
    let long_ago = minute - TimeDelta::minutes(61);
    let talked = |outcome, talk_ms| (Disposition::Answered, outcome, talk_ms);
    let seconds = |n| five_ago + TimeDelta::seconds(n);
    let first = ended(&stage, campaign, 1, talked(Outcome::Success, 60_000), seconds(0)).await;
    let second = ended(&stage, campaign, 2, talked(Outcome::Success, 30_000), seconds(59)).await;
    ended(&stage, campaign, 3, talked(Outcome::Refusal, 15_000), seconds(60)).await;
    ended(&stage, campaign, 4, (Disposition::Busy, Outcome::Busy, 0), seconds(0)).await;
    ended(&stage, campaign, 5, (Disposition::NoAnswer, Outcome::NoAnswer, 0), long_ago).await;
    ended(&stage, campaign, 6, (Disposition::Busy, Outcome::Busy, 0), seconds(1)).await;
    // One that was given back undialled counts nowhere.
    let released = ended(&stage, campaign, 7, (Disposition::Busy, Outcome::Busy, 0), seconds(2)).await;
    sqlx::query("delete from calls where call_id = $1").bind(released).execute(&db).await.unwrap();
    sqlx::query(
        "insert into calls (company_id, call_id, campaign_id, task_id, skillbase_id, skillbase_version, attempt, line, phone,
                            state, worker_id, admitted_at, ended_at)
         select company_id, $1, campaign_id, task_id, skillbase_id, 1, 7, 'practice', phone, 'released', $1, now(), now()
         from calls limit 1",
    )
    .bind(released)
    .execute(&db)
    .await
    .unwrap();

    // Twenty response times, 100 to 2,000 ms, over two calls; the model was slow once.
    for (call, from) in [(first, 1_u32), (second, 11)] {
        let mut collector = Collector::default();
        for step in from..from + 10 {
            collector.record_turn(Turn {
                eou_latency_ms: Some(f64::from(step) * 100.0),
                latency_llm_ms: (step == 1).then_some(700.0),
                tts_characters: 100,
                ..Turn::new(TurnRole::Assistant, "Well")
            });
        }
        assert!(finalize(&stage, campaign, CallId(call), &collector.finish().unwrap()).await);
    }

    let figures = calls::analytics(&stage.context, stage.company, campaign).await.unwrap();
    let latency = |kind| figures.latencies.iter().find(|latency| latency.kind == kind).unwrap();
    let close = |value: Option<f64>, expected: f64| {
        assert!(value.is_some_and(|value| (value - expected).abs() < 1e-9), "{value:?} is not {expected}");
    };
    let eou = latency(LatencyKind::EouLatency);
    assert_eq!(eou.turns, 20);
    close(eou.average_ms, 1_050.0);
    // Between the 19th and the 20th of 20 values: 1,900 + 0.05 * 100, not the mean of two calls' percentiles.
    close(eou.p95_ms, 1_905.0);
    let llm = latency(LatencyKind::LatencyLlm);
    assert_eq!((llm.turns, llm.average_ms, llm.p95_ms), (1, Some(700.0), Some(700.0)), "unknown is not zero");
    assert_eq!(latency(LatencyKind::TtfbStt).average_ms, None);

    // Each conversation: 1,000 characters are 0.015, one minute of line 0.004. Six calls were dialled and ended.
    assert_eq!(figures.conversations, 2);
    assert_eq!((&figures.cost_tts, &figures.cost_line), (&usd("0.03"), &usd("0.008")));
    assert_eq!(figures.cost_total, usd("0.038"));
    let per_call = callboard_core::money::round(Decimal::from_str("0.038").unwrap() / Decimal::from(6));
    assert_eq!(per_call.to_string(), "0.0063");
    assert_eq!(figures.cost_per_call, Some(usd("0.0063")), "calls without a conversation are calls too (D5)");
    close(figures.average_talk_seconds, 35.0);
    let outcomes: Vec<(Outcome, i32)> = figures.outcomes.iter().map(|count| (count.outcome, count.count)).collect();
    assert_eq!(
        outcomes,
        [(Outcome::Busy, 2), (Outcome::Success, 2), (Outcome::NoAnswer, 1), (Outcome::Refusal, 1)],
        "most frequent first"
    );
    let dispositions: Vec<_> = figures.dispositions.iter().map(|count| (count.disposition, count.count)).collect();
    assert_eq!(dispositions, [(Disposition::Answered, 3), (Disposition::Busy, 2), (Disposition::NoAnswer, 1)]);

    assert_eq!(figures.minutes.len(), 60);
    for pair in figures.minutes.windows(2) {
        assert_eq!(pair[1].minute - pair[0].minute, TimeDelta::minutes(1), "without gaps");
    }
    let of = |at: DateTime<Utc>| figures.minutes.iter().find(|point| point.minute == at).unwrap();
    assert_eq!((of(five_ago).started, of(five_ago).answered), (4, 2));
    let next = five_ago + TimeDelta::minutes(1);
    assert_eq!((of(next).started, of(next).answered), (1, 1));
    assert_eq!(figures.minutes.iter().map(|point| point.started).sum::<i32>(), 5, "one was over an hour ago");

    let overview = stage.overview(campaign).await;
    assert_eq!((overview.calls_ended, overview.calls_answered, overview.successes), (6, 3, 2));
    assert_eq!(overview.answer_rate, Some(0.5));
    close(overview.success_rate, 2.0 / 3.0);
    assert_eq!(overview.cost_total, figures.cost_total);
}

/// Acceptance 44: an empty campaign has zeros and unknowns, no error.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn the_figures_of_an_empty_campaign_are_zeros_and_unknowns(db: PgPool) {
    let stage = Stage::new(db).await;
    let campaign = stage.campaign(|_| {}).await;
    let figures = calls::analytics(&stage.context, stage.company, campaign).await.unwrap();
    assert_eq!((figures.cost_total, figures.cost_per_call), (usd("0"), None));
    assert_eq!((figures.conversations, figures.average_talk_seconds), (0, None));
    assert!(figures.latencies.iter().all(|latency| latency.turns == 0 && latency.p95_ms.is_none()));
    assert_eq!(figures.latencies.len(), 4);
    assert_eq!((figures.outcomes.len(), figures.minutes.len()), (0, 60));
    let overview = stage.overview(campaign).await;
    assert_eq!((overview.answer_rate, overview.success_rate), (None, None));
    assert_eq!(overview.cost_total, usd("0"));
}
