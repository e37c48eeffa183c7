//! Who must not be called, or not now: do-not-call entries and the contact's own hours, at admission and once more at the
//! intent to dial. Domain 3.3, fault F11: no call is dialled after an entry was committed.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;
mod dialer;

use callboard_core::id::CampaignId;
use callboard_db::PgPool;
use callboard_engine::{do_not_call, timekeeper::Refused};
use common::Stage;
use dialer::{phones, refs};

async fn forbid(stage: &Stage, campaign: Option<CampaignId>, kind: &str, pattern: &str) {
    sqlx::query(
        "insert into do_not_call (company_id, entry_id, campaign_id, kind, pattern, source)
         values ($1, gen_random_uuid(), $2, $3, $4, 'person')",
    )
    .bind(stage.company.0)
    .bind(campaign.map(|id| id.0))
    .bind(kind)
    .bind(pattern)
    .execute(&stage.context.db)
    .await
    .unwrap();
}

async fn handed_out(stage: &Stage) -> Vec<String> {
    stage.asker().ask(9).await.into_iter().map(|call| call.phone).collect()
}

#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn a_number_that_was_forbidden_a_moment_ago_is_passed_over(db: PgPool) {
    let stage = Stage::new(db).await;
    let phones = phones(3);
    stage.running(&refs(&phones), |_| {}).await;
    forbid(&stage, None, "number", &phones[1]).await;
    assert_eq!(handed_out(&stage).await, [phones[0].as_str(), &phones[2]]);
}

#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn a_prefix_forbids_every_number_that_begins_so(db: PgPool) {
    let stage = Stage::new(db).await;
    stage.running(&["+79991234567", "+79981234567", "+4930901820"], |_| {}).await;
    forbid(&stage, None, "prefix", "+7999").await;
    forbid(&stage, None, "prefix", "+49309018200").await;
    assert_eq!(handed_out(&stage).await, ["+79981234567", "+4930901820"], "a longer prefix does not match");
}

#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn an_entry_of_one_campaign_leaves_the_others_alone(db: PgPool) {
    let stage = Stage::new(db).await;
    let phone = ["+79991234567"];
    let one = stage.running(&phone, |_| {}).await;
    let other = stage.running(&["+79991234567"], |form| form.name = "Other".to_owned()).await;
    forbid(&stage, Some(one), "number", phone[0]).await;
    let calls = stage.asker().ask(9).await;
    assert_eq!(calls.iter().map(|call| call.campaign_id).collect::<Vec<_>>(), [other]);
}

/// Retries too.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn a_forbidden_number_is_not_tried_again(db: PgPool) {
    let stage = Stage::new(db).await;
    let phones = phones(1);
    let id = stage.running(&refs(&phones), |_| {}).await;
    stage
        .sql(
            id,
            "update call_tasks set status = 'in_progress', attempts = 1, last_call_id = task_id where campaign_id = $1",
        )
        .await;
    stage.sql(id, "update call_tasks set status = 'retry' where campaign_id = $1").await;
    forbid(&stage, None, "number", &phones[0]).await;
    assert_eq!(handed_out(&stage).await, [""; 0]);
}

/// Between admission and dialling.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn an_entry_after_admission_keeps_the_phone_silent_and_the_task_is_skipped(db: PgPool) {
    let stage = Stage::new(db).await;
    let phones = phones(1);
    let id = stage.running(&refs(&phones), |_| {}).await;
    let asker = stage.asker();
    let call = asker.ask(1).await.remove(0);
    forbid(&stage, None, "number", &phones[0]).await;
    assert!(!asker.intend(&call).await, "no intent, no call");
    asker.give_back(&call).await;
    assert_eq!(stage.task(id, &phones[0], "status").await.as_deref(), Some("skipped"));
    assert_eq!(stage.task(id, &phones[0], "error").await.as_deref(), Some("do_not_call"));
    let mut refused = Refused::default();
    callboard_engine::timekeeper::look(&stage.context, &stage.lines, &mut refused).await;
    assert_eq!(stage.view(id).await.counts.skipped, 1);
}

/// A list that was being committed when the entry came: its tasks were not there to be skipped.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn the_sweep_finds_what_was_forbidden_while_nobody_looked(db: PgPool) {
    let stage = Stage::new(db).await;
    let phones = phones(2);
    let id = stage.running(&refs(&phones), |_| {}).await;
    forbid(&stage, None, "number", &phones[0]).await;
    assert_eq!(do_not_call::sweep(&stage.context).await.unwrap(), 1);
    assert_eq!(stage.task(id, &phones[0], "status").await.as_deref(), Some("skipped"));
    assert_eq!(stage.task(id, &phones[1], "status").await.as_deref(), Some("pending"));
}

/// A contact that was deleted while its call was in progress is not called again.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn a_deleted_contact_is_not_tried_again(db: PgPool) {
    let stage = Stage::new(db).await;
    let phones = phones(1);
    let id = stage.running(&refs(&phones), |_| {}).await;
    let asker = stage.asker();
    let call = asker.ask(1).await.remove(0);
    sqlx::query("delete from contacts where company_id = $1")
        .bind(stage.company.0)
        .execute(&stage.context.db)
        .await
        .unwrap();
    asker.give_back(&call).await;
    assert_eq!(stage.task(id, &phones[0], "error").await.as_deref(), Some("contact_deleted"));
}

/// Puts the task of a number into the lane of the given zones.
async fn live_in(stage: &Stage, campaign: CampaignId, phone: &str, zones: &str) {
    sqlx::query(
        "with zone as (select zone_set_of($4) as id), lane as (
             insert into campaign_lanes (company_id, campaign_id, lane) select $1, $2, id from zone)
         update call_tasks set lane = zone.id from zone where company_id = $1 and campaign_id = $2 and phone = $3",
    )
    .bind(stage.company.0)
    .bind(campaign.0)
    .bind(phone)
    .bind(zones)
    .execute(&stage.context.db)
    .await
    .unwrap();
    stage.hours_are_computed(campaign).await;
}

/// Hours that are open now in UTC and closed where clocks are twelve hours behind.
async fn open_in_utc_only(stage: &Stage) -> (String, String) {
    let minute = stage
        .number("select (extract(hour from t) * 60 + extract(minute from t))::bigint from (select clock_timestamp() at time zone 'UTC') as now(t)")
        .await;
    let text = |minute: i64| format!("{:02}:{:02}", minute.rem_euclid(1440) / 60, minute.rem_euclid(60));
    (text(minute - 120), text(minute + 120))
}

#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn with_local_time_a_contact_is_called_when_all_of_its_zones_are_open(db: PgPool) {
    let stage = Stage::new(db).await;
    let phones = phones(4);
    let (opens, closes) = open_in_utc_only(&stage).await;
    let id = stage
        .running(&refs(&phones), |form| {
            (form.hours[0].opens, form.hours[0].closes) = (opens, closes);
            form.time_zone = "UTC".to_owned();
            form.local_time = true;
        })
        .await;
    live_in(&stage, id, &phones[0], "Etc/GMT+12").await;
    live_in(&stage, id, &phones[1], "UTC").await;
    live_in(&stage, id, &phones[2], "Etc/GMT+12&UTC").await;
    let asker = stage.asker();
    let calls = asker.ask(9).await;
    let numbers: Vec<_> = calls.iter().map(|call| call.phone.as_str()).collect();
    assert_eq!(numbers, [phones[1].as_str(), &phones[3]], "the fourth has no zone: the campaign's holds");
    for call in &calls {
        assert!(asker.intend(call).await, "open at the intent too");
    }
}

#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn without_local_time_the_campaigns_hours_hold_for_everybody(db: PgPool) {
    let stage = Stage::new(db).await;
    let phones = phones(2);
    let (opens, closes) = open_in_utc_only(&stage).await;
    let id = stage
        .running(&refs(&phones), |form| {
            (form.hours[0].opens, form.hours[0].closes) = (opens, closes);
            form.time_zone = "UTC".to_owned();
        })
        .await;
    live_in(&stage, id, &phones[0], "Etc/GMT+12").await;
    assert_eq!(handed_out(&stage).await.len(), 2);
}

/// The intent asks again: a contact whose zone was corrected between admission and dialling is not called at night.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn hours_are_looked_at_once_more_before_the_phone_rings(db: PgPool) {
    let stage = Stage::new(db).await;
    let phones = phones(1);
    let (opens, closes) = open_in_utc_only(&stage).await;
    let id = stage
        .running(&refs(&phones), |form| {
            (form.hours[0].opens, form.hours[0].closes) = (opens, closes);
            form.time_zone = "UTC".to_owned();
            form.local_time = true;
        })
        .await;
    let asker = stage.asker();
    let call = asker.ask(1).await.remove(0);
    live_in(&stage, id, &phones[0], "Etc/GMT+12").await;
    assert!(!asker.intend(&call).await);
}
