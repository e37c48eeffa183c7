//! Notices: what happened while nobody looked. Refuses to word them: a notice is a kind and its figures, the catalogue of
//! the user interface makes the sentence.

use callboard_core::{
    id::{CampaignId, CompanyId, TaskId},
    notice::{NoticeKind, NoticeLevel},
};
use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::{DbResult, error::parse};

/// A notice to be written.
#[derive(Debug, Clone, PartialEq)]
pub struct NewNotice {
    /// Its id.
    pub notice_id: Uuid,
    /// About which campaign; none for the company.
    pub campaign: Option<CampaignId>,
    /// What happened.
    pub kind: NoticeKind,
    /// Figures and names of its sentence. Never a number or a name of a contact.
    pub params: serde_json::Value,
    /// Told only once under this key, whoever finds out first.
    pub once: Option<String>,
}

/// A notice as it is read.
#[derive(Debug, Clone, PartialEq)]
pub struct Notice {
    /// Id.
    pub notice_id: Uuid,
    /// About which campaign.
    pub campaign_id: Option<Uuid>,
    /// Its present name.
    pub campaign_name: Option<String>,
    /// What happened.
    pub kind: NoticeKind,
    /// How much it matters.
    pub level: NoticeLevel,
    /// Figures and names.
    pub params: serde_json::Value,
    /// When.
    pub happened_at: DateTime<Utc>,
    /// When it was marked as read.
    pub read_at: Option<DateTime<Utc>>,
}

/// Writes a notice with the present transaction. False when it was told before (`once`) or its campaign is gone.
///
/// # Errors
/// When the database does not answer.
pub async fn insert(db: &mut PgConnection, company: CompanyId, notice: &NewNotice) -> DbResult<bool> {
    let done = sqlx::query!(
        "insert into notices (company_id, notice_id, campaign_id, kind, level, params, once)
         select $1, $2, $3, $4, $5, $6, $7
         where $3::uuid is null or exists (select from campaigns where company_id = $1 and campaign_id = $3)
         on conflict (company_id, once) where once is not null do nothing",
        company.0,
        notice.notice_id,
        notice.campaign.map(Uuid::from),
        notice.kind.as_str(),
        notice.kind.level().as_str(),
        notice.params,
        notice.once
    )
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// A page of notices, newest first, after the given one.
///
/// # Errors
/// When the database does not answer.
pub async fn page(
    db: &mut PgConnection,
    company: CompanyId,
    unread_only: bool,
    after: Option<(DateTime<Utc>, Uuid)>,
    limit: i64,
) -> DbResult<Vec<Notice>> {
    let rows = sqlx::query!(
        r#"select n.notice_id, n.campaign_id, c.name as "campaign_name?", n.kind, n.level, n.params, n.happened_at, n.read_at
           from notices n
           left join campaigns c on c.company_id = n.company_id and c.campaign_id = n.campaign_id
           where n.company_id = $1 and (not $2 or n.read_at is null)
             and ($3::timestamptz is null or (n.happened_at, n.notice_id) < ($3, $4))
           order by n.happened_at desc, n.notice_id desc
           limit $5"#,
        company.0,
        unread_only,
        after.map(|(at, _)| at),
        after.map_or(Uuid::nil(), |(_, id)| id),
        limit
    )
    .fetch_all(db)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Notice {
                notice_id: row.notice_id,
                campaign_id: row.campaign_id,
                campaign_name: row.campaign_name,
                kind: parse("notices", "kind", row.notice_id, &row.kind)?,
                level: parse("notices", "level", row.notice_id, &row.level)?,
                params: row.params,
                happened_at: row.happened_at,
                read_at: row.read_at,
            })
        })
        .collect()
}

/// Notices that nobody has read.
///
/// # Errors
/// When the database does not answer.
pub async fn unread(db: &mut PgConnection, company: CompanyId) -> DbResult<i32> {
    Ok(sqlx::query_scalar!(
        r#"select count(*)::int as "unread!" from notices where company_id = $1 and read_at is null"#,
        company.0
    )
    .fetch_one(db)
    .await?)
}

/// Marks notices as read; `None` marks all. How many were new.
///
/// # Errors
/// When the database does not answer.
pub async fn mark_read(db: &mut PgConnection, company: CompanyId, ids: Option<&[Uuid]>) -> DbResult<i32> {
    let done = sqlx::query!(
        "update notices set read_at = clock_timestamp()
         where company_id = $1 and read_at is null and ($2::uuid[] is null or notice_id = any($2))",
        company.0,
        ids
    )
    .execute(db)
    .await?;
    Ok(i32::try_from(done.rows_affected()).unwrap_or(i32::MAX))
}

/// Removes what was read more than 90 days ago or happened more than a year ago. How many.
///
/// # Errors
/// When the database does not answer.
pub async fn forget_old(db: &mut PgConnection) -> DbResult<u64> {
    let done = sqlx::query!(
        "delete from notices where read_at < clock_timestamp() - interval '90 days'
                                or happened_at < clock_timestamp() - interval '365 days'"
    )
    .execute(db)
    .await?;
    Ok(done.rows_affected())
}

/// A promised callback that still waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MissedCallback {
    /// The company.
    pub company_id: CompanyId,
    /// The campaign, which runs.
    pub campaign_id: CampaignId,
    /// The task.
    pub task_id: TaskId,
    /// When it was promised.
    pub promised_at: DateTime<Utc>,
}

/// Callbacks that running campaigns have not kept within so many minutes and of which nobody was told, the oldest first.
///
/// # Errors
/// When the database does not answer.
pub async fn missed_callbacks(
    db: &mut PgConnection,
    tolerance_minutes: i32,
    most: i64,
) -> DbResult<Vec<MissedCallback>> {
    let rows = sqlx::query!(
        r#"select t.company_id, t.campaign_id, t.task_id, t.callback_at as "promised_at!"
           from campaigns c
           join call_tasks t on t.company_id = c.company_id and t.campaign_id = c.campaign_id
           where c.state = 'running' and t.callback_at is not null and t.waits
             and t.callback_at < clock_timestamp() - make_interval(mins => $1)
             and not exists (select from notices n
                             where n.company_id = t.company_id
                               and n.once = 'callback:' || t.task_id || ':' || floor(extract(epoch from t.callback_at))::bigint)
           order by t.callback_at
           limit $2"#,
        tolerance_minutes,
        most
    )
    .fetch_all(db)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| MissedCallback {
            company_id: row.company_id.into(),
            campaign_id: row.campaign_id.into(),
            task_id: row.task_id.into(),
            promised_at: row.promised_at,
        })
        .collect())
}

/// Running campaigns whose hours are open, with contacts that are due, while no worker is alive.
///
/// # Errors
/// When the database does not answer.
pub async fn without_worker(db: &mut PgConnection) -> DbResult<Vec<(CompanyId, CampaignId)>> {
    let rows = sqlx::query!(
        "select c.company_id, c.campaign_id
         from campaigns c
         where c.state = 'running'
           and not exists (select from workers where alive_until > clock_timestamp())
           and exists (select from campaign_lanes n
                       join call_tasks t on t.company_id = n.company_id and t.campaign_id = n.campaign_id and t.lane = n.lane
                       where n.company_id = c.company_id and n.campaign_id = c.campaign_id
                         and n.open_from <= clock_timestamp() - interval '1 minute' and n.open_until > clock_timestamp()
                         and t.waits and t.due_at <= clock_timestamp() - interval '1 minute')"
    )
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().map(|row| (row.company_id.into(), row.campaign_id.into())).collect())
}
