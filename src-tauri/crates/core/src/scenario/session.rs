//! A conversation from outside: its opening, its next step, what it knows. Owns the state between two steps; what happens in
//! one is `turn`'s.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use super::{
    check::{Scenario, WayCondition},
    config::Language,
    extract::{Moment, yes_or_no},
    trace::{Ending, OutcomeReached, Reply, ReplyKind, Step},
    turn::Turn,
    value::FieldValue,
    words::{Word, words},
};
use crate::telemetry::MAX_TURN_CHARACTERS;

/// What happens next in a conversation.
#[derive(Debug, Clone, PartialEq)]
pub enum Input {
    /// The person said something.
    Said {
        /// The words.
        text: String,
        /// Intents that a language model found; the built-in ones are found by themselves.
        intents: Vec<String>,
        /// What the knowledge base found, when [`Scenario::wants_knowledge`].
        passages: Vec<Passage>,
    },
    /// Nobody spoke for as long as the limits say.
    Silence,
}

impl Input {
    /// Words, and nothing from outside.
    #[must_use]
    pub fn said(text: &str) -> Self {
        Self::Said { text: text.to_owned(), intents: Vec::new(), passages: Vec::new() }
    }
}

/// Something that the knowledge base found.
#[derive(Debug, Clone, PartialEq)]
pub struct Passage {
    /// Title of its document.
    pub title: String,
    /// Its text.
    pub text: String,
    /// How well it fits, 0 to 1.
    pub score: f64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Collected {
    pub(super) value: FieldValue,
    pub(super) confidence_percent: u32,
}

/// A conversation so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    pub(super) state: usize,
    pub(super) path: Vec<usize>,
    /// The bot has spoken for the state.
    pub(super) opened: bool,
    pub(super) language: Language,
    pub(super) turns: u32,
    pub(super) turns_in_state: u32,
    pub(super) silences: u32,
    pub(super) retries: u32,
    pub(super) fields: BTreeMap<String, Collected>,
    pub(super) given_up: BTreeSet<String>,
    pub(super) asked: Option<String>,
    pub(super) confirming: Option<String>,
    pub(super) callback_requested: bool,
    pub(super) not_target_reason: Option<String>,
    pub(super) questions_answered: u32,
    pub(super) last_reply: Vec<Reply>,
    pub(super) ended: Option<Ending>,
}

impl Session {
    /// The language that is spoken.
    #[must_use]
    pub fn language(&self) -> Language {
        self.language
    }

    /// Why it is over, when it is.
    #[must_use]
    pub fn ended(&self) -> Option<Ending> {
        self.ended
    }

    /// The values collected so far, as text.
    #[must_use]
    pub fn fields(&self) -> BTreeMap<String, String> {
        self.fields.iter().map(|(id, collected)| (id.clone(), collected.value.to_string())).collect()
    }
}

impl Scenario {
    /// The first words of the bot.
    #[must_use]
    pub fn begin(&self) -> (Session, Step) {
        let session = Session {
            state: self.start,
            path: vec![self.start],
            opened: false,
            language: Language::of(&self.config.language.default),
            turns: 0,
            turns_in_state: 0,
            silences: 0,
            retries: 0,
            fields: BTreeMap::new(),
            given_up: BTreeSet::new(),
            asked: None,
            confirming: None,
            callback_requested: false,
            not_target_reason: None,
            questions_answered: 0,
            last_reply: Vec::new(),
            ended: None,
        };
        let mut turn = Turn::new(self, session);
        let greeting = self.config.greeting.get(turn.session.language).trim().to_owned();
        if !greeting.is_empty() {
            turn.say(ReplyKind::Greeting, greeting);
        } else if turn.state().is_end {
            turn.finish(Ending::EndState);
        } else {
            turn.speak(false);
        }
        turn.close()
    }

    /// The next step. A conversation that is over stays as it is.
    #[must_use]
    pub fn step(&self, session: &Session, input: &Input, moment: &Moment) -> (Session, Step) {
        let mut turn = Turn::new(self, session.clone());
        if session.ended.is_some() {
            turn.step.ended = session.ended;
            turn.step.outcome = turn.outcome();
            return (turn.session, turn.step);
        }
        let too_long = moment.elapsed >= Duration::from_secs(self.config.limits.max_call_duration_sec.into());
        match input {
            Input::Silence if too_long => turn.finish(Ending::MaxDuration),
            Input::Silence => turn.silence(),
            Input::Said { text, intents, passages } => {
                let text: String = text.chars().take(MAX_TURN_CHARACTERS).collect();
                turn.said(&Said::new(&text, intents), passages, too_long, moment);
            }
        }
        turn.close()
    }

    /// Whether the next words should be looked up in the knowledge base.
    #[must_use]
    pub fn wants_knowledge(&self, session: &Session) -> bool {
        session.ended.is_none() && self.config.states[session.state].use_knowledge_base
    }

    /// What would come of a conversation if it ended here.
    #[must_use]
    pub fn outcome(&self, session: &Session) -> Option<OutcomeReached> {
        Turn::new(self, session.clone()).outcome()
    }

    /// Conditions of the present state that only a language model can judge; those that hold are handed in as intents.
    #[must_use]
    pub fn conditions_in_words(&self, session: &Session) -> Vec<String> {
        let mut conditions: Vec<String> = self.ways[session.state]
            .iter()
            .filter_map(|way| match &way.condition {
                WayCondition::Judged(rule) => Some(rule.clone()),
                WayCondition::Intent(intent) if self.intents.iter().any(|(id, _)| id == intent) => Some(intent.clone()),
                WayCondition::Intent(_)
                | WayCondition::Field(_)
                | WayCondition::Keyword(_)
                | WayCondition::Rule(_)
                | WayCondition::Always => None,
            })
            .collect();
        conditions.dedup();
        conditions
    }

    /// The id of the state that a conversation is in.
    #[must_use]
    pub fn state_id<'a>(&'a self, session: &Session) -> &'a str {
        &self.config.states[session.state].id
    }

    /// The ids of the states that a conversation went through.
    #[must_use]
    pub fn path(&self, session: &Session) -> Vec<String> {
        session.path.iter().map(|state| self.config.states[*state].id.clone()).collect()
    }
}

/// An utterance and what was found in it at once.
pub(super) struct Said<'a> {
    pub(super) text: &'a str,
    pub(super) words: Vec<Word>,
    pub(super) yes_or_no: Option<bool>,
    pub(super) is_question: bool,
    pub(super) from_outside: &'a [String],
}

impl<'a> Said<'a> {
    pub(super) fn new(text: &'a str, from_outside: &'a [String]) -> Self {
        const ASKING: &[&str] = &[
            "сколько",
            "какой",
            "какая",
            "какое",
            "какие",
            "каким",
            "когда",
            "где",
            "как",
            "почему",
            "зачем",
            "кто",
            "что",
            "what",
            "how",
            "when",
            "where",
            "why",
            "who",
            "which",
            "whose",
        ];
        let words = words(text);
        let is_question =
            text.contains('?') || words.iter().any(|word| word.starts_sentence && word.is(ASKING) && words.len() > 1);
        let yes_or_no = yes_or_no(&words).map(|(is_yes, ..)| is_yes);
        Self { text, words, yes_or_no, is_question, from_outside }
    }
}
