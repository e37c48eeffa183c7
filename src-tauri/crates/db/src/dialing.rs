//! The facts behind the sentence why a campaign does or does not dial, counted from the rows that admission counts.

use callboard_core::id::{CampaignId, CompanyId};
use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use crate::DbResult;

/// What the sentence "is it dialling, why not" is made of, counted from the rows that admission counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DialingFacts {
    /// The database's clock.
    pub now: DateTime<Utc>,
    /// Its window is open.
    pub window_open: bool,
    /// A live worker exists.
    pub worker_alive: bool,
    /// Calls in progress of the campaign.
    pub campaign_live: i32,
    /// Of the company.
    pub company_live: i32,
    /// Its limit.
    pub company_limit: i32,
    /// Of all companies.
    pub system_live: i32,
    /// The limit over all.
    pub system_limit: i32,
    /// Calls of the campaign that count against its minute.
    pub minute_used: i32,
    /// When the oldest of them stops counting.
    pub minute_free_at: Option<DateTime<Utc>>,
    /// Calls of the campaign whose dial intent is younger than 60 seconds.
    pub started_last_minute: i32,
    /// When the first waiting task is due.
    pub first_due_at: Option<DateTime<Utc>>,
}

/// Reads the facts in one snapshot.
///
/// # Errors
/// When the database does not answer.
pub async fn facts(db: &mut PgConnection, company: CompanyId, id: CampaignId) -> DbResult<DialingFacts> {
    Ok(sqlx::query_as!(
        DialingFacts,
        r#"select clock.now as "now!",
                  (window_is_open(clock.now, c.window_opens, c.window_closes, c.weekdays, c.time_zone)
                   or (c.local_time and exists (
                       select from campaign_lanes n join zone_sets z on z.zone_set_id = n.lane
                       where n.company_id = $1 and n.campaign_id = $2
                         and lane_is_open(clock.now, c.window_opens, c.window_closes, c.weekdays, c.time_zone, true, z.zones)
                   ))) as "window_open!",
                  exists (select from workers w where w.alive_until > clock.now) as "worker_alive!",
                  (select count(*)::int from leases l where l.company_id = $1 and l.campaign_id = $2) as "campaign_live!",
                  (select count(*)::int from leases l where l.company_id = $1) as "company_live!",
                  o.calls_at_once as company_limit,
                  (select count(*)::int from leases) as "system_live!",
                  (select calls_at_once from system_settings) as "system_limit!",
                  (recent.dialed + (select count(*)::int from leases l
                     where l.company_id = $1 and l.campaign_id = $2 and l.dial_at is null)) as "minute_used!",
                  recent.free_at as minute_free_at,
                  recent.last_minute as "started_last_minute!",
                  least((select min(t.due_at) from call_tasks t
                         where t.company_id = $1 and t.campaign_id = $2 and t.status = 'pending'),
                        (select min(t.due_at) from call_tasks t
                         where t.company_id = $1 and t.campaign_id = $2 and t.status = 'retry')) as first_due_at
           from campaigns c
           join companies o on o.company_id = c.company_id
           cross join (select clock_timestamp() as now offset 0) clock
           cross join lateral (
               select count(*)::int as dialed,
                      count(*) filter (where k.dial_intent_at > clock.now - interval '60 seconds')::int as last_minute,
                      min(k.dial_intent_at) + interval '62 seconds' as free_at
               from calls k
               where k.company_id = $1 and k.campaign_id = $2 and k.dial_intent_at > clock.now - interval '62 seconds'
           ) recent
           where c.company_id = $1 and c.campaign_id = $2"#,
        company.0,
        id.0
    )
    .fetch_one(db)
    .await?)
}

/// The database's clock: what admission compares with.
///
/// # Errors
/// When the database does not answer.
pub async fn now(db: &mut PgConnection) -> DbResult<DateTime<Utc>> {
    Ok(sqlx::query_scalar!(r#"select clock_timestamp() as "now!""#).fetch_one(db).await?)
}
