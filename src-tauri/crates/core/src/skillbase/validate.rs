//! What is wrong with a document: the one validator of the form, the service, the command line and the file import
//! (requirements B1, B2, B4; acceptance 25). Owns every rule that a document can be held to by itself; whether its
//! knowledge documents exist is asked elsewhere.

mod flow;
mod pattern;

use std::{collections::HashMap, fmt::Display};

use chrono::{NaiveDate, NaiveTime};

use super::{
    CalendarConfig, ClosingType, CollectField, FieldKind, FieldOperator, FieldTest, SPECIAL_FIELDS, SkillbaseDocument,
    Tool, ToolKind, TransferCallConfig, TransferToAgentConfig,
    bounds::{self, range},
    problem::{Problem, ProblemCode as Code, Severity},
};

impl SkillbaseDocument {
    /// Everything that is wrong, in the order of the document.
    #[must_use]
    pub fn problems(&self) -> Vec<Problem> {
        let mut check = Check::default();
        check.size(self);
        check.identity(self);
        check.conversation(self);
        check.voice(self);
        check.lead(self);
        check.tools(&self.tools);
        check.knowledge(self);
        check.outcomes(self);
        check.guardrails(self);
        check.0
    }

    /// Whether nothing is wrong that forbids publishing.
    #[must_use]
    pub fn is_publishable(&self) -> bool {
        self.problems().iter().all(|problem| problem.severity != Severity::Error)
    }
}

/// The problems found so far. Paths are written only when there is a problem.
#[derive(Default)]
struct Check(Vec<Problem>);

impl Check {
    fn add(&mut self, severity: Severity, path: impl Display, code: Code, params: &[(&str, String)]) {
        self.0.push(Problem {
            path: path.to_string(),
            code,
            params: params.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect(),
            severity,
        });
    }

    fn error(&mut self, path: impl Display, code: Code, params: &[(&str, String)]) {
        self.add(Severity::Error, path, code, params);
    }

    fn warning(&mut self, path: impl Display, code: Code, params: &[(&str, String)]) {
        self.add(Severity::Warning, path, code, params);
    }

    /// A text of `1..=max` characters, blanks at the ends not counted.
    fn required(&mut self, path: impl Display, text: &str, max: usize) {
        if text.trim().is_empty() {
            self.error(path, Code::Required, &[]);
        } else {
            self.short(path, text, max);
        }
    }

    /// A text of at most `max` characters.
    fn short(&mut self, path: impl Display, text: &str, max: usize) {
        // A character takes at least one byte.
        if text.len() > max && text.trim().chars().count() > max {
            self.error(path, Code::TooLong, &[("max", max.to_string())]);
        }
    }

    fn many(&mut self, path: impl Display, count: usize, max: usize) {
        if count > max {
            self.error(path, Code::TooMany, &[("max", max.to_string())]);
        }
    }

    fn whole(&mut self, path: impl Display, value: impl Into<i64>, (min, max): (i64, i64)) {
        if !(min..=max).contains(&value.into()) {
            self.error(path, Code::Range, &[("min", min.to_string()), ("max", max.to_string())]);
        }
    }

    fn real(&mut self, path: impl Display, value: f64, (min, max): (f64, f64)) {
        if !(min..=max).contains(&value) {
            self.error(path, Code::Range, &[("min", min.to_string()), ("max", max.to_string())]);
        }
    }

    /// An identifier that the program and the language model use.
    fn identifier(&mut self, path: impl Display, id: &str) {
        if id.is_empty() {
            self.error(path, Code::Required, &[]);
        } else if id.len() > bounds::ID {
            self.error(path, Code::TooLong, &[("max", bounds::ID.to_string())]);
        } else if !id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"_-".contains(&byte)) {
            self.error(path, Code::Identifier, &[("value", id.to_owned())]);
        }
    }

    /// Reports every value that occurred before. `path` is that of the list, `suffix` what follows the item's place.
    fn unique<'a>(
        &mut self,
        severity: Severity,
        path: &str,
        suffix: &str,
        values: impl Iterator<Item = std::borrow::Cow<'a, str>>,
    ) {
        let mut seen = HashMap::new();
        for (index, value) in values.enumerate() {
            if value.is_empty() {
                continue;
            }
            if let Some(first) = seen.get(&value) {
                let first = format!("{path}.{first}{suffix}");
                self.add(
                    severity,
                    format_args!("{path}.{index}{suffix}"),
                    Code::Duplicate,
                    &[("value", value.to_string()), ("first", first)],
                );
            } else {
                seen.insert(value, index);
            }
        }
    }

    /// A list of texts that people wrote: none blank, none too long; repetitions are only odd.
    fn sentences(&mut self, path: &str, items: &[String], max_items: usize, max: usize) {
        self.many(path, items.len(), max_items);
        for (index, item) in items.iter().enumerate() {
            self.required(format_args!("{path}.{index}"), item, max);
        }
        self.unique(Severity::Warning, path, "", items.iter().map(|item| item.trim().into()));
    }

    fn size(&mut self, document: &SkillbaseDocument) {
        let bytes = serde_json::to_vec(document).map_or(0, |text| text.len());
        if bytes > bounds::DOCUMENT_BYTES {
            self.error(
                "",
                Code::TooLarge,
                &[("max", bounds::DOCUMENT_BYTES.to_string()), ("bytes", bytes.to_string())],
            );
        }
    }

    fn identity(&mut self, document: &SkillbaseDocument) {
        let identity = &document.identity;
        self.required("identity.role", &identity.role, bounds::TEXT);
        self.required("identity.style", &identity.style, bounds::TEXT);
        self.unique(
            Severity::Error,
            "identity.otherLanguages",
            "",
            identity.other_languages.iter().map(|language| language.as_str().into()),
        );
        for (index, language) in identity.other_languages.iter().enumerate() {
            if *language == identity.language {
                self.error(
                    format_args!("identity.otherLanguages.{index}"),
                    Code::Duplicate,
                    &[("value", language.to_string()), ("first", "identity.language".to_owned())],
                );
            }
        }
        self.sentences("identity.rules", &identity.rules, bounds::ITEMS, bounds::TEXT);
        self.sentences("identity.facts", &identity.facts, bounds::ITEMS, bounds::TEXT);
        self.short("identity.disclosure", &identity.disclosure, bounds::TEXT);
        if identity.disclosure.trim().is_empty() {
            self.warning("identity.disclosure", Code::NoDisclosure, &[]);
        }
    }

    fn conversation(&mut self, document: &SkillbaseDocument) {
        let conversation = &document.conversation;
        if conversation.greetings.is_empty() {
            self.error("conversation.greetings", Code::Required, &[]);
        }
        self.sentences("conversation.greetings", &conversation.greetings, bounds::GREETINGS, bounds::TEXT);
        self.flow(document);
        self.fields(&conversation.fields);
        let limits = &conversation.limits;
        self.whole("conversation.limits.maxTurns", limits.max_turns, range::TURNS);
        self.whole("conversation.limits.maxRetries", limits.max_retries, range::RETRIES);
        self.whole("conversation.limits.silenceSeconds", limits.silence_seconds, range::SILENCE_SECONDS);
    }

    fn fields(&mut self, fields: &[CollectField]) {
        const PATH: &str = "conversation.fields";
        self.many(PATH, fields.len(), bounds::FIELDS);
        self.unique(Severity::Error, PATH, ".id", fields.iter().map(|field| field.id.as_str().into()));
        for (index, field) in fields.iter().enumerate() {
            let path = format!("{PATH}.{index}");
            self.identifier(format_args!("{path}.id"), &field.id);
            if SPECIAL_FIELDS.contains(&field.id.as_str()) {
                self.error(
                    format_args!("{path}.id"),
                    Code::Duplicate,
                    &[("value", field.id.clone()), ("first", "outcomes".to_owned())],
                );
            }
            self.required(format_args!("{path}.description"), &field.description, bounds::TEXT);
            self.short(format_args!("{path}.question"), &field.question, bounds::TEXT);
            self.sentences(&format!("{path}.examples"), &field.examples, bounds::SHORT_ITEMS, bounds::SHORT);
            self.validation(&format!("{path}.validation"), field);
        }
    }

    fn validation(&mut self, path: &str, field: &CollectField) {
        let rules = &field.validation;
        self.pattern(format_args!("{path}.pattern"), &rules.pattern);
        self.short(format_args!("{path}.hint"), &rules.hint, bounds::TEXT);
        self.sentences(&format!("{path}.choices"), &rules.choices, bounds::SHORT_ITEMS, bounds::SHORT);
        if field.kind == FieldKind::Choice && rules.choices.is_empty() {
            self.error(format_args!("{path}.choices"), Code::NoChoices, &[]);
        }
        if rules.min_length.zip(rules.max_length).is_some_and(|(min, max)| min > max) {
            self.error(format_args!("{path}.maxLength"), Code::Reversed, &[]);
        }
        let (least, greatest) = (ordinal(field.kind, &rules.min), ordinal(field.kind, &rules.max));
        for (name, text, value) in [("min", &rules.min, least), ("max", &rules.max, greatest)] {
            self.short(format_args!("{path}.{name}"), text, bounds::SHORT);
            if !text.trim().is_empty() && value.is_none() && ordered(field.kind) {
                self.error(format_args!("{path}.{name}"), Code::Value, &[("kind", field.kind.to_string())]);
            }
        }
        if least.zip(greatest).is_some_and(|(least, greatest)| least > greatest) {
            self.error(format_args!("{path}.max"), Code::Reversed, &[]);
        }
    }

    fn pattern(&mut self, path: impl Display, text: &str) {
        if text.is_empty() {
            return;
        }
        if text.chars().count() > bounds::PATTERN {
            return self.error(path, Code::TooLong, &[("max", bounds::PATTERN.to_string())]);
        }
        match pattern::check(text) {
            Ok(()) => {}
            Err(pattern::Fault::Syntax(detail)) => self.error(path, Code::Pattern, &[("detail", detail)]),
            Err(pattern::Fault::TooLarge) => self.error(path, Code::PatternTooLarge, &[]),
        }
    }

    fn voice(&mut self, document: &SkillbaseDocument) {
        let voice = &document.voice;
        self.required("voice.tts.voiceId", &voice.tts.voice_id, bounds::SHORT);
        self.real("voice.tts.speed", voice.tts.speed, range::SPEED);
        self.short("voice.stt.language", &voice.stt.language, 35);
        self.required("voice.llm.model", &voice.llm.model, bounds::SHORT);
        self.real("voice.llm.temperature", voice.llm.temperature, range::TEMPERATURE);
        if let Some(tokens) = voice.llm.max_tokens {
            self.whole("voice.llm.maxTokens", tokens, range::MAX_TOKENS);
        }
        self.whole("voice.maxCallSeconds", voice.max_call_seconds, range::CALL_SECONDS);
    }

    fn lead(&mut self, document: &SkillbaseDocument) {
        let lead = &document.lead;
        self.many("lead.criteria", lead.criteria.len(), bounds::CRITERIA);
        for (index, criterion) in lead.criteria.iter().enumerate() {
            self.required(format_args!("lead.criteria.{index}.condition"), &criterion.condition, bounds::TEXT);
            self.required(format_args!("lead.criteria.{index}.action"), &criterion.action, bounds::TEXT);
        }
        self.many("lead.crmFields", lead.crm_fields.len(), bounds::CRITERIA);
        let names = lead.crm_fields.iter().map(|field| field.name.trim().into());
        self.unique(Severity::Error, "lead.crmFields", ".name", names);
        for (index, field) in lead.crm_fields.iter().enumerate() {
            let path = format!("lead.crmFields.{index}");
            self.required(format_args!("{path}.name"), &field.name, bounds::CRM_NAME);
            self.required(format_args!("{path}.instruction"), &field.instruction, bounds::CRM_INSTRUCTION);
            if !field.field.is_empty() {
                self.known_field(document, format_args!("{path}.field"), &field.field, false);
            }
        }
        self.short("lead.closing.prompt", &lead.closing.prompt, bounds::CLOSING_PROMPT);
        match lead.closing.kind {
            ClosingType::StaticTemplate => {
                self.required("lead.closing.template", &lead.closing.template, bounds::CLOSING_TEMPLATE);
            }
            ClosingType::LlmPrompt => {
                self.short("lead.closing.template", &lead.closing.template, bounds::CLOSING_TEMPLATE);
            }
        }
    }

    fn known_field(&mut self, document: &SkillbaseDocument, path: impl Display, id: &str, special: bool) {
        let known = document.conversation.fields.iter().any(|field| field.id == id)
            || (special && SPECIAL_FIELDS.contains(&id));
        if id.is_empty() {
            self.error(path, Code::Required, &[]);
        } else if !known {
            self.error(path, Code::UnknownField, &[("field", id.to_owned())]);
        }
    }

    /// A test of a field, in a transition or in a result.
    fn test(&mut self, document: &SkillbaseDocument, path: &str, test: &FieldTest) {
        self.known_field(document, format_args!("{path}.field"), &test.field, true);
        if !test.operator.takes_value() {
            return;
        }
        self.required(format_args!("{path}.value"), &test.value, bounds::SHORT);
        let compares = matches!(test.operator, FieldOperator::GreaterThan | FieldOperator::LessThan);
        if compares && !test.value.trim().is_empty() && ordinal(FieldKind::Number, &test.value).is_none() {
            self.error(format_args!("{path}.value"), Code::Value, &[("kind", FieldKind::Number.to_string())]);
        }
    }

    fn tools(&mut self, tools: &[Tool]) {
        self.unique(Severity::Error, "tools", ".name", tools.iter().map(|tool| tool.name().as_str().into()));
        for (index, tool) in tools.iter().enumerate() {
            let path = format!("tools.{index}.config");
            self.short(format_args!("{path}.description"), tool.description(), bounds::TEXT);
            match &tool.kind {
                ToolKind::Calendar(config) => self.calendar(&path, config, tool.enabled),
                ToolKind::TransferCall(config) => self.transfer_call(&path, config, tool.enabled),
                ToolKind::TransferToAgent(config) => self.transfer_to_agent(&path, config, tool.enabled),
                ToolKind::EndCall(_) | ToolKind::DtmfTone(_) | ToolKind::DetectLanguage(_) | ToolKind::SkipTurn(_) => {}
            }
        }
    }

    fn calendar(&mut self, path: &str, config: &CalendarConfig, enabled: bool) {
        let url = config.api_url.trim();
        self.short(format_args!("{path}.apiUrl"), url, bounds::TEXT);
        if url.is_empty() {
            if enabled {
                self.warning(format_args!("{path}.apiUrl"), Code::PracticeCalendar, &[]);
            }
        } else if !is_web_address(url) {
            self.error(format_args!("{path}.apiUrl"), Code::Address, &[]);
        }
        self.whole(format_args!("{path}.durationMinutes"), config.duration_minutes, range::APPOINTMENT_MINUTES);
        self.sentences(&format!("{path}.services"), &config.services, bounds::SHORT_ITEMS, bounds::SHORT);
    }

    fn transfer_call(&mut self, path: &str, config: &TransferCallConfig, enabled: bool) {
        let list = format!("{path}.targets");
        self.many(&list, config.targets.len(), bounds::TARGETS);
        if enabled && config.targets.is_empty() {
            self.error(&list, Code::NotConfigured, &[]);
        }
        let names = config.targets.iter().map(|target| target.name.as_str().into());
        self.unique(Severity::Error, &list, ".name", names);
        for (index, target) in config.targets.iter().enumerate() {
            let path = format!("{list}.{index}");
            self.identifier(format_args!("{path}.name"), &target.name);
            self.short(format_args!("{path}.condition"), &target.condition, bounds::TEXT);
            self.short(format_args!("{path}.contextRules"), &target.context_rules, bounds::TEXT);
            let address = target.phone_or_sip.trim();
            if address.is_empty() {
                self.error(format_args!("{path}.phoneOrSip"), Code::Required, &[]);
            } else if !is_phone_or_sip(address) {
                self.error(format_args!("{path}.phoneOrSip"), Code::PhoneOrSip, &[]);
            }
        }
    }

    fn transfer_to_agent(&mut self, path: &str, config: &TransferToAgentConfig, enabled: bool) {
        let list = format!("{path}.agents");
        self.many(&list, config.agents.len(), bounds::TARGETS);
        if enabled && config.agents.is_empty() {
            self.error(&list, Code::NotConfigured, &[]);
        }
        for (index, agent) in config.agents.iter().enumerate() {
            self.required(format_args!("{list}.{index}.condition"), &agent.condition, bounds::TEXT);
            self.required(format_args!("{list}.{index}.skillbase"), &agent.skillbase, bounds::SHORT);
        }
    }

    fn knowledge(&mut self, document: &SkillbaseDocument) {
        let knowledge = &document.knowledge;
        self.many("knowledge.documentIds", knowledge.document_ids.len(), bounds::DOCUMENTS);
        let ids = knowledge.document_ids.iter().map(|id| id.to_string().into());
        self.unique(Severity::Error, "knowledge.documentIds", "", ids);
        self.real("knowledge.minScore", knowledge.min_score, range::MIN_SCORE);
        let used = document.conversation.flow.states.iter().any(|state| state.uses_knowledge);
        if used == knowledge.document_ids.is_empty() {
            self.warning("knowledge.documentIds", Code::KnowledgeUnused, &[]);
        }
    }

    fn outcomes(&mut self, document: &SkillbaseDocument) {
        const PATH: &str = "outcomes.results";
        let outcomes = &document.outcomes;
        if outcomes.results.is_empty() {
            self.error(PATH, Code::Required, &[]);
        }
        self.many(PATH, outcomes.results.len(), bounds::OUTCOMES);
        self.unique(Severity::Error, PATH, ".id", outcomes.results.iter().map(|result| result.id.as_str().into()));
        for (index, result) in outcomes.results.iter().enumerate() {
            let path = format!("{PATH}.{index}");
            self.identifier(format_args!("{path}.id"), &result.id);
            self.required(format_args!("{path}.name"), &result.name, bounds::SHORT);
            self.many(format_args!("{path}.rules"), result.rules.len(), bounds::OUTCOME_RULES);
            for (place, rule) in result.rules.iter().enumerate() {
                self.test(document, &format!("{path}.rules.{place}"), rule);
            }
            self.many(format_args!("{path}.requiredFields"), result.required_fields.len(), bounds::FIELDS);
            for (place, field) in result.required_fields.iter().enumerate() {
                self.known_field(document, format_args!("{path}.requiredFields.{place}"), field, true);
            }
            if result.rules.is_empty() && result.required_fields.is_empty() && result.id != outcomes.default {
                self.warning(format_args!("{path}.rules"), Code::NeverOccurs, &[]);
            }
        }
        if outcomes.default.is_empty() {
            self.error("outcomes.default", Code::Required, &[]);
        } else if !outcomes.results.iter().any(|result| result.id == outcomes.default) {
            self.error("outcomes.default", Code::UnknownOutcome, &[("outcome", outcomes.default.clone())]);
        }
        if !outcomes.results.iter().any(|result| result.means == super::OutcomeMeaning::Success) {
            self.warning(PATH, Code::NoSuccess, &[]);
        }
    }

    fn guardrails(&mut self, document: &SkillbaseDocument) {
        let guardrails = &document.guardrails;
        self.many("guardrails", guardrails.len(), bounds::GUARDRAILS);
        self.unique(Severity::Error, "guardrails", ".name", guardrails.iter().map(|rail| rail.name.trim().into()));
        for (index, rail) in guardrails.iter().enumerate() {
            let path = format!("guardrails.{index}");
            self.required(format_args!("{path}.name"), &rail.name, bounds::SHORT);
            self.sentences(&format!("{path}.phrases"), &rail.phrases, bounds::SHORT_ITEMS, bounds::SHORT);
            self.pattern(format_args!("{path}.pattern"), &rail.pattern);
            if rail.phrases.is_empty() && rail.pattern.is_empty() {
                self.error(format_args!("{path}.phrases"), Code::NothingSetsOff, &[]);
            }
            self.required(format_args!("{path}.response"), &rail.response, bounds::TEXT);
        }
    }
}

/// Whether values of this kind have an order.
const fn ordered(kind: FieldKind) -> bool {
    matches!(kind, FieldKind::Number | FieldKind::Date | FieldKind::Time)
}

/// Where a value of an ordered kind stands in its order.
fn ordinal(kind: FieldKind, text: &str) -> Option<f64> {
    use chrono::{Datelike as _, Timelike as _};
    let text = text.trim();
    match kind {
        FieldKind::Number => text.replace(',', ".").parse().ok().filter(|number: &f64| number.is_finite()),
        FieldKind::Date => {
            NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().map(|date| f64::from(date.num_days_from_ce()))
        }
        FieldKind::Time => {
            NaiveTime::parse_from_str(text, "%H:%M").ok().map(|time| f64::from(time.num_seconds_from_midnight()))
        }
        FieldKind::Text | FieldKind::Phone | FieldKind::Email | FieldKind::Choice | FieldKind::Boolean => None,
    }
}

/// `https://` anywhere; `http://` only on this machine, because a key goes with every request.
fn is_web_address(text: &str) -> bool {
    let host = |rest: &str| rest.split(['/', '?', '#']).next().unwrap_or_default().to_owned();
    let plain = |authority: &str| {
        let name = authority.rsplit_once(':').map_or(authority, |(name, _)| name);
        matches!(name, "localhost" | "127.0.0.1" | "[::1]")
    };
    if text.contains(char::is_whitespace) {
        return false;
    }
    match (text.strip_prefix("https://"), text.strip_prefix("http://")) {
        (Some(rest), _) => !host(rest).is_empty() && !host(rest).contains('@'),
        (None, Some(rest)) => plain(&host(rest)),
        (None, None) => false,
    }
}

fn is_phone_or_sip(text: &str) -> bool {
    if let Some(digits) = text.strip_prefix('+') {
        return (7..=15).contains(&digits.len())
            && digits.bytes().all(|byte| byte.is_ascii_digit())
            && !digits.starts_with('0');
    }
    let address = text.strip_prefix("sip:").or_else(|| text.strip_prefix("sips:"));
    address.is_some_and(|address| {
        !address.contains(char::is_whitespace)
            && address.rsplit_once('@').is_none_or(|(user, host)| !user.is_empty() && !host.is_empty())
            && !address.is_empty()
    })
}

#[cfg(test)]
mod tests;
