//! Drives the statements of the worker as fast as they go: admission, dial intents, ends, in its transactions and with its
//! kinds of commit.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

use callboard_core::{
    call::{Disposition, Outcome},
    id::WorkerId,
    task::TaskStatus,
};
use callboard_db::{
    admission::{self, Admitted, Reach},
    deltas,
    leases::{self, Finished, LeaseRef},
    synchronous_commit, workers,
};
use callboard_engine::Context;
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::{BATCH, CLIENTS, seconds, world::World};

const PRACTICE: Reach = Reach { practice: true, livekit: Vec::new() };

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

/// Admits up to `batch` tasks.
pub async fn admit(context: &Context, worker: WorkerId, batch: usize) -> Vec<Admitted> {
    let ids: Vec<Uuid> = (0..batch).map(|_| context.new_id()).collect();
    let mut tx = workers::begin(&context.db).await.unwrap();
    admission::lock(&mut tx).await.unwrap();
    let admitted = admission::admit(&mut tx, worker, &PRACTICE, &ids).await.unwrap();
    tx.commit().await.unwrap();
    admitted
}

/// Intends and ends admitted calls.
pub async fn carry_out(context: &Context, admitted: &[Admitted]) {
    if admitted.is_empty() {
        return;
    }
    let refs: Vec<LeaseRef> = admitted.iter().map(LeaseRef::from).collect();
    let mut tx = workers::begin(&context.db).await.unwrap();
    let intents = leases::intend(&mut tx, &refs).await.unwrap();
    assert!(intents.iter().all(|intent| intent.is_granted()), "nothing stands in the way of any call");
    synchronous_commit(&mut tx).await.unwrap();
    tx.commit().await.unwrap();
    let mut tx = workers::begin(&context.db).await.unwrap();
    let endings = leases::endings(&mut tx, &refs).await.unwrap();
    assert!(endings.iter().all(Option::is_some), "every lease is ours");
    let ends: Vec<(LeaseRef, Finished)> = refs.into_iter().map(|lease| (lease, success())).collect();
    assert_eq!(leases::finish_all(&mut tx, &ends).await.unwrap().len(), ends.len());
    synchronous_commit(&mut tx).await.unwrap();
    tx.commit().await.unwrap();
}

/// A few calls, and what the timekeeper does when tables have grown: no plan is left from when they were empty.
pub async fn warm_up(world: &World) {
    let worker = world.worker().await;
    for _ in 0..5 {
        let admitted = admit(world.context(), worker, BATCH).await;
        carry_out(world.context(), &admitted).await;
    }
    deltas::take_stock(&mut world.db().acquire().await.unwrap()).await.unwrap();
}

/// All clients for the time of a measurement: calls that ended, and in how long.
pub async fn drive(world: &World) -> (f64, Duration) {
    let worker = world.worker().await;
    let done = Arc::new(AtomicU32::new(0));
    let started = Instant::now();
    let mut clients = JoinSet::new();
    for _ in 0..CLIENTS {
        let (context, done) = (world.context().clone(), Arc::clone(&done));
        clients.spawn(async move {
            while started.elapsed() < seconds() {
                let admitted = admit(&context, worker, BATCH).await;
                carry_out(&context, &admitted).await;
                done.fetch_add(u32::try_from(admitted.len()).unwrap(), Ordering::Relaxed);
            }
        });
    }
    while let Some(ended) = clients.join_next().await {
        ended.unwrap();
    }
    (f64::from(done.load(Ordering::Relaxed)), started.elapsed())
}
