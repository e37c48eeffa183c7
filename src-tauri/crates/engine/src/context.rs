//! What every use-case is given: the database, the clock and a source of ids. Refuses globals.

use std::sync::{Arc, Mutex, PoisonError};

use callboard_core::{clock::Clock, id::uuid_v7};
use callboard_db::{DbResult, PgConnection, PgPool, Postgres, Transaction};
use chrono::{DateTime, Utc};
use rand::{Rng, RngExt, SeedableRng, rngs::StdRng};
use uuid::Uuid;

use crate::{forecast::Etas, import::Running};

/// Randomness, from the operating system in the product and from a seed in tests.
pub struct Random(Mutex<StdRng>);

impl Random {
    /// Seeded by the operating system.
    #[must_use]
    pub fn from_system() -> Self {
        Self(Mutex::new(rand::make_rng()))
    }

    /// The same sequence for the same seed.
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        Self(Mutex::new(StdRng::seed_from_u64(seed)))
    }

    /// A generator of its own, for a thread that needs many values.
    #[must_use]
    pub fn fork(&self) -> StdRng {
        StdRng::seed_from_u64(self.lock().next_u64())
    }

    /// Ten bytes for a uuid.
    #[must_use]
    pub fn bytes(&self) -> [u8; 10] {
        self.lock().random()
    }

    /// A number of at least 0 and below 1.
    #[must_use]
    pub fn unit(&self) -> f64 {
        self.lock().random()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, StdRng> {
        // A panic elsewhere leaves the generator usable.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for Random {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Random(..)")
    }
}

/// The handle of a use-case. Cheap to clone.
#[derive(Clone)]
pub struct Context {
    /// The pool.
    pub db: PgPool,
    /// The clock of what is shown and stored; limits use the database's.
    pub clock: Arc<dyn Clock>,
    /// The source of ids.
    pub random: Arc<Random>,
    /// Imports that this process works on.
    pub(crate) imports: Arc<Running>,
    /// Times of arrival that this process has computed.
    pub(crate) etas: Arc<Etas>,
}

impl Context {
    /// A context of the given parts.
    #[must_use]
    pub fn new(db: PgPool, clock: Arc<dyn Clock>, random: Arc<Random>) -> Self {
        Self { db, clock, random, imports: Arc::default(), etas: Arc::default() }
    }

    /// A new time-ordered id.
    #[must_use]
    pub fn new_id(&self) -> Uuid {
        uuid_v7(self.clock.now(), self.random.bytes())
    }

    /// The wall clock of this machine.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// A connection for one statement or a few reads.
    pub(crate) async fn connection(&self) -> DbResult<callboard_db::PoolConnection<Postgres>> {
        Ok(self.db.acquire().await?)
    }

    /// A transaction that reads one snapshot and writes nothing.
    pub(crate) async fn snapshot(&self) -> DbResult<Transaction<'static, Postgres>> {
        let mut tx = self.begin().await?;
        callboard_db::read_one_snapshot(&mut tx).await?;
        Ok(tx)
    }

    /// A short transaction.
    pub(crate) async fn begin(&self) -> DbResult<Transaction<'static, Postgres>> {
        callboard_db::begin(&self.db).await
    }
}

/// Commits; a lost reply is an error, and the caller must not assume either way.
pub(crate) async fn commit(tx: Transaction<'static, Postgres>) -> DbResult<()> {
    Ok(tx.commit().await?)
}

/// Makes a commit durable before it returns, whatever the database's default is.
pub(crate) async fn commit_synchronously(mut tx: Transaction<'static, Postgres>) -> DbResult<()> {
    callboard_db::synchronous_commit(&mut tx as &mut PgConnection).await?;
    commit(tx).await
}

impl std::fmt::Debug for Context {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Context(..)")
    }
}
