//! What every limit leaves, read under the lock of admission. Owns the counts; refuses to pick tasks.

use std::collections::HashMap;

use callboard_core::{
    fair::{Campaign, Company, Turns},
    id::WorkerId,
    pace::{Slowdown, trunk_rate},
};
use rust_decimal::{Decimal, prelude::ToPrimitive};
use sqlx::PgConnection;
use uuid::Uuid;

use super::Reach;
use crate::{DbResult, leases::permit};

/// What admission decides from.
pub(super) struct State {
    /// Whose turn it is, with what every limit leaves.
    pub(super) turns: Turns,
    /// The campaigns of the turns.
    pub(super) campaigns: Vec<(Uuid, Uuid)>,
    /// Whether numbers of a campaign may be put off, so that fewer than asked for does not mean that no more are due.
    pub(super) has_caps: Vec<bool>,
    /// Slots of the whole system.
    pub(super) free: i32,
}

/// Calls in progress of one campaign over one line.
#[derive(Debug, Clone, Copy, Default)]
struct Live {
    calls: i32,
    undialed: i32,
}

impl Live {
    fn add(&mut self, other: Self) {
        self.calls += other.calls;
        self.undialed += other.undialed;
    }
}

/// Adds what was dialled and spent since the last admission to what is counted, and drops what is older than a minute. A dial counts
/// until its second lies 62 whole seconds back.
async fn fold(db: &mut PgConnection) -> DbResult<()> {
    sqlx::query!(
        "with clock as materialized (
             select floor(extract(epoch from clock_timestamp()))::bigint as now
         ), gone as (
             delete from dials returning company_id, campaign_id, second, calls
         ), fresh as materialized (
             select g.company_id, g.campaign_id, g.second, sum(g.calls)::int as calls
             from gone g, clock where g.second >= clock.now - 62
             group by g.company_id, g.campaign_id, g.second
         ), kept as (
             insert into campaign_seconds as s (company_id, campaign_id, second, calls)
             select company_id, campaign_id, second, calls from fresh
             on conflict (company_id, campaign_id, second) do update set calls = s.calls + excluded.calls
         ), over as (
             delete from campaign_seconds s using clock where s.second < clock.now - 62
             returning s.company_id, s.campaign_id, s.calls
         ), change as (
             select company_id, campaign_id, sum(calls)::int as calls
             from (select company_id, campaign_id, calls from fresh
                   union all select company_id, campaign_id, -calls from over) x
             group by company_id, campaign_id having sum(calls) <> 0
         ), paid as (
             delete from spendings s using budget_days d
             where d.company_id = s.company_id and s.spent_at >= d.begins_at and s.spent_at < d.ends_at
             returning s.company_id, s.campaign_id, d.day, s.amount
         ), booked as (
             insert into campaign_days as b (company_id, campaign_id, day, spent)
             select p.company_id, p.campaign_id, p.day, sum(p.amount) from paid p
             where exists (select from campaigns c where c.company_id = p.company_id and c.campaign_id = p.campaign_id)
             group by p.company_id, p.campaign_id, p.day
             on conflict (company_id, campaign_id, day) do update set spent = b.spent + excluded.spent
         )
         insert into campaign_turns as t (company_id, campaign_id, lately)
         select c.company_id, c.campaign_id, c.calls from change c
         where exists (select from campaigns k where k.company_id = c.company_id and k.campaign_id = c.campaign_id)
         on conflict (company_id, campaign_id) do update set lately = t.lately + excluded.lately"
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Calls in progress, by company and campaign and by company and line.
async fn live(db: &mut PgConnection) -> DbResult<(HashMap<(Uuid, Uuid), Live>, HashMap<(Uuid, String), Live>)> {
    let rows = sqlx::query!(
        r#"select company_id, campaign_id, line, count(*)::int as "calls!",
                  (count(*) filter (where dial_at is null))::int as "undialed!"
           from leases group by company_id, campaign_id, line"#
    )
    .fetch_all(db)
    .await?;
    let (mut campaigns, mut lines) = (HashMap::<_, Live>::new(), HashMap::<_, Live>::new());
    for row in rows {
        let live = Live { calls: row.calls, undialed: row.undialed };
        campaigns.entry((row.company_id, row.campaign_id)).or_default().add(live);
        lines.entry((row.company_id, row.line)).or_default().add(live);
    }
    Ok((campaigns, lines))
}

/// Slots that the money of a budget leaves. Without an estimate every call fits until nothing is left.
fn affordable(left: Decimal, estimate: Decimal) -> i32 {
    if left <= Decimal::ZERO {
        return 0;
    }
    if estimate <= Decimal::ZERO {
        return i32::MAX;
    }
    (left / estimate).floor().to_i32().unwrap_or(i32::MAX)
}

/// What budgets leave: by campaign, and by company (campaign nil).
async fn budgets(db: &mut PgConnection) -> DbResult<HashMap<(Uuid, Uuid), Decimal>> {
    let rows = sqlx::query!(
        r#"select company_id as "company_id!", campaign_id, daily_limit - spent - in_flight as "left!" from budget_standings"#
    )
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().map(|row| ((row.company_id, row.campaign_id.unwrap_or(Uuid::nil())), row.left)).collect())
}

/// Calls that a trunk of this rate may have between admission and dial intent: more would only hold slots.
fn ahead(rate: f64) -> i32 {
    (2.0 * rate).ceil().max(1.0).to_i32().unwrap_or(i32::MAX)
}

/// Reads what may be admitted now; none when the worker is not alive or no campaign may dial.
#[expect(
    clippy::too_many_lines,
    reason = "one statement reads everything that admission decides from, in one snapshot"
)]
pub(super) async fn read(db: &mut PgConnection, worker: WorkerId, reach: &Reach) -> DbResult<Option<State>> {
    // In this order: an intent that is committed between the two is counted twice. The other way round it would be counted
    // as neither undialled nor dialled.
    let (live_campaigns, live_lines) = live(&mut *db).await?;
    fold(&mut *db).await?;
    let livekit = reach.livekit();
    let rows = sqlx::query!(
        r#"with clock as materialized (select clock_timestamp() as now)
           select c.company_id, c.campaign_id, c.kind = 'direct' as "is_direct!", c.weight::int as "weight!", c.line as "line!",
                  least(c.calls_at_once, c.calls_allowed::int) as "calls_at_once!", c.calls_per_minute, c.probing,
                  c.daily_budget is not null as "has_budget!", c.call_estimate,
                  o.number_per_day + o.number_per_week + o.number_per_month + o.number_gap_minutes > 0 as "has_caps!",
                  o.calls_at_once as company_calls_at_once, o.daily_budget is not null as "company_has_budget!",
                  coalesce(t.lately, 0) as "lately!", coalesce(t.pass, 0) as "pass!",
                  coalesce(u.pass, 0) as "company_pass!", coalesce(u.turn, 0) as "company_turn!",
                  coalesce(k.calls_per_second, 0)::int as "calls_per_second!", k.slowed_to as "slowed_to?",
                  k.slowed_at as "slowed_at?", coalesce(k.probing, false) as "trunk_probing!",
                  s.calls_at_once as system_calls_at_once, s.turn as system_turn, clock.now as "now!"
           from clock
           join system_settings s on s.only_row
           join workers w on w.worker_id = $1 and w.alive_until > clock.now
           join campaigns c on c.state = 'running'
                           and ((c.line = 'practice' and $2) or (c.line = 'livekit' and c.company_id = any($3)))
           join companies o on o.company_id = c.company_id
           left join campaign_turns t on t.company_id = c.company_id and t.campaign_id = c.campaign_id
           left join company_turns u on u.company_id = c.company_id
           left join trunks k on k.company_id = c.company_id and k.line = c.line
           where (c.starts_at is null or c.starts_at <= clock.now)
             and (c.ends_at is null or c.ends_at > clock.now + $4)
             and (c.held_until is null or c.held_until <= clock.now)
             and (k.held_until is null or k.held_until <= clock.now)
             and exists (select from campaign_lanes n
                         where n.company_id = c.company_id and n.campaign_id = c.campaign_id
                           and n.open_from <= clock.now and n.open_until > clock.now + $4)
           order by c.company_id, c.campaign_id"#,
        worker.0,
        reach.practice,
        &livekit,
        permit()
    )
    .fetch_all(&mut *db)
    .await?;
    let Some(first) = rows.first() else { return Ok(None) };
    let total: i32 = live_campaigns.values().map(|live| live.calls).sum();
    let free = first.system_calls_at_once - total;
    if free <= 0 {
        return Ok(None);
    }
    let turn = first.system_turn;
    let (mut companies, mut campaigns) = (Vec::new(), Vec::with_capacity(rows.len()));
    let budgets = if rows.iter().any(|row| row.has_budget || row.company_has_budget) {
        budgets(&mut *db).await?
    } else {
        HashMap::new()
    };
    let mut places: HashMap<Uuid, usize> = HashMap::new();
    let mut company_calls: HashMap<Uuid, i32> = HashMap::new();
    for ((company, _), live) in &live_campaigns {
        *company_calls.entry(*company).or_default() += live.calls;
    }
    let mut keys = Vec::with_capacity(rows.len());
    let mut has_caps = Vec::with_capacity(rows.len());
    let mut probed: Vec<(Uuid, String)> = Vec::new();
    for row in rows {
        let at = *places.entry(row.company_id).or_insert_with(|| {
            let live = company_calls.get(&row.company_id).copied().unwrap_or(0);
            let free = row.company_calls_at_once - live;
            companies.push(Company { live, free, pass: row.company_pass, turn: row.company_turn });
            companies.len() - 1
        });
        let live = live_campaigns.get(&(row.company_id, row.campaign_id)).copied().unwrap_or_default();
        let mut free = (row.calls_at_once - live.calls).min(row.calls_per_minute - live.undialed - row.lately);
        if row.probing {
            free = free.min(1 - live.calls);
        }
        let trunk = (row.company_id, row.line);
        if row.trunk_probing || row.calls_per_second > 0 {
            let over_line = live_lines.get(&trunk).copied().unwrap_or_default();
            if row.calls_per_second > 0 {
                let slowdown = row.slowed_to.zip(row.slowed_at).map(|(rate, at)| Slowdown { rate, at });
                free = free.min(ahead(trunk_rate(row.calls_per_second, slowdown, row.now)) - over_line.undialed);
            }
            if row.trunk_probing {
                // One call over the trunk, whichever campaign of the company makes it.
                free = free.min(1 - over_line.calls);
                if free > 0 {
                    if probed.contains(&trunk) {
                        free = 0;
                    } else {
                        probed.push(trunk);
                    }
                }
            }
        }
        if row.has_budget {
            // A budget whose day is not known is closed.
            let left = budgets.get(&(row.company_id, row.campaign_id)).copied().unwrap_or_default();
            free = free.min(affordable(left, row.call_estimate));
        }
        if row.company_has_budget {
            let left = budgets.get(&(row.company_id, Uuid::nil())).copied().unwrap_or_default();
            let company = &mut companies[at];
            // The dearest of its campaigns decides: whichever gets the slots, the money is enough.
            company.free = company.free.min(affordable(left, row.call_estimate));
        }
        campaigns.push(Campaign {
            company: at,
            is_direct: row.is_direct,
            weight: row.weight,
            live: live.calls,
            free: free.max(0),
            pass: row.pass,
        });
        keys.push((row.company_id, row.campaign_id));
        has_caps.push(row.has_caps);
    }
    Ok(Some(State { turns: Turns::new(turn, companies, campaigns), campaigns: keys, has_caps, free }))
}

/// Stores whose turn it was, of those that took something.
pub(super) async fn store_turns(
    db: &mut PgConnection,
    turns: &Turns,
    campaigns: &[(Uuid, Uuid)],
    touched: &[usize],
) -> DbResult<()> {
    let of = |at: &usize| campaigns[*at];
    let company_ids: Vec<Uuid> = touched.iter().map(|at| of(at).0).collect();
    let campaign_ids: Vec<Uuid> = touched.iter().map(|at| of(at).1).collect();
    let passes: Vec<f64> = touched.iter().map(|at| turns.campaigns()[*at].pass).collect();
    let mut served: Vec<(Uuid, usize)> = touched.iter().map(|at| (of(at).0, turns.campaigns()[*at].company)).collect();
    served.sort_unstable();
    served.dedup();
    let served_ids: Vec<Uuid> = served.iter().map(|(company, _)| *company).collect();
    let served_passes: Vec<f64> = served.iter().map(|(_, at)| turns.companies()[*at].pass).collect();
    let served_turns: Vec<f64> = served.iter().map(|(_, at)| turns.companies()[*at].turn).collect();
    sqlx::query!(
        "with campaigns as (
             insert into campaign_turns (company_id, campaign_id, pass)
             select * from unnest($1::uuid[], $2::uuid[], $3::double precision[])
             on conflict (company_id, campaign_id) do update set pass = excluded.pass
         ), companies as (
             insert into company_turns (company_id, pass, turn)
             select * from unnest($4::uuid[], $5::double precision[], $6::double precision[])
             on conflict (company_id) do update set pass = excluded.pass, turn = excluded.turn
         )
         update system_settings set turn = $7 where only_row",
        &company_ids,
        &campaign_ids,
        &passes,
        &served_ids,
        &served_passes,
        &served_turns,
        turns.turn()
    )
    .execute(db)
    .await?;
    Ok(())
}
