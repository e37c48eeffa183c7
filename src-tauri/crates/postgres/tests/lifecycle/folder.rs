//! Folders that are odd, foreign or damaged.

use std::fs;

use callboard_postgres::{Error, start, start_or_attach};

use crate::stage::{config, mode, notes, temp_dir, write_note};

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
