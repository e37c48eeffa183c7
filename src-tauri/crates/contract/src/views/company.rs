//! Companies.

use serde::{Deserialize, Serialize};
use ts_rs::TS;
use uuid::Uuid;

/// Names a company.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CompanyRef {
    /// The company.
    pub company_id: Uuid,
}

/// A company.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CompanyView {
    /// Id.
    pub id: Uuid,
    /// Name.
    pub name: String,
    /// IANA zone that new campaigns start with.
    pub time_zone: String,
    /// ISO 3166 region in which national numbers are read.
    pub default_region: String,
    /// ISO 4217.
    pub currency: String,
    /// Most calls at once over all campaigns.
    pub calls_at_once: i32,
}

/// All companies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CompanyList {
    /// By name.
    pub items: Vec<CompanyView>,
}

/// What a person sets of a company.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CompanyForm {
    /// 1..=255 characters, unique.
    pub name: String,
    /// IANA zone.
    pub time_zone: String,
    /// ISO 3166 region.
    pub default_region: String,
    /// ISO 4217.
    pub currency: String,
    /// 1..=10,000.
    pub calls_at_once: i32,
}

/// A change of a company.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CompanyUpdate {
    /// The company.
    pub company_id: Uuid,
    /// All its fields.
    pub form: CompanyForm,
}
