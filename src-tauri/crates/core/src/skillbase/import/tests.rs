use serde_json::json;

use super::*;
use crate::skillbase::{Condition, FlowType, Language, LlmProvider, SttProvider, ToolKind, TtsProvider, tests::full};

fn convert(value: &Value) -> Imported {
    read(&value.to_string()).expect("a skillbase of a known form")
}

fn salon() -> Value {
    serde_json::from_str(include_str!("tests/salon_v1.json")).expect("the sample is JSON")
}

fn errors(imported: &Imported) -> Vec<(&str, ProblemCode)> {
    imported
        .problems
        .iter()
        .filter(|problem| problem.severity == Severity::Error)
        .map(|problem| (problem.path.as_str(), problem.code))
        .collect()
}

fn note<'a>(imported: &'a Imported, from: &str) -> Option<&'a ImportNote> {
    imported.notes.iter().find(|note| note.from == from)
}

/// Acceptance 25.
#[test]
fn a_valid_skillbase_of_the_first_form_is_accepted() {
    let imported = convert(&json!({
        "context": { "role": "r", "style": "s", "safety_rules": ["Не врать"], "facts": ["Факт"] },
        "flow": { "type": "linear", "states": ["A", "B"] },
        "tools": [{ "name": "calendar", "config": { "api_url": "https://c.example", "api_key": "secret-key" } }],
        "voice": { "tts_provider": "cartesia", "tts_voice_id": "v", "stt_provider": "deepgram" },
        "llm": { "provider": "groq", "model": "m" }
    }));
    assert_eq!((imported.form, errors(&imported)), (FileForm::V1, vec![]));
    let document = &imported.document;
    assert_eq!(document.identity.rules, ["Не врать"]);
    assert_eq!(document.conversation.flow.kind, FlowType::Linear);
    let states: Vec<_> =
        document.conversation.flow.states.iter().map(|state| (state.id.as_str(), state.name.as_str())).collect();
    assert_eq!(states, [("state_1", "A"), ("state_2", "B")]);
    assert_eq!(document.voice.tts.provider, TtsProvider::Cartesia);
    assert_eq!(document.voice.stt.provider, SttProvider::Deepgram);
    assert_eq!(document.voice.llm.provider, LlmProvider::Groq);
    assert!(document.tools[0].enabled, "tools of the first form are on unless they say otherwise");
    assert!(matches!(&document.tools[0].kind, ToolKind::Calendar(config) if config.api_url == "https://c.example"));
    assert_eq!(note(&imported, "tools.0.config.api_key").map(|note| note.reason), Some(NoteReason::Secret));
    assert!(!format!("{imported:?}").contains("secret-key"), "a secret is never kept");
}

/// Acceptance 25.
#[test]
fn an_invalid_skillbase_of_the_first_form_is_refused_with_its_path() {
    let mut value = salon();
    value["context"] = json!({});
    assert_eq!(
        errors(&convert(&value)),
        [("identity.role", ProblemCode::Required), ("identity.style", ProblemCode::Required)]
    );
    let mut value = salon();
    value.as_object_mut().expect("an object").remove("context");
    assert_eq!(errors(&convert(&value)).len(), 2, "without a context there is neither role nor style");
    let mut value = salon();
    value["flow"] = json!({ "type": "graph", "states": ["A", "B"], "transitions": [{ "from_state": "A", "to_state": "C" }, { "from_state": "A", "to_state": "B" }] });
    assert_eq!(errors(&convert(&value)), [("conversation.flow.transitions.0.to", ProblemCode::UnknownState)]);
    let mut value = salon();
    value["tools"] = json!([{ "name": "calendar" }, { "name": "calendar" }]);
    assert_eq!(errors(&convert(&value)), [("tools.1.name", ProblemCode::Duplicate)]);
    let mut value = salon();
    value["context"]["facts"] = json!(["ok", " "]);
    value["context"]["role"] = json!("я".repeat(501));
    value["llm"]["temperature"] = json!(2.1);
    value["llm"]["max_tokens"] = json!(0);
    value["flow"]["states"] = json!([]);
    assert_eq!(
        errors(&convert(&value)),
        [
            ("identity.role", ProblemCode::TooLong),
            ("identity.facts.1", ProblemCode::Required),
            ("conversation.flow.states", ProblemCode::Required),
            ("voice.llm.temperature", ProblemCode::Range),
            ("voice.llm.maxTokens", ProblemCode::Range)
        ]
    );
}

#[test]
fn a_graph_keeps_its_ids_and_its_conditions() {
    let mut value = salon();
    value["flow"] = json!({
        "type": "graph",
        "states": [{ "id": "greet", "name": "Привет", "prompt": "Поздоровайся" }, { "id": "Offer It", "name": "Предложение" }, "Прощание"],
        "transitions": [
            { "from_state": "greet", "to_state": "Offer It", "condition": "клиент согласен" },
            { "from_state": "greet", "to_state": "Прощание" },
            { "from_state": "Offer It", "to_state": "Прощание", "condition": "always" }
        ]
    });
    let imported = convert(&value);
    assert_eq!(errors(&imported), []);
    let flow = &imported.document.conversation.flow;
    let ids: Vec<_> = flow.states.iter().map(|state| (state.id.as_str(), state.is_end)).collect();
    assert_eq!(ids, [("greet", false), ("state_2", false), ("state_3", true)]);
    assert_eq!((flow.start.as_str(), flow.states[0].prompt.as_str()), ("greet", "Поздоровайся"));
    assert_eq!((flow.transitions[0].from.as_str(), flow.transitions[0].to.as_str()), ("greet", "state_2"));
    assert_eq!(
        flow.transitions[0].condition,
        Condition::Intent {
            intent: "клиент согласен".to_owned(), phrases: vec!["клиент согласен".to_owned()]
        }
    );
    assert_eq!(flow.transitions[1].condition, Condition::Always);
    assert!(flow.transitions[0].priority > flow.transitions[1].priority, "conditions are looked at before \"always\"");
    assert_eq!(note(&imported, "flow.states.1.id").map(|note| note.value.as_str()), Some("state_2"));
}

#[test]
fn a_graph_without_transitions_becomes_a_chain() {
    let mut value = salon();
    value["flow"]["type"] = json!("graph");
    let imported = convert(&value);
    assert_eq!(errors(&imported), []);
    let flow = &imported.document.conversation.flow;
    assert_eq!((flow.states.len(), flow.transitions.len()), (5, 4));
    assert!(flow.states[4].is_end && !flow.states[0].is_end);
}

#[test]
fn everything_of_the_second_form_is_converted_or_accounted_for() {
    let imported = convert(&json!({
        "context": {
            "role": "r", "style": "s", "rules": ["x"], "facts": ["y"], "language": "en", "voice_id": "sasha_v1",
            "lead_criteria": [{ "condition": "c", "action": "a" }], "max_call_duration": 300, "mood": "sunny"
        },
        "flow": { "greeting_phrases": ["Hi", "Hello"], "conversation_plan": ["One", "Two"] },
        "agent": {
            "lead_transfer_fields": [{ "name": "email", "instruction": "the address" }],
            "closing_message": { "type": "static_template", "prompt": "", "template": "Bye" }
        },
        "tools": [
            { "name": "transfer_call", "enabled": true, "config": { "description": "d", "rules": [{ "condition": "c", "context_rules": "k", "phone_or_sip": "+12025550123" }] } },
            { "name": "skip_turn", "config": {} },
            { "name": "teleport", "enabled": true }
        ],
        "knowledge_base": { "document_ids": ["d1"] }
    }));
    assert_eq!((imported.form, errors(&imported)), (FileForm::V2, vec![]));
    let document = &imported.document;
    assert_eq!(document.identity.language, Language::En);
    assert_eq!(document.voice.max_call_seconds, 300);
    assert_eq!(document.conversation.greetings, ["Hi", "Hello"]);
    assert_eq!(document.conversation.flow.states.len(), 2);
    assert_eq!((document.lead.criteria[0].action.as_str(), document.lead.crm_fields[0].name.as_str()), ("a", "email"));
    assert_eq!(document.lead.closing.template, "Bye");
    assert!(document.tools[0].enabled && !document.tools[1].enabled);
    for (from, reason) in [
        ("context.voice_id", NoteReason::NoSuchVoice),
        ("context.mood", NoteReason::UnknownKey),
        ("tools.2", NoteReason::UnknownTool),
        ("knowledge_base.document_ids", NoteReason::Documents),
    ] {
        assert_eq!(note(&imported, from).map(|note| note.reason), Some(reason), "{from}");
    }
}

#[test]
fn hand_over_and_crm_of_the_first_form_are_kept() {
    let mut value = salon();
    value["agent"] = json!({
        "handoff_criteria": { "клиент злится": "позвать администратора", "правила": { "after": 3 } },
        "crm_field_mapping": { "имя клиента": "client_name" }
    });
    value["tools"] = json!([{ "name": "transfer", "config": { "targets": { "operator": "sip:op@pbx.example" } } }]);
    let imported = convert(&value);
    assert_eq!(errors(&imported), []);
    let criteria = &imported.document.lead.criteria;
    assert!(criteria.iter().any(|criterion| criterion.action == "позвать администратора"));
    assert!(criteria.iter().any(|criterion| criterion.action == "{\"after\":3}"));
    assert_eq!(imported.document.lead.crm_fields[0].name, "client_name");
    assert!(
        matches!(&imported.document.tools[0].kind, ToolKind::TransferCall(config) if config.targets[0].name == "operator")
    );
}

#[test]
fn a_file_gives_the_same_bytes_again() {
    let written = write("Лето \"2026\"", "Запись\nв салон", &full());
    let imported = read(&written).expect("our own file");
    assert_eq!((imported.form, imported.name.as_str()), (FileForm::Callboard, "Лето \"2026\""));
    assert_eq!((&imported.document, imported.problems.len()), (&full(), 0));
    assert_eq!(write(&imported.name, &imported.description, &imported.document), written);
    assert!(written.is_ascii() || written.contains("Лето"), "a file is read by people: letters stay letters");
}

#[test]
fn a_document_alone_and_one_of_format_1_are_read() {
    let alone = serde_json::to_string(&full()).expect("a document is JSON");
    assert_eq!(read(&alone).expect("a document").document, full());
    let old = r#"{"format":1,"role":"r","style":"s","rules":[],"facts":[],"greeting":"g","language":"ru"}"#;
    assert_eq!(read(old).expect("format 1").document.conversation.greetings, ["g"]);
}

#[test]
fn a_key_that_nobody_knows_is_pointed_out() {
    let mut value = serde_json::to_value(full()).expect("a document is JSON");
    value["voice"]["tts"]["pitch"] = json!(2);
    let imported = read(&value.to_string()).expect("a document");
    let unknown: Vec<_> = imported.problems.iter().map(|problem| (problem.path.as_str(), problem.code)).collect();
    assert_eq!(unknown, [("voice.tts.pitch", ProblemCode::UnknownKey)]);
}

#[test]
fn what_is_no_skillbase_is_refused() {
    assert_eq!(
        read("{\n  \"a\": }"),
        Err(FileError::NotJson { line: 2, column: 8, detail: "expected value".to_owned() })
    );
    assert_eq!(read("{\"name\": \"x\"}"), Err(FileError::NotASkillbase));
    assert_eq!(read("[1]"), Err(FileError::NotASkillbase));
    assert!(matches!(read("{\"format\": 9}"), Err(FileError::Unreadable { .. })));
    assert!(read("\u{feff}{\"format\": 2}").is_ok(), "a byte order mark is no part of the file");
}
