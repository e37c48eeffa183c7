//! The embedded database of this desk. Owns the running server: one per data folder, started when it is first asked
//! for, started again when it was killed, stopped at the end.

use std::path::PathBuf;

use callboard_contract::{ErrorCode, IpcError};
use callboard_postgres::{Config, Error, Server};
use futures_util::FutureExt;
use secrecy::SecretString;
use tokio::sync::Mutex;
use tracing::{error, warn};

/// The embedded database.
#[derive(Debug)]
pub struct Embedded {
    config: Config,
    server: Mutex<Option<Server>>,
}

impl Embedded {
    /// `PostgreSQL` from `programs` on the data in `folder`; nothing is started yet.
    #[must_use]
    pub fn new(programs: PathBuf, folder: PathBuf) -> Self {
        Self { config: Config::new(programs, folder), server: Mutex::default() }
    }

    /// Starts the server when it is not running; its connection URL and its folder.
    ///
    /// # Errors
    /// Why there is no database, in words for the person.
    pub async fn start(&self) -> Result<(SecretString, String), IpcError> {
        let mut held = self.server.lock().await;
        if let Some(server) = held.as_ref()
            && let Some(status) = server.ended().now_or_never()
        {
            warn!(status, "The database's server has ended by itself and is started again");
            *held = None;
        }
        let server = match held.take() {
            Some(server) => server,
            None => callboard_postgres::start(self.config.clone()).await.map_err(|error| refused(&error))?,
        };
        let url = SecretString::from(server.connection().url());
        *held = Some(server);
        Ok((url, self.config.data_dir.display().to_string()))
    }

    /// Stops the server; connections must be closed before.
    pub async fn stop(&self) {
        if let Some(server) = self.server.lock().await.take()
            && let Err(error) = server.stop().await
        {
            error!(%error, "The database's server did not stop in order; it repairs its files at the next start");
        }
    }
}

fn refused(error: &Error) -> IpcError {
    error!(%error, "The embedded database is not available");
    let code = match error {
        // It may only need more time to repair its files.
        Error::StartTimeout { .. } => ErrorCode::DatabaseAway,
        _ => ErrorCode::DatabaseRefused,
    };
    IpcError { retryable: code == ErrorCode::DatabaseAway, ..IpcError::refusal(code, error.to_string()) }
        .with("reason", "other")
}
