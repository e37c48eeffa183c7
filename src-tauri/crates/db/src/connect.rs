//! Connections: how a pool is opened, tried and migrated. Refuses a database that is newer than this program.

use std::{path::PathBuf, str::FromStr, time::Duration};

use secrecy::{ExposeSecret, SecretString};
use sqlx::{
    ConnectOptions, Connection, PgPool,
    migrate::{Migrate, MigrateError},
    postgres::{PgConnectOptions, PgPoolOptions, PgSslMode},
};

use crate::{DbError, DbResult, MIGRATOR};

/// Where a database is.
#[derive(Debug, Clone)]
pub enum Target {
    /// A URL (embedded server, environment of a worker).
    Url(SecretString),
    /// A shared server.
    Server {
        /// Host name or address.
        host: String,
        /// Port.
        port: u16,
        /// Database name.
        database: String,
        /// Login.
        user: String,
        /// Password.
        password: SecretString,
        /// TLS with a verified certificate is required.
        require_tls: bool,
        /// Certificate authority file.
        ca_file: Option<PathBuf>,
    },
}

impl Target {
    fn options(&self) -> DbResult<PgConnectOptions> {
        let options = match self {
            Self::Url(url) => PgConnectOptions::from_str(url.expose_secret())?,
            Self::Server { host, port, database, user, password, require_tls, ca_file } => {
                let mut options = PgConnectOptions::new_without_pgpass()
                    .host(host)
                    .port(*port)
                    .database(database)
                    .username(user)
                    .password(password.expose_secret())
                    .ssl_mode(if *require_tls { PgSslMode::VerifyFull } else { PgSslMode::Disable });
                if let Some(file) = ca_file {
                    options = options.ssl_root_cert(file);
                }
                options
            }
        };
        Ok(options.application_name("callboard").log_slow_statements(log::LevelFilter::Warn, Duration::from_secs(2)))
    }
}

/// Why a connection was refused, as far as a person can act on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// User or password are wrong.
    WrongPassword,
    /// The database does not exist.
    NoDatabase,
    /// The server offers no TLS, or its certificate does not hold.
    NoTls,
    /// Nobody answers.
    Unreachable,
    /// The schema is newer than this program.
    TooNew,
    /// The login may not create the schema.
    NoRights,
    /// Anything else.
    Other,
}

impl Refusal {
    /// Key of the catalogue `errors.database.*`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::WrongPassword => "wrong_password",
            Self::NoDatabase => "no_database",
            Self::NoTls => "no_tls",
            Self::Unreachable => "unreachable",
            Self::TooNew => "too_new",
            Self::NoRights => "no_rights",
            Self::Other => "other",
        }
    }

    /// Reads it from an error.
    #[must_use]
    pub fn of(error: &DbError) -> Self {
        match error {
            DbError::Away(sqlx::Error::Tls(_)) => Self::NoTls,
            DbError::Away(_) => Self::Unreachable,
            DbError::Migration(MigrateError::VersionMissing(_) | MigrateError::VersionMismatch(_)) => Self::TooNew,
            DbError::Migration(_) | DbError::Inconsistent { .. } => Self::Other,
            DbError::Statement(source) | DbError::Constraint { source, .. } => match source {
                sqlx::Error::Database(refusal) => match refusal.code().as_deref() {
                    Some("28P01" | "28000") => Self::WrongPassword,
                    Some("3D000") => Self::NoDatabase,
                    Some("42501") => Self::NoRights,
                    _ => Self::Other,
                },
                sqlx::Error::Tls(_) => Self::NoTls,
                _ => Self::Other,
            },
        }
    }
}

/// What a try showed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probe {
    /// For example `18.4`.
    pub server_version: String,
    /// It holds a Callboard schema already.
    pub has_schema: bool,
}

/// Tries a database without changing it.
///
/// # Errors
/// Why it cannot be used; [`Refusal::of`] reads it.
pub async fn probe(target: &Target) -> DbResult<Probe> {
    let mut connection = tokio::time::timeout(Duration::from_secs(10), target.options()?.connect())
        .await
        .map_err(|_| DbError::Away(sqlx::Error::PoolTimedOut))??;
    let server_version = sqlx::query_scalar!(r#"select current_setting('server_version') as "version!""#)
        .fetch_one(&mut connection)
        .await?;
    let has_schema = sqlx::query_scalar!(r#"select to_regclass('_sqlx_migrations') is not null as "has!""#)
        .fetch_one(&mut connection)
        .await?;
    if has_schema {
        refuse_newer(&mut connection).await?;
    }
    connection.close().await?;
    Ok(Probe { server_version, has_schema })
}

/// A schema with a migration that this program does not know was written by a newer one.
async fn refuse_newer(connection: &mut sqlx::PgConnection) -> DbResult<()> {
    let known = MIGRATOR.iter().map(|migration| migration.version).max().unwrap_or(0);
    let applied = connection.list_applied_migrations(&MIGRATOR.table_name).await?;
    match applied.iter().map(|migration| migration.version).max() {
        Some(newest) if newest > known => Err(DbError::Migration(MigrateError::VersionMissing(newest))),
        _ => Ok(()),
    }
}

/// Opens a pool of at most `connections` and brings the schema up to date under a lock.
///
/// # Errors
/// When the database is away, refuses, or is too new.
pub async fn open(target: &Target, connections: u32) -> DbResult<PgPool> {
    let pool = PgPoolOptions::new()
        .max_connections(connections)
        .min_connections(1)
        .acquire_timeout(Duration::from_secs(10))
        .connect_with(target.options()?)
        .await?;
    let mut connection = pool.acquire().await?;
    let has_schema = sqlx::query_scalar!(r#"select to_regclass('_sqlx_migrations') is not null as "has!""#)
        .fetch_one(&mut *connection)
        .await?;
    if has_schema {
        refuse_newer(&mut connection).await?;
    }
    drop(connection);
    MIGRATOR.run(&pool).await.map_err(cause)?;
    Ok(pool)
}

/// Whether the server knows a zone. A shared server may have an older or smaller table of zones than this program; a
/// campaign in a zone that it lacks would make the admission of every campaign fail.
///
/// # Errors
/// When the database does not answer.
pub async fn knows_zone(db: &PgPool, zone: &str) -> DbResult<bool> {
    let mut connection = db.acquire().await?;
    let local = sqlx::query_scalar!(r#"select (clock_timestamp() at time zone $1)::text as "local!""#, zone)
        .fetch_one(&mut *connection)
        .await;
    match local {
        Ok(_) => Ok(true),
        // invalid_parameter_value
        Err(sqlx::Error::Database(refusal)) if refusal.code().as_deref() == Some("22023") => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// A migration that a statement broke off failed for the reason of that statement: no rights, or a lost connection.
fn cause(error: MigrateError) -> DbError {
    match error {
        MigrateError::Execute(source) | MigrateError::ExecuteMigration(source, _) => source.into(),
        other => other.into(),
    }
}
