//! The life of a slot after admission: intent, progress, finish, release, adoption. Every write is fenced by the token
//! of the lease: a worker whose lease was adopted writes nothing. Intents and ends come in batches as well as alone.

mod paces;

use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};

use callboard_core::{
    call::{CallState, Disposition, Outcome},
    campaign::CampaignState,
    id::{CallId, CampaignId, CompanyId, TaskId},
    task::TaskStatus,
    window::DialingWindow,
};
use chrono::{DateTime, Utc};
use sqlx::{PgConnection, postgres::types::PgInterval};
use uuid::Uuid;

use crate::{DbResult, admission::Admitted, contacts::catch_up, error::parse, hours};

/// Seconds for which a committed dial intent is good: the call is sent within them or not at all. Admission counts with
/// them (62 = 60 + 2), and nothing may be dialled whose hours or campaign end within them.
pub const PERMIT_SECONDS: u8 = 2;

pub(crate) fn permit() -> PgInterval {
    PgInterval { months: 0, days: 0, microseconds: i64::from(PERMIT_SECONDS) * 1_000_000 }
}

/// The same over a trunk with a limit per second, in milliseconds: a call may be sent so long after its intent, so any second of
/// sending lies within one second and so much of intents.
pub const PACED_PERMIT_MILLIS: u16 = 500;

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

/// What became of the wish to dial.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Intent {
    /// The intent is written: once it is committed, dial within [`PERMIT_SECONDS`].
    Dial,
    /// The same over a trunk with a limit per second: dial within [`PACED_PERMIT_MILLIS`].
    DialPaced,
    /// The trunk takes no call now; ask again after so long.
    NotBefore {
        /// By the database's clock, from the answer on.
        wait: Duration,
    },
    /// Do not dial.
    Refused,
}

impl Intent {
    /// Whether the call may be sent.
    #[must_use]
    pub fn is_granted(self) -> bool {
        matches!(self, Self::Dial | Self::DialPaced)
    }
}

/// [`intend`] for one lease: false for anything but yes.
///
/// # Errors
/// When the database does not answer; then nothing is known and nothing may be dialled.
pub async fn intend_to_dial(db: &mut PgConnection, lease: LeaseRef) -> DbResult<bool> {
    let intents = intend(db, &[lease]).await?;
    Ok(intents.into_iter().all(Intent::is_granted))
}

/// Writes the intents to dial, each when at this instant its lease is held by a live worker, was not used before, the
/// campaign runs and nothing holds it or its trunk, its hours are open for the contact until the intent has run out, no
/// do-not-call entry forbids the number, and the caps of the company allow another call to it. The transaction must be
/// synchronous. In the order of the leases.
///
/// # Errors
/// When the database does not answer; then nothing is known and nothing may be dialled.
pub async fn intend(db: &mut PgConnection, leases: &[LeaseRef]) -> DbResult<Vec<Intent>> {
    let dialed = write_intents(&mut *db, leases, false).await?;
    let mut intents: Vec<Intent> =
        leases.iter().map(|lease| if dialed.contains(&lease.token) { Intent::Dial } else { Intent::Refused }).collect();
    let refused: Vec<LeaseRef> = leases.iter().filter(|lease| !dialed.contains(&lease.token)).copied().collect();
    if !refused.is_empty() {
        let paced = paces::intend_over_trunks(db, &refused).await?;
        for (lease, intent) in leases.iter().zip(&mut intents) {
            if let Some(paced) = paced.get(&lease.token) {
                *intent = *paced;
            }
        }
    }
    Ok(intents)
}

/// The tokens of the leases whose intent was written. `paced`: those over trunks with a limit per second, which the caller has locked
/// and counted; else the others.
pub(crate) async fn write_intents(db: &mut PgConnection, leases: &[LeaseRef], paced: bool) -> DbResult<HashSet<i64>> {
    let (companies, tasks, tokens) = columns(leases);
    let tokens = sqlx::query_scalar!(
        r#"with asked as materialized (
               select l.company_id, l.task_id, l.token
               from unnest($1::uuid[], $2::uuid[], $3::bigint[]) as f(company_id, task_id, token)
               -- One row each by its key; without the fences the planner would begin where it believes few rows to be.
               cross join lateral (select * from leases l
                                   where l.company_id = f.company_id and l.task_id = f.task_id and l.token = f.token
                                     and l.dial_at is null
                                   offset 0) l
               cross join lateral (select from workers w
                                   where w.worker_id = l.worker_id and w.alive_until > clock_timestamp()
                                   offset 0) w
               cross join lateral (select from campaigns c
                                   where c.company_id = l.company_id and c.campaign_id = l.campaign_id
                                     and c.state = 'running'
                                     and (c.ends_at is null or c.ends_at > clock_timestamp() + $4)
                                     and (c.held_until is null or c.held_until <= clock_timestamp())
                                   offset 0) c
               cross join lateral (select * from companies o where o.company_id = l.company_id offset 0) o
               cross join lateral (select t.lane from call_tasks t
                                   where t.company_id = l.company_id and t.task_id = l.task_id offset 0) t
               cross join lateral (select from campaign_lanes n
                                   where n.company_id = l.company_id and n.campaign_id = l.campaign_id and n.lane = t.lane
                                     and n.open_from <= clock_timestamp() and n.open_until > clock_timestamp() + $4
                                   offset 0) n
               where case
                     -- Scalar questions, for the reason of `admission::take`.
                     when (select true from trunks k
                           where k.company_id = l.company_id and k.line = l.line
                             and (k.held_until > clock_timestamp() or (k.calls_per_second > 0 and not $5))) then false
                     when (select true from do_not_call d
                           where d.company_id = l.company_id and d.pattern = l.phone and d.kind = 'number'
                             and d.campaign_id is null) then false
                     when (select true from do_not_call d
                           where d.company_id = l.company_id and d.campaign_id = l.campaign_id
                             and d.pattern = l.phone and d.kind = 'number') then false
                     when (select true from do_not_call d
                           where d.company_id = l.company_id and d.kind = 'prefix'
                             and (d.campaign_id is null or d.campaign_id = l.campaign_id)
                             and starts_with(l.phone, d.pattern) limit 1) then false
                     when o.number_per_day + o.number_per_week + o.number_per_month + o.number_gap_minutes > 0 then (
                         select (o.number_per_day = 0 or o.number_per_day > count(*) filter (where k.dial_intent_at > clock_timestamp() - interval '24 hours'))
                            and (o.number_per_week = 0 or o.number_per_week > count(*) filter (where k.dial_intent_at > clock_timestamp() - interval '7 days'))
                            and (o.number_per_month = 0 or o.number_per_month > count(*) filter (where k.dial_intent_at > clock_timestamp() - interval '30 days'))
                            and (o.number_gap_minutes = 0 or coalesce(max(k.dial_intent_at) <= clock_timestamp() - make_interval(mins => o.number_gap_minutes), true))
                         from calls k
                         where k.company_id = l.company_id and k.phone = l.phone and not k.is_released
                           and k.admitted_at > clock_timestamp() - interval '32 days' and k.dial_intent_at is not null)
                     else true
                 end
           ), allowed as (
               update leases l set dial_at = clock_timestamp()
               from asked a
               where l.company_id = a.company_id and l.task_id = a.task_id and l.token = a.token and l.dial_at is null
               returning l.company_id, l.campaign_id, l.call_id, l.token, l.dial_at
           ), counted as (
               insert into dials (company_id, campaign_id, second, calls)
               select company_id, campaign_id, floor(extract(epoch from dial_at))::bigint, count(*)
               from allowed group by 1, 2, 3
           ), touched as (
               insert into campaign_deltas (company_id, campaign_id) select distinct company_id, campaign_id from allowed
           )
           update calls k set state = 'dialing', dial_intent_at = a.dial_at
           from allowed a where k.company_id = a.company_id and k.call_id = a.call_id
           returning a.token"#,
        &companies,
        &tasks,
        &tokens,
        permit(),
        paced
    )
    .fetch_all(db)
    .await?;
    Ok(tokens.into_iter().collect())
}

pub(crate) fn columns(leases: &[LeaseRef]) -> (Vec<Uuid>, Vec<Uuid>, Vec<i64>) {
    (
        leases.iter().map(|lease| lease.company_id.0).collect(),
        leases.iter().map(|lease| lease.task_id.0).collect(),
        leases.iter().map(|lease| lease.token).collect(),
    )
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

/// Reads what ends are decided from, in the order of the leases; `None`: it is no longer ours. Enough for ends that
/// leave no task waiting: the write of the end looks at the token once more. For the others: [`lock`].
///
/// # Errors
/// When the database does not answer or a row is inconsistent.
pub async fn endings(db: &mut PgConnection, leases: &[LeaseRef]) -> DbResult<Vec<Option<Ending>>> {
    let (companies, tasks, tokens) = columns(leases);
    let rows = sqlx::query!(
        r#"select l.token, l.call_id, l.campaign_id, l.dial_at, l.attempt, c.state, c.max_attempts, c.retry_delay_minutes,
                  c.span_weekdays, c.span_opens, c.span_closes, c.closed_days, c.time_zone, clock_timestamp() as "now!"
           from unnest($1::uuid[], $2::uuid[], $3::bigint[]) as f(company_id, task_id, token)
           join leases l on l.company_id = f.company_id and l.task_id = f.task_id and l.token = f.token
           join campaigns c on c.company_id = l.company_id and c.campaign_id = l.campaign_id"#,
        &companies,
        &tasks,
        &tokens
    )
    .fetch_all(db)
    .await?;
    let mut found = HashMap::with_capacity(rows.len());
    for row in rows {
        let hours = hours::Columns {
            weekdays: row.span_weekdays,
            opens: row.span_opens,
            closes: row.span_closes,
            closed_days: row.closed_days,
            zone: row.time_zone,
        };
        let ending = Ending {
            call_id: row.call_id.into(),
            campaign_id: row.campaign_id.into(),
            campaign_state: parse("campaigns", "state", row.campaign_id, &row.state)?,
            attempts: row.attempt,
            max_attempts: row.max_attempts,
            retry_delay_minutes: row.retry_delay_minutes,
            window: hours.window(row.campaign_id)?,
            dialed: row.dial_at.is_some(),
            now: row.now,
        };
        found.insert(row.token, ending);
    }
    Ok(leases.iter().map(|lease| found.remove(&lease.token)).collect())
}

/// Locks the lease until the end of the transaction and reads what its end is decided from. `None`: it is no longer
/// ours. Waits for a stop or a cancellation of the campaign that is under way, and keeps the next one waiting, so that no
/// task is left waiting in a campaign that has ended.
///
/// # Errors
/// When the database does not answer or a row is inconsistent.
pub async fn lock(db: &mut PgConnection, lease: LeaseRef) -> DbResult<Option<Ending>> {
    // A statement of its own: the next one sees what a stop that was under way has made of the campaign.
    sqlx::query!(
        r#"select 1 as one from leases l
           join campaigns c on c.company_id = l.company_id and c.campaign_id = l.campaign_id
           where l.company_id = $1 and l.task_id = $2 and l.token = $3
           for update of l for key share of c"#,
        lease.company_id.0,
        lease.task_id.0,
        lease.token
    )
    .fetch_optional(&mut *db)
    .await?;
    Ok(endings(db, &[lease]).await?.pop().flatten())
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

/// [`finish_all`] for one attempt. False when the lease is no longer ours; then nothing was written.
///
/// # Errors
/// When the database does not answer or a constraint refuses.
pub async fn finish(db: &mut PgConnection, lease: LeaseRef, finished: &Finished) -> DbResult<bool> {
    Ok(finish_all(db, std::slice::from_ref(&(lease, finished.clone()))).await?.contains(&lease.token))
}

/// Writes the ends of attempts and frees their slots. An end after which the task waits again needs [`lock`] before. The
/// tokens of those that were still ours; of the others nothing was written.
///
/// # Errors
/// When the database does not answer or a constraint refuses.
pub async fn finish_all(db: &mut PgConnection, ends: &[(LeaseRef, Finished)]) -> DbResult<HashSet<i64>> {
    let leases: Vec<LeaseRef> = ends.iter().map(|(lease, _)| *lease).collect();
    let (companies, tasks, tokens) = columns(&leases);
    let of = |column: fn(&Finished) -> &'static str| ends.iter().map(|(_, end)| column(end)).collect::<Vec<_>>();
    let dispositions = of(|end| end.disposition.as_str());
    let outcomes = of(|end| end.outcome.as_str());
    let statuses = of(|end| end.status.as_str());
    let reasons: Vec<Option<&str>> = ends.iter().map(|(_, end)| end.outcome_reason.as_deref()).collect();
    let confidences: Vec<Option<f64>> = ends.iter().map(|(_, end)| end.outcome_confidence).collect();
    let sip: Vec<Option<i32>> = ends.iter().map(|(_, end)| end.sip_status).collect();
    let errors: Vec<Option<&str>> = ends.iter().map(|(_, end)| end.error.as_deref()).collect();
    let ring_ms: Vec<i32> = ends.iter().map(|(_, end)| end.ring_ms).collect();
    let talk_ms: Vec<i32> = ends.iter().map(|(_, end)| end.talk_ms).collect();
    let due_at: Vec<Option<DateTime<Utc>>> = ends.iter().map(|(_, end)| end.due_at).collect();
    let tokens = sqlx::query_scalar!(
        r#"with ends as materialized (
               select * from unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::text[], $5::text[], $6::text[],
                                    $7::double precision[], $8::int[], $9::text[], $10::int[], $11::int[], $12::text[],
                                    $13::timestamptz[])
                   as f(company_id, task_id, token, disposition, outcome, reason, confidence, sip_status, error, ring_ms,
                        talk_ms, status, due_at)
           ), gone as (
               delete from leases l using ends f
               where l.company_id = f.company_id and l.task_id = f.task_id and l.token = f.token
               returning l.campaign_id, l.call_id, f.*
           ), moved as (
               update call_tasks t
               set status = g.status, disposition = g.disposition, outcome = g.outcome, error = g.error,
                   due_at = coalesce(g.due_at, t.due_at),
                   finished_at = case when g.status in ('completed', 'failed', 'cancelled') then clock_timestamp() end
               from gone g where t.company_id = g.company_id and t.task_id = g.task_id
           ), counted as (
               insert into campaign_deltas (company_id, campaign_id, in_progress, retry, completed, failed, cancelled)
               select company_id, campaign_id, -count(*), count(*) filter (where status = 'retry'),
                      count(*) filter (where status = 'completed'), count(*) filter (where status = 'failed'),
                      count(*) filter (where status = 'cancelled')
               from gone group by company_id, campaign_id
           ), ended as (
               update calls k
               set state = 'ended', disposition = g.disposition, outcome = g.outcome, outcome_reason = g.reason,
                   outcome_confidence = g.confidence, sip_status = g.sip_status, error = g.error, ring_ms = g.ring_ms,
                   talk_ms = g.talk_ms, ended_at = clock_timestamp(),
                   -- The report of the answer may have been lost while the database was away.
                   answered_at = case when g.talk_ms = 0 then k.answered_at
                                      else coalesce(k.answered_at, greatest(k.dial_intent_at, clock_timestamp() - g.talk_ms * interval '1 ms'))
                                 end
               from gone g where k.company_id = g.company_id and k.call_id = g.call_id
           )
           select token as "token!" from gone"#,
        &companies,
        &tasks,
        &tokens,
        &dispositions as _,
        &outcomes as _,
        &reasons as _,
        &confidences as _,
        &sip as _,
        &errors as _,
        &ring_ms,
        &talk_ms,
        &statuses as _,
        &due_at as _
    )
    .fetch_all(&mut *db)
    .await?;
    let tokens: HashSet<i64> = tokens.into_iter().collect();
    for (lease, _) in
        ends.iter().filter(|(lease, end)| end.status == TaskStatus::Retry && tokens.contains(&lease.token))
    {
        catch_up(db, lease.company_id, lease.task_id).await?;
    }
    Ok(tokens)
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
