//! The skillbase document: what the bot is, says and may do. Owns its fields and bounds; versions are rows, not
//! fields of the document.

use serde::{Deserialize, Serialize};

use crate::field::FieldErrors;

/// The document of one skillbase version (`format` 1). Later formats are supersets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct SkillbaseDocument {
    /// The version of this document's own shape; 1 here.
    pub format: u16,
    /// Who the bot is, 1..=500 characters.
    pub role: String,
    /// How it speaks, 1..=500 characters.
    pub style: String,
    /// What it must and must not do; each 1..=500 characters, at most 100.
    pub rules: Vec<String>,
    /// What it knows about the company; each 1..=500 characters, at most 100.
    pub facts: Vec<String>,
    /// Its first sentence, 1..=500 characters.
    pub greeting: String,
    /// BCP 47 primary language of the conversation: `ru` or `en`.
    pub language: String,
}

impl SkillbaseDocument {
    /// Checks every bound (requirements B1, B2; acceptance 25 in part).
    ///
    /// # Errors
    /// Every refused field; items of lists are named by index, `rules.0`.
    pub fn check(&self) -> Result<(), FieldErrors> {
        let mut errors = FieldErrors::default();
        errors.check_text("role", &self.role, 1, 500);
        errors.check_text("style", &self.style, 1, 500);
        errors.check_text("greeting", &self.greeting, 1, 500);
        if !matches!(self.language.as_str(), "ru" | "en") {
            errors.add("language", "language");
        }
        for (name, items) in [("rules", &self.rules), ("facts", &self.facts)] {
            errors.check_range(name, i64::try_from(items.len()).unwrap_or(i64::MAX), 0, 100);
            for (index, item) in items.iter().enumerate() {
                errors.check_text(&format!("{name}.{index}"), item, 1, 500);
            }
        }
        errors.into_result()
    }
}
