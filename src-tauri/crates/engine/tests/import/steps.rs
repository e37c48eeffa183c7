//! The steps of an import as a person takes them: check, look, decide, take back. Acceptance 13, 86, 89; issue "call lists".

use callboard_contract::{
    ColumnRole, ErrorCode, FileFormat, ImportPhase, ImportRowsQuery, ImportUndo, ImportView, RowFate, TemplateKind,
    TemplateRequest,
};
use callboard_core::id::CallListId;
use callboard_engine::{Context, Random, imports};
use callboard_testkit::clock::FixedClock;
use sqlx::PgPool;

use crate::world::{World, figures};

const LIST: &str = "Телефон,ФИО,Часовой пояс,Метки\n\
                    +79991234501,Готов,Омск,vip\n\
                    8 (999) 123-45-02,Исправлен,Нигде,\n\
                    +79991234501,Повтор,,\n\
                    +79991234503,Запрет,,\n\
                    +78001234504,Префикс,,\n\
                    12,Короткий,,\n\
                    +79991234505,Знаком,,\n\
                    +79991234506,Уже там,,\n\
                    Итого:,,7,\n";

async fn settled(world: &World, begun: ImportView) -> ImportView {
    let id = CallListId(begun.call_list_id);
    loop {
        let now = imports::get(&world.context, world.company, id).await;
        match now {
            Ok(view)
                if !matches!(view.phase, ImportPhase::Checking | ImportPhase::Committing)
                    && view.progress.is_none() =>
            {
                return view;
            }
            // It is visible a moment after it has begun.
            _ => tokio::task::yield_now().await,
        }
    }
}

async fn checked(world: &World, list: &str) -> ImportView {
    let job = world.job("list.csv", list.as_bytes());
    let begun = imports::check_file(&world.context, job).await.expect("a readable file");
    settled(world, begun).await
}

async fn committed(world: &World, id: CallListId) -> ImportView {
    let begun = imports::commit_begin(&world.context, world.company, id).await.expect("it waits for the decision");
    settled(world, begun).await
}

async fn lines(world: &World, id: CallListId, fate: RowFate) -> Vec<(i32, Option<String>)> {
    let query = ImportRowsQuery { company_id: world.company.0, call_list_id: id.0, fate, cursor: None, limit: 50 };
    let page = imports::rows(&world.context, query).await.expect("rows");
    page.items.into_iter().map(|row| (row.line, row.reason)).collect()
}

async fn prepared(db: PgPool) -> World {
    let mut world = World::new(db).await;
    world.import("before.csv", "phone\n+79991234506\n").await;
    let campaign = world.campaign;
    world.campaign = world.new_campaign("draft").await;
    world.import("other.csv", "phone,name\n+79991234505,Old name\n").await;
    world.campaign = campaign;
    world
        .run(
            "insert into do_not_call (company_id, entry_id, kind, pattern, source)
             values ($1, gen_random_uuid(), 'number', '+79991234503', 'person'),
                    ($1, gen_random_uuid(), 'prefix', '+7800', 'person')",
        )
        .await;
    world
}

#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn a_check_says_of_every_row_what_would_become_of_it(db: PgPool) {
    let world = prepared(db).await;
    let view = checked(&world, LIST).await;
    assert_eq!((view.phase, view.error), (ImportPhase::Checked, None));
    let counts = view.counts;
    assert_eq!(
        [counts.ready, counts.fixed, counts.known, counts.duplicate, counts.in_campaign, counts.do_not_call],
        [1, 1, 1, 1, 1, 2]
    );
    assert_eq!((counts.invalid, counts.ignored, counts.total), (1, 1, 9));
    assert_eq!(view.roles, [ColumnRole::Phone, ColumnRole::Name, ColumnRole::Zone, ColumnRole::Tags]);
    let id = CallListId(view.call_list_id);
    let key = |key: &str| Some(key.to_owned());
    assert_eq!(lines(&world, id, RowFate::Ready).await, [(2, None)]);
    assert_eq!(lines(&world, id, RowFate::Fixed).await, [(3, key("trunkPrefix"))]);
    assert_eq!(lines(&world, id, RowFate::Duplicate).await, [(4, key("duplicateInFile"))]);
    assert_eq!(lines(&world, id, RowFate::DoNotCall).await, [(5, key("doNotCall")), (6, key("doNotCall"))]);
    assert_eq!(lines(&world, id, RowFate::Invalid).await, [(7, key("phoneTooShort"))]);
    assert_eq!(lines(&world, id, RowFate::Known).await, [(8, None)]);
    assert_eq!(lines(&world, id, RowFate::InCampaign).await, [(9, key("duplicateInCampaign"))]);
    assert_eq!(lines(&world, id, RowFate::Ignored).await, [(10, key("totalRow"))]);
    assert_eq!(world.pending().await, 1, "nothing was written yet");
}

#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn a_commit_makes_tasks_once_and_the_same_file_again_adds_nothing(db: PgPool) {
    let world = prepared(db).await;
    let view = checked(&world, LIST).await;
    let id = CallListId(view.call_list_id);
    let done = committed(&world, id).await;
    assert_eq!((done.phase, done.created, done.reused_contacts, done.uncalled), (ImportPhase::Committed, 3, 1, 3));
    assert_eq!(world.pending().await, 4);
    let refused = imports::commit_begin(&world.context, world.company, id).await.expect_err("once");
    assert_eq!(refused.code, ErrorCode::Conflict);
    assert_eq!(lines(&world, id, RowFate::Invalid).await.len(), 1, "what became no task is kept");
    let again = checked(&world, LIST).await;
    let again = committed(&world, CallListId(again.call_list_id)).await;
    assert_eq!((again.created, again.counts.in_campaign, again.counts.duplicate), (0, 4, 1));
    let zones = "select count(*) from contacts c join zone_sets z on z.zone_set_id = c.zone_set_id
                 where c.company_id = $1 and c.phone = '+79991234501' and c.zone_source = 'column'
                   and z.zones = 'Asia/Omsk' and c.tags = '{vip}'";
    assert_eq!(world.count(zones).await, 1, "the zone comes from the column");
    let lanes = "select count(*) from call_tasks t where t.company_id = $1 and t.lane <> 0 and not exists (
                     select from campaign_lanes l
                     where l.company_id = t.company_id and l.campaign_id = t.campaign_id and l.lane = t.lane)";
    assert_eq!(world.count(lanes).await, 0, "every lane in use is known to its campaign");
}

/// What happened between the check and the decision counts: the tables are asked again.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn a_number_that_was_forbidden_after_the_check_becomes_no_task(db: PgPool) {
    let world = prepared(db).await;
    let view = checked(&world, LIST).await;
    world
        .run(
            "insert into do_not_call (company_id, entry_id, kind, pattern, source)
             values ($1, gen_random_uuid(), 'number', '+79991234501', 'call')",
        )
        .await;
    let done = committed(&world, CallListId(view.call_list_id)).await;
    assert_eq!((done.created, done.counts.do_not_call, done.counts.ready), (2, 3, 0));
}

#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn an_import_that_is_given_up_leaves_nothing(db: PgPool) {
    let world = prepared(db).await;
    let view = checked(&world, LIST).await;
    let id = CallListId(view.call_list_id);
    imports::cancel(&world.context, world.company, id).await.expect("it waits");
    assert_eq!(settled(&world, view).await.phase, ImportPhase::Cancelled);
    assert_eq!(world.pending().await, 1);
    assert_eq!(world.count("select count(*) from call_list_staging where company_id = $1").await, 0);
    let late = imports::cancel(&world.context, world.company, id).await.expect_err("it is over");
    assert_eq!(late.code, ErrorCode::Conflict);
}

/// Kill -9 between the check and the decision: another process goes on with it.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn a_checked_import_outlives_its_process(db: PgPool) {
    let mut world = prepared(db.clone()).await;
    let view = checked(&world, LIST).await;
    let clock = std::sync::Arc::new(FixedClock::at("2026-11-20T10:00:00Z"));
    world.context = Context::new(db, clock, std::sync::Arc::new(Random::seeded(7)));
    assert_eq!(imports::forget_nobodys(&world.context).await.expect("an answer"), 0, "it waits for a person");
    let done = committed(&world, CallListId(view.call_list_id)).await;
    assert_eq!((done.phase, done.created), (ImportPhase::Committed, 3));
}

/// A crash of the database empties unlogged tables.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn rows_that_were_lost_with_the_database_are_not_taken_for_an_empty_list(db: PgPool) {
    let world = prepared(db).await;
    let view = checked(&world, LIST).await;
    world.run("delete from call_list_staging where company_id = $1 and fate = 'ready'").await;
    let failed = committed(&world, CallListId(view.call_list_id)).await;
    assert_eq!((failed.phase, failed.created), (ImportPhase::Failed, 0));
    assert_eq!(failed.error.map(|error| error.code), Some(ErrorCode::Conflict));
    assert_eq!(world.pending().await, 1);
}

#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn an_import_is_taken_back_until_its_first_call(db: PgPool) {
    let world = prepared(db).await;
    let view = checked(&world, LIST).await;
    let id = CallListId(view.call_list_id);
    committed(&world, id).await;
    let undo = |uncalled_only| ImportUndo { company_id: world.company.0, call_list_id: id.0, uncalled_only };
    for step in [
        "update call_tasks set status = 'in_progress', attempts = 1, last_call_id = task_id
         where company_id = $1 and phone = '+79991234501'",
        "update call_tasks set status = 'retry' where company_id = $1 and phone = '+79991234501'",
    ] {
        world.run(step).await;
    }
    let refused = imports::undo(&world.context, undo(false)).await.expect_err("one was called");
    assert_eq!((refused.code, refused.params["count"].as_str()), (ErrorCode::InUse, "1"));
    assert_eq!(world.tasks().await.len(), 4, "a refusal removes nothing");

    let done = imports::undo(&world.context, undo(true)).await.expect("those not called yet");
    assert_eq!((done.removed_tasks, done.kept_tasks, done.removed_contacts), (2, 1, 1));
    assert_eq!(world.phones().await, ["+79991234506", "+79991234501"]);
    let known = "select count(*) from contacts where company_id = $1 and phone = '+79991234505'";
    assert_eq!(world.count(known).await, 1, "a contact that the company had before stays");
    assert_eq!(settled(&world, view).await.phase, ImportPhase::Committed);
}

#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn an_undone_import_can_be_imported_again(db: PgPool) {
    let world = prepared(db).await;
    let view = checked(&world, LIST).await;
    let id = CallListId(view.call_list_id);
    committed(&world, id).await;
    let undo = ImportUndo { company_id: world.company.0, call_list_id: id.0, uncalled_only: false };
    let done = imports::undo(&world.context, undo).await.expect("nobody was called");
    assert_eq!((done.removed_tasks, done.kept_tasks, done.removed_contacts), (3, 0, 2));
    assert_eq!((settled(&world, view).await.phase, world.pending().await), (ImportPhase::Undone, 1));
    let again = checked(&world, LIST).await;
    assert_eq!(committed(&world, CallListId(again.call_list_id)).await.created, 3);
}

/// The roles that a person chose are remembered for the next file with the same header.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn chosen_roles_are_remembered_by_their_header(db: PgPool) {
    let world = World::new(db).await;
    let list = "A,B\n+79991234501,Ivan\n";
    let mut job = world.job("list.csv", list.as_bytes());
    job.roles = Some(vec![ColumnRole::Phone, ColumnRole::Name]);
    let begun = imports::check_file(&world.context, job).await.expect("a readable file");
    let view = settled(&world, begun).await;
    committed(&world, CallListId(view.call_list_id)).await;
    let next = checked(&world, "A,B\n+79991234502,Olga\n").await;
    assert_eq!(next.roles, [ColumnRole::Phone, ColumnRole::Name]);
    committed(&world, CallListId(next.call_list_id)).await;
    assert_eq!(world.tasks().await[1].name.as_deref(), Some("Olga"));
}

/// Acceptance 86: templates as they are downloaded.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn a_template_that_is_uploaded_untouched_gives_three_contacts(db: PgPool) {
    let mut world = World::new(db).await;
    for kind in [TemplateKind::Basic, TemplateKind::Advanced] {
        for format in [FileFormat::Csv, FileFormat::Xlsx] {
            for language in ["ru", "en"] {
                world.campaign = world.new_campaign("draft").await;
                let request = TemplateRequest { kind, format, language: language.to_owned() };
                let (name, bytes) = imports::template(&request).expect("a template");
                let report = world.import(&name, bytes).await;
                assert_eq!(figures(&report)[1..], [3, 0, 0], "{name} {kind}");
                assert_eq!(report.counts.total, 3 + report.counts.ignored, "{name}");
                assert!(report.counts.ignored > 0, "{name}: the instructions are seen and ignored");
            }
        }
    }
}
