//! Base instructions of every bot, and where a company's language model and speech are.

use callboard_core::id::CompanyId;
use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use crate::DbResult;

/// The base instructions; empty texts mean the built-in ones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BasePrompt {
    /// For bots that begin in Russian.
    pub ru: String,
    /// For all others.
    pub en: String,
    /// Rises with every change.
    pub revision: i32,
    /// Last change.
    pub updated_at: Option<DateTime<Utc>>,
}

/// The base instructions.
///
/// # Errors
/// When the database does not answer.
pub async fn base_prompt(db: &mut PgConnection) -> DbResult<BasePrompt> {
    Ok(sqlx::query_as!(
        BasePrompt,
        "select base_prompt_ru as ru, base_prompt_en as en, base_prompt_revision as revision,
                base_prompt_updated_at as updated_at
         from system_settings"
    )
    .fetch_one(db)
    .await?)
}

/// Changes the base instructions; false when somebody else has done so since `base_revision`.
///
/// # Errors
/// When the database does not answer.
pub async fn set_base_prompt(db: &mut PgConnection, ru: &str, en: &str, base_revision: i32) -> DbResult<bool> {
    let done = sqlx::query!(
        "update system_settings
         set base_prompt_ru = $1, base_prompt_en = $2, base_prompt_revision = base_prompt_revision + 1,
             base_prompt_updated_at = clock_timestamp()
         where base_prompt_revision = $3",
        ru,
        en,
        base_revision
    )
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Where a company's providers are; none when it was never set.
///
/// # Errors
/// When the database does not answer.
pub async fn providers(db: &mut PgConnection, company: CompanyId) -> DbResult<Option<serde_json::Value>> {
    Ok(sqlx::query_scalar!("select value from company_providers where company_id = $1", company.0)
        .fetch_optional(db)
        .await?)
}

/// Sets where a company's providers are.
///
/// # Errors
/// The constraint `company_providers_company_id_fkey` when the company does not exist.
pub async fn set_providers(db: &mut PgConnection, company: CompanyId, value: &serde_json::Value) -> DbResult<()> {
    sqlx::query!(
        "insert into company_providers (company_id, value) values ($1, $2)
         on conflict (company_id) do update set value = excluded.value, updated_at = clock_timestamp()",
        company.0,
        value
    )
    .execute(db)
    .await?;
    Ok(())
}
