//! The prompt of an agent, built of everything that a document says.

use serde::{Deserialize, Serialize};

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
