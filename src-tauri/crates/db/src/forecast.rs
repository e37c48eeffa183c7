//! What a forecast is played from: who waits, how calls have ended. Refuses to play: `callboard_core::plan` does.

use callboard_core::{
    call::Disposition,
    id::{CampaignId, CompanyId},
    line::LineKind,
    retry::Situation,
};
use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::{
    DbResult,
    error::{parse, parse_optional},
};

/// Calls that a mix is measured on at most, the latest ones.
const MOST_CALLS: i64 = 2_000;

/// Somebody who waits or is in a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// Not dialled before.
    pub due_at: DateTime<Utc>,
    /// Higher is dialled first.
    pub priority: i32,
    /// Attempts used, the one in progress not counted.
    pub used: i32,
    /// Zones: an id of [`lanes`].
    pub lane: i16,
    /// Numbers of the contact.
    pub numbers: i32,
    /// On a do-not-call list.
    pub forbidden: bool,
    /// In a call now.
    pub in_progress: bool,
    /// When its number was called in the last month; empty where the company has no caps.
    pub called: Vec<DateTime<Utc>>,
}

/// Everybody who waits in a campaign or is in a call, in the order of the list.
///
/// # Errors
/// When the database does not answer.
pub async fn waiting(
    db: &mut PgConnection,
    company: CompanyId,
    campaign: CampaignId,
    has_caps: bool,
) -> DbResult<Vec<Waiting>> {
    Ok(sqlx::query_as!(
        Waiting,
        r#"with open as (
               select t.*, false as called_now from call_tasks t where t.company_id = $1 and t.campaign_id = $2 and t.waits
               union all
               select t.*, true from leases l join call_tasks t on t.company_id = l.company_id and t.task_id = l.task_id
               where l.company_id = $1 and l.campaign_id = $2
           ), prefixes as materialized (
               select pattern from do_not_call
               where company_id = $1 and kind = 'prefix' and (campaign_id is null or campaign_id = $2)
           )
           select t.due_at as "due_at!", t.priority as "priority!",
                  (t.attempts - t.free_attempts - t.called_now::int) as "used!", t.lane as "lane!",
                  1 + coalesce(cardinality(p.other_phones), 0) as "numbers!",
                  (exists (select from do_not_call d where d.company_id = $1 and d.kind = 'number' and d.pattern = t.phone
                           and (d.campaign_id is null or d.campaign_id = $2))
                   or exists (select from prefixes d where starts_with(t.phone, d.pattern))) as "forbidden!",
                  t.called_now as "in_progress!",
                  case when $3 then array(select k.dial_intent_at from calls k
                                          where k.company_id = $1 and k.phone = t.phone and not k.is_released
                                            and k.admitted_at > clock_timestamp() - interval '32 days'
                                            and k.dial_intent_at is not null)
                       else '{}'::timestamptz[] end as "called!"
           from open t
           left join contacts p on p.company_id = t.company_id and p.contact_id = t.contact_id
           order by t.position"#,
        company.0,
        campaign.0,
        has_caps
    )
    .fetch_all(db)
    .await?)
}

/// The zones of a campaign's lanes, joined by `&`, with their ids.
///
/// # Errors
/// When the database does not answer.
pub async fn lanes(db: &mut PgConnection, company: CompanyId, campaign: CampaignId) -> DbResult<Vec<(i16, String)>> {
    let rows = sqlx::query!(
        "select n.lane, z.zones from campaign_lanes n join zone_sets z on z.zone_set_id = n.lane
         where n.company_id = $1 and n.campaign_id = $2 order by n.lane",
        company.0,
        campaign.0
    )
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().map(|row| (row.lane, row.zones)).collect())
}

/// One way in which calls have ended.
#[derive(Debug, Clone, PartialEq)]
pub struct Seen {
    /// It was a first attempt.
    pub first: bool,
    /// How dialling ended.
    pub disposition: Disposition,
    /// The row of the retry table that applied.
    pub situation: Option<Situation>,
    /// How often.
    pub calls: i32,
    /// Deciles of the seconds for which such a call held its slot.
    pub hold_seconds: Vec<f64>,
    /// What it cost on average, in the company's currency.
    pub cost: Decimal,
}

/// How the latest calls have ended: of a campaign, or of all campaigns of the company over a line.
///
/// # Errors
/// When the database does not answer or a row is inconsistent.
pub async fn seen(
    db: &mut PgConnection,
    company: CompanyId,
    campaign: Option<CampaignId>,
    line: LineKind,
) -> DbResult<Vec<Seen>> {
    let rows = sqlx::query!(
        r#"with latest as (
               (select k.* from calls k
                where k.company_id = $1 and k.campaign_id = $2 order by k.admitted_at desc limit $4)
               union all
               (select k.* from calls k
                where k.company_id = $1 and $2::uuid is null order by k.admitted_at desc, k.call_id desc limit $4)
           )
           select k.attempt = 1 as "first!", k.disposition as "disposition!", k.situation, count(*)::int as "calls!",
                  percentile_disc(array[0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1])
                      within group (order by extract(epoch from k.ended_at - k.admitted_at)::float8) as "hold_seconds!",
                  round(avg(coalesce(m.cost_total, 0)), 6) as "cost!"
           from latest k
           join companies o on o.company_id = k.company_id
           left join call_metrics m on m.company_id = k.company_id and m.call_id = k.call_id and m.currency = o.currency
           where k.state = 'ended' and k.line = $3 and k.dial_intent_at is not null
           group by 1, 2, 3
           order by 4 desc"#,
        company.0,
        campaign.map(Uuid::from),
        line.as_str(),
        MOST_CALLS
    )
    .fetch_all(db)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Seen {
                first: row.first,
                disposition: parse("calls", "disposition", company.0, &row.disposition)?,
                situation: parse_optional("calls", "situation", company.0, row.situation.as_deref())?,
                calls: row.calls,
                hold_seconds: row.hold_seconds,
                cost: row.cost,
            })
        })
        .collect()
}
