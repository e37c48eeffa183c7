use super::{super::tests::full, *};
use crate::skillbase::{
    Condition, FieldValidation, FlowState, FlowType, Guardrail, Language, OutcomeDefinition, ToolName, TransferTarget,
    Transition,
};

fn problems(change: impl FnOnce(&mut SkillbaseDocument)) -> Vec<(String, Code, Severity)> {
    let mut document = full();
    change(&mut document);
    document.problems().into_iter().map(|problem| (problem.path, problem.code, problem.severity)).collect()
}

/// The errors that a change of a good document brings.
fn errors(change: impl FnOnce(&mut SkillbaseDocument)) -> Vec<(String, Code)> {
    problems(change)
        .into_iter()
        .filter(|(_, _, severity)| *severity == Severity::Error)
        .map(|(path, code, _)| (path, code))
        .collect()
}

fn warnings(change: impl FnOnce(&mut SkillbaseDocument)) -> Vec<(String, Code)> {
    problems(change)
        .into_iter()
        .filter(|(_, _, severity)| *severity == Severity::Warning)
        .map(|(path, code, _)| (path, code))
        .collect()
}

fn one(path: &str, code: Code) -> Vec<(String, Code)> {
    vec![(path.to_owned(), code)]
}

#[test]
fn a_full_document_has_no_problem() {
    assert_eq!(problems(|_| {}), []);
}

/// Acceptance 25.
#[test]
fn bounds_are_refused_with_their_path() {
    let long = |length: usize| "я".repeat(length);
    assert_eq!(errors(|d| d.identity.role = long(500)), []);
    assert_eq!(errors(|d| d.identity.role = long(501)), one("identity.role", Code::TooLong));
    assert_eq!(errors(|d| d.identity.role = "  ".to_owned()), one("identity.role", Code::Required));
    assert_eq!(errors(|d| d.identity.rules[1].clear()), one("identity.rules.1", Code::Required));
    assert_eq!(errors(|d| d.identity.facts = vec![String::new()]), one("identity.facts.0", Code::Required));
    assert_eq!(errors(|d| d.voice.llm.temperature = 2.1), one("voice.llm.temperature", Code::Range));
    assert_eq!(errors(|d| d.voice.llm.max_tokens = Some(0)), one("voice.llm.maxTokens", Code::Range));
    assert_eq!(errors(|d| d.voice.tts.speed = 0.49), one("voice.tts.speed", Code::Range));
    assert_eq!(errors(|d| d.voice.max_call_seconds = 59), one("voice.maxCallSeconds", Code::Range));
    assert_eq!(errors(|d| d.voice.max_call_seconds = 3_601), one("voice.maxCallSeconds", Code::Range));
    assert_eq!(errors(|d| d.conversation.greetings = vec![]), one("conversation.greetings", Code::Required));
    assert_eq!(
        errors(|d| d.conversation.greetings = ["a", "b", "c", "d"].map(str::to_owned).into()),
        one("conversation.greetings", Code::TooMany)
    );
    assert_eq!(errors(|d| d.lead.crm_fields[0].name = long(51)), one("lead.crmFields.0.name", Code::TooLong));
    assert_eq!(
        errors(|d| d.lead.crm_fields[0].instruction = long(1_001)),
        one("lead.crmFields.0.instruction", Code::TooLong)
    );
    assert_eq!(errors(|d| d.lead.criteria[0].condition = long(501)), one("lead.criteria.0.condition", Code::TooLong));
    assert_eq!(errors(|d| d.lead.closing.prompt = long(301)), one("lead.closing.prompt", Code::TooLong));
    assert_eq!(errors(|d| d.lead.closing.template.clear()), one("lead.closing.template", Code::Required));
}

/// Acceptance 25.
#[test]
fn empty_states_and_transitions_to_nowhere_are_refused() {
    assert_eq!(errors(|d| d.conversation.flow.states.clear()), one("conversation.flow.states", Code::Required));
    assert_eq!(
        errors(|d| d.conversation.flow.transitions[0].to = "nowhere".to_owned()),
        one("conversation.flow.transitions.0.to", Code::UnknownState)
    );
}

/// Acceptance 25.
#[test]
fn two_tools_of_one_name_are_refused() {
    assert_eq!(errors(|d| d.tools.push(Tool::new(ToolName::Calendar, false))), one("tools.5.name", Code::Duplicate));
}

#[test]
fn ids_are_unique_and_plain() {
    let duplicate = errors(|d| {
        let state = FlowState { id: "bye".to_owned(), name: "x".to_owned(), is_end: true, ..FlowState::default() };
        d.conversation.flow.states.push(state);
    });
    assert_eq!(duplicate, one("conversation.flow.states.3.id", Code::Duplicate));
    assert_eq!(errors(|d| d.conversation.fields[4].id = "Мой".to_owned())[0].1, Code::Identifier);
    assert_eq!(
        errors(|d| d.conversation.fields[4].id = "all_required".to_owned())[0],
        ("conversation.fields.4.id".to_owned(), Code::Duplicate)
    );
}

#[test]
fn a_graph_has_a_start_an_end_and_ways_between() {
    assert_eq!(errors(|d| d.conversation.flow.start.clear()), one("conversation.flow.start", Code::MissingStart));
    assert_eq!(
        errors(|d| d.conversation.flow.start = "x".to_owned()),
        one("conversation.flow.start", Code::UnknownState)
    );
    assert_eq!(
        errors(|d| d.conversation.flow.states[2].is_end = false),
        [
            ("conversation.flow.states".to_owned(), Code::MissingEnd),
            ("conversation.flow.states.2".to_owned(), Code::DeadEnd)
        ]
    );
    let island = |d: &mut SkillbaseDocument| {
        let state = FlowState { id: "island".to_owned(), name: "Остров".to_owned(), ..FlowState::default() };
        d.conversation.flow.states.push(state);
    };
    assert_eq!(errors(island), one("conversation.flow.states.3", Code::DeadEnd));
    assert_eq!(warnings(island), one("conversation.flow.states.3", Code::Unreachable));
    let circle = |d: &mut SkillbaseDocument| {
        island(d);
        let far = FlowState { id: "far".to_owned(), name: "Даль".to_owned(), ..FlowState::default() };
        d.conversation.flow.states.push(far);
        for (from, to) in [("island", "far"), ("far", "island"), ("booking", "island")] {
            let way = Transition { from: from.to_owned(), to: to.to_owned(), priority: -5, ..Transition::default() };
            d.conversation.flow.transitions.push(way);
        }
    };
    assert_eq!(errors(circle), []);
    assert_eq!(
        warnings(circle),
        [
            ("conversation.flow.states.3".to_owned(), Code::NoWayToEnd),
            ("conversation.flow.states.4".to_owned(), Code::NoWayToEnd)
        ]
    );
}

#[test]
fn ways_that_are_never_taken_are_pointed_out() {
    assert_eq!(
        warnings(|d| d.conversation.flow.transitions[0].condition = Condition::Always),
        [
            ("conversation.flow.transitions.1".to_owned(), Code::NeverTaken),
            ("conversation.flow.transitions.4".to_owned(), Code::NeverTaken)
        ]
    );
    assert_eq!(
        warnings(|d| {
            let way = Transition { from: "bye".to_owned(), to: "hello".to_owned(), ..Transition::default() };
            d.conversation.flow.transitions.push(way);
        }),
        one("conversation.flow.transitions.5", Code::LeavesEnd)
    );
    assert_eq!(
        warnings(|d| d.conversation.flow.kind = FlowType::Linear),
        one("conversation.flow.transitions", Code::TransitionsIgnored)
    );
}

#[test]
fn tools_that_are_on_are_set_up() {
    assert_eq!(
        errors(|d| d.tools[1] = Tool::new(ToolName::TransferCall, true)),
        one("tools.1.config.targets", Code::NotConfigured)
    );
    assert_eq!(errors(|d| d.tools[1] = Tool::new(ToolName::TransferCall, false)), []);
    assert_eq!(
        warnings(|d| d.tools[0] = Tool::new(ToolName::Calendar, true)),
        one("tools.0.config.apiUrl", Code::PracticeCalendar)
    );
    let calendar = |url: &str| {
        let url = url.to_owned();
        errors(move |d| {
            if let ToolKind::Calendar(config) = &mut d.tools[0].kind {
                config.api_url = url;
            }
        })
    };
    for good in ["https://calendar.example", "http://localhost:8080/api", "http://127.0.0.1/x", "http://[::1]:80/"] {
        assert_eq!(calendar(good), [], "{good}");
    }
    for bad in ["calendar.example", "http://calendar.example", "https://", "https://a b", "ftp://x", "https://u:p@x"] {
        assert_eq!(calendar(bad), one("tools.0.config.apiUrl", Code::Address), "{bad}");
    }
}

#[test]
fn transfer_targets_are_numbers_or_sip_addresses() {
    let target = |address: &str| {
        let target =
            TransferTarget { name: "a".to_owned(), phone_or_sip: address.to_owned(), ..TransferTarget::default() };
        errors(move |d| {
            if let ToolKind::TransferCall(config) = &mut d.tools[1].kind {
                config.targets = vec![target];
            }
        })
    };
    for good in ["+12025550123", "sip:operator@pbx.example", "sips:a@b", "sip:pbx.example"] {
        assert_eq!(target(good), [], "{good}");
    }
    for bad in ["12025550123", "+0123456789", "+12", "sip:", "sip:a @b", "tel", "sip:@b", "+1 202 555"] {
        assert_eq!(target(bad), one("tools.1.config.targets.0.phoneOrSip", Code::PhoneOrSip), "{bad}");
    }
}

#[test]
fn patterns_are_read_and_stay_small() {
    let pattern = |text: &str| {
        let text = text.to_owned();
        errors(move |d| d.guardrails[1].pattern = text)
    };
    assert_eq!(pattern(r"\bподам\s+в\s+суд\b|\d{3,}"), []);
    assert_eq!(pattern("(не"), one("guardrails.1.pattern", Code::Pattern));
    assert_eq!(pattern("((a{100}){100}){100}"), one("guardrails.1.pattern", Code::PatternTooLarge));
    assert_eq!(pattern(&"x".repeat(201)), one("guardrails.1.pattern", Code::TooLong));
}

#[test]
fn fields_have_values_of_their_kind() {
    const AT: &str = "conversation.fields.4.validation";
    let field = |kind: FieldKind, validation: FieldValidation| {
        errors(move |d| {
            d.conversation.fields[4].kind = kind;
            d.conversation.fields[4].validation = validation;
        })
    };
    let range = |min: &str, max: &str| FieldValidation {
        min: min.to_owned(),
        max: max.to_owned(),
        ..FieldValidation::default()
    };
    assert_eq!(field(FieldKind::Number, range("1", "2,5")), []);
    assert_eq!(field(FieldKind::Number, range("eins", "")), one(&format!("{AT}.min"), Code::Value));
    assert_eq!(field(FieldKind::Time, range("21:00", "09:00")), one(&format!("{AT}.max"), Code::Reversed));
    assert_eq!(field(FieldKind::Date, range("", "31.12.2026")), one(&format!("{AT}.max"), Code::Value));
    assert_eq!(field(FieldKind::Choice, range("", "")), one(&format!("{AT}.choices"), Code::NoChoices));
    let lengths = FieldValidation { min_length: Some(3), max_length: Some(2), ..FieldValidation::default() };
    assert_eq!(field(FieldKind::Text, lengths), one(&format!("{AT}.maxLength"), Code::Reversed));
}

#[test]
fn results_name_fields_that_exist() {
    assert_eq!(
        errors(|d| d.outcomes.results[0].rules[0].field = "price".to_owned()),
        one("outcomes.results.0.rules.0.field", Code::UnknownField)
    );
    assert_eq!(
        errors(|d| {
            d.outcomes.results[0].rules[0].operator = FieldOperator::GreaterThan;
            d.outcomes.results[0].rules[0].value = "много".to_owned();
        }),
        one("outcomes.results.0.rules.0.value", Code::Value)
    );
    assert_eq!(errors(|d| d.outcomes.default = "won".to_owned()), one("outcomes.default", Code::UnknownOutcome));
    assert_eq!(
        warnings(|d| {
            let result =
                OutcomeDefinition { id: "odd".to_owned(), name: "Odd".to_owned(), ..OutcomeDefinition::default() };
            d.outcomes.results.push(result);
        }),
        one("outcomes.results.3.rules", Code::NeverOccurs)
    );
    assert_eq!(
        warnings(|d| d.outcomes.results[0].means = crate::skillbase::OutcomeMeaning::Unknown),
        one("outcomes.results", Code::NoSuccess)
    );
}

#[test]
fn odd_things_are_warnings() {
    assert_eq!(warnings(|d| d.identity.disclosure.clear()), one("identity.disclosure", Code::NoDisclosure));
    assert_eq!(warnings(|d| d.knowledge.document_ids.clear()), one("knowledge.documentIds", Code::KnowledgeUnused));
    assert_eq!(
        warnings(|d| d.identity.rules.push("Не обещать скидку ".to_owned())),
        one("identity.rules.2", Code::Duplicate)
    );
    assert_eq!(
        errors(|d| d.identity.other_languages.push(Language::Ru)),
        one("identity.otherLanguages.1", Code::Duplicate)
    );
    assert_eq!(
        errors(|d| {
            let rail = Guardrail { name: "x".to_owned(), response: "y".to_owned(), ..Guardrail::default() };
            d.guardrails.push(rail);
        }),
        one("guardrails.2.phrases", Code::NothingSetsOff)
    );
}

#[test]
fn a_document_too_large_for_an_agent_is_refused() {
    let large = errors(|d| {
        d.conversation.flow.kind = FlowType::Linear;
        d.conversation.flow.states = (0..100)
            .map(|number| FlowState {
                id: format!("s{number}"),
                name: format!("Step {number}"),
                prompt: "я".repeat(1_900),
                ..FlowState::default()
            })
            .collect();
    });
    assert_eq!(large, one("", Code::TooLarge));
}
