//! The life of a slot after admission: intent, progress, finish, release, adoption. Every write is fenced by the token
//! of the lease: a worker whose lease was adopted writes nothing.

use callboard_core::{
    call::{CallState, Disposition, Outcome},
    campaign::CampaignState,
    id::{CallId, CampaignId, CompanyId, TaskId, WorkerId},
    skillbase::SkillbaseDocument,
    task::TaskStatus,
    window::{DialingWindow, Weekdays, parse_zone},
};
use chrono::{DateTime, Utc};
use sqlx::{PgConnection, types::Json};
use uuid::Uuid;

use crate::{
    DbError, DbResult,
    admission::{Admitted, Reach, Row},
    error::parse,
};

/// A lease, named so that only its holder can write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct LeaseRef {
    /// Company.
    pub company_id: CompanyId,
    /// Task.
    pub task_id: TaskId,
    /// Fencing token.
    pub token: i64,
}

impl From<&Admitted> for LeaseRef {
    fn from(admitted: &Admitted) -> Self {
        Self { company_id: admitted.company_id, task_id: admitted.task_id, token: admitted.token }
    }
}

/// Commits the intent to dial, when at this instant the lease is held by a live worker, was not used before, the
/// campaign runs and its hours are open. The transaction must be synchronous. False: do not dial.
///
/// # Errors
/// When the database does not answer; then nothing is known and nothing may be dialled.
pub async fn intend_to_dial(db: &mut PgConnection, lease: LeaseRef) -> DbResult<bool> {
    let row = sqlx::query_scalar!(
        r#"with allowed as (
               update leases l set dial_at = clock_timestamp()
               from campaigns c, workers w
               where l.company_id = $1 and l.task_id = $2 and l.token = $3 and l.dial_at is null
                 and w.worker_id = l.worker_id and w.alive_until > clock_timestamp()
                 and c.company_id = l.company_id and c.campaign_id = l.campaign_id and c.state = 'running'
                 and (c.ends_at is null or c.ends_at > clock_timestamp())
                 and window_is_open(clock_timestamp(), c.window_opens, c.window_closes, c.weekdays, c.time_zone)
               returning l.company_id, l.campaign_id, l.call_id, l.dial_at
           ), touched as (
               insert into campaign_deltas (company_id, campaign_id) select company_id, campaign_id from allowed
           ), intended as (
               update calls k set state = 'dialing', dial_intent_at = a.dial_at
               from allowed a where k.company_id = a.company_id and k.call_id = a.call_id
               returning 1 as one
           )
           select count(*)::int as "count!" from intended"#,
        lease.company_id.0,
        lease.task_id.0,
        lease.token
    )
    .fetch_one(db)
    .await?;
    Ok(row == 1)
}

/// Records ringing or the answer. False when the lease is no longer ours.
///
/// # Errors
/// When the database does not answer.
pub async fn progress(db: &mut PgConnection, lease: LeaseRef, state: CallState) -> DbResult<bool> {
    let row = sqlx::query_scalar!(
        r#"with held as (
               select company_id, campaign_id, call_id from leases
               where company_id = $1 and task_id = $2 and token = $3
           ), touched as (
               insert into campaign_deltas (company_id, campaign_id) select company_id, campaign_id from held
           ), changed as (
               update calls k
               set state = $4,
                   ringing_at = case when $4 = 'ringing' then clock_timestamp() else k.ringing_at end,
                   answered_at = case when $4 = 'answered' then clock_timestamp() else k.answered_at end
               from held h
               where k.company_id = h.company_id and k.call_id = h.call_id
                 and (($4 = 'ringing' and k.state = 'dialing') or ($4 = 'answered' and k.state in ('dialing', 'ringing')))
               returning 1
           )
           select count(*)::int as "count!" from held"#,
        lease.company_id.0,
        lease.task_id.0,
        lease.token,
        state.as_str()
    )
    .fetch_one(db)
    .await?;
    Ok(row == 1)
}

/// What the end of an attempt is decided from, read under the lease's lock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ending {
    /// The attempt.
    pub call_id: CallId,
    /// The campaign.
    pub campaign_id: CampaignId,
    /// State of the campaign.
    pub campaign_state: CampaignState,
    /// Attempts including this one.
    pub attempts: i32,
    /// The campaign's limit.
    pub max_attempts: i32,
    /// Minutes to the next.
    pub retry_delay_minutes: i32,
    /// The campaign's hours.
    pub window: DialingWindow,
    /// The intent to dial was committed.
    pub dialed: bool,
    /// The database's clock.
    pub now: DateTime<Utc>,
}

/// Locks the lease and its task until the end of the transaction. `None`: it is no longer ours.
///
/// # Errors
/// When the database does not answer or a row is inconsistent.
pub async fn lock(db: &mut PgConnection, lease: LeaseRef) -> DbResult<Option<Ending>> {
    let row = sqlx::query!(
        r#"select l.call_id, l.campaign_id, l.dial_at, c.state, t.attempts, c.max_attempts, c.retry_delay_minutes,
                  c.window_opens, c.window_closes, c.weekdays, c.time_zone, clock_timestamp() as "now!"
           from leases l
           join call_tasks t on t.company_id = l.company_id and t.task_id = l.task_id
           join campaigns c on c.company_id = l.company_id and c.campaign_id = l.campaign_id
           where l.company_id = $1 and l.task_id = $2 and l.token = $3
           for update of l, t"#,
        lease.company_id.0,
        lease.task_id.0,
        lease.token
    )
    .fetch_optional(db)
    .await?;
    row.map(|row| {
        let zone = parse_zone(&row.time_zone)
            .ok_or_else(|| DbError::inconsistent("campaigns", "time_zone", row.campaign_id, &row.time_zone))?;
        Ok(Ending {
            call_id: row.call_id.into(),
            campaign_id: row.campaign_id.into(),
            campaign_state: parse("campaigns", "state", row.campaign_id, &row.state)?,
            attempts: row.attempts,
            max_attempts: row.max_attempts,
            retry_delay_minutes: row.retry_delay_minutes,
            window: DialingWindow {
                opens_minute: row.window_opens,
                closes_minute: row.window_closes,
                weekdays: Weekdays(row.weekdays),
                zone,
            },
            dialed: row.dial_at.is_some(),
            now: row.now,
        })
    })
    .transpose()
}

/// The result of an attempt, ready to be written.
#[derive(Debug, Clone, PartialEq)]
pub struct Finished {
    /// How dialling ended.
    pub disposition: Disposition,
    /// What came of it.
    pub outcome: Outcome,
    /// Why.
    pub outcome_reason: Option<String>,
    /// How sure.
    pub outcome_confidence: Option<f64>,
    /// Final SIP status.
    pub sip_status: Option<i32>,
    /// Cause of a failure.
    pub error: Option<String>,
    /// Ringing, line time.
    pub ring_ms: i32,
    /// Talking, line time.
    pub talk_ms: i32,
    /// What the task becomes.
    pub status: TaskStatus,
    /// When the next attempt is due, for [`TaskStatus::Retry`].
    pub due_at: Option<DateTime<Utc>>,
}

/// Writes the end of an attempt whose lease is held by [`lock`] and frees the slot.
///
/// # Errors
/// When the database does not answer or a constraint refuses.
pub async fn finish(db: &mut PgConnection, lease: LeaseRef, finished: &Finished) -> DbResult<()> {
    sqlx::query!(
        r#"with gone as (
               delete from leases where company_id = $1 and task_id = $2 and token = $3
               returning company_id, task_id, campaign_id, call_id
           ), ended as (
               update calls k
               set state = 'ended', disposition = $4, outcome = $5, outcome_reason = $6, outcome_confidence = $7,
                   sip_status = $8, error = $9, ring_ms = $10, talk_ms = $11, ended_at = clock_timestamp()
               from gone g where k.company_id = g.company_id and k.call_id = g.call_id
           ), moved as (
               update call_tasks t
               set status = $12, disposition = $4, outcome = $5, error = $9, due_at = coalesce($13, t.due_at),
                   finished_at = case when $12 in ('completed', 'failed', 'cancelled') then clock_timestamp() end
               from gone g where t.company_id = g.company_id and t.task_id = g.task_id
           )
           insert into campaign_deltas (company_id, campaign_id, in_progress, retry, completed, failed, cancelled)
           select company_id, campaign_id, -1, ($12 = 'retry')::int, ($12 = 'completed')::int, ($12 = 'failed')::int,
                  ($12 = 'cancelled')::int
           from gone"#,
        lease.company_id.0,
        lease.task_id.0,
        lease.token,
        finished.disposition.as_str(),
        finished.outcome.as_str(),
        finished.outcome_reason,
        finished.outcome_confidence,
        finished.sip_status,
        finished.error,
        finished.ring_ms,
        finished.talk_ms,
        finished.status.as_str(),
        finished.due_at
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Gives a call back that was certainly never dialled: the slot is freed, the attempt does not count, the task waits
/// again as before (or is cancelled with its campaign). False when the lease is no longer ours.
///
/// # Errors
/// When the database does not answer.
pub async fn release(db: &mut PgConnection, lease: LeaseRef) -> DbResult<bool> {
    let count = sqlx::query_scalar!(
        r#"with gone as (
               delete from leases where company_id = $1 and task_id = $2 and token = $3
               returning company_id, task_id, campaign_id, call_id
           ), released as (
               update calls k set state = 'released', ended_at = clock_timestamp()
               from gone g where k.company_id = g.company_id and k.call_id = g.call_id
           ), moved as (
               update call_tasks t
               set attempts = t.attempts - 1,
                   status = case when c.state in ('completed', 'cancelled') then 'cancelled'
                                 when t.attempts > 1 then 'retry' else 'pending' end,
                   finished_at = case when c.state in ('completed', 'cancelled') then clock_timestamp() end
               from gone g join campaigns c on c.company_id = g.company_id and c.campaign_id = g.campaign_id
               where t.company_id = g.company_id and t.task_id = g.task_id
               returning t.company_id, t.campaign_id, t.status
           ), delta as (
               insert into campaign_deltas (company_id, campaign_id, in_progress, pending, retry, cancelled)
               select company_id, campaign_id, -1, (status = 'pending')::int, (status = 'retry')::int, (status = 'cancelled')::int
               from moved
           )
           select count(*)::int as "count!" from moved"#,
        lease.company_id.0,
        lease.task_id.0,
        lease.token
    )
    .fetch_one(db)
    .await?;
    Ok(count == 1)
}

/// Leases of dead workers that were never dialled, each locked against other reapers until the end of the transaction.
///
/// # Errors
/// When the database does not answer.
pub async fn lock_dead_undialed(db: &mut PgConnection, limit: i64) -> DbResult<Vec<LeaseRef>> {
    let rows = sqlx::query!(
        "select l.company_id, l.task_id, l.token from leases l
         where l.dial_at is null
           and not exists (select from workers w where w.worker_id = l.worker_id and w.alive_until > clock_timestamp())
         order by l.admitted_at limit $1
         for update of l skip locked",
        limit
    )
    .fetch_all(db)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| LeaseRef { company_id: row.company_id.into(), task_id: row.task_id.into(), token: row.token })
        .collect())
}

/// A call that a dead worker may have dialled, now ours.
#[derive(Debug, Clone, PartialEq)]
pub struct Adopted {
    /// The call, with the new token.
    pub admitted: Admitted,
    /// When the intent to dial was committed.
    pub dial_at: DateTime<Utc>,
    /// State at the time of adoption.
    pub state: CallState,
}

/// Takes over leases of dead workers that may have been dialled, within its reach. The new token
/// fences the old holder.
///
/// # Errors
/// When the database does not answer or a row is inconsistent.
pub async fn adopt_dead(db: &mut PgConnection, worker: WorkerId, reach: &Reach, limit: i64) -> DbResult<Vec<Adopted>> {
    let livekit = reach.livekit();
    let rows = sqlx::query!(
        r#"with dead as materialized (
               select l.company_id, l.task_id from leases l
               join campaigns c on c.company_id = l.company_id and c.campaign_id = l.campaign_id
               where l.dial_at is not null
                 and ((c.line = 'practice' and $2) or (c.line = 'livekit' and c.company_id = any($4)))
                 and exists (select from workers me where me.worker_id = $1 and me.alive_until > clock_timestamp())
                 and not exists (select from workers w where w.worker_id = l.worker_id and w.alive_until > clock_timestamp())
               order by l.admitted_at limit $3
               for update of l skip locked
           ), taken as (
               update leases l set worker_id = $1, token = nextval('lease_tokens')
               from dead d where l.company_id = d.company_id and l.task_id = d.task_id
               returning l.company_id, l.campaign_id, l.task_id, l.call_id, l.token, l.admitted_at, l.dial_at
           )
           select k.company_id, k.campaign_id, c.name as campaign_name, k.task_id, k.call_id, t.token, k.attempt, k.phone,
                  q.contact_name, q.contact_data, k.line, k.skillbase_id, k.skillbase_version, k.state,
                  v.document as "document: Json<SkillbaseDocument>", t.admitted_at, t.dial_at as "dial_at!"
           from taken t
           join calls k on k.company_id = t.company_id and k.call_id = t.call_id
           join call_tasks q on q.company_id = t.company_id and q.task_id = t.task_id
           join campaigns c on c.company_id = t.company_id and c.campaign_id = t.campaign_id
           join skillbase_versions v on v.company_id = k.company_id and v.skillbase_id = k.skillbase_id and v.version = k.skillbase_version"#,
        worker.0,
        reach.practice,
        limit,
        &livekit
    )
    .fetch_all(db)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Adopted {
                dial_at: row.dial_at,
                state: parse("calls", "state", row.call_id, &row.state)?,
                admitted: Row {
                    company_id: row.company_id,
                    campaign_id: row.campaign_id,
                    campaign_name: row.campaign_name,
                    task_id: row.task_id,
                    call_id: row.call_id,
                    token: row.token,
                    attempt: row.attempt,
                    phone: row.phone,
                    contact_name: row.contact_name,
                    contact_data: row.contact_data,
                    line: row.line,
                    skillbase_id: row.skillbase_id,
                    skillbase_version: row.skillbase_version,
                    document: row.document,
                    admitted_at: row.admitted_at,
                }
                .try_into()?,
            })
        })
        .collect()
}

/// Calls in progress: of the company, and over all.
///
/// # Errors
/// When the database does not answer.
pub async fn in_progress(db: &mut PgConnection, company: CompanyId) -> DbResult<(i32, i32)> {
    let row = sqlx::query!(
        r#"select (count(*) filter (where company_id = $1))::int as "company!", count(*)::int as "system!" from leases"#,
        Uuid::from(company)
    )
    .fetch_one(db)
    .await?;
    Ok((row.company, row.system))
}
