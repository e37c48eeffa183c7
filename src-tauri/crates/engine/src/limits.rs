//! Limits: what a company sets for all its campaigns, what its trunks take, and what of everything is used. Owns the view;
//! refuses figures of its own: they are counted from the rows that admission counts.

use std::collections::BTreeMap;

use callboard_contract::{
    BreakerCall, BreakerList, BreakerRef, BreakerView, BudgetUse, CompanyLimitsForm, CompanyLimitsUpdate, HolidayForm,
    LimitUse, LimitsQuery, LimitsView, SystemLimits, TrunkLimitsUpdate, TrunkView,
};
use callboard_core::{
    breaker::BreakerState,
    field::FieldErrors,
    id::{CampaignId, CompanyId},
    limits::{CALLS_PER_SECOND_RANGE, CompanyLimits, LimitKind, NumberCaps, Usage},
    line::LineKind,
    pace,
};
use callboard_db::{
    PgConnection,
    breakers::{self as breaker_rows, Breaker, Subject},
    budgets as budget_rows, campaigns as campaign_rows, companies as company_rows, dialing as dialing_rows, lanes,
    limits::{self as rows, Holiday, TrunkRow},
};
use chrono::{DateTime, Utc};
use rust_decimal::Decimal;

use crate::{
    breakers, budgets, calls,
    campaigns::form,
    context::{Context, commit},
    error::{OrFault, UseCase, field, not_found},
    events, settings,
};

/// The trunk of the practice line.
const PRACTICE: &str = "practice";

/// All limits of a company, and of one of its campaigns, with what of them is used.
///
/// # Errors
/// `not_found` without the company or the campaign.
pub async fn get(context: &Context, query: LimitsQuery) -> UseCase<LimitsView> {
    let company = CompanyId(query.company_id);
    let line = settings::line(context, company).await?;
    let mut tx = context.begin().await.or_fault(context)?;
    let view = view(&mut tx, context, company, query.campaign_id.map(CampaignId), &line.livekit.trunk_id).await?;
    commit(tx).await.or_fault(context)?;
    Ok(view)
}

async fn view(
    db: &mut PgConnection,
    context: &Context,
    company: CompanyId,
    campaign: Option<CampaignId>,
    livekit_trunk: &str,
) -> UseCase<LimitsView> {
    let set = rows::company(db, company).await.or_fault(context)?.ok_or_else(|| not_found("company"))?;
    let holidays = rows::holidays(db, company).await.or_fault(context)?;
    let system = company_rows::system_calls_at_once(db).await.or_fault(context)?;
    let currency =
        company_rows::get(db, company).await.or_fault(context)?.ok_or_else(|| not_found("company"))?.currency;
    let mut uses = Vec::new();
    let mut add = |kind, usage: Usage, free_at: Option<DateTime<Utc>>| {
        uses.push(LimitUse { kind, used: usage.used, limit: usage.limit, free: usage.free(), free_at });
    };
    let (company_live, system_live) = callboard_db::leases::in_progress(db, company).await.or_fault(context)?;
    add(LimitKind::SystemAtOnce, Usage { used: system_live, limit: system }, None);
    add(LimitKind::CompanyAtOnce, Usage { used: company_live, limit: set.calls_at_once }, None);
    if let Some(id) = campaign {
        campaign_rows::get(db, company, id).await.or_fault(context)?.ok_or_else(|| not_found("campaign"))?;
        let facts = dialing_rows::facts(db, company, id).await.or_fault(context)?.facts;
        add(LimitKind::CampaignAtOnce, facts.campaign, None);
        if let Some(ramp_up) = facts.ramp_up {
            add(LimitKind::CampaignRampUp, ramp_up, None);
        }
        add(LimitKind::CampaignPerMinute, facts.minute, facts.minute_free_at);
    }
    let money = |amount: Decimal| calls::money(amount, &currency);
    let standings = budget_rows::standings(db, Some(company)).await.or_fault(context)?;
    let budgets = standings
        .into_iter()
        .filter(|standing| standing.campaign_id.is_none() || standing.campaign_id == campaign)
        .map(|standing| BudgetUse {
            kind: if standing.campaign_id.is_some() { LimitKind::CampaignBudget } else { LimitKind::CompanyBudget },
            limit: money(standing.budget.limit),
            spent: money(standing.budget.spent),
            in_flight: money(standing.budget.in_flight),
            state: standing.budget.state(),
            renews_at: standing.renews_at,
        })
        .collect();
    let now = callboard_db::now(db).await.or_fault(context)?;
    let mut trunks = Vec::new();
    for trunk in rows::trunks(db, company).await.or_fault(context)? {
        let breaker = breaker_rows::get(db, company, Subject::Trunk(trunk.line)).await.or_fault(context)?;
        let breaker = breaker_view(db, context, company, breaker, livekit_trunk).await?;
        trunks.push(trunk_view(&trunk, breaker, livekit_trunk, now));
    }
    Ok(LimitsView {
        company: CompanyLimitsForm {
            calls_at_once: set.calls_at_once,
            daily_budget: set.daily_budget.map(|budget| budget.normalize().to_string()),
            number_per_day: set.caps.per_day,
            number_per_week: set.caps.per_week,
            number_per_month: set.caps.per_month,
            minimum_gap_minutes: set.caps.minimum_gap_minutes,
            holidays: holidays
                .into_iter()
                .map(|holiday| HolidayForm { date: holiday.day.to_string(), name: holiday.name })
                .collect(),
        },
        system: SystemLimits { calls_at_once: system },
        uses,
        budgets,
        trunks,
        as_of: now,
    })
}

fn trunk_name(line: LineKind, livekit_trunk: &str) -> String {
    match line {
        LineKind::Practice => PRACTICE.to_owned(),
        LineKind::Livekit => livekit_trunk.to_owned(),
    }
}

fn trunk_view(trunk: &TrunkRow, breaker: BreakerView, livekit_trunk: &str, now: DateTime<Utc>) -> TrunkView {
    let limit = (trunk.calls_per_second > 0).then_some(trunk.calls_per_second);
    let full = limit.unwrap_or(breakers::WITHOUT_LIMIT);
    TrunkView {
        line: trunk.line,
        trunk: trunk_name(trunk.line, livekit_trunk),
        calls_per_second: limit,
        rate: trunk.slowdown.map(|_| pace::trunk_rate(full, trunk.slowdown, now)).or(limit.map(f64::from)),
        started_last_second: trunk.started_last_second,
        slowed_at: trunk.slowdown.map(|slowdown| slowdown.at),
        slowed_because: None,
        recovered_at: trunk.slowdown.map(|slowdown| pace::recovered_at(full, slowdown)),
        breaker,
    }
}

/// Sets the limits and holidays of a company. Hours that a holiday changes are computed anew in the same transaction.
///
/// # Errors
/// Every refused field; `not_found` without the company.
pub async fn update(context: &Context, request: CompanyLimitsUpdate) -> UseCase<LimitsView> {
    let company = CompanyId(request.company_id);
    let form = request.form;
    let mut errors = FieldErrors::default();
    let mut names = BTreeMap::new();
    for (at, holiday) in form.holidays.iter().enumerate() {
        match holiday.date.trim().parse::<chrono::NaiveDate>() {
            Ok(day) if names.contains_key(&day) => errors.add(&format!("holidays.{at}.date"), "duplicate"),
            Ok(day) => {
                names.insert(day, holiday.name.trim().to_owned());
            }
            Err(_) => errors.add(&format!("holidays.{at}.date"), "date"),
        }
        errors.check_text(&format!("holidays.{at}.name"), &holiday.name, 0, 100);
    }
    let limits = CompanyLimits {
        calls_at_once: form.calls_at_once,
        daily_budget: form::amount("dailyBudget", form.daily_budget.as_deref(), &mut errors),
        caps: NumberCaps {
            per_day: form.number_per_day,
            per_week: form.number_per_week,
            per_month: form.number_per_month,
            minimum_gap_minutes: form.minimum_gap_minutes,
        },
        holidays: names.keys().copied().collect(),
    };
    if let Err(more) = limits.check() {
        errors.0.extend(more.0);
    }
    errors.into_result()?;
    let holidays: Vec<Holiday> = names.into_iter().map(|(day, name)| Holiday { day, name }).collect();
    let mut tx = context.begin().await.or_fault(context)?;
    if !rows::set_company(&mut tx, company, &limits).await.or_fault(context)? {
        return Err(not_found("company"));
    }
    rows::set_holidays(&mut tx, company, &holidays).await.or_fault(context)?;
    lanes::open_company(&mut tx, company).await.or_fault(context)?;
    let tags = ["limits", "settings", "companies", "campaigns", "live"];
    events::announce(&mut tx, Some(company), &tags).await.or_fault(context)?;
    commit(tx).await.or_fault(context)?;
    budgets::keep_days(context).await.or_fault(context)?;
    get(context, LimitsQuery { company_id: company.0, campaign_id: None }).await
}

/// Sets the calls per second of a trunk.
///
/// # Errors
/// Refused fields; `not_found` without the company.
pub async fn update_trunk(context: &Context, request: TrunkLimitsUpdate) -> UseCase<LimitsView> {
    let company = CompanyId(request.company_id);
    let mut errors = FieldErrors::default();
    match request.calls_per_second {
        Some(calls) => {
            let (least, most) = CALLS_PER_SECOND_RANGE;
            errors.check_range("callsPerSecond", calls.into(), least.into(), most.into());
        }
        None if request.line == LineKind::Livekit => errors.add("callsPerSecond", "required"),
        None => {}
    }
    errors.into_result()?;
    let line = settings::line(context, company).await?;
    if request.trunk != trunk_name(request.line, &line.livekit.trunk_id) {
        return Err(field("trunk", "notFound"));
    }
    let mut tx = context.begin().await.or_fault(context)?;
    if company_rows::get(&mut tx, company).await.or_fault(context)?.is_none() {
        return Err(not_found("company"));
    }
    rows::set_trunk(&mut tx, company, request.line, request.calls_per_second.unwrap_or(0)).await.or_fault(context)?;
    events::announce(&mut tx, Some(company), &["limits", "settings", "live"]).await.or_fault(context)?;
    commit(tx).await.or_fault(context)?;
    get(context, LimitsQuery { company_id: company.0, campaign_id: None }).await
}

/// Breakers that ever opened, open ones first.
///
/// # Errors
/// When the database is away.
pub async fn breaker_list(context: &Context, company: CompanyId) -> UseCase<BreakerList> {
    let line = settings::line(context, company).await?;
    let mut tx = context.begin().await.or_fault(context)?;
    let mut items = Vec::new();
    for breaker in breaker_rows::all(&mut tx, company).await.or_fault(context)? {
        items.push(breaker_view(&mut tx, context, company, breaker, &line.livekit.trunk_id).await?);
    }
    commit(tx).await.or_fault(context)?;
    items.sort_by_key(|breaker| breaker.state == BreakerState::Closed);
    Ok(BreakerList { items })
}

/// Closes a breaker by hand.
///
/// # Errors
/// `not_found` for a trunk or a campaign that the company does not have.
pub async fn breaker_reset(context: &Context, request: BreakerRef) -> UseCase<BreakerView> {
    let (company, campaign, trunk) = match request {
        BreakerRef::Trunk { company_id, trunk } => (CompanyId(company_id), None, trunk),
        BreakerRef::Campaign { company_id, campaign_id } => {
            (CompanyId(company_id), Some(CampaignId(campaign_id)), String::new())
        }
    };
    let livekit_trunk = settings::line(context, company).await?.livekit.trunk_id;
    let subject = match campaign {
        Some(id) => {
            let mut db = context.connection().await.or_fault(context)?;
            campaign_rows::get(&mut db, company, id).await.or_fault(context)?.ok_or_else(|| not_found("campaign"))?;
            Subject::Campaign(id)
        }
        None if trunk == PRACTICE => Subject::Trunk(LineKind::Practice),
        None if trunk == livekit_trunk => Subject::Trunk(LineKind::Livekit),
        None => return Err(not_found("trunk")),
    };
    breakers::close_by_hand(context, company, subject).await?;
    let mut tx = context.begin().await.or_fault(context)?;
    let breaker = breaker_rows::get(&mut tx, company, subject).await.or_fault(context)?;
    let view = breaker_view(&mut tx, context, company, breaker, &livekit_trunk).await?;
    commit(tx).await.or_fault(context)?;
    Ok(view)
}

async fn breaker_view(
    db: &mut PgConnection,
    context: &Context,
    company: CompanyId,
    breaker: Breaker,
    livekit_trunk: &str,
) -> UseCase<BreakerView> {
    let calls = breaker_rows::calls(db, company, &breaker.calls).await.or_fault(context)?;
    let campaign_name = match breaker.subject.campaign() {
        Some(id) => campaign_rows::get(db, company, id).await.or_fault(context)?.map(|campaign| campaign.settings.name),
        None => None,
    };
    Ok(BreakerView {
        scope: breaker.subject.scope(),
        trunk: match breaker.subject {
            Subject::Trunk(line) => Some(trunk_name(line, livekit_trunk)),
            Subject::Campaign(_) => None,
        },
        campaign_id: breaker.subject.campaign().map(|id| id.0),
        campaign_name,
        state: breaker.state,
        cause: breaker.cause,
        opened_at: breaker.opened_at,
        retry_at: breaker.probes_at,
        trips: breaker.trips,
        calls: calls
            .into_iter()
            .map(|call| BreakerCall {
                call_id: call.call_id,
                campaign_id: call.campaign_id,
                ended_at: call.ended_at,
                sip_status: call.sip_status,
                error: call.error,
            })
            .collect(),
    })
}
