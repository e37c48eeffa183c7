//! The few sentences that the engine says by itself, where a scenario has none. Owns their wording in both languages.

use super::{
    config::{FieldConfig, FieldType, Language, LocalText},
    extract::RefusalReason,
    value::FieldValue,
};

fn pick(language: Language, ru: &'static str, en: &'static str) -> &'static str {
    match language {
        Language::Ru => ru,
        Language::En => en,
    }
}

/// The question for a field: the scenario's own one, else made of its description.
pub(super) fn question(field: &FieldConfig, language: Language) -> String {
    if let Some(own) = field.examples.first().map(|text| text.get(language)).filter(|text| !text.trim().is_empty()) {
        return own.to_owned();
    }
    let about = described(&field.description, &field.id, language);
    match (language, field.kind) {
        (_, FieldType::Boolean) => format!("{}?", capitalised(&about)),
        (Language::Ru, FieldType::Choice) => format!("Что выберете: {}?", choices(field, "или")),
        (Language::Ru, _) => format!("Подскажите, пожалуйста: {about}?"),
        (Language::En, FieldType::Choice) => format!("Which would you like: {}?", choices(field, "or")),
        (Language::En, _) => format!("Could you tell me, please: {about}?"),
    }
}

fn described(text: &LocalText, id: &str, language: Language) -> String {
    let text = text.get(language).trim().trim_end_matches(['?', '.', '!']);
    if text.is_empty() { id.replace('_', " ") } else { text.to_owned() }
}

fn choices(field: &FieldConfig, or: &str) -> String {
    let values: Vec<&str> = field.validation.choices.iter().map(|choice| choice.value.as_str()).collect();
    match values.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} {or} {last}", rest.join(", ")),
        Some((last, _)) => (*last).to_owned(),
        None => String::new(),
    }
}

fn capitalised(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}

/// A value as it is said.
fn spoken(value: &FieldValue, language: Language) -> String {
    match (value, language) {
        (FieldValue::Date(date), Language::Ru) => date.format("%d.%m.%Y").to_string(),
        (FieldValue::Date(date), Language::En) => date.format("%-d %B %Y").to_string(),
        (FieldValue::Boolean(is_yes), Language::Ru) => if *is_yes { "да" } else { "нет" }.to_owned(),
        (FieldValue::Boolean(is_yes), Language::En) => if *is_yes { "yes" } else { "no" }.to_owned(),
        (other, _) => other.to_string(),
    }
}

/// Asks whether a value was understood.
pub(super) fn confirm(value: &FieldValue, language: Language) -> String {
    let value = spoken(value, language);
    match language {
        Language::Ru => format!("Я правильно понимаю: {value}?"),
        Language::En => format!("Did I get that right: {value}?"),
    }
}

/// Says why a value will not do.
pub(super) fn correction(reason: RefusalReason, field: &FieldConfig, language: Language) -> String {
    let own = field.refusal.get(language).trim();
    if !own.is_empty() {
        return own.to_owned();
    }
    let hint = field.validation_hint.trim();
    let text = match reason {
        RefusalReason::BadPhone => pick(
            language,
            "Кажется, в номере не хватает цифр или есть лишние.",
            "The number seems to have too few or too many digits.",
        ),
        RefusalReason::NoSuchDate => pick(language, "Такого дня в календаре нет.", "There is no such day."),
        RefusalReason::Past => pick(language, "Этот день уже прошёл.", "That day is already past."),
        RefusalReason::NoSuchTime => pick(language, "Такого времени не бывает.", "There is no such time."),
        RefusalReason::OutOfHours => pick(language, "В это время мы не работаем.", "We are closed at that time."),
        RefusalReason::OutOfRange => pick(language, "Такое значение не подходит.", "That value will not do."),
        RefusalReason::BadEmail => pick(language, "Адрес почты неполный.", "The e-mail address is not complete."),
        RefusalReason::Ambiguous => pick(language, "Пожалуйста, выберите что-то одно.", "Please choose one of them."),
        RefusalReason::BadText => pick(language, "Так, к сожалению, не подойдёт.", "I am afraid that will not do."),
    };
    if hint.is_empty() { text.to_owned() } else { format!("{text} ({hint})") }
}

/// The apology of a guardrail without words of its own.
pub(super) fn refuse_topic(language: Language) -> &'static str {
    pick(language, "Извините, об этом я говорить не могу.", "I am sorry, I cannot talk about that.")
}

/// The knowledge base has no answer.
pub(super) fn offer_operator(language: Language) -> &'static str {
    pick(
        language,
        "Точного ответа у меня нет. Соединить вас с оператором?",
        "I have no exact answer to that. Shall I put you through to an operator?",
    )
}

/// Nobody speaks.
pub(super) fn silence(language: Language) -> &'static str {
    pick(language, "Алло, вы меня слышите?", "Hello, can you hear me?")
}

/// Nothing in the scenario fits.
pub(super) fn go_on(language: Language) -> &'static str {
    pick(language, "Понятно.", "I see.")
}

/// The last words.
pub(super) fn goodbye(language: Language) -> &'static str {
    pick(language, "Спасибо за разговор, до свидания!", "Thank you for your time, goodbye!")
}

/// The last words to somebody who opted out.
pub(super) fn opted_out(language: Language) -> &'static str {
    pick(
        language,
        "Извините за беспокойство, больше мы вам звонить не будем. До свидания.",
        "I am sorry to have bothered you, we will not call you again. Goodbye.",
    )
}

/// A person takes over.
pub(super) fn hand_over(language: Language) -> &'static str {
    pick(language, "Передаю ваш вопрос сотруднику.", "I am passing you on to a colleague.")
}
