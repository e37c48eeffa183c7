//! What the tests share: folders that PostgreSQL's user can reach, notes to find again, another Callboard that can be killed.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use callboard_postgres::{Config, Server};
use sqlx::{Connection as _, Executor as _, PgConnection, Row as _};
use tempfile::TempDir;

/// PostgreSQL's programs: `$CALLBOARD_PG`, or what stage-pg.sh put into target/postgres.
pub fn install_dir() -> PathBuf {
    let staged = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../target/postgres");
    let dir = std::env::var_os("CALLBOARD_PG").map_or_else(|| PathBuf::from(staged), PathBuf::from);
    // Tests run in the crate's folder, a relative path is meant from the workspace.
    let dir = if dir.is_absolute() { dir } else { Path::new(env!("CARGO_MANIFEST_DIR")).join("../../..").join(dir) };
    assert!(
        dir.join("bin/postgres").is_file(),
        "run src-tauri/scripts/stage-pg.sh first: no PostgreSQL in {}",
        dir.display()
    );
    dir
}

/// A folder that PostgreSQL's user can reach also when that is not us.
pub fn temp_dir() -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o755)).unwrap();
    dir
}

pub fn config(data_dir: impl Into<PathBuf>) -> Config {
    Config::new(install_dir(), data_dir)
}

pub async fn connect(server: &Server) -> PgConnection {
    PgConnection::connect(&server.connection().url()).await.unwrap()
}

pub async fn show(connection: &mut PgConnection, setting: &str) -> String {
    let row = sqlx::query("select current_setting($1)").bind(setting).fetch_one(connection).await.unwrap();
    row.get(0)
}

pub async fn write_note(server: &Server, text: &str) {
    let mut connection = connect(server).await;
    connection.execute("create table if not exists notes (text text not null)").await.unwrap();
    sqlx::query("insert into notes (text) values ($1)").bind(text).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

pub async fn notes(server: &Server) -> Vec<String> {
    let mut connection = connect(server).await;
    let rows = sqlx::query("select text from notes order by text").fetch_all(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    rows.iter().map(|row| row.get(0)).collect()
}

pub fn lives(pid: u32) -> bool {
    // A zombie has no program any more.
    fs::read_link(format!("/proc/{pid}/exe")).is_ok()
}

pub async fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let started = Instant::now();
    while !holds() {
        assert!(started.elapsed() < Duration::from_secs(20), "waited in vain until {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

pub fn kill(signal: &str, pid: u32) {
    let status = Command::new("kill").args([signal, &pid.to_string()]).status().unwrap();
    assert!(status.success(), "process {pid} should be there to be signalled");
}

pub fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

/// Another Callboard: a process that owns (or visits) a server and can be killed.
pub struct Other {
    pub process: Child,
    pub url: String,
}

impl Other {
    pub fn run(data_dir: &Path, args: &[&str]) -> Self {
        Self::try_run(Command::new(env!("CARGO_BIN_EXE_callboard-dev-db")), data_dir, args).unwrap()
    }

    pub fn try_run(mut command: Command, data_dir: &Path, args: &[&str]) -> Result<Self, String> {
        let mut process = command
            .args(["run", "--data"])
            .arg(data_dir)
            .arg("--install")
            .arg(install_dir())
            .args(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        match line.trim().strip_prefix("DATABASE_URL=") {
            Some(url) => Ok(Self { url: url.to_owned(), process }),
            None => Err(String::from_utf8(process.wait_with_output().unwrap().stderr).unwrap()),
        }
    }

    pub fn server_pid(data_dir: &Path) -> u32 {
        let text = fs::read_to_string(data_dir.join("data/postmaster.pid")).unwrap();
        text.lines().next().unwrap().parse().unwrap()
    }
}

impl Drop for Other {
    fn drop(&mut self) {
        drop(self.process.stdin.take());
        let _ = self.process.wait();
    }
}

pub fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|found| std::os::unix::fs::MetadataExt::uid(&found) == 0)
}

/// Runs a program as the user that the database runs as.
pub fn as_database_user(program: &Path) -> Command {
    if !is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid=65534", "--regid=65534", "--clear-groups"]).arg(program);
    command
}
