//! Phone numbers as they are said: digits, groups in words, both mixed. Owns the joining of groups; what a number is, is
//! `crate::phone`'s to say.

use std::ops::Range;

use super::{Found, Heard, RefusalReason, number::group};
use crate::{phone::parse_phone, scenario::value::FieldValue};

/// Said between the groups of a number.
const FILLERS: &[&str] = &["тире", "дефис", "dash", "и", "and", "э", "так", "ну", "area", "code"];

/// A number said digit by digit, with its plus.
const MOST_GROUPS: usize = 16;

/// Digits of a row and the words that they come from.
struct Digits {
    text: String,
    words: Range<usize>,
    in_words: bool,
}

pub(super) fn find(heard: &Heard<'_>) -> Found {
    let mut damaged = None;
    for row in rows(heard) {
        let longest = row.len().min(MOST_GROUPS);
        let longest_first =
            (1..=longest).rev().flat_map(|length| (0..=row.len() - length).map(move |at| at..at + length));
        for range in longest_first {
            let parts = &row[range];
            let joined: String = parts.iter().map(|part| part.text.as_str()).collect();
            let digits = joined.bytes().filter(u8::is_ascii_digit).count();
            if !(10..=15).contains(&digits) {
                continue;
            }
            if let Ok(phone) = parse_phone(&joined, heard.region) {
                let words =
                    parts.first().map_or(0, |part| part.words.start)..parts.last().map_or(0, |part| part.words.end);
                let confidence = if parts.iter().any(|part| part.in_words) { 85 } else { 95 };
                return Ok(Some((FieldValue::Phone(phone.e164), heard.place(&words), confidence)));
            }
        }
        let digits: usize = row.iter().map(|part| part.text.len()).sum();
        if damaged.is_none() && digits >= if heard.asked { 4 } else { 7 } {
            damaged = row.first().zip(row.last()).map(|(first, last)| first.words.start..last.words.end);
        }
    }
    match damaged {
        Some(words) if heard.asked => Err((RefusalReason::BadPhone, heard.place(&words))),
        Some(_) | None => Ok(None),
    }
}

/// Rows of digits that nothing but spaces, dashes, brackets and fillers divides.
fn rows(heard: &Heard<'_>) -> Vec<Vec<Digits>> {
    let mut rows: Vec<Vec<Digits>> = vec![Vec::new()];
    let mut index = 0;
    while index < heard.words.len() {
        let doubled = match heard.word(index) {
            Some(word) if word.is(&["double"]) => 2,
            Some(word) if word.is(&["triple"]) => 3,
            _ => 1,
        };
        let at = if doubled > 1 { index + 1 } else { index };
        let group = group(&heard.words, at).filter(|group| !group.is_ordinal);
        let Some(group) = group else {
            if heard.is(index, &["плюс", "plus"]) {
                rows.push(vec![Digits { text: "+".to_owned(), words: index..index + 1, in_words: true }]);
            } else if !heard.is(index, FILLERS) {
                rows.push(Vec::new());
            }
            index += 1;
            continue;
        };
        let in_words = heard.word(at).is_some_and(|word| !word.is_digits());
        // A written number keeps its zeros and its plus.
        let text = match heard.word(at) {
            Some(word) if word.is_digits() => word.text.clone(),
            Some(_) | None => group.value.to_string(),
        };
        let text = if doubled > 1 && text.len() == 1 { text.repeat(doubled) } else { text };
        let before = index.checked_sub(1).map_or_else(
            || heard.text.get(..heard.words.first().map_or(0, |word| word.place.start)).unwrap_or_default(),
            |before| heard.gap(before),
        );
        let has_plus = before.contains('+');
        // Recognisers put commas between groups, people write dots; a sentence ends a number.
        if has_plus || before.contains([';', ':', '\n']) || (before.contains('.') && before != ".") {
            rows.push(Vec::new());
        }
        let text = if has_plus { format!("+{text}") } else { text };
        if let Some(row) = rows.last_mut() {
            row.push(Digits { text, words: index..group.next, in_words });
        }
        index = group.next;
    }
    rows.retain(|row| !row.is_empty());
    rows
}
