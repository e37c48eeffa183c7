//! The checks of the loader (requirements B4).

use serde_json::{Value, json};

use super::*;

fn sound() -> Value {
    json!({
        "states": [
            { "id": "a", "is_start": true, "collect_fields": [field("phone", "phone", true)] },
            { "id": "b", "is_end": true },
        ],
        "transitions": [{ "from_state": "a", "to_state": "b", "condition": { "type": "custom", "custom_rule": "always" } }],
        "outcomes": outcomes(),
    })
}

type Found = Vec<(String, ProblemKind)>;

/// The problems of a scenario after a change.
fn problems(change: impl FnOnce(&mut Value)) -> Found {
    let mut json = sound();
    change(&mut json);
    match Scenario::read(&json.to_string()) {
        Ok(scenario) => scenario.warnings().iter().map(|problem| (problem.path.clone(), problem.kind)).collect(),
        Err(problems) => problems.into_iter().map(|problem| (problem.path, problem.kind)).collect(),
    }
}

#[test]
fn a_scenario_file_of_the_replaced_system_is_read_as_it_is() {
    let scenario = scenario(&sound());
    let config = scenario.config();
    assert_eq!(scenario.warnings(), []);
    assert_eq!(config.version, "2.0");
    assert_eq!((config.limits.max_turns, config.limits.silence_timeout_sec), (30, 15));
    assert_eq!((config.limits.max_turn_retries, config.limits.max_call_duration_sec), (3, 600));
    assert!((config.rag_min_score - 0.7).abs() < f64::EPSILON);
}

#[test]
fn everything_that_would_lose_a_conversation_is_refused_with_its_place() {
    let cases: Vec<(Found, &str, ProblemKind)> = vec![
        (problems(|json| json["states"] = json!([])), "states", ProblemKind::NoStates),
        (problems(|json| json["states"][0]["is_start"] = false.into()), "states", ProblemKind::NoStart),
        (problems(|json| json["states"][1]["is_start"] = true.into()), "states", ProblemKind::SeveralStarts),
        (problems(|json| json["states"][1]["is_end"] = false.into()), "states", ProblemKind::NoEnd),
        (problems(|json| json["states"][1]["id"] = "a".into()), "states.1.id", ProblemKind::Duplicate),
        (problems(|json| json["states"][1]["id"] = " ".into()), "states.1.id", ProblemKind::Blank),
        (
            problems(|json| json["transitions"][0]["to_state"] = "c".into()),
            "transitions.0.to",
            ProblemKind::UnknownState,
        ),
        (
            problems(|json| json["transitions"][0]["condition"] = json!({ "type": "field_collected", "field": "x" })),
            "transitions.0.condition.field",
            ProblemKind::UnknownField,
        ),
        (
            problems(|json| json["transitions"][0]["condition"] = json!({ "type": "intent_detected", "intent": "x" })),
            "transitions.0.condition.intent",
            ProblemKind::UnknownIntent,
        ),
        (
            problems(|json| json["transitions"][0]["condition"] = json!({ "type": "keyword", "keywords": ["!"] })),
            "transitions.0.condition.keywords",
            ProblemKind::NoPhrase,
        ),
        (problems(|json| json["outcomes"][3]["is_default"] = false.into()), "outcomes", ProblemKind::NoDefaultOutcome),
        (
            problems(|json| json["outcomes"][2]["is_default"] = true.into()),
            "outcomes",
            ProblemKind::SeveralDefaultOutcomes,
        ),
        (
            problems(|json| json["outcomes"][2]["rules"][0]["field"] = "unknown".into()),
            "outcomes.2.rules.0.field",
            ProblemKind::UnknownField,
        ),
        (
            problems(|json| json["states"][0]["collect_fields"][0]["type"] = "choice".into()),
            "states.0.collect_fields.0.validation.choices",
            ProblemKind::NoChoices,
        ),
        (
            problems(|json| json["states"][0]["collect_fields"][0]["validation"] = json!({ "min": "9", "max": "1" })),
            "states.0.collect_fields.0.validation",
            ProblemKind::BadBounds,
        ),
        (problems(|json| json["limits"] = json!({ "max_turns": 0 })), "limits.max_turns", ProblemKind::BadLimit),
        (
            problems(|json| json["language"] = json!({ "default": "de", "supported": ["ru"] })),
            "language.default",
            ProblemKind::UnsupportedLanguage,
        ),
    ];
    for (found, path, kind) in cases {
        assert!(!kind.is_warning(), "{kind}");
        assert!(found.iter().any(|problem| *problem == (path.to_owned(), kind)), "{path} {kind}: {found:?}");
    }
}

#[test]
fn what_is_only_odd_is_a_warning() {
    let add_state = |json: &mut Value| {
        if let Some(states) = json["states"].as_array_mut() {
            states.push(json!({ "id": "island" }));
        }
    };
    let found = problems(add_state);
    assert!(found.contains(&("states.2".to_owned(), ProblemKind::Unreachable)), "{found:?}");
    assert!(found.contains(&("states.2".to_owned(), ProblemKind::DeadEnd)), "{found:?}");
    let found = problems(|json| json["outcomes"][2]["rules"] = json!([]));
    assert_eq!(found, [("outcomes.2.rules".to_owned(), ProblemKind::OutcomeWithoutRule)], "requirements I-44");
}

/// Requirements I-43: free text used as a regular expression could raise in the middle of a call.
#[test]
fn a_pattern_that_is_no_pattern_or_would_eat_the_memory_is_refused() {
    let with = |pattern: String| {
        problems(|json| json["guardrails"] = json!([{ "type": "x", "pattern": pattern, "action": "respond" }]))
    };
    for pattern in ["(", "[а-", "не (обсуждать", "(?:a{1000}){1000}", "\\p{Nope}"] {
        let refused = vec![("guardrails.0.pattern".to_owned(), ProblemKind::BadPattern)];
        assert_eq!(with(pattern.to_owned()), refused, "{pattern}");
    }
    assert_eq!(with("x".repeat(1_001)).len(), 1);
    assert_eq!(with("полити(к|ч)".to_owned()), []);
}

#[test]
fn what_is_no_scenario_is_unreadable() {
    for text in ["", "5", "{\"states\": 5}", "states:\n  - id: a"] {
        let problems = Scenario::read(text).expect_err("it cannot be read");
        assert_eq!(problems[0].kind, ProblemKind::Unreadable, "{text}");
    }
}
