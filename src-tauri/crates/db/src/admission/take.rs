//! Takes the tasks of campaigns whose turn it is. Owns the order within a campaign and what forbids a number; refuses to
//! look at any limit of calls: the quotas have them.
//!
//! Every look at a task, a lease or an entry is one descent of an index, whatever the planner believes about the sizes
//! of the tables ([`crate::workers::begin`]). Conditions on other tables are scalar questions in a CASE: from EXISTS the
//! planner may make a join or a hash table of everything that a company has ever forbidden.

use callboard_core::id::WorkerId;
use sqlx::PgConnection;
use uuid::Uuid;

use super::Row;
use crate::{DbResult, leases::permit};

/// Takes up to `most` tasks within the quotas.
#[expect(
    clippy::too_many_lines,
    reason = "one statement takes everything under one snapshot; cut in pieces it would be read wrongly"
)]
pub(super) async fn take(
    db: &mut PgConnection,
    worker: WorkerId,
    call_ids: &[Uuid],
    campaigns: &[(Uuid, Uuid)],
    plan: &[(usize, i32)],
    most: i32,
) -> DbResult<Vec<Row>> {
    let company_ids: Vec<Uuid> = plan.iter().map(|(at, _)| campaigns[*at].0).collect();
    let campaign_ids: Vec<Uuid> = plan.iter().map(|(at, _)| campaigns[*at].1).collect();
    let quotas: Vec<i32> = plan.iter().map(|(_, quota)| *quota).collect();
    Ok(sqlx::query_as!(
        Row,
        r#"
        with clock as materialized (
            select clock_timestamp() as now
        ), plan as materialized (
            select p.ord, p.quota, c.company_id, c.campaign_id, c.name, c.line, c.skillbase_id, c.skillbase_version,
                   o.number_per_day::int as per_day, o.number_per_week::int as per_week, o.number_per_month::int as per_month,
                   o.number_gap_minutes as gap,
                   o.number_per_day + o.number_per_week + o.number_per_month + o.number_gap_minutes > 0 as has_caps
            from unnest($3::uuid[], $4::uuid[], $5::int[]) with ordinality as p(company_id, campaign_id, quota, ord)
            cross join lateral (select * from campaigns c
                                where c.company_id = p.company_id and c.campaign_id = p.campaign_id and c.state = 'running'
                                offset 0) c
            cross join lateral (select * from companies o where o.company_id = p.company_id offset 0) o
        ), candidates as materialized (
            select p.*, t.task_id, t.phone, t.priority, t.due_at, t.position, t.put_off
            from plan p
            cross join clock
            cross join lateral (
                select w.*
                from campaign_lanes n
                cross join lateral (
                    select t.task_id, t.phone, t.priority, t.due_at, t.position,
                           -- Until when calls of the last month keep the number from being called.
                           case when p.has_caps then (
                               select nullif(greatest(
                                          case when p.per_day > 0 then (array_agg(k.dial_intent_at order by k.dial_intent_at desc))[p.per_day] + interval '24 hours' end,
                                          case when p.per_week > 0 then (array_agg(k.dial_intent_at order by k.dial_intent_at desc))[p.per_week] + interval '7 days' end,
                                          case when p.per_month > 0 then (array_agg(k.dial_intent_at order by k.dial_intent_at desc))[p.per_month] + interval '30 days' end,
                                          case when p.gap > 0 then max(k.dial_intent_at) + make_interval(mins => p.gap) end,
                                          clock.now), clock.now)
                               from calls k
                               where k.company_id = p.company_id and k.phone = t.phone and not k.is_released
                                 and k.admitted_at > clock.now - interval '32 days' and k.dial_intent_at is not null
                           ) end as put_off
                    from call_tasks t
                    where t.company_id = p.company_id and t.campaign_id = p.campaign_id and t.lane = n.lane and t.waits
                      and t.due_at <= clock.now
                      and case
                          when (select true from leases l where l.company_id = p.company_id and l.phone = t.phone) then false
                          when (select true from do_not_call d
                                where d.company_id = p.company_id and d.pattern = t.phone and d.kind = 'number'
                                  and d.campaign_id is null) then false
                          when (select true from do_not_call d
                                where d.company_id = p.company_id and d.campaign_id = p.campaign_id
                                  and d.pattern = t.phone and d.kind = 'number') then false
                          when (select true from do_not_call d
                                where d.company_id = p.company_id and d.kind = 'prefix'
                                  and (d.campaign_id is null or d.campaign_id = p.campaign_id)
                                  and starts_with(t.phone, d.pattern) limit 1) then false
                          else true
                      end
                    order by t.priority desc, t.due_at, t.position
                    -- Some more where numbers may be put off.
                    limit p.quota + case when p.has_caps then 2 else 0 end
                ) w
                where n.company_id = p.company_id and n.campaign_id = p.campaign_id
                  and n.open_from <= clock.now and n.open_until > clock.now + $7
                order by w.priority desc, w.due_at, w.position
                limit p.quota + case when p.has_caps then 2 else 0 end
            ) t
        ), late as (
            select t.company_id, t.task_id, c.put_off
            from candidates c
            join call_tasks t on t.company_id = c.company_id and t.task_id = c.task_id
            where c.put_off is not null and t.waits
            for update of t skip locked
        ), put_off as (
            update call_tasks t set due_at = l.put_off
            from late l where t.company_id = l.company_id and t.task_id = l.task_id
        ), fit as (
            select c.*, row_number() over (partition by c.company_id, c.campaign_id
                                           order by c.priority desc, c.due_at, c.position) as place
            from candidates c
            where c.put_off is null
        ), single as (
            select distinct on (company_id, phone) *
            from fit
            where place <= quota
            order by company_id, phone, place, ord
        ), chosen as materialized (
            select s.*, t.status as was
            from single s
            join call_tasks t on t.company_id = s.company_id and t.task_id = s.task_id
            -- Looked at again in the newest version of the row, once it is locked.
            where t.waits
            order by s.place, s.ord
            limit $6
            for update of t skip locked
        ), numbered as materialized (
            select c.*, row_number() over (order by c.place, c.ord) as n from chosen c
        ), tokens as materialized (
            select n.*, ($2::uuid[])[n.n] as call_id, nextval('lease_tokens') as token from numbered n order by n.n
        ), moved as (
            update call_tasks t
            set status = 'in_progress', attempts = t.attempts + 1, last_attempt_at = clock.now, last_call_id = n.call_id
            from tokens n cross join clock
            where t.company_id = n.company_id and t.task_id = n.task_id
            returning t.company_id, t.campaign_id, t.task_id, t.attempts, t.phone, t.contact_id, t.contact_name,
                      t.contact_data, n.call_id, n.token, n.was, n.n, n.name, n.line, n.skillbase_id, n.skillbase_version,
                      clock.now
        ), leased as (
            insert into leases (company_id, task_id, campaign_id, call_id, phone, attempt, line, worker_id, token, admitted_at)
            select company_id, task_id, campaign_id, call_id, phone, attempts, line, $1, token, now from moved
        ), recorded as (
            insert into calls (company_id, call_id, campaign_id, task_id, skillbase_id, skillbase_version, attempt, line, phone,
                               worker_id, admitted_at)
            select company_id, call_id, campaign_id, task_id, skillbase_id, skillbase_version, attempts, line, phone, $1, now
            from moved
        ), counted as (
            insert into campaign_deltas (company_id, campaign_id, pending, retry, in_progress)
            select company_id, campaign_id, -(count(*) filter (where was = 'pending')),
                   -(count(*) filter (where was = 'retry')), count(*)
            from moved group by company_id, campaign_id
        )
        select m.company_id, m.campaign_id, m.name as campaign_name, m.task_id, m.call_id as "call_id!", m.token as "token!",
               m.attempts as attempt, m.phone, m.contact_name,
               jsonb_strip_nulls(jsonb_build_object('email', p.email, 'company', p.organization, 'notes', p.notes))
                   || coalesce(m.contact_data, p.data, '{}') as "contact_data!", m.line as "line!", m.skillbase_id,
               m.skillbase_version,
               case when row_number() over (partition by m.skillbase_id, m.skillbase_version order by m.n) = 1
                    then (select v.document from skillbase_versions v
                          where v.company_id = m.company_id and v.skillbase_id = m.skillbase_id
                            and v.version = m.skillbase_version) end as document,
               m.now as "admitted_at!"
        from moved m
        left join contacts p on p.company_id = m.company_id and p.contact_id = m.contact_id
        order by m.n
        "#,
        worker.0,
        call_ids,
        &company_ids,
        &campaign_ids,
        &quotas,
        i64::from(most),
        permit()
    )
    .fetch_all(db)
    .await?)
}
