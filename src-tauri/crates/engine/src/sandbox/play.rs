//! A conversation played from its lines. Owns the pairing of lines to turns and the view of the whole; refuses to ask
//! anybody: what a language model or the knowledge base said is in the lines.

use callboard_contract::{
    IpcError, SandboxEnd, SandboxField, SandboxLine, SandboxMode, SandboxNote, SandboxSession, SandboxTurn, SandboxView,
};
use callboard_core::{
    call::TurnRole,
    field::FieldErrors,
    scenario::{self, Ending, Input, Moment, Passage, Reply, ReplyKind, Scenario, ScenarioConfig, Session, Step},
    skillbase::{Language, OutcomeMeaning},
    window::parse_zone,
};
use serde::{Deserialize, Serialize};

use super::notes;

/// What was found out from outside about a sentence; it follows the sentence as a line of the system.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Remark {
    /// Conditions in words that hold.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) intents: Vec<String>,
    /// Passages of the knowledge base.
    #[serde(with = "passages", skip_serializing_if = "Vec::is_empty")]
    pub(super) passages: Vec<Passage>,
    /// Tools that the language model called, with how they ended.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) tools: Vec<(String, String)>,
    /// How long it took, milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) latency_ms: Option<u32>,
    /// A tool ended the call.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(super) ended: bool,
}

impl Remark {
    /// The line that carries it.
    pub(super) fn line(&self) -> SandboxLine {
        SandboxLine { role: TurnRole::System, content: serde_json::to_string(self).unwrap_or_default() }
    }

    fn read(line: &SandboxLine) -> Self {
        serde_json::from_str(&line.content).unwrap_or_default()
    }
}

mod passages {
    use callboard_core::scenario::Passage;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(super) fn serialize<S: Serializer>(passages: &[Passage], serializer: S) -> Result<S::Ok, S::Error> {
        let plain: Vec<(&str, &str, f64)> =
            passages.iter().map(|passage| (passage.title.as_str(), passage.text.as_str(), passage.score)).collect();
        plain.serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Passage>, D::Error> {
        let plain = Vec::<(String, String, f64)>::deserialize(deserializer)?;
        Ok(plain.into_iter().map(|(title, text, score)| Passage { title, text, score }).collect())
    }
}

/// A sentence of the person with what followed it.
struct Exchange {
    said: String,
    remark: Remark,
    reply: Option<String>,
}

/// Lines before the first sentence are the opening, which the scenario says by itself.
fn exchanges(lines: &[SandboxLine]) -> Vec<Exchange> {
    let mut exchanges: Vec<Exchange> = Vec::new();
    for line in lines {
        match (line.role, exchanges.last_mut()) {
            (TurnRole::User, _) => {
                exchanges.push(Exchange { said: line.content.clone(), remark: Remark::default(), reply: None });
            }
            (TurnRole::System, Some(last)) => last.remark = Remark::read(line),
            (TurnRole::Assistant, Some(last)) => last.reply = Some(line.content.clone()),
            (TurnRole::System | TurnRole::Assistant, None) => {}
        }
    }
    exchanges
}

/// A conversation with all of its steps.
pub(super) struct Play {
    pub(super) scenario: Scenario,
    pub(super) session: Session,
    first: Step,
    /// Sentence, step, what was found out, what a language model said.
    steps: Vec<(Exchange, Step)>,
    hung_up: bool,
    means: Vec<(String, String, OutcomeMeaning)>,
    fields: Vec<(String, bool)>,
    models: bool,
}

impl Play {
    /// Plays a conversation.
    pub(super) fn of(session: &SandboxSession) -> Result<Self, IpcError> {
        let document = &session.document;
        let config = ScenarioConfig::of(document, "", "", region(document.identity.language));
        let scenario = Scenario::load(config).map_err(|problems| unplayable(&problems))?;
        let zone = parse_zone(&session.time_zone).unwrap_or(chrono_tz::UTC);
        let moment = Moment { now: session.started_at.with_timezone(&zone), elapsed: std::time::Duration::ZERO };
        let (mut state, first) = scenario.begin();
        let mut steps = Vec::new();
        let mut hung_up = false;
        for exchange in exchanges(&session.lines) {
            if hung_up || state.ended().is_some() {
                break;
            }
            let input = if exchange.said.trim().is_empty() {
                Input::Silence
            } else {
                Input::Said {
                    text: exchange.said.clone(),
                    intents: exchange.remark.intents.clone(),
                    passages: exchange.remark.passages.clone(),
                }
            };
            let (next, step) = scenario.step(&state, &input, &moment);
            state = next;
            hung_up = exchange.remark.ended;
            steps.push((exchange, step));
        }
        let results = &document.outcomes.results;
        let means = results.iter().map(|result| (result.id.clone(), result.name.clone(), result.means)).collect();
        let fields = document.conversation.fields.iter().map(|field| (field.id.clone(), field.required)).collect();
        let models = session.mode == SandboxMode::Llm;
        Ok(Self { scenario, session: state, first, steps, hung_up, means, fields, models })
    }

    pub(super) fn is_over(&self) -> bool {
        self.hung_up || self.session.ended().is_some()
    }

    pub(super) fn wants_knowledge(&self) -> bool {
        self.scenario.wants_knowledge(&self.session)
    }

    /// What is said first, if the bot speaks first.
    pub(super) fn opening(&self) -> Option<String> {
        Some(words(&self.first.reply)).filter(|text| !text.is_empty())
    }

    /// The step of the last sentence.
    pub(super) fn last_step(&self) -> &Step {
        self.steps.last().map_or(&self.first, |(_, step)| step)
    }

    /// The answer of the scenario to the last sentence.
    pub(super) fn last_reply(&self) -> String {
        words(&self.last_step().reply)
    }

    /// Whether the last answer is not left to a language model: an opt-out, a guardrail, silence and the limits have words
    /// of their own.
    pub(super) fn speaks_for_itself(&self) -> bool {
        let step = self.last_step();
        let ends_by_rule = step.ended.is_some_and(|ending| match ending {
            Ending::OptOut
            | Ending::Escalation
            | Ending::Guardrail
            | Ending::Timeout
            | Ending::MaxDuration
            | Ending::Silence => true,
            Ending::EndState | Ending::Goodbye => false,
        });
        let fixed = |reply: &Reply| matches!(reply.kind, ReplyKind::Silence | ReplyKind::Guardrail);
        let static_closing = step.ended.is_some()
            && step.reply.iter().any(|reply| {
                reply.kind == ReplyKind::Goodbye
                    && reply.text == self.scenario.config().closing.get(self.session.language())
            });
        ends_by_rule || static_closing || step.reply.iter().any(fixed)
    }

    /// The conversation after its last line.
    pub(super) fn view(&self, session: SandboxSession) -> SandboxView {
        let mut turns: Vec<SandboxTurn> =
            self.opening().map(|content| self.turn(TurnRole::Assistant, content, &self.first)).into_iter().collect();
        for (exchange, step) in &self.steps {
            let mut said = self.turn(TurnRole::User, exchange.said.clone(), step);
            said.notes = notes::of(step, self.scenario.config());
            turns.push(said);
            let by_engine = words(&step.reply);
            let content = exchange.reply.clone().filter(|_| self.models).unwrap_or(by_engine);
            let mut answer = self.turn(TurnRole::Assistant, content, step);
            answer.notes = exchange.remark.tools.iter().map(|(tool, status)| notes::tool(tool, status)).collect();
            answer.latency_ms = exchange.remark.latency_ms;
            turns.push(answer);
        }
        let values = self.session.fields();
        let fields = self.fields.iter().map(|(id, required)| SandboxField {
            id: id.clone(),
            value: values.get(id).cloned(),
            required: *required,
        });
        SandboxView {
            turns,
            state_id: Some(self.scenario.state_id(&self.session).to_owned()),
            path: self.scenario.path(&self.session),
            language: match self.session.language() {
                scenario::Language::Ru => Language::Ru,
                scenario::Language::En if session.document.identity.language == Language::Ru => Language::En,
                scenario::Language::En => session.document.identity.language,
            },
            fields: fields.collect(),
            end: self.end(),
            session,
        }
    }

    fn turn(&self, role: TurnRole, content: String, step: &Step) -> SandboxTurn {
        let state_id = Some(step.state_after.clone());
        SandboxTurn { role, content, state_id, notes: Vec::<SandboxNote>::new(), latency_ms: None }
    }

    fn end(&self) -> Option<SandboxEnd> {
        if !self.is_over() {
            return None;
        }
        let outcome = self.scenario.outcome(&self.session)?;
        let known = self.means.iter().find(|(id, ..)| *id == outcome.id);
        let reason = match self.session.ended() {
            Some(ending) => ending.as_str().to_owned(),
            None => "tool".to_owned(),
        };
        Some(SandboxEnd {
            reason,
            outcome_name: known.map_or_else(|| outcome.id.clone(), |(_, name, _)| name.clone()),
            means: known.map_or(OutcomeMeaning::Unknown, |(.., means)| *means),
            outcome_id: outcome.id,
        })
    }
}

/// What the bot says. An instruction, on which only a language model could speak, stands in brackets.
fn words(reply: &[Reply]) -> String {
    let texts = reply.iter().map(|reply| match reply.kind {
        ReplyKind::Goal => format!("[{}]", reply.text.trim()),
        _ => reply.text.trim().to_owned(),
    });
    texts.collect::<Vec<_>>().join(" ")
}

/// Where numbers without a country belong, as far as a language tells.
pub(super) const fn region(language: Language) -> &'static str {
    match language {
        Language::Ru => "RU",
        Language::En => "US",
        Language::Es => "ES",
        Language::De => "DE",
        Language::Fr => "FR",
        Language::It => "IT",
        Language::Pt => "PT",
    }
}

/// No conversation can be held with this document; the editor shows its problems at their fields.
fn unplayable(problems: &[scenario::Problem]) -> IpcError {
    let mut errors = FieldErrors::default();
    for problem in problems {
        let params =
            [("path", problem.path.clone()), ("problem", problem.kind.to_string()), ("about", problem.about.clone())];
        errors.add_with("document", "scenario", &params);
    }
    IpcError::fields(errors)
}
