//! A language model that the scenario engine leads. Owns what the model is told at each turn, and the tools that it may call;
//! refuses to let it decide the course: state, fields and outcome are the engine's, and so are opt-outs, guardrails and
//! limits. Tools are rehearsed: nothing is booked and nobody is transferred.

use callboard_contract::{IpcError, SandboxSession};
use callboard_core::{
    call::TurnRole,
    scenario::ReplyKind,
    skillbase::Language,
    tool::{ToolCall, ToolStatus, schemas},
};
use chrono::{DateTime, Utc};
use reqwest::Client;
use secrecy::SecretString;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    model::Model,
    play::{Play, Remark},
};
use crate::{
    error::UseCase,
    tools::{self, ToolContext},
};

/// Times in a row that the model may call tools before it has to speak.
const MAX_ROUNDS: usize = 4;
/// Lines that the model is told when it judges a condition.
const JUDGED_LINES: usize = 12;

/// A language model with what it needs to hold a conversation.
pub struct Lead<'a> {
    /// For requests.
    pub http: &'a Client,
    /// The model.
    pub model: Model,
    /// The prompt of the document.
    pub prompt: String,
    /// The key of the calendar.
    pub calendar_key: Option<SecretString>,
    /// Now.
    pub now: DateTime<Utc>,
    /// Names requests to services.
    pub new_id: &'a (dyn Fn() -> Uuid + Sync),
}

impl std::fmt::Debug for Lead<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Lead").field("model", &self.model).finish_non_exhaustive()
    }
}

/// What the model said.
pub(super) struct Answer {
    pub(super) text: String,
    pub(super) remark: Remark,
}

fn message(role: &str, content: &str) -> Value {
    json!({ "role": role, "content": content })
}

fn milliseconds(latency: std::time::Duration) -> u32 {
    u32::try_from(latency.as_millis()).unwrap_or(u32::MAX)
}

impl Lead<'_> {
    /// Which conditions of the present state that are written in words hold after a sentence. Nothing is asked when there
    /// are none.
    pub(super) async fn judge(&self, play: &Play, session: &SandboxSession, sentence: &str) -> UseCase<Vec<String>> {
        let conditions = play.scenario.conditions_in_words(&play.session);
        if conditions.is_empty() {
            return Ok(Vec::new());
        }
        let told = session.lines.iter().filter(|line| line.role != TurnRole::System);
        let told: Vec<String> = told.map(|line| format!("{}: {}", line.role, line.content)).collect();
        let tail = told[told.len().saturating_sub(JUDGED_LINES)..].join("\n");
        let numbered: Vec<String> =
            conditions.iter().enumerate().map(|(index, condition)| format!("{}. {condition}", index + 1)).collect();
        let instruction = "You judge a phone conversation. After the last sentence of the user, which of the numbered \
                           statements are true? Answer with their numbers, separated by commas, or with 0. Nothing else.";
        let question = format!("{tail}\nuser: {sentence}\n\n{}", numbered.join("\n"));
        let judge = Model { temperature: 0.0, max_tokens: Some(32), ..self.model.clone() };
        let answer =
            judge.complete(self.http, &[message("system", instruction), message("user", &question)], &[]).await?;
        let numbers: Vec<usize> = answer
            .text
            .split(|character: char| !character.is_ascii_digit())
            .filter_map(|text| text.parse().ok())
            .collect();
        let holds = conditions.into_iter().enumerate().filter(|(index, _)| numbers.contains(&(index + 1)));
        Ok(holds.map(|(_, condition)| condition).collect())
    }

    /// Lets the model answer the last sentence, with the tools of the document.
    pub(super) async fn answer(&self, play: &Play, session: &SandboxSession, remark: &Remark) -> UseCase<Answer> {
        let document = &session.document;
        let mut remark = remark.clone();
        let mut messages = vec![message("system", &self.prompt)];
        messages.extend(session.lines.iter().filter_map(|line| match line.role {
            TurnRole::User => Some(message("user", &line.content)),
            TurnRole::Assistant => Some(message("assistant", &line.content)),
            TurnRole::System => None,
        }));
        messages.push(message("system", &stage(play, session, &remark)));
        let offered = schemas(&document.tools);
        let mut latency = std::time::Duration::ZERO;
        for round in 0..=MAX_ROUNDS {
            let tools = if round < MAX_ROUNDS && !remark.ended { offered.as_slice() } else { &[] };
            let completion = self.model.complete(self.http, &messages, tools).await?;
            latency += completion.latency;
            remark.latency_ms = Some(milliseconds(latency));
            if completion.tool_calls.is_empty() {
                return match completion.text {
                    text if text.is_empty() && !remark.ended => Err(silent()),
                    text => Ok(Answer { text: text.chars().take(super::MAX_SENTENCE).collect(), remark }),
                };
            }
            messages.push(completion.message);
            for call in &completion.tool_calls {
                let context = ToolContext {
                    http: self.http,
                    calendar_key: self.calendar_key.as_ref(),
                    request_id: (self.new_id)(),
                    now: self.now,
                    rehearsal: true,
                };
                let (understood, result) = tools::run(&document.tools, &call.name, &call.arguments, &context).await;
                remark.tools.push((call.name.chars().take(64).collect(), result.status.to_string()));
                messages.push(json!({
                    "role": "tool", "tool_call_id": call.id, "content": result.to_json().to_string(),
                }));
                match understood {
                    Some(ToolCall::EndCall { .. }) if result.status == ToolStatus::Success => remark.ended = true,
                    Some(ToolCall::Transfer(_) | ToolCall::TransferToAgent { .. }) => remark.ended = true,
                    Some(ToolCall::SkipTurn) => return Ok(Answer { text: completion.text, remark }),
                    Some(_) | None => {}
                }
            }
            if remark.ended && !completion.text.is_empty() {
                return Ok(Answer { text: completion.text, remark });
            }
        }
        Err(silent())
    }
}

fn silent() -> IpcError {
    IpcError::refusal(callboard_contract::ErrorCode::ProviderFailed, "The language model said nothing.")
        .with("provider", "llm")
        .with("fault", "unreadable")
}

/// Where the conversation is, for the model: state, instruction, what is known, what comes next.
fn stage(play: &Play, session: &SandboxSession, remark: &Remark) -> String {
    let russian = session.document.identity.language == Language::Ru;
    let pick = |ru: &'static str, en: &'static str| if russian { ru } else { en };
    let mut lines = Vec::new();
    if let Some(state) = session.document.state(play.scenario.state_id(&play.session)) {
        lines.push(format!("{} {}", pick("Сейчас этап:", "The present stage:"), state.name));
        for text in [&state.goal, &state.prompt].into_iter().filter(|text| !text.trim().is_empty()) {
            lines.push(text.clone());
        }
    }
    let fields = play.session.fields();
    if !fields.is_empty() {
        let known: Vec<String> = fields.iter().map(|(id, value)| format!("{id} = {value}")).collect();
        lines.push(format!("{} {}", pick("Уже известно:", "Already known:"), known.join("; ")));
    }
    let step = play.last_step();
    let next = step.reply.iter().filter(|reply| {
        matches!(
            reply.kind,
            ReplyKind::Question
                | ReplyKind::Confirm
                | ReplyKind::Correction
                | ReplyKind::Knowledge
                | ReplyKind::OfferOperator
        )
    });
    let next: Vec<&str> = next.map(|reply| reply.text.as_str()).collect();
    if !next.is_empty() {
        lines.push(format!(
            "{} {}",
            pick("Скажи сейчас своими словами:", "Say now in your own words:"),
            next.join(" ")
        ));
    }
    if let Some(passage) = remark.passages.first() {
        lines.push(format!(
            "{} {}: {}",
            pick("Из базы знаний,", "From the knowledge base,"),
            passage.title,
            passage.text
        ));
    }
    if step.ended.is_some() {
        lines.push(
            pick(
                "Разговор закончен: попрощайся одной фразой.",
                "The conversation is over: say goodbye in one sentence.",
            )
            .to_owned(),
        );
    }
    lines.push(pick("Ответь одной короткой репликой.", "Answer with one short line.").to_owned());
    lines.join("\n")
}
