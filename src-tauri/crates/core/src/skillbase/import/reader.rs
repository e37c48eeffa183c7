//! Reading an old form: every part that is asked for is struck off, what is left at the end was dropped. Owns the notes.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::{ImportNote, NoteKind, NoteReason};

/// An object of an old form with its path.
pub(super) struct Part<'a> {
    path: String,
    map: Option<&'a Map<String, Value>>,
    taken: BTreeSet<&'static str>,
}

/// The notes so far.
#[derive(Default)]
pub(super) struct Notes(pub Vec<ImportNote>);

impl Notes {
    pub fn add(&mut self, kind: NoteKind, from: &str, to: &str, reason: NoteReason, value: &str) {
        self.0.push(ImportNote {
            kind,
            from: from.to_owned(),
            to: to.to_owned(),
            reason,
            value: value.chars().take(200).collect(),
        });
    }

    pub fn converted(&mut self, from: &str, to: &str) {
        self.add(NoteKind::Converted, from, to, NoteReason::Same, "");
    }
}

impl<'a> Part<'a> {
    pub fn new(path: &str, value: Option<&'a Value>) -> Self {
        Self { path: path.to_owned(), map: value.and_then(Value::as_object), taken: BTreeSet::new() }
    }

    pub fn path(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }

    /// A value that is there and not null.
    pub fn get(&mut self, key: &'static str) -> Option<&'a Value> {
        self.taken.insert(key);
        self.map?.get(key).filter(|value| !value.is_null())
    }

    pub fn part(&mut self, key: &'static str) -> Part<'a> {
        let path = self.path(key);
        Part::new(&path, self.get(key))
    }

    pub fn items(&mut self, key: &'static str) -> &'a [Value] {
        self.get(key).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
    }

    /// A text; a number or a yes is its text, anything else is nothing.
    pub fn text(&mut self, key: &'static str, to: &str, notes: &mut Notes) -> Option<String> {
        let value = self.get(key)?;
        let Some(text) = text_of(value) else {
            notes.add(NoteKind::Dropped, &self.path(key), "", NoteReason::UnknownValue, &value.to_string());
            return None;
        };
        notes.converted(&self.path(key), to);
        Some(text)
    }

    /// A list of texts.
    pub fn texts(&mut self, key: &'static str, to: &str, notes: &mut Notes) -> Vec<String> {
        let Some(value) = self.get(key) else { return Vec::new() };
        let Some(items) = value.as_array() else {
            notes.add(NoteKind::Dropped, &self.path(key), "", NoteReason::UnknownValue, &value.to_string());
            return Vec::new();
        };
        if !items.is_empty() {
            notes.converted(&self.path(key), to);
        }
        let mut texts = Vec::with_capacity(items.len());
        for (index, item) in items.iter().enumerate() {
            match text_of(item) {
                Some(text) => texts.push(text),
                None => notes.add(
                    NoteKind::Dropped,
                    &format!("{}.{index}", self.path(key)),
                    "",
                    NoteReason::UnknownValue,
                    &item.to_string(),
                ),
            }
        }
        texts
    }

    /// A number.
    pub fn number(&mut self, key: &'static str, to: &str, notes: &mut Notes) -> Option<f64> {
        let value = self.get(key)?;
        let number = value.as_f64().or_else(|| value.as_str()?.trim().parse().ok()).filter(|number| number.is_finite());
        if number.is_some() {
            notes.converted(&self.path(key), to);
        } else {
            notes.add(NoteKind::Dropped, &self.path(key), "", NoteReason::UnknownValue, &value.to_string());
        }
        number
    }

    /// A word out of a fixed list; another one is noted, and the default stays.
    pub fn word<T: std::str::FromStr>(&mut self, key: &'static str, to: &str, notes: &mut Notes) -> Option<T> {
        let value = self.get(key)?;
        let known = text_of(value).and_then(|text| text.trim().to_lowercase().parse().ok());
        if known.is_some() {
            notes.converted(&self.path(key), to);
        } else {
            let text = text_of(value).unwrap_or_else(|| value.to_string());
            notes.add(NoteKind::Defaulted, &self.path(key), to, NoteReason::UnknownValue, &text);
        }
        known
    }

    /// Notes everything that nobody asked for.
    pub fn finish(self, notes: &mut Notes) {
        for key in self.map.into_iter().flat_map(Map::keys) {
            if !self.taken.contains(key.as_str()) {
                notes.add(NoteKind::Dropped, &self.path(key), "", NoteReason::UnknownKey, "");
            }
        }
    }
}

pub(super) fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.trim().to_owned()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(yes) => Some(yes.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}
