//! Skillbases and their versions.

use callboard_core::{
    id::{CompanyId, SkillbaseId},
    skillbase::SkillbaseDocument,
};
use chrono::{DateTime, Utc};
use sqlx::{PgConnection, types::Json};

use crate::DbResult;

/// A skillbase with its newest document.
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
    /// Newest version.
    pub version: i32,
    /// Its document.
    pub document: SkillbaseDocument,
    /// Campaigns that pin any of its versions.
    pub campaign_count: i32,
    /// Put away.
    pub archived_at: Option<DateTime<Utc>>,
    /// Created.
    pub created_at: DateTime<Utc>,
    /// Changed.
    pub updated_at: DateTime<Utc>,
}

struct Row {
    company_id: uuid::Uuid,
    skillbase_id: uuid::Uuid,
    name: String,
    description: String,
    version: i32,
    document: Json<SkillbaseDocument>,
    campaign_count: i32,
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
            document: row.document.0,
            campaign_count: row.campaign_count,
            archived_at: row.archived_at,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

/// Skillbases of a company, newest first.
///
/// # Errors
/// When the database does not answer.
pub async fn list(db: &mut PgConnection, company: CompanyId, archived: bool) -> DbResult<Vec<Skillbase>> {
    let rows = sqlx::query_as!(
        Row,
        r#"select s.company_id, s.skillbase_id, s.name, s.description, v.version,
                  v.document as "document: Json<SkillbaseDocument>",
                  (select count(*)::int from campaigns c
                   where c.company_id = s.company_id and c.skillbase_id = s.skillbase_id and c.kind = 'list') as "campaign_count!",
                  s.archived_at, s.created_at, s.updated_at
           from skillbases s
           join skillbase_versions v
             on v.company_id = s.company_id and v.skillbase_id = s.skillbase_id and v.version = s.current_version
           where s.company_id = $1 and ($2 or s.archived_at is null)
           order by s.created_at desc, s.skillbase_id desc"#,
        company.0,
        archived
    )
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().map(Into::into).collect())
}

/// One skillbase; none when it does not exist.
///
/// # Errors
/// When the database does not answer.
pub async fn get(db: &mut PgConnection, company: CompanyId, id: SkillbaseId) -> DbResult<Option<Skillbase>> {
    let row = sqlx::query_as!(
        Row,
        r#"select s.company_id, s.skillbase_id, s.name, s.description, v.version,
                  v.document as "document: Json<SkillbaseDocument>",
                  (select count(*)::int from campaigns c
                   where c.company_id = s.company_id and c.skillbase_id = s.skillbase_id and c.kind = 'list') as "campaign_count!",
                  s.archived_at, s.created_at, s.updated_at
           from skillbases s
           join skillbase_versions v
             on v.company_id = s.company_id and v.skillbase_id = s.skillbase_id and v.version = s.current_version
           where s.company_id = $1 and s.skillbase_id = $2"#,
        company.0,
        id.0
    )
    .fetch_optional(db)
    .await?;
    Ok(row.map(Into::into))
}

/// Inserts a skillbase with version 1.
///
/// # Errors
/// The constraint `skillbases_name_key` when the name is taken, `skillbases_company_id_fkey` without the company.
pub async fn insert(
    db: &mut PgConnection,
    company: CompanyId,
    id: SkillbaseId,
    name: &str,
    description: &str,
    document: &SkillbaseDocument,
) -> DbResult<()> {
    sqlx::query!(
        "insert into skillbases (company_id, skillbase_id, name, description) values ($1, $2, $3, $4)",
        company.0,
        id.0,
        name.trim(),
        description
    )
    .execute(&mut *db)
    .await?;
    insert_version(db, company, id, 1, document).await
}

async fn insert_version(
    db: &mut PgConnection,
    company: CompanyId,
    id: SkillbaseId,
    version: i32,
    document: &SkillbaseDocument,
) -> DbResult<()> {
    sqlx::query!(
        "insert into skillbase_versions (company_id, skillbase_id, version, document) values ($1, $2, $3, $4)",
        company.0,
        id.0,
        version,
        Json(document) as _
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Changes names and, when a document is given, publishes it as the version after `base_version`. False when the
/// skillbase does not exist or its newest version is another one.
///
/// # Errors
/// The constraint `skillbases_name_key` when the name is taken.
pub async fn update(
    db: &mut PgConnection,
    company: CompanyId,
    id: SkillbaseId,
    base_version: i32,
    name: &str,
    description: &str,
    document: Option<&SkillbaseDocument>,
) -> DbResult<bool> {
    let next = base_version + i32::from(document.is_some());
    let done = sqlx::query!(
        "update skillbases set name = $4, description = $5, current_version = $6, updated_at = clock_timestamp()
         where company_id = $1 and skillbase_id = $2 and current_version = $3",
        company.0,
        id.0,
        base_version,
        name.trim(),
        description,
        next
    )
    .execute(&mut *db)
    .await?;
    if done.rows_affected() == 0 {
        return Ok(false);
    }
    if let Some(document) = document {
        insert_version(db, company, id, next, document).await?;
    }
    Ok(true)
}

/// Locks a skillbase against campaigns that would begin to use it, until the end of the transaction. A statement of its
/// own, so that what is counted afterwards is counted in a snapshot that follows the lock. False when it does not exist.
///
/// # Errors
/// When the database does not answer.
pub async fn lock(db: &mut PgConnection, company: CompanyId, id: SkillbaseId) -> DbResult<bool> {
    let row = sqlx::query_scalar!(
        r#"select 1 as "found!" from skillbases where company_id = $1 and skillbase_id = $2 for update"#,
        company.0,
        id.0
    )
    .fetch_optional(db)
    .await?;
    Ok(row.is_some())
}

/// Campaigns that are not over and pin any version of it.
///
/// # Errors
/// When the database does not answer.
pub async fn open_campaigns(db: &mut PgConnection, company: CompanyId, id: SkillbaseId) -> DbResult<i32> {
    Ok(sqlx::query_scalar!(
        r#"select count(*)::int as "count!" from campaigns
           where company_id = $1 and skillbase_id = $2 and kind = 'list' and state not in ('completed', 'cancelled')"#,
        company.0,
        id.0
    )
    .fetch_one(db)
    .await?)
}

/// Puts a skillbase away; false when it does not exist.
///
/// # Errors
/// When the database does not answer.
pub async fn archive(db: &mut PgConnection, company: CompanyId, id: SkillbaseId) -> DbResult<bool> {
    let done = sqlx::query!(
        "update skillbases set archived_at = coalesce(archived_at, clock_timestamp()), updated_at = clock_timestamp()
         where company_id = $1 and skillbase_id = $2",
        company.0,
        id.0
    )
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}
