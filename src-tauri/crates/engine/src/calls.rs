//! Use-cases that read calls: in progress, ended, one with its turns; and figures of a campaign.

use std::cmp::Reverse;

use callboard_contract::{
    CallDetail, CallMetricsView, CallPage, CallQuery, CallView, CampaignAnalytics, DispositionCount, LatencyKind,
    LatencyView, LiveCall, LiveCalls, MinutePoint, MoneyView, OutcomeCount, TurnView,
};
use callboard_core::{
    id::{CallId, CampaignId, CompanyId, TaskId},
    money::Currency,
};
use callboard_db::{
    DbError,
    analytics::{self, Charged},
    calls::{self as rows, Call, Filter, StoredMetrics},
    companies as company_rows, leases,
};
use rust_decimal::Decimal;

use crate::{
    context::Context,
    cursor,
    error::{OrFault, UseCase, not_found},
    settings,
};

/// Calls in progress that one answer lists; the count is of all.
const LIVE_ROWS: i64 = 200;

/// An amount as the wire shows it everywhere: without the zeros that the column adds.
pub(crate) fn money(amount: Decimal, currency: &str) -> MoneyView {
    MoneyView { amount: amount.normalize().to_string(), currency: currency.to_owned() }
}

/// Sums of several currencies are never added up, and a figure has room for one: that of the price list when anything was
/// charged in it, else the one in which most was charged.
pub(crate) fn in_one_currency<T>(sums: Vec<T>, prices: Currency, of: impl Fn(&T) -> (&str, i32)) -> Option<T> {
    let rank = |sum: &T| {
        let (currency, calls) = of(sum);
        (currency == prices.as_str(), calls, Reverse(currency.to_owned()))
    };
    sums.into_iter().max_by_key(rank)
}

/// What the calls of a campaign were charged, in the currency that is shown.
pub(crate) fn charged(totals: &analytics::Totals, prices: Currency) -> Charged {
    let own = in_one_currency(totals.charged.clone(), prices, |sum| (&sum.currency, sum.conversations));
    own.unwrap_or_else(|| Charged {
        currency: prices.to_string(),
        conversations: 0,
        stt: Decimal::ZERO,
        llm: Decimal::ZERO,
        tts: Decimal::ZERO,
        line: Decimal::ZERO,
        total: Decimal::ZERO,
    })
}

fn seconds(millis: i32) -> f64 {
    f64::from(millis) / 1000.0
}

pub(crate) fn view(call: Call) -> CallView {
    CallView {
        id: call.call_id.0,
        campaign_id: call.campaign_id.0,
        campaign_name: call.campaign_name,
        task_id: call.task_id.0,
        phone: call.phone,
        contact_name: call.contact_name,
        line: call.line,
        attempt: call.attempt,
        state: call.state,
        disposition: call.disposition,
        outcome: call.outcome,
        admitted_at: call.admitted_at,
        answered_at: call.answered_at,
        ended_at: call.ended_at,
        ring_seconds: call.ring_ms.map(seconds),
        talk_seconds: call.talk_ms.map(seconds),
        turns: call.turns,
        eou_latency_ms: call.eou_latency_ms,
        cost: call.cost.map(|(amount, currency)| money(amount, &currency)),
    }
}

/// Calls in progress and today's figures.
///
/// # Errors
/// `not_found` without the company.
pub async fn live(context: &Context, company: CompanyId, campaign: Option<CampaignId>) -> UseCase<LiveCalls> {
    let prices = settings::prices(context, company).await?.currency;
    let line = settings::line(context, company).await?.kind;
    let mut db = context.connection().await.or_fault(context)?;
    let row = company_rows::get(&mut db, company).await.or_fault(context)?.ok_or_else(|| not_found("company"))?;
    let calls = rows::live(&mut db, company, campaign, LIVE_ROWS).await.or_fault(context)?;
    let (in_progress, _) = leases::in_progress(&mut db, company).await.or_fault(context)?;
    let today = analytics::today(&mut db, company, line).await.or_fault(context)?;
    let today = today.ok_or_else(|| not_found("company"))?;
    let cost = in_one_currency(today.cost, prices, |(currency, ..)| (currency, 0));
    let (currency, cost) = cost.unwrap_or_else(|| (prices.to_string(), Decimal::ZERO));
    Ok(LiveCalls {
        items: calls
            .into_iter()
            .map(|call| {
                let (last_role, last_line) = call.last_turn.unzip();
                LiveCall {
                    call_id: call.call_id.0,
                    campaign_id: call.campaign_id.0,
                    campaign_name: call.campaign_name,
                    phone: call.phone,
                    contact_name: call.contact_name,
                    state: call.state,
                    line: call.line,
                    attempt: call.attempt,
                    admitted_at: call.admitted_at,
                    state_since: call.state_since,
                    turns: call.turns,
                    last_line,
                    last_role,
                }
            })
            .collect(),
        in_progress,
        company_limit: row.calls_at_once,
        line,
        started_last_minute: today.started_last_minute,
        ended_today: today.ended,
        answered_today: today.answered,
        successes_today: today.successes,
        cost_today: money(cost, &currency),
        as_of: today.now,
    })
}

/// A page of calls, newest first.
///
/// # Errors
/// Refused fields.
pub async fn list(context: &Context, query: CallQuery) -> UseCase<CallPage> {
    let company = CompanyId(query.company_id);
    let limit = cursor::limit(query.limit)?;
    let after = query.cursor.as_deref().map(cursor::parse_instant).transpose()?;
    let filter = Filter {
        campaign: query.campaign_id.map(CampaignId),
        task: query.task_id.map(TaskId),
        outcomes: (!query.outcomes.is_empty()).then_some(query.outcomes),
        search: query.search.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty()),
        from: query.from,
        to: query.to,
    };
    let mut db = context.connection().await.or_fault(context)?;
    let mut calls = rows::page(&mut db, company, &filter, after.map(|(at, id)| (at, id.into())), limit + 1)
        .await
        .or_fault(context)?;
    let total = rows::count(&mut db, company, &filter).await.or_fault(context)?;
    let next_cursor = cursor::cut(&mut calls, limit, |last| cursor::of_instant(last.admitted_at, last.call_id.0));
    Ok(CallPage { items: calls.into_iter().map(view).collect(), next_cursor, total })
}

fn metrics_view(metrics: &StoredMetrics) -> CallMetricsView {
    let money = |amount| money(amount, &metrics.currency);
    CallMetricsView {
        stt_seconds: metrics.stt_seconds,
        llm_input_tokens: metrics.llm_input_tokens,
        llm_output_tokens: metrics.llm_output_tokens,
        tts_characters: metrics.tts_characters,
        line_seconds: metrics.line_seconds,
        cost_stt: money(metrics.cost_stt),
        cost_llm: money(metrics.cost_llm),
        cost_tts: money(metrics.cost_tts),
        cost_line: money(metrics.cost_line),
        cost_total: money(metrics.cost_total),
        interruption_count: metrics.interruption_count,
        interruption_rate: metrics.interruption_rate,
    }
}

/// One call with its turns, measures, cost and the other attempts at the same task.
///
/// # Errors
/// `not_found`.
pub async fn get(context: &Context, company: CompanyId, id: CallId) -> UseCase<CallDetail> {
    let mut db = context.connection().await.or_fault(context)?;
    let detail = rows::detail(&mut db, company, id).await.or_fault(context)?.ok_or_else(|| not_found("call"))?;
    let turns = rows::turns(&mut db, company, id).await.or_fault(context)?;
    let metrics = rows::metrics(&mut db, company, id).await.or_fault(context)?;
    let filter = Filter { task: Some(detail.task_id), ..Filter::default() };
    let mut attempts: Vec<CallView> =
        rows::page(&mut db, company, &filter, None, 200).await.or_fault(context)?.into_iter().map(view).collect();
    attempts.reverse();
    let call = attempts.iter().find(|call| call.id == id.0).cloned().ok_or_else(|| not_found("call"))?;
    Ok(CallDetail {
        call,
        skillbase_name: detail.skillbase_name,
        skillbase_version: detail.skillbase_version,
        skillbase_hash: detail.skillbase_hash,
        variant: detail.variant.and_then(|variant| variant.parse().ok()),
        outcome_reason: detail.outcome_reason,
        outcome_confidence: detail.outcome_confidence,
        sip_status: detail.sip_status,
        error: detail.error,
        dial_intent_at: detail.dial_intent_at,
        ringing_at: detail.ringing_at,
        turns: turns
            .into_iter()
            .map(|turn| TurnView {
                turn_index: turn.turn_index,
                role: turn.role,
                content: turn.content,
                state_id: turn.state_id,
                started_seconds: seconds(turn.started_ms),
                ttfb_stt_ms: turn.ttfb_stt_ms,
                latency_llm_ms: turn.latency_llm_ms,
                ttfb_tts_ms: turn.ttfb_tts_ms,
                eou_latency_ms: turn.eou_latency_ms,
                was_interrupted: turn.was_interrupted,
            })
            .collect(),
        metrics: metrics.as_ref().map(metrics_view),
        attempts,
    })
}

/// Latencies, cost, outcomes and calls per minute of a campaign.
///
/// # Errors
/// When the database is away.
pub async fn analytics(context: &Context, company: CompanyId, campaign: CampaignId) -> UseCase<CampaignAnalytics> {
    let prices = settings::prices(context, company).await?.currency;
    let mut db = context.connection().await.or_fault(context)?;
    let totals = analytics::totals(&mut db, company, campaign).await.or_fault(context)?;
    let charged = charged(&totals, prices);
    let money = |amount| money(amount, &charged.currency);
    // A conversation that was charged in another currency would make the others look cheaper.
    let calls = totals.ended - totals.conversations + charged.conversations;
    let latencies = analytics::latencies(&mut db, company, campaign).await.or_fault(context)?;
    let (outcomes, dispositions) = analytics::outcomes(&mut db, company, campaign).await.or_fault(context)?;
    let minutes = analytics::minutes(&mut db, company, campaign).await.or_fault(context)?;
    let as_of = callboard_db::now(&mut db).await.or_fault(context)?;
    Ok(CampaignAnalytics {
        latencies: LatencyKind::ALL
            .iter()
            .map(|kind| {
                let found = latencies.iter().find(|latency| latency.kind == kind.as_str());
                LatencyView {
                    kind: *kind,
                    turns: found.map_or(0, |latency| latency.turns),
                    average_ms: found.and_then(|latency| latency.average_ms),
                    p95_ms: found.and_then(|latency| latency.p95_ms),
                }
            })
            .collect(),
        conversations: totals.conversations,
        average_talk_seconds: totals.average_talk_ms.map(|millis| millis / 1000.0),
        cost_per_call: (calls > 0).then(|| money(callboard_core::money::round(charged.total / Decimal::from(calls)))),
        cost_total: money(charged.total),
        cost_stt: money(charged.stt),
        cost_llm: money(charged.llm),
        cost_tts: money(charged.tts),
        cost_line: money(charged.line),
        outcomes: counted(outcomes, "outcome")
            .or_fault(context)?
            .into_iter()
            .map(|(outcome, count)| OutcomeCount { outcome, count })
            .collect(),
        dispositions: counted(dispositions, "disposition")
            .or_fault(context)?
            .into_iter()
            .map(|(disposition, count)| DispositionCount { disposition, count })
            .collect(),
        minutes: minutes
            .into_iter()
            .map(|point| MinutePoint { minute: point.minute, started: point.started, answered: point.answered })
            .collect(),
        as_of,
    })
}

fn counted<T: std::str::FromStr>(counts: Vec<(String, i32)>, column: &'static str) -> Result<Vec<(T, i32)>, DbError> {
    counts
        .into_iter()
        .map(|(text, count)| {
            let value = text.parse().map_err(|_| DbError::inconsistent("calls", column, uuid::Uuid::nil(), &text))?;
            Ok((value, count))
        })
        .collect()
}
