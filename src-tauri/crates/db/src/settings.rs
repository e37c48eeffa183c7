//! Documents of settings per company. Refuses secrets: they are in the keyring.

use callboard_core::id::CompanyId;
use sqlx::PgConnection;

use crate::DbResult;

/// Which document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SettingName {
    /// The line.
    Line,
    /// Prices.
    Prices,
    /// Roles of columns, remembered by their header.
    ImportMapping,
}

impl SettingName {
    fn as_str(self) -> &'static str {
        match self {
            Self::Line => "line",
            Self::Prices => "prices",
            Self::ImportMapping => "import_mapping",
        }
    }
}

/// A document; none when it was never set.
///
/// # Errors
/// When the database does not answer.
pub async fn get(db: &mut PgConnection, company: CompanyId, name: SettingName) -> DbResult<Option<serde_json::Value>> {
    Ok(sqlx::query_scalar!("select value from settings where company_id = $1 and name = $2", company.0, name.as_str())
        .fetch_optional(db)
        .await?)
}

/// Sets a document.
///
/// # Errors
/// The constraint `settings_company_id_fkey` when the company does not exist.
pub async fn put(
    db: &mut PgConnection,
    company: CompanyId,
    name: SettingName,
    value: &serde_json::Value,
) -> DbResult<()> {
    sqlx::query!(
        "insert into settings (company_id, name, value) values ($1, $2, $3)
         on conflict (company_id, name) do update set value = excluded.value, updated_at = clock_timestamp()",
        company.0,
        name.as_str(),
        value
    )
    .execute(db)
    .await?;
    Ok(())
}
