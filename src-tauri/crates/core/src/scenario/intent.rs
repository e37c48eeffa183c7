//! What a person wants, by phrases. Owns the built-in intents in Russian and English; refuses to guess from tone, which a
//! language model may add from outside.

use super::words::{Likeness, Phrase, Word};

/// Does not want to be called again, ever. Ends the call at once (domain 3.3).
pub(super) const OPT_OUT: &str = "opt_out";
/// Wants to be called at another time.
pub(super) const CALLBACK: &str = "callback";
/// Is not interested.
pub(super) const REFUSE: &str = "refuse";
/// Is not the person who is wanted.
pub(super) const WRONG_PERSON: &str = "wrong_person";
/// Wants to speak to a person.
pub(super) const OPERATOR: &str = "operator";
/// Did not hear.
pub(super) const REPEAT: &str = "repeat";
/// Takes leave.
pub(super) const GOODBYE: &str = "goodbye";
/// Says yes.
pub(super) const YES: &str = "yes";
/// Says no.
pub(super) const NO: &str = "no";
/// Asks something.
pub(super) const QUESTION: &str = "question";

/// The intents that need no phrases of one's own.
pub const BUILT_IN: [&str; 10] =
    [OPT_OUT, CALLBACK, REFUSE, WRONG_PERSON, OPERATOR, REPEAT, GOODBYE, YES, NO, QUESTION];

const OPT_OUT_PHRASES: &[&str] = &[
    "не звоните",
    "не звони",
    "не надо мне звонить",
    "не надо звонить",
    "перестаньте звонить",
    "прекратите звонить",
    "хватит звонить",
    "удалите мой номер",
    "удалите меня",
    "уберите мой номер",
    "уберите меня",
    "вычеркните меня",
    "запрещаю звонить",
    "оставьте меня в покое",
    "stop calling",
    "do not call",
    "don't call",
    "never call",
    "quit calling",
    "remove my number",
    "remove me",
    "delete my number",
    "take me off",
    "unsubscribe",
    "leave me alone",
];

/// After one of these "не звоните" is about a time: "не звоните до шести".
const NOT_NOW: &[&str] = &[
    "до",
    "после",
    "сегодня",
    "завтра",
    "сейчас",
    "утром",
    "вечером",
    "before",
    "after",
    "today",
    "tomorrow",
    "now",
    "until",
];

const PHRASES: &[(&str, &[&str])] = &[
    (
        CALLBACK,
        &[
            "перезвоните",
            "перезвони",
            "позвоните позже",
            "позвоните попозже",
            "позвоните завтра",
            "позвоните вечером",
            "позвоните в другой день",
            "давайте позже",
            "неудобно говорить",
            "не могу говорить",
            "не могу сейчас говорить",
            "я за рулем",
            "я занят",
            "я занята",
            "я на работе",
            "call back",
            "call me back",
            "call me later",
            "call later",
            "call me tomorrow",
            "can't talk",
            "cannot talk",
            "i'm busy",
            "i am busy",
            "i'm driving",
            "bad time",
            "not a good time",
        ],
    ),
    (
        REFUSE,
        &[
            "не интересно",
            "неинтересно",
            "не интересует",
            "не нужно",
            "ненужно",
            "не надо",
            "не хочу",
            "отказываюсь",
            "не актуально",
            "неактуально",
            "not interested",
            "no interest",
            "don't need",
            "do not need",
            "don't want",
            "do not want",
            "no thanks",
            "no thank you",
        ],
    ),
    (
        WRONG_PERSON,
        &["ошиблись номером", "не туда попали", "не туда звоните", "таких здесь нет", "wrong number", "wrong person"],
    ),
    (
        OPERATOR,
        &[
            "оператор*",
            "живой человек",
            "живого человека",
            "живым человеком",
            "с человеком",
            "соедините",
            "переключите",
            "позовите менеджера",
            "с менеджером",
            "operator",
            "human",
            "real person",
            "live person",
            "representative",
            "speak to a person",
            "talk to a person",
        ],
    ),
    (
        REPEAT,
        &[
            "повторите",
            "еще раз",
            "не расслышал",
            "не расслышала",
            "не слышу",
            "плохо слышно",
            "вас не слышно",
            "не понял",
            "не поняла",
            "repeat",
            "say again",
            "say that again",
            "pardon",
            "can't hear",
            "didn't hear",
            "didn't catch",
            "did not catch",
        ],
    ),
    (
        GOODBYE,
        &["до свидания", "до свиданья", "всего доброго", "всего хорошего", "goodbye", "good bye", "bye", "bye bye"],
    ),
];

/// What is meant by these words, in the order of [`BUILT_IN`]. `yes_or_no` is what a boolean would be.
pub(super) fn built_in(words: &[Word], yes_or_no: Option<bool>, is_question: bool) -> Vec<&'static str> {
    let mut intents = Vec::new();
    if opts_out(words) {
        intents.push(OPT_OUT);
    }
    let says = |phrases: &[&str]| {
        phrases
            .iter()
            .filter_map(|phrase| Phrase::new(phrase, Likeness::Exact))
            .any(|phrase| phrase.find_affirmed(words).is_some())
    };
    intents.extend(PHRASES.iter().filter(|(_, phrases)| says(phrases)).map(|(intent, _)| *intent));
    // "Пока" is a farewell only by itself; elsewhere it is "for now".
    if !words.is_empty()
        && words.iter().all(|word| word.is(&["пока", "ну"]))
        && words.iter().any(|word| word.is(&["пока"]))
    {
        intents.push(GOODBYE);
    }
    match yes_or_no {
        Some(true) => intents.push(YES),
        Some(false) => intents.push(NO),
        None => {}
    }
    if is_question {
        intents.push(QUESTION);
    }
    intents
}

fn opts_out(words: &[Word]) -> bool {
    OPT_OUT_PHRASES.iter().filter_map(|phrase| Phrase::new(phrase, Likeness::Exact)).any(|phrase| {
        phrase.find(words).is_some_and(|place| {
            let next = words.get(place.end).filter(|word| !word.starts_sentence);
            let next = match next {
                Some(me) if me.is(&["мне", "сюда", "me", "here"]) => {
                    words.get(place.end + 1).filter(|word| !word.starts_sentence)
                }
                other => other,
            };
            !next.is_some_and(|word| word.is(NOT_NOW))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::words::words;

    fn meant(text: &str) -> Vec<&'static str> {
        built_in(&words(text), None, false)
    }

    /// Domain 3.3: an opt-out is heard in both languages, and is not confused with another time.
    #[test]
    fn an_opt_out_is_heard_and_another_time_is_not_one() {
        for text in ["Больше не звоните мне!", "удалите мой номер", "Please stop calling me", "Don't call me again"]
        {
            assert!(meant(text).contains(&OPT_OUT), "{text}");
        }
        for text in ["не звоните мне до шести", "don't call me before six", "позвоните позже", "звоните"]
        {
            assert!(!meant(text).contains(&OPT_OUT), "{text}");
        }
    }

    #[test]
    fn intents_are_told_apart() {
        for (text, intent) in [
            ("Я за рулём, перезвоните", CALLBACK),
            ("спасибо, не интересно", REFUSE),
            ("соедините с оператором", OPERATOR),
            ("Что? Повторите, пожалуйста", REPEAT),
            ("вы ошиблись номером", WRONG_PERSON),
            ("Ну пока!", GOODBYE),
            ("I'm not interested", REFUSE),
        ] {
            assert!(meant(text).contains(&intent), "{text}: {:?}", meant(text));
        }
        assert!(meant("я пока не знаю").is_empty());
    }
}
