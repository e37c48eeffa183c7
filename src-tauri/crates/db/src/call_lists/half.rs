//! The moment between the two commits of a large import: its contacts are there, its tasks are not. Owns how that is
//! noted and how it is taken back.

use callboard_core::id::{CallListId, CompanyId};
use sqlx::PgConnection;

use crate::DbResult;

/// Notes, in the transaction that makes the contacts, that they have no tasks yet.
///
/// # Errors
/// When the database does not answer.
pub async fn begin_half(db: &mut PgConnection, company: CompanyId, list: CallListId) -> DbResult<()> {
    sqlx::query!("insert into call_list_halves (company_id, call_list_id) values ($1, $2)", company.0, list.0)
        .execute(db)
        .await?;
    Ok(())
}

/// The tasks are there too.
///
/// # Errors
/// When the database does not answer.
pub async fn end_half(db: &mut PgConnection, company: CompanyId, list: CallListId) -> DbResult<()> {
    sqlx::query!("delete from call_list_halves where company_id = $1 and call_list_id = $2", company.0, list.0)
        .execute(db)
        .await?;
    Ok(())
}

/// Takes the contacts back that an import has made and given no tasks, unless somebody else came to know them. The caller
/// holds the import ([`super::hold`]). How many.
///
/// # Errors
/// When the database does not answer.
pub async fn take_half_back(db: &mut PgConnection, company: CompanyId, list: CallListId) -> DbResult<u64> {
    let done = sqlx::query!(
        "with half as (
             delete from call_list_halves where company_id = $1 and call_list_id = $2 returning company_id, call_list_id
         )
         delete from contacts c
         using half h
         where c.company_id = h.company_id and c.call_list_id = h.call_list_id and c.revision = 1
           and c.contact_id not in (select t.contact_id from call_tasks t where t.company_id = $1)",
        company.0,
        list.0
    )
    .execute(db)
    .await?;
    Ok(done.rows_affected())
}

/// A half that nobody works on: its process died between the two commits. It is held until the end of the transaction.
///
/// # Errors
/// When the database does not answer.
pub async fn nobodys_half(db: &mut PgConnection) -> DbResult<Option<(CompanyId, CallListId)>> {
    let row = sqlx::query!(
        "select company_id, call_list_id from call_list_halves
         where pg_try_advisory_xact_lock(hashtext('call_list'), hashtext(call_list_id::text)) limit 1"
    )
    .fetch_optional(db)
    .await?;
    Ok(row.map(|row| (row.company_id.into(), row.call_list_id.into())))
}
