//! Dead workers, dead networks. Acceptance 51, faults F1 and F7.

use std::{sync::Arc, time::Duration};

use crate::common::{PACE, Placing, line};
use callboard_core::call::{Disposition, Outcome};
use callboard_telephony::{CallEnd, Line, LineEvent, LineFault, LineFaultCode, PlannedCall, livekit::LivekitLine};
use callboard_testkit::{
    livekit::{CallScript, Double, Fault, OutcomeAt, Then},
    plan,
};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

const PHONE: &str = "+79991234567";
const SUCCESS: &str = r#"{"v":1,"outcome":"success"}"#;

async fn reconcile(
    line: &LivekitLine,
    call: &PlannedCall,
    hang_up: CancellationToken,
) -> (Result<CallEnd, LineFault>, Vec<LineEvent>) {
    let (sink, mut reader) = mpsc::channel(64);
    let found = line.reconcile(call, sink, hang_up).await;
    let events = std::iter::from_fn(|| reader.try_recv().ok()).map(|timed| timed.event).collect();
    (found, events)
}

/// A call whose worker was killed as soon as the given event was seen.
async fn orphan(double: &Double, line: &Arc<LivekitLine>, call: &PlannedCall, seen: LineEvent) {
    line.prepare(call).await.expect("prepared");
    let mut placing = Placing::start(line, call, plan::permit());
    while placing.events.recv().await.expect("the call goes on").event != seen {}
    placing.kill().await;
    assert_eq!(double.ledger().live(), 1, "the phone does not care for the worker");
}

/// Acceptance 51: the next worker finds the conversation and follows it to its end.
#[tokio::test]
async fn a_call_whose_worker_died_is_followed_to_its_end() {
    for (script, seen) in [
        (CallScript::talk_on().saying(SUCCESS), LineEvent::Answered),
        (CallScript::talk_on().ringing(Duration::from_millis(300)).saying(SUCCESS), LineEvent::Ringing),
    ] {
        let double = Double::start().await;
        double.on(PHONE, script);
        let (line, call) = (line(&double), plan::call(1, PHONE));
        orphan(&double, &line, &call, seen).await;

        let next_worker = crate::common::line(&double);
        let (sink, mut events) = mpsc::channel(64);
        let reconciling = tokio::spawn({
            let call = call.clone();
            async move { next_worker.reconcile(&call, sink, CancellationToken::new()).await }
        });
        while events.recv().await.expect("the call goes on").event != LineEvent::Answered {}
        double.callee_hangs_up(PHONE);
        let end = reconciling.await.expect("no panic").expect("the server could be asked");
        assert_eq!((end.disposition, end.outcome), (Disposition::Answered, Some(Outcome::Success)));
        assert_eq!(double.ledger().double_dials(), []);
        assert!(double.rooms().is_empty());
    }
}

#[tokio::test]
async fn a_call_that_is_gone_ends_as_unknown_and_is_not_dialled_again() {
    let double = Double::start().await;
    let line = line(&double);
    // One that ended meanwhile, and one whose request never left its worker.
    for (n, was_placed) in [(1, true), (2, false)] {
        let call = plan::call(n, PHONE);
        if was_placed {
            double.on(PHONE, CallScript::talk_on());
            orphan(&double, &line, &call, LineEvent::Answered).await;
            double.callee_hangs_up(PHONE);
            double.until("the end", |double| double.ledger().live() == 0).await;
        } else {
            line.prepare(&call).await.expect("prepared");
        }
        let (found, events) = reconcile(&line, &call, CancellationToken::new()).await;
        assert_eq!(found.map(|end| end.disposition), Ok(Disposition::Unknown));
        assert_eq!(events, []);
        assert!(double.rooms().is_empty(), "what the dead worker left is removed");
    }
    assert_eq!(double.ledger().dials_to(PHONE), 1);
}

/// The request of the dead worker is still inside the server when the next worker looks for it.
#[tokio::test]
async fn a_request_on_its_way_is_waited_out() {
    let double = Double::start().await;
    let script = CallScript::then(Then::ReplyLost { talk: Duration::from_millis(100) });
    double.on(PHONE, script.dialling_after(PACE.settle / 2).saying(SUCCESS).at(OutcomeAt::Answer));
    let (line, call) = (line(&double), plan::call(1, PHONE));
    line.prepare(&call).await.expect("prepared");
    let placing = Placing::start(&line, &call, plan::permit());
    double.until("the request", |double| double.mutations().len() > 2).await;
    placing.kill().await;
    assert!(double.ledger().entries().is_empty());

    let (found, _) = reconcile(&line, &call, CancellationToken::new()).await;
    assert_eq!(found.map(|end| end.outcome), Ok(Some(Outcome::Success)));
    assert_eq!(double.ledger().dials_to(PHONE), 1);
}

#[tokio::test]
async fn a_server_that_cannot_be_asked_gives_no_verdict() {
    let double = Double::start().await;
    double.on(PHONE, CallScript::talk_on());
    let (line, call) = (line(&double), plan::call(1, PHONE));
    orphan(&double, &line, &call, LineEvent::Answered).await;
    for (fault, code) in [
        (Fault::DropConnections, LineFaultCode::Unreachable),
        (Fault::BadGateway, LineFaultCode::Unreachable),
        (Fault::RefuseKey, LineFaultCode::WrongKey),
    ] {
        double.set_fault(Some(fault));
        let (found, _) = reconcile(&line, &call, CancellationToken::new()).await;
        assert_eq!(found.map_err(|fault| fault.code), Err(code));
    }
    double.set_fault(None);
    assert_eq!(double.ledger().live(), 1, "nothing was hung up on a suspicion");
}

#[tokio::test]
async fn a_call_that_was_found_again_can_be_hung_up() {
    let double = Double::start().await;
    double.on(PHONE, CallScript::talk_on());
    let (line, call) = (line(&double), plan::call(1, PHONE));
    orphan(&double, &line, &call, LineEvent::Answered).await;
    let stop = CancellationToken::new();
    stop.cancel();
    let (found, _) = reconcile(&line, &call, stop).await;
    assert_eq!(found.map(|end| end.disposition), Ok(Disposition::HungUp));
    double.until("the phone to be silent", |double| double.ledger().live() == 0).await;
}

/// F7: the server is away in the middle of a conversation.
#[tokio::test]
async fn a_call_outlasts_an_outage_of_the_server() {
    let double = Double::start().await;
    double.on(PHONE, CallScript::talk_on().saying(SUCCESS));
    let (line, call) = (line(&double), plan::call(1, PHONE));
    line.prepare(&call).await.expect("prepared");
    let mut placing = Placing::start(&line, &call, plan::permit());
    while placing.events.recv().await.expect("the call goes on").event != LineEvent::Answered {}
    double.set_fault(Some(Fault::DropConnections));
    tokio::time::sleep(PACE.poll * 6).await;
    double.set_fault(None);
    double.callee_hangs_up(PHONE);
    let end = placing.end().await.expect("placed");
    assert_eq!((end.disposition, end.outcome), (Disposition::Answered, Some(Outcome::Success)));
}

#[tokio::test]
async fn an_outage_that_outlasts_the_longest_call_leaves_the_end_unknown() {
    let double = Double::start().await;
    double.on(PHONE, CallScript::talk_on());
    let line = line(&double);
    let mut call = plan::call(1, PHONE);
    call.max_duration = Duration::from_millis(100);
    line.prepare(&call).await.expect("prepared");
    let mut placing = Placing::start(&line, &call, plan::permit());
    while placing.events.recv().await.expect("the call goes on").event != LineEvent::Answered {}
    double.set_fault(Some(Fault::DropConnections));
    let end = placing.end().await.expect("placed");
    assert_eq!(end.disposition, Disposition::Unknown);
    assert!(end.talk >= call.max_duration + PACE.grace, "it was not given up early");
}

/// Acceptance 52: a stop does not wait for a server that is away, and does not claim what nobody confirmed.
#[tokio::test]
async fn a_hang_up_that_nobody_confirms_is_not_claimed() {
    let double = Double::start().await;
    double.on(PHONE, CallScript::talk_on());
    let (line, call) = (line(&double), plan::call(1, PHONE));
    line.prepare(&call).await.expect("prepared");
    let mut placing = Placing::start(&line, &call, plan::permit());
    while placing.events.recv().await.expect("the call goes on").event != LineEvent::Answered {}
    double.set_fault(Some(Fault::Hang));
    placing.hang_up.cancel();
    let end = placing.end().await.expect("placed");
    assert_eq!(end.disposition, Disposition::Unknown);
    assert!(end.error.is_some_and(|error| error.contains("did not confirm")));
}

/// The key is revoked between the preparation and the dialling request: nothing rang, and the cause is named.
#[tokio::test]
async fn a_key_that_is_refused_at_the_dialling_request_is_a_fault_of_the_line() {
    let double = Double::start().await;
    let (line, call) = (line(&double), plan::call(1, PHONE));
    line.prepare(&call).await.expect("prepared");
    double.set_fault(Some(Fault::RefuseKey));
    let end = Placing::start(&line, &call, plan::permit()).end().await.expect("placed");
    assert_eq!(end.disposition, Disposition::LineFault);
    assert!(end.error.is_some_and(|error| error.contains("does not accept this API key")));
    assert!(double.ledger().entries().is_empty());
}
