//! The tab "Tools". Secrets are not part of the document: they are in the keyring, under the skillbase.

use serde::{Deserialize, Serialize};

text_enum! {
    /// What a bot can do besides talking.
    #[cfg_attr(test, derive(schemars::JsonSchema))]
    pub enum ToolName {
        /// Looks for free times and books them.
        Calendar = "calendar",
        /// Connects the person with a number.
        TransferCall = "transfer_call",
        /// Hangs up.
        EndCall = "end_call",
        /// Presses keys.
        DtmfTone = "dtmf_tone",
        /// Finds out the person's language.
        DetectLanguage = "detect_language",
        /// Says nothing this time.
        SkipTurn = "skip_turn",
        /// Goes on as another skillbase.
        TransferToAgent = "transfer_to_agent",
    }
}

/// One tool: `{"name": "calendar", "enabled": true, "config": {..}}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Tool {
    /// The bot may use it.
    #[serde(default)]
    pub enabled: bool,
    /// Which, and how it is set up.
    #[serde(flatten)]
    pub kind: ToolKind,
}

impl Tool {
    /// Its name.
    #[must_use]
    pub const fn name(&self) -> ToolName {
        match self.kind {
            ToolKind::Calendar(_) => ToolName::Calendar,
            ToolKind::TransferCall(_) => ToolName::TransferCall,
            ToolKind::EndCall(_) => ToolName::EndCall,
            ToolKind::DtmfTone(_) => ToolName::DtmfTone,
            ToolKind::DetectLanguage(_) => ToolName::DetectLanguage,
            ToolKind::SkipTurn(_) => ToolName::SkipTurn,
            ToolKind::TransferToAgent(_) => ToolName::TransferToAgent,
        }
    }

    /// A tool that is not set up yet.
    #[must_use]
    pub fn new(name: ToolName, enabled: bool) -> Self {
        let kind = match name {
            ToolName::Calendar => ToolKind::Calendar(CalendarConfig::default()),
            ToolName::TransferCall => ToolKind::TransferCall(TransferCallConfig::default()),
            ToolName::EndCall => ToolKind::EndCall(PlainToolConfig::default()),
            ToolName::DtmfTone => ToolKind::DtmfTone(PlainToolConfig::default()),
            ToolName::DetectLanguage => ToolKind::DetectLanguage(PlainToolConfig::default()),
            ToolName::SkipTurn => ToolKind::SkipTurn(PlainToolConfig::default()),
            ToolName::TransferToAgent => ToolKind::TransferToAgent(TransferToAgentConfig::default()),
        };
        Self { enabled, kind }
    }

    /// When the bot is told to use it; may be empty.
    #[must_use]
    pub fn description(&self) -> &str {
        match &self.kind {
            ToolKind::Calendar(config) => &config.description,
            ToolKind::TransferCall(config) => &config.description,
            ToolKind::TransferToAgent(config) => &config.description,
            ToolKind::EndCall(config)
            | ToolKind::DtmfTone(config)
            | ToolKind::DetectLanguage(config)
            | ToolKind::SkipTurn(config) => &config.description,
        }
    }
}

/// A tool's name with its settings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "name", content = "config", rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum ToolKind {
    /// Looks for free times and books them.
    Calendar(CalendarConfig),
    /// Connects the person with a number.
    TransferCall(TransferCallConfig),
    /// Hangs up.
    EndCall(PlainToolConfig),
    /// Presses keys.
    DtmfTone(PlainToolConfig),
    /// Finds out the person's language.
    DetectLanguage(PlainToolConfig),
    /// Says nothing this time.
    SkipTurn(PlainToolConfig),
    /// Goes on as another skillbase.
    TransferToAgent(TransferToAgentConfig),
}

/// Settings of a tool that has none of its own.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct PlainToolConfig {
    /// When it is used, at most 500 characters; empty leaves it to the language model.
    pub description: String,
}

/// The calendar. Its key is a secret of the skillbase.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct CalendarConfig {
    /// When it is used, at most 500 characters.
    pub description: String,
    /// `https://` address of the service; empty for the practice calendar, which is always free and books nothing.
    pub api_url: String,
    /// Minutes of an appointment, 5..=480.
    pub duration_minutes: u16,
    /// What can be booked; each 1..=100 characters, at most 30; empty for anything.
    pub services: Vec<String>,
}

impl Default for CalendarConfig {
    fn default() -> Self {
        Self { description: String::new(), api_url: String::new(), duration_minutes: 60, services: Vec::new() }
    }
}

/// The transfer to a person.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct TransferCallConfig {
    /// When it is used, at most 500 characters.
    pub description: String,
    /// To whom, 1..=20 when it is switched on, names unique.
    pub targets: Vec<TransferTarget>,
}

/// Somebody who takes over.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct TransferTarget {
    /// What the bot calls it, for example `operator`; 1..=64 of a-z, 0-9, `_` and `-`.
    pub name: String,
    /// When, at most 500 characters.
    pub condition: String,
    /// What is passed on about the conversation, at most 500 characters.
    pub context_rules: String,
    /// E.164 number or `sip:` address.
    pub phone_or_sip: String,
}

/// The change to another skillbase.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct TransferToAgentConfig {
    /// When it is used, at most 500 characters.
    pub description: String,
    /// To which, 1..=20 when it is switched on.
    pub agents: Vec<AgentTarget>,
}

/// Another skillbase that goes on.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct AgentTarget {
    /// When, 1..=500 characters.
    pub condition: String,
    /// Id of the skillbase, or the name that the agent knows it by; 1..=100 characters.
    pub skillbase: String,
}
