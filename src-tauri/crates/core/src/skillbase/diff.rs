//! Differences between documents, field by field, and their three-way merge. Owns which lists have keys; refuses to
//! overwrite: what both sides changed differently is a conflict.

use serde::{Deserialize, Serialize};
use serde_json::Value;

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
