//! Skillbases, their versions and drafts. Refuses to read a document for a list: language and greeting are taken out of it
//! by the database.

mod drafts;
mod experiments;
mod spoken;
mod versions;

use callboard_core::{
    id::{CompanyId, SkillbaseId},
    skillbase::SkillbaseDocument,
};
use chrono::{DateTime, Utc};
use sqlx::{PgConnection, types::Json};
use uuid::Uuid;

use crate::DbResult;

pub use drafts::{Draft, discard_draft, draft, lock_draft, put_draft};
pub use experiments::{VariantFigures, experiment, pin, set_experiment};
pub use spoken::{Spoken, Unspoken, spoken};
pub use versions::{NewVersion, Version, document, publish, version, versions};

/// A skillbase without its document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skillbase {
    /// Company.
    pub company_id: CompanyId,
    /// Id.
    pub skillbase_id: SkillbaseId,
    /// Name.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// Newest published version; 0 for none.
    pub version: i32,
    /// Hash of its document.
    pub hash: Option<String>,
    /// When it was published.
    pub published_at: Option<DateTime<Utc>>,
    /// The language that it begins in, as stored.
    pub language: String,
    /// What is said first.
    pub greeting: String,
    /// When its draft was saved last.
    pub draft_saved_at: Option<DateTime<Utc>>,
    /// Campaigns that pin any of its versions.
    pub campaign_count: i32,
    /// Of these, campaigns that are not over and pin an older version than the newest.
    pub behind_count: i32,
    /// Put away.
    pub archived_at: Option<DateTime<Utc>>,
    /// Created.
    pub created_at: DateTime<Utc>,
    /// Changed.
    pub updated_at: DateTime<Utc>,
}

struct Row {
    company_id: Uuid,
    skillbase_id: Uuid,
    name: String,
    description: String,
    version: i32,
    hash: Option<String>,
    published_at: Option<DateTime<Utc>>,
    language: String,
    greeting: String,
    draft_saved_at: Option<DateTime<Utc>>,
    campaign_count: i32,
    behind_count: i32,
    archived_at: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl From<Row> for Skillbase {
    fn from(row: Row) -> Self {
        Self {
            company_id: row.company_id.into(),
            skillbase_id: row.skillbase_id.into(),
            name: row.name,
            description: row.description,
            version: row.version,
            hash: row.hash,
            published_at: row.published_at,
            language: row.language,
            greeting: row.greeting,
            draft_saved_at: row.draft_saved_at,
            campaign_count: row.campaign_count,
            behind_count: row.behind_count,
            archived_at: row.archived_at,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

/// Skillbases of a company, newest first; only one of them when it is named.
async fn select(
    db: &mut PgConnection,
    company: CompanyId,
    only: Option<SkillbaseId>,
    archived: bool,
) -> DbResult<Vec<Skillbase>> {
    let rows = sqlx::query_as!(
        Row,
        r#"select s.company_id, s.skillbase_id, s.name, s.description, s.current_version as version, v.hash as "hash?",
                  v.created_at as "published_at?", d.saved_at as "draft_saved_at?",
                  -- Documents of format 1 have both at the top.
                  coalesce(shown.document -> 'identity' ->> 'language', shown.document ->> 'language', 'ru') as "language!",
                  coalesce(shown.document -> 'conversation' -> 'greetings' ->> 0, shown.document ->> 'greeting', '') as "greeting!",
                  used.campaigns as "campaign_count!", used.behind as "behind_count!", s.archived_at, s.created_at, s.updated_at
           from skillbases s
           left join skillbase_versions v
             on v.company_id = s.company_id and v.skillbase_id = s.skillbase_id and v.version = s.current_version
           left join skillbase_drafts d on d.company_id = s.company_id and d.skillbase_id = s.skillbase_id
           cross join lateral (select coalesce(v.document, d.document) as document) shown
           cross join lateral (
               select count(*)::int as campaigns,
                      (count(*) filter (where c.skillbase_version < s.current_version
                                          and c.state not in ('completed', 'cancelled')))::int as behind
               from campaigns c where c.company_id = s.company_id and c.skillbase_id = s.skillbase_id
           ) used
           where s.company_id = $1 and ($2::uuid is null or s.skillbase_id = $2) and ($3 or s.archived_at is null)
           order by s.created_at desc, s.skillbase_id desc"#,
        company.0,
        only.map(Uuid::from),
        archived
    )
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().map(Into::into).collect())
}

/// Skillbases of a company, newest first.
///
/// # Errors
/// When the database does not answer.
pub async fn list(db: &mut PgConnection, company: CompanyId, archived: bool) -> DbResult<Vec<Skillbase>> {
    select(db, company, None, archived).await
}

/// One skillbase; none when it does not exist.
///
/// # Errors
/// When the database does not answer.
pub async fn get(db: &mut PgConnection, company: CompanyId, id: SkillbaseId) -> DbResult<Option<Skillbase>> {
    Ok(select(db, company, Some(id), true).await?.pop())
}

/// Inserts a skillbase of which nothing is published.
///
/// # Errors
/// The constraint `skillbases_name_key` when the name is taken, `skillbases_company_id_fkey` without the company.
pub async fn insert(
    db: &mut PgConnection,
    company: CompanyId,
    id: SkillbaseId,
    name: &str,
    description: &str,
) -> DbResult<()> {
    sqlx::query!(
        "insert into skillbases (company_id, skillbase_id, name, description, current_version) values ($1, $2, $3, $4, 0)",
        company.0,
        id.0,
        name.trim(),
        description
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Changes the names; the version stays. False when it does not exist.
///
/// # Errors
/// The constraint `skillbases_name_key` when the name is taken.
pub async fn rename(
    db: &mut PgConnection,
    company: CompanyId,
    id: SkillbaseId,
    name: &str,
    description: &str,
) -> DbResult<bool> {
    let done = sqlx::query!(
        "update skillbases set name = $3, description = $4, updated_at = clock_timestamp()
         where company_id = $1 and skillbase_id = $2",
        company.0,
        id.0,
        name.trim(),
        description
    )
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// A skillbase that is locked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Locked {
    /// Newest published version; 0 for none.
    pub version: i32,
    /// Put away.
    pub archived: bool,
}

/// Locks a skillbase against campaigns that would begin to use it and against other publications, until the end of the
/// transaction. A statement of its own, so that what is read afterwards is read in a snapshot that follows the lock. None
/// when it does not exist.
///
/// # Errors
/// When the database does not answer.
pub async fn lock(db: &mut PgConnection, company: CompanyId, id: SkillbaseId) -> DbResult<Option<Locked>> {
    Ok(sqlx::query_as!(
        Locked,
        r#"select current_version as version, archived_at is not null as "archived!"
           from skillbases where company_id = $1 and skillbase_id = $2 for update"#,
        company.0,
        id.0
    )
    .fetch_optional(db)
    .await?)
}

/// Campaigns that are not over and pin any version of it.
///
/// # Errors
/// When the database does not answer.
pub async fn open_campaigns(db: &mut PgConnection, company: CompanyId, id: SkillbaseId) -> DbResult<i32> {
    Ok(sqlx::query_scalar!(
        r#"select count(*)::int as "count!" from campaigns
           where company_id = $1 and skillbase_id = $2 and state not in ('completed', 'cancelled')"#,
        company.0,
        id.0
    )
    .fetch_one(db)
    .await?)
}

/// Campaigns that pin any version of it, whatever their state, and calls of these campaigns.
///
/// # Errors
/// When the database does not answer.
pub async fn uses(db: &mut PgConnection, company: CompanyId, id: SkillbaseId) -> DbResult<(i32, i32)> {
    let row = sqlx::query!(
        r#"with used as materialized (
               select campaign_id from campaigns where company_id = $1 and skillbase_id = $2
           )
           select (select count(*) from used)::int as "campaigns!",
                  (select count(*) from calls k join used u on u.campaign_id = k.campaign_id
                   where k.company_id = $1)::int as "calls!""#,
        company.0,
        id.0
    )
    .fetch_one(db)
    .await?;
    Ok((row.campaigns, row.calls))
}

/// Puts a skillbase away, or brings it back; false when it does not exist.
///
/// # Errors
/// The constraint `skillbases_name_key` when another one has taken its name meanwhile.
pub async fn archive(db: &mut PgConnection, company: CompanyId, id: SkillbaseId, archived: bool) -> DbResult<bool> {
    let done = sqlx::query!(
        "update skillbases
         set archived_at = case when $3 then coalesce(archived_at, clock_timestamp()) end, updated_at = clock_timestamp()
         where company_id = $1 and skillbase_id = $2",
        company.0,
        id.0,
        archived
    )
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Deletes a skillbase with its versions, draft and regression cases; false when it does not exist.
///
/// # Errors
/// The foreign key of `campaigns` when one uses it.
pub async fn delete(db: &mut PgConnection, company: CompanyId, id: SkillbaseId) -> DbResult<bool> {
    let done = sqlx::query!("delete from skillbases where company_id = $1 and skillbase_id = $2", company.0, id.0)
        .execute(db)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// A stored document. One that this program cannot read (a newer program wrote it) is none.
fn readable(document: Option<serde_json::Value>) -> Option<SkillbaseDocument> {
    document.and_then(|document| serde_json::from_value(document).ok())
}

/// A document on its way into the database.
fn written(document: &SkillbaseDocument) -> Json<&SkillbaseDocument> {
    Json(document)
}
