//! Differences between documents, field by field, and their three-way merge. Owns which lists have keys; refuses to
//! overwrite: what both sides changed differently is a conflict.

mod merge;

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::SkillbaseDocument;

pub use merge::{Merge, merge};

text_enum! {
    /// What happened to a field.
    pub enum ChangeKind {
        /// It is new.
        Added = "added",
        /// It is gone.
        Removed = "removed",
        /// It has another value.
        Changed = "changed",
        /// The same items in another order.
        Moved = "moved",
    }
}

/// One difference.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct FieldChange {
    /// Where: names on the wire joined by dots; items of keyed lists by their key (`conversation.flow.states.offer.prompt`).
    pub path: String,
    /// What.
    pub kind: ChangeKind,
    /// The value before; none when it is new.
    #[cfg_attr(feature = "ts", ts(type = "unknown"))]
    pub before: Option<Value>,
    /// The value after; none when it is gone.
    #[cfg_attr(feature = "ts", ts(type = "unknown"))]
    pub after: Option<Value>,
}

/// A field that both sides changed differently.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct FieldConflict {
    /// Where, as in [`FieldChange::path`].
    pub path: String,
    /// What both began with; none when it did not exist.
    #[cfg_attr(feature = "ts", ts(type = "unknown"))]
    pub base: Option<Value>,
    /// What is here; none when it was removed.
    #[cfg_attr(feature = "ts", ts(type = "unknown"))]
    pub mine: Option<Value>,
    /// What was published meanwhile; none when it was removed.
    #[cfg_attr(feature = "ts", ts(type = "unknown"))]
    pub theirs: Option<Value>,
}

/// What changed from one document to another, in the order of the document.
#[must_use]
pub fn diff(before: &SkillbaseDocument, after: &SkillbaseDocument) -> Vec<FieldChange> {
    values(&value_of(before), &value_of(after))
}

/// The same for any two values: the traces of conversations are compared like this too.
#[must_use]
pub fn values(before: &Value, after: &Value) -> Vec<FieldChange> {
    let mut changes = Vec::new();
    compare("", before, after, &mut changes);
    changes
}

pub(super) fn value_of(document: &SkillbaseDocument) -> Value {
    serde_json::to_value(document).unwrap_or(Value::Null)
}

pub(super) fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

fn change(path: String, kind: ChangeKind, before: Option<&Value>, after: Option<&Value>) -> FieldChange {
    FieldChange { path, kind, before: before.cloned(), after: after.cloned() }
}

/// Names of an object in the order of the editor's tabs, then by their bytes.
pub(super) fn names<'a>(objects: impl IntoIterator<Item = &'a Map<String, Value>>) -> Vec<&'a str> {
    const TABS: [&str; 8] = ["format", "identity", "conversation", "voice", "lead", "tools", "knowledge", "outcomes"];
    let mut names: Vec<&str> = objects.into_iter().flat_map(|map| map.keys().map(String::as_str)).collect();
    names.sort_unstable_by_key(|name| (TABS.iter().position(|tab| tab == name).unwrap_or(TABS.len()), *name));
    names.dedup();
    names
}

fn compare(path: &str, before: &Value, after: &Value, changes: &mut Vec<FieldChange>) {
    match (before, after) {
        (Value::Object(old), Value::Object(new)) if !is_leaf(path) => {
            for name in names([old, new]) {
                let path = join(path, name);
                match (old.get(name), new.get(name)) {
                    (Some(before), Some(after)) => compare(&path, before, after, changes),
                    (None, after) => changes.push(change(path, ChangeKind::Added, None, after)),
                    (before, None) => changes.push(change(path, ChangeKind::Removed, before, None)),
                }
            }
        }
        (Value::Array(old), Value::Array(new)) => match (keys(old), keys(new)) {
            (Some(old_keys), Some(new_keys)) => compare_keyed(path, (old, &old_keys), (new, &new_keys), changes),
            _ => compare_items(path, old, new, changes),
        },
        (before, after) if before == after => {}
        (before, after) => changes.push(change(path.to_owned(), ChangeKind::Changed, Some(before), Some(after))),
    }
}

/// Values that only make sense as a whole: the kind of a condition says what else it holds, a place is two numbers.
pub(super) fn is_leaf(path: &str) -> bool {
    path.ends_with(".condition") || path.ends_with(".position")
}

/// Keys of the items of a list, when each has one of its own: `id`, `name`, or the two ends of a transition.
pub(super) fn keys(items: &[Value]) -> Option<Vec<String>> {
    let mut seen = HashMap::new();
    let mut keys = Vec::with_capacity(items.len());
    for item in items {
        let text = |name| item.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
        let key = match (text("id").or_else(|| text("name")), text("from"), text("to")) {
            (Some(key), _, _) => key.to_owned(),
            (None, Some(from), Some(to)) => format!("{from}→{to}"),
            _ => return None,
        };
        let times: &mut u32 = seen.entry(key.clone()).or_default();
        *times += 1;
        match *times {
            1 => keys.push(key),
            // Two ways may lead from one state to another; two states may not share an id.
            times if item.get("from").is_some() => keys.push(format!("{key}#{times}")),
            _ => return None,
        }
    }
    Some(keys)
}

fn compare_keyed(
    path: &str,
    (old, old_keys): (&[Value], &[String]),
    (new, new_keys): (&[Value], &[String]),
    changes: &mut Vec<FieldChange>,
) {
    let old_places: HashMap<&str, usize> = places(old_keys);
    let new_places: HashMap<&str, usize> = places(new_keys);
    for (key, after) in new_keys.iter().zip(new) {
        let path = join(path, key);
        match old_places.get(key.as_str()) {
            Some(place) => compare(&path, &old[*place], after, changes),
            None => changes.push(change(path, ChangeKind::Added, None, Some(after))),
        }
    }
    for (key, before) in old_keys.iter().zip(old) {
        if !new_places.contains_key(key.as_str()) {
            changes.push(change(join(path, key), ChangeKind::Removed, Some(before), None));
        }
    }
    let order = |keys: &[String], others: &HashMap<&str, usize>| -> Vec<Value> {
        keys.iter().filter(|key| others.contains_key(key.as_str())).map(|key| Value::String(key.clone())).collect()
    };
    let (before, after) = (order(old_keys, &new_places), order(new_keys, &old_places));
    if before != after {
        changes.push(change(
            path.to_owned(),
            ChangeKind::Moved,
            Some(&Value::Array(before)),
            Some(&Value::Array(after)),
        ));
    }
}

fn places(keys: &[String]) -> HashMap<&str, usize> {
    keys.iter().enumerate().map(|(place, key)| (key.as_str(), place)).collect()
}

/// Items without keys: what stands between the items that both lists share, in order.
fn compare_items(path: &str, old: &[Value], new: &[Value], changes: &mut Vec<FieldChange>) {
    let shared = common(old, new);
    let ends = shared.iter().copied().chain(std::iter::once((old.len(), new.len())));
    let (mut at_old, mut at_new) = (0, 0);
    for (to_old, to_new) in ends {
        let (gone, come) = (&old[at_old..to_old], &new[at_new..to_new]);
        for place in 0..gone.len().max(come.len()) {
            let (before, after) = (gone.get(place), come.get(place));
            let (kind, index) = match (before, after) {
                (Some(_), Some(_)) => (ChangeKind::Changed, at_new + place),
                (None, _) => (ChangeKind::Added, at_new + place),
                (Some(_), None) => (ChangeKind::Removed, at_old + place),
            };
            changes.push(change(join(path, &index.to_string()), kind, before, after));
        }
        (at_old, at_new) = (to_old + 1, to_new + 1);
    }
}

/// Longest common subsequence, as pairs of places.
fn common(old: &[Value], new: &[Value]) -> Vec<(usize, usize)> {
    let width = new.len() + 1;
    let mut lengths = vec![0u32; (old.len() + 1) * width];
    for (row, before) in old.iter().enumerate().rev() {
        for (column, after) in new.iter().enumerate().rev() {
            lengths[row * width + column] = if before == after {
                lengths[(row + 1) * width + column + 1] + 1
            } else {
                lengths[(row + 1) * width + column].max(lengths[row * width + column + 1])
            };
        }
    }
    let (mut row, mut column, mut pairs) = (0, 0, Vec::new());
    while row < old.len() && column < new.len() {
        if old[row] == new[column] {
            pairs.push((row, column));
            (row, column) = (row + 1, column + 1);
        } else if lengths[(row + 1) * width + column] >= lengths[row * width + column + 1] {
            row += 1;
        } else {
            column += 1;
        }
    }
    pairs
}

#[cfg(test)]
mod tests;
