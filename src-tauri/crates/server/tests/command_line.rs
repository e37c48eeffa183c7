//! The program as scripts use it, on an embedded database of its own. Needs `PostgreSQL`'s programs in `CALLBOARD_PG`, or
//! in `target/postgres`, where `stage-pg.sh` puts them.
#![cfg(unix)]

use std::{
    env, fs,
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    time::{Duration, Instant},
};

use serde_json::Value;
use tempfile::TempDir;

struct Bench {
    data: TempDir,
}

impl Bench {
    fn new() -> Self {
        let data = tempfile::tempdir().expect("a folder");
        // As root the database runs as another user, who must be able to enter.
        fs::set_permissions(data.path(), fs::Permissions::from_mode(0o755)).expect("it is ours");
        Self { data }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_callboard-server"));
        command.args(arguments).arg("--data").arg(self.data.path());
        command.env_remove("DATABASE_URL").env_remove("CALLBOARD_TOKEN").env("CALLBOARD_PG", programs());
        command
    }

    /// The process of the database's server.
    fn postmaster(&self) -> Option<String> {
        let file = fs::read_to_string(self.data.path().join("database/data/postmaster.pid")).ok()?;
        file.lines().next().map(str::to_owned)
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().expect("the program starts")
    }

    fn json(&self, arguments: &[&str]) -> Value {
        let output = self.run(&[arguments, &["--json"]].concat());
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).expect("the answer is JSON")
    }
}

fn programs() -> PathBuf {
    if let Some(folder) = env::var_os("CALLBOARD_PG") {
        return folder.into();
    }
    let programs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../target/postgres");
    assert!(programs.is_dir(), "src-tauri/scripts/stage-pg.sh puts PostgreSQL into target/postgres");
    programs
}

/// A program that runs until it is told to stop; killed when a test fails.
struct Daemon {
    process: Child,
    first_line: Value,
}

impl Daemon {
    fn start(mut command: Command) -> Self {
        let mut process = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("the program starts");
        let mut line = String::new();
        BufReader::new(process.stdout.take().expect("it is piped")).read_line(&mut line).expect("it prints a line");
        let first_line = serde_json::from_str(&line).expect("the line is JSON");
        Self { process, first_line }
    }

    fn stop(mut self) -> Option<i32> {
        let killed = Command::new("kill").arg("-TERM").arg(self.process.id().to_string()).status().expect("kill runs");
        assert!(killed.success());
        self.process.wait().expect("it ends").code()
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        // It may have ended already.
        self.process.kill().ok();
    }
}

/// One HTTP request; status and body.
fn post(address: &str, path: &str, token: &str, body: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(address).expect("the server listens");
    let length = body.len();
    write!(
        stream,
        "POST {path} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    )
    .expect("the server reads");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("the server answers");
    let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
    (status, answer.split_once("\r\n\r\n").expect("a body").1.to_owned())
}

#[test]
fn a_script_seeds_lists_starts_and_imports() {
    let bench = Bench::new();
    assert_eq!(bench.json(&["migrate"])["database"]["state"], "ready");

    let made = bench.json(&["seed", "--contacts", "50", "--campaigns", "2"]);
    assert_eq!(made["items"][0]["created"], 50);
    let campaigns = bench.json(&["campaign", "list"]);
    assert_eq!(campaigns["total"], 2);
    let id = campaigns["items"][0]["id"].as_str().expect("an id").to_owned();

    let list = bench.data.path().join("list.csv");
    fs::write(&list, "phone,name\n+79261234567,Анна\n+79261234567,Анна\n12,Иван\n").expect("written");
    let list = list.display().to_string();
    let checked = bench.json(&["import", &list, "--campaign", &id, "--dry-run"]);
    let imported = bench.json(&["import", &list, "--campaign", &id]);
    for (report, written) in [(checked, false), (imported, true)] {
        let counts = &report["counts"];
        assert_eq!([&report["created"], &counts["duplicate"], &counts["invalid"]], [1, 1, 1]);
        assert_eq!(report["callListId"].is_string(), written, "a dry run writes nothing");
    }

    assert_eq!(bench.json(&["campaign", "start", &id])["state"], "running");
    let again = bench.run(&["campaign", "start", &id, "--json"]);
    assert_eq!(again.status.code(), Some(1), "a refusal");
    let error: Value = serde_json::from_slice(&again.stderr).expect("errors are JSON too");
    assert_eq!(error["code"], "already_running");
    assert_eq!(bench.json(&["campaign", "pause", &id])["state"], "paused");
    assert_eq!(bench.json(&["campaign", "stats", &id])["overview"]["campaign"]["counts"]["total"], 51);
    let table = String::from_utf8(bench.run(&["campaign", "list"]).stdout).expect("text");
    assert!(table.starts_with("id ") && table.contains("Demo 1"), "{table}");
}

#[test]
fn the_server_serves_others_attach_and_sigterm_ends_it_in_order() {
    let bench = Bench::new();
    let server = Daemon::start(bench.command(&["serve", "--drain", "1"]));
    let url = server.first_line["url"].as_str().expect("its address");
    let (address, token) = url.strip_prefix("http://").expect("HTTP").split_once("/#token=").expect("a token");

    let created = bench.json(&["seed", "--contacts", "5"]);
    assert_eq!(created["items"][0]["created"], 5, "the command line uses the server's database");
    let (status, body) = post(address, "/rpc/company_list", token, "{}");
    assert_eq!(status, 200, "{body}");
    assert!(body.contains("\"Demo\""), "{body}");
    assert_eq!(post(address, "/rpc/company_list", "wrong", "{}").0, 401);

    let (status, body) = post(address, "/upload?name=list.csv", token, "phone\n+79261234567\n");
    assert_eq!(status, 200, "{body}");
    assert_eq!(server.stop(), Some(0));
}

/// The postmaster is killed, as a system that is short of memory does: the server starts it again by itself, and nobody has
/// to do anything.
#[test]
fn a_database_that_is_killed_under_a_server_comes_back_by_itself() {
    let bench = Bench::new();
    let server = Daemon::start(bench.command(&["serve", "--drain", "1"]));
    let url = server.first_line["url"].as_str().expect("its address");
    let (address, token) = url.strip_prefix("http://").expect("HTTP").split_once("/#token=").expect("a token");
    bench.json(&["seed", "--contacts", "5"]);
    let killed = bench.postmaster().expect("the database runs");
    assert!(Command::new("kill").args(["-KILL", &killed]).status().expect("kill runs").success());

    let started = Instant::now();
    let companies = loop {
        let (status, body) = post(address, "/rpc/company_list", token, "{}");
        if status == 200 && bench.postmaster().is_some_and(|running| running != killed) {
            break body;
        }
        assert!(started.elapsed() < Duration::from_mins(1), "the desk does not work again: {status} {body}");
    };
    assert!(companies.contains("\"Demo\""), "nothing that was committed is lost: {companies}");
    assert_eq!(bench.json(&["campaign", "list"])["total"], 1, "others attach to the new one");
    assert_eq!(server.stop(), Some(0));
}

#[test]
fn a_worker_says_when_it_is_ready() {
    let bench = Bench::new();
    let worker = Daemon::start(bench.command(&["worker", "--name", "night shift", "--drain", "1"]));
    assert_eq!(worker.first_line, serde_json::json!({ "worker": "night shift", "ready": true }));
    assert_eq!(worker.stop(), Some(0));
}

#[test]
fn wrong_usage_and_a_database_that_is_away_have_codes_of_their_own() {
    let bench = Bench::new();
    assert_eq!(bench.run(&["serve", "--bind", "0.0.0.0"]).status.code(), Some(2), "other machines were not allowed");
    assert_eq!(bench.run(&["serve", "--ui", "/nowhere"]).status.code(), Some(2));
    let mut command = Command::new(env!("CARGO_BIN_EXE_callboard-server"));
    command.arg("migrate").env_remove("DATABASE_URL");
    assert_eq!(command.output().expect("it starts").status.code(), Some(2), "nothing names a database");
    // Port 1 of this machine: nobody answers.
    command.env("DATABASE_URL", "postgres://u:s3cr3t@127.0.0.1:1/callboard");
    let output = command.output().expect("it starts");
    assert_eq!(output.status.code(), Some(3));
    assert!(!String::from_utf8_lossy(&output.stderr).contains("s3cr3t"), "passwords are never printed");
}
