//! One of several. Owns the matching of values and synonyms in any ending; refuses two at once.

use super::{Found, Heard, RefusalReason};
use crate::scenario::{
    config::ChoiceConfig,
    value::FieldValue,
    words::{Likeness, Phrase},
};

pub(super) fn find(heard: &Heard<'_>, choices: &[ChoiceConfig]) -> Found {
    let mut hits = Vec::new();
    for choice in choices {
        for name in std::iter::once(&choice.value).chain(&choice.synonyms) {
            let Some(phrase) = Phrase::new(name, Likeness::Inflected) else { continue };
            let Some(place) = phrase.find_affirmed(&heard.words) else { continue };
            hits.push((place, choice));
        }
    }
    // "женская стрижка" is said inside of "женская стрижка с укладкой": the longer one is meant.
    let longest: Vec<_> = hits
        .iter()
        .filter(|(place, _)| {
            !hits
                .iter()
                .any(|(other, _)| other.len() > place.len() && other.start <= place.start && place.end <= other.end)
        })
        .collect();
    let Some((first, choice)) = longest.first() else { return Ok(None) };
    if let Some((other, _)) = longest.iter().find(|(_, other)| other.value != choice.value) {
        let both = first.start.min(other.start)..first.end.max(other.end);
        return Err((RefusalReason::Ambiguous, heard.place(&both)));
    }
    Ok(Some((FieldValue::Choice(choice.value.clone()), heard.place(first), 90)))
}
