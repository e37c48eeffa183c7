//! A server that is there whenever it is asked for. Owns when it is started: at the first question, and again after it was
//! killed. Refuses to look by itself; who needs the database asks.

use std::{path::Path, time::Duration};

use tokio::{sync::Mutex, time::timeout};
use tracing::{error, info, warn};

use crate::{Config, Error, Role, Server, start, start_or_attach};

/// How long a server that turns connections away may take until its end is noticed.
const DYING: Duration = Duration::from_secs(5);

/// The embedded server of a process; nothing is started before it is asked for.
#[derive(Debug)]
pub struct Kept {
    config: Config,
    attaches: bool,
    server: Mutex<Option<Server>>,
}

impl Kept {
    /// The server of a process that owns its folder.
    #[must_use]
    pub fn owned(config: Config) -> Self {
        Self { config, attaches: false, server: Mutex::default() }
    }

    /// The server of a process that uses the one of another process when there is one on the folder.
    #[must_use]
    pub fn shared(config: Config) -> Self {
        Self { attaches: true, ..Self::owned(config) }
    }

    /// The folder of the database.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.config.data_dir
    }

    /// Starts the server when it is not running; its connection URL. A server that is there already is asked first: one
    /// that was killed a moment ago still has its socket, and whoever connected to it would be cut off.
    ///
    /// # Errors
    /// Why there is no server.
    pub async fn url(&self) -> Result<String, Error> {
        let mut held = self.server.lock().await;
        if let Some(status) = end_of(held.as_ref()).await {
            warn!(status, "The database's server has ended by itself and is started again");
            *held = None;
        }
        let server = match held.take() {
            Some(server) => server,
            None => self.start().await?,
        };
        Ok(held.insert(server).connection().url())
    }

    async fn start(&self) -> Result<Server, Error> {
        if !self.attaches {
            return start(self.config.clone()).await;
        }
        let server = start_or_attach(self.config.clone()).await?;
        if server.role() == Role::Guest {
            info!("Another Callboard runs this database");
        }
        Ok(server)
    }

    /// Stops the server when this process runs one; connections must be closed before.
    pub async fn stop(&self) {
        if let Some(server) = self.server.lock().await.take()
            && let Err(error) = server.stop().await
        {
            error!(%error, "The database's server did not stop in order; it repairs its files at the next start");
        }
    }
}

/// How a server ended, when it has. One that turns a connection away is about to; when it does not end after all, it has
/// other reasons, which whoever connects is told.
async fn end_of(server: Option<&Server>) -> Option<String> {
    let server = server?;
    tokio::select! {
        biased;
        status = server.ended() => Some(status),
        answers = server.answers() => if answers { None } else { timeout(DYING, server.ended()).await.ok() },
    }
}
