//! Daily budgets as people are told of them: what is spent, what is in flight, where a day begins. Counted from the rows
//! that admission counts; refuses to stop anything: admission does.

use callboard_core::{
    id::{CampaignId, CompanyId},
    limits::Budget,
    money::Money,
};
use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::DbResult;

/// How a budget stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// The company.
    pub company_id: CompanyId,
    /// The campaign; none: the budget of the company.
    pub campaign_id: Option<CampaignId>,
    /// Its figures, in the currency of the company.
    pub budget: Budget,
    /// The currency.
    pub currency: String,
    /// The budget day.
    pub day: NaiveDate,
    /// When the next one begins.
    pub renews_at: DateTime<Utc>,
}

struct Row {
    company_id: Uuid,
    campaign_id: Option<Uuid>,
    daily_limit: Decimal,
    spent: Decimal,
    in_flight: Decimal,
    next_call: Decimal,
    currency: String,
    day: NaiveDate,
    renews_at: DateTime<Utc>,
}

impl From<Row> for Standing {
    fn from(row: Row) -> Self {
        Self {
            company_id: row.company_id.into(),
            campaign_id: row.campaign_id.map(Into::into),
            budget: Budget {
                limit: row.daily_limit.normalize(),
                spent: row.spent.normalize(),
                in_flight: row.in_flight.normalize(),
                next_call: row.next_call.normalize(),
            },
            currency: row.currency,
            day: row.day,
            renews_at: row.renews_at,
        }
    }
}

/// The budgets of a company and of its campaigns, or of all companies; those whose day is not computed yet are missing.
/// The next call of a company is the dearest of its running campaigns: admission takes care that any of them fits.
///
/// # Errors
/// When the database does not answer.
pub async fn standings(db: &mut PgConnection, company: Option<CompanyId>) -> DbResult<Vec<Standing>> {
    let rows = sqlx::query_as!(
        Row,
        r#"select b.company_id as "company_id!", b.campaign_id, b.daily_limit as "daily_limit!", b.spent as "spent!",
                  b.in_flight as "in_flight!", b.next_call as "next_call!", b.currency as "currency!", b.day as "day!",
                  b.renews_at as "renews_at!"
           from budget_standings b
           where $1::uuid is null or b.company_id = $1
           order by b.company_id, b.campaign_id nulls first"#,
        company.map(Uuid::from)
    )
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().map(Into::into).collect())
}

/// Appends the cost of a call that has just ended, when its budget day is known and it is in the currency of the company.
///
/// # Errors
/// When the database does not answer.
pub async fn spend(db: &mut PgConnection, company: CompanyId, campaign: CampaignId, cost: &Money) -> DbResult<()> {
    sqlx::query!(
        "insert into spendings (company_id, campaign_id, spent_at, amount)
         select o.company_id, $2, clock_timestamp(), $3::numeric
         from companies o
         join budget_days d on d.company_id = o.company_id and d.begins_at <= clock_timestamp() and d.ends_at > clock_timestamp()
         where o.company_id = $1 and o.currency = $4 and $3::numeric > 0",
        company.0,
        campaign.0,
        cost.amount,
        cost.currency.as_str()
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Companies with a budget or with a campaign that runs, whose present or next budget day is missing, and their zones.
///
/// # Errors
/// When the database does not answer.
pub async fn without_days(db: &mut PgConnection) -> DbResult<Vec<(CompanyId, String)>> {
    let rows = sqlx::query!(
        r#"select o.company_id, o.time_zone
           from companies o
           where (o.daily_budget is not null
                  or exists (select from campaigns c where c.company_id = o.company_id
                             and (c.daily_budget is not null or c.state = 'running')))
             and (not exists (select from budget_days d where d.company_id = o.company_id
                              and d.begins_at <= clock_timestamp() and d.ends_at > clock_timestamp())
                  or not exists (select from budget_days d where d.company_id = o.company_id
                                 and d.begins_at > clock_timestamp()))"#
    )
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().map(|row| (row.company_id.into(), row.time_zone)).collect())
}

/// Stores the bounds of a budget day. One that has begun keeps its bounds: what was spent in it is folded by them.
///
/// # Errors
/// When the database does not answer.
pub async fn put_day(
    db: &mut PgConnection,
    company: CompanyId,
    day: NaiveDate,
    (begins_at, ends_at): (DateTime<Utc>, DateTime<Utc>),
) -> DbResult<()> {
    sqlx::query!(
        "insert into budget_days as d (company_id, day, begins_at, ends_at) values ($1, $2, $3, $4)
         on conflict (company_id, day) do update set begins_at = excluded.begins_at, ends_at = excluded.ends_at
         where d.begins_at > clock_timestamp()",
        company.0,
        day,
        begins_at,
        ends_at
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Sets what a call in flight of the campaigns with a budget is taken to cost: the mean of the campaign's latest 200 calls
/// that cost something, else of the company's latest 200, else `otherwise`. Only where it differs.
///
/// # Errors
/// When the database does not answer.
pub async fn estimate(db: &mut PgConnection, company: CompanyId, otherwise: Decimal) -> DbResult<u64> {
    let done = sqlx::query!(
        "update campaigns c
         set call_estimate = e.estimate
         from (
             select c.campaign_id,
                    round(coalesce(own.mean, company.mean, $2), 6) as estimate
             from campaigns c
             join companies o on o.company_id = c.company_id
             cross join lateral (
                 select avg(m.cost_total) as mean
                 from (select k.call_id from calls k
                       where k.company_id = c.company_id and k.campaign_id = c.campaign_id
                       order by k.admitted_at desc limit 200) k
                 join call_metrics m on m.company_id = c.company_id and m.call_id = k.call_id
                 where m.currency = o.currency and m.cost_total > 0
             ) own
             cross join lateral (
                 select avg(m.cost_total) as mean
                 from (select k.call_id from calls k
                       where k.company_id = c.company_id order by k.admitted_at desc, k.call_id desc limit 200) k
                 join call_metrics m on m.company_id = c.company_id and m.call_id = k.call_id
                 where m.currency = o.currency and m.cost_total > 0
             ) company
             where c.company_id = $1 and c.state = 'running' and (c.daily_budget is not null or o.daily_budget is not null)
         ) e
         where c.company_id = $1 and c.campaign_id = e.campaign_id and c.call_estimate <> e.estimate",
        company.0,
        otherwise
    )
    .execute(db)
    .await?;
    Ok(done.rows_affected())
}
