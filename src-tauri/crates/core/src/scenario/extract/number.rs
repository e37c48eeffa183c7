//! Numbers, in digits and in words, with the cases and ordinals of Russian. Owns the reading; refuses fractions in words
//! but one and a half.

use std::ops::Range;

use rust_decimal::Decimal;

use super::{Found, Heard, RefusalReason};
use crate::scenario::{config::Validation, value::FieldValue, words::Word};

/// A number below a thousand, or a row of digits.
pub(super) struct Group {
    pub(super) value: u64,
    /// The word after it.
    pub(super) next: usize,
    /// "пятнадцатого", "fifteenth".
    pub(super) is_ordinal: bool,
}

const CARDINALS: &[(&str, u64)] = &[
    ("ноль", 0),
    ("нуль", 0),
    ("ноля", 0),
    ("нуля", 0),
    ("zero", 0),
    ("oh", 0),
    ("один", 1),
    ("одна", 1),
    ("одно", 1),
    ("одну", 1),
    ("одного", 1),
    ("одной", 1),
    ("одному", 1),
    ("one", 1),
    ("два", 2),
    ("две", 2),
    ("двух", 2),
    ("двум", 2),
    ("two", 2),
    ("три", 3),
    ("трех", 3),
    ("трем", 3),
    ("three", 3),
    ("четыре", 4),
    ("четырех", 4),
    ("четырем", 4),
    ("four", 4),
    ("пять", 5),
    ("пяти", 5),
    ("five", 5),
    ("шесть", 6),
    ("шести", 6),
    ("six", 6),
    ("семь", 7),
    ("семи", 7),
    ("seven", 7),
    ("восемь", 8),
    ("восьми", 8),
    ("eight", 8),
    ("девять", 9),
    ("девяти", 9),
    ("nine", 9),
    ("десять", 10),
    ("десяти", 10),
    ("ten", 10),
    ("одиннадцать", 11),
    ("одиннадцати", 11),
    ("eleven", 11),
    ("двенадцать", 12),
    ("двенадцати", 12),
    ("twelve", 12),
    ("тринадцать", 13),
    ("тринадцати", 13),
    ("thirteen", 13),
    ("четырнадцать", 14),
    ("четырнадцати", 14),
    ("fourteen", 14),
    ("пятнадцать", 15),
    ("пятнадцати", 15),
    ("fifteen", 15),
    ("шестнадцать", 16),
    ("шестнадцати", 16),
    ("sixteen", 16),
    ("семнадцать", 17),
    ("семнадцати", 17),
    ("seventeen", 17),
    ("восемнадцать", 18),
    ("восемнадцати", 18),
    ("eighteen", 18),
    ("девятнадцать", 19),
    ("девятнадцати", 19),
    ("nineteen", 19),
    ("двадцать", 20),
    ("двадцати", 20),
    ("twenty", 20),
    ("тридцать", 30),
    ("тридцати", 30),
    ("thirty", 30),
    ("сорок", 40),
    ("сорока", 40),
    ("forty", 40),
    ("fourty", 40),
    ("пятьдесят", 50),
    ("пятидесяти", 50),
    ("fifty", 50),
    ("шестьдесят", 60),
    ("шестидесяти", 60),
    ("sixty", 60),
    ("семьдесят", 70),
    ("семидесяти", 70),
    ("seventy", 70),
    ("восемьдесят", 80),
    ("восьмидесяти", 80),
    ("eighty", 80),
    ("девяносто", 90),
    ("девяноста", 90),
    ("ninety", 90),
    ("сто", 100),
    ("ста", 100),
    ("двести", 200),
    ("двухсот", 200),
    ("триста", 300),
    ("трехсот", 300),
    ("четыреста", 400),
    ("четырехсот", 400),
    ("пятьсот", 500),
    ("пятисот", 500),
    ("шестьсот", 600),
    ("шестисот", 600),
    ("семьсот", 700),
    ("семисот", 700),
    ("восемьсот", 800),
    ("восьмисот", 800),
    ("девятьсот", 900),
    ("девятисот", 900),
];

/// Ordinals: English ones whole, Russian ones without their ending.
const ORDINALS: &[(&str, u64)] = &[
    ("перв", 1),
    ("втор", 2),
    ("трет", 3),
    ("четверт", 4),
    ("пят", 5),
    ("шест", 6),
    ("седьм", 7),
    ("восьм", 8),
    ("девят", 9),
    ("десят", 10),
    ("одиннадцат", 11),
    ("двенадцат", 12),
    ("тринадцат", 13),
    ("четырнадцат", 14),
    ("пятнадцат", 15),
    ("шестнадцат", 16),
    ("семнадцат", 17),
    ("восемнадцат", 18),
    ("девятнадцат", 19),
    ("двадцат", 20),
    ("тридцат", 30),
    ("first", 1),
    ("second", 2),
    ("third", 3),
    ("fourth", 4),
    ("fifth", 5),
    ("sixth", 6),
    ("seventh", 7),
    ("eighth", 8),
    ("ninth", 9),
    ("tenth", 10),
    ("eleventh", 11),
    ("twelfth", 12),
    ("thirteenth", 13),
    ("fourteenth", 14),
    ("fifteenth", 15),
    ("sixteenth", 16),
    ("seventeenth", 17),
    ("eighteenth", 18),
    ("nineteenth", 19),
    ("twentieth", 20),
    ("thirtieth", 30),
];

const ORDINAL_ENDINGS: &[&str] = &[
    "ьего", "ьему", "ого", "его", "ому", "ему", "ый", "ий", "ой", "ое", "ье", "ая", "ья", "ую", "ью", "ым", "ом", "ей",
];

fn cardinal(word: &str) -> Option<u64> {
    CARDINALS.iter().find(|(text, _)| *text == word).map(|(_, value)| *value)
}

/// The value of "третьего", "пятый", "fifth".
pub(super) fn ordinal(word: &str) -> Option<u64> {
    let stem =
        if word.is_ascii() { word } else { ORDINAL_ENDINGS.iter().find_map(|ending| word.strip_suffix(ending))? };
    ORDINALS.iter().find(|(text, _)| *text == stem).map(|(_, value)| *value)
}

/// Reads one group of digits or words from a word on: "девятьсот девяносто девять", "15", "twenty first".
pub(super) fn group(words: &[Word], start: usize) -> Option<Group> {
    let first = words.get(start)?;
    if let Some(value) = first.digits() {
        let suffix = words.get(start + 1).is_some_and(|word| {
            word.place.start <= first.place.end + 1
                && word.is(&["го", "е", "ое", "му", "й", "ого", "th", "st", "nd", "rd"])
        });
        return Some(Group { value, next: start + 1 + usize::from(suffix), is_ordinal: suffix });
    }
    let (mut value, mut next, mut room) = (0, start, 1000);
    while let Some(word) = words.get(next).filter(|word| next == start || !word.starts_sentence) {
        let (amount, is_ordinal) = match (cardinal(&word.text), ordinal(&word.text)) {
            (Some(amount), _) => (amount, false),
            (None, Some(amount)) => (amount, true),
            (None, None) if word.text == "hundred" && (1..=9).contains(&value) => {
                (value, room, next) = (value * 100, 100, next + 1);
                if words.get(next).is_some_and(|word| word.text == "and")
                    && words.get(next + 1).is_some_and(|word| cardinal(&word.text).is_some())
                {
                    next += 1;
                }
                continue;
            }
            (None, None) => break,
        };
        // What must be free before it, and what stays free after it: nothing but units follows tens.
        let (needs, leaves) = match amount {
            0 => (1000, 0),
            1..=9 => (10, 1),
            20..=90 => (100, 10),
            100.. => (1000, 100),
            10..=19 | 91..=99 => (100, 1),
        };
        if room < needs {
            break;
        }
        (value, room, next) = (value + amount, leaves, next + 1);
        if is_ordinal {
            return Some(Group { value, next, is_ordinal: true });
        }
        if room == 0 {
            break;
        }
    }
    (next > start).then_some(Group { value, next, is_ordinal: false })
}

/// A whole number with thousands and a decimal fraction, and the word after it.
fn number(heard: &Heard<'_>, start: usize) -> Option<(Decimal, usize)> {
    if heard.is(start, &["полтора", "полторы"]) {
        let one_and_a_half = Decimal::new(15, 1);
        return Some(match scale(heard, start + 1) {
            Some((scale, after)) => (one_and_a_half.checked_mul(scale)?, after),
            None => (one_and_a_half, start + 1),
        });
    }
    if heard.word(start)?.is_digits() {
        return in_digits(heard, start);
    }
    let (mut total, mut next) = (Decimal::ZERO, start);
    loop {
        let group = group(&heard.words, next).filter(|group| !group.is_ordinal);
        let after = group.as_ref().map_or(next, |group| group.next);
        let amount = group.as_ref().map(|group| Decimal::from(group.value));
        let Some((scale, after)) = scale(heard, after) else {
            return match amount {
                Some(amount) => Some((total.checked_add(amount)?, after)),
                None if next > start => Some((total, next)),
                None => None,
            };
        };
        total = total.checked_add(amount.unwrap_or(Decimal::ONE).checked_mul(scale)?)?;
        next = after;
    }
}

fn scale(heard: &Heard<'_>, at: usize) -> Option<(Decimal, usize)> {
    let word = &heard.word(at)?.text;
    let scale = match word.as_str() {
        "тысяча" | "тысячи" | "тысячу" | "тысяч" | "тыс" | "thousand" => 1_000,
        "миллион" | "миллиона" | "миллионов" | "млн" | "million" => 1_000_000,
        _ => return None,
    };
    Some((Decimal::from(scale), at + 1))
}

fn in_digits(heard: &Heard<'_>, start: usize) -> Option<(Decimal, usize)> {
    let mut digits = heard.word(start)?.text.clone();
    let mut next = start + 1;
    // "10 000"
    while matches!(heard.gap(next - 1), " " | "\u{a0}" | "\u{202f}")
        && digits.len() <= 15
        && heard.word(next).is_some_and(|word| word.is_digits() && word.text.len() == 3)
    {
        digits.push_str(&heard.word(next)?.text);
        next += 1;
    }
    if matches!(heard.gap(next - 1), "," | ".")
        && heard.word(next).is_some_and(|word| word.is_digits() && word.text.len() <= 6)
    {
        digits.push('.');
        digits.push_str(&heard.word(next)?.text);
        next += 1;
    }
    let number = digits.parse::<Decimal>().ok()?;
    match scale(heard, next) {
        Some((scale, after)) => Some((number.checked_mul(scale)?, after)),
        None => Some((number, next)),
    }
}

pub(super) fn find(heard: &Heard<'_>, validation: &Validation) -> Found {
    let mut found: Option<(Decimal, Range<usize>)> = None;
    let mut several = false;
    let mut index = 0;
    while index < heard.words.len() {
        let Some((number, next)) = number(heard, index) else {
            index += 1;
            continue;
        };
        if found.is_some() {
            several = true;
            break;
        }
        let negative = index > 0 && heard.is(index - 1, &["минус", "minus"]);
        let from = if negative { index - 1 } else { index };
        found = Some((if negative { -number } else { number }, from..next));
        index = next;
    }
    let Some((number, range)) = found else { return Ok(None) };
    let place = heard.place(&range);
    let bound = |text: &Option<String>| text.as_deref().and_then(|text| text.trim().parse::<Decimal>().ok());
    let outside = bound(&validation.min).is_some_and(|min| number < min)
        || bound(&validation.max).is_some_and(|max| number > max);
    if outside {
        return Err((RefusalReason::OutOfRange, place));
    }
    let in_words = heard.word(range.start).is_some_and(|word| !word.is_digits());
    let confidence = match (several, in_words) {
        (true, _) => 50,
        (false, true) => 85,
        (false, false) => 95,
    };
    Ok(Some((FieldValue::Number(number.normalize()), place, confidence)))
}
