//! `make bench`: what one machine does, each figure beside a floor that was measured in the same run.
//!
//! Owns two workloads: an import against plain COPY of the same rows, and the time from a committed task to its dialling on
//! an idle worker. What the queue takes is measured by `queue`. Prints medians of five; refuses to be a test: it never fails
//! for being slow.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a measurement stops by panicking and prints its result")]

#[expect(dead_code, reason = "what only the imports need")]
mod fresh;

use std::{fs, io::Write as _, sync::Arc, time::Instant};

use callboard_db::PgPool;
use callboard_engine::{
    import::{CheckJob, ImportLimits, import_file, layout::LayoutChoice},
    worker::{self, WorkerHandle, WorkerOptions},
};
use fresh::{Fresh, median, one_line};
use sqlx::Executor;

const ROUNDS: usize = 5;
const IMPORT_ROWS: usize = 200_000;
const PICKUPS: usize = 300;

#[tokio::main]
async fn main() {
    let (server, url) = fresh::server().await;
    import(&server, &url).await;
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
