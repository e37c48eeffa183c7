//! Values in what was said, in Russian and English. Owns what counts as a value and how sure that is; refuses what is past,
//! outside of its bounds or ambiguous, with the words and the reason.

use std::ops::Range;

use chrono::{DateTime, NaiveDate};
use chrono_tz::Tz;

use super::{
    config::{FieldConfig, FieldType, Language},
    value::FieldValue,
    words::{Word, words},
};

mod boolean;
mod choice;
mod date;
mod email;
mod number;
mod phone;
mod text;
mod time;

pub(super) use boolean::yes_or_no;

/// When and where something is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// Now, in the zone of the person: "tomorrow" is tomorrow there.
    pub now: DateTime<Tz>,
    /// Since the call was answered.
    pub elapsed: std::time::Duration,
}

impl Moment {
    fn today(&self) -> NaiveDate {
        self.now.date_naive()
    }
}

/// A value and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extracted {
    /// The value.
    pub value: FieldValue,
    /// The words that it was made from.
    pub words: String,
    /// The bytes of the utterance in which they stand.
    pub place: Range<usize>,
    /// How sure that is, in hundredths.
    pub confidence_percent: u32,
}

/// Something that is no value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Why.
    pub reason: RefusalReason,
    /// The words.
    pub words: String,
}

text_enum! {
    /// Why words are no value of a field.
    pub enum RefusalReason {
        /// No number that can be dialled.
        BadPhone = "badPhone",
        /// No day of the calendar.
        NoSuchDate = "noSuchDate",
        /// A day before today.
        Past = "past",
        /// No time of the day.
        NoSuchTime = "noSuchTime",
        /// A time outside the hours of the field.
        OutOfHours = "outOfHours",
        /// A number outside its bounds.
        OutOfRange = "outOfRange",
        /// Not an address.
        BadEmail = "badEmail",
        /// Two choices at once.
        Ambiguous = "ambiguous",
        /// Too short, too long, or not of the pattern.
        BadText = "badText",
    }
}

/// An utterance that is searched for values.
pub(super) struct Heard<'a> {
    text: &'a str,
    words: Vec<Word>,
    language: Language,
    region: &'a str,
    moment: &'a Moment,
    /// The field is the one that was just asked for, so a bare "fifteen" is meant for it.
    asked: bool,
}

/// What was found: a value with the words from..to and its confidence.
pub(super) type Found = Result<Option<(FieldValue, Range<usize>, u32)>, (RefusalReason, Range<usize>)>;

impl<'a> Heard<'a> {
    fn word(&self, index: usize) -> Option<&Word> {
        self.words.get(index)
    }

    fn is(&self, index: usize, any_of: &[&str]) -> bool {
        self.word(index).is_some_and(|word| word.is(any_of))
    }

    /// What stands between a word and the next one.
    fn gap(&self, index: usize) -> &'a str {
        match (self.word(index), self.word(index + 1)) {
            (Some(word), Some(next)) => self.text.get(word.place.end..next.place.start).unwrap_or_default(),
            (Some(word), None) => self.text.get(word.place.end..).unwrap_or_default(),
            (None, _) => "",
        }
    }

    /// The bytes of the words `range`.
    fn place(&self, range: &Range<usize>) -> Range<usize> {
        self.words.get(range.clone()).map_or(0..0, super::words::place_of)
    }
}

/// Looks for a value of a field. What an earlier field was made from is not looked at again: blank it in the text.
///
/// # Errors
/// Words that were meant for the field but will not do.
pub fn extract(
    field: &FieldConfig,
    text: &str,
    asked: bool,
    language: Language,
    region: &str,
    moment: &Moment,
) -> Result<Option<Extracted>, Refusal> {
    let heard = Heard { text, words: words(text), language, region, moment, asked };
    let found = match field.kind {
        FieldType::Text => text::find(&heard, &field.validation),
        FieldType::Phone => phone::find(&heard),
        FieldType::Email => email::find(&heard),
        FieldType::Date => date::find(&heard),
        FieldType::Time => time::find(&heard, field),
        FieldType::Number => number::find(&heard, &field.validation),
        FieldType::Choice => choice::find(&heard, &field.validation.choices),
        FieldType::Boolean => Ok(boolean::find(&heard)),
    };
    let words_at = |place: &Range<usize>| text.get(place.clone()).unwrap_or_default().trim().to_owned();
    match found {
        Ok(None) => Ok(None),
        Ok(Some((value, place, confidence_percent))) => {
            Ok(Some(Extracted { value, words: words_at(&place), place, confidence_percent }))
        }
        Err((reason, place)) => Err(Refusal { reason, words: words_at(&place) }),
    }
}

#[cfg(test)]
mod tests;
