//! Use-cases of campaigns: settings, state changes, counts, the sentence why it does or does not dial.
//!
//! Owns the transactions. Every state change locks the campaign first, so that two people cannot both make one.

use callboard_contract::{
    CampaignDefaults, CampaignDeletePreview, CampaignForm, CampaignOverview, CampaignPage, CampaignQuery,
    CampaignUpdate, CampaignView, ErrorCode, ExperimentForm, IpcError, TaskCounts,
};
use callboard_core::{
    campaign::{CampaignAction, CampaignSettings, CampaignState, Present},
    id::{CampaignId, CompanyId, SkillbaseId},
    retry::RetryTable,
    window::parse_zone,
};
use callboard_db::{
    PgConnection, admission, analytics,
    campaigns::{self as rows, Campaign, Counts, Filter},
    companies as company_rows, dialing as dialing_rows, paces, skillbases as skillbase_rows,
};

use crate::{
    budgets, calls,
    context::{Context, commit},
    cursor, dialing,
    error::{OrFault, UseCase, field, not_found},
    events, forecast, settings,
};

pub(crate) mod form;
mod transitions;

pub use transitions::{cancel, pause, pause_all, resume, schedule, start, stop};
pub(crate) use transitions::{check_line, complete_if_done, end};

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
    CampaignView {
        id: campaign.campaign_id.0,
        company_id: campaign.company_id.0,
        form: form::form(campaign.settings, campaign.skillbase_id.0),
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
    let settings = form::parse(form)?;
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
    let settings = form::parse(&update.form)?;
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
    let other_skillbase = present.skillbase_id.0 != update.form.skillbase_id;
    Present { state: present.state, is_started: present.started_at.is_some(), settings: &present.settings }
        .check_change(&settings, other_skillbase)?;
    if !rows::update_settings(&mut tx, company, id, SkillbaseId(update.form.skillbase_id), &settings)
        .await
        .or_fault(context)?
    {
        return Err(field("skillbaseId", "notOfCompany"));
    }
    // Fewer attempts hold for those who wait for their next one too.
    rows::skip_exhausted(&mut tx, company, id).await.or_fault(context)?;
    paces::begin_ramp_up(&mut tx, company, id, false).await.or_fault(context)?;
    events::announce(&mut tx, Some(company), &["campaigns", "tasks", "live"]).await.or_fault(context)?;
    commit(tx).await.or_fault(context)?;
    // A budget without its day is closed.
    budgets::keep_days(context).await.or_fault(context)?;
    get(context, company, id).await
}

/// What a new campaign starts with: the recommended retries, the company's zone, its newest skillbase.
///
/// # Errors
/// `not_found` without the company.
pub async fn defaults(context: &Context, company: CompanyId) -> UseCase<CampaignDefaults> {
    let mut db = context.connection().await.or_fault(context)?;
    let found = company_rows::get(&mut db, company).await.or_fault(context)?.ok_or_else(|| not_found("company"))?;
    let skillbase = skillbase_rows::list(&mut db, company, false).await.or_fault(context)?.into_iter().next();
    let zone = parse_zone(&found.time_zone).unwrap_or(chrono_tz::UTC);
    let settings = CampaignSettings { retries: RetryTable::recommended(), ..CampaignSettings::with_defaults("", zone) };
    let rows = |table: RetryTable| table.rows().into_iter().map(form::rule_form).collect();
    Ok(CampaignDefaults {
        form: skillbase.map(|skillbase| form::form(settings, skillbase.skillbase_id.0)),
        recommended_retries: rows(RetryTable::recommended()),
        base_retries: rows(RetryTable::default()),
    })
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
    // Whoever saw it running has admitted, and is seen by the next statement.
    admission::wait_for_admissions(&mut tx).await.or_fault(context)?;
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
    let mut tx = context.snapshot().await.or_fault(context)?;
    let campaign = load(&mut tx, context, company, id).await?;
    let standing = dialing_rows::facts(&mut tx, company, id).await.or_fault(context)?;
    let totals = analytics::totals(&mut tx, company, id).await.or_fault(context)?;
    commit(tx).await.or_fault(context)?;
    let charged = calls::charged(&totals, prices);
    let rate = |part: i32, whole: i32| (whole > 0).then(|| f64::from(part) / f64::from(whole));
    let explanation = dialing::of_campaign(&standing);
    let facts = &standing.facts;
    Ok(CampaignOverview {
        dialing: dialing::status(explanation.first),
        also: explanation.also.into_iter().map(dialing::status).collect(),
        next_at: explanation.next_at,
        eta: (matches!(campaign.state, CampaignState::Scheduled | CampaignState::Running))
            .then(|| forecast::eta(context, company, id))
            .flatten(),
        ramp_up_allows: facts.ramp_up.map(|ramp_up| ramp_up.limit),
        spent_today: calls::money(standing.spent_today, &charged.currency),
        live_calls: facts.campaign.used,
        started_last_minute: standing.started_last_minute,
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
