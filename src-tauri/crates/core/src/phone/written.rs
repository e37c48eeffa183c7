//! What is written in a cell, as digits. Owns decoration, damage of spreadsheets, look-alike letters and dialling
//! habits; refuses to know numbering plans.

use std::fmt;

use rlibphonenumber::Region;

use super::{PhoneFix, PhoneRefusal, SHORTEST};

/// Longer cells are no phone number; also bounds the work that a hostile cell can cause.
const MAX_CHARS: usize = 64;
/// Emergency numbers of the regions in which call lists are made. All are shorter than [`SHORTEST`] and would be
/// refused anyway; the person is told what was about to be called.
const EMERGENCY: [&str; 15] =
    ["112", "911", "999", "000", "101", "102", "103", "104", "100", "108", "110", "01", "02", "03", "04"];
/// The digits begin behind a free place, into which a country code fits without moving them.
const FIRST: usize = 1;

/// The digits of a cell, and whether they begin with a country code.
#[derive(Clone)]
pub(super) struct Written {
    pub(super) international: bool,
    /// What was repaired so far.
    pub(super) fix: Option<PhoneFix>,
    bytes: [u8; FIRST + MAX_CHARS],
    start: usize,
    end: usize,
}

impl fmt::Display for Written {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.international { "+" } else { "" })?;
        f.write_str(self.digits())
    }
}

impl Written {
    const EMPTY: Self =
        Self { international: false, fix: None, bytes: [0; FIRST + MAX_CHARS], start: FIRST, end: FIRST };

    /// The short cut for a trimmed cell of nothing but digits and plain punctuation; None is no verdict.
    pub(super) fn simple(raw: &str) -> Option<Self> {
        if raw.len() > MAX_CHARS {
            return None;
        }
        let (international, rest) = raw.strip_prefix('+').map_or((false, raw), |rest| (true, rest));
        let mut written = Self { international, ..Self::EMPTY };
        for byte in rest.bytes() {
            match byte {
                b'0'..=b'9' => written.push(byte),
                b' ' | b'-' | b'(' | b')' => {}
                _ => return None,
            }
        }
        (written.start < written.end).then_some(written)
    }

    /// Reads a trimmed cell; `plain` lends its memory.
    pub(super) fn read(raw: &str, plain: &mut String) -> Result<Self, PhoneRefusal> {
        if raw.len() > MAX_CHARS && raw.chars().count() > MAX_CHARS {
            return Err(PhoneRefusal::Invalid);
        }
        plain.clear();
        plain.extend(raw.chars().filter_map(plain_char));
        // `="8999…"` is how people keep spreadsheets from eating zeros.
        let plain = plain.strip_prefix('=').unwrap_or(plain);
        if !plain.chars().any(char::is_alphanumeric) {
            return Err(if plain.contains('#') { PhoneRefusal::Damaged } else { PhoneRefusal::Empty });
        }
        if let Some(exact) = scientific(plain) {
            let (whole, fraction) = exact?;
            let mut written =
                Self { international: plain.starts_with('+'), fix: Some(PhoneFix::Exponent), ..Self::EMPTY };
            whole.bytes().chain(fraction.bytes()).for_each(|digit| written.push(digit));
            return Ok(written);
        }
        let whole = without_zero_fraction(plain);
        let mut written = Self::EMPTY;
        written.fix = whole.map(|_| PhoneFix::ZeroFraction);
        let plain = whole.unwrap_or(plain);
        refuse_letters(plain)?;
        for char in plain.chars() {
            match char {
                '0'..='9' => written.push(char as u8),
                '+' if !written.international && written.digits().is_empty() => written.international = true,
                '-' | '.' | '(' | ')' | '[' | ']' | '/' => {}
                _ => return Err(PhoneRefusal::Invalid),
            }
        }
        Ok(written)
    }

    pub(super) fn digits(&self) -> &str {
        self.bytes.get(self.start..self.end).and_then(|digits| str::from_utf8(digits).ok()).unwrap_or_default()
    }

    /// Turns dialling habits into a country code where they are certain.
    pub(super) fn with_country(mut self, region: Option<Region>) -> Self {
        if self.international {
            return self;
        }
        // No national number of any plan begins with two zeros.
        if self.digits().starts_with("00") {
            return self.abroad("00".len());
        }
        if matches!(region, Some(Region::RU | Region::KZ)) {
            match (self.digits().len(), self.digits().as_bytes().first()) {
                (12.., _) if self.digits().starts_with("810") => return self.abroad("810".len()),
                (11, Some(b'7')) => self.international = true,
                (11, Some(b'8')) => {
                    self.start += 1;
                    return self.in_plan_of_russia(PhoneFix::TrunkPrefix);
                }
                (10, _) => return self.in_plan_of_russia(PhoneFix::CountryAdded),
                _ => {}
            }
        }
        self
    }

    pub(super) fn refuse_short(&self) -> Result<(), PhoneRefusal> {
        let digits = self.digits();
        if digits.len() >= SHORTEST {
            Ok(())
        } else if EMERGENCY.contains(&digits) {
            Err(PhoneRefusal::NotAllowed)
        } else {
            Err(PhoneRefusal::TooShort)
        }
    }

    /// What the library must have repaired to arrive at `e164`.
    pub(super) fn difference(&self, e164: &str) -> Option<PhoneFix> {
        let (written, dialled) = (self.digits(), e164.trim_start_matches('+'));
        if written == dialled {
            None
        } else if self.international {
            Some(PhoneFix::TrunkPrefix)
        } else if dialled.ends_with(written) {
            Some(PhoneFix::CountryAdded)
        } else if written.ends_with(dialled) {
            Some(PhoneFix::InternationalPrefix)
        } else {
            Some(PhoneFix::TrunkPrefix)
        }
    }

    /// A cell has no more digits than characters; what would not fit is not written.
    fn push(&mut self, digit: u8) {
        if let Some(place) = self.bytes.get_mut(self.end) {
            *place = digit;
            self.end += 1;
        }
    }

    fn abroad(self, prefix: usize) -> Self {
        let fix = self.fix.or(Some(PhoneFix::InternationalPrefix));
        Self { international: true, start: self.start + prefix, fix, ..self }
    }

    fn in_plan_of_russia(mut self, fix: PhoneFix) -> Self {
        self.start -= 1;
        if let Some(place) = self.bytes.get_mut(self.start) {
            *place = b'7';
        }
        Self { international: true, fix: self.fix.or(Some(fix)), ..self }
    }
}

/// One character of a cell in plain ASCII, none for what only decorates.
fn plain_char(char: char) -> Option<char> {
    if char.is_ascii_alphanumeric() {
        return Some(char);
    }
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
fn scientific(plain: &str) -> Option<Result<(&str, &str), PhoneRefusal>> {
    let (mantissa, exponent) = plain.split_once(['e', 'E', 'е', 'Е'])?;
    let mantissa = mantissa.strip_prefix('+').unwrap_or(mantissa);
    let exponent = exponent.strip_prefix('+').unwrap_or(exponent);
    let (whole, fraction) = mantissa.split_once(['.', ',']).unwrap_or((mantissa, ""));
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || exponent.is_empty() || ![whole, fraction, exponent].into_iter().all(is_number) {
        return None;
    }
    let complete = exponent.parse() == Ok(fraction.len());
    Some(if complete { Ok((whole, fraction)) } else { Err(PhoneRefusal::Damaged) })
}

/// `79991234567.0` is an integer that went through a column of numbers.
fn without_zero_fraction(plain: &str) -> Option<&str> {
    let (whole, fraction) = plain.split_once(['.', ','])?;
    let is_integer = !fraction.is_empty()
        && fraction.bytes().all(|byte| byte == b'0')
        && whole.len() >= SHORTEST
        && whole.strip_prefix('+').unwrap_or(whole).bytes().all(|byte| byte.is_ascii_digit());
    is_integer.then_some(whole)
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
