//! An import beside a campaign that is being dialled: how much longer does admission take? Both run in one process and on
//! one server, as in the app. What is admitted is given back at once, so that nothing is used up.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::{Duration, Instant},
};

use callboard_core::id::{CampaignId, CompanyId, WorkerId};
use callboard_db::{
    admission::{self, Reach},
    leases::{self, LeaseRef},
    workers,
};
use callboard_engine::Context;
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use crate::{
    Size,
    files::Files,
    fresh::{Fresh, one_line},
    ours,
    steps::Recorder,
    table::Table,
    vacuum,
};

const TASKS: i64 = 200_000;
const SAMPLES: usize = 2000;
const PACE: Duration = Duration::from_millis(5);
/// When there are not enough samples by then, admission is too slow to wait for them.
const PATIENCE: Duration = Duration::from_mins(1);

/// Milliseconds of admissions.
#[derive(Debug, Default)]
struct Times {
    /// Until the worker knows whom it may call.
    admitted: Vec<f64>,
    /// Until that is on the disk too.
    committed: Vec<f64>,
}

/// Alone before, during imports, and alone after. Only before is what growth is counted from: afterwards the server still
/// cleans up behind the imports.
pub struct Seen {
    before: Times,
    during: Times,
    after: Times,
    imports: usize,
}

pub async fn beside(
    fresh: &Fresh,
    mut into: (CompanyId, CampaignId),
    files: &Files,
    size: Size,
    recorder: &Recorder,
) -> Seen {
    let dialled = fresh.another().await;
    let running = dialled.campaign().await;
    dialled.tasks(running, TASKS).await;
    dialled.start(running, &one_line().1).await;
    dialled.without_limits().await;
    vacuum(&fresh.context.db).await;
    let context = &dialled.context;
    let worker = WorkerId(context.new_id());
    // The first ones find cold caches.
    sample(context, worker, Until::Count(SAMPLES / 10)).await;
    let before = sample(context, worker, Until::Count(SAMPLES)).await;
    let (stop, taken) = (CancellationToken::new(), AtomicUsize::new(0));
    let (during, imports) = tokio::join!(sample(context, worker, Until::Stopped(&stop, &taken)), async {
        let (mut imports, since) = (0, Instant::now());
        // Until there are enough samples, and then to the end of an import, so that each of its phases counts.
        while imports == 0 || (taken.load(Ordering::Relaxed) < SAMPLES && since.elapsed() < PATIENCE) {
            ours::import(&fresh.context, into, &files.csv, size, recorder).await.unwrap();
            imports += 1;
            let next = fresh.another().await;
            into = (next.company, next.campaign().await);
        }
        stop.cancel();
        imports
    });
    let after = sample(context, worker, Until::Count(SAMPLES)).await;
    Seen { before, during, after, imports }
}

enum Until<'a> {
    Count(usize),
    Stopped(&'a CancellationToken, &'a AtomicUsize),
}

async fn sample(context: &Context, worker: WorkerId, until: Until<'_>) -> Times {
    let reach = Reach { practice: true, livekit: Vec::new() };
    let mut times = Times::default();
    let mut pace = interval(PACE);
    pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let since = Instant::now();
    let mut renewed: Option<Instant> = None;
    loop {
        let enough = match until {
            Until::Count(count) => times.admitted.len() >= count || since.elapsed() > PATIENCE,
            Until::Stopped(stop, taken) => {
                taken.store(times.admitted.len(), Ordering::Relaxed);
                stop.is_cancelled()
            }
        };
        if enough {
            return times;
        }
        pace.tick().await;
        if renewed.is_none_or(|at| at.elapsed() > Duration::from_secs(3)) {
            workers::renew(&mut context.db.acquire().await.unwrap(), worker, "bench", "bench").await.unwrap();
            renewed = Some(Instant::now());
        }
        let call = [context.new_id()];
        let started = Instant::now();
        let mut tx = workers::begin(&context.db).await.unwrap();
        admission::lock(&mut tx).await.unwrap();
        let admitted = admission::admit(&mut tx, worker, &reach, &call).await.unwrap();
        times.admitted.push(started.elapsed().as_secs_f64() * 1e3);
        tx.commit().await.unwrap();
        times.committed.push(started.elapsed().as_secs_f64() * 1e3);
        assert_eq!(admitted.len(), 1, "tasks wait");
        let mut tx = workers::begin(&context.db).await.unwrap();
        assert!(leases::release(&mut tx, LeaseRef::from(&admitted[0])).await.unwrap(), "it is given back");
        tx.commit().await.unwrap();
    }
}

fn at(samples: &[f64], percent: usize) -> f64 {
    let mut sorted = samples.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[(sorted.len() - 1) * percent / 100]
}

impl Seen {
    pub fn table(&self) -> Table {
        let mut table = Table::new(format!(
            "admission of one of {TASKS} tasks beside {} imports, {} samples; alone before and after, {} and {}",
            self.imports,
            self.during.admitted.len(),
            self.before.admitted.len(),
            self.after.admitted.len()
        ));
        for (what, of) in [("until admitted", 0), ("until committed", 1)] {
            let pick = |times: &Times, percent| at([&times.admitted, &times.committed][of], percent);
            for percent in [50, 99] {
                let (before, after) = (pick(&self.before, percent), pick(&self.after, percent));
                let during = pick(&self.during, percent);
                let target = if percent == 99 && of == 0 { "<= +20 %" } else { "" };
                table.row(
                    &format!("{what}, p{percent}"),
                    format!("{during:.2} ms"),
                    format!("{before:.2}, {after:.2} ms"),
                    format!("{:+.0} %", (during / before - 1.0) * 100.0),
                    target,
                );
            }
        }
        table
    }
}
