//! The data folder: settings, database, log, the webview's storage. Owns where it is and that only one desk uses it.

use std::{
    env, fs, io,
    path::{Path, PathBuf},
};

use anyhow::Context;

/// Names another data folder than the usual one. Tests and second desks on one machine use it.
pub const OVERRIDE: &str = "CALLBOARD_DATA_DIR";

/// A data folder that belongs to this process until it ends.
#[derive(Debug)]
pub struct DataFolder {
    path: PathBuf,
    usual: bool,
    /// Locked; the operating system unlocks it when the process ends, however it ends.
    _lock: fs::File,
}

/// Why a data folder cannot be used.
#[derive(Debug)]
pub enum Unusable {
    /// Another desk uses this one.
    InUse(PathBuf),
    /// It cannot be made or entered.
    Failed(anyhow::Error),
}

impl DataFolder {
    /// Takes the folder of [`OVERRIDE`], or the usual one of this user.
    ///
    /// # Errors
    /// When another desk uses it, or it cannot be written.
    pub fn take() -> Result<Self, Unusable> {
        let chosen = env::var_os(OVERRIDE).filter(|folder| !folder.is_empty()).map(PathBuf::from);
        let usual = chosen.is_none();
        let path = chosen
            .or_else(|| {
                Some(directories::ProjectDirs::from("dev", "Callboard", "Callboard")?.data_local_dir().to_owned())
            })
            .ok_or_else(|| Unusable::Failed(anyhow::anyhow!("this user has no home folder; set {OVERRIDE}")))?;
        Self::lock(&path, usual)
    }

    fn lock(path: &Path, usual: bool) -> Result<Self, Unusable> {
        let open = || -> anyhow::Result<(PathBuf, fs::File)> {
            fs::create_dir_all(path).with_context(|| format!("the data folder {} cannot be made", path.display()))?;
            // PostgreSQL and the webview want a path that does not depend on where the program was started.
            let path = std::path::absolute(path)?;
            let lock = fs::OpenOptions::new()
                .create(true)
                .truncate(false)
                .write(true)
                .open(path.join("desk.lock"))
                .with_context(|| format!("the data folder {} cannot be written", path.display()))?;
            Ok((path, lock))
        };
        let (path, lock) = open().map_err(Unusable::Failed)?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { path, usual, _lock: lock }),
            Err(fs::TryLockError::WouldBlock) => Err(Unusable::InUse(path)),
            Err(fs::TryLockError::Error(error)) => Err(Unusable::Failed(io::Error::into(error))),
        }
    }

    /// The folder.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The folder when it is not the usual one of this user.
    #[must_use]
    pub fn unusual(&self) -> Option<&Path> {
        (!self.usual).then_some(self.path.as_path())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_belongs_to_one_desk_at_a_time() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("new");
        let first = DataFolder::lock(&path, false).expect("nobody uses it");
        assert!(matches!(DataFolder::lock(&path, false), Err(Unusable::InUse(open)) if open == path));
        drop(first);
        assert!(DataFolder::lock(&path, false).is_ok(), "the first desk has ended");
    }
}
