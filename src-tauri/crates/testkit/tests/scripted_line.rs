//! The scripted line keeps its own promises: a test kit that lies makes every other test worthless.

use callboard_core::call::{Disposition, Outcome};
use callboard_telephony::{EventSink, Line, LineEvent, LineFault, LineFaultCode, NotPlaced, TimedEvent};
use callboard_testkit::{
    plan,
    scripted::{Found, Script, ScriptedLine, Stage},
};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

const PHONE: &str = "+79991234501";

fn events() -> (EventSink, mpsc::Receiver<TimedEvent>) {
    mpsc::channel(16)
}

#[tokio::test]
async fn calls_end_as_scripted_one_attempt_after_the_other() {
    let line = ScriptedLine::new().on_attempts(PHONE, [Script::Busy, Script::NoAnswer, Script::Success]);
    let mut dispositions = Vec::new();
    for n in 1..=4 {
        let (sink, _reader) = events();
        let call = plan::call(n, PHONE);
        let end = line.place(&call, plan::permit(), sink, CancellationToken::new()).await.expect("placed");
        dispositions.push(end.disposition);
    }
    assert_eq!(
        dispositions,
        [Disposition::Busy, Disposition::NoAnswer, Disposition::Answered, Disposition::Answered],
        "the last script stays"
    );
    assert_eq!(line.ledger().dials_to(PHONE), 4);
    assert_eq!(line.ended(4).await.len(), 4);
}

#[tokio::test]
async fn a_call_can_be_walked_through_its_stages_and_hung_up() {
    let line = ScriptedLine::new();
    for stage in [Stage::Sending, Stage::Ringing, Stage::Talking] {
        line.hold(stage);
    }
    let (sink, mut reader) = events();
    let hang_up = CancellationToken::new();
    let placing = tokio::spawn({
        let (line, hang_up) = (line.clone(), hang_up.clone());
        async move { line.place(&plan::call(1, PHONE), plan::permit(), sink, hang_up).await }
    });

    line.waiting_at(Stage::Sending, PHONE).await;
    assert_eq!(line.ledger().dials_to(PHONE), 0, "nothing was sent yet");
    line.advance(PHONE);
    line.waiting_at(Stage::Ringing, PHONE).await;
    assert_eq!(line.next_placed().await.phone, PHONE);
    line.advance(PHONE);
    line.waiting_at(Stage::Talking, PHONE).await;
    hang_up.cancel();

    let end = placing.await.expect("no panic").expect("placed");
    assert_eq!(end.disposition, Disposition::HungUp);
    assert!(!end.talk.is_zero(), "it had been answered");
    assert_eq!(reader.recv().await.map(|event| event.event), Some(LineEvent::Ringing));
    assert_eq!(reader.recv().await.map(|event| event.event), Some(LineEvent::Answered));
    assert_eq!(line.ledger().live(), 0);
}

/// The permit is checked after the stage that stands for a stopped process (acceptance 51, F3).
#[tokio::test]
async fn a_permit_that_ran_out_while_the_process_stood_still_places_nothing() {
    let line = ScriptedLine::new();
    let (sink, _reader) = events();
    let placed = line.place(&plan::call(1, PHONE), plan::expired_permit(), sink, CancellationToken::new()).await;
    assert_eq!(placed, Err(NotPlaced::PermitExpired));
    assert!(line.ledger().entries().is_empty());
}

/// Acceptance 51: the worker dies, the phone goes on ringing, the next worker finds the call.
#[tokio::test]
async fn a_call_outlives_the_task_that_placed_it_and_is_found_again() {
    let line = ScriptedLine::new().on(PHONE, Script::Refusal);
    line.hold(Stage::Ringing);
    let (sink, _reader) = events();
    let placing = tokio::spawn({
        let line = line.clone();
        async move { line.place(&plan::call(1, PHONE), plan::permit(), sink, CancellationToken::new()).await }
    });
    line.waiting_at(Stage::Ringing, PHONE).await;
    placing.abort();
    let _ = placing.await;
    assert_eq!(line.ledger().live(), 1, "the death of a worker ends no call");

    let (sink, _reader) = events();
    let end =
        line.reconcile(&plan::call(1, PHONE), sink, CancellationToken::new()).await.expect("the line can be asked");
    assert_eq!(end.outcome, Some(Outcome::Refusal));
    assert_eq!(line.ledger().live(), 0);
    assert_eq!(line.ledger().dials_to(PHONE), 1);
}

#[tokio::test]
async fn faults_are_reported_for_as_long_as_the_test_says() {
    let line = ScriptedLine::new();
    let fault = LineFault { code: LineFaultCode::WrongKey, detail: "the key is not accepted".to_owned() };
    line.fail_check(Some(fault.clone()));
    line.fail_prepare(Some(fault.clone()));
    line.reconcile_finds(Found::Unreachable(fault.clone()));
    let call = plan::call(1, PHONE);
    let (sink, _reader) = events();
    assert_eq!(line.check().await, Err(fault.clone()));
    assert_eq!(line.prepare(&call).await, Err(fault.clone()));
    assert_eq!(line.reconcile(&call, sink.clone(), CancellationToken::new()).await, Err(fault));

    line.fail_check(None);
    line.fail_prepare(None);
    line.reconcile_finds(Found::Gone);
    assert_eq!(line.check().await, Ok(()));
    assert_eq!(line.prepare(&call).await, Ok(()));
    let end = line.reconcile(&call, sink, CancellationToken::new()).await.expect("the line can be asked");
    assert_eq!(end.disposition, Disposition::Unknown);
    assert_eq!(line.prepared(), [call.call_id]);
    assert_eq!(line.checks(), 2);
}
