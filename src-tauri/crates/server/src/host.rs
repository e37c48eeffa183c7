//! The server as a host of the command list: configured database, uploads instead of paths, content instead of files.
//! Owns the embedded database of a data folder while it runs; refuses windows, dialogs and a change of the database.

use std::{
    collections::HashMap,
    env,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use callboard_contract::{ErrorCode, FilePurpose, HostKind, IpcError, SavedFile};
use callboard_engine::host::{DatabaseChoice, Host, HostAbilities, SecretName, no_embedded_database};
use callboard_postgres::Kept;
use futures_util::future::BoxFuture;
use secrecy::{ExposeSecret, SecretString};
use tracing::error;
use uuid::Uuid;

use crate::{
    config::{Config, Database, PROGRAMS},
    http::Uploads,
};

/// Where requests find their files.
pub enum Files {
    /// The command line: by path, it has the rights of the person who typed it.
    Paths,
    /// HTTP: only what was uploaded.
    Uploads(Arc<Uploads>),
}

/// A process without a screen.
pub struct ServerHost {
    database: Database,
    /// None without a folder, or without PostgreSQL's programs.
    embedded: Option<Kept>,
    /// From the configuration, and what was entered since; the latter is gone when the process ends.
    secrets: Mutex<HashMap<SecretName, SecretString>>,
    files: Files,
}

impl ServerHost {
    /// A host with this configuration.
    #[must_use]
    pub fn new(config: Config, files: Files) -> Self {
        // A desk or another server may have the folder open already: then this process uses its database.
        let keep = |folder: &PathBuf| {
            Some(Kept::shared(callboard_postgres::Config::new(programs()?, folder.join("database"))))
        };
        Self {
            embedded: if let Database::Embedded(folder) = &config.database { keep(folder) } else { None },
            database: config.database,
            secrets: Mutex::new(config.secrets),
            files,
        }
    }

    /// Stops the embedded database, when this process runs it.
    pub async fn stop_database(&self) {
        if let Some(embedded) = &self.embedded {
            embedded.stop().await;
        }
    }

    async fn start(&self) -> Result<(SecretString, String), IpcError> {
        match &self.database {
            Database::Embedded(_) => {}
            Database::Socket(url, place) => return Ok((url.clone(), place.clone())),
            Database::Shared(_) => return Err(not_here("A server uses the database that it is configured with.")),
        }
        let Some(embedded) = &self.embedded else {
            let why = format!("PostgreSQL's programs were not found. Name their folder in {PROGRAMS}.");
            return Err(no_embedded_database(why, false));
        };
        let url = embedded.url().await.map_err(|error| {
            error!(%error, "The embedded database is not available");
            no_embedded_database(error.to_string(), error.may_pass())
        })?;
        Ok((url.into(), embedded.folder().display().to_string()))
    }

    fn secrets(&self) -> std::sync::MutexGuard<'_, HashMap<SecretName, SecretString>> {
        // The map is whole at every moment: a panic elsewhere cannot leave half an entry.
        self.secrets.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The folder from the environment, or the one that is installed with the desktop application.
fn programs() -> Option<PathBuf> {
    if let Some(folder) = env::var_os(PROGRAMS).filter(|folder| !folder.is_empty()) {
        return std::path::absolute(folder).ok();
    }
    let beside = env::current_exe().ok()?.parent()?.join("postgres");
    [beside, PathBuf::from("/usr/lib/Callboard/postgres")].into_iter().find(|folder| folder.is_dir())
}

fn not_here(message: &str) -> IpcError {
    IpcError::refusal(ErrorCode::NotAllowed, message)
}

impl Host for ServerHost {
    fn abilities(&self) -> HostAbilities {
        HostAbilities { kind: HostKind::Server, native_files: false, windows: false, keyring: false }
    }

    fn database_choice(&self) -> BoxFuture<'_, Result<DatabaseChoice, IpcError>> {
        let choice = match &self.database {
            Database::Shared(shared) => DatabaseChoice::Shared(shared.clone()),
            Database::Socket(..) | Database::Embedded(_) => DatabaseChoice::Embedded,
        };
        Box::pin(async { Ok(choice) })
    }

    fn remember_database(&self, _choice: DatabaseChoice) -> BoxFuture<'_, Result<(), IpcError>> {
        Box::pin(async { Err(not_here("A server's database is chosen in its configuration, not from a window.")) })
    }

    fn embedded_database(&self) -> BoxFuture<'_, Result<(SecretString, String), IpcError>> {
        Box::pin(self.start())
    }

    fn secret(&self, name: SecretName) -> BoxFuture<'_, Result<Option<SecretString>, IpcError>> {
        let secret = self.secrets().get(&name).cloned();
        Box::pin(async { Ok(secret) })
    }

    fn store_secret(&self, name: SecretName, value: SecretString) -> BoxFuture<'_, Result<(), IpcError>> {
        if value.expose_secret().is_empty() {
            self.secrets().remove(&name);
        } else {
            self.secrets().insert(name, value);
        }
        Box::pin(async { Ok(()) })
    }

    fn pick_file(&self, _purpose: FilePurpose) -> BoxFuture<'_, Result<Option<PathBuf>, IpcError>> {
        Box::pin(async { Err(not_here("A server has no dialogs; upload the file.")) })
    }

    fn uploaded_file(&self, upload: Uuid) -> BoxFuture<'_, Result<PathBuf, IpcError>> {
        let path = match &self.files {
            Files::Paths => None,
            Files::Uploads(uploads) => uploads.path(upload),
        };
        let unknown = || IpcError::refusal(ErrorCode::NotFound, "The uploaded file is gone. Send it again.");
        Box::pin(async move { path.ok_or_else(unknown) })
    }

    fn may_read_paths(&self) -> bool {
        matches!(self.files, Files::Paths)
    }

    fn save_file<'a>(&'a self, file_name: &'a str, content: Vec<u8>) -> BoxFuture<'a, Result<SavedFile, IpcError>> {
        Box::pin(async move {
            let content_base64 = Some(BASE64_STANDARD.encode(content));
            Ok(SavedFile { file_name: file_name.to_owned(), path: None, content_base64 })
        })
    }

    fn open_campaign_window(&self, _company: Uuid, _campaign: Uuid) -> BoxFuture<'_, Result<(), IpcError>> {
        Box::pin(async { Err(not_here("A server has no windows; open the campaign in a new tab.")) })
    }
}
