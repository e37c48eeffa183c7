//! Regression cases: sandbox conversations that are played again against new versions.

use callboard_core::id::{CompanyId, SkillbaseId};
use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::DbResult;

/// A regression case.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    /// Id.
    pub case_id: Uuid,
    /// What it tries.
    pub name: String,
    /// `engine` or `llm`.
    pub mode: String,
    /// What was said, and when it began.
    pub session: Value,
    /// How it went.
    pub expected: Value,
    /// When it was kept.
    pub created_at: DateTime<Utc>,
}

/// The cases of a skillbase, by name.
///
/// # Errors
/// When the database does not answer.
pub async fn list(db: &mut PgConnection, company: CompanyId, skillbase: SkillbaseId) -> DbResult<Vec<Case>> {
    Ok(sqlx::query_as!(
        Case,
        "select case_id, name, mode, session, expected, created_at
         from sandbox_cases
         where company_id = $1 and skillbase_id = $2
         order by lower(btrim(name)), case_id",
        company.0,
        skillbase.0
    )
    .fetch_all(db)
    .await?)
}

/// Keeps a case.
///
/// # Errors
/// The constraint `sandbox_cases_name_key` when the skillbase has one of this name, and
/// `sandbox_cases_company_id_skillbase_id_fkey` when there is no such skillbase.
pub async fn insert(db: &mut PgConnection, company: CompanyId, skillbase: SkillbaseId, case: &Case) -> DbResult<()> {
    sqlx::query!(
        "insert into sandbox_cases (company_id, case_id, skillbase_id, name, mode, session, expected, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        company.0,
        case.case_id,
        skillbase.0,
        case.name,
        case.mode,
        case.session,
        case.expected,
        case.created_at
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Forgets a case; false when there is none.
///
/// # Errors
/// When the database does not answer.
pub async fn delete(db: &mut PgConnection, company: CompanyId, skillbase: SkillbaseId, case: Uuid) -> DbResult<bool> {
    let done = sqlx::query!(
        "delete from sandbox_cases where company_id = $1 and skillbase_id = $2 and case_id = $3",
        company.0,
        skillbase.0,
        case
    )
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}
