//! W3 and W10: how fast a freed slot is used again, and what a large backlog does to an admission.

use std::time::Instant;

use callboard_db::PgPool;
use callboard_engine::worker::{self, WorkerHandle, WorkerOptions};

use crate::{fresh::one_line, load, seconds, world::World};

/// Calls whose slots are used again.
const CALLS: i64 = 1_000;

fn percent(sorted: &[f64], of: usize) -> f64 {
    sorted[(sorted.len() - 1) * of / 100]
}

/// A campaign with one slot: from the end of a call on the line to the next dialling request, the result stored between.
pub async fn reuse(server: &PgPool, url: &str) {
    let world = World::new(server, url, 1, 1, CALLS).await;
    sqlx::query("update campaigns set calls_at_once = 1").execute(world.db()).await.unwrap();
    let (line, lines) = one_line();
    let handle = WorkerHandle::default();
    let options = WorkerOptions::new("bench", "bench");
    let running = tokio::spawn(worker::run(world.context().clone(), lines, options, handle.clone()));
    let mut samples = Vec::new();
    line.next_placed().await;
    for n in 1..usize::try_from(CALLS).unwrap() {
        line.ended(n).await;
        let ended = Instant::now();
        line.next_placed().await;
        samples.push(ended.elapsed().as_secs_f64() * 1000.0);
    }
    handle.stop.cancel();
    running.await.unwrap();
    samples.sort_by(f64::total_cmp);
    println!(
        "W3, end of a call to the next dialling request in its slot, {} samples: p50 {:.2} ms, p99 {:.2} ms, max {:.2} ms",
        samples.len(),
        percent(&samples, 50),
        percent(&samples, 99),
        percent(&samples, 100)
    );
    world.drop(server).await;
}

/// Admissions of 20 with different backlogs, in turns.
pub async fn backlogs(server: &PgPool, url: &str, backlogs: &[i64]) {
    let mut worlds = Vec::new();
    for backlog in backlogs {
        let world = World::new(server, url, 10, 4, backlog / 40).await;
        let worker = world.worker().await;
        worlds.push((*backlog, world, worker, Vec::new()));
    }
    let until = Instant::now() + seconds() * 4;
    while Instant::now() < until {
        for (_, world, worker, samples) in &mut worlds {
            let started = Instant::now();
            let admitted = load::admit(world.context(), *worker, 20).await;
            if admitted.len() == 20 {
                samples.push(started.elapsed().as_secs_f64() * 1000.0);
            }
            load::carry_out(world.context(), &admitted).await;
        }
    }
    println!("W10, one admission of 20 calls, 10 companies x 4 campaigns:");
    for (backlog, world, _, mut samples) in worlds {
        samples.sort_by(f64::total_cmp);
        println!(
            "  backlog {backlog}: p50 {:.2} ms, p99 {:.2} ms ({} samples)",
            percent(&samples, 50),
            percent(&samples, 99),
            samples.len()
        );
        world.drop(server).await;
    }
}
