//! A scenario that can be run. Owns the checks of the loader and the compiled patterns; refuses to run anything in which a
//! conversation could get lost.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    config::{Comparison, Condition, FieldConfig, FieldType, OutcomeRule, ScenarioConfig},
    guardrail::{Guardrail, whole_pattern},
    intent::BUILT_IN,
    outcome::{SPECIAL_NAMES, parse_rule},
    words::{Likeness, Phrase},
};

text_enum! {
    /// What is wrong with a scenario.
    pub enum ProblemKind {
        /// It is no JSON of a scenario.
        Unreadable = "unreadable",
        /// No state at all.
        NoStates = "noStates",
        /// No state is the start.
        NoStart = "noStart",
        /// More than one state is the start.
        SeveralStarts = "severalStarts",
        /// No state is an end.
        NoEnd = "noEnd",
        /// Something that must be named has a blank name.
        Blank = "blank",
        /// An id that is used before.
        Duplicate = "duplicate",
        /// A transition leads from or to a state that does not exist.
        UnknownState = "unknownState",
        /// A field that no state collects.
        UnknownField = "unknownField",
        /// An intent that is neither built in nor of the scenario.
        UnknownIntent = "unknownIntent",
        /// A condition that only a language model can judge. The scenario runs; without one the way is not taken.
        OnlyModel = "onlyModel",
        /// No outcome is the default.
        NoDefaultOutcome = "noDefaultOutcome",
        /// More than one outcome is the default.
        SeveralDefaultOutcomes = "severalDefaultOutcomes",
        /// An outcome without a rule, which is never reached.
        OutcomeWithoutRule = "outcomeWithoutRule",
        /// A keyword condition or an intent without a phrase.
        NoPhrase = "noPhrase",
        /// A pattern that is no regular expression, or too large a one.
        BadPattern = "badPattern",
        /// A choice without anything to choose.
        NoChoices = "noChoices",
        /// The same field as two kinds of value.
        TwoTypes = "twoTypes",
        /// A bound that cannot be read, or a smallest value above the largest.
        BadBounds = "badBounds",
        /// A limit out of its range.
        BadLimit = "badLimit",
        /// The default language is not among the supported ones.
        UnsupportedLanguage = "unsupportedLanguage",
        /// No way leads there. The scenario runs.
        Unreachable = "unreachable",
        /// No way leads on, and it is no end. The scenario runs; the conversation ends by its limits.
        DeadEnd = "deadEnd",
        /// A way leads out of an end; it is never taken. The scenario runs.
        WayOutOfEnd = "wayOutOfEnd",
    }
}

impl ProblemKind {
    /// Whether the scenario runs all the same.
    #[must_use]
    pub fn is_warning(self) -> bool {
        matches!(
            self,
            Self::Unreachable | Self::DeadEnd | Self::WayOutOfEnd | Self::OutcomeWithoutRule | Self::OnlyModel
        )
    }
}

/// Something that is wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{path}: {kind} ({about})")]
pub struct Problem {
    /// Path in the scenario, `transitions.2.to`.
    pub path: String,
    /// What is wrong.
    pub kind: ProblemKind,
    /// The name or value that is meant.
    pub about: String,
}

/// A scenario that can be run.
#[derive(Debug, Clone)]
pub struct Scenario {
    pub(super) config: ScenarioConfig,
    pub(super) warnings: Vec<Problem>,
    pub(super) start: usize,
    /// For each state its transitions in the order of trying.
    pub(super) ways: Vec<Vec<Way>>,
    pub(super) guardrails: Vec<Guardrail>,
    pub(super) intents: Vec<(String, Vec<Phrase>)>,
}

/// A transition, compiled.
#[derive(Debug, Clone)]
pub(super) struct Way {
    pub(super) to: usize,
    pub(super) priority: i32,
    pub(super) condition: WayCondition,
}

/// A condition, compiled.
#[derive(Debug, Clone)]
pub(super) enum WayCondition {
    Field(String),
    Intent(String),
    Keyword(Vec<(String, Phrase)>),
    Rule(OutcomeRule),
    Judged(String),
    Always,
}

impl Scenario {
    /// Reads a scenario file (JSON).
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn read(json: &str) -> Result<Self, Vec<Problem>> {
        let config = serde_json::from_str(json).map_err(|error| {
            vec![Problem { path: String::new(), kind: ProblemKind::Unreadable, about: error.to_string() }]
        })?;
        Self::load(config)
    }

    /// Checks a scenario and makes it ready to run.
    ///
    /// # Errors
    /// Everything that is wrong with it; warnings are no errors (see [`Self::warnings`]).
    pub fn load(config: ScenarioConfig) -> Result<Self, Vec<Problem>> {
        let mut loader = Loader::new(&config);
        let scenario = loader.load();
        let (warnings, problems): (Vec<Problem>, Vec<Problem>) =
            loader.problems.into_iter().partition(|problem| problem.kind.is_warning());
        match scenario {
            Some((start, ways, guardrails, intents)) if problems.is_empty() => {
                Ok(Self { config, warnings, start, ways, guardrails, intents })
            }
            Some(_) | None => Err(problems),
        }
    }

    /// What it was made from.
    #[must_use]
    pub fn config(&self) -> &ScenarioConfig {
        &self.config
    }

    /// What is odd about it, though it runs.
    #[must_use]
    pub fn warnings(&self) -> &[Problem] {
        &self.warnings
    }
}

type Parts = (usize, Vec<Vec<Way>>, Vec<Guardrail>, Vec<(String, Vec<Phrase>)>);

struct Loader<'a> {
    config: &'a ScenarioConfig,
    fields: BTreeMap<&'a str, FieldType>,
    problems: Vec<Problem>,
}

impl<'a> Loader<'a> {
    fn new(config: &'a ScenarioConfig) -> Self {
        Self { config, fields: BTreeMap::new(), problems: Vec::new() }
    }

    fn add(&mut self, path: impl Into<String>, kind: ProblemKind, about: &str) {
        self.problems.push(Problem { path: path.into(), kind, about: about.to_owned() });
    }

    fn load(&mut self) -> Option<Parts> {
        let config = self.config;
        self.check_limits();
        let states = self.states();
        self.check_fields();
        let intents = self.intents();
        let ways = self.ways(&states);
        self.outcomes();
        let guardrails: Vec<Guardrail> = config
            .guardrails
            .iter()
            .enumerate()
            .filter_map(|(index, guardrail)| match Guardrail::new(guardrail) {
                Ok(compiled) => Some(compiled),
                Err(kind) => {
                    self.add(format!("guardrails.{index}.pattern"), kind, &guardrail.pattern);
                    None
                }
            })
            .collect();
        let start = config.states.iter().position(|state| state.is_start)?;
        self.check_ways(start, &ways);
        Some((start, ways, guardrails, intents))
    }

    fn check_limits(&mut self) {
        let limits = self.config.limits;
        for (name, value, max) in [
            ("max_turns", limits.max_turns, 1_000),
            ("max_turn_retries", limits.max_turn_retries, 100),
            ("silence_timeout_sec", limits.silence_timeout_sec, 600),
            ("max_call_duration_sec", limits.max_call_duration_sec, 86_400),
        ] {
            if !(1..=max).contains(&value) {
                self.add(format!("limits.{name}"), ProblemKind::BadLimit, &value.to_string());
            }
        }
        if !(0.0..=1.0).contains(&self.config.rag_min_score) {
            self.add("rag_min_score", ProblemKind::BadLimit, &self.config.rag_min_score.to_string());
        }
        let language = &self.config.language;
        if !language.supported.contains(&language.default) {
            self.add("language.default", ProblemKind::UnsupportedLanguage, &language.default);
        }
    }

    fn states(&mut self) -> BTreeMap<String, usize> {
        let mut states = BTreeMap::new();
        for (index, state) in self.config.states.iter().enumerate() {
            if state.id.trim().is_empty() {
                self.add(format!("states.{index}.id"), ProblemKind::Blank, "");
            } else if states.contains_key(&state.id) {
                self.add(format!("states.{index}.id"), ProblemKind::Duplicate, &state.id);
            } else {
                states.insert(state.id.clone(), index);
            }
        }
        let starts = self.config.states.iter().filter(|state| state.is_start).count();
        match (states.is_empty(), starts) {
            (true, _) => self.add("states", ProblemKind::NoStates, ""),
            (false, 0) => self.add("states", ProblemKind::NoStart, ""),
            (false, 1) => {}
            (false, _) => self.add("states", ProblemKind::SeveralStarts, &starts.to_string()),
        }
        if !states.is_empty() && !self.config.states.iter().any(|state| state.is_end) {
            self.add("states", ProblemKind::NoEnd, "");
        }
        states
    }

    fn check_fields(&mut self) {
        for (at, state) in self.config.states.iter().enumerate() {
            let mut own = BTreeSet::new();
            for (index, field) in state.collect_fields.iter().enumerate() {
                let path = format!("states.{at}.collect_fields.{index}");
                if field.id.trim().is_empty() || SPECIAL_NAMES.contains(&field.id.as_str()) {
                    self.add(format!("{path}.id"), ProblemKind::Blank, &field.id);
                } else if !own.insert(field.id.as_str()) {
                    self.add(format!("{path}.id"), ProblemKind::Duplicate, &field.id);
                } else if *self.fields.entry(field.id.as_str()).or_insert(field.kind) != field.kind {
                    self.add(format!("{path}.type"), ProblemKind::TwoTypes, &field.id);
                }
                self.check_validation(&path, field);
            }
        }
    }

    fn check_validation(&mut self, path: &str, field: &FieldConfig) {
        let validation = &field.validation;
        if field.kind == FieldType::Choice && !validation.choices.iter().any(|choice| !choice.value.trim().is_empty()) {
            self.add(format!("{path}.validation.choices"), ProblemKind::NoChoices, &field.id);
        }
        if let Some(text) = &validation.pattern
            && whole_pattern(text).is_err()
        {
            self.add(format!("{path}.validation.pattern"), ProblemKind::BadPattern, text);
        }
        let bounds = [&validation.min, &validation.max];
        let comparable = |text: &String| super::value::compare(text, text).is_some();
        let disordered = match bounds {
            [Some(min), Some(max)] => super::value::compare(min, max).is_none_or(std::cmp::Ordering::is_gt),
            _ => bounds.into_iter().flatten().any(|bound| !comparable(bound)),
        };
        let lengths = validation.min_length.zip(validation.max_length).is_some_and(|(min, max)| min > max);
        if disordered || lengths {
            self.add(format!("{path}.validation"), ProblemKind::BadBounds, &field.id);
        }
    }

    fn intents(&mut self) -> Vec<(String, Vec<Phrase>)> {
        let mut intents: Vec<(String, Vec<Phrase>)> = Vec::new();
        for (index, intent) in self.config.intents.iter().enumerate() {
            let phrases: Vec<Phrase> =
                intent.phrases.iter().filter_map(|text| Phrase::new(text, Likeness::Inflected)).collect();
            if intent.id.trim().is_empty() {
                self.add(format!("intents.{index}.id"), ProblemKind::Blank, "");
            } else if intents.iter().any(|(id, _)| *id == intent.id) {
                self.add(format!("intents.{index}.id"), ProblemKind::Duplicate, &intent.id);
            }
            if phrases.is_empty() {
                self.add(format!("intents.{index}.phrases"), ProblemKind::OnlyModel, &intent.id);
            }
            intents.push((intent.id.clone(), phrases));
        }
        intents
    }

    fn ways(&mut self, states: &BTreeMap<String, usize>) -> Vec<Vec<Way>> {
        let mut ways: Vec<Vec<Way>> = self.config.states.iter().map(|_| Vec::new()).collect();
        for (index, transition) in self.config.transitions.iter().enumerate() {
            let path = format!("transitions.{index}");
            let mut end = |name: &str, id: &str| {
                let state = states.get(id).copied();
                if state.is_none() {
                    self.add(format!("{path}.{name}"), ProblemKind::UnknownState, id);
                }
                state
            };
            let (from, to) = (end("from", &transition.from), end("to", &transition.to));
            let condition = self.condition(&path, &transition.condition);
            if let (Some(from), Some(to), Some(condition)) = (from, to, condition) {
                ways[from].push(Way { to, priority: transition.priority, condition });
            }
        }
        for ways in &mut ways {
            // Stable: equals keep the order of the file.
            ways.sort_by_key(|way| std::cmp::Reverse(way.priority));
        }
        ways
    }

    fn condition(&mut self, path: &str, condition: &Condition) -> Option<WayCondition> {
        match condition {
            Condition::Always => Some(WayCondition::Always),
            Condition::FieldCollected { field } => {
                if self.fields.contains_key(field.as_str()) {
                    return Some(WayCondition::Field(field.clone()));
                }
                self.add(format!("{path}.condition.field"), ProblemKind::UnknownField, field);
                None
            }
            Condition::IntentDetected { intent } => {
                let known =
                    BUILT_IN.contains(&intent.as_str()) || self.config.intents.iter().any(|own| own.id == *intent);
                if !known {
                    self.add(format!("{path}.condition.intent"), ProblemKind::UnknownIntent, intent);
                }
                known.then(|| WayCondition::Intent(intent.clone()))
            }
            Condition::Keyword { keywords } => {
                let phrases: Vec<(String, Phrase)> = keywords
                    .iter()
                    .filter_map(|text| Some((text.clone(), Phrase::new(text, Likeness::Inflected)?)))
                    .collect();
                if phrases.is_empty() {
                    self.add(format!("{path}.condition.keywords"), ProblemKind::NoPhrase, &keywords.join(", "));
                    return None;
                }
                Some(WayCondition::Keyword(phrases))
            }
            Condition::Custom { custom_rule } => {
                // Requirements I-41: in the replaced system this rule was never true.
                if matches!(custom_rule.trim(), "" | "always" | "true") {
                    return Some(WayCondition::Always);
                }
                if let Some(rule) = parse_rule(custom_rule).filter(|rule| self.is_name(&rule.field)) {
                    return Some(WayCondition::Rule(rule));
                }
                self.add(format!("{path}.condition.custom_rule"), ProblemKind::OnlyModel, custom_rule);
                Some(WayCondition::Judged(custom_rule.trim().to_owned()))
            }
        }
    }

    fn is_name(&self, name: &str) -> bool {
        self.fields.contains_key(name) || SPECIAL_NAMES.contains(&name)
    }

    fn outcomes(&mut self) {
        let mut ids = BTreeSet::new();
        for (index, outcome) in self.config.outcomes.iter().enumerate() {
            let path = format!("outcomes.{index}");
            if outcome.id.trim().is_empty() {
                self.add(format!("{path}.id"), ProblemKind::Blank, "");
            } else if !ids.insert(outcome.id.as_str()) {
                self.add(format!("{path}.id"), ProblemKind::Duplicate, &outcome.id);
            }
            for (at, rule) in outcome.rules.iter().enumerate() {
                if !self.is_name(&rule.field) {
                    self.add(format!("{path}.rules.{at}.field"), ProblemKind::UnknownField, &rule.field);
                }
                let needs_value = !matches!(rule.condition, Comparison::IsSet | Comparison::IsNotSet);
                if needs_value && rule.value.trim().is_empty() {
                    self.add(format!("{path}.rules.{at}.value"), ProblemKind::Blank, &rule.field);
                }
            }
            for (at, field) in outcome.required_fields.iter().enumerate() {
                if !self.is_name(field) {
                    self.add(format!("{path}.required_fields.{at}"), ProblemKind::UnknownField, field);
                }
            }
            if outcome.rules.is_empty() && outcome.required_fields.is_empty() && !outcome.is_default {
                self.add(format!("{path}.rules"), ProblemKind::OutcomeWithoutRule, &outcome.id);
            }
        }
        match self.config.outcomes.iter().filter(|outcome| outcome.is_default).count() {
            0 => self.add("outcomes", ProblemKind::NoDefaultOutcome, ""),
            1 => {}
            count => self.add("outcomes", ProblemKind::SeveralDefaultOutcomes, &count.to_string()),
        }
    }

    fn check_ways(&mut self, start: usize, ways: &[Vec<Way>]) {
        let config = self.config;
        let mut reached = vec![false; ways.len()];
        let mut open = vec![start];
        while let Some(state) = open.pop() {
            if !std::mem::replace(&mut reached[state], true) && !config.states[state].is_end {
                open.extend(ways[state].iter().map(|way| way.to));
            }
        }
        for (index, state) in config.states.iter().enumerate() {
            let path = format!("states.{index}");
            if !reached[index] {
                self.add(path.clone(), ProblemKind::Unreachable, &state.id);
            }
            if state.is_end && !ways[index].is_empty() {
                self.add(path, ProblemKind::WayOutOfEnd, &state.id);
            } else if !state.is_end && ways[index].is_empty() {
                self.add(path, ProblemKind::DeadEnd, &state.id);
            }
        }
    }
}
