//! The result of a call: what came of it, what becomes of its task, what it cost. One fenced transaction.

use std::time::Duration;

use callboard_core::{
    breaker::Ended,
    call::Disposition,
    cost::{Usage, cost},
    quality,
    retry::{Attempt, End, NextStep, Numbers, RetryPolicy, Situation},
    task::TaskStatus,
    telemetry::{Conversation, Turn},
    window::ClosedDays,
    zone::ZoneSet,
};
use callboard_db::{
    DbError, DbResult, PgConnection, budgets, calls, campaigns,
    leases::{self, Ending, Finished, LeaseRef},
    paces,
    retries::{self, Remembered},
    telemetry,
};
use callboard_telephony::{CallEnd, PlannedCall};
use tracing::error;

use super::{Worker, call::Told};
use crate::{breakers, context::commit, settings};

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
    let standing = paces::standing(&mut tx, call.company_id, ending.call_id).await?;
    let situation = Situation::of(&End {
        disposition: end.disposition,
        outcome,
        sip_status: end.sip_status,
        phrase: end.sip_phrase.as_deref(),
        rang: standing.rang,
    });
    let next = match situation {
        Some(situation) => next(worker, &mut tx, lease, &ending, situation, end).await?,
        None => NextStep::Complete,
    };
    let (status, due_at) = match next {
        NextStep::Retry { .. } if ending.campaign_state.is_final() => (TaskStatus::Cancelled, None),
        NextStep::Retry { due_at, .. } => (TaskStatus::Retry, Some(due_at)),
        NextStep::Complete | NextStep::Fail => (next.status(), None),
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
    let ended = Ended { call_id: ending.call_id, at: ending.now, situation, sip_status: end.sip_status };
    let call = breakers::Call { company: call.company_id, campaign: call.campaign_id, ended, standing };
    breakers::after_call(&mut tx, &worker.context, &call).await?;
    commit(tx).await?;
    Ok(true)
}

/// Decides what becomes of the task, and stores what it remembers of the attempt.
async fn next(
    worker: &Worker,
    tx: &mut PgConnection,
    lease: LeaseRef,
    ending: &Ending,
    situation: Situation,
    end: &CallEnd,
) -> DbResult<NextStep> {
    let (company, call) = (lease.company_id, ending.call_id);
    let history = retries::history(tx, company, call, situation).await?;
    let bad = |column: &'static str, value: &str| DbError::inconsistent("calls", column, call.0, value);
    let zones: ZoneSet = history.zones.parse().map_err(|_| bad("zones", &history.zones))?;
    let table = campaigns::retry_table(ending.campaign_id.0, history.retries)?;
    let bits = |value: i16| u16::try_from(value).unwrap_or(0);
    let policy = RetryPolicy {
        max_attempts: ending.max_attempts,
        retry_delay_minutes: ending.retry_delay_minutes,
        table: &table,
        window: &ending.window.without(&history.holidays.into_iter().collect::<ClosedDays>()),
    };
    let next = policy.next(&Attempt {
        situation: Some(situation),
        dialled_at: history.dialled_at,
        ended_at: ending.now,
        used: history.used,
        of_this_kind: history.of_this_kind,
        at_this_number: history.at_this_number,
        numbers: Numbers {
            count: u8::try_from(history.numbers.clamp(1, 10)).unwrap_or(1),
            current: u8::try_from(history.number).unwrap_or(0),
            spent: bits(history.spent),
        },
        callback_at: end.callback_at,
        zones: &zones,
        random: worker.context.random.unit(),
    });
    let number = match next.step {
        NextStep::Retry { number, .. } => i16::from(number),
        NextStep::Complete | NextStep::Fail => history.number,
    };
    let promised =
        end.callback_at.filter(|_| situation == Situation::Callback && next.step.status() == TaskStatus::Retry);
    let remembered = Remembered {
        situation,
        is_free: !next.uses_attempt,
        number,
        spent: i16::try_from(next.spent).unwrap_or(i16::MAX),
        callback_at: promised,
    };
    // Before the task waits again: what it then is called at follows from this.
    retries::remember(tx, company, (lease.task_id, call), &remembered).await?;
    Ok(next.step)
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
            let (company, campaign) = (call.company_id, call.campaign_id);
            if telemetry::finalize(tx, company, campaign, call.call_id, conversation, line_seconds, &cost).await? {
                budgets::spend(tx, company, campaign, &cost.total).await?;
            }
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
