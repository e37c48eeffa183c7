//! Why a row did not become a task: the keys that travel and the words that stand in the downloaded report. A file is
//! read by people outside the user interface, so its words are here and not in the catalogues of the interface.

use callboard_contract::RowFate;
use callboard_core::phone::{PhoneFix, PhoneRefusal};

/// Why a row did not become a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RejectReason {
    /// The phone cannot be dialled.
    Phone(PhoneRefusal),
    /// The name has more than 255 characters.
    NameTooLong,
    /// The further columns have more than 64 KiB, or one cell more than 32,767 characters.
    DataTooLong,
    /// The number stands further up in the file.
    DuplicateInFile,
    /// The campaign has the number.
    DuplicateInCampaign,
    /// The row has more than 256 KiB or 256 columns, or a quotation mark is never closed.
    RowTooLong,
    /// A do-not-call entry forbids the number.
    DoNotCall,
    /// The sum at the end of a table.
    TotalRow,
    /// Prose for the person who fills in a template.
    InstructionRow,
}

/// What was repaired in a row that becomes a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RowFix {
    /// In the number.
    Phone(PhoneFix),
    /// Another number of the row cannot be read.
    OtherNumber,
    /// The time zone cannot be read; the number's holds.
    ZoneUnknown,
}

impl RowFix {
    /// Key of the catalogue `fixes.*`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Phone(fix) => fix.as_str(),
            Self::OtherNumber => "otherNumber",
            Self::ZoneUnknown => "zoneUnknown",
        }
    }
}

impl RejectReason {
    /// Every reason.
    pub const ALL: [Self; 14] = [
        Self::Phone(PhoneRefusal::Empty),
        Self::Phone(PhoneRefusal::Invalid),
        Self::Phone(PhoneRefusal::TooShort),
        Self::Phone(PhoneRefusal::Damaged),
        Self::Phone(PhoneRefusal::Lookalike),
        Self::Phone(PhoneRefusal::NotAllowed),
        Self::NameTooLong,
        Self::DataTooLong,
        Self::DuplicateInFile,
        Self::DuplicateInCampaign,
        Self::RowTooLong,
        Self::DoNotCall,
        Self::TotalRow,
        Self::InstructionRow,
    ];

    /// Key of the catalogue `rejects.*`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Phone(refusal) => refusal.as_str(),
            Self::NameTooLong => "nameTooLong",
            Self::DataTooLong => "dataTooLong",
            Self::DuplicateInFile => "duplicateInFile",
            Self::DuplicateInCampaign => "duplicateInCampaign",
            Self::RowTooLong => "rowTooLong",
            Self::DoNotCall => "doNotCall",
            Self::TotalRow => "totalRow",
            Self::InstructionRow => "instructionRow",
        }
    }

    /// What becomes of the row.
    #[must_use]
    pub fn fate(self) -> RowFate {
        match self {
            Self::DuplicateInFile => RowFate::Duplicate,
            Self::DuplicateInCampaign => RowFate::InCampaign,
            Self::DoNotCall => RowFate::DoNotCall,
            Self::TotalRow | Self::InstructionRow => RowFate::Ignored,
            Self::Phone(_) | Self::NameTooLong | Self::DataTooLong | Self::RowTooLong => RowFate::Invalid,
        }
    }

    fn text(self, language: Language) -> &'static str {
        use Language::{English, Russian};
        use PhoneRefusal as P;
        match (self, language) {
            (Self::Phone(P::Empty), Russian) => "Нет номера телефона",
            (Self::Phone(P::Empty), English) => "There is no phone number",
            (Self::Phone(P::Invalid), Russian) => "Такого номера телефона не бывает",
            (Self::Phone(P::Invalid), English) => "This is not a valid phone number",
            (Self::Phone(P::TooShort), Russian) => "В номере не хватает цифр",
            (Self::Phone(P::TooShort), English) => "The number has too few digits",
            (Self::Phone(P::Damaged), Russian) => "Номер повредила таблица: цифры потеряны, нужен исходный список",
            (Self::Phone(P::Damaged), English) => {
                "A spreadsheet has damaged the number: digits are lost, use the original list"
            }
            (Self::Phone(P::Lookalike), Russian) => "В номере есть буква, похожая на цифру",
            (Self::Phone(P::Lookalike), English) => "The number contains a letter that looks like a digit",
            (Self::Phone(P::NotAllowed), Russian) => "На такие номера не звонят: экстренный, платный или спутниковый",
            (Self::Phone(P::NotAllowed), English) => {
                "Such numbers are never called: emergency, premium rate or satellite"
            }
            (Self::NameTooLong, Russian) => "Имя длиннее 255 знаков",
            (Self::NameTooLong, English) => "The name is longer than 255 characters",
            (Self::DataTooLong, Russian) => "Слишком много данных в строке",
            (Self::DataTooLong, English) => "The row holds too much data",
            (Self::DuplicateInFile, Russian) => "Номер уже есть выше в этом файле",
            (Self::DuplicateInFile, English) => "The number is further up in this file",
            (Self::DuplicateInCampaign, Russian) => "Номер уже есть в кампании",
            (Self::DuplicateInCampaign, English) => "The number is in the campaign already",
            (Self::RowTooLong, Russian) => "Строка слишком длинная, или не закрыта кавычка",
            (Self::RowTooLong, English) => "The row is too long, or a quotation mark is not closed",
            (Self::DoNotCall, Russian) => "Номер в списке «не звонить»",
            (Self::DoNotCall, English) => "The number is on the do-not-call list",
            (Self::TotalRow, Russian) => "Строка итогов, а не контакт",
            (Self::TotalRow, English) => "A line of totals, not a contact",
            (Self::InstructionRow, Russian) => "Строка инструкции шаблона",
            (Self::InstructionRow, English) => "A line of the template's instructions",
        }
    }
}

/// Languages of the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Language {
    Russian,
    English,
}

impl Language {
    /// `ru` is Russian, anything else English.
    pub fn of(code: &str) -> Self {
        if code.eq_ignore_ascii_case("ru") { Self::Russian } else { Self::English }
    }

    /// The reason behind a key in words; a key from a newer program stays as it is.
    pub fn reason(self, key: &str) -> &str {
        RejectReason::ALL.iter().find(|reason| reason.as_str() == key).map_or(key, |reason| reason.text(self))
    }

    /// Headers of the line number and the reason.
    pub fn own_columns(self) -> [&'static str; 2] {
        match self {
            Self::Russian => ["Callboard: строка", "Callboard: причина"],
            Self::English => ["Callboard: line", "Callboard: reason"],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::header::OWN;

    #[test]
    fn every_reason_has_its_own_key_and_words() {
        for language in [Language::Russian, Language::English] {
            let mut seen = std::collections::HashSet::new();
            for reason in RejectReason::ALL {
                assert!(seen.insert(language.reason(reason.as_str())), "{reason:?}");
                assert_ne!(language.reason(reason.as_str()), reason.as_str());
            }
            assert!(language.own_columns().iter().all(|column| OWN.contains(column)), "{language:?}");
        }
        assert_eq!(Language::of("RU").reason("fromTheFuture"), "fromTheFuture");
    }
}
