//! Advisory locks that several parts of the product take. Owns their keys; each is held until the end of a transaction.

use callboard_core::id::CompanyId;
use sqlx::PgConnection;

use crate::DbResult;

/// Makes everybody wait who changes which contacts the company has: imports that commit, merges, deletions, new contacts
/// and new numbers. Taken before [`crate::call_lists::lock_for_import`].
///
/// # Errors
/// When the database does not answer.
pub async fn lock_contacts(db: &mut PgConnection, company: CompanyId) -> DbResult<()> {
    sqlx::query!("select pg_advisory_xact_lock(hashtext('contacts'), hashtext($1))", company.0.to_string())
        .execute(db)
        .await?;
    Ok(())
}
