//! Openings of campaigns: the instants between which the people of a lane may be called, computed ahead so that admission
//! and the dial intent compare instants and evaluate no hours. Refuses to guess: what was not computed is closed.
//!
//! Lanes are locked first and the hours are read in a statement after that. Whoever changes hours or holidays computes
//! the openings in the same transaction; the timekeeper, who computes the next ones, then either has computed before or
//! sees the change, and never writes what was computed from hours that do not hold any more.

use callboard_core::{
    id::{CampaignId, CompanyId},
    zone::ZoneSet,
};
use chrono::{DateTime, TimeDelta, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::{DbError, DbResult, hours};

/// When lanes without an opening within sight are looked at again.
const NOTHING_IN_SIGHT: TimeDelta = TimeDelta::days(1);
/// Lanes that are computed in one transaction.
const BATCH: i64 = 500;

/// Computes the openings of all lanes of a campaign, after its hours were changed or before it starts.
///
/// # Errors
/// When the database does not answer or a row is inconsistent.
pub async fn open_campaign(db: &mut PgConnection, company: CompanyId, campaign: CampaignId) -> DbResult<()> {
    let lanes = sqlx::query!(
        "select company_id, campaign_id, lane from campaign_lanes
         where company_id = $1 and campaign_id = $2 order by lane for update",
        company.0,
        campaign.0
    )
    .fetch_all(&mut *db)
    .await?;
    let lanes = lanes.into_iter().map(|row| (row.company_id, row.campaign_id, row.lane)).collect::<Vec<_>>();
    compute(db, &lanes).await
}

/// Computes the openings of those lanes of a campaign that have come with new tasks.
///
/// # Errors
/// When the database does not answer or a row is inconsistent.
pub async fn open_new(db: &mut PgConnection, company: CompanyId, campaign: CampaignId) -> DbResult<()> {
    let lanes = sqlx::query!(
        "select company_id, campaign_id, lane from campaign_lanes
         where company_id = $1 and campaign_id = $2 and look_again_at is null order by lane for update",
        company.0,
        campaign.0
    )
    .fetch_all(&mut *db)
    .await?;
    let lanes = lanes.into_iter().map(|row| (row.company_id, row.campaign_id, row.lane)).collect::<Vec<_>>();
    compute(db, &lanes).await
}

/// Computes the openings of all campaigns of a company that are not over, after its holidays were changed.
///
/// # Errors
/// When the database does not answer or a row is inconsistent.
pub async fn open_company(db: &mut PgConnection, company: CompanyId) -> DbResult<()> {
    let lanes = sqlx::query!(
        "select n.company_id, n.campaign_id, n.lane from campaign_lanes n
         join campaigns c on c.company_id = n.company_id and c.campaign_id = n.campaign_id
         where n.company_id = $1 and c.state not in ('completed', 'cancelled')
         order by n.campaign_id, n.lane for update of n",
        company.0
    )
    .fetch_all(&mut *db)
    .await?;
    let lanes = lanes.into_iter().map(|row| (row.company_id, row.campaign_id, row.lane)).collect::<Vec<_>>();
    compute(db, &lanes).await
}

/// Computes the next openings of lanes whose present one is over, of campaigns that dial or will: how many.
///
/// # Errors
/// When the database does not answer or a row is inconsistent.
pub async fn open_due(db: &mut PgConnection) -> DbResult<usize> {
    let lanes = sqlx::query!(
        "select n.company_id, n.campaign_id, n.lane from campaigns c
         join campaign_lanes n on n.company_id = c.company_id and n.campaign_id = c.campaign_id
         where c.state in ('scheduled', 'running', 'paused')
           and (n.look_again_at is null or n.look_again_at <= clock_timestamp())
         limit $1
         for update of n skip locked",
        BATCH
    )
    .fetch_all(&mut *db)
    .await?;
    let lanes = lanes.into_iter().map(|row| (row.company_id, row.campaign_id, row.lane)).collect::<Vec<_>>();
    compute(db, &lanes).await?;
    Ok(lanes.len())
}

/// The opening of a lane, and when it is to be computed again.
struct Opening {
    from: Option<DateTime<Utc>>,
    until: Option<DateTime<Utc>>,
    look_again_at: DateTime<Utc>,
}

/// Computes and stores the openings of lanes that are locked.
async fn compute(db: &mut PgConnection, lanes: &[(Uuid, Uuid, i16)]) -> DbResult<()> {
    if lanes.is_empty() {
        return Ok(());
    }
    let company_ids: Vec<Uuid> = lanes.iter().map(|lane| lane.0).collect();
    let campaign_ids: Vec<Uuid> = lanes.iter().map(|lane| lane.1).collect();
    let lane_ids: Vec<i16> = lanes.iter().map(|lane| lane.2).collect();
    let rows = sqlx::query!(
        r#"select f.n as "n!", c.campaign_id, c.span_weekdays, c.span_opens, c.span_closes, c.closed_days, c.time_zone,
                  case when c.local_time then z.zones else '' end as "zones!",
                  array(select h.day from company_holidays h where h.company_id = c.company_id) as "holidays!",
                  clock_timestamp() as "now!"
           from unnest($1::uuid[], $2::uuid[], $3::smallint[]) with ordinality as f(company_id, campaign_id, lane, n)
           join campaigns c on c.company_id = f.company_id and c.campaign_id = f.campaign_id
           join zone_sets z on z.zone_set_id = f.lane
           order by f.n"#,
        &company_ids,
        &campaign_ids,
        &lane_ids
    )
    .fetch_all(&mut *db)
    .await?;
    let mut computed: Vec<((Uuid, Uuid, i16), Opening)> = Vec::with_capacity(rows.len());
    for row in rows {
        let hours = hours::Columns {
            weekdays: row.span_weekdays,
            opens: row.span_opens,
            closes: row.span_closes,
            closed_days: row.closed_days,
            zone: row.time_zone,
        };
        let window = hours.window(row.campaign_id)?.without(&row.holidays.into_iter().collect());
        let zones: ZoneSet =
            row.zones.parse().map_err(|_| DbError::inconsistent("zone_sets", "zones", row.campaign_id, &row.zones))?;
        let zones = if zones.is_empty() { ZoneSet::from(window.zone) } else { zones };
        let interval = window.interval_at_or_after(row.now, &zones);
        let opening = Opening {
            from: interval.map(|(from, _)| from),
            until: interval.map(|(_, until)| until),
            look_again_at: interval.map_or(row.now + NOTHING_IN_SIGHT, |(_, until)| until),
        };
        let Some(lane) = usize::try_from(row.n - 1).ok().and_then(|at| lanes.get(at)) else { continue };
        computed.push((*lane, opening));
    }
    let company_ids: Vec<Uuid> = computed.iter().map(|(lane, _)| lane.0).collect();
    let campaign_ids: Vec<Uuid> = computed.iter().map(|(lane, _)| lane.1).collect();
    let lane_ids: Vec<i16> = computed.iter().map(|(lane, _)| lane.2).collect();
    let from: Vec<_> = computed.iter().map(|(_, opening)| opening.from).collect();
    let until: Vec<_> = computed.iter().map(|(_, opening)| opening.until).collect();
    let look_again_at: Vec<_> = computed.iter().map(|(_, opening)| opening.look_again_at).collect();
    sqlx::query!(
        "update campaign_lanes n set open_from = f.open_from, open_until = f.open_until, look_again_at = f.look_again_at
         from unnest($1::uuid[], $2::uuid[], $3::smallint[], $4::timestamptz[], $5::timestamptz[], $6::timestamptz[])
              as f(company_id, campaign_id, lane, open_from, open_until, look_again_at)
         where n.company_id = f.company_id and n.campaign_id = f.campaign_id and n.lane = f.lane",
        &company_ids,
        &campaign_ids,
        &lane_ids,
        &from as _,
        &until as _,
        &look_again_at
    )
    .execute(db)
    .await?;
    Ok(())
}
