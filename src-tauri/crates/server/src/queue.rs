//! `campaign explain`, `campaign preflight` and `limits`: why, when and how much. Owns how they are put into words; what they
//! say is behind the command list.

use callboard_contract::{
    BreakerView, BudgetUse, CampaignRef, DialingStatus, ExplanationView, Handlers, LimitUse, LimitsQuery, LimitsView,
    MoneyView, Preflight, PreflightRequest, TrunkView,
};
use callboard_core::breaker::BreakerState;
use callboard_engine::commands::Desk;
use chrono::{DateTime, Utc};

use crate::{
    arguments::Limits,
    failure::Failure,
    output::{Output, table},
    session,
};

/// `campaign explain`.
///
/// # Errors
/// What the command list refuses.
pub async fn explain(desk: &Desk, campaign: CampaignRef, output: Output) -> Result<(), Failure> {
    let view = desk.campaign_explain(campaign).await?;
    Ok(output.print(&view, explanation)?)
}

fn instant(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M:%S UTC").to_string()
}

fn sentence(status: &DialingStatus) -> String {
    let mut text = status.reason.to_string();
    if let Some(at) = status.at {
        text = format!("{text} until {}", instant(at));
    }
    let figures: Vec<_> = status.params.iter().map(|(name, value)| format!("{name} {value}")).collect();
    if figures.is_empty() { text } else { format!("{text} ({})", figures.join(", ")) }
}

fn explanation(view: &ExplanationView) -> String {
    let mut lines = vec![sentence(&view.first)];
    lines.extend(view.also.iter().map(|status| format!("also: {}", sentence(status))));
    if let Some(at) = view.next_at {
        lines.push(format!("next: {}", instant(at)));
    }
    lines.join("\n")
}

/// `campaign preflight`.
///
/// # Errors
/// What the command list refuses.
pub async fn preflight(desk: &Desk, campaign: CampaignRef, output: Output) -> Result<(), Failure> {
    let CampaignRef { company_id, campaign_id } = campaign;
    let view = desk.campaign_preflight(PreflightRequest { company_id, campaign_id, form: None }).await?;
    Ok(output.print(&view, forecast)?)
}

fn money(money: &MoneyView) -> String {
    format!("{} {}", money.amount, money.currency)
}

fn forecast(view: &Preflight) -> String {
    let at = |at: Option<DateTime<Utc>>| at.map_or_else(|| "-".to_owned(), instant);
    let mut figures =
        vec![("contacts that wait", view.contacts.to_string()), ("will be dialled", view.will_be_dialled.to_string())];
    let skipped: Vec<_> =
        view.skipped.iter().map(|skip| (format!("skipped: {}", skip.reason), skip.contacts)).collect();
    figures.extend(skipped.iter().map(|(reason, contacts)| (reason.as_str(), contacts.to_string())));
    figures.extend([
        ("calls", view.calls.to_string()),
        ("reached", view.reached.to_string()),
        ("first call", at(view.starts_at)),
        ("ends", at(view.ends_at)),
        ("nine of ten runs end by", at(view.ends_by)),
        ("cost", money(&view.cost)),
        ("cost per call", money(&view.method.cost_per_call)),
        ("figures from", format!("{} ({} calls)", view.method.basis, view.method.calls)),
    ]);
    let rows: Vec<_> = figures.into_iter().map(|(name, value)| [name.to_owned(), value]).collect();
    table(["figure", "value"], &rows)
}

/// `limits`.
///
/// # Errors
/// What the command list refuses.
pub async fn limits(desk: Desk, limits: Limits, output: Output) -> Result<(), Failure> {
    let query = if let Some(id) = limits.campaign {
        let CampaignRef { company_id, campaign_id } = session::campaign(&desk, id).await?;
        LimitsQuery { company_id, campaign_id: Some(campaign_id) }
    } else {
        let company = session::company(&desk, limits.company.as_deref()).await?;
        LimitsQuery { company_id: company.id, campaign_id: None }
    };
    let view = desk.limits_get(query).await?;
    Ok(output.print(&view, used_and_free)?)
}

fn used_and_free(view: &LimitsView) -> String {
    let of_limit =
        |it: &LimitUse| [it.kind.to_string(), it.used.to_string(), it.limit.to_string(), it.free.to_string()];
    let of_budget = |it: &BudgetUse| [it.kind.to_string(), money(&it.spent), money(&it.limit), it.state.to_string()];
    let mut parts = vec![table(["limit", "used", "of", "free"], &view.uses.iter().map(of_limit).collect::<Vec<_>>())];
    if !view.budgets.is_empty() {
        let rows: Vec<_> = view.budgets.iter().map(of_budget).collect();
        parts.push(table(["budget", "spent", "of", "state"], &rows));
    }
    if !view.trunks.is_empty() {
        let rows: Vec<_> = view.trunks.iter().map(trunk).collect();
        parts.push(table(["trunk", "calls a second", "of", "breaker"], &rows));
    }
    parts.join("\n\n")
}

fn trunk(trunk: &TrunkView) -> [String; 4] {
    let number = |value: Option<String>| value.unwrap_or_else(|| "-".to_owned());
    [
        if trunk.trunk.is_empty() { trunk.line.to_string() } else { trunk.trunk.clone() },
        number(trunk.rate.map(|rate| format!("{rate:.1}"))),
        number(trunk.calls_per_second.map(|calls| calls.to_string())),
        breaker(&trunk.breaker),
    ]
}

fn breaker(breaker: &BreakerView) -> String {
    match (breaker.state, breaker.cause, breaker.retry_at) {
        (BreakerState::Closed, _, _) | (_, None, _) => breaker.state.to_string(),
        (state, Some(cause), Some(at)) => format!("{state} ({cause}) until {}", instant(at)),
        (state, Some(cause), None) => format!("{state} ({cause})"),
    }
}
