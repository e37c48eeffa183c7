//! The sentence why a campaign does or does not dial: every reason in a real situation, and what admission does then.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use callboard_contract::{DialingStatus, ErrorCode, SystemLimits};
use callboard_core::{explain::DialingReason as Reason, id::CampaignId};
use callboard_db::PgPool;
use callboard_engine::{campaigns, companies, settings, worker::Step};
use callboard_testkit::scripted::{Script, ScriptedLine};
use chrono::{Datelike, Duration};
use common::{Asker, Stage, company_form};

const PHONES: [&str; 4] = ["+79991234567", "+79991234568", "+79991234569", "+79991234570"];

/// The sentence, after what it claims was tried: admission hands out a task of this campaign exactly when it says
/// "dialing". What was handed out is given back.
async fn said(stage: &Stage, asker: &Asker, campaign: CampaignId) -> DialingStatus {
    asker.live().await;
    let status = stage.overview(campaign).await.dialing;
    let offered = asker.ask(50).await;
    let dials = offered.iter().any(|task| task.campaign_id == campaign);
    assert_eq!(dials, status.reason == Reason::Dialing, "the screen says {status:?}, admission gave {}", offered.len());
    for task in &offered {
        asker.give_back(task).await;
    }
    status
}

fn full(status: &DialingStatus) -> (Reason, &str, &str) {
    (status.reason, &status.params["used"], &status.params["limit"])
}

async fn company_limit(stage: &Stage, calls_at_once: i32) {
    let form = callboard_contract::CompanyForm { calls_at_once, ..company_form("Test company") };
    companies::update(&stage.context, stage.company, form).await.unwrap();
}

async fn system_limit(stage: &Stage, calls_at_once: i32) {
    settings::set_system_limits(&stage.context, SystemLimits { calls_at_once }).await.unwrap();
}

#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn the_states_that_do_not_dial_name_themselves(db: PgPool) {
    let stage = Stage::new(db).await;
    let asker = stage.asker();
    let (context, company) = (&stage.context, stage.company);
    let id = stage.campaign(|form| form.starts_at = Some(context.now() + Duration::hours(1))).await;
    stage.tasks(id, &PHONES).await;
    assert_eq!(said(&stage, &asker, id).await.reason, Reason::Draft);
    campaigns::schedule(context, &stage.lines, company, id).await.unwrap();
    assert_eq!(said(&stage, &asker, id).await.reason, Reason::Scheduled);
    stage.start(id).await.unwrap();
    assert_eq!(said(&stage, &asker, id).await.reason, Reason::BeforeStart);
    campaigns::pause(context, company, id).await.unwrap();
    assert_eq!(said(&stage, &asker, id).await.reason, Reason::Paused);
    campaigns::cancel(context, company, id).await.unwrap();
    assert_eq!(said(&stage, &asker, id).await.reason, Reason::Cancelled);

    let id = stage.running(&PHONES, |form| form.ends_at = Some(context.now() + Duration::hours(1))).await;
    assert_eq!(said(&stage, &asker, id).await.reason, Reason::Dialing);
    stage
        .sql(id, "update campaigns set ends_at = clock_timestamp() - interval '1 second' where campaign_id = $1")
        .await;
    assert_eq!(said(&stage, &asker, id).await.reason, Reason::AfterEnd);
    campaigns::stop(context, company, id).await.unwrap();
    assert_eq!(said(&stage, &asker, id).await.reason, Reason::Completed);
}

#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn without_a_live_worker_it_says_so(db: PgPool) {
    let stage = Stage::new(db).await;
    let id = stage.running(&PHONES, |_| {}).await;
    assert_eq!(stage.overview(id).await.dialing.reason, Reason::NoWorker, "no worker has ever run");
    let asker = stage.asker();
    assert_eq!(said(&stage, &asker, id).await.reason, Reason::Dialing);
    stage
        .sql(id, "update workers set alive_until = clock_timestamp() - interval '1 second' where $1::uuid is not null")
        .await;
    assert_eq!(stage.overview(id).await.dialing.reason, Reason::NoWorker, "its lease of life has run out");
    // The hours come before the worker: at night nobody is missed.
    let in_three_days = (stage.context.now() + Duration::days(3)).with_timezone(&chrono_tz::Europe::Moscow);
    let weekday = u8::try_from(in_three_days.weekday().number_from_monday()).unwrap();
    stage.update(id, |form| form.hours[0].weekdays = vec![weekday]).await.unwrap();
    assert_eq!(stage.overview(id).await.dialing.reason, Reason::OutsideHours);
}

/// Acceptance 18 and 82: what the screen counts is what the check counts.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn the_campaigns_limit_is_named_when_it_is_reached_and_not_before(db: PgPool) {
    let stage = Stage::new(db).await;
    let id = stage.running(&PHONES, |form| form.calls_at_once = 2).await;
    let asker = stage.asker();
    let first = asker.ask(1).await;
    assert_eq!(said(&stage, &asker, id).await.reason, Reason::Dialing, "one of two");
    let second = asker.ask(9).await;
    assert_eq!(second.len(), 1, "never more than the limit");
    assert_eq!(full(&said(&stage, &asker, id).await), (Reason::CampaignLimit, "2", "2"));
    asker.give_back(&first[0]).await;
    assert_eq!(said(&stage, &asker, id).await.reason, Reason::Dialing, "a slot is free again");
    // Lowered below what is in progress, the calls go on and nothing new begins (acceptance 82).
    let again = asker.ask(9).await;
    stage.update(id, |form| form.calls_at_once = 1).await.unwrap();
    assert_eq!(full(&said(&stage, &asker, id).await), (Reason::CampaignLimit, "2", "1"));
    asker.give_back(&again[0]).await;
    assert_eq!(full(&said(&stage, &asker, id).await), (Reason::CampaignLimit, "1", "1"));
}

/// Acceptance 19 and 20: a call counts from its admission until its minute has passed.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn the_calls_of_a_minute_are_named_with_the_time_of_the_next(db: PgPool) {
    let stage = Stage::new(db).await;
    let id = stage.running(&PHONES, |form| form.calls_per_minute = 2).await;
    let asker = stage.asker();
    let calls = asker.ask(9).await;
    assert_eq!(calls.len(), 2);
    assert_eq!(full(&said(&stage, &asker, id).await), (Reason::MinuteLimit, "2", "2"), "admitted, not dialled yet");
    assert!(asker.intend(&calls[0]).await && asker.intend(&calls[1]).await);
    let status = said(&stage, &asker, id).await;
    assert_eq!(full(&status), (Reason::MinuteLimit, "2", "2"));
    let overview = stage.overview(id).await;
    let wait = status.at.unwrap() - overview.as_of;
    assert!(wait > Duration::zero() && wait <= Duration::seconds(63), "{wait}");
    assert_eq!(overview.started_last_minute, 2);

    stage
        .sql(id, "update campaign_seconds set second = extract(epoch from clock_timestamp())::bigint - 61 where campaign_id = $1")
        .await;
    assert_eq!(said(&stage, &asker, id).await.reason, Reason::MinuteLimit, "a permit lives two seconds longer");
    stage
        .sql(id, "update campaign_seconds set second = extract(epoch from clock_timestamp())::bigint - 64 where campaign_id = $1")
        .await;
    assert_eq!(said(&stage, &asker, id).await.reason, Reason::Dialing);
}

/// The limits of the company and of the system hold over all campaigns together.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn the_limits_of_company_and_system_are_named(db: PgPool) {
    let stage = Stage::new(db).await;
    let other = stage.running(&["+79991234501", "+79991234502"], |_| {}).await;
    let asker = stage.asker();
    let held = asker.ask(9).await;
    assert_eq!(held.len(), 2);
    let id = stage.running(&PHONES, |_| {}).await;
    company_limit(&stage, 3).await;
    assert_eq!(said(&stage, &asker, id).await.reason, Reason::Dialing, "two of three");
    company_limit(&stage, 2).await;
    assert_eq!(full(&said(&stage, &asker, id).await), (Reason::CompanyLimit, "2", "2"));
    system_limit(&stage, 2).await;
    assert_eq!(said(&stage, &asker, id).await.reason, Reason::CompanyLimit, "the nearest limit is named first");
    company_limit(&stage, 100).await;
    assert_eq!(full(&said(&stage, &asker, id).await), (Reason::SystemLimit, "2", "2"));
    system_limit(&stage, 3).await;
    assert_eq!(said(&stage, &asker, id).await.reason, Reason::Dialing, "two of three");
    assert_eq!(said(&stage, &asker, other).await.reason, Reason::LastCalls, "it has nobody left to call");
}

/// The shared limits also hold when one look serves several campaigns at once.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn several_campaigns_in_one_look_share_the_limits(db: PgPool) {
    let stage = Stage::new(db).await;
    stage.running(&PHONES, |_| {}).await;
    stage.running(&["+79991234501", "+79991234502", "+79991234503"], |_| {}).await;
    let asker = stage.asker();
    for (company, system, expected) in [(3, 100, 3), (100, 2, 2), (5, 4, 4), (100, 100, 7)] {
        company_limit(&stage, company).await;
        system_limit(&stage, system).await;
        let offered = asker.ask(50).await;
        assert_eq!(offered.len(), expected, "company {company}, system {system}");
        for task in &offered {
            asker.give_back(task).await;
        }
    }
}

/// Acceptance 82: settings, queue and check show the same number of active calls.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn active_calls_are_the_same_number_everywhere(db: PgPool) {
    let stage = Stage::new(db).await;
    let id = stage.running(&PHONES, |_| {}).await;
    assert_eq!(stage.asker().ask(3).await.len(), 3);
    let live = callboard_engine::calls::live(&stage.context, stage.company, None).await.unwrap();
    assert_eq!(live.in_progress, 3);
    assert_eq!(live.items.len(), 3);
    assert_eq!(stage.overview(id).await.live_calls, 3);
    assert_eq!(stage.counts(id).await.in_progress, 3);
    assert_eq!(campaigns::delete_preview(&stage.context, stage.company, id).await.unwrap().live_calls, 3);
}

/// Acceptance 22: between two attempts it says when the next one is due; with the last calls out nobody else waits.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn retries_and_last_calls_are_named(db: PgPool) {
    let line = ScriptedLine::new().on(PHONES[0], Script::Busy);
    let stage = Stage::with_line(db, line).await;
    let id = stage.running(&PHONES[..1], |_| {}).await;
    let worker = stage.worker();
    worker.reached(Step::Finished, 1).await;
    worker.stop().await;
    let asker = stage.asker();
    let status = said(&stage, &asker, id).await;
    assert_eq!(status.reason, Reason::WaitingForRetry);
    let due = status.at.unwrap() - stage.overview(id).await.as_of;
    assert!(due > Duration::minutes(29) && due <= Duration::minutes(30), "{due}");

    stage
        .sql(id, "update call_tasks set due_at = clock_timestamp() - interval '1 second' where campaign_id = $1")
        .await;
    assert_eq!(said(&stage, &asker, id).await.reason, Reason::Dialing);
    let last = asker.ask(1).await;
    assert_eq!(said(&stage, &asker, id).await.reason, Reason::LastCalls);
    // Also with every slot of the campaign in use: a higher limit would change nothing.
    stage.update(id, |form| form.calls_at_once = 1).await.unwrap();
    assert_eq!(said(&stage, &asker, id).await.reason, Reason::LastCalls);
    asker.give_back(&last[0]).await;
}

/// A campaign whose last task has ended, before the clock has completed it.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn with_every_task_ended_it_says_completed(db: PgPool) {
    let stage = Stage::new(db).await;
    let id = stage.running(&PHONES[..1], |_| {}).await;
    let worker = stage.worker();
    worker.reached(Step::Finished, 1).await;
    worker.stop().await;
    assert_eq!(said(&stage, &stage.asker(), id).await.reason, Reason::Completed);
}

/// The bounds of the shared limits, so that nobody locks everybody out or lets everything through.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn shared_limits_have_bounds(db: PgPool) {
    let stage = Stage::new(db).await;
    for calls_at_once in [0, 10_001] {
        let error = settings::set_system_limits(&stage.context, SystemLimits { calls_at_once }).await.unwrap_err();
        assert_eq!(error.code, ErrorCode::InvalidInput);
        let form = callboard_contract::CompanyForm { calls_at_once, ..company_form("Test company") };
        let error = companies::update(&stage.context, stage.company, form).await.unwrap_err();
        assert_eq!(common::refused(&error), [("callsAtOnce", "range")]);
    }
}
