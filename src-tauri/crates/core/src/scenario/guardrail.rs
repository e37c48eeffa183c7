//! Guardrails, compiled, and the patterns of fields. Owns what a pattern may cost; refuses one that could stop a call.

use regex::{Regex, RegexBuilder};

use super::{
    check::ProblemKind,
    config::{GuardrailConfig, PatternKind},
    words::{Likeness, Phrase, Word},
};

/// Bytes that a compiled pattern may take.
const PATTERN_BYTES: usize = 256 * 1024;
/// Characters of a pattern.
const PATTERN_CHARACTERS: usize = 1_000;

/// A guardrail, compiled.
#[derive(Debug, Clone)]
pub(super) enum Guardrail {
    Regex(Regex),
    Phrases(Vec<Phrase>),
    Topics(Vec<Phrase>),
}

impl Guardrail {
    pub(super) fn new(config: &GuardrailConfig) -> Result<Self, ProblemKind> {
        let phrases = || {
            let phrases: Vec<Phrase> =
                config.pattern.split('|').filter_map(|text| Phrase::new(text, Likeness::Exact)).collect();
            if phrases.is_empty() { Err(ProblemKind::NoPhrase) } else { Ok(phrases) }
        };
        match config.pattern_kind {
            PatternKind::Regex if config.pattern.trim().is_empty() => Err(ProblemKind::NoPhrase),
            PatternKind::Regex => Ok(Self::Regex(pattern(&config.pattern.replace('ё', "е").replace('Ё', "Е"), true)?)),
            PatternKind::Phrase => Ok(Self::Phrases(phrases()?)),
            PatternKind::Topic => Ok(Self::Topics(phrases()?)),
        }
    }

    /// The words that it hits.
    pub(super) fn hit(&self, text: &str, words: &[Word]) -> Option<String> {
        let said = |place: std::ops::Range<usize>| {
            let place = super::words::place_of(words.get(place).unwrap_or_default());
            text.get(place).unwrap_or_default().to_owned()
        };
        match self {
            Self::Regex(regex) => {
                let folded = text.replace('ё', "е").replace('Ё', "Е");
                regex.find(&folded).map(|found| found.as_str().to_owned())
            }
            Self::Phrases(phrases) => phrases.iter().find_map(|phrase| phrase.find(words)).map(said),
            Self::Topics(phrases) => phrases.iter().find_map(|phrase| phrase.find_scattered(words)).map(said),
        }
    }
}

/// A regular expression within its bounds. It runs in linear time whatever it is.
fn pattern(text: &str, any_case: bool) -> Result<Regex, ProblemKind> {
    if text.chars().count() > PATTERN_CHARACTERS {
        return Err(ProblemKind::BadPattern);
    }
    RegexBuilder::new(text)
        .case_insensitive(any_case)
        .size_limit(PATTERN_BYTES)
        .dfa_size_limit(PATTERN_BYTES)
        .nest_limit(50)
        .build()
        .map_err(|_| ProblemKind::BadPattern)
}

/// A regular expression that a whole text must match.
pub(super) fn whole_pattern(text: &str) -> Result<Regex, ProblemKind> {
    pattern(text, false)?;
    pattern(&format!("^(?:{text})$"), false)
}
