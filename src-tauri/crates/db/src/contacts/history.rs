//! What has been done about a contact. Refuses to write.

use callboard_core::{
    call::Outcome,
    id::{CampaignId, CompanyId, ContactId},
    priority::NOT_CONNECTED,
    task::TaskStatus,
};
use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use super::{
    Selection,
    selection::{Arguments, of_chosen, plan_for_arguments},
};
use crate::{
    DbResult,
    calls::Call,
    error::{parse, parse_optional},
};

/// Earlier calls of a number that count for its priority.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct History {
    /// With the outcome success.
    pub successes: i32,
    /// That reached nobody.
    pub not_connected: i32,
}

/// What `history_points` of the database adds up.
///
/// # Errors
/// When the database does not answer.
pub async fn history(db: &mut PgConnection, company: CompanyId, phone: &str) -> DbResult<History> {
    let not_connected: Vec<String> = NOT_CONNECTED.iter().map(ToString::to_string).collect();
    Ok(sqlx::query_as!(
        History,
        r#"select (count(*) filter (where outcome = 'success'))::int as "successes!",
                  (count(*) filter (where disposition = any($3)))::int as "not_connected!"
           from calls
           where company_id = $1 and phone = $2 and dial_intent_at is not null and state = 'ended'"#,
        company.0,
        phone,
        &not_connected
    )
    .fetch_one(db)
    .await?)
}

/// Calls to any of the numbers over all campaigns, newest first.
///
/// # Errors
/// When the database does not answer or a row is inconsistent.
pub async fn calls(db: &mut PgConnection, company: CompanyId, phones: &[String], limit: i64) -> DbResult<Vec<Call>> {
    let rows = sqlx::query!(
        r#"select k.call_id, k.campaign_id, c.name as campaign_name, k.task_id, k.phone, q.contact_name, k.line, k.attempt,
                  k.state, k.disposition, k.outcome, k.admitted_at, k.answered_at, k.ended_at, k.ring_ms, k.talk_ms,
                  coalesce(m.turn_count, 0) as "turns!", m.eou_latency_avg as "eou_latency_avg?",
                  m.cost_total as "cost_total?", m.currency as "currency?"
           from calls k
           join campaigns c on c.company_id = k.company_id and c.campaign_id = k.campaign_id
           join call_tasks q on q.company_id = k.company_id and q.task_id = k.task_id
           left join call_metrics m on m.company_id = k.company_id and m.call_id = k.call_id
           where k.company_id = $1 and k.phone = any($2) and k.dial_intent_at is not null and k.state <> 'released'
           order by k.dial_intent_at desc, k.call_id desc
           limit $3"#,
        company.0,
        phones,
        limit
    )
    .fetch_all(db)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Call {
                call_id: row.call_id.into(),
                campaign_id: row.campaign_id.into(),
                campaign_name: row.campaign_name,
                task_id: row.task_id.into(),
                phone: row.phone,
                contact_name: row.contact_name,
                line: parse("calls", "line", row.call_id, &row.line)?,
                attempt: row.attempt,
                state: parse("calls", "state", row.call_id, &row.state)?,
                disposition: parse_optional("calls", "disposition", row.call_id, row.disposition.as_deref())?,
                outcome: parse_optional("calls", "outcome", row.call_id, row.outcome.as_deref())?,
                admitted_at: row.admitted_at,
                answered_at: row.answered_at,
                ended_at: row.ended_at,
                ring_ms: row.ring_ms,
                talk_ms: row.talk_ms,
                turns: row.turns,
                eou_latency_ms: row.eou_latency_avg,
                cost: row.cost_total.zip(row.currency),
            })
        })
        .collect()
}

/// A contact in a campaign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContactTask {
    /// The campaign.
    pub campaign_id: CampaignId,
    /// Its name.
    pub campaign_name: String,
    /// Status.
    pub status: TaskStatus,
    /// Attempts so far.
    pub attempts: i32,
    /// Not dialled before.
    pub due_at: DateTime<Utc>,
    /// What came of the latest attempt.
    pub outcome: Option<Outcome>,
}

/// The tasks of a contact, newest first.
///
/// # Errors
/// When the database does not answer or a row is inconsistent.
pub async fn tasks(db: &mut PgConnection, company: CompanyId, contact: ContactId) -> DbResult<Vec<ContactTask>> {
    let rows = sqlx::query!(
        "select t.task_id, t.campaign_id, k.name as campaign_name, t.status, t.attempts, t.due_at, t.outcome
         from campaigns k
         join call_tasks t on t.company_id = k.company_id and t.campaign_id = k.campaign_id
         where k.company_id = $1 and t.contact_id = $2
         order by t.created_at desc, t.task_id desc",
        company.0,
        contact.0
    )
    .fetch_all(db)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(ContactTask {
                campaign_id: row.campaign_id.into(),
                campaign_name: row.campaign_name,
                status: parse("call_tasks", "status", row.task_id, &row.status)?,
                attempts: row.attempts,
                due_at: row.due_at,
                outcome: parse_optional("call_tasks", "outcome", row.task_id, row.outcome.as_deref())?,
            })
        })
        .collect()
}

/// Names of the further data that a selection's contacts have, at most so many, by name. In a transaction.
///
/// # Errors
/// When the database does not answer.
pub async fn data_keys(
    db: &mut PgConnection,
    company: CompanyId,
    selection: &Selection,
    limit: i64,
) -> DbResult<Vec<String>> {
    plan_for_arguments(db).await?;
    let chosen = Arguments::from(selection);
    let rows = of_chosen!(
        _,
        company,
        chosen,
        r#" select distinct jsonb_object_keys(data) as "key!" from chosen where data <> '{}' order by 1 limit $10"#,
        limit
    )
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().map(|row| row.key).collect())
}
