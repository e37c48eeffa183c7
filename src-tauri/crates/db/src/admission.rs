//! Admission: which tasks may be dialled now. Owns the lock and the count; every limit on calls is decided here and
//! nowhere else.
//!
//! The lock is taken in a statement of its own, so that the counting statement gets a snapshot that contains what the
//! holder before has committed. Counting in the statement that locks, or locking only the picked rows, admits too many
//! (`docs/decisions.md`, "Lock, then count"). Only this module adds leases, so a count taken under the lock can be too
//! high but never too low.
//!
//! Admission waits for nobody once it holds its lock. Rows of tasks and of campaigns that somebody else has locked are
//! passed over until the next round, and a campaign is locked against a stop or a deletion before its tasks are taken:
//! a stop that holds the campaign and waits for its tasks would otherwise meet an admission that holds the tasks and
//! waits for the campaign.
//!
//! Calls per minute: a call counts from its admission until 62 seconds after its dial intent. It is sent within two
//! seconds after the intent or not at all, so no window of 60 seconds holds more calls than the limit, whatever the
//! order in which admitted calls are dialled.

use callboard_core::{
    id::{CallId, CampaignId, CompanyId, SkillbaseId, TaskId, WorkerId},
    line::LineKind,
    skillbase::SkillbaseDocument,
};
use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::{DbError, DbResult, error::parse, leases::permit};

/// Which calls a worker can place: it must not take what it has no key for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reach {
    /// Calls over the practice line.
    pub practice: bool,
    /// Calls over `LiveKit`, of these companies.
    pub livekit: Vec<CompanyId>,
}

impl Reach {
    pub(crate) fn livekit(&self) -> Vec<Uuid> {
        self.livekit.iter().map(|id| id.0).collect()
    }
}

/// The advisory lock of admission. One for the whole database while the system-wide limit is one number.
const LOCK: i64 = 0x6361_6c6c_0001;

/// A task that may be dialled, with its lease.
#[derive(Debug, Clone, PartialEq)]
pub struct Admitted {
    /// Company.
    pub company_id: CompanyId,
    /// Campaign.
    pub campaign_id: CampaignId,
    /// Its name.
    pub campaign_name: String,
    /// Task.
    pub task_id: TaskId,
    /// The attempt.
    pub call_id: CallId,
    /// Fencing token of the lease.
    pub token: i64,
    /// Number of the attempt, from 1.
    pub attempt: i32,
    /// E.164 number.
    pub phone: String,
    /// Name.
    pub contact_name: Option<String>,
    /// Further columns.
    pub contact_data: serde_json::Value,
    /// The line.
    pub line: LineKind,
    /// Skillbase.
    pub skillbase_id: SkillbaseId,
    /// Its pinned version.
    pub skillbase_version: i32,
    /// The document of that version; none when this program cannot read it, which must stop this call and no other.
    pub document: Option<SkillbaseDocument>,
    /// When the slot was given.
    pub admitted_at: DateTime<Utc>,
}

pub(crate) struct Row {
    pub(crate) company_id: Uuid,
    pub(crate) campaign_id: Uuid,
    pub(crate) campaign_name: String,
    pub(crate) task_id: Uuid,
    pub(crate) call_id: Uuid,
    pub(crate) token: i64,
    pub(crate) attempt: i32,
    pub(crate) phone: String,
    pub(crate) contact_name: Option<String>,
    pub(crate) contact_data: serde_json::Value,
    pub(crate) line: String,
    pub(crate) skillbase_id: Uuid,
    pub(crate) skillbase_version: i32,
    pub(crate) document: serde_json::Value,
    pub(crate) admitted_at: DateTime<Utc>,
}

impl TryFrom<Row> for Admitted {
    type Error = DbError;

    fn try_from(row: Row) -> Result<Self, DbError> {
        Ok(Self {
            company_id: row.company_id.into(),
            campaign_id: row.campaign_id.into(),
            campaign_name: row.campaign_name,
            task_id: row.task_id.into(),
            call_id: row.call_id.into(),
            token: row.token,
            attempt: row.attempt,
            phone: row.phone,
            contact_name: row.contact_name,
            contact_data: row.contact_data,
            line: parse("campaigns", "line", row.campaign_id, &row.line)?,
            skillbase_id: row.skillbase_id.into(),
            skillbase_version: row.skillbase_version,
            document: serde_json::from_value(row.document).ok(),
            admitted_at: row.admitted_at,
        })
    }
}

/// Waits for the right to admit, until the end of the transaction ([`crate::workers::begin`]).
///
/// # Errors
/// When the database does not answer, or the transaction is not READ COMMITTED: its snapshot may then be older than the
/// lock, and a count in it too low.
pub async fn lock(db: &mut PgConnection) -> DbResult<()> {
    let isolation = sqlx::query_scalar!(
        r#"select current_setting('transaction_isolation') as "isolation!" from pg_advisory_xact_lock($1)"#,
        LOCK
    )
    .fetch_one(db)
    .await?;
    if isolation == "read committed" {
        Ok(())
    } else {
        let refusal = format!("calls are admitted in READ COMMITTED only, not in {isolation}");
        Err(DbError::Statement(sqlx::Error::Configuration(refusal.into())))
    }
}

/// Admits up to `call_ids.len()` tasks of running campaigns within reach, in a transaction that holds [`lock`].
/// Companies take turns, the one with the fewest calls in progress first, of several the one that was served least lately;
/// within a company its campaigns do the same; within a campaign: priority, due time, place in the list. A number that is
/// being called already, in any campaign of the company, waits; a forbidden one is passed over. Nothing is admitted so late that its call could be sent
/// after the hours or the end of its campaign.
///
/// # Errors
/// When the database does not answer or a row is inconsistent.
#[expect(
    clippy::too_many_lines,
    reason = "one statement decides everything under one snapshot; cut in pieces it would be read wrongly"
)]
pub async fn admit(
    db: &mut PgConnection,
    worker: WorkerId,
    reach: &Reach,
    call_ids: &[Uuid],
) -> DbResult<Vec<Admitted>> {
    let livekit = reach.livekit();
    let rows = sqlx::query_as!(
        Row,
        r#"
        with clock as materialized (
            select clock_timestamp() as now
        ), slots as materialized (
            select least(cardinality($3::uuid[]),
                         (select calls_at_once from system_settings) - (select count(*)::int from leases)) as free,
                   now
            from clock
            where exists (select from workers w where w.worker_id = $1 and w.alive_until > clock.now)
        ), used as materialized (
            select company_id, campaign_id, count(*)::int as live, (count(*) filter (where dial_at is null))::int as undialed
            from leases group by company_id, campaign_id
        ), quota as materialized (
            select c.company_id, c.campaign_id, coalesce(u.live, 0) as live, slots.now, company.live as company_live,
                   least(slots.free, o.calls_at_once - company.live) as ceiling,
                   o.calls_at_once - company.live as company_free,
                   least(c.calls_at_once - coalesce(u.live, 0),
                         c.calls_per_minute - coalesce(u.undialed, 0) - minute.started) as free,
                   coalesce(u.undialed, 0) + minute.started as lately,
                   (select max(k.dial_intent_at) from calls k
                    where k.company_id = c.company_id and k.campaign_id = c.campaign_id
                      and k.dial_intent_at is not null) as served_at
            from slots
            join campaigns c on c.state = 'running'
                            and ((c.line = 'practice' and $2) or (c.line = 'livekit' and c.company_id = any($4)))
            join companies o on o.company_id = c.company_id
            left join used u on u.company_id = c.company_id and u.campaign_id = c.campaign_id
            cross join lateral (
                select coalesce(sum(x.live), 0)::int as live from used x where x.company_id = c.company_id
            ) company
            cross join lateral (
                select count(*)::int as started from calls k
                where k.company_id = c.company_id and k.campaign_id = c.campaign_id
                  and k.dial_intent_at > slots.now - interval '62 seconds'
            ) minute
            where slots.free > 0
              and (c.starts_at is null or c.starts_at <= slots.now)
              and (c.ends_at is null or c.ends_at > slots.now + $5)
              -- With local time each lane has hours of its own.
              and (c.local_time
                   or (window_is_open(slots.now, c.window_opens, c.window_closes, c.weekdays, c.time_zone)
                       and window_is_open(slots.now + $5, c.window_opens, c.window_closes, c.weekdays, c.time_zone)))
        ), lanes as materialized (
            select q.company_id, q.campaign_id, lane.lane
            from quota q
            join campaigns c on c.company_id = q.company_id and c.campaign_id = q.campaign_id
            cross join lateral (
                select 0::smallint as lane, '' as zones
                union all
                select l.lane, z.zones from campaign_lanes l join zone_sets z on z.zone_set_id = l.lane
                where l.company_id = q.company_id and l.campaign_id = q.campaign_id
            ) lane
            where not c.local_time
               or (lane_is_open(q.now, c.window_opens, c.window_closes, c.weekdays, c.time_zone, true, lane.zones)
                   and lane_is_open(q.now + $5, c.window_opens, c.window_closes, c.weekdays, c.time_zone, true, lane.zones))
        ), candidates as materialized (
            select q.company_id, q.campaign_id, q.company_live, q.company_free, q.lately, q.served_at, t.task_id, t.phone,
                   q.live + row_number() over (partition by q.company_id, q.campaign_id
                                               order by t.priority desc, t.due_at, t.position) as turn,
                   t.priority, t.due_at, t.position
            from quota q
            cross join lateral (
                select w.task_id, w.phone, w.priority, w.due_at, w.position
                from lanes n
                cross join lateral (
                    (select p.task_id, p.phone, p.priority, p.due_at, p.position from call_tasks p
                     where p.company_id = q.company_id and p.campaign_id = q.campaign_id and p.lane = n.lane
                       and p.status = 'pending' and p.due_at <= q.now
                       and not exists (select from leases l where l.company_id = p.company_id and l.phone = p.phone)
                       and not exists (select from do_not_call d
                                       where d.company_id = p.company_id and d.pattern = p.phone and d.kind = 'number'
                                         and d.campaign_id is null)
                       and not exists (select from do_not_call d
                                       where d.company_id = p.company_id and d.campaign_id = p.campaign_id
                                         and d.pattern = p.phone and d.kind = 'number')
                       and not exists (select from do_not_call d
                                       where d.company_id = p.company_id and d.kind = 'prefix'
                                         and (d.campaign_id is null or d.campaign_id = p.campaign_id)
                                         and starts_with(p.phone, d.pattern))
                     order by p.priority desc, p.due_at, p.position
                     limit greatest(0, least(q.free, q.ceiling)))
                    union all
                    (select r.task_id, r.phone, r.priority, r.due_at, r.position from call_tasks r
                     where r.company_id = q.company_id and r.campaign_id = q.campaign_id and r.lane = n.lane
                       and r.status = 'retry' and r.due_at <= q.now
                       and not exists (select from leases l where l.company_id = r.company_id and l.phone = r.phone)
                       and not exists (select from do_not_call d
                                       where d.company_id = r.company_id and d.pattern = r.phone and d.kind = 'number'
                                         and d.campaign_id is null)
                       and not exists (select from do_not_call d
                                       where d.company_id = r.company_id and d.campaign_id = r.campaign_id
                                         and d.pattern = r.phone and d.kind = 'number')
                       and not exists (select from do_not_call d
                                       where d.company_id = r.company_id and d.kind = 'prefix'
                                         and (d.campaign_id is null or d.campaign_id = r.campaign_id)
                                         and starts_with(r.phone, d.pattern))
                     order by r.priority desc, r.due_at, r.position
                     limit greatest(0, least(q.free, q.ceiling)))
                ) w
                where n.company_id = q.company_id and n.campaign_id = q.campaign_id
                order by w.priority desc, w.due_at, w.position
                limit greatest(0, least(q.free, q.ceiling))
            ) t
        ), distinct_numbers as (
            select distinct on (company_id, phone) * from candidates
            order by company_id, phone, turn, priority desc, due_at, position, campaign_id
        ), within_company as (
            select *, row_number() over (partition by company_id
                                         order by turn, lately, served_at nulls first, priority desc, due_at, position,
                                                  campaign_id) as company_turn
            from distinct_numbers
        ), served as (
            select company_id, sum(lately) as company_lately, max(served_at) as company_served_at
            from quota group by company_id
        ), ranked as (
            select w.*, row_number() over (order by w.company_live + w.company_turn, s.company_lately,
                                                    s.company_served_at nulls first, w.company_turn, w.company_id) as rank
            from within_company w join served s on s.company_id = w.company_id
            where w.company_turn <= w.company_free
        ), chosen as materialized (
            select t.company_id, t.task_id, t.status as was, r.rank
            from ranked r
            join call_tasks t on t.company_id = r.company_id and t.task_id = r.task_id
            join campaigns c on c.company_id = r.company_id and c.campaign_id = r.campaign_id
            -- Looked at again in the newest versions of both rows, once they are locked.
            where t.status in ('pending', 'retry') and c.state = 'running'
            order by r.rank
            limit (select greatest(free, 0) from slots)
            for update of t skip locked
            for key share of c skip locked
        ), numbered as (
            select c.*, ids.call_id
            from (select *, row_number() over (order by rank) as n from chosen) c
            join unnest($3::uuid[]) with ordinality as ids(call_id, n) on ids.n = c.n
        ), moved as (
            update call_tasks t
            set status = 'in_progress', attempts = t.attempts + 1, last_attempt_at = clock.now, last_call_id = n.call_id
            from numbered n cross join clock
            where t.company_id = n.company_id and t.task_id = n.task_id
            returning t.company_id, t.campaign_id, t.task_id, t.attempts, t.phone, t.contact_id, t.contact_name, t.contact_data,
                      n.call_id, n.was, n.n, clock.now
        ), leased as (
            insert into leases (company_id, task_id, campaign_id, call_id, phone, worker_id, token, admitted_at)
            select company_id, task_id, campaign_id, call_id, phone, $1, nextval('lease_tokens'), now from moved
            returning company_id, task_id, token
        ), recorded as (
            insert into calls (company_id, call_id, campaign_id, task_id, skillbase_id, skillbase_version, attempt, line, phone,
                               worker_id, admitted_at)
            select m.company_id, m.call_id, m.campaign_id, m.task_id, c.skillbase_id, c.skillbase_version, m.attempts, c.line,
                   m.phone, $1, m.now
            from moved m join campaigns c on c.company_id = m.company_id and c.campaign_id = m.campaign_id
        ), counted as (
            insert into campaign_deltas (company_id, campaign_id, pending, retry, in_progress)
            select company_id, campaign_id, -(count(*) filter (where was = 'pending')), -(count(*) filter (where was = 'retry')), count(*)
            from moved group by company_id, campaign_id
        )
        select m.company_id, m.campaign_id, c.name as campaign_name, m.task_id, m.call_id as "call_id!", l.token,
               m.attempts as attempt, m.phone, m.contact_name,
               jsonb_strip_nulls(jsonb_build_object('email', p.email, 'company', p.organization, 'notes', p.notes))
                   || coalesce(m.contact_data, p.data, '{}') as "contact_data!", c.line as "line!", c.skillbase_id,
               c.skillbase_version, v.document, m.now as "admitted_at!"
        from moved m
        join leased l on l.company_id = m.company_id and l.task_id = m.task_id
        join campaigns c on c.company_id = m.company_id and c.campaign_id = m.campaign_id
        left join contacts p on p.company_id = m.company_id and p.contact_id = m.contact_id
        join skillbase_versions v on v.company_id = c.company_id and v.skillbase_id = c.skillbase_id and v.version = c.skillbase_version
        order by m.n
        "#,
        worker.0,
        reach.practice,
        call_ids,
        &livekit,
        permit()
    )
    .fetch_all(db)
    .await?;
    rows.into_iter().map(TryInto::try_into).collect()
}
