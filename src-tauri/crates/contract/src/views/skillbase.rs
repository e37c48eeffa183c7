//! Skillbases.

use callboard_core::skillbase::SkillbaseDocument;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use uuid::Uuid;

/// Names a skillbase.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SkillbaseRef {
    /// The company.
    pub company_id: Uuid,
    /// The skillbase.
    pub skillbase_id: Uuid,
}

/// Which skillbases.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SkillbaseQuery {
    /// The company.
    pub company_id: Uuid,
    /// Also those put away.
    pub archived: bool,
}

/// A skillbase with its newest document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SkillbaseView {
    /// Id.
    pub id: Uuid,
    /// Name.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// Newest version, from 1.
    pub version: i32,
    /// Its document.
    pub document: SkillbaseDocument,
    /// Campaigns that pin any of its versions.
    pub campaign_count: i32,
    /// Put away.
    pub archived: bool,
    /// When it was created.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

/// Skillbases of a company.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SkillbaseList {
    /// Newest first.
    pub items: Vec<SkillbaseView>,
}

/// A new skillbase.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SkillbaseForm {
    /// The company.
    pub company_id: Uuid,
    /// 1..=255 characters, unique in the company.
    pub name: String,
    /// At most 2,000 characters.
    pub description: String,
    /// The document.
    pub document: SkillbaseDocument,
}

/// A change of a skillbase.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SkillbaseUpdate {
    /// The skillbase.
    pub skillbase_id: Uuid,
    /// The version that was opened for the change; another newest version is a conflict.
    pub base_version: i32,
    /// All its fields.
    pub form: SkillbaseForm,
}
