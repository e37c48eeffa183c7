//! What can go wrong, each case with what happened and what the person in front of the screen can do about it.

use std::{
    io,
    path::{Path, PathBuf},
    time::Duration,
};

/// Why the embedded database is not available.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Another living process owns the server on this folder.
    #[error(
        "Callboard already runs on the database in {folder}{}. Use the one that is open, or close it first.",
        process(*pid), folder = folder.display()
    )]
    AlreadyRunning {
        /// The database's folder.
        folder: PathBuf,
        /// The owner's process id, if it left one.
        pid: Option<u32>,
    },

    /// PostgreSQL's programs are not where they should be.
    #[error(
        "PostgreSQL's program {program} is missing or cannot be run. Install Callboard again \
         (developers: src-tauri/scripts/stage-pg.sh).", program = program.display()
    )]
    ProgramMissing {
        /// The program looked for.
        program: PathBuf,
    },

    /// The folder has contents, and they are not ours.
    #[error(
        "The folder {folder} holds something that is not Callboard's database. Choose an empty folder.",
        folder = folder.display()
    )]
    NotOurFolder {
        /// The folder that was to hold the database.
        folder: PathBuf,
    },

    /// The cluster was made by another major version of PostgreSQL.
    #[error(
        "The database in {folder} was made by PostgreSQL {found}, this Callboard brings {expected}. Nothing was changed; \
         use the Callboard that made it, or choose another folder.", folder = folder.display()
    )]
    OtherVersion {
        /// The database's folder.
        folder: PathBuf,
        /// The version in the folder.
        found: String,
        /// The version of our programs.
        expected: &'static str,
    },

    /// Callboard runs as root and PostgreSQL, which refuses to, cannot get at a folder as the user it runs as instead.
    #[error(
        "PostgreSQL does not run as root, so it runs as the user with id {uid}, who may not enter {folder}. Run Callboard as \
         an ordinary user, or choose a folder outside of it.", folder = folder.display()
    )]
    Unreachable {
        /// The outermost folder, or the program, that is closed.
        folder: PathBuf,
        /// The user PostgreSQL would run as.
        uid: u32,
    },

    /// No folder for the Unix socket is both private and short enough.
    #[error(
        "The path of the folder {folder} is too long for a connection to the database, and no private folder for temporary \
         files was found. Choose a folder with a shorter path.", folder = folder.display()
    )]
    NoSocketFolder {
        /// The database's folder.
        folder: PathBuf,
    },

    /// The empty database could not be made.
    #[error(
        "The database could not be created in {folder}. Check that the disk is not full. PostgreSQL says: {output}",
        folder = folder.display()
    )]
    Create {
        /// The database's folder.
        folder: PathBuf,
        /// What PostgreSQL's program printed.
        output: String,
    },

    /// The server ended while it was starting.
    #[error("The database did not start ({status}). Its log, {log}, says: {output}", log = log.display())]
    Start {
        /// How the server ended.
        status: String,
        /// The folder of the logs.
        log: PathBuf,
        /// The last lines of the newest log.
        output: String,
    },

    /// The server was still starting when the patience ended.
    #[error(
        "The database was not ready after {} s and was stopped; it may have been repairing itself after a power cut. Try again. \
         Its log is in {log}.", waited.as_secs(), log = log.display()
    )]
    StartTimeout {
        /// The patience of [`crate::Config::start_timeout`].
        waited: Duration,
        /// The folder of the logs.
        log: PathBuf,
    },

    /// The server, ours or one left by an owner that died, does not end.
    #[error(
        "The database's server (process {pid}) does not end. End this process, or restart the computer, then open Callboard again."
    )]
    WillNotStop {
        /// The server's process id.
        pid: u32,
    },

    /// The operating system refused something.
    #[error("Callboard could not {action} {path}: {source}", path = path.display())]
    Io {
        /// What was tried, as a verb.
        action: &'static str,
        /// What it was tried on.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
}

fn process(pid: Option<u32>) -> String {
    pid.map_or_else(String::new, |pid| format!(" (process {pid})"))
}

impl Error {
    /// Whether it may only need more time, to repair its files.
    #[must_use]
    pub fn may_pass(&self) -> bool {
        matches!(self, Self::StartTimeout { .. })
    }
}

/// Adds what was tried, and on what, to an [`io::Error`], which says neither.
pub(crate) trait Attempting<T> {
    fn attempting(self, action: &'static str, path: &Path) -> Result<T, Error>;
}

impl<T> Attempting<T> for io::Result<T> {
    fn attempting(self, action: &'static str, path: &Path) -> Result<T, Error> {
        self.map_err(|source| Error::Io { action, path: path.to_owned(), source })
    }
}
