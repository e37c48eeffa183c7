//! Taking an import back. Owns what may go: tasks that were never dialled, and contacts that nobody else came to know.

use callboard_core::id::{CallListId, CampaignId, CompanyId};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::DbResult;

/// What is left of an import.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Undone {
    /// Tasks removed.
    pub removed: i32,
    /// Tasks that stay.
    pub kept: i32,
}

/// Tasks of an import that were never dialled and wait.
///
/// # Errors
/// When the database does not answer.
pub async fn uncalled(db: &mut PgConnection, company: CompanyId, list: CallListId) -> DbResult<i32> {
    Ok(sqlx::query_scalar!(
        r#"select count(*)::int as "count!"
           from call_lists l
           join call_tasks t on t.company_id = l.company_id and t.campaign_id = l.campaign_id
                            and t.position between l.first_position and l.last_position and t.call_list_id = l.call_list_id
           where l.company_id = $1 and l.call_list_id = $2 and l.state = 'committed'
             and t.status = 'pending' and t.attempts = 0"#,
        company.0,
        list.0
    )
    .fetch_one(db)
    .await?)
}

/// Tasks of an import that were dialled or are being dialled. The caller holds admission's lock, so that none is taken
/// meanwhile.
///
/// # Errors
/// When the database does not answer.
pub async fn called_tasks(db: &mut PgConnection, company: CompanyId, list: CallListId) -> DbResult<i32> {
    Ok(sqlx::query_scalar!(
        r#"select count(*)::int as "count!"
           from call_lists l
           join call_tasks t on t.company_id = l.company_id and t.campaign_id = l.campaign_id
                            and t.position between l.first_position and l.last_position and t.call_list_id = l.call_list_id
           where l.company_id = $1 and l.call_list_id = $2
             and (t.attempts > 0 or t.status not in ('pending', 'skipped', 'cancelled'))"#,
        company.0,
        list.0
    )
    .fetch_one(db)
    .await?)
}

/// Deletes the tasks of an import that were never dialled and returns their contacts; updates the campaign's figures.
///
/// # Errors
/// When the database does not answer.
pub async fn remove_tasks(
    db: &mut PgConnection,
    company: CompanyId,
    campaign: CampaignId,
    list: CallListId,
) -> DbResult<Vec<Uuid>> {
    Ok(sqlx::query_scalar!(
        r#"with gone as (
               delete from call_tasks t
               using call_lists l
               where l.company_id = $1 and l.call_list_id = $3
                 and t.company_id = $1 and t.campaign_id = $2 and t.call_list_id = $3
                 and t.position between l.first_position and l.last_position
                 and t.attempts = 0 and t.status in ('pending', 'skipped', 'cancelled')
               returning t.contact_id, t.status
           ), counted as (
               insert into campaign_deltas (company_id, campaign_id, pending, skipped, cancelled)
               select $1, $2, -(count(*) filter (where status = 'pending')), -(count(*) filter (where status = 'skipped')),
                      -(count(*) filter (where status = 'cancelled'))
               from gone
           )
           select contact_id as "contact_id!" from gone"#,
        company.0,
        campaign.0,
        list.0
    )
    .fetch_all(db)
    .await?)
}

/// Deletes those of the contacts that the import made and nobody else came to know: never changed by a person, never
/// called, in no campaign. How many.
///
/// # Errors
/// When the database does not answer.
pub async fn remove_contacts(
    db: &mut PgConnection,
    company: CompanyId,
    list: CallListId,
    contacts: &[Uuid],
) -> DbResult<i32> {
    let done = sqlx::query!(
        "delete from contacts c
         where c.company_id = $1 and c.contact_id = any($3) and c.call_list_id = $2 and c.revision = 1
           and c.contact_id not in (select t.contact_id from call_tasks t where t.company_id = $1)
           and not exists (select from calls k where k.company_id = $1 and k.phone = c.phone and k.dial_intent_at is not null)",
        company.0,
        list.0,
        contacts
    )
    .execute(db)
    .await?;
    Ok(i32::try_from(done.rows_affected()).unwrap_or(i32::MAX))
}
