//! Deleting contacts. Their waiting tasks are skipped, their calls in progress go on, what was said and done stays.

use callboard_core::id::CompanyId;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{
    Selection,
    selection::{Arguments, of_chosen, plan_for_arguments},
};
use crate::DbResult;

/// What a deletion removes, or would remove.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Removal {
    /// Contacts.
    pub contacts: i32,
    /// Waiting tasks, which are skipped.
    pub skipped_tasks: i32,
    /// Calls in progress, which go on.
    pub live_calls: i32,
}

/// What a deletion would remove. In a transaction.
///
/// # Errors
/// When the database does not answer.
pub async fn preview(db: &mut PgConnection, company: CompanyId, selection: &Selection) -> DbResult<Removal> {
    plan_for_arguments(db).await?;
    let chosen = Arguments::from(selection);
    let row = of_chosen!(
        _,
        company,
        chosen,
        r#"   , people as materialized (select contact_id from chosen)
              select (select count(*) from people)::int as "contacts!",
                     (select count(*) from people p
                      join campaigns k on k.company_id = $1 and k.state in ('draft', 'scheduled', 'running', 'paused')
                      join call_tasks t on t.company_id = k.company_id and t.campaign_id = k.campaign_id
                                       and t.contact_id = p.contact_id
                      where t.status in ('pending', 'retry'))::int as "skipped_tasks!",
                     (select count(*) from leases l
                      join call_tasks t on t.company_id = l.company_id and t.task_id = l.task_id
                      join people p on p.contact_id = t.contact_id
                      where l.company_id = $1)::int as "live_calls!""#
    )
    .fetch_one(db)
    .await?;
    Ok(Removal { contacts: row.contacts, skipped_tasks: row.skipped_tasks, live_calls: row.live_calls })
}

/// Deletes contacts and skips their waiting tasks. The caller holds [`crate::locks::lock_contacts`] and
/// [`super::hold_campaigns`].
///
/// # Errors
/// When the database does not answer.
pub async fn delete(db: &mut PgConnection, company: CompanyId, selection: &Selection) -> DbResult<Removal> {
    let live_calls = preview(db, company, selection).await?.live_calls;
    let chosen = Arguments::from(selection);
    let gone = of_chosen!(
        _,
        company,
        chosen,
        "   delete from contacts c using chosen where c.company_id = $1 and c.contact_id = chosen.contact_id"
    )
    .execute(&mut *db)
    .await?;
    // In a statement of its own, so that a task which came to wait while the first one waited for its contact is seen.
    let ids = match selection {
        Selection::Ids(ids) => Some(ids.as_slice()),
        Selection::Filter(_) => None,
    };
    let skipped_tasks = skip_tasks_of_nobody(db, company, ids, "contact_deleted").await?;
    Ok(Removal { contacts: i32::try_from(gone.rows_affected()).unwrap_or(i32::MAX), skipped_tasks, live_calls })
}

/// Skips the waiting tasks of contacts that are no more: of these, or of any; how many. The caller holds
/// [`super::hold_campaigns`].
///
/// # Errors
/// When the database does not answer.
pub async fn skip_tasks_of_nobody(
    db: &mut PgConnection,
    company: CompanyId,
    contacts: Option<&[Uuid]>,
    reason: &str,
) -> DbResult<i32> {
    plan_for_arguments(db).await?;
    Ok(sqlx::query_scalar!(
        r#"with waiting as materialized (
               select t.task_id, t.status as was
               from campaigns k
               join call_tasks t on t.company_id = k.company_id and t.campaign_id = k.campaign_id
               where k.company_id = $1 and k.state in ('draft', 'scheduled', 'running', 'paused')
                 and t.status in ('pending', 'retry') and ($2::uuid[] is null or t.contact_id = any($2))
                 and not exists (select from contacts c where c.company_id = $1 and c.contact_id = t.contact_id)
               order by t.task_id
               for update of t
           ), skipped as (
               update call_tasks t set status = 'skipped', error = $3, finished_at = clock_timestamp()
               from waiting w
               where t.company_id = $1 and t.task_id = w.task_id
               returning t.campaign_id, w.was
           ), counted as (
               insert into campaign_deltas (company_id, campaign_id, pending, retry, skipped)
               select $1, campaign_id, -(count(*) filter (where was = 'pending')), -(count(*) filter (where was = 'retry')), count(*)
               from skipped group by campaign_id
           )
           select count(*)::int as "count!" from skipped"#,
        company.0,
        contacts,
        reason
    )
    .fetch_one(db)
    .await?)
}
