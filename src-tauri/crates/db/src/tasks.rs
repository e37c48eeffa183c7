//! The queue as it is shown. Refuses to move tasks: admission, leases and campaigns do.

use callboard_core::{
    call::{Disposition, Outcome},
    id::{CallId, CampaignId, CompanyId, TaskId},
    task::TaskStatus,
};
use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::{
    DbError, DbResult,
    campaigns::like_pattern,
    error::{parse, parse_optional},
};

/// A task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    /// Id.
    pub task_id: TaskId,
    /// Place in the list.
    pub position: i32,
    /// E.164 number.
    pub phone: String,
    /// Name.
    pub contact_name: Option<String>,
    /// Further columns.
    pub contact_data: serde_json::Value,
    /// Status.
    pub status: TaskStatus,
    /// Attempts so far.
    pub attempts: i32,
    /// Not dialled before.
    pub due_at: DateTime<Utc>,
    /// Latest attempt.
    pub last_attempt_at: Option<DateTime<Utc>>,
    /// Its call.
    pub last_call_id: Option<CallId>,
    /// How it ended.
    pub disposition: Option<Disposition>,
    /// What came of it.
    pub outcome: Option<Outcome>,
    /// Cause of the latest failure.
    pub error: Option<String>,
    /// When a call was promised.
    pub callback_at: Option<DateTime<Utc>>,
    /// All numbers of the contact, in the order in which they are tried.
    pub numbers: Vec<String>,
    /// A direct call.
    pub is_direct: bool,
}

struct Row {
    task_id: Uuid,
    position: i32,
    phone: String,
    contact_name: Option<String>,
    contact_data: serde_json::Value,
    status: String,
    attempts: i32,
    due_at: DateTime<Utc>,
    last_attempt_at: Option<DateTime<Utc>>,
    last_call_id: Option<Uuid>,
    disposition: Option<String>,
    outcome: Option<String>,
    error: Option<String>,
    callback_at: Option<DateTime<Utc>>,
    numbers: Vec<String>,
    is_direct: bool,
}

impl TryFrom<Row> for Task {
    type Error = DbError;

    fn try_from(row: Row) -> Result<Self, DbError> {
        Ok(Self {
            task_id: row.task_id.into(),
            position: row.position,
            phone: row.phone,
            contact_name: row.contact_name,
            contact_data: row.contact_data,
            status: parse("call_tasks", "status", row.task_id, &row.status)?,
            attempts: row.attempts,
            due_at: row.due_at,
            last_attempt_at: row.last_attempt_at,
            last_call_id: row.last_call_id.map(Into::into),
            disposition: parse_optional("call_tasks", "disposition", row.task_id, row.disposition.as_deref())?,
            outcome: parse_optional("call_tasks", "outcome", row.task_id, row.outcome.as_deref())?,
            error: row.error,
            callback_at: row.callback_at,
            numbers: row.numbers,
            is_direct: row.is_direct,
        })
    }
}

/// Which tasks.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Only these; none for all.
    pub statuses: Option<Vec<TaskStatus>>,
    /// Part of the number or the name.
    pub search: Option<String>,
}

/// A page in list order, after the given place.
///
/// # Errors
/// When the database does not answer or a row is inconsistent.
pub async fn page(
    db: &mut PgConnection,
    company: CompanyId,
    campaign: CampaignId,
    filter: &Filter,
    after: i32,
    limit: i64,
) -> DbResult<Vec<Task>> {
    let statuses: Option<Vec<String>> =
        filter.statuses.as_ref().map(|all| all.iter().map(ToString::to_string).collect());
    let rows = sqlx::query_as!(
        Row,
        r#"select t.task_id, t.position, t.phone, t.contact_name,
                  jsonb_strip_nulls(jsonb_build_object('email', p.email, 'company', p.organization, 'notes', p.notes))
                      || coalesce(t.contact_data, p.data, '{}') as "contact_data!", t.status, t.attempts - t.free_attempts as "attempts!",
                  t.due_at, t.last_attempt_at, t.last_call_id, t.disposition, t.outcome, t.error, t.callback_at,
                  case when p.contact_id is null then array[t.phone] else array_prepend(p.phone, coalesce(p.other_phones, '{}')) end as "numbers!",
                  t.is_direct
           from call_tasks t
           left join contacts p on p.company_id = t.company_id and p.contact_id = t.contact_id
           where t.company_id = $1 and t.campaign_id = $2 and t.position > $3
             and ($4::text[] is null or t.status = any($4))
             and ($5::text is null or t.phone like $5 or t.contact_name ilike $5)
           order by t.position limit $6"#,
        company.0,
        campaign.0,
        after,
        statuses.as_deref(),
        filter.search.as_deref().map(like_pattern),
        limit
    )
    .fetch_all(db)
    .await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// One task; none when it does not exist.
///
/// # Errors
/// When the database does not answer or the row is inconsistent.
pub async fn get(db: &mut PgConnection, company: CompanyId, task: TaskId) -> DbResult<Option<Task>> {
    let row = sqlx::query_as!(
        Row,
        r#"select t.task_id, t.position, t.phone, t.contact_name,
                  jsonb_strip_nulls(jsonb_build_object('email', p.email, 'company', p.organization, 'notes', p.notes))
                      || coalesce(t.contact_data, p.data, '{}') as "contact_data!", t.status, t.attempts - t.free_attempts as "attempts!",
                  t.due_at, t.last_attempt_at, t.last_call_id, t.disposition, t.outcome, t.error, t.callback_at,
                  case when p.contact_id is null then array[t.phone] else array_prepend(p.phone, coalesce(p.other_phones, '{}')) end as "numbers!",
                  t.is_direct
           from call_tasks t
           left join contacts p on p.company_id = t.company_id and p.contact_id = t.contact_id
           where t.company_id = $1 and t.task_id = $2"#,
        company.0,
        task.0
    )
    .fetch_optional(db)
    .await?;
    row.map(TryInto::try_into).transpose()
}

/// The campaign of a task; none when it does not exist.
///
/// # Errors
/// When the database does not answer.
pub async fn campaign_of(db: &mut PgConnection, company: CompanyId, task: TaskId) -> DbResult<Option<CampaignId>> {
    let id = sqlx::query_scalar!(
        "select campaign_id from call_tasks where company_id = $1 and task_id = $2",
        company.0,
        task.0
    )
    .fetch_optional(db)
    .await?;
    Ok(id.map(Into::into))
}

/// Tasks whose number or name holds the text.
///
/// # Errors
/// When the database does not answer.
pub async fn count(db: &mut PgConnection, company: CompanyId, campaign: CampaignId, filter: &Filter) -> DbResult<i32> {
    let statuses: Option<Vec<String>> =
        filter.statuses.as_ref().map(|all| all.iter().map(ToString::to_string).collect());
    Ok(sqlx::query_scalar!(
        r#"select count(*)::int as "count!" from call_tasks
           where company_id = $1 and campaign_id = $2
             and ($3::text[] is null or status = any($3))
             and ($4::text is null or phone like $4 or contact_name ilike $4)"#,
        company.0,
        campaign.0,
        statuses.as_deref(),
        filter.search.as_deref().map(like_pattern)
    )
    .fetch_one(db)
    .await?)
}

/// Names of the further data of a campaign's contacts, by name.
///
/// # Errors
/// When the database does not answer.
pub async fn data_keys(
    db: &mut PgConnection,
    company: CompanyId,
    campaign: CampaignId,
    most: i64,
) -> DbResult<Vec<String>> {
    Ok(sqlx::query_scalar!(
        r#"select distinct k as "key!"
           from call_tasks t
           left join contacts p on p.company_id = t.company_id and p.contact_id = t.contact_id
           cross join lateral jsonb_object_keys(
               jsonb_strip_nulls(jsonb_build_object('email', p.email, 'company', p.organization, 'notes', p.notes))
                   || coalesce(t.contact_data, p.data, '{}')) k
           where t.company_id = $1 and t.campaign_id = $2
           order by 1
           limit $3"#,
        company.0,
        campaign.0,
        most
    )
    .fetch_all(db)
    .await?)
}
