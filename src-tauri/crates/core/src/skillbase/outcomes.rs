//! The tab "Outcomes".

use serde::{Deserialize, Serialize};

use super::{FieldOperator, FieldTest};
use crate::call::Outcome;

/// Fields that every conversation has, besides those that it collects: the person asked to be called again; why the
/// person is not one whom the company looks for; questions were answered from the knowledge; every required field was
/// collected, and there is at least one.
pub const SPECIAL_FIELDS: [&str; 4] = ["callback_requested", "not_target_reason", "questions_answered", "all_required"];

text_enum! {
    /// What a result means to the campaign.
    #[cfg_attr(test, derive(schemars::JsonSchema))]
    pub enum OutcomeMeaning {
        /// The goal was reached.
        Success = "success",
        /// The person said no.
        Refusal = "refusal",
        /// The person is called again.
        Callback = "callback",
        /// It led nowhere.
        Unknown = "unknown",
    }
}

impl OutcomeMeaning {
    /// The outcome of a call with this result.
    #[must_use]
    pub const fn outcome(self) -> Outcome {
        match self {
            Self::Success => Outcome::Success,
            Self::Refusal => Outcome::Refusal,
            Self::Callback => Outcome::Callback,
            Self::Unknown => Outcome::Unknown,
        }
    }
}

/// What can come of a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Outcomes {
    /// The results, the first that fits counts; 1..=20, ids unique.
    pub results: Vec<OutcomeDefinition>,
    /// Id of the result when none fits.
    pub default: String,
}

/// One result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct OutcomeDefinition {
    /// 1..=64 of a-z, 0-9, `_` and `-`.
    pub id: String,
    /// What people call it, 1..=100 characters.
    pub name: String,
    /// What it means to the campaign.
    pub means: OutcomeMeaning,
    /// All of these hold, at most 20; without any it is only ever the default.
    pub rules: Vec<FieldTest>,
    /// Ids of fields that have values.
    pub required_fields: Vec<String>,
}

impl Default for OutcomeDefinition {
    fn default() -> Self {
        Self {
            id: String::new(),
            name: String::new(),
            means: OutcomeMeaning::Unknown,
            rules: Vec::new(),
            required_fields: Vec::new(),
        }
    }
}

impl Default for Outcomes {
    /// The four results of the replaced systems, with rules that they lacked.
    fn default() -> Self {
        let result = |id: &str, name: &str, means, rules: &[&str]| OutcomeDefinition {
            id: id.to_owned(),
            name: name.to_owned(),
            means,
            rules: rules
                .iter()
                .map(|field| FieldTest {
                    field: (*field).to_owned(),
                    operator: FieldOperator::IsSet,
                    value: String::new(),
                })
                .collect(),
            required_fields: Vec::new(),
        };
        Self {
            results: vec![
                result("callback", "callback", OutcomeMeaning::Callback, &["callback_requested"]),
                result("not_target", "not target", OutcomeMeaning::Refusal, &["not_target_reason"]),
                result("lead", "lead", OutcomeMeaning::Success, &["all_required"]),
                result("info_only", "info only", OutcomeMeaning::Unknown, &[]),
            ],
            default: "info_only".to_owned(),
        }
    }
}
