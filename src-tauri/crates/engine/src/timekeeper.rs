//! What the clock, not a person, does: folds statistics and tells the windows, starts scheduled campaigns, ends those
//! whose end has passed, completes those whose last task has ended, skips tasks that came to wait while their number was
//! being forbidden. Any number of processes may run it.

use std::{collections::HashMap, time::Duration};

use callboard_contract::ErrorCode;
use callboard_core::{
    id::{CampaignId, CompanyId},
    notice::NoticeKind,
};
use callboard_db::{DbResult, campaigns as rows, campaigns::Due, deltas, lanes};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use crate::{
    breakers, budgets, campaigns,
    context::{Context, commit},
    do_not_call, imports,
    lines::Lines,
    notices::{self, Tell},
};

/// How often statistics are folded: windows are told within this.
const FOLD: Duration = Duration::from_millis(250);
/// How often it is looked what is due.
const DUE: Duration = Duration::from_secs(1);
/// How often it is looked for forbidden tasks that wait.
const SWEEP: Duration = Duration::from_secs(5);
/// Pause before a scheduled campaign whose line was not usable is tried again.
const TRY_AGAIN: Duration = Duration::from_secs(30);

/// Scheduled campaigns whose line was not usable, and when they are tried again.
#[derive(Debug, Default)]
pub struct Refused(HashMap<CampaignId, Instant>);

/// Runs until it is stopped.
pub async fn run(context: Context, lines: Lines, stop: CancellationToken) {
    // Beside the rest: after a long do-not-call list was added a sweep takes longer than windows may wait for figures.
    tokio::join!(sweep(&context, &stop), keep(&context, &lines, &stop), police(&context, &stop));
}

async fn sweep(context: &Context, stop: &CancellationToken) {
    let mut sweep = tokio::time::interval(SWEEP);
    sweep.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    while stop.run_until_cancelled(sweep.tick()).await.is_some() {
        match do_not_call::sweep(context).await {
            Ok(0) => {}
            Ok(skipped) => info!(tasks = skipped, "{skipped} tasks were skipped: their numbers must not be called"),
            Err(error) => warn!(error = %error, "It could not be looked for forbidden tasks that wait"),
        }
        if let Err(error) = take_stock(context).await {
            warn!(error = %error, "The tables that have grown could not be counted for the planner");
        }
        if let Err(error) = imports::forget_nobodys(context).await {
            warn!(error = %error, "It could not be looked for imports that nobody works on");
        }
    }
}

async fn keep(context: &Context, lines: &Lines, stop: &CancellationToken) {
    let mut fold = tokio::time::interval(FOLD);
    let mut due = tokio::time::interval(DUE);
    fold.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    due.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut refused = Refused::default();
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = fold.tick() => {
                if let Err(error) = deltas::fold(&context.db).await {
                    warn!(error = %error, "The statistics could not be folded");
                }
            }
            _ = due.tick() => look(context, lines, &mut refused).await,
        }
    }
}

/// Tells what the clock did; that it cannot be told keeps nothing else from being done.
pub(crate) async fn tell(context: &Context, company: CompanyId, tell: Tell) {
    let told = async {
        let mut tx = context.begin().await?;
        tell.tell(&mut tx, context, company).await?;
        commit(tx).await
    };
    if let Err(error) = told.await {
        warn!(error = %error, "A notice could not be written");
    }
}

/// Policies that the clock carries on: budgets, breakers, promised callbacks, campaigns that nobody dials.
async fn police(context: &Context, stop: &CancellationToken) {
    let mut soon = tokio::time::interval(DUE);
    let mut later = tokio::time::interval(SWEEP);
    soon.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    later.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = soon.tick() => look_at_breakers(context).await,
            _ = later.tick() => look_at_budgets(context).await,
        }
    }
}

async fn look_at_breakers(context: &Context) {
    if let Err(error) = breakers::look(context).await {
        warn!(error = %error, "It could not be looked for breakers whose rest is over");
    }
}

async fn look_at_budgets(context: &Context) {
    if let Err(error) = budgets::look(context).await {
        warn!(error = %error, "The budgets could not be looked at");
    }
    if let Err(error) = notices::look(context).await {
        warn!(error = %error, "It could not be looked for what people should be told");
    }
}

/// One look of every policy.
pub async fn police_once(context: &Context) {
    look_at_breakers(context).await;
    look_at_budgets(context).await;
}

async fn take_stock(context: &Context) -> DbResult<()> {
    let mut db = context.connection().await?;
    deltas::take_stock(&mut db).await.map(|_| ())
}

/// Computes the openings of lanes whose last one is over.
async fn open_lanes(context: &Context) -> DbResult<()> {
    loop {
        let mut tx = context.begin().await?;
        let opened = lanes::open_due(&mut tx).await?;
        commit(tx).await?;
        if opened == 0 {
            return Ok(());
        }
    }
}

/// One look at what is due.
pub async fn look(context: &Context, lines: &Lines, refused: &mut Refused) {
    if let Err(error) = open_lanes(context).await {
        warn!(error = %error, "The next calling hours could not be computed; what is not computed stays closed");
    }
    let due = async {
        let mut db = context.connection().await?;
        rows::due(&mut db).await
    };
    let due = match due.await {
        Ok(due) => due,
        Err(error) => {
            warn!(error = %error, "What is due could not be read");
            return;
        }
    };
    for item in due {
        let (campaign, done) = match item {
            Due::Complete(company, campaign) => {
                (campaign, campaigns::complete_if_done(context, company, campaign).await.map(|_| ()))
            }
            Due::End(company, campaign) => (campaign, campaigns::end(context, company, campaign).await),
            Due::Start(company, campaign) => {
                if refused.0.get(&campaign).is_some_and(|again| *again > Instant::now()) {
                    continue;
                }
                let started = campaigns::start(context, lines, company, campaign).await.map(|_| ());
                match &started {
                    Ok(()) => {
                        refused.0.remove(&campaign);
                        tell(context, company, Tell::of(NoticeKind::CampaignStarted).about(campaign)).await;
                    }
                    Err(error) => {
                        refused.0.insert(campaign, Instant::now() + TRY_AGAIN);
                        if error.code == ErrorCode::LineNotUsable {
                            let fault = error.params.get("fault").cloned().unwrap_or_default();
                            let tell_down = Tell::of(NoticeKind::LineDown)
                                .about(campaign)
                                .with("fault", fault)
                                .once(format!("line_down:{campaign}:{}", context.now().date_naive()));
                            tell(context, company, tell_down).await;
                        }
                    }
                }
                (campaign, started)
            }
        };
        match done {
            Ok(()) => {}
            // Another process was first.
            Err(error) if matches!(error.code, ErrorCode::AlreadyRunning | ErrorCode::IllegalTransition) => {}
            Err(error) => {
                warn!(campaign.id = %campaign, error.code = %error.code, error = %error, "Campaign {campaign} could not be moved on");
            }
        }
    }
}
