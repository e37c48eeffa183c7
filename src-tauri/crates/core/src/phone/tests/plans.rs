//! Short cuts against the library: what `plan` answers must be what asking the library for everything answers.

use rlibphonenumber::{NumberLengthType, ParseError, PhoneNumber, PhoneNumberFormat, PhoneNumberType, ValidationError};

use super::*;

/// The rule without any short cut, as it was first written.
fn by_the_library(written: &str, home: Option<Region>) -> Result<Phone, PhoneRefusal> {
    const DENIED: [&str; 10] = ["+870", "+878", "+881", "+882", "+883", "+888", "+808", "+979", "+7840", "+7940"];
    const HOME_PRICED: [Region; 7] =
        [Region::US, Region::CA, Region::PR, Region::VI, Region::GU, Region::AS, Region::MP];
    let number = PhoneNumber::parse(written, home).map_err(|error| match error {
        ParseError::TooShortAfterIdd | ParseError::TooShortNsn => PhoneRefusal::TooShort,
        ParseError::InvalidCountryCode | ParseError::NotANumber(_) | ParseError::TooLongNsn => PhoneRefusal::Invalid,
    })?;
    let e164 = number.format_as(PhoneNumberFormat::E164).into_owned();
    if DENIED.iter().any(|prefix| e164.starts_with(prefix)) {
        return Err(PhoneRefusal::NotAllowed);
    }
    if !number.is_valid() || e164.len() > 16 {
        return Err(match number.is_possible_with_reason() {
            Err(ValidationError::TooShort) | Ok(NumberLengthType::IsPossibleLocalOnly) => PhoneRefusal::TooShort,
            _ => PhoneRefusal::Invalid,
        });
    }
    let kind = number.get_type();
    let island = number.get_region_code().is_some_and(|region| !HOME_PRICED.contains(&region) && Some(region) != home);
    if matches!(kind, PhoneNumberType::PremiumRate | PhoneNumberType::SharedCost | PhoneNumberType::Pager)
        || (e164.starts_with("+1") && (island || e164.get(5..8) == Some("976")))
    {
        return Err(PhoneRefusal::NotAllowed);
    }
    Ok(Phone { e164, fixed: kind == PhoneNumberType::FixedLine })
}

fn compare(digits: &str, region: &str) {
    let number = format!("+{digits}");
    let slow = by_the_library(&number, Region::from_str(region).ok());
    assert_eq!(parse_phone(&number, region), slow, "{number} in {region}");
}

/// A sequence without a pattern and without a clock.
fn scattered(at: u64) -> u64 {
    let mixed = (at ^ (at >> 31)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed ^ (mixed >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 8
}

/// Every ABC and DEF code of +7 with every length from far too short to far too long, several numbers each.
#[test]
fn every_code_of_russia_and_kazakhstan_is_read_as_the_library_reads_it() {
    for code in 0..1000_u64 {
        for length in 3..=9_usize {
            for sample in 0..2 {
                let tail = scattered(code * 100 + length as u64 * 10 + sample) % 10_u64.pow(length as u32);
                compare(&format!("7{code:03}{tail:0length$}"), "RU");
            }
        }
    }
}

/// The short cut of +79 says "mobile" nearly everywhere: of every code, each ten thousand is asked about, and where the
/// plan is finer than that, each block.
#[test]
fn the_mobile_codes_of_russia_are_read_as_the_library_reads_them() {
    for block in 0..10_000_u64 {
        compare(&format!("79{block:04}{:05}", scattered(block) % 100_000), if block % 2 == 0 { "RU" } else { "US" });
    }
    for block in 0..1_000_u64 {
        compare(&format!("7930{block:03}{:04}", scattered(block) % 10_000), "RU");
        compare(&format!("7940{block:03}{:04}", scattered(block) % 10_000), "RU");
    }
}

/// What is cut short in North America is the reading of the prefix, which no area code may change.
#[test]
fn every_area_of_north_america_is_read_as_the_library_reads_it() {
    for area in 100..1000_u64 {
        for sample in 0..4 {
            let rest = scattered(area * 64 + sample) % 10_000_000;
            compare(&format!("1{area}{rest:07}"), ["US", "RU", "JM", "CA"][(sample % 4) as usize]);
        }
        compare(&format!("1{area}976{:04}", area * 3), "US");
        compare(&format!("1{area}555{:04}", area * 3), "US");
    }
}

/// A big sample over all countries: numbers without a short cut still lose one question to the library.
#[test]
fn a_sample_of_all_countries_is_read_as_the_library_reads_it() {
    let mut read = 0;
    for at in 0..30_000_u64 {
        let length = 8 + (scattered(at) % 7) as u32;
        let digits = 10_u64.pow(length - 1) + scattered(at * 3) % (9 * 10_u64.pow(length - 1));
        let region = ["RU", "US", "IN", "DE", "KZ", "XX"][(at % 6) as usize];
        compare(&digits.to_string(), region);
        read += u32::from(parse_phone(&format!("+{digits}"), region).is_ok());
    }
    assert!(read > 1_500, "numbers that can be dialled must be among them: {read}");
}

proptest! {
    #[test]
    fn what_is_written_is_read_as_the_library_reads_it(
        digits in prop_oneof!["7[0-9]{8,12}", "1[0-9]{8,11}", "[1-9][0-9]{5,15}"],
        region in prop_oneof![Just("RU"), Just("IN"), Just("US"), Just("DE"), Just("JM"), Just("XX")],
    ) {
        prop_assume!(digits.len() >= SHORTEST);
        let slow = by_the_library(&format!("+{digits}"), Region::from_str(region).ok());
        prop_assert_eq!(parse_phone(&format!("+{digits}"), region), slow);
    }

    /// The two ways to read a cell may not differ.
    #[test]
    fn the_short_cut_past_decoration_is_exact(raw in "\\+?[0-9 ()-]{1,66}") {
        if let Some(simple) = Written::simple(raw.trim()) {
            let read = Written::read(raw.trim(), &mut String::new()).expect("no letters, no exponent");
            prop_assert_eq!(simple.to_string(), read.to_string());
        }
    }
}
