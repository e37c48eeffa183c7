//! Yes and no. Owns the idioms in which "нет" is a yes and "да" is a no; the first of them that is said decides.

use super::Heard;
use crate::scenario::{
    value::FieldValue,
    words::{Likeness, Phrase, Word, place_of},
};

/// What is said and whether it is a yes; longer phrases before the shorter ones that they contain.
const PHRASES: &[(&str, bool)] = &[
    ("почему бы и нет", true),
    ("почему нет", true),
    ("не против", true),
    ("не возражаю", true),
    ("нет проблем", true),
    ("без проблем", true),
    ("why not", true),
    ("no problem", true),
    ("don't mind", true),
    ("да нет", false),
    ("не согласен", false),
    ("не согласна", false),
    ("не надо", false),
    ("не нужно", false),
    ("не хочу", false),
    ("не буду", false),
    ("не интересно", false),
    ("не подходит", false),
    ("не верно", false),
    ("неверно", false),
    ("неправильно", false),
    ("of course not", false),
    ("not really", false),
    ("don't want", false),
    ("not interested", false),
    ("да", true),
    ("ага", true),
    ("угу", true),
    ("конечно", true),
    ("разумеется", true),
    ("верно", true),
    ("правильно", true),
    ("все так", true),
    ("именно", true),
    ("согласен", true),
    ("согласна", true),
    ("хорошо", true),
    ("давайте", true),
    ("давай", true),
    ("подходит", true),
    ("хочу", true),
    ("yes", true),
    ("yeah", true),
    ("yep", true),
    ("sure", true),
    ("of course", true),
    ("correct", true),
    ("right", true),
    ("absolutely", true),
    ("okay", true),
    ("ok", true),
    ("agreed", true),
    ("нет", false),
    ("неа", false),
    ("не", false),
    ("никогда", false),
    ("отказываюсь", false),
    ("no", false),
    ("nope", false),
    ("nah", false),
    ("not", false),
    ("don't", false),
    ("never", false),
];

/// Neither a yes nor a no, though they hold a word of one.
const NEITHER: &[&str] = &[
    "не знаю",
    "не уверен",
    "не уверена",
    "не понял",
    "не поняла",
    "не помню",
    "не слышу",
    "не расслышал",
    "не расслышала",
    "right now",
    "don't know",
    "not sure",
    "don't understand",
    "не понимаю",
];

/// Yes, no, or neither; with the words that say so and how sure that is in hundredths.
pub(crate) fn yes_or_no(words: &[Word]) -> Option<(bool, std::ops::Range<usize>, u32)> {
    let neither = NEITHER.iter().map(|phrase| (*phrase, None));
    let telling = PHRASES.iter().map(|(phrase, is_yes)| (*phrase, Some(*is_yes)));
    let mut heard: Vec<(std::ops::Range<usize>, Option<bool>)> = Vec::new();
    for (phrase, is_yes) in neither.chain(telling) {
        let Some(place) = Phrase::new(phrase, Likeness::Exact).and_then(|phrase| phrase.find(words)) else { continue };
        let inside_longer = heard.iter().any(|(longer, _)| longer.start < place.end && place.start < longer.end);
        if !inside_longer {
            heard.push((place, is_yes));
        }
    }
    let telling: Vec<_> = heard.into_iter().filter_map(|(place, is_yes)| Some((place, is_yes?))).collect();
    let (place, is_yes) = telling.iter().min_by_key(|(place, _)| place.start)?.clone();
    let contradicted = telling.iter().any(|(_, other)| *other != is_yes);
    let confidence = match (contradicted, place.start) {
        (true, _) => 60,
        (false, 0..=2) => 90,
        (false, _) => 75,
    };
    Some((is_yes, place, confidence))
}

pub(super) fn find(heard: &Heard<'_>) -> Option<(FieldValue, std::ops::Range<usize>, u32)> {
    if !heard.asked {
        return None;
    }
    let (is_yes, place, confidence) = yes_or_no(&heard.words)?;
    Some((FieldValue::Boolean(is_yes), place_of(heard.words.get(place).unwrap_or_default()), confidence))
}
