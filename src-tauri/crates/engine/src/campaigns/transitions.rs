//! How a campaign changes its state: start, schedule, pause, resume, stop, cancel, complete. Owns the order of such a change
//! (ask the line, lock, check, change, announce); refuses to hold a transaction while the line is asked.

use std::pin::pin;

use callboard_contract::{CampaignView, ErrorCode, IpcError};
use callboard_core::{
    campaign::{CampaignAction, CampaignState},
    id::{CampaignId, CompanyId},
    line::LineKind,
    notice::NoticeKind,
};
use callboard_db::{
    campaigns::{self as rows, Campaign},
    paces,
};
use futures_util::{StreamExt, stream};

use super::{get, load, load_locked};
use crate::{
    context::{Context, commit},
    error::{OrFault, UseCase, field, illegal},
    events,
    lines::Lines,
    notices::Tell,
    settings, spread,
};

/// Campaigns that are paused at the same time; each takes a connection.
const PAUSED_AT_ONCE: usize = 4;

/// The line a campaign will use: the one it was first started on, else the one chosen in the settings.
async fn line_of(context: &Context, campaign: &Campaign) -> UseCase<LineKind> {
    match campaign.line {
        Some(line) => Ok(line),
        None => Ok(settings::line(context, campaign.company_id).await?.kind),
    }
}

/// Refuses a line that cannot place calls now, with the reason; nothing is ever simulated instead (acceptance 49).
pub(crate) async fn check_line(context: &Context, lines: &Lines, company: CompanyId, kind: LineKind) -> UseCase<()> {
    let checked = match lines.line(context, company, kind).await {
        Ok(line) => line.check().await,
        Err(fault) => Err(fault),
    };
    checked.map_err(|fault| {
        IpcError::refusal(ErrorCode::LineNotUsable, format!("The line cannot place calls: {}", fault.detail))
            .with("fault", fault.code.as_str())
            .with("detail", fault.detail)
    })
}

/// Starts dialling (acceptance 15, 17, 49).
///
/// # Errors
/// `already_running`; `no_tasks`; `line_not_usable` with the reason; `illegal_transition`.
pub async fn start(context: &Context, lines: &Lines, company: CompanyId, id: CampaignId) -> UseCase<CampaignView> {
    begin(context, lines, company, id, CampaignAction::Start).await
}

/// Goes on after a pause.
///
/// # Errors
/// As [`start`].
pub async fn resume(context: &Context, lines: &Lines, company: CompanyId, id: CampaignId) -> UseCase<CampaignView> {
    begin(context, lines, company, id, CampaignAction::Resume).await
}

/// Starts by itself at its start time.
///
/// # Errors
/// As [`start`]; `startsAt: startRequired` without a start time.
pub async fn schedule(context: &Context, lines: &Lines, company: CompanyId, id: CampaignId) -> UseCase<CampaignView> {
    begin(context, lines, company, id, CampaignAction::Schedule).await
}

async fn begin(
    context: &Context,
    lines: &Lines,
    company: CompanyId,
    id: CampaignId,
    action: CampaignAction,
) -> UseCase<CampaignView> {
    let mut db = context.connection().await.or_fault(context)?;
    let campaign = load(&mut db, context, company, id).await?;
    drop(db);
    check_beginning(&campaign, action)?;
    // The line is asked outside the transaction: it may take seconds.
    let line = line_of(context, &campaign).await?;
    check_line(context, lines, company, line).await?;
    let mut tx = context.begin().await.or_fault(context)?;
    let campaign = load_locked(&mut tx, context, company, id).await?;
    let next = check_beginning(&campaign, action)?;
    let fixed = (action != CampaignAction::Schedule).then_some(line);
    rows::set_state(&mut tx, company, id, next, fixed).await.or_fault(context)?;
    if next == CampaignState::Running {
        paces::begin_ramp_up(&mut tx, company, id, true).await.or_fault(context)?;
        if campaign.started_at.is_none() {
            spread::assign(&mut tx, company, id, 0).await.or_fault(context)?;
        }
    }
    events::announce(&mut tx, Some(company), &["campaigns", "live"]).await.or_fault(context)?;
    commit(tx).await.or_fault(context)?;
    tracing::info!(campaign.id = %id, line = %line, "Campaign {id}: {action:?}, now {next}, on the {line} line");
    get(context, company, id).await
}

fn check_beginning(campaign: &Campaign, action: CampaignAction) -> UseCase<CampaignState> {
    if campaign.state == CampaignState::Running {
        return Err(IpcError::refusal(ErrorCode::AlreadyRunning, "The campaign is running already."));
    }
    let next = campaign.state.after(action).map_err(illegal)?;
    if campaign.counts.total() == 0 {
        return Err(IpcError::refusal(ErrorCode::NoTasks, "The campaign has no tasks. Import a call list first."));
    }
    if action == CampaignAction::Schedule && campaign.settings.starts_at.is_none() {
        return Err(field("startsAt", "startRequired"));
    }
    Ok(next)
}

/// Dials nothing new; calls in progress go on.
///
/// # Errors
/// `illegal_transition`.
pub async fn pause(context: &Context, company: CompanyId, id: CampaignId) -> UseCase<CampaignView> {
    settle(context, company, id, CampaignAction::Pause).await
}

/// Ends for good as completed: open tasks are cancelled; calls in progress end by themselves. On a completed campaign
/// it changes nothing (acceptance 17).
///
/// # Errors
/// `illegal_transition`.
pub async fn stop(context: &Context, company: CompanyId, id: CampaignId) -> UseCase<CampaignView> {
    settle(context, company, id, CampaignAction::Stop).await
}

/// Completes a campaign whose end has passed, and tells so (acceptance 77).
///
/// # Errors
/// `illegal_transition`.
pub(crate) async fn end(context: &Context, company: CompanyId, id: CampaignId) -> UseCase<()> {
    let mut db = context.connection().await.or_fault(context)?;
    let before = load(&mut db, context, company, id).await?;
    drop(db);
    stop(context, company, id).await?;
    let left = before.counts.pending + before.counts.retry;
    let told = async {
        let mut tx = context.begin().await?;
        Tell::of(NoticeKind::CampaignEnded)
            .about(id)
            .with("left", left)
            .with("total", before.counts.total())
            .once(format!("ended:{id}"))
            .tell(&mut tx, context, company)
            .await?;
        commit(tx).await
    };
    told.await.or_fault(context)
}

/// Gives up: open tasks are cancelled.
///
/// # Errors
/// `illegal_transition`.
pub async fn cancel(context: &Context, company: CompanyId, id: CampaignId) -> UseCase<CampaignView> {
    settle(context, company, id, CampaignAction::Cancel).await
}

async fn settle(
    context: &Context,
    company: CompanyId,
    id: CampaignId,
    action: CampaignAction,
) -> UseCase<CampaignView> {
    let mut tx = context.begin().await.or_fault(context)?;
    let campaign = load_locked(&mut tx, context, company, id).await?;
    let next = campaign.state.after(action).map_err(illegal)?;
    if next == campaign.state {
        drop(tx);
    } else {
        rows::set_state(&mut tx, company, id, next, None).await.or_fault(context)?;
        if next.is_final() {
            rows::cancel_waiting_tasks(&mut tx, company, id).await.or_fault(context)?;
        }
        events::announce(&mut tx, Some(company), &["campaigns", "tasks", "live"]).await.or_fault(context)?;
        commit(tx).await.or_fault(context)?;
        tracing::info!(campaign.id = %id, "Campaign {id}: {action:?}, now {next}");
    }
    get(context, company, id).await
}

/// Completes a campaign whose last task has ended (acceptance 24). False when it is not so under the lock.
///
/// # Errors
/// When the database is away.
pub(crate) async fn complete_if_done(context: &Context, company: CompanyId, id: CampaignId) -> UseCase<bool> {
    let mut tx = context.begin().await.or_fault(context)?;
    // Lock, then count. Whoever adds tasks holds the first lock, whoever ends the campaign the second.
    let busy = rows::gets_tasks(&mut tx, id).await.or_fault(context)?;
    let next = if busy || !rows::lock(&mut tx, company, id).await.or_fault(context)? {
        None
    } else {
        let campaign = load(&mut tx, context, company, id).await?;
        let over = campaign.counts.open() == 0 && campaign.counts.total() > 0;
        campaign.state.after(CampaignAction::Complete).ok().filter(|_| over)
    };
    let Some(next) = next else {
        // At once, and not when the connection is used next: admission passes over a campaign that is locked.
        tx.rollback().await.map_err(callboard_db::DbError::from).or_fault(context)?;
        return Ok(false);
    };
    rows::set_state(&mut tx, company, id, next, None).await.or_fault(context)?;
    let counts = rows::counts(&mut tx, company, id).await.or_fault(context)?;
    Tell::of(NoticeKind::CampaignCompleted)
        .about(id)
        .with("total", counts.total())
        .with("completed", counts.completed)
        .with("failed", counts.failed)
        .with("skipped", counts.skipped)
        .tell(&mut tx, context, company)
        .await
        .or_fault(context)?;
    events::announce(&mut tx, Some(company), &["campaigns", "tasks", "live"]).await.or_fault(context)?;
    commit(tx).await.or_fault(context)?;
    tracing::info!(campaign.id = %id, "Campaign {id} is completed: its last task has ended");
    Ok(true)
}

/// Pauses every running campaign of a company; how many were running. One that cannot be paused keeps no other running.
///
/// # Errors
/// What the first one failed with, and how many were paused and were not (`params.paused`, `params.failed`).
pub async fn pause_all(context: &Context, company: CompanyId) -> UseCase<Vec<CampaignId>> {
    let mut db = context.connection().await.or_fault(context)?;
    let running = rows::running(&mut db, company).await.or_fault(context)?;
    drop(db);
    // Several at once: whoever stops everything should not wait for them one after the other.
    let attempts = running.into_iter().map(|id| async move { (id, pause(context, company, id).await) });
    let mut attempts = pin!(stream::iter(attempts).buffered(PAUSED_AT_ONCE));
    let (mut paused, mut failed, mut first) = (Vec::new(), 0, None);
    while let Some((id, attempt)) = attempts.next().await {
        match attempt {
            Ok(_) => paused.push(id),
            // It ended or was deleted between the two statements.
            Err(error) if matches!(error.code, ErrorCode::IllegalTransition | ErrorCode::NotFound) => {}
            Err(error) => {
                tracing::warn!(campaign.id = %id, code = %error.code, "Campaign {id} was to be paused with all others and was not");
                failed += 1;
                first.get_or_insert(error);
            }
        }
    }
    let Some(first) = first else { return Ok(paused) };
    let paused = paused.len();
    let message = format!("{paused} campaigns were paused, {failed} were not. {}", first.message);
    Err(IpcError { message, ..first }.with("paused", paused.to_string()).with("failed", failed.to_string()))
}
