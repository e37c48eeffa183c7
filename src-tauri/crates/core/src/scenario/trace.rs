//! What one step did and why. Owns the explanation that the sandbox shows; refuses prose, which the user interface makes
//! of these facts.

use super::{
    config::{GuardrailAction, Language},
    extract::RefusalReason,
};

/// One step: what was said, what became of it, what the bot says.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// Turns of the person so far, this one included.
    pub turn: u32,
    /// The state before.
    pub state_before: String,
    /// The state after; the reply belongs to it.
    pub state_after: String,
    /// What the person seems to want: built-in intents and those of the scenario.
    pub intents: Vec<String>,
    /// How the language was decided; none when nothing was said.
    pub language: Option<LanguageDecision>,
    /// The guardrail that hit.
    pub guardrail: Option<GuardrailHit>,
    /// What the knowledge base had to say; none when the state does not use it or nothing was asked.
    pub knowledge: Option<KnowledgeAnswer>,
    /// What happened to fields, in order.
    pub fields: Vec<FieldChange>,
    /// Times in a row that the present question was put without an answer.
    pub retries: u32,
    /// The transitions out of the state before, in the order in which they were tried.
    pub transitions: Vec<TransitionTried>,
    /// What the bot says, in order.
    pub reply: Vec<Reply>,
    /// The conversation is over.
    pub ended: Option<Ending>,
    /// What came of it, when it is over.
    pub outcome: Option<OutcomeReached>,
}

/// Whether the bot follows the person into the other language.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LanguageDecision {
    /// Spoken until now.
    pub before: Language,
    /// Spoken from now on.
    pub after: Language,
    /// How much it sounded like the other language, 0 to 1; 0.7 are needed.
    pub other_score: f64,
    /// Words that only the other language has; one is needed.
    pub markers: u32,
    /// Whether the scenario allows a switch.
    pub allowed: bool,
}

/// A guardrail that hit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GuardrailHit {
    /// Its place in the scenario, from 0.
    pub index: u32,
    /// What it is about.
    pub kind: String,
    /// Its pattern.
    pub pattern: String,
    /// The words that it hit.
    pub words: String,
    /// What it does.
    pub action: GuardrailAction,
}

/// What the knowledge base had to say.
#[derive(Debug, Clone, PartialEq)]
pub struct KnowledgeAnswer {
    /// Best score, 0 to 1; none when nothing was found.
    pub score: Option<f64>,
    /// Title of the passage.
    pub title: Option<String>,
    /// The score that is needed.
    pub needed: f64,
    /// Whether it was good enough to answer.
    pub answered: bool,
}

/// What happened to a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FieldChange {
    /// It has a value.
    Collected {
        /// The field.
        field: String,
        /// Its value as text: E.164, `YYYY-MM-DD`, `HH:MM`.
        value: String,
        /// The words that it came from.
        words: String,
        /// How sure that is, in hundredths.
        confidence_percent: u32,
    },
    /// Something was said that is no value for it.
    Refused {
        /// The field.
        field: String,
        /// Why.
        reason: RefusalReason,
        /// The words.
        words: String,
    },
    /// The person said yes to what was understood.
    Confirmed {
        /// The field.
        field: String,
    },
    /// The person said no to it; it has no value any more.
    Rejected {
        /// The field.
        field: String,
    },
    /// Asked for too often; it is not asked for again.
    GivenUp {
        /// The field.
        field: String,
    },
}

/// A transition and what came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransitionTried {
    /// Where it leads.
    pub to: String,
    /// Its priority.
    pub priority: i32,
    /// Whether it was taken, and why not.
    pub verdict: Verdict,
}

/// Why a transition was or was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Taken, because of this field, intent, phrase or rule.
    Taken {
        /// What made it true.
        because: String,
    },
    /// Its condition does not hold.
    NotMet {
        /// What is missing: the field, the intent, the phrases, the rule.
        missing: String,
    },
    /// Only a language model can say whether this holds, and none did.
    OnlyModel {
        /// The condition in words.
        rule: String,
    },
    /// It leads on without a condition, but the state has not been opened yet.
    NotOpened,
    /// It leads on without a condition, but these required fields are missing.
    FieldsMissing {
        /// The fields.
        fields: Vec<String>,
    },
    /// It leads on without a condition, but a value waits for a yes or no.
    Unconfirmed {
        /// The field.
        field: String,
    },
    /// It leads on without a condition, but the person was refused a topic, asked something or did not hear.
    Interrupted,
    /// One that comes earlier was taken.
    Later,
}

/// What the bot says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// What kind of words these are.
    pub kind: ReplyKind,
    /// The words.
    pub text: String,
}

text_enum! {
    /// What kind of words the bot says.
    pub enum ReplyKind {
        /// The first words.
        Greeting = "greeting",
        /// Words of the state, as the scenario has them.
        Opening = "opening",
        /// No words but the instruction of the state, on which a language model would speak.
        Goal = "goal",
        /// Asks for a field.
        Question = "question",
        /// Asks whether it understood.
        Confirm = "confirm",
        /// Says why a value will not do.
        Correction = "correction",
        /// Of a guardrail.
        Guardrail = "guardrail",
        /// From the knowledge base.
        Knowledge = "knowledge",
        /// Offers a person, because nothing is known.
        OfferOperator = "offerOperator",
        /// Asks whether somebody is there.
        Silence = "silence",
        /// Keeps the conversation going where the scenario has no words.
        Continue = "continue",
        /// The last words.
        Goodbye = "goodbye",
        /// Promises not to call again.
        OptOut = "optOut",
        /// Hands over to a person.
        HandOver = "handOver",
    }
}

text_enum! {
    /// Why a conversation is over.
    pub enum Ending {
        /// It reached an end state.
        EndState = "end_state",
        /// The person does not want to be called again.
        OptOut = "opt_out",
        /// The person took leave.
        Goodbye = "goodbye",
        /// A person takes over.
        Escalation = "escalation",
        /// A guardrail ended it.
        Guardrail = "guardrail_triggered",
        /// Too many turns.
        Timeout = "timeout",
        /// Too long.
        MaxDuration = "max_duration",
        /// Nobody spoke any more.
        Silence = "silence",
    }
}

/// What came of the conversation and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutcomeReached {
    /// The outcome.
    pub id: String,
    /// All outcomes in the order in which they were tried, up to the one that holds.
    pub tried: Vec<OutcomeTried>,
}

/// An outcome that was tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutcomeTried {
    /// Its id.
    pub id: String,
    /// Whether it holds.
    pub holds: bool,
    /// The rules that hold, as written: `phone is_set`.
    pub met: Vec<String>,
    /// The first rule that does not hold; `default` when it only waits for the others.
    pub failed: Option<String>,
}
