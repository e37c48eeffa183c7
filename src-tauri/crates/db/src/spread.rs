//! The due times of an even spread, written to the tasks they are for. Refuses to compute them: `callboard_core::spread`
//! does.

use callboard_core::id::{CampaignId, CompanyId};
use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use crate::DbResult;

/// First attempts that wait behind a place of the campaign: those that a spread is for. Promised callbacks keep their time.
///
/// # Errors
/// When the database does not answer.
pub async fn count(db: &mut PgConnection, company: CompanyId, campaign: CampaignId, behind: i32) -> DbResult<i64> {
    Ok(sqlx::query_scalar!(
        r#"select count(*) as "count!" from call_tasks
           where company_id = $1 and campaign_id = $2 and waits and attempts = 0 and callback_at is null and position > $3"#,
        company.0,
        campaign.0,
        behind
    )
    .fetch_one(db)
    .await?)
}

/// Gives the tasks of [`count`] these times, in the order in which they are dialled: priority, then place in the list.
///
/// # Errors
/// When the database does not answer.
pub async fn assign(
    db: &mut PgConnection,
    company: CompanyId,
    campaign: CampaignId,
    behind: i32,
    due: &[DateTime<Utc>],
) -> DbResult<u64> {
    let done = sqlx::query!(
        "update call_tasks t
         set due_at = d.due_at
         from (select task_id, row_number() over (order by priority desc, position) as n
               from call_tasks
               where company_id = $1 and campaign_id = $2 and waits and attempts = 0 and callback_at is null and position > $3) w
         join unnest($4::timestamptz[]) with ordinality d(due_at, n) on d.n = w.n
         where t.company_id = $1 and t.task_id = w.task_id and t.waits",
        company.0,
        campaign.0,
        behind,
        due
    )
    .execute(db)
    .await?;
    Ok(done.rows_affected())
}
