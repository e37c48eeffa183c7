//! The numbering plans: which digits are a number that may be dialled. Owns the deny list and the short cuts past the
//! library; refuses to differ from it: a short cut is taken only where a test shows that the library says the same.

use std::panic::{AssertUnwindSafe, catch_unwind};

use rlibphonenumber::{
    NumberLengthType, ParseError, PhoneNumber, PhoneNumberFormat, PhoneNumberType, Region, ValidationError,
};

use super::{Phone, PhoneRefusal, written::Written};

/// Satellite networks, international networks and international premium services: expensive, and a classic of fraud.
const NETWORKS_NOT_DIALLED: [&str; 8] = ["+870", "+878", "+881", "+882", "+883", "+888", "+808", "+979"];
/// Abkhazian numbers inside +7, which carriers charge like satellite calls.
const ABKHAZIA: [&str; 2] = ["+7840", "+7940"];
/// The part of the North American plan that is priced like home. The rest are islands with premium tariffs.
const NORTH_AMERICA: [Region; 7] = [Region::US, Region::CA, Region::PR, Region::VI, Region::GU, Region::AS, Region::MP];

/// Whether what is written is a number of some plan and may be dialled.
pub(super) fn judge(written: &Written, region: Option<Region>) -> Result<Phone, PhoneRefusal> {
    let digits = written.digits();
    match (written.international, digits.as_bytes()) {
        // Most rows of Russian lists. All of +79 is mobile except in 930 0, of which parts are not in use; reading the
        // plan again for every row would take longer than storing it.
        (true, [b'7', b'9', rest @ ..]) if rest.len() == 9 && !rest.starts_with(b"300") => {
            let e164 = written.to_string();
            if ABKHAZIA.iter().any(|prefix| e164.starts_with(prefix)) {
                return Err(PhoneRefusal::NotAllowed);
            }
            Ok(Phone { e164, fixed: false })
        }
        // No prefix begins with these digits, so there is nothing that the library could take away in front.
        (true, [b'1', b'2'..=b'9', rest @ ..]) if rest.len() == 9 => {
            let national_number = digits.get(1..).and_then(|digits| digits.parse().ok()).unwrap_or_default();
            guarded(|| classify(&PhoneNumber { country_code: 1, national_number, ..PhoneNumber::default() }, region))
        }
        _ => guarded(|| parse(&written.to_string(), region)),
    }
}

/// The library once had a relative that panicked on crafted input; one bad cell must not end an import.
fn guarded(read: impl FnOnce() -> Result<Phone, PhoneRefusal>) -> Result<Phone, PhoneRefusal> {
    catch_unwind(AssertUnwindSafe(read)).unwrap_or(Err(PhoneRefusal::Invalid))
}

fn parse(written: &str, region: Option<Region>) -> Result<Phone, PhoneRefusal> {
    let number = PhoneNumber::parse(written, region).map_err(|error| match error {
        ParseError::TooShortAfterIdd | ParseError::TooShortNsn => PhoneRefusal::TooShort,
        ParseError::InvalidCountryCode | ParseError::NotANumber(_) | ParseError::TooLongNsn => PhoneRefusal::Invalid,
    })?;
    classify(&number, region)
}

fn classify(number: &PhoneNumber, region: Option<Region>) -> Result<Phone, PhoneRefusal> {
    let e164 = number.format_as(PhoneNumberFormat::E164).into_owned();
    if NETWORKS_NOT_DIALLED.iter().chain(&ABKHAZIA).any(|prefix| e164.starts_with(prefix)) {
        return Err(PhoneRefusal::NotAllowed);
    }
    // A number is valid exactly when it has a type; asking for both would read the plan twice.
    let kind = number.get_type();
    if kind == PhoneNumberType::Unknown || e164.len() > "+".len() + 15 {
        return Err(match number.is_possible_with_reason() {
            Err(ValidationError::TooShort) | Ok(NumberLengthType::IsPossibleLocalOnly) => PhoneRefusal::TooShort,
            _ => PhoneRefusal::Invalid,
        });
    }
    if matches!(kind, PhoneNumberType::PremiumRate | PhoneNumberType::SharedCost | PhoneNumberType::Pager)
        || (e164.starts_with("+1") && is_expensive_in_north_america(&e164, number.get_region_code(), region))
    {
        return Err(PhoneRefusal::NotAllowed);
    }
    Ok(Phone { e164, fixed: kind == PhoneNumberType::FixedLine })
}

/// Exchange 976 is premium rate in every area code; an island is dialled only by companies that are at home there.
fn is_expensive_in_north_america(e164: &str, region: Option<Region>, home: Option<Region>) -> bool {
    let exchange = e164.get("+1xxx".len().."+1xxxyyy".len());
    exchange == Some("976") || region.is_some_and(|region| !NORTH_AMERICA.contains(&region) && Some(region) != home)
}
