//! What the columns of a file mean. Owns the names under which lists call the phone and the name, in Russian and
//! English; refuses to look at rows.

use super::{ImportError, Limit, cells::MAX_COLUMNS};

/// The column that every list must have, under the name that messages use.
pub(super) const REQUIRED: &str = "phone_number";
/// Names of the phone column without case, spaces and punctuation. Where a file has several, the earlier name wins:
/// `номер` may be that of an order.
const PHONE: &[&str] = &[
    "phonenumber",
    "phone",
    "телефон",
    "номертелефона",
    "телефонныйномер",
    "мобильныйтелефон",
    "сотовыйтелефон",
    "контактныйтелефон",
    "телефонклиента",
    "телефонмобильный",
    "mobilephone",
    "mobilenumber",
    "mobile",
    "cellphone",
    "cell",
    "мобильный",
    "сотовый",
    "моб",
    "msisdn",
    "telephone",
    "tel",
    "тел",
    "contactnumber",
    "номер",
];
/// The same for the name.
const NAME: &[&str] = &[
    "name",
    "contactname",
    "fullname",
    "фио",
    "полноеимя",
    "имяклиента",
    "имя",
    "customername",
    "customer",
    "clientname",
    "client",
    "контактноелицо",
    "клиент",
    "контакт",
    "contact",
    "firstname",
];
/// Columns that our own report of refused rows adds; a corrected report is imported without them.
pub(super) const OWN: &[&str] = &["Callboard: строка", "Callboard: причина", "Callboard: line", "Callboard: reason"];

/// The header of a file and where in it phone and name stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Header {
    /// Every column, named: those without a name by their place, repeated names numbered.
    pub columns: Vec<String>,
    pub phone: usize,
    pub name: Option<usize>,
}

impl Header {
    /// Reads the first row of a file.
    pub fn read<'a>(cells: impl Iterator<Item = &'a str>) -> Result<Self, ImportError> {
        let mut names: Vec<&str> = cells.map(str::trim).collect();
        while names.last().is_some_and(|name| name.is_empty()) {
            names.pop();
        }
        if names.len() >= MAX_COLUMNS {
            return Err(ImportError::TooLarge { limit: Limit::Columns, most: MAX_COLUMNS as u64 - 1 });
        }
        let phone =
            find(&names, PHONE).ok_or_else(|| ImportError::MissingColumns { columns: vec![REQUIRED.to_owned()] })?;
        let name = find(&names, NAME);
        let mut columns: Vec<String> = Vec::with_capacity(names.len());
        for (index, name) in names.iter().enumerate() {
            let name = if name.is_empty() { unnamed(index) } else { (*name).to_owned() };
            let mut unique = name.clone();
            let mut n = 1;
            while columns.contains(&unique) {
                n += 1;
                unique = format!("{name} ({n})");
            }
            columns.push(unique);
        }
        Ok(Self { columns, phone, name })
    }

    /// The column that holds the phone, as the file calls it.
    pub fn phone_column(&self) -> &str {
        self.column(self.phone)
    }

    pub fn column(&self, index: usize) -> &str {
        self.columns.get(index).map_or("", String::as_str)
    }

    /// Whether a column goes into the contact's data.
    pub fn is_extra(&self, index: usize) -> bool {
        index != self.phone && Some(index) != self.name && !OWN.contains(&self.column(index))
    }

    /// Columns that go into the contact's data.
    pub fn extra_columns(&self) -> Vec<String> {
        (0..self.columns.len()).filter(|index| self.is_extra(*index)).map(|index| self.columns[index].clone()).collect()
    }
}

/// The name of a column that has none.
pub(super) fn unnamed(index: usize) -> String {
    format!("column_{}", index + 1)
}

/// Whether one of the names is a phone column's.
pub(super) fn has_phone_column<T: AsRef<str>>(names: &[T]) -> bool {
    find(names, PHONE).is_some()
}

fn find<T: AsRef<str>>(names: &[T], known: &[&str]) -> Option<usize> {
    names
        .iter()
        .enumerate()
        .filter_map(|(index, name)| {
            let name = essence(name.as_ref());
            known.iter().position(|known| *known == name).map(|rank| (rank, index))
        })
        .min()
        .map(|(_, index)| index)
}

/// A name without case, spaces and punctuation, ё as е.
pub(super) fn essence(name: &str) -> String {
    name.chars()
        .filter(|char| char.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .map(|char| if char == 'ё' { 'е' } else { char })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(names: &[&str]) -> Header {
        Header::read(names.iter().copied()).unwrap_or_else(|error| panic!("{names:?}: {error}"))
    }

    /// Acceptance 12, 87; domain 4.3; requirements F8.
    #[test]
    fn phone_and_name_are_found_under_all_their_names() {
        for phone in [
            "phone_number",
            "Phone Number",
            " PHONE ",
            "phonenumber",
            "mobile",
            "Cell",
            "MSISDN",
            "tel.",
            "Телефон",
            "тел",
            "Тел.",
            "номер",
            "Номер телефона",
            "Моб.",
            "мобильный",
            "сотовый",
            "Контактный телефон",
        ] {
            assert_eq!(header(&["id", phone]).phone, 1, "{phone}");
        }
        for name in ["name", "Full Name", "full_name", "contact_name", "ФИО", "Имя", "клиент", "Контакт", "customer"]
        {
            assert_eq!(header(&["phone", name]).name, Some(1), "{name}");
        }
    }

    #[test]
    fn the_plainest_name_wins_and_the_others_are_data() {
        let header = header(&["Номер", "Имя", "Телефон", "Мобильный", "ФИО"]);
        assert_eq!((header.phone, header.name), (2, Some(4)));
        assert_eq!(header.extra_columns(), ["Номер", "Имя", "Мобильный"]);
    }

    /// Acceptance 9.
    #[test]
    fn a_file_without_a_phone_column_is_told_which_one_is_missing() {
        let refusal = Header::read(["name", "company"].into_iter()).expect_err("no phone");
        assert_eq!(refusal.to_string(), "missing required columns: phone_number");
    }

    #[test]
    fn columns_without_a_name_and_with_the_same_name_can_be_told_apart() {
        let header = header(&["phone", "", "note", "note", "note (2)", "", ""]);
        assert_eq!(header.columns, ["phone", "column_2", "note", "note (2)", "note (2) (2)"]);
        assert!(OWN.iter().all(|own| !self::header(&["phone", own]).is_extra(1)), "our own columns are no data");
    }

    #[test]
    fn a_header_of_thousands_of_columns_is_refused() {
        let names = vec!["phone"; 300];
        assert!(matches!(Header::read(names.into_iter()), Err(ImportError::TooLarge { limit: Limit::Columns, .. })));
    }
}
