//! `make bench`: what one machine does, each figure beside a floor that was measured in the same run.
//!
//! Owns three workloads: an import against plain COPY of the same rows, admission and finish against a pgbench script of
//! the same statements (read from `.sqlx`, so that both run the same text), and the time from a committed task to its
//! dialling on an idle worker. Prints medians of five; refuses to be a test: it never fails for being slow.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a measurement stops by panicking and prints its result")]

mod floor;
#[expect(dead_code, reason = "what only the imports need")]
mod fresh;

use std::{
    fs,
    io::Write as _,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use callboard_core::{
    call::{Disposition, Outcome},
    id::WorkerId,
    task::TaskStatus,
};
use callboard_db::{
    PgPool,
    admission::{self, Reach},
    leases::{self, Finished, LeaseRef},
    workers,
};
use callboard_engine::{
    Context,
    import::{CheckJob, ImportLimits, import_file, layout::LayoutChoice},
    worker::{self, WorkerHandle, WorkerOptions},
};
use fresh::{Fresh, median, one_line};
use sqlx::Executor;
use tokio::task::JoinSet;
use uuid::Uuid;

const ROUNDS: usize = 5;
const IMPORT_ROWS: usize = 200_000;
const QUEUE_SECONDS: u64 = 5;
const CLIENTS: usize = 8;
const PICKUPS: usize = 300;

#[tokio::main]
async fn main() {
    let (server, url) = fresh::server().await;
    import(&server, &url).await;
    queue(&server, &url).await;
    pickup(&server, &url).await;
}

fn spread(values: &[f64]) -> String {
    let (min, max) = values.iter().fold((f64::INFINITY, 0.0_f64), |(min, max), v| (min.min(*v), max.max(*v)));
    format!("min {min:.0}, max {max:.0}")
}

/// The same rows through the import and through plain COPY into an unlogged table.
async fn import(server: &PgPool, url: &str) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("list.csv");
    let mut text = Vec::with_capacity(IMPORT_ROWS * 60);
    writeln!(text, "phone_number,name,company,city,debt").unwrap();
    for n in 0..IMPORT_ROWS {
        writeln!(text, "+79{n:09},Client {n},Company {},Moscow,{}", n % 997, n % 10_000).unwrap();
    }
    fs::write(&file, &text).unwrap();
    let (mut ours, mut floor) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let fresh = Fresh::new(server, url, 4).await;
        let campaign = fresh.campaign().await;
        let started = Instant::now();
        let job = CheckJob {
            company_id: fresh.company,
            campaign_id: campaign,
            path: file.clone(),
            file_name: "list.csv".into(),
            region: "RU".into(),
            choice: LayoutChoice::default(),
            roles: None,
            limits: ImportLimits::default(),
        };
        let outcome = import_file(&fresh.context, job, false).await.unwrap();
        ours.push(IMPORT_ROWS as f64 / started.elapsed().as_secs_f64());
        assert_eq!(usize::try_from(outcome.created).unwrap(), IMPORT_ROWS, "every row became a task");

        let mut connection = fresh.context.db.acquire().await.unwrap();
        connection
            .execute("create unlogged table plain (phone text, name text, company text, city text, debt text)")
            .await
            .unwrap();
        let started = Instant::now();
        let mut copy = connection.copy_in_raw("copy plain from stdin (format csv, header)").await.unwrap();
        copy.send(text.as_slice()).await.unwrap();
        copy.finish().await.unwrap();
        floor.push(IMPORT_ROWS as f64 / started.elapsed().as_secs_f64());
        drop(connection);
        fresh.drop(server).await;
    }
    let (shown, floor_shown) = (spread(&ours), spread(&floor));
    let (ours, floor) = (median(&mut ours), median(&mut floor));
    println!("import of {IMPORT_ROWS} rows, file to dialable tasks: {ours:.0} rows/s ({shown})");
    println!(
        "  floor, COPY csv into an unlogged table:       {floor:.0} rows/s ({floor_shown}); ours takes {:.1} times as long",
        floor / ours
    );
}

fn success() -> Finished {
    Finished {
        disposition: Disposition::Answered,
        outcome: Outcome::Success,
        outcome_reason: None,
        outcome_confidence: None,
        sip_status: Some(200),
        error: None,
        ring_ms: 1000,
        talk_ms: 1000,
        status: TaskStatus::Completed,
        due_at: None,
    }
}

/// Admits `batch` tasks, intends and finishes each, in the transactions of the worker. How many calls.
async fn cycle(context: &Context, worker: WorkerId, reach: &Reach, batch: usize) -> usize {
    let ids: Vec<Uuid> = (0..batch).map(|_| context.new_id()).collect();
    let db = &context.db;
    let mut tx = db.begin().await.unwrap();
    admission::lock(&mut tx).await.unwrap();
    let admitted = admission::admit(&mut tx, worker, reach, &ids).await.unwrap();
    tx.commit().await.unwrap();
    for call in &admitted {
        let lease = LeaseRef::from(call);
        let mut tx = db.begin().await.unwrap();
        assert!(leases::intend_to_dial(&mut tx, lease).await.unwrap());
        tx.commit().await.unwrap();
        let mut tx = db.begin().await.unwrap();
        leases::lock(&mut tx, lease).await.unwrap().unwrap();
        leases::finish(&mut tx, lease, &success()).await.unwrap();
        tx.commit().await.unwrap();
    }
    admitted.len()
}

async fn ours_per_second(fresh: &Fresh, batch: usize) -> f64 {
    let worker = WorkerId(fresh.context.new_id());
    workers::renew(&mut fresh.context.db.acquire().await.unwrap(), worker, "bench", "bench").await.unwrap();
    let reach = Reach { practice: true, livekit: Vec::new() };
    let done = Arc::new(AtomicUsize::new(0));
    let started = Instant::now();
    let until = started + Duration::from_secs(QUEUE_SECONDS);
    let mut clients = JoinSet::new();
    for _ in 0..CLIENTS {
        let (context, reach, done) = (fresh.context.clone(), reach.clone(), Arc::clone(&done));
        clients.spawn(async move {
            while Instant::now() < until {
                done.fetch_add(cycle(&context, worker, &reach, batch).await, Ordering::Relaxed);
            }
        });
    }
    while let Some(ended) = clients.join_next().await {
        ended.unwrap();
    }
    done.load(Ordering::Relaxed) as f64 / started.elapsed().as_secs_f64()
}

/// Admission, intent and finish, each in its own transaction, against pgbench with the same statements.
async fn queue(server: &PgPool, url: &str) {
    let folder = tempfile::tempdir().unwrap();
    let (mut ours, mut batched, mut floor) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        for kind in ["ours", "batched", "floor"] {
            let fresh = Fresh::new(server, url, CLIENTS as u32 + 2).await;
            let campaign = fresh.campaign().await;
            fresh.tasks(campaign, 100_000).await;
            fresh.start(campaign, &one_line().1).await;
            fresh.without_limits().await;
            match kind {
                "ours" => ours.push(ours_per_second(&fresh, 1).await),
                "batched" => batched.push(ours_per_second(&fresh, 50).await),
                _ => {
                    let worker = fresh.context.new_id();
                    let mut db = fresh.context.db.acquire().await.unwrap();
                    workers::renew(&mut db, WorkerId(worker), "pgbench", "bench").await.unwrap();
                    drop(db);
                    floor.extend(floor::pgbench(&fresh.url, &floor::script(worker, folder.path())));
                }
            }
            fresh.drop(server).await;
        }
    }
    println!("admission + dial intent + finish, {CLIENTS} clients, one campaign without limits, 100,000 tasks:");
    println!("  one call per admission:   {:.0} calls/s ({})", median(&mut ours), spread(&ours));
    if !floor.is_empty() {
        let ratio = median(&mut ours) / median(&mut floor);
        println!(
            "  pgbench, same statements: {:.0} calls/s ({}); ours is {ratio:.2} of it",
            median(&mut floor),
            spread(&floor)
        );
    }
    println!("  50 calls per admission:   {:.0} calls/s ({})", median(&mut batched), spread(&batched));
}

/// From the commit of a task, with its notification, to the dialling request, on an idle worker.
async fn pickup(server: &PgPool, url: &str) {
    let fresh = Fresh::new(server, url, 8).await;
    let (line, lines) = one_line();
    let campaign = fresh.campaign().await;
    fresh.tasks(campaign, 1).await;
    fresh.start(campaign, &lines).await;
    fresh.without_limits().await;
    let handle = WorkerHandle::default();
    let running =
        tokio::spawn(worker::run(fresh.context.clone(), lines, WorkerOptions::new("bench", "bench"), handle.clone()));
    let wake = Arc::clone(&handle.wake);
    let db = fresh.context.db.clone();
    let listening = tokio::spawn(async move {
        let mut listener = callboard_db::events::Listener::open(&db).await.unwrap();
        while listener.next().await.is_ok() {
            wake.notify_one();
        }
    });
    line.next_placed().await;
    let mut samples = Vec::with_capacity(PICKUPS);
    for n in 0..PICKUPS {
        line.ended(n + 1).await;
        let mut tx = fresh.context.db.begin().await.unwrap();
        sqlx::query(
            "insert into call_tasks (company_id, task_id, contact_id, campaign_id, position, phone, due_at)
             values ($1, $2, $2, $3, $4, $5, clock_timestamp())",
        )
        .bind(fresh.company.0)
        .bind(fresh.context.new_id())
        .bind(campaign.0)
        .bind(i32::try_from(n).unwrap() + 10)
        .bind(format!("+78{n:09}"))
        .execute(&mut *tx)
        .await
        .unwrap();
        let event = callboard_db::events::Event {
            company_id: Some(fresh.company.0),
            tags: vec!["tasks".into()],
            campaigns: vec![campaign.0],
        };
        callboard_db::events::notify(&mut tx, event).await.unwrap();
        let started = Instant::now();
        tx.commit().await.unwrap();
        line.next_placed().await;
        samples.push(started.elapsed().as_secs_f64() * 1000.0);
    }
    handle.stop.cancel();
    running.await.unwrap();
    listening.abort();
    samples.sort_by(f64::total_cmp);
    let at = |percent: usize| samples[(samples.len() - 1) * percent / 100];
    println!("idle pickup, commit of a task to the dialling request, {PICKUPS} samples:");
    println!("  p50 {:.2} ms, p99 {:.2} ms, max {:.2} ms", at(50), at(99), at(100));
    fresh.drop(server).await;
}
