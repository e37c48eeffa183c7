//! Acceptance 32 and requirements B4: what is understood, in both languages.

use std::time::Duration;

use chrono::TimeZone;
use chrono_tz::Europe::Moscow;
use proptest::prelude::*;

use super::*;
use crate::scenario::config::{ChoiceConfig, LocalText, Validation};

/// Wednesday, 14 January 2026, noon in Moscow.
fn moment() -> Moment {
    let now = Moscow.with_ymd_and_hms(2026, 1, 14, 12, 0, 0).single().expect("an instant");
    Moment { now, elapsed: Duration::ZERO }
}

fn field(kind: FieldType) -> FieldConfig {
    FieldConfig {
        id: "field".into(),
        kind,
        required: true,
        description: LocalText::default(),
        validation_hint: String::new(),
        refusal: LocalText::default(),
        validation: Validation::default(),
        examples: Vec::new(),
    }
}

fn hear(field: &FieldConfig, text: &str, asked: bool) -> Result<Option<String>, RefusalReason> {
    let language = if text.is_ascii() { Language::En } else { Language::Ru };
    extract(field, text, asked, language, "RU", &moment())
        .map(|found| found.map(|extracted| extracted.value.to_string()))
        .map_err(|refusal| refusal.reason)
}

fn understood(kind: FieldType, text: &str) -> Option<String> {
    hear(&field(kind), text, true).unwrap_or_else(|reason| panic!("{text}: {reason}"))
}

fn check(kind: FieldType, cases: &[(&str, &str)]) {
    for (text, expected) in cases {
        assert_eq!(hear(&field(kind), text, true), Ok(Some((*expected).to_owned())), "{text}");
    }
}

#[test]
fn phone_numbers_are_understood_in_digits_and_in_words() {
    for text in [
        "8 999 123 45 67",
        "мой номер 8 (999) 123-45-67, спасибо",
        "+7 999 123-45-67",
        "999 123 45 67",
        "восемь девятьсот девяносто девять сто двадцать три сорок пять шестьдесят семь",
        "плюс семь девятьсот девяносто девять, 123, 45, 67",
        "8.999.123.45.67",
        "8 999 123 45 67, в 14:00",
        "8 девятьсот девяносто девять 123 сорок пять 67",
        "пишите: восемь, девятьсот девяносто девять 123 45 67",
        "eight nine nine nine one two three four five six seven",
        "eight triple nine one two three four five six seven",
    ] {
        assert_eq!(understood(FieldType::Phone, text).as_deref(), Some("+79991234567"), "{text}");
    }
    assert_eq!(understood(FieldType::Phone, "+44 20 7946 0958").as_deref(), Some("+442079460958"));
}

#[test]
fn a_number_that_lost_digits_is_refused_not_guessed() {
    assert_eq!(hear(&field(FieldType::Phone), "8 999 123 45", true), Err(RefusalReason::BadPhone));
    assert_eq!(hear(&field(FieldType::Phone), "в 14:00", false), Ok(None));
    assert_eq!(understood(FieldType::Phone, "не скажу"), None);
}

#[test]
fn days_are_understood() {
    check(
        FieldType::Date,
        &[
            ("сегодня", "2026-01-14"),
            ("давайте завтра в 14:00", "2026-01-15"),
            ("послезавтра", "2026-01-16"),
            ("после завтра", "2026-01-16"),
            ("the day after tomorrow", "2026-01-16"),
            ("tomorrow at 2 pm", "2026-01-15"),
            ("через три дня", "2026-01-17"),
            ("через неделю", "2026-01-21"),
            ("in two weeks", "2026-01-28"),
            ("в пятницу", "2026-01-16"),
            ("в среду", "2026-01-21"),
            ("в следующую пятницу", "2026-01-23"),
            ("on Monday", "2026-01-19"),
            ("next monday", "2026-01-19"),
            ("15 января", "2026-01-15"),
            ("пятнадцатого января", "2026-01-15"),
            ("13 января", "2027-01-13"),
            ("двадцать пятого марта", "2026-03-25"),
            ("1 мая 2027 года", "2027-05-01"),
            ("15 January", "2026-01-15"),
            ("January 15th", "2026-01-15"),
            ("the 15th of January", "2026-01-15"),
            ("march third", "2026-03-03"),
            ("15.01", "2026-01-15"),
            ("15.01.2027", "2027-01-15"),
            ("2026-02-01", "2026-02-01"),
            ("29 февраля", "2028-02-29"),
            ("двадцатого", "2026-01-20"),
            ("10-го числа", "2026-02-10"),
        ],
    );
}

#[test]
fn days_that_are_past_or_do_not_exist_are_refused() {
    for (text, reason) in [
        ("вчера", RefusalReason::Past),
        ("yesterday", RefusalReason::Past),
        ("13 января 2026 года", RefusalReason::Past),
        ("01.01.2020", RefusalReason::Past),
        ("31 февраля", RefusalReason::NoSuchDate),
        ("32 января", RefusalReason::NoSuchDate),
    ] {
        assert_eq!(hear(&field(FieldType::Date), text, true), Err(reason), "{text}");
    }
    for text in ["в 14:30", "не знаю", "I may come", "мой день рождения"] {
        assert_eq!(hear(&field(FieldType::Date), text, false), Ok(None), "{text}");
    }
}

/// Requirements I-44: the replaced system read "послезавтра" as tomorrow.
#[test]
fn the_day_after_tomorrow_is_not_tomorrow() {
    assert_eq!(understood(FieldType::Date, "послезавтра в три").as_deref(), Some("2026-01-16"));
}

#[test]
fn times_are_understood() {
    check(
        FieldType::Time,
        &[
            ("завтра в 14:00", "14:00"),
            ("в 9:30", "09:30"),
            ("07:15", "07:15"),
            ("в 3 часа", "15:00"),
            ("в три часа утра", "03:00"),
            ("в 3 часа дня", "15:00"),
            ("в восемь", "08:00"),
            ("в восемь вечера", "20:00"),
            ("вечером в восемь", "20:00"),
            ("в 10 утра", "10:00"),
            ("в час", "13:00"),
            ("три тридцать", "15:30"),
            ("в пятнадцать тридцать", "15:30"),
            ("в 15 30", "15:30"),
            ("в половине четвёртого", "15:30"),
            ("полчетвертого", "15:30"),
            ("без пятнадцати четыре", "15:45"),
            ("без четверти пять", "16:45"),
            ("четверть пятого", "16:15"),
            ("в полдень", "12:00"),
            ("утром", "10:00"),
            ("днём", "14:00"),
            ("в обед", "13:00"),
            ("вечером", "18:00"),
            ("at 3 pm", "15:00"),
            ("at 11 a.m.", "11:00"),
            ("three o'clock", "15:00"),
            ("half past three", "15:30"),
            ("quarter to four", "15:45"),
            ("ten past five", "17:10"),
            ("at eight in the evening", "20:00"),
            ("in the morning", "10:00"),
            ("noon", "12:00"),
            ("15", "15:00"),
        ],
    );
}

#[test]
fn a_time_outside_the_hours_of_its_field_is_refused() {
    for hint in ["с 9 до 21", "from 9 to 21", "9:00–21:00", "Мы открыты с 09:00 до 21:00"] {
        let field = FieldConfig { validation_hint: hint.into(), ..field(FieldType::Time) };
        assert_eq!(hear(&field, "в 22:00", true), Err(RefusalReason::OutOfHours), "{hint}");
        assert_eq!(hear(&field, "в 8:30", true), Err(RefusalReason::OutOfHours), "{hint}");
        assert_eq!(hear(&field, "в 21:00", true), Ok(Some("21:00".into())), "{hint}");
    }
    let mut bounded = field(FieldType::Time);
    bounded.validation.max = Some("18:00".into());
    assert_eq!(hear(&bounded, "в 19:00", true), Err(RefusalReason::OutOfHours));
    assert_eq!(hear(&field(FieldType::Time), "25:00", true), Err(RefusalReason::NoSuchTime));
}

#[test]
fn other_numbers_are_no_times() {
    for text in ["15 января", "нас будет 5 человек", "за 3 дня", "доброе утро", "8 999 123 45 67", "три"]
    {
        assert_eq!(hear(&field(FieldType::Time), text, false), Ok(None), "{text}");
    }
}

#[test]
fn numbers_are_understood() {
    check(
        FieldType::Number,
        &[
            ("пять", "5"),
            ("двадцать пять человек", "25"),
            ("сто двадцать три", "123"),
            ("две тысячи пятьсот", "2500"),
            ("тысяча", "1000"),
            ("полтора миллиона", "1500000"),
            ("one hundred and twenty three", "123"),
            ("two thousand five hundred", "2500"),
            ("10 000 рублей", "10000"),
            ("12,5", "12.5"),
            ("минус три", "-3"),
            ("15-го", "15"),
        ],
    );
    let mut bounded = field(FieldType::Number);
    bounded.validation.min = Some("1".into());
    bounded.validation.max = Some("10".into());
    assert_eq!(hear(&bounded, "двадцать", true), Err(RefusalReason::OutOfRange));
    let several = extract(&field(FieldType::Number), "от 5 до 10", true, Language::Ru, "RU", &moment());
    assert!(
        several.expect("a number").expect("a number").confidence_percent < 70,
        "which of the two is to be confirmed"
    );
}

#[test]
fn addresses_are_understood_written_and_spoken() {
    check(
        FieldType::Email,
        &[
            ("Ivan.Petrov@Mail.ru", "ivan.petrov@mail.ru"),
            ("пишите на ivan@mail.ru.", "ivan@mail.ru"),
            ("ivan собака mail точка ru", "ivan@mail.ru"),
            ("иван точка петров собака яндекс точка ру", "ivan.petrov@yandex.ru"),
            ("ivan нижнее подчеркивание petrov собака джимейл точка ком", "ivan_petrov@gmail.com"),
            ("my email is ivan dot petrov at gmail dot com", "ivan.petrov@gmail.com"),
            ("i v a n at mail dot ru", "ivan@mail.ru"),
            ("ivan собака mail.ru", "ivan@mail.ru"),
        ],
    );
    assert_eq!(hear(&field(FieldType::Email), "ivan@mail", true), Err(RefusalReason::BadEmail));
    assert_eq!(hear(&field(FieldType::Email), "у меня собака", true), Ok(None));
    assert_eq!(hear(&field(FieldType::Email), "at home", true), Ok(None));
}

#[test]
fn a_transliterated_address_is_less_sure_than_a_written_one() {
    let confidence = |text| {
        let found = extract(&field(FieldType::Email), text, true, Language::Ru, "RU", &moment());
        found.expect("an address").expect("an address").confidence_percent
    };
    assert!(confidence("иван собака мейл точка ру") < 70);
    assert!(confidence("ivan@mail.ru") > 90);
}

#[test]
fn yes_and_no_are_understood_with_their_idioms() {
    check(
        FieldType::Boolean,
        &[
            ("да", "true"),
            ("Ага, давайте", "true"),
            ("не против", "true"),
            ("почему бы и нет", "true"),
            ("нет проблем", "true"),
            ("of course", "true"),
            ("no problem", "true"),
            ("нет", "false"),
            ("нет, конечно", "false"),
            ("да нет", "false"),
            ("не согласен", "false"),
            ("of course not", "false"),
            ("nope", "false"),
        ],
    );
    for text in ["не знаю", "менеджер", "right now", "дальше", "нетто"] {
        assert_eq!(hear(&field(FieldType::Boolean), text, true), Ok(None), "{text}");
    }
    assert_eq!(hear(&field(FieldType::Boolean), "да, алло", false), Ok(None), "nobody asked for it");
}

#[test]
fn choices_are_understood_in_any_ending_and_never_two_at_once() {
    let mut field = field(FieldType::Choice);
    field.validation.choices = vec![
        ChoiceConfig { value: "стрижка".into(), synonyms: vec!["подстричься".into()] },
        ChoiceConfig { value: "стрижка с укладкой".into(), synonyms: Vec::new() },
        ChoiceConfig { value: "маникюр".into(), synonyms: vec!["ногти".into(), "nails".into()] },
    ];
    for (text, expected) in [
        ("хочу на стрижку", "стрижка"),
        ("Хотела бы подстричься", "стрижка"),
        ("стрижку с укладкой", "стрижка с укладкой"),
        ("сделать ногти", "маникюр"),
        ("не стрижку, а маникюр", "маникюр"),
    ] {
        assert_eq!(hear(&field, text, true), Ok(Some(expected.into())), "{text}");
    }
    assert_eq!(hear(&field, "стрижку или маникюр", true), Err(RefusalReason::Ambiguous));
    assert_eq!(hear(&field, "не знаю", true), Ok(None));
}

#[test]
fn a_text_is_taken_as_it_is_within_its_bounds() {
    assert_eq!(understood(FieldType::Text, " Меня зовут Анна Петровна. ").as_deref(), Some("Анна Петровна"));
    assert_eq!(understood(FieldType::Text, "двухкомнатную, у метро").as_deref(), Some("двухкомнатную, у метро"));
    assert_eq!(hear(&field(FieldType::Text), "алло", false), Ok(None), "nobody asked for it");
    let mut bounded = field(FieldType::Text);
    bounded.validation.pattern = Some("[A-Z]{2}\\d+".into());
    assert_eq!(hear(&bounded, "AB123", true), Ok(Some("AB123".into())));
    assert_eq!(hear(&bounded, "AB123 или нет", true), Err(RefusalReason::BadText));
}

#[test]
fn a_value_names_the_words_that_it_came_from() {
    let found = extract(&field(FieldType::Date), "Ну, давайте послезавтра утром", true, Language::Ru, "RU", &moment());
    let found = found.expect("a day").expect("a day");
    assert_eq!(found.words, "послезавтра");
    assert!(found.confidence_percent >= 90);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]
    #[test]
    fn nothing_that_is_said_makes_an_extractor_panic(
        text in prop_oneof![
            ".{0,80}",
            "([0-9]{1,4}[ .:/,-]?|в |без |пол|через |at |half past |собака |точка |сто |двадцать |января |\\+|@){0,12}",
        ],
        asked: bool,
    ) {
        for kind in FieldType::ALL {
            let mut field = field(*kind);
            field.validation.choices = vec![ChoiceConfig { value: "да".into(), synonyms: vec!["а".into()] }];
            field.validation_hint = text.clone();
            for language in [Language::Ru, Language::En] {
                let found = extract(&field, &text, asked, language, "RU", &moment());
                if let Ok(Some(extracted)) = &found {
                    prop_assert!(text.get(extracted.place.clone()).is_some(), "the place lies on characters");
                    prop_assert!(extracted.confidence_percent <= 100);
                }
                prop_assert_eq!(found, extract(&field, &text, asked, language, "RU", &moment()));
            }
        }
    }
}
