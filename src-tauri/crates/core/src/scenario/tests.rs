//! The defects of requirements I-40 to I-45, each as a test that names it, and acceptance 30, 31, 33 and 43.

use std::time::Duration;

use chrono::TimeZone;
use chrono_tz::Europe::Moscow;

use super::*;

mod documents;
mod loading;
mod properties;
mod talking;

/// Wednesday, 14 January 2026, noon in Moscow.
fn moment() -> Moment {
    let now = Moscow.with_ymd_and_hms(2026, 1, 14, 12, 0, 0).single().expect("an instant");
    Moment { now, elapsed: Duration::from_secs(20) }
}

/// A scenario from the JSON of the replaced system.
fn scenario(json: &serde_json::Value) -> Scenario {
    Scenario::read(&json.to_string()).unwrap_or_else(|problems| panic!("{problems:?}"))
}

/// Says one thing after another; the steps without the opening.
fn talk(scenario: &Scenario, said: &[&str]) -> (Session, Vec<Step>) {
    let (mut session, _) = scenario.begin();
    let mut steps = Vec::new();
    for text in said {
        let (next, step) = scenario.step(&session, &Input::said(text), &moment());
        session = next;
        steps.push(step);
    }
    (session, steps)
}

fn states(steps: &[Step]) -> Vec<&str> {
    steps.iter().map(|step| step.state_after.as_str()).collect()
}

fn spoken(step: &Step) -> String {
    step.reply.iter().map(|reply| reply.text.as_str()).collect::<Vec<_>>().join(" ")
}

/// A field to collect.
fn field(id: &str, kind: &str, required: bool) -> serde_json::Value {
    serde_json::json!({ "id": id, "type": kind, "required": required, "description": { "ru": id, "en": id } })
}

/// The outcomes of the replaced system, with the rules that it lacked.
fn outcomes() -> serde_json::Value {
    serde_json::json!([
        { "id": "callback", "rules": [{ "field": "callback_requested", "condition": "is_set" }] },
        { "id": "not_target", "rules": [{ "field": "not_target_reason", "condition": "is_set" }] },
        { "id": "lead", "rules": [{ "field": "all_required", "condition": "is_set" }] },
        { "id": "info_only", "is_default": true },
    ])
}
