//! Who owns the server on a folder: the process that holds the lock on the file `lock`. The system drops the lock when
//! that process ends, however it ends, so a crash never locks a person out. The file `owner` only tells others whom to
//! blame; it decides nothing.

use std::{
    fs::{self, File, TryLockError},
    process, thread,
    time::{Duration, Instant},
};

use crate::{
    error::{Attempting, Error},
    folder::Folder,
    os,
};

const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// The right to run the server on a folder, for as long as this lives.
#[derive(Debug)]
pub(crate) struct Claim {
    _lock: File,
}

impl Claim {
    /// Takes the folder, waiting only for an owner that is about to leave: whoever closes Callboard and opens it again at
    /// once must not be told that it is still open.
    pub(crate) fn take(folder: &Folder, patience: Duration) -> Result<Self, Error> {
        let started = Instant::now();
        loop {
            match Self::try_take(folder) {
                Err(Error::AlreadyRunning { .. }) if is_leaving(folder) && started.elapsed() < patience => {
                    thread::sleep(LOOK_AGAIN);
                }
                answer => return answer,
            }
        }
    }

    pub(crate) fn try_take(folder: &Folder) -> Result<Self, Error> {
        let path = folder.lock();
        let lock = os::lock_file(&path, folder.user()).attempting("open the file", &path)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(Error::AlreadyRunning { folder: folder.root().to_owned(), pid: owner(folder) });
            }
            Err(TryLockError::Error(error)) => return Err(error).attempting("lock the file", &path),
        }
        folder.write_private(&folder.owner(), &format!("{}\n", process::id()))?;
        Ok(Self { _lock: lock })
    }
}

/// Tells a process that waits for the folder that it will not have to wait long.
pub(crate) fn announce_leaving(folder: &Folder) -> Result<(), Error> {
    folder.write_private(&folder.owner(), &format!("{}\nleaving\n", process::id()))
}

fn owner(folder: &Folder) -> Option<u32> {
    fs::read_to_string(folder.owner()).ok()?.lines().next()?.parse().ok()
}

fn is_leaving(folder: &Folder) -> bool {
    fs::read_to_string(folder.owner()).is_ok_and(|note| note.lines().nth(1) == Some("leaving"))
}
