//! The prompt of an agent, built of everything that a document says: a part that no field feeds does not exist, and a field
//! that no part says does not exist either. Owns the parts and their order; the base instructions are given.

mod words;

use serde::{Deserialize, Serialize};

use super::{
    ClosingType, Condition, FieldOperator, FieldTest, FlowState, FlowType, GuardrailAction, Language,
    SkillbaseDocument, Tool, ToolKind,
};
use words::Words;

text_enum! {
    /// A part of the prompt, in the order in which the parts stand.
    pub enum SectionKey {
        /// Base instructions, the same for every bot.
        Base = "base",
        /// Company, role, style.
        Role = "role",
        /// The sentence that says that a machine is calling, and the greeting.
        Opening = "opening",
        /// What the bot knows about the company.
        Facts = "facts",
        /// How the knowledge is used.
        Knowledge = "knowledge",
        /// Steps, or states with their transitions.
        Flow = "flow",
        /// What is asked for.
        Fields = "fields",
        /// When what is done.
        Criteria = "criteria",
        /// What is handed to the CRM.
        CrmFields = "crm_fields",
        /// What the bot can do.
        Tools = "tools",
        /// What can come of the call.
        Outcomes = "outcomes",
        /// The last words.
        Closing = "closing",
        /// What it must and must not do.
        Rules = "rules",
        /// What must not be talked about.
        Guardrails = "guardrails",
        /// When it gives up.
        Limits = "limits",
        /// Which language it speaks.
        Language = "language",
    }
}

/// A part of the prompt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct PromptSection {
    /// Which.
    pub key: SectionKey,
    /// Its text.
    pub text: String,
    /// Where it comes from: paths of the document; `base` for the base instructions, `company` for the company's name.
    pub origins: Vec<String>,
    /// About how many tokens it takes.
    pub tokens: u32,
}

/// The whole prompt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prompt {
    /// Its parts, in order; parts without content are left out.
    pub sections: Vec<PromptSection>,
}

impl Prompt {
    /// What the language model is told.
    #[must_use]
    pub fn text(&self) -> String {
        self.sections.iter().map(|section| section.text.as_str()).collect::<Vec<_>>().join("\n\n")
    }

    /// About how many tokens it takes.
    #[must_use]
    pub fn tokens(&self) -> u32 {
        self.sections.iter().map(|section| section.tokens).sum()
    }
}

/// The built-in base instructions, in the language that frames the prompt of a document of this language.
#[must_use]
pub fn built_in_base(language: Language) -> &'static str {
    Words::of(language).base
}

/// Builds the prompt of a document (requirements B3; acceptance 28, 29). `base` is what an administrator keeps; blank
/// takes the built-in instructions. `company` is the company's name; blank takes a generic word. Russian documents are
/// framed in Russian, all others in English.
#[must_use]
pub fn build(document: &SkillbaseDocument, company: &str, base: &str) -> Prompt {
    let words = Words::of(document.identity.language);
    let base = if base.trim().is_empty() { words.base } else { base.trim() };
    let mut builder = Builder { document, words, sections: Vec::new() };
    builder.add(SectionKey::Base, base.to_owned(), &["base"]);
    builder.role(company);
    builder.opening();
    builder.bullets(SectionKey::Facts, words.facts, &document.identity.facts, "identity.facts");
    builder.knowledge();
    builder.flow();
    builder.fields();
    builder.criteria();
    builder.crm_fields();
    builder.tools();
    builder.outcomes();
    builder.closing();
    builder.bullets(SectionKey::Rules, words.rules, &document.identity.rules, "identity.rules");
    builder.guardrails();
    builder.limits();
    builder.language();
    Prompt { sections: builder.sections }
}

/// About how many tokens a text takes: four Latin or two and a half other characters each. The tokenisers of the
/// providers differ by more than this estimate errs.
#[must_use]
pub fn approximate_tokens(text: &str) -> u32 {
    let (latin, other) = text
        .chars()
        .fold((0u32, 0u32), |(latin, other), c| if c.is_ascii() { (latin + 1, other) } else { (latin, other + 1) });
    (latin * 5 + other * 8).div_ceil(20)
}

struct Builder<'a> {
    document: &'a SkillbaseDocument,
    words: &'static Words,
    sections: Vec<PromptSection>,
}

impl Builder<'_> {
    fn add(&mut self, key: SectionKey, text: String, origins: &[&str]) {
        let tokens = approximate_tokens(&text);
        let origins = origins.iter().map(|origin| (*origin).to_owned()).collect();
        self.sections.push(PromptSection { key, text, origins, tokens });
    }

    /// A heading with bullets; nothing without bullets.
    fn list(&mut self, key: SectionKey, heading: &str, bullets: &[String], origins: &[&str]) {
        if !bullets.is_empty() {
            let text =
                format!("{heading}\n{}", bullets.iter().map(|item| format!("- {item}")).collect::<Vec<_>>().join("\n"));
            self.add(key, text, origins);
        }
    }

    fn bullets(&mut self, key: SectionKey, heading: &str, items: &[String], origin: &str) {
        let items: Vec<String> =
            items.iter().map(|item| item.trim().to_owned()).filter(|item| !item.is_empty()).collect();
        self.list(key, heading, &items, &[origin]);
    }

    fn role(&mut self, company: &str) {
        let (words, identity) = (self.words, &self.document.identity);
        let company = if company.trim().is_empty() { words.some_company } else { company.trim() };
        let text = format!(
            "{}\n{} {}\n{} {}",
            fill(words.company, &[company]),
            words.role,
            identity.role.trim(),
            words.style,
            identity.style.trim()
        );
        self.add(SectionKey::Role, text, &["company", "identity.role", "identity.style"]);
    }

    fn opening(&mut self) {
        let (words, identity) = (self.words, &self.document.identity);
        let greetings: Vec<&str> = self
            .document
            .conversation
            .greetings
            .iter()
            .map(|text| text.trim())
            .filter(|text| !text.is_empty())
            .collect();
        let disclosure = identity.disclosure.trim();
        let mut lines = Vec::new();
        if !greetings.is_empty() {
            let heading = if greetings.len() == 1 { words.greeting } else { words.greetings };
            lines.push(heading.to_owned());
            lines.extend(greetings.iter().map(|greeting| format!("- {greeting}")));
        }
        if !disclosure.is_empty() {
            lines.push(format!("{} {disclosure}", words.disclosure));
        }
        if !lines.is_empty() {
            self.add(SectionKey::Opening, lines.join("\n"), &["conversation.greetings", "identity.disclosure"]);
        }
    }

    fn knowledge(&mut self) {
        if !self.document.knowledge.document_ids.is_empty() {
            self.add(SectionKey::Knowledge, self.words.knowledge.to_owned(), &["knowledge.documentIds"]);
        }
    }

    fn flow(&mut self) {
        let flow = &self.document.conversation.flow;
        if flow.states.is_empty() {
            return;
        }
        match flow.kind {
            FlowType::Linear => self.plan(),
            FlowType::Graph => self.graph(),
        }
    }

    fn plan(&mut self) {
        let (words, flow) = (self.words, &self.document.conversation.flow);
        let mut lines = vec![words.plan.to_owned()];
        for (index, state) in flow.states.iter().enumerate() {
            lines.push(format!("{}. {}", index + 1, state.name.trim()));
            lines.extend(self.details(state));
        }
        lines.push(words.move_on.to_owned());
        self.add(SectionKey::Flow, lines.join("\n"), &["conversation.flow.states"]);
    }

    fn graph(&mut self) {
        let (words, flow) = (self.words, &self.document.conversation.flow);
        let name =
            |id: &str| self.document.state(id).map_or_else(|| id.to_owned(), |state| state.name.trim().to_owned());
        let mut lines = vec![fill(words.graph, &[&name(&flow.start)])];
        for state in &flow.states {
            let end = if state.is_end { words.end_state } else { "" };
            lines.push(format!("- {}{end}", state.name.trim()));
            lines.extend(self.details(state));
        }
        if !flow.transitions.is_empty() {
            lines.push(words.transitions.to_owned());
            let mut ways: Vec<_> = flow.transitions.iter().collect();
            ways.sort_by_key(|way| std::cmp::Reverse(way.priority));
            for way in ways {
                let condition = self.condition(&way.condition);
                lines.push(format!("- {} → {} ({condition})", name(&way.from), name(&way.to)));
            }
        }
        let origins: &[&str] = if flow.transitions.is_empty() {
            &["conversation.flow.states"]
        } else {
            &["conversation.flow.states", "conversation.flow.transitions"]
        };
        self.add(SectionKey::Flow, lines.join("\n"), origins);
    }

    /// What a state says besides its name, indented under it.
    fn details(&self, state: &FlowState) -> Vec<String> {
        let words = self.words;
        let mut lines = Vec::new();
        let mut say = |heading: &str, text: &str| {
            if !text.is_empty() {
                lines.push(format!("   {heading} {}", text.replace('\n', "\n   ")));
            }
        };
        say(words.goal, state.goal.trim());
        say(words.instruction, state.prompt.trim());
        let asked: Vec<String> = state.collect.iter().map(|id| self.field_name(id)).collect();
        say(words.collect, &asked.join("; "));
        let examples: Vec<String> = state.examples.iter().map(|text| quoted(words, text)).collect();
        say(words.examples, &examples.join("; "));
        if state.uses_knowledge {
            say(words.look_up, words.look_up_text);
        }
        if let Some(turns) = state.max_turns {
            say(words.state_limit, &turns.to_string());
        }
        lines
    }

    fn field_name(&self, id: &str) -> String {
        let field = self.document.conversation.fields.iter().find(|field| field.id == id);
        field.map_or_else(|| id.to_owned(), |field| field.description.trim().to_owned())
    }

    fn condition(&self, condition: &Condition) -> String {
        let words = self.words;
        match condition {
            Condition::Always => words.always.to_owned(),
            Condition::Field { test } => fill(words.when, &[&self.test(test)]),
            Condition::Keyword { keywords } => {
                let said: Vec<String> = keywords.iter().map(|word| quoted(words, word)).collect();
                fill(words.when, &[&format!("{} {}", words.says, said.join(", "))])
            }
            Condition::Intent { intent, .. } => fill(words.when, &[intent.trim()]),
            Condition::Custom { rule } => fill(words.when, &[rule.trim()]),
        }
    }

    fn test(&self, test: &FieldTest) -> String {
        let words = self.words;
        let field = match test.field.as_str() {
            "callback_requested" => words.callback_requested.to_owned(),
            "not_target_reason" => words.not_target_reason.to_owned(),
            "questions_answered" => words.questions_answered.to_owned(),
            "all_required" => words.all_required.to_owned(),
            id => quoted(words, &self.field_name(id)),
        };
        let pattern = match test.operator {
            FieldOperator::IsSet => words.is_set,
            FieldOperator::IsNotSet => words.is_not_set,
            FieldOperator::Equals => words.equals,
            FieldOperator::NotEquals => words.not_equals,
            FieldOperator::Contains => words.contains,
            FieldOperator::GreaterThan => words.greater_than,
            FieldOperator::LessThan => words.less_than,
        };
        fill(pattern, &[&field, &quoted(words, &test.value)])
    }

    fn fields(&mut self) {
        let words = self.words;
        let lines: Vec<String> = self
            .document
            .conversation
            .fields
            .iter()
            .map(|field| {
                let need = if field.required { words.required } else { words.optional };
                let mut line =
                    format!("{} ({}, {}, {need})", field.description.trim(), field.id, words.kind(field.kind));
                let rules = &field.validation;
                let mut say = |heading: &str, text: &str| {
                    if !text.trim().is_empty() {
                        line = format!("{line}. {heading} {}", text.trim().trim_end_matches('.'));
                    }
                };
                say(words.ask, &field.question);
                say(words.choices, &rules.choices.join(", "));
                say(words.at_least, &rules.min);
                say(words.at_most, &rules.max);
                say(words.fewest, &rules.min_length.map(|length| length.to_string()).unwrap_or_default());
                say(words.longest, &rules.max_length.map(|length| length.to_string()).unwrap_or_default());
                say(words.pattern, &rules.pattern);
                say(words.examples, &field.examples.join("; "));
                say(words.hint, &rules.hint);
                line
            })
            .collect();
        self.list(SectionKey::Fields, words.fields, &lines, &["conversation.fields"]);
    }

    fn criteria(&mut self) {
        let words = self.words;
        let lines: Vec<String> = self
            .document
            .lead
            .criteria
            .iter()
            .map(|criterion| fill(words.criterion, &[criterion.condition.trim(), criterion.action.trim()]))
            .collect();
        self.list(SectionKey::Criteria, words.criteria, &lines, &["lead.criteria"]);
    }

    fn crm_fields(&mut self) {
        let words = self.words;
        let lines: Vec<String> = self
            .document
            .lead
            .crm_fields
            .iter()
            .map(|field| {
                let source = match field.field.as_str() {
                    "" => String::new(),
                    id => fill(words.value_of, &[&self.field_name(id)]),
                };
                format!("{}: {}{source}", field.name.trim(), field.instruction.trim())
            })
            .collect();
        self.list(SectionKey::CrmFields, words.crm_fields, &lines, &["lead.crmFields"]);
    }

    fn tools(&mut self) {
        let words = self.words;
        let enabled: Vec<(usize, &Tool)> =
            self.document.tools.iter().enumerate().filter(|(_, tool)| tool.enabled).collect();
        let mut lines = Vec::new();
        for (_, tool) in &enabled {
            let own = tool.description().trim();
            let says = if own.is_empty() { words.tool(tool.name()) } else { own };
            let mut line = format!("{}: {says}", tool.name());
            match &tool.kind {
                ToolKind::Calendar(config) => {
                    line = format!("{line} {}", fill(words.appointment, &[&config.duration_minutes.to_string()]));
                    if !config.services.is_empty() {
                        line = format!("{line} {} {}.", words.services, config.services.join(", "));
                    }
                }
                ToolKind::TransferCall(config) => {
                    for target in &config.targets {
                        line = format!("{line}\n   {}", target.name);
                        for (heading, text) in [("", &target.condition), (words.pass_on, &target.context_rules)] {
                            if !text.trim().is_empty() {
                                line = format!("{line}: {heading}{}", text.trim());
                            }
                        }
                    }
                }
                ToolKind::TransferToAgent(config) => {
                    for agent in &config.agents {
                        line = format!("{line}\n   {}: {}", agent.skillbase.trim(), agent.condition.trim());
                    }
                }
                ToolKind::EndCall(_) | ToolKind::DtmfTone(_) | ToolKind::DetectLanguage(_) | ToolKind::SkipTurn(_) => {}
            }
            lines.push(line);
        }
        let origins: Vec<String> = enabled.iter().map(|(index, _)| format!("tools.{index}")).collect();
        let origins: Vec<&str> = origins.iter().map(String::as_str).collect();
        self.list(SectionKey::Tools, words.tools, &lines, &origins);
    }

    fn outcomes(&mut self) {
        let words = self.words;
        let outcomes = &self.document.outcomes;
        let lines: Vec<String> = outcomes
            .results
            .iter()
            .map(|result| {
                let mut rules: Vec<String> = result.rules.iter().map(|rule| self.test(rule)).collect();
                rules.extend(result.required_fields.iter().map(|id| {
                    self.test(&FieldTest { field: id.clone(), operator: FieldOperator::IsSet, value: String::new() })
                }));
                let when = match (rules.is_empty(), result.id == outcomes.default) {
                    (false, _) => rules.join(words.and),
                    (true, true) => words.otherwise.to_owned(),
                    (true, false) => return format!("{} ({})", result.name.trim(), result.id),
                };
                format!("{} ({}): {when}", result.name.trim(), result.id)
            })
            .collect();
        self.list(SectionKey::Outcomes, words.outcomes, &lines, &["outcomes.results", "outcomes.default"]);
    }

    fn closing(&mut self) {
        let (words, closing) = (self.words, &self.document.lead.closing);
        let (heading, text, origin) = match closing.kind {
            ClosingType::LlmPrompt => (words.closing, closing.prompt.trim(), "lead.closing.prompt"),
            ClosingType::StaticTemplate => (words.closing_fixed, closing.template.trim(), "lead.closing.template"),
        };
        if !text.is_empty() {
            self.add(SectionKey::Closing, format!("{heading} {text}"), &[origin]);
        }
    }

    fn guardrails(&mut self) {
        let words = self.words;
        let lines: Vec<String> = self
            .document
            .guardrails
            .iter()
            .map(|rail| {
                let phrases: Vec<String> = rail.phrases.iter().map(|phrase| quoted(words, phrase)).collect();
                let about = if phrases.is_empty() { String::new() } else { format!(" ({})", phrases.join(", ")) };
                let then = match rail.action {
                    GuardrailAction::Respond => words.respond,
                    GuardrailAction::Escalate => words.escalate,
                    GuardrailAction::EndCall => words.end_call,
                };
                format!("{}{about}: {}", rail.name.trim(), fill(then, &[&quoted(words, rail.response.trim())]))
            })
            .collect();
        self.list(SectionKey::Guardrails, words.guardrails, &lines, &["guardrails"]);
    }

    fn limits(&mut self) {
        let limits = self.document.conversation.limits;
        let text = fill(
            self.words.limits,
            &[
                &limits.max_turns.to_string(),
                &limits.max_retries.to_string(),
                &limits.silence_seconds.to_string(),
                &self.document.voice.max_call_seconds.to_string(),
            ],
        );
        self.add(SectionKey::Limits, text, &["conversation.limits", "voice.maxCallSeconds"]);
    }

    fn language(&mut self) {
        let (words, identity) = (self.words, &self.document.identity);
        let mut text = fill(words.language, &[words.tongue(identity.language)]);
        let mut origins = vec!["identity.language"];
        if !identity.other_languages.is_empty() {
            let others: Vec<&str> = identity.other_languages.iter().map(|language| words.tongue(*language)).collect();
            let pattern = if identity.switch_language { words.switch } else { words.stay };
            text = format!("{text} {}", fill(pattern, &[&others.join(", ")]));
            origins.extend(["identity.otherLanguages", "identity.switchLanguage"]);
        }
        self.add(SectionKey::Language, text, &origins);
    }
}

/// Puts values in the places `{0}`, `{1}`... of a pattern. A value is never read as a pattern.
fn fill(pattern: &str, values: &[&str]) -> String {
    let mut text = String::with_capacity(pattern.len());
    let mut rest = pattern;
    while let Some((before, after)) = rest.split_once('{') {
        text.push_str(before);
        let Some((place, after)) = after.split_once('}') else { break };
        text.push_str(place.parse().ok().and_then(|place: usize| values.get(place)).copied().unwrap_or_default());
        rest = after;
    }
    text + rest
}

fn quoted(words: &Words, text: &str) -> String {
    let (open, close) = words.quotes;
    format!("{open}{}{close}", text.trim())
}

#[cfg(test)]
mod tests;
