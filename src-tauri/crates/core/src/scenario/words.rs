//! What was said, as words. Owns the cutting of an utterance into words with their places, and the phrases that are
//! looked for in them; refuses substrings: "не" is no part of "менеджер".

use std::ops::Range;

use crate::quality::{DEGREES, NEGATIONS};

/// A word: lower case, ё as е, apostrophes kept inside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Word {
    pub(crate) text: String,
    /// Bytes of the utterance that it stands in.
    pub(crate) place: Range<usize>,
    /// The first word of a sentence: no phrase and no negation reaches over its start.
    pub(crate) starts_sentence: bool,
}

impl Word {
    pub(crate) fn is(&self, any_of: &[&str]) -> bool {
        any_of.contains(&self.text.as_str())
    }

    pub(crate) fn is_digits(&self) -> bool {
        self.text.bytes().all(|byte| byte.is_ascii_digit())
    }

    /// The number that its digits are; none above 18 digits.
    pub(crate) fn digits(&self) -> Option<u64> {
        if self.is_digits() && self.text.len() <= 18 { self.text.parse().ok() } else { None }
    }
}

/// The words of an utterance. Letters and digits are different words: "15го" is "15" and "го".
pub(crate) fn words(text: &str) -> Vec<Word> {
    let mut cut = Cut { words: Vec::new(), word: String::new(), start: 0, end: 0, starts_sentence: true };
    for (at, character) in text.char_indices() {
        match character {
            '\'' | '’' if !cut.word.is_empty() => cut.push(at, '\'', character.len_utf8()),
            letter if letter.is_alphanumeric() => {
                if cut.word.chars().next_back().is_some_and(|last| last.is_ascii_digit() != letter.is_ascii_digit()) {
                    cut.finish();
                }
                for small in letter.to_lowercase() {
                    cut.push(at, if small == 'ё' { 'е' } else { small }, letter.len_utf8());
                }
            }
            // "и" + breve is what some recognisers write for й.
            '\u{306}' if cut.word.ends_with('и') => {
                cut.word.pop();
                cut.push(at, 'й', character.len_utf8());
            }
            _ => {
                cut.finish();
                if matches!(character, '!' | '?' | ';' | '…' | '\n') || is_full_stop(text, at, character) {
                    cut.starts_sentence = true;
                }
            }
        }
    }
    cut.finish();
    cut.words
}

/// A full stop ends a sentence, unless it stands inside "15.01" or "mail.ru".
fn is_full_stop(text: &str, at: usize, character: char) -> bool {
    character == '.' && !text[at + 1..].chars().next().is_some_and(char::is_alphanumeric)
}

struct Cut {
    words: Vec<Word>,
    word: String,
    start: usize,
    end: usize,
    starts_sentence: bool,
}

impl Cut {
    fn push(&mut self, at: usize, character: char, length: usize) {
        if self.word.is_empty() {
            self.start = at;
        }
        self.end = at + length;
        self.word.push(character);
    }

    fn finish(&mut self) {
        let trailing = self.word.len() - self.word.trim_end_matches('\'').len();
        self.word.truncate(self.word.len() - trailing);
        if !self.word.is_empty() {
            let text = std::mem::take(&mut self.word);
            let starts_sentence = std::mem::take(&mut self.starts_sentence);
            self.words.push(Word { text, place: self.start..self.end, starts_sentence });
        }
        self.word.clear();
    }
}

/// The bytes from the first to the last of some words.
pub(crate) fn place_of(words: &[Word]) -> Range<usize> {
    match (words.first(), words.last()) {
        (Some(first), Some(last)) => first.place.start..last.place.end,
        _ => 0..0,
    }
}

/// How closely the words of a phrase must be met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Likeness {
    /// As written; `запис*` stands for every word that begins so.
    Exact,
    /// Other endings of the same word count too: "стрижку" is "стрижка".
    Inflected,
}

/// A phrase: words in a row within a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Phrase {
    words: Vec<String>,
    likeness: Likeness,
}

impl Phrase {
    /// None when there is no word in it.
    pub(crate) fn new(text: &str, likeness: Likeness) -> Option<Self> {
        let lower = text.to_lowercase();
        let words: Vec<String> = lower
            .split(|character: char| !(character.is_alphanumeric() || matches!(character, '\'' | '’' | '*')))
            .flat_map(split_digits)
            .map(|word| word.replace('ё', "е").replace('’', "'"))
            .filter(|word| word.chars().any(char::is_alphanumeric))
            .collect();
        (!words.is_empty()).then_some(Self { words, likeness })
    }

    /// The words of the utterance at which it stands first.
    pub(crate) fn find(&self, words: &[Word]) -> Option<Range<usize>> {
        self.places(words).next()
    }

    /// The same, but a phrase that is negated does not count: "не согласен" is not "согласен".
    pub(crate) fn find_affirmed(&self, words: &[Word]) -> Option<Range<usize>> {
        self.places(words).find(|place| !is_negated(words, place.start))
    }

    /// All its words in one sentence, in any order.
    pub(crate) fn find_scattered(&self, words: &[Word]) -> Option<Range<usize>> {
        sentences(words).find_map(|sentence| {
            let at = |pattern: &String| {
                sentence.clone().find(|index| same_word(pattern, &words[*index].text, self.likeness))
            };
            let places = self.words.iter().map(at).collect::<Option<Vec<usize>>>()?;
            Some(places.iter().copied().min()?..places.iter().copied().max()? + 1)
        })
    }

    fn places<'a>(&'a self, words: &'a [Word]) -> impl Iterator<Item = Range<usize>> + 'a {
        words.windows(self.words.len()).enumerate().filter_map(|(start, window)| {
            let unbroken = window.iter().skip(1).all(|word| !word.starts_sentence);
            let meets =
                self.words.iter().zip(window).all(|(pattern, word)| same_word(pattern, &word.text, self.likeness));
            (unbroken && meets).then(|| start..start + self.words.len())
        })
    }
}

/// "1с" and "15го" are cut like the words of an utterance.
fn split_digits(word: &str) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    for character in word.chars() {
        match parts.last_mut() {
            Some(part)
                if character == '*'
                    || part.ends_with(|last: char| last.is_ascii_digit() == character.is_ascii_digit()) =>
            {
                part.push(character);
            }
            _ => parts.push(character.to_string()),
        }
    }
    parts
}

fn sentences(words: &[Word]) -> impl Iterator<Item = Range<usize>> + '_ {
    let starts: Vec<usize> =
        words.iter().enumerate().filter(|(_, word)| word.starts_sentence).map(|(index, _)| index).collect();
    let ends: Vec<usize> = starts.iter().skip(1).copied().chain([words.len()]).collect();
    starts.into_iter().zip(ends).map(|(start, end)| start..end)
}

fn same_word(pattern: &str, heard: &str, likeness: Likeness) -> bool {
    if let Some(beginning) = pattern.strip_suffix('*') {
        return heard.starts_with(beginning);
    }
    pattern == heard || (likeness == Likeness::Inflected && stem(pattern) == stem(heard))
}

/// Endings of Russian nouns and adjectives, the longest first.
const ENDINGS: &[&str] = &[
    "ами", "ями", "ого", "его", "ому", "ему", "ыми", "ими", "ой", "ей", "ам", "ям", "ах", "ях", "ом", "ем", "ов", "ев",
    "ый", "ий", "ая", "яя", "ое", "ее", "ые", "ие", "ую", "юю", "ым", "им", "ых", "их", "а", "я", "о", "е", "у", "ю",
    "ы", "и", "й", "ь",
];

/// A word without its ending, as far as a list of endings goes. Words of fewer than five letters stay whole.
pub(crate) fn stem(word: &str) -> &str {
    if word.chars().count() < 5 {
        return word;
    }
    if word.is_ascii() {
        return word.strip_suffix('s').unwrap_or(word);
    }
    ENDINGS.iter().find_map(|ending| word.strip_suffix(ending).filter(|stem| stem.chars().count() >= 3)).unwrap_or(word)
}

/// Verbs over which "не" reaches: "не хочу записаться".
const WILLING: &[&str] = &[
    "хочу",
    "хотим",
    "хотел",
    "хотела",
    "буду",
    "будем",
    "могу",
    "можем",
    "собираюсь",
    "планирую",
    "надо",
    "нужно",
    "want",
    "wish",
    "need",
    "going",
    "to",
    "like",
];
/// The negations that negate a verb; "нет, хочу записаться" wants to.
const NEGATES_VERBS: &[&str] = &["не", "not", "don't", "doesn't", "didn't", "won't", "wouldn't", "can't", "cannot"];

/// Whether a negation stands before the word, also over words of degree ("не очень хорошо") and of wanting.
pub(crate) fn is_negated(words: &[Word], at: usize) -> bool {
    let mut index = at;
    let mut negations = NEGATIONS;
    while index > 0 && !words[index].starts_sentence {
        index -= 1;
        if words[index].is(WILLING) {
            negations = NEGATES_VERBS;
        } else if !words[index].is(DEGREES) {
            return words[index].is(negations);
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exact(phrase: &str, text: &str) -> bool {
        Phrase::new(phrase, Likeness::Exact).expect("a phrase").find(&words(text)).is_some()
    }

    /// Requirements I-43: "не" matched inside "менеджер".
    #[test]
    fn a_phrase_is_made_of_whole_words() {
        assert!(!exact("не", "Позовите менеджера"));
        assert!(exact("не", "Не знаю"));
        assert!(exact("не звоните", "НЕ  звоните!"));
        assert!(!exact("не звоните", "Не. Звоните."), "no phrase reaches over the end of a sentence");
        assert!(exact("запис*", "хочу записаться"));
        assert!(exact("1с", "работаю в 1С"));
    }

    /// Acceptance 43.
    #[test]
    fn a_negated_phrase_is_not_affirmed() {
        let phrase = Phrase::new("согласен", Likeness::Exact).expect("a phrase");
        assert!(phrase.find_affirmed(&words("я согласен")).is_some());
        for text in ["не согласен", "я не очень согласен", "несогласен"] {
            assert!(phrase.find_affirmed(&words(text)).is_none(), "{text}");
        }
        assert!(phrase.find_affirmed(&words("не знаю. Согласен")).is_some());
        let phrase = Phrase::new("записаться", Likeness::Exact).expect("a phrase");
        assert!(phrase.find_affirmed(&words("не хочу записаться")).is_none());
        assert!(phrase.find_affirmed(&words("I don't want to записаться")).is_none());
        assert!(phrase.find_affirmed(&words("нет, хочу записаться")).is_some());
    }

    #[test]
    fn other_endings_are_the_same_word() {
        let phrase = Phrase::new("стрижка", Likeness::Inflected).expect("a phrase");
        for text in ["на стрижку", "стрижки", "о стрижке"] {
            assert!(phrase.find(&words(text)).is_some(), "{text}");
        }
        assert!(phrase.find(&words("стриж")).is_none());
    }

    #[test]
    fn words_keep_their_places() {
        let text = "Ёлка, 15-го!";
        let places: Vec<&str> = words(text).iter().map(|word| &text[word.place.clone()]).collect();
        assert_eq!(places, ["Ёлка", "15", "го"]);
    }
}
