//! The fence: whoever lost a lease writes nothing, whatever he still believes. Acceptance 51, fault F3.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;
mod dialer;

use callboard_core::call::CallState;
use callboard_db::{
    PgPool,
    admission::Admitted,
    leases::{self, LeaseRef, Standing},
    orphans, workers,
};
use common::Stage;
use dialer::{PRACTICE, admit_under_lock, execute, number, worker_row};

const PHONE: &str = "+79991234567";

/// Everything that the former holder of a lease may try, each refused.
async fn is_fenced(db: &PgPool, old: &Admitted, standing: Standing) {
    let lease = LeaseRef::from(old);
    let before = number(db, "select sum(token)::bigint from leases").await;
    let mut tx = workers::begin(db).await.unwrap();
    assert!(!leases::intend_to_dial(&mut tx, lease).await.unwrap(), "it may not dial");
    let progress = leases::progress(&mut tx, lease, old.call_id, CallState::Ringing).await.unwrap();
    assert_eq!(progress, standing, "it learns how it stands");
    assert_eq!(leases::lock(&mut tx, lease).await.unwrap(), None, "it may not end the call");
    assert!(!leases::release(&mut tx, lease).await.unwrap(), "it may not give the slot back");
    assert_eq!(orphans::held(&mut tx, lease).await.unwrap(), None, "it holds nothing");
    tx.commit().await.unwrap();
    assert_eq!(number(db, "select sum(token)::bigint from leases").await, before, "the new holder has what it had");
    assert_eq!(number(db, "select count(*) from calls where state in ('ended', 'ringing')").await, 0);
}

/// The slot was given back by a reaper, and the same task was admitted again for another worker.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn the_holder_of_an_earlier_slot_of_the_task_writes_nothing(db: PgPool) {
    let stage = Stage::new(db.clone()).await;
    stage.running(&[PHONE], |_| {}).await;
    let (old, new) = (worker_row(&stage.context).await, worker_row(&stage.context).await);
    let first = admit_under_lock(&db, &stage.context, old, 1).await.remove(0);
    let mut tx = workers::begin(&db).await.unwrap();
    assert!(orphans::lock_dead_undialed(&mut tx, 10).await.unwrap().is_empty(), "not while it lives");
    tx.rollback().await.unwrap();
    sqlx::query("update workers set alive_until = clock_timestamp() where worker_id = $1")
        .bind(old.0)
        .execute(&db)
        .await
        .unwrap();
    let mut tx = workers::begin(&db).await.unwrap();
    for lease in orphans::lock_dead_undialed(&mut tx, 10).await.unwrap() {
        assert!(leases::release(&mut tx, lease).await.unwrap());
    }
    tx.commit().await.unwrap();
    let second = admit_under_lock(&db, &stage.context, new, 1).await.remove(0);
    assert_eq!((second.task_id, second.attempt), (first.task_id, first.attempt), "the same attempt again");
    assert_ne!(second.call_id, first.call_id, "in another room");

    // It wakes, and counts as living again.
    let mut connection = db.acquire().await.unwrap();
    workers::renew(&mut connection, old, "awake", "test").await.unwrap();
    drop(connection);
    is_fenced(&db, &first, Standing::Over).await;
    let mut tx = workers::begin(&db).await.unwrap();
    assert!(leases::intend_to_dial(&mut tx, (&second).into()).await.unwrap(), "the new holder may");
    assert!(!leases::intend_to_dial(&mut tx, (&second).into()).await.unwrap(), "once");
}

/// The call was dialled and adopted by another worker.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn the_former_holder_of_an_adopted_call_writes_nothing(db: PgPool) {
    let stage = Stage::new(db.clone()).await;
    stage.running(&[PHONE], |_| {}).await;
    let (old, new) = (worker_row(&stage.context).await, worker_row(&stage.context).await);
    let call = admit_under_lock(&db, &stage.context, old, 1).await.remove(0);
    let mut tx = workers::begin(&db).await.unwrap();
    assert!(leases::intend_to_dial(&mut tx, (&call).into()).await.unwrap());
    tx.commit().await.unwrap();
    let adopt = async || {
        let mut tx = workers::begin(&db).await.unwrap();
        let adopted = orphans::adopt_dead(&mut tx, new, &PRACTICE, 10).await.unwrap();
        tx.commit().await.unwrap();
        adopted
    };
    assert!(adopt().await.is_empty(), "not while its worker lives");
    sqlx::query("update workers set alive_until = clock_timestamp() where worker_id = $1")
        .bind(old.0)
        .execute(&db)
        .await
        .unwrap();
    assert!(adopt().await.is_empty(), "not while the call may still be sent");
    execute(&db, "update leases set dial_at = dial_at - interval '2 seconds'").await;
    let adopted = adopt().await;
    assert_eq!(adopted.len(), 1);
    assert!(adopt().await.is_empty(), "once");
    let mut connection = db.acquire().await.unwrap();
    workers::renew(&mut connection, old, "awake", "test").await.unwrap();
    drop(connection);
    is_fenced(&db, &call, Standing::Followed).await;
    let mut tx = workers::begin(&db).await.unwrap();
    assert_eq!(leases::progress(&mut tx, adopted[0], call.call_id, CallState::Ringing).await.unwrap(), Standing::Ours);
    assert!(leases::lock(&mut tx, adopted[0]).await.unwrap().is_some_and(|ending| ending.dialed));
}
