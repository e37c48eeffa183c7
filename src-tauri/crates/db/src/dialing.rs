//! The facts behind the sentence why a campaign, or a contact in it, is or is not dialled, read from the rows that admission
//! reads. Refuses to decide: `callboard_core::explain` does, and a test holds both to what admission does.

use callboard_core::{
    breaker::{BreakerCause, BreakerScope, BreakerState},
    explain::{CampaignFacts, Hours, Later, OpenBreaker, TaskFacts, Waiting},
    id::{CampaignId, CompanyId, TaskId},
    limits::Usage,
    line::LineKind,
    pace::{Slowdown, trunk_rate},
    window::DialingWindow,
    zone::ZoneSet,
};
use chrono::{DateTime, TimeDelta, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::{
    DbError, DbResult, breakers,
    breakers::Subject,
    budgets,
    error::{parse, parse_optional},
    hours, leases, limits,
};

/// Places in line are counted up to here.
const MOST_PLACES: i64 = 10_000;

/// What is known of a campaign at this moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DialingFacts {
    /// What the sentence is made of.
    pub facts: CampaignFacts,
    /// The hours that count when calls are placed, without the holidays.
    pub window: DialingWindow,
    /// Calls of the campaign whose dial intent is younger than 60 seconds.
    pub started_last_minute: i32,
    /// What was spent today, calls in progress counted.
    pub spent_today: rust_decimal::Decimal,
}

/// Calls that admission lets wait for their trunk; the same rule as its own.
fn ahead(rate: f64) -> i32 {
    (2.0 * rate).ceil().clamp(1.0, 1_000.0) as i32
}

/// Reads the facts of a campaign. In a transaction that reads one snapshot they belong together.
///
/// # Errors
/// When the database does not answer or a row is inconsistent.
#[expect(
    clippy::too_many_lines,
    reason = "one statement reads everything in one snapshot, and the facts are put side by side"
)]
pub async fn facts(db: &mut PgConnection, company: CompanyId, id: CampaignId) -> DbResult<DialingFacts> {
    let row = sqlx::query!(
        r#"with clock as materialized (
               select clock_timestamp() as now, floor(extract(epoch from clock_timestamp()))::bigint as second
           )
           select clock.now as "now!", c.state, c.line, c.starts_at, c.ends_at, c.span_weekdays, c.span_opens, c.span_closes,
                  c.closed_days, c.time_zone, c.kind = 'direct' as "is_direct!",
                  array(select h.day from company_holidays h where h.company_id = $1) as "holidays!",
                  exists (select from campaign_lanes n where n.company_id = $1 and n.campaign_id = $2
                          and n.open_from <= clock.now and n.open_until > clock.now + $3) as "open!",
                  (select min(n.open_from) from campaign_lanes n
                   where n.company_id = $1 and n.campaign_id = $2 and n.open_from > clock.now) as opens_at,
                  exists (select from workers w where w.alive_until > clock.now) as "worker_alive!",
                  coalesce(c.held_until > clock.now, false) as "held!", c.probing,
                  coalesce(k.held_until > clock.now, false) as "trunk_held!", coalesce(k.probing, false) as "trunk_probing!",
                  coalesce(k.calls_per_second, 0)::int as "calls_per_second!", k.slowed_to as "slowed_to?",
                  k.slowed_at as "slowed_at?", trunk.live as "trunk_live!", trunk.undialed as "trunk_undialed!",
                  own.live as "live!", c.calls_at_once, c.calls_allowed::int as calls_allowed,
                  (select count(*)::int from leases l where l.company_id = $1) as "company_live!",
                  o.calls_at_once as company_limit,
                  (select count(*)::int from leases) as "system_live!",
                  (select s.calls_at_once from system_settings s) as "system_limit!",
                  c.calls_per_minute, (own.undialed + minute.calls) as "minute_used!",
                  to_timestamp(minute.oldest + 63) as minute_free_at,
                  (select count(*)::int from calls m
                   where m.company_id = $1 and m.campaign_id = $2 and m.admitted_at > clock.now - interval '10 minutes'
                     and m.dial_intent_at > clock.now - interval '60 seconds') as "started_last_minute!",
                  (select count(*)::int from call_tasks d
                   join campaign_lanes n on n.company_id = d.company_id and n.campaign_id = d.campaign_id and n.lane = d.lane
                   where d.company_id = $1 and d.is_direct and d.waits and d.due_at <= clock.now
                     and n.open_from <= clock.now and n.open_until > clock.now + $3) as "direct_waiting!",
                  waiting.ready as "ready!", waiting.due as "due!", waiting.free_at as waiting_free_at,
                  coalesce((select sum(b.spent) from campaign_days b join budget_days d on d.company_id = b.company_id and d.day = b.day
                            where b.company_id = $1 and b.campaign_id = $2 and d.begins_at <= clock.now and d.ends_at > clock.now), 0)
                      + coalesce((select sum(x.amount) from spendings x where x.company_id = $1 and x.campaign_id = $2), 0)
                      + own.live * c.call_estimate as "spent_today!"
           from campaigns c
           join companies o on o.company_id = c.company_id
           cross join clock
           left join trunks k on k.company_id = c.company_id and k.line = c.line
           cross join lateral (
               select count(*)::int as live, (count(*) filter (where l.dial_at is null))::int as undialed
               from leases l where l.company_id = $1 and l.campaign_id = $2
           ) own
           cross join lateral (
               select count(*)::int as live, (count(*) filter (where l.dial_at is null))::int as undialed
               from leases l where l.company_id = $1 and l.line = c.line
           ) trunk
           cross join lateral (
               select coalesce(sum(x.calls), 0)::int as calls, min(x.second) as oldest
               from (select s.second, s.calls from campaign_seconds s where s.company_id = $1 and s.campaign_id = $2
                     union all
                     select d.second, d.calls from dials d where d.company_id = $1 and d.campaign_id = $2) x
               where x.second >= clock.second - 62
           ) minute
           cross join lateral (
               select exists (
                          select from campaign_lanes n
                          cross join lateral (
                              select from call_tasks t
                              where t.company_id = $1 and t.campaign_id = $2 and t.lane = n.lane and t.waits
                                and t.due_at <= clock.now
                                and case when exists (select from leases l where l.company_id = $1 and l.phone = t.phone) then false
                                         when is_forbidden($1, $2, t.phone) then false
                                         else number_free_at($1, t.phone, clock.now) is null end
                              limit 1
                          ) t
                          where n.company_id = $1 and n.campaign_id = $2
                            and n.open_from <= clock.now and n.open_until > clock.now + $3
                      ) as ready,
                      exists (select from call_tasks t
                              where t.company_id = $1 and t.campaign_id = $2 and t.waits and t.due_at <= clock.now) as due,
                      (select min(n.open_from) from campaign_lanes n
                       where n.company_id = $1 and n.campaign_id = $2 and n.open_from > clock.now
                         and exists (select from call_tasks t
                                     where t.company_id = $1 and t.campaign_id = $2 and t.lane = n.lane and t.waits
                                       and t.due_at <= clock.now)) as free_at
           ) waiting
           where c.company_id = $1 and c.campaign_id = $2"#,
        company.0,
        id.0,
        leases::permit()
    )
    .fetch_one(&mut *db)
    .await?;
    let line: Option<LineKind> = parse_optional("campaigns", "line", id.0, row.line.as_deref())?;
    let columns = hours::Columns {
        weekdays: row.span_weekdays,
        opens: row.span_opens,
        closes: row.span_closes,
        closed_days: row.closed_days,
        zone: row.time_zone,
    };
    let window = columns.window(id.0)?.without(&row.holidays.into_iter().collect());
    let waiting = if row.ready {
        Waiting::Ready
    } else if row.due {
        Waiting::KeptBack { free_at: row.waiting_free_at }
    } else {
        first(db, company, id).await?
    };
    let mut gates = Vec::new();
    if row.held || row.probing {
        gates.push((Subject::Campaign(id), row.held, row.live));
    }
    if let Some(line) = line.filter(|_| row.trunk_held || row.trunk_probing) {
        gates.push((Subject::Trunk(line), row.trunk_held, row.trunk_live));
    }
    let slowdown = row.slowed_to.zip(row.slowed_at).map(|(rate, at)| Slowdown { rate, at });
    let trunk_free_at = (row.calls_per_second > 0)
        .then(|| trunk_rate(row.calls_per_second, slowdown, row.now))
        .filter(|rate| ahead(*rate) <= row.trunk_undialed)
        .map(|rate| row.now + TimeDelta::milliseconds((1000.0 / rate.max(0.01)).round() as i64));
    let standings = budgets::standings(db, Some(company)).await?;
    let budget = |campaign: Option<CampaignId>| {
        standings.iter().find(|standing| standing.campaign_id == campaign).map(|standing| standing.budget)
    };
    let facts = CampaignFacts {
        now: row.now,
        sent_by: row.now + TimeDelta::seconds(leases::PERMIT_SECONDS.into()),
        state: parse("campaigns", "state", id.0, &row.state)?,
        starts_at: row.starts_at,
        ends_at: row.ends_at,
        hours: if row.open {
            Hours::Open
        } else {
            Hours::Closed { opens_at: row.opens_at, holiday: window.is_closed_day(row.now) }
        },
        line_fault: None,
        worker_alive: row.worker_alive,
        breakers: open_breakers(db, company, &gates).await?,
        company_budget: budget(None),
        campaign_budget: budget(Some(id)),
        budget_renews_at: standings.first().map(|standing| standing.renews_at),
        waiting,
        campaign: Usage { used: row.live, limit: row.calls_at_once },
        ramp_up: row.calls_allowed.map(|limit| Usage { used: row.live, limit }),
        minute: Usage { used: row.minute_used, limit: row.calls_per_minute },
        minute_free_at: row.minute_free_at,
        trunk_free_at,
        company: Usage { used: row.company_live, limit: row.company_limit },
        system: Usage { used: row.system_live, limit: row.system_limit },
        direct_waiting: if row.is_direct { 0 } else { row.direct_waiting },
    };
    Ok(DialingFacts { facts, window, started_last_minute: row.started_last_minute, spent_today: row.spent_today })
}

/// What keeps calls back at these gates: a breaker that is open, or one that lets one call pass which is under way.
async fn open_breakers(
    db: &mut PgConnection,
    company: CompanyId,
    gates: &[(Subject, bool, i32)],
) -> DbResult<Vec<OpenBreaker>> {
    if gates.is_empty() {
        return Ok(Vec::new());
    }
    let all = breakers::all(db, company).await?;
    let mut open: Vec<OpenBreaker> = gates
        .iter()
        .filter(|(_, held, live)| *held || *live > 0)
        .map(|(subject, _, _)| {
            let breaker = all.iter().find(|breaker| breaker.subject == *subject);
            OpenBreaker {
                scope: subject.scope(),
                cause: breaker.and_then(|breaker| breaker.cause).unwrap_or(BreakerCause::Faults),
                until: breaker
                    .filter(|breaker| breaker.state == BreakerState::Open)
                    .and_then(|breaker| breaker.probes_at),
            }
        })
        .collect();
    open.sort_by_key(|breaker| breaker.scope != BreakerScope::Trunk);
    Ok(open)
}

/// Who is due first in a campaign in which nobody is due.
async fn first(db: &mut PgConnection, company: CompanyId, id: CampaignId) -> DbResult<Waiting> {
    let row = sqlx::query!(
        "select due_at, callback_at is not null as \"promised!\", attempts from call_tasks
         where company_id = $1 and campaign_id = $2 and waits
         order by due_at limit 1",
        company.0,
        id.0
    )
    .fetch_optional(db)
    .await?;
    Ok(row.map_or(Waiting::Nobody, |row| Waiting::Later { due_at: row.due_at, why: later(row.promised, row.attempts) }))
}

const fn later(promised: bool, attempts: i32) -> Later {
    match (promised, attempts) {
        (true, _) => Later::Callback,
        (false, 0) => Later::Turn,
        (false, _) => Later::Retry,
    }
}

/// What is known of a contact in a campaign at this moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskStanding {
    /// What the sentence is made of.
    pub facts: TaskFacts,
    /// The zones whose hours count; none: the campaign's own.
    pub zones: Option<ZoneSet>,
}

/// Reads the facts of a task beside those of its campaign; none when it does not exist.
///
/// # Errors
/// When the database does not answer or a row is inconsistent.
pub async fn task_facts(
    db: &mut PgConnection,
    company: CompanyId,
    task: TaskId,
    campaign: &DialingFacts,
) -> DbResult<Option<TaskStanding>> {
    let now = campaign.facts.now;
    let row = sqlx::query!(
        r#"select t.status, t.due_at, t.callback_at is not null as "promised!", t.attempts, t.is_direct, t.phone, c.local_time,
                  z.zones, n.open_from as "open_from?", n.open_until as "open_until?",
                  is_forbidden(t.company_id, t.campaign_id, t.phone) as "forbidden!",
                  exists (select from leases l where l.company_id = t.company_id and l.phone = t.phone and l.task_id <> t.task_id)
                      as "in_another_call!",
                  array(select k.dial_intent_at from calls k
                        where k.company_id = t.company_id and k.phone = t.phone and not k.is_released
                          and k.admitted_at > $3::timestamptz - interval '32 days' and k.dial_intent_at is not null) as "calls!",
                  case when t.waits and t.due_at <= $3 then 1 + (
                      select count(*) from (
                          select from call_tasks a
                          join campaign_lanes m on m.company_id = a.company_id and m.campaign_id = a.campaign_id and m.lane = a.lane
                          where a.company_id = t.company_id and a.campaign_id = t.campaign_id and a.waits and a.due_at <= $3
                            and m.open_from <= $3 and m.open_until > $3
                            and (a.priority > t.priority
                                 or (a.priority = t.priority and (a.due_at, a.position) < (t.due_at, t.position)))
                          limit $4) ahead)::int end as place
           from call_tasks t
           join campaigns c on c.company_id = t.company_id and c.campaign_id = t.campaign_id
           join zone_sets z on z.zone_set_id = t.lane
           left join campaign_lanes n on n.company_id = t.company_id and n.campaign_id = t.campaign_id and n.lane = t.lane
           where t.company_id = $1 and t.task_id = $2"#,
        company.0,
        task.0,
        now,
        MOST_PLACES
    )
    .fetch_optional(&mut *db)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let own_zones = row.local_time && !row.zones.is_empty();
    let zones = own_zones
        .then(|| {
            row.zones.parse::<ZoneSet>().map_err(|_| DbError::inconsistent("zone_sets", "zones", task.0, &row.zones))
        })
        .transpose()?;
    let open = row.open_from.is_some_and(|from| from <= now)
        && row.open_until.is_some_and(|until| until > campaign.facts.sent_by);
    let hours = if open {
        Hours::Open
    } else {
        let place = zones.as_ref().and_then(|zones| zones.zones().first().copied()).unwrap_or(campaign.window.zone);
        let holiday = campaign.window.closed_days.contains(now.with_timezone(&place).date_naive());
        Hours::Closed { opens_at: row.open_from.filter(|from| *from > now), holiday }
    };
    let cap = match limits::company(db, company).await? {
        Some(set) => set.caps.reached(now, &row.calls),
        None => None,
    };
    let facts = TaskFacts {
        status: parse("call_tasks", "status", task.0, &row.status)?,
        due_at: row.due_at,
        why: later(row.promised, row.attempts),
        is_direct: row.is_direct,
        hours,
        local_time: own_zones,
        forbidden: row.forbidden,
        in_another_call: row.in_another_call,
        cap,
        place: row.place,
        expected_wait_seconds: None,
    };
    Ok(Some(TaskStanding { facts, zones }))
}

/// The tasks of a contact, open ones first, then the newest; at most so many.
///
/// # Errors
/// When the database does not answer.
pub async fn tasks_of_contact(
    db: &mut PgConnection,
    company: CompanyId,
    contact: Uuid,
    most: i64,
) -> DbResult<Vec<(CampaignId, TaskId)>> {
    let rows = sqlx::query!(
        "select t.campaign_id, t.task_id
         from campaigns c
         join call_tasks t on t.company_id = c.company_id and t.campaign_id = c.campaign_id and t.contact_id = $2
         where c.company_id = $1
         order by t.finished_at is null desc, t.created_at desc, t.task_id desc
         limit $3",
        company.0,
        contact,
        most
    )
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().map(|row| (row.campaign_id.into(), row.task_id.into())).collect())
}

/// The database's clock: what admission compares with.
///
/// # Errors
/// When the database does not answer.
pub async fn now(db: &mut PgConnection) -> DbResult<DateTime<Utc>> {
    Ok(sqlx::query_scalar!(r#"select clock_timestamp() as "now!""#).fetch_one(db).await?)
}
