//! One Callboard and its server: first start, restart, a server that is killed, a start that is cut off.

use std::{
    fs,
    process::{Command, Stdio},
    time::Duration,
};

use callboard_postgres::{Kept, Role, start};
use sqlx::{Connection as _, Executor as _, PgConnection, Row as _};

use crate::stage::{config, connect, install_dir, kill, lives, mode, notes, show, temp_dir, until, write_note};

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

/// What both hosts hold: they ask for it again after every lost connection.
#[tokio::test]
async fn a_kept_server_is_the_same_until_it_is_killed_and_then_started_again() {
    let dir = temp_dir();
    let kept = Kept::owned(config(dir.path().join("database")));
    let url = kept.url().await.unwrap();
    let mut connection = PgConnection::connect(&url).await.unwrap();
    connection.execute("create table kept (n int)").await.unwrap();
    assert_eq!(kept.url().await.unwrap(), url, "a living server is handed out again");
    connection.execute("insert into kept values (1)").await.unwrap();

    let postmaster = fs::read_to_string(dir.path().join("database/data/postmaster.pid")).unwrap();
    let pid = postmaster.lines().next().unwrap().parse().unwrap();
    kill("-KILL", pid);
    until("the server is gone", || !lives(pid)).await;
    let again = kept.url().await.unwrap();
    let mut connection = PgConnection::connect(&again).await.unwrap();
    let row = sqlx::query("select n from kept").fetch_one(&mut connection).await.unwrap();
    assert_eq!(row.get::<i32, _>(0), 1, "nothing that was committed is lost");
    connection.close().await.unwrap();
    kept.stop().await;
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
