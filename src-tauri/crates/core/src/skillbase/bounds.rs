//! The bounds of a document, in characters and items (requirements B1, B2, B4). Owns the numbers; forms and the validator
//! read them here.

/// A text that the bot is told or says: role, style, a rule, a fact, a greeting, a step.
pub const TEXT: usize = 500;
/// Rules, and facts.
pub const ITEMS: usize = 100;
/// Greetings.
pub const GREETINGS: usize = 3;
/// States of a graph, or steps of a plan.
pub const STATES: usize = 200;
/// Transitions.
pub const TRANSITIONS: usize = 1_000;
/// Name of a state.
pub const STATE_NAME: usize = 500;
/// Identifier of a state, a field or an outcome.
pub const ID: usize = 64;
/// What is said to the bot in one state.
pub const STATE_PROMPT: usize = 2_000;
/// Fields that a conversation collects, in the document and in one state.
pub const FIELDS: usize = 100;
/// A short text: a keyword, an example, a choice, a label.
pub const SHORT: usize = 100;
/// Short texts of one list: keywords, phrases, examples, choices.
pub const SHORT_ITEMS: usize = 30;
/// A regular expression.
pub const PATTERN: usize = 200;
/// Hand-over criteria, and CRM fields.
pub const CRITERIA: usize = 50;
/// Name of a CRM field.
pub const CRM_NAME: usize = 50;
/// Instruction of a CRM field.
pub const CRM_INSTRUCTION: usize = 1_000;
/// Prompt of the closing message.
pub const CLOSING_PROMPT: usize = 300;
/// Template of the closing message.
pub const CLOSING_TEMPLATE: usize = 1_000;
/// Targets of a transfer.
pub const TARGETS: usize = 20;
/// Knowledge documents.
pub const DOCUMENTS: usize = 50;
/// Outcomes.
pub const OUTCOMES: usize = 20;
/// Rules of one outcome.
pub const OUTCOME_RULES: usize = 20;
/// Guardrails.
pub const GUARDRAILS: usize = 50;
/// The whole document, as bytes of compact JSON: what an agent can still be handed with its call.
pub const DOCUMENT_BYTES: usize = 128 * 1024;

/// Smallest and largest values of the numbers of a document.
pub mod range {
    /// Words per second against the voice's own.
    pub const SPEED: (f64, f64) = (0.5, 2.0);
    /// Sampling temperature.
    pub const TEMPERATURE: (f64, f64) = (0.0, 2.0);
    /// Score of a passage that may be used.
    pub const MIN_SCORE: (f64, f64) = (0.0, 1.0);
    /// Tokens of one answer.
    pub const MAX_TOKENS: (i64, i64) = (1, 32_768);
    /// Seconds of a call.
    pub const CALL_SECONDS: (i64, i64) = (60, 3_600);
    /// Turns of a conversation.
    pub const TURNS: (i64, i64) = (1, 200);
    /// Turns in one state.
    pub const STATE_TURNS: (i64, i64) = (1, 50);
    /// Times that one question is asked.
    pub const RETRIES: (i64, i64) = (1, 10);
    /// Seconds of silence.
    pub const SILENCE_SECONDS: (i64, i64) = (3, 120);
    /// Priority of a transition.
    pub const PRIORITY: (i64, i64) = (-1_000, 1_000);
    /// Minutes of an appointment.
    pub const APPOINTMENT_MINUTES: (i64, i64) = (5, 480);
}
