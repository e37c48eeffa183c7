//! The desktop as a host of the command list: native dialogs, keyring, settings file, embedded database, windows. Owns
//! no rule of the product.

use std::{
    env,
    ffi::OsString,
    io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use callboard_contract::{ErrorCode, FilePurpose, HostKind, IpcError, SavedFile};
use callboard_engine::host::{DatabaseChoice, Host, HostAbilities, SecretName, SharedDatabase, no_embedded_database};
use callboard_postgres::Kept;
use futures_util::future::BoxFuture;
use secrecy::SecretString;
use tauri::{AppHandle, Runtime};
use tracing::{error, info, warn};
use uuid::Uuid;

use crate::{
    dialogs,
    folder::DataFolder,
    secrets::Secrets,
    settings::{SettingsFile, SharedPlace},
    windows,
    words::{Language, Words},
};

/// Names a folder into which files are saved without asking. For automation: a native dialog cannot be driven.
const SAVE_FOLDER: &str = "CALLBOARD_SAVE_DIR";

/// The desktop.
pub struct DesktopHost<R: Runtime> {
    app: AppHandle<R>,
    folder: Arc<DataFolder>,
    settings: SettingsFile,
    secrets: Secrets,
    database: Kept,
    language: Mutex<Language>,
}

impl<R: Runtime> DesktopHost<R> {
    /// A desktop on a data folder, with `PostgreSQL`'s programs.
    pub fn new(app: AppHandle<R>, folder: Arc<DataFolder>, secrets: Secrets, programs: PathBuf) -> Self {
        Self {
            settings: SettingsFile::in_folder(folder.path()),
            database: Kept::owned(callboard_postgres::Config::new(programs, folder.path().join("database"))),
            language: Mutex::new(Language::of_session()),
            app,
            folder,
            secrets,
        }
    }

    /// What is remembered between two starts.
    pub fn settings(&self) -> &SettingsFile {
        &self.settings
    }

    /// The words of the native dialogs.
    pub fn words(&self) -> &'static Words {
        self.language.lock().unwrap_or_else(PoisonError::into_inner).words()
    }

    /// Speaks this language from now on.
    pub fn speak(&self, language: Language) {
        *self.language.lock().unwrap_or_else(PoisonError::into_inner) = language;
    }

    /// Stops the embedded database, when it was started.
    pub async fn stop_database(&self) {
        self.database.stop().await;
    }

    async fn choice(&self) -> Result<DatabaseChoice, IpcError> {
        let settings = self.settings.read().map_err(|error| {
            warn!(%error, "The settings cannot be read");
            IpcError::refusal(
                ErrorCode::DatabaseRefused,
                format!("The settings cannot be read: {error}. Mend or delete the file."),
            )
            .with("reason", "other")
        })?;
        let Some(place) = settings.shared_database else {
            return Ok(DatabaseChoice::Embedded);
        };
        // Without a keyring the password of the last run is gone; the database then refuses, and the person enters it again.
        let password = self.secrets.get(SecretName::DatabasePassword).await?.unwrap_or_default();
        let SharedPlace { host, port, database, user, require_tls, ca_file } = place;
        Ok(DatabaseChoice::Shared(SharedDatabase { host, port, database, user, password, require_tls, ca_file }))
    }

    async fn remember(&self, choice: DatabaseChoice) -> Result<(), IpcError> {
        let place = match choice {
            DatabaseChoice::Embedded => None,
            DatabaseChoice::Shared(SharedDatabase { host, port, database, user, password, require_tls, ca_file }) => {
                self.secrets.set(SecretName::DatabasePassword, password).await?;
                Some(SharedPlace { host, port, database, user, require_tls, ca_file })
            }
        };
        self.settings.change(|settings| settings.shared_database = place).map_err(|error| not_written(&error))
    }

    async fn save(&self, file_name: &str, content: Vec<u8>) -> Result<SavedFile, IpcError> {
        let name = plain_name(file_name);
        let path = if let Some(folder) = env::var_os(SAVE_FOLDER) {
            Some(Path::new(&folder).join(&name))
        } else {
            dialogs::choose_place(&self.app, self.words(), name.to_string_lossy().into_owned()).await
        };
        let Some(path) = path else {
            return Ok(SavedFile { file_name: file_name.to_owned(), path: None, content_base64: None });
        };
        tokio::fs::write(&path, content).await.map_err(|error| not_written(&error))?;
        info!("A file was saved");
        let file_name = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        Ok(SavedFile { file_name, path: Some(path.display().to_string()), content_base64: None })
    }
}

impl<R: Runtime> Host for DesktopHost<R> {
    fn abilities(&self) -> HostAbilities {
        HostAbilities { kind: HostKind::Desktop, native_files: true, windows: true, keyring: self.secrets.last() }
    }

    fn database_choice(&self) -> BoxFuture<'_, Result<DatabaseChoice, IpcError>> {
        Box::pin(self.choice())
    }

    fn remember_database(&self, choice: DatabaseChoice) -> BoxFuture<'_, Result<(), IpcError>> {
        Box::pin(self.remember(choice))
    }

    fn embedded_database(&self) -> BoxFuture<'_, Result<(SecretString, String), IpcError>> {
        Box::pin(async {
            let url = self.database.url().await.map_err(|error| {
                error!(%error, "The embedded database is not available");
                no_embedded_database(error.to_string(), error.may_pass())
            })?;
            Ok((url.into(), self.database.folder().display().to_string()))
        })
    }

    fn secret(&self, name: SecretName) -> BoxFuture<'_, Result<Option<SecretString>, IpcError>> {
        Box::pin(self.secrets.get(name))
    }

    fn store_secret(&self, name: SecretName, value: SecretString) -> BoxFuture<'_, Result<(), IpcError>> {
        Box::pin(self.secrets.set(name, value))
    }

    fn pick_file(&self, purpose: FilePurpose) -> BoxFuture<'_, Result<Option<PathBuf>, IpcError>> {
        Box::pin(async move { Ok(dialogs::pick_file(&self.app, self.words(), purpose).await) })
    }

    fn uploaded_file(&self, _upload: Uuid) -> BoxFuture<'_, Result<PathBuf, IpcError>> {
        Box::pin(async {
            Err(IpcError::refusal(ErrorCode::NotFound, "The desktop reads files where they are; it takes no uploads."))
        })
    }

    fn may_read_paths(&self) -> bool {
        true
    }

    fn save_file<'a>(&'a self, file_name: &'a str, content: Vec<u8>) -> BoxFuture<'a, Result<SavedFile, IpcError>> {
        Box::pin(self.save(file_name, content))
    }

    fn open_campaign_window(&self, company: Uuid, campaign: Uuid) -> BoxFuture<'_, Result<(), IpcError>> {
        Box::pin(async move { windows::open_campaign(&self.app, &self.folder, company, campaign) })
    }
}

/// A proposed name is only a name: it must not lead out of the folder that the person chooses.
fn plain_name(file_name: &str) -> OsString {
    Path::new(file_name).file_name().map_or_else(|| OsString::from("callboard.csv"), ToOwned::to_owned)
}

fn not_written(error: &io::Error) -> IpcError {
    warn!(%error, "A file could not be written");
    IpcError::refusal(ErrorCode::NotAllowed, format!("The file could not be written: {error}."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proposed_name_does_not_lead_to_another_folder() {
        assert_eq!(plain_name("rejects.csv"), "rejects.csv");
        assert_eq!(plain_name("../../etc/passwd"), "passwd");
        assert_eq!(plain_name(".."), "callboard.csv");
    }
}
