//! What is wrong with a document. Owns the codes; the words for people are in the user interface's catalogues.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

text_enum! {
    /// How bad a problem is.
    pub enum Severity {
        /// The document cannot be published.
        Error = "error",
        /// It can, but somebody should look.
        Warning = "warning",
    }
}

text_enum! {
    /// What a problem is. Each is a key of the message catalogues.
    pub enum ProblemCode {
        /// Nothing is filled in.
        Required = "required",
        /// Longer than `max` characters.
        TooLong = "too_long",
        /// More than `max` items.
        TooMany = "too_many",
        /// Outside `min`..=`max`.
        Range = "range",
        /// `value` occurs twice; `first` is where.
        Duplicate = "duplicate",
        /// An identifier holds something else than a-z, 0-9, `_` and `-`.
        Identifier = "identifier",
        /// There is no state `state`.
        UnknownState = "unknown_state",
        /// There is no field `field`.
        UnknownField = "unknown_field",
        /// There is no outcome `outcome`.
        UnknownOutcome = "unknown_outcome",
        /// A graph has no start.
        MissingStart = "missing_start",
        /// A graph has no end.
        MissingEnd = "missing_end",
        /// No way leads to this state.
        Unreachable = "unreachable",
        /// No way leads out of this state, and it is no end.
        DeadEnd = "dead_end",
        /// The conversation ends here; a way out is never taken.
        LeavesEnd = "leaves_end",
        /// No end can be reached from this state.
        NoWayToEnd = "no_way_to_end",
        /// A way before it in the order is always taken first.
        NeverTaken = "never_taken",
        /// A plan has transitions; they are ignored.
        TransitionsIgnored = "transitions_ignored",
        /// A tool is switched on, but not set up.
        NotConfigured = "not_configured",
        /// The practice calendar is in use: it is always free and books nothing.
        PracticeCalendar = "practice_calendar",
        /// Not an `https://` address.
        Address = "address",
        /// Neither an E.164 number nor a `sip:` address.
        PhoneOrSip = "phone_or_sip",
        /// Not a regular expression; `detail` says why.
        Pattern = "pattern",
        /// A regular expression that would take too much memory.
        PatternTooLarge = "pattern_too_large",
        /// Not a value of the field's kind.
        Value = "value",
        /// The smallest is above the largest.
        Reversed = "reversed",
        /// A choice offers nothing to choose from.
        NoChoices = "no_choices",
        /// No result means success.
        NoSuccess = "no_success",
        /// Nothing says that a machine is calling.
        NoDisclosure = "no_disclosure",
        /// A result without rules that is not the default never occurs.
        NeverOccurs = "never_occurs",
        /// No state uses the knowledge, or there is none to use.
        KnowledgeUnused = "knowledge_unused",
        /// Nothing sets it off.
        NothingSetsOff = "nothing_sets_off",
        /// The document is larger than `max` bytes.
        TooLarge = "too_large",
        /// The file holds something that this program does not know; it is dropped.
        UnknownKey = "unknown_key",
    }
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Problem {
    /// Where: names on the wire and places of lists, joined by dots, `conversation.flow.states.3.prompt`.
    pub path: String,
    /// What.
    pub code: ProblemCode,
    /// Values for the placeholders of the message.
    pub params: BTreeMap<String, String>,
    /// How bad.
    pub severity: Severity,
}
