//! Several Callboards on one folder: who owns the server, who visits it, who inherits it.

use std::{fs, path::Path, process::Stdio, time::Duration};

use callboard_postgres::{Error, Role, start, start_or_attach};
use sqlx::{Connection as _, PgConnection};

use crate::stage::{Other, as_database_user, config, install_dir, kill, lives, notes, temp_dir, until, write_note};

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
