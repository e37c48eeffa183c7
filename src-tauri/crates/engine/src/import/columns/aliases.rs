//! The names under which lists call their columns, in Russian and English. Owns the tables and nothing else: no rows,
//! no guesses.

use super::{
    super::header::{NAME, OWN, PHONE, essence},
    ColumnRole,
};

/// Longer cells are no names of columns.
const LONGEST: usize = 80;

/// Names that mean something else as often as they mean a phone or a name; what stands below decides.
const WEAK: &[&str] = &["номер", "cell", "контакт", "contact", "клиент", "client", "customer", "тел", "моб"];
const EMAIL: &[&str] =
    &["email", "emailaddress", "mail", "почта", "электроннаяпочта", "емейл", "имейл", "адресэлектроннойпочты"];
const COMPANY: &[&str] = &[
    "company",
    "companyname",
    "organization",
    "organisation",
    "business",
    "businessname",
    "компания",
    "организация",
    "названиекомпании",
    "наименованиеорганизации",
    "юрлицо",
    "фирма",
];
const ZONE: &[&str] = &["timezone", "tz", "zone", "gmt", "utc", "часовойпояс", "чп", "таймзона", "часоваязона"];
/// Places, from which a zone follows where their names are known. The city says more than what it lies in.
const PLACES: &[&str] = &["город", "city", "town", "регион", "область", "region", "state", "субъектрф"];
const NOTES: &[&str] = &[
    "notes",
    "note",
    "comment",
    "comments",
    "description",
    "комментарий",
    "комментарии",
    "примечание",
    "примечания",
    "заметка",
    "заметки",
    "описание",
];
const TAGS: &[&str] = &["tags", "tag", "labels", "теги", "тег", "тэги", "метки", "метка"];
/// Columns that are data for the conversation. Known by name so that a header is recognised, and so that a tax number
/// of ten digits is not taken for a phone.
const EXTRA: &[&str] = &[
    "id",
    "код",
    "внешнийid",
    "лид",
    "crmid",
    "leadid",
    "инн",
    "огрн",
    "кпп",
    "снилс",
    "паспорт",
    "номерпаспорта",
    "номердоговора",
    "номерзаказа",
    "договор",
    "заказ",
    "orderid",
    "ordernumber",
    "contract",
    "счет",
    "номерсчета",
    "лицевойсчет",
    "адрес",
    "страна",
    "country",
    "address",
    "датаплатежа",
    "суммадолга",
    "сумма",
    "дата",
    "date",
    "duedate",
    "amount",
    "перезвонить",
    "времязвонка",
    "callback",
    "незвонить",
    "согласие",
    "датасогласия",
    "optin",
    "consent",
    "dnc",
    "язык",
    "language",
    "lang",
    "leadscore",
    "lastinteraction",
    "industry",
    "dealsize",
    "businesscontext",
    "status",
    "статус",
    "дол",
    "должность",
    "position",
    "пол",
    "возраст",
];
/// Parts of a name, in the order in which they are joined.
const PARTS: [&[&str]; 3] = [
    &["фамилия", "lastname", "surname", "familyname"],
    &["имя", "firstname", "givenname"],
    &["отчество", "patronymic", "middlename"],
];

/// What a name says about its column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Alias {
    pub role: ColumnRole,
    /// Place in the table: the earlier, the plainer.
    pub rank: usize,
    /// Means something else as often.
    pub weak: bool,
}

/// The role behind a name.
pub(super) fn alias(name: &str) -> Option<Alias> {
    if name.len() > 2 * LONGEST {
        return None;
    }
    if OWN.contains(&name.trim()) {
        return Some(Alias { role: ColumnRole::Ignore, rank: 0, weak: false });
    }
    let name = essence(name);
    // `Телефон 2` is a phone like the first, a little less so.
    let plain = name.trim_end_matches(|char: char| char.is_ascii_digit());
    let tables = [
        (ColumnRole::Phone, PHONE),
        (ColumnRole::Name, NAME),
        (ColumnRole::Email, EMAIL),
        (ColumnRole::Company, COMPANY),
        (ColumnRole::Zone, ZONE),
        (ColumnRole::Zone, PLACES),
        (ColumnRole::Notes, NOTES),
        (ColumnRole::Tags, TAGS),
        (ColumnRole::Extra, EXTRA),
    ];
    let found = tables.into_iter().find_map(|(role, table)| {
        let rank = table.iter().position(|known| *known == plain)?;
        let numbered = if plain.len() < name.len() { 100 } else { 0 };
        Some(Alias { role, rank: rank + numbered, weak: WEAK.contains(&plain) || PLACES.contains(&plain) })
    });
    found.or_else(|| {
        if name_part(&name).is_some() {
            Some(Alias { role: ColumnRole::Name, rank: 50, weak: false })
        } else if ["телефон", "phone", "мобильн", "сотов"].iter().any(|stem| plain.contains(stem)) {
            Some(Alias { role: ColumnRole::Phone, rank: 200, weak: true })
        } else {
            None
        }
    })
}

/// Which part of a name a column holds: 0 the family's, 1 the given one, 2 the father's.
pub(super) fn name_part(name: &str) -> Option<usize> {
    let name = essence(name);
    PARTS.iter().position(|part| part.contains(&name.as_str()))
}

/// Whether a cell is the name of some column.
pub(in super::super) fn is_alias(cell: &str) -> bool {
    alias(cell).is_some()
}

/// Whether a cell is the name of a phone column.
pub(in super::super) fn is_phone_alias(cell: &str) -> bool {
    alias(cell).is_some_and(|alias| alias.role == ColumnRole::Phone)
}
