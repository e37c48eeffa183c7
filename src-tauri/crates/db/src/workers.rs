//! Workers and their lease of life.

use callboard_core::id::WorkerId;
use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use crate::DbResult;

/// Seconds after its last sign of life at which a worker counts as dead.
pub const LEASE_SECONDS: i32 = 15;

/// Registers a worker.
///
/// # Errors
/// When the database does not answer.
pub async fn register(db: &mut PgConnection, id: WorkerId, name: &str, version: &str) -> DbResult<()> {
    sqlx::query!(
        "insert into workers (worker_id, name, version, alive_until)
         values ($1, $2, $3, clock_timestamp() + make_interval(secs => $4))",
        id.0,
        name,
        version,
        f64::from(LEASE_SECONDS)
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Renews the lease of life. False when the worker was already taken for dead: it must register anew under another id,
/// because its calls may have been adopted.
///
/// # Errors
/// When the database does not answer.
pub async fn renew(db: &mut PgConnection, id: WorkerId) -> DbResult<bool> {
    let done = sqlx::query!(
        "update workers set alive_until = clock_timestamp() + make_interval(secs => $2)
         where worker_id = $1 and alive_until > clock_timestamp()",
        id.0,
        f64::from(LEASE_SECONDS)
    )
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Ends a worker that holds nothing any more.
///
/// # Errors
/// When the database does not answer.
pub async fn retire(db: &mut PgConnection, id: WorkerId) -> DbResult<()> {
    sqlx::query!("delete from workers where worker_id = $1", id.0).execute(db).await?;
    Ok(())
}

/// Removes dead workers whose leases are all reaped.
///
/// # Errors
/// When the database does not answer.
pub async fn forget_dead(db: &mut PgConnection) -> DbResult<u64> {
    let done = sqlx::query!(
        "delete from workers w
         where w.alive_until < clock_timestamp() - interval '10 minutes'
           and not exists (select from leases l where l.worker_id = w.worker_id)"
    )
    .execute(db)
    .await?;
    Ok(done.rows_affected())
}

/// Until when a worker counts as alive; none when it is unknown.
///
/// # Errors
/// When the database does not answer.
pub async fn alive_until(db: &mut PgConnection, id: WorkerId) -> DbResult<Option<DateTime<Utc>>> {
    Ok(sqlx::query_scalar!("select alive_until from workers where worker_id = $1", id.0).fetch_optional(db).await?)
}
