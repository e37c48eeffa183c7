//! The only crate with SQL. One module per aggregate: rows to domain types, statements beside them.
//!
//! Owns the pool, the migrations and the notification listener. Refuses to decide anything: rules are in
//! `callboard-core`, transactions are begun by the use-cases in `callboard-engine`. Every writing function takes a
//! connection, so that a use-case can put several into one transaction. Instants come from `clock_timestamp()` of the
//! one database.

pub mod admission;
pub mod analytics;
pub mod call_lists;
pub mod calls;
pub mod campaigns;
pub mod companies;
pub mod connect;
pub mod contacts;
pub mod deltas;
pub mod dialing;
pub mod do_not_call;
mod error;
pub mod events;
pub mod knowledge;
pub mod leases;
pub mod locks;
pub mod orphans;
pub mod prompts;
pub mod sandbox;
pub mod settings;
pub mod skillbases;
pub mod tasks;
pub mod telemetry;
pub mod test_calls;
pub mod workers;

pub use error::{DbError, DbResult};
pub use sqlx::{PgConnection, PgPool, Postgres, Transaction, pool::PoolConnection};

/// The schema, forward only.
pub static MIGRATOR: sqlx::migrate::Migrator = sqlx::migrate!("../../../migrations");

/// The instant by the database's clock, which is the only clock that limits know.
///
/// # Errors
/// When the database does not answer.
pub async fn now(db: &mut PgConnection) -> DbResult<chrono::DateTime<chrono::Utc>> {
    Ok(sqlx::query_scalar!(r#"select clock_timestamp() as "now!""#).fetch_one(db).await?)
}

/// Makes the present transaction's commit wait for the disk, whatever the session's default is.
///
/// # Errors
/// When the database does not answer.
pub async fn synchronous_commit(db: &mut PgConnection) -> DbResult<()> {
    sqlx::query!("set local synchronous_commit = on").execute(db).await?;
    Ok(())
}

/// Begins a transaction. It runs in a task of its own: sqlx 0.9 forgets a `BEGIN` whose caller goes away while it is on
/// the wire, and the pool would hand the connection on inside an open transaction, where the next writes are lost.
///
/// # Errors
/// When the database does not answer.
pub async fn begin(db: &PgPool) -> DbResult<Transaction<'static, Postgres>> {
    let db = db.clone();
    match tokio::spawn(async move { db.begin().await }).await {
        Ok(begun) => Ok(begun?),
        Err(error) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(_) => Err(DbError::Away(sqlx::Error::WorkerCrashed)),
        },
    }
}
