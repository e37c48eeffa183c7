//! The report of refused rows: acceptance 89 (second half).

use callboard_contract::ImportReport;
use callboard_engine::import::{RejectsError, import_report, import_reports, rejects_csv};
use sqlx::PgPool;

use crate::world::{World, figures};

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
    let expected = "\u{feff}Телефон;Имя;Примечание;column_4;Callboard: строка;Callboard: причина\r\n\
                    '+7999123456О;Иван;'=cmd|'/C calc'!A0;;2;В номере есть буква, похожая на цифру\r\n\
                    '+7999;Ольга;x;;3;В номере не хватает цифр\r\n\
                    ;Анна;\"два\nряда\";лишнее;5;Нет номера телефона\r\n";
    assert_eq!(russian, expected);
    let english = world.rejects(&outcome, "en").await;
    assert!(english.contains("Callboard: line,Callboard: reason\r\n"), "{english}");
    assert!(english.contains(",3,The number has too few digits\r\n"), "{english}");
}

#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn a_corrected_report_can_be_imported(db: PgPool) {
    let mut world = World::new(db).await;
    for language in ["ru", "en"] {
        world.campaign = world.new_campaign("draft").await;
        let outcome = world.import("list.csv", LIST).await;
        let corrected =
            world.rejects(&outcome, language).await.replace("123456О", "1234560").replace("'+7999", "'+79991234561");
        let corrected = corrected.replace("'+799912345611234560", "'+79991234560");
        let again = world.import("corrected.csv", corrected).await;
        assert_eq!(figures(&again), [3, 2, 0, 1], "{language}");
        assert_eq!(world.phones().await, ["+79991234567", "+79991234560", "+79991234561"]);
        assert_eq!(again.extra_columns, ["Примечание", "column_4"], "line and reason are no data");
        let note = &world.tasks().await[1].data["Примечание"];
        assert_eq!(note, "=cmd|'/C calc'!A0", "the protecting apostrophe is gone again");
    }
}

#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn more_refused_rows_than_a_page_all_come_back(db: PgPool) {
    let mut world = World::new(db).await;
    let list: String = std::iter::once("phone\n".to_owned()).chain((0..12_000).map(|n| format!("bad{n}\n"))).collect();
    let outcome = world.import("list.csv", list).await;
    assert_eq!((outcome.rejected, outcome.rejects.len()), (12_000, 100));
    let text = world.rejects(&outcome, "en").await;
    assert_eq!(text.lines().count(), 12_001);
    assert!(text.ends_with("bad11999,12001,This is not a valid phone number\r\n"));
}

#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn an_import_is_shown_later_as_it_was_answered(db: PgPool) {
    let mut world = World::new(db).await;
    let first = world.import("first.csv", LIST).await;
    let second = world.import("second.csv", "phone\n+79991234560\n").await;
    world.check("checked.csv", LIST).await;
    let id = first.call_list_id.expect("an id");
    let shown = import_report(&world.db, world.company, id).await.expect("an answer").expect("it exists");
    assert_eq!(ImportReport::from(shown), ImportReport::from(first));
    let all = import_reports(&world.db, world.company, Some(world.campaign)).await.expect("an answer");
    let names: Vec<_> = all.iter().map(|report| report.file_name.as_str()).collect();
    assert_eq!(names, ["second.csv", "first.csv"], "newest first, checks are not kept");
    assert_eq!(second.created, 1);

    let stranger = callboard_core::id::CompanyId(uuid::Uuid::nil());
    assert!(import_report(&world.db, stranger, id).await.expect("an answer").is_none());
    let refusal = rejects_csv(&world.db, stranger, id, "en", &mut Vec::new()).await;
    assert!(matches!(refusal, Err(RejectsError::NotFound)), "another company sees nothing");
}
