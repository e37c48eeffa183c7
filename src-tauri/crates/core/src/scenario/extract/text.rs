//! Words as they were said. Owns what introduces a name and the bounds of a text; refuses nothing else.

use super::{Found, Heard, RefusalReason};
use crate::scenario::{
    config::Validation,
    value::FieldValue,
    words::{Likeness, Phrase},
};

/// What comes before a name and is no part of it.
const INTRODUCTIONS: &[&str] = &["меня зовут", "мое имя", "my name is"];

pub(super) fn find(heard: &Heard<'_>, validation: &Validation) -> Found {
    if !heard.asked || heard.words.is_empty() {
        return Ok(None);
    }
    let introduced = INTRODUCTIONS
        .iter()
        .filter_map(|text| Phrase::new(text, Likeness::Exact))
        .find_map(|phrase| phrase.find(&heard.words))
        .map(|place| place.end)
        .filter(|end| *end < heard.words.len());
    let place = heard.place(&(introduced.unwrap_or(0)..heard.words.len()));
    let text = heard.text.get(place.clone()).unwrap_or_default().trim();
    let length = u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
    let fits_pattern = validation
        .pattern
        .as_deref()
        .and_then(|pattern| crate::scenario::guardrail::whole_pattern(pattern).ok())
        .is_none_or(|pattern| pattern.is_match(text));
    let fits = validation.min_length.is_none_or(|min| length >= min)
        && validation.max_length.is_none_or(|max| length <= max)
        && fits_pattern;
    if fits { Ok(Some((FieldValue::Text(text.to_owned()), place, 80))) } else { Err((RefusalReason::BadText, place)) }
}
