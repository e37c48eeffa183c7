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

use super::ExplanationView;

/// Names a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TaskRef {
    /// The company.
    pub company_id: Uuid,
    /// The task.
    pub task_id: Uuid,
}

/// Promises a contact a call at a time, or takes the promise back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TaskCallback {
    /// The company.
    pub company_id: Uuid,
    /// The task; one that has ended is refused.
    pub task_id: Uuid,
    /// When, not in the past; none takes the promise back, and the task is due as if it had not been given.
    pub at: Option<DateTime<Utc>>,
}

/// Why a contact is, or is not, called in one campaign.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TaskExplanation {
    /// The task.
    pub task_id: Uuid,
    /// Its campaign.
    pub campaign_id: Uuid,
    /// Name of the campaign.
    pub campaign_name: String,
    /// The answer.
    pub explanation: ExplanationView,
    /// The instant of its facts, by the database's clock.
    pub as_of: DateTime<Utc>,
}

/// Why a contact is, or is not, called in each campaign that has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ContactExplanation {
    /// Open tasks first, newest first; at most 20.
    pub items: Vec<TaskExplanation>,
}

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
    /// When a call was promised.
    pub callback_at: Option<DateTime<Utc>>,
    /// All numbers of the contact, in the order in which they are tried; `phone` is the next one.
    pub numbers: Vec<String>,
    /// A direct call.
    pub is_direct: bool,
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
