//! What a field holds once it was said. Owns the kinds of values and how they compare; refuses floating point numbers,
//! which would make two equal conversations differ.

use std::{cmp::Ordering, fmt, str::FromStr};

use chrono::{NaiveDate, NaiveTime};
use rust_decimal::Decimal;

use super::words::{Likeness, Phrase, words};

/// A value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FieldValue {
    /// Words as they were said.
    Text(String),
    /// E.164.
    Phone(String),
    /// An address.
    Email(String),
    /// A day in the zone of the conversation.
    Date(NaiveDate),
    /// A time of the day.
    Time(NaiveTime),
    /// A number.
    Number(Decimal),
    /// The value of a choice.
    Choice(String),
    /// Yes or no.
    Boolean(bool),
}

impl fmt::Display for FieldValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) | Self::Phone(text) | Self::Email(text) | Self::Choice(text) => f.write_str(text),
            Self::Date(date) => write!(f, "{date}"),
            Self::Time(time) => write!(f, "{}", time.format("%H:%M")),
            Self::Number(number) => write!(f, "{number}"),
            Self::Boolean(value) => write!(f, "{value}"),
        }
    }
}

/// Lower case, ё as е, spaces collapsed: how texts are compared.
pub(super) fn folded(text: &str) -> String {
    text.to_lowercase().replace('ё', "е").split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether the words of `part` stand in `whole` in a row.
pub(super) fn contains_words(whole: &str, part: &str) -> bool {
    Phrase::new(part, Likeness::Exact).is_some_and(|phrase| phrase.find(&words(whole)).is_some())
}

/// Compares two texts as numbers, dates or times; none when they are not the same kind of thing.
pub(super) fn compare(left: &str, right: &str) -> Option<Ordering> {
    fn both<T: FromStr + Ord>(left: &str, right: &str) -> Option<Ordering> {
        Some(left.trim().parse::<T>().ok()?.cmp(&right.trim().parse::<T>().ok()?))
    }
    both::<Decimal>(left, right).or_else(|| both::<NaiveDate>(left, right)).or_else(|| both::<NaiveTime>(left, right))
}
