//! The reaper: gives calls of dead workers back when they were certainly not dialled, and reconciles the others with
//! the line. A call that may ring keeps its slot until it is known to be over.

use std::{sync::Arc, time::Duration};

use callboard_core::call::Disposition;
use callboard_db::{
    DbResult,
    admission::Admitted,
    leases::{self, Adopted, LeaseRef},
    workers,
};
use callboard_telephony::{CallEnd, Line, LineFault, PlannedCall};
use tokio::{sync::mpsc, time::Instant};
use tracing::{info, warn};

use super::{Worker, call};
use crate::context::commit;

/// Leases handled in one transaction.
const BATCH: i64 = 100;
/// Pause before a line that could not be asked is asked again.
const ASK_AGAIN: Duration = Duration::from_secs(5);
/// After ringing and the longest conversation, this much more, and nobody can still be talking.
const GRACE: Duration = Duration::from_mins(1);

/// One round.
pub(super) async fn reap(worker: &Arc<Worker>) {
    if let Err(error) = give_back_undialed(worker).await {
        warn!(worker.id = %worker.id, error = %error, "The leases of dead workers could not be given back");
    }
    if worker.handle.stop.is_cancelled() {
        return;
    }
    match adopt(worker).await {
        Ok(adopted) => {
            for call in adopted {
                info!(call.id = %call.admitted.call_id, "Call {} of a dead worker is reconciled with the line", call.admitted.call_id);
                worker.handle.held.fetch_add(1, std::sync::atomic::Ordering::AcqRel);
                let worker_of_call = Arc::clone(worker);
                worker.calls.spawn(async move {
                    settle(&worker_of_call, call.admitted).await;
                    worker_of_call.freed();
                });
            }
        }
        Err(error) => warn!(worker.id = %worker.id, error = %error, "The calls of dead workers could not be adopted"),
    }
}

async fn give_back_undialed(worker: &Worker) -> DbResult<()> {
    let mut tx = worker.context.begin().await?;
    let dead = leases::lock_dead_undialed(&mut tx, BATCH).await?;
    for lease in &dead {
        leases::release(&mut tx, *lease).await?;
        info!(task.id = %lease.task_id, "Task {} goes back to the queue: its worker died before dialling", lease.task_id);
    }
    workers::forget_dead(&mut tx).await?;
    commit(tx).await?;
    if !dead.is_empty() {
        worker.handle.wake.notify_one();
    }
    Ok(())
}

async fn adopt(worker: &Worker) -> DbResult<Vec<Adopted>> {
    let reach = worker.reach.borrow().clone();
    let mut tx = worker.context.begin().await?;
    let adopted = leases::adopt_dead(&mut tx, worker.id, &reach, BATCH).await?;
    commit(tx).await?;
    Ok(adopted)
}

/// Asks the line about a call that may have been dialled, follows it if it goes on, and stores its end.
pub(super) async fn settle(worker: &Worker, admitted: Admitted) {
    let lease = LeaseRef::from(&admitted);
    let planned = call::plan(worker, &admitted).await;
    let give_up = Instant::now() + planned.ring_timeout + planned.max_duration + GRACE;
    loop {
        match ask(worker, &admitted, &planned).await {
            Ok(line) => {
                let followed = reconcile(worker, lease, &planned, &*line).await;
                match followed {
                    Ok(()) => return,
                    Err(fault) => {
                        warn!(call.id = %planned.call_id, error = %fault, "The line cannot say what became of call {}", planned.call_id);
                    }
                }
            }
            Err(fault) => {
                warn!(call.id = %planned.call_id, error = %fault, "The line of call {} cannot be asked", planned.call_id);
            }
        }
        if Instant::now() >= give_up {
            let end = CallEnd {
                error: Some("The line could not be asked what became of this call. It may have rung.".to_owned()),
                ..CallEnd::without_conversation(Disposition::Unknown, Duration::ZERO)
            };
            return call::finish(worker, lease, &planned, &end, None).await;
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

/// `Ok` when the call is settled or no longer ours.
async fn reconcile(worker: &Worker, lease: LeaseRef, planned: &PlannedCall, line: &dyn Line) -> Result<(), LineFault> {
    let (failed, mut fault) = mpsc::channel(1);
    call::follow(worker, lease, planned, line, |events| {
        let hang_up = worker.handle.hang_up.child_token();
        Box::pin(async move {
            match line.reconcile(planned, events, hang_up).await {
                Ok(end) => Ok(end),
                Err(fault) => {
                    let _ = failed.try_send(fault);
                    Err(call::Broken::Unanswered)
                }
            }
        })
    })
    .await;
    fault.try_recv().map_or(Ok(()), Err)
}
