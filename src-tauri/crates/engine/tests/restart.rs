//! A database that goes away in the middle of calls and comes back: the workers outlive it, what came of the calls is
//! written, nobody is dialled twice. The server is a private one, so that it can be stopped and killed.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;
mod dialer;

use std::{fs, os::unix::fs::PermissionsExt as _, path::PathBuf, process::Command};

use callboard_contract::TaskCounts;
use callboard_db::{
    PgPool,
    connect::{self, Target},
};
use callboard_postgres::{Config, Server};
use callboard_testkit::scripted::{Script, ScriptedLine, Stage as At};
use common::{PATIENCE, Stage};
use dialer::{counters_are_the_truth, number, phones, refs};
use secrecy::SecretString;
use tempfile::TempDir;

/// A folder for a server; who runs `PostgreSQL` may be somebody else.
fn folder() -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o755)).unwrap();
    dir
}

async fn start(dir: &TempDir) -> Server {
    let staged = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../target/postgres");
    let install = std::env::var_os("CALLBOARD_PG").map_or_else(|| PathBuf::from(staged), PathBuf::from);
    callboard_postgres::start(Config::new(install, dir.path().join("database"))).await.unwrap()
}

async fn open(server: &Server) -> PgPool {
    connect::open(&Target::Url(SecretString::from(server.connection().url())), 8).await.unwrap()
}

/// Waits until so many tasks are final; the database may be away in between.
async fn settled(db: &PgPool, tasks: i64) {
    let looking = async {
        loop {
            let sql = "select count(*) from call_tasks where status in ('completed', 'failed') or (status = 'retry' and attempts > 0)";
            if sqlx::query_scalar::<_, i64>(sql).fetch_one(db).await.is_ok_and(|found| found >= tasks) {
                return;
            }
            tokio::task::yield_now().await;
        }
    };
    assert!(tokio::time::timeout(PATIENCE * 2, looking).await.is_ok(), "{tasks} tasks should be settled");
}

/// The end of a server, as an administrator or a power cut brings it about.
async fn end(server: Server, by_force: bool) {
    if by_force {
        let pid = server.pid().to_string();
        assert!(Command::new("kill").args(["-9", &pid]).status().unwrap().success());
        // The next start waits for what is left of it.
        drop(server);
    } else {
        server.stop().await.unwrap();
    }
}

/// Fault F5: six calls ring or speak when the server goes; three end while it is away, three after it came back.
async fn calls_outlast_the_database(by_force: bool) {
    let dir = folder();
    let server = start(&dir).await;
    let db = open(&server).await;
    let phones = phones(12);
    let line = ScriptedLine::new().on(&phones[1], Script::Busy).on(&phones[2], Script::Refusal);
    let stage = Stage::with_line(db.clone(), line).await;
    stage.line.hold(At::Ringing);
    stage.line.hold(At::Talking);
    let campaign = stage.running(&refs(&phones), |form| form.calls_at_once = 6).await;
    let workers = [stage.worker(), stage.worker()];
    stage.line.all_waiting_at(At::Ringing, 6).await;
    for phone in &phones[3..6] {
        stage.line.advance(phone);
        stage.line.waiting_at(At::Talking, phone).await;
    }

    end(server, by_force).await;
    for phone in &phones[..3] {
        stage.line.release(phone);
    }
    stage.line.ended(3).await;
    assert_eq!(stage.line.ledger().placed(|_| true), 6, "without the database nobody is dialled");

    let server = start(&dir).await;
    stage.line.release_all();
    settled(&db, 12).await;
    for worker in workers {
        worker.stop().await;
    }
    let ledger = stage.line.ledger();
    assert_eq!(ledger.double_dials(), []);
    assert_eq!(ledger.placed(|_| true), 12, "each once");
    assert!(ledger.max_at_once(|_| true) <= 6);
    assert_eq!(
        stage.counts(campaign).await,
        TaskCounts { total: 12, completed: 11, retry: 1, ..TaskCounts::default() },
        "what came of the calls is written: one was busy"
    );
    assert_eq!(stage.task(campaign, &phones[2], "outcome").await.unwrap(), "refusal");
    let whole = "select count(*) from calls where state = 'ended' and (talk_ms = 0) = (answered_at is null)";
    assert_eq!(number(&db, whole).await, 12, "with their answers, told while the database was away");
    assert_eq!(number(&db, "select count(*) from leases").await, 0);
    counters_are_the_truth(&db, campaign).await;
    db.close().await;
    server.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn calls_outlast_a_restart_of_the_database() {
    calls_outlast_the_database(false).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn calls_outlast_a_crash_of_the_database() {
    calls_outlast_the_database(true).await;
}

/// The server goes again and again while workers admit, intend and store: whichever commit loses its reply, nobody is
/// dialled twice, no slot leaks, and the limit holds.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_queue_survives_one_restart_after_another() {
    let dir = folder();
    let mut server = start(&dir).await;
    let db = open(&server).await;
    let phones = phones(90);
    let stage = Stage::with_line(db.clone(), ScriptedLine::new()).await;
    let campaign = stage.running(&refs(&phones), |form| form.calls_at_once = 3).await;
    let workers = [stage.worker(), stage.worker()];
    for round in 1..=3 {
        // Somewhere in the middle of the next calls.
        stage.line.ended(round * 15).await;
        end(server, round % 2 == 0).await;
        server = start(&dir).await;
    }
    let finishing = async {
        loop {
            let open = "select count(*) from call_tasks where status in ('pending', 'in_progress')";
            match sqlx::query_scalar::<_, i64>(open).fetch_one(&db).await {
                Ok(0) => return,
                Ok(_) | Err(_) => workers.iter().for_each(|worker| worker.handle.wake.notify_one()),
            }
        }
    };
    assert!(tokio::time::timeout(PATIENCE * 3, finishing).await.is_ok());
    for worker in workers {
        worker.stop().await;
    }
    let ledger = stage.line.ledger();
    assert_eq!(ledger.double_dials(), []);
    assert!(ledger.max_at_once(|_| true) <= 3);
    for phone in &phones {
        assert_eq!(ledger.dials_to(phone), 1, "{phone}");
    }
    assert_eq!(number(&db, "select count(*) from leases").await, 0);
    assert_eq!(stage.counts(campaign).await, TaskCounts { total: 90, completed: 90, ..TaskCounts::default() });
    counters_are_the_truth(&db, campaign).await;
    db.close().await;
    server.stop().await.unwrap();
}
