//! The reaper: gives calls of dead workers back when they were certainly not dialled, and reconciles the others with
//! the line. A call that may ring keeps its slot until it is known to be over. The same for leases of this worker that
//! it lost track of.

use std::{sync::Arc, time::Duration};

use callboard_core::call::Disposition;
use callboard_db::{
    DbResult,
    admission::Admitted,
    leases::{self, LeaseRef},
    orphans::{self, Held},
    workers,
};
use callboard_telephony::{CallEnd, Line, LineFault, PlannedCall};
use tokio::time::{Instant, timeout};
use tracing::{info, warn};

use super::{
    Hand, Worker,
    call::{self, Told},
};
use crate::{context::commit, settings};

/// Leases handled in one transaction.
const BATCH: i64 = 100;
/// Pause before a line that could not be asked is asked again.
const ASK_AGAIN: Duration = Duration::from_secs(5);
/// After ringing and the longest conversation, this much more, and nobody can still be talking.
const GRACE: Duration = Duration::from_mins(1);
/// How long the room of a call that was given back may take to be removed.
const TIDY: Duration = Duration::from_secs(10);

/// One round.
pub(super) async fn reap(worker: &Arc<Worker>) {
    if let Err(error) = give_back_undialed(worker).await {
        warn!(worker.id = %worker.id, error = %error, "The leases of dead workers could not be given back");
    }
    match adopt(worker).await {
        Ok(adopted) => {
            for call in adopted {
                info!(call.id = %call.call_id, "Call {} of a dead worker is reconciled with the line", call.call_id);
                take_up(worker, call);
            }
        }
        Err(error) => warn!(worker.id = %worker.id, error = %error, "The calls of dead workers could not be adopted"),
    }
    if let Err(error) = find_lost(worker).await {
        warn!(worker.id = %worker.id, error = %error, "The leases of worker {} could not be compared with its calls", worker.id);
    }
}

async fn give_back_undialed(worker: &Arc<Worker>) -> DbResult<()> {
    let mut tx = worker.begin().await?;
    let dead = orphans::lock_dead_undialed(&mut tx, BATCH).await?;
    let mut given_back = Vec::new();
    for lease in dead {
        let held = orphans::held(&mut tx, lease).await?;
        leases::release(&mut tx, lease).await?;
        info!(task.id = %lease.task_id, "Task {} goes back to the queue: its worker died before dialling", lease.task_id);
        given_back.extend(held.map(|held| held.admitted));
    }
    workers::forget_dead(&mut tx).await?;
    commit(tx).await?;
    if !given_back.is_empty() {
        worker.handle.wake.notify_one();
    }
    for call in given_back {
        tidy(worker, call);
    }
    Ok(())
}

/// The dead worker may have made a room and called an agent into it. Best effort: the room also ends by itself.
fn tidy(worker: &Arc<Worker>, admitted: Admitted) {
    let worker_of_call = Arc::clone(worker);
    worker.calls.spawn(async move {
        let planned = call::plan(&admitted, &settings::default_line());
        let removed = async {
            if let Ok(line) = ask(&worker_of_call, &admitted, &planned).await {
                line.release(&planned).await;
            }
        };
        let _ = timeout(TIDY, removed).await;
    });
}

async fn adopt(worker: &Worker) -> DbResult<Vec<Admitted>> {
    let reach = worker.reach.borrow().clone();
    let mut tx = worker.begin().await?;
    let mut adopted = Vec::new();
    for lease in orphans::adopt_dead(&mut tx, worker.id, &reach, BATCH).await? {
        adopted.extend(orphans::held(&mut tx, lease).await?.map(|held| held.admitted));
    }
    commit(tx).await?;
    Ok(adopted)
}

/// Leases that are ours in the database and unknown to us: the reply to a commit was lost, or a task broke off.
async fn find_lost(worker: &Arc<Worker>) -> DbResult<()> {
    let mut db = worker.context.connection().await?;
    for (lease, id) in orphans::of_worker(&mut db, worker.id).await? {
        let hand = worker.in_hand().get(&id).copied();
        if hand == Some(Hand::Working) {
            continue;
        }
        // Settled meanwhile.
        let Some(Held { admitted, dialed }) = orphans::held(&mut db, lease).await? else { continue };
        match (dialed, hand) {
            (true, _) => {
                info!(call.id = %id, "Call {id}, of which this worker lost track, is reconciled with the line");
                take_up(worker, admitted);
            }
            (false, Some(_)) => {
                let of_call = Arc::clone(worker);
                worker.supervise(id, async move {
                    let planned = call::plan(&admitted, &settings::default_line());
                    call::broke_off(&of_call, lease, &planned).await;
                });
            }
            (false, None) => {
                let mut tx = worker.begin().await?;
                leases::release(&mut tx, lease).await?;
                commit(tx).await?;
                info!(call.id = %id, "Call {id}, of which this worker never heard, goes back to the queue");
                worker.handle.wake.notify_one();
            }
        }
    }
    Ok(())
}

fn take_up(worker: &Arc<Worker>, call: Admitted) {
    let of_call = Arc::clone(worker);
    worker.supervise(call.call_id, async move { settle(&of_call, call).await });
}

/// Asks the line about a call that may have been dialled, follows it if it goes on, and stores its end.
async fn settle(worker: &Worker, admitted: Admitted) {
    let lease = LeaseRef::from(&admitted);
    // Here the settings only say how long to ask; the call has its limits already.
    let form = settings::line(&worker.context, admitted.company_id).await.unwrap_or_else(|_| settings::default_line());
    let planned = call::plan(&admitted, &form);
    let give_up = Instant::now() + planned.ring_timeout + planned.max_duration + GRACE;
    loop {
        let asked = match ask(worker, &admitted, &planned).await {
            Ok(line) => {
                let start = |events, hang_up| line.reconcile(&planned, events, hang_up);
                call::follow(worker, lease, &planned, true, start).await
            }
            Err(fault) => Err(fault),
        };
        let Err(fault) = asked else { return };
        warn!(call.id = %planned.call_id, error = %fault, "The line cannot say what became of call {}", planned.call_id);
        if Instant::now() >= give_up {
            let end = CallEnd {
                error: Some("The line could not be asked what became of this call. It may have rung.".to_owned()),
                ..CallEnd::without_conversation(Disposition::Unknown, Duration::ZERO)
            };
            return call::finish(worker, lease, &planned, &end, Told::Nothing).await;
        }
        tokio::select! {
            // Another worker will ask; the lease of life of this one ends with it.
            () = worker.handle.hang_up.cancelled() => return,
            () = tokio::time::sleep(ASK_AGAIN) => {}
        }
    }
}

async fn ask(worker: &Worker, admitted: &Admitted, planned: &PlannedCall) -> Result<Arc<dyn Line>, LineFault> {
    worker.lines.line(&worker.context, planned.company_id, admitted.line).await
}
