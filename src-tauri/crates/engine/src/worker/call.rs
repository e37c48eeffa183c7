//! One call from its slot to its result: a straight line. Every write is fenced; a call that is no longer ours is left
//! alone, not hung up, because somebody else follows it.

use std::{pin::pin, sync::Arc, time::Duration};

use callboard_contract::LineForm;
use callboard_core::{call::Disposition, id::CallId, notice::NoticeKind, telemetry::Conversation};
use callboard_db::{
    DbResult,
    admission::Admitted,
    leases::{self, Intent, LeaseRef, PACED_PERMIT_MILLIS, PERMIT_SECONDS, Standing},
    skillbases::{self, Spoken, Unspoken},
};
use callboard_telephony::{CallEnd, DialPermit, LineFault, LineFaultCode, NotPlaced, PlannedCall, TimedEvent};
use futures_util::future::BoxFuture;
use tokio::{sync::mpsc, time::timeout};
use tokio_util::sync::CancellationToken;
use tracing::{error, info, warn};

use super::{Step, Worker, intents, record, result};
use crate::{agent, campaigns, context::commit, notices::Tell, settings, timekeeper};

/// A dial intent is good for this long, measured from before it was sent to the database.
const PERMIT: Duration = Duration::from_secs(PERMIT_SECONDS as u64);
/// The same over a trunk with a limit per second.
const PACED_PERMIT: Duration = Duration::from_millis(PACED_PERMIT_MILLIS as u64);
/// Events that a line may be ahead of us.
const EVENTS: usize = 256;
/// The screen may be this far behind when a call ends; its result waits no longer for that.
const FLUSH: Duration = Duration::from_secs(2);
/// How long a call that nobody follows any more may take to hang up.
const LET_GO: Duration = Duration::from_secs(10);
/// Pause before a result that the database refused even in its shortest form is tried again.
const REFUSED: Duration = Duration::from_secs(30);

/// Carries out an admitted call.
pub(super) async fn run(worker: Arc<Worker>, admitted: Admitted) {
    let (lease, id) = (LeaseRef::from(&admitted), admitted.call_id);
    worker.reached(Step::Admitted, id).await;
    let spoken = match what_to_say(&worker, &admitted).await {
        Ok(Ok(spoken)) => spoken,
        Ok(Err(why)) => return set_aside(&worker, lease, &admitted, why).await,
        Err(error) => {
            warn!(call.id = %id, error = %error, "The skillbase of call {id} could not be asked for");
            return give_back(&worker, lease, id).await;
        }
    };
    // Without the settings the limits of the call are not known.
    let Ok(form) = settings::line(&worker.context, admitted.company_id).await else {
        return give_back(&worker, lease, id).await;
    };
    let call = speaking(plan(&admitted, &form), &admitted, &spoken);

    let line = match worker.lines.line(&worker.context, call.company_id, admitted.line).await {
        Ok(line) => line,
        Err(fault) => return not_dialed(&worker, lease, &call, fault).await,
    };
    let prepared = tokio::select! {
        prepared = line.prepare(&call) => prepared,
        () = worker.handle.stop.cancelled() => {
            line.release(&call).await;
            return give_back(&worker, lease, id).await;
        }
    };
    if let Err(fault) = prepared {
        return not_dialed(&worker, lease, &call, fault).await;
    }
    worker.reached(Step::Prepared, id).await;

    let Some(permit) = permission(&worker, lease).await else {
        line.release(&call).await;
        return give_back(&worker, lease, id).await;
    };
    worker.reached(Step::Intended, id).await;

    let start = |events, hang_up| line.place(&call, permit, events, hang_up);
    match follow(&worker, lease, &call, false, start).await {
        Ok(()) => {}
        Err(NotPlaced::PermitExpired) => {
            line.release(&call).await;
            give_back(&worker, lease, id).await;
        }
    }
}

/// Which document speaks, and everything that its prompt is made of: one query.
async fn what_to_say(worker: &Worker, admitted: &Admitted) -> DbResult<Result<Spoken, Unspoken>> {
    let mut db = worker.context.connection().await?;
    skillbases::spoken(&mut db, admitted.company_id, admitted.call_id).await
}

/// What the line needs to know about an admitted call, besides what is said in it.
pub(super) fn plan(admitted: &Admitted, form: &LineForm) -> PlannedCall {
    let seconds = |value: i32| Duration::from_secs(u64::try_from(value).unwrap_or(30));
    PlannedCall {
        company_id: admitted.company_id,
        campaign_id: admitted.campaign_id,
        task_id: admitted.task_id,
        call_id: admitted.call_id,
        attempt: u32::try_from(admitted.attempt).unwrap_or(1),
        phone: admitted.phone.clone(),
        contact_name: admitted.contact_name.clone(),
        metadata: serde_json::Value::Null,
        language: String::new(),
        greeting: String::new(),
        ring_timeout: seconds(form.livekit.ring_seconds),
        max_duration: seconds(form.livekit.max_call_seconds),
    }
}

/// The same with what is said. A skillbase may end its conversations earlier than the line, never later.
fn speaking(plan: PlannedCall, admitted: &Admitted, spoken: &Spoken) -> PlannedCall {
    PlannedCall {
        metadata: agent::metadata(admitted, spoken),
        language: spoken.document.identity.language.to_string(),
        greeting: spoken.document.opening(),
        max_duration: plan.max_duration.min(Duration::from_secs(spoken.document.voice.max_call_seconds.into())),
        ..plan
    }
}

/// Nobody can be called with a skillbase that cannot be read, by a program that is older than it for example, or that was
/// put away: the call is given back, and its campaign is paused so that the others go on.
async fn set_aside(worker: &Worker, lease: LeaseRef, admitted: &Admitted, why: Unspoken) {
    let (campaign, skillbase, version) = (admitted.campaign_id, admitted.skillbase_id, admitted.skillbase_version);
    warn!(
        campaign.id = %campaign,
        skillbase.id = %skillbase,
        skillbase.version = version,
        "Campaign {campaign} is paused: {why}"
    );
    if let Err(error) = campaigns::pause(&worker.context, admitted.company_id, campaign).await {
        warn!(campaign.id = %campaign, code = %error.code, "Campaign {campaign} could not be paused");
    } else {
        let tell = Tell::of(NoticeKind::CampaignPaused)
            .about(campaign)
            .with("version", version)
            .once(format!("unreadable:{campaign}:{version}"));
        timekeeper::tell(&worker.context, admitted.company_id, tell).await;
    }
    give_back(worker, lease, admitted.call_id).await;
}

/// The permission to dial, measured from before the intent was sent to the database. Waits while the trunk takes no call;
/// none when the call must not be dialled.
async fn permission(worker: &Worker, lease: LeaseRef) -> Option<DialPermit> {
    loop {
        if worker.handle.stop.is_cancelled() || worker.handle.hang_up.is_cancelled() {
            return None;
        }
        let (usual, paced) = (DialPermit::lasting(PERMIT), DialPermit::lasting(PACED_PERMIT));
        match intents::intend(worker, lease).await {
            Intent::Dial => return Some(usual),
            Intent::DialPaced => return Some(paced),
            Intent::Refused => return None,
            Intent::NotBefore { wait } => {
                tokio::select! {
                    () = worker.handle.stop.cancelled() => return None,
                    () = tokio::time::sleep(wait) => {}
                }
            }
        }
    }
}

/// Gives back what was certainly not dialled.
async fn give_back(worker: &Worker, lease: LeaseRef, call: CallId) {
    let released = worker
        .persist("The release", call, || async {
            let mut tx = worker.begin().await?;
            let released = leases::release(&mut tx, lease).await?;
            commit(tx).await?;
            Ok(released)
        })
        .await;
    match released {
        Ok(true) => info!(call.id = %call, "Call {call} was given back without dialling"),
        Ok(false) => info!(call.id = %call, "Call {call} was taken over by another worker"),
        // The reaper finds its lease and tries again.
        Err(error) => error!(call.id = %call, error = %error, "Call {call} could not be given back"),
    }
}

/// Ends an attempt whose line or agent failed before anything was dialled (acceptance 46).
async fn not_dialed(worker: &Worker, lease: LeaseRef, call: &PlannedCall, fault: LineFault) {
    let disposition = match fault.code {
        LineFaultCode::AgentAbsent => Disposition::AgentFault,
        LineFaultCode::NotConfigured
        | LineFaultCode::Unreachable
        | LineFaultCode::NotALiveKitServer
        | LineFaultCode::WrongKey
        | LineFaultCode::NotPermitted
        | LineFaultCode::UnknownTrunk
        | LineFaultCode::SipUnavailable
        | LineFaultCode::Refused => Disposition::LineFault,
    };
    let end = CallEnd { error: Some(fault.detail), ..CallEnd::without_conversation(disposition, Duration::ZERO) };
    finish(worker, lease, call, &end, Told::Nothing).await;
}

/// Ends an attempt whose task broke off before anything was dialled. It counts, or the same call would break off again
/// and again.
pub(super) async fn broke_off(worker: &Worker, lease: LeaseRef, call: &PlannedCall) {
    let end = CallEnd {
        error: Some("The program failed before it dialled. The log holds the cause.".to_owned()),
        ..CallEnd::without_conversation(Disposition::LineFault, Duration::ZERO)
    };
    finish(worker, lease, call, &end, Told::Nothing).await;
}

/// Follows a call that may ring, records what happens and stores its result. The call and its record go on side by side:
/// a database that is slow or away neither delays a hang-up nor stops the line. An error of the line is given back.
pub(super) async fn follow<'a, E>(
    worker: &'a Worker,
    lease: LeaseRef,
    call: &'a PlannedCall,
    adopted: bool,
    start: impl FnOnce(mpsc::Sender<TimedEvent>, CancellationToken) -> BoxFuture<'a, Result<CallEnd, E>>,
) -> Result<(), E> {
    let hang_up = worker.handle.hang_up.child_token();
    let (sender, mut events) = mpsc::channel(EVENTS);
    let mut running = start(sender, hang_up.clone());
    let (mut record, news) = record::begin(adopted);
    let mut writing = pin!(record::write(worker, lease, call, news));
    let end = loop {
        tokio::select! {
            biased;
            Some(event) = events.recv() => record.note(&event),
            standing = &mut writing => {
                drop(events);
                let_go(call, standing, &hang_up, running).await;
                return Ok(());
            }
            end = &mut running => break end,
        }
    };
    drop(running);
    while let Ok(event) = events.try_recv() {
        record.note(&event);
    }
    let conversation = record.close();
    // What is not on the screen by now is in the result.
    let standing = timeout(FLUSH, &mut writing).await.unwrap_or(Standing::Ours);
    let end = end?;
    if standing == Standing::Ours {
        worker.reached(Step::Ended, call.call_id).await;
        let told = match conversation {
            Some(conversation) if adopted => Told::Rest(conversation),
            Some(conversation) => Told::Whole(conversation),
            None => Told::Nothing,
        };
        finish(worker, lease, call, &end, told).await;
    }
    Ok(())
}

/// Lets go of a call whose lease is lost. One that another worker follows is left alone; one that was settled without us
/// (this process stood still for longer than its lease, and nobody found the call) rings or speaks unattended: it is
/// hung up.
async fn let_go<E>(
    call: &PlannedCall,
    standing: Standing,
    hang_up: &CancellationToken,
    running: BoxFuture<'_, Result<CallEnd, E>>,
) {
    let id = call.call_id;
    if standing == Standing::Followed {
        info!(call.id = %id, "Call {id} is followed by another worker from now on");
        return;
    }
    warn!(call.id = %id, "Call {id} was settled while this worker stood still; it is hung up");
    hang_up.cancel();
    if timeout(LET_GO, running).await.is_err() {
        warn!(call.id = %id, "Call {id} could not be hung up in time");
    }
}

/// What is known of a conversation when its call ends.
#[derive(Debug, Clone)]
pub(super) enum Told {
    /// There was none.
    Nothing,
    /// All of it.
    Whole(Conversation),
    /// What was said after another worker died; it has stored what came before.
    Rest(Conversation),
}

/// Stores the result, its turns and its cost in one fenced transaction and frees the slot. Waits for the database as
/// long as the process lives (acceptance 37). When the database refuses the record of the conversation or a text, the
/// result is stored without them: a slot that nobody frees would stop the campaign.
pub(super) async fn finish(worker: &Worker, lease: LeaseRef, call: &PlannedCall, end: &CallEnd, told: Told) {
    let id = call.call_id;
    let mut record = (end.clone(), told);
    let stored = loop {
        let (end, told) = &record;
        let stored = worker.persist("The result", id, || result::store(worker, lease, call, end, told)).await;
        let Err(error) = stored else { break stored };
        if worker.over.is_cancelled() {
            break Err(error);
        }
        error!(call.id = %id, error = %error, "The database refuses the result of call {id}; it is stored without its texts");
        let bare = (
            CallEnd { outcome_reason: None, error: Some(result::NOT_STORED.to_owned()), ..end.clone() },
            Told::Nothing,
        );
        if bare.0 == record.0 {
            tokio::select! {
                () = worker.over.cancelled() => break Err(error),
                () = tokio::time::sleep(REFUSED) => {}
            }
        }
        record = bare;
    };
    match stored {
        Ok(true) => {
            info!(call.id = %id, call.disposition = %end.disposition, "Call {id} ended: {}", end.disposition);
            worker.reached(Step::Finished, id).await;
        }
        Ok(false) => info!(call.id = %id, "Call {id} was settled by another worker"),
        Err(error) => error!(call.id = %id, error = %error, "The result of call {id} could not be stored"),
    }
}
