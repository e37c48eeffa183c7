//! What a retry is decided from and what a task remembers of it. Refuses to decide: `callboard_core::retry` does.

use callboard_core::{
    id::{CallId, CompanyId, TaskId},
    retry::Situation,
};
use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use crate::DbResult;

/// What was recorded of an attempt and of those before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct History {
    /// Attempts before this one that cost the contact something.
    pub used: i32,
    /// Attempts that ended in the same situation, this one included.
    pub of_this_kind: i32,
    /// Of these, at the same number.
    pub at_this_number: i32,
    /// Numbers of the contact.
    pub numbers: i32,
    /// Which of them was dialled, from 0.
    pub number: i16,
    /// Bit per number that the task does not dial any more, the forbidden ones among them.
    pub spent: i16,
    /// When it was dialled; the admission for a call that never was.
    pub dialled_at: DateTime<Utc>,
    /// Zones of the contact whose hours count, joined by `&`; empty: the campaign's own.
    pub zones: String,
    /// The rows of the retry table that the campaign sets.
    pub retries: serde_json::Value,
    /// Dates on which nobody is called.
    pub holidays: Vec<chrono::NaiveDate>,
}

/// Reads what a retry is decided from, for an attempt whose lease is held. A do-not-call entry spends a number.
///
/// # Errors
/// When the database does not answer.
pub async fn history(
    db: &mut PgConnection,
    company: CompanyId,
    call: CallId,
    situation: Situation,
) -> DbResult<History> {
    Ok(sqlx::query_as!(
        History,
        r#"select t.attempts - t.free_attempts - 1 as "used!",
                  kind.calls as "of_this_kind!", kind.at_number as "at_this_number!",
                  1 + coalesce(cardinality(p.other_phones), 0) as "numbers!",
                  t.phone_index as number,
                  (t.spent_numbers | coalesce(forbidden.bits, 0))::smallint as "spent!",
                  coalesce(k.dial_intent_at, k.admitted_at) as "dialled_at!",
                  case when c.local_time then z.zones else '' end as "zones!",
                  c.retries,
                  array(select h.day from company_holidays h where h.company_id = k.company_id order by h.day) as "holidays!"
           from calls k
           join call_tasks t on t.company_id = k.company_id and t.task_id = k.task_id
           join campaigns c on c.company_id = k.company_id and c.campaign_id = k.campaign_id
           join zone_sets z on z.zone_set_id = t.lane
           left join contacts p on p.company_id = t.company_id and p.contact_id = t.contact_id
           cross join lateral (
               select 1 + count(*)::int as calls, 1 + (count(*) filter (where o.phone = k.phone))::int as at_number
               from calls o
               where o.company_id = k.company_id and o.task_id = k.task_id and not o.is_released
                 and o.situation = $3 and o.call_id <> k.call_id
           ) kind
           cross join lateral (
               select sum(1 << (n.index - 1)::int)::int as bits
               from unnest(array_prepend(p.phone, coalesce(p.other_phones, '{}'))) with ordinality n(phone, index)
               where is_forbidden(t.company_id, t.campaign_id, n.phone)
           ) forbidden
           where k.company_id = $1 and k.call_id = $2"#,
        company.0,
        call.0,
        situation.as_str()
    )
    .fetch_one(db)
    .await?)
}

/// What a task remembers of an attempt that has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Remembered {
    /// The row of the retry table that applied.
    pub situation: Situation,
    /// The attempt cost the contact nothing.
    pub is_free: bool,
    /// Which number is tried next.
    pub number: i16,
    /// Numbers that are not dialled any more.
    pub spent: i16,
    /// The next attempt was asked for at this instant.
    pub callback_at: Option<DateTime<Utc>>,
}

/// Stores it, in the transaction that ends the attempt. The number itself follows with
/// [`crate::contacts::catch_up`], which must come after this.
///
/// # Errors
/// When the database does not answer.
pub async fn remember(
    db: &mut PgConnection,
    company: CompanyId,
    (task, call): (TaskId, CallId),
    remembered: &Remembered,
) -> DbResult<()> {
    sqlx::query!(
        "with named as (
             update calls set situation = $4 where company_id = $1 and call_id = $3
         )
         update call_tasks t
         set free_attempts = t.free_attempts + $5::int, phone_index = $6, spent_numbers = $7, callback_at = $8,
             priority = t.priority + callback_priority() * (($8::timestamptz is not null)::int - (t.callback_at is not null)::int)
         where t.company_id = $1 and t.task_id = $2",
        company.0,
        task.0,
        call.0,
        remembered.situation.as_str(),
        i32::from(remembered.is_free),
        remembered.number,
        remembered.spent,
        remembered.callback_at
    )
    .execute(db)
    .await?;
    Ok(())
}

/// What became of a callback that a supervisor sets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Postponed {
    /// It is due then.
    Set,
    /// The task does not wait: it is being called or over.
    NotWaiting,
    /// There is no such task.
    Gone,
}

/// Has a waiting task called at an instant, whatever it waited for before; `None` puts it back among the others at once.
///
/// # Errors
/// When the database does not answer.
pub async fn set_callback(
    db: &mut PgConnection,
    company: CompanyId,
    task: TaskId,
    at: Option<DateTime<Utc>>,
) -> DbResult<Postponed> {
    let row = sqlx::query!(
        r#"with found as (
               select task_id, waits, campaign_id from call_tasks where company_id = $1 and task_id = $2 for update
           ), moved as (
               update call_tasks t
               set due_at = coalesce($3, clock_timestamp()), callback_at = $3,
                   priority = t.priority + callback_priority() * (($3::timestamptz is not null)::int - (t.callback_at is not null)::int)
               from found f
               where t.company_id = $1 and t.task_id = f.task_id and f.waits
               returning t.campaign_id
           ), touched as (
               insert into campaign_deltas (company_id, campaign_id) select $1, campaign_id from moved
           )
           select exists (select from found) as "found!", exists (select from moved) as "moved!""#,
        company.0,
        task.0,
        at
    )
    .fetch_one(db)
    .await?;
    Ok(match (row.found, row.moved) {
        (_, true) => Postponed::Set,
        (true, false) => Postponed::NotWaiting,
        (false, false) => Postponed::Gone,
    })
}
