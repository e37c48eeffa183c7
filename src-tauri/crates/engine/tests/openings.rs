//! Openings: the instants that admission compares are those of the hours, whoever changes what, and what was not computed is
//! closed.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;
mod dialer;

use callboard_contract::{CampaignForm, SpanForm};
use callboard_core::{id::CampaignId, window::DialingWindow, zone::ZoneSet};
use callboard_db::{PgPool, lanes};
use callboard_engine::timekeeper::{self, Refused};
use chrono::{DateTime, Duration, Utc};
use common::Stage;
use dialer::{execute, phones, refs};

type Opening = (Option<DateTime<Utc>>, Option<DateTime<Utc>>, Option<DateTime<Utc>>);

async fn opening(stage: &Stage, campaign: CampaignId) -> Opening {
    sqlx::query_as(
        "select open_from, open_until, look_again_at from campaign_lanes where campaign_id = $1 and lane = 0",
    )
    .bind(campaign.0)
    .fetch_one(&stage.context.db)
    .await
    .unwrap()
}

fn spans(form: &mut CampaignForm, spans: &[(&str, &str)]) {
    form.hours = spans
        .iter()
        .map(|(opens, closes)| SpanForm {
            weekdays: (1..=7).collect(),
            opens: (*opens).to_owned(),
            closes: (*closes).to_owned(),
        })
        .collect();
}

/// Acceptance 62, 68: several hours a day with a break; the opening that is stored is the one of the domain, from creation on and
/// after a change.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn openings_follow_the_hours_from_creation_and_change_on(db: PgPool) {
    let stage = Stage::new(db).await;
    for zone in ["Asia/Kolkata", "America/New_York"] {
        let campaign = stage
            .campaign(|form| {
                form.time_zone = zone.to_owned();
                spans(form, &[("09:00", "12:00"), ("13:00", "18:00")]);
            })
            .await;
        let hours = |spans: &[(i16, i16)]| DialingWindow {
            spans: spans.iter().map(|(from, to)| callboard_core::window::Span::daily(*from, *to)).collect(),
            ..DialingWindow::daily(0, 1440, zone.parse().unwrap())
        };
        let zones = ZoneSet::from(zone.parse::<chrono_tz::Tz>().unwrap());
        for window in [hours(&[(540, 720), (780, 1080)]), hours(&[(600, 660)])] {
            if window.spans.len() == 1 {
                stage.update(campaign, |form| spans(form, &[("10:00", "11:00")])).await.unwrap();
            }
            let (from, until, again) = opening(&stage, campaign).await;
            let now = callboard_db::now(&mut stage.context.db.acquire().await.unwrap()).await.unwrap();
            let (expected, closes) = window.interval_at_or_after(now, &zones).unwrap();
            let apart = (from.unwrap() - expected).num_seconds().abs();
            assert!(apart < 5, "{zone}: {from:?}, {expected}");
            assert_eq!((until, again), (Some(closes), Some(closes)), "{zone}");
        }
    }
}

/// What is not computed, or was computed for hours that are over, is closed; the timekeeper computes the next ones.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn what_is_not_computed_is_closed_until_the_timekeeper_computes_it(db: PgPool) {
    let stage = Stage::new(db.clone()).await;
    stage.running(&refs(&phones(5)), |_| {}).await;
    let asker = stage.asker();
    for unknown in [
        "update campaign_lanes set open_from = null, open_until = null, look_again_at = null",
        "update campaign_lanes set open_from = clock_timestamp() - interval '2 days', open_until = clock_timestamp() - interval '1 day',
                look_again_at = clock_timestamp() - interval '1 day'",
    ] {
        execute(&db, unknown).await;
        assert_eq!(asker.ask(1).await, [], "fail closed");
        timekeeper::look(&stage.context, &stage.lines, &mut Refused::default()).await;
        let call = asker.ask(1).await.remove(0);
        execute(&db, unknown).await;
        assert!(!asker.intend(&call).await, "the intent looks once more");
        timekeeper::look(&stage.context, &stage.lines, &mut Refused::default()).await;
        assert!(asker.intend(&call).await);
    }
}

/// A holiday of the company closes all of its campaigns, in the transaction that makes it known.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn a_holiday_closes_every_campaign_of_the_company(db: PgPool) {
    let stage = Stage::new(db.clone()).await;
    let campaign = stage.running(&refs(&phones(2)), |form| form.time_zone = "UTC".to_owned()).await;
    let asker = stage.asker();
    assert_eq!(asker.ask(1).await.len(), 1);
    let mut tx = db.begin().await.unwrap();
    sqlx::query(
        "insert into company_holidays (company_id, day)
         select $1, (clock_timestamp() at time zone 'UTC')::date + n from generate_series(0, 1) n",
    )
    .bind(stage.company.0)
    .execute(&mut *tx)
    .await
    .unwrap();
    lanes::open_company(&mut tx, stage.company).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(asker.ask(1).await, []);
    let (from, _, _) = opening(&stage, campaign).await;
    let wait = from.unwrap() - callboard_db::now(&mut stage.context.db.acquire().await.unwrap()).await.unwrap();
    assert!(wait > Duration::hours(24) && wait <= Duration::hours(48), "after both days: {wait}");
}

/// A timekeeper that has begun to compute from hours that are being changed does not overwrite what follows from the new ones.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn a_timekeeper_never_stores_what_follows_from_old_hours(db: PgPool) {
    let stage = Stage::new(db.clone()).await;
    let campaign = stage.running(&refs(&phones(1)), |form| form.time_zone = "UTC".to_owned()).await;
    execute(&db, "update campaign_lanes set look_again_at = clock_timestamp()").await;
    let mut timekeeper = db.begin().await.unwrap();
    assert_eq!(lanes::open_due(&mut timekeeper).await.unwrap(), 1, "computed and not committed");
    let closed = "12:00".to_owned();
    let (context, company) = (stage.context.clone(), stage.company);
    let present = stage.view(campaign).await;
    let mut form = present.form;
    form.hours[0] = SpanForm { opens: closed.clone(), closes: "12:01".to_owned(), ..form.hours[0].clone() };
    let update = callboard_contract::CampaignUpdate {
        company_id: company.0,
        campaign_id: campaign.0,
        base_revision: present.revision,
        form,
    };
    let change = tokio::spawn(async move { callboard_engine::campaigns::update(&context, update).await });
    dialer::until(&db, "the change waits", "select exists (select from pg_locks where not granted)").await;
    timekeeper.commit().await.unwrap();
    change.await.unwrap().unwrap();
    let (from, until, _) = opening(&stage, campaign).await;
    assert!(until.unwrap() - from.unwrap() <= Duration::minutes(1), "the new hours hold");
    drop(closed);
}
