//! From a skillbase document to a scenario. Owns what becomes of every part of the document (requirements B4, acceptance 30);
//! refuses ids of its own: states keep those of the document, so that transitions find them (requirements I-42).

use std::collections::BTreeMap;

use super::config::{
    ChoiceConfig, Comparison, Condition, FieldConfig, FieldType, GuardrailAction, GuardrailConfig, IntentConfig,
    LanguageConfig, Limits, LocalText, OutcomeConfig, OutcomeRule, PatternKind, Personality, ScenarioConfig,
    StateConfig, TransitionConfig, Validation,
};
use crate::skillbase::{
    self, ClosingType, CollectField, FieldKind, FieldOperator, FieldTest, FlowState, FlowType, SkillbaseDocument,
};

impl ScenarioConfig {
    /// The scenario of a document. `region` (ISO 3166) says how numbers without a country are meant.
    #[must_use]
    pub fn of(document: &SkillbaseDocument, bot_id: &str, company: &str, region: &str) -> Self {
        let identity = &document.identity;
        let conversation = &document.conversation;
        let languages: Vec<String> = identity.languages().iter().map(ToString::to_string).collect();
        let limits = conversation.limits;
        let flow = &conversation.flow;
        let fields: BTreeMap<&str, &CollectField> =
            conversation.fields.iter().map(|field| (field.id.as_str(), field)).collect();
        let start = flow.start_state().map(|state| state.id.clone());
        let mut states: Vec<StateConfig> =
            flow.states.iter().enumerate().map(|(index, state)| state_of(state, flow.is_end(index), &fields)).collect();
        if let Some(state) = states.iter_mut().find(|state| start.as_ref() == Some(&state.id)) {
            state.is_start = true;
        }
        if states.is_empty() {
            let id = "default".to_owned();
            states.push(StateConfig { id, is_start: true, is_end: true, ..StateConfig::default() });
        }
        let mut intents = Vec::new();
        let transitions = match flow.kind {
            FlowType::Linear => chain(&flow.states),
            FlowType::Graph => flow
                .transitions
                .iter()
                .map(|way| TransitionConfig {
                    from: way.from.clone(),
                    to: way.to.clone(),
                    condition: condition_of(&way.condition, &mut intents),
                    priority: way.priority,
                })
                .collect(),
        };
        let closing = match document.lead.closing.kind {
            ClosingType::StaticTemplate => LocalText::same(&document.lead.closing.template),
            ClosingType::LlmPrompt => LocalText::default(),
        };
        Self {
            bot_id: bot_id.to_owned(),
            personality: personality(document, company),
            language: LanguageConfig {
                default: identity.language.to_string(),
                supported: languages,
                auto_detect: true,
                allow_switch: identity.switch_language,
            },
            limits: Limits {
                max_turns: limits.max_turns.into(),
                max_turn_retries: limits.max_retries.into(),
                silence_timeout_sec: limits.silence_seconds.into(),
                max_call_duration_sec: document.voice.max_call_seconds,
            },
            rag_min_score: document.knowledge.min_score,
            region: region.to_owned(),
            greeting: LocalText::same(&document.opening()),
            closing,
            states,
            transitions,
            intents,
            outcomes: outcomes(document),
            guardrails: guardrails(document),
            ..Self::default()
        }
    }
}

fn personality(document: &SkillbaseDocument, company: &str) -> Personality {
    let identity = &document.identity;
    let parts = [company, &identity.role, &identity.style].map(str::trim);
    let base_prompt =
        parts.into_iter().chain(identity.facts.iter().map(|fact| fact.trim())).filter(|part| !part.is_empty());
    Personality {
        name: "Assistant".to_owned(),
        role: identity.role.clone(),
        company: company.to_owned(),
        tone: identity.style.to_lowercase(),
        language_style: identity.style.clone(),
        base_prompt: base_prompt.collect::<Vec<_>>().join("\n"),
    }
}

/// A plan leads from each step to the next.
fn chain(states: &[FlowState]) -> Vec<TransitionConfig> {
    let pairs = states.iter().zip(states.iter().skip(1));
    pairs
        .map(|(from, to)| TransitionConfig {
            from: from.id.clone(),
            to: to.id.clone(),
            condition: Condition::Custom { custom_rule: "always".to_owned() },
            priority: 0,
        })
        .collect()
}

fn state_of(state: &FlowState, is_end: bool, fields: &BTreeMap<&str, &CollectField>) -> StateConfig {
    let goal = [&state.goal, &state.prompt, &state.name].into_iter().find(|text| !text.trim().is_empty());
    StateConfig {
        id: state.id.clone(),
        name: LocalText::same(&state.name),
        goal: goal.cloned().unwrap_or_default(),
        collect_fields: state
            .collect
            .iter()
            .filter_map(|id| fields.get(id.as_str()))
            .map(|field| field_of(field))
            .collect(),
        system_prompt_addition: state.prompt.clone(),
        examples: state.examples.iter().map(|text| LocalText::same(text)).collect(),
        use_knowledge_base: state.uses_knowledge,
        max_turns: state.max_turns.map(Into::into),
        is_start: false,
        is_end,
    }
}

fn field_of(field: &CollectField) -> FieldConfig {
    let validation = &field.validation;
    let set = |text: &String| (!text.trim().is_empty()).then(|| text.clone());
    FieldConfig {
        id: field.id.clone(),
        kind: match field.kind {
            FieldKind::Text => FieldType::Text,
            FieldKind::Phone => FieldType::Phone,
            FieldKind::Email => FieldType::Email,
            FieldKind::Date => FieldType::Date,
            FieldKind::Time => FieldType::Time,
            FieldKind::Number => FieldType::Number,
            FieldKind::Choice => FieldType::Choice,
            FieldKind::Boolean => FieldType::Boolean,
        },
        required: field.required,
        description: LocalText::same(&field.description),
        validation_hint: validation.hint.clone(),
        refusal: LocalText::same(&validation.hint),
        validation: Validation {
            pattern: set(&validation.pattern),
            min: set(&validation.min),
            max: set(&validation.max),
            min_length: validation.min_length.map(Into::into),
            max_length: validation.max_length.map(Into::into),
            choices: validation.choices.iter().map(|text| choice(text)).collect(),
        },
        examples: set(&field.question).iter().map(|text| LocalText::same(text)).collect(),
    }
}

/// "стрижка (подстричься, стричься)": the words in brackets are synonyms.
fn choice(text: &str) -> ChoiceConfig {
    let parts = text.trim().strip_suffix(')').and_then(|text| text.split_once('('));
    let Some((value, synonyms)) = parts.filter(|(value, _)| !value.trim().is_empty()) else {
        return ChoiceConfig { value: text.trim().to_owned(), synonyms: Vec::new() };
    };
    let synonyms = synonyms.split([',', ';']).map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
    ChoiceConfig { value: value.trim().to_owned(), synonyms: synonyms.collect() }
}

fn condition_of(condition: &skillbase::Condition, intents: &mut Vec<IntentConfig>) -> Condition {
    match condition {
        skillbase::Condition::Always => Condition::Always,
        skillbase::Condition::Field { test } if test.operator == FieldOperator::IsSet => {
            if super::SPECIAL_NAMES.contains(&test.field.as_str()) {
                Condition::Custom { custom_rule: test.field.clone() }
            } else {
                Condition::FieldCollected { field: test.field.clone() }
            }
        }
        skillbase::Condition::Field { test } => {
            Condition::Custom { custom_rule: super::outcome::written(&rule_of(test)) }
        }
        skillbase::Condition::Keyword { keywords } => Condition::Keyword { keywords: keywords.clone() },
        skillbase::Condition::Intent { intent, phrases } => {
            let id = intent.trim();
            if !super::BUILT_IN_INTENTS.contains(&id) {
                match intents.iter_mut().find(|known| known.id == id) {
                    Some(known) => known.phrases.extend(phrases.iter().cloned()),
                    None => intents.push(IntentConfig { id: id.to_owned(), phrases: phrases.clone() }),
                }
            }
            Condition::IntentDetected { intent: id.to_owned() }
        }
        skillbase::Condition::Custom { rule } => Condition::Custom { custom_rule: rule.clone() },
    }
}

fn rule_of(test: &FieldTest) -> OutcomeRule {
    OutcomeRule {
        field: test.field.clone(),
        condition: match test.operator {
            FieldOperator::IsSet => Comparison::IsSet,
            FieldOperator::IsNotSet => Comparison::IsNotSet,
            FieldOperator::Equals => Comparison::Equals,
            FieldOperator::NotEquals => Comparison::NotEquals,
            FieldOperator::Contains => Comparison::Contains,
            FieldOperator::GreaterThan => Comparison::GreaterThan,
            FieldOperator::LessThan => Comparison::LessThan,
        },
        value: test.value.clone(),
    }
}

fn outcomes(document: &SkillbaseDocument) -> Vec<OutcomeConfig> {
    let default = &document.outcomes.default;
    let results = document.outcomes.results.iter().map(|result| OutcomeConfig {
        id: result.id.clone(),
        name: LocalText::same(&result.name),
        rules: result.rules.iter().map(rule_of).collect(),
        required_fields: result.required_fields.clone(),
        is_default: result.id == *default,
        webhook_template: None,
    });
    results.collect()
}

fn guardrails(document: &SkillbaseDocument) -> Vec<GuardrailConfig> {
    let mut guardrails = Vec::new();
    for guardrail in &document.guardrails {
        let action = match guardrail.action {
            skillbase::GuardrailAction::Respond => GuardrailAction::Respond,
            skillbase::GuardrailAction::Escalate => GuardrailAction::Escalate,
            skillbase::GuardrailAction::EndCall => GuardrailAction::EndCall,
        };
        let mut add = |pattern: String, pattern_kind| {
            guardrails.push(GuardrailConfig {
                kind: guardrail.name.clone(),
                pattern,
                pattern_kind,
                action,
                response_hint: LocalText::same(&guardrail.response),
            });
        };
        let phrases: Vec<&str> =
            guardrail.phrases.iter().map(|text| text.trim()).filter(|text| !text.is_empty()).collect();
        if !phrases.is_empty() {
            add(phrases.join("|"), PatternKind::Phrase);
        }
        if !guardrail.pattern.trim().is_empty() {
            add(guardrail.pattern.clone(), PatternKind::Regex);
        }
    }
    guardrails.extend(document.identity.rules.iter().filter_map(|rule| banned_topic(rule)));
    guardrails
}

/// A rule that forbids something becomes a guardrail that knows the topic by its words. The replaced system looked for the
/// letters of "не" in the rule and for the whole sentence in what was said (requirements I-43).
fn banned_topic(rule: &str) -> Option<GuardrailConfig> {
    const FORBIDS: &[&str] =
        &["не", "нельзя", "никогда", "запрещено", "запрещается", "never", "not", "don't", "cannot", "mustn't"];
    /// Speaking of something is how the topic comes up, not the topic.
    const SPEAKING: &[&str] = &[
        "обсужда",
        "обсуди",
        "говори",
        "рассказыва",
        "упомина",
        "коммент",
        "давать",
        "дава",
        "отвеча",
        "касаться",
        "discuss",
        "talk",
        "mention",
        "speak",
        "give",
        "answer",
        "comment",
        "tell",
    ];
    const SMALL: &[&str] = &[
        "о",
        "об",
        "обо",
        "про",
        "на",
        "в",
        "во",
        "с",
        "со",
        "и",
        "или",
        "за",
        "по",
        "от",
        "до",
        "к",
        "для",
        "с",
        "темы",
        "тему",
        "вопросы",
        "любые",
        "любых",
        "никаких",
        "никакие",
        "about",
        "of",
        "the",
        "a",
        "an",
        "any",
        "on",
        "to",
        "and",
        "or",
        "with",
        "in",
        "do",
        "must",
        "should",
        "topics",
        "клиентом",
        "клиенту",
        "клиента",
        "customer",
    ];
    let words = super::words::words(rule);
    let forbids = words.iter().position(|word| word.is(FORBIDS))?;
    let topic: Vec<String> = words
        .iter()
        .skip(forbids + 1)
        .filter(|word| !word.is(FORBIDS) && !word.is(SMALL))
        .filter(|word| !SPEAKING.iter().any(|verb| word.text.starts_with(verb)))
        .map(|word| match super::words::stem(&word.text) {
            stem if stem.chars().count() >= 4 => format!("{stem}*"),
            _ => word.text.clone(),
        })
        .collect();
    (!topic.is_empty()).then(|| GuardrailConfig {
        kind: "banned_topic".to_owned(),
        pattern: topic.join(" "),
        pattern_kind: PatternKind::Topic,
        action: GuardrailAction::Respond,
        response_hint: LocalText::default(),
    })
}
