//! The life of a slot after admission: intent, progress, finish, release, adoption. Every write is fenced by the token
//! of the lease: a worker whose lease was adopted writes nothing.

use callboard_core::{
    call::{CallState, Disposition, Outcome},
    campaign::CampaignState,
    id::{CallId, CampaignId, CompanyId, TaskId},
    task::TaskStatus,
    window::{DialingWindow, Weekdays, parse_zone},
};
use chrono::{DateTime, Utc};
use sqlx::{PgConnection, postgres::types::PgInterval};
use uuid::Uuid;

use crate::{DbError, DbResult, admission::Admitted, contacts::catch_up, error::parse};

/// Seconds for which a committed dial intent is good: the call is sent within them or not at all. Admission counts with
/// them (62 = 60 + 2), and nothing may be dialled whose hours or campaign end within them.
pub const PERMIT_SECONDS: u8 = 2;

pub(crate) fn permit() -> PgInterval {
    PgInterval { months: 0, days: 0, microseconds: i64::from(PERMIT_SECONDS) * 1_000_000 }
}

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
/// campaign runs, its hours are open for the contact until the intent has run out, and no do-not-call entry forbids the
/// number. The transaction must be synchronous. False: do not
/// dial.
///
/// # Errors
/// When the database does not answer; then nothing is known and nothing may be dialled.
pub async fn intend_to_dial(db: &mut PgConnection, lease: LeaseRef) -> DbResult<bool> {
    let row = sqlx::query_scalar!(
        r#"with allowed as (
               update leases l set dial_at = clock_timestamp()
               from campaigns c, workers w, call_tasks t
               where l.company_id = $1 and l.task_id = $2 and l.token = $3 and l.dial_at is null
                 and w.worker_id = l.worker_id and w.alive_until > clock_timestamp()
                 and c.company_id = l.company_id and c.campaign_id = l.campaign_id and c.state = 'running'
                 and (c.ends_at is null or c.ends_at > clock_timestamp() + $4)
                 and t.company_id = l.company_id and t.task_id = l.task_id
                 and (select lane_is_open(clock_timestamp(), c.window_opens, c.window_closes, c.weekdays, c.time_zone, c.local_time, lane.zones)
                         and lane_is_open(clock_timestamp() + $4, c.window_opens, c.window_closes, c.weekdays, c.time_zone, c.local_time, lane.zones)
                      from zone_sets lane where lane.zone_set_id = t.lane)
                 and not is_forbidden(l.company_id, l.campaign_id, l.phone)
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
        lease.token,
        permit()
    )
    .fetch_one(db)
    .await?;
    Ok(row == 1)
}

/// Whose a call is, for a worker that took it for its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// The lease is ours.
    Ours,
    /// Another worker adopted it and follows the call.
    Followed,
    /// It was settled without us: nobody follows the call any more.
    Over,
}

/// Records ringing or the answer, if the lease is still ours.
///
/// # Errors
/// When the database does not answer.
pub async fn progress(db: &mut PgConnection, lease: LeaseRef, call: CallId, state: CallState) -> DbResult<Standing> {
    let row = sqlx::query!(
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
           select exists (select from held) as "ours!",
                  exists (select from leases where company_id = $1 and call_id = $5) as "followed!""#,
        lease.company_id.0,
        lease.task_id.0,
        lease.token,
        state.as_str(),
        call.0
    )
    .fetch_one(db)
    .await?;
    Ok(match (row.ours, row.followed) {
        (true, _) => Standing::Ours,
        (false, true) => Standing::Followed,
        (false, false) => Standing::Over,
    })
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

/// Locks the lease and its task until the end of the transaction. `None`: it is no longer ours. Waits for a stop or a
/// cancellation of the campaign that is under way, and keeps the next one waiting, so that no task is left waiting in a
/// campaign that has ended.
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
           for update of l, t for key share of c"#,
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
                   sip_status = $8, error = $9, ring_ms = $10, talk_ms = $11, ended_at = clock_timestamp(),
                   -- The report of the answer may have been lost while the database was away.
                   answered_at = case when $11 = 0 then k.answered_at
                                      else coalesce(k.answered_at, greatest(k.dial_intent_at, clock_timestamp() - $11 * interval '1 ms'))
                                 end
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
    .execute(&mut *db)
    .await?;
    if finished.status == TaskStatus::Retry {
        catch_up(db, lease.company_id, lease.task_id).await?;
    }
    Ok(())
}

/// Gives a call back that was certainly never dialled: the slot is freed, the attempt does not count, the task waits
/// again as before (or is cancelled with its campaign). False when the lease is no longer ours.
///
/// # Errors
/// When the database does not answer.
pub async fn release(db: &mut PgConnection, lease: LeaseRef) -> DbResult<bool> {
    // A statement of its own: the next one sees what a stop that was under way has made of the campaign.
    sqlx::query!(
        r#"select 1 as one from campaigns c join leases l on l.company_id = c.company_id and l.campaign_id = c.campaign_id
           where l.company_id = $1 and l.task_id = $2 and l.token = $3
           for key share of c"#,
        lease.company_id.0,
        lease.task_id.0,
        lease.token
    )
    .fetch_optional(&mut *db)
    .await?;
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
    .fetch_one(&mut *db)
    .await?;
    if count == 1 {
        catch_up(db, lease.company_id, lease.task_id).await?;
    }
    Ok(count == 1)
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
