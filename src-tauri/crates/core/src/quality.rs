//! What came of a conversation, judged by rules: by the state that it ended in and by the words that were said. Owns the
//! rules and their confidences; refuses to overrule an agent that reported an outcome itself, and to guess a sentiment.
//!
//! The words of the replaced system map to [`Outcome`] like this: `success` by a state or by words is
//! [`Outcome::Success`]; `fail` by a state (`fail`, `error`) is a fault, [`Outcome::Failed`], and may be tried again;
//! `fail` by words is a person who said no, [`Outcome::Refusal`], who is not called again.

use std::time::Duration;

use crate::{
    call::{Outcome, TurnRole},
    telemetry::Conversation,
};

/// An outcome with its reason.
#[derive(Debug, Clone, PartialEq)]
pub struct Judgement {
    /// What came of it.
    pub outcome: Outcome,
    /// How sure that is, 0 to 1.
    pub confidence: f64,
    /// Why, in words for the supervisor.
    pub reason: String,
}

/// A keyword and its other forms; whatever forms occur, it counts once.
type Keyword = &'static [&'static str];

const SUCCESS_STATES: Keyword = &["success", "successful", "successfully", "succeeded", "complete", "completed"];
const FAILURE_STATES: Keyword = &["fail", "fails", "failed", "failure", "error", "errors"];
const VOICEMAIL_STATES: Keyword = &["voicemail", "voice mail"];

const POSITIVE: [Keyword; 8] = [
    &["спасибо", "благодарю", "thanks", "thank you"],
    &["отлично", "excellent", "great"],
    &["хорошо", "sounds good", "good idea"],
    &["договорились", "agreed"],
    &["записал"],
    &["записала"],
    &["подтверждаю", "confirm", "confirmed"],
    &["согласен", "согласна", "i agree"],
];
const NEGATIVE: [Keyword; 7] = [
    &["не интересно", "неинтересно", "не интересует", "not interested"],
    &["не нужно", "не надо", "ненужно", "not needed", "don't need"],
    &["не хочу", "don't want"],
    &["отказываюсь", "откажусь", "отказ", "refuse"],
    &["не звоните", "don't call", "do not call", "stop calling"],
    &["удалите", "delete me", "delete my", "remove me", "remove my"],
    &["оставьте меня в покое", "отстаньте", "leave me alone"],
];
const VOICEMAIL: Keyword = &[
    "оставьте сообщение",
    "оставьте ваше сообщение",
    "оставьте свое сообщение",
    "после сигнала",
    "после звукового сигнала",
    "после гудка",
    "голосовая почта",
    "голосовой почты",
    "голосовую почту",
    "leave a message",
    "leave your message",
    "after the tone",
    "after the beep",
    "voice mail",
    "voicemail",
];

/// Words that turn the keyword after them into its opposite, also over one of [`DEGREES`] ("не очень хорошо").
pub(crate) const NEGATIONS: &[&str] = &[
    "не", "ни", "нет", "без", "no", "not", "non", "never", "without", "don't", "doesn't", "didn't", "isn't", "can't",
    "cannot", "won't",
];
pub(crate) const DEGREES: &[&str] =
    &["очень", "совсем", "особо", "особенно", "так", "все", "вполне", "уж", "very", "really", "so", "quite", "yet"];

/// By the name of the final state (requirements D4, acceptance 42). Whole words of the name count, so `incomplete_form`
/// is no success; `not_completed` is none either. Without such a word a conversation of less than two turns and ten
/// seconds is nobody, and anything else cannot be said.
#[must_use]
pub fn by_state(state_id: &str, turn_count: u32, talk: Duration) -> Judgement {
    let words = name_words(state_id);
    let has = |keyword| occurs(keyword, &words);
    let (outcome, confidence) = if has(SUCCESS_STATES) {
        (Outcome::Success, 0.90)
    } else if has(FAILURE_STATES) {
        (Outcome::Failed, 0.85)
    } else if has(VOICEMAIL_STATES) {
        (Outcome::Voicemail, 0.95)
    } else if turn_count < 2 && talk < Duration::from_secs(10) {
        (Outcome::NoAnswer, 0.70)
    } else {
        (Outcome::Unknown, 0.50)
    };
    let state = if words.is_empty() { "No final state".to_owned() } else { format!("Final state \"{state_id}\"") };
    let reason = format!("{state}, {turn_count} turns, {} s.", talk.as_secs());
    Judgement { outcome, confidence, reason }
}

/// By keywords in Russian and English (requirements D4, acceptance 43). Whole words count, and a keyword after a
/// negation does not: "нехорошо" and "не согласен" are not positive. A voicemail phrase decides at once; otherwise the
/// side with more different keywords wins with a confidence of 0.6 + 0.1 for each, at most 0.95.
#[must_use]
pub fn by_keywords(transcript: &str) -> Judgement {
    let words = words(transcript);
    if occurs(VOICEMAIL, &words) {
        return Judgement {
            outcome: Outcome::Voicemail,
            confidence: 0.90,
            reason: "A phrase of an answering machine was heard.".to_owned(),
        };
    }
    let count = |keywords: &[Keyword]| keywords.iter().filter(|keyword| occurs(keyword, &words)).count();
    let (positive, negative) = (count(&POSITIVE), count(&NEGATIVE));
    let (outcome, confidence) = match positive.cmp(&negative) {
        std::cmp::Ordering::Greater => (Outcome::Success, keyword_confidence(positive)),
        std::cmp::Ordering::Less => (Outcome::Refusal, keyword_confidence(negative)),
        std::cmp::Ordering::Equal => (Outcome::Unknown, 0.40),
    };
    let reason = format!("{positive} positive and {negative} negative keywords.");
    Judgement { outcome, confidence, reason }
}

/// By the final state when it says something, otherwise by the words of the called person (the bot's own "спасибо" is no
/// consent), otherwise by the length of the conversation.
#[must_use]
pub fn judge(conversation: &Conversation, talk: Duration) -> Judgement {
    let state = conversation.final_state.as_deref().unwrap_or_default();
    let by_state = by_state(state, conversation.metrics.turn_count, talk);
    match by_state.outcome {
        Outcome::Success | Outcome::Failed | Outcome::Voicemail => return by_state,
        Outcome::Refusal
        | Outcome::Callback
        | Outcome::NoAnswer
        | Outcome::Busy
        | Outcome::InvalidNumber
        | Outcome::Unknown => {}
    }
    let said: Vec<&str> = conversation
        .turns
        .iter()
        .filter(|turn| turn.role == TurnRole::User)
        .map(|turn| turn.content.as_str())
        .collect();
    let by_keywords = by_keywords(&said.join(". "));
    if by_keywords.outcome == Outcome::Unknown { by_state } else { by_keywords }
}

/// 0.6 + 0.1 per keyword, at most 0.95; divided once, so that the figure is the decimal one.
fn keyword_confidence(keywords: usize) -> f64 {
    (60 + 10 * keywords).min(95) as f64 / 100.0
}

/// Words in lower case, ё as е, with an apostrophe inside. The end of a sentence is an empty word, so that no phrase and
/// no negation reaches over it; a comma is nothing, because "нет, спасибо" is a no.
fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    for character in text.chars().flat_map(char::to_lowercase) {
        match character {
            'ё' => word.push('е'),
            '\'' | '’' => word.push('\''),
            letter if letter.is_alphanumeric() => word.push(letter),
            _ => {
                if !word.is_empty() {
                    words.push(std::mem::take(&mut word));
                }
                if matches!(character, '.' | '!' | '?' | ';' | ':' | '…' | '\n') {
                    words.push(String::new());
                }
            }
        }
    }
    words.push(word);
    words
}

/// The words of an identifier: `booking_success`, `booking-success` and `bookingSuccess2` are the same two.
fn name_words(name: &str) -> Vec<String> {
    let mut spaced = String::with_capacity(name.len());
    let mut after_small = false;
    for character in name.chars() {
        if after_small && character.is_uppercase() {
            spaced.push(' ');
        }
        after_small = character.is_lowercase();
        spaced.push(if character.is_alphabetic() { character } else { ' ' });
    }
    spaced.split_whitespace().map(str::to_lowercase).collect()
}

/// Whether any form of the keyword stands in the words without a negation before it.
fn occurs(keyword: Keyword, words: &[String]) -> bool {
    keyword.iter().any(|form| {
        let form: Vec<&str> = form.split(' ').collect();
        words
            .windows(form.len())
            .enumerate()
            .any(|(place, window)| window.iter().eq(form.iter()) && !is_negated(&words[..place]))
    })
}

fn is_negated(before: &[String]) -> bool {
    before
        .iter()
        .rev()
        .find(|word| !DEGREES.contains(&word.as_str()))
        .is_some_and(|word| NEGATIONS.contains(&word.as_str()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::telemetry::{Collector, Turn};

    fn state(state_id: &str, turn_count: u32, seconds: u64) -> (Outcome, f64) {
        let judgement = by_state(state_id, turn_count, Duration::from_secs(seconds));
        (judgement.outcome, judgement.confidence)
    }

    fn keywords(transcript: &str) -> (Outcome, f64) {
        let judgement = by_keywords(transcript);
        (judgement.outcome, judgement.confidence)
    }

    /// Acceptance 42.
    #[test]
    fn the_final_state_decides_by_whole_words() {
        for (id, expected) in [
            ("booking_success", (Outcome::Success, 0.90)),
            ("BOOKING-COMPLETED", (Outcome::Success, 0.90)),
            ("bookingSuccess2", (Outcome::Success, 0.90)),
            ("orderComplete", (Outcome::Success, 0.90)),
            ("voicemail_detected", (Outcome::Voicemail, 0.95)),
            ("voiceMail", (Outcome::Voicemail, 0.95)),
            ("payment_error", (Outcome::Failed, 0.85)),
            ("transfer failed", (Outcome::Failed, 0.85)),
            ("success_after_error", (Outcome::Success, 0.90)),
            ("incomplete_form", (Outcome::Unknown, 0.50)),
            ("unsuccessful", (Outcome::Unknown, 0.50)),
            ("not_completed", (Outcome::Unknown, 0.50)),
            ("no_errors", (Outcome::Unknown, 0.50)),
            ("", (Outcome::Unknown, 0.50)),
        ] {
            assert_eq!(state(id, 10, 120), expected, "{id}");
        }
        assert!(by_state("booking_success", 10, Duration::from_mins(2)).reason.contains("booking_success"));
    }

    /// Acceptance 42.
    #[test]
    fn a_short_conversation_without_a_telling_state_is_nobody() {
        assert_eq!(state("start", 1, 5), (Outcome::NoAnswer, 0.70));
        assert_eq!(state("start", 2, 5), (Outcome::Unknown, 0.50), "two turns are a conversation");
        assert_eq!(state("start", 1, 10), (Outcome::Unknown, 0.50), "ten seconds are too long for nobody");
        assert_eq!(state("success", 1, 5), (Outcome::Success, 0.90), "the state comes first");
    }

    /// Acceptance 43.
    #[test]
    fn different_positive_words_add_up() {
        assert_eq!(keywords("Отлично, хорошо. Спасибо!"), (Outcome::Success, 0.90));
        assert_eq!(keywords("Хорошо"), (Outcome::Success, 0.70));
        assert_eq!(keywords("Хорошо, хорошо,  ХОРОШО"), (Outcome::Success, 0.70), "each keyword counts once");
        let all = "Спасибо, отлично, хорошо, договорились, записал, подтверждаю, согласна";
        assert_eq!(keywords(all), (Outcome::Success, 0.95), "never surer than that");
        assert_eq!(keywords("Sounds good, I agree, thank you"), (Outcome::Success, 0.90));
    }

    /// Acceptance 43.
    #[test]
    fn a_negated_word_is_not_positive() {
        for transcript in [
            "не согласен",
            "Я не совсем согласна",
            "нехорошо",
            "не очень хорошо",
            "Нет, спасибо",
            "No, thank you",
            "менеджер",
            "спасибочки",
            "I can't confirm",
            "",
            "?!",
        ] {
            assert_eq!(keywords(transcript), (Outcome::Unknown, 0.40), "{transcript}");
        }
        assert_eq!(keywords("Нет. Хорошо."), (Outcome::Success, 0.70), "a negation ends with its sentence");
    }

    #[test]
    fn negative_words_are_a_refusal_and_a_tie_says_nothing() {
        assert_eq!(keywords("Не звоните мне больше"), (Outcome::Refusal, 0.70));
        assert_eq!(keywords("Мне не интересно, не хочу, не звоните"), (Outcome::Refusal, 0.90));
        assert_eq!(keywords("Спасибо, не нужно"), (Outcome::Unknown, 0.40));
        assert_eq!(keywords("Please don’t call"), (Outcome::Refusal, 0.70));
        assert_eq!(keywords("Не. Звоните"), (Outcome::Unknown, 0.40), "a phrase stays in its sentence");
    }

    #[test]
    fn an_answering_machine_is_recognised_by_its_phrases() {
        let outcome = (Outcome::Voicemail, 0.90);
        assert_eq!(keywords("Спасибо за звонок. Оставьте сообщение после сигнала"), outcome);
        assert_eq!(keywords("Вы позвонили на голосовую почту"), outcome);
        assert_eq!(keywords("Please leave your message after the beep"), outcome);
    }

    #[test]
    fn the_state_comes_before_the_words_and_only_the_person_is_heard() {
        let judged = |state: Option<&str>, said: &str| {
            let mut collector = Collector::default();
            if let Some(state) = state {
                collector.state_reached(state);
            }
            collector.record_turn(Turn::new(TurnRole::Assistant, "Спасибо, отлично, договорились"));
            collector.record_turn(Turn::new(TurnRole::User, said));
            let conversation = collector.finish().expect("two turns");
            judge(&conversation, Duration::from_mins(1))
        };
        assert_eq!(judged(Some("booking_success"), "не хочу").outcome, Outcome::Success);
        assert_eq!(judged(Some("pitch"), "не хочу").outcome, Outcome::Refusal);
        assert_eq!(judged(None, "согласен").outcome, Outcome::Success);
        let unknown = judged(None, "алло");
        assert_eq!((unknown.outcome, unknown.confidence), (Outcome::Unknown, 0.50));
        assert_eq!(unknown.reason, "No final state, 2 turns, 60 s.");
    }

    proptest! {
        #[test]
        fn any_text_gets_a_confidence_between_0_and_1(text in ".{0,60}", turns: u32, seconds: u32) {
            for judgement in [by_keywords(&text), by_state(&text, turns, Duration::from_secs(seconds.into()))] {
                prop_assert!((0.0..=1.0).contains(&judgement.confidence));
            }
        }
    }
}
