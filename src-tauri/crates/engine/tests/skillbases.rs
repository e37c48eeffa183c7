//! Skillbases as a supervisor meets them: drafts, versions, conflicts, what uses them, what is spoken.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use callboard_contract::{
    CampaignPin, ErrorCode, ExperimentForm, ExperimentUpdate, SkillbaseCompare, SkillbaseDraftSave,
    SkillbaseDraftSaved, SkillbasePublish, SkillbasePublished, SkillbaseRestore, SkillbaseUpdate, TestCallRequest,
    Variant,
};
use callboard_core::{
    call::Disposition,
    id::SkillbaseId,
    skillbase::{SkillbaseDocument, Tool, ToolName},
};
use callboard_db::{
    PgPool,
    skillbases::{self as rows, Unspoken},
};
use callboard_engine::{
    skillbases, test_calls,
    timekeeper::{self, Refused},
    worker::Step,
};
use common::{Stage, refused, skillbase_document, skillbase_form};
use std::time::Instant;
use uuid::Uuid;

fn publish(stage: &Stage, base_version: i32, edit: impl FnOnce(&mut SkillbaseDocument)) -> SkillbasePublish {
    let mut document = skillbase_document();
    edit(&mut document);
    SkillbasePublish {
        company_id: stage.company.0,
        skillbase_id: stage.skillbase,
        base_version,
        document,
        note: "A change".to_owned(),
    }
}

async fn published(stage: &Stage, base_version: i32, edit: impl FnOnce(&mut SkillbaseDocument)) -> i32 {
    match skillbases::publish(&stage.context, publish(stage, base_version, edit)).await.unwrap() {
        SkillbasePublished::Published { skillbase } => skillbase.summary.version,
        other => panic!("{other:?}"),
    }
}

fn id(stage: &Stage) -> SkillbaseId {
    SkillbaseId(stage.skillbase)
}

/// Acceptance 26.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn a_change_of_the_document_is_a_version_and_a_new_name_is_none(db: PgPool) {
    let stage = Stage::new(db).await;
    let (context, company) = (&stage.context, stage.company);
    let created = skillbases::get(context, company, id(&stage)).await.unwrap();
    assert_eq!((created.summary.version, created.draft), (1, None));
    assert_eq!(created.document, Some(skillbase_document()));
    assert_eq!(created.summary.hash, Some(skillbase_document().hash()), "the database comes to the same hash");
    assert_eq!(created.summary.greeting, "Good afternoon!");

    assert_eq!(published(&stage, 1, |document| document.identity.role = "new role".to_owned()).await, 2);
    let present = skillbases::get(context, company, id(&stage)).await.unwrap();
    assert_eq!(present.document.unwrap().identity.role, "new role");

    let rename = SkillbaseUpdate {
        company_id: company.0,
        skillbase_id: stage.skillbase,
        name: "Renamed".to_owned(),
        description: "For tests".to_owned(),
    };
    let renamed = skillbases::rename(context, rename).await.unwrap();
    assert_eq!((renamed.summary.version, renamed.summary.name.as_str()), (2, "Renamed"));
    assert_eq!(skillbases::list(context, company, false).await.unwrap().len(), 1);

    let same = skillbases::publish(context, publish(&stage, 2, |d| d.identity.role = "new role".to_owned())).await;
    assert!(matches!(same.unwrap(), SkillbasePublished::Unchanged { .. }), "the same again is no version");
}

/// Acceptance 25, 26.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn an_invalid_document_is_refused_with_its_path_and_nothing_is_stored(db: PgPool) {
    let stage = Stage::new(db).await;
    let mut form = skillbase_form(stage.company, "Invalid");
    form.document.identity.role = "x".repeat(501);
    form.document.voice.llm.temperature = 2.1;
    let error = skillbases::create(&stage.context, form.clone()).await.unwrap_err();
    assert_eq!(refused(&error), [("document.identity.role", "too_long"), ("document.voice.llm.temperature", "range")]);
    assert_eq!(stage.number("select count(*) from skillbases").await, 1);
    let error = skillbases::publish(&stage.context, publish(&stage, 1, |d| d.conversation.greetings.clear())).await;
    assert_eq!(refused(&error.unwrap_err()), [("document.conversation.greetings", "required")]);
    assert_eq!(stage.number("select count(*) from skillbase_versions").await, 1);

    form.publish = false;
    let draft = skillbases::create(&stage.context, form).await.unwrap();
    assert_eq!((draft.summary.version, draft.document), (0, None), "a draft may be unfinished");
    let mut campaign = stage.form();
    campaign.skillbase_id = draft.summary.id;
    let error = callboard_engine::campaigns::create(&stage.context, stage.company, &campaign).await.unwrap_err();
    assert_eq!(refused(&error), [("skillbaseId", "notOfCompany")], "what is not published speaks in no campaign");
}

/// Acceptance 26.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn two_edits_from_the_same_base_are_a_conflict_that_shows_both(db: PgPool) {
    let stage = Stage::new(db).await;
    published(&stage, 1, |document| {
        document.identity.style = "theirs".to_owned();
        document.identity.facts.push("Parking is free".to_owned());
    })
    .await;
    let mine = publish(&stage, 1, |document| {
        document.identity.style = "mine".to_owned();
        document.voice.max_call_seconds = 120;
    });
    let compare = SkillbaseCompare {
        company_id: mine.company_id,
        skillbase_id: mine.skillbase_id,
        base_version: 1,
        document: mine.document.clone(),
    };
    let shown = skillbases::compare(&stage.context, compare).await.unwrap();
    let SkillbasePublished::Conflict { comparison } = skillbases::publish(&stage.context, mine).await.unwrap() else {
        panic!("nothing is overwritten silently")
    };
    assert_eq!(shown, comparison, "what was offered before is what publishing says");
    assert_eq!((comparison.base_version, comparison.their_version), (1, 2));
    let paths = |changes: &[callboard_core::skillbase::diff::FieldChange]| {
        changes.iter().map(|change| change.path.clone()).collect::<Vec<_>>()
    };
    assert_eq!(paths(&comparison.mine), ["identity.style", "voice.maxCallSeconds"]);
    assert_eq!(paths(&comparison.theirs), ["identity.facts.1", "identity.style"]);
    assert_eq!(comparison.conflicts.iter().map(|c| c.path.as_str()).collect::<Vec<_>>(), ["identity.style"]);
    let merged = comparison.merged;
    assert_eq!((merged.identity.style.as_str(), merged.identity.facts.len()), ("mine", 2));
    assert_eq!(stage.number("select max(version)::bigint from skillbase_versions").await, 2, "nothing was stored");

    assert_eq!(published(&stage, 2, |document| *document = merged).await, 3, "with the newest base it is published");
}

/// Two publications at the same time: one is a version, the other a conflict.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn of_two_publications_at_once_one_is_told(db: PgPool) {
    let stage = Stage::new(db).await;
    let first = skillbases::publish(&stage.context, publish(&stage, 1, |d| d.identity.role = "a".to_owned()));
    let second = skillbases::publish(&stage.context, publish(&stage, 1, |d| d.identity.role = "b".to_owned()));
    let (first, second) = tokio::join!(first, second);
    let made = [first.unwrap(), second.unwrap()];
    assert_eq!(made.iter().filter(|made| matches!(made, SkillbasePublished::Published { .. })).count(), 1);
    assert_eq!(made.iter().filter(|made| matches!(made, SkillbasePublished::Conflict { .. })).count(), 1);
}

/// Acceptance 26.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn the_history_is_read_compared_and_restored(db: PgPool) {
    let stage = Stage::new(db).await;
    let (context, company) = (&stage.context, stage.company);
    published(&stage, 1, |document| document.identity.role = "second".to_owned()).await;
    let campaign = stage.campaign(|_| {}).await;
    let versions = skillbases::versions(context, company, id(&stage)).await.unwrap();
    let shown: Vec<_> = versions.iter().map(|v| (v.version, v.note.as_str(), v.campaign_count)).collect();
    assert_eq!(shown, [(2, "A change", 1), (1, "", 0)]);

    let restore =
        SkillbaseRestore { company_id: company.0, skillbase_id: stage.skillbase, version: 1, base_version: 2 };
    let restored = skillbases::restore(context, restore.clone()).await.unwrap();
    assert!(matches!(restored, SkillbasePublished::Published { skillbase } if skillbase.summary.version == 3));
    let third = skillbases::version(context, company, id(&stage), 3).await.unwrap();
    assert_eq!((third.version.restored_from, third.document), (Some(1), skillbase_document()));
    let again = skillbases::restore(context, restore).await.unwrap();
    assert!(matches!(again, SkillbasePublished::Conflict { .. }), "not over what was published meanwhile");
    let view = stage.view(campaign).await;
    assert_eq!((view.skillbase_version, view.skillbase_newest_version), (2, 3), "a campaign says that one is newer");
    assert_eq!(skillbases::get(context, company, id(&stage)).await.unwrap().summary.behind_count, 1);
}

#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn a_draft_is_kept_and_never_overwritten_by_another_window(db: PgPool) {
    let stage = Stage::new(db).await;
    let save = |revision: Option<i32>, role: &str| {
        let mut document = skillbase_document();
        document.identity.role = role.to_owned();
        SkillbaseDraftSave {
            company_id: stage.company.0,
            skillbase_id: stage.skillbase,
            document,
            base_version: 1,
            base_revision: revision,
        }
    };
    let saved = |result: SkillbaseDraftSaved| match result {
        SkillbaseDraftSaved::Saved { revision, .. } => revision,
        SkillbaseDraftSaved::Conflict { .. } => panic!("nobody else has written"),
    };
    assert_eq!(saved(skillbases::save_draft(&stage.context, save(None, "")).await.unwrap()), 1, "errors are allowed");
    assert_eq!(saved(skillbases::save_draft(&stage.context, save(Some(1), "mine")).await.unwrap()), 2);
    let other = skillbases::save_draft(&stage.context, save(Some(1), "theirs")).await.unwrap();
    assert!(matches!(other, SkillbaseDraftSaved::Conflict { draft } if draft.document.identity.role == "mine"));
    let view = skillbases::get(&stage.context, stage.company, id(&stage)).await.unwrap();
    assert_eq!(view.draft.unwrap().revision, 2);
    assert_eq!(view.document.unwrap().identity.role, "salon administrator", "what is published stays");

    published(&stage, 1, |document| document.identity.role = "mine".to_owned()).await;
    let view = skillbases::get(&stage.context, stage.company, id(&stage)).await.unwrap();
    assert_eq!(view.draft, None, "what was published is no draft any more");
}

/// Acceptance 26, 55.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn only_what_nothing_ever_used_is_deleted(db: PgPool) {
    let stage = Stage::new(db).await;
    let (context, company) = (&stage.context, stage.company);
    let unused = skillbases::create(context, skillbase_form(company, "Unused")).await.unwrap().summary.id;
    skillbases::delete(context, company, SkillbaseId(unused)).await.unwrap();
    let error = skillbases::delete(context, company, SkillbaseId(unused)).await.unwrap_err();
    assert_eq!(error.code, ErrorCode::NotFound, "the second time it is absent");

    let campaign = stage.campaign(|_| {}).await;
    callboard_engine::campaigns::cancel(context, company, campaign).await.unwrap();
    let error = skillbases::delete(context, company, id(&stage)).await.unwrap_err();
    assert_eq!((error.code, error.params["count"].as_str()), (ErrorCode::InUse, "1"), "with the counts");
    skillbases::archive(context, company, id(&stage)).await.unwrap();
    let error = skillbases::publish(context, publish(&stage, 1, |d| d.identity.role = "x".to_owned())).await;
    assert_eq!(error.unwrap_err().code, ErrorCode::Conflict, "what was put away is not changed");
    let back = skillbases::unarchive(context, company, id(&stage)).await.unwrap();
    assert!(!back.summary.archived);
    assert_eq!(stage.view(campaign).await.skillbase_name, "Test skillbase");
}

/// Acceptance 27, and the figure: one query, below 2 ms.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn what_a_call_says_is_asked_for_in_one_query(db: PgPool) {
    let stage = Stage::new(db.clone()).await;
    published(&stage, 1, |document| document.tools = vec![Tool::new(ToolName::EndCall, true)]).await;
    stage.running(&["+79991234567"], |_| {}).await;
    let worker = stage.worker();
    worker.reached(Step::Finished, 1).await;
    worker.stop().await;
    let call: Uuid = sqlx::query_scalar("select call_id from calls").fetch_one(&db).await.unwrap();
    let mut connection = db.acquire().await.unwrap();
    let mut best = std::time::Duration::MAX;
    for _ in 0..50 {
        let started = Instant::now();
        let spoken = rows::spoken(&mut connection, stage.company, call.into()).await.unwrap().unwrap();
        best = best.min(started.elapsed());
        assert_eq!((spoken.version, spoken.company.as_str()), (2, "Test company"));
        assert_eq!(spoken.hash, spoken.document.hash());
    }
    assert!(best.as_micros() < 2_000, "{best:?}");

    for (change, expected) in [
        ("update skillbases set archived_at = now()", Unspoken::Archived),
        ("update skillbases set archived_at = null", Unspoken::NoCall),
    ] {
        sqlx::query(change).execute(&db).await.unwrap();
        let asked = if expected == Unspoken::NoCall { Uuid::nil() } else { call };
        let why = rows::spoken(&mut connection, stage.company, asked.into()).await.unwrap().unwrap_err();
        assert_eq!(why, expected);
    }
}

/// Who gets which version depends on the number and the campaign alone; a call carries version, hash and side.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn two_versions_are_compared_with_intervals(db: PgPool) {
    let stage = Stage::new(db.clone()).await;
    published(&stage, 1, |document| document.conversation.greetings = vec!["B speaks".to_owned()]).await;
    let phones: Vec<String> = (0..40).map(|number| format!("+799912345{number:02}")).collect();
    let phones: Vec<&str> = phones.iter().map(String::as_str).collect();
    let campaign = stage.campaign(|form| form.calls_at_once = 20).await;
    let change = |experiment, base_revision| ExperimentUpdate {
        company_id: stage.company.0,
        campaign_id: campaign.0,
        experiment,
        base_revision,
    };
    let share = |version, share_percent| Some(ExperimentForm { version, share_percent });
    let error = skillbases::set_experiment(&stage.context, change(share(2, 50), 1)).await.unwrap_err();
    assert_eq!(refused(&error), [("version", "same")], "the campaign pins version 2");
    let error = skillbases::set_experiment(&stage.context, change(share(1, 100), 1)).await.unwrap_err();
    assert_eq!(refused(&error), [("sharePercent", "range")]);
    let error = skillbases::set_experiment(&stage.context, change(share(7, 50), 1)).await.unwrap_err();
    assert_eq!(refused(&error), [("version", "notFound")]);
    let view = skillbases::set_experiment(&stage.context, change(share(1, 50), 1)).await.unwrap();
    assert_eq!(view.experiment, share(1, 50));

    stage.tasks(campaign, &phones).await;
    stage.start(campaign).await.unwrap();
    let worker = stage.worker();
    worker.reached(Step::Finished, 40).await;
    worker.stop().await;
    let wrong = "select count(*) from calls k join skillbase_versions v on v.skillbase_id = k.skillbase_id and v.version = k.skillbase_version
                 where k.variant <> contact_variant(k.campaign_id, k.phone, 50::smallint) or k.skillbase_hash <> v.hash
                    or (k.variant = 'a') <> (k.skillbase_version = 2)";
    assert_eq!(stage.number(wrong).await, 0);
    let results = skillbases::experiment(&stage.context, stage.company, campaign).await.unwrap().results.unwrap();
    let sides: Vec<_> = results.variants.iter().map(|side| (side.variant, side.version)).collect();
    assert_eq!(sides, [(Variant::A, 2), (Variant::B, 1)]);
    assert_eq!(results.variants.iter().map(|side| side.contacts).sum::<i32>(), 40);
    assert_eq!(results.variants.iter().map(|side| side.calls_ended).sum::<i32>(), 40);
    for side in &results.variants {
        assert!(side.contacts > 8, "about half of the contacts each: {side:?}");
        let rate = side.success_rate;
        assert!(rate.low <= rate.rate.unwrap_or(0.5) && rate.rate.unwrap_or(0.5) <= rate.high);
    }
    timekeeper::look(&stage.context, &stage.lines, &mut Refused::default()).await;

    let pin = CampaignPin { company_id: stage.company.0, campaign_id: campaign.0, version: 1, base_revision: 2 };
    let error = skillbases::pin_version(&stage.context, pin).await.unwrap_err();
    assert_eq!(error.code, ErrorCode::IllegalTransition, "the campaign is over");
}

#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn a_campaign_pins_another_version_and_ends_its_experiment_with_it(db: PgPool) {
    let stage = Stage::new(db).await;
    let campaign = stage.campaign(|_| {}).await;
    published(&stage, 1, |document| document.identity.role = "second".to_owned()).await;
    let view = stage.view(campaign).await;
    assert_eq!((view.skillbase_version, view.skillbase_newest_version), (1, 2));
    let experiment = ExperimentUpdate {
        company_id: stage.company.0,
        campaign_id: campaign.0,
        experiment: Some(ExperimentForm { version: 2, share_percent: 10 }),
        base_revision: view.revision,
    };
    let view = skillbases::set_experiment(&stage.context, experiment).await.unwrap();
    let pin =
        CampaignPin { company_id: stage.company.0, campaign_id: campaign.0, version: 2, base_revision: view.revision };
    let pinned = skillbases::pin_version(&stage.context, pin).await.unwrap();
    assert_eq!((pinned.skillbase_version, pinned.experiment), (2, None));
    let error = skillbases::pin_version(&stage.context, pin).await.unwrap_err();
    assert_eq!(error.code, ErrorCode::Conflict, "an old revision");
    let kept = stage.update(campaign, |form| form.calls_at_once = 1).await.unwrap();
    assert_eq!(kept.skillbase_version, 2, "a change of the settings pins nothing else");
}

/// Acceptance 58.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn a_test_call_is_a_real_call(db: PgPool) {
    let stage = Stage::new(db.clone()).await;
    let request = |phone: &str| TestCallRequest {
        company_id: stage.company.0,
        skillbase_id: stage.skillbase,
        version: None,
        phone: phone.to_owned(),
    };
    let error = test_calls::place(&stage.context, &stage.lines, request("abc")).await.unwrap_err();
    assert_eq!(refused(&error), [("phone", "phone")]);
    assert_eq!(stage.number("select count(*) from campaigns").await, 0, "nothing lies about");

    let placed = test_calls::place(&stage.context, &stage.lines, request("+7 999 123-45-67")).await.unwrap();
    let worker = stage.worker();
    worker.reached(Step::Finished, 1).await;
    worker.stop().await;
    let (task, phone, disposition, version): (Uuid, String, String, i32) =
        sqlx::query_as("select task_id, phone, disposition, skillbase_version from calls")
            .fetch_one(&db)
            .await
            .unwrap();
    assert_eq!((task, phone.as_str(), version), (placed.task_id, "+79991234567", 1));
    assert_eq!(disposition, Disposition::Answered.as_str());

    // The campaign of the call has ended with it; until that is noted the skillbase is in use.
    timekeeper::look(&stage.context, &stage.lines, &mut Refused::default()).await;
    skillbases::archive(&stage.context, stage.company, id(&stage)).await.unwrap();
    let error = test_calls::place(&stage.context, &stage.lines, request("+79991234567")).await.unwrap_err();
    assert_eq!(error.code, ErrorCode::Conflict, "a skillbase that was put away calls nobody");
}
