//! A server that somebody may use: started and owned by us, or owned by another process of this user and only visited.

use std::{
    io,
    path::PathBuf,
    thread,
    time::{Duration, Instant},
};

use tokio::{task, time::timeout};
use tracing::info;

use crate::{
    Config, Connection, Error,
    address::Address,
    claim::{self, Claim},
    cluster,
    folder::Folder,
    os::{self, End},
    postmaster::{self, PidFile, Postmaster},
    programs::Programs,
};

/// How long an answer is waited for.
const PATIENCE: Duration = Duration::from_secs(5);

/// Whose server it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// This process started it and ends it.
    Owner,
    /// Another process did; it goes when that one goes.
    Guest,
}

/// A database server that accepts connections. Dropping an owned one tells it to end without waiting for that.
#[derive(Debug)]
pub struct Server {
    connection: Connection,
    pid: u32,
    cluster: PathBuf,
    owned: Option<Owned>,
}

/// What only the owner has.
#[derive(Debug)]
struct Owned {
    folder: Folder,
    programs: Programs,
    /// Taken when it is stopped.
    postmaster: Option<Postmaster>,
    stop_timeout: Duration,
}

/// Starts the server on a folder, making the database first if there is none.
///
/// A server left behind by an owner that died is ended first. A process that is just stopping its server is waited for.
///
/// # Errors
/// [`Error::AlreadyRunning`] if another living process owns the server on this folder; see [`start_or_attach`].
pub async fn start(config: Config) -> Result<Server, Error> {
    blocking(move || {
        let folder = Folder::open(&config.data_dir)?;
        let claim = Claim::take(&folder, config.stop_timeout)?;
        own(&config, folder, claim)
    })
    .await
}

/// Like [`start`], but uses the server of another living process if there is one, waiting until it is ready.
pub async fn start_or_attach(config: Config) -> Result<Server, Error> {
    blocking(move || {
        let started = Instant::now();
        let folder = Folder::open(&config.data_dir)?;
        loop {
            let refused = match Claim::try_take(&folder) {
                Ok(claim) => return own(&config, folder, claim),
                Err(refused @ Error::AlreadyRunning { .. }) => refused,
                Err(error) => return Err(error),
            };
            if let Some(server) = visit(&folder)? {
                return Ok(server);
            }
            if started.elapsed() > config.start_timeout {
                return Err(refused);
            }
            thread::sleep(Duration::from_millis(20));
        }
    })
    .await
}

fn own(config: &Config, folder: Folder, claim: Claim) -> Result<Server, Error> {
    let started = Instant::now();
    let programs = Programs::find(&config.install_dir, &folder)?;
    postmaster::end_leftover(&folder, &programs, config.stop_timeout)?;
    let password = cluster::ensure(&folder, &programs)?;
    let address = Address::choose(&folder)?;
    let postmaster = Postmaster::start(config, &folder, &programs, claim, &address)?.wait_until_ready(
        &folder,
        &programs,
        config.start_timeout,
    )?;
    let pid = postmaster.pid();
    let start_ms = started.elapsed().as_millis();
    info!(postgres.pid = pid, start_ms, "The database is ready after {start_ms} ms");
    Ok(Server {
        connection: connection(address, password),
        pid,
        cluster: folder.cluster(),
        owned: Some(Owned { folder, programs, postmaster: Some(postmaster), stop_timeout: config.stop_timeout }),
    })
}

/// The server that the folder's owner runs, if it is ready.
fn visit(folder: &Folder) -> Result<Option<Server>, Error> {
    let cluster = folder.cluster();
    let Some(file) = PidFile::read(&cluster).filter(|file| file.ready && os::is_server_on(file.pid, &cluster)) else {
        return Ok(None);
    };
    let Some(password) = cluster::read_password(folder)? else {
        return Ok(None);
    };
    info!(postgres.pid = file.pid, "Using the database server of the Callboard that is already open");
    Ok(Some(Server { connection: connection(file.address, password), pid: file.pid, cluster, owned: None }))
}

fn connection(address: Address, password: String) -> Connection {
    Connection {
        host: address.host().to_owned(),
        socket_dir: address.socket_dir,
        port: address.port,
        user: cluster::USER.to_owned(),
        password,
        database: cluster::DATABASE.to_owned(),
    }
}

impl Server {
    /// How to connect.
    #[must_use]
    pub fn connection(&self) -> &Connection {
        &self.connection
    }

    /// Whose server it is.
    #[must_use]
    pub fn role(&self) -> Role {
        if self.owned.is_some() { Role::Owner } else { Role::Guest }
    }

    /// The server's process id.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.pid
    }

    /// Ends when the server has ended without being stopped: killed, or, for a guest, stopped by its owner. Says how it
    /// ended as far as that is known. Starting again repairs what there is to repair.
    pub async fn ended(&self) -> String {
        if let Some(postmaster) = self.owned.as_ref().and_then(|owned| owned.postmaster.as_ref()) {
            let mut exit = postmaster.exit();
            return match exit.wait_for(Option::is_some).await {
                Ok(status) => status.clone().unwrap_or_default(),
                Err(_) => "unknown".to_owned(),
            };
        }
        while os::is_server_on(self.pid, &self.cluster) {
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        "ended by its owner".to_owned()
    }

    /// Whether the server accepts connections. A slow answer counts as one: the machine may be busy.
    pub async fn answers(&self) -> bool {
        !matches!(timeout(PATIENCE, self.connection.greet()).await, Ok(Err(_)))
    }

    /// Ends the server and waits for it; close the connection pools first. A guest just leaves.
    pub async fn stop(mut self) -> Result<(), Error> {
        let Some(mut owned) = self.owned.take() else {
            return Ok(());
        };
        let Some(postmaster) = owned.postmaster.take() else {
            return Ok(());
        };
        blocking(move || {
            let started = Instant::now();
            // Only a courtesy to a process that waits for the folder; ending the server matters more.
            let _ = claim::announce_leaving(&owned.folder);
            postmaster.stop(&owned.programs, owned.stop_timeout)?;
            let stop_ms = started.elapsed().as_millis();
            info!(stop_ms, "The database was closed in {stop_ms} ms");
            Ok(())
        })
        .await
    }
}

impl Drop for Owned {
    fn drop(&mut self) {
        if let Some(postmaster) = &self.postmaster {
            let _ = claim::announce_leaving(&self.folder);
            postmaster.tell_to_end(End::Fast, &self.programs);
        }
    }
}

/// Everything here waits for files and processes, which must not hold up the async tasks beside it.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T, Error> + Send + 'static) -> Result<T, Error> {
    match task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(failed) => match failed.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            // Only a runtime that is shutting down cancels.
            Err(cancelled) => Err(Error::Io {
                action: "finish its work on",
                path: PathBuf::from("the database"),
                source: io::Error::other(cancelled),
            }),
        },
    }
}
