//! Every file of `tests/lists`, and what must come of it.

use std::path::PathBuf;

use callboard_engine::import::{ImportError, Unreadable};
use serde_json::json;
use sqlx::PgPool;

use crate::world::{World, figures, reasons};

type Refused = &'static [(i32, &'static str)];

/// File, region, numbers dialled, rows refused.
const TAKEN: &[(&str, &str, &[&str], Refused)] = &[
    (
        "acceptance-7.csv",
        "RU",
        &["+79991234567", "+79991234568", "+79991234569", "+79991234570"],
        &[(6, "phoneInvalid")],
    ),
    ("utf8-bom-semicolon.csv", "RU", THREE, &[]),
    ("cp1251-semicolon.csv", "RU", THREE, &[]),
    ("koi8r-semicolon.csv", "RU", THREE, &[]),
    ("cp866-semicolon.csv", "RU", THREE, &[]),
    ("utf16le-tab.csv", "RU", THREE, &[]),
    ("utf16be-tab.csv", "RU", THREE, &[]),
    ("pipe.csv", "RU", THREE, &[]),
    ("sep-line.csv", "RU", THREE, &[]),
    ("old-mac.csv", "RU", THREE, &[]),
    ("header-case.csv", "RU", &["+79991234567"], &[]),
    ("quoted-newlines.csv", "RU", &["+79991234567", "+79991234568"], &[(9, "phoneInvalid")]),
    ("ragged.csv", "RU", THREE, &[]),
    (
        "excel-damage.csv",
        "RU",
        &["+79991234567", "+79991234568", "+79991234569", "+79991234570"],
        &[(2, "phoneDamaged"), (3, "phoneDamaged"), (7, "phoneDamaged")],
    ),
    ("open-quote.csv", "RU", &["+79991234568", "+79991234569"], &[(2, "rowTooLong")]),
    (
        "duplicates.csv",
        "RU",
        &["+79991234567", "+79991234568"],
        &[(3, "duplicateInFile"), (5, "duplicateInFile"), (6, "phoneInvalid")],
    ),
    (
        "lookalikes.csv",
        "RU",
        &[],
        &[
            (2, "phoneLookalike"),
            (3, "phoneLookalike"),
            (4, "phoneNotAllowed"),
            (5, "phoneTooShort"),
            (7, "phoneNotAllowed"),
        ],
    ),
    ("formulas.csv", "RU", &[], &[(2, "phoneInvalid"), (3, "phoneInvalid")]),
    // Acceptance 86.
    ("instructions.csv", "IN", &["+919876543210", "+12125550142", "+971501234567"], &[]),
    ("control-characters.csv", "RU", &["+79991234567", "+79991234568"], &[]),
    ("header-only.csv", "RU", &[], &[]),
];

const THREE: &[&str] = &["+79991234567", "+79991234568", "+79991234569"];

fn read(name: &str) -> Vec<u8> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../tests/lists").join(name);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Acceptance 12 and others.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn every_nasty_file_gives_exactly_what_the_table_says(db: PgPool) {
    let mut world = World::new(db).await;
    for (file, region, phones, refused) in TAKEN {
        world.campaign = world.new_campaign("draft").await;
        world.region = (*region).to_owned();
        // A contact of the file before would be reused.
        world.run("delete from contacts where company_id = $1").await;
        let outcome = world.import(file, read(file)).await;
        assert_eq!(reasons(&outcome), *refused, "{file}");
        assert_eq!(world.phones().await, *phones, "{file}");
        let [total, created, duplicates, rejected] = figures(&outcome);
        assert_eq!(total, created + duplicates + rejected + outcome.counts.ignored, "{file}");
        assert!(!outcome.damaged_text, "{file}");
        let tasks = world.tasks().await;
        if *phones == THREE && *file != "ragged.csv" {
            let names: Vec<_> = tasks.iter().filter_map(|task| task.name.as_deref()).collect();
            assert_eq!(names, ["Иванов Иван", "Петрова Анна", "Сидоров \"Сид\" Пётр"], "{file}");
            assert_eq!(
                tasks[0].data,
                json!({ "Город": "Нижний Новгород", "notes": "Просил звонить; после обеда" }),
                "{file}"
            );
        }
        if *file == "ragged.csv" {
            assert_eq!(tasks[1].data, json!({ "city": "Tula", "column_4": "extra", "column_6": "more" }));
        }
        if *file == "control-characters.csv" {
            assert_eq!(tasks[0].name.as_deref(), Some("Ivan"), "NUL cannot be stored and goes");
            assert_eq!(tasks[1].data, json!({ "notes": "😀 emoji" }));
        }
    }
}

#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn a_file_that_is_no_list_is_refused_with_the_reason(db: PgPool) {
    let mut world = World::new(db).await;
    for (file, reason) in [
        ("empty.csv", Unreadable::Empty),
        ("blank-lines.csv", Unreadable::Empty),
        ("not-text.csv", Unreadable::NotText),
        ("not-a-workbook.xlsx", Unreadable::NotAWorkbook),
    ] {
        let error = world.try_import(file, read(file)).await.expect_err(file);
        assert!(matches!(error, ImportError::Unreadable { reason: found } if found == reason), "{file}: {error}");
    }
    let error = world.try_import("no-phone.csv", read("no-phone.csv")).await.expect_err("no phone");
    assert!(matches!(error, ImportError::MissingColumns { .. }), "{error}");
    let error = world.try_import("test.txt", read("test.txt")).await.expect_err("text");
    assert!(matches!(error, ImportError::UnsupportedFormat { .. }), "{error}");
    let protected = [&b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"[..], &[0; 512]].concat();
    let error = world.try_import("protected.xlsx", protected).await.expect_err("protected");
    assert!(matches!(error, ImportError::Unreadable { reason: Unreadable::Protected }), "{error}");
    let mut gone = world.job("gone.csv", b"");
    gone.path = gone.path.join("nowhere");
    let error = world.run_job(gone).await.expect_err("gone");
    assert!(matches!(error, ImportError::Unreadable { reason: Unreadable::File }), "{error}");
    world.assert_untouched("every file was refused").await;
}
