//! The do-not-call list: numbers and prefixes that a company, or one of its campaigns, must not call. Owns skipping the
//! tasks that an entry forbids; that nothing forbidden is dialled meanwhile is seen to by admission and by the intent to
//! dial, which ask `is_forbidden`.

use std::time::Duration;

use callboard_core::{
    do_not_call::{DoNotCallKind as Kind, DoNotCallSource as Source},
    id::{CampaignId, CompanyId},
};
use chrono::{DateTime, Utc};
use sqlx::{PgConnection, postgres::types::PgInterval};
use uuid::Uuid;

use crate::{DbError, DbResult, campaigns::like_pattern, error::parse};

/// An entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Id.
    pub entry_id: Uuid,
    /// Only this campaign; none: the whole company.
    pub campaign_id: Option<CampaignId>,
    /// Name of that campaign.
    pub campaign_name: Option<String>,
    /// Number or prefix.
    pub kind: Kind,
    /// E.164 number or its beginning.
    pub pattern: String,
    /// Where it comes from.
    pub source: Source,
    /// Why.
    pub note: Option<String>,
    /// Since when.
    pub created_at: DateTime<Utc>,
}

struct Row {
    entry_id: Uuid,
    campaign_id: Option<Uuid>,
    campaign_name: Option<String>,
    kind: String,
    pattern: String,
    source: String,
    note: Option<String>,
    created_at: DateTime<Utc>,
}

impl TryFrom<Row> for Entry {
    type Error = DbError;

    fn try_from(row: Row) -> Result<Self, DbError> {
        Ok(Self {
            entry_id: row.entry_id,
            campaign_id: row.campaign_id.map(Into::into),
            campaign_name: row.campaign_name,
            kind: parse("do_not_call", "kind", row.entry_id, &row.kind)?,
            pattern: row.pattern,
            source: parse("do_not_call", "source", row.entry_id, &row.source)?,
            note: row.note,
            created_at: row.created_at,
        })
    }
}

/// Which entries.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Only those of this campaign.
    pub campaign: Option<CampaignId>,
    /// Part of the note.
    pub text: Option<String>,
    /// Digits of the number.
    pub digits: Option<String>,
}

/// A page of entries, newest first, after the given one.
///
/// # Errors
/// When the database does not answer or a row is inconsistent.
pub async fn page(
    db: &mut PgConnection,
    company: CompanyId,
    filter: &Filter,
    after: Option<(DateTime<Utc>, Uuid)>,
    limit: i64,
) -> DbResult<Vec<Entry>> {
    let rows = sqlx::query_as!(
        Row,
        r#"select d.entry_id, d.campaign_id, c.name as "campaign_name?", d.kind, d.pattern, d.source, d.note, d.created_at
           from do_not_call d
           left join campaigns c on c.company_id = d.company_id and c.campaign_id = d.campaign_id
           where d.company_id = $1 and ($2::uuid is null or d.campaign_id = $2)
             and (($3::text is null and $4::text is null) or d.note ilike $3 or d.pattern like $4)
             and ($5::timestamptz is null or (d.created_at, d.entry_id) < ($5, $6))
           order by d.created_at desc, d.entry_id desc
           limit $7"#,
        company.0,
        filter.campaign.map(Uuid::from),
        filter.text.as_deref().map(like_pattern),
        filter.digits.as_deref().map(like_pattern),
        after.map(|(at, _)| at),
        after.map_or(Uuid::nil(), |(_, id)| id),
        limit
    )
    .fetch_all(db)
    .await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// Entries that match.
///
/// # Errors
/// When the database does not answer.
pub async fn count(db: &mut PgConnection, company: CompanyId, filter: &Filter) -> DbResult<i32> {
    Ok(sqlx::query_scalar!(
        r#"select count(*)::int as "count!" from do_not_call d
           where d.company_id = $1 and ($2::uuid is null or d.campaign_id = $2)
             and (($3::text is null and $4::text is null) or d.note ilike $3 or d.pattern like $4)"#,
        company.0,
        filter.campaign.map(Uuid::from),
        filter.text.as_deref().map(like_pattern),
        filter.digits.as_deref().map(like_pattern)
    )
    .fetch_one(db)
    .await?)
}

/// The entry that forbids a number: of the whole company before that of a campaign, a number before a prefix.
///
/// # Errors
/// When the database does not answer or a row is inconsistent.
pub async fn forbidding(db: &mut PgConnection, company: CompanyId, phone: &str) -> DbResult<Option<Entry>> {
    let row = sqlx::query_as!(
        Row,
        r#"select d.entry_id as "entry_id!", d.campaign_id, c.name as "campaign_name?", d.kind as "kind!",
                  d.pattern as "pattern!", d.source as "source!", d.note, d.created_at as "created_at!"
           from (select * from do_not_call
                 where company_id = $1 and kind = 'number' and pattern = $2 and campaign_id is null
                 union all
                 select * from do_not_call
                 where company_id = $1 and kind = 'number' and pattern = $2
                   and campaign_id in (select campaign_id from campaigns where company_id = $1)
                 union all
                 select * from do_not_call where company_id = $1 and kind = 'prefix' and starts_with($2, pattern)) d
           left join campaigns c on c.company_id = d.company_id and c.campaign_id = d.campaign_id
           order by d.campaign_id is not null, d.kind, d.created_at, d.entry_id
           limit 1"#,
        company.0,
        phone
    )
    .fetch_optional(db)
    .await?;
    row.map(TryInto::try_into).transpose()
}

/// What is forbidden, for [`insert`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewEntries {
    /// An id for each.
    pub ids: Vec<Uuid>,
    /// Kinds, as many.
    pub kinds: Vec<Kind>,
    /// E.164 numbers or their beginnings, as many.
    pub patterns: Vec<String>,
}

impl NewEntries {
    /// Adds an entry.
    pub fn push(&mut self, id: Uuid, kind: Kind, pattern: String) {
        self.ids.push(id);
        self.kinds.push(kind);
        self.patterns.push(pattern);
    }

    /// How many.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }
}

/// Forbids; how many of the entries were not there before. They hold from the commit on: the caller commits soon and then
/// skips what waits ([`skip_forbidden`]).
///
/// # Errors
/// The constraint `do_not_call_company_id_fkey` without the company, `do_not_call_company_id_campaign_id_fkey` without
/// the campaign.
pub async fn insert(
    db: &mut PgConnection,
    company: CompanyId,
    campaign: Option<CampaignId>,
    source: Source,
    note: Option<&str>,
    entries: &NewEntries,
) -> DbResult<i32> {
    let kinds: Vec<&str> = entries.kinds.iter().map(|kind| kind.as_str()).collect();
    let done = sqlx::query!(
        "insert into do_not_call (company_id, entry_id, campaign_id, kind, pattern, source, note)
         select $1, e.entry_id, $2, e.kind, e.pattern, $3, $4
         from unnest($5::uuid[], $6::text[], $7::text[]) e(entry_id, kind, pattern)
         order by e.pattern
         on conflict do nothing",
        company.0,
        campaign.map(Uuid::from),
        source.as_str(),
        note,
        &entries.ids,
        &kinds as &[&str],
        &entries.patterns
    )
    .execute(db)
    .await?;
    Ok(i32::try_from(done.rows_affected()).unwrap_or(i32::MAX))
}

/// Allows again; how many entries there were.
///
/// # Errors
/// When the database does not answer.
pub async fn remove(db: &mut PgConnection, company: CompanyId, ids: &[Uuid]) -> DbResult<i32> {
    let done = sqlx::query!("delete from do_not_call where company_id = $1 and entry_id = any($2)", company.0, ids)
        .execute(db)
        .await?;
    Ok(i32::try_from(done.rows_affected()).unwrap_or(i32::MAX))
}

/// Numbers up to which the tasks of each are looked up; above that, reading every waiting task once is cheaper.
const FEW: i64 = 2_000;

/// Skips the waiting tasks of open campaigns that entries of the last while forbid, of one company or of all; how many.
/// Waits for nobody: a task or a campaign that somebody else holds at this moment is left for the next time. In a
/// transaction.
///
/// # Errors
/// When the database does not answer.
pub async fn skip_forbidden(db: &mut PgConnection, company: Option<CompanyId>, lately: Duration) -> DbResult<i32> {
    let lately = PgInterval { months: 0, days: 0, microseconds: i64::try_from(lately.as_micros()).unwrap_or(i64::MAX) };
    let company = company.map(Uuid::from);
    let fresh = sqlx::query!(
        r#"select count(*) filter (where d.kind = 'number') as "numbers!", count(*) filter (where d.kind = 'prefix') as "prefixes!"
           from companies o
           cross join lateral (
               select d.kind from do_not_call d
               where d.company_id = o.company_id and d.created_at > clock_timestamp() - $2::interval
           ) d
           where $1::uuid is null or o.company_id = $1"#,
        company,
        lately
    )
    .fetch_one(&mut *db)
    .await?;
    let mut skipped = 0;
    if fresh.numbers > FEW {
        skipped += skip_by_tasks(db, company, lately).await?;
    } else if fresh.numbers > 0 {
        skipped += skip_by_contacts(db, company, lately, Kind::Number).await?;
    }
    if fresh.prefixes > 0 {
        skipped += skip_by_contacts(db, company, lately, Kind::Prefix).await?;
    }
    Ok(skipped)
}

/// From each entry to the contacts with such a number, and to their tasks.
async fn skip_by_contacts(
    db: &mut PgConnection,
    company: Option<Uuid>,
    lately: PgInterval,
    kind: Kind,
) -> DbResult<i32> {
    Ok(sqlx::query_scalar!(
        r#"with fresh as materialized (
               select d.company_id, d.campaign_id, d.pattern, case $3::text when 'prefix' then d.pattern || ':' end as below
               from companies o
               cross join lateral (
                   select * from do_not_call d
                   where d.company_id = o.company_id and d.created_at > clock_timestamp() - $2::interval and d.kind = $3
               ) d
               where $1::uuid is null or o.company_id = $1
           ), hit as materialized (
               select c.company_id, c.contact_id, f.campaign_id
               from fresh f
               cross join lateral (
                   select c.company_id, c.contact_id from contacts c
                   where c.company_id = f.company_id and c.phone = f.pattern and f.below is null
                   union all
                   select c.company_id, c.contact_id from contacts c
                   where c.company_id = f.company_id and c.phone >= f.pattern and c.phone < f.below
               ) c
           ), waiting as materialized (
               select t.company_id, t.task_id, t.status as was
               from hit h
               join campaigns k on k.company_id = h.company_id and k.state in ('draft', 'scheduled', 'running', 'paused')
                               and (h.campaign_id is null or h.campaign_id = k.campaign_id)
               join call_tasks t on t.company_id = k.company_id and t.campaign_id = k.campaign_id
                                and t.contact_id = h.contact_id
               where t.status in ('pending', 'retry')
               for update of t skip locked
               for key share of k skip locked
           ), skipped as (
               update call_tasks t set status = 'skipped', error = 'do_not_call', finished_at = clock_timestamp()
               from (select distinct * from waiting) w
               where t.company_id = w.company_id and t.task_id = w.task_id
               returning t.company_id, t.campaign_id, w.was
           ), counted as (
               insert into campaign_deltas (company_id, campaign_id, pending, retry, skipped)
               select company_id, campaign_id, -(count(*) filter (where was = 'pending')), -(count(*) filter (where was = 'retry')),
                      count(*)
               from skipped group by company_id, campaign_id
           )
           select count(*)::int as "count!" from skipped"#,
        company,
        lately,
        kind.as_str()
    )
    .fetch_one(db)
    .await?)
}

/// From each waiting task to the entry of its number, which is the contact's.
async fn skip_by_tasks(db: &mut PgConnection, company: Option<Uuid>, lately: PgInterval) -> DbResult<i32> {
    // Nothing may have counted these entries yet, and a planner that takes half a million for one would look through them
    // for each task.
    sqlx::query_scalar!("select set_config('enable_nestloop', 'off', true)").fetch_one(&mut *db).await?;
    let skipped = sqlx::query_scalar!(
        r#"with fresh as materialized (
               select d.company_id, d.campaign_id, d.pattern
               from do_not_call d
               where d.created_at > clock_timestamp() - $2::interval and d.kind = 'number'
                 and ($1::uuid is null or d.company_id = $1)
           ), waiting as materialized (
               select t.company_id, t.task_id, t.status as was
               from fresh f
               join call_tasks t on t.company_id = f.company_id and t.phone = f.pattern and t.status in ('pending', 'retry')
               join campaigns k on k.company_id = t.company_id and k.campaign_id = t.campaign_id
                               and k.state in ('draft', 'scheduled', 'running', 'paused')
                               and (f.campaign_id is null or f.campaign_id = k.campaign_id)
               for update of t skip locked
               for key share of k skip locked
           ), skipped as (
               update call_tasks t set status = 'skipped', error = 'do_not_call', finished_at = clock_timestamp()
               from (select distinct * from waiting) w
               where t.company_id = w.company_id and t.task_id = w.task_id
               returning t.company_id, t.campaign_id, w.was
           ), counted as (
               insert into campaign_deltas (company_id, campaign_id, pending, retry, skipped)
               select company_id, campaign_id, -(count(*) filter (where was = 'pending')), -(count(*) filter (where was = 'retry')),
                      count(*)
               from skipped group by company_id, campaign_id
           )
           select count(*)::int as "count!" from skipped"#,
        company,
        lately
    )
    .fetch_one(&mut *db)
    .await?;
    sqlx::query_scalar!("select set_config('enable_nestloop', 'on', true)").fetch_one(db).await?;
    Ok(skipped)
}

/// Counts the entries anew for the planner, after many were added.
///
/// # Errors
/// When the database does not answer.
pub async fn take_stock(db: &mut PgConnection) -> DbResult<()> {
    sqlx::query!("analyze do_not_call").execute(db).await?;
    Ok(())
}

/// Whether an entry of the company or of the campaign forbids a number.
///
/// # Errors
/// When the database does not answer.
pub async fn is_forbidden(
    db: &mut PgConnection,
    company: CompanyId,
    campaign: CampaignId,
    number: &str,
) -> DbResult<bool> {
    Ok(sqlx::query_scalar!(r#"select is_forbidden($1, $2, $3) as "forbidden!""#, company.0, campaign.0, number)
        .fetch_one(db)
        .await?)
}
