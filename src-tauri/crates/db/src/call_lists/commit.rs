//! From checked rows to contacts and tasks, piece by piece inside of one transaction: all of a list or nothing. Refuses to
//! decide what becomes of a row; staging has said so.

use callboard_core::{
    campaign::CampaignState,
    id::{CallListId, CampaignId, CompanyId},
};
use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use crate::{DbResult, error::parse, lanes};

/// What a commit has made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Committed {
    /// Tasks.
    pub tasks: i32,
    /// Of them, those whose contact the company had.
    pub reused_contacts: i32,
    /// Place of the first task; none when there is none.
    pub first_position: Option<i32>,
    /// Place of the last.
    pub last_position: Option<i32>,
}

/// A piece of staging: tuple ids from the first to below the second.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Range {
    from: String,
    below: String,
}

/// Makes everybody else who adds tasks to the campaign wait until the end of the transaction, so that places in the list
/// are given once. Keeps nobody from pausing or ending it meanwhile: [`settle`] is asked before the commit. Its name and
/// state; none when it does not exist.
///
/// # Errors
/// When the database does not answer.
pub async fn lock_for_import(
    db: &mut PgConnection,
    company: CompanyId,
    campaign: CampaignId,
) -> DbResult<Option<(String, CampaignState)>> {
    sqlx::query!("select pg_advisory_xact_lock(hashtext('call_lists'), hashtext($1))", campaign.0.to_string())
        .execute(&mut *db)
        .await?;
    let row = sqlx::query!(
        "select name, state from campaigns where company_id = $1 and campaign_id = $2",
        company.0,
        campaign.0
    )
    .fetch_optional(db)
    .await?;
    row.map(|row| Ok((row.name, parse("campaigns", "state", campaign.0, &row.state)?))).transpose()
}

/// The place behind which new tasks of the campaign stand.
///
/// # Errors
/// When the database does not answer.
pub async fn next_position(db: &mut PgConnection, company: CompanyId, campaign: CampaignId) -> DbResult<i32> {
    Ok(sqlx::query_scalar!(
        r#"select coalesce(max(position), 0) as "last!" from call_tasks where company_id = $1 and campaign_id = $2"#,
        company.0,
        campaign.0
    )
    .fetch_one(db)
    .await?)
}

/// Cuts staging into pieces of about so many rows, so that a commit can say how far it is and be given up.
///
/// # Errors
/// When the database does not answer.
pub async fn ranges(db: &mut PgConnection, rows: i32, piece: i32) -> DbResult<Vec<Range>> {
    let blocks = sqlx::query_scalar!(
        r#"select pg_relation_size('call_list_staging') / current_setting('block_size')::bigint as "blocks!""#
    )
    .fetch_one(db)
    .await?;
    let pieces = i64::from((rows / piece.max(1)).max(0)) + 1;
    let step = (blocks / pieces).max(1);
    let mut ranges = Vec::new();
    let mut from = 0;
    while from <= blocks {
        let below = if from + 2 * step > blocks { blocks + 1 } else { from + step };
        ranges.push(Range { from: format!("({from},0)"), below: format!("({below},0)") });
        from = below;
    }
    Ok(ranges)
}

/// Makes contacts of the people whom the company does not know yet; how many. The caller holds the company's lock of
/// contacts, so that nobody else makes them at the same time.
///
/// # Errors
/// When the database does not answer.
pub async fn insert_contacts(
    db: &mut PgConnection,
    company: CompanyId,
    list: CallListId,
    range: &Range,
    zone_sets: &[i16],
) -> DbResult<u64> {
    let done = sqlx::query!(
        "insert into contacts (company_id, contact_id, phone, other_phones, name, email, organization, notes, tags, zone_set_id,
                               zone_source, data, call_list_id)
         select company_id, contact_id, phone, other_phones, contact_name, email, organization, notes, tags,
                ($5::smallint[])[zone_number], zone_source, contact_data::jsonb, call_list_id
         from call_list_staging
         where company_id = $1 and call_list_id = $2 and fate in ('ready', 'fixed') and not is_known
           and ctid >= $3::text::tid and ctid < $4::text::tid",
        company.0,
        list.0,
        range.from,
        range.below,
        zone_sets
    )
    .execute(db)
    .await?;
    Ok(done.rows_affected())
}

/// The ids of zone sets, in the order of the texts; makes those that are new.
///
/// # Errors
/// When the database does not answer.
pub async fn zone_sets(db: &mut PgConnection, zones: &[String]) -> DbResult<Vec<i16>> {
    Ok(sqlx::query_scalar!(
        r#"select zone_set_of(z.zones) as "id!" from unnest($1::text[]) with ordinality z(zones, n) order by n"#,
        zones
    )
    .fetch_all(db)
    .await?)
}

/// Makes lanes for the zones that the campaign has not seen yet. Of a known contact its own zones count, when there is one.
///
/// # Errors
/// When the database does not answer.
pub async fn insert_lanes(
    db: &mut PgConnection,
    company: CompanyId,
    list: CallListId,
    campaign: CampaignId,
    some_known: bool,
) -> DbResult<()> {
    sqlx::query!(
        "insert into campaign_lanes (company_id, campaign_id, lane)
         select $1, $3, z.zone_set_id
         from (select unnest(l.zone_sets) as zone_set_id from call_lists l where l.company_id = $1 and l.call_list_id = $2
               union
               select c.zone_set_id from call_list_staging s
               join contacts c on c.company_id = $1 and c.contact_id = s.contact_id
               where $4 and s.company_id = $1 and s.call_list_id = $2 and s.fate in ('fixed', 'known') and s.is_known) z
         where z.zone_set_id <> 0
         on conflict do nothing",
        company.0,
        list.0,
        campaign.0,
        some_known
    )
    .execute(&mut *db)
    .await?;
    lanes::open_new(db, company, campaign).await
}

/// Makes tasks of those rows of a piece whose contact the company did not have, behind a place of the campaign; how many.
///
/// # Errors
/// When the database does not answer.
pub async fn insert_tasks(
    db: &mut PgConnection,
    company: CompanyId,
    list: CallListId,
    campaign: CampaignId,
    range: &Range,
    (behind, due_at): (i32, DateTime<Utc>),
    zone_sets: &[i16],
) -> DbResult<i32> {
    let made = sqlx::query!(
        "insert into call_tasks (company_id, task_id, campaign_id, contact_id, call_list_id, position, phone,
                                 contact_name, priority, lane, due_at)
         select s.company_id, s.task_id, $3, s.contact_id, s.call_list_id, $6 + s.ordinal, s.phone, s.contact_name,
                priority_of(s.contact_name, s.email, s.organization, 0), ($8::smallint[])[s.zone_number], $7
         from call_list_staging s
         where s.company_id = $1 and s.call_list_id = $2 and s.fate in ('ready', 'fixed') and not s.is_known
           and s.ctid >= $4::text::tid and s.ctid < $5::text::tid",
        company.0,
        list.0,
        campaign.0,
        range.from,
        range.below,
        behind,
        due_at,
        zone_sets
    )
    .execute(db)
    .await?;
    Ok(count(made.rows_affected()))
}

/// The same of the rows whose contact the company had. Such a contact stays as it is, its zones and numbers hold; what this
/// list says about it goes with the task.
///
/// # Errors
/// When the database does not answer.
pub async fn insert_tasks_of_known(
    db: &mut PgConnection,
    company: CompanyId,
    list: CallListId,
    campaign: CampaignId,
    range: &Range,
    (behind, due_at): (i32, DateTime<Utc>),
) -> DbResult<i32> {
    let reused = sqlx::query!(
        "insert into call_tasks (company_id, task_id, campaign_id, contact_id, call_list_id, position, phone,
                                 contact_name, contact_data, priority, lane, due_at)
         select s.company_id, s.task_id, $3, s.contact_id, s.call_list_id, $6 + s.ordinal, c.phone,
                coalesce(s.contact_name, c.name),
                jsonb_strip_nulls(jsonb_build_object('email', s.email, 'company', s.organization, 'notes', s.notes))
                    || s.contact_data::jsonb,
                priority_of(coalesce(s.contact_name, c.name), c.email, c.organization, history_points(s.company_id, c.phone)),
                c.zone_set_id, $7
         from call_list_staging s
         join contacts c on c.company_id = $1 and c.contact_id = s.contact_id
         where s.company_id = $1 and s.call_list_id = $2 and s.fate in ('fixed', 'known') and s.is_known
           and s.ctid >= $4::text::tid and s.ctid < $5::text::tid",
        company.0,
        list.0,
        campaign.0,
        range.from,
        range.below,
        behind,
        due_at
    )
    .execute(db)
    .await?;
    Ok(count(reused.rows_affected()))
}

fn count(rows: u64) -> i32 {
    i32::try_from(rows).unwrap_or(i32::MAX)
}

/// Keeps the rows that become no task; how many.
///
/// # Errors
/// When the database does not answer.
pub async fn insert_rejects(db: &mut PgConnection, company: CompanyId, list: CallListId) -> DbResult<u64> {
    let done = sqlx::query!(
        "insert into call_list_rejects (company_id, call_list_id, line, fate, reason, field, cells)
         select company_id, call_list_id, line, fate, coalesce(reason, ''), coalesce(field, ''), cells::jsonb
         from call_list_staging
         where company_id = $1 and call_list_id = $2 and fate not in ('ready', 'fixed', 'known')
         order by line",
        company.0,
        list.0
    )
    .execute(db)
    .await?;
    Ok(done.rows_affected())
}

/// Empties staging of an import.
///
/// # Errors
/// When the database does not answer.
pub async fn clear_staging(db: &mut PgConnection, company: CompanyId, list: CallListId) -> DbResult<()> {
    sqlx::query!("select empty_staging($1, $2)", company.0, list.0).execute(db).await?;
    Ok(())
}

/// Adds new tasks to the campaign's figures.
///
/// # Errors
/// When the database does not answer.
pub async fn insert_delta(
    db: &mut PgConnection,
    company: CompanyId,
    campaign: CampaignId,
    pending: i32,
) -> DbResult<()> {
    sqlx::query!(
        "insert into campaign_deltas (company_id, campaign_id, pending) values ($1, $2, $3)",
        company.0,
        campaign.0,
        pending
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Waits for whoever is changing the campaign's state and keeps the next one waiting until the end of the transaction,
/// so that no task is left waiting in a campaign that has ended. Its name and state.
///
/// # Errors
/// When the database does not answer.
pub async fn settle(
    db: &mut PgConnection,
    company: CompanyId,
    campaign: CampaignId,
) -> DbResult<Option<(String, CampaignState)>> {
    let row = sqlx::query!(
        "select name, state from campaigns where company_id = $1 and campaign_id = $2 for share",
        company.0,
        campaign.0
    )
    .fetch_optional(db)
    .await?;
    row.map(|row| Ok((row.name, parse("campaigns", "state", campaign.0, &row.state)?))).transpose()
}
