//! Versions of a campaign: the pinned one, and a second one to compare it with.

use callboard_core::text_enum;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use uuid::Uuid;

text_enum! {
    /// One of the two versions of an experiment.
    pub enum Variant {
        /// The pinned version.
        A = "a",
        /// The other one.
        B = "b",
    }
}

/// Another version for a campaign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CampaignPin {
    /// The company.
    pub company_id: Uuid,
    /// The campaign.
    pub campaign_id: Uuid,
    /// The version of its skillbase.
    pub version: i32,
    /// The revision that was opened for the change.
    pub base_revision: i32,
}

/// A second version that some of the contacts get. Who gets it depends on the contact's number and the campaign alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ExperimentForm {
    /// Version B of the campaign's skillbase; another one than the pinned version.
    pub version: i32,
    /// Per cent of the contacts that get it, 1..=99.
    pub share_percent: i32,
}

/// Begins, changes or ends an experiment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ExperimentUpdate {
    /// The company.
    pub company_id: Uuid,
    /// The campaign.
    pub campaign_id: Uuid,
    /// The experiment; none ends it.
    pub experiment: Option<ExperimentForm>,
    /// The revision that was opened for the change.
    pub base_revision: i32,
}

/// A share with its 95 % confidence interval (Wilson).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RateView {
    /// `part / whole`; none when the whole is 0.
    pub rate: Option<f64>,
    /// Lower end, 0..=1.
    pub low: f64,
    /// Upper end, 0..=1.
    pub high: f64,
}

/// What one version has reached, over the ended calls of its contacts.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct VariantResult {
    /// A or B.
    pub variant: Variant,
    /// The version.
    pub version: i32,
    /// Contacts that are assigned to it.
    pub contacts: i32,
    /// Calls that were dialled and have ended.
    pub calls_ended: i32,
    /// Of these, picked up by a person.
    pub calls_answered: i32,
    /// Of these, with the outcome success.
    pub successes: i32,
    /// Of the answered ones, with the outcome refusal.
    pub refusals: i32,
    /// `successes / callsAnswered`.
    pub success_rate: RateView,
    /// `refusals / callsAnswered`.
    pub refusal_rate: RateView,
    /// Mean length of an answered call, seconds.
    pub average_talk_seconds: Option<f64>,
}

/// Success rate of B less that of A, with its 95 % confidence interval (Newcombe).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RateDifference {
    /// The difference, -1..=1.
    pub difference: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// The interval does not hold 0.
    pub significant: bool,
}

/// Results of an experiment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ExperimentResults {
    /// What is compared.
    pub experiment: ExperimentForm,
    /// A and B.
    pub variants: Vec<VariantResult>,
    /// None while one of them has no answered call.
    pub difference: Option<RateDifference>,
    /// The instant these figures are of, by the database's clock.
    pub as_of: DateTime<Utc>,
}

/// Results of the experiment of a campaign; none when it has none.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ExperimentView {
    /// The results.
    pub results: Option<ExperimentResults>,
}
