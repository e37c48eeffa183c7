//! Changes of campaigns and skillbases beside each other: what is locked, what is in use, who was first.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use callboard_contract::{CampaignForm, CampaignUpdate, ErrorCode, SkillbasePublish, SkillbasePublished};
use callboard_core::{
    campaign::CampaignSettings,
    id::{CampaignId, SkillbaseId},
};
use callboard_db::{PgPool, campaigns as campaign_rows, skillbases as skillbase_rows};
use callboard_engine::{campaigns, skillbases};
use chrono::Duration;
use common::{Stage, refused, skillbase_document, skillbase_form};

const PHONES: [&str; 2] = ["+79991234567", "+79991234568"];

/// Acceptance 55.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn a_skillbase_in_use_is_not_put_away(db: PgPool) {
    let stage = Stage::new(db).await;
    let (context, company, skillbase) = (&stage.context, stage.company, SkillbaseId(stage.skillbase));
    let first = stage.campaign(|_| {}).await;
    let second = stage.campaign(|_| {}).await;
    let error = skillbases::archive(context, company, skillbase).await.unwrap_err();
    assert_eq!(error.code, ErrorCode::InUse);
    assert_eq!(error.params.get("count").map(String::as_str), Some("2"), "with the count");
    assert!(!skillbases::get(context, company, skillbase).await.unwrap().summary.archived);

    campaigns::cancel(context, company, first).await.unwrap();
    campaigns::cancel(context, company, second).await.unwrap();
    skillbases::archive(context, company, skillbase).await.unwrap();
    let error = campaigns::create(context, company, &stage.form()).await.unwrap_err();
    assert_eq!(refused(&error), [("skillbaseId", "notOfCompany")], "what was put away speaks in no new campaign");
    assert_eq!(stage.view(first).await.skillbase_name, "Test skillbase", "old campaigns still say who spoke");
}

/// Acceptance 55: neither does a change of a campaign bring back what was put away.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn a_campaign_is_not_moved_to_a_skillbase_that_was_put_away(db: PgPool) {
    let stage = Stage::new(db).await;
    let other = skillbases::create(&stage.context, skillbase_form(stage.company, "Old")).await.unwrap();
    skillbases::archive(&stage.context, stage.company, SkillbaseId(other.summary.id)).await.unwrap();
    let id = stage.campaign(|_| {}).await;
    let error = stage.update(id, |form| form.skillbase_id = other.summary.id).await.unwrap_err();
    assert_eq!(refused(&error), [("skillbaseId", "notOfCompany")]);
}

/// Acceptance 55: also not when both happen at the same time.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn a_skillbase_is_not_put_away_under_a_campaign_that_is_being_created(db: PgPool) {
    let stage = Stage::new(db.clone()).await;
    let skillbase = SkillbaseId(stage.skillbase);
    let settings = CampaignSettings::with_defaults("New", chrono_tz::Europe::Moscow);
    let mut creating = db.begin().await.unwrap();
    let id = CampaignId(stage.context.new_id());
    assert!(campaign_rows::insert(&mut creating, stage.company, id, skillbase, &settings).await.unwrap());
    let archiving = skillbases::archive(&stage.context, stage.company, skillbase);
    let (archived, ()) = tokio::join!(archiving, async {
        // As soon as the other one waits for us, or has gone on without waiting.
        let archived = "select count(*) from skillbases where archived_at is not null";
        while !stage.somebody_waits().await && stage.number(archived).await == 0 {}
        creating.commit().await.unwrap();
    });
    assert_eq!(archived.unwrap_err().code, ErrorCode::InUse);
    let mut connection = db.acquire().await.unwrap();
    let row = skillbase_rows::get(&mut connection, stage.company, skillbase).await.unwrap().unwrap();
    assert_eq!(row.archived_at, None);
}

#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn a_change_from_an_old_revision_is_a_conflict(db: PgPool) {
    let stage = Stage::new(db).await;
    let id = stage.campaign(|_| {}).await;
    let opened = stage.view(id).await;
    let change = |name: &str| CampaignUpdate {
        company_id: stage.company.0,
        campaign_id: id.0,
        base_revision: opened.revision,
        form: CampaignForm { name: name.to_owned(), ..opened.form.clone() },
    };
    let first = campaigns::update(&stage.context, change("First")).await.unwrap();
    assert_eq!(first.revision, opened.revision + 1);
    let error = campaigns::update(&stage.context, change("Second")).await.unwrap_err();
    assert_eq!(error.code, ErrorCode::Conflict);
    assert_eq!(stage.view(id).await, first, "the first one's work is kept");
}

#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn what_was_started_keeps_its_skillbase_its_version_and_its_start(db: PgPool) {
    let stage = Stage::new(db).await;
    let other = skillbases::create(&stage.context, skillbase_form(stage.company, "Other")).await.unwrap();
    let id = stage.running(&PHONES, |_| {}).await;
    let hour = Duration::hours(1);
    let later = stage.context.now() + hour;
    for paused in [false, true] {
        if paused {
            campaigns::pause(&stage.context, stage.company, id).await.unwrap();
        }
        let error = stage.update(id, |form| form.skillbase_id = other.summary.id).await.unwrap_err();
        assert_eq!(refused(&error), [("skillbaseId", "locked")]);
        let error = stage.update(id, |form| form.starts_at = Some(later)).await.unwrap_err();
        assert_eq!(refused(&error), [("startsAt", "locked")]);
    }
    // A new version of the skillbase does not reach a campaign that has begun to speak.
    let mut document = skillbase_document();
    document.conversation.greetings = vec!["Good evening!".to_owned()];
    let (company_id, skillbase_id, note) = (stage.company.0, stage.skillbase, String::new());
    let publish = SkillbasePublish { company_id, skillbase_id, base_version: 1, document, note };
    let published = skillbases::publish(&stage.context, publish).await.unwrap();
    assert!(matches!(published, SkillbasePublished::Published { skillbase } if skillbase.summary.version == 2));
    let view = stage
        .update(id, |form| {
            form.calls_at_once = 1;
            form.retry_delay_minutes = 5;
            form.window_closes = "21:00".to_owned();
            form.ends_at = Some(later + hour);
        })
        .await
        .unwrap();
    assert_eq!((view.form.calls_at_once, view.skillbase_version), (1, 1), "limits change, the version does not");
    let draft = stage.campaign(|_| {}).await;
    assert_eq!(stage.view(draft).await.skillbase_version, 2, "a new campaign pins the newest");
}

/// Fewer attempts hold at once: a contact that waits for one more than that is not called again.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn fewer_attempts_hold_for_those_who_wait_for_the_next_one(db: PgPool) {
    let stage = Stage::new(db).await;
    let id = stage.running(&["+79991234567", "+79991234568"], |form| form.max_attempts = 3).await;
    for step in [
        "update call_tasks set status = 'in_progress', attempts = 2, last_call_id = task_id where campaign_id = $1 and position = 1",
        "update call_tasks set status = 'retry' where campaign_id = $1 and position = 1",
    ] {
        stage.sql(id, step).await;
    }
    stage.update(id, |form| form.max_attempts = 2).await.unwrap();
    assert_eq!(stage.task(id, "+79991234567", "status").await.as_deref(), Some("skipped"));
    assert_eq!(stage.task(id, "+79991234567", "error").await.as_deref(), Some("attempts_used_up"));
    let calls = stage.asker().ask(9).await;
    assert_eq!(calls.iter().map(|call| call.phone.as_str()).collect::<Vec<_>>(), ["+79991234568"]);
}
