//! The one task of a test call.

use callboard_core::id::{CampaignId, CompanyId, ContactId, TaskId};
use sqlx::PgConnection;

use crate::DbResult;

/// Adds a task for a number to a campaign that has none. The number becomes a contact when the book does not know it. The
/// caller begins the campaign afterwards.
///
/// # Errors
/// When the database does not answer.
pub async fn insert_task(
    db: &mut PgConnection,
    company: CompanyId,
    campaign: CampaignId,
    (task, contact): (TaskId, ContactId),
    phone: &str,
) -> DbResult<()> {
    sqlx::query!(
        "with known as (
             insert into contacts (company_id, contact_id, phone) values ($1, $4, $5)
             on conflict (company_id, phone) do update set phone = excluded.phone
             returning contact_id, name
         ), made as (
             insert into call_tasks (company_id, task_id, campaign_id, contact_id, position, phone, contact_name, due_at)
             select $1, $3, $2, contact_id, 1, $5, name, clock_timestamp() from known
             returning 1
         )
         insert into campaign_deltas (company_id, campaign_id, pending) select $1, $2, count(*) from made",
        company.0,
        campaign.0,
        task.0,
        contact.0,
        phone
    )
    .execute(db)
    .await?;
    Ok(())
}
