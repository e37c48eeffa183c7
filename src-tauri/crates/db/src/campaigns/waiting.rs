//! What happens to the tasks of a campaign when the campaign itself is changed, ended or deleted.

use callboard_core::id::{CampaignId, CompanyId};
use sqlx::PgConnection;

use crate::DbResult;

/// Whether somebody is adding tasks to the campaign at this moment: then it is not over, whatever its tasks say. Keeps
/// others from beginning to add until the end of the transaction.
///
/// # Errors
/// When the database does not answer.
pub async fn gets_tasks(db: &mut PgConnection, id: CampaignId) -> DbResult<bool> {
    let free = sqlx::query_scalar!(
        r#"select pg_try_advisory_xact_lock(hashtext('call_lists'), hashtext($1)) as "free!""#,
        id.0.to_string()
    )
    .fetch_one(db)
    .await?;
    Ok(!free)
}

/// Cancels every task that waits; those with a call in progress are settled when it ends. How many were cancelled.
///
/// # Errors
/// When the database does not answer.
pub async fn cancel_waiting_tasks(db: &mut PgConnection, company: CompanyId, id: CampaignId) -> DbResult<i64> {
    Ok(sqlx::query_scalar!(
        r#"with waiting as (
               select task_id, status from call_tasks
               where company_id = $1 and campaign_id = $2 and status in ('pending', 'retry')
               for update
           ), gone as (
               update call_tasks t set status = 'cancelled', finished_at = clock_timestamp()
               from waiting w where t.company_id = $1 and t.task_id = w.task_id
               returning w.status as was
           ), delta as (
               insert into campaign_deltas (company_id, campaign_id, pending, retry, cancelled)
               select $1, $2, -count(*) filter (where was = 'pending'), -count(*) filter (where was = 'retry'), count(*)
               from gone having count(*) > 0
           )
           select count(*) as "count!" from gone"#,
        company.0,
        id.0
    )
    .fetch_one(db)
    .await?)
}

/// What a deletion would remove: tasks, calls, calls in progress.
///
/// # Errors
/// When the database does not answer.
pub async fn deletion(db: &mut PgConnection, company: CompanyId, id: CampaignId) -> DbResult<(i32, i32, i32)> {
    let row = sqlx::query!(
        r#"select (select count(*)::int from call_tasks where company_id = $1 and campaign_id = $2) as "tasks!",
                  (select count(*)::int from calls where company_id = $1 and campaign_id = $2) as "calls!",
                  -- With those of its direct calls, which go with it.
                  (select count(*)::int from leases l join campaigns c on c.company_id = l.company_id and c.campaign_id = l.campaign_id
                   where l.company_id = $1 and (l.campaign_id = $2 or c.direct_for = $2)) as "live!""#,
        company.0,
        id.0
    )
    .fetch_one(db)
    .await?;
    Ok((row.tasks, row.calls, row.live))
}

/// Deletes a campaign with its tasks, imports, calls and figures. It was made undialable before, in a transaction that has
/// ended ([`crate::admission::wait_for_admissions`]).
///
/// # Errors
/// When the database does not answer.
pub async fn delete(db: &mut PgConnection, company: CompanyId, id: CampaignId) -> DbResult<()> {
    sqlx::query!("delete from campaign_deltas where company_id = $1 and campaign_id = $2", company.0, id.0)
        .execute(&mut *db)
        .await?;
    sqlx::query!("delete from campaigns where company_id = $1 and campaign_id = $2", company.0, id.0)
        .execute(db)
        .await?;
    Ok(())
}

/// Skips the retries of a campaign whose contacts have had as many attempts as it allows now. How many.
///
/// # Errors
/// When the database does not answer.
pub async fn skip_exhausted(db: &mut PgConnection, company: CompanyId, id: CampaignId) -> DbResult<i64> {
    Ok(sqlx::query_scalar!(
        r#"with gone as (
               update call_tasks t
               set status = 'skipped', error = 'attempts_used_up', finished_at = clock_timestamp()
               from campaigns c
               where c.company_id = $1 and c.campaign_id = $2
                 and t.company_id = $1 and t.campaign_id = $2 and t.status = 'retry'
                 and t.attempts - t.free_attempts >= greatest(c.max_attempts, 1) and t.callback_at is null
               returning t.task_id
           ), delta as (
               insert into campaign_deltas (company_id, campaign_id, retry, skipped)
               select $1, $2, -count(*), count(*) from gone having count(*) > 0
           )
           select count(*) as "count!" from gone"#,
        company.0,
        id.0
    )
    .fetch_one(db)
    .await?)
}
