//! Workbooks: acceptance 10, 11 and what archives can hide.

use callboard_engine::import::{ImportError, Unreadable};
use serde_json::json;
use sqlx::PgPool;

use crate::{
    workbook::{
        Cell::{self, Empty, Formula, Moment, Number, Shared, Text},
        Workbook,
    },
    world::{World, figures, reasons},
};

fn seed() -> Vec<Vec<Cell<'static>>> {
    vec![
        vec![Shared("phone_number"), Shared("name"), Shared("company"), Shared("notes")],
        vec![Text("+79991234567"), Shared("Иван Петров"), Shared("ООО Ромашка"), Shared("Перезвонить")],
        vec![Shared("+79991234568"), Shared("Мария Сидорова"), Text("A & B <C>"), Shared("Новый клиент")],
        vec![Number("79991234569"), Shared("Пётр Иванов"), Empty, Shared("Без компании")],
        vec![Number("7.999123457E10"), Empty, Empty, Shared("Без имени")],
        vec![Shared("invalid_phone"), Shared("Кривой Номер")],
    ]
}

/// Acceptance 10 and 11: numbers that were stored as numbers lose neither digits nor meaning.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn the_list_of_the_seed_is_the_same_as_a_workbook(db: PgPool) {
    let mut world = World::new(db).await;
    for name in ["list.xlsx", "LIST.XLSX"] {
        world.campaign = world.new_campaign("draft").await;
        let outcome = world.import(name, Workbook::default().sheet("visible", seed()).build()).await;
        assert_eq!(figures(&outcome), [5, 4, 0, 1], "{name}");
        assert_eq!(reasons(&outcome), [(6, "phoneInvalid")], "{name}: the line is the row of the sheet");
        assert_eq!(world.phones().await, ["+79991234567", "+79991234568", "+79991234569", "+79991234570"]);
        let tasks = world.tasks().await;
        assert_eq!(tasks[1].data, json!({ "company": "A & B <C>", "notes": "Новый клиент" }));
        assert_eq!((&tasks[3].name, &tasks[3].data), (&None, &json!({ "notes": "Без имени" })));
    }
}

#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn cells_are_read_as_a_person_would_copy_them(db: PgPool) {
    let mut world = World::new(db).await;
    let rows = vec![
        vec![],
        vec![Text("Телефон"), Text("дата"), Text("время"), Text("сумма"), Text("итог")],
        vec![],
        vec![
            Number("79991234567"),
            Moment("46346"),
            Moment("46346.5625"),
            Number("1234.5"),
            Formula("A1&\"x\"", "saved"),
        ],
        vec![Empty, Empty],
        vec![Text("89991234568"), Moment("0.75"), Empty, Number("100"), Formula("NA()", "#N/A")],
    ];
    let sheets = Workbook::default().sheet("hidden", seed()).sheet("veryHidden", seed()).sheet("visible", rows);
    let outcome = world.import("list.xlsx", sheets.sheet("visible", seed()).build()).await;
    assert_eq!(figures(&outcome), [2, 2, 0, 0], "the first visible sheet counts, empty rows do not");
    let tasks = world.tasks().await;
    assert_eq!(
        tasks[0].data,
        json!({ "дата": "2026-11-20", "время": "2026-11-20 13:30:00", "сумма": "1234.5", "итог": "saved" })
    );
    assert_eq!(tasks[1].data, json!({ "дата": "18:00:00", "сумма": "100", "итог": "#N/A" }));
}

#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn cells_far_to_the_right_cost_their_row_only(db: PgPool) {
    let mut world = World::new(db).await;
    let far = |value| {
        let mut row = vec![Text("+79991234567")];
        row.resize(300, Empty);
        row.push(value);
        row
    };
    let rows = vec![vec![Text("phone")], far(Text("x")), far(Text(" ")), vec![Text("+79991234568")]];
    let outcome = world.import("list.xlsx", Workbook::default().sheet("visible", rows).build()).await;
    assert_eq!(reasons(&outcome), [(2, "rowTooLong")]);
    assert_eq!(world.phones().await, ["+79991234567", "+79991234568"]);
}

#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn an_archive_that_swells_is_refused_before_it_is_opened(db: PgPool) {
    let mut world = World::new(db).await;
    let bomb = Workbook::default().sheet("visible", seed()).entry("xl/media/bomb.bin", vec![0; 32 << 20]).build();
    assert!(bomb.len() < 100 << 10, "the file itself is small");
    let crowd = (0..300).fold(Workbook::default().sheet("visible", seed()), |book, n| {
        book.entry(Box::leak(format!("xl/e{n}").into_boxed_str()), Vec::new())
    });
    for bytes in [bomb, crowd.build()] {
        let error = world.try_import("list.xlsx", bytes).await.expect_err("refused");
        assert!(matches!(error, ImportError::Unreadable { reason: Unreadable::Suspicious }), "{error}");
    }
    world.assert_untouched("both archives were refused").await;
}

#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn a_broken_workbook_is_refused_as_a_whole(db: PgPool) {
    let mut world = World::new(db).await;
    let whole = Workbook::default().sheet("visible", seed()).build();
    for cut in [10, whole.len() / 2, whole.len() - 10] {
        let error = world.try_import("list.xlsx", &whole[..cut]).await.expect_err("cut off");
        assert!(matches!(error, ImportError::Unreadable { .. }), "{cut}: {error}");
    }
    let hidden = Workbook::default().sheet("hidden", seed()).build();
    let error = world.try_import("list.xlsx", hidden).await.expect_err("nothing to see");
    assert!(matches!(error, ImportError::Unreadable { reason: Unreadable::NoSheet }), "{error}");
    let other = zip::ZipWriter::new(std::io::Cursor::new(Vec::new())).finish().expect("an archive").into_inner();
    let error = world.try_import("list.xlsx", other).await.expect_err("an archive of nothing");
    assert!(matches!(error, ImportError::Unreadable { .. }), "{error}");
    world.assert_untouched("no workbook was whole").await;
}
