//! The folder of statistics: adds deltas up and tells the windows. Only one process folds at a time; who finds the lock
//! taken leaves it.

use std::collections::BTreeMap;

use callboard_core::id::{CampaignId, CompanyId};
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use crate::{
    DbResult,
    events::{self, Event},
};

const LOCK: i64 = 0x6361_6c6c_0002;

/// Folds what is there and sends one notification per company that changed. How many companies changed. A campaign that
/// somebody holds (a stop, a deletion) is left for the next time: a deletion waits for the deltas that are being folded,
/// so folding must not wait for the deletion.
///
/// # Errors
/// When the database does not answer.
pub async fn fold(db: &PgPool) -> DbResult<usize> {
    let mut tx = crate::begin(db).await?;
    let mine =
        sqlx::query_scalar!(r#"select pg_try_advisory_xact_lock($1) as "mine!""#, LOCK).fetch_one(&mut *tx).await?;
    if !mine {
        return Ok(0);
    }
    let rows = sqlx::query!(
        r#"with waiting as (
               select distinct company_id, campaign_id from campaign_deltas
           ), kept as materialized (
               select c.company_id, c.campaign_id
               from campaigns c join waiting w on w.company_id = c.company_id and w.campaign_id = c.campaign_id
               for key share of c skip locked
           ), gone as (
               delete from campaign_deltas d
               where exists (select from kept k where k.company_id = d.company_id and k.campaign_id = d.campaign_id)
                  or not exists (select from campaigns c where c.company_id = d.company_id and c.campaign_id = d.campaign_id)
               returning *
           ), sums as materialized (
               select company_id, campaign_id, sum(pending)::int as pending, sum(in_progress)::int as in_progress,
                      sum(retry)::int as retry, sum(completed)::int as completed, sum(failed)::int as failed,
                      sum(cancelled)::int as cancelled, sum(skipped)::int as skipped
               from gone group by company_id, campaign_id
           ), folded as (
               insert into campaign_stats as s
                      (company_id, campaign_id, pending, in_progress, retry, completed, failed, cancelled, skipped)
               select d.* from sums d
               where exists (select from kept k where k.company_id = d.company_id and k.campaign_id = d.campaign_id)
               on conflict (company_id, campaign_id) do update
               set pending = s.pending + excluded.pending, in_progress = s.in_progress + excluded.in_progress,
                   retry = s.retry + excluded.retry, completed = s.completed + excluded.completed,
                   failed = s.failed + excluded.failed, cancelled = s.cancelled + excluded.cancelled,
                   skipped = s.skipped + excluded.skipped
           )
           select company_id, campaign_id from sums"#
    )
    .fetch_all(&mut *tx)
    .await?;
    let mut companies: BTreeMap<Uuid, Vec<Uuid>> = BTreeMap::new();
    for row in rows {
        companies.entry(row.company_id).or_default().push(row.campaign_id);
    }
    let changed = companies.len();
    for (company, campaigns) in companies {
        let tags = ["campaigns", "tasks", "calls", "live"].map(str::to_owned).to_vec();
        events::notify(&mut tx, Event { company_id: Some(company), tags, campaigns }).await?;
    }
    tx.commit().await?;
    Ok(changed)
}

/// Tables whose statements are planned once and whose sizes the planner must not get wrong by more than this factor.
const GROWN: f64 = 2.0;

/// Counts the tables of the hot path anew for the planner when they have grown since they were last counted: a plan that was
/// made while a table was empty may look a row up by its company, and so among all of the company's. The database does
/// so by itself too, up to a minute later. Plans are made anew after that. Which tables were counted.
///
/// # Errors
/// When the database does not answer.
pub async fn take_stock(db: &mut PgConnection) -> DbResult<Vec<String>> {
    let grown = sqlx::query_scalar!(
        r#"select c.relname::text as "name!" from pg_class c
           where c.oid in ('calls'::regclass, 'call_tasks'::regclass, 'contacts'::regclass, 'leases'::regclass,
                           'campaigns'::regclass, 'campaign_lanes'::regclass)
             and pg_relation_size(c.oid) / current_setting('block_size')::int > greatest(c.relpages, 0) * $1::double precision"#,
        GROWN
    )
    .fetch_all(&mut *db)
    .await?;
    for table in &grown {
        match table.as_str() {
            "calls" => sqlx::query!("analyze calls").execute(&mut *db).await?,
            "call_tasks" => sqlx::query!("analyze call_tasks").execute(&mut *db).await?,
            "contacts" => sqlx::query!("analyze contacts").execute(&mut *db).await?,
            "leases" => sqlx::query!("analyze leases").execute(&mut *db).await?,
            "campaigns" => sqlx::query!("analyze campaigns").execute(&mut *db).await?,
            _ => sqlx::query!("analyze campaign_lanes").execute(&mut *db).await?,
        };
    }
    Ok(grown)
}

/// Says that something about a campaign changed that is not a status of a task.
///
/// # Errors
/// When the database does not answer.
pub async fn touch(db: &mut PgConnection, company: CompanyId, campaign: CampaignId) -> DbResult<()> {
    sqlx::query!("insert into campaign_deltas (company_id, campaign_id) values ($1, $2)", company.0, campaign.0)
        .execute(db)
        .await?;
    Ok(())
}
