//! The pace that trunks and campaigns have earned, as rows: what a carrier left of a trunk's rate, what a ramp-up allows.
//! Refuses to decide: `callboard_core::pace` does.

use callboard_core::{
    id::{CallId, CampaignId, CompanyId},
    line::LineKind,
    pace::Slowdown,
};
use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use crate::{DbResult, error::parse};

/// How a call was dialled, and what its end may change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CallStanding {
    /// Ringing was reported.
    pub rang: bool,
    /// Over which line.
    pub line: LineKind,
    /// The breaker of its trunk lets one call at a time pass.
    pub trunk_probing: bool,
    /// That of its campaign does.
    pub campaign_probing: bool,
    /// Calls at once that the ramp-up of its campaign allows; none: no ramp-up.
    pub calls_allowed: Option<i32>,
    /// The campaign's calls at once.
    pub calls_at_once: i32,
    /// When the call was admitted.
    pub admitted_at: DateTime<Utc>,
}

/// Reads it.
///
/// # Errors
/// When the database does not answer or the row is inconsistent.
pub async fn standing(db: &mut PgConnection, company: CompanyId, call: CallId) -> DbResult<CallStanding> {
    let row = sqlx::query!(
        r#"select k.ringing_at is not null as "rang!", k.line, coalesce(t.probing, false) as "trunk_probing!",
                  c.probing as campaign_probing, c.calls_allowed::int as calls_allowed, c.calls_at_once, k.admitted_at
           from calls k
           join campaigns c on c.company_id = k.company_id and c.campaign_id = k.campaign_id
           left join trunks t on t.company_id = k.company_id and t.line = k.line
           where k.company_id = $1 and k.call_id = $2"#,
        company.0,
        call.0
    )
    .fetch_one(db)
    .await?;
    Ok(CallStanding {
        rang: row.rang,
        line: parse("calls", "line", call.0, &row.line)?,
        trunk_probing: row.trunk_probing,
        campaign_probing: row.campaign_probing,
        calls_allowed: row.calls_allowed,
        calls_at_once: row.calls_at_once,
        admitted_at: row.admitted_at,
    })
}

/// Sets what the ramp-up of a campaign allows, never above its calls at once.
///
/// # Errors
/// When the database does not answer.
pub async fn set_calls_allowed(
    db: &mut PgConnection,
    company: CompanyId,
    campaign: CampaignId,
    calls: i32,
) -> DbResult<()> {
    sqlx::query!(
        "update campaigns set calls_allowed = least($3, calls_at_once) where company_id = $1 and campaign_id = $2",
        company.0,
        campaign.0,
        calls
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Begins the ramp-up of a campaign anew, or ends it when the campaign has none (any more).
///
/// # Errors
/// When the database does not answer.
pub async fn begin_ramp_up(
    db: &mut PgConnection,
    company: CompanyId,
    campaign: CampaignId,
    anew: bool,
) -> DbResult<()> {
    sqlx::query!(
        "update campaigns
         set calls_allowed = least(case when $3 then ramp_up_from
                                        when ramp_up_from is not null then coalesce(calls_allowed, ramp_up_from) end,
                                   case when ramp_up_from is not null then calls_at_once end)
         where company_id = $1 and campaign_id = $2",
        company.0,
        campaign.0,
        anew
    )
    .execute(db)
    .await?;
    Ok(())
}

/// A trunk as its pace sees it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Trunk {
    /// Calls per second that are set; 0: no limit.
    pub calls_per_second: i32,
    /// What its carrier left of them.
    pub slowdown: Option<Slowdown>,
}

/// Locks the trunk of a line until the end of the transaction; makes it when nothing was ever set.
///
/// # Errors
/// When the database does not answer.
pub async fn lock_trunk(db: &mut PgConnection, company: CompanyId, line: LineKind) -> DbResult<Trunk> {
    sqlx::query!(
        "insert into trunks (company_id, line) values ($1, $2) on conflict do nothing",
        company.0,
        line.as_str()
    )
    .execute(&mut *db)
    .await?;
    let row = sqlx::query!(
        r#"select calls_per_second::int as "calls_per_second!", slowed_to, slowed_at
           from trunks where company_id = $1 and line = $2 for update"#,
        company.0,
        line.as_str()
    )
    .fetch_one(db)
    .await?;
    let slowdown = row.slowed_to.zip(row.slowed_at).map(|(rate, at)| Slowdown { rate, at });
    Ok(Trunk { calls_per_second: row.calls_per_second, slowdown })
}

/// Sets what the carrier left of a locked trunk's rate.
///
/// # Errors
/// When the database does not answer.
pub async fn set_slowdown(
    db: &mut PgConnection,
    company: CompanyId,
    line: LineKind,
    slowdown: Option<Slowdown>,
) -> DbResult<()> {
    sqlx::query!(
        "update trunks set slowed_to = $3, slowed_at = $4 where company_id = $1 and line = $2",
        company.0,
        line.as_str(),
        slowdown.map(|slowdown| slowdown.rate),
        slowdown.map(|slowdown| slowdown.at)
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Trunks that their carrier slowed down.
///
/// # Errors
/// When the database does not answer or a row is inconsistent.
pub async fn slowed(db: &mut PgConnection) -> DbResult<Vec<(CompanyId, LineKind)>> {
    let rows = sqlx::query!("select company_id, line from trunks where slowed_to is not null").fetch_all(db).await?;
    rows.into_iter()
        .map(|row| Ok((row.company_id.into(), parse("trunks", "line", row.company_id, &row.line)?)))
        .collect()
}
