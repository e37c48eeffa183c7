//! The three-way merge. A field that one side changed takes that side's value; a field that both changed to different
//! values is a conflict, and holds mine until a person has chosen.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::{FieldConflict, SkillbaseDocument, is_leaf, join, keys, names, places, value_of};

/// Both changes together.
#[derive(Debug, Clone, PartialEq)]
pub struct Merge {
    /// Mine where they are in conflict.
    pub merged: SkillbaseDocument,
    /// Fields that both sides changed differently.
    pub conflicts: Vec<FieldConflict>,
}

/// Merges what two sides made of the same document.
#[must_use]
pub fn merge(base: &SkillbaseDocument, mine: &SkillbaseDocument, theirs: &SkillbaseDocument) -> Merge {
    let mut conflicts = Vec::new();
    let (base, mine_value, theirs) = (value_of(base), value_of(mine), value_of(theirs));
    let merged = value("", Some(&base), Some(&mine_value), Some(&theirs), &mut conflicts);
    // Every field of the result is one of a document, so that it reads; if it ever did not, nothing of mine is lost.
    let merged = merged.and_then(|value| serde_json::from_value(value).ok()).unwrap_or_else(|| mine.clone());
    Merge { merged, conflicts }
}

fn value(
    path: &str,
    base: Option<&Value>,
    mine: Option<&Value>,
    theirs: Option<&Value>,
    conflicts: &mut Vec<FieldConflict>,
) -> Option<Value> {
    if mine == theirs || theirs == base {
        return mine.cloned();
    }
    if mine == base {
        return theirs.cloned();
    }
    match (base, mine, theirs) {
        // Where the editor draws a state says nothing about the bot.
        (_, Some(mine), Some(_)) if path.ends_with(".position") => return Some(mine.clone()),
        (Some(Value::Object(base)), Some(Value::Object(mine)), Some(Value::Object(theirs))) if !is_leaf(path) => {
            return Some(Value::Object(object(path, base, mine, theirs, conflicts)));
        }
        (Some(Value::Array(base)), Some(Value::Array(mine)), Some(Value::Array(theirs))) => {
            let merged = match (keys(base), keys(mine), keys(theirs)) {
                (Some(b), Some(m), Some(t)) => Some(keyed(path, (base, &b), (mine, &m), (theirs, &t), conflicts)),
                _ => items(base, mine, theirs),
            };
            if let Some(merged) = merged {
                return Some(Value::Array(merged));
            }
        }
        _ => {}
    }
    conflicts.push(FieldConflict {
        path: path.to_owned(),
        base: base.cloned(),
        mine: mine.cloned(),
        theirs: theirs.cloned(),
    });
    mine.cloned()
}

fn object(
    path: &str,
    base: &Map<String, Value>,
    mine: &Map<String, Value>,
    theirs: &Map<String, Value>,
    conflicts: &mut Vec<FieldConflict>,
) -> Map<String, Value> {
    names([base, mine, theirs])
        .into_iter()
        .filter_map(|name| {
            let path = join(path, name);
            value(&path, base.get(name), mine.get(name), theirs.get(name), conflicts)
                .map(|merged| (name.to_owned(), merged))
        })
        .collect()
}

type Keyed<'a> = (&'a [Value], &'a [String]);

/// Lists whose items have keys: item by item; their order is merged like a list of plain items.
fn keyed(
    path: &str,
    base: Keyed<'_>,
    mine: Keyed<'_>,
    theirs: Keyed<'_>,
    conflicts: &mut Vec<FieldConflict>,
) -> Vec<Value> {
    let order = |list: Keyed<'_>| list.1.iter().map(|key| Value::String(key.clone())).collect::<Vec<_>>();
    // Order both ways at once cannot be merged; mine stands, with what only they have at the end.
    let order = items(&order(base), &order(mine), &order(theirs)).unwrap_or_else(|| {
        let mut order = order(mine);
        order.extend(theirs.1.iter().filter(|key| !base.1.contains(key)).map(|key| Value::String(key.clone())));
        order
    });
    let [base_at, mine_at, theirs_at] = [places(base.1), places(mine.1), places(theirs.1)];
    let find =
        |(list, _): Keyed<'_>, at: &HashMap<&str, usize>, key: &str| at.get(key).map(|place| list[*place].clone());
    let mut all: Vec<&str> = order.iter().filter_map(Value::as_str).collect();
    // What one side removed and the other changed is a conflict, although it is in no order.
    for key in mine.1.iter().chain(theirs.1) {
        if base_at.contains_key(key.as_str()) && !all.contains(&key.as_str()) {
            all.push(key);
        }
    }
    all.into_iter()
        .filter_map(|key| {
            let (b, m, t) = (find(base, &base_at, key), find(mine, &mine_at, key), find(theirs, &theirs_at, key));
            value(&join(path, key), b.as_ref(), m.as_ref(), t.as_ref(), conflicts)
        })
        .collect()
}

/// Lists of plain items: what either side removed is gone, what either side added is there, each behind the item that it
/// followed. None when both changed the same item, or the order.
fn items(base: &[Value], mine: &[Value], theirs: &[Value]) -> Option<Vec<Value>> {
    let kept = |list: &[Value]| base.iter().filter(|item| list.contains(item)).cloned().collect::<Vec<_>>();
    let in_order = |list: &[Value]| {
        let rest: Vec<Value> = list.iter().filter(|item| base.contains(item)).cloned().collect();
        rest == kept(list)
    };
    if !in_order(mine) || !in_order(theirs) {
        return None;
    }
    let added = |list: &[Value]| list.iter().any(|item| !base.contains(item));
    let both_removed = base.iter().any(|item| !mine.contains(item) && !theirs.contains(item));
    if both_removed && added(mine) && added(theirs) {
        return None;
    }
    let mut merged: Vec<Value> =
        theirs.iter().filter(|item| mine.contains(item) || !base.contains(item)).cloned().collect();
    let mut after: Option<&Value> = None;
    for item in mine {
        if !base.contains(item) && !merged.contains(item) {
            let place = after.and_then(|after| merged.iter().position(|other| other == after)).map_or(0, |at| at + 1);
            merged.insert(place, item.clone());
        }
        if merged.contains(item) {
            after = Some(item);
        }
    }
    Some(merged)
}
