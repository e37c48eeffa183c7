use super::*;

fn read(raw: &str, region: &str) -> ReadPhone {
    PhoneReader::new(region).read(raw).unwrap_or_else(|refusal| panic!("{raw:?} in {region} is refused: {refusal}"))
}

fn numbers(cell: &str) -> Vec<String> {
    let found = read_phones(cell, "RU");
    assert!(found.phones.is_empty() || found.refused.is_empty(), "{cell:?}: {found:?}");
    found
        .phones
        .into_iter()
        .map(|read| read.phone.e164 + &read.extension.map_or(String::new(), |ext| "x".to_owned() + &ext))
        .collect()
}

#[test]
fn what_was_repaired_is_said() {
    for (raw, region, fix) in [
        ("8 999 123-45-67", "RU", Some(PhoneFix::TrunkPrefix)),
        ("8 707 123-45-67", "KZ", Some(PhoneFix::TrunkPrefix)),
        ("0 98765 43210", "IN", Some(PhoneFix::TrunkPrefix)),
        ("+44 (0)20 7946 0958", "RU", Some(PhoneFix::TrunkPrefix)),
        ("999 123-45-67", "RU", Some(PhoneFix::CountryAdded)),
        ("9876543210", "IN", Some(PhoneFix::CountryAdded)),
        ("(212) 555-3210", "US", Some(PhoneFix::CountryAdded)),
        ("00 7 999 123 45 67", "RU", Some(PhoneFix::InternationalPrefix)),
        ("8 10 44 20 7946 0958", "RU", Some(PhoneFix::InternationalPrefix)),
        ("011 44 20 7946 0958", "US", Some(PhoneFix::InternationalPrefix)),
        ("7.9991234567E+10", "RU", Some(PhoneFix::Exponent)),
        ("8,9991234567e10", "RU", Some(PhoneFix::Exponent)),
        ("79991234567.0", "RU", Some(PhoneFix::ZeroFraction)),
        ("89991234567,00", "RU", Some(PhoneFix::ZeroFraction)),
        ("+7 495 123-45-67 доб. 12", "RU", Some(PhoneFix::Extension)),
        ("8 495 123-45-67 доб. 12", "RU", Some(PhoneFix::TrunkPrefix)),
        ("+7 (999) 123-45-67", "RU", None),
        ("'+79991234567", "RU", None),
        ("79991234567", "RU", None),
        ("1 212 555 3210", "US", None),
        ("91-9876543210", "IN", None),
    ] {
        assert_eq!(read(raw, region).fix, fix, "{raw:?} in {region}");
    }
}

/// Domain 4.2, row 4.
#[test]
fn an_extension_is_kept() {
    for raw in [
        "8 (495) 123-45-67 доб. 123",
        "8 (495) 123-45-67 (доб. 123)",
        "84951234567 доб 123",
        "84951234567, доб.123",
        "84951234567; доб: 123",
        "84951234567 ДОБАВОЧНЫЙ 123",
        "84951234567 внутр. 123",
        "+7 495 1234567 ext 123",
        "+7 495 1234567 Ext.: 123",
        "+74951234567;ext=123",
        "+74951234567x123",
        "+74951234567х123",
        "+7 495 123 45 67 #123",
        "+74951234567,123",
        "+74951234567,,123",
    ] {
        assert_eq!(numbers(raw), ["+74951234567x123"], "{raw:?}");
        assert_eq!(read(raw, "RU").extension.as_deref(), Some("123"), "{raw:?}");
    }
    for raw in [
        "+74951234567 доб. 123456789",
        "+74951234567 доб.",
        "+74951234567 max 12",
        "доб. 123",
        "12345 доб. 12",
        "(495) 123-45-67, 68",
        "+74951234567,12345",
    ] {
        assert!(PhoneReader::new("RU").read(raw).is_err(), "{raw:?} is no number with an extension");
    }
}

/// Domain 4.2, row 5.
#[test]
fn several_numbers_of_a_cell_are_told_apart() {
    for cell in [
        "89991234567; 84951234567",
        "89991234567;84951234567;",
        "89991234567, 84951234567",
        "+7 999 123-45-67,+7 (495) 123-45-67",
        "89991234567 / 84951234567",
        "89991234567/84951234567",
        "89991234567\n84951234567",
        "89991234567\r\n84951234567",
        "89991234567 | 84951234567",
        "89991234567 или 84951234567",
        "8 999 123 45 67 и 8 495 123 45 67",
        "89991234567; +7 999 123-45-67; 84951234567",
    ] {
        assert_eq!(numbers(cell), ["+79991234567", "+74951234567"], "{cell:?}");
    }
    assert_eq!(numbers("89991234567; 84951234567 доб. 12"), ["+79991234567", "+74951234567x12"]);
    assert_eq!(numbers("84951234567, доб. 12; 89991234567"), ["+74951234567x12", "+79991234567"]);
}

#[test]
fn a_part_is_never_completed_from_its_neighbour() {
    assert_eq!(numbers("8(495)123/45/67"), ["+74951234567"], "slashes inside a number");
    assert_eq!(numbers("79991234567,0"), ["+79991234567"], "a fraction");
    assert_eq!(numbers("7,9991234567E+10"), ["+79991234567"], "a decimal comma");
    for (cell, refusal) in [
        ("(495) 123-45-67, 68", PhoneRefusal::Invalid),
        ("(495) 123-45-67/68", PhoneRefusal::Invalid),
        ("(495) 123-45-67, 123-45-68", PhoneRefusal::Invalid),
        ("7,99912E+10", PhoneRefusal::Damaged),
        ("", PhoneRefusal::Empty),
        (" ; ", PhoneRefusal::Empty),
        ("нет", PhoneRefusal::Invalid),
        ("нет; позже", PhoneRefusal::Invalid),
        ("112", PhoneRefusal::NotAllowed),
    ] {
        let found = read_phones(cell, "RU");
        assert_eq!((found.phones, found.refused), (vec![], vec![(cell.trim().to_owned(), refusal)]), "{cell:?}");
    }
}

#[test]
fn a_damaged_number_spoils_what_a_comma_joins_to_it() {
    assert_eq!(read_phones("7,99912E+10, 89991234567", "RU").phones, []);
}

#[test]
fn what_is_no_number_beside_one_is_reported() {
    for (cell, refused, refusal) in [
        ("89991234567; Иван", "Иван", PhoneRefusal::Invalid),
        ("89991234567, Иван", "Иван", PhoneRefusal::Invalid),
        ("Иван / 89991234567", "Иван", PhoneRefusal::Invalid),
        ("89991234567; 8999123", "8999123", PhoneRefusal::TooShort),
        ("9.19E+11; 89991234567", "9.19E+11", PhoneRefusal::Damaged),
        ("89991234567 или 8 809 505 12 34", "8 809 505 12 34", PhoneRefusal::NotAllowed),
    ] {
        let found = read_phones(cell, "RU");
        assert_eq!(found.phones.len(), 1, "{cell:?}: {found:?}");
        assert_eq!(found.phones[0].phone.e164, "+79991234567", "{cell:?}");
        assert_eq!(found.refused, [(refused.to_owned(), refusal)], "{cell:?}");
    }
}

proptest! {
    #[test]
    fn no_cell_panics_and_no_number_comes_twice(
        cell in prop_oneof![any::<String>(), "([+78][0-9]{3,10}[;,/|\n .xид]{1,3}){1,5}", ".{0,600}"],
    ) {
        let found = read_phones(&cell, "RU");
        prop_assert!(!found.phones.is_empty() || !found.refused.is_empty());
        for (at, read) in found.phones.iter().enumerate() {
            prop_assert!(!found.phones[..at].contains(read));
            let digits = read.extension.as_deref().unwrap_or("1");
            prop_assert!((1..=8).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit()));
        }
    }

    /// A cell that holds one number is read alike by both.
    #[test]
    fn one_number_is_one_number(raw in "(\\+7|8|7|)[ (]{0,2}[3489][0-9]{2}[) ]{0,2}[0-9]{3}[- /.]?[0-9]{2}[-/ ]?[0-9]{2}") {
        let found = read_phones(&raw, "RU");
        match PhoneReader::new("RU").read(&raw) {
            Ok(read) => prop_assert_eq!(found.phones, vec![read]),
            Err(refusal) => prop_assert_eq!(found.refused, vec![(raw.trim().to_owned(), refusal)]),
        }
    }
}
