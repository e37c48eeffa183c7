//! One contact of several that are the same person. Refuses to choose what the person is called: the caller has put that
//! together.

use callboard_core::id::{CompanyId, ContactId};
use sqlx::PgConnection;
use uuid::Uuid;

use super::{Person, queue::follow, removal::skip_tasks_of_nobody, update};
use crate::DbResult;

/// Gives the tasks of the others to the one that stays, removes the others and changes the one that stays; false when it
/// has another revision. In a campaign that has tasks of several of them one is kept: of the contact that stays, else the
/// one in progress, else one that has ended, else the first; the others that wait are skipped. The caller holds
/// [`crate::locks::lock_contacts`] and [`super::hold_campaigns`].
///
/// # Errors
/// When the database does not answer or a constraint refuses.
pub async fn merge(
    db: &mut PgConnection,
    company: CompanyId,
    (keep, revision): (ContactId, i32),
    others: &[Uuid],
    person: &Person,
) -> DbResult<bool> {
    // Tasks before contacts: the end of a call locks its task first, too.
    sqlx::query!(
        r#"with mine as materialized (
               select t.task_id, t.campaign_id, t.contact_id, t.status, t.position
               from campaigns k
               join call_tasks t on t.company_id = k.company_id and t.campaign_id = k.campaign_id
                                and t.contact_id = any(array_append($3::uuid[], $2))
               where k.company_id = $1
               order by t.task_id
               for update of t
           ), ranked as (
               select m.*, m.status in ('pending', 'retry') as waits,
                      row_number() over (partition by m.campaign_id
                                         order by m.contact_id = $2 desc, m.status = 'in_progress' desc,
                                                  m.status in ('pending', 'retry'), m.position) = 1 as stays
               from mine m
           ), moved as (
               update call_tasks t
               set contact_id = case when r.stays then $2 else t.contact_id end,
                   -- The data of a contact that goes stays with what has been done about it.
                   contact_data = case when r.waits then t.contact_data else coalesce(t.contact_data, o.data) end,
                   status = case when r.waits and not r.stays then 'skipped' else t.status end,
                   error = case when r.waits and not r.stays then 'contact_merged' else t.error end,
                   finished_at = case when r.waits and not r.stays then clock_timestamp() else t.finished_at end
               from ranked r
               join contacts o on o.company_id = $1 and o.contact_id = r.contact_id
               where t.company_id = $1 and t.task_id = r.task_id and r.contact_id <> $2
               returning t.campaign_id, r.status as was, r.waits and not r.stays as skipped
           )
           insert into campaign_deltas (company_id, campaign_id, pending, retry, skipped)
           select $1, campaign_id, -(count(*) filter (where was = 'pending')), -(count(*) filter (where was = 'retry')), count(*)
           from moved where skipped group by campaign_id"#,
        company.0,
        keep.0,
        others
    )
    .execute(&mut *db)
    .await?;
    sqlx::query!("delete from contacts where company_id = $1 and contact_id = any($2)", company.0, others)
        .execute(&mut *db)
        .await?;
    skip_tasks_of_nobody(db, company, Some(others), "contact_merged").await?;
    if !update(db, company, keep, revision, person).await? {
        return Ok(false);
    }
    follow(db, company, keep, false).await?;
    Ok(true)
}
