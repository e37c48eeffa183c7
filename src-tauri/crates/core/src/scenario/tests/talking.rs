//! The order of a turn, and what is said.

use serde_json::json;

use super::*;

/// Name, date and time of an appointment; questions of the person are looked up; politics is not talked about.
fn booking() -> Scenario {
    scenario(&json!({
        "greeting": "Здравствуйте!",
        "states": [
            { "id": "start", "is_start": true, "goal": "Предложить запись" },
            {
                "id": "when",
                "collect_fields": [field("date", "date", true), {
                    "id": "time", "type": "time", "required": true, "description": "время", "validation_hint": "с 9 до 21",
                }],
                "examples": ["Когда вам удобно?"],
            },
            { "id": "who", "collect_fields": [field("name", "text", true), field("phone", "phone", true)] },
            { "id": "questions", "use_knowledge_base": true, "examples": ["Что вас интересует?"] },
            { "id": "done", "is_end": true, "examples": ["Записала вас, до встречи!"] },
        ],
        "transitions": [
            { "from": "start", "to": "questions", "condition": { "type": "intent_detected", "intent": "question" }, "priority": 5 },
            { "from": "start", "to": "when", "condition": { "type": "keyword", "keywords": ["согласен", "запис*"] }, "priority": 1 },
            { "from": "when", "to": "who", "condition": { "type": "always" } },
            { "from": "who", "to": "done", "condition": { "type": "custom", "custom_rule": "always" } },
            { "from": "questions", "to": "when", "condition": { "type": "keyword", "keywords": ["запишите"] } },
        ],
        "outcomes": outcomes(),
        "guardrails": [
            { "type": "politics", "pattern": "политик*|выборы", "pattern_kind": "phrase", "action": "respond",
              "response_hint": "Об этом я не говорю." },
            { "type": "threat", "pattern": "подам в суд", "pattern_kind": "phrase", "action": "escalate" },
            { "type": "abuse", "pattern": "дура(к|чьё)?", "action": "end_call", "response_hint": "До свидания." },
        ],
    }))
}

#[test]
fn a_booking_is_made_and_every_step_says_why() {
    let scenario = booking();
    let (session, steps) = talk(
        &scenario,
        &[
            "Хочу записаться",
            "Давайте послезавтра",
            "в три часа",
            "Анна",
            "восемь девятьсот девяносто девять 123 45 67",
        ],
    );
    assert_eq!(states(&steps), ["when", "when", "who", "who", "done"]);
    let taken = steps[0].transitions.iter().find(|tried| tried.to == "when").expect("the way was tried");
    assert_eq!(taken.verdict, Verdict::Taken { because: "запис*".into() });
    let first = FieldChange::Collected {
        field: "date".into(),
        value: "2026-01-16".into(),
        words: "послезавтра".into(),
        confidence_percent: 95,
    };
    assert_eq!(steps[1].fields, [first]);
    let waits = Verdict::FieldsMissing { fields: vec!["time".into()] };
    assert_eq!(steps[1].transitions[0].verdict, waits);
    assert_eq!(session.fields().get("time").map(String::as_str), Some("15:00"));
    assert_eq!(session.fields().get("name").map(String::as_str), Some("Анна"));
    assert_eq!(session.fields().get("phone").map(String::as_str), Some("+79991234567"));
    assert_eq!(spoken(&steps[4]), "Записала вас, до встречи!");
    let outcome = steps[4].outcome.as_ref().expect("an outcome");
    assert_eq!(outcome.id, "lead");
    assert_eq!(outcome.tried[0].failed.as_deref(), Some("callback_requested is_set"));
}

/// Acceptance 32.
#[test]
fn two_fields_are_understood_in_one_sentence() {
    let (session, steps) = talk(&booking(), &["Хочу записаться", "завтра в 14:00"]);
    assert_eq!(session.fields().get("date").map(String::as_str), Some("2026-01-15"));
    assert_eq!(session.fields().get("time").map(String::as_str), Some("14:00"));
    assert_eq!(states(&steps), ["when", "who"]);
}

/// Acceptance 32: hours of 9 to 21 refuse 22:00.
#[test]
fn a_refused_value_is_explained_and_asked_for_again() {
    let (session, steps) = talk(&booking(), &["Хочу записаться", "завтра", "в 22:00"]);
    let refused =
        FieldChange::Refused { field: "time".into(), reason: RefusalReason::OutOfHours, words: "в 22:00".into() };
    assert_eq!(steps[2].fields, [refused]);
    let kinds: Vec<ReplyKind> = steps[2].reply.iter().map(|reply| reply.kind).collect();
    assert_eq!(kinds, [ReplyKind::Correction, ReplyKind::Question]);
    assert!(!session.fields().contains_key("time"));
}

#[test]
fn only_what_is_asked_for_is_corrected() {
    let (_, steps) = talk(&booking(), &["Хочу записаться", "завтра в 22:00"]);
    assert_eq!(steps[1].reply[0].kind, ReplyKind::Correction, "the time is asked for next");
    let two = scenario(&json!({
        "states": [
            { "id": "a", "is_start": true, "collect_fields": [field("phone", "phone", true), field("date", "date", true)] },
            { "id": "b", "is_end": true },
        ],
        "transitions": [{ "from": "a", "to": "b" }],
        "outcomes": outcomes(),
    }));
    let (_, steps) = talk(&two, &["я вчера уже звонил"]);
    let kinds: Vec<ReplyKind> = steps[0].reply.iter().map(|reply| reply.kind).collect();
    assert_eq!(kinds, [ReplyKind::Question], "yesterday was not meant for the date");
}

#[test]
fn what_was_said_ahead_is_not_asked_again() {
    let (session, steps) = talk(&booking(), &["Хочу записаться на завтра в три часа дня"]);
    assert_eq!(session.fields().get("date").map(String::as_str), Some("2026-01-15"));
    assert_eq!(session.fields().get("time").map(String::as_str), Some("15:00"));
    assert!(!steps[0].reply.iter().any(|reply| reply.kind == ReplyKind::Question), "{:?}", steps[0].reply);
}

/// A value that is not sure waits for a yes; a no drops it, another value replaces it.
#[test]
fn a_value_that_is_not_sure_is_confirmed() {
    let said = ["Хочу записаться", "завтра", "утром"];
    let (session, steps) = talk(&booking(), &said);
    assert_eq!(steps[2].reply.last().map(|reply| reply.kind), Some(ReplyKind::Confirm));
    assert_eq!(steps[2].transitions[0].verdict, Verdict::Unconfirmed { field: "time".into() });
    assert_eq!(steps[2].state_after, "when");
    let answer = |text: &str| booking().step(&session, &Input::said(text), &moment());
    let (kept, step) = answer("да");
    assert_eq!(step.fields, [FieldChange::Confirmed { field: "time".into() }]);
    assert_eq!((step.state_after.as_str(), kept.fields().get("time").map(String::as_str)), ("who", Some("10:00")));
    let (dropped, step) = answer("нет");
    assert_eq!(step.fields, [FieldChange::Rejected { field: "time".into() }]);
    assert_eq!(step.reply.last().map(|reply| reply.kind), Some(ReplyKind::Question));
    assert!(!dropped.fields().contains_key("time"));
    let (replaced, step) = answer("нет, в одиннадцать утра");
    assert_eq!(replaced.fields().get("time").map(String::as_str), Some("11:00"));
    assert_eq!(step.state_after, "who");
}

/// Acceptance 43; requirements I-43 and I-45.
#[test]
fn a_keyword_is_whole_words_and_not_negated() {
    for (text, state) in [
        ("согласен", "when"),
        ("не согласен", "start"),
        ("я не совсем согласен", "start"),
        ("несогласен", "start"),
        ("Согласен.", "when"),
    ] {
        assert_eq!(states(&talk(&booking(), &[text]).1), [state], "{text}");
    }
}

#[test]
fn higher_priorities_are_tried_first() {
    let (_, steps) = talk(&booking(), &["Записаться? А сколько это стоит?"]);
    assert_eq!(steps[0].state_after, "questions", "priority 5 before 1");
    assert_eq!(steps[0].transitions[0].priority, 5);
    assert_eq!(steps[0].transitions[1].verdict, Verdict::Later);
}

/// Requirements I-43, I-44.
#[test]
fn guardrails_respond_escalate_or_end_the_call() {
    let scenario = booking();
    let (session, steps) = talk(&scenario, &["Хочу записаться", "А как вам выборы?"]);
    assert_eq!(session.ended(), None);
    assert!(spoken(&steps[1]).starts_with("Об этом я не говорю."));
    assert_eq!(steps[1].reply.last().map(|reply| reply.kind), Some(ReplyKind::Question), "the question stays");
    assert_eq!(steps[1].retries, 0, "a refused topic is no failed answer");
    let (session, steps) = talk(&scenario, &["Я подам в суд!"]);
    assert_eq!(session.ended(), Some(Ending::Escalation));
    assert_eq!(steps[0].guardrail.as_ref().map(|hit| hit.words.as_str()), Some("подам в суд"));
    let (session, steps) = talk(&scenario, &["ДУРАЧЬЁ"]);
    assert_eq!(session.ended(), Some(Ending::Guardrail));
    assert_eq!(spoken(&steps[0]), "До свидания.");
    assert_eq!(
        talk(&scenario, &["выборыч, политикой не занимаюсь"]).1[0].guardrail.as_ref().map(|hit| hit.index),
        Some(0)
    );
    assert_eq!(talk(&scenario, &["дедушка"]).1[0].guardrail, None);
}

/// Requirements I-44: states with knowledge could never be left.
#[test]
fn a_state_with_knowledge_answers_and_can_be_left() {
    let scenario = booking();
    let (session, _) = talk(&scenario, &["Сколько стоит стрижка?"]);
    assert!(scenario.wants_knowledge(&session));
    let passage =
        Passage { title: "Цены".into(), text: "Стрижка стоит 1500 рублей.".into(), score: 0.82 };
    let ask = |passages: Vec<Passage>, text: &str| {
        let said = Input::Said { text: text.into(), intents: Vec::new(), passages };
        scenario.step(&session, &said, &moment())
    };
    let (_, step) = ask(vec![passage.clone()], "А сколько стоит стрижка?");
    assert_eq!(spoken(&step), "Стрижка стоит 1500 рублей.");
    assert!(step.knowledge.is_some_and(|knowledge| knowledge.answered));
    let weak = Passage { score: 0.69, ..passage.clone() };
    let (_, step) = ask(vec![weak], "А у вас есть парковка?");
    assert_eq!(step.reply[0].kind, ReplyKind::OfferOperator);
    assert_eq!(step.knowledge.and_then(|knowledge| knowledge.score), Some(0.69));
    let (_, step) = ask(vec![passage], "Понятно, запишите меня");
    assert_eq!(step.state_after, "when", "the answer does not hold the person");
}

/// Requirements I-44: the answer used the old stage after a transition.
#[test]
fn the_answer_belongs_to_the_stage_that_was_reached() {
    let (_, steps) = talk(&booking(), &["Хочу записаться"]);
    assert_eq!((steps[0].state_before.as_str(), steps[0].state_after.as_str()), ("start", "when"));
    assert!(spoken(&steps[0]).starts_with("Когда вам удобно?"));
}

/// Acceptance 33.
#[test]
fn the_bot_follows_into_english_and_digits_do_not_move_it() {
    let (session, steps) = talk(&booking(), &["Sorry, do you speak English?", "8 999 123 45 67"]);
    assert_eq!(session.language(), Language::En);
    let decision = steps[0].language.expect("something was said");
    assert_eq!((decision.before, decision.after), (Language::Ru, Language::En));
    assert_eq!(steps[1].language.map(|decision| decision.after), Some(Language::En), "digits are no language");
    let (session, _) = talk(&booking(), &["8 999 123 45 67"]);
    assert_eq!(session.language(), Language::Ru);
}

/// Domain 3.3: whoever does not want to be called is not kept, whatever the scenario says.
#[test]
fn an_opt_out_ends_the_call_at_once() {
    for text in ["Больше мне не звоните!", "Please stop calling me, I don't want this"] {
        let (session, steps) = talk(&booking(), &["Хочу записаться", text]);
        assert_eq!(session.ended(), Some(Ending::OptOut), "{text}");
        assert_eq!(steps[1].reply[0].kind, ReplyKind::OptOut);
        assert_eq!(steps[1].outcome.as_ref().map(|outcome| outcome.id.as_str()), Some("not_target"));
    }
}

#[test]
fn a_call_back_is_an_outcome() {
    let (session, steps) = talk(&booking(), &["Я за рулём, перезвоните вечером", "До свидания"]);
    assert_eq!(session.ended(), Some(Ending::Goodbye));
    assert_eq!(steps[1].outcome.as_ref().map(|outcome| outcome.id.as_str()), Some("callback"));
}

#[test]
fn whoever_asks_for_a_person_gets_one() {
    let (session, _) = talk(&booking(), &["Соедините с оператором"]);
    assert_eq!(session.ended(), Some(Ending::Escalation));
}

#[test]
fn what_was_not_heard_is_said_again_and_costs_no_retry() {
    let (_, steps) = talk(&booking(), &["Хочу записаться", "Повторите, пожалуйста"]);
    assert_eq!(spoken(&steps[0]), spoken(&steps[1]));
    assert_eq!(steps[1].retries, 0);
}

#[test]
fn a_question_is_put_three_times_and_then_left() {
    let (session, steps) = talk(&booking(), &["Хочу записаться", "не знаю", "ну не знаю", "сложно сказать"]);
    assert_eq!(steps.iter().map(|step| step.retries).collect::<Vec<_>>(), [0, 1, 2, 3]);
    assert!(steps[3].fields.contains(&FieldChange::GivenUp { field: "date".into() }));
    assert_eq!(session.ended(), None, "it goes on to the time");
    assert!(spoken(&steps[3]).contains("время"), "{}", spoken(&steps[3]));
}

#[test]
fn thirty_turns_or_ten_minutes_are_enough() {
    let said = ["хм"; 30];
    let (session, steps) = talk(&booking(), &said);
    assert_eq!(session.ended(), Some(Ending::Timeout));
    assert_eq!(steps.iter().filter(|step| step.ended.is_none()).count(), 29);
    let (session, _) = booking().begin();
    let late = Moment { elapsed: Duration::from_mins(10), ..moment() };
    for input in [Input::said("алло"), Input::Silence] {
        assert_eq!(booking().step(&session, &input, &late).0.ended(), Some(Ending::MaxDuration));
    }
}

#[test]
fn silence_is_asked_into_and_then_ends_the_call() {
    let scenario = booking();
    let (mut session, _) = scenario.begin();
    for _ in 0..3 {
        let (next, step) = scenario.step(&session, &Input::Silence, &moment());
        assert_eq!((step.reply[0].kind, next.ended()), (ReplyKind::Silence, None));
        session = next;
    }
    assert_eq!(scenario.step(&session, &Input::Silence, &moment()).0.ended(), Some(Ending::Silence));
    let (spoke, _) = scenario.step(&session, &Input::said("я тут"), &moment());
    assert_eq!(scenario.step(&spoke, &Input::Silence, &moment()).0.ended(), None, "a word begins the count anew");
}

/// Requirements I-41: a "hello" answers the greeting and skips no stage.
#[test]
fn a_state_is_opened_before_it_is_left() {
    let scenario = scenario(&json!({
        "greeting": "Добрый день!",
        "states": [
            { "id": "one", "is_start": true, "goal": "Первое" },
            { "id": "two", "goal": "Второе" },
            { "id": "end", "is_end": true },
        ],
        "transitions": [{ "from": "one", "to": "two" }, { "from": "two", "to": "end" }],
        "outcomes": outcomes(),
    }));
    let (_, steps) = talk(&scenario, &["Алло", "да", "да"]);
    assert_eq!(states(&steps), ["one", "two", "end"]);
    assert_eq!(steps[0].transitions[0].verdict, Verdict::NotOpened);
    assert_eq!(steps[0].reply[0], Reply { kind: ReplyKind::Goal, text: "Первое".into() }, "an instruction, not words");
}

#[test]
fn a_state_with_a_limit_gives_up_and_goes_on_or_ends() {
    let config = |way: bool| {
        json!({
            "states": [
                { "id": "ask", "is_start": true, "max_turns": 2, "collect_fields": [field("date", "date", true)] },
                { "id": "end", "is_end": true },
            ],
            "transitions": if way { json!([{ "from": "ask", "to": "end" }]) } else {
                json!([{ "from": "ask", "to": "end", "condition": { "type": "keyword", "keywords": ["конец"] } }])
            },
            "outcomes": outcomes(),
        })
    };
    let (session, steps) = talk(&scenario(&config(true)), &["хм", "хм"]);
    assert_eq!((states(&steps), session.ended()), (vec!["ask", "end"], Some(Ending::EndState)));
    let (session, _) = talk(&scenario(&config(false)), &["хм", "хм"]);
    assert_eq!(session.ended(), Some(Ending::Timeout));
}
