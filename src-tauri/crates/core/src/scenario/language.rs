//! Which language somebody speaks. Owns the score of requirements B4; refuses to switch over digits, a name or a single
//! borrowed word.

use super::{
    config::{Language, LanguageConfig},
    trace::LanguageDecision,
    words::words,
};

/// The bot follows from this score on.
const SWITCH_FROM: f64 = 0.7;

/// Words that only this language has, and that nobody mixes into the other one.
const RUSSIAN: &[&str] = &[
    "я",
    "вы",
    "мы",
    "он",
    "она",
    "это",
    "что",
    "как",
    "где",
    "когда",
    "почему",
    "не",
    "да",
    "нет",
    "и",
    "на",
    "мне",
    "меня",
    "вас",
    "вам",
    "пожалуйста",
    "спасибо",
    "здравствуйте",
    "алло",
    "хочу",
    "можно",
    "нужно",
    "хорошо",
    "по",
    "русски",
    "говорите",
    "понимаю",
    "у",
    "есть",
    "для",
    "до",
    "только",
];
const ENGLISH: &[&str] = &[
    "i",
    "i'm",
    "you",
    "we",
    "he",
    "she",
    "the",
    "is",
    "are",
    "was",
    "this",
    "that",
    "what",
    "how",
    "where",
    "when",
    "why",
    "who",
    "not",
    "don't",
    "do",
    "does",
    "can",
    "could",
    "would",
    "will",
    "want",
    "need",
    "please",
    "thanks",
    "thank",
    "hello",
    "hi",
    "yes",
    "my",
    "me",
    "your",
    "speak",
    "english",
    "understand",
    "sorry",
    "have",
    "for",
    "to",
    "and",
    "it",
    "with",
    "about",
];

/// 0.7 × share of letters of its alphabet + 0.3 × share of words that are markers of it; 0 to 1.
fn score(text: &str, language: Language) -> (f64, usize) {
    let is_own = |letter: char| match language {
        Language::Ru => matches!(letter, 'а'..='я' | 'А'..='Я' | 'ё' | 'Ё'),
        Language::En => letter.is_ascii_alphabetic(),
    };
    let letters = text.chars().filter(|letter| letter.is_alphabetic()).count();
    let own = text.chars().filter(|letter| is_own(*letter)).count();
    let markers = match language {
        Language::Ru => RUSSIAN,
        Language::En => ENGLISH,
    };
    let words: Vec<_> = words(text).into_iter().filter(|word| !word.is_digits()).collect();
    let found = words.iter().filter(|word| word.is(markers)).count();
    if letters == 0 || words.is_empty() {
        return (0.0, 0);
    }
    let hundredths = 70.0 * own as f64 / letters as f64 + 30.0 * found as f64 / words.len() as f64;
    ((hundredths.round() / 100.0).min(1.0), found)
}

/// Whether the bot follows the person into the other language.
pub(super) fn decide(config: &LanguageConfig, present: Language, text: &str) -> LanguageDecision {
    let (other, wanted) = match present {
        Language::Ru => (Language::En, "en"),
        Language::En => (Language::Ru, "ru"),
    };
    let (score, markers) = score(text, other);
    let allowed = config.auto_detect
        && config.allow_switch
        && config
            .supported
            .iter()
            .any(|tag| tag.split(['-', '_']).next().is_some_and(|tag| tag.eq_ignore_ascii_case(wanted)));
    let switched = allowed && markers > 0 && score >= SWITCH_FROM;
    LanguageDecision {
        before: present,
        after: if switched { other } else { present },
        other_score: score,
        markers: markers.min(u32::MAX as usize) as u32,
        allowed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn switches(from: Language, text: &str) -> bool {
        let decision = decide(&LanguageConfig::default(), from, text);
        decision.after != from
    }

    /// Acceptance 33.
    #[test]
    fn a_sentence_with_markers_switches_and_digits_do_not() {
        assert!(switches(Language::Ru, "Sorry, I don't understand Russian, can you speak English?"));
        assert!(switches(Language::En, "Извините, я не понимаю по-английски"));
        for text in ["8 999 123 45 67", "", "WhatsApp", "OK", "ivan.petrov собака gmail.com", "iPhone 15 Pro", "!?"]
        {
            assert!(!switches(Language::Ru, text), "{text}");
        }
        assert!(!switches(Language::Ru, "Да, я хочу iPhone"));
    }

    #[test]
    fn a_switch_needs_leave_and_a_second_language() {
        let text = "Hello, do you speak English?";
        let stays = LanguageConfig { allow_switch: false, ..LanguageConfig::default() };
        assert_eq!(decide(&stays, Language::Ru, text).after, Language::Ru);
        let only_russian = LanguageConfig { supported: vec!["ru".into()], ..LanguageConfig::default() };
        assert_eq!(decide(&only_russian, Language::Ru, text).after, Language::Ru);
        let and_german = LanguageConfig { supported: vec!["ru".into(), "de".into()], ..LanguageConfig::default() };
        assert_eq!(decide(&and_german, Language::Ru, text).after, Language::Ru, "English is none of them");
    }
}
