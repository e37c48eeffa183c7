//! A database server of our own, with a password: what it refuses, and what becomes of a call while it is away.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::{fs, os::unix::fs::PermissionsExt as _, path::PathBuf, time::Duration};

use callboard_contract::{ErrorCode, TaskCounts};
use callboard_db::{
    PgPool,
    connect::{self, Refusal, Target},
};
use callboard_engine::{campaigns, worker::Step};
use callboard_postgres::{Config, Server};
use callboard_telephony::{LineEvent, TimedEvent};
use callboard_testkit::scripted::{ScriptedLine, Stage as At};
use common::Stage;
use tempfile::TempDir;

const PHONE: &str = "+79991234567";

/// A folder for a server; who runs `PostgreSQL` may be somebody else.
fn folder() -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o755)).unwrap();
    dir
}

async fn start(dir: &TempDir) -> Server {
    let staged = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../target/postgres");
    let install = std::env::var_os("CALLBOARD_PG").map_or_else(|| PathBuf::from(staged), PathBuf::from);
    assert!(install.join("bin/postgres").is_file(), "run src-tauri/scripts/stage-pg.sh first");
    callboard_postgres::start(Config::new(install, dir.path().join("database"))).await.unwrap()
}

/// The server as a shared one: host, user and password. Its Unix socket asks for the password too (scram-sha-256).
fn shared(server: &Server) -> Target {
    let connection = server.connection();
    Target::Server {
        host: connection.socket_dir.as_ref().unwrap().to_str().unwrap().to_owned(),
        port: connection.port,
        database: connection.database.clone(),
        user: connection.user.clone(),
        password: connection.password.clone().into(),
        require_tls: false,
        ca_file: None,
    }
}

#[tokio::test]
async fn every_refusal_of_a_server_is_named() {
    let dir = folder();
    let server = start(&dir).await;
    let good = shared(&server);
    let found = connect::probe(&good).await.unwrap();
    assert!(!found.has_schema, "trying a database changes nothing in it");
    let Target::Server { host, port, database, user, password, ca_file, .. } = good.clone() else { unreachable!() };
    let with = |host: &str, database: &str, user: &str, password: &str, require_tls| Target::Server {
        host: host.to_owned(),
        port,
        database: database.to_owned(),
        user: user.to_owned(),
        password: password.to_owned().into(),
        require_tls,
        ca_file: ca_file.clone(),
    };
    let secret = server.connection().password.clone();
    drop(password);
    let nobody = dir.path().to_str().unwrap();
    for (target, refusal) in [
        (with(&host, &database, &user, "guess", false), Refusal::WrongPassword),
        (with(&host, &database, "stranger", &secret, false), Refusal::WrongPassword),
        (with(&host, "elsewhere", &user, &secret, false), Refusal::NoDatabase),
        (with(&host, &database, &user, &secret, true), Refusal::NoTls),
        (with(nobody, &database, &user, &secret, false), Refusal::Unreachable),
    ] {
        let error = connect::probe(&target).await.unwrap_err();
        assert_eq!(Refusal::of(&error), refusal, "{error}");
        assert!(!format!("{error} {error:?}").contains(&secret), "an error never shows the password");
        let error = connect::open(&target, 2).await.unwrap_err();
        assert_eq!(Refusal::of(&error), refusal, "also when it is opened: {error}");
    }
    connect::open(&good, 2).await.unwrap().close().await;
    assert!(connect::probe(&good).await.unwrap().has_schema);
    server.stop().await.unwrap();
}

async fn open(server: &Server) -> PgPool {
    connect::open(&shared(server), 5).await.unwrap()
}

/// Acceptance 37, 51, 52: the server stops during a conversation and comes back after its end. The result is kept,
/// written once, and the worker goes on with the next call.
#[tokio::test]
async fn a_call_outlives_a_restart_of_the_database() {
    let dir = folder();
    let server = start(&dir).await;
    let said = TimedEvent {
        at: Duration::from_secs(5),
        event: LineEvent::Speech(callboard_core::telemetry::SpeechEvent::UserSaid {
            text: "Agreed".to_owned(),
            stt_seconds: 2.0,
        }),
    };
    let line = ScriptedLine::new().saying(PHONE, vec![said]);
    let stage = Stage::with_line(open(&server).await, line).await;
    stage.line.hold_phone(At::Talking, PHONE);
    let campaign = stage.running(&[PHONE, "+79991234568"], |form| form.calls_at_once = 1).await;
    let worker = stage.worker();
    stage.line.waiting_at(At::Talking, PHONE).await;
    worker.reached(Step::Answered, 1).await;

    server.stop().await.unwrap();
    let away = campaigns::get(&stage.context, stage.company, campaign).await.unwrap_err();
    assert_eq!((away.code, away.retryable), (ErrorCode::DatabaseAway, true), "a person is told that it is away");
    stage.line.release(PHONE);
    worker.reached(Step::Ended, 1).await;
    let server = start(&dir).await;
    worker.reached(Step::Finished, 2).await;

    assert_eq!(stage.counts(campaign).await, TaskCounts { total: 2, completed: 2, ..TaskCounts::default() });
    assert_eq!(stage.number("select count(*) from call_logs where content = 'Agreed'").await, 1, "nothing was lost");
    assert_eq!(stage.number("select count(*) from call_metrics").await, 1);
    assert_eq!(stage.number("select count(*) from leases").await, 0);
    assert_eq!(stage.line.ledger().max_at_once(|_| true), 1, "and nobody was called twice at once");
    worker.stop().await;
    stage.context.db.close().await;
    server.stop().await.unwrap();
}
