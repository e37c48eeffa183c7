//! From the trace of a step to the notes of a turn. Owns which facts a supervisor is shown; refuses sentences, which the
//! user interface makes.

use std::collections::BTreeMap;

use callboard_contract::{SandboxEvent, SandboxNote};
use callboard_core::scenario::{Condition, Ending, FieldChange, ScenarioConfig, Step, Verdict};

fn note(event: SandboxEvent, params: &[(&str, String)]) -> SandboxNote {
    let params: BTreeMap<String, String> =
        params.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    SandboxNote { event, params }
}

/// A tool that was called.
pub(super) fn tool(name: &str, status: &str) -> SandboxNote {
    note(SandboxEvent::Tool, &[("tool", name.to_owned()), ("status", status.to_owned())])
}

/// What happened when something was said, in the order in which the engine did it.
pub(super) fn of(step: &Step, config: &ScenarioConfig) -> Vec<SandboxNote> {
    let mut notes = Vec::new();
    // Whatever is said has a language, even if only digits.
    if step.language.is_none() {
        notes.push(note(SandboxEvent::Silence, &[]));
    }
    if let Some(language) = step.language.filter(|decision| decision.before != decision.after) {
        let tag = match language.after {
            callboard_core::scenario::Language::Ru => "ru",
            callboard_core::scenario::Language::En => "en",
        };
        let score = format!("{:.2}", language.other_score);
        notes.push(note(SandboxEvent::Language, &[("language", tag.to_owned()), ("score", score)]));
    }
    if let Some(hit) = &step.guardrail {
        let params = [("name", hit.kind.clone()), ("action", hit.action.to_string()), ("words", hit.words.clone())];
        notes.push(note(SandboxEvent::Guardrail, &params));
    }
    if let Some(knowledge) = &step.knowledge {
        let score = knowledge.score.map_or_else(|| "0.00".to_owned(), |score| format!("{score:.2}"));
        let title = knowledge.title.clone().unwrap_or_default();
        let needed = format!("{:.2}", knowledge.needed);
        let answered = knowledge.answered.to_string();
        let params = [("score", score), ("title", title), ("needed", needed), ("answered", answered)];
        notes.push(note(SandboxEvent::Knowledge, &params));
    }
    notes.extend(step.fields.iter().filter_map(field));
    if step.retries > 0 {
        notes.push(note(SandboxEvent::Retry, &[("count", step.retries.to_string())]));
    }
    notes.extend(ways(step, config));
    if let Some(limit) =
        step.ended.filter(|ending| matches!(ending, Ending::Timeout | Ending::MaxDuration | Ending::Silence))
    {
        notes.push(note(SandboxEvent::Limit, &[("limit", limit.to_string())]));
    }
    notes
}

fn field(change: &FieldChange) -> Option<SandboxNote> {
    Some(match change {
        FieldChange::Collected { field, value, words, confidence_percent } => note(
            SandboxEvent::Collected,
            &[
                ("field", field.clone()),
                ("value", value.clone()),
                ("words", words.clone()),
                ("confidence", confidence_percent.to_string()),
            ],
        ),
        FieldChange::Refused { field, reason, words } => note(
            SandboxEvent::Refused,
            &[("field", field.clone()), ("value", words.clone()), ("reason", reason.to_string())],
        ),
        FieldChange::Rejected { field } => note(
            SandboxEvent::Refused,
            &[("field", field.clone()), ("value", String::new()), ("reason", "rejected".to_owned())],
        ),
        FieldChange::GivenUp { field } => {
            note(SandboxEvent::Limit, &[("limit", "retries".to_owned()), ("field", field.clone())])
        }
        FieldChange::Confirmed { .. } => return None,
    })
}

fn ways<'a>(step: &'a Step, config: &'a ScenarioConfig) -> impl Iterator<Item = SandboxNote> + 'a {
    step.transitions.iter().map(|tried| {
        let (event, why, detail) = match &tried.verdict {
            Verdict::Taken { because } => (SandboxEvent::Transition, "taken", because.clone()),
            Verdict::NotMet { missing } => (SandboxEvent::NotTaken, "not_met", missing.clone()),
            Verdict::OnlyModel { rule } => (SandboxEvent::NotTaken, "only_model", rule.clone()),
            Verdict::NotOpened => (SandboxEvent::NotTaken, "not_opened", String::new()),
            Verdict::FieldsMissing { fields } => (SandboxEvent::NotTaken, "fields_missing", fields.join(", ")),
            Verdict::Unconfirmed { field } => (SandboxEvent::NotTaken, "unconfirmed", field.clone()),
            Verdict::Interrupted => (SandboxEvent::NotTaken, "interrupted", String::new()),
            Verdict::Later => (SandboxEvent::NotTaken, "later", String::new()),
        };
        let condition = config
            .transitions
            .iter()
            .find(|way| way.from == step.state_before && way.to == tried.to && way.priority == tried.priority)
            .map_or_else(String::new, |way| written(&way.condition));
        note(
            event,
            &[
                ("from", step.state_before.clone()),
                ("to", tried.to.clone()),
                ("condition", condition),
                ("why", why.to_owned()),
                ("detail", detail),
            ],
        )
    })
}

fn written(condition: &Condition) -> String {
    match condition {
        Condition::FieldCollected { field } => format!("{field} is_set"),
        Condition::IntentDetected { intent } => intent.clone(),
        Condition::Keyword { keywords } => keywords.join(", "),
        Condition::Custom { custom_rule } => custom_rule.clone(),
        Condition::Always => "always".to_owned(),
    }
}
