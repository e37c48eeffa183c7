//! What the columns of a list are for. Owns the guess from names and from content, and the rule that a list needs a
//! phone; refuses to change a row.

mod aliases;

use callboard_core::zone::read_zone;
use sha2::{Digest, Sha256};

use super::{
    ImportError,
    header::{REQUIRED, essence},
};

use aliases::{alias, name_part};
pub(super) use aliases::{is_alias, is_phone_alias};

pub use callboard_contract::ColumnRole;

/// A guess and how sure it is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RoleGuess {
    /// What the column seems to be for.
    pub role: ColumnRole,
    /// 0 to 1.
    pub confidence: f32,
}

/// Which column is what, as guessed or as a person has decided.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Mapping {
    /// One for each column of the file; columns behind the last are extra.
    pub roles: Vec<ColumnRole>,
    /// The phone column that is dialled first; without it the leftmost one.
    pub main_phone: Option<usize>,
}

impl Mapping {
    /// What the guesses amount to. The main phone is the surest one, of equal ones the leftmost.
    #[must_use]
    pub fn from_guesses(guesses: &[RoleGuess]) -> Self {
        let phones = guesses.iter().enumerate().filter(|(_, guess)| guess.role == ColumnRole::Phone);
        let main = phones.rev().max_by(|(_, left), (_, right)| left.confidence.total_cmp(&right.confidence));
        Self { roles: guesses.iter().map(|guess| guess.role).collect(), main_phone: main.map(|(index, _)| index) }
    }

    /// Whether a list can be imported with it.
    ///
    /// # Errors
    /// Without a phone column.
    pub fn check(&self) -> Result<(), ImportError> {
        if self.roles.contains(&ColumnRole::Phone) {
            Ok(())
        } else {
            Err(ImportError::MissingColumns { columns: vec![REQUIRED.to_owned()] })
        }
    }

    /// The role of a column.
    #[must_use]
    pub fn role(&self, index: usize) -> ColumnRole {
        self.roles.get(index).copied().unwrap_or(ColumnRole::Extra)
    }

    /// Columns with a role, from the left.
    pub fn with_role(&self, role: ColumnRole) -> impl Iterator<Item = usize> {
        self.roles.iter().enumerate().filter(move |(_, is)| **is == role).map(|(index, _)| index)
    }

    /// Phone columns, the main one first.
    #[must_use]
    pub fn phones(&self) -> Vec<usize> {
        let mut phones: Vec<usize> = self.with_role(ColumnRole::Phone).collect();
        phones.sort_by_key(|index| Some(*index) != self.main_phone);
        phones
    }

    /// Name columns in the order in which they are joined: family, given, father's name, then whatever else.
    #[must_use]
    pub fn names(&self, columns: &[String]) -> Vec<usize> {
        let mut names: Vec<usize> = self.with_role(ColumnRole::Name).collect();
        names.sort_by_key(|index| columns.get(*index).and_then(|name| name_part(name)).unwrap_or(3));
        names
    }
}

/// What each column is for. `rows` are a sample of the list; cells are `rows[row][column]`.
#[must_use]
pub fn guess_roles(columns: &[String], rows: &[Vec<String>]) -> Vec<RoleGuess> {
    let mut guesses: Vec<RoleGuess> =
        columns.iter().enumerate().map(|(index, name)| guess_role(name, &Content::of(index, rows))).collect();
    settle_names(columns, &mut guesses);
    // One column of these holds what the contact has; the others are data.
    for role in [ColumnRole::Email, ColumnRole::Company, ColumnRole::Zone, ColumnRole::Notes, ColumnRole::Tags] {
        let surest = guesses
            .iter()
            .enumerate()
            .rev()
            .filter(|(_, guess)| guess.role == role)
            .max_by(|(_, left), (_, right)| left.confidence.total_cmp(&right.confidence))
            .map(|(index, _)| index);
        for (index, guess) in guesses.iter_mut().enumerate() {
            if guess.role == role && Some(index) != surest {
                *guess = extra(0.5);
            }
        }
    }
    guesses
}

/// Either one column with whole names or several with parts; not both.
fn settle_names(columns: &[String], guesses: &mut [RoleGuess]) {
    let is_part = |index: usize| columns.get(index).is_some_and(|name| name_part(name).is_some());
    let names = |guesses: &[RoleGuess]| -> Vec<usize> {
        (0..guesses.len()).filter(|index| guesses[*index].role == ColumnRole::Name).collect()
    };
    let all = names(guesses);
    // A given name alone is the weaker half of a whole one; a family name with it is the whole.
    let parts = all.iter().filter(|index| is_part(**index)).count();
    let whole = all
        .iter()
        .copied()
        .filter(|index| !is_part(*index))
        .rev()
        .max_by(|left, right| guesses[*left].confidence.total_cmp(&guesses[*right].confidence));
    let sure = whole.is_some_and(|index| guesses[index].confidence > 0.9);
    for index in all {
        let keep = match whole {
            Some(whole) if sure || parts == 0 => index == whole,
            _ => is_part(index),
        };
        if !keep {
            guesses[index] = extra(0.6);
        }
    }
}

fn extra(confidence: f32) -> RoleGuess {
    RoleGuess { role: ColumnRole::Extra, confidence }
}

fn guess_role(name: &str, content: &Content<'_>) -> RoleGuess {
    let guess = |role, confidence| RoleGuess { role, confidence };
    let alias = alias(name);
    match alias {
        Some(alias) if alias.role == ColumnRole::Phone => {
            let named = if alias.weak { 0.8 } else { 0.95 } - alias.rank.min(200) as f32 / 2000.0;
            if content.filled == 0 {
                guess(ColumnRole::Phone, named)
            } else if alias.weak && content.phones < 0.2 {
                extra(0.6)
            } else {
                // A column of phones that is hardly filled serves the second attempt.
                guess(ColumnRole::Phone, named * (0.5 + 0.4 * content.phones.min(1.0) + 0.1 * content.share))
            }
        }
        Some(alias) if alias.role == ColumnRole::Name => {
            if content.phones > 0.6 && alias.weak {
                guess(ColumnRole::Phone, 0.7 * content.phones)
            } else {
                guess(ColumnRole::Name, if alias.weak { 0.7 } else { 0.98 - alias.rank as f32 / 1000.0 })
            }
        }
        Some(alias) if alias.role == ColumnRole::Zone && alias.weak => {
            let known = content.places();
            if known < 0.5 { extra(0.7) } else { guess(ColumnRole::Zone, known * (0.85 - alias.rank as f32 / 100.0)) }
        }
        Some(alias) => guess(alias.role, 0.95),
        None if content.phones > 0.6 => guess(ColumnRole::Phone, 0.7 * content.phones),
        None if content.emails > 0.6 => guess(ColumnRole::Email, 0.9 * content.emails),
        None if content.zones > 0.8 => guess(ColumnRole::Zone, 0.7 * content.zones),
        None if content.names > 0.8 => guess(ColumnRole::Name, 0.5 * content.names),
        None => extra(0.5),
    }
}

/// Cells of which the places are looked up.
const LOOKED_UP: usize = 50;

/// What the cells of a column look like, as shares of those that are filled.
#[derive(Debug, Default)]
struct Content<'a> {
    /// The first filled cells.
    cells: Vec<&'a str>,
    filled: usize,
    /// Filled cells among all.
    share: f32,
    phones: f32,
    emails: f32,
    zones: f32,
    names: f32,
}

impl<'a> Content<'a> {
    fn of(index: usize, rows: &'a [Vec<String>]) -> Self {
        let mut content = Self::default();
        let cells = rows.iter().filter_map(|row| row.get(index)).map(|cell| cell.trim());
        for cell in cells.filter(|cell| !cell.is_empty()) {
            content.filled += 1;
            if content.cells.len() < LOOKED_UP {
                content.cells.push(cell);
            }
            content.phones += looks_like_phone(cell);
            content.emails += share(looks_like_email(cell));
            content.zones += share(cell.contains('/') && cell.parse::<chrono_tz::Tz>().is_ok());
            content.names += share(looks_like_name(cell));
        }
        if content.filled > 0 {
            let filled = content.filled as f32;
            content.share = filled / rows.len().max(1) as f32;
            for sum in [&mut content.phones, &mut content.emails, &mut content.zones, &mut content.names] {
                *sum /= filled;
            }
        }
        content
    }

    /// Share of cells that name a place with known clocks; all of them when there are none.
    fn places(&self) -> f32 {
        let known = self.cells.iter().filter(|cell| read_zone(cell).is_ok()).count();
        if self.cells.is_empty() { 1.0 } else { known as f32 / self.cells.len() as f32 }
    }
}

fn share(is: bool) -> f32 {
    if is { 1.0 } else { 0.0 }
}

/// How much a cell looks like one or several phone numbers, from 0 to 1. Cheap and lenient: whether it can be dialled is
/// decided elsewhere.
pub(super) fn looks_like_phone(cell: &str) -> f32 {
    let cell = cell.trim();
    if cell.len() > 200 {
        return 0.0;
    }
    let whole = looks_like_one_phone(cell);
    if whole > 0.0 || !cell.contains([';', '/', ',', '\n']) {
        return whole;
    }
    let parts = cell.split([';', '/', ',', '\n']).map(str::trim).filter(|part| !part.is_empty());
    parts.map(looks_like_one_phone).reduce(f32::min).unwrap_or_default()
}

fn looks_like_one_phone(cell: &str) -> f32 {
    // `7.99E+10` is what a spreadsheet leaves of a number; its column is a column of phones nevertheless.
    if let Some((mantissa, exponent)) = cell.split_once(['E', 'e']) {
        let is_number =
            |text: &str| !text.is_empty() && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b',' | b'+'));
        return if is_number(mantissa) && is_number(exponent) { 0.8 } else { 0.0 };
    }
    let number =
        ["доб", "ext", "внутр"].iter().find_map(|word| cell.split_once(word)).map_or(cell, |(number, _)| number);
    let (mut digits, mut first) = (0, None);
    for char in number.chars() {
        match char {
            '0'..='9' => {
                digits += 1;
                first = first.or(Some(char));
            }
            '+' | '-' | '(' | ')' | '.' | '\'' | '=' | '"' | '\u{2010}'..='\u{2015}' | '\u{2212}' => {}
            char if char.is_whitespace() => {}
            _ => return 0.0,
        }
    }
    let international = number.trim_start_matches(['\'', '=', '"']).starts_with('+');
    match (digits, first) {
        (8..=15, _) if international => 1.0,
        (11, Some('7' | '8')) => 1.0,
        (10, Some('9')) => 0.9,
        _ if number.starts_with("00") && (12..=18).contains(&digits) => 0.9,
        (10..=13, _) => 0.5,
        _ => 0.0,
    }
}

fn looks_like_email(cell: &str) -> bool {
    cell.split_once('@').is_some_and(|(user, host)| !user.is_empty() && host.contains('.') && !cell.contains(' '))
}

/// Two to four words that begin with a capital and hold no digit.
fn looks_like_name(cell: &str) -> bool {
    let mut words = 0;
    for word in cell.split_whitespace() {
        words += 1;
        if !word.chars().next().is_some_and(char::is_uppercase)
            || !word.chars().all(|char| char.is_alphabetic() || matches!(char, '-' | '.' | '\''))
        {
            return false;
        }
    }
    (2..=4).contains(&words)
}

/// A short name of a header, the same for every file with these columns in this order: a mapping is remembered by it.
#[must_use]
pub fn fingerprint(columns: &[String]) -> String {
    let mut hash = Sha256::new();
    for column in columns {
        hash.update(essence(column));
        hash.update([0x1f]);
    }
    super::text::hex(&hash.finalize())
}

#[cfg(test)]
mod tests;
