//! What the clock does to campaigns: start and end times, scheduled starts, daily hours. Time is moved in the database,
//! never waited for.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use callboard_contract::{ErrorCode, TaskCounts};
use callboard_core::{
    campaign::{CampaignAction, CampaignState},
    explain::DialingReason,
    id::CampaignId,
    line::LineKind,
};
use callboard_db::PgPool;
use callboard_engine::{
    UseCase, campaigns,
    timekeeper::{self, Refused},
    worker::Step,
};
use callboard_telephony::{LineFault, LineFaultCode};
use chrono::{Duration, SubsecRound};
use common::{Stage, refused};

const PHONES: [&str; 4] = ["+79991234567", "+79991234568", "+79991234569", "+79991234570"];

async fn look(stage: &Stage) {
    timekeeper::look(&stage.context, &stage.lines, &mut Refused::default()).await;
}

async fn schedule(stage: &Stage, id: CampaignId) -> UseCase<callboard_contract::CampaignView> {
    campaigns::schedule(&stage.context, &stage.lines, stage.company, id).await
}

/// Acceptance 20: before its start a campaign hands out nothing, one hour after it it does.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn nothing_is_handed_out_before_the_start_time(db: PgPool) {
    let stage = Stage::new(db).await;
    let in_an_hour = (stage.context.now() + Duration::hours(1)).trunc_subsecs(6);
    let id = stage.running(&PHONES, |form| form.starts_at = Some(in_an_hour)).await;
    let dialing = stage.overview(id).await.dialing;
    assert_eq!((dialing.reason, dialing.at), (DialingReason::BeforeStart, Some(in_an_hour)));
    assert_eq!(stage.asker().ask(9).await, []);
    stage
        .sql(id, "update campaigns set starts_at = clock_timestamp() - interval '1 hour' where campaign_id = $1")
        .await;
    assert_eq!(stage.asker().ask(9).await.len(), 4);
}

/// Acceptance 20 and 77: after its end nothing is handed out, and the clock completes it and cancels who still waits.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn the_end_time_completes_a_campaign_and_cancels_its_waiting_tasks(db: PgPool) {
    let stage = Stage::new(db).await;
    let in_an_hour = stage.context.now() + Duration::hours(1);
    let id = stage.running(&PHONES, |form| form.ends_at = Some(in_an_hour)).await;
    let asker = stage.asker();
    let live = asker.ask(1).await;
    look(&stage).await;
    assert_eq!(stage.view(id).await.state, CampaignState::Running, "not before its end");

    stage
        .sql(id, "update campaigns set ends_at = clock_timestamp() - interval '1 second' where campaign_id = $1")
        .await;
    assert_eq!(stage.overview(id).await.dialing.reason, DialingReason::AfterEnd);
    assert_eq!(asker.ask(9).await, [], "nothing new from the very end on");
    assert!(!asker.intend(&live[0]).await, "and what was admitted is not dialled any more");
    look(&stage).await;
    let view = stage.view(id).await;
    assert_eq!(view.state, CampaignState::Completed);
    assert!(view.ended_at.is_some());
    assert_eq!(view.counts, TaskCounts { total: 4, in_progress: 1, cancelled: 3, ..TaskCounts::default() });
    asker.give_back(&live[0]).await;
    assert_eq!(stage.counts(id).await.cancelled, 4, "a call given back after the end does not wait for ever");
}

/// Acceptance 20, 62, 68: outside its daily hours, in its own zone, a campaign hands out nothing.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn nothing_is_handed_out_outside_the_daily_hours(db: PgPool) {
    let stage = Stage::new(db).await;
    let id = stage.running(&PHONES, |form| form.time_zone = "Asia/Kolkata".to_owned()).await;
    // From two hours from now to three hours from now, in Kolkata.
    stage
        .sql(
            id,
            "update campaigns set span_opens = array[(m + 120) % 1440], span_closes = array[(m + 180 - 1) % 1440 + 1]
             from (select extract(hour from t)::int * 60 + extract(minute from t)::int as m
                   from (select clock_timestamp() at time zone 'Asia/Kolkata' as t) x) y
             where campaign_id = $1",
        )
        .await;
    stage.hours_are_computed(id).await;
    let asker = stage.asker();
    assert_eq!(asker.ask(9).await, []);
    let overview = stage.overview(id).await;
    assert_eq!(overview.dialing.reason, DialingReason::OutsideHours);
    let wait = overview.dialing.at.unwrap() - overview.as_of;
    assert!(wait > Duration::minutes(118) && wait <= Duration::minutes(120), "it says when they open: {wait}");
    // The same hours in a zone where they are now.
    stage
        .sql(
            id,
            "update campaigns set time_zone = 'Etc/UTC', span_opens = '{0}', span_closes = '{1440}' where campaign_id = $1",
        )
        .await;
    stage.hours_are_computed(id).await;
    assert_eq!(asker.ask(9).await.len(), 4);
}

/// Acceptance 62 (S3): a campaign that is resumed at the closing minute dials nothing, whatever it held before.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn at_the_closing_minute_nothing_new_starts(db: PgPool) {
    let stage = Stage::new(db).await;
    let id = stage.running(&PHONES, |form| form.time_zone = "UTC".to_owned()).await;
    let asker = stage.asker();
    let admitted = asker.ask(2).await;
    assert_eq!(admitted.len(), 2, "open all day");
    assert!(asker.intend(&admitted[0]).await);

    campaigns::pause(&stage.context, stage.company, id).await.unwrap();
    // It closes with the beginning of the present minute: this is 18:00:00 and a little.
    stage
        .sql(
            id,
            "update campaigns set span_opens = array[(m + 1440 - 540) % 1440], span_closes = array[(m + 1440 - 1) % 1440 + 1]
             from (select extract(hour from t)::int * 60 + extract(minute from t)::int as m
                   from (select clock_timestamp() at time zone 'UTC' as t) x) y
             where campaign_id = $1",
        )
        .await;
    campaigns::resume(&stage.context, &stage.lines, stage.company, id).await.unwrap();
    assert_eq!(stage.view(id).await.state, CampaignState::Running);
    assert_eq!(asker.ask(9).await, [], "nothing new");
    assert!(!asker.intend(&admitted[1]).await, "also not what got its slot before the edge");
    let overview = stage.overview(id).await;
    assert_eq!(overview.dialing.reason, DialingReason::OutsideHours);
    assert_eq!(overview.live_calls, 2, "the call in progress goes on");
}

/// A campaign that is scheduled starts by itself at its time, on the line of that time.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn a_scheduled_campaign_starts_by_itself(db: PgPool) {
    let stage = Stage::new(db).await;
    let in_an_hour = (stage.context.now() + Duration::hours(1)).trunc_subsecs(6);
    let id = stage.campaign(|_| {}).await;
    assert_eq!(schedule(&stage, id).await.unwrap_err().code, ErrorCode::NoTasks);
    stage.tasks(id, &PHONES).await;
    assert_eq!(refused(&schedule(&stage, id).await.unwrap_err()), [("startsAt", "startRequired")]);
    stage.update(id, |form| form.starts_at = Some(in_an_hour)).await.unwrap();
    let view = schedule(&stage, id).await.unwrap();
    assert_eq!((view.state, view.line, view.started_at), (CampaignState::Scheduled, None, None));
    let dialing = stage.overview(id).await.dialing;
    assert_eq!((dialing.reason, dialing.at), (DialingReason::Scheduled, Some(in_an_hour)));
    let error = stage.update(id, |form| form.starts_at = None).await.unwrap_err();
    assert_eq!(refused(&error), [("startsAt", "startRequired")], "a schedule without a start would never start");

    look(&stage).await;
    assert_eq!(stage.view(id).await.state, CampaignState::Scheduled, "not before its time");
    assert_eq!(stage.asker().ask(9).await, []);
    stage
        .sql(id, "update campaigns set starts_at = clock_timestamp() - interval '1 second' where campaign_id = $1")
        .await;
    look(&stage).await;
    let view = stage.view(id).await;
    assert_eq!((view.state, view.line), (CampaignState::Running, Some(LineKind::Practice)));
    assert!(view.started_at.is_some());
    assert_eq!(stage.asker().ask(9).await.len(), 4);
}

/// A line that is not usable at the start time does not lose the start, and is not asked every second.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn a_scheduled_start_waits_for_a_usable_line(db: PgPool) {
    let stage = Stage::new(db).await;
    let id = stage.campaign(|form| form.starts_at = Some("2020-01-01T00:00:00Z".parse().unwrap())).await;
    stage.tasks(id, &PHONES).await;
    schedule(&stage, id).await.unwrap();
    stage.line.fail_check(Some(LineFault { code: LineFaultCode::Unreachable, detail: "nobody answers".to_owned() }));
    let mut refused = Refused::default();
    timekeeper::look(&stage.context, &stage.lines, &mut refused).await;
    let asked = stage.line.checks();
    timekeeper::look(&stage.context, &stage.lines, &mut refused).await;
    assert_eq!(stage.line.checks(), asked, "not again at once");
    assert_eq!(stage.view(id).await.state, CampaignState::Scheduled);
    stage.line.fail_check(None);
    refused = Refused::default();
    timekeeper::look(&stage.context, &stage.lines, &mut refused).await;
    assert_eq!(stage.view(id).await.state, CampaignState::Running);
}

/// Two processes look at the same time; the campaign starts once and nothing is refused loudly.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn two_timekeepers_start_a_campaign_once(db: PgPool) {
    let stage = Stage::new(db).await;
    let id = stage.campaign(|form| form.starts_at = Some("2020-01-01T00:00:00Z".parse().unwrap())).await;
    stage.tasks(id, &PHONES).await;
    schedule(&stage, id).await.unwrap();
    tokio::join!(look(&stage), look(&stage));
    let view = stage.view(id).await;
    assert_eq!(view.state, CampaignState::Running);
    let started = view.started_at;
    look(&stage).await;
    assert_eq!(stage.view(id).await.started_at, started);
}

/// Acceptance 77: a scheduled or paused campaign whose end has passed ends too.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn the_end_time_also_ends_what_does_not_run(db: PgPool) {
    let stage = Stage::new(db).await;
    let start = stage.context.now() + Duration::hours(1);
    for action in [CampaignAction::Schedule, CampaignAction::Pause] {
        let id = stage.campaign(|form| form.starts_at = Some(start)).await;
        stage.tasks(id, &PHONES).await;
        schedule(&stage, id).await.unwrap();
        if action == CampaignAction::Pause {
            campaigns::pause(&stage.context, stage.company, id).await.unwrap();
        }
        stage
            .sql(
                id,
                "update campaigns set starts_at = clock_timestamp() - interval '2 hours',
                                      ends_at = clock_timestamp() - interval '1 hour' where campaign_id = $1",
            )
            .await;
        look(&stage).await;
        let view = stage.view(id).await;
        assert_eq!((view.state, view.counts.cancelled), (CampaignState::Completed, 4), "after {action:?}");
    }
}

/// Acceptance 24: an import that adds tasks while the last one ends is not cut off by the completion. The look has seen
/// that nothing is open; under the lock it looks again.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn a_campaign_that_gets_tasks_at_the_last_moment_goes_on(db: PgPool) {
    let stage = Stage::new(db.clone()).await;
    let id = stage.running(&PHONES[..1], |_| {}).await;
    let worker = stage.worker();
    worker.reached(Step::Finished, 1).await;
    worker.stop().await;

    let mut importing = db.begin().await.unwrap();
    assert!(callboard_db::campaigns::lock(&mut importing, stage.company, id).await.unwrap());
    let add = "with added as (
                   insert into call_tasks (company_id, task_id, contact_id, campaign_id, position, phone, due_at)
                   select company_id, campaign_id, campaign_id, campaign_id, 2, '+79991234999', now() from campaigns where campaign_id = $1
                   returning company_id)
               insert into campaign_deltas (company_id, campaign_id, pending) select company_id, $1, 1 from added";
    sqlx::query(add).bind(id.0).execute(&mut *importing).await.unwrap();
    let completed = "select count(*) from campaigns where state = 'completed'";
    tokio::join!(look(&stage), async {
        while !stage.somebody_waits().await && stage.number(completed).await == 0 {}
        importing.commit().await.unwrap();
    });
    assert_eq!(stage.view(id).await.state, CampaignState::Running);
    assert_eq!(stage.asker().ask(9).await.len(), 1, "the new contact is called");
}
