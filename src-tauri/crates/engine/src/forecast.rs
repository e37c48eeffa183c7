//! Pre-flight and time of arrival: what a campaign will do, played through on its real list by the rules that decide in
//! earnest. Owns what is put into the play and where its figures come from; refuses to play on the threads of the commands:
//! a long list takes a moment.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use callboard_contract::{
    DispositionShare, ErrorCode, EtaView, ForecastBasis, ForecastMethod, HourForecast, IpcError, Preflight,
    PreflightRequest, SkipCount, SkipReason,
};
use callboard_core::{
    campaign::CampaignSettings,
    id::{CampaignId, CompanyId},
    limits::NumberCaps,
    line::LineKind,
    pace,
    plan::{self, DailyBudget, Ending, Forecast, LEAST_OBSERVED, Mix, Plan, Waiting},
    window::{DialingWindow, parse_zone},
    zone::ZoneSet,
};
use callboard_db::{
    PgConnection, budgets as budget_rows, campaigns as campaign_rows, companies as company_rows,
    dialing as dialing_rows,
    forecast::{self as rows, Seen},
    limits as limit_rows,
};
use chrono::{DateTime, TimeDelta, Utc};
use rust_decimal::Decimal;

use crate::{
    breakers, budgets, calls,
    campaigns::form,
    context::{Context, commit},
    error::{OrFault, UseCase, not_found},
    settings,
};

/// How far a forecast looks.
const LOOKS_AHEAD: TimeDelta = TimeDelta::days(92);
/// Hours that are told at most.
const MOST_HOURS: usize = 2_000;
/// A time of arrival is shown as long as this before it is computed anew, or longer when that takes long.
const FRESH: Duration = Duration::from_secs(30);
/// Times as long as it took it is shown at least.
const SHARE: u32 = 30;

/// Everything that the play needs, of one snapshot.
struct Facts {
    now: DateTime<Utc>,
    settings: CampaignSettings,
    window: DialingWindow,
    lanes: Vec<ZoneSet>,
    contacts: Vec<Waiting>,
    calls_at_once: i32,
    calls_per_second: Option<f64>,
    caps: NumberCaps,
    budget: Option<DailyBudget>,
    mixes: Vec<Mix>,
    basis: ForecastBasis,
    observed: usize,
    currency: String,
    seed: u64,
}

impl Facts {
    fn looks_until(&self) -> DateTime<Utc> {
        self.now.max(self.settings.starts_at.unwrap_or(self.now)) + LOOKS_AHEAD
    }

    fn play(&self) -> Forecast {
        plan::forecast(
            &Plan {
                now: self.now,
                starts_at: self.settings.starts_at,
                ends_at: self.settings.ends_at,
                looks_until: self.looks_until(),
                window: &self.window,
                lanes: &self.lanes,
                contacts: &self.contacts,
                calls_at_once: self.calls_at_once,
                calls_per_minute: self.settings.calls_per_minute,
                calls_per_second: self.calls_per_second,
                ramp_up_from: self.settings.ramp_up_from,
                max_attempts: self.settings.max_attempts,
                retry_delay_minutes: self.settings.retry_delay_minutes,
                retries: &self.settings.retries,
                caps: self.caps,
                budget: self.budget,
                mixes: &self.mixes,
            },
            self.seed,
        )
    }
}

async fn facts(
    context: &Context,
    company: CompanyId,
    id: CampaignId,
    other: Option<CampaignSettings>,
) -> UseCase<Facts> {
    let line = settings::line(context, company).await?.kind;
    let prices = settings::prices(context, company).await?;
    let mut tx = context.snapshot().await.or_fault(context)?;
    let campaign = campaign_rows::get(&mut tx, company, id).await.or_fault(context)?;
    let campaign = campaign.ok_or_else(|| not_found("campaign"))?;
    let found = company_rows::get(&mut tx, company).await.or_fault(context)?.ok_or_else(|| not_found("company"))?;
    let set = limit_rows::company(&mut tx, company).await.or_fault(context)?.ok_or_else(|| not_found("company"))?;
    let standing = dialing_rows::facts(&mut tx, company, id).await.or_fault(context)?.facts;
    let settings = other.unwrap_or(campaign.settings);
    let line = campaign.line.unwrap_or(line);
    let has_caps = set.caps != NumberCaps::default();
    let waiting = rows::waiting(&mut tx, company, id, has_caps).await.or_fault(context)?;
    let lanes = rows::lanes(&mut tx, company, id).await.or_fault(context)?;
    let trunks = limit_rows::trunks(&mut tx, company).await.or_fault(context)?;
    let budgets = budget_rows::standings(&mut tx, Some(company)).await.or_fault(context)?;
    // A typical call has two minutes.
    let minute = budgets::typical_cost(&prices) / Decimal::TWO;
    let (mixes, basis, observed) = mixes(&mut tx, context, company, id, line, minute).await?;
    commit(tx).await.or_fault(context)?;

    let places: HashMap<i16, usize> = lanes.iter().enumerate().map(|(at, (lane, _))| (*lane, at)).collect();
    let zone = parse_zone(&found.time_zone).unwrap_or(settings.window.zone);
    let tightest = budgets
        .iter()
        .filter(|standing| standing.campaign_id.is_none() || standing.campaign_id == Some(id))
        .map(|standing| DailyBudget {
            limit: standing.budget.limit,
            spent: standing.budget.spent + standing.budget.in_flight,
            zone,
        })
        .chain(settings.daily_budget.map(|limit| DailyBudget { limit, spent: Decimal::ZERO, zone }))
        .min_by_key(|budget| budget.limit - budget.spent);
    let own = standing.campaign.used;
    Ok(Facts {
        now: standing.now,
        window: settings.window.without(&set.holidays),
        lanes: lanes
            .iter()
            .map(|(_, zones)| if settings.local_time { zones.parse().unwrap_or_default() } else { ZoneSet::default() })
            .collect(),
        contacts: waiting
            .into_iter()
            .map(|waiting| Waiting {
                due_at: waiting.due_at,
                priority: waiting.priority,
                used: waiting.used,
                lane: places.get(&waiting.lane).copied().unwrap_or(0),
                numbers: u8::try_from(waiting.numbers.clamp(1, 10)).unwrap_or(1),
                forbidden: waiting.forbidden,
                in_progress: waiting.in_progress,
                called: waiting.called,
            })
            .collect(),
        calls_at_once: settings
            .calls_at_once
            .min(standing.company.free() + own)
            .min(standing.system.free() + own)
            .max(1),
        calls_per_second: trunks.iter().find(|trunk| trunk.line == line).and_then(|trunk| {
            let limit = (trunk.calls_per_second > 0).then_some(trunk.calls_per_second);
            let full = limit.unwrap_or(breakers::WITHOUT_LIMIT);
            (limit.is_some() || trunk.slowdown.is_some()).then(|| pace::trunk_rate(full, trunk.slowdown, standing.now))
        }),
        caps: set.caps,
        budget: tightest,
        mixes,
        basis,
        observed,
        currency: found.currency,
        // The same list is played the same way until something changes.
        seed: id.0.as_u64_pair().1,
        settings,
    })
}

/// How calls end: as those of the campaign did, else as those of the company over the same line did, else as is assumed.
/// First attempts and later ones apart, where there are enough of both.
async fn mixes(
    db: &mut PgConnection,
    context: &Context,
    company: CompanyId,
    id: CampaignId,
    line: LineKind,
    cost_per_minute: Decimal,
) -> UseCase<(Vec<Mix>, ForecastBasis, usize)> {
    for (basis, campaign) in [(ForecastBasis::Campaign, Some(id)), (ForecastBasis::Company, None)] {
        let seen = rows::seen(db, company, campaign, line).await.or_fault(context)?;
        let count =
            |seen: &[&Seen]| -> usize { seen.iter().map(|seen| usize::try_from(seen.calls).unwrap_or(0)).sum() };
        let all: Vec<&Seen> = seen.iter().collect();
        if count(&all) < LEAST_OBSERVED {
            continue;
        }
        let (first, later): (Vec<&Seen>, Vec<&Seen>) = seen.iter().partition(|seen| seen.first);
        let mixes = if count(&first) >= LEAST_OBSERVED && count(&later) >= LEAST_OBSERVED {
            vec![mix(&first), mix(&later)]
        } else {
            vec![mix(&all)]
        };
        return Ok((mixes, basis, count(&all)));
    }
    Ok((vec![Mix::assumed(cost_per_minute)], ForecastBasis::Assumed, 0))
}

fn mix(seen: &[&Seen]) -> Mix {
    let ending = |seen: &&Seen| Ending {
        disposition: seen.disposition,
        situation: seen.situation,
        weight: seen.calls.into(),
        hold_seconds: seen.hold_seconds.clone(),
        cost: seen.cost,
    };
    Mix { endings: seen.iter().map(ending).collect() }
}

/// What a campaign will do: how many are dialled or skipped and why, when it ends, what it costs. With a form as if it were
/// set so.
///
/// # Errors
/// Refused fields of the form; `not_found`.
pub async fn preflight(context: &Context, request: PreflightRequest) -> UseCase<Preflight> {
    let (company, id) = (CompanyId(request.company_id), CampaignId(request.campaign_id));
    let other = request.form.as_ref().map(form::parse).transpose()?;
    let facts = facts(context, company, id, other).await?;
    let began = context.clock.monotonic();
    let (facts, forecast) = play(context, facts).await?;
    let took = context.clock.monotonic().saturating_sub(began);
    Ok(view(&facts, forecast, took))
}

async fn play(context: &Context, facts: Facts) -> UseCase<(Facts, Forecast)> {
    let played = tokio::task::spawn_blocking(move || {
        let forecast = facts.play();
        (facts, forecast)
    });
    played.await.map_err(|error| {
        let incident = context.new_id();
        tracing::error!(incident = %incident, error = %error, "A forecast broke off; incident {incident}");
        let message = format!("The forecast could not be made; the log holds the cause under incident {incident}.");
        IpcError { incident: Some(incident), ..IpcError::refusal(ErrorCode::Internal, message) }
    })
}

fn count(value: usize) -> i32 {
    i32::try_from(value).unwrap_or(i32::MAX)
}

fn view(facts: &Facts, forecast: Forecast, took: Duration) -> Preflight {
    let run = forecast.middle;
    let skipped = [
        (SkipReason::DoNotCall, run.skipped.forbidden),
        (SkipReason::NeverOpen, run.skipped.never_open),
        (SkipReason::NotInTime, run.skipped.not_in_time),
        (SkipReason::NumberCap, run.skipped.capped),
    ];
    let first = &facts.mixes[0];
    let mean_cost = first.mean_cost();
    Preflight {
        contacts: count(facts.contacts.len()),
        will_be_dialled: count(run.dialled),
        skipped: skipped
            .into_iter()
            .filter(|(_, contacts)| *contacts > 0)
            .map(|(reason, contacts)| SkipCount { reason, contacts: count(contacts) })
            .collect(),
        calls: count(run.calls),
        reached: count(run.reached),
        starts_at: run.starts_at,
        ends_at: run.ends_at,
        ends_by: forecast.ends_by,
        looked_until: facts.looks_until(),
        cost: calls::money(run.cost.round_dp(2), &facts.currency),
        hours: run
            .hours
            .into_iter()
            .take(MOST_HOURS)
            .map(|(hour, what)| HourForecast { hour, calls: count(what.calls), finished: count(what.finished) })
            .collect(),
        method: ForecastMethod {
            basis: facts.basis,
            calls: count(facts.observed),
            mix: shares(first),
            cost_per_call: calls::money(mean_cost.round_dp(4), &facts.currency),
            runs: count(forecast.runs),
            took_ms: i32::try_from(took.as_millis()).unwrap_or(i32::MAX),
        },
        as_of: facts.now,
    }
}

/// The mix by disposition, most frequent first.
fn shares(mix: &Mix) -> Vec<DispositionShare> {
    let mut shares: Vec<DispositionShare> = Vec::new();
    for ending in &mix.endings {
        let share = mix.share(ending);
        match shares.iter_mut().find(|known| known.disposition == ending.disposition) {
            Some(known) => {
                let both = known.share + share;
                known.hold_seconds = (known.hold_seconds * known.share + ending.mean_hold_seconds() * share)
                    / both.max(f64::MIN_POSITIVE);
                known.share = both;
            }
            None => shares.push(DispositionShare {
                disposition: ending.disposition,
                share,
                hold_seconds: ending.mean_hold_seconds(),
            }),
        }
    }
    shares.sort_by(|a, b| b.share.total_cmp(&a.share));
    shares
}

/// Times of arrival that were computed, and those that are being. A figure for people: nothing is decided by it.
#[derive(Debug, Default)]
pub(crate) struct Etas(Mutex<HashMap<CampaignId, Eta>>);

#[derive(Debug, Clone)]
struct Eta {
    computed_at: Duration,
    took: Duration,
    view: Option<EtaView>,
    running: bool,
}

impl Etas {
    fn lock(&self) -> MutexGuard<'_, HashMap<CampaignId, Eta>> {
        // Each change of the map is whole, whoever panicked.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The time of arrival as it was computed last; a stale one is computed anew in the background.
pub(crate) fn eta(context: &Context, company: CompanyId, id: CampaignId) -> Option<EtaView> {
    let now = context.clock.monotonic();
    let mut etas = context.etas.lock();
    // Campaigns that nobody looks at any more.
    etas.retain(|_, eta| eta.running || now.saturating_sub(eta.computed_at) < (FRESH + eta.took * SHARE) * 20);
    let known = etas.get(&id).cloned();
    let fresh = known
        .as_ref()
        .is_some_and(|eta| eta.running || now.saturating_sub(eta.computed_at) < FRESH.max(eta.took * SHARE));
    if !fresh {
        let view = known.as_ref().and_then(|eta| eta.view.clone());
        etas.insert(id, Eta { computed_at: now, took: Duration::ZERO, view, running: true });
        let (context, etas) = (context.clone(), Arc::clone(&context.etas));
        tokio::spawn(async move {
            let view = compute_eta(&context, company, id).await.ok();
            let computed_at = context.clock.monotonic();
            let took = computed_at.saturating_sub(now);
            etas.lock().insert(id, Eta { computed_at, took, view, running: false });
        });
    }
    known.and_then(|eta| eta.view)
}

/// When a campaign will have ended.
///
/// # Errors
/// `not_found`.
pub async fn compute_eta(context: &Context, company: CompanyId, id: CampaignId) -> UseCase<EtaView> {
    let facts = facts(context, company, id, None).await?;
    let (facts, forecast) = play(context, facts).await?;
    Ok(EtaView {
        ends_at: forecast.middle.ends_at,
        ends_by: forecast.ends_by,
        calls: count(forecast.middle.calls),
        cost: calls::money(forecast.middle.cost.round_dp(2), &facts.currency),
        as_of: facts.now,
    })
}
