//! Contacts and their waiting tasks: "Call these", and what a changed contact means for tasks that wait. Refuses to touch
//! tasks in progress: their call goes to the number for which it was admitted.

use callboard_core::id::{CampaignId, CompanyId, ContactId, TaskId};
use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::{
    Selection,
    selection::{Arguments, of_chosen, plan_for_arguments},
};
use crate::{DbResult, lanes};

/// What became of the contacts of a selection; the first three are all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Queued {
    /// New tasks.
    pub created: i32,
    /// In the campaign already.
    pub in_campaign: i32,
    /// Forbidden.
    pub do_not_call: i32,
}

/// Makes tasks of a selection's contacts, newest contact last, behind a place of the campaign. `task_ids` are at least as
/// many as contacts are chosen. The caller holds [`crate::locks::lock_contacts`] and
/// [`crate::call_lists::lock_for_import`], and is in READ COMMITTED.
///
/// # Errors
/// When the database does not answer.
pub async fn call(
    db: &mut PgConnection,
    company: CompanyId,
    campaign: CampaignId,
    selection: &Selection,
    (behind, due_at): (i32, DateTime<Utc>),
    task_ids: &[Uuid],
) -> DbResult<Queued> {
    plan_for_arguments(db).await?;
    let chosen = Arguments::from(selection);
    let row = of_chosen!(
        _,
        company,
        chosen,
        r#"   , people as materialized (
                select c.contact_id, c.phone, c.name, c.email, c.organization, c.zone_set_id, forbidden,
                       row_number() over (partition by forbidden order by c.contact_id) as place
                from (select c.*,
                             exists (select from do_not_call d
                                     where d.company_id = c.company_id and d.campaign_id is null and d.kind = 'number'
                                       and d.pattern = c.phone)
                             or exists (select from do_not_call d
                                        where d.company_id = c.company_id and d.campaign_id = $10 and d.kind = 'number'
                                          and d.pattern = c.phone)
                             or exists (select from do_not_call d
                                        where d.company_id = c.company_id and d.kind = 'prefix'
                                          and (d.campaign_id is null or d.campaign_id = $10)
                                          and starts_with(c.phone, d.pattern)) as forbidden
                      from chosen c) c
              ), laned as (
                insert into campaign_lanes (company_id, campaign_id, lane)
                select distinct $1::uuid, $10::uuid, p.zone_set_id from people p where not p.forbidden and p.zone_set_id <> 0
                on conflict do nothing
              ), made as (
                insert into call_tasks (company_id, task_id, campaign_id, contact_id, position, phone, contact_name,
                                        priority, lane, due_at)
                select $1, ids.task_id, $10, p.contact_id, $11::int + p.place, p.phone, p.name,
                       priority_of(p.name, p.email, p.organization,
                                   -- Most people were never called, and asking so is much cheaper than adding nothing up.
                                   case when exists (select from calls k
                                                     where k.company_id = $1 and k.phone = p.phone
                                                       and k.dial_intent_at is not null)
                                        then history_points($1, p.phone) else 0 end),
                       p.zone_set_id, $12
                from people p
                join unnest($13::uuid[]) with ordinality ids(task_id, place) on ids.place = p.place
                where not p.forbidden
                order by p.place
                on conflict (company_id, campaign_id, contact_id) where not is_direct do nothing
                returning 1
              ), counted as (
                insert into campaign_deltas (company_id, campaign_id, pending)
                select $1, $10, count(*) from made having count(*) > 0
              )
              select (select count(*) from made)::int as "created!",
                     (count(*) filter (where p.forbidden))::int as "do_not_call!",
                     count(*)::int as "chosen!"
              from people p"#,
        campaign.0,
        behind,
        due_at,
        task_ids
    )
    .fetch_one(&mut *db)
    .await?;
    lanes::open_new(db, company, campaign).await?;
    Ok(Queued {
        created: row.created,
        in_campaign: row.chosen - row.created - row.do_not_call,
        do_not_call: row.do_not_call,
    })
}

/// Counts the tasks anew for the planner, after many were added: until the database does so by itself, a minute later, a
/// campaign that has grown from nothing to a million looks empty to it, and each look at a task may become a look at all.
///
/// # Errors
/// When the database does not answer.
pub async fn take_stock(db: &mut PgConnection) -> DbResult<()> {
    sqlx::query!("analyze call_tasks").execute(db).await?;
    Ok(())
}

/// Brings the waiting tasks of a contact up to date with its number, name and zones, and skips those whose new number is
/// forbidden; how many were skipped. A name that the contact lacks stays as the list gave it, unless the contact was
/// `renamed`. The caller holds [`crate::locks::lock_contacts`] and [`super::hold_campaigns`].
///
/// # Errors
/// When the database does not answer.
pub async fn follow(db: &mut PgConnection, company: CompanyId, contact: ContactId, renamed: bool) -> DbResult<i32> {
    sqlx::query!(
        "insert into campaign_lanes (company_id, campaign_id, lane)
         select t.company_id, t.campaign_id, c.zone_set_id
         from contacts c
         join campaigns k on k.company_id = c.company_id and k.state in ('draft', 'scheduled', 'running', 'paused')
         join call_tasks t on t.company_id = k.company_id and t.campaign_id = k.campaign_id and t.contact_id = c.contact_id
         where c.company_id = $1 and c.contact_id = $2 and c.zone_set_id <> 0 and t.status in ('pending', 'retry')
         order by t.campaign_id
         on conflict do nothing",
        company.0,
        contact.0
    )
    .execute(&mut *db)
    .await?;
    Ok(sqlx::query_scalar!(
        r#"with waiting as materialized (
               select t.task_id, t.status as was, number_of(c.phone, c.other_phones, t.phone_index) as phone,
                      c.zone_set_id as lane,
                      case when $3 then c.name else coalesce(c.name, t.contact_name) end as name,
                      is_forbidden(t.company_id, t.campaign_id,
                                   number_of(c.phone, c.other_phones, t.phone_index)) as forbidden
               from contacts c
               join campaigns k on k.company_id = c.company_id and k.state in ('draft', 'scheduled', 'running', 'paused')
               join call_tasks t on t.company_id = k.company_id and t.campaign_id = k.campaign_id
                                and t.contact_id = c.contact_id
               where c.company_id = $1 and c.contact_id = $2 and t.status in ('pending', 'retry')
               order by t.task_id
               for update of t
           ), moved as (
               update call_tasks t
               set phone = w.phone, contact_name = w.name, lane = w.lane,
                   status = case when w.forbidden then 'skipped' else t.status end,
                   error = case when w.forbidden then 'do_not_call' else t.error end,
                   finished_at = case when w.forbidden then clock_timestamp() end
               from waiting w
               where t.company_id = $1 and t.task_id = w.task_id
               returning t.campaign_id, w.was, w.forbidden
           ), counted as (
               insert into campaign_deltas (company_id, campaign_id, pending, retry, skipped)
               select $1, campaign_id, -(count(*) filter (where was = 'pending')), -(count(*) filter (where was = 'retry')), count(*)
               from moved where forbidden group by campaign_id
           )
           select (count(*) filter (where forbidden))::int as "skipped!" from moved"#,
        company.0,
        contact.0,
        renamed
    )
    .fetch_one(db)
    .await?)
}

/// What a person changed while a call was in progress reaches its task when that waits again: number, name and zones of
/// the contact; a contact that was deleted or a number that was forbidden meanwhile ends it as skipped. To be called in
/// the transaction in which a task went from in progress to waiting, after that. True when it was skipped.
///
/// # Errors
/// When the database does not answer.
pub async fn catch_up(db: &mut PgConnection, company: CompanyId, task: TaskId) -> DbResult<bool> {
    // Whoever deletes or changes the contact either is seen here or sees the waiting task.
    let row = sqlx::query_scalar!(
        r#"with task as (
               select * from call_tasks where company_id = $1 and task_id = $2 and status in ('pending', 'retry')
           ), person as materialized (
               select c.contact_id, number_of(c.phone, c.other_phones, (select t.phone_index from task t)) as phone, c.name,
                      c.zone_set_id
               from contacts c
               where c.company_id = $1 and c.contact_id = (select t.contact_id from task t)
               for share
           ), news as (
               select t.task_id, t.campaign_id, t.status as was, coalesce(p.phone, t.phone) as phone,
                      coalesce(p.name, t.contact_name) as name, coalesce(p.zone_set_id, t.lane) as lane,
                      case when p.contact_id is null then 'contact_deleted'
                           when is_forbidden(t.company_id, t.campaign_id, p.phone) then 'do_not_call' end as reason
               from task t left join person p on true
           ), laned as (
               insert into campaign_lanes (company_id, campaign_id, lane)
               select $1, campaign_id, lane from news where lane <> 0
               on conflict do nothing
           ), moved as (
               update call_tasks t
               set phone = n.phone, contact_name = n.name, lane = n.lane,
                   status = case when n.reason is null then t.status else 'skipped' end,
                   error = coalesce(n.reason, t.error),
                   finished_at = case when n.reason is not null then clock_timestamp() end
               from news n
               where t.company_id = $1 and t.task_id = n.task_id
                 and (n.reason is not null
                      or (n.phone, n.name, n.lane) is distinct from (t.phone, t.contact_name, t.lane))
               returning n.campaign_id, n.was, n.reason
           ), counted as (
               insert into campaign_deltas (company_id, campaign_id, pending, retry, skipped)
               select $1, campaign_id, -(was = 'pending')::int, -(was = 'retry')::int, 1
               from moved where reason is not null
           )
           select 1 as "skipped!" from moved where reason is not null"#,
        company.0,
        task.0
    )
    .fetch_optional(db)
    .await?;
    Ok(row.is_some())
}
