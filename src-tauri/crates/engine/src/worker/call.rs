//! One call from its slot to its result: a straight line. Every write is fenced; a call that is no longer ours is left
//! alone, not hung up, because somebody else follows it.

use std::{sync::Arc, time::Duration};

use callboard_core::{
    call::{CallState, Disposition},
    cost::{Usage, cost},
    quality,
    retry::{NextStep, next_step},
    task::TaskStatus,
    telemetry::{Collector, Conversation},
};
use callboard_db::{
    DbResult,
    admission::Admitted,
    deltas,
    leases::{self, Finished, LeaseRef},
    telemetry,
};
use callboard_telephony::{CallEnd, DialPermit, Line, LineEvent, LineFault, LineFaultCode, NotPlaced, PlannedCall, TimedEvent};
use tokio::{sync::mpsc, time::Instant};
use tracing::{error, info, warn};

use super::{Step, Worker};
use crate::{
    context::{commit, commit_synchronously},
    settings,
};

/// A dial intent is good for this long, measured from before it was sent to the database.
const PERMIT: Duration = Duration::from_secs(2);
/// Turns are shown live at most this often.
const LIVE_TURNS: Duration = Duration::from_millis(500);
/// Events that a line may be ahead of us.
const EVENTS: usize = 256;

/// Carries out an admitted call.
pub(super) async fn run(worker: Arc<Worker>, admitted: Admitted) {
    let lease = LeaseRef::from(&admitted);
    let call = plan(&worker, &admitted).await;
    worker.reached(Step::Admitted, call.call_id).await;

    let line = match worker.lines.line(&worker.context, call.company_id, admitted.line).await {
        Ok(line) => line,
        Err(fault) => return not_dialed(&worker, lease, &call, fault).await,
    };
    let prepared = tokio::select! {
        prepared = line.prepare(&call) => prepared,
        () = worker.handle.stop.cancelled() => {
            line.release(&call).await;
            return give_back(&worker, lease, &call).await;
        }
    };
    if let Err(fault) = prepared {
        return not_dialed(&worker, lease, &call, fault).await;
    }
    worker.reached(Step::Prepared, call.call_id).await;

    let not_after = Instant::now() + PERMIT;
    let permitted = !worker.handle.stop.is_cancelled() && intend(&worker, lease).await;
    if !permitted {
        line.release(&call).await;
        return give_back(&worker, lease, &call).await;
    }
    worker.reached(Step::Intended, call.call_id).await;

    follow(&worker, lease, &call, &*line, |events| {
        line.place(&call, DialPermit { not_after }, events, worker.handle.hang_up.child_token())
    })
    .await;
}

/// What the line needs to know about an admitted call.
pub(super) async fn plan(worker: &Worker, admitted: &Admitted) -> PlannedCall {
    let form = settings::line(&worker.context, admitted.company_id).await.unwrap_or_else(|_| settings::default_line());
    let seconds = |value: i32| Duration::from_secs(u64::try_from(value).unwrap_or(30));
    PlannedCall {
        company_id: admitted.company_id,
        campaign_id: admitted.campaign_id,
        task_id: admitted.task_id,
        call_id: admitted.call_id,
        attempt: u32::try_from(admitted.attempt).unwrap_or(1),
        phone: admitted.phone.clone(),
        contact_name: admitted.contact_name.clone(),
        metadata: serde_json::json!({
            "callboard": 1,
            "callId": admitted.call_id,
            "taskId": admitted.task_id,
            "campaignId": admitted.campaign_id,
            "campaign": admitted.campaign_name,
            "attempt": admitted.attempt,
            "skillbaseId": admitted.skillbase_id,
            "skillbaseVersion": admitted.skillbase_version,
            "skillbase": admitted.document,
            "contact": { "name": admitted.contact_name, "data": admitted.contact_data },
        }),
        language: admitted.document.language.clone(),
        greeting: admitted.document.greeting.clone(),
        ring_timeout: seconds(form.livekit.ring_seconds),
        max_duration: seconds(form.livekit.max_call_seconds),
    }
}

/// Commits the intent to dial. An error is a no: nothing is dialled on a guess.
async fn intend(worker: &Worker, lease: LeaseRef) -> bool {
    let intended = async {
        let mut tx = worker.context.begin().await?;
        let allowed = leases::intend_to_dial(&mut tx, lease).await?;
        commit_synchronously(tx).await?;
        DbResult::Ok(allowed)
    };
    match intended.await {
        Ok(allowed) => allowed,
        Err(error) => {
            warn!(task.id = %lease.task_id, error = %error, "The dial intent of task {} could not be committed", lease.task_id);
            false
        }
    }
}

/// Gives back what was certainly not dialled.
async fn give_back(worker: &Worker, lease: LeaseRef, call: &PlannedCall) {
    let released = worker
        .persist("The release", call.call_id, || async {
            let mut tx = worker.context.begin().await?;
            let released = leases::release(&mut tx, lease).await?;
            commit(tx).await?;
            Ok(released)
        })
        .await;
    match released {
        Ok(true) => info!(call.id = %call.call_id, "Call {} was given back without dialling", call.call_id),
        Ok(false) => info!(call.id = %call.call_id, "Call {} was taken over by another worker", call.call_id),
        Err(error) => error!(call.id = %call.call_id, error = %error, "Call {} could not be given back", call.call_id),
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
    let end = CallEnd {
        error: Some(fault.detail),
        ..CallEnd::without_conversation(disposition, Duration::ZERO)
    };
    finish(worker, lease, call, &end, None).await;
}

/// Follows a call that may ring, records what happens and stores its result.
pub(super) async fn follow<'a, E>(
    worker: &'a Worker,
    lease: LeaseRef,
    call: &'a PlannedCall,
    line: &'a dyn Line,
    start: impl FnOnce(mpsc::Sender<TimedEvent>) -> futures_util::future::BoxFuture<'a, Result<CallEnd, E>>,
) where
    E: Into<Broken>,
{
    let (sender, mut events) = mpsc::channel(EVENTS);
    let mut running = start(sender);
    let mut record = Record { worker, lease, call, collector: None, shown: 0, shown_at: None };
    let end = loop {
        tokio::select! {
            biased;
            Some(event) = events.recv() => {
                if !record.apply(event).await {
                    info!(call.id = %call.call_id, "Call {} is followed by another worker from now on", call.call_id);
                    return;
                }
            }
            end = &mut running => break end,
        }
    };
    drop(running);
    while let Ok(event) = events.try_recv() {
        if !record.apply(event).await {
            return;
        }
    }
    match end.map_err(Into::into) {
        Ok(end) => {
            worker.reached(Step::Ended, call.call_id).await;
            finish(worker, lease, call, &end, record.collector.and_then(Collector::finish)).await;
        }
        Err(Broken::NotSent) => {
            line.release(call).await;
            give_back(worker, lease, call).await;
        }
        Err(Broken::Unanswered) => {}
    }
}

/// A followed call without an end.
pub(super) enum Broken {
    /// It was certainly not sent.
    NotSent,
    /// The line could not be asked; the call keeps its slot and is asked about again.
    Unanswered,
}

impl From<NotPlaced> for Broken {
    fn from(reason: NotPlaced) -> Self {
        match reason {
            NotPlaced::PermitExpired => Self::NotSent,
        }
    }
}

/// What is recorded while a call goes on.
struct Record<'a> {
    worker: &'a Worker,
    lease: LeaseRef,
    call: &'a PlannedCall,
    collector: Option<Collector>,
    shown: usize,
    shown_at: Option<Instant>,
}

impl Record<'_> {
    /// False when the lease is no longer ours.
    async fn apply(&mut self, timed: TimedEvent) -> bool {
        match timed.event {
            LineEvent::Ringing => {
                let ours = self.progress(CallState::Ringing).await;
                self.worker.reached(Step::Ringing, self.call.call_id).await;
                ours
            }
            LineEvent::Answered => {
                self.collector = Some(Collector::new(timed.at));
                let ours = self.progress(CallState::Answered).await;
                self.worker.reached(Step::Answered, self.call.call_id).await;
                ours
            }
            LineEvent::Speech(event) => {
                self.collector.get_or_insert_with(|| Collector::new(timed.at)).apply(&event, timed.at);
                self.show_turns().await;
                true
            }
        }
    }

    /// The result repeats what is lost here, so an absent database only delays the screen.
    async fn progress(&self, state: CallState) -> bool {
        let written = async {
            let mut tx = self.worker.context.begin().await?;
            let ours = leases::progress(&mut tx, self.lease, state).await?;
            commit(tx).await?;
            DbResult::Ok(ours)
        };
        written.await.unwrap_or_else(|error| {
            warn!(call.id = %self.call.call_id, error = %error, "The progress of call {} could not be stored", self.call.call_id);
            true
        })
    }

    async fn show_turns(&mut self) {
        let Some(collector) = &self.collector else { return };
        let turns = collector.turns();
        let due = self.shown_at.is_none_or(|at| at.elapsed() >= LIVE_TURNS);
        if turns.len() <= self.shown || !due {
            return;
        }
        let written = async {
            let mut tx = self.worker.context.begin().await?;
            telemetry::append_turns(&mut tx, self.call.company_id, self.call.call_id, &turns[self.shown.saturating_sub(1)..]).await?;
            deltas::touch(&mut tx, self.call.company_id, self.call.campaign_id).await?;
            commit(tx).await
        };
        if let Err(error) = written.await {
            warn!(call.id = %self.call.call_id, error = %error, "The turns of call {} could not be shown", self.call.call_id);
        }
        self.shown = turns.len();
        self.shown_at = Some(Instant::now());
    }
}

/// Stores the result, its turns and its cost in one fenced transaction and frees the slot. Waits for the database as
/// long as the process lives (acceptance 37).
pub(super) async fn finish(
    worker: &Worker,
    lease: LeaseRef,
    call: &PlannedCall,
    end: &CallEnd,
    conversation: Option<Conversation>,
) {
    let stored = worker
        .persist("The result", call.call_id, || async { store(worker, lease, call, end, conversation.as_ref()).await })
        .await;
    match stored {
        Ok(true) => {
            info!(call.id = %call.call_id, call.disposition = %end.disposition, "Call {} ended: {}", call.call_id, end.disposition);
            worker.reached(Step::Finished, call.call_id).await;
        }
        Ok(false) => info!(call.id = %call.call_id, "Call {} was settled by another worker", call.call_id),
        Err(error) => {
            error!(call.id = %call.call_id, error = %error, "The result of call {} could not be stored", call.call_id);
        }
    }
}

async fn store(
    worker: &Worker,
    lease: LeaseRef,
    call: &PlannedCall,
    end: &CallEnd,
    conversation: Option<&Conversation>,
) -> DbResult<bool> {
    let mut tx = worker.context.begin().await?;
    let Some(ending) = leases::lock(&mut tx, lease).await? else { return Ok(false) };
    let judged = match (end.outcome, conversation) {
        (Some(outcome), _) => (outcome, end.outcome_reason.clone(), Some(1.0)),
        (None, Some(conversation)) if end.disposition == Disposition::Answered => {
            let judgement = quality::judge(conversation, end.talk);
            (judgement.outcome, Some(judgement.reason), Some(judgement.confidence))
        }
        (None, _) => (end.disposition.outcome_without_conversation(), end.outcome_reason.clone(), None),
    };
    let (outcome, outcome_reason, outcome_confidence) = judged;
    let step = next_step(end.disposition, outcome, ending.attempts, ending.max_attempts);
    let (status, due_at) = match step {
        NextStep::Retry if ending.campaign_state.is_final() => (TaskStatus::Cancelled, None),
        NextStep::Retry => {
            let earliest = ending.now + chrono::Duration::minutes(ending.retry_delay_minutes.into());
            (TaskStatus::Retry, Some(ending.window.next_open(earliest).unwrap_or(earliest)))
        }
        NextStep::Complete | NextStep::Fail => (step.status(), None),
    };
    let millis = |duration: Duration| i32::try_from(duration.as_millis()).unwrap_or(i32::MAX);
    let finished = Finished {
        disposition: end.disposition,
        outcome,
        outcome_reason,
        outcome_confidence,
        sip_status: end.sip_status.map(i32::from),
        error: end.error.clone(),
        ring_ms: millis(end.ring),
        talk_ms: millis(end.talk),
        status,
        due_at,
    };
    leases::finish(&mut tx, lease, &finished).await?;
    if let Some(conversation) = conversation {
        let prices = settings::prices_of(&mut tx, call.company_id).await?;
        let line_seconds = end.talk.as_secs_f64();
        let usage = Usage {
            stt_seconds: conversation.metrics.stt_seconds,
            llm_input_tokens: conversation.metrics.llm_input_tokens,
            llm_output_tokens: conversation.metrics.llm_output_tokens,
            tts_characters: conversation.metrics.tts_characters,
            line_seconds,
        };
        match cost(&prices, &usage) {
            Ok(cost) => {
                telemetry::finalize(&mut tx, call.company_id, call.campaign_id, call.call_id, conversation, line_seconds, &cost).await?;
            }
            // The result of the call matters more than its price; the turns stay, the cost is shown as unknown.
            Err(error) => {
                error!(call.id = %call.call_id, error = %error, "Call {} cannot be priced", call.call_id);
                telemetry::append_turns(&mut tx, call.company_id, call.call_id, &conversation.turns).await?;
            }
        }
    }
    commit(tx).await?;
    Ok(true)
}
