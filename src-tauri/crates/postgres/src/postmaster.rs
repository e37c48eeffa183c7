//! The server's process: starts it from a thread that lives as long as it does, knows when it is ready, ends it. Ends a
//! server that a dead owner left behind, after making sure that it is one.

use std::{
    fmt::Write as _,
    fs, io,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus},
    sync::{Arc, Mutex, PoisonError, mpsc},
    thread,
    time::{Duration, Instant},
};

use tokio::sync::watch;
use tracing::warn;

use crate::{
    Config,
    address::Address,
    claim::Claim,
    cluster::last_lines,
    error::{Attempting, Error},
    folder::Folder,
    os::{self, End},
    programs::Programs,
};

const LOOK_AGAIN: Duration = Duration::from_millis(5);

/// What a server writes into `postmaster.pid` of its cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PidFile {
    pub(crate) pid: u32,
    pub(crate) address: Address,
    /// It accepts connections.
    pub(crate) ready: bool,
}

impl PidFile {
    /// `None` if there is none, or if the server has not written it out yet.
    pub(crate) fn read(cluster: &Path) -> Option<Self> {
        Self::parse(&fs::read_to_string(cluster.join("postmaster.pid")).ok()?)
    }

    /// Process id, folder, start time, port, socket's folder, address, shared memory, status: a line each.
    fn parse(text: &str) -> Option<Self> {
        let lines: Vec<&str> = text.lines().map(str::trim).collect();
        Some(Self {
            pid: lines.first()?.parse().ok()?,
            address: Address {
                port: lines.get(3).and_then(|line| line.parse().ok()).unwrap_or_default(),
                socket_dir: lines.get(4).filter(|line| !line.is_empty()).map(PathBuf::from),
            },
            ready: lines.get(7) == Some(&"ready"),
        })
    }
}

/// Ends a server whose owner is dead. The caller owns the folder.
///
/// It could be adopted instead; but it runs the programs and settings of whoever started it, perhaps an older Callboard,
/// nobody would notice its death, and on Linux it is about to end anyway, as it was told to when its owner died.
pub(crate) fn end_leftover(folder: &Folder, programs: &Programs, patience: Duration) -> Result<(), Error> {
    let cluster = folder.cluster();
    let pid_file = cluster.join("postmaster.pid");
    if !pid_file.exists() {
        return Ok(());
    }
    let server = PidFile::read(&cluster).map(|file| file.pid).filter(|&pid| os::is_server_on(pid, &cluster));
    if let Some(pid) = server {
        warn!(postgres.pid = pid, "Ending the database server that an earlier Callboard left behind");
        // It may have ended since we looked.
        let _ = os::end(pid, End::Fast, programs);
    }
    let started = Instant::now();
    while let Some(pid) = server.filter(|&pid| os::is_server_on(pid, &cluster)) {
        if started.elapsed() > patience {
            return Err(Error::WillNotStop { pid });
        }
        thread::sleep(LOOK_AGAIN);
    }
    // The helpers of a killed server end by themselves, but until then they have its files open.
    os::wait_until_unused(&cluster, patience)?;
    // PostgreSQL refuses to start while the process id in the file is alive, and by now it may be a stranger's. Only
    // where we have seen that nobody has the cluster open is it safe to remove the file.
    if cfg!(target_os = "linux") && pid_file.exists() {
        fs::remove_file(&pid_file).attempting("remove the stale file", &pid_file)?;
    }
    Ok(())
}

/// A running server that is our child.
#[derive(Debug)]
pub(crate) struct Postmaster {
    child: Arc<Mutex<Child>>,
    pid: u32,
    exit: watch::Receiver<Option<String>>,
}

impl Postmaster {
    /// Starts the server. The claim is given back when the server has ended, not before.
    pub(crate) fn start(
        config: &Config,
        folder: &Folder,
        programs: &Programs,
        claim: Claim,
        address: &Address,
    ) -> Result<Self, Error> {
        let log = folder.log();
        os::private_dir(&log, folder.user()).attempting("create the private folder", &log)?;
        let start_log = log.join("start.log");
        let output = os::private_file(&start_log, folder.user()).attempting("write the file", &start_log)?;
        let errors = output.try_clone().attempting("write the file", &start_log)?;

        let mut command = programs.on(folder, "postgres", End::Fast);
        command.arg("-D").arg(folder.cluster()).stdout(output).stderr(errors);
        for (name, value) in settings(config, &log, address) {
            command.arg("-c").arg(format!("{name}={value}"));
        }

        let (started, answer) = mpsc::channel();
        let (exited, exit) = watch::channel(None);
        thread::Builder::new()
            .name("postgres".to_owned())
            .spawn(move || supervise(command, claim, &started, &exited))
            .attempting("start a thread for", folder.root())?;
        let child = match answer.recv() {
            Ok(child) => child.attempting("start the server in", folder.root())?,
            Err(closed) => {
                return Err(io::Error::other(closed)).attempting("start the server in", folder.root());
            }
        };
        let pid = child.lock().unwrap_or_else(PoisonError::into_inner).id();
        Ok(Self { child, pid, exit })
    }

    pub(crate) fn pid(&self) -> u32 {
        self.pid
    }

    /// Holds how the server ended, once it has.
    pub(crate) fn exit(&self) -> watch::Receiver<Option<String>> {
        self.exit.clone()
    }

    /// Waits until the server accepts connections. A server that does not is ended.
    pub(crate) fn wait_until_ready(
        self,
        folder: &Folder,
        programs: &Programs,
        patience: Duration,
    ) -> Result<Self, Error> {
        let started = Instant::now();
        loop {
            let exited = self.exit.borrow().clone();
            if let Some(status) = exited {
                let log = folder.log();
                return Err(Error::Start { status, output: newest_lines(&log), log });
            }
            if PidFile::read(&folder.cluster()).is_some_and(|file| file.ready && file.pid == self.pid) {
                return Ok(self);
            }
            if started.elapsed() > patience {
                self.stop(programs, Duration::from_secs(5))?;
                return Err(Error::StartTimeout { waited: patience, log: folder.log() });
            }
            thread::sleep(LOOK_AGAIN);
        }
    }

    /// Tells the server to end and returns at once.
    pub(crate) fn tell_to_end(&self, how: End, programs: &Programs) {
        // Under this lock the child has either been reaped, and `exit` is about to say so, or its id is still its own.
        let mut child = self.child.lock().unwrap_or_else(PoisonError::into_inner);
        if matches!(child.try_wait(), Ok(None))
            && let Err(error) = os::end(self.pid, how, programs)
        {
            warn!(postgres.pid = self.pid, %error, "The database server could not be told to end");
        }
    }

    /// Ends the server and waits until it has ended and the folder is free.
    pub(crate) fn stop(self, programs: &Programs, patience: Duration) -> Result<(), Error> {
        self.tell_to_end(End::Fast, programs);
        if !self.ended_within(patience) {
            warn!(postgres.pid = self.pid, "The database server takes too long to end and is ended at once");
            self.tell_to_end(End::Immediate, programs);
            if !self.ended_within(Duration::from_secs(10)) {
                return Err(Error::WillNotStop { pid: self.pid });
            }
        }
        Ok(())
    }

    fn ended_within(&self, patience: Duration) -> bool {
        let started = Instant::now();
        while self.exit.borrow().is_none() {
            if started.elapsed() > patience {
                return false;
            }
            thread::sleep(LOOK_AGAIN);
        }
        true
    }
}

type Started = mpsc::Sender<io::Result<Arc<Mutex<Child>>>>;

/// The life of the thread that the server is tied to.
fn supervise(mut command: Command, claim: Claim, started: &Started, exited: &watch::Sender<Option<String>>) {
    let child = match command.spawn() {
        Ok(child) => Arc::new(Mutex::new(child)),
        Err(error) => {
            drop(claim);
            let _ = started.send(Err(error));
            return;
        }
    };
    let _ = started.send(Ok(Arc::clone(&child)));
    let status = os::wait(&child);
    // First the folder, then the news: whoever hears it may start again at once.
    drop(claim);
    exited.send_replace(Some(status.as_ref().map_or_else(io::Error::to_string, ExitStatus::to_string)));
}

fn settings(config: &Config, log: &Path, address: &Address) -> Vec<(String, String)> {
    let tuning = [
        // A desktop: some windows and one worker, beside everything else that its owner runs.
        ("max_connections", "60"),
        ("shared_buffers", "256MB"),
        // A list of a million rows writes 1.5 GB of log; checkpoints in between would write most pages twice.
        ("max_wal_size", "4GB"),
        ("checkpoint_timeout", "15min"),
        // Nobody copies this server, so its log need not hold what only copies want.
        ("wal_level", "minimal"),
        ("max_wal_senders", "0"),
        ("autovacuum", "on"),
        // Our queries are short; compiling them costs more than it saves.
        ("jit", "off"),
        ("timezone", "UTC"),
        // A transaction that somebody forgot holds back the vacuum, and locks.
        ("idle_in_transaction_session_timeout", "60s"),
        ("cluster_name", "callboard"),
        // A log per weekday, each emptied a week later.
        ("logging_collector", "on"),
        ("log_filename", "postgres-%a.log"),
        ("log_rotation_age", "1d"),
        ("log_rotation_size", "0"),
        ("log_truncate_on_rotation", "on"),
        ("log_file_mode", "0600"),
        ("log_timezone", "UTC"),
        ("log_line_prefix", "%m [%p] "),
        ("log_checkpoints", "off"),
        // The details of an error and the parameters of a statement are phone numbers and names, which are never logged.
        ("log_error_verbosity", "terse"),
        ("log_parameter_max_length", "0"),
        ("log_parameter_max_length_on_error", "0"),
    ];
    // These are promises, not preferences: what was committed is on the disk, and only this user can connect.
    let promises = [
        ("fsync", "on"),
        ("full_page_writes", "on"),
        ("synchronous_commit", "on"),
        ("unix_socket_permissions", "0700"),
        ("listen_addresses", if address.socket_dir.is_some() { "" } else { address.host() }),
    ];
    let owned = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
    let mut all: Vec<_> = tuning.into_iter().map(owned).collect();
    all.extend(config.settings.iter().cloned());
    all.extend(promises.into_iter().map(owned));
    all.push(("port".to_owned(), address.port.to_string()));
    all.push(("log_directory".to_owned(), log.display().to_string()));
    // A list of folders, hence the quotes.
    let quoted = address
        .socket_dir
        .as_ref()
        .map_or_else(String::new, |dir| format!("\"{}\"", dir.display().to_string().replace('"', "\"\"")));
    all.push(("unix_socket_directories".to_owned(), quoted));
    if cfg!(target_os = "linux") {
        // After a crash, one system call instead of opening each of the thousand files.
        all.push(("recovery_init_sync_method".to_owned(), "syncfs".to_owned()));
    }
    all
}

/// What the last start printed and, if the server got as far as its log, how the newest log ends.
fn newest_lines(log: &Path) -> String {
    let mut text = fs::read_to_string(log.join("start.log")).unwrap_or_default();
    let newest = fs::read_dir(log)
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.file_name().is_some_and(|name| name != "start.log"))
        .max_by_key(|path| fs::metadata(path).and_then(|found| found.modified()).ok());
    if text.contains("redirecting log output")
        && let Some(path) = newest
    {
        let bytes = fs::read(path).unwrap_or_default();
        text.clear();
        let _ = write!(text, "{}", String::from_utf8_lossy(&bytes));
    }
    last_lines(&text)
}

#[cfg(test)]
mod tests {
    use super::*;

    const READY: &str = "4711\n/data\n1770000000\n5432\n/data dir/sock\n\n  1193046         7\nready   \n";

    fn socket(dir: &str) -> Address {
        Address { socket_dir: Some(PathBuf::from(dir)), port: 5432 }
    }

    #[test]
    fn a_ready_server_is_read_with_its_address() {
        let expected = PidFile { pid: 4711, address: socket("/data dir/sock"), ready: true };
        assert_eq!(PidFile::parse(READY), Some(expected));
    }

    #[test]
    fn a_server_is_ready_only_when_it_says_so() {
        for status in ["starting", "stopping", "standby", ""] {
            let file = PidFile::parse(&READY.replace("ready   ", status)).expect("the file has a process id");
            assert!(!file.ready, "a server that is {status:?} refuses connections");
        }
    }

    #[test]
    fn a_file_that_is_being_written_is_no_server_yet() {
        assert_eq!(PidFile::parse(""), None);
        assert_eq!(PidFile::parse("\n"), None);
    }

    #[test]
    fn nobody_can_turn_durability_off() {
        let mut config = Config::new("/install", "/data");
        config.settings = vec![("fsync".to_owned(), "off".to_owned()), ("work_mem".to_owned(), "16MB".to_owned())];
        let all = settings(&config, Path::new("/data/log"), &socket("/data/sock"));
        let last = |name: &str| all.iter().rfind(|(known, _)| known == name).map(|(_, value)| value.as_str());
        assert_eq!(last("fsync"), Some("on"), "the last value on the command line wins");
        assert_eq!(last("listen_addresses"), Some(""), "with a socket nothing listens on the network");
        assert_eq!(last("work_mem"), Some("16MB"));
    }
}
