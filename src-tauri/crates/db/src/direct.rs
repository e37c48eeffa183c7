//! Direct calls: the campaigns that hold them, their tasks, their places. Refuses to admit them: admission does, before any
//! list of their company.

use callboard_core::{
    id::{CallId, CampaignId, CompanyId, ContactId, SkillbaseId, TaskId},
    line::LineKind,
    task::TaskStatus,
    window::DialingWindow,
};
use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use crate::{DbResult, error::parse, hours};

/// Finds or makes the campaign that holds the direct calls of a list's campaign over a line; it takes that campaign's
/// conversation and hours as they are now. None when there is no such list.
///
/// # Errors
/// When the database does not answer.
pub async fn campaign_for_list(
    db: &mut PgConnection,
    company: CompanyId,
    new_id: CampaignId,
    list: CampaignId,
    line: LineKind,
) -> DbResult<Option<CampaignId>> {
    let id = sqlx::query_scalar!(
        "insert into campaigns as d
                (company_id, campaign_id, skillbase_id, skillbase_version, name, kind, direct_for, state, line, calls_at_once,
                 calls_per_minute, max_attempts, retry_delay_minutes, span_opens, span_closes, span_weekdays, closed_days,
                 time_zone, local_time, started_at)
         select company_id, $3, skillbase_id, skillbase_version, name, 'direct', campaign_id, 'running', $4, 100,
                100, 1, 1, span_opens, span_closes, span_weekdays, closed_days, time_zone, local_time, clock_timestamp()
         from campaigns where company_id = $1 and campaign_id = $2 and kind = 'list'
         on conflict (company_id, direct_for, line) where kind = 'direct' and direct_for is not null do update
         set skillbase_id = excluded.skillbase_id, skillbase_version = excluded.skillbase_version, name = excluded.name,
             state = 'running', span_opens = excluded.span_opens, span_closes = excluded.span_closes,
             span_weekdays = excluded.span_weekdays, closed_days = excluded.closed_days, time_zone = excluded.time_zone,
             local_time = excluded.local_time
         returning d.campaign_id",
        company.0,
        list.0,
        new_id.0,
        line.as_str()
    )
    .fetch_optional(db)
    .await?;
    Ok(id.map(Into::into))
}

/// Finds or makes the campaign that holds the direct calls with a skillbase, its newest version, over a line. None when the
/// company has no such skillbase or it was put away.
///
/// # Errors
/// When the database does not answer.
pub async fn campaign_for_skillbase(
    db: &mut PgConnection,
    company: CompanyId,
    new_id: CampaignId,
    skillbase: SkillbaseId,
    line: LineKind,
    window: &DialingWindow,
) -> DbResult<Option<CampaignId>> {
    let hours = hours::Columns::from(window);
    let id = sqlx::query_scalar!(
        "insert into campaigns as d
                (company_id, campaign_id, skillbase_id, skillbase_version, name, kind, state, line, calls_at_once,
                 calls_per_minute, max_attempts, retry_delay_minutes, span_opens, span_closes, span_weekdays, time_zone,
                 local_time, started_at)
         select company_id, $3, skillbase_id, current_version, name, 'direct', 'running', $4, 100,
                100, 1, 1, $5, $6, $7, $8, true, clock_timestamp()
         from skillbases where company_id = $1 and skillbase_id = $2 and archived_at is null
         on conflict (company_id, skillbase_id, line) where kind = 'direct' and direct_for is null do update
         set skillbase_version = excluded.skillbase_version, name = excluded.name, state = 'running',
             span_opens = excluded.span_opens, span_closes = excluded.span_closes, span_weekdays = excluded.span_weekdays,
             time_zone = excluded.time_zone
         returning d.campaign_id",
        company.0,
        skillbase.0,
        new_id.0,
        line.as_str(),
        &hours.opens,
        &hours.closes,
        &hours.weekdays,
        hours.zone
    )
    .fetch_optional(db)
    .await?;
    Ok(id.map(Into::into))
}

/// What became of the wish to call a contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked {
    /// Its task: a new one, or the one that waits or is called already.
    pub task_id: TaskId,
    /// It is new.
    pub is_new: bool,
}

/// Makes the task of a direct call, due at once. One that waits or is in progress is given back as it is. None when there is
/// no such contact. The caller holds [`crate::locks::lock_contacts`] and
/// [`crate::call_lists::lock_for_import`], and has added the contact's lane.
///
/// # Errors
/// When the database does not answer.
pub async fn ask(
    db: &mut PgConnection,
    company: CompanyId,
    (campaign, contact): (CampaignId, ContactId),
    new_id: TaskId,
    phone_index: i16,
) -> DbResult<Option<Asked>> {
    let present = sqlx::query_scalar!(
        "select task_id from call_tasks
         where company_id = $1 and campaign_id = $2 and contact_id = $3 and is_direct and (waits or status = 'in_progress')
         limit 1",
        company.0,
        campaign.0,
        contact.0
    )
    .fetch_optional(&mut *db)
    .await?;
    if let Some(task) = present {
        return Ok(Some(Asked { task_id: task.into(), is_new: false }));
    }
    let made = sqlx::query_scalar!(
        r#"with made as (
               insert into call_tasks (company_id, task_id, campaign_id, contact_id, position, phone, phone_index, contact_name,
                                       lane, due_at, is_direct)
               select c.company_id, $4, $2, c.contact_id,
                      coalesce((select max(t.position) from call_tasks t where t.company_id = $1 and t.campaign_id = $2), 0) + 1,
                      number_of(c.phone, c.other_phones, $5), $5, c.name, c.zone_set_id, clock_timestamp(), true
               from contacts c where c.company_id = $1 and c.contact_id = $3
               returning 1
           ), counted as (
               insert into campaign_deltas (company_id, campaign_id, pending) select $1, $2, count(*) from made having count(*) > 0
           )
           select count(*)::int as "made!" from made"#,
        company.0,
        campaign.0,
        contact.0,
        new_id.0,
        phone_index
    )
    .fetch_one(db)
    .await?;
    Ok((made == 1).then_some(Asked { task_id: new_id, is_new: true }))
}

/// Makes sure that a campaign has the lane of a contact; true when it is new and its hours have to be computed.
///
/// # Errors
/// When the database does not answer.
pub async fn add_lane(
    db: &mut PgConnection,
    company: CompanyId,
    campaign: CampaignId,
    contact: ContactId,
) -> DbResult<bool> {
    let done = sqlx::query!(
        "insert into campaign_lanes (company_id, campaign_id, lane)
         select $1, $2, c.zone_set_id from contacts c where c.company_id = $1 and c.contact_id = $3
         on conflict do nothing",
        company.0,
        campaign.0,
        contact.0
    )
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// What a wait is estimated from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slots {
    /// Calls at once that the company may have, the system's limit counted.
    pub limit: i32,
    /// Of these, free.
    pub free: i32,
    /// Seconds that a call of the company holds its slot, on average of the latest 200; none without any.
    pub hold_seconds: Option<i64>,
    /// Somebody can dial.
    pub worker_alive: bool,
}

/// Reads it.
///
/// # Errors
/// When the database does not answer.
pub async fn slots(db: &mut PgConnection, company: CompanyId) -> DbResult<Slots> {
    Ok(sqlx::query_as!(
        Slots,
        r#"select least(o.calls_at_once, s.calls_at_once) as "limit!",
                  greatest(0, least(o.calls_at_once - (select count(*)::int from leases l where l.company_id = $1),
                                    s.calls_at_once - (select count(*)::int from leases))) as "free!",
                  (select round(avg(extract(epoch from k.ended_at - k.admitted_at)))::bigint
                   from (select ended_at, admitted_at, state from calls where company_id = $1
                         order by admitted_at desc, call_id desc limit 200) k
                   where k.state = 'ended') as hold_seconds,
                  exists (select from workers where alive_until > clock_timestamp()) as "worker_alive!"
           from companies o cross join system_settings s
           where o.company_id = $1"#,
        company.0
    )
    .fetch_one(db)
    .await?)
}

/// A direct call that waits or is in progress.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DirectCall {
    /// Its task.
    pub task_id: TaskId,
    /// The contact.
    pub contact_id: ContactId,
    /// Its name.
    pub contact_name: Option<String>,
    /// E.164 number.
    pub phone: String,
    /// The list's campaign, when it is called for one.
    pub direct_for: Option<CampaignId>,
    /// Name of that campaign or of the skillbase.
    pub title: String,
    /// Waiting or in progress.
    pub status: TaskStatus,
    /// The call in progress.
    pub call_id: Option<CallId>,
    /// Place among the company's direct calls, from 1; none in progress.
    pub place: Option<i32>,
    /// When it was asked for.
    pub asked_at: DateTime<Utc>,
}

/// The direct calls of a company, those in progress first, then in the order in which they take slots; at most 200.
///
/// # Errors
/// When the database does not answer or a row is inconsistent.
pub async fn list(db: &mut PgConnection, company: CompanyId) -> DbResult<Vec<DirectCall>> {
    let rows = sqlx::query!(
        r#"with waiting as (
               select t.*, row_number() over (order by t.due_at, t.position, t.task_id)::int as place, null::uuid as call_id
               from call_tasks t where t.company_id = $1 and t.is_direct and t.waits
           ), called as (
               select t.*, null::int as place, l.call_id
               from leases l join call_tasks t on t.company_id = l.company_id and t.task_id = l.task_id
               where l.company_id = $1 and t.is_direct
           )
           select t.task_id as "task_id!", t.contact_id as "contact_id!", t.contact_name, t.phone as "phone!", c.direct_for,
                  c.name as "title!", t.status as "status!", t.call_id, t.place, t.created_at as "asked_at!"
           from (select * from called union all select * from waiting) t
           join campaigns c on c.company_id = t.company_id and c.campaign_id = t.campaign_id
           order by t.place nulls first, t.created_at
           limit 200"#,
        company.0
    )
    .fetch_all(db)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(DirectCall {
                task_id: row.task_id.into(),
                contact_id: row.contact_id.into(),
                contact_name: row.contact_name,
                phone: row.phone,
                direct_for: row.direct_for.map(Into::into),
                title: row.title,
                status: parse("call_tasks", "status", row.task_id, &row.status)?,
                call_id: row.call_id.map(Into::into),
                place: row.place,
                asked_at: row.asked_at,
            })
        })
        .collect()
}

/// Takes a direct call back that waits. False when it has a slot, has ended, or is none.
///
/// # Errors
/// When the database does not answer.
pub async fn cancel(db: &mut PgConnection, company: CompanyId, task: TaskId) -> DbResult<bool> {
    let count = sqlx::query_scalar!(
        r#"with waiting as (
               select task_id, campaign_id, status from call_tasks
               where company_id = $1 and task_id = $2 and is_direct and waits
               for update
           ), gone as (
               update call_tasks t set status = 'cancelled', finished_at = clock_timestamp()
               from waiting w where t.company_id = $1 and t.task_id = w.task_id
               returning t.campaign_id, w.status as was
           ), counted as (
               insert into campaign_deltas (company_id, campaign_id, pending, retry, cancelled)
               select $1, campaign_id, -(was = 'pending')::int, -(was = 'retry')::int, 1 from gone
           )
           select count(*)::int as "count!" from gone"#,
        company.0,
        task.0
    )
    .fetch_one(db)
    .await?;
    Ok(count == 1)
}

/// The call in progress of a task.
///
/// # Errors
/// When the database does not answer.
pub async fn call_of(db: &mut PgConnection, company: CompanyId, task: TaskId) -> DbResult<Option<CallId>> {
    let id =
        sqlx::query_scalar!("select call_id from leases where company_id = $1 and task_id = $2", company.0, task.0)
            .fetch_optional(db)
            .await?;
    Ok(id.map(Into::into))
}
