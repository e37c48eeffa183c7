//! Workers and their lease of life.

use callboard_core::id::WorkerId;
use chrono::{DateTime, Utc};
use sqlx::{PgConnection, PgPool, Postgres, Transaction};

use crate::DbResult;

/// Seconds after its last sign of life at which a worker counts as dead.
pub const LEASE_SECONDS: i32 = 15;

/// What holds in a worker's transaction. The statements of the hot path are planned once per connection and look rows up by
/// index, one after the other, whatever the planner believes about the sizes of the tables: right after a restart, an import
/// or a quiet night it believes the wrong thing, and reading a table of a million rows once is worse than any gain. READ COMMITTED whatever the server's default is: admission counts in a snapshot
/// that is younger than its lock, and an older one admits too many. A process that is frozen in the middle (a closed
/// laptop, SIGSTOP, a dead network) loses its session after a few seconds, so that the locks it holds, above all the one of
/// admission, do not stop every other worker; and nobody waits for a lock for longer than that.
const SETTINGS: &str = "set transaction isolation level read committed; \
                        set local idle_in_transaction_session_timeout = '5s'; set local lock_timeout = '7s'; \
                        set local plan_cache_mode = force_generic_plan; set local enable_seqscan = off; \
                        set local enable_hashjoin = off; set local enable_mergejoin = off; set local enable_material = off";

/// Begins a short transaction.
///
/// # Errors
/// When the database does not answer.
pub async fn begin(db: &PgPool) -> DbResult<Transaction<'static, Postgres>> {
    // Not with these settings in one go (`begin_with`): a worker cuts rounds off, see `crate::begin`.
    let mut tx = crate::begin(db).await?;
    sqlx::raw_sql(SETTINGS).execute(&mut *tx).await?;
    Ok(tx)
}

/// Registers a worker or renews its lease of life. A worker that was taken for dead meanwhile goes on with the leases
/// that nobody adopted; the others have new tokens, and its writes to them are refused.
///
/// # Errors
/// When the database does not answer.
pub async fn renew(db: &mut PgConnection, id: WorkerId, name: &str, version: &str) -> DbResult<()> {
    sqlx::query!(
        "insert into workers (worker_id, name, version, alive_until)
         values ($1, $2, $3, clock_timestamp() + make_interval(secs => $4))
         on conflict (worker_id) do update set alive_until = excluded.alive_until",
        id.0,
        name,
        version,
        f64::from(LEASE_SECONDS)
    )
    .execute(db)
    .await?;
    Ok(())
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
