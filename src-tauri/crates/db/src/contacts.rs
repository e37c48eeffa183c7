//! The contact book. Owns rows and selections of them; refuses to read numbers or zones that people have written.
//!
//! Whoever adds contacts, deletes them, makes one of several or puts them into a campaign holds
//! [`crate::locks::lock_contacts`] first: no foreign keys connect contacts and tasks.

mod history;
mod merge;
mod queue;
mod removal;
mod selection;

use std::collections::BTreeMap;

use callboard_core::{
    call::Outcome,
    id::{CompanyId, ContactId},
    zone::ZoneSource,
};
use chrono::{DateTime, Utc};
use sqlx::{PgConnection, types::Json};
use uuid::Uuid;

pub use history::{ContactTask, History, calls, data_keys, history, tasks};
pub use merge::merge;
pub use queue::{Queued, call, catch_up, follow, take_stock};
pub use removal::{Removal, delete, preview};
use selection::{Arguments, of_chosen, plan_for_arguments};
pub use selection::{Filter, Search, Selection};

use crate::{
    DbError, DbResult,
    error::{parse, parse_optional},
};

/// What is known about a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// E.164 number.
    pub phone: String,
    /// Further numbers.
    pub other_phones: Vec<String>,
    /// Name.
    pub name: Option<String>,
    /// E-mail address.
    pub email: Option<String>,
    /// Whom the person works for.
    pub organization: Option<String>,
    /// Remarks.
    pub notes: Option<String>,
    /// Labels.
    pub tags: Vec<String>,
    /// IANA zones, sorted and joined by `&`; empty when nobody knows.
    pub zones: String,
    /// Which rule says so.
    pub zone_source: ZoneSource,
    /// Further data.
    pub data: BTreeMap<String, String>,
}

/// A contact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact {
    /// Id.
    pub contact_id: ContactId,
    /// Who it is.
    pub person: Person,
    /// Counts changes.
    pub revision: i32,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When the latest call to one of the numbers was dialled.
    pub last_call_at: Option<DateTime<Utc>>,
    /// What came of it.
    pub last_outcome: Option<Outcome>,
    /// Calls to its numbers.
    pub calls: i32,
}

struct Row {
    contact_id: Uuid,
    phone: String,
    other_phones: Option<Vec<String>>,
    name: Option<String>,
    email: Option<String>,
    organization: Option<String>,
    notes: Option<String>,
    tags: Option<Vec<String>>,
    zones: String,
    zone_source: String,
    data: serde_json::Value,
    revision: i32,
    created_at: DateTime<Utc>,
    last_call_at: Option<DateTime<Utc>>,
    last_outcome: Option<String>,
    calls: i32,
}

impl TryFrom<Row> for Contact {
    type Error = DbError;

    fn try_from(row: Row) -> Result<Self, DbError> {
        Ok(Self {
            contact_id: row.contact_id.into(),
            person: Person {
                phone: row.phone,
                other_phones: row.other_phones.unwrap_or_default(),
                name: row.name,
                email: row.email,
                organization: row.organization,
                notes: row.notes,
                tags: row.tags.unwrap_or_default(),
                zones: row.zones,
                zone_source: parse("contacts", "zone_source", row.contact_id, &row.zone_source)?,
                data: texts(row.data),
            },
            revision: row.revision,
            created_at: row.created_at,
            last_call_at: row.last_call_at,
            last_outcome: parse_optional("calls", "outcome", row.contact_id, row.last_outcome.as_deref())?,
            calls: row.calls,
        })
    }
}

/// The fields of an object as texts.
fn texts(data: serde_json::Value) -> BTreeMap<String, String> {
    let serde_json::Value::Object(fields) = data else { return BTreeMap::new() };
    fields
        .into_iter()
        .map(|(name, value)| (name, if let serde_json::Value::String(text) = value { text } else { value.to_string() }))
        .collect()
}

/// Keeps the open campaigns of the company from being stopped or deleted until the end of the transaction: whoever moves
/// waiting tasks of several campaigns would otherwise meet, half way, somebody who moves those of one.
///
/// # Errors
/// When the database does not answer.
pub async fn hold_campaigns(db: &mut PgConnection, company: CompanyId) -> DbResult<()> {
    sqlx::query!(
        "select campaign_id from campaigns
         where company_id = $1 and state in ('draft', 'scheduled', 'running', 'paused')
         order by campaign_id for key share",
        company.0
    )
    .fetch_all(db)
    .await?;
    Ok(())
}

/// A page of contacts, newest first, after the given one. In a transaction.
///
/// # Errors
/// When the database does not answer or a row is inconsistent.
pub async fn page(
    db: &mut PgConnection,
    company: CompanyId,
    selection: &Selection,
    after: Option<ContactId>,
    limit: i64,
) -> DbResult<Vec<Contact>> {
    plan_for_arguments(db).await?;
    let chosen = Arguments::from(selection);
    let rows = of_chosen!(
        Row,
        company,
        chosen,
        r#" select c.contact_id as "contact_id!", c.phone as "phone!", c.other_phones as "other_phones?", c.name as "name?",
                   c.email as "email?", c.organization as "organization?", c.notes as "notes?", c.tags as "tags?",
                   z.zones as "zones!", c.zone_source as "zone_source!", c.data as "data!", c.revision as "revision!",
                   c.created_at as "created_at!", h.last_call_at as "last_call_at?", h.last_outcome as "last_outcome?",
                   coalesce(h.calls, 0) as "calls!"
            from (select * from chosen where $10::uuid is null or contact_id < $10
                  order by contact_id desc limit $11) c
            join zone_sets z on z.zone_set_id = c.zone_set_id
            left join lateral (
                select max(k.dial_intent_at) as last_call_at, count(*)::int as calls,
                       (array_agg(k.outcome order by k.dial_intent_at desc))[1] as last_outcome
                from calls k
                where k.company_id = c.company_id and k.phone = any(array_append(c.other_phones, c.phone))
                  and k.dial_intent_at is not null and k.state <> 'released'
            ) h on true
            order by c.contact_id desc"#,
        after.map(Uuid::from),
        limit
    )
    .fetch_all(db)
    .await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// A page of a selection that only reading the whole book can find, and how many it has: in one reading. In a
/// transaction.
///
/// # Errors
/// When the database does not answer or a row is inconsistent.
pub async fn read_through(
    db: &mut PgConnection,
    company: CompanyId,
    selection: &Selection,
    after: Option<ContactId>,
    limit: i64,
) -> DbResult<(Vec<Contact>, i32)> {
    plan_for_arguments(db).await?;
    let chosen = Arguments::from(selection);
    let row = of_chosen!(
        _,
        company,
        chosen,
        r#"   , found as materialized (select contact_id from chosen)
              select (select count(*) from found)::int as "count!",
                     array(select contact_id from found where $10::uuid is null or contact_id < $10
                           order by contact_id desc limit $11) as "ids!""#,
        after.map(Uuid::from),
        limit
    )
    .fetch_one(&mut *db)
    .await?;
    Ok((page(db, company, &Selection::Ids(row.ids), None, limit).await?, row.count))
}

/// Contacts of a selection. In a transaction.
///
/// # Errors
/// When the database does not answer.
pub async fn count(db: &mut PgConnection, company: CompanyId, selection: &Selection) -> DbResult<i32> {
    plan_for_arguments(db).await?;
    let chosen = Arguments::from(selection);
    let row = of_chosen!(_, company, chosen, r#" select count(*)::int as "count!" from chosen"#).fetch_one(db).await?;
    Ok(row.count)
}

/// One contact; none when it does not exist. In a transaction.
///
/// # Errors
/// When the database does not answer or the row is inconsistent.
pub async fn get(db: &mut PgConnection, company: CompanyId, id: ContactId) -> DbResult<Option<Contact>> {
    Ok(page(db, company, &Selection::Ids(vec![id.0]), None, 1).await?.pop())
}

/// Who has a number as the first one.
///
/// # Errors
/// When the database does not answer.
pub async fn owner(
    db: &mut PgConnection,
    company: CompanyId,
    phone: &str,
) -> DbResult<Option<(ContactId, Option<String>)>> {
    let row =
        sqlx::query!("select contact_id, name from contacts where company_id = $1 and phone = $2", company.0, phone)
            .fetch_optional(db)
            .await?;
    Ok(row.map(|row| (row.contact_id.into(), row.name)))
}

fn some<T>(items: &[T]) -> Option<&[T]> {
    (!items.is_empty()).then_some(items)
}

/// Inserts a contact.
///
/// # Errors
/// The constraint `contacts_phone_key` when another contact has the number.
pub async fn insert(db: &mut PgConnection, company: CompanyId, id: ContactId, person: &Person) -> DbResult<()> {
    sqlx::query!(
        "insert into contacts (company_id, contact_id, phone, other_phones, name, email, organization, notes, tags,
                               zone_set_id, zone_source, data, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, zone_set_of($10), $11, $12, clock_timestamp(), clock_timestamp())",
        company.0,
        id.0,
        person.phone,
        some(&person.other_phones),
        person.name,
        person.email,
        person.organization,
        person.notes,
        some(&person.tags),
        person.zones,
        person.zone_source.as_str(),
        Json(&person.data) as _
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Changes a contact; false when it does not exist or has another revision.
///
/// # Errors
/// The constraint `contacts_phone_key` when another contact has the number.
pub async fn update(
    db: &mut PgConnection,
    company: CompanyId,
    id: ContactId,
    revision: i32,
    person: &Person,
) -> DbResult<bool> {
    let done = sqlx::query!(
        "update contacts
         set phone = $4, other_phones = $5, name = $6, email = $7, organization = $8, notes = $9, tags = $10,
             zone_set_id = zone_set_of($11), zone_source = $12, data = $13, revision = revision + 1,
             updated_at = clock_timestamp()
         where company_id = $1 and contact_id = $2 and revision = $3",
        company.0,
        id.0,
        revision,
        person.phone,
        some(&person.other_phones),
        person.name,
        person.email,
        person.organization,
        person.notes,
        some(&person.tags),
        person.zones,
        person.zone_source.as_str(),
        Json(&person.data) as _
    )
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Sets and removes labels, of which none may be in both lists; how many contacts changed. In a transaction.
///
/// # Errors
/// The constraint `contacts_tags_some` when a contact would get more than 50.
pub async fn tag(
    db: &mut PgConnection,
    company: CompanyId,
    selection: &Selection,
    add: &[String],
    remove: &[String],
) -> DbResult<i32> {
    plan_for_arguments(db).await?;
    let chosen = Arguments::from(selection);
    let done = of_chosen!(
        _,
        company,
        chosen,
        "   , labelled as (
                select c.contact_id,
                       (select array_agg(distinct label order by label)
                        from unnest(array_cat(coalesce(c.tags, '{}'), $10::text[])) label
                        where label <> all($11::text[])) as tags
                from chosen c
                where not coalesce(c.tags, '{}') @> $10::text[] or c.tags && $11::text[]
            )
            update contacts c
            set tags = l.tags, revision = c.revision + 1, updated_at = clock_timestamp()
            from labelled l
            where c.company_id = $1 and c.contact_id = l.contact_id",
        add,
        remove
    )
    .execute(db)
    .await?;
    Ok(i32::try_from(done.rows_affected()).unwrap_or(i32::MAX))
}

/// The labels in use, by name.
///
/// # Errors
/// When the database does not answer.
pub async fn tags(db: &mut PgConnection, company: CompanyId) -> DbResult<Vec<String>> {
    Ok(sqlx::query_scalar!(
        r#"select distinct label as "label!" from contacts c, unnest(c.tags) label
           where c.company_id = $1 and c.tags is not null
           order by 1"#,
        company.0
    )
    .fetch_all(db)
    .await?)
}
