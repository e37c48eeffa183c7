//! The folder that belongs to the database: what lies where in it, and that nobody else can look inside. Refuses a folder
//! with foreign contents, because it closes the folder and, as root, gives it away.

use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

use crate::{
    error::{Attempting, Error},
    os::{self, User},
};

#[derive(Debug)]
pub(crate) struct Folder {
    root: PathBuf,
    user: Option<User>,
}

impl Folder {
    /// Makes the folder, or accepts one that is empty or already ours.
    pub(crate) fn open(path: &Path) -> Result<Self, Error> {
        let user = User::instead_of_root(path);
        match fs::read_dir(path) {
            Ok(entries) => {
                let names: Vec<_> = entries.filter_map(Result::ok).map(|entry| entry.file_name()).collect();
                if !names.is_empty() && !names.iter().any(|name| name == "lock") {
                    return Err(Error::NotOurFolder { folder: path.to_owned() });
                }
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                if let Some(parent) = path.parent() {
                    fs::create_dir_all(parent).attempting("create the folder", parent)?;
                }
            }
            Err(error) => return Err(error).attempting("look into the folder", path),
        }
        os::private_dir(path, user).attempting("create the private folder", path)?;
        let root = fs::canonicalize(path).attempting("find the folder", path)?;
        os::check_reachable(&root, user)?;
        Ok(Self { root, user })
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// Whom PostgreSQL runs as, if not as ourselves.
    pub(crate) fn user(&self) -> Option<User> {
        self.user
    }

    /// PostgreSQL's cluster.
    pub(crate) fn cluster(&self) -> PathBuf {
        self.root.join("data")
    }

    /// A cluster that is being made. It gets its real name when it is whole.
    pub(crate) fn new_cluster(&self) -> PathBuf {
        self.root.join("data.new")
    }

    pub(crate) fn password(&self) -> PathBuf {
        self.root.join("password")
    }

    pub(crate) fn lock(&self) -> PathBuf {
        self.root.join("lock")
    }

    pub(crate) fn owner(&self) -> PathBuf {
        self.root.join("owner")
    }

    pub(crate) fn log(&self) -> PathBuf {
        self.root.join("log")
    }

    /// Replaces a private file in one step: after a power cut it has the old contents or the new.
    pub(crate) fn write_private(&self, path: &Path, contents: &str) -> Result<(), Error> {
        let new = path.with_extension("new");
        let write = || {
            let mut file = os::private_file(&new, self.user)?;
            file.write_all(contents.as_bytes())?;
            file.sync_all()?;
            fs::rename(&new, path)
        };
        write().attempting("write the file", path)
    }

    /// Makes renamed files last through a power cut.
    pub(crate) fn sync(&self) -> Result<(), Error> {
        if cfg!(unix) {
            fs::File::open(&self.root).and_then(|dir| dir.sync_all()).attempting("write out the folder", &self.root)?;
        }
        Ok(())
    }
}
