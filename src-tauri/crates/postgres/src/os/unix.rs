//! Linux, where all of this is tested, and other Unixes, where a leftover server is recognised by `ps`.

use std::{
    fs, io,
    os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt, chown},
    os::unix::process::CommandExt,
    path::Path,
    process::{Child, Command, ExitStatus},
    sync::{Mutex, PoisonError},
};

use super::End;
use crate::{error::Error, programs::Programs};

/// The user `nobody` of every Linux distribution.
const NOBODY: u32 = 65534;

/// Whom PostgreSQL runs as when we are root, which it refuses to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct User {
    uid: u32,
    gid: u32,
}

impl User {
    /// `None` unless we are root. The owner of an existing folder keeps it, so that a start with `sudo` does not lock a
    /// person out of the person's own database.
    pub(crate) fn instead_of_root(data_dir: &Path) -> Option<Self> {
        (effective_uid() == 0).then(|| match fs::metadata(data_dir) {
            Ok(found) if found.uid() != 0 => Self { uid: found.uid(), gid: found.gid() },
            _ => Self { uid: NOBODY, gid: NOBODY },
        })
    }

    /// Whether this user may pass through (a folder) or run (a file) what `found` describes.
    fn may_enter(self, found: &fs::Metadata) -> bool {
        let bit = if found.uid() == self.uid {
            0o100
        } else if found.gid() == self.gid {
            0o010
        } else {
            0o001
        };
        found.mode() & bit != 0
    }
}

/// Fails on the outermost part of `path` that PostgreSQL's user may not pass.
pub(crate) fn check_reachable(path: &Path, user: Option<User>) -> Result<(), Error> {
    let Some(user) = user else { return Ok(()) };
    let mut parts: Vec<&Path> = path.ancestors().collect();
    parts.reverse();
    for part in parts {
        if fs::metadata(part).is_ok_and(|found| !user.may_enter(&found)) {
            return Err(Error::Unreachable { folder: part.to_owned(), uid: user.uid });
        }
    }
    Ok(())
}

/// Makes a folder that only PostgreSQL's user can enter. One that is there already is taken over only from ourselves:
/// somebody else could have put anything into it.
pub(crate) fn private_dir(path: &Path, user: Option<User>) -> io::Result<()> {
    match fs::DirBuilder::new().mode(0o700).create(path) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(error),
    }
    let found = fs::symlink_metadata(path)?;
    let ours = found.uid() == effective_uid() || user.is_some_and(|user| user.uid == found.uid());
    if !found.is_dir() || !ours {
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, "it belongs to another user"));
    }
    if found.mode() & 0o777 != 0o700 {
        fs::set_permissions(path, fs::Permissions::from_mode(0o700))?;
    }
    give(path, user)
}

/// Opens a new or emptied file that only PostgreSQL's user can read.
pub(crate) fn private_file(path: &Path, user: Option<User>) -> io::Result<fs::File> {
    let file = fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)?;
    give(path, user)?;
    Ok(file)
}

/// Opens the lock file without touching what is in it.
pub(crate) fn lock_file(path: &Path, user: Option<User>) -> io::Result<fs::File> {
    let file = fs::OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(path)?;
    give(path, user)?;
    Ok(file)
}

fn give(path: &Path, user: Option<User>) -> io::Result<()> {
    match user {
        Some(User { uid, gid }) => chown(path, Some(uid), Some(gid)),
        None => Ok(()),
    }
}

/// Lets a program run as PostgreSQL's user and out of the terminal's reach: Ctrl+C goes to a whole process group, and the
/// server must outlive the last transactions of the app that is told to end.
pub(crate) fn detach(command: &mut Command, user: Option<User>) {
    command.process_group(0);
    if let Some(User { uid, gid }) = user {
        command.uid(uid).gid(gid);
    }
}

/// Has the system end the program when the calling thread ends, however it ends: an app that is killed must not leave a
/// server behind. The thread counts, not the process, so it has to live as long as the program is wanted.
#[cfg(target_os = "linux")]
#[expect(unsafe_code, reason = "std has no safe way to call prctl between fork and exec")]
pub(crate) fn tie_to_this_thread(command: &mut Command, end: End) {
    let signal = signal(end);
    let parent = std::process::id();
    // SAFETY: between fork and exec only async-signal-safe calls are allowed; prctl and getppid are, and nothing here
    // allocates or locks.
    unsafe {
        command.pre_exec(move || {
            if libc::prctl(libc::PR_SET_PDEATHSIG, signal) != 0 {
                return Err(io::Error::last_os_error());
            }
            // We may have been orphaned before the call above, and then nobody would ever signal us.
            if libc::getppid().cast_unsigned() != parent {
                return Err(io::Error::from_raw_os_error(libc::ESRCH));
            }
            Ok(())
        });
    }
}

/// Other Unixes have no such thing; a server that is left behind is ended by the next start.
#[cfg(not(target_os = "linux"))]
pub(crate) fn tie_to_this_thread(_command: &mut Command, _end: End) {}

fn signal(end: End) -> libc::c_int {
    match end {
        End::Fast => libc::SIGINT,
        End::Immediate => libc::SIGQUIT,
        End::Kill => libc::SIGKILL,
    }
}

/// Tells a server to end. The caller has made sure that the process is one.
#[expect(unsafe_code, reason = "std signals only with SIGKILL, after which PostgreSQL has to repair its files")]
pub(crate) fn end(pid: u32, how: End, _programs: &Programs) -> io::Result<()> {
    // SAFETY: kill takes no pointers.
    let done = unsafe { libc::kill(pid.cast_signed(), signal(how)) };
    if done == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// Waits until a child has ended. It is reaped only under the lock: until then its id cannot be given to a stranger, so
/// whoever holds the lock may signal a child that has not ended.
pub(crate) fn wait(child: &Mutex<Child>) -> io::Result<ExitStatus> {
    let pid = child.lock().unwrap_or_else(PoisonError::into_inner).id();
    wait_unreaped(pid);
    child.lock().unwrap_or_else(PoisonError::into_inner).wait()
}

#[expect(unsafe_code, reason = "std's wait reaps, and would have to hold the lock that ending the child needs")]
fn wait_unreaped(pid: u32) {
    loop {
        // SAFETY: an all-zero siginfo_t is valid, it is plain data that the kernel fills.
        let mut info: libc::siginfo_t = unsafe { std::mem::zeroed() };
        // SAFETY: the pointer is to a local that outlives the call.
        let done = unsafe { libc::waitid(libc::P_PID, pid, &raw mut info, libc::WEXITED | libc::WNOWAIT) };
        // Any other failure means that there is no such child, and reaping it will say so.
        if done == 0 || io::Error::last_os_error().kind() != io::ErrorKind::Interrupted {
            return;
        }
    }
}

#[expect(unsafe_code, reason = "std does not say who we are")]
fn effective_uid() -> u32 {
    // SAFETY: geteuid takes nothing and cannot fail.
    unsafe { libc::geteuid() }
}

/// Whether the process is a PostgreSQL on this very cluster. A process id that was read from a file may long belong to
/// somebody else, or to another PostgreSQL of this machine.
#[cfg(target_os = "linux")]
pub(crate) fn is_server_on(pid: u32, cluster: &Path) -> bool {
    let process = Path::new("/proc").join(pid.to_string());
    // A server works in its cluster's folder, which may go by several names.
    let works_there = match (fs::metadata(process.join("cwd")), fs::metadata(cluster)) {
        (Ok(cwd), Ok(cluster)) => (cwd.dev(), cwd.ino()) == (cluster.dev(), cluster.ino()),
        _ => false,
    };
    // Its program may have been replaced by an update ("postgres (deleted)").
    works_there
        && fs::read_link(process.join("exe"))
            .is_ok_and(|exe| exe.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"postgres")))
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn is_server_on(pid: u32, cluster: &Path) -> bool {
    let output = Command::new("ps").args(["-p", &pid.to_string(), "-o", "command="]).output();
    output.is_ok_and(|output| {
        let line = String::from_utf8_lossy(&output.stdout);
        line.contains("postgres") && line.contains(&*cluster.to_string_lossy())
    })
}

/// A process of PostgreSQL on this cluster. After a killed server its helpers live on for a moment, with its memory.
#[cfg(target_os = "linux")]
pub(crate) fn any_server_on(cluster: &Path) -> Option<u32> {
    fs::read_dir("/proc")
        .ok()?
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .find(|&pid| is_server_on(pid, cluster))
}

/// Without a list of processes PostgreSQL's own check of the shared memory has to do.
#[cfg(not(target_os = "linux"))]
pub(crate) fn any_server_on(_cluster: &Path) -> Option<u32> {
    None
}
