//! What may not be called: entries of a do-not-call list as people write them. Refuses prefixes that would silence a whole
//! country by a slip of the finger, and prefixes of which nobody can say in which country they begin.

use std::fmt;

use crate::phone::{PhoneReader, PhoneRefusal};

/// Digits of the longest number.
const LONGEST: usize = 15;
/// Digits of the shortest prefix: `+7*` is a whole numbering plan.
const SHORTEST_PREFIX: usize = 2;

text_enum! {
    /// What an entry forbids.
    pub enum DoNotCallKind {
        /// One number.
        Number = "number",
        /// Every number that begins so.
        Prefix = "prefix",
    }
}

text_enum! {
    /// Where an entry comes from.
    pub enum DoNotCallSource {
        /// Entered by hand.
        Person = "person",
        /// Imported.
        File = "file",
        /// The called person asked for it.
        Call = "call",
    }
}

text_enum! {
    /// Why a text is no prefix.
    pub enum PrefixRefusal {
        /// Something else than digits and punctuation, or more digits than a number has.
        Invalid = "prefixInvalid",
        /// It says no country.
        Country = "prefixCountry",
        /// It would forbid a whole country, or more.
        TooShort = "prefixTooShort",
    }
}

/// Why an entry was not understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryRefusal {
    /// It is no number.
    Number(PhoneRefusal),
    /// It ends in `*` and is no prefix.
    Prefix(PrefixRefusal),
}

impl EntryRefusal {
    /// Key of the reason.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Number(refusal) => refusal.as_str(),
            Self::Prefix(refusal) => refusal.as_str(),
        }
    }
}

impl fmt::Display for EntryRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::error::Error for EntryRefusal {}

/// Reads an entry: a number in any notation, or the beginning of one followed by `*`. The kind and the number in E.164,
/// or its beginning.
///
/// # Errors
/// Why it was not understood.
pub fn read_entry(
    entry: &str,
    reader: &mut PhoneReader,
    default_region: &str,
) -> Result<(DoNotCallKind, String), EntryRefusal> {
    let Some(prefix) = entry.trim().strip_suffix('*') else {
        let read = reader.read(entry).map_err(EntryRefusal::Number)?;
        return Ok((DoNotCallKind::Number, read.phone.e164));
    };
    let digits = beginning(prefix, default_region).map_err(EntryRefusal::Prefix)?;
    if digits.len() < SHORTEST_PREFIX {
        return Err(EntryRefusal::Prefix(PrefixRefusal::TooShort));
    }
    Ok((DoNotCallKind::Prefix, format!("+{digits}")))
}

/// The beginning of a number in E.164, without its plus, from what is written with a country code or in the habits of the
/// region: `+7 999`, `8 (999)`, `810 49`, `00 49`.
///
/// # Errors
/// When it says no country, or is no number.
pub fn beginning(written: &str, default_region: &str) -> Result<String, PrefixRefusal> {
    let written = written.trim().trim_start_matches(['\'', '\u{feff}']);
    let (plus, rest) = written.strip_prefix('+').map_or((false, written), |rest| (true, rest));
    let decorates =
        |char: char| char.is_whitespace() || matches!(char, '-' | '(' | ')' | '.' | '\u{2010}'..='\u{2015}');
    let digits: String = rest.chars().filter(|char| !decorates(*char)).collect();
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(PrefixRefusal::Invalid);
    }
    let russian = matches!(default_region, "RU" | "KZ");
    let digits = if plus {
        digits
    } else if let Some(abroad) = digits.strip_prefix("00") {
        abroad.to_owned()
    } else if let Some(abroad) = digits.strip_prefix("810").filter(|_| russian) {
        abroad.to_owned()
    } else if let Some(abroad) = digits.strip_prefix("011").filter(|_| matches!(default_region, "US" | "CA")) {
        abroad.to_owned()
    } else if let Some(national) = digits.strip_prefix(['7', '8']).filter(|_| russian) {
        format!("7{national}")
    } else {
        return Err(PrefixRefusal::Country);
    };
    if digits.len() > LONGEST || digits.starts_with('0') {
        return Err(PrefixRefusal::Invalid);
    }
    Ok(digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(entry: &str, region: &str) -> Result<(DoNotCallKind, String), &'static str> {
        read_entry(entry, &mut PhoneReader::new(region), region).map_err(EntryRefusal::as_str)
    }

    #[test]
    fn numbers_in_any_notation_are_one_entry() {
        for written in ["+79991234567", "8 (999) 123-45-67", "7 999 1234567", " '+7 999 123 45 67 "] {
            let expected = (DoNotCallKind::Number, "+79991234567".to_owned());
            assert_eq!(read(written, "RU"), Ok(expected), "{written}");
        }
        assert_eq!(read("12", "RU"), Err("phoneTooShort"));
        assert_eq!(read("", "RU"), Err("phoneEmpty"));
        assert_eq!(read("9.19E+11", "RU"), Err("phoneDamaged"));
    }

    #[test]
    fn prefixes_are_read_in_the_habits_of_the_region() {
        let cases = [
            ("+7 999*", "RU", "+7999"),
            ("8 (999) 12*", "RU", "+799912"),
            ("7999 *", "RU", "+7999"),
            ("810 49 30*", "RU", "+4930"),
            ("0049*", "DE", "+49"),
            ("011 44*", "US", "+44"),
            ("+79*", "DE", "+79"),
            ("+123456789012345*", "RU", "+123456789012345"),
        ];
        for (written, region, prefix) in cases {
            assert_eq!(read(written, region), Ok((DoNotCallKind::Prefix, prefix.to_owned())), "{written} in {region}");
        }
    }

    #[test]
    fn prefixes_that_forbid_a_country_or_say_none_are_refused() {
        for (written, region, reason) in [
            ("*", "RU", "prefixCountry"),
            ("+*", "RU", "prefixTooShort"),
            ("+7*", "RU", "prefixTooShort"),
            ("8*", "RU", "prefixTooShort"),
            ("999*", "RU", "prefixCountry"),
            ("8 999*", "DE", "prefixCountry"),
            ("+7 9x*", "RU", "prefixInvalid"),
            ("+09*", "RU", "prefixInvalid"),
            ("00 0*", "RU", "prefixInvalid"),
            ("+1234567890123456*", "RU", "prefixInvalid"),
            ("+7**", "RU", "prefixInvalid"),
        ] {
            assert_eq!(read(written, region), Err(reason), "{written} in {region}");
        }
    }
}
