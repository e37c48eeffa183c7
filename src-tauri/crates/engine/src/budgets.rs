//! Daily budgets: where a day begins, what a call in flight is taken to cost, and who is told when one runs low. Refuses to
//! stop anything: admission counts the same rows and stops by itself, and goes on by itself when a budget is raised or
//! renewed.

use callboard_core::{
    cost::{Prices, Usage, cost},
    id::CompanyId,
    limits::{BUDGET_WARNING_PERCENT, BudgetState},
    notice::NoticeKind,
    window::parse_zone,
};
use callboard_db::{
    DbResult,
    budgets::{self as rows, Standing},
};
use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;
use rust_decimal::Decimal;
use tracing::warn;

use crate::{
    context::{Context, commit},
    notices::Tell,
    settings,
};

/// A call of which nothing is known yet: two minutes on the line, of which the person speaks one, and what an agent reads
/// and says in that time.
const TYPICAL_CALL: Usage = Usage {
    stt_seconds: 60.0,
    llm_input_tokens: 6_000,
    llm_output_tokens: 400,
    tts_characters: 1_000,
    line_seconds: 120.0,
};

/// What a call costs of which nothing is known yet.
pub(crate) fn typical_cost(prices: &Prices) -> Decimal {
    cost(prices, &TYPICAL_CALL).map_or(Decimal::ZERO, |cost| cost.total.amount)
}

/// The first instant of a date in a zone: its midnight, or what comes first where that is left out.
fn midnight(zone: Tz, day: NaiveDate) -> Option<DateTime<Utc>> {
    (0..24 * 4).find_map(|quarter| {
        let local = day.and_time(NaiveTime::MIN) + TimeDelta::minutes(quarter * 15);
        zone.from_local_datetime(&local).earliest().map(|at| at.to_utc())
    })
}

/// A date and its bounds: from its first instant to the first of the next.
type Day = (NaiveDate, (DateTime<Utc>, DateTime<Utc>));

/// Today and tomorrow of a company.
fn days(zone: Tz, now: DateTime<Utc>) -> Vec<Day> {
    let today = now.with_timezone(&zone).date_naive();
    let dates = [0, 1].map(|ahead| today.checked_add_days(Days::new(ahead)));
    dates
        .into_iter()
        .flatten()
        .filter_map(|day| Some((day, (midnight(zone, day)?, midnight(zone, day.checked_add_days(Days::new(1))?)?))))
        .collect()
}

/// Computes the budget days that are missing. A budget without its day is closed, so a change of budgets calls this too.
pub(crate) async fn keep_days(context: &Context) -> DbResult<()> {
    let mut db = context.connection().await?;
    let missing = rows::without_days(&mut db).await?;
    if missing.is_empty() {
        return Ok(());
    }
    let now = callboard_db::now(&mut db).await?;
    drop(db);
    for (company, zone) in missing {
        let Some(zone) = parse_zone(&zone) else {
            warn!(company.id = %company, "The zone of company {company} is not known; its budgets are closed");
            continue;
        };
        let mut tx = context.begin().await?;
        for (day, bounds) in days(zone, now) {
            rows::put_day(&mut tx, company, day, bounds).await?;
        }
        commit(tx).await?;
    }
    Ok(())
}

/// Learns what calls cost, and tells who is near the end of a budget: once a day each.
pub(crate) async fn look(context: &Context) -> DbResult<()> {
    keep_days(context).await?;
    let mut db = context.connection().await?;
    let standings = rows::standings(&mut db, None).await?;
    drop(db);
    let mut companies: Vec<CompanyId> = standings.iter().map(|standing| standing.company_id).collect();
    companies.dedup();
    for company in companies {
        let mut tx = context.begin().await?;
        let prices = settings::prices_of(&mut tx, company).await?;
        rows::estimate(&mut tx, company, typical_cost(&prices)).await?;
        for standing in rows::standings(&mut tx, Some(company)).await? {
            tell(&mut tx, context, &standing).await?;
        }
        commit(tx).await?;
    }
    Ok(())
}

async fn tell(db: &mut callboard_db::PgConnection, context: &Context, standing: &Standing) -> DbResult<()> {
    let budget = &standing.budget;
    let kind = match budget.state() {
        BudgetState::Fine => return Ok(()),
        BudgetState::Warning => NoticeKind::BudgetWarning,
        BudgetState::Stopped => NoticeKind::BudgetStopped,
    };
    let scope = standing.campaign_id.map_or_else(|| "company".to_owned(), |id| id.to_string());
    let tell = Tell::of(kind)
        .with("scope", if standing.campaign_id.is_some() { "campaign" } else { "company" })
        .with("spent", (budget.spent + budget.in_flight).normalize())
        .with("limit", budget.limit.normalize())
        .with("percent", BUDGET_WARNING_PERCENT)
        .with("currency", &standing.currency)
        .with("until", standing.renews_at.to_rfc3339())
        // A raised budget may run low once more on the same day.
        .once(format!("{}:{scope}:{}:{}", kind.as_str(), standing.day, budget.limit.normalize()));
    let tell = match standing.campaign_id {
        Some(campaign) => tell.about(campaign),
        None => tell,
    };
    tell.tell(db, context, standing.company_id).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Issue 4, 1: the budget begins anew at the company's midnight, also on days of 23 and 25 hours and where midnight is
    /// left out.
    #[test]
    fn a_budget_day_lasts_from_one_local_midnight_to_the_next() {
        let hours = |zone: Tz, now: &str| {
            let days = days(zone, now.parse().expect("an instant"));
            days.into_iter()
                .map(|(day, (begins, ends))| (day.to_string(), begins.to_rfc3339(), (ends - begins).num_hours()))
                .collect::<Vec<_>>()
        };
        let moscow = hours(chrono_tz::Europe::Moscow, "2026-11-28T22:30:00Z");
        assert_eq!(moscow[0], ("2026-11-29".to_owned(), "2026-11-28T21:00:00+00:00".to_owned(), 24));
        assert_eq!(moscow[1].0, "2026-11-30");
        assert_eq!(hours(chrono_tz::Europe::Berlin, "2026-03-28T12:00:00Z")[1].2, 23, "clocks go forward");
        assert_eq!(hours(chrono_tz::Europe::Berlin, "2026-10-25T12:00:00Z")[0].2, 25, "clocks go back");
        let santiago = hours(chrono_tz::America::Santiago, "2026-09-06T12:00:00Z");
        assert_eq!(santiago[0], ("2026-09-06".to_owned(), "2026-09-06T04:00:00+00:00".to_owned(), 23));
    }
}
