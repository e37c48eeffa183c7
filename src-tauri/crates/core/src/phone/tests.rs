use proptest::prelude::*;

use super::*;

mod cells;
mod plans;

fn e164(raw: &str, region: &str) -> String {
    parse_phone(raw, region).unwrap_or_else(|refusal| panic!("{raw:?} in {region} is refused: {refusal}")).e164
}

fn refusal(raw: &str, region: &str) -> PhoneRefusal {
    match parse_phone(raw, region) {
        Ok(phone) => panic!("{raw:?} in {region} is read as {phone}"),
        Err(refusal) => refusal,
    }
}

/// Acceptance 7, 46: the numbers of the replaced system's seeds.
#[test]
fn the_sample_numbers_of_the_seeds_are_dialled() {
    let own = ["+79991234567", "+79991234570", "+79991111111", "+79992222222", "+79993333333"];
    for number in own.into_iter().map(str::to_owned).chain((0..100).map(|n| format!("+7900555{:04}", n * 97))) {
        assert_eq!(e164(&number, "RU"), number, "an international number stays as it is");
    }
}

/// The first-run sample calls numbers that are reserved for fiction; they must be importable all the same.
#[test]
fn the_numbers_of_the_sample_list_are_dialled() {
    for n in 100..200 {
        let number = format!("+1202555{n:04}");
        assert_eq!(e164(&number, "US"), number);
    }
}

/// Domain 4.2, rows 1 and 2.
#[test]
fn russian_dialling_habits_become_a_country_code() {
    for raw in [
        "89991234567",
        "79991234567",
        "9991234567",
        "8 (999) 123-45-67",
        "8-999-123-45-67",
        "+7 999 123 45 67",
        "8\u{a0}999\u{2009}123\u{202f}45\u{2011}67",
        "'+79991234567",
        "’89991234567",
        "=\"89991234567\"",
        "８９９９１２３４５６７",
        "\u{feff}+7(999)1234567\u{200b}",
        "8.999.123.45.67",
        "79991234567.0",
        "+79991234567,00",
        "7.9991234567E+10",
        "7,9991234567e10",
        "0079991234567",
        "81079991234567",
    ] {
        assert_eq!(e164(raw, "RU"), "+79991234567", "{raw:?}");
    }
    assert_eq!(e164("84951234567", "RU"), "+74951234567");
    assert_eq!(e164("87071234567", "KZ"), "+77071234567");
    assert_eq!(refusal("+89991234567", "RU"), PhoneRefusal::Invalid, "+8 is no habit but a mistake");
}

/// Acceptance 88, the whole of it.
#[test]
fn scenario_88_holds() {
    for raw in ["+91 9876543210", "+919876543210", "9876543210"] {
        assert_eq!(e164(raw, "IN"), "+919876543210", "{raw:?}");
    }
    assert_eq!(e164("(987) 654-3210", "IN"), "+919876543210", "valid in the default region");
    assert_eq!(refusal("(987) 654-3210", "US"), PhoneRefusal::Invalid, "and refused where it is not");
    assert_eq!(e164("+65 91234567", "IN"), "+6591234567", "stays in Singapore");
    assert_eq!(refusal("9.19E+11", "IN"), PhoneRefusal::Damaged);
}

/// Acceptance 88.
#[test]
fn one_indian_number_written_in_three_ways_is_one_number() {
    for raw in ["+91 9876543210", "+919876543210", "9876543210", "91-9876543210", "09876543210"] {
        assert_eq!(e164(raw, "IN"), "+919876543210", "{raw:?}");
    }
    assert_eq!(e164("+65 91234567", "IN"), "+6591234567", "a country is never replaced by the default one");
    assert_eq!(e164("(987) 654-3210", "IN"), "+919876543210", "punctuation says nothing about the country");
    assert_eq!(e164("(212) 555-3210", "US"), "+12125553210");
    assert_eq!(refusal("(987) 654-3210", "US"), PhoneRefusal::Invalid, "987 is no area code");
}

/// Acceptance 11.
#[test]
fn two_leading_zeros_mean_another_country() {
    assert_eq!(e164("004930123456", "RU"), "+4930123456");
    assert_eq!(e164("00 49 (0)30 901820", "DE"), "+4930901820");
    assert_eq!(e164("011 44 20 7946 0958", "US"), "+442079460958");
    assert_eq!(e164("+39 06 6982 1234", "RU"), "+390669821234", "Italy dials its zero");
}

/// Acceptance 88, requirements F8 (testing.csv).
#[test]
fn a_number_that_a_spreadsheet_has_rounded_is_never_dialled() {
    for raw in ["9.19E+11", "7,99912E+10", "7.99912E+10", "7.99912e10", "9,19Е+11", "7.999123456789E+10", "########"] {
        assert_eq!(refusal(raw, "RU"), PhoneRefusal::Damaged, "{raw:?}");
        assert_eq!(refusal(raw, "IN"), PhoneRefusal::Damaged, "{raw:?}");
    }
}

#[test]
fn letters_that_look_like_digits_are_named_as_such() {
    for raw in ["+7999123456О", "+7 999 123 45 6o", "8999l234567", "+7З991234567"] {
        assert_eq!(refusal(raw, "RU"), PhoneRefusal::Lookalike, "{raw:?}");
    }
    for raw in ["invalid_phone", "Иван", "+7999ABC4567", "позвонить 89991234567", "n/a"] {
        assert_eq!(refusal(raw, "RU"), PhoneRefusal::Invalid, "{raw:?}");
    }
}

#[test]
fn nothing_too_little_and_too_much_are_told_apart() {
    for raw in ["", "  ", "\u{a0}", "'", "-", "—", "+"] {
        assert_eq!(refusal(raw, "RU"), PhoneRefusal::Empty, "{raw:?}");
    }
    for raw in ["+7999", "12345", "999123", "+7 999 123 45 6", "+7 999 123 45"] {
        assert_eq!(refusal(raw, "RU"), PhoneRefusal::TooShort, "{raw:?}");
    }
    let endless = "7".repeat(65);
    for raw in ["+7999123456789", "+79991234567, +79991234568", "+7+9991234567", "8999123+4567", &endless] {
        assert_eq!(refusal(raw, "RU"), PhoneRefusal::Invalid, "{raw:?}");
    }
}

/// Domain 4.2: the deny list.
#[test]
fn emergency_premium_and_satellite_numbers_are_never_dialled() {
    for (raw, region) in [
        ("112", "RU"),
        ("01", "RU"),
        ("911", "US"),
        ("8 809 505 12 34", "RU"),
        ("+1 900 234 5678", "US"),
        ("+1 212 976 1234", "US"),
        ("+1 876 555 1234", "US"),
        ("+870 773 111 632", "RU"),
        ("+881 612 345 678", "RU"),
        ("+7 940 123 45 67", "RU"),
        ("+7 840 123 45 67", "RU"),
    ] {
        assert_eq!(refusal(raw, region), PhoneRefusal::NotAllowed, "{raw:?}");
    }
    assert_eq!(e164("+1 876 555 1234", "JM"), "+18765551234", "a company on the island is at home there");
}

#[test]
fn a_fixed_line_is_marked() {
    assert_eq!(parse_phone("+7 495 123 45 67", "RU").map(|phone| phone.fixed), Ok(true));
    assert_eq!(parse_phone("+7 999 123 45 67", "RU").map(|phone| phone.fixed), Ok(false));
}

#[test]
fn without_a_known_region_only_international_numbers_are_understood() {
    assert_eq!(e164("+79991234567", "??"), "+79991234567");
    assert_eq!(refusal("9991234567", "??"), PhoneRefusal::Invalid);
}

proptest! {
    #[test]
    fn no_cell_panics_and_what_is_accepted_is_e164(
        raw in prop_oneof![any::<String>(), "[+0-9０-９ ().,eEоО'=\u{a0}-]{0,70}", "(\\+|00|8|7|810)?[0-9]{5,16}"],
        region in prop_oneof![Just("RU"), Just("IN"), Just("US"), Just("DE"), Just("KZ"), Just("XX"), Just("")],
    ) {
        if let Ok(phone) = parse_phone(&raw, region) {
            let digits = phone.e164.strip_prefix('+').unwrap_or_default();
            prop_assert!((2..=15).contains(&digits.len()) && !digits.starts_with('0'), "{}", phone.e164);
            prop_assert!(digits.bytes().all(|byte| byte.is_ascii_digit()), "{}", phone.e164);
            prop_assert_eq!(parse_phone(&phone.e164, region), Ok(phone), "reading twice changes nothing");
        }
    }
}
