//! What the end of a call means for its trunk and its campaign: circuit breakers, the pace that a carrier allows, the
//! ramp-up. Owns the order (lock, read, judge, set the gate, tell) within the transaction that ends the call, so that a
//! probing breaker is judged before the next call can pass. Refuses to judge: the rules are in `callboard_core`.

use callboard_core::{
    breaker::{BreakerCause, BreakerState, Ended, Health, Trip, judge},
    id::{CampaignId, CompanyId},
    notice::NoticeKind,
    pace::{self, Slowdown},
    retry::Situation,
};
use callboard_db::{
    DbResult, PgConnection,
    breakers::{self as rows, Subject},
    paces::{self, CallStanding},
};
use chrono::{DateTime, Utc};
use tracing::{info, warn};

use crate::{
    context::{Context, commit},
    error::{OrFault, UseCase},
    events,
    notices::Tell,
};

/// Calls that are looked back at: more than any rule needs.
const LOOK_BACK: i64 = 200;
/// Calls per second that a trunk without a limit is taken to be able to, once its carrier has limited it.
pub(crate) const WITHOUT_LIMIT: i32 = 10;

/// A call that has ended, and where.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Call {
    pub(crate) company: CompanyId,
    pub(crate) campaign: CampaignId,
    pub(crate) ended: Ended,
    pub(crate) standing: CallStanding,
}

/// Carries out what follows from a call, in the transaction that has just ended it.
pub(crate) async fn after_call(db: &mut PgConnection, context: &Context, call: &Call) -> DbResult<()> {
    let standing = &call.standing;
    let health = call.ended.health();
    for (subject, probing) in [
        (Subject::Trunk(standing.line), standing.trunk_probing),
        (Subject::Campaign(call.campaign), standing.campaign_probing),
    ] {
        if probing {
            probed(db, context, call, subject, standing.admitted_at).await?;
        } else if speaks_against(subject, &call.ended) {
            suspect(db, context, call, subject).await?;
        }
    }
    if call.ended.situation == Some(Situation::CarrierLimit) {
        slow_down(db, context, call).await?;
    }
    if let Some(allowed) = standing.calls_allowed {
        let next = pace::ramp_up(allowed, standing.calls_at_once, [health]);
        if next != allowed {
            ramp(db, context, call, (allowed, next)).await?;
        }
    }
    Ok(())
}

/// Whether a call can trip a closed breaker at all: others need not be looked at.
fn speaks_against(subject: Subject, ended: &Ended) -> bool {
    match subject {
        Subject::Trunk(_) => matches!(
            ended.situation,
            Some(Situation::CarrierFault | Situation::LineFault | Situation::Unreachable | Situation::InvalidNumber)
        ),
        Subject::Campaign(_) => ended.situation == Some(Situation::AgentFault),
    }
}

async fn suspect(db: &mut PgConnection, context: &Context, call: &Call, subject: Subject) -> DbResult<()> {
    let breaker = rows::lock(db, call.company, subject).await?;
    if breaker.state != BreakerState::Closed {
        return Ok(());
    }
    let calls = rows::ended(db, call.company, subject, breaker.judged_after, LOOK_BACK).await?;
    match judge(subject.scope(), &calls, call.ended.at) {
        Some(trip) => open(db, context, call, subject, &trip, breaker.trips + 1).await,
        None => Ok(()),
    }
}

/// The end of a call that a probing breaker let pass. One that was admitted before says nothing about the line of now.
async fn probed(
    db: &mut PgConnection,
    context: &Context,
    call: &Call,
    subject: Subject,
    admitted_at: DateTime<Utc>,
) -> DbResult<()> {
    let breaker = rows::lock(db, call.company, subject).await?;
    if breaker.state != BreakerState::Probing || breaker.judged_after.is_some_and(|since| admitted_at < since) {
        return Ok(());
    }
    match call.ended.health() {
        Health::Neutral => Ok(()),
        Health::Healthy => close(db, context, call.company, subject).await,
        // A fault of the agent says nothing about the trunk, and one of the trunk nothing about the agent.
        Health::Faulty if !speaks_against(subject, &call.ended) => Ok(()),
        Health::Faulty => {
            let cause = breaker.cause.unwrap_or(BreakerCause::Faults);
            let trip = Trip { cause, calls: vec![call.ended.call_id] };
            open(db, context, call, subject, &trip, breaker.trips + 1).await
        }
    }
}

async fn open(
    db: &mut PgConnection,
    context: &Context,
    call: &Call,
    subject: Subject,
    trip: &Trip,
    trips: i32,
) -> DbResult<()> {
    let probes_at = trip.until(call.ended.at, trips);
    let calls: Vec<_> = trip.calls.iter().map(|call| call.0).collect();
    rows::open(db, call.company, subject, (trip.cause, trips), probes_at, &calls).await?;
    let mut tell = Tell::of(NoticeKind::BreakerOpened)
        .with("scope", subject.scope())
        .with("cause", trip.cause)
        .with("calls", trip.calls.len());
    if let Subject::Trunk(line) = subject {
        tell = tell.with("line", line);
    }
    if let Some(at) = probes_at {
        tell = tell.with("until", at.to_rfc3339());
    }
    about(tell, subject).tell(db, context, call.company).await?;
    events::announce(db, Some(call.company), &["campaigns", "live", "settings"]).await?;
    warn!(
        company.id = %call.company,
        breaker.scope = %subject.scope(),
        breaker.cause = %trip.cause,
        "A breaker opened: {} ({}), after {} calls",
        subject.scope(),
        trip.cause,
        trip.calls.len()
    );
    Ok(())
}

async fn close(db: &mut PgConnection, context: &Context, company: CompanyId, subject: Subject) -> DbResult<()> {
    rows::close(db, company, subject).await?;
    let mut tell = Tell::of(NoticeKind::BreakerClosed).with("scope", subject.scope());
    if let Subject::Trunk(line) = subject {
        tell = tell.with("line", line);
    }
    about(tell, subject).tell(db, context, company).await?;
    events::announce(db, Some(company), &["campaigns", "live", "settings"]).await?;
    info!(company.id = %company, breaker.scope = %subject.scope(), "A breaker closed: {}", subject.scope());
    Ok(())
}

fn about(tell: Tell, subject: Subject) -> Tell {
    match subject.campaign() {
        Some(campaign) => tell.about(campaign),
        None => tell,
    }
}

async fn slow_down(db: &mut PgConnection, context: &Context, call: &Call) -> DbResult<()> {
    let trunk = paces::lock_trunk(db, call.company, call.standing.line).await?;
    let full = if trunk.calls_per_second == 0 { WITHOUT_LIMIT } else { trunk.calls_per_second };
    let Some(slowdown) = pace::slow_down(full, trunk.slowdown, call.ended.at) else { return Ok(()) };
    paces::set_slowdown(db, call.company, call.standing.line, Some(slowdown)).await?;
    if trunk.slowdown.is_none() {
        Tell::of(NoticeKind::TrunkSlowed)
            .with("line", call.standing.line)
            .with("rate", format!("{:.1}", slowdown.rate))
            .with("limit", full)
            .tell(db, context, call.company)
            .await?;
    }
    events::announce(db, Some(call.company), &["settings", "live"]).await?;
    warn!(company.id = %call.company, line = %call.standing.line, "The carrier limits the trunk: {:.1} calls a second from now on", slowdown.rate);
    Ok(())
}

async fn ramp(db: &mut PgConnection, context: &Context, call: &Call, (allowed, next): (i32, i32)) -> DbResult<()> {
    paces::set_calls_allowed(db, call.company, call.campaign, next).await?;
    if next < allowed {
        Tell::of(NoticeKind::RampUpHeld)
            .about(call.campaign)
            .with("from", allowed)
            .with("to", next)
            .once(format!("ramp_up:{}:{}", call.campaign, call.ended.at.format("%Y-%m-%dT%H")))
            .tell(db, context, call.company)
            .await?;
    }
    Ok(())
}

/// Lets a call pass through every breaker whose rest is over, and gives trunks that have recovered their full rate. Any
/// number of processes may do so.
pub(crate) async fn look(context: &Context) -> DbResult<()> {
    let mut db = context.connection().await?;
    let rested = rows::rested(&mut db).await?;
    let slowed = paces::slowed(&mut db).await?;
    drop(db);
    for (company, subject) in rested {
        let mut tx = context.begin().await?;
        let breaker = rows::lock(&mut tx, company, subject).await?;
        let now = callboard_db::now(&mut tx).await?;
        if breaker.state == BreakerState::Open && breaker.probes_at.is_some_and(|at| at <= now) {
            rows::probe(&mut tx, company, subject).await?;
            events::announce(&mut tx, Some(company), &["campaigns", "live", "settings"]).await?;
            commit(tx).await?;
            info!(company.id = %company, "A breaker lets one call pass: {}", subject.scope());
        }
    }
    for (company, line) in slowed {
        let mut tx = context.begin().await?;
        let trunk = paces::lock_trunk(&mut tx, company, line).await?;
        let full = if trunk.calls_per_second == 0 { WITHOUT_LIMIT } else { trunk.calls_per_second };
        let now = callboard_db::now(&mut tx).await?;
        if trunk.slowdown.is_some_and(|slowdown: Slowdown| pace::recovered_at(full, slowdown) <= now) {
            paces::set_slowdown(&mut tx, company, line, None).await?;
            Tell::of(NoticeKind::TrunkRecovered).with("line", line).tell(&mut tx, context, company).await?;
            events::announce(&mut tx, Some(company), &["settings", "live"]).await?;
            commit(tx).await?;
        }
    }
    Ok(())
}

/// Closes a breaker by hand.
///
/// # Errors
/// When the database is away.
pub(crate) async fn close_by_hand(context: &Context, company: CompanyId, subject: Subject) -> UseCase<()> {
    let mut tx = context.begin().await.or_fault(context)?;
    let breaker = rows::lock(&mut tx, company, subject).await.or_fault(context)?;
    if breaker.state != BreakerState::Closed {
        close(&mut tx, context, company, subject).await.or_fault(context)?;
    }
    commit(tx).await.or_fault(context)
}
