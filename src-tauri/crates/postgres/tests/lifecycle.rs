//! The embedded server against a real PostgreSQL: first start, restart, crashes, and two Callboards on one folder.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a failing step of a test is a failing test")]

use std::{
    fs,
    io::{BufRead as _, BufReader},
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use callboard_postgres::{Config, Error, Role, Server, start, start_or_attach};
use sqlx::{Connection as _, Executor as _, PgConnection, Row as _};
use tempfile::TempDir;

/// PostgreSQL's programs: `$CALLBOARD_PG`, or what stage-pg.sh put into target/postgres.
fn install_dir() -> PathBuf {
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
fn temp_dir() -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o755)).unwrap();
    dir
}

fn config(data_dir: impl Into<PathBuf>) -> Config {
    Config::new(install_dir(), data_dir)
}

async fn connect(server: &Server) -> PgConnection {
    PgConnection::connect(&server.connection().url()).await.unwrap()
}

async fn show(connection: &mut PgConnection, setting: &str) -> String {
    let row = sqlx::query("select current_setting($1)").bind(setting).fetch_one(connection).await.unwrap();
    row.get(0)
}

async fn write_note(server: &Server, text: &str) {
    let mut connection = connect(server).await;
    connection.execute("create table if not exists notes (text text not null)").await.unwrap();
    sqlx::query("insert into notes (text) values ($1)").bind(text).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

async fn notes(server: &Server) -> Vec<String> {
    let mut connection = connect(server).await;
    let rows = sqlx::query("select text from notes order by text").fetch_all(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    rows.iter().map(|row| row.get(0)).collect()
}

fn lives(pid: u32) -> bool {
    // A zombie has no program any more.
    fs::read_link(format!("/proc/{pid}/exe")).is_ok()
}

async fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let started = Instant::now();
    while !holds() {
        assert!(started.elapsed() < Duration::from_secs(20), "waited in vain until {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

fn kill(signal: &str, pid: u32) {
    let status = Command::new("kill").args([signal, &pid.to_string()]).status().unwrap();
    assert!(status.success(), "process {pid} should be there to be signalled");
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

/// Another Callboard: a process that owns (or visits) a server and can be killed.
struct Other {
    process: Child,
    url: String,
}

impl Other {
    fn run(data_dir: &Path, args: &[&str]) -> Self {
        Self::try_run(Command::new(env!("CARGO_BIN_EXE_callboard-dev-db")), data_dir, args).unwrap()
    }

    fn try_run(mut command: Command, data_dir: &Path, args: &[&str]) -> Result<Self, String> {
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

    fn server_pid(data_dir: &Path) -> u32 {
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

#[tokio::test]
async fn a_first_start_makes_a_private_durable_database() {
    let dir = temp_dir();
    let data_dir = dir.path().join("not yet/there");
    let server = start(config(&data_dir)).await.unwrap();
    assert_eq!(server.role(), Role::Owner);

    let mut connection = connect(&server).await;
    for (setting, value) in [
        ("fsync", "on"),
        ("synchronous_commit", "on"),
        ("data_checksums", "on"),
        ("listen_addresses", ""),
        ("timezone", "UTC"),
        ("jit", "off"),
        ("max_connections", "60"),
        ("idle_in_transaction_session_timeout", "1min"),
        ("recovery_init_sync_method", "syncfs"),
    ] {
        assert_eq!(show(&mut connection, setting).await, value, "{setting}");
    }
    let row = sqlx::query("select datlocprovider::text, datlocale from pg_database where datname = current_database()")
        .fetch_one(&mut connection)
        .await
        .unwrap();
    assert_eq!((row.get::<String, _>(0), row.get::<String, _>(1)), ("b".to_owned(), "C.UTF-8".to_owned()));

    assert_eq!(mode(&data_dir), 0o700);
    assert_eq!(mode(&data_dir.join("password")), 0o600);
    assert_eq!(mode(&data_dir.join("log")), 0o700);

    let wrong = server.connection().url().replace(&server.connection().password, "guess");
    assert!(PgConnection::connect(&wrong).await.is_err(), "the socket alone must not let anybody in");
    connection.close().await.unwrap();
    server.stop().await.unwrap();
}

#[tokio::test]
async fn a_restart_keeps_the_data_and_a_stop_is_clean() {
    let dir = temp_dir();
    let data_dir = dir.path().join("database");
    let server = start(config(&data_dir)).await.unwrap();
    let first = server.connection().clone();
    write_note(&server, "kept").await;
    let pid = server.pid();
    server.stop().await.unwrap();
    assert!(!lives(pid), "a stop waits until the server has ended");
    assert!(!data_dir.join("data/postmaster.pid").exists(), "a clean stop leaves no trace of a running server");

    let server = start(config(&data_dir)).await.unwrap();
    assert_eq!(server.connection(), &first, "address and password stay the same");
    assert_eq!(notes(&server).await, ["kept"]);
    server.stop().await.unwrap();
    let log = fs::read_dir(data_dir.join("log"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("postgres-")))
        .expect("the server logs into its folder");
    let log = fs::read_to_string(log).unwrap();
    assert!(!log.contains("not properly shut down"), "the second start must find nothing to repair: {log}");
}

#[tokio::test]
async fn a_killed_server_is_noticed_and_loses_nothing_committed() {
    let dir = temp_dir();
    let server = start(config(dir.path().join("database"))).await.unwrap();
    write_note(&server, "committed").await;
    // An open connection has a helper of its own, which outlives the server for a moment.
    let _connected = connect(&server).await;
    kill("-KILL", server.pid());
    let how = server.ended().await;
    assert!(how.contains("signal: 9"), "the way it ended is told: {how}");

    let again = start(config(dir.path().join("database"))).await.unwrap();
    assert_eq!(notes(&again).await, ["committed"]);
    again.stop().await.unwrap();
}

#[tokio::test]
async fn a_second_start_on_the_same_folder_is_refused_and_harms_nothing() {
    let dir = temp_dir();
    let server = start(config(dir.path().join("database"))).await.unwrap();
    write_note(&server, "safe").await;
    let refused = start(config(dir.path().join("database"))).await.unwrap_err();
    assert!(
        matches!(refused, Error::AlreadyRunning { pid: Some(pid), .. } if pid == std::process::id()),
        "the refusal names the owner: {refused}"
    );
    // By another name it is still the same folder.
    std::os::unix::fs::symlink(dir.path().join("database"), dir.path().join("alias")).unwrap();
    let refused = start(config(dir.path().join("alias/../database"))).await.unwrap_err();
    assert!(matches!(refused, Error::AlreadyRunning { .. }), "{refused}");
    assert_eq!(notes(&server).await, ["safe"]);
    server.stop().await.unwrap();
}

#[tokio::test]
async fn of_two_starts_at_once_exactly_one_wins() {
    let dir = temp_dir();
    let (one, two) =
        tokio::join!(start(config(dir.path().join("database"))), start(config(dir.path().join("database"))));
    let (winner, loser) = if one.is_ok() { (one, two) } else { (two, one) };
    let loser = loser.unwrap_err();
    assert!(matches!(loser, Error::AlreadyRunning { .. }), "{loser}");
    winner.unwrap().stop().await.unwrap();
}

#[tokio::test]
async fn a_start_waits_for_an_owner_that_is_leaving() {
    let dir = temp_dir();
    let server = start(config(dir.path().join("database"))).await.unwrap();
    let (stopped, next) = tokio::join!(server.stop(), async {
        // The owner announces its leave before it ends the server.
        until("the owner is leaving", || {
            fs::read_to_string(dir.path().join("database/owner")).is_ok_and(|note| note.contains("leaving"))
        })
        .await;
        start(config(dir.path().join("database"))).await
    });
    stopped.unwrap();
    next.unwrap().stop().await.unwrap();
}

#[tokio::test]
async fn an_attached_process_shares_the_server_and_does_not_end_it() {
    let dir = temp_dir();
    let data_dir = dir.path().join("database");
    let owner = start(config(&data_dir)).await.unwrap();
    write_note(&owner, "shared").await;

    let guest = start_or_attach(config(&data_dir)).await.unwrap();
    assert_eq!(guest.role(), Role::Guest);
    assert_eq!(guest.connection(), owner.connection());
    assert_eq!(notes(&guest).await, ["shared"]);
    guest.stop().await.unwrap();
    assert_eq!(notes(&owner).await, ["shared"], "a guest that leaves takes nothing along");

    let guest = start_or_attach(config(&data_dir)).await.unwrap();
    owner.stop().await.unwrap();
    tokio::time::timeout(Duration::from_secs(10), guest.ended()).await.expect("a guest notices that the owner left");

    let alone = start_or_attach(config(&data_dir)).await.unwrap();
    assert_eq!(alone.role(), Role::Owner, "with nobody to visit it becomes the owner");
    alone.stop().await.unwrap();
}

#[tokio::test]
async fn processes_that_attach_while_the_first_one_starts_all_reach_one_server() {
    let dir = temp_dir();
    let data_dir = dir.path().join("database");
    let all = tokio::join!(
        start_or_attach(config(&data_dir)),
        start_or_attach(config(&data_dir)),
        start_or_attach(config(&data_dir))
    );
    let servers = [all.0.unwrap(), all.1.unwrap(), all.2.unwrap()];
    assert_eq!(servers.iter().filter(|server| server.role() == Role::Owner).count(), 1);
    assert!(
        servers.iter().all(|server| server.pid() == servers[0].pid()),
        "two servers on one folder would destroy it"
    );
    for server in servers {
        server.stop().await.unwrap();
    }
}

#[tokio::test]
async fn the_server_of_a_killed_process_ends_and_the_folder_is_free() {
    let dir = temp_dir();
    let data_dir = dir.path().join("database");
    let mut other = Other::run(&data_dir, &[]);
    let refused = start(config(&data_dir)).await.unwrap_err();
    assert!(
        matches!(refused, Error::AlreadyRunning { pid: Some(pid), .. } if pid == other.process.id()),
        "the refusal names the other process: {refused}"
    );
    let server_pid = Other::server_pid(&data_dir);
    other.process.kill().unwrap();
    other.process.wait().unwrap();
    // At once, so that the server is still ending.
    let server = start(config(&data_dir)).await.unwrap();
    assert!(!lives(server_pid), "the dead owner's server has ended");
    assert_ne!(server.pid(), server_pid);
    write_note(&server, "new owner").await;
    server.stop().await.unwrap();
}

#[tokio::test]
async fn a_process_ends_its_server_when_its_input_closes_or_it_is_terminated() {
    let dir = temp_dir();
    let data_dir = dir.path().join("database");
    let mut other = Other::run(&data_dir, &[]);
    let url = other.url.clone();
    drop(other.process.stdin.take());
    assert!(other.process.wait().unwrap().success());
    assert!(PgConnection::connect(&url).await.is_err(), "nothing listens any more");

    let mut other = Other::run(&data_dir, &["--attach"]);
    kill("-TERM", other.process.id());
    assert!(other.process.wait().unwrap().success());
    assert!(!data_dir.join("data/postmaster.pid").exists(), "it stopped its server cleanly");
}

#[tokio::test]
async fn a_server_that_a_dead_owner_left_running_is_replaced() {
    let dir = temp_dir();
    let data_dir = dir.path().join("database");
    let server = start(config(&data_dir)).await.unwrap();
    write_note(&server, "from before").await;
    server.stop().await.unwrap();

    // As on systems that cannot tie a server to its owner: it runs, and nobody holds the lock.
    let mut command = as_database_user(&install_dir().join("bin/postgres"));
    let mut leftover = command
        .current_dir(&data_dir)
        .env("LD_LIBRARY_PATH", install_dir().join("lib"))
        .arg("-D")
        .arg(data_dir.join("data"))
        .args(["-c", "listen_addresses=", "-c"])
        .arg(format!("unix_socket_directories={}", data_dir.join("sock").display()))
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    until("the leftover server is ready", || {
        fs::read_to_string(data_dir.join("data/postmaster.pid")).is_ok_and(|text| text.contains("ready"))
    })
    .await;
    let reaper = std::thread::spawn(move || leftover.wait().unwrap());

    let server = start(config(&data_dir)).await.unwrap();
    assert!(reaper.join().unwrap().success(), "the leftover was ended in good order");
    assert_eq!(notes(&server).await, ["from before"]);
    server.stop().await.unwrap();
}

#[tokio::test]
async fn a_stranger_with_the_old_process_id_is_left_alone() {
    let dir = temp_dir();
    let data_dir = dir.path().join("database");
    let server = start(config(&data_dir)).await.unwrap();
    let stranger_server = start(config(dir.path().join("another"))).await.unwrap();
    let pid_file = fs::read_to_string(data_dir.join("data/postmaster.pid")).unwrap();
    let own_pid = server.pid().to_string();
    kill("-KILL", server.pid());
    server.ended().await;

    let mut stranger = as_database_user(Path::new("/bin/sleep")).arg("600").spawn().unwrap();
    for pid in [stranger.id(), stranger_server.pid()] {
        fs::write(data_dir.join("data/postmaster.pid"), pid_file.replacen(&own_pid, &pid.to_string(), 1)).unwrap();
        let server = start(config(&data_dir)).await.unwrap();
        assert!(lives(pid), "process {pid} is not ours to end");
        server.stop().await.unwrap();
    }
    stranger.kill().unwrap();
    stranger.wait().unwrap();
    write_note(&stranger_server, "still served").await;
    stranger_server.stop().await.unwrap();
}

#[tokio::test]
async fn a_path_with_spaces_quotes_and_umlauts_works() {
    let dir = temp_dir();
    let server = start(config(dir.path().join("Ann's \"Müller\", 100 %"))).await.unwrap();
    write_note(&server, "spaced").await;
    assert_eq!(notes(&server).await, ["spaced"]);
    server.stop().await.unwrap();
}

#[tokio::test]
async fn a_path_too_long_for_a_socket_gets_a_private_one_elsewhere() {
    let dir = temp_dir();
    let data_dir = dir.path().join("a".repeat(60)).join("b".repeat(60));
    let server = start(config(&data_dir)).await.unwrap();
    let socket_dir = server.connection().socket_dir.clone().expect("there is a socket");
    assert!(!socket_dir.starts_with(&data_dir));
    assert_eq!(mode(&socket_dir), 0o700);
    write_note(&server, "far").await;
    let guest = start_or_attach(config(&data_dir)).await.unwrap();
    assert_eq!(notes(&guest).await, ["far"], "a guest finds the socket wherever it is");
    server.stop().await.unwrap();
    fs::remove_dir_all(socket_dir).unwrap();
}

#[tokio::test]
async fn a_creation_that_was_cut_off_is_begun_again() {
    let dir = temp_dir();
    let data_dir = dir.path().join("database");
    fs::create_dir(&data_dir).unwrap();
    fs::write(data_dir.join("lock"), "").unwrap();
    fs::write(data_dir.join("password"), "left over").unwrap();
    fs::create_dir(data_dir.join("data.new")).unwrap();
    fs::write(data_dir.join("data.new/PG_VERSION"), "18\n").unwrap();
    let server = start(config(&data_dir)).await.unwrap();
    write_note(&server, "whole").await;
    assert!(!data_dir.join("data.new").exists());
    server.stop().await.unwrap();
}

#[tokio::test]
async fn a_process_killed_at_any_moment_of_the_first_start_leaves_a_usable_folder() {
    let dir = temp_dir();
    for delay_ms in [20, 80, 150, 250, 350, 450, 600] {
        let data_dir = dir.path().join(format!("killed after {delay_ms}"));
        let mut process = Command::new(env!("CARGO_BIN_EXE_callboard-dev-db"))
            .args(["run", "--data"])
            .arg(&data_dir)
            .arg("--install")
            .arg(install_dir())
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        // Not to wait for something: each delay cuts the start off at another step.
        tokio::time::sleep(Duration::from_millis(delay_ms)).await;
        process.kill().unwrap();
        process.wait().unwrap();

        let server = start(config(&data_dir)).await.unwrap();
        write_note(&server, "usable").await;
        server.stop().await.unwrap();
    }
}

#[tokio::test]
async fn a_lost_password_is_replaced() {
    let dir = temp_dir();
    let data_dir = dir.path().join("database");
    let server = start(config(&data_dir)).await.unwrap();
    write_note(&server, "not locked out").await;
    let old = server.connection().password.clone();
    server.stop().await.unwrap();
    fs::remove_file(data_dir.join("password")).unwrap();

    let server = start(config(&data_dir)).await.unwrap();
    assert_ne!(server.connection().password, old);
    assert_eq!(notes(&server).await, ["not locked out"]);
    server.stop().await.unwrap();
}

#[tokio::test]
async fn a_folder_with_foreign_contents_is_refused_untouched() {
    let dir = temp_dir();
    fs::write(dir.path().join("thesis.txt"), "years of work").unwrap();
    let refused = start(config(dir.path())).await.unwrap_err();
    assert!(matches!(refused, Error::NotOurFolder { .. }), "{refused}");
    assert_eq!(mode(dir.path()), 0o755, "a folder that is not ours is not closed to others");
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
}

#[tokio::test]
async fn a_database_of_another_version_is_refused_untouched() {
    let dir = temp_dir();
    let data_dir = dir.path().join("database");
    start(config(&data_dir)).await.unwrap().stop().await.unwrap();
    fs::write(data_dir.join("data/PG_VERSION"), "17\n").unwrap();
    let refused = start(config(&data_dir)).await.unwrap_err();
    assert!(matches!(&refused, Error::OtherVersion { found, .. } if found == "17"), "{refused}");
    // The refusal gave the folder back.
    fs::write(data_dir.join("data/PG_VERSION"), "18\n").unwrap();
    start(config(&data_dir)).await.unwrap().stop().await.unwrap();
}

#[tokio::test]
async fn a_server_that_cannot_start_says_why_and_gives_the_folder_back() {
    let dir = temp_dir();
    let data_dir = dir.path().join("database");
    let mut bad = config(&data_dir);
    bad.settings.push(("shared_buffers".to_owned(), "many".to_owned()));
    let refused = start(bad).await.unwrap_err();
    assert!(matches!(&refused, Error::Start { output, .. } if output.contains("shared_buffers")), "{refused}");

    let mut missing = config(&data_dir);
    missing.install_dir = dir.path().join("nowhere");
    let refused = start(missing).await.unwrap_err();
    assert!(matches!(refused, Error::ProgramMissing { .. }), "{refused}");

    start(config(&data_dir)).await.unwrap().stop().await.unwrap();
}

#[tokio::test]
async fn a_dropped_server_ends_by_itself() {
    let dir = temp_dir();
    let data_dir = dir.path().join("database");
    let server = start(config(&data_dir)).await.unwrap();
    let pid = server.pid();
    drop(server);
    // Not refused: the one who dropped it has announced to leave.
    let server = start(config(&data_dir)).await.unwrap();
    assert!(!lives(pid));
    server.stop().await.unwrap();
}

fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|found| std::os::unix::fs::MetadataExt::uid(&found) == 0)
}

/// Runs a program as the user that the database runs as.
fn as_database_user(program: &Path) -> Command {
    if !is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid=65534", "--regid=65534", "--clear-groups"]).arg(program);
    command
}

#[tokio::test]
async fn as_root_the_server_runs_as_nobody() {
    if !is_root() {
        return;
    }
    let dir = temp_dir();
    let server = start(config(dir.path().join("database"))).await.unwrap();
    let status = fs::read_to_string(format!("/proc/{}/status", server.pid())).unwrap();
    let ids = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
        line.split_whitespace().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(ids("Uid:"), ["65534"; 4]);
    assert_eq!(ids("Gid:"), ["65534"; 4]);
    assert!(ids("Groups:").is_empty(), "root's groups would open root's files");
    server.stop().await.unwrap();
}

#[tokio::test]
async fn as_root_a_closed_folder_is_named_in_the_refusal() {
    if !is_root() {
        return;
    }
    let dir = temp_dir();
    let closed = dir.path().join("closed");
    fs::create_dir(&closed).unwrap();
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o700)).unwrap();
    let refused = start(config(closed.join("database"))).await.unwrap_err();
    assert!(matches!(&refused, Error::Unreachable { folder, .. } if *folder == closed), "{refused}");
}

#[tokio::test]
async fn an_ordinary_user_needs_nothing_special_and_root_may_open_that_database_too() {
    let program = Path::new(env!("CARGO_BIN_EXE_callboard-dev-db"));
    let dir = temp_dir();
    fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o777)).unwrap();
    // A checkout below a closed folder cannot be reached by the other user.
    let copy = dir.path().join("callboard-dev-db");
    fs::copy(program, &copy).unwrap();
    let data_dir = dir.path().join("database");
    let other = Other::try_run(as_database_user(&copy), &data_dir, &[]).unwrap();
    PgConnection::connect(&other.url).await.unwrap().close().await.unwrap();
    drop(other);

    start(config(&data_dir)).await.unwrap().stop().await.unwrap();
    // And what root left behind does not lock the user out.
    drop(Other::try_run(as_database_user(&copy), &data_dir, &[]).unwrap());
}
