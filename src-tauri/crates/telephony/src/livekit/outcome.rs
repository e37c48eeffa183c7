//! What the voice agent says came of a call. Owns the format of its attribute; refuses to believe more than is asked: the
//! agent judges the conversation, not the line.

use std::str::FromStr;

use callboard_core::call::{Disposition, Outcome};
use chrono::{DateTime, Utc};
use serde::Deserialize;

/// The agent's word, `{"v":1,"outcome":"callback","reason":"…","disposition":"voicemail","callbackAt":"2026-12-01T14:00:00+03:00"}`;
/// all but `v` may be missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct AgentReport {
    pub(super) outcome: Option<Outcome>,
    pub(super) reason: Option<String>,
    pub(super) voicemail: bool,
    pub(super) callback_at: Option<DateTime<Utc>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Raw {
    v: u32,
    outcome: Option<String>,
    reason: Option<String>,
    disposition: Option<String>,
    callback_at: Option<String>,
}

impl AgentReport {
    /// The attribute of the agent participant that carries it.
    pub(super) const ATTRIBUTE: &str = "callboard.outcome";

    /// Longest reason that is kept, in characters.
    const LONGEST_REASON: usize = 500;

    /// `None` for everything that is not this format. A word that is not an outcome is no outcome.
    pub(super) fn read(text: &str) -> Option<Self> {
        let raw: Raw = serde_json::from_str(text).ok().filter(|raw: &Raw| raw.v == 1)?;
        let outcome = raw.outcome.and_then(|text| Outcome::from_str(&text).ok());
        let callback_at = raw.callback_at.and_then(|text| DateTime::parse_from_rfc3339(&text).ok());
        let said_voicemail = raw.disposition.as_deref() == Some(Disposition::Voicemail.as_str());
        let reason = raw.reason.map(|reason| reason.trim().chars().take(Self::LONGEST_REASON).collect());
        Some(Self {
            outcome: outcome.or(said_voicemail.then_some(Outcome::Voicemail)),
            reason: reason.filter(|reason: &String| !reason.is_empty()),
            voicemail: said_voicemail || outcome == Some(Outcome::Voicemail),
            // A time belongs to a callback and to nothing else.
            callback_at: callback_at.filter(|_| outcome == Some(Outcome::Callback)).map(|at| at.to_utc()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(outcome: Option<Outcome>, reason: Option<&str>, voicemail: bool) -> AgentReport {
        AgentReport { outcome, reason: reason.map(str::to_owned), voicemail, callback_at: None }
    }

    #[test]
    fn the_time_of_a_callback_is_read_in_any_offset_and_only_for_a_callback() {
        let at = |text: &str| AgentReport::read(text).and_then(|report| report.callback_at).map(|at| at.to_rfc3339());
        let asked = r#"{"v":1,"outcome":"callback","callbackAt":"2026-12-01T14:00:00+03:00"}"#;
        assert_eq!(at(asked).as_deref(), Some("2026-12-01T11:00:00+00:00"));
        assert_eq!(at(r#"{"v":1,"outcome":"callback","callbackAt":"tomorrow"}"#), None, "not guessed");
        assert_eq!(at(r#"{"v":1,"outcome":"refusal","callbackAt":"2026-12-01T14:00:00+03:00"}"#), None);
    }

    /// Acceptance 47: the outcome of a completed call is the agent's word.
    #[test]
    fn the_word_of_the_agent_is_read_as_far_as_it_can_be_understood() {
        let table = [
            (
                r#"{"v":1,"outcome":"success","reason":"agreed"}"#,
                Some(report(Some(Outcome::Success), Some("agreed"), false)),
            ),
            (r#"{"v":1,"disposition":"voicemail"}"#, Some(report(Some(Outcome::Voicemail), None, true))),
            (r#"{"v":1,"outcome":"voicemail","reason":" "}"#, Some(report(Some(Outcome::Voicemail), None, true))),
            (r#"{"v":1,"outcome":"enthusiasm","later":[1]}"#, Some(report(None, None, false))),
            (r#"{"v":1,"disposition":"busy"}"#, Some(report(None, None, false))),
            (r#"{"v":2,"outcome":"success"}"#, None),
            (r#"{"outcome":"success"}"#, None),
            ("success", None),
        ];
        for (text, expected) in table {
            assert_eq!(AgentReport::read(text), expected, "{text}");
        }
    }

    #[test]
    fn a_long_reason_is_cut() {
        let text = serde_json::json!({ "v": 1, "reason": "ж".repeat(2000) }).to_string();
        let reason = AgentReport::read(&text).and_then(|report| report.reason).unwrap_or_default();
        assert_eq!(reason.chars().count(), 500);
    }
}
