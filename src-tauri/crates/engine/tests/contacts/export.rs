//! The book as a file: what a spreadsheet shows, and that it calculates nothing.

use std::io::Cursor;

use calamine::{Data, Reader, Xlsx};
use callboard_contract::{ContactExport, ContactForm, ContactSelection, FileFormat};
use callboard_db::PgPool;
use callboard_engine::contacts;

use crate::{ANNA, BORIS, VERA, add, all, common::Stage, create, form, these};

async fn export(stage: &Stage, selection: ContactSelection, format: FileFormat, language: &str) -> (String, Vec<u8>) {
    let request = ContactExport { company_id: stage.company.0, selection, format, language: language.to_owned() };
    contacts::export(&stage.context, request).await.expect("a file")
}

/// A contact whose every text is an attack or a nuisance.
async fn nasty(stage: &Stage) {
    let nasty = ContactForm {
        other_phones: vec![VERA.to_owned(), BORIS.to_owned()],
        email: "@sum".to_owned(),
        organization: "-2+3+cmd|' /C calc'!A0".to_owned(),
        notes: "two\nlines; \"quoted\", and more".to_owned(),
        tags: vec!["vip".to_owned(), "+plus".to_owned()],
        zone: "Asia/Omsk".to_owned(),
        data: [("debt", "=1+1"), ("city", "Омск")].map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
        ..form(ANNA, "=HYPERLINK(\"http://evil\")")
    };
    create(stage, nasty).await.unwrap();
}

#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn a_text_file_opens_in_a_spreadsheet_and_calculates_nothing(db: PgPool) {
    let stage = Stage::new(db).await;
    nasty(&stage).await;
    let (name, bytes) = export(&stage, all(), FileFormat::Csv, "ru").await;
    assert!(name.starts_with("Контакты 20") && name.split('.').nth(1) == Some("csv"), "{name}");
    let text = String::from_utf8(bytes).unwrap();
    let text = text.strip_prefix('\u{feff}').expect("the mark without which Cyrillic is read as something else");
    assert!(text.ends_with("\r\n"));
    let mut reader = csv::ReaderBuilder::new().delimiter(b';').from_reader(text.as_bytes());
    let header: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    assert_eq!(header[..4], ["ФИО", "Телефон", "Другие телефоны", "Email"]);
    assert_eq!(header[12..], ["city", "debt"], "every name of further data is a column");
    let row = reader.records().next().unwrap().unwrap();
    assert_eq!(row.get(0), Some("'=HYPERLINK(\"http://evil\")"));
    assert_eq!(row.get(1), Some("'+79991230001"), "the import takes the apostrophe off");
    assert_eq!(row.get(2), Some("'+79991230003; +79991230002"));
    assert_eq!(row.get(3), Some("'@sum"));
    assert_eq!(row.get(4), Some("'-2+3+cmd|' /C calc'!A0"));
    assert_eq!(row.get(5), Some("two\nlines; \"quoted\", and more"));
    assert_eq!(row.get(6), Some("'+plus, vip"));
    assert_eq!((row.get(7), row.get(8)), (Some("Asia/Omsk"), Some("0")));
    assert_eq!((row.get(12), row.get(13)), (Some("Омск"), Some("'=1+1")));
    let (_, bytes) = export(&stage, all(), FileFormat::Csv, "en").await;
    let text = String::from_utf8(bytes).unwrap();
    assert!(text.starts_with("\u{feff}Name,Phone,Other phones,Email,Company,Notes,Tags,Time zone,"), "{text}");
}

#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn a_workbook_keeps_every_text_as_it_is(db: PgPool) {
    let stage = Stage::new(db).await;
    nasty(&stage).await;
    let (name, bytes) = export(&stage, all(), FileFormat::Xlsx, "en").await;
    assert!(name.starts_with("Contacts 20") && name.split('.').nth(1) == Some("xlsx"), "{name}");
    let mut workbook = Xlsx::new(Cursor::new(bytes)).unwrap();
    let sheet = workbook.worksheet_range_at(0).unwrap().unwrap();
    assert!(workbook.worksheet_formula(&workbook.sheet_names()[0]).unwrap().is_empty(), "nothing is calculated");
    let row: Vec<Data> = sheet.rows().nth(1).unwrap().to_vec();
    assert_eq!(row[0], Data::String("=HYPERLINK(\"http://evil\")".to_owned()));
    assert_eq!(row[1], Data::String(ANNA.to_owned()), "a number is a text and keeps its plus");
    assert_eq!(row[5], Data::String("two\nlines; \"quoted\", and more".to_owned()));
    assert_eq!(row[8], Data::Float(0.0), "how many calls is a number");
    assert_eq!(row[13], Data::String("=1+1".to_owned()));
}

#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn a_file_holds_the_chosen_contacts_over_several_pages(db: PgPool) {
    let stage = Stage::new(db).await;
    let sql = "insert into contacts (company_id, contact_id, phone, name)
               select $1, ('00000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, '+7999' || lpad(n::text, 7, '0'), 'n' || n
               from generate_series(1, 12000) n";
    sqlx::query(sql).bind(stage.company.0).execute(&stage.context.db).await.unwrap();
    let (_, bytes) = export(&stage, all(), FileFormat::Csv, "en").await;
    let mut numbers: Vec<String> =
        csv::Reader::from_reader(&bytes[3..]).records().map(|row| row.unwrap().get(1).unwrap().to_owned()).collect();
    assert_eq!(numbers.first().map(String::as_str), Some("'+79990012000"), "newest first, as the list");
    numbers.sort_unstable();
    numbers.dedup();
    assert_eq!(numbers.len(), 12_000, "each once");
    let one = add(&stage, BORIS).await;
    let (_, bytes) = export(&stage, these(&[&one]), FileFormat::Csv, "en").await;
    assert_eq!(String::from_utf8(bytes).unwrap().lines().count(), 2);
}
