//! Companies and the limit over all of them.

use callboard_core::id::CompanyId;
use sqlx::PgConnection;

use crate::DbResult;

/// A row of `companies`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Company {
    /// Id.
    pub company_id: CompanyId,
    /// Name.
    pub name: String,
    /// IANA zone.
    pub time_zone: String,
    /// ISO 3166 region.
    pub default_region: String,
    /// ISO 4217.
    pub currency: String,
    /// Most calls at once.
    pub calls_at_once: i32,
}

/// All companies by name.
///
/// # Errors
/// When the database does not answer.
pub async fn list(db: &mut PgConnection) -> DbResult<Vec<Company>> {
    Ok(sqlx::query_as!(
        Company,
        "select company_id, name, time_zone, default_region, currency, calls_at_once
         from companies order by lower(name), company_id"
    )
    .fetch_all(db)
    .await?)
}

/// One company; none when it does not exist.
///
/// # Errors
/// When the database does not answer.
pub async fn get(db: &mut PgConnection, id: CompanyId) -> DbResult<Option<Company>> {
    Ok(sqlx::query_as!(
        Company,
        "select company_id, name, time_zone, default_region, currency, calls_at_once
         from companies where company_id = $1",
        id.0
    )
    .fetch_optional(db)
    .await?)
}

/// Inserts a company.
///
/// # Errors
/// The constraint `companies_name_key` when the name is taken.
pub async fn insert(db: &mut PgConnection, company: &Company) -> DbResult<()> {
    sqlx::query!(
        "insert into companies (company_id, name, time_zone, default_region, currency, calls_at_once)
         values ($1, $2, $3, $4, $5, $6)",
        company.company_id.0,
        company.name.trim(),
        company.time_zone,
        company.default_region,
        company.currency,
        company.calls_at_once
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Changes a company; false when it does not exist.
///
/// # Errors
/// The constraint `companies_name_key` when the name is taken.
pub async fn update(db: &mut PgConnection, company: &Company) -> DbResult<bool> {
    let done = sqlx::query!(
        "update companies set name = $2, time_zone = $3, default_region = $4, currency = $5, calls_at_once = $6,
                updated_at = clock_timestamp()
         where company_id = $1",
        company.company_id.0,
        company.name.trim(),
        company.time_zone,
        company.default_region,
        company.currency,
        company.calls_at_once
    )
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Most calls at once over all companies.
///
/// # Errors
/// When the database does not answer.
pub async fn system_calls_at_once(db: &mut PgConnection) -> DbResult<i32> {
    Ok(sqlx::query_scalar!("select calls_at_once from system_settings").fetch_one(db).await?)
}

/// Sets the limit over all companies.
///
/// # Errors
/// The constraint `system_settings_calls_at_once_range` outside 1..=10,000.
pub async fn set_system_calls_at_once(db: &mut PgConnection, calls_at_once: i32) -> DbResult<()> {
    sqlx::query!("update system_settings set calls_at_once = $1", calls_at_once).execute(db).await?;
    Ok(())
}
