//! The scenario engine: a conversation as a state machine. Owns what is collected, which state follows and why, and what
//! came of it; refuses I/O, clocks and chance: the same words at the same moment give the same steps.
//!
//! It is what the sandbox talks to when nobody else is there, and what tells a supervisor why a bot would have gone the
//! way it went. The order of one turn is that of requirements B4 (see `turn`); every defect that requirements I-40 to
//! I-45 list is a test in `tests`.

mod adapter;
mod check;
mod config;
mod extract;
mod guardrail;
mod intent;
mod language;
mod outcome;
mod sentences;
mod session;
mod trace;
mod turn;
mod value;
mod words;

pub use check::{Problem, ProblemKind, Scenario};
pub use config::{
    ChoiceConfig, Comparison, Condition, FieldConfig, FieldType, GuardrailAction, GuardrailConfig, IntentConfig,
    Language, LanguageConfig, Limits, LocalText, OutcomeConfig, OutcomeRule, PatternKind, Personality, ScenarioConfig,
    StateConfig, TransitionConfig, Validation,
};
pub use extract::{Extracted, Moment, Refusal, RefusalReason, extract};
pub use intent::BUILT_IN as BUILT_IN_INTENTS;
pub use outcome::SPECIAL_NAMES;
pub use session::{Input, Passage, Session};
pub use trace::{
    Ending, FieldChange, GuardrailHit, KnowledgeAnswer, LanguageDecision, OutcomeReached, OutcomeTried, Reply,
    ReplyKind, Step, TransitionTried, Verdict,
};
pub use value::FieldValue;

#[cfg(test)]
mod tests;
