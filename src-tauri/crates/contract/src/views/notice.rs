//! The inbox: what happened while nobody looked.

use std::collections::BTreeMap;

use callboard_core::notice::{NoticeKind, NoticeLevel};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use uuid::Uuid;

/// Which notices, and from where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NoticeQuery {
    /// The company.
    pub company_id: Uuid,
    /// Only those that nobody has read.
    pub unread_only: bool,
    /// Where the page before ended.
    pub cursor: Option<String>,
    /// Rows of the page, 1..=200.
    pub limit: u32,
}

/// A notice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct NoticeView {
    /// Id.
    pub id: Uuid,
    /// What happened; a key of the catalogue `notices.*`.
    pub kind: NoticeKind,
    /// How much it matters.
    pub level: NoticeLevel,
    /// When.
    pub at: DateTime<Utc>,
    /// About which campaign.
    pub campaign_id: Option<Uuid>,
    /// Its name.
    pub campaign_name: Option<String>,
    /// Figures and causes of the sentence.
    pub params: BTreeMap<String, String>,
    /// When somebody read it.
    pub read_at: Option<DateTime<Utc>>,
}

/// A page of notices.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct NoticePage {
    /// Newest first.
    pub items: Vec<NoticeView>,
    /// Where the next page starts; none at the end.
    pub next_cursor: Option<String>,
    /// All that nobody has read.
    pub unread: i32,
}

/// Marks notices as read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NoticesRead {
    /// The company.
    pub company_id: Uuid,
    /// Which; empty: all.
    pub ids: Vec<Uuid>,
}
