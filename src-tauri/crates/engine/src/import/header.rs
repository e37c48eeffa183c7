//! Names of columns. Owns those under which lists call the phone and the name, those that our own report adds, and what
//! makes two names the same; refuses to look at rows.

/// The column that every list must have, under the name that messages use.
pub(super) const REQUIRED: &str = "phone_number";
/// Names of the phone column without case, spaces and punctuation. Where a file has several, the earlier name wins:
/// `номер` may be that of an order.
pub(super) const PHONE: &[&str] = &[
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
pub(super) const NAME: &[&str] = &[
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

/// The name of a column that has none.
pub(crate) fn unnamed(index: usize) -> String {
    format!("column_{}", index + 1)
}

/// A name without case, spaces and punctuation, ё as е.
pub(super) fn essence(name: &str) -> String {
    name.chars()
        .filter(|char| char.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .map(|char| if char == 'ё' { 'е' } else { char })
        .collect()
}
