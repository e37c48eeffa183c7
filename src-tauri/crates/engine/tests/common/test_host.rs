//! A host with secrets in memory and files by path; everything else it refuses.

use std::{
    collections::HashMap,
    path::PathBuf,
    sync::{Mutex, PoisonError},
};

use callboard_contract::{ErrorCode, FilePurpose, HostKind, IpcError, SavedFile};
use callboard_engine::host::{DatabaseChoice, Host, HostAbilities, SecretName};
use futures_util::future::BoxFuture;
use secrecy::SecretString;
use uuid::Uuid;

/// Secrets in memory.
#[derive(Default)]
pub struct TestHost(Mutex<HashMap<SecretName, SecretString>>);

fn refuse<T: Send + 'static>() -> BoxFuture<'static, Result<T, IpcError>> {
    Box::pin(async { Err(IpcError::refusal(ErrorCode::NotAllowed, "A test has no such thing.")) })
}

impl Host for TestHost {
    fn abilities(&self) -> HostAbilities {
        HostAbilities { kind: HostKind::Server, native_files: true, windows: false, keyring: false }
    }

    fn database_choice(&self) -> BoxFuture<'_, Result<DatabaseChoice, IpcError>> {
        refuse()
    }

    fn remember_database(&self, _choice: DatabaseChoice) -> BoxFuture<'_, Result<(), IpcError>> {
        refuse()
    }

    fn embedded_database(&self) -> BoxFuture<'_, Result<(SecretString, String), IpcError>> {
        refuse()
    }

    fn secret(&self, name: SecretName) -> BoxFuture<'_, Result<Option<SecretString>, IpcError>> {
        let found = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&name).cloned();
        Box::pin(async { Ok(found) })
    }

    fn store_secret(&self, name: SecretName, value: SecretString) -> BoxFuture<'_, Result<(), IpcError>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(name, value);
        Box::pin(async { Ok(()) })
    }

    fn pick_file(&self, _purpose: FilePurpose) -> BoxFuture<'_, Result<Option<PathBuf>, IpcError>> {
        refuse()
    }

    fn uploaded_file(&self, _upload: Uuid) -> BoxFuture<'_, Result<PathBuf, IpcError>> {
        refuse()
    }

    fn may_read_paths(&self) -> bool {
        true
    }

    fn save_file<'a>(&'a self, _file_name: &'a str, _content: Vec<u8>) -> BoxFuture<'a, Result<SavedFile, IpcError>> {
        refuse()
    }

    fn open_campaign_window(&self, _company: Uuid, _campaign: Uuid) -> BoxFuture<'_, Result<(), IpcError>> {
        refuse()
    }
}
