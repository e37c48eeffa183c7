//! The tab "Identity".

use serde::{Deserialize, Serialize};

text_enum! {
    /// A language that a bot can speak.
    #[cfg_attr(test, derive(schemars::JsonSchema))]
    pub enum Language {
        /// Russian.
        Ru = "ru",
        /// English.
        En = "en",
        /// Spanish.
        Es = "es",
        /// German.
        De = "de",
        /// French.
        Fr = "fr",
        /// Italian.
        It = "it",
        /// Portuguese.
        Pt = "pt",
    }
}

/// Who speaks, and how.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Identity {
    /// Who the bot is, 1..=500 characters.
    pub role: String,
    /// How it speaks, 1..=500 characters.
    pub style: String,
    /// The language that it begins in.
    pub language: Language,
    /// Further languages that it may change to; no repetitions, not the first one.
    pub other_languages: Vec<Language>,
    /// It follows the person into one of the other languages.
    pub switch_language: bool,
    /// What it must and must not do; each 1..=500 characters, at most 100.
    pub rules: Vec<String>,
    /// What it knows about the company; each 1..=500 characters, at most 100.
    pub facts: Vec<String>,
    /// The sentence that says that a machine is calling, and for whom; at most 500 characters. It is spoken with the
    /// greeting, never left to the language model.
    pub disclosure: String,
}

impl Default for Identity {
    fn default() -> Self {
        Self {
            role: String::new(),
            style: String::new(),
            language: Language::Ru,
            other_languages: Vec::new(),
            switch_language: true,
            rules: Vec::new(),
            facts: Vec::new(),
            disclosure: String::new(),
        }
    }
}

impl Identity {
    /// All languages, the one that it begins in first.
    #[must_use]
    pub fn languages(&self) -> Vec<Language> {
        std::iter::once(self.language).chain(self.other_languages.iter().copied()).collect()
    }
}
