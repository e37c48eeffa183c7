use serde_json::json;

use super::*;

/// A document with something in every field that an editor has.
pub(super) fn full() -> SkillbaseDocument {
    let text = include_str!("tests/full.json");
    serde_json::from_str(text).expect("the example is a document")
}

#[test]
fn a_document_of_format_1_loses_nothing() {
    let old = json!({
        "format": 1, "role": "Administrator", "style": "Friendly", "rules": ["No discounts"], "facts": ["Open 9-21"],
        "greeting": "Hello!", "language": "en"
    });
    let document: SkillbaseDocument = serde_json::from_value(old).expect("format 1 is read");
    assert_eq!(document.format, FORMAT);
    assert_eq!(document.identity.role, "Administrator");
    assert_eq!(document.identity.style, "Friendly");
    assert_eq!(document.identity.rules, ["No discounts"]);
    assert_eq!(document.identity.facts, ["Open 9-21"]);
    assert_eq!(document.identity.language, Language::En);
    assert_eq!(document.conversation.greetings, ["Hello!"]);
    let again: SkillbaseDocument =
        serde_json::from_value(serde_json::to_value(&document).expect("it is JSON")).expect("format 2 is read");
    assert_eq!(again, document);
}

#[test]
fn a_newer_format_and_no_document_are_refused() {
    for value in [json!({"format": 3}), json!({"format": 0}), json!({"format": "2"}), json!({"role": 5}), json!([])] {
        assert!(serde_json::from_value::<SkillbaseDocument>(value.clone()).is_err(), "{value}");
    }
}

#[test]
fn a_half_written_draft_is_read() {
    let draft: SkillbaseDocument = serde_json::from_value(json!({
        "format": 2,
        "conversation": { "flow": { "type": "graph", "states": [{ "id": "a" }], "transitions": [{}] } },
        "tools": [{ "name": "calendar", "config": {} }]
    }))
    .expect("every field has a default");
    assert!(!draft.tools[0].enabled, "tools are off unless they are switched on (requirements B2)");
    assert_eq!(draft.voice.max_call_seconds, 600);
}

#[test]
fn the_hash_depends_on_the_content_alone() {
    let document = full();
    let shuffled: Value = serde_json::from_str(&document.canonical_json()).expect("canonical JSON is JSON");
    let read: SkillbaseDocument = serde_json::from_value(shuffled).expect("it is the same document");
    assert_eq!(read.hash(), document.hash());
    assert_eq!(document.hash().len(), 64);
    let mut other = document.clone();
    other.identity.rules[0].push('!');
    assert_ne!(other.hash(), document.hash());
}

#[test]
fn whole_numbers_written_by_another_program_do_not_change_the_hash() {
    let document = full();
    let text = document.canonical_json().replace("\"speed\": 1.0", "\"speed\": 1");
    assert_ne!(text, document.canonical_json(), "the example has the speed 1.0");
    assert_eq!(serde_json::from_str::<SkillbaseDocument>(&text).expect("a document").hash(), document.hash());
}

#[test]
fn the_opening_holds_the_disclosure_once() {
    let mut document = full();
    document.conversation.greetings = vec!["Hello!".to_owned()];
    document.identity.disclosure = "I am a digital assistant.".to_owned();
    assert_eq!(document.opening(), "Hello! I am a digital assistant.");
    document.conversation.greetings = vec!["Hello! I am a digital assistant. Can you talk?".to_owned()];
    assert_eq!(document.opening(), "Hello! I am a digital assistant. Can you talk?");
    document.identity.disclosure.clear();
    assert_eq!(document.opening(), document.conversation.greetings[0]);
}

/// The committed schema is the one that the type gives. A stale one is written anew, and the test fails once.
#[test]
fn the_json_schema_is_current() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../docs/skillbase.schema.json");
    let settings = schemars::generate::SchemaSettings::draft2020_12();
    let schema = settings.into_generator().into_root_schema_for::<SkillbaseDocument>();
    let mut text = serde_json::to_string_pretty(&schema).expect("a schema is JSON");
    text.push('\n');
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    if committed != text {
        std::fs::write(&path, text).expect("the folder of documents can be written");
        panic!("docs/skillbase.schema.json was stale; it is written anew, commit it");
    }
}
