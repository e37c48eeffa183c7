//! The result of a call: what came of it, what becomes of its task, what it cost. One fenced transaction.

use std::time::Duration;

use callboard_core::{
    call::Disposition,
    cost::{Usage, cost},
    quality,
    retry::{NextStep, next_step},
    task::TaskStatus,
    telemetry::{Conversation, Turn},
};
use callboard_db::{
    DbResult, PgConnection, calls,
    leases::{self, Finished, LeaseRef},
    telemetry,
};
use callboard_telephony::{CallEnd, PlannedCall};
use tracing::error;

use super::{Worker, call::Told};
use crate::{context::commit, settings};

/// The error of a result that was stored without what the database refused.
pub(super) const NOT_STORED: &str = "The full record of this call could not be stored. The log holds the cause.";

/// Stores a result. False when the lease is no longer ours.
///
/// # Errors
/// When the database does not answer or refuses the record.
pub(super) async fn store(
    worker: &Worker,
    lease: LeaseRef,
    call: &PlannedCall,
    end: &CallEnd,
    told: &Told,
) -> DbResult<bool> {
    let conversation = match told {
        Told::Nothing => None,
        Told::Whole(conversation) | Told::Rest(conversation) => Some(conversation),
    };
    let mut tx = worker.begin().await?;
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
    // What an agent or a server says may hold a character that PostgreSQL cannot store.
    let clean = |text: Option<String>| text.map(|text| text.replace('\0', ""));
    let millis = |duration: Duration| i32::try_from(duration.as_millis()).unwrap_or(i32::MAX);
    let finished = Finished {
        disposition: end.disposition,
        outcome,
        outcome_reason: clean(outcome_reason),
        outcome_confidence,
        sip_status: end.sip_status.map(i32::from),
        error: clean(end.error.clone()),
        ring_ms: millis(end.ring),
        talk_ms: millis(end.talk),
        status,
        due_at,
    };
    leases::finish(&mut tx, lease, &finished).await?;
    match told {
        Told::Nothing => {}
        Told::Whole(conversation) => store_conversation(&mut tx, call, end, conversation).await?,
        Told::Rest(conversation) => append(&mut tx, call, &conversation.turns).await?,
    }
    commit(tx).await?;
    Ok(true)
}

async fn store_conversation(
    tx: &mut PgConnection,
    call: &PlannedCall,
    end: &CallEnd,
    conversation: &Conversation,
) -> DbResult<()> {
    let prices = settings::prices_of(tx, call.company_id).await?;
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
            telemetry::finalize(tx, call.company_id, call.campaign_id, call.call_id, conversation, line_seconds, &cost)
                .await?;
            Ok(())
        }
        // The result of the call matters more than its price; the turns stay, the cost is shown as unknown.
        Err(error) => {
            error!(call.id = %call.call_id, error = %error, "Call {} cannot be priced", call.call_id);
            telemetry::append_turns(tx, call.company_id, call.call_id, &conversation.turns).await
        }
    }
}

/// Puts turns behind those that the worker before has stored.
async fn append(tx: &mut PgConnection, call: &PlannedCall, turns: &[Turn]) -> DbResult<()> {
    let stored = calls::turns(tx, call.company_id, call.call_id).await?;
    let first = stored.last().map_or(0, |last| u32::try_from(last.turn_index).map_or(0, |index| index + 1));
    let turns: Vec<Turn> = turns.iter().map(|turn| Turn { index: first + turn.index, ..turn.clone() }).collect();
    telemetry::append_turns(tx, call.company_id, call.call_id, &turns).await
}
