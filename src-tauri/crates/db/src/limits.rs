//! What a company sets for all its campaigns, its holidays and its trunks. Refuses to count what is used.

use callboard_core::{
    id::CompanyId,
    limits::{CompanyLimits, NumberCaps},
    line::LineKind,
    pace::Slowdown,
};
use chrono::NaiveDate;
use sqlx::PgConnection;

use crate::{DbResult, error::parse};

/// A date on which the company calls nobody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holiday {
    /// The date.
    pub day: NaiveDate,
    /// What is celebrated.
    pub name: String,
}

/// The limits of a company; none when it does not exist.
///
/// # Errors
/// When the database does not answer.
pub async fn company(db: &mut PgConnection, company: CompanyId) -> DbResult<Option<CompanyLimits>> {
    let row = sqlx::query!(
        r#"select calls_at_once, daily_budget, number_per_day, number_per_week, number_per_month, number_gap_minutes,
                  array(select h.day from company_holidays h where h.company_id = o.company_id) as "holidays!"
           from companies o where company_id = $1"#,
        company.0
    )
    .fetch_optional(db)
    .await?;
    let cap = |value: i16| (value > 0).then_some(i32::from(value));
    Ok(row.map(|row| CompanyLimits {
        calls_at_once: row.calls_at_once,
        daily_budget: row.daily_budget,
        caps: NumberCaps {
            per_day: cap(row.number_per_day),
            per_week: cap(row.number_per_week),
            per_month: cap(row.number_per_month),
            minimum_gap_minutes: row.number_gap_minutes,
        },
        holidays: row.holidays.into_iter().collect(),
    }))
}

/// Sets the limits of a company, without its holidays. False when it does not exist.
///
/// # Errors
/// When the database does not answer.
pub async fn set_company(db: &mut PgConnection, company: CompanyId, limits: &CompanyLimits) -> DbResult<bool> {
    let cap = |value: Option<i32>| i16::try_from(value.unwrap_or(0)).unwrap_or(i16::MAX);
    let done = sqlx::query!(
        "update companies
         set calls_at_once = $2, daily_budget = $3, number_per_day = $4, number_per_week = $5, number_per_month = $6,
             number_gap_minutes = $7, updated_at = clock_timestamp()
         where company_id = $1",
        company.0,
        limits.calls_at_once,
        limits.daily_budget,
        cap(limits.caps.per_day),
        cap(limits.caps.per_week),
        cap(limits.caps.per_month),
        limits.caps.minimum_gap_minutes
    )
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// The holidays of a company, in order.
///
/// # Errors
/// When the database does not answer.
pub async fn holidays(db: &mut PgConnection, company: CompanyId) -> DbResult<Vec<Holiday>> {
    Ok(sqlx::query_as!(Holiday, "select day, name from company_holidays where company_id = $1 order by day", company.0)
        .fetch_all(db)
        .await?)
}

/// Replaces the holidays of a company. The hours of its campaigns have to be computed anew after that.
///
/// # Errors
/// When the database does not answer.
pub async fn set_holidays(db: &mut PgConnection, company: CompanyId, holidays: &[Holiday]) -> DbResult<()> {
    let days: Vec<NaiveDate> = holidays.iter().map(|holiday| holiday.day).collect();
    let names: Vec<String> = holidays.iter().map(|holiday| holiday.name.clone()).collect();
    sqlx::query!("delete from company_holidays where company_id = $1 and day <> all($2)", company.0, &days)
        .execute(&mut *db)
        .await?;
    sqlx::query!(
        "insert into company_holidays (company_id, day, name) select $1, day, name from unnest($2::date[], $3::text[]) n(day, name)
         on conflict (company_id, day) do update set name = excluded.name",
        company.0,
        &days,
        &names
    )
    .execute(db)
    .await?;
    Ok(())
}

/// A trunk that was used or configured.
#[derive(Debug, Clone, PartialEq)]
pub struct TrunkRow {
    /// Its line.
    pub line: LineKind,
    /// Most calls in any second; 0: not limited.
    pub calls_per_second: i32,
    /// What its carrier left of them.
    pub slowdown: Option<Slowdown>,
    /// Calls started in the last second.
    pub started_last_second: i32,
}

/// The trunks of a company: those that are configured, and those of lines on which something was dialled.
///
/// # Errors
/// When the database does not answer or a row is inconsistent.
pub async fn trunks(db: &mut PgConnection, company: CompanyId) -> DbResult<Vec<TrunkRow>> {
    let rows = sqlx::query!(
        r#"select n.line as "line!", coalesce(t.calls_per_second, 0)::int as "calls_per_second!", t.slowed_to as "slowed_to?",
                  t.slowed_at as "slowed_at?",
                  (select count(*)::int from leases l
                   where l.company_id = $1 and l.line = n.line and l.dial_at > clock_timestamp() - interval '1 second')
                      as "started_last_second!"
           from (select line from trunks where company_id = $1
                 union
                 select line from campaigns where company_id = $1 and line is not null) n
           left join trunks t on t.company_id = $1 and t.line = n.line
           order by n.line"#,
        company.0
    )
    .fetch_all(db)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(TrunkRow {
                line: parse("trunks", "line", company.0, &row.line)?,
                calls_per_second: row.calls_per_second,
                slowdown: row.slowed_to.zip(row.slowed_at).map(|(rate, at)| Slowdown { rate, at }),
                started_last_second: row.started_last_second,
            })
        })
        .collect()
}

/// Sets the calls per second of a trunk; 0: not limited.
///
/// # Errors
/// When the database does not answer.
pub async fn set_trunk(
    db: &mut PgConnection,
    company: CompanyId,
    line: LineKind,
    calls_per_second: i32,
) -> DbResult<()> {
    sqlx::query!(
        "insert into trunks (company_id, line, calls_per_second) values ($1, $2, $3)
         on conflict (company_id, line) do update set calls_per_second = excluded.calls_per_second",
        company.0,
        line.as_str(),
        i16::try_from(calls_per_second).unwrap_or(0)
    )
    .execute(db)
    .await?;
    Ok(())
}
