//! Direct calls: "Call now" on a contact.

use callboard_core::task::TaskStatus;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use uuid::Uuid;

/// Calls a contact before any campaign's row. Exactly one of campaign and skillbase is given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ContactCallNow {
    /// The company.
    pub company_id: Uuid,
    /// The contact.
    pub contact_id: Uuid,
    /// One of the contact's numbers; none: the first.
    pub phone: Option<String>,
    /// Its conversation, line and results are those of this campaign.
    pub campaign_id: Option<Uuid>,
    /// The conversation is this skillbase's, newest version; the line is the company's.
    pub skillbase_id: Option<Uuid>,
}

/// What became of "Call now".
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum DirectCallStarted {
    /// It has a slot.
    Started {
        /// Its task.
        task_id: Uuid,
        /// The call.
        call_id: Uuid,
    },
    /// It takes the next free slot.
    Queued {
        /// Its task.
        task_id: Uuid,
        /// Place among the company's direct calls, from 1.
        place: i32,
        /// Expected seconds until it is dialled.
        expected_wait_seconds: i32,
    },
}

/// A direct call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DirectCallView {
    /// Its task.
    pub task_id: Uuid,
    /// The contact.
    pub contact_id: Uuid,
    /// Its name.
    pub contact_name: Option<String>,
    /// E.164 number.
    pub phone: String,
    /// The campaign, when it was called for one.
    pub campaign_id: Option<Uuid>,
    /// Name of the campaign or the skillbase.
    pub title: String,
    /// Status of the task.
    pub status: TaskStatus,
    /// The call, once it has a slot.
    pub call_id: Option<Uuid>,
    /// Place, from 1; none once it has a slot.
    pub place: Option<i32>,
    /// Expected seconds until it is dialled.
    pub expected_wait_seconds: Option<i32>,
    /// When it was asked for.
    pub asked_at: DateTime<Utc>,
}

/// Direct calls that wait or are in progress, in the order in which they take slots.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DirectCalls {
    /// At most 200.
    pub items: Vec<DirectCallView>,
    /// The instant of these figures, by the database's clock.
    pub as_of: DateTime<Utc>,
}
