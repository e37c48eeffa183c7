use super::*;

fn guess(columns: &[&str], rows: &[&[&str]]) -> Vec<ColumnRole> {
    let columns: Vec<String> = columns.iter().map(|&name| name.to_owned()).collect();
    let rows: Vec<Vec<String>> = rows.iter().map(|row| row.iter().map(|&cell| cell.to_owned()).collect()).collect();
    guess_roles(&columns, &rows).into_iter().map(|guess| guess.role).collect()
}

fn mapping(columns: &[&str], rows: &[&[&str]]) -> Mapping {
    let names: Vec<String> = columns.iter().map(|&name| name.to_owned()).collect();
    let rows: Vec<Vec<String>> = rows.iter().map(|row| row.iter().map(|&cell| cell.to_owned()).collect()).collect();
    Mapping::from_guesses(&guess_roles(&names, &rows))
}

use ColumnRole::{Company, Email, Extra, Ignore, Name, Notes, Phone, Tags, Zone};

/// Acceptance 87; requirements F8; domain 4.3.
#[test]
fn columns_are_known_under_all_their_names() {
    for (role, names) in [
        (
            Phone,
            "phone_number,Phone Number,phonenumber,mobile,Cell,MSISDN,tel.,Телефон,тел.,номер,Номер телефона,Моб.,сотовый,Контактный телефон,Телефон 2,Доп. телефон,Work phone",
        ),
        (
            Name,
            "name,Full Name,full_name,contact_name,ФИО,Имя,Фамилия,Отчество,клиент,Контакт,customer,First name,last_name",
        ),
        (Email, "email,E-mail,email_address,Почта"),
        (Company, "company,organization,business,Компания,Организация,Юр. лицо"),
        (Zone, "timezone,time_zone,Часовой пояс,ЧП,GMT,UTC,Город,city,Регион"),
        (Notes, "notes,comments,description,Комментарий,Примечание"),
        (Tags, "tags,Теги,Метки"),
        (Extra, "lead_score,ИНН,Адрес,Сумма долга,anything"),
        (Ignore, "Callboard: строка,Callboard: reason"),
    ] {
        for name in names.split(',') {
            assert_eq!(guess(&[name], &[]), [role], "{name}");
        }
    }
}

#[test]
fn content_speaks_where_names_are_silent() {
    let rows: &[&[&str]] = &[
        &["1", "Иванов Иван", "8 (999) 123-45-67", "ivan@example.com", "Europe/Moscow"],
        &["2", "Ольга Петрова", "+7 999 123-45-68", "olga@example.com", "Asia/Omsk"],
    ];
    let columns = ["column_1", "column_2", "column_3", "column_4", "column_5"];
    assert_eq!(guess(&columns, rows), [Extra, Name, Phone, Email, Zone]);
}

#[test]
fn a_place_is_a_zone_where_its_clocks_are_known() {
    let rows: &[&[&str]] = &[&["Омск", "Сибирь", "7"], &["Казань", "Татарстан", "8"]];
    assert_eq!(guess(&["Город", "Регион", "state"], rows), [Zone, Extra, Extra]);
    let rows: &[&[&str]] = &[&["Омск", "Asia/Omsk"]];
    assert_eq!(guess(&["Город", "Часовой пояс"], rows), [Extra, Zone], "the zone itself says more");
    assert_eq!(guess(&["Город"], &[&["Нижние Петухи"]]), [Extra]);
}

#[test]
fn content_contradicts_a_weak_name_only() {
    let rows: &[&[&str]] = &[&["17", "89991234567", "7707083893"], &["18", "89991234568", "7707083894"]];
    assert_eq!(guess(&["Номер", "Контакт", "ИНН"], rows), [Extra, Phone, Extra], "a tax number is no phone");
    let typed: &[&[&str]] = &[&["мобильный", "+79991234567"], &["рабочий", "+79991234568"]];
    assert_eq!(guess(&["Тип телефона", "Телефон"], typed), [Extra, Phone]);
    assert_eq!(guess(&["phone"], &[&["call me"]]), [Phone], "rows are refused one by one, with their reasons");
}

#[test]
fn the_main_phone_is_the_plainest_and_fullest() {
    let rows: &[&[&str]] = &[&["", "89991234567"], &["89991234569", "89991234568"]];
    let several = mapping(&["Доп. телефон", "Телефон"], rows);
    assert_eq!(several.phones(), [1, 0]);
    assert_eq!(mapping(&["Телефон 1", "Телефон 2"], &[&["89991234567", "89991234568"]]).phones(), [0, 1]);
}

#[test]
fn parts_of_a_name_are_joined_in_order_and_yield_to_a_whole_one() {
    let columns = ["Имя", "Отчество", "Фамилия", "Телефон"];
    let parts = mapping(&columns, &[]);
    assert_eq!(parts.names(&columns.map(str::to_owned)), [2, 0, 1]);
    assert_eq!(guess(&["ФИО", "Имя", "Телефон"], &[]), [Name, Extra, Phone]);
    assert_eq!(guess(&["Клиент", "Имя", "Фамилия"], &[]), [Extra, Name, Name]);
    assert_eq!(guess(&["Имя", "Клиент"], &[]), [Name, Extra]);
    assert_eq!(guess(&["email", "почта"], &[]), [Email, Extra]);
}

/// Acceptance 9.
#[test]
fn without_a_phone_the_missing_column_is_named() {
    let refusal = mapping(&["name", "company"], &[]).check().expect_err("no phone");
    assert_eq!(refusal.to_string(), "missing required columns: phone_number");
    mapping(&["тел"], &[]).check().expect("a phone");
}

#[test]
fn what_looks_like_a_phone() {
    for phone in [
        "+7 (999) 123-45-67",
        "89991234567",
        "9991234567",
        "'+79991234567",
        "7.99E+10",
        "0049 30 901820",
        "+1 202-555-0143",
        "89991234567 доб. 12",
        "89991234567; 89991234568",
    ] {
        assert!(looks_like_phone(phone) > 0.4, "{phone}");
    }
    for other in ["", "Иван", "2026-01-31", "31.12.2026 10:00", "12345", "150000.00", "a@b.ru", "E", "дом 5", "12,5"]
    {
        assert!(looks_like_phone(other) < 0.1, "{other}");
    }
}

#[test]
fn a_fingerprint_knows_the_columns_and_not_their_spelling() {
    let of = |names: &[&str]| fingerprint(&names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>());
    assert_eq!(of(&["Phone Number", "Имя"]), of(&["phone_number", " имя "]));
    assert_ne!(of(&["phone", "name"]), of(&["name", "phone"]));
    assert_ne!(of(&["ab", "c"]), of(&["a", "bc"]));
    assert_eq!(of(&[]).len(), 64);
}
