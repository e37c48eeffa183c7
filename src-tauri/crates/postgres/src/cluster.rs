//! Makes the empty cluster with its one login and its one database, and keeps the login's password. A cluster has its
//! name only when it is whole, so a creation that was cut off is simply begun again.

use std::{
    fmt::Write as _,
    fs, io,
    io::Write,
    path::Path,
    process::{Command, Output, Stdio},
    time::{Duration, Instant},
};

use rand::{TryRng, rngs::SysRng};
use tracing::{info, warn};

use crate::{
    error::{Attempting, Error},
    folder::Folder,
    os::{self, End},
    programs::{MAJOR, Programs},
};

/// The login that owns everything in the cluster.
pub(crate) const USER: &str = "callboard";
/// The database of the app. The cluster's own `postgres` stays empty, as the place to stand when this one is replaced.
pub(crate) const DATABASE: &str = "callboard";

const HELPERS_PATIENCE: Duration = Duration::from_secs(10);

/// Makes the cluster if there is none; returns the login's password.
pub(crate) fn ensure(folder: &Folder, programs: &Programs) -> Result<String, Error> {
    let cluster = folder.cluster();
    let version_file = cluster.join("PG_VERSION");
    match fs::read_to_string(&version_file) {
        Ok(version) if version.trim() == MAJOR => match read_password(folder)? {
            Some(password) => Ok(password),
            None => replace_password(folder, programs),
        },
        Ok(version) => Err(Error::OtherVersion {
            folder: folder.root().to_owned(),
            found: version.trim().to_owned(),
            expected: MAJOR,
        }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            if cluster.exists() {
                return Err(Error::NotOurFolder { folder: folder.root().to_owned() });
            }
            create(folder, programs)
        }
        Err(error) => Err(error).attempting("read the file", &version_file),
    }
}

/// The password of the login, if it is there.
pub(crate) fn read_password(folder: &Folder) -> Result<Option<String>, Error> {
    let path = folder.password();
    match fs::read_to_string(&path) {
        Ok(text) => Ok(Some(text.trim().to_owned()).filter(|password| !password.is_empty())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).attempting("read the file", &path),
    }
}

fn create(folder: &Folder, programs: &Programs) -> Result<String, Error> {
    let started = Instant::now();
    let new = folder.new_cluster();
    if new.exists() {
        // A killed initdb has a helper that writes for another moment.
        os::wait_until_unused(&new, HELPERS_PATIENCE)?;
        fs::remove_dir_all(&new).attempting("remove the unfinished folder", &new)?;
    }
    // A creation that was cut off may have left the password; it is as good as a new one.
    let password = if let Some(password) = read_password(folder)? {
        password
    } else {
        let password = random_password(folder)?;
        folder.write_private(&folder.password(), &password)?;
        password
    };

    let mut initdb = programs.on(folder, "initdb", End::Kill);
    initdb.arg("-D").arg(&new).args(["-U", USER, "-A", "scram-sha-256", "--pwfile"]).arg(folder.password()).args([
        "-E",
        "UTF8",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--locale=C",
        "--no-instructions",
    ]);
    let output = initdb.output().attempting("run initdb in", folder.root())?;
    succeeded(folder, &output)?;
    // The database is made before the cluster gets its name, without a server and so without a client: nobody ever meets
    // a cluster that lacks it.
    run_sql(folder, programs, &new, &format!("create database {DATABASE};\n"))?;

    let cluster = folder.cluster();
    fs::rename(&new, &cluster).attempting("name the finished folder", &cluster)?;
    folder.sync()?;
    let create_ms = started.elapsed().as_millis();
    info!(create_ms, "Created an empty database in {create_ms} ms");
    Ok(password)
}

/// The folder is private to its owner, so whoever can start a server on it may also set a new password.
fn replace_password(folder: &Folder, programs: &Programs) -> Result<String, Error> {
    warn!("The database's password was missing and is replaced");
    let password = random_password(folder)?;
    run_sql(folder, programs, &folder.cluster(), &format!("alter role {USER} password '{password}';\n"))?;
    folder.write_private(&folder.password(), &password)?;
    Ok(password)
}

/// Runs a line of SQL on a cluster that no server has open.
fn run_sql(folder: &Folder, programs: &Programs, cluster: &Path, line: &str) -> Result<(), Error> {
    let mut command: Command = programs.on(folder, "postgres", End::Kill);
    command.arg("--single").arg("-D").arg(cluster);
    // Otherwise a failing statement is printed and forgotten.
    command.args([
        "-c",
        "exit_on_error=on",
        "-c",
        "log_statement=none",
        "-c",
        "log_min_error_statement=panic",
        "postgres",
    ]);
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .attempting("run postgres in", folder.root())?;
    if let Some(mut input) = child.stdin.take() {
        // A program that ends early tells more by its output than by the broken pipe.
        let _ = input.write_all(line.as_bytes());
    }
    let output = child.wait_with_output().attempting("run postgres in", folder.root())?;
    succeeded(folder, &output)
}

fn succeeded(folder: &Folder, output: &Output) -> Result<(), Error> {
    if output.status.success() {
        return Ok(());
    }
    let text = [&output.stdout[..], &output.stderr[..]].concat();
    Err(Error::Create { folder: folder.root().to_owned(), output: last_lines(&String::from_utf8_lossy(&text)) })
}

/// The end of a program's output, which is where it says why it gave up.
pub(crate) fn last_lines(text: &str) -> String {
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    lines[lines.len().saturating_sub(6)..].join("\n")
}

/// 192 bits from the system itself: a secret must not come from a generator that a test can seed.
fn random_password(folder: &Folder) -> Result<String, Error> {
    let mut bytes = [0_u8; 24];
    SysRng.try_fill_bytes(&mut bytes).map_err(io::Error::other).attempting("make a password for", folder.root())?;
    let mut text = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    Ok(text)
}
