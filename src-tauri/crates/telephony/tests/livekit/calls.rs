//! Calls over the `LiveKit` line against the double. Acceptance 47 to 52, faults F2 and F9.

use std::{sync::Arc, time::Duration};

use crate::common::{PACE, Placing, call_through, line, settings};
use callboard_core::call::{Disposition, Outcome};
use callboard_telephony::{CallEnd, DialPermit, Line, LineEvent, LineFaultCode, NotPlaced, livekit::LivekitLine};
use callboard_testkit::{
    livekit::{AgentScript, CallScript, Double, OutcomeAt, Then},
    plan,
};
use tokio::{
    net::TcpListener,
    time::{Instant, timeout},
};

const PHONE: &str = "+79991234567";
const TALK: Duration = Duration::from_millis(80);
const SUCCESS: &str = r#"{"v":1,"outcome":"success","reason":"agreed"}"#;

async fn double_with(script: CallScript) -> Double {
    let double = Double::start().await;
    double.on(PHONE, script);
    double
}

async fn end_of(double: &Double) -> CallEnd {
    call_through(&line(double), &plan::call(1, PHONE)).await.expect("the line is usable")
}

/// Acceptance 47: room, agent, participant, in this order; outcome and durations; the room is removed.
#[tokio::test]
async fn a_good_call_makes_the_room_then_brings_the_agent_then_dials_and_cleans_up() {
    let double = double_with(CallScript::answer(TALK).saying(SUCCESS)).await;
    let call = plan::call(1, PHONE);
    let line = line(&double);
    line.prepare(&call).await.expect("prepared");
    assert_eq!(double.mutations(), ["CreateRoom", "CreateDispatch"]);
    assert!(double.ledger().entries().is_empty(), "nothing rings before the dial intent");
    let metadata = double.room_metadata(&call.room()).expect("the room exists");

    let mut placing = Placing::start(&line, &call, plan::permit());
    double.until("the answer", |double| double.ledger().entries().len() > 1).await;
    double.until("the end", |double| double.ledger().live() == 0).await;
    let events = placing.seen();
    let end = placing.end().await.expect("placed");

    let order = ["CreateRoom", "CreateDispatch", "CreateSIPParticipant", "DeleteRoom"];
    assert_eq!(double.mutations()[..4], order);
    assert_eq!(double.rooms(), Vec::<String>::new(), "the room is removed");
    assert_eq!((end.disposition, end.outcome), (Disposition::Answered, Some(Outcome::Success)));
    assert_eq!((end.outcome_reason.as_deref(), end.sip_status), (Some("agreed"), Some(200)));
    assert!(end.ring >= Duration::from_millis(20) && end.talk >= TALK.saturating_sub(PACE.poll), "{end:?}");
    assert_eq!(events.last(), Some(&LineEvent::Answered));

    let metadata: serde_json::Value = serde_json::from_str(&metadata).expect("JSON");
    assert_eq!(metadata["call_id"], call.call_id.to_string());
    assert_eq!(metadata["skillbase"], "test", "what the engine wrote is still there");
    let requests = double.requests();
    let dial = requests.iter().find(|request| request.method == "CreateSIPParticipant").expect("dialled");
    assert_eq!(dial.body["participantIdentity"], call.identity());
    assert_eq!(dial.body["waitUntilAnswered"], true);
    assert_eq!(dial.body["hidePhoneNumber"], true);
    assert_eq!(dial.body["ringingTimeout"], "30s");
    assert_eq!(dial.body["maxCallDuration"], "300s");
    assert_eq!(dial.body["participantAttributes"]["callboard.call_id"], call.call_id.to_string());
}

/// Acceptance 48 and F9: every way in which a call can fail, over the wire.
#[tokio::test]
async fn every_failure_of_a_call_has_its_disposition() {
    let sip = |code, reason| CallScript::sip(code, reason);
    let table = [
        (sip(486, "Busy Here"), Disposition::Busy, Some(486)),
        (sip(600, "Busy Everywhere"), Disposition::Busy, Some(600)),
        (sip(480, "Temporarily Unavailable"), Disposition::NoAnswer, Some(480)),
        (sip(408, "Request Timeout"), Disposition::NoAnswer, Some(408)),
        (sip(487, "Request Terminated"), Disposition::NoAnswer, Some(487)),
        (sip(404, "Not Found"), Disposition::InvalidNumber, Some(404)),
        (sip(484, "Address Incomplete"), Disposition::InvalidNumber, Some(484)),
        (sip(603, "Decline"), Disposition::Declined, Some(603)),
        (sip(607, "Unwanted"), Disposition::Declined, Some(607)),
        (sip(403, "Forbidden"), Disposition::CarrierFault, Some(403)),
        (sip(488, "Not Acceptable Here"), Disposition::CarrierFault, Some(488)),
        (sip(503, "Service Unavailable"), Disposition::CarrierFault, Some(503)),
        (CallScript::then(Then::RingOut), Disposition::NoAnswer, None),
        (CallScript::then(Then::CarrierAuth), Disposition::CarrierFault, None),
        (CallScript::then(Then::NoSipNode), Disposition::LineFault, None),
    ];
    let double = Double::start().await;
    let line = line(&double);
    for (n, (script, disposition, sip_status)) in (1..).zip(table) {
        let mut call = plan::call(n, PHONE);
        call.ring_timeout = Duration::from_millis(200);
        double.on(PHONE, script.clone());
        let start = Instant::now();
        let end = call_through(&line, &call).await.expect("the line is usable");
        assert_eq!((end.disposition, end.sip_status), (disposition, sip_status), "{script:?}");
        assert_eq!((end.outcome, end.talk), (None, Duration::ZERO), "{script:?}");
        assert!(start.elapsed() < Duration::from_secs(1), "acceptance 48: the slot is free within a second");
        assert_eq!((double.ledger().live(), double.rooms().len()), (0, 0));
        assert!(!format!("{end:?}").contains("1234567"), "no text holds the number");
    }
}

#[tokio::test]
async fn the_agent_decides_the_outcome_and_only_the_agent() {
    let voicemail = r#"{"v":1,"disposition":"voicemail","reason":"a machine"}"#;
    let refusal = r#"{"v":1,"outcome":"refusal"}"#;
    let late = OutcomeAt::AfterEnd(Duration::from_millis(40));
    let table = [
        (CallScript::answer(TALK), Disposition::Answered, None),
        (CallScript::answer(TALK).saying("not JSON"), Disposition::Answered, None),
        (CallScript::answer(TALK).saying(voicemail), Disposition::Voicemail, Some(Outcome::Voicemail)),
        (CallScript::answer(TALK).saying(refusal).at(OutcomeAt::Answer), Disposition::Answered, Some(Outcome::Refusal)),
        (CallScript::answer(TALK).saying(refusal).at(late), Disposition::Answered, Some(Outcome::Refusal)),
        (
            CallScript::answer(TALK).saying(SUCCESS).at(OutcomeAt::Answer).ended_by_agent(),
            Disposition::Answered,
            Some(Outcome::Success),
        ),
    ];
    let double = Double::start().await;
    let line = line(&double);
    for (n, (script, disposition, outcome)) in (1..).zip(table) {
        double.on(PHONE, script.clone());
        let end = call_through(&line, &plan::call(n, PHONE)).await.expect("the line is usable");
        assert_eq!((end.disposition, end.outcome), (disposition, outcome), "{script:?}");
    }
}

/// F2: the connection breaks after the INVITE was sent. The second call goes over a connection that was kept open, where
/// HTTP libraries like to try again.
#[tokio::test]
async fn a_lost_reply_is_looked_up_in_the_room_and_never_dialled_again() {
    let double = Double::start().await;
    let line = line(&double);
    double.on(PHONE, CallScript::answer(TALK));
    call_through(&line, &plan::call(1, PHONE)).await.expect("usable");
    for (n, script) in (2..).zip([
        CallScript::then(Then::ReplyLost { talk: TALK }).saying(SUCCESS),
        CallScript::then(Then::ReplyLost { talk: TALK }).saying(SUCCESS).dialling_after(Duration::from_millis(150)),
        CallScript::then(Then::BadGateway { talk: TALK }).saying(SUCCESS),
        CallScript::then(Then::Deadline { talk: TALK }).saying(SUCCESS),
    ]) {
        double.on(PHONE, script.clone());
        let end = call_through(&line, &plan::call(n, PHONE)).await.expect("usable");
        assert_eq!((end.disposition, end.outcome), (Disposition::Answered, Some(Outcome::Success)), "{script:?}");
        assert_eq!(double.ledger().dials_to(PHONE), n as usize, "{script:?}");
    }
    assert_eq!(double.ledger().double_dials(), []);
}

#[tokio::test]
async fn a_request_that_never_arrived_ends_as_unknown_once_the_room_stays_empty() {
    let double = double_with(CallScript::then(Then::RequestLost)).await;
    let end = end_of(&double).await;
    assert_eq!(end.disposition, Disposition::Unknown);
    assert_eq!(double.ledger().placed(|_| true), 0);
    let dials = double.mutations().into_iter().filter(|method| method == "CreateSIPParticipant").count();
    assert_eq!(dials, 1, "nobody can say that it did not ring, so it is not asked again");
    assert!(double.rooms().is_empty());
}

/// The client gives up at ring time + 5 s: a server that never replies does not hold a slot for ever.
#[tokio::test]
async fn a_server_that_never_replies_ends_as_unknown() {
    let double = double_with(CallScript::then(Then::Silence)).await;
    let mut call = plan::call(1, PHONE);
    call.ring_timeout = Duration::from_millis(100);
    let end = call_through(&line(&double), &call).await.expect("usable");
    assert_eq!(end.disposition, Disposition::Unknown);
    assert!((5_000..7_000).contains(&end.ring.as_millis()), "{:?}", end.ring);
}

/// Acceptance 50 in part: without its agent nobody is called, and the room does not stay.
#[tokio::test]
async fn an_agent_that_does_not_come_is_a_fault_of_the_line_and_nobody_is_dialled() {
    let double = Double::start().await;
    let line = line(&double);
    let call = plan::call(1, PHONE);
    for (agent, word) in [(AgentScript::Absent, "did not join"), (AgentScript::FailsToStart, "failed")] {
        double.set_agent(agent);
        let fault = line.prepare(&call).await.expect_err("no agent");
        assert_eq!(fault.code, LineFaultCode::AgentAbsent);
        assert!(fault.detail.contains(word), "{fault}");
        assert!(double.rooms().is_empty());
    }
    double.set_agent(AgentScript::Comes { after: Duration::from_millis(60) });
    assert_eq!(line.prepare(&call).await, Ok(()));
    line.release(&call).await;
    assert!(double.rooms().is_empty(), "a prepared call that is given back leaves nothing");
    assert!(double.ledger().entries().is_empty());
}

/// Acceptance 50: a crash of the agent is a fault, not a completed call; leaving in good order is none.
#[tokio::test]
async fn an_agent_that_crashes_ends_the_call_as_its_fault() {
    let after_answer = Duration::from_millis(30);
    for (agent, disposition) in [
        (AgentScript::Crashes { after_answer }, Disposition::AgentFault),
        (AgentScript::Leaves { after_answer }, Disposition::Answered),
    ] {
        let double = double_with(CallScript::talk_on()).await;
        double.set_agent(agent);
        let end = end_of(&double).await;
        assert_eq!((end.disposition, end.outcome), (disposition, None));
        assert_eq!(double.ledger().live(), 0, "the callee is not left alone on the line");
        assert!(double.rooms().is_empty());
    }
}

/// Acceptance 52: the second step of a stop.
#[tokio::test]
async fn hanging_up_ends_a_ringing_and_a_talking_call() {
    let double = Double::start().await;
    let line = line(&double);
    for (n, script, answered) in
        [(1, CallScript::talk_on().ringing(Duration::from_secs(20)), false), (2, CallScript::talk_on(), true)]
    {
        let call = plan::call(n, PHONE);
        double.on(PHONE, script);
        line.prepare(&call).await.expect("prepared");
        let mut placing = Placing::start(&line, &call, plan::permit());
        let wanted = if answered { LineEvent::Answered } else { LineEvent::Ringing };
        while placing.events.recv().await.expect("the call goes on").event != wanted {}
        placing.hang_up.cancel();
        let end = placing.end().await.expect("placed");
        assert_eq!((end.disposition, end.outcome), (Disposition::HungUp, None));
        double.until("the phone to be silent", |double| double.ledger().live() == 0).await;
        assert!(double.rooms().is_empty());
    }
}

/// The deletion of the room overtakes the dialling request: without care the phone would ring after the stop.
#[tokio::test]
async fn a_hang_up_that_overtakes_the_dialling_request_still_silences_the_phone() {
    let double = double_with(CallScript::talk_on().dialling_after(Duration::from_millis(120))).await;
    let (line, call) = (line(&double), plan::call(1, PHONE));
    line.prepare(&call).await.expect("prepared");
    let placing = Placing::start(&line, &call, plan::permit());
    double
        .until("the request", |double| double.mutations().iter().any(|method| method == "CreateSIPParticipant"))
        .await;
    placing.hang_up.cancel();
    assert_eq!(placing.end().await.expect("placed").disposition, Disposition::HungUp);
    assert_eq!(double.ledger().dials_to(PHONE), 1, "the request was on its way");
    double.until("the phone to be silent", |double| double.ledger().live() == 0).await;
    assert!(double.rooms().is_empty());
}

#[tokio::test]
async fn a_call_that_was_hung_up_or_whose_permit_ran_out_before_it_was_sent_is_not_dialled() {
    let double = Double::start().await;
    let (line, call) = (line(&double), plan::call(1, PHONE));
    line.prepare(&call).await.expect("prepared");
    let refused = Placing::start(&line, &call, plan::expired_permit()).end().await;
    assert_eq!(refused, Err(NotPlaced::PermitExpired));

    let placing = Placing::start(&line, &call, plan::permit());
    placing.hang_up.cancel();
    assert_eq!(placing.end().await.expect("an end").disposition, Disposition::HungUp);
    assert!(double.ledger().entries().is_empty());
}

/// The permit was good when the line began to connect. Whatever became of the connection later, a request that leaves after
/// the permit would break the limit of calls per minute.
#[tokio::test]
async fn a_permit_that_runs_out_while_the_connection_is_made_ends_the_try_and_nothing_is_sent() {
    let double = Double::start().await;
    // It takes connections and says nothing, so that the handshake of TLS never ends.
    let silent = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let mut settings = settings(&double);
    settings.url = format!("wss://{}", silent.local_addr().expect("an address"));
    let line = Arc::new(LivekitLine::new(settings).expect("complete settings"));
    let permit = DialPermit::lasting(Duration::from_millis(100));

    let placing = Placing::start(&line, &plan::call(1, PHONE), permit);
    let refused = timeout(PACE.request_timeout, placing.end()).await.expect("nobody waits for a handshake any longer");
    assert_eq!(refused, Err(NotPlaced::PermitExpired));
}

#[tokio::test]
async fn a_conversation_ends_at_its_longest_duration() {
    let double = double_with(CallScript::talk_on().saying(SUCCESS)).await;
    let mut call = plan::call(1, PHONE);
    call.max_duration = Duration::from_millis(200);
    let end = call_through(&line(&double), &call).await.expect("usable");
    assert_eq!((end.disposition, end.outcome), (Disposition::Answered, Some(Outcome::Success)));
    assert!((180..400).contains(&end.talk.as_millis()), "{:?}", end.talk);
}
