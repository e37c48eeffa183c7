//! Dial intents of all calls of this process, written together: while one transaction waits for the disk the next intents
//! gather, so that a hundred calls that become ready at once wait for the disk twice and not a hundred times. A lone
//! intent waits for nobody.

use callboard_db::{
    DbResult,
    leases::{self, Intent, LeaseRef},
};
use tokio::sync::{mpsc, oneshot};
use tracing::warn;

use super::Worker;
use crate::context::commit_synchronously;

/// Intents that one transaction writes at most.
const BATCH: usize = 200;

/// A wish to dial, and who waits for the answer.
pub(super) struct Wish {
    lease: LeaseRef,
    answer: oneshot::Sender<Intent>,
}

/// Where calls bring their wishes.
pub(super) type Wishes = mpsc::UnboundedSender<Wish>;

/// Writes intents as long as anybody may bring some.
pub(super) async fn write(worker: &Worker, mut wishes: mpsc::UnboundedReceiver<Wish>) {
    let mut batch = Vec::with_capacity(BATCH);
    while wishes.recv_many(&mut batch, BATCH).await > 0 {
        let leases: Vec<LeaseRef> = batch.iter().map(|wish| wish.lease).collect();
        let intents = commit(worker, &leases).await.unwrap_or_else(|error| {
            // An error is a no: nothing is dialled on a guess.
            warn!(worker.id = %worker.id, error = %error, "{} dial intents could not be committed", leases.len());
            vec![Intent::Refused; leases.len()]
        });
        for (wish, intent) in batch.drain(..).zip(intents) {
            // Whoever went away does not dial; the reaper asks the line about the call.
            let _ = wish.answer.send(intent);
        }
    }
}

async fn commit(worker: &Worker, leases: &[LeaseRef]) -> DbResult<Vec<Intent>> {
    let mut tx = worker.begin().await?;
    let intents = leases::intend(&mut tx, leases).await?;
    commit_synchronously(tx).await?;
    Ok(intents)
}

/// Asks for the intent of one call and waits for its commit.
pub(super) async fn intend(worker: &Worker, lease: LeaseRef) -> Intent {
    let (answer, answered) = oneshot::channel();
    if worker.wishes.send(Wish { lease, answer }).is_err() {
        return Intent::Refused;
    }
    answered.await.unwrap_or(Intent::Refused)
}
