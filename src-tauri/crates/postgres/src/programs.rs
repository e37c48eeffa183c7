//! PostgreSQL's programs: where they are and in which surroundings they run.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use crate::{
    error::Error,
    folder::Folder,
    os::{self, End},
};

/// The major version that the app brings; a cluster of another one cannot be opened by it.
pub(crate) const MAJOR: &str = "18";

/// An install folder in which the programs were found.
#[derive(Debug)]
pub(crate) struct Programs {
    install: PathBuf,
}

impl Programs {
    pub(crate) fn find(install: &Path, folder: &Folder) -> Result<Self, Error> {
        let missing = |program: &Path| Error::ProgramMissing { program: program.to_owned() };
        let install = fs::canonicalize(install).map_err(|_| missing(install))?;
        for name in ["postgres", "initdb"] {
            let program = bin(&install, name);
            if !program.is_file() {
                return Err(missing(&program));
            }
            os::check_reachable(&program, folder.user())?;
        }
        Ok(Self { install })
    }

    /// A program that works on the folder, as PostgreSQL's user, and ends with the thread that starts it.
    pub(crate) fn on(&self, folder: &Folder, name: &str, end: End) -> Command {
        let mut command = self.bare(name);
        command.current_dir(folder.root());
        os::detach(&mut command, folder.user());
        os::tie_to_this_thread(&mut command, end);
        command
    }

    /// A program in clean surroundings.
    pub(crate) fn bare(&self, name: &str) -> Command {
        let mut command = Command::new(bin(&self.install, name));
        command.stdin(Stdio::null());
        // PGDATA, PGPORT, PGOPTIONS and their like are meant for another database.
        for (name, _) in env::vars_os().filter(|(name, _)| name.as_encoded_bytes().starts_with(b"PG")) {
            command.env_remove(name);
        }
        // Messages in English, so that a log can be understood by whoever is asked for help.
        command.env("LC_ALL", "C").env_remove("LANGUAGE");
        // The programs bring their own libpq. A path that an app bundle set for its own libraries is not for them.
        if cfg!(target_os = "linux") {
            command.env("LD_LIBRARY_PATH", self.install.join("lib"));
        }
        command
    }
}

fn bin(install: &Path, name: &str) -> PathBuf {
    install.join("bin").join(name).with_extension(env::consts::EXE_EXTENSION)
}
