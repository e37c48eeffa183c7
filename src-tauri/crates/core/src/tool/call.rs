//! What a language model asks a tool for. Owns the reading of its arguments; refuses with words that the model can mend its
//! call by. A tool that does not exist is reported, never dropped (acceptance 35).

use chrono::{NaiveDate, NaiveTime};
use serde_json::{Map, Value};

use crate::skillbase::{Tool, ToolKind, ToolName};

/// Keys pressed at once.
pub const MAX_DTMF_DIGITS: usize = 32;

/// Characters of a reason, a name or a service.
const MAX_TEXT: usize = 500;

text_enum! {
    /// What is asked of a calendar.
    pub enum CalendarAction {
        /// Whether a time is free.
        CheckAvailability = "check_availability",
        /// To book it.
        BookAppointment = "book_appointment",
    }
}

text_enum! {
    /// How urgent a transfer is.
    pub enum TransferPriority {
        /// It can wait.
        Low = "low",
        /// As usual.
        Normal = "normal",
        /// Before others.
        High = "high",
        /// At once.
        Urgent = "urgent",
    }
}

/// A question to the calendar, or a booking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CalendarCall {
    /// Which of the two.
    pub action: CalendarAction,
    /// Day.
    pub date: NaiveDate,
    /// Time of day.
    pub time: NaiveTime,
    /// Length in minutes, 5..=480.
    pub duration_minutes: u16,
    /// What is booked; always there for a booking.
    pub service: Option<String>,
    /// Name of the person; always there for a booking.
    pub client_name: Option<String>,
    /// Phone of the person; always there for a booking.
    pub client_phone: Option<String>,
}

/// A transfer to a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransferCall {
    /// Name of the target, one of the document's.
    pub target: String,
    /// Its E.164 number or `sip:` address.
    pub phone_or_sip: String,
    /// Why.
    pub reason: String,
    /// How urgent.
    pub priority: TransferPriority,
}

/// A call of a tool that can be carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ToolCall {
    /// Looks for a time or books it.
    Calendar(CalendarCall),
    /// Transfers the call.
    Transfer(TransferCall),
    /// Ends the call.
    EndCall {
        /// Why.
        reason: Option<String>,
    },
    /// Presses keys.
    Dtmf {
        /// Keys in order; `w` waits half a second.
        digits: String,
    },
    /// The person speaks this language.
    DetectLanguage {
        /// BCP 47 primary language, lower case.
        language: String,
    },
    /// Says nothing.
    SkipTurn,
    /// Another bot goes on.
    TransferToAgent {
        /// Its skillbase, as the document names it.
        agent: String,
        /// Why.
        reason: Option<String>,
    },
}

impl ToolCall {
    /// The tool.
    #[must_use]
    pub const fn name(&self) -> ToolName {
        match self {
            Self::Calendar(_) => ToolName::Calendar,
            Self::Transfer(_) => ToolName::TransferCall,
            Self::EndCall { .. } => ToolName::EndCall,
            Self::Dtmf { .. } => ToolName::DtmfTone,
            Self::DetectLanguage { .. } => ToolName::DetectLanguage,
            Self::SkipTurn => ToolName::SkipTurn,
            Self::TransferToAgent { .. } => ToolName::TransferToAgent,
        }
    }
}

/// Why a call cannot be carried out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ToolRefusal {
    /// No such tool.
    #[error("There is no tool \"{0}\".")]
    Unknown(String),
    /// The document does not switch it on.
    #[error("The tool \"{0}\" is not switched on.")]
    Off(ToolName),
    /// The arguments are no JSON object.
    #[error("The arguments of \"{0}\" are not a JSON object.")]
    NoObject(ToolName),
    /// Arguments that are required are missing.
    #[error("Missing: {}.", .0.join(", "))]
    Missing(Vec<&'static str>),
    /// An argument has a value that will not do.
    #[error("{name} must be {expected}.")]
    Invalid {
        /// The argument.
        name: &'static str,
        /// What it must be.
        expected: String,
    },
    /// A transfer to somebody whom the document does not name.
    #[error("Transfer target \"{0}\" is not configured.")]
    NotConfigured(String),
}

/// Reads a call by the name and the JSON of a language model. `tools` are those of the document.
///
/// # Errors
/// What the language model must change.
pub fn read_call(tools: &[Tool], name: &str, arguments: &str) -> Result<ToolCall, ToolRefusal> {
    let tool_name: ToolName = name.trim().parse().map_err(|_| ToolRefusal::Unknown(name.to_owned()))?;
    let tool = tools.iter().find(|tool| tool.enabled && tool.name() == tool_name).ok_or(ToolRefusal::Off(tool_name))?;
    let text = if arguments.trim().is_empty() { "{}" } else { arguments };
    let Ok(Value::Object(arguments)) = serde_json::from_str(text) else {
        return Err(ToolRefusal::NoObject(tool_name));
    };
    let arguments = Arguments(arguments);
    match &tool.kind {
        ToolKind::Calendar(config) => arguments.calendar(config.duration_minutes).map(ToolCall::Calendar),
        ToolKind::TransferCall(config) => {
            arguments.require(&["target"])?;
            let target = arguments.text("target").unwrap_or_default();
            let known = config.targets.iter().find(|known| known.name.eq_ignore_ascii_case(&target));
            let known = known.filter(|known| !known.phone_or_sip.trim().is_empty());
            let known = known.ok_or(ToolRefusal::NotConfigured(target))?;
            Ok(ToolCall::Transfer(TransferCall {
                target: known.name.clone(),
                phone_or_sip: known.phone_or_sip.clone(),
                reason: arguments.text("reason").unwrap_or_else(|| "Customer request".to_owned()),
                priority: arguments.choice("priority")?.unwrap_or(TransferPriority::Normal),
            }))
        }
        ToolKind::EndCall(_) => Ok(ToolCall::EndCall { reason: arguments.text("reason") }),
        ToolKind::DtmfTone(_) => {
            arguments.require(&["digits"])?;
            let digits = arguments.text("digits").unwrap_or_default();
            let fits = digits.len() <= MAX_DTMF_DIGITS
                && digits.bytes().all(|key| matches!(key, b'0'..=b'9' | b'*' | b'#' | b'A'..=b'D' | b'w'));
            if fits { Ok(ToolCall::Dtmf { digits }) } else { Err(invalid("digits", "1 to 32 of 0-9, *, #, A-D and w")) }
        }
        ToolKind::DetectLanguage(_) => {
            arguments.require(&["language"])?;
            let language = arguments.text("language").unwrap_or_default().to_lowercase();
            let language = language.split(['-', '_']).next().unwrap_or_default().to_owned();
            let fits = (2..=3).contains(&language.len()) && language.bytes().all(|letter| letter.is_ascii_lowercase());
            if fits { Ok(ToolCall::DetectLanguage { language }) } else { Err(invalid("language", "a BCP 47 language")) }
        }
        ToolKind::SkipTurn(_) => Ok(ToolCall::SkipTurn),
        ToolKind::TransferToAgent(config) => {
            arguments.require(&["agent"])?;
            let agent = arguments.text("agent").unwrap_or_default();
            if config.agents.iter().any(|known| known.skillbase == agent) {
                Ok(ToolCall::TransferToAgent { agent, reason: arguments.text("reason") })
            } else {
                Err(ToolRefusal::NotConfigured(agent))
            }
        }
    }
}

fn invalid(name: &'static str, expected: impl Into<String>) -> ToolRefusal {
    ToolRefusal::Invalid { name, expected: expected.into() }
}

struct Arguments(Map<String, Value>);

impl Arguments {
    /// A text, or a number as its text; none when it is blank.
    fn text(&self, name: &str) -> Option<String> {
        let text = match self.0.get(name)? {
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => return None,
        };
        let text: String = text.trim().chars().take(MAX_TEXT).collect();
        (!text.is_empty()).then_some(text)
    }

    fn require(&self, names: &[&'static str]) -> Result<(), ToolRefusal> {
        let missing: Vec<&'static str> = names.iter().copied().filter(|name| self.text(name).is_none()).collect();
        if missing.is_empty() { Ok(()) } else { Err(ToolRefusal::Missing(missing)) }
    }

    fn choice<T: Choice>(&self, name: &'static str) -> Result<Option<T>, ToolRefusal> {
        let Some(text) = self.text(name) else { return Ok(None) };
        let known = T::all().iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        text.to_lowercase().parse().map(Some).map_err(|_| invalid(name, format!("one of {known}")))
    }

    fn calendar(&self, default_minutes: u16) -> Result<CalendarCall, ToolRefusal> {
        self.require(&["action", "date", "time"])?;
        let action = self.choice("action")?.unwrap_or(CalendarAction::CheckAvailability);
        if action == CalendarAction::BookAppointment {
            self.require(&["service", "client_name", "client_phone"])?;
        }
        let date = self.text("date").and_then(|text| NaiveDate::parse_from_str(&text, "%Y-%m-%d").ok());
        let time = self.text("time").and_then(|text| NaiveTime::parse_from_str(&text, "%H:%M").ok());
        let minutes = match self.text("duration_minutes") {
            None => default_minutes,
            Some(text) => text
                .parse()
                .ok()
                .filter(|minutes| (5..=480).contains(minutes))
                .ok_or_else(|| invalid("duration_minutes", "5 to 480"))?,
        };
        Ok(CalendarCall {
            action,
            date: date.ok_or_else(|| invalid("date", "a day as YYYY-MM-DD"))?,
            time: time.ok_or_else(|| invalid("time", "a time as HH:MM"))?,
            duration_minutes: minutes,
            service: self.text("service"),
            client_name: self.text("client_name"),
            client_phone: self.text("client_phone"),
        })
    }
}

/// An enum of which all texts are known.
trait Choice: std::str::FromStr + std::fmt::Display + 'static {
    fn all() -> &'static [Self];
}

impl Choice for CalendarAction {
    fn all() -> &'static [Self] {
        Self::ALL
    }
}

impl Choice for TransferPriority {
    fn all() -> &'static [Self] {
        Self::ALL
    }
}
