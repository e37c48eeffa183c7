//! What a scenario is written in: states, transitions, outcomes, guardrails (requirements B4). Owns the form; refuses to
//! judge it, which `check` does.
//!
//! Reads the scenario files of the replaced system as they are: the same names, the same defaults.

use serde::{Deserialize, Serialize};

/// A language in which the engine has sentences and markers of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Language {
    /// Russian.
    #[serde(rename = "ru")]
    Ru,
    /// English.
    #[serde(rename = "en")]
    En,
}

impl Language {
    /// From a BCP 47 tag; anything but Russian is spoken to in English.
    #[must_use]
    pub fn of(tag: &str) -> Self {
        if tag.split(['-', '_']).next().is_some_and(|primary| primary.eq_ignore_ascii_case("ru")) {
            Self::Ru
        } else {
            Self::En
        }
    }
}

/// A text in both languages; one given alone serves for both.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "LocalTextForm")]
pub struct LocalText {
    /// Russian.
    pub ru: String,
    /// English.
    pub en: String,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum LocalTextForm {
    Same(String),
    Both {
        #[serde(default)]
        ru: String,
        #[serde(default)]
        en: String,
    },
}

impl From<LocalTextForm> for LocalText {
    fn from(form: LocalTextForm) -> Self {
        match form {
            LocalTextForm::Same(text) => Self::same(&text),
            LocalTextForm::Both { ru, en } => Self { ru, en },
        }
    }
}

impl LocalText {
    /// The same text in both languages.
    #[must_use]
    pub fn same(text: &str) -> Self {
        Self { ru: text.to_owned(), en: text.to_owned() }
    }

    /// The text in a language, or the other one when this one is blank.
    #[must_use]
    pub fn get(&self, language: Language) -> &str {
        let (own, other) = match language {
            Language::Ru => (&self.ru, &self.en),
            Language::En => (&self.en, &self.ru),
        };
        if own.trim().is_empty() { other } else { own }
    }
}

/// A scenario.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ScenarioConfig {
    /// The skillbase that it was made from.
    #[serde(default)]
    pub bot_id: String,
    /// Version of this form, "2.0".
    #[serde(default = "version")]
    pub version: String,
    /// Who speaks.
    #[serde(default)]
    pub personality: Personality,
    /// Languages.
    #[serde(default)]
    pub language: LanguageConfig,
    /// Limits.
    #[serde(default)]
    pub limits: Limits,
    /// A passage of the knowledge base answers from this score on, 0 to 1.
    #[serde(default = "rag_min_score")]
    pub rag_min_score: f64,
    /// ISO 3166 region of numbers that are said without a country.
    #[serde(default = "region")]
    pub region: String,
    /// The first words of the bot, with its disclosure; blank when the first state opens the conversation.
    #[serde(default)]
    pub greeting: LocalText,
    /// The last words, when the end state has none of its own.
    #[serde(default)]
    pub closing: LocalText,
    /// States, at least one.
    #[serde(default)]
    pub states: Vec<StateConfig>,
    /// Transitions.
    #[serde(default)]
    pub transitions: Vec<TransitionConfig>,
    /// Intents known by their phrases, beside the built-in ones.
    #[serde(default)]
    pub intents: Vec<IntentConfig>,
    /// Outcomes; exactly one is the default.
    #[serde(default)]
    pub outcomes: Vec<OutcomeConfig>,
    /// Guardrails; the first that hits decides.
    #[serde(default)]
    pub guardrails: Vec<GuardrailConfig>,
}

fn version() -> String {
    "2.0".to_owned()
}

fn rag_min_score() -> f64 {
    0.7
}

fn region() -> String {
    "RU".to_owned()
}

impl Default for ScenarioConfig {
    fn default() -> Self {
        Self {
            bot_id: String::new(),
            version: version(),
            personality: Personality::default(),
            language: LanguageConfig::default(),
            limits: Limits::default(),
            rag_min_score: rag_min_score(),
            region: region(),
            greeting: LocalText::default(),
            closing: LocalText::default(),
            states: Vec::new(),
            transitions: Vec::new(),
            intents: Vec::new(),
            outcomes: Vec::new(),
            guardrails: Vec::new(),
        }
    }
}

/// Who speaks. What a language model is told; the engine itself does not read it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Personality {
    /// Its name.
    pub name: String,
    /// Its role.
    pub role: String,
    /// The company it speaks for.
    pub company: String,
    /// Lower-cased style.
    pub tone: String,
    /// The style as written.
    pub language_style: String,
    /// Company, role, style and facts.
    pub base_prompt: String,
}

/// Languages of a scenario.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LanguageConfig {
    /// BCP 47 primary language of the first words.
    pub default: String,
    /// All that may be spoken.
    pub supported: Vec<String>,
    /// Whether the language of the person is looked at.
    pub auto_detect: bool,
    /// Whether the bot may follow it.
    pub allow_switch: bool,
}

impl Default for LanguageConfig {
    fn default() -> Self {
        Self {
            default: "ru".to_owned(),
            supported: vec!["ru".to_owned(), "en".to_owned()],
            auto_detect: true,
            allow_switch: true,
        }
    }
}

/// Limits of one conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Limits {
    /// Turns of the person; at this one the conversation is over. At least 1.
    pub max_turns: u32,
    /// Times a question is put before it is left, and times silence is asked into, in a row. At least 1.
    pub max_turn_retries: u32,
    /// Silence of this many seconds is reported to the engine by whoever holds the clock.
    pub silence_timeout_sec: u32,
    /// The call is over after this many seconds.
    #[serde(alias = "max_call_duration")]
    pub max_call_duration_sec: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self { max_turns: 30, max_turn_retries: 3, silence_timeout_sec: 15, max_call_duration_sec: 600 }
    }
}

/// A state.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct StateConfig {
    /// Unique id.
    pub id: String,
    /// Its name.
    pub name: LocalText,
    /// What it is for; an instruction, not words to say.
    pub goal: String,
    /// What it collects, in the order of asking.
    pub collect_fields: Vec<FieldConfig>,
    /// What a language model is told beside the goal.
    pub system_prompt_addition: String,
    /// Words to say in it; the first one opens it.
    pub examples: Vec<LocalText>,
    /// Questions of the person are looked up.
    pub use_knowledge_base: bool,
    /// After this many turns in it, what is still missing is given up.
    pub max_turns: Option<u32>,
    /// The conversation begins here.
    pub is_start: bool,
    /// The conversation ends here.
    pub is_end: bool,
}

text_enum! {
    /// What kind of value a field holds.
    pub enum FieldType {
        /// Words as they were said.
        Text = "text",
        /// A number that can be dialled.
        Phone = "phone",
        /// An address with an at sign.
        Email = "email",
        /// A day, today or later.
        Date = "date",
        /// A time of the day.
        Time = "time",
        /// A number.
        Number = "number",
        /// One of several.
        Choice = "choice",
        /// Yes or no.
        Boolean = "boolean",
    }
}

/// A field to collect.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FieldConfig {
    /// Unique id; the same id in two states is the same field.
    pub id: String,
    /// Kind of value.
    #[serde(rename = "type", default = "text_type")]
    pub kind: FieldType,
    /// The state is not done without it.
    #[serde(default)]
    pub required: bool,
    /// What it is, for the question.
    #[serde(default)]
    pub description: LocalText,
    /// Bounds in words, "с 9 до 21".
    #[serde(default)]
    pub validation_hint: String,
    /// What is said when a value is refused; blank for the engine's own words.
    #[serde(default)]
    pub refusal: LocalText,
    /// Bounds.
    #[serde(default)]
    pub validation: Validation,
    /// Questions to say; the first one is used.
    #[serde(default)]
    pub examples: Vec<LocalText>,
}

fn text_type() -> FieldType {
    FieldType::Text
}

/// Bounds of a field.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Validation {
    /// A regular expression that the whole text must match.
    pub pattern: Option<String>,
    /// Smallest number, or earliest time `HH:MM`.
    pub min: Option<String>,
    /// Largest number, or latest time `HH:MM`.
    pub max: Option<String>,
    /// Fewest characters of a text.
    pub min_length: Option<u32>,
    /// Most characters of a text.
    pub max_length: Option<u32>,
    /// What can be chosen.
    pub choices: Vec<ChoiceConfig>,
}

/// One of several values.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "ChoiceForm")]
pub struct ChoiceConfig {
    /// The value that is stored.
    pub value: String,
    /// Other words for it.
    pub synonyms: Vec<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum ChoiceForm {
    Plain(String),
    Full {
        value: String,
        #[serde(default)]
        synonyms: Vec<String>,
    },
}

impl From<ChoiceForm> for ChoiceConfig {
    fn from(form: ChoiceForm) -> Self {
        match form {
            ChoiceForm::Plain(value) => Self { value, synonyms: Vec::new() },
            ChoiceForm::Full { value, synonyms } => Self { value, synonyms },
        }
    }
}

/// A way from one state to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TransitionConfig {
    /// The state that is left.
    #[serde(alias = "from_state")]
    pub from: String,
    /// The state that is entered.
    #[serde(alias = "to_state")]
    pub to: String,
    /// When.
    #[serde(default)]
    pub condition: Condition,
    /// Higher ones are tried first; among equals the order of the list holds.
    #[serde(default)]
    pub priority: i32,
}

/// When a transition is taken.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Condition {
    /// A field has a value.
    FieldCollected {
        /// Its id.
        field: String,
    },
    /// The person wants something.
    IntentDetected {
        /// Built in, or one of [`ScenarioConfig::intents`].
        intent: String,
    },
    /// One of these phrases was said, and not negated.
    Keyword {
        /// Phrases of whole words; `запис*` stands for any ending.
        keywords: Vec<String>,
    },
    /// A rule: `always`, the name of something that is set, or `name operator value`. Anything else are words that only a
    /// language model can judge; it reports them as an intent.
    Custom {
        /// The rule.
        custom_rule: String,
    },
    /// As soon as the state is done: its question was put and everything required is there.
    #[default]
    Always,
}

/// An intent known by its phrases.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IntentConfig {
    /// Its id.
    pub id: String,
    /// Phrases of whole words.
    pub phrases: Vec<String>,
}

/// An outcome.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct OutcomeConfig {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: LocalText,
    /// All of them must hold.
    pub rules: Vec<OutcomeRule>,
    /// All of them must have a value.
    pub required_fields: Vec<String>,
    /// Taken when no other one holds.
    pub is_default: bool,
    /// What is sent when it is reached; not read by the engine.
    pub webhook_template: Option<serde_json::Value>,
}

text_enum! {
    /// How a rule compares.
    pub enum Comparison {
        /// There is a value.
        IsSet = "is_set",
        /// There is none.
        IsNotSet = "is_not_set",
        /// The same value, whatever the case.
        Equals = "equals",
        /// Another value, or none.
        NotEquals = "not_equals",
        /// The words of the value stand in it.
        Contains = "contains",
        /// Larger number, later date or time.
        GreaterThan = "greater_than",
        /// Smaller number, earlier date or time.
        LessThan = "less_than",
    }
}

/// A comparison with a field or with one of [`super::SPECIAL_NAMES`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutcomeRule {
    /// The field.
    pub field: String,
    /// How it is compared.
    pub condition: Comparison,
    /// With what.
    #[serde(default, deserialize_with = "any_value")]
    pub value: String,
}

/// Numbers and booleans of old files are read as their text.
fn any_value<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Ok(match serde_json::Value::deserialize(deserializer)? {
        serde_json::Value::String(text) => text,
        serde_json::Value::Null => String::new(),
        other => other.to_string(),
    })
}

text_enum! {
    /// What a guardrail does.
    pub enum GuardrailAction {
        /// Its hint is said and the conversation goes on.
        Respond = "respond",
        /// A person takes over.
        Escalate = "escalate",
        /// The call ends.
        EndCall = "end_call",
    }
}

text_enum! {
    /// How the pattern of a guardrail is read.
    pub enum PatternKind {
        /// A regular expression over the words in lower case, ё as е.
        Regex = "regex",
        /// Phrases of whole words, divided by `|`.
        Phrase = "phrase",
        /// Words that must stand in one sentence, in any order; alternatives divided by `|`.
        Topic = "topic",
    }
}

/// A guardrail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GuardrailConfig {
    /// What it is about, for example `banned_topic`.
    #[serde(rename = "type", default)]
    pub kind: String,
    /// The pattern.
    pub pattern: String,
    /// How the pattern is read.
    #[serde(default = "regex_kind")]
    pub pattern_kind: PatternKind,
    /// What happens.
    pub action: GuardrailAction,
    /// What is said.
    #[serde(default)]
    pub response_hint: LocalText,
}

fn regex_kind() -> PatternKind {
    PatternKind::Regex
}
