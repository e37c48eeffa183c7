//! A language model behind an OpenAI-compatible endpoint. Owns the request for one completion and the honest report of what
//! went wrong; refuses to show or log a key.

use std::time::{Duration, Instant};

use callboard_contract::{ErrorCode, IpcError};
use callboard_core::tool::ToolSchema;
use reqwest::Client;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

use crate::http::{self, HttpFault};

/// A model on one's own machine may load for a while; nobody waits longer than this.
pub const MODEL_TIMEOUT: Duration = Duration::from_mins(1);

/// Which model, where.
#[derive(Debug, Clone)]
pub struct Model {
    /// Base address, `https://api.openai.com/v1`.
    pub url: String,
    /// Its name there.
    pub name: String,
    /// Its key; endpoints on one's own machines often need none.
    pub key: Option<SecretString>,
    /// Sampling temperature.
    pub temperature: f64,
    /// Most tokens of one answer.
    pub max_tokens: Option<u32>,
}

/// What it answered.
#[derive(Debug, Clone, PartialEq)]
pub struct Completion {
    /// What it says; empty when it only calls tools.
    pub text: String,
    /// The tools that it calls.
    pub tool_calls: Vec<RequestedCall>,
    /// Its message as it came, to be sent back with the results of the tools.
    pub message: Value,
    /// How long it took.
    pub latency: Duration,
}

/// A tool that a model calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestedCall {
    /// The model's own id of the call.
    pub id: String,
    /// Name of the tool.
    pub name: String,
    /// Arguments, JSON text.
    pub arguments: String,
}

impl Model {
    /// Asks for one completion.
    ///
    /// # Errors
    /// What went wrong, in words for the person.
    pub async fn complete(
        &self,
        http: &Client,
        messages: &[Value],
        tools: &[ToolSchema],
    ) -> Result<Completion, IpcError> {
        let started = Instant::now();
        let answer = self.ask(http, messages, tools).await.map_err(|fault| self.explain(&fault))?;
        let message = answer.pointer("/choices/0/message").filter(|message| message.is_object());
        let message = message.cloned().ok_or_else(|| self.explain(&HttpFault::Unreadable))?;
        let text = message.get("content").and_then(Value::as_str).unwrap_or_default().trim().to_owned();
        let calls = message.get("tool_calls").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let tool_calls = calls.iter().filter_map(requested).collect();
        Ok(Completion { text, tool_calls, message, latency: started.elapsed() })
    }

    async fn ask(&self, http: &Client, messages: &[Value], tools: &[ToolSchema]) -> Result<Value, HttpFault> {
        let url = http::address(&self.url, "/chat/completions")?;
        let mut body =
            json!({ "model": self.name, "messages": messages, "temperature": self.temperature, "stream": false });
        if let Some(max_tokens) = self.max_tokens {
            body["max_tokens"] = max_tokens.into();
        }
        if !tools.is_empty() {
            let functions = tools.iter().map(|tool| json!({ "type": "function", "function": tool.to_json() }));
            body["tools"] = functions.collect();
        }
        let mut request = http.post(url).timeout(MODEL_TIMEOUT).json(&body);
        if let Some(key) = &self.key {
            request = request.bearer_auth(key.expose_secret());
        }
        http::json(request.send().await.map_err(|error| http::fault(&error))?).await
    }

    /// What happened and what to do about it.
    pub(super) fn explain(&self, fault: &HttpFault) -> IpcError {
        let (name, message, said) = match fault {
            HttpFault::Address => (
                "address",
                "The language model's address must be https://, or http:// on this machine or a private network."
                    .to_owned(),
                "",
            ),
            HttpFault::Unreachable => (
                "unreachable",
                "Nobody answers at the language model's address. Check it, and whether the model runs.".to_owned(),
                "",
            ),
            HttpFault::Timeout => {
                ("timeout", format!("The language model did not answer within {} s.", MODEL_TIMEOUT.as_secs()), "")
            }
            HttpFault::Unreadable => ("unreadable", "The language model's answer cannot be read.".to_owned(), ""),
            HttpFault::Status(status, said) => match status.as_u16() {
                401 | 403 => ("wrong_key", "The language model refuses the key.".to_owned(), said.as_str()),
                404 => {
                    ("unknown_model", format!("There is no model \"{}\" at this address.", self.name), said.as_str())
                }
                429 => ("too_many", "The language model's limit is reached; wait a little.".to_owned(), said.as_str()),
                code => ("refused", format!("The language model answered with error {code}."), said.as_str()),
            },
        };
        let retryable = match fault {
            HttpFault::Unreachable | HttpFault::Timeout => true,
            HttpFault::Status(status, _) => status.is_server_error() || status.as_u16() == 429,
            HttpFault::Address | HttpFault::Unreadable => false,
        };
        let detail = if said.is_empty() { message } else { format!("{message} It says: {said}") };
        IpcError { retryable, ..IpcError::refusal(ErrorCode::ProviderFailed, detail.clone()) }
            .with("provider", "llm")
            .with("fault", name)
            .with("said", said)
            .with("detail", detail)
    }
}

/// No endpoint is set.
#[must_use]
pub fn not_configured() -> IpcError {
    IpcError::refusal(ErrorCode::ProviderFailed, "No language model is set up. Give its address in the settings.")
        .with("provider", "llm")
        .with("fault", "not_configured")
}

/// Some servers send arguments as an object instead of its text.
fn requested(call: &Value) -> Option<RequestedCall> {
    let name = call.pointer("/function/name")?.as_str()?.to_owned();
    let arguments = match call.pointer("/function/arguments") {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Null) | None => String::new(),
        Some(other) => other.to_string(),
    };
    let id = call.get("id").and_then(Value::as_str).unwrap_or_default().to_owned();
    Some(RequestedCall { id, name, arguments })
}
