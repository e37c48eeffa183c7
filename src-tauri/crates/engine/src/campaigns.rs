//! Use-cases of campaigns: settings, state changes, counts, the sentence why it does or does not dial.
//!
//! Owns the transactions. Every state change locks the campaign first, so that two people cannot both make one.

use callboard_contract::{
    CampaignDeletePreview, CampaignForm, CampaignOverview, CampaignPage, CampaignQuery, CampaignUpdate, CampaignView,
    ErrorCode, ExperimentForm, IpcError, TaskCounts,
};
use callboard_core::{
    campaign::{CampaignAction, CampaignSettings, CampaignState},
    field::FieldErrors,
    id::{CampaignId, CompanyId, SkillbaseId},
    window::{DialingWindow, Weekdays, format_minute, parse_minute, parse_zone},
};
use callboard_db::{
    PgConnection, analytics,
    campaigns::{self as rows, Campaign, Counts, Filter},
    companies as company_rows, dialing as dialing_rows,
};

use crate::{
    calls,
    context::{Context, commit},
    cursor, dialing,
    error::{OrFault, UseCase, field, not_found},
    events, settings,
};

mod transitions;

pub(crate) use transitions::complete_if_done;
pub use transitions::{cancel, pause, pause_all, resume, schedule, start, stop};

/// The counts as the wire shows them.
pub(crate) fn counts_view(counts: &Counts) -> TaskCounts {
    TaskCounts {
        total: counts.total(),
        pending: counts.pending,
        in_progress: counts.in_progress,
        retry: counts.retry,
        completed: counts.completed,
        failed: counts.failed,
        cancelled: counts.cancelled,
        skipped: counts.skipped,
    }
}

/// 100 * completed / total, two decimals; 0 without tasks (acceptance 23).
fn completion_rate(counts: &Counts) -> f64 {
    if counts.total() == 0 {
        return 0.0;
    }
    (f64::from(counts.completed) * 10_000.0 / f64::from(counts.total())).round() / 100.0
}

/// What may be done now. Starting needs tasks; the error says so too, but a button that cannot work is not shown.
fn allowed(campaign: &Campaign) -> Vec<CampaignAction> {
    use CampaignAction as A;
    [A::Start, A::Schedule, A::Pause, A::Resume, A::Stop, A::Cancel]
        .into_iter()
        .filter(|action| campaign.state.after(*action).is_ok_and(|next| next != campaign.state))
        .filter(|action| match action {
            A::Start => campaign.state != CampaignState::Paused && campaign.counts.total() > 0,
            A::Schedule => campaign.counts.total() > 0 && campaign.settings.starts_at.is_some(),
            A::Pause | A::Resume | A::Stop | A::Cancel | A::Complete => true,
        })
        .collect()
}

/// A campaign as the wire shows it.
pub(crate) fn view(campaign: Campaign) -> CampaignView {
    let allowed = allowed(&campaign);
    let counts = counts_view(&campaign.counts);
    let completion_rate = completion_rate(&campaign.counts);
    let settings = campaign.settings;
    CampaignView {
        id: campaign.campaign_id.0,
        company_id: campaign.company_id.0,
        form: CampaignForm {
            name: settings.name,
            description: settings.description,
            skillbase_id: campaign.skillbase_id.0,
            calls_at_once: settings.calls_at_once,
            calls_per_minute: settings.calls_per_minute,
            max_attempts: settings.max_attempts,
            retry_delay_minutes: settings.retry_delay_minutes,
            window_opens: format_minute(settings.window.opens_minute),
            window_closes: format_minute(settings.window.closes_minute),
            weekdays: (1..=7).filter(|day| settings.window.weekdays.0 & (1 << (day - 1)) != 0).collect(),
            time_zone: settings.window.zone.name().to_owned(),
            local_time: settings.local_time,
            starts_at: settings.starts_at,
            ends_at: settings.ends_at,
        },
        skillbase_name: campaign.skillbase_name,
        skillbase_version: campaign.skillbase_version,
        skillbase_newest_version: campaign.skillbase_newest_version,
        experiment: campaign
            .variant
            .map(|(version, percent)| ExperimentForm { version, share_percent: percent.into() }),
        state: campaign.state,
        line: campaign.line,
        counts,
        completion_rate,
        allowed,
        started_at: campaign.started_at,
        ended_at: campaign.ended_at,
        revision: campaign.revision,
        created_at: campaign.created_at,
    }
}

/// Reads a form; every refusal is collected.
fn parse(form: &CampaignForm) -> Result<CampaignSettings, FieldErrors> {
    let mut errors = FieldErrors::default();
    let mut minute = |name: &str, text: &str, otherwise: i16| {
        parse_minute(text).unwrap_or_else(|| {
            errors.add(name, "time");
            otherwise
        })
    };
    let opens_minute = minute("windowOpens", &form.window_opens, 0);
    let closes_minute = minute("windowCloses", &form.window_closes, 1440);
    let zone = parse_zone(&form.time_zone).unwrap_or_else(|| {
        errors.add("timeZone", "timeZone");
        chrono_tz::UTC
    });
    let mut weekdays = Weekdays::NONE;
    for day in &form.weekdays {
        if (1..=7).contains(day) {
            weekdays.0 |= 1 << (day - 1);
        } else {
            errors.add("weekdays", "weekdays");
        }
    }
    let settings = CampaignSettings {
        name: form.name.clone(),
        description: form.description.clone(),
        calls_at_once: form.calls_at_once,
        calls_per_minute: form.calls_per_minute,
        max_attempts: form.max_attempts,
        retry_delay_minutes: form.retry_delay_minutes,
        window: DialingWindow { opens_minute, closes_minute, weekdays, zone },
        local_time: form.local_time,
        starts_at: form.starts_at,
        ends_at: form.ends_at,
    };
    if let Err(more) = settings.check() {
        errors.0.extend(more.0);
    }
    errors.0.dedup();
    errors.into_result()?;
    Ok(settings)
}

/// The database decides hours, so it must know the zone too.
async fn check_zone(context: &Context, settings: &CampaignSettings) -> UseCase<()> {
    let zone = settings.window.zone.name();
    if callboard_db::connect::knows_zone(&context.db, zone).await.or_fault(context)? {
        Ok(())
    } else {
        Err(field("timeZone", "timeZone"))
    }
}

async fn load(db: &mut PgConnection, context: &Context, company: CompanyId, id: CampaignId) -> UseCase<Campaign> {
    rows::get(db, company, id).await.or_fault(context)?.ok_or_else(|| not_found("campaign"))
}

/// Locks a campaign, then reads it in a snapshot that follows the lock.
async fn load_locked(
    db: &mut PgConnection,
    context: &Context,
    company: CompanyId,
    id: CampaignId,
) -> UseCase<Campaign> {
    if !rows::lock(db, company, id).await.or_fault(context)? {
        return Err(not_found("campaign"));
    }
    load(db, context, company, id).await
}

/// One campaign.
///
/// # Errors
/// `not_found`.
pub async fn get(context: &Context, company: CompanyId, id: CampaignId) -> UseCase<CampaignView> {
    let mut db = context.connection().await.or_fault(context)?;
    Ok(view(load(&mut db, context, company, id).await?))
}

/// A page of campaigns, newest first.
///
/// # Errors
/// Refused fields.
pub async fn list(context: &Context, query: CampaignQuery) -> UseCase<CampaignPage> {
    let company = CompanyId(query.company_id);
    let limit = cursor::limit(query.limit)?;
    let after = query.cursor.as_deref().map(cursor::parse_instant).transpose()?;
    let filter = Filter {
        states: (!query.states.is_empty()).then_some(query.states),
        skillbase: query.skillbase_id.map(SkillbaseId),
        search: query.search.filter(|text| !text.trim().is_empty()),
    };
    let mut db = context.connection().await.or_fault(context)?;
    let mut campaigns = rows::page(&mut db, company, &filter, after.map(|(at, id)| (at, id.into())), limit + 1)
        .await
        .or_fault(context)?;
    let total = rows::count(&mut db, company, &filter).await.or_fault(context)?;
    let next_cursor =
        cursor::cut(&mut campaigns, limit, |last| cursor::of_instant(last.created_at, last.campaign_id.0));
    Ok(CampaignPage { items: campaigns.into_iter().map(view).collect(), next_cursor, total })
}

/// Creates a campaign in draft (acceptance 1-6).
///
/// # Errors
/// Refused fields: `companyId: notFound`, `skillbaseId: notOfCompany`, every bound.
pub async fn create(context: &Context, company: CompanyId, form: &CampaignForm) -> UseCase<CampaignView> {
    let settings = parse(form)?;
    check_zone(context, &settings).await?;
    let id = CampaignId(context.new_id());
    let mut tx = context.begin().await.or_fault(context)?;
    if company_rows::get(&mut tx, company).await.or_fault(context)?.is_none() {
        return Err(field("companyId", "notFound"));
    }
    if !rows::insert(&mut tx, company, id, SkillbaseId(form.skillbase_id), &settings).await.or_fault(context)? {
        return Err(field("skillbaseId", "notOfCompany"));
    }
    events::announce(&mut tx, Some(company), &["campaigns", "skillbases"]).await.or_fault(context)?;
    commit(tx).await.or_fault(context)?;
    get(context, company, id).await
}

/// Changes a campaign. While it is not in draft the skillbase and the start are locked; after its end everything is.
///
/// # Errors
/// Refused fields (`locked` for what may not change now); `conflict` when somebody changed it meanwhile.
pub async fn update(context: &Context, update: CampaignUpdate) -> UseCase<CampaignView> {
    let (company, id) = (CompanyId(update.company_id), CampaignId(update.campaign_id));
    let settings = parse(&update.form)?;
    check_zone(context, &settings).await?;
    let mut tx = context.begin().await.or_fault(context)?;
    let present = load_locked(&mut tx, context, company, id).await?;
    if present.revision != update.base_revision {
        return Err(IpcError::refusal(
            ErrorCode::Conflict,
            "Somebody changed this campaign meanwhile. Open it again and compare.",
        ));
    }
    if present.state.is_final() {
        return Err(IpcError::refusal(
            ErrorCode::IllegalTransition,
            format!("A campaign that is {} cannot be changed.", present.state),
        )
        .with("state", present.state.as_str()));
    }
    let mut errors = FieldErrors::default();
    let started = present.started_at.is_some();
    if started && present.skillbase_id.0 != update.form.skillbase_id {
        errors.add("skillbaseId", "locked");
    }
    if started && present.settings.starts_at != settings.starts_at {
        errors.add("startsAt", "locked");
    }
    if present.state == CampaignState::Scheduled && settings.starts_at.is_none() {
        errors.add("startsAt", "startRequired");
    }
    errors.into_result()?;
    if !rows::update_settings(&mut tx, company, id, SkillbaseId(update.form.skillbase_id), &settings)
        .await
        .or_fault(context)?
    {
        return Err(field("skillbaseId", "notOfCompany"));
    }
    // Fewer attempts hold for those who wait for their next one too.
    rows::skip_exhausted(&mut tx, company, id).await.or_fault(context)?;
    events::announce(&mut tx, Some(company), &["campaigns", "tasks", "live"]).await.or_fault(context)?;
    commit(tx).await.or_fault(context)?;
    get(context, company, id).await
}

/// What a deletion would remove.
///
/// # Errors
/// `not_found`.
pub async fn delete_preview(context: &Context, company: CompanyId, id: CampaignId) -> UseCase<CampaignDeletePreview> {
    let mut db = context.connection().await.or_fault(context)?;
    load(&mut db, context, company, id).await?;
    let (tasks, calls, live_calls) = rows::deletion(&mut db, company, id).await.or_fault(context)?;
    Ok(CampaignDeletePreview { tasks, calls, live_calls })
}

/// Deletes a campaign that neither runs nor has calls in progress.
///
/// # Errors
/// `live_calls`; `already_running`; `not_found`.
pub async fn delete(context: &Context, company: CompanyId, id: CampaignId) -> UseCase<()> {
    let mut tx = context.begin().await.or_fault(context)?;
    let campaign = load_locked(&mut tx, context, company, id).await?;
    if campaign.state == CampaignState::Running {
        return Err(IpcError::refusal(ErrorCode::AlreadyRunning, "The campaign is running. Pause or stop it first."));
    }
    let (_, _, live) = rows::deletion(&mut tx, company, id).await.or_fault(context)?;
    if live > 0 {
        return Err(IpcError::refusal(
            ErrorCode::LiveCalls,
            format!("{live} calls of this campaign are in progress. Wait until they have ended."),
        )
        .with("count", live.to_string()));
    }
    rows::delete(&mut tx, company, id).await.or_fault(context)?;
    events::announce(&mut tx, Some(company), &["campaigns", "tasks", "calls", "call_lists"]).await.or_fault(context)?;
    commit(tx).await.or_fault(context)
}

/// Everything the overview of a campaign shows, of one snapshot as far as the figures depend on each other.
///
/// # Errors
/// `not_found`.
pub async fn overview(context: &Context, company: CompanyId, id: CampaignId) -> UseCase<CampaignOverview> {
    let prices = settings::prices(context, company).await?.currency;
    let mut db = context.connection().await.or_fault(context)?;
    let campaign = load(&mut db, context, company, id).await?;
    let facts = dialing_rows::facts(&mut db, company, id).await.or_fault(context)?;
    let totals = analytics::totals(&mut db, company, id).await.or_fault(context)?;
    let charged = calls::charged(&totals, prices);
    let rate = |part: i32, whole: i32| (whole > 0).then(|| f64::from(part) / f64::from(whole));
    Ok(CampaignOverview {
        dialing: dialing::status(&campaign, &facts),
        live_calls: facts.campaign_live,
        started_last_minute: facts.started_last_minute,
        calls_ended: totals.ended,
        calls_answered: totals.answered,
        successes: totals.successes,
        answer_rate: rate(totals.answered, totals.ended),
        success_rate: rate(totals.successes, totals.answered),
        cost_total: calls::money(charged.total, &charged.currency),
        as_of: facts.now,
        campaign: view(campaign),
    })
}
