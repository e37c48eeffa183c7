//! Published versions: they never change.

use callboard_core::{
    id::{CompanyId, SkillbaseId},
    skillbase::SkillbaseDocument,
};
use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use super::{readable, written};
use crate::DbResult;

/// A published version without its document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// From 1.
    pub version: i32,
    /// Hash of its document.
    pub hash: String,
    /// What changed.
    pub note: String,
    /// The version whose document it repeats.
    pub restored_from: Option<i32>,
    /// When it was published.
    pub published_at: DateTime<Utc>,
    /// Campaigns that pin it now, as their first or their second version.
    pub campaign_count: i32,
    /// Calls that it has made.
    pub call_count: i32,
}

/// A version to publish.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NewVersion<'a> {
    /// The newest version so far; 0 for none.
    pub after: i32,
    /// The document.
    pub document: &'a SkillbaseDocument,
    /// What changed.
    pub note: &'a str,
    /// The version whose document it repeats.
    pub restored_from: Option<i32>,
}

/// Published versions, newest first.
///
/// # Errors
/// When the database does not answer.
pub async fn versions(db: &mut PgConnection, company: CompanyId, id: SkillbaseId) -> DbResult<Vec<Version>> {
    select(db, company, id, None).await
}

/// One published version; none when it does not exist.
///
/// # Errors
/// When the database does not answer.
pub async fn version(
    db: &mut PgConnection,
    company: CompanyId,
    id: SkillbaseId,
    version: i32,
) -> DbResult<Option<Version>> {
    Ok(select(db, company, id, Some(version)).await?.pop())
}

async fn select(
    db: &mut PgConnection,
    company: CompanyId,
    id: SkillbaseId,
    only: Option<i32>,
) -> DbResult<Vec<Version>> {
    Ok(sqlx::query_as!(
        Version,
        r#"with used as materialized (
               select campaign_id, skillbase_version, variant_version from campaigns
               where company_id = $1 and skillbase_id = $2
           ), spoken as materialized (
               select k.skillbase_version as version, count(*)::int as calls
               from calls k join used u on u.campaign_id = k.campaign_id
               where k.company_id = $1 and k.dial_intent_at is not null
               group by k.skillbase_version
           )
           select v.version, v.hash as "hash!", v.note, v.restored_from, v.created_at as published_at,
                  (select count(*)::int from used u where v.version in (u.skillbase_version, u.variant_version)) as "campaign_count!",
                  coalesce((select calls from spoken s where s.version = v.version), 0) as "call_count!"
           from skillbase_versions v
           where v.company_id = $1 and v.skillbase_id = $2 and ($3::int is null or v.version = $3)
           order by v.version desc"#,
        company.0,
        id.0,
        only
    )
    .fetch_all(db)
    .await?)
}

/// The document of a version; none when it does not exist or a newer program wrote it.
///
/// # Errors
/// When the database does not answer.
pub async fn document(
    db: &mut PgConnection,
    company: CompanyId,
    id: SkillbaseId,
    version: i32,
) -> DbResult<Option<SkillbaseDocument>> {
    let stored = sqlx::query_scalar!(
        "select document from skillbase_versions where company_id = $1 and skillbase_id = $2 and version = $3",
        company.0,
        id.0,
        version
    )
    .fetch_optional(db)
    .await?;
    Ok(readable(stored))
}

/// Publishes a document as the next version. False when another one was published meanwhile.
///
/// # Errors
/// When the database does not answer.
pub async fn publish(
    db: &mut PgConnection,
    company: CompanyId,
    id: SkillbaseId,
    new: NewVersion<'_>,
) -> DbResult<bool> {
    let done = sqlx::query!(
        "update skillbases set current_version = current_version + 1, updated_at = clock_timestamp()
         where company_id = $1 and skillbase_id = $2 and current_version = $3",
        company.0,
        id.0,
        new.after
    )
    .execute(&mut *db)
    .await?;
    if done.rows_affected() == 0 {
        return Ok(false);
    }
    sqlx::query!(
        "insert into skillbase_versions (company_id, skillbase_id, version, document, note, restored_from)
         values ($1, $2, $3, $4, $5, $6)",
        company.0,
        id.0,
        new.after + 1,
        written(new.document) as _,
        new.note,
        new.restored_from
    )
    .execute(db)
    .await?;
    Ok(true)
}
