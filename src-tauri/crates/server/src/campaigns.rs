//! `migrate`, `campaign ...` and `import`: the everyday commands. Owns how they are put into words; what they do is
//! behind the command list.

use std::path::Path;

use callboard_contract::{
    AppInfo, CampaignAnalytics, CampaignCreate, CampaignForm, CampaignOverview, CampaignQuery, CampaignRef,
    CampaignView, Empty, Handlers, ImportReport, ImportRequest, ImportSource, IpcError, MoneyView, SkillbaseQuery,
    SpanForm,
};
use callboard_core::campaign::CampaignState;
use callboard_engine::commands::Desk;
use serde::Serialize;

use crate::{
    arguments::{Campaign, Create, Import},
    failure::Failure,
    output::{Output, table},
    queue, session,
};

/// Rows that one page of campaigns holds.
const PAGE: u32 = 200;

/// `migrate`: whoever got here has connected, and connecting brings the schema up to date.
///
/// # Errors
/// When the database refuses.
pub async fn migrate(desk: Desk, output: Output) -> Result<(), Failure> {
    let info = desk.app_info(Empty {}).await?;
    let words =
        |info: &AppInfo| format!("The schema of {} is up to date (Callboard {}).", info.database.place, info.version);
    Ok(output.print(&info, words)?)
}

/// `campaign ...`.
///
/// # Errors
/// What the command list refuses.
pub async fn campaign(desk: Desk, command: Campaign, output: Output) -> Result<(), Failure> {
    match command {
        Campaign::List { company, state, search } => list(&desk, company.as_deref(), state, search, output).await,
        Campaign::Create(create) => {
            let view = self::create(&desk, *create).await?;
            Ok(output.print(&view, |view| format!("{} is a draft: {}", view.form.name, view.id))?)
        }
        Campaign::Start(one) => {
            let view = desk.campaign_start(session::campaign(&desk, one.campaign).await?).await;
            changed(view, output)
        }
        Campaign::Pause(one) => {
            let view = desk.campaign_pause(session::campaign(&desk, one.campaign).await?).await;
            changed(view, output)
        }
        Campaign::Resume(one) => {
            let view = desk.campaign_resume(session::campaign(&desk, one.campaign).await?).await;
            changed(view, output)
        }
        Campaign::Stop(one) => {
            let view = desk.campaign_stop(session::campaign(&desk, one.campaign).await?).await;
            changed(view, output)
        }
        Campaign::Stats(one) => stats(&desk, session::campaign(&desk, one.campaign).await?, output).await,
        Campaign::Explain(one) => queue::explain(&desk, session::campaign(&desk, one.campaign).await?, output).await,
        Campaign::Preflight(one) => {
            queue::preflight(&desk, session::campaign(&desk, one.campaign).await?, output).await
        }
    }
}

fn changed(view: Result<CampaignView, IpcError>, output: Output) -> Result<(), Failure> {
    Ok(output.print(&view?, |view| format!("{} is {} ({} tasks).", view.form.name, view.state, view.counts.total))?)
}

async fn list(
    desk: &Desk,
    company: Option<&str>,
    states: Vec<CampaignState>,
    search: Option<String>,
    output: Output,
) -> Result<(), Failure> {
    let company_id = session::company(desk, company).await?.id;
    let mut query = CampaignQuery { company_id, states, skillbase_id: None, search, cursor: None, limit: PAGE };
    let mut all = desk.campaign_list(query.clone()).await?;
    while let Some(cursor) = all.next_cursor.take() {
        query.cursor = Some(cursor);
        let page = desk.campaign_list(query.clone()).await?;
        all.items.extend(page.items);
        all.next_cursor = page.next_cursor;
    }
    let words = |all: &callboard_contract::CampaignPage| {
        let rows: Vec<_> = all
            .items
            .iter()
            .map(|view| {
                let counts = view.counts;
                let done = format!("{}/{}", counts.completed, counts.total);
                [
                    view.id.to_string(),
                    view.state.to_string(),
                    done,
                    counts.in_progress.to_string(),
                    view.form.name.clone(),
                ]
            })
            .collect();
        table(["id", "state", "completed", "calls", "name"], &rows)
    };
    Ok(output.print(&all, words)?)
}

async fn create(desk: &Desk, create: Create) -> Result<CampaignView, Failure> {
    let company = session::company(desk, create.company.as_deref()).await?;
    let skillbases = desk.skillbase_list(SkillbaseQuery { company_id: company.id, archived: false }).await?.items;
    let skillbase = session::choose("skillbase", create.skillbase.as_deref(), skillbases, |skillbase| {
        (skillbase.id, &skillbase.name)
    })?;
    let Some((opens, closes)) = create.hours.split_once('-') else {
        return Err(Failure::Usage("The calling hours look like 09:00-21:00.".to_owned()));
    };
    let form = CampaignForm {
        name: create.name,
        description: create.description,
        skillbase_id: skillbase.id,
        calls_at_once: create.calls_at_once,
        calls_per_minute: create.calls_per_minute,
        max_attempts: create.max_attempts,
        retry_delay_minutes: create.retry_delay,
        retries: Vec::new(),
        weight: create.weight,
        spread: create.spread,
        daily_budget: create.daily_budget,
        ramp_up_from: create.ramp_up_from,
        hours: vec![SpanForm {
            weekdays: create.weekdays,
            opens: opens.trim().to_owned(),
            closes: closes.trim().to_owned(),
        }],
        closed_days: Vec::new(),
        time_zone: create.time_zone.unwrap_or(company.time_zone),
        local_time: false,
        starts_at: None,
        ends_at: None,
    };
    Ok(desk.campaign_create(CampaignCreate { company_id: company.id, form }).await?)
}

/// Both views of `campaign stats`.
#[derive(Serialize)]
struct Stats {
    overview: CampaignOverview,
    analytics: CampaignAnalytics,
}

async fn stats(desk: &Desk, campaign: CampaignRef, output: Output) -> Result<(), Failure> {
    let overview = desk.campaign_overview(campaign).await?;
    let analytics = desk.campaign_analytics(campaign).await?;
    Ok(output.print(&Stats { overview, analytics }, stats_in_words)?)
}

fn stats_in_words(Stats { overview, analytics }: &Stats) -> String {
    let percent = |share: Option<f64>| share.map_or_else(|| "-".to_owned(), |share| format!("{:.1} %", share * 100.0));
    let millis = |value: Option<f64>| value.map_or_else(|| "-".to_owned(), |value| format!("{value:.0}"));
    let counts = overview.campaign.counts;
    let figures = [
        ("campaign", overview.campaign.form.name.clone()),
        ("state", format!("{} ({})", overview.campaign.state, overview.dialing.reason)),
        ("tasks", counts.total.to_string()),
        ("completed", format!("{} ({:.2} %)", counts.completed, overview.campaign.completion_rate)),
        ("waiting", format!("{} first, {} again", counts.pending, counts.retry)),
        ("calls in progress", overview.live_calls.to_string()),
        ("calls ended", overview.calls_ended.to_string()),
        ("answered", format!("{} ({})", overview.calls_answered, percent(overview.answer_rate))),
        ("successes", format!("{} ({} of answered)", overview.successes, percent(overview.success_rate))),
        ("cost", money(&overview.cost_total)),
        ("cost per call", analytics.cost_per_call.as_ref().map_or_else(|| "-".to_owned(), money)),
    ];
    let figures: Vec<_> = figures.map(|(name, value)| [name.to_owned(), value]).into();
    let latencies: Vec<_> = analytics
        .latencies
        .iter()
        .map(|row| [row.kind.to_string(), row.turns.to_string(), millis(row.average_ms), millis(row.p95_ms)])
        .collect();
    let outcomes: Vec<_> =
        analytics.outcomes.iter().map(|row| [row.outcome.to_string(), row.count.to_string()]).collect();
    [
        table(["figure", "value"], &figures),
        table(["latency", "turns", "average ms", "p95 ms"], &latencies),
        table(["outcome", "calls"], &outcomes),
    ]
    .join("\n\n")
}

fn money(money: &MoneyView) -> String {
    format!("{} {}", money.amount, money.currency)
}

/// `import`.
///
/// # Errors
/// What the command list refuses, for example a file that cannot be read.
pub async fn import(desk: Desk, import: Import, output: Output) -> Result<(), Failure> {
    let campaign = session::campaign(&desk, import.campaign).await?;
    let report = desk.import_run(request(campaign, &import.file, import.dry_run)?).await?;
    Ok(output.print(&report, report_in_words)?)
}

/// The request to import a file of this machine.
///
/// # Errors
/// When the current folder is gone.
pub fn request(campaign: CampaignRef, file: &Path, dry_run: bool) -> Result<ImportRequest, Failure> {
    let path = std::path::absolute(file)?.display().to_string();
    let CampaignRef { company_id, campaign_id } = campaign;
    Ok(ImportRequest { company_id, campaign_id, source: ImportSource::Path { path }, dry_run })
}

fn report_in_words(report: &ImportReport) -> String {
    let counts = report.counts;
    let verb = if report.call_list_id.is_some() { "Imported" } else { "Checked" };
    let mut text = format!(
        "{verb} {} for {}: {} rows, {} tasks, {} in the file twice, {} in the campaign already, {} on the do-not-call list, \
         {} unusable, {} ignored.",
        report.file_name,
        report.campaign_name,
        counts.total,
        report.created,
        counts.duplicate,
        counts.in_campaign,
        counts.do_not_call,
        counts.invalid,
        counts.ignored
    );
    if !report.rejects.is_empty() {
        // What stood in the cell stays out: terminals are logged, and it may be a number.
        let rows: Vec<_> = report
            .rejects
            .iter()
            .map(|row| [row.line.to_string(), row.fate.to_string(), row.field.clone(), row.reason.clone()])
            .collect();
        text = format!("{text}\n\n{}", table(["line", "fate", "column", "reason"], &rows));
    }
    text
}
