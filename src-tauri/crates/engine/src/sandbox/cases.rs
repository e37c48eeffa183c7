//! Regression cases. Owns what is remembered of a conversation and the comparison with a new version; a case that a language
//! model answered is compared by what the scenario engine does, which is the same every time.

use std::collections::BTreeMap;

use callboard_contract::{
    RegressionReport, RegressionRequest, RegressionResult, SandboxCase, SandboxLine, SandboxMode, SandboxSave,
    SandboxSession,
};
use callboard_core::{
    call::TurnRole,
    skillbase::{
        SkillbaseDocument,
        diff::{ChangeKind, FieldChange},
    },
};
use callboard_db::sandbox::Case;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use super::play::Play;
use crate::error::UseCase;

/// What was said, and when it began.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Script {
    started_at: DateTime<Utc>,
    time_zone: String,
    lines: Vec<SandboxLine>,
}

/// How it went.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Course {
    path: Vec<String>,
    fields: BTreeMap<String, String>,
    outcome: Option<String>,
    /// Why it ended; none while it goes on.
    end: Option<String>,
    /// What the scenario engine said after each sentence.
    turns: Vec<String>,
}

fn course(document: &SkillbaseDocument, script: &Script) -> UseCase<Course> {
    let session = SandboxSession {
        company_id: Uuid::nil(),
        skillbase_id: None,
        document: document.clone(),
        mode: SandboxMode::Engine,
        started_at: script.started_at,
        time_zone: script.time_zone.clone(),
        lines: script.lines.clone(),
    };
    let view = Play::of(&session)?.view(session);
    let fields = view.fields.into_iter().filter_map(|field| Some((field.id, field.value?))).collect();
    let turns = view.turns.into_iter().filter(|turn| turn.role == TurnRole::Assistant).map(|turn| turn.content);
    let (outcome, end) = view.end.map(|end| (end.outcome_id, end.reason)).unzip();
    Ok(Course { path: view.path, fields, outcome, end, turns: turns.collect() })
}

/// A new case of a conversation.
pub(super) fn case(case_id: Uuid, created_at: DateTime<Utc>, request: &SandboxSave) -> UseCase<Case> {
    let session = &request.session;
    let script =
        Script { started_at: session.started_at, time_zone: session.time_zone.clone(), lines: session.lines.clone() };
    let expected = course(&session.document, &script)?;
    Ok(Case {
        case_id,
        name: request.name.trim().to_owned(),
        mode: session.mode.to_string(),
        session: json!(script),
        expected: json!(expected),
        created_at,
    })
}

/// A case as it is listed.
pub(super) fn view(case: &Case) -> SandboxCase {
    let lines = case.session.get("lines").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let sentences = lines.iter().filter(|line| line.get("role").and_then(Value::as_str) == Some("user")).count();
    SandboxCase {
        id: case.case_id,
        name: case.name.clone(),
        mode: case.mode.parse().unwrap_or(SandboxMode::Engine),
        sentences: i32::try_from(sentences).unwrap_or(i32::MAX),
        outcome_id: case.expected.get("outcome").and_then(Value::as_str).map(str::to_owned),
        created_at: case.created_at,
    }
}

/// Plays the cases against a document.
pub(super) fn run(cases: &[Case], request: &RegressionRequest) -> UseCase<RegressionReport> {
    let mut items = Vec::with_capacity(cases.len());
    for case in cases {
        let script: Script = serde_json::from_value(case.session.clone()).unwrap_or_else(|_| Script {
            started_at: case.created_at,
            time_zone: "UTC".to_owned(),
            lines: Vec::new(),
        });
        let before: Course = serde_json::from_value(case.expected.clone()).unwrap_or_default();
        let changes = changes(&before, &course(&request.document, &script)?);
        items.push(RegressionResult {
            case_id: case.case_id,
            name: case.name.clone(),
            same: changes.is_empty(),
            changes,
        });
    }
    let same = items.iter().filter(|result| result.same).count();
    Ok(RegressionReport { items, same: i32::try_from(same).unwrap_or(i32::MAX) })
}

fn changes(before: &Course, after: &Course) -> Vec<FieldChange> {
    let mut changes = Vec::new();
    let mut compare = |path: String, before: Option<Value>, after: Option<Value>| {
        if before != after {
            let kind = match (&before, &after) {
                (None, _) => ChangeKind::Added,
                (_, None) => ChangeKind::Removed,
                (Some(_), Some(_)) => ChangeKind::Changed,
            };
            changes.push(FieldChange { path, kind, before, after });
        }
    };
    let text = |text: Option<&String>| text.map(|text| json!(text));
    compare("path".to_owned(), Some(json!(before.path)), Some(json!(after.path)));
    let ids: std::collections::BTreeSet<&String> = before.fields.keys().chain(after.fields.keys()).collect();
    for id in ids {
        compare(format!("fields.{id}"), text(before.fields.get(id)), text(after.fields.get(id)));
    }
    compare("outcome".to_owned(), text(before.outcome.as_ref()), text(after.outcome.as_ref()));
    compare("end".to_owned(), text(before.end.as_ref()), text(after.end.as_ref()));
    for index in 0..before.turns.len().max(after.turns.len()) {
        compare(format!("turns.{index}"), text(before.turns.get(index)), text(after.turns.get(index)));
    }
    changes
}
