//! The few things that each operating system does its own way: who the server runs as, private folders, signals, and
//! telling our server from a stranger that got its process id. Everything unsafe of this crate is below here.

use std::{
    path::Path,
    thread,
    time::{Duration, Instant},
};

use crate::error::Error;

#[cfg(unix)]
mod unix;
#[cfg(unix)]
pub(crate) use unix::*;

#[cfg(windows)]
mod windows;
#[cfg(windows)]
pub(crate) use windows::*;

/// How a server is told to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// Disconnect everybody, write everything out, end.
    Fast,
    /// End at once; the next start repairs the files from the log.
    Immediate,
    /// No chance to do anything more: for a program that would clean up after itself in a folder that is ours again.
    Kill,
}

/// Waits until no process of PostgreSQL has the cluster open, as far as the system lets us see them.
pub(crate) fn wait_until_unused(cluster: &Path, patience: Duration) -> Result<(), Error> {
    let started = Instant::now();
    while let Some(pid) = any_server_on(cluster) {
        if started.elapsed() > patience {
            return Err(Error::WillNotStop { pid });
        }
        thread::sleep(Duration::from_millis(5));
    }
    Ok(())
}
