//! From a skillbase document to a conversation.

use super::*;
use crate::skillbase::{
    self, CollectField, FieldKind, FieldTest, Flow, FlowState, FlowType, Identity, Language as Spoken,
    SkillbaseDocument, Transition,
};

fn state(id: &str, name: &str) -> FlowState {
    FlowState { id: id.into(), name: name.into(), ..FlowState::default() }
}

/// The salon sample of requirements H-20 in the form of today.
fn salon() -> SkillbaseDocument {
    let identity = Identity {
        role: "Администратор салона красоты".into(),
        style: "Дружелюбный, вежливый".into(),
        language: Spoken::Ru,
        other_languages: vec![Spoken::En],
        rules: vec!["Не давать медицинских советов".into(), "Никогда не обсуждать цены конкурентов".into()],
        facts: vec!["Работаем с 9 до 21".into(), "Адрес: улица Ленина, 1".into(), "Есть парковка".into()],
        ..Identity::default()
    };
    let mut document = SkillbaseDocument { identity, ..SkillbaseDocument::default() };
    document.conversation.greetings = vec!["Здравствуйте! Это салон «Ромашка».".into()];
    document.conversation.flow = Flow {
        kind: FlowType::Linear,
        states: ["Узнать услугу", "Узнать дату", "Узнать время", "Узнать имя", "Подтвердить запись"]
            .iter()
            .enumerate()
            .map(|(index, name)| state(&format!("state_{}", index + 1), name))
            .collect(),
        ..Flow::default()
    };
    document
}

fn load(document: &SkillbaseDocument) -> Scenario {
    let config = ScenarioConfig::of(document, "bot-1", "Ромашка", "RU");
    Scenario::load(config).unwrap_or_else(|problems| panic!("{problems:?}"))
}

/// Acceptance 30.
#[test]
fn the_salon_becomes_a_scenario() {
    let mut document = salon();
    document.outcomes.results.retain(|result| result.id != "callback");
    let scenario = load(&document);
    let config = scenario.config();
    assert_eq!((config.states.len(), config.transitions.len()), (5, 4));
    assert!(config.states[0].is_start && config.states[4].is_end);
    assert_eq!(config.states.iter().filter(|state| state.is_start || state.is_end).count(), 2);
    assert_eq!(config.outcomes.len(), 3);
    let default: Vec<&str> =
        config.outcomes.iter().filter(|outcome| outcome.is_default).map(|outcome| outcome.id.as_str()).collect();
    assert_eq!(default, ["info_only"]);
    assert_eq!(config.guardrails.len(), 2);
    assert_eq!(config.language.supported, ["ru", "en"]);
    assert_eq!(config.bot_id, "bot-1");
    assert_eq!((config.limits.max_turns, config.limits.max_turn_retries), (30, 3));
}

/// Acceptance 31; requirements I-41: in the replaced system a linear flow never left its first stage.
#[test]
fn five_turns_walk_through_the_five_stages_and_end() {
    let scenario = load(&salon());
    let (session, steps) = talk(&scenario, &["Алло", "На стрижку", "Завтра", "В три", "Анна"]);
    assert_eq!(states(&steps), ["state_1", "state_2", "state_3", "state_4", "state_5"]);
    assert_eq!(session.ended(), Some(Ending::EndState));
    assert_eq!(scenario.path(&session), ["state_1", "state_2", "state_3", "state_4", "state_5"]);
    assert!(steps[3].ended.is_none(), "the call is not over before the last stage");
    assert_eq!(steps[4].outcome.as_ref().map(|outcome| outcome.id.as_str()), Some("info_only"));
}

/// Requirements I-43: a rule with "не" in it became the regular expression of its whole sentence.
#[test]
fn a_rule_that_forbids_a_topic_knows_the_topic_by_its_words() {
    let scenario = load(&salon());
    let (_, steps) = talk(&scenario, &["Алло", "А можете дать медицинский совет? Чешется голова"]);
    let hit = steps[1].guardrail.as_ref().expect("the topic is known");
    assert_eq!((hit.kind.as_str(), hit.action), ("banned_topic", GuardrailAction::Respond));
    assert_eq!(steps[1].state_after, "state_1", "a refused topic answers no question");
    assert_eq!(steps[1].transitions[0].verdict, Verdict::Interrupted);
    for text in ["Позовите менеджера", "не знаю", "посоветуйте мастера"] {
        let (_, steps) = talk(&scenario, &["Алло", text]);
        assert_eq!(steps[1].guardrail, None, "{text}");
    }
}

/// Acceptance 31; requirements I-42: ids differed between states and transitions, so conditions reached no state.
#[test]
fn a_graph_uses_the_ids_of_its_document_and_its_conditions_reach_them() {
    let mut document = salon();
    document.conversation.fields = vec![CollectField {
        id: "phone".into(),
        kind: FieldKind::Phone,
        required: true,
        description: "номер телефона".into(),
        question: "На какой номер вас записать?".into(),
        ..CollectField::default()
    }];
    let way = |from: &str, to: &str, condition| Transition { from: from.into(), to: to.into(), condition, priority: 0 };
    document.conversation.flow = Flow {
        kind: FlowType::Graph,
        start: "Start-State".into(),
        states: vec![
            state("Start-State", "Начало"),
            FlowState { collect: vec!["phone".into()], ..state("ask_phone", "Номер") },
            FlowState { is_end: true, ..state("booked", "Запись") },
            FlowState { is_end: true, ..state("lost", "Отказ") },
        ],
        transitions: vec![
            way("Start-State", "ask_phone", skillbase::Condition::Keyword { keywords: vec!["записаться".into()] }),
            way("Start-State", "lost", skillbase::Condition::Intent { intent: "refuse".into(), phrases: Vec::new() }),
            way(
                "ask_phone",
                "booked",
                skillbase::Condition::Field { test: FieldTest { field: "phone".into(), ..FieldTest::default() } },
            ),
        ],
    };
    let scenario = load(&document);
    let (session, steps) = talk(&scenario, &["Хочу записаться", "8 999 123 45 67"]);
    assert_eq!(states(&steps), ["ask_phone", "booked"]);
    assert_eq!(spoken(&steps[0]).matches("На какой номер вас записать?").count(), 1);
    assert_eq!(session.fields().get("phone").map(String::as_str), Some("+79991234567"));
    assert_eq!(steps[1].outcome.as_ref().map(|outcome| outcome.id.as_str()), Some("lead"));
    let (_, steps) = talk(&scenario, &["Не хочу записаться, мне не интересно"]);
    assert_eq!(states(&steps), ["lost"], "a keyword that is negated is not said");
    assert_eq!(steps[0].outcome.as_ref().map(|outcome| outcome.id.as_str()), Some("not_target"));
}

#[test]
fn a_document_without_a_flow_is_one_state() {
    let mut document = salon();
    document.conversation.flow = Flow::default();
    let scenario = load(&document);
    let (session, steps) = talk(&scenario, &["Алло"]);
    assert_eq!((states(&steps), session.ended()), (vec!["default"], Some(Ending::EndState)));
}

/// A condition in words waits for a language model, and says so.
#[test]
fn a_condition_in_words_needs_a_language_model() {
    let mut document = salon();
    let rule = "Клиент выбрал время и готов прийти";
    document.conversation.flow = Flow {
        kind: FlowType::Graph,
        start: "a".into(),
        states: vec![state("a", "А"), FlowState { is_end: true, ..state("b", "Б") }],
        transitions: vec![Transition {
            from: "a".into(),
            to: "b".into(),
            condition: skillbase::Condition::Custom { rule: rule.into() },
            priority: 0,
        }],
    };
    let scenario = load(&document);
    assert!(scenario.warnings().iter().any(|problem| problem.kind == ProblemKind::OnlyModel));
    let (session, steps) = talk(&scenario, &["Приду в три"]);
    assert_eq!(steps[0].transitions[0].verdict, Verdict::OnlyModel { rule: rule.into() });
    let judged = Input::Said { text: "Да".into(), intents: vec![rule.into()], passages: Vec::new() };
    let (session, step) = scenario.step(&session, &judged, &moment());
    assert_eq!((step.state_after.as_str(), session.ended()), ("b", Some(Ending::EndState)));
}

#[test]
fn synonyms_of_a_choice_stand_in_brackets() {
    let mut document = salon();
    document.conversation.fields = vec![CollectField {
        id: "service".into(),
        kind: FieldKind::Choice,
        required: true,
        description: "услуга".into(),
        validation: skillbase::FieldValidation {
            choices: vec!["стрижка (подстричься, стричься)".into(), "маникюр".into()],
            ..skillbase::FieldValidation::default()
        },
        ..CollectField::default()
    }];
    document.conversation.flow.states[0].collect = vec!["service".into()];
    let (session, _) = talk(&load(&document), &["Алло", "Хочу подстричься"]);
    assert_eq!(session.fields().get("service").map(String::as_str), Some("стрижка"));
}
