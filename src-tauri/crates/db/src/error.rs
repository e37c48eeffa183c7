//! Errors of the database. Owns the distinction that the edge needs: away, refused by a constraint, inconsistent row,
//! anything else.

use uuid::Uuid;

/// A result of this crate.
pub type DbResult<T> = Result<T, DbError>;

/// What can go wrong with a statement.
#[derive(Debug, thiserror::Error)]
pub enum DbError {
    /// The database does not answer; the same may succeed later.
    #[error("the database does not answer: {0}")]
    Away(#[source] sqlx::Error),
    /// A named constraint refused the row.
    #[error("the constraint {constraint} refused the change")]
    Constraint {
        /// Its name, which is part of this crate's interface.
        constraint: String,
        /// What the database said.
        #[source]
        source: sqlx::Error,
    },
    /// A row holds something that the domain does not know.
    #[error("the column {table}.{column} of row {row} holds {value:?}, which is not understood")]
    Inconsistent {
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
        /// The row.
        row: Uuid,
        /// What it holds.
        value: String,
    },
    /// The migrations could not be applied.
    #[error("the schema cannot be brought up to date: {0}")]
    Migration(#[source] sqlx::migrate::MigrateError),
    /// Any other error of the database.
    #[error("the database refused a statement: {0}")]
    Statement(#[source] sqlx::Error),
}

impl DbError {
    /// The constraint that refused the row, if one did.
    #[must_use]
    pub fn constraint(&self) -> Option<&str> {
        match self {
            Self::Constraint { constraint, .. } => Some(constraint),
            Self::Away(_) | Self::Inconsistent { .. } | Self::Migration(_) | Self::Statement(_) => None,
        }
    }

    /// Whether the same statement may succeed later without anyone's help.
    #[must_use]
    pub fn is_away(&self) -> bool {
        matches!(self, Self::Away(_))
    }

    /// Whether a transaction that failed like this may succeed when it is repeated at once or a little later: the database
    /// is away, or somebody else was in the way (deadlock, serialization, a lock or a transaction that took too long).
    #[must_use]
    pub fn may_pass(&self) -> bool {
        match self {
            Self::Away(_) => true,
            Self::Statement(sqlx::Error::Database(refusal)) => refusal
                .code()
                .is_some_and(|code| code.starts_with("40") || matches!(&*code, "55P03" | "57014" | "25P03" | "25P04")),
            Self::Statement(_) | Self::Constraint { .. } | Self::Inconsistent { .. } | Self::Migration(_) => false,
        }
    }

    /// A text that its enum does not know.
    #[must_use]
    pub fn inconsistent(table: &'static str, column: &'static str, row: Uuid, value: &str) -> Self {
        Self::Inconsistent { table, column, row, value: value.to_owned() }
    }
}

impl From<sqlx::Error> for DbError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed
            | sqlx::Error::Protocol(_) => Self::Away(error),
            sqlx::Error::Database(refusal) => {
                // Classes 57P (server shutting down, crash), 08 (connection), 53 (out of resources).
                let code = refusal.code().unwrap_or_default().into_owned();
                if code.starts_with("57P") || code.starts_with("08") || code.starts_with("53") {
                    return Self::Away(error);
                }
                match refusal.constraint().map(str::to_owned) {
                    Some(constraint) => Self::Constraint { constraint, source: error },
                    None => Self::Statement(error),
                }
            }
            _ => Self::Statement(error),
        }
    }
}

impl From<sqlx::migrate::MigrateError> for DbError {
    fn from(error: sqlx::migrate::MigrateError) -> Self {
        Self::Migration(error)
    }
}

/// Reads a text column as one of the domain's enums.
pub(crate) fn parse<T: std::str::FromStr>(
    table: &'static str,
    column: &'static str,
    row: Uuid,
    text: &str,
) -> DbResult<T> {
    text.parse().map_err(|_| DbError::inconsistent(table, column, row, text))
}

/// The same for a column that may be null.
pub(crate) fn parse_optional<T: std::str::FromStr>(
    table: &'static str,
    column: &'static str,
    row: Uuid,
    text: Option<&str>,
) -> DbResult<Option<T>> {
    text.map(|text| parse(table, column, row, text)).transpose()
}
