//! The report of refused rows: acceptance 89 (second half).

use callboard_engine::import::{RejectsError, rejects_xlsx};
use sqlx::PgPool;

use crate::{
    workbook::{Cell, Workbook},
    world::{World, figures},
};

const LIST: &str = "Телефон;Имя;Примечание\n\
                    +7999123456О;Иван;=cmd|'/C calc'!A0\n\
                    '+7999;Ольга;x\n\
                    +79991234567;Пётр;y\n\
                    ;Анна;\"два\nряда\";лишнее\n";

#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn every_refused_row_is_handed_back_with_line_and_reason(db: PgPool) {
    let mut world = World::new(db).await;
    let outcome = world.import("list.csv", LIST).await;
    assert_eq!(figures(&outcome), [4, 1, 0, 3]);
    let russian = world.rejects(&outcome, "ru").await;
    let expected = [
        ["Телефон", "Имя", "Примечание", "column_4", "Callboard: строка", "Callboard: причина"],
        ["+7999123456О", "Иван", "=cmd|'/C calc'!A0", "", "2", "В номере есть буква, похожая на цифру"],
        ["'+7999", "Ольга", "x", "", "3", "В номере не хватает цифр"],
        ["", "Анна", "два\nряда", "лишнее", "5", "Нет номера телефона"],
    ];
    assert_eq!(russian, expected);
    let english = world.rejects(&outcome, "en").await;
    assert_eq!(english[0][4..], ["Callboard: line", "Callboard: reason"]);
    assert_eq!(english[2][5], "The number has too few digits");
}

#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn a_corrected_report_can_be_imported(db: PgPool) {
    let mut world = World::new(db).await;
    for language in ["ru", "en"] {
        world.campaign = world.new_campaign("draft").await;
        let outcome = world.import("list.csv", LIST).await;
        let mut rows = world.rejects(&outcome, language).await;
        rows[1][0] = "+79991234560".to_owned();
        rows[2][0] = "+79991234561".to_owned();
        let cells = rows.iter().map(|row| row.iter().map(|cell| Cell::Text(cell)).collect()).collect();
        let again = world.import("corrected.xlsx", Workbook::default().sheet("visible", cells).build()).await;
        assert_eq!(figures(&again), [3, 2, 0, 1], "{language}");
        assert_eq!(world.phones().await, ["+79991234567", "+79991234560", "+79991234561"]);
        assert_eq!(again.extra_columns, ["column_4"], "line and reason are no data");
        let note = &world.tasks().await[1].data["notes"];
        assert_eq!(note, "=cmd|'/C calc'!A0");
    }
}

#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn more_refused_rows_than_a_page_all_come_back(db: PgPool) {
    let mut world = World::new(db).await;
    let list: String = std::iter::once("phone\n".to_owned()).chain((0..12_000).map(|n| format!("bad{n}\n"))).collect();
    let outcome = world.import("list.csv", list).await;
    assert_eq!((outcome.counts.invalid, outcome.rejects.len()), (12_000, 100));
    let rows = world.rejects(&outcome, "en").await;
    assert_eq!(rows.len(), 12_001);
    assert_eq!(rows[12_000], ["bad11999", "12001", "This is not a valid phone number"]);
}

#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn another_company_sees_no_report(db: PgPool) {
    let mut world = World::new(db).await;
    let outcome = world.import("first.csv", LIST).await;
    let id = callboard_core::id::CallListId(outcome.call_list_id.expect("an id"));
    let stranger = callboard_core::id::CompanyId(uuid::Uuid::nil());
    let refusal = rejects_xlsx(&world.db, stranger, id, "en").await;
    assert!(matches!(refusal, Err(RejectsError::NotFound)), "another company sees nothing");
}
