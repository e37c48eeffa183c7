//! Phone numbers: from what stands in a cell to E.164. Owns what is repaired, what is refused and why; refuses to
//! guess: a number that has lost digits in a spreadsheet would ring at a stranger's.

use std::{fmt, str::FromStr};

use rlibphonenumber::Region;

mod cell;
mod extension;
mod plan;
mod written;

pub use cell::CellPhones;
use written::Written;

/// No contact has a number this short; service and emergency numbers do.
const SHORTEST: usize = 7;

/// A number that can be dialled.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Phone {
    /// `+` and at most 15 digits.
    pub e164: String,
    /// Certainly a fixed line. Where the plan does not tell (North America) this is false.
    pub fixed: bool,
}

/// A number and what was done to read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadPhone {
    /// The number to dial.
    pub phone: Phone,
    /// The most surprising thing that was repaired, if any.
    pub fix: Option<PhoneFix>,
    /// What is dialled once the line is answered: one to eight digits.
    pub extension: Option<String>,
}

text_enum! {
    /// What was repaired in a cell and is worth showing to the person who imports it. Spaces, brackets, dashes and
    /// apostrophes are no repair, and neither is a missing plus before a complete number with its country
    /// (`79991234567`): nothing was added that did not stand there.
    pub enum PhoneFix {
        /// The prefix of national calls gave way to the country: `8 999 …` is read as `+7 999 …`.
        TrunkPrefix = "trunkPrefix",
        /// A national number, to which the default country was added.
        CountryAdded = "countryAdded",
        /// The prefix of calls abroad (`00`, `810`, `011`) became a plus.
        InternationalPrefix = "internationalPrefix",
        /// Scientific notation that had kept all digits.
        Exponent = "exponent",
        /// `.0` of a column of numbers.
        ZeroFraction = "zeroFraction",
        /// An extension was cut off and kept.
        Extension = "extension",
    }
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
/// only international numbers are understood. For many cells keep a [`PhoneReader`].
///
/// # Errors
/// Why the cell cannot be dialled.
pub fn parse_phone(raw: &str, default_region: &str) -> Result<Phone, PhoneRefusal> {
    PhoneReader::new(default_region).read(raw).map(|read| read.phone)
}

/// Reads the cells of one list; one for every thread.
#[derive(Debug, Clone)]
pub struct PhoneReader {
    region: Option<Region>,
    /// The cell in plain ASCII; kept for its memory.
    plain: String,
}

impl PhoneReader {
    /// A reader for lists in which numbers without a country belong to `default_region` (ISO 3166).
    #[must_use]
    pub fn new(default_region: &str) -> Self {
        Self { region: Region::from_str(default_region).ok(), plain: String::new() }
    }

    /// Reads a cell that holds one number.
    ///
    /// # Errors
    /// Why the cell cannot be dialled.
    pub fn read(&mut self, raw: &str) -> Result<ReadPhone, PhoneRefusal> {
        let raw = raw.trim();
        if let Some(written) = Written::simple(raw) {
            return self.dial(written);
        }
        let (number, extension) = extension::split(raw);
        let written = Written::read(number, &mut self.plain)?;
        let read = self.dial(written)?;
        let Some(extension) = extension else { return Ok(read) };
        Ok(ReadPhone { fix: read.fix.or(Some(PhoneFix::Extension)), extension: Some(extension.to_owned()), ..read })
    }

    /// Reads a cell that may hold several numbers.
    pub fn read_cell(&mut self, cell: &str) -> CellPhones {
        cell::read(self, cell)
    }

    fn dial(&self, written: Written) -> Result<ReadPhone, PhoneRefusal> {
        let written = written.with_country(self.region);
        written.refuse_short()?;
        let phone = plan::judge(&written, self.region)?;
        let fix = written.fix.or_else(|| written.difference(&phone.e164));
        Ok(ReadPhone { phone, fix, extension: None })
    }
}

/// Reads a cell that may hold several numbers. For many cells keep a [`PhoneReader`].
#[must_use]
pub fn read_phones(cell: &str, default_region: &str) -> CellPhones {
    PhoneReader::new(default_region).read_cell(cell)
}

#[cfg(test)]
mod tests;
