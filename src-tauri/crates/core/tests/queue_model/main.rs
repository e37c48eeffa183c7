//! Every interleaving of two workers with crashes, sleep, lost replies and late wake-ups, and eight ways to build the queue
//! wrongly, each of which must be found out. `docs/queue-model.md` says how the model and the program correspond.
#![expect(clippy::print_stdout, reason = "the size of what was searched is a figure: cargo test -- --nocapture")]

use stateright::{Checker, HasDiscoveries, Model};

mod model;

use model::{EVERYTHING_ENDS, Flaw, NOTHING_LOST, ONE_CALL_PER_NUMBER, ONE_DIAL, Queue, WITHIN_LIMIT};

/// Two workers, two numbers, one slot, two attempts each, and two things going wrong.
fn queue(flaw: Option<Flaw>) -> Queue {
    Queue { flaw, workers: 2, tasks: 2, limit: 1, attempts: 2, faults: 2 }
}

#[test]
fn the_queue_keeps_its_promises_whatever_goes_wrong() {
    let checker = queue(None).checker().threads(2).spawn_bfs().join();
    println!("{} states, depth {}", checker.unique_state_count(), checker.max_depth());
    checker.assert_properties();
    assert!(checker.unique_state_count() > 2_000, "the model is not empty");
}

/// More of the same, for a machine with time: `cargo test --release -p callboard-core --test queue_model -- --ignored`.
#[test]
#[ignore = "takes a minute"]
fn four_things_may_go_wrong_at_once() {
    let checker = Queue { faults: 4, ..queue(None) }.checker().threads(2).spawn_bfs().join();
    println!("{} states, depth {} with four faults", checker.unique_state_count(), checker.max_depth());
    checker.assert_properties();
}

#[test]
fn two_slots_are_shared_as_exactly_as_one() {
    let two = Queue { limit: 2, attempts: 1, workers: 3, tasks: 3, faults: 1, ..queue(None) };
    let checker = two.checker().threads(2).spawn_bfs().join();
    println!("{} states with two slots", checker.unique_state_count());
    for promise in [ONE_DIAL, WITHIN_LIMIT, ONE_CALL_PER_NUMBER, NOTHING_LOST, EVERYTHING_ENDS] {
        checker.assert_no_discovery(promise);
    }
}

/// Each flaw is found, and by the promise that it breaks.
#[test]
fn every_flaw_is_found_out() {
    for (flaw, broken) in [
        (Flaw::CountBeforeLock, WITHIN_LIMIT),
        (Flaw::NoFence, ONE_CALL_PER_NUMBER),
        (Flaw::NoPermit, ONE_CALL_PER_NUMBER),
        (Flaw::IntentAfterDial, ONE_CALL_PER_NUMBER),
        (Flaw::NoReconcile, ONE_CALL_PER_NUMBER),
        (Flaw::HastyReaper, ONE_CALL_PER_NUMBER),
        (Flaw::RepeatedRequest, ONE_DIAL),
        (Flaw::NoSweep, EVERYTHING_ENDS),
    ] {
        let until = HasDiscoveries::AnyOf([broken].into());
        let checker = queue(Some(flaw)).checker().finish_when(until).spawn_bfs().join();
        let found = checker.discovery(broken);
        let steps = found.map(stateright::Path::into_actions);
        println!("{flaw:?}: {steps:?}");
        assert!(steps.is_some(), "{flaw:?} goes unnoticed");
    }
}
