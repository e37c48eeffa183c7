//! Phone numbers: from what stands in a cell to E.164. Owns what is repaired, what is refused and why; refuses to
//! guess: a number that has lost digits in a spreadsheet would ring at a stranger's.

use std::{
    fmt,
    panic::{AssertUnwindSafe, catch_unwind},
    str::FromStr,
};

use rlibphonenumber::{
    NumberLengthType, ParseError, PhoneNumber, PhoneNumberFormat, PhoneNumberType, Region, ValidationError,
};

/// Longer cells are no phone number; also bounds the work that a hostile cell can cause.
const MAX_CHARS: usize = 64;
/// No contact has a number this short; service and emergency numbers do.
const SHORTEST: usize = 7;
/// Emergency numbers of the regions in which call lists are made. All are shorter than [`SHORTEST`] and would be
/// refused anyway; the person is told what was about to be called.
const EMERGENCY: [&str; 15] =
    ["112", "911", "999", "000", "101", "102", "103", "104", "100", "108", "110", "01", "02", "03", "04"];
/// Satellite networks, international networks and international premium services: expensive, and a classic of fraud.
const NETWORKS_NOT_DIALLED: [&str; 8] = ["+870", "+878", "+881", "+882", "+883", "+888", "+808", "+979"];
/// Abkhazian numbers inside +7, which carriers charge like satellite calls.
const ABKHAZIA: [&str; 2] = ["+7840", "+7940"];
/// The part of the North American plan that is priced like home. The rest are islands with premium tariffs.
const NORTH_AMERICA: [Region; 7] = [Region::US, Region::CA, Region::PR, Region::VI, Region::GU, Region::AS, Region::MP];

/// A number that can be dialled.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Phone {
    /// `+` and at most 15 digits.
    pub e164: String,
    /// Certainly a fixed line. Where the plan does not tell (North America) this is false.
    pub fixed: bool,
}

text_enum! {
    /// Why a cell is no number to dial.
    pub enum PhoneRefusal {
        /// Nothing stands there.
        Empty = "phoneEmpty",
        /// No number of any country, or one without its country where the default region has none such.
        Invalid = "phoneInvalid",
        /// Digits are missing.
        TooShort = "phoneTooShort",
        /// A spreadsheet has rounded it (`9.19E+11`) or shows `####`.
        Damaged = "phoneDamaged",
        /// Letters that look like digits, for example О for 0.
        Lookalike = "phoneLookalike",
        /// Emergency, premium rate, shared cost, satellite: never dialled.
        NotAllowed = "phoneNotAllowed",
    }
}

impl std::error::Error for PhoneRefusal {}

impl fmt::Display for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.e164)
    }
}

/// Reads a cell. `default_region` (ISO 3166) says how numbers without a country are meant; with an unknown region
/// only international numbers are understood.
///
/// # Errors
/// Why the cell cannot be dialled.
pub fn parse_phone(raw: &str, default_region: &str) -> Result<Phone, PhoneRefusal> {
    let region = Region::from_str(default_region).ok();
    let written = Written::read(raw)?.with_country(region);
    written.refuse_short()?;
    // The library once had a relative that panicked on crafted input; one bad cell must not end an import.
    catch_unwind(AssertUnwindSafe(|| resolve(&written.to_string(), region))).unwrap_or(Err(PhoneRefusal::Invalid))
}

/// The digits of a cell, and whether they begin with a country code.
#[derive(Debug, PartialEq, Eq)]
struct Written {
    international: bool,
    digits: String,
}

impl fmt::Display for Written {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", if self.international { "+" } else { "" }, self.digits)
    }
}

impl Written {
    fn read(raw: &str) -> Result<Self, PhoneRefusal> {
        let raw = raw.trim();
        if raw.chars().count() > MAX_CHARS {
            return Err(PhoneRefusal::Invalid);
        }
        let plain: String = raw.chars().filter_map(plain_char).collect();
        // `="8999…"` is how people keep spreadsheets from eating zeros.
        let plain = plain.strip_prefix('=').unwrap_or(&plain);
        if !plain.chars().any(char::is_alphanumeric) {
            return Err(if plain.contains('#') { PhoneRefusal::Damaged } else { PhoneRefusal::Empty });
        }
        if let Some(exact) = scientific(plain) {
            return exact.map(|digits| Self { international: plain.starts_with('+'), digits });
        }
        let plain = without_zero_fraction(plain);
        refuse_letters(plain)?;
        let mut written = Self { international: false, digits: String::with_capacity(plain.len()) };
        for char in plain.chars() {
            match char {
                '0'..='9' => written.digits.push(char),
                '+' if !written.international && written.digits.is_empty() => written.international = true,
                '-' | '.' | '(' | ')' | '[' | ']' | '/' => {}
                _ => return Err(PhoneRefusal::Invalid),
            }
        }
        Ok(written)
    }

    /// Turns dialling habits into a country code where they are certain.
    fn with_country(mut self, region: Option<Region>) -> Self {
        if self.international {
            return self;
        }
        // No national number of any plan begins with two zeros.
        if let Some(rest) = self.digits.strip_prefix("00") {
            return Self { international: true, digits: rest.to_owned() };
        }
        if matches!(region, Some(Region::RU | Region::KZ)) {
            match (self.digits.len(), self.digits.as_bytes().first()) {
                (12.., _) if self.digits.starts_with("810") => {
                    self.digits.drain(..3);
                    self.international = true;
                }
                (11, Some(b'7' | b'8')) => {
                    self.digits.replace_range(..1, "7");
                    self.international = true;
                }
                (10, _) => {
                    self.digits.insert(0, '7');
                    self.international = true;
                }
                _ => {}
            }
        }
        self
    }

    fn refuse_short(&self) -> Result<(), PhoneRefusal> {
        if EMERGENCY.contains(&self.digits.as_str()) {
            Err(PhoneRefusal::NotAllowed)
        } else if self.digits.len() < SHORTEST {
            Err(PhoneRefusal::TooShort)
        } else {
            Ok(())
        }
    }
}

/// One character of a cell in plain ASCII, none for what only decorates.
fn plain_char(char: char) -> Option<char> {
    // Soft hyphen, zero-width characters, marks of direction and byte order marks are invisible.
    let decorates = matches!(
        char,
        '\'' | '’' | '‘' | 'ʼ' | '`' | '´' | '′' | '"' | '\u{ad}' | '\u{feff}'
            | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}'
    ) || char.is_whitespace();
    if decorates {
        return None;
    }
    match char {
        '０'..='９' => digit(char, '０'),
        '٠'..='٩' => digit(char, '٠'),
        '۰'..='۹' => digit(char, '۰'),
        '＋' => Some('+'),
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '－' => Some('-'),
        '（' => Some('('),
        '）' => Some(')'),
        _ => Some(char),
    }
}

fn digit(char: char, zero: char) -> Option<char> {
    char::from_digit(u32::from(char) - u32::from(zero), 10)
}

/// The digits behind `7.9991234567E+10`. None when it is not that notation, refused when digits are missing.
fn scientific(plain: &str) -> Option<Result<String, PhoneRefusal>> {
    let (mantissa, exponent) = plain.split_once(['e', 'E', 'е', 'Е'])?;
    let mantissa = mantissa.strip_prefix('+').unwrap_or(mantissa);
    let exponent = exponent.strip_prefix('+').unwrap_or(exponent);
    let (whole, fraction) = mantissa.split_once(['.', ',']).unwrap_or((mantissa, ""));
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || exponent.is_empty() || ![whole, fraction, exponent].into_iter().all(is_number) {
        return None;
    }
    let complete = exponent.parse() == Ok(fraction.len());
    Some(if complete { Ok(format!("{whole}{fraction}")) } else { Err(PhoneRefusal::Damaged) })
}

/// `79991234567.0` is an integer that went through a column of numbers.
fn without_zero_fraction(plain: &str) -> &str {
    match plain.split_once(['.', ',']) {
        Some((whole, fraction))
            if !fraction.is_empty()
                && fraction.bytes().all(|byte| byte == b'0')
                && whole.len() >= SHORTEST
                && whole.strip_prefix('+').unwrap_or(whole).bytes().all(|byte| byte.is_ascii_digit()) =>
        {
            whole
        }
        _ => plain,
    }
}

fn refuse_letters(plain: &str) -> Result<(), PhoneRefusal> {
    const LOOK_LIKE_DIGITS: &str = "OoОоΟοІіIlЗзZzSsЅѕБбBВEeЕеЧч";
    let mut letters = plain.chars().filter(|char| char.is_alphabetic()).peekable();
    if letters.peek().is_none() {
        return Ok(());
    }
    let digits = plain.bytes().filter(u8::is_ascii_digit).count();
    let deceptive = digits >= 4 && letters.all(|letter| LOOK_LIKE_DIGITS.contains(letter));
    Err(if deceptive { PhoneRefusal::Lookalike } else { PhoneRefusal::Invalid })
}

/// Asks the numbering plans.
fn resolve(written: &str, region: Option<Region>) -> Result<Phone, PhoneRefusal> {
    let number = PhoneNumber::parse(written, region).map_err(|error| match error {
        ParseError::TooShortAfterIdd | ParseError::TooShortNsn => PhoneRefusal::TooShort,
        ParseError::InvalidCountryCode | ParseError::NotANumber(_) | ParseError::TooLongNsn => PhoneRefusal::Invalid,
    })?;
    let e164 = number.format_as(PhoneNumberFormat::E164).into_owned();
    if NETWORKS_NOT_DIALLED.iter().chain(&ABKHAZIA).any(|prefix| e164.starts_with(prefix)) {
        return Err(PhoneRefusal::NotAllowed);
    }
    if !number.is_valid() || e164.len() > "+".len() + 15 {
        return Err(match number.is_possible_with_reason() {
            Err(ValidationError::TooShort) | Ok(NumberLengthType::IsPossibleLocalOnly) => PhoneRefusal::TooShort,
            _ => PhoneRefusal::Invalid,
        });
    }
    let kind = number.get_type();
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

#[cfg(test)]
mod tests;
