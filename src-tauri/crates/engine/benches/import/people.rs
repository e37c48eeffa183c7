//! The people of the lists. Owns that each has the same number in every file, and which rows are repeated or unusable.

/// Codes of mobile operators, and of two cities for one number in twenty.
pub const PREFIXES: [&str; 38] = [
    "903", "905", "906", "909", "910", "911", "912", "913", "914", "915", "916", "917", "918", "919", "920", "921",
    "922", "924", "925", "926", "927", "928", "929", "937", "950", "951", "952", "953", "960", "961", "962", "963",
    "964", "965", "967", "981", "495", "812",
];
/// Has no divisor in common with ten million: numbers of a code repeat only after all of them.
pub const STEP: u32 = 7_654_321;

const SURNAMES: [&str; 12] = [
    "Иванов",
    "Смирнов",
    "Кузнецов",
    "Попов",
    "Соколов",
    "Лебедев",
    "Козлов",
    "Новиков",
    "Морозов",
    "Петров",
    "Волков",
    "Зайцев",
];
const NAMES: [&str; 10] =
    ["Иван", "Пётр", "Сергей", "Андрей", "Олег", "Дмитрий", "Максим", "Артём", "Никита", "Михаил"];
const CITIES: [&str; 8] =
    ["Москва", "Казань", "Самара", "Екатеринбург", "Новосибирск", "Омск", "Краснодар", "Владивосток"];
/// What stands where a number should.
const BAD: [&str; 5] = ["", "нет", "12345", "8 (916) 12", "спросить у жены"];

/// The header of the lists.
pub const HEADER: [&str; 5] = ["Телефон", "ФИО", "Email", "Город", "Сумма долга"];

/// A row of a list.
pub struct Person {
    /// The number that is dialled; none when the cell cannot be read.
    pub phone: Option<String>,
    /// The cells, in the order of the header.
    pub cells: [String; 5],
}

/// Ten digits without the country.
fn digits(index: u32) -> String {
    let (code, place) = (index as usize % PREFIXES.len(), u64::from(index) / PREFIXES.len() as u64);
    format!("{}{:07}", PREFIXES[code], place * u64::from(STEP) % 10_000_000)
}

/// The person of a row: one row in twenty has no number, one in a hundred repeats that of a row further up.
pub fn person(index: u32) -> Person {
    let bad = index % 20 == 7;
    let repeated = index % 100 == 50;
    let digits = digits(if repeated { index / 40 * 20 } else { index });
    let written = match index % 8 {
        _ if bad => BAD[(index / 20) as usize % BAD.len()].to_owned(),
        0 | 4 => format!("8 ({}) {}-{}-{}", &digits[..3], &digits[3..6], &digits[6..8], &digits[8..]),
        1 => format!("8-{}-{}-{}-{}", &digits[..3], &digits[3..6], &digits[6..8], &digits[8..]),
        2 => format!("7{digits}"),
        _ => format!("+7{digits}"),
    };
    let pick = index as usize;
    let name = format!("{} {}", SURNAMES[pick / 7 % SURNAMES.len()], NAMES[pick / 3 % NAMES.len()]);
    let debt = format!("{}.{:02}", pick * 37 % 90_000 + 1000, pick % 100);
    let cells = [written, name, format!("client{index}@example.ru"), CITIES[pick / 11 % CITIES.len()].to_owned(), debt];
    Person { phone: (!bad).then(|| format!("+7{digits}")), cells }
}
