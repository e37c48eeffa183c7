//! Secrets in the operating system's keyring. Owns the decision whether there is one: without it secrets live in
//! memory until the program ends, and the user interface says so. Refuses to write a secret into a file.

use std::{
    collections::HashMap,
    path::Path,
    sync::{Arc, Mutex, OnceLock, PoisonError, mpsc},
    thread,
    time::Duration,
};

use callboard_contract::{ErrorCode, IpcError};
use callboard_engine::host::SecretName;
use keyring::{Entry, Error};
use secrecy::{ExposeSecret, SecretString};
use tracing::{info, warn};

/// A keyring that has not answered by then is not there for us.
const PATIENCE: Duration = Duration::from_secs(3);

/// The keyring, or memory.
#[derive(Clone)]
pub struct Secrets {
    /// Separates the secrets of several data folders.
    service: Arc<str>,
    usable: Arc<OnceLock<bool>>,
    memory: Arc<Mutex<HashMap<SecretName, SecretString>>>,
}

impl Secrets {
    /// Looks for the keyring in the background; `folder` is the data folder when it is not the usual one.
    #[must_use]
    pub fn open(folder: Option<&Path>) -> Self {
        let service = folder.map_or_else(
            || "dev.callboard.desktop".to_owned(),
            |folder| format!("dev.callboard.desktop {}", folder.display()),
        );
        let secrets = Self { service: service.into(), usable: Arc::default(), memory: Arc::default() };
        let probe = secrets.clone();
        thread::spawn(move || {
            // The question may hang in the session's bus or in a dialog that nobody answers.
            let (sender, answer) = mpsc::channel();
            let service = probe.service.clone();
            thread::spawn(move || sender.send(answers(&service)));
            let usable = answer.recv_timeout(PATIENCE).unwrap_or(false);
            info!(usable, "The keyring was looked for");
            // Set once: this thread is the only one that does.
            probe.usable.set(usable).ok();
        });
        secrets
    }

    /// Whether secrets survive the end of the program.
    #[must_use]
    pub fn last(&self) -> bool {
        *self.usable.wait()
    }

    /// A stored secret.
    ///
    /// # Errors
    /// When there is a keyring and it refuses.
    pub async fn get(&self, name: SecretName) -> Result<Option<SecretString>, IpcError> {
        let secrets = self.clone();
        blocking(move || {
            if let Some(secret) = secrets.memory().get(&name).cloned() {
                return Ok(Some(secret));
            }
            if !secrets.last() {
                return Ok(None);
            }
            match Entry::new(&secrets.service, &name.entry()).and_then(|entry| entry.get_password()) {
                Ok(secret) => Ok(Some(SecretString::from(secret))),
                Err(Error::NoEntry) => Ok(None),
                Err(error) => Err(refused(&error)),
            }
        })
        .await
    }

    /// Stores a secret; an empty one is forgotten.
    ///
    /// # Errors
    /// When there is a keyring and it refuses.
    pub async fn set(&self, name: SecretName, value: SecretString) -> Result<(), IpcError> {
        let secrets = self.clone();
        blocking(move || {
            if secrets.last() {
                let entry = Entry::new(&secrets.service, &name.entry()).map_err(|error| refused(&error))?;
                let done = if value.expose_secret().is_empty() {
                    entry.delete_credential()
                } else {
                    entry.set_password(value.expose_secret())
                };
                return match done {
                    Ok(()) | Err(Error::NoEntry) => Ok(()),
                    Err(error) => Err(refused(&error)),
                };
            }
            if value.expose_secret().is_empty() {
                secrets.memory().remove(&name);
            } else {
                secrets.memory().insert(name, value);
            }
            Ok(())
        })
        .await
    }

    fn memory(&self) -> std::sync::MutexGuard<'_, HashMap<SecretName, SecretString>> {
        // The map is whole at every moment: a panic elsewhere cannot leave half an entry.
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether the keyring finds things, or at least says that there is nothing.
fn answers(service: &str) -> bool {
    match Entry::new(service, "probe").and_then(|entry| entry.get_password()) {
        Ok(_) | Err(Error::NoEntry) => true,
        Err(error) => {
            info!(%error, "The keyring does not answer");
            false
        }
    }
}

/// The keyring's client waits for the session's bus, so it gets a thread of its own.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, IpcError> + Send + 'static,
) -> Result<T, IpcError> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|error| {
        Err(IpcError::refusal(ErrorCode::KeyringUnavailable, format!("The keyring broke off: {error}.")))
    })
}

fn refused(error: &Error) -> IpcError {
    warn!(%error, "The keyring refused");
    IpcError::refusal(
        ErrorCode::KeyringUnavailable,
        format!("The operating system's keyring refused: {error}. Unlock it and try again."),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn without_keyring() -> Secrets {
        let usable = OnceLock::new();
        usable.set(false).expect("it is new");
        Secrets { service: "test".into(), usable: Arc::new(usable), memory: Arc::default() }
    }

    #[tokio::test]
    async fn without_a_keyring_secrets_live_in_memory() {
        let secrets = without_keyring();
        let name = SecretName::DatabasePassword;
        assert!(secrets.get(name).await.expect("memory answers").is_none());
        secrets.set(name, "s3cr3t".to_owned().into()).await.expect("memory takes it");
        let found = secrets.get(name).await.expect("memory answers").expect("it was stored");
        assert_eq!(found.expose_secret(), "s3cr3t");
        assert!(!secrets.last(), "the user interface must say that they will be gone");
    }
}
