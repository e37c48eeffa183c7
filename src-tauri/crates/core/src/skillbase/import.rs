//! Skillbases of the replaced systems, and files of skillbases. Owns the reading of both old forms and the report of what
//! became of every part; refuses to drop anything without saying so.

mod old;
mod reader;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    FORMAT, SkillbaseDocument,
    diff::{self, ChangeKind},
    problem::{Problem, ProblemCode, Severity},
};

text_enum! {
    /// What a file holds.
    pub enum FileForm {
        /// A skillbase file of this program.
        Callboard = "callboard",
        /// The first old form: context, flow, agent, tools, voice, llm.
        V1 = "v1",
        /// The second old form: context, flow, agent, tools, `knowledge_base`.
        V2 = "v2",
    }
}

text_enum! {
    /// What became of a part of an old form.
    pub enum NoteKind {
        /// It is in the document.
        Converted = "converted",
        /// It is in the document, changed.
        Adjusted = "adjusted",
        /// It was missing; a default stands there.
        Defaulted = "defaulted",
        /// It is not in the document.
        Dropped = "dropped",
    }
}

text_enum! {
    /// Why. Each is a key of the message catalogues.
    pub enum NoteReason {
        /// It means the same.
        Same = "same",
        /// States became states with ids of their own, transitions name these.
        States = "states",
        /// The words of a condition became an intent, with themselves as a phrase.
        Intent = "intent",
        /// Steps became states of a plan.
        Steps = "steps",
        /// One text became a condition and an action.
        Criterion = "criterion",
        /// A rule that forbids something stays a rule; it became no pattern.
        Rule = "rule",
        /// The last state is the end.
        LastIsEnd = "last_is_end",
        /// A linear flow has no transitions.
        LinearTransitions = "linear_transitions",
        /// Nothing stood there.
        Missing = "missing",
        /// No provider has such a voice.
        NoSuchVoice = "no_such_voice",
        /// This program does not know the value `value`.
        UnknownValue = "unknown_value",
        /// This program has no tool `value`.
        UnknownTool = "unknown_tool",
        /// This program has no place for it.
        UnknownKey = "unknown_key",
        /// Secrets are never part of a document; enter it under Tools.
        Secret = "secret",
        /// Documents are not part of the file; add them under Knowledge.
        Documents = "documents",
        /// It is called otherwise now: `value`.
        Renamed = "renamed",
    }
}

/// What became of one part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ImportNote {
    /// What became of it.
    pub kind: NoteKind,
    /// Path in the file; empty when it was not there.
    pub from: String,
    /// Path in the document; empty when it is not there.
    pub to: String,
    /// Why.
    pub reason: NoteReason,
    /// What the message names; may be empty.
    pub value: String,
}

/// Why a file is no skillbase.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FileError {
    /// Not JSON; line and column from 1.
    #[error("the file is not JSON: {detail}, line {line}, column {column}")]
    NotJson {
        /// Line.
        line: usize,
        /// Column.
        column: usize,
        /// What the parser says.
        detail: String,
    },
    /// JSON, but none of the forms.
    #[error("the file holds no skillbase of a known form")]
    NotASkillbase,
    /// A skillbase whose parts are of other kinds than they should be.
    #[error("the skillbase cannot be read: {detail}")]
    Unreadable {
        /// What is wrong.
        detail: String,
    },
}

/// What a file holds.
#[derive(Debug, Clone, PartialEq)]
pub struct Imported {
    /// Which form it had.
    pub form: FileForm,
    /// Name; may be empty.
    pub name: String,
    /// Description; may be empty.
    pub description: String,
    /// The document.
    pub document: SkillbaseDocument,
    /// What was converted, and what was dropped and why.
    pub notes: Vec<ImportNote>,
    /// What is wrong with the document, and keys that nobody knows.
    pub problems: Vec<Problem>,
}

/// What a file of this program calls itself.
const KIND: &str = "callboard.skillbase";

/// Writes a skillbase file. What [`read`] makes of it gives the same bytes again.
#[must_use]
pub fn write(name: &str, description: &str, document: &SkillbaseDocument) -> String {
    let words = |text: &str| Value::from(text).to_string();
    let document = serde_json::to_string_pretty(document).unwrap_or_default().replace('\n', "\n  ");
    format!(
        "{{\n  \"kind\": {},\n  \"name\": {},\n  \"description\": {},\n  \"document\": {document}\n}}\n",
        words(KIND),
        words(name),
        words(description)
    )
}

/// Reads a skillbase file of any form; a document alone is read too.
///
/// # Errors
/// When it is no skillbase. What is merely wrong in one is a problem, not an error.
pub fn read(text: &str) -> Result<Imported, FileError> {
    let value: Value =
        serde_json::from_str(text.trim_start_matches('\u{feff}')).map_err(|error| FileError::NotJson {
            line: error.line(),
            column: error.column(),
            detail: error.to_string().split(" at line").next().unwrap_or_default().to_owned(),
        })?;
    let name = |value: &Value, key: &str| value.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let (title, description) = (name(&value, "name"), name(&value, "description"));
    let inner = value.get("document").or_else(|| value.get("config")).unwrap_or(&value);
    let old = inner.get("context").is_some_and(Value::is_object) || inner.get("flow").is_some_and(Value::is_object);
    if old {
        let (form, document, notes) = old::convert(inner);
        let problems = document.problems();
        return Ok(Imported { form, name: title, description, document, notes, problems });
    }
    let is_ours = inner.get("format").is_some() || inner.get("identity").is_some() || inner.get("role").is_some();
    if !is_ours {
        return Err(FileError::NotASkillbase);
    }
    let mut inner = inner.clone();
    if let Some(map) = inner.as_object_mut()
        && !map.contains_key("format")
        && map.contains_key("identity")
    {
        map.insert("format".to_owned(), FORMAT.into());
    }
    let document: SkillbaseDocument =
        serde_json::from_value(inner.clone()).map_err(|error| FileError::Unreadable { detail: error.to_string() })?;
    let mut problems = unknown_keys(&inner, &document);
    problems.extend(document.problems());
    Ok(Imported { form: FileForm::Callboard, name: title, description, document, notes: Vec::new(), problems })
}

/// What stands in a document of this format and is in no field of it.
fn unknown_keys(written: &Value, document: &SkillbaseDocument) -> Vec<Problem> {
    if written.get("format").and_then(Value::as_u64) != Some(FORMAT.into()) {
        return Vec::new();
    }
    diff::values(&diff::value_of(document), written)
        .into_iter()
        .filter(|change| change.kind == ChangeKind::Added)
        .map(|change| Problem {
            path: change.path,
            code: ProblemCode::UnknownKey,
            params: std::collections::BTreeMap::new(),
            severity: Severity::Warning,
        })
        .collect()
}

#[cfg(test)]
mod tests;
