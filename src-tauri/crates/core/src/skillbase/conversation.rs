//! The tab "Conversation", and the guardrails.

use serde::{Deserialize, Serialize};

/// How the conversation goes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Conversation {
    /// What is said first: one of 1..=3 phrases of 1..=500 characters.
    pub greetings: Vec<String>,
    /// A plan or a graph.
    pub flow: Flow,
    /// What the conversation asks for; at most 100, ids unique in the document.
    pub fields: Vec<CollectField>,
    /// When it gives up.
    pub limits: TurnLimits,
}

text_enum! {
    /// What the states of a flow are.
    #[cfg_attr(test, derive(schemars::JsonSchema))]
    pub enum FlowType {
        /// Steps, one after the other; transitions are ignored.
        Linear = "linear",
        /// States with transitions.
        Graph = "graph",
    }
}

/// A linear plan or a graph. A plan's steps are states too, so that one can become the other without loss.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Flow {
    /// Plan or graph.
    #[serde(rename = "type")]
    pub kind: FlowType,
    /// Id of the state that a graph begins in; a plan begins with its first step.
    pub start: String,
    /// Steps in order, or states; 1..=200, ids unique.
    pub states: Vec<FlowState>,
    /// Ways from state to state, at most 1,000.
    pub transitions: Vec<Transition>,
}

impl Default for Flow {
    fn default() -> Self {
        Self { kind: FlowType::Linear, start: String::new(), states: Vec::new(), transitions: Vec::new() }
    }
}

impl Flow {
    /// The state that a conversation begins in.
    #[must_use]
    pub fn start_state(&self) -> Option<&FlowState> {
        match self.kind {
            FlowType::Linear => self.states.first(),
            FlowType::Graph => self.states.iter().find(|state| state.id == self.start),
        }
    }

    /// Whether a conversation ends in the state at this place: a plan's last step, or a state that says so.
    #[must_use]
    pub fn is_end(&self, index: usize) -> bool {
        match self.kind {
            FlowType::Linear => index + 1 == self.states.len(),
            FlowType::Graph => self.states.get(index).is_some_and(|state| state.is_end),
        }
    }
}

/// A state of a graph, or a step of a plan.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct FlowState {
    /// Stays the same when the name changes; 1..=64 of a-z, 0-9, `_` and `-`.
    pub id: String,
    /// What people call it; the text of a step. 1..=500 characters.
    pub name: String,
    /// What is to be reached here, at most 500 characters.
    pub goal: String,
    /// What the bot is told while it is here, at most 2,000 characters.
    pub prompt: String,
    /// Ids of fields that are asked for here, in order.
    pub collect: Vec<String>,
    /// Things that the bot may say here; each 1..=500 characters, at most 30.
    pub examples: Vec<String>,
    /// Questions here are answered from the knowledge.
    pub uses_knowledge: bool,
    /// After this many turns it goes on or ends, 1..=50; none for no limit of its own.
    pub max_turns: Option<u16>,
    /// The conversation ends here (graph).
    pub is_end: bool,
    /// Where the editor draws it; none lets the editor choose.
    pub position: Option<Position>,
}

/// A place in the drawing of a graph.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Position {
    /// To the right.
    pub x: i32,
    /// Down.
    pub y: i32,
}

/// A way from one state to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Transition {
    /// Id of the state that it leaves.
    pub from: String,
    /// Id of the state that it leads to.
    pub to: String,
    /// When it is taken.
    pub condition: Condition,
    /// Of several that could be taken, the highest first, then the first in the list; -1000..=1000.
    pub priority: i32,
}

impl Default for Transition {
    fn default() -> Self {
        Self { from: String::new(), to: String::new(), condition: Condition::Always, priority: 0 }
    }
}

/// When a transition is taken.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", rename_all_fields = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum Condition {
    /// After the person has answered.
    #[default]
    Always,
    /// A collected field passes a test.
    Field {
        /// The test; `is_set` is "was collected".
        test: FieldTest,
    },
    /// The person says one of these words or phrases: whole words, in any form of letter case.
    Keyword {
        /// 1..=30 of 1..=100 characters.
        keywords: Vec<String>,
    },
    /// The person means something.
    Intent {
        /// What is meant, for the language model: 1..=500 characters.
        intent: String,
        /// Things that people say when they mean it; by these it is recognised without a language model. At most 30.
        phrases: Vec<String>,
    },
    /// A condition in words, which only the language model can judge: 1..=500 characters.
    Custom {
        /// The words.
        rule: String,
    },
}

text_enum! {
    /// How a field is tested.
    #[cfg_attr(test, derive(schemars::JsonSchema))]
    pub enum FieldOperator {
        /// It has a value.
        IsSet = "is_set",
        /// It has none.
        IsNotSet = "is_not_set",
        /// Its value is this one, without regard to letter case.
        Equals = "equals",
        /// It has another value, or none.
        NotEquals = "not_equals",
        /// This text occurs in it.
        Contains = "contains",
        /// A number above this one.
        GreaterThan = "greater_than",
        /// A number below this one.
        LessThan = "less_than",
    }
}

impl FieldOperator {
    /// Whether it compares with a value.
    #[must_use]
    pub const fn takes_value(self) -> bool {
        !matches!(self, Self::IsSet | Self::IsNotSet)
    }
}

/// A test of one collected field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct FieldTest {
    /// Id of a field, or one of [`super::SPECIAL_FIELDS`].
    pub field: String,
    /// How.
    pub operator: FieldOperator,
    /// What it is compared with, at most 100 characters; empty when nothing is compared.
    pub value: String,
}

impl Default for FieldTest {
    fn default() -> Self {
        Self { field: String::new(), operator: FieldOperator::IsSet, value: String::new() }
    }
}

text_enum! {
    /// What a field holds.
    #[cfg_attr(test, derive(schemars::JsonSchema))]
    pub enum FieldKind {
        /// Anything, as it was said.
        Text = "text",
        /// A phone number, E.164.
        Phone = "phone",
        /// An e-mail address.
        Email = "email",
        /// A date, `YYYY-MM-DD`.
        Date = "date",
        /// A time of day, `HH:MM`.
        Time = "time",
        /// A number.
        Number = "number",
        /// One of `choices`.
        Choice = "choice",
        /// Yes or no.
        Boolean = "boolean",
    }
}

/// Something that the conversation asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct CollectField {
    /// What conditions and results call it; 1..=64 of a-z, 0-9, `_` and `-`.
    pub id: String,
    /// What it holds.
    #[serde(rename = "type")]
    pub kind: FieldKind,
    /// The conversation has reached nothing without it.
    pub required: bool,
    /// What is asked for, in words: 1..=500 characters.
    pub description: String,
    /// What the bot asks; empty lets it find its own words. At most 500 characters.
    pub question: String,
    /// What a value must be.
    pub validation: FieldValidation,
    /// Values as people say them; each 1..=100 characters, at most 30.
    pub examples: Vec<String>,
}

impl Default for CollectField {
    fn default() -> Self {
        Self {
            id: String::new(),
            kind: FieldKind::Text,
            required: false,
            description: String::new(),
            question: String::new(),
            validation: FieldValidation::default(),
            examples: Vec::new(),
        }
    }
}

/// What a value must be. What does not fit the field's kind is ignored.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct FieldValidation {
    /// Regular expression that the whole value matches (text); empty for none. At most 200 characters.
    pub pattern: String,
    /// Least value: a number, a date, or a time of day, as text; empty for none.
    pub min: String,
    /// Greatest value, as text; empty for none.
    pub max: String,
    /// Fewest characters (text).
    pub min_length: Option<u16>,
    /// Most characters (text).
    pub max_length: Option<u16>,
    /// What can be chosen (choice); each 1..=100 characters, at most 30, no repetitions.
    pub choices: Vec<String>,
    /// What the bot says when a value is refused; at most 500 characters.
    pub hint: String,
}

/// When a conversation gives up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct TurnLimits {
    /// Turns of the person, 1..=200.
    pub max_turns: u16,
    /// Times that one question is asked before it is left, 1..=10.
    pub max_retries: u16,
    /// Seconds of silence before the bot asks whether anybody is there, 3..=120.
    pub silence_seconds: u16,
}

impl Default for TurnLimits {
    fn default() -> Self {
        Self { max_turns: 30, max_retries: 3, silence_seconds: 15 }
    }
}

text_enum! {
    /// What a guardrail does.
    #[cfg_attr(test, derive(schemars::JsonSchema))]
    pub enum GuardrailAction {
        /// Says its response and goes on.
        Respond = "respond",
        /// Says its response and hands over to a person.
        Escalate = "escalate",
        /// Says its response and ends the call.
        EndCall = "end_call",
    }
}

/// Something that must not be talked about, or ends the talk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Guardrail {
    /// What it is about, 1..=100 characters, unique.
    pub name: String,
    /// Words and phrases that set it off: whole words, in any form of letter case. Each 1..=100 characters, at most 30.
    pub phrases: Vec<String>,
    /// Regular expression that sets it off too; empty for none. At most 200 characters.
    pub pattern: String,
    /// What it does.
    pub action: GuardrailAction,
    /// What the bot says, 1..=500 characters.
    pub response: String,
}

impl Default for Guardrail {
    fn default() -> Self {
        Self {
            name: String::new(),
            phrases: Vec::new(),
            pattern: String::new(),
            action: GuardrailAction::Respond,
            response: String::new(),
        }
    }
}
