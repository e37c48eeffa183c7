//! The queue against its floor and against itself: what admission, dial intent and end cost, whether turns are fair by the
//! second, how fast a slot is used again, and whether a large backlog makes it slower. `bench.sh queue` prints everything
//! and keeps it.
//!
//! | environment | meaning |
//! |---|---|
//! | `CALLBOARD_QUEUE_SECONDS` | seconds per measurement, 3 |
//! | `CALLBOARD_QUEUE_ROUNDS` | rounds, the median of which is printed, 5 |
//! | `CALLBOARD_QUEUE_ONLY` | names of the measurements, joined by commas: w1, w2, w3, w4, w10 |
//! | `CALLBOARD_QUEUE_BACKLOG` | tasks of the large backlog of w2 and w10, 1,000,000 |
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a measurement stops by panicking and prints its result")]

mod fair;
mod floor;
#[path = "../desk/fresh.rs"]
#[expect(dead_code, reason = "shared with other measurements, each uses its own part")]
mod fresh;
mod latency;
mod load;
mod machine;
mod world;

use std::{env, time::Duration};

use callboard_db::PgPool;
use machine::Cost;
use world::World;

/// Clients that admit, intend and finish side by side.
pub const CLIENTS: usize = 2;
/// Calls that one admission takes, and one transaction intends or ends.
pub const BATCH: usize = 100;
/// Tasks without limits, and jobs of the floor and of the replaced system.
const SMALL: i64 = 200_000;

fn number(name: &str, otherwise: u64) -> u64 {
    env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

/// How long one measurement runs.
#[must_use]
pub fn seconds() -> Duration {
    Duration::from_secs(number("CALLBOARD_QUEUE_SECONDS", 3))
}

fn rounds() -> u64 {
    number("CALLBOARD_QUEUE_ROUNDS", 5)
}

fn backlog() -> i64 {
    i64::try_from(number("CALLBOARD_QUEUE_BACKLOG", 1_000_000)).unwrap()
}

fn wanted(name: &str) -> bool {
    env::var("CALLBOARD_QUEUE_ONLY").map_or(true, |only| only.split(',').any(|wanted| wanted == name))
}

#[tokio::main]
async fn main() {
    let (server, url) = fresh::server().await;
    println!(
        "{CLIENTS} clients, {BATCH} calls per transaction, medians of {} rounds of {} s; server CPU is that of all of its processes",
        rounds(),
        seconds().as_secs()
    );
    if wanted("w1") || wanted("w2") {
        Box::pin(throughput(&server, &url)).await;
    }
    if wanted("w3") {
        latency::reuse(&server, &url).await;
    }
    if wanted("w4") {
        fair::turns(&server, &url).await;
    }
    if wanted("w10") {
        latency::backlogs(&server, &url, &[10_000, backlog()]).await;
    }
}

/// W1 and W2 with their floor and the replaced system, in turns.
async fn throughput(server: &PgPool, url: &str) {
    let small = World::new(server, url, 1, 1, SMALL).await;
    floor::prepare(&small, SMALL).await;
    let seed = World::new(server, url, 50, 4, backlog() / 200).await;
    let (large, limited) = (seed.copy(server).await, seed.copy(server).await);
    seed.drop(server).await;
    limited.limit().await;
    let (mut w1, mut bare, mut replaced) = (
        Cost::named("W1, no limits"),
        Cost::named("  floor: bare claim and complete, pgbench"),
        Cost::named("  the replaced system: get_next, in progress, completed, pgbench"),
    );
    let (mut free, mut w2) = (
        Cost::named("W2 without limits, 50 companies x 4 campaigns"),
        Cost::named("W2, every limit on, 50 companies x 4 campaigns"),
    );
    for _ in 0..rounds() {
        let fresh = small.copy(server).await;
        load::warm_up(&fresh).await;
        w1.add(Box::pin(fresh.measure(load::drive(&fresh))).await);
        bare.add(fresh.measure(floor::bare(&fresh)).await);
        replaced.add(fresh.measure(floor::replaced(&fresh)).await);
        fresh.drop(server).await;
        load::warm_up(&large).await;
        free.add(Box::pin(large.measure(load::drive(&large))).await);
        load::warm_up(&limited).await;
        w2.add(Box::pin(limited.measure(load::drive(&limited))).await);
    }
    for cost in [&w1, &bare, &replaced, &free, &w2] {
        println!("{cost}");
    }
    println!(
        "  W1 is {:.2} of the bare floor and {:.1} times the replaced system",
        w1.rate() / bare.rate(),
        w1.rate() / replaced.rate()
    );
    println!(
        "  W2 is {:.2} of W1 and {:.2} of the same without limits",
        w2.rate() / w1.rate(),
        w2.rate() / free.rate()
    );
    for world in [small, large, limited] {
        world.drop(server).await;
    }
}
