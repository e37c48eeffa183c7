//! Windows: no Unix socket, so the server listens on the loopback address, guarded by its password alone. Compiled, but
//! not yet run by anybody.

use std::{
    fs, io,
    os::windows::process::CommandExt,
    path::Path,
    process::{Child, Command, ExitStatus},
    sync::{Mutex, PoisonError},
    thread,
    time::Duration,
};

use super::End;
use crate::{error::Error, programs::Programs};

const CREATE_NEW_PROCESS_GROUP: u32 = 0x0200;
const CREATE_NO_WINDOW: u32 = 0x0800_0000;

/// Nobody runs as root here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum User {}

impl User {
    pub(crate) fn instead_of_root(_data_dir: &Path) -> Option<Self> {
        None
    }
}

pub(crate) fn check_reachable(_path: &Path, _user: Option<User>) -> Result<(), Error> {
    Ok(())
}

/// Folders below the user's profile are private by inheritance.
pub(crate) fn private_dir(path: &Path, _user: Option<User>) -> io::Result<()> {
    match fs::create_dir(path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

pub(crate) fn private_file(path: &Path, _user: Option<User>) -> io::Result<fs::File> {
    fs::File::create(path)
}

pub(crate) fn lock_file(path: &Path, _user: Option<User>) -> io::Result<fs::File> {
    fs::OpenOptions::new().write(true).create(true).truncate(false).open(path)
}

pub(crate) fn detach(command: &mut Command, _user: Option<User>) {
    command.creation_flags(CREATE_NEW_PROCESS_GROUP | CREATE_NO_WINDOW);
}

/// A server that is left behind is ended by the next start.
pub(crate) fn tie_to_this_thread(_command: &mut Command, _end: End) {}

/// PostgreSQL's signals are messages on a named pipe here; `pg_ctl` knows how to send them.
pub(crate) fn end(pid: u32, how: End, programs: &Programs) -> io::Result<()> {
    let signal = match how {
        End::Fast => "INT",
        End::Immediate => "QUIT",
        End::Kill => "KILL",
    };
    let status = programs.bare("pg_ctl").args(["kill", signal, &pid.to_string()]).status()?;
    if status.success() { Ok(()) } else { Err(io::Error::other(format!("pg_ctl kill ended with {status}"))) }
}

/// Waits until a child has ended. The open handle keeps its id from being given to a stranger.
pub(crate) fn wait(child: &Mutex<Child>) -> io::Result<ExitStatus> {
    loop {
        if let Some(status) = child.lock().unwrap_or_else(PoisonError::into_inner).try_wait()? {
            return Ok(status);
        }
        thread::sleep(Duration::from_millis(250));
    }
}

/// Whether the process is a PostgreSQL that was started on this very cluster.
pub(crate) fn is_server_on(pid: u32, cluster: &Path) -> bool {
    let question = format!("(Get-CimInstance Win32_Process -Filter 'ProcessId={pid}').CommandLine");
    let output = Command::new("powershell")
        .args(["-NoProfile", "-NonInteractive", "-Command", &question])
        .creation_flags(CREATE_NO_WINDOW)
        .output();
    output.is_ok_and(|output| {
        let line = String::from_utf8_lossy(&output.stdout);
        line.contains("postgres") && line.contains(&*cluster.to_string_lossy())
    })
}

pub(crate) fn any_server_on(_cluster: &Path) -> Option<u32> {
    None
}
