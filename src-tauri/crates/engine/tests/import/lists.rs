//! Acceptance 7 to 14, 17, 85 to 89.

use callboard_contract::RowFate;
use callboard_core::campaign::CampaignState;
use callboard_engine::import::{ImportError, ImportLimits, Limit};
use serde_json::json;
use sqlx::PgPool;

use crate::world::{Task, World, figures, reasons};

const SEED: &[u8] = include_bytes!("../../../../../tests/lists/acceptance-7.csv");

/// Acceptance 7.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn the_list_of_the_seed_gives_four_tasks_and_one_error(db: PgPool) {
    let mut world = World::new(db).await;
    let outcome = world.import("list.csv", SEED).await;
    assert_eq!(figures(&outcome), [5, 4, 0, 1]);
    let error = &outcome.rejects[0];
    assert_eq!((error.line, error.fate, error.reason.as_str()), (6, RowFate::Invalid, "phoneInvalid"));
    assert_eq!((error.field.as_str(), error.value.as_str()), ("phone_number", "invalid_phone"));
    assert!(outcome.extra_columns.is_empty(), "company and notes are the contact's own");
    let tasks = world.tasks().await;
    let first = Task {
        position: 1,
        phone: "+79991234567".to_owned(),
        name: Some("Иван Петров".to_owned()),
        data: json!({ "company": "ООО Ромашка", "notes": "Перезвонить" }),
    };
    assert_eq!(tasks[0], first);
    assert_eq!(tasks[2].data, json!({ "notes": "Без компании" }), "an empty cell is no data");
    assert_eq!((&tasks[3].name, &tasks[3].data), (&None, &json!({ "notes": "Без имени" })));
    assert_eq!(tasks.iter().map(|task| task.position).collect::<Vec<_>>(), [1, 2, 3, 4]);
    let fresh = "select count(*) from call_tasks where company_id = $1 and status = 'pending' and attempts = 0
                 and priority >= 0 and due_at <= clock_timestamp() and contact_id is not null and call_list_id is not null";
    assert_eq!(world.count(fresh).await, 4);
    assert_eq!(world.pending().await, 4);
    assert_eq!(world.count("select count(*) from call_list_staging where company_id = $1").await, 0);
}

/// Acceptance 8.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn other_formats_are_refused_and_nothing_is_written(db: PgPool) {
    let mut world = World::new(db).await;
    for name in ["test.txt", "test.pdf", "list.doc", "list", "csv", "list.csv.exe"] {
        let error = world.try_import(name, SEED).await.expect_err(name);
        assert!(error.to_string().starts_with("unsupported format"), "{name}: {error}");
    }
    world.assert_untouched("the format was refused").await;
}

/// Acceptance 9.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn a_list_without_phones_names_the_missing_column(db: PgPool) {
    let mut world = World::new(db).await;
    let error = world.try_import("list.csv", "name,company\nIvan,Acme\n").await.expect_err("no phone");
    assert_eq!(error.to_string(), "missing required columns: phone_number");
    world.assert_untouched("there is no phone column").await;
}

/// Acceptance 10, for CSV; `workbooks` has the other half.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn the_case_of_the_extension_does_not_matter(db: PgPool) {
    let mut world = World::new(db).await;
    assert_eq!(figures(&world.import("LIST.CSV", SEED).await), [5, 4, 0, 1]);
}

/// Acceptance 11.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn phones_keep_their_plus_and_their_zeros(db: PgPool) {
    let mut world = World::new(db).await;
    let outcome =
        world.import("list.csv", "phone_number,score\n+79991234567,1.0\n,2\n79991234568.0,\n004930901820,007\n").await;
    assert_eq!(reasons(&outcome), [(3, "phoneEmpty")]);
    assert_eq!(world.phones().await, ["+79991234567", "+79991234568", "+4930901820"]);
    let tasks = world.tasks().await;
    assert_eq!((&tasks[0].data, &tasks[2].data), (&json!({ "score": "1.0" }), &json!({ "score": "007" })));
}

/// Acceptance 13.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn of_equal_numbers_the_first_stays_and_a_second_upload_adds_nothing(db: PgPool) {
    let mut world = World::new(db).await;
    let list = "phone,name\n+79991234567,first\n8 999 123-45-67,second\n+79991234568,other\nnope,\n";
    let outcome = world.import("list.csv", list).await;
    assert_eq!(figures(&outcome), [4, 2, 1, 1]);
    assert_eq!(reasons(&outcome), [(3, "duplicateInFile"), (5, "phoneInvalid")]);
    assert_eq!(world.tasks().await[0].name.as_deref(), Some("first"));

    let again = world.import("list.csv", list).await;
    assert_eq!(figures(&again), [4, 0, 3, 1]);
    assert_eq!(
        reasons(&again),
        [(2, "duplicateInCampaign"), (3, "duplicateInFile"), (4, "duplicateInCampaign"), (5, "phoneInvalid")]
    );
    assert_eq!(world.tasks().await.len(), 2);
    assert_eq!(world.pending().await, 2);

    let more = world.import("more.csv", "phone\n+79991234568\n+79991234569\n+79991234570\n").await;
    assert_eq!(figures(&more), [3, 2, 1, 0]);
    let positions: Vec<_> = world.tasks().await.iter().map(|task| task.position).collect();
    assert_eq!(
        positions,
        [1, 2, 4, 5],
        "a further list goes on behind the last position, a refused row keeps its place"
    );
}

/// Acceptance 14.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn a_row_beyond_any_limit_fails_alone(db: PgPool) {
    let mut world = World::new(db).await;
    let (long, name, huge) = ("я".repeat(256), "я".repeat(255), "x".repeat(40_000));
    let (endless, wide) = ("x".repeat(300 * 1024), ",x".repeat(400));
    let list = format!(
        "phone,name,note\n+79991234501,good,x\n+79991234502,{long},x\n+79991234503,ok,{huge}\n\
         +79991234504,ok,{endless}\n+79991234505,{name},x\n+79991234506,ok{wide}\n\
         +79991234507,\"open,x\n+79991234508,last,x\n"
    );
    let outcome = world.import("list.csv", list).await;
    let expected = [(3, "nameTooLong"), (4, "dataTooLong"), (5, "rowTooLong"), (7, "rowTooLong"), (8, "rowTooLong")];
    assert_eq!(reasons(&outcome), expected);
    assert_eq!((outcome.rejects[0].field.as_str(), outcome.rejects[1].field.as_str()), ("name", "note"));
    assert_eq!(world.phones().await, ["+79991234501", "+79991234505", "+79991234508"]);
}

#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn many_columns_are_too_much_data_together(db: PgPool) {
    let mut world = World::new(db).await;
    let header: String = (0..4).fold("phone".to_owned(), |header, n| format!("{header},c{n}"));
    let cells = format!(",{}", "x".repeat(17_000)).repeat(4);
    let outcome = world.import("list.csv", format!("{header}\n+79991234501{cells}\n+79991234502,x\n")).await;
    assert_eq!(reasons(&outcome), [(2, "dataTooLong")]);
    assert_eq!(outcome.rejects[0].field, "c3");
}

/// Acceptance 17: a campaign that is over takes nothing any more.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn a_campaign_that_is_over_refuses_lists(db: PgPool) {
    let mut world = World::new(db).await;
    for (text, state) in [("completed", CampaignState::Completed), ("cancelled", CampaignState::Cancelled)] {
        world.campaign = world.new_campaign(text).await;
        let error = world.try_import("list.csv", SEED).await.expect_err(text);
        assert!(matches!(error, ImportError::CampaignOver(found) if found == state), "{error}");
    }
    world.campaign = callboard_core::id::CampaignId(uuid::Uuid::nil());
    let error = world.try_import("list.csv", SEED).await.expect_err("unknown");
    assert!(matches!(error, ImportError::CampaignNotFound), "{error}");
    world.assert_untouched("no campaign took the list").await;
    world.campaign = world.new_campaign("paused").await;
    assert_eq!(world.import("list.csv", SEED).await.created, 4, "any other state takes lists");
}

/// Acceptance 85.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn a_file_over_the_limit_is_refused_with_the_limit(db: PgPool) {
    let mut world = World::new(db).await;
    world.limits = ImportLimits { rows: 1000, bytes: 10_000_000 };
    let rows = |count: u32| {
        (0..count).fold("phone\n".to_owned(), |list, n| list + &callboard_testkit::random::phone(n) + "\n")
    };
    let error = world.try_import("list.csv", rows(1001)).await.expect_err("one row too many");
    assert!(matches!(error, ImportError::TooLarge { limit: Limit::Rows, most: 1000 }), "{error}");
    let error = world.try_import("list.csv", vec![b'x'; 10_000_001]).await.expect_err("one byte too many");
    assert!(matches!(error, ImportError::TooLarge { limit: Limit::Bytes, most: 10_000_000 }), "{error}");
    world.assert_untouched("the file was too large").await;
    assert_eq!(world.import("list.csv", rows(1000)).await.created, 1000, "the limit itself is allowed");
}

/// Acceptance 87.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn synonyms_are_understood_and_other_columns_reach_the_agent(db: PgPool) {
    let mut world = World::new(db).await;
    let list = "Full Name;MOBILE;Lead Score;Last interaction\nIvan;+79991234567;87;12.11.2026\n";
    let outcome = world.import("list.csv", list).await;
    assert_eq!(outcome.extra_columns, ["Lead Score", "Last interaction"]);
    let task = world.tasks().await.remove(0);
    assert_eq!(task.name.as_deref(), Some("Ivan"));
    assert_eq!(task.data, json!({ "Lead Score": "87", "Last interaction": "12.11.2026" }));
}

/// Acceptance 88.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn one_number_written_in_three_ways_is_dialled_once(db: PgPool) {
    let mut world = World::new(db).await;
    world.region = "IN".to_owned();
    let list = "phone\n+91 9876543210\n+919876543210\n9876543210\n+65 91234567\n9.19E+11\n";
    let outcome = world.import("list.csv", list).await;
    assert_eq!(reasons(&outcome), [(3, "duplicateInFile"), (4, "duplicateInFile"), (6, "phoneDamaged")]);
    assert_eq!(world.phones().await, ["+919876543210", "+6591234567"]);
}

/// Acceptance 89.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn a_known_contact_is_reused_and_never_overwritten(db: PgPool) {
    let mut world = World::new(db).await;
    world.import("list.csv", "phone,name,city\n+79991234567,Ivan,Tula\n").await;
    let first = world.campaign;
    world.campaign = world.new_campaign("draft").await;
    let outcome = world.import("list.csv", "phone,name\n+79991234567,Somebody else\n+79991234568,New\n").await;
    assert_eq!((outcome.created, outcome.reused_contacts), (2, 1));
    assert_eq!(world.tasks().await[0].name.as_deref(), Some("Somebody else"), "the task says what its list says");
    let kept = "select count(*) from contacts where company_id = $1 and phone = '+79991234567' and name = 'Ivan'
                and data = '{\"city\": \"Tula\"}'";
    assert_eq!(world.count(kept).await, 1, "the contact stays as it was");
    let shared = "select count(distinct contact_id) from call_tasks where company_id = $1 and phone = '+79991234567'";
    assert_eq!(world.count(shared).await, 1, "both campaigns mean the same person");
    assert_ne!(first, world.campaign);
}

#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn a_check_reports_the_same_and_writes_nothing(db: PgPool) {
    let mut world = World::new(db).await;
    let outcome = world.check("list.csv", SEED).await;
    assert_eq!((figures(&outcome), outcome.call_list_id), ([5, 4, 0, 1], None));
    assert_eq!(reasons(&outcome), [(6, "phoneInvalid")]);
    world.assert_untouched("it was only a check").await;
    world.import("list.csv", SEED).await;
    let again = world.check("list.csv", SEED).await;
    assert_eq!(figures(&again), [5, 0, 4, 1], "a check sees what is in the campaign");
}
