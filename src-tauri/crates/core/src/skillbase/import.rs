//! Skillbases of the replaced systems, and files of skillbases. Owns the reading of both old forms and the report of what
//! became of every part; refuses to drop anything without saying so.

use serde::{Deserialize, Serialize};

text_enum! {
    /// What a file holds.
    pub enum FileForm {
        /// A skillbase file of this program.
        Callboard = "callboard",
        /// The first old form: context, flow, agent, tools, voice, llm.
        V1 = "v1",
        /// The second old form: context, flow, agent, tools, knowledge_base.
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
        /// A word of a transition became a keyword condition.
        Keyword = "keyword",
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
