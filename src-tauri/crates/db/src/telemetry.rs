//! Turns, measures and costs of conversations. Written in one transaction per call, at most once: finishing a
//! conversation twice leaves one row (acceptance 37).

use callboard_core::{
    cost::Cost,
    id::{CallId, CampaignId, CompanyId},
    telemetry::{Conversation, Turn},
};
use sqlx::PgConnection;

use crate::DbResult;

/// Appends turns while the conversation goes on; a turn that is there already is replaced.
///
/// # Errors
/// When the database does not answer.
pub async fn append_turns(db: &mut PgConnection, company: CompanyId, call: CallId, turns: &[Turn]) -> DbResult<()> {
    for turn in turns {
        sqlx::query!(
            "insert into call_logs (company_id, call_id, turn_index, role, content, state_id, started_ms, ttfb_stt_ms,
                    latency_llm_ms, ttfb_tts_ms, eou_latency_ms, stt_seconds, llm_input_tokens, llm_output_tokens,
                    tts_characters, was_interrupted)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
             on conflict (company_id, call_id, turn_index) do update
             set role = excluded.role, content = excluded.content, started_ms = excluded.started_ms, state_id = excluded.state_id, ttfb_stt_ms = excluded.ttfb_stt_ms,
                 latency_llm_ms = excluded.latency_llm_ms, ttfb_tts_ms = excluded.ttfb_tts_ms,
                 eou_latency_ms = excluded.eou_latency_ms, stt_seconds = excluded.stt_seconds,
                 llm_input_tokens = excluded.llm_input_tokens, llm_output_tokens = excluded.llm_output_tokens,
                 tts_characters = excluded.tts_characters, was_interrupted = excluded.was_interrupted",
            company.0,
            call.0,
            integer(turn.index),
            turn.role.as_str(),
            turn.content,
            turn.state_id,
            i32::try_from(turn.started.as_millis()).unwrap_or(i32::MAX),
            turn.ttfb_stt_ms,
            turn.latency_llm_ms,
            turn.ttfb_tts_ms,
            turn.eou_latency_ms,
            turn.stt_seconds,
            integer(turn.llm_input_tokens),
            integer(turn.llm_output_tokens),
            integer(turn.tts_characters),
            turn.was_interrupted
        )
        .execute(&mut *db)
        .await?;
    }
    Ok(())
}

/// Writes all turns and the measures of a finished conversation. False when they were written before.
///
/// # Errors
/// When the database does not answer.
pub async fn finalize(
    db: &mut PgConnection,
    company: CompanyId,
    campaign: CampaignId,
    call: CallId,
    conversation: &Conversation,
    line_seconds: f64,
    cost: &Cost,
) -> DbResult<bool> {
    let metrics = &conversation.metrics;
    let done = sqlx::query!(
        "insert into call_metrics (company_id, call_id, campaign_id, turn_count, user_turn_count, bot_turn_count,
                ttfb_stt_avg, ttfb_stt_min, ttfb_stt_max, latency_llm_avg, latency_llm_min, latency_llm_max,
                ttfb_tts_avg, ttfb_tts_min, ttfb_tts_max, eou_latency_avg, eou_latency_min, eou_latency_max,
                stt_seconds, llm_input_tokens, llm_output_tokens, tts_characters, line_seconds,
                cost_stt, cost_llm, cost_tts, cost_line, cost_total, currency, interruption_count, interruption_rate)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23,
                 $24, $25, $26, $27, $28, $29, $30, $31)
         on conflict (company_id, call_id) do nothing",
        company.0,
        call.0,
        campaign.0,
        integer(metrics.turn_count),
        integer(metrics.user_turn_count),
        integer(metrics.bot_turn_count),
        metrics.ttfb_stt.map(|range| range.avg),
        metrics.ttfb_stt.map(|range| range.min),
        metrics.ttfb_stt.map(|range| range.max),
        metrics.latency_llm.map(|range| range.avg),
        metrics.latency_llm.map(|range| range.min),
        metrics.latency_llm.map(|range| range.max),
        metrics.ttfb_tts.map(|range| range.avg),
        metrics.ttfb_tts.map(|range| range.min),
        metrics.ttfb_tts.map(|range| range.max),
        metrics.eou_latency.map(|range| range.avg),
        metrics.eou_latency.map(|range| range.min),
        metrics.eou_latency.map(|range| range.max),
        metrics.stt_seconds,
        integer(metrics.llm_input_tokens),
        integer(metrics.llm_output_tokens),
        integer(metrics.tts_characters),
        line_seconds,
        cost.stt.amount,
        cost.llm.amount,
        cost.tts.amount,
        cost.line.amount,
        cost.total.amount,
        cost.total.currency.as_str(),
        integer(metrics.interruption_count),
        metrics.interruption_rate
    )
    .execute(&mut *db)
    .await?;
    if done.rows_affected() == 0 {
        return Ok(false);
    }
    // What was shown live may have been an open turn that the conversation then dropped.
    sqlx::query!("delete from call_logs where company_id = $1 and call_id = $2", company.0, call.0)
        .execute(&mut *db)
        .await?;
    append_turns(db, company, call, &conversation.turns).await?;
    Ok(true)
}

fn integer(value: u32) -> i32 {
    i32::try_from(value).unwrap_or(i32::MAX)
}
