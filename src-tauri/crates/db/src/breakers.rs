//! Circuit breakers as rows, the calls that they judge, and the gates that they set. Refuses to judge:
//! `callboard_core::breaker` does.

use callboard_core::{
    breaker::{BreakerCause, BreakerScope, BreakerState, Ended},
    id::{CampaignId, CompanyId},
    line::LineKind,
};
use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::{
    DbResult,
    error::{parse, parse_optional},
};

/// Why a gate is closed, in `hold_reason`.
const HOLD_REASON: &str = "breaker";

/// What a breaker protects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// A line of the company.
    Trunk(LineKind),
    /// A campaign.
    Campaign(CampaignId),
}

impl Subject {
    /// Trunk or campaign.
    #[must_use]
    pub const fn scope(self) -> BreakerScope {
        match self {
            Self::Trunk(_) => BreakerScope::Trunk,
            Self::Campaign(_) => BreakerScope::Campaign,
        }
    }

    fn key(self) -> String {
        match self {
            Self::Trunk(line) => line.to_string(),
            Self::Campaign(id) => id.to_string(),
        }
    }

    /// The campaign, if it is one.
    #[must_use]
    pub const fn campaign(self) -> Option<CampaignId> {
        match self {
            Self::Trunk(_) => None,
            Self::Campaign(id) => Some(id),
        }
    }
}

/// A breaker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Breaker {
    /// What it protects.
    pub subject: Subject,
    /// Whether calls pass.
    pub state: BreakerState,
    /// Why it opened last.
    pub cause: Option<BreakerCause>,
    /// When it opened last.
    pub opened_at: Option<DateTime<Utc>>,
    /// When it lets a call pass; none: when a person closes it.
    pub probes_at: Option<DateTime<Utc>>,
    /// Openings in a row.
    pub trips: i32,
    /// The calls that made it open, oldest first.
    pub calls: Vec<Uuid>,
    /// Calls that ended before are judged no more.
    pub judged_after: Option<DateTime<Utc>>,
}

struct Row {
    scope: String,
    subject: String,
    state: String,
    cause: Option<String>,
    opened_at: Option<DateTime<Utc>>,
    probes_at: Option<DateTime<Utc>>,
    trips: i32,
    calls: Vec<Uuid>,
    judged_after: Option<DateTime<Utc>>,
}

fn read(company: CompanyId, row: Row) -> DbResult<Breaker> {
    let subject = match parse("breakers", "scope", company.0, &row.scope)? {
        BreakerScope::Trunk => Subject::Trunk(parse("breakers", "subject", company.0, &row.subject)?),
        BreakerScope::Campaign => Subject::Campaign(CampaignId(
            row.subject
                .parse()
                .map_err(|_| crate::DbError::inconsistent("breakers", "subject", company.0, &row.subject))?,
        )),
    };
    Ok(Breaker {
        subject,
        state: parse("breakers", "state", company.0, &row.state)?,
        cause: parse_optional("breakers", "cause", company.0, row.cause.as_deref())?,
        opened_at: row.opened_at,
        probes_at: row.probes_at,
        trips: row.trips,
        calls: row.calls,
        judged_after: row.judged_after,
    })
}

/// Locks a breaker until the end of the transaction; makes it when it has never opened.
///
/// # Errors
/// When the database does not answer or the row is inconsistent.
pub async fn lock(db: &mut PgConnection, company: CompanyId, subject: Subject) -> DbResult<Breaker> {
    let (scope, key) = (subject.scope().as_str(), subject.key());
    sqlx::query!(
        "insert into breakers (company_id, scope, subject) values ($1, $2, $3) on conflict do nothing",
        company.0,
        scope,
        key
    )
    .execute(&mut *db)
    .await?;
    let row = sqlx::query_as!(
        Row,
        r#"select scope, subject, state, cause, opened_at, probes_at, trips, calls,
                  nullif(judged_after, '-infinity') as judged_after
           from breakers where company_id = $1 and scope = $2 and subject = $3
           for update"#,
        company.0,
        scope,
        key
    )
    .fetch_one(db)
    .await?;
    read(company, row)
}

/// A breaker, closed when it has never opened.
///
/// # Errors
/// When the database does not answer or the row is inconsistent.
pub async fn get(db: &mut PgConnection, company: CompanyId, subject: Subject) -> DbResult<Breaker> {
    let found = all(db, company).await?.into_iter().find(|breaker| breaker.subject == subject);
    Ok(found.unwrap_or(Breaker {
        subject,
        state: BreakerState::Closed,
        cause: None,
        opened_at: None,
        probes_at: None,
        trips: 0,
        calls: Vec::new(),
        judged_after: None,
    }))
}

/// The breakers of a company that ever opened, the latest first.
///
/// # Errors
/// When the database does not answer or a row is inconsistent.
pub async fn all(db: &mut PgConnection, company: CompanyId) -> DbResult<Vec<Breaker>> {
    let rows = sqlx::query_as!(
        Row,
        r#"select scope, subject, state, cause, opened_at, probes_at, trips, calls,
                  nullif(judged_after, '-infinity') as judged_after
           from breakers where company_id = $1 and opened_at is not null
           order by opened_at desc, scope, subject"#,
        company.0
    )
    .fetch_all(db)
    .await?;
    rows.into_iter().map(|row| read(company, row)).collect()
}

/// A call that made a breaker open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrippingCall {
    /// The call.
    pub call_id: Uuid,
    /// Its campaign.
    pub campaign_id: Uuid,
    /// When it ended.
    pub ended_at: DateTime<Utc>,
    /// Final SIP status.
    pub sip_status: Option<i32>,
    /// What went wrong.
    pub error: Option<String>,
}

/// The calls of a breaker that are still there, in the order of their end.
///
/// # Errors
/// When the database does not answer.
pub async fn calls(db: &mut PgConnection, company: CompanyId, ids: &[Uuid]) -> DbResult<Vec<TrippingCall>> {
    Ok(sqlx::query_as!(
        TrippingCall,
        r#"select call_id, campaign_id, ended_at as "ended_at!", sip_status, error
           from calls where company_id = $1 and call_id = any($2) and ended_at is not null
           order by ended_at, call_id"#,
        company.0,
        ids
    )
    .fetch_all(db)
    .await?)
}

/// The latest calls of a subject that have ended after an instant, oldest first, at most so many. Released calls say nothing.
///
/// # Errors
/// When the database does not answer or a row is inconsistent.
pub async fn ended(
    db: &mut PgConnection,
    company: CompanyId,
    subject: Subject,
    after: Option<DateTime<Utc>>,
    most: i64,
) -> DbResult<Vec<Ended>> {
    struct Row {
        call_id: Uuid,
        at: DateTime<Utc>,
        situation: Option<String>,
        sip_status: Option<i32>,
    }
    let rows = match subject {
        Subject::Trunk(line) => {
            // Along the index of the company's newest calls.
            sqlx::query_as!(
                Row,
                r#"select call_id, ended_at as "at!", situation, sip_status
                   from (select * from calls where company_id = $1 order by admitted_at desc, call_id desc limit $4) k
                   where line = $2 and state = 'ended' and ($3::timestamptz is null or ended_at > $3)
                   order by ended_at, call_id"#,
                company.0,
                line.as_str(),
                after,
                most
            )
            .fetch_all(db)
            .await?
        }
        Subject::Campaign(id) => {
            sqlx::query_as!(
                Row,
                r#"select call_id, ended_at as "at!", situation, sip_status
                   from (select * from calls where company_id = $1 and campaign_id = $2 order by admitted_at desc limit $4) k
                   where state = 'ended' and ($3::timestamptz is null or ended_at > $3)
                   order by ended_at, call_id"#,
                company.0,
                id.0,
                after,
                most
            )
            .fetch_all(db)
            .await?
        }
    };
    rows.into_iter()
        .map(|row| {
            Ok(Ended {
                call_id: row.call_id.into(),
                at: row.at,
                situation: parse_optional("calls", "situation", row.call_id, row.situation.as_deref())?,
                sip_status: row.sip_status.and_then(|status| u16::try_from(status).ok()),
            })
        })
        .collect()
}

/// Opens a locked breaker and closes the gate of what it protects.
///
/// # Errors
/// When the database does not answer.
pub async fn open(
    db: &mut PgConnection,
    company: CompanyId,
    subject: Subject,
    (cause, trips): (BreakerCause, i32),
    probes_at: Option<DateTime<Utc>>,
    calls: &[Uuid],
) -> DbResult<()> {
    sqlx::query!(
        "update breakers
         set state = 'open', cause = $4, opened_at = clock_timestamp(), probes_at = $5, trips = $6, calls = $7
         where company_id = $1 and scope = $2 and subject = $3",
        company.0,
        subject.scope().as_str(),
        subject.key(),
        cause.as_str(),
        probes_at,
        trips,
        calls
    )
    .execute(&mut *db)
    .await?;
    gate(db, company, subject, true, false).await
}

/// Lets one call at a time pass through a locked breaker.
///
/// # Errors
/// When the database does not answer.
pub async fn probe(db: &mut PgConnection, company: CompanyId, subject: Subject) -> DbResult<()> {
    sqlx::query!(
        "update breakers set state = 'probing', judged_after = clock_timestamp()
         where company_id = $1 and scope = $2 and subject = $3",
        company.0,
        subject.scope().as_str(),
        subject.key()
    )
    .execute(&mut *db)
    .await?;
    gate(db, company, subject, false, true).await
}

/// Closes a locked breaker: calls pass, and what was is judged no more.
///
/// # Errors
/// When the database does not answer.
pub async fn close(db: &mut PgConnection, company: CompanyId, subject: Subject) -> DbResult<()> {
    sqlx::query!(
        "update breakers set state = 'closed', probes_at = null, trips = 0, judged_after = clock_timestamp()
         where company_id = $1 and scope = $2 and subject = $3",
        company.0,
        subject.scope().as_str(),
        subject.key()
    )
    .execute(&mut *db)
    .await?;
    gate(db, company, subject, false, false).await
}

async fn gate(db: &mut PgConnection, company: CompanyId, subject: Subject, holds: bool, probing: bool) -> DbResult<()> {
    match subject {
        Subject::Trunk(line) => {
            sqlx::query!(
                "insert into trunks as t (company_id, line, held_until, hold_reason, probing)
                 values ($1, $2, case when $3 then 'infinity'::timestamptz end, case when $3 then $5 end, $4)
                 on conflict (company_id, line) do update
                 set held_until = excluded.held_until, hold_reason = excluded.hold_reason, probing = excluded.probing",
                company.0,
                line.as_str(),
                holds,
                probing,
                HOLD_REASON
            )
            .execute(db)
            .await?;
        }
        Subject::Campaign(id) => {
            sqlx::query!(
                "update campaigns
                 set held_until = case when $3 then 'infinity'::timestamptz end, hold_reason = case when $3 then $5 end,
                     probing = $4
                 where company_id = $1 and campaign_id = $2",
                company.0,
                id.0,
                holds,
                probing,
                HOLD_REASON
            )
            .execute(db)
            .await?;
        }
    }
    Ok(())
}

/// Open breakers whose rest is over.
///
/// # Errors
/// When the database does not answer or a row is inconsistent.
pub async fn rested(db: &mut PgConnection) -> DbResult<Vec<(CompanyId, Subject)>> {
    let rows = sqlx::query!(
        r#"select company_id, scope, subject from breakers where state = 'open' and probes_at <= clock_timestamp()"#
    )
    .fetch_all(db)
    .await?;
    rows.into_iter()
        .map(|row| {
            let company = CompanyId(row.company_id);
            let breaker = read(
                company,
                Row {
                    scope: row.scope,
                    subject: row.subject,
                    state: BreakerState::Open.as_str().to_owned(),
                    cause: None,
                    opened_at: None,
                    probes_at: None,
                    trips: 0,
                    calls: Vec::new(),
                    judged_after: None,
                },
            )?;
            Ok((company, breaker.subject))
        })
        .collect()
}
