//! The queue of a campaign.

use std::collections::BTreeMap;

use callboard_core::{
    call::{Disposition, Outcome},
    task::TaskStatus,
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use uuid::Uuid;

/// Which tasks, and from where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TaskQuery {
    /// The company.
    pub company_id: Uuid,
    /// The campaign.
    pub campaign_id: Uuid,
    /// Only these statuses; empty for all.
    pub statuses: Vec<TaskStatus>,
    /// Part of the number or the name.
    pub search: Option<String>,
    /// Where the page before ended.
    pub cursor: Option<String>,
    /// Rows of the page, 1..=200.
    pub limit: u32,
}

/// A task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TaskView {
    /// Id.
    pub id: Uuid,
    /// Place in the list, from 1.
    pub position: i32,
    /// E.164 number.
    pub phone: String,
    /// Name, when the list had one.
    pub contact_name: Option<String>,
    /// Further columns of the list.
    pub contact_data: BTreeMap<String, String>,
    /// Status.
    pub status: TaskStatus,
    /// Attempts so far.
    pub attempts: i32,
    /// When it was last dialled.
    pub last_attempt_at: Option<DateTime<Utc>>,
    /// When it will be tried again.
    pub next_attempt_at: Option<DateTime<Utc>>,
    /// How the latest attempt ended.
    pub disposition: Option<Disposition>,
    /// What came of it.
    pub outcome: Option<Outcome>,
    /// Cause of the latest failure.
    pub error: Option<String>,
    /// The latest attempt.
    pub last_call_id: Option<Uuid>,
}

/// A page of tasks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TaskPage {
    /// In list order.
    pub items: Vec<TaskView>,
    /// Where the next page starts; none at the end.
    pub next_cursor: Option<String>,
    /// All that match.
    pub total: i32,
}
