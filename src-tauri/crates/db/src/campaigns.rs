//! Campaigns: settings, state, counts by status. Refuses to decide transitions: the domain type does, and the
//! trigger `campaigns_state_transition` repeats it.

mod waiting;

use callboard_core::{
    campaign::{CampaignSettings, CampaignState},
    id::{CampaignId, CompanyId, SkillbaseId},
    line::LineKind,
    window::{DialingWindow, Weekdays, parse_zone},
};
use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::{
    DbError, DbResult,
    error::{parse, parse_optional},
};

pub use waiting::{cancel_waiting_tasks, delete, deletion, gets_tasks, skip_exhausted};

/// Tasks by status, exact at the time of the statement.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Waiting for the first attempt.
    pub pending: i32,
    /// With a call in progress.
    pub in_progress: i32,
    /// Waiting for the next attempt.
    pub retry: i32,
    /// Contact reached.
    pub completed: i32,
    /// Attempts used up or number invalid.
    pub failed: i32,
    /// The campaign ended first.
    pub cancelled: i32,
    /// Must not be called.
    pub skipped: i32,
}

impl Counts {
    /// All tasks.
    #[must_use]
    pub fn total(&self) -> i32 {
        self.pending + self.in_progress + self.retry + self.completed + self.failed + self.cancelled + self.skipped
    }

    /// Tasks that are not over.
    #[must_use]
    pub fn open(&self) -> i32 {
        self.pending + self.in_progress + self.retry
    }
}

/// A campaign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Campaign {
    /// Company.
    pub company_id: CompanyId,
    /// Id.
    pub campaign_id: CampaignId,
    /// Skillbase.
    pub skillbase_id: SkillbaseId,
    /// Its name.
    pub skillbase_name: String,
    /// Pinned version.
    pub skillbase_version: i32,
    /// Newest version of the skillbase.
    pub skillbase_newest_version: i32,
    /// A second version that it is compared with, and the per cent of the contacts that get it.
    pub variant: Option<(i32, i16)>,
    /// What a person set.
    pub settings: CampaignSettings,
    /// State.
    pub state: CampaignState,
    /// The line, fixed at the first start.
    pub line: Option<LineKind>,
    /// First start.
    pub started_at: Option<DateTime<Utc>>,
    /// Completed or cancelled.
    pub ended_at: Option<DateTime<Utc>>,
    /// Rises with every change of the settings.
    pub revision: i32,
    /// Created.
    pub created_at: DateTime<Utc>,
    /// Tasks by status.
    pub counts: Counts,
}

struct Row {
    company_id: Uuid,
    campaign_id: Uuid,
    skillbase_id: Uuid,
    skillbase_name: String,
    skillbase_version: i32,
    name: String,
    description: String,
    state: String,
    line: Option<String>,
    calls_at_once: i32,
    calls_per_minute: i32,
    max_attempts: i32,
    retry_delay_minutes: i32,
    window_opens: i16,
    window_closes: i16,
    weekdays: i16,
    time_zone: String,
    local_time: bool,
    starts_at: Option<DateTime<Utc>>,
    ends_at: Option<DateTime<Utc>>,
    started_at: Option<DateTime<Utc>>,
    ended_at: Option<DateTime<Utc>>,
    revision: i32,
    created_at: DateTime<Utc>,
    pending: i32,
    in_progress: i32,
    retry: i32,
    completed: i32,
    failed: i32,
    cancelled: i32,
    skipped: i32,
    skillbase_newest_version: i32,
    variant_version: Option<i32>,
    variant_percent: Option<i16>,
}

impl TryFrom<Row> for Campaign {
    type Error = DbError;

    fn try_from(row: Row) -> Result<Self, DbError> {
        let zone = parse_zone(&row.time_zone)
            .ok_or_else(|| DbError::inconsistent("campaigns", "time_zone", row.campaign_id, &row.time_zone))?;
        Ok(Self {
            company_id: row.company_id.into(),
            campaign_id: row.campaign_id.into(),
            skillbase_id: row.skillbase_id.into(),
            skillbase_name: row.skillbase_name,
            skillbase_version: row.skillbase_version,
            skillbase_newest_version: row.skillbase_newest_version,
            variant: row.variant_version.zip(row.variant_percent),
            settings: CampaignSettings {
                name: row.name,
                description: row.description,
                calls_at_once: row.calls_at_once,
                calls_per_minute: row.calls_per_minute,
                max_attempts: row.max_attempts,
                retry_delay_minutes: row.retry_delay_minutes,
                window: DialingWindow {
                    opens_minute: row.window_opens,
                    closes_minute: row.window_closes,
                    weekdays: Weekdays(row.weekdays),
                    zone,
                },
                local_time: row.local_time,
                starts_at: row.starts_at,
                ends_at: row.ends_at,
            },
            state: parse("campaigns", "state", row.campaign_id, &row.state)?,
            line: parse_optional("campaigns", "line", row.campaign_id, row.line.as_deref())?,
            started_at: row.started_at,
            ended_at: row.ended_at,
            revision: row.revision,
            created_at: row.created_at,
            counts: Counts {
                pending: row.pending,
                in_progress: row.in_progress,
                retry: row.retry,
                completed: row.completed,
                failed: row.failed,
                cancelled: row.cancelled,
                skipped: row.skipped,
            },
        })
    }
}

/// Which campaigns.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Only these states; none for all.
    pub states: Option<Vec<CampaignState>>,
    /// Only this skillbase.
    pub skillbase: Option<SkillbaseId>,
    /// Part of the name.
    pub search: Option<String>,
}

impl Filter {
    fn states(&self) -> Option<Vec<String>> {
        self.states.as_ref().map(|states| states.iter().map(ToString::to_string).collect())
    }

    fn pattern(&self) -> Option<String> {
        self.search.as_deref().map(like_pattern)
    }
}

/// A pattern for `ilike` that finds the text anywhere, its special characters taken literally.
pub(crate) fn like_pattern(text: &str) -> String {
    let escaped = text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    format!("%{escaped}%")
}

/// A page of campaigns, newest first, after the given one.
///
/// # Errors
/// When the database does not answer or a row is inconsistent.
pub async fn page(
    db: &mut PgConnection,
    company: CompanyId,
    filter: &Filter,
    after: Option<(DateTime<Utc>, CampaignId)>,
    limit: i64,
) -> DbResult<Vec<Campaign>> {
    let states = filter.states();
    let rows = sqlx::query_as!(
        Row,
        r#"select c.company_id, c.campaign_id, c.skillbase_id, s.name as skillbase_name, c.skillbase_version, c.name, c.description, c.state, c.line,
                  c.calls_at_once, c.calls_per_minute, c.max_attempts, c.retry_delay_minutes, c.window_opens, c.window_closes,
                  c.weekdays, c.time_zone, c.local_time, c.starts_at, c.ends_at, c.started_at, c.ended_at, c.revision, c.created_at,
                  coalesce(n.pending, 0) as "pending!", coalesce(n.in_progress, 0) as "in_progress!", coalesce(n.retry, 0) as "retry!",
                  coalesce(n.completed, 0) as "completed!", coalesce(n.failed, 0) as "failed!", coalesce(n.cancelled, 0) as "cancelled!",
                  coalesce(n.skipped, 0) as "skipped!",
                  s.current_version as skillbase_newest_version, c.variant_version, c.variant_percent
           from campaigns c
           join skillbases s on s.company_id = c.company_id and s.skillbase_id = c.skillbase_id
           left join lateral (select * from campaign_counts k
                              where k.company_id = c.company_id and k.campaign_id = c.campaign_id) n on true
           where c.company_id = $1
             and ($2::text[] is null or c.state = any($2))
             and ($3::uuid is null or c.skillbase_id = $3)
             and ($4::text is null or c.name ilike $4)
             and ($5::timestamptz is null or (c.created_at, c.campaign_id) < ($5, $6))
           order by c.created_at desc, c.campaign_id desc
           limit $7"#,
        company.0,
        states.as_deref(),
        filter.skillbase.map(Uuid::from),
        filter.pattern(),
        after.map(|(at, _)| at),
        after.map_or(Uuid::nil(), |(_, id)| id.0),
        limit
    )
    .fetch_all(db)
    .await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// Campaigns that match.
///
/// # Errors
/// When the database does not answer.
pub async fn count(db: &mut PgConnection, company: CompanyId, filter: &Filter) -> DbResult<i32> {
    let states = filter.states();
    Ok(sqlx::query_scalar!(
        r#"select count(*)::int as "count!" from campaigns c
           where c.company_id = $1
             and ($2::text[] is null or c.state = any($2))
             and ($3::uuid is null or c.skillbase_id = $3)
             and ($4::text is null or c.name ilike $4)"#,
        company.0,
        states.as_deref(),
        filter.skillbase.map(Uuid::from),
        filter.pattern()
    )
    .fetch_one(db)
    .await?)
}

/// One campaign; none when it does not exist.
///
/// # Errors
/// When the database does not answer or the row is inconsistent.
pub async fn get(db: &mut PgConnection, company: CompanyId, id: CampaignId) -> DbResult<Option<Campaign>> {
    let row = sqlx::query_as!(
        Row,
        r#"select c.company_id, c.campaign_id, c.skillbase_id, s.name as skillbase_name, c.skillbase_version, c.name, c.description, c.state, c.line,
                  c.calls_at_once, c.calls_per_minute, c.max_attempts, c.retry_delay_minutes, c.window_opens, c.window_closes,
                  c.weekdays, c.time_zone, c.local_time, c.starts_at, c.ends_at, c.started_at, c.ended_at, c.revision, c.created_at,
                  coalesce(n.pending, 0) as "pending!", coalesce(n.in_progress, 0) as "in_progress!", coalesce(n.retry, 0) as "retry!",
                  coalesce(n.completed, 0) as "completed!", coalesce(n.failed, 0) as "failed!", coalesce(n.cancelled, 0) as "cancelled!",
                  coalesce(n.skipped, 0) as "skipped!",
                  s.current_version as skillbase_newest_version, c.variant_version, c.variant_percent
           from campaigns c
           join skillbases s on s.company_id = c.company_id and s.skillbase_id = c.skillbase_id
           left join lateral (select * from campaign_counts k
                              where k.company_id = c.company_id and k.campaign_id = c.campaign_id) n on true
           where c.company_id = $1 and c.campaign_id = $2"#,
        company.0,
        id.0
    )
    .fetch_optional(db)
    .await?;
    row.map(TryInto::try_into).transpose()
}

/// Locks a campaign until the end of the transaction; false when it does not exist. A statement of its own, so that
/// what is read afterwards is read in a snapshot that follows the lock.
///
/// # Errors
/// When the database does not answer.
pub async fn lock(db: &mut PgConnection, company: CompanyId, id: CampaignId) -> DbResult<bool> {
    let row = sqlx::query_scalar!(
        r#"select 1 as "found!" from campaigns where company_id = $1 and campaign_id = $2 for update"#,
        company.0,
        id.0
    )
    .fetch_optional(db)
    .await?;
    Ok(row.is_some())
}

/// Inserts a campaign in draft, pinned to the newest version of its skillbase. False when the company has no such
/// skillbase, it was put away or nothing of it is published. The skillbase cannot be put away before the transaction ends.
///
/// # Errors
/// When the database does not answer or a constraint refuses.
pub async fn insert(
    db: &mut PgConnection,
    company: CompanyId,
    id: CampaignId,
    skillbase: SkillbaseId,
    settings: &CampaignSettings,
) -> DbResult<bool> {
    let done = sqlx::query!(
        "insert into campaigns (company_id, campaign_id, skillbase_id, skillbase_version, name, description, calls_at_once,
                calls_per_minute, max_attempts, retry_delay_minutes, window_opens, window_closes, weekdays, time_zone,
                starts_at, ends_at, local_time)
         select $1, $2, s.skillbase_id, s.current_version, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16
         from skillbases s where s.company_id = $1 and s.skillbase_id = $3 and s.archived_at is null and s.current_version > 0
         for key share of s",
        company.0,
        id.0,
        skillbase.0,
        settings.name.trim(),
        settings.description,
        settings.calls_at_once,
        settings.calls_per_minute,
        settings.max_attempts,
        settings.retry_delay_minutes,
        settings.window.opens_minute,
        settings.window.closes_minute,
        settings.window.weekdays.0,
        settings.window.zone.name(),
        settings.starts_at,
        settings.ends_at,
        settings.local_time
    )
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Changes the settings of a locked campaign; another skillbase pins its newest version and ends an experiment. False when
/// the company has no such skillbase, or the new one was put away or has nothing published.
///
/// # Errors
/// When the database does not answer or a constraint refuses.
pub async fn update_settings(
    db: &mut PgConnection,
    company: CompanyId,
    id: CampaignId,
    skillbase: SkillbaseId,
    settings: &CampaignSettings,
) -> DbResult<bool> {
    let done = sqlx::query!(
        "update campaigns c
         set skillbase_version = case when c.skillbase_id = s.skillbase_id
                                      then c.skillbase_version else s.current_version end,
             variant_version = case when c.skillbase_id = s.skillbase_id then c.variant_version end,
             variant_percent = case when c.skillbase_id = s.skillbase_id then c.variant_percent end,
             skillbase_id = s.skillbase_id, name = $4, description = $5, calls_at_once = $6, calls_per_minute = $7,
             max_attempts = $8, retry_delay_minutes = $9, window_opens = $10, window_closes = $11, weekdays = $12,
             time_zone = $13, starts_at = $14, ends_at = $15, local_time = $16, revision = revision + 1, updated_at = clock_timestamp()
         from (select skillbase_id, current_version, archived_at from skillbases
               where company_id = $1 and skillbase_id = $3 for key share) s
         where c.company_id = $1 and c.campaign_id = $2
           and (s.skillbase_id = c.skillbase_id or (s.archived_at is null and s.current_version > 0))",
        company.0,
        id.0,
        skillbase.0,
        settings.name.trim(),
        settings.description,
        settings.calls_at_once,
        settings.calls_per_minute,
        settings.max_attempts,
        settings.retry_delay_minutes,
        settings.window.opens_minute,
        settings.window.closes_minute,
        settings.window.weekdays.0,
        settings.window.zone.name(),
        settings.starts_at,
        settings.ends_at,
        settings.local_time
    )
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Moves a locked campaign to a state. A first start fixes the line; a final state gets its time.
///
/// # Errors
/// The constraint `campaigns_state_transition` for an arrow that the state machine does not have,
/// `campaigns_line_is_fixed` for another line than the first.
pub async fn set_state(
    db: &mut PgConnection,
    company: CompanyId,
    id: CampaignId,
    state: CampaignState,
    line: Option<LineKind>,
) -> DbResult<()> {
    sqlx::query!(
        "update campaigns
         set state = $3, line = coalesce(line, $4),
             started_at = case when $3 = 'running' then coalesce(started_at, clock_timestamp()) else started_at end,
             ended_at = case when $3 in ('completed', 'cancelled') then coalesce(ended_at, clock_timestamp()) end,
             updated_at = clock_timestamp()
         where company_id = $1 and campaign_id = $2",
        company.0,
        id.0,
        state.as_str(),
        line.map(LineKind::as_str)
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Fixes the line of a campaign before its first start.
///
/// # Errors
/// The constraint `campaigns_line_is_fixed` when it was started on another one.
pub async fn fix_line(db: &mut PgConnection, company: CompanyId, id: CampaignId, line: LineKind) -> DbResult<()> {
    sqlx::query!(
        "update campaigns set line = $3 where company_id = $1 and campaign_id = $2",
        company.0,
        id.0,
        line.as_str()
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Tasks by status of a campaign, exact in the snapshot of this statement.
///
/// # Errors
/// When the database does not answer.
pub async fn counts(db: &mut PgConnection, company: CompanyId, id: CampaignId) -> DbResult<Counts> {
    let row = sqlx::query_as!(
        Counts,
        r#"select pending as "pending!", in_progress as "in_progress!", retry as "retry!", completed as "completed!",
                  failed as "failed!", cancelled as "cancelled!", skipped as "skipped!"
           from campaign_counts where company_id = $1 and campaign_id = $2"#,
        company.0,
        id.0
    )
    .fetch_optional(db)
    .await?;
    Ok(row.unwrap_or_default())
}

/// Something that the clock, not a person, has to do to a campaign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    /// Its start time has come.
    Start(CompanyId, CampaignId),
    /// Its end has passed.
    End(CompanyId, CampaignId),
    /// It runs or is paused, and no task is open.
    Complete(CompanyId, CampaignId),
}

/// What is due now. A hint: the use-case locks the campaign and looks again.
///
/// # Errors
/// When the database does not answer.
pub async fn due(db: &mut PgConnection) -> DbResult<Vec<Due>> {
    let rows = sqlx::query!(
        r#"select c.company_id as "company_id!", c.campaign_id as "campaign_id!",
                  (c.state = 'scheduled' and c.starts_at <= clock_timestamp()) as "start!",
                  coalesce(c.ends_at <= clock_timestamp(), false) as "end!"
           from campaigns c
           left join lateral (select pending + in_progress + retry as open, total from campaign_counts k
                              where k.company_id = c.company_id and k.campaign_id = c.campaign_id) n on true
           where c.state in ('scheduled', 'running', 'paused')
             and (c.ends_at <= clock_timestamp()
                  or (c.state = 'scheduled' and c.starts_at <= clock_timestamp())
                  or (c.state in ('running', 'paused') and n.open = 0 and n.total > 0))"#
    )
    .fetch_all(db)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let (company, campaign) = (row.company_id.into(), row.campaign_id.into());
            if row.end {
                Due::End(company, campaign)
            } else if row.start {
                Due::Start(company, campaign)
            } else {
                Due::Complete(company, campaign)
            }
        })
        .collect())
}

/// Campaigns that run, of one company.
///
/// # Errors
/// When the database does not answer.
pub async fn running(db: &mut PgConnection, company: CompanyId) -> DbResult<Vec<CampaignId>> {
    let ids = sqlx::query_scalar!(
        "select campaign_id from campaigns where company_id = $1 and state = 'running' order by campaign_id",
        company.0
    )
    .fetch_all(db)
    .await?;
    Ok(ids.into_iter().map(Into::into).collect())
}
