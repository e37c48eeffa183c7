//! Circuit breakers, and the pace that a campaign earns.

use callboard_contract::BreakerRef;
use callboard_core::{
    breaker::{BreakerCause, BreakerScope, BreakerState},
    explain::DialingReason,
    notice::NoticeKind,
};
use callboard_db::PgPool;
use callboard_engine::{limits, timekeeper, worker::Step};
use callboard_telephony::CallEnd;
use callboard_testkit::scripted::{Script, ScriptedLine, Stage as At};

use super::{PHONES, breakers_of, common::Stage, hurry, said, told};

/// Issue 4, 5: five faults in a row open the breaker of the trunk, with the calls that tripped it; nothing is dialled, people are
/// told. After its rest one call passes, and its success closes it.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn a_trunk_that_fails_is_left_alone_and_tried_again(db: PgPool) {
    let mut line = ScriptedLine::new();
    for phone in &PHONES[..5] {
        line = line.on_attempts(phone, [Script::CarrierFault, Script::Success]);
    }
    let stage = Stage::with_line(db, line).await;
    let id = stage.running(&PHONES, |form| form.calls_at_once = 1).await;
    let worker = stage.worker();
    worker.reached(Step::Finished, 5).await;
    worker.stop().await;

    let breakers = breakers_of(&stage).await.items;
    assert_eq!(breakers.len(), 1, "the campaign's own does not answer for the trunk");
    let breaker = &breakers[0];
    assert_eq!((breaker.scope, breaker.state), (BreakerScope::Trunk, BreakerState::Open));
    assert_eq!((breaker.cause, breaker.trips), (Some(BreakerCause::Faults), 1));
    assert_eq!(breaker.calls.len(), 5);
    assert!(breaker.calls.iter().all(|call| call.sip_status == Some(503) && call.campaign_id == id.0));
    assert!(breaker.retry_at.is_some());
    let status = said(&stage, id).await;
    assert_eq!((status.reason, status.at), (DialingReason::TrunkBreaker, breaker.retry_at));
    assert_eq!(told(&stage, NoticeKind::BreakerOpened).await, 1);

    // Its rest is over.
    hurry(&stage, id).await;
    stage
        .sql(id, "update breakers set probes_at = clock_timestamp() where company_id = (select company_id from campaigns where campaign_id = $1)")
        .await;
    stage.update(id, |form| form.calls_at_once = 5).await.unwrap();
    timekeeper::police_once(&stage.context).await;
    assert_eq!(breakers_of(&stage).await.items[0].state, BreakerState::Probing);
    stage.line.hold(At::Ringing);
    let worker = stage.worker();
    stage.line.all_waiting_at(At::Ringing, 1).await;
    assert_eq!(stage.overview(id).await.live_calls, 1, "one call at a time, although five may");
    assert_eq!(stage.asker().ask(9).await, []);
    stage.line.release_all();
    worker.reached(Step::Finished, 6).await;
    assert_eq!(breakers_of(&stage).await.items[0].state, BreakerState::Closed);
    assert_eq!(told(&stage, NoticeKind::BreakerClosed).await, 1);
    worker.stop().await;
}

/// Issue 4, 5: a probe that fails opens it again, for longer.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn a_probe_that_fails_makes_the_rest_longer(db: PgPool) {
    let stage = Stage::with_line(db, ScriptedLine::new().otherwise(Script::CarrierFault)).await;
    let id = stage.running(&PHONES, |form| form.calls_at_once = 1).await;
    let worker = stage.worker();
    worker.reached(Step::Finished, 5).await;
    let first = breakers_of(&stage).await.items.remove(0);
    stage
        .sql(id, "update breakers set probes_at = clock_timestamp() where company_id = (select company_id from campaigns where campaign_id = $1)")
        .await;
    timekeeper::police_once(&stage.context).await;
    worker.handle.wake.notify_one();
    worker.reached(Step::Finished, 6).await;
    worker.stop().await;
    let again = breakers_of(&stage).await.items.remove(0);
    assert_eq!((again.state, again.trips), (BreakerState::Open, 2));
    let rest = |breaker: &callboard_contract::BreakerView| breaker.retry_at.unwrap() - breaker.opened_at.unwrap();
    assert!(rest(&again) > rest(&first), "{:?}, then {:?}", rest(&first), rest(&again));
}

/// Domain 2.1: a refused account does not heal by waiting; a person closes the breaker.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn a_refused_account_waits_for_a_person(db: PgPool) {
    let refused = Script::Ends(CallEnd { sip_status: Some(403), ..Script::CarrierFault.end() });
    let stage = Stage::with_line(db, ScriptedLine::new().otherwise(refused)).await;
    let id = stage.running(&PHONES, |form| form.calls_at_once = 1).await;
    let worker = stage.worker();
    worker.reached(Step::Finished, 3).await;
    worker.stop().await;
    let status = said(&stage, id).await;
    assert_eq!((status.reason, status.at), (DialingReason::TrunkBreaker, None), "until somebody acts");
    let trunk = breakers_of(&stage).await.items[0].trunk.clone().unwrap();
    let reset = BreakerRef::Trunk { company_id: stage.company.0, trunk };
    assert_eq!(limits::breaker_reset(&stage.context, reset).await.unwrap().state, BreakerState::Closed);
    assert_eq!(said(&stage, id).await.reason, DialingReason::Dialing);
}

/// Issue 4, 5: faults of the agent open the breaker of their campaign and no other's.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn an_agent_that_fails_stops_its_campaign_only(db: PgPool) {
    let line = PHONES[..3].iter().fold(ScriptedLine::new(), |line, phone| line.on(phone, Script::AgentFault));
    let stage = Stage::with_line(db, line).await;
    let id = stage.running(&PHONES[..4], |form| form.calls_at_once = 1).await;
    let other = stage.running(&PHONES[4..], |form| form.starts_at = None).await;
    stage.sql(other, "update campaigns set state = 'paused' where campaign_id = $1").await;
    let worker = stage.worker();
    worker.reached(Step::Finished, 3).await;
    worker.stop().await;
    assert_eq!(said(&stage, id).await.reason, DialingReason::CampaignBreaker);
    stage.sql(other, "update campaigns set state = 'running' where campaign_id = $1").await;
    assert_eq!(said(&stage, other).await.reason, DialingReason::Dialing);
    let breaker = breakers_of(&stage).await.items.remove(0);
    assert_eq!((breaker.scope, breaker.campaign_id), (BreakerScope::Campaign, Some(id.0)));
    assert_eq!(breaker.cause, Some(BreakerCause::AgentFaults));
}

/// Issue 4, 5: a campaign that ramps up begins with few calls, earns one with each healthy call, and goes back after a fault.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn a_ramp_up_is_earned(db: PgPool) {
    let line = ScriptedLine::new().on(PHONES[2], Script::CarrierFault);
    let stage = Stage::with_line(db, line).await;
    let id = stage.running(&PHONES, |form| (form.calls_at_once, form.ramp_up_from) = (4, Some(1))).await;
    stage.line.hold(At::Ringing);
    let worker = stage.worker();
    stage.line.waiting_at(At::Ringing, PHONES[0]).await;
    let status = said(&stage, id).await;
    assert_eq!(
        (status.reason, status.params["used"].as_str(), status.params["limit"].as_str()),
        (DialingReason::RampUp, "1", "1")
    );
    stage.line.release(PHONES[0]);
    stage.line.all_waiting_at(At::Ringing, 2).await;
    assert_eq!(stage.overview(id).await.ramp_up_allows, Some(2));
    stage.line.release(PHONES[1]);
    worker.reached(Step::Finished, 2).await;
    assert_eq!(stage.overview(id).await.ramp_up_allows, Some(3));
    stage.line.waiting_at(At::Ringing, PHONES[2]).await;
    stage.line.release(PHONES[2]);
    worker.reached(Step::Finished, 3).await;
    assert_eq!(stage.overview(id).await.ramp_up_allows, Some(1), "a fault halves it");
    assert_eq!(told(&stage, NoticeKind::RampUpHeld).await, 1);
    stage.line.release_all();
    worker.stop().await;
}
