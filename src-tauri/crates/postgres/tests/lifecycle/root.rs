//! Root and the ordinary users beside it.

use std::{fs, os::unix::fs::PermissionsExt as _, path::Path};

use callboard_postgres::{Error, start};
use sqlx::{Connection as _, PgConnection};

use crate::stage::{Other, as_database_user, config, is_root, temp_dir};

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
