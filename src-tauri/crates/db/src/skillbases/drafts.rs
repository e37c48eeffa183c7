//! Drafts: at most one of a skillbase, with a revision, so that two windows cannot overwrite each other's.

use callboard_core::{
    id::{CompanyId, SkillbaseId},
    skillbase::SkillbaseDocument,
};
use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use super::{readable, written};
use crate::DbResult;

/// A stored draft.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// The document.
    pub document: SkillbaseDocument,
    /// The version that it was made of; 0 for none.
    pub base_version: i32,
    /// Rises with every save.
    pub revision: i32,
    /// When it was saved last.
    pub saved_at: DateTime<Utc>,
}

/// The draft of a skillbase; none when there is none that this program can read.
///
/// # Errors
/// When the database does not answer.
pub async fn draft(db: &mut PgConnection, company: CompanyId, id: SkillbaseId) -> DbResult<Option<Draft>> {
    let row = sqlx::query!(
        "select document, base_version, revision, saved_at from skillbase_drafts
         where company_id = $1 and skillbase_id = $2",
        company.0,
        id.0
    )
    .fetch_optional(db)
    .await?;
    Ok(row.and_then(|row| {
        let document = readable(Some(row.document))?;
        Some(Draft { document, base_version: row.base_version, revision: row.revision, saved_at: row.saved_at })
    }))
}

/// The revision of the stored draft, locked until the end of the transaction; none when there is no draft. The caller
/// holds [`super::lock`], so that none can appear meanwhile.
///
/// # Errors
/// When the database does not answer.
pub async fn lock_draft(db: &mut PgConnection, company: CompanyId, id: SkillbaseId) -> DbResult<Option<i32>> {
    Ok(sqlx::query_scalar!(
        "select revision from skillbase_drafts where company_id = $1 and skillbase_id = $2 for update",
        company.0,
        id.0
    )
    .fetch_optional(db)
    .await?)
}

/// Stores a draft; its revision and instant.
///
/// # Errors
/// When the database does not answer.
pub async fn put_draft(
    db: &mut PgConnection,
    company: CompanyId,
    id: SkillbaseId,
    document: &SkillbaseDocument,
    base_version: i32,
) -> DbResult<(i32, DateTime<Utc>)> {
    let row = sqlx::query!(
        "insert into skillbase_drafts (company_id, skillbase_id, document, base_version, saved_at)
         values ($1, $2, $3, $4, clock_timestamp())
         on conflict (company_id, skillbase_id) do update
         set document = excluded.document, base_version = excluded.base_version,
             revision = skillbase_drafts.revision + 1, saved_at = excluded.saved_at
         returning revision, saved_at",
        company.0,
        id.0,
        written(document) as _,
        base_version
    )
    .fetch_one(db)
    .await?;
    Ok((row.revision, row.saved_at))
}

/// Forgets the draft; false when there was none.
///
/// # Errors
/// When the database does not answer.
pub async fn discard_draft(db: &mut PgConnection, company: CompanyId, id: SkillbaseId) -> DbResult<bool> {
    let done =
        sqlx::query!("delete from skillbase_drafts where company_id = $1 and skillbase_id = $2", company.0, id.0)
            .execute(db)
            .await?;
    Ok(done.rows_affected() == 1)
}
