//! Calls as they are shown: in progress, ended, one with its turns. Refuses to write.

use callboard_core::{
    call::{CallState, Disposition, Outcome, TurnRole},
    id::{CallId, CampaignId, CompanyId, TaskId},
    line::LineKind,
};
use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::{
    DbError, DbResult,
    campaigns::like_pattern,
    error::{parse, parse_optional},
};

/// A call in progress.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Live {
    /// Id.
    pub call_id: CallId,
    /// Campaign.
    pub campaign_id: CampaignId,
    /// Its name.
    pub campaign_name: String,
    /// E.164 number.
    pub phone: String,
    /// Name.
    pub contact_name: Option<String>,
    /// State.
    pub state: CallState,
    /// Practice or real.
    pub line: LineKind,
    /// Number of the attempt.
    pub attempt: i32,
    /// When it got its slot.
    pub admitted_at: DateTime<Utc>,
    /// When the present state began.
    pub state_since: DateTime<Utc>,
    /// Turns so far.
    pub turns: i32,
    /// What was said last, and by whom.
    pub last_turn: Option<(TurnRole, String)>,
}

/// Calls in progress, newest first. They are the leases, which is what admission counts.
///
/// # Errors
/// When the database does not answer or a row is inconsistent.
pub async fn live(
    db: &mut PgConnection,
    company: CompanyId,
    campaign: Option<CampaignId>,
    limit: i64,
) -> DbResult<Vec<Live>> {
    let rows = sqlx::query!(
        r#"select k.call_id, k.campaign_id, c.name as campaign_name, k.phone, q.contact_name, k.state, k.line, k.attempt,
                  k.admitted_at,
                  coalesce(k.answered_at, k.ringing_at, k.dial_intent_at, k.admitted_at) as "state_since!",
                  coalesce(turn.turn_index + 1, 0) as "turns!", turn.role as "role?", turn.content as "content?"
           from leases l
           join calls k on k.company_id = l.company_id and k.call_id = l.call_id
           join call_tasks q on q.company_id = l.company_id and q.task_id = l.task_id
           join campaigns c on c.company_id = l.company_id and c.campaign_id = l.campaign_id
           left join lateral (
               select g.turn_index, g.role, g.content from call_logs g
               where g.company_id = l.company_id and g.call_id = l.call_id and g.content <> ''
               order by g.turn_index desc limit 1
           ) turn on true
           where l.company_id = $1 and ($2::uuid is null or l.campaign_id = $2)
           order by l.admitted_at desc, l.call_id limit $3"#,
        company.0,
        campaign.map(Uuid::from),
        limit
    )
    .fetch_all(db)
    .await?;
    rows.into_iter()
        .map(|row| {
            let role: Option<TurnRole> = parse_optional("call_logs", "role", row.call_id, row.role.as_deref())?;
            Ok(Live {
                call_id: row.call_id.into(),
                campaign_id: row.campaign_id.into(),
                campaign_name: row.campaign_name,
                phone: row.phone,
                contact_name: row.contact_name,
                state: parse("calls", "state", row.call_id, &row.state)?,
                line: parse("calls", "line", row.call_id, &row.line)?,
                attempt: row.attempt,
                admitted_at: row.admitted_at,
                state_since: row.state_since,
                turns: row.turns,
                last_turn: role.zip(row.content),
            })
        })
        .collect()
}

/// A call.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// Id.
    pub call_id: CallId,
    /// Campaign.
    pub campaign_id: CampaignId,
    /// Its name.
    pub campaign_name: String,
    /// Task.
    pub task_id: TaskId,
    /// E.164 number.
    pub phone: String,
    /// Name.
    pub contact_name: Option<String>,
    /// Practice or real.
    pub line: LineKind,
    /// Number of the attempt.
    pub attempt: i32,
    /// State.
    pub state: CallState,
    /// How dialling ended.
    pub disposition: Option<Disposition>,
    /// What came of it.
    pub outcome: Option<Outcome>,
    /// When it got its slot.
    pub admitted_at: DateTime<Utc>,
    /// Picked up.
    pub answered_at: Option<DateTime<Utc>>,
    /// Over.
    pub ended_at: Option<DateTime<Utc>>,
    /// Ringing.
    pub ring_ms: Option<i32>,
    /// Talking.
    pub talk_ms: Option<i32>,
    /// Turns.
    pub turns: i32,
    /// Mean response time of the bot.
    pub eou_latency_ms: Option<f64>,
    /// Cost and its currency.
    pub cost: Option<(Decimal, String)>,
}

struct Row {
    call_id: Uuid,
    campaign_id: Uuid,
    campaign_name: String,
    task_id: Uuid,
    phone: String,
    contact_name: Option<String>,
    line: String,
    attempt: i32,
    state: String,
    disposition: Option<String>,
    outcome: Option<String>,
    admitted_at: DateTime<Utc>,
    answered_at: Option<DateTime<Utc>>,
    ended_at: Option<DateTime<Utc>>,
    ring_ms: Option<i32>,
    talk_ms: Option<i32>,
    turns: i32,
    eou_latency_avg: Option<f64>,
    cost_total: Option<Decimal>,
    currency: Option<String>,
}

impl TryFrom<Row> for Call {
    type Error = DbError;

    fn try_from(row: Row) -> Result<Self, DbError> {
        Ok(Self {
            call_id: row.call_id.into(),
            campaign_id: row.campaign_id.into(),
            campaign_name: row.campaign_name,
            task_id: row.task_id.into(),
            phone: row.phone,
            contact_name: row.contact_name,
            line: parse("calls", "line", row.call_id, &row.line)?,
            attempt: row.attempt,
            state: parse("calls", "state", row.call_id, &row.state)?,
            disposition: parse_optional("calls", "disposition", row.call_id, row.disposition.as_deref())?,
            outcome: parse_optional("calls", "outcome", row.call_id, row.outcome.as_deref())?,
            admitted_at: row.admitted_at,
            answered_at: row.answered_at,
            ended_at: row.ended_at,
            ring_ms: row.ring_ms,
            talk_ms: row.talk_ms,
            turns: row.turns,
            eou_latency_ms: row.eou_latency_avg,
            cost: row.cost_total.zip(row.currency),
        })
    }
}

/// Which calls. Calls that were given back undialled are left out.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Only this campaign.
    pub campaign: Option<CampaignId>,
    /// Only this task.
    pub task: Option<TaskId>,
    /// Only these outcomes; none for all.
    pub outcomes: Option<Vec<Outcome>>,
    /// Part of the number.
    pub search: Option<String>,
    /// Admitted from here on.
    pub from: Option<DateTime<Utc>>,
    /// Admitted before.
    pub to: Option<DateTime<Utc>>,
}

impl Filter {
    fn outcomes(&self) -> Option<Vec<String>> {
        self.outcomes.as_ref().map(|all| all.iter().map(ToString::to_string).collect())
    }
}

/// A page of calls, newest first, after the given one.
///
/// # Errors
/// When the database does not answer or a row is inconsistent.
pub async fn page(
    db: &mut PgConnection,
    company: CompanyId,
    filter: &Filter,
    after: Option<(DateTime<Utc>, CallId)>,
    limit: i64,
) -> DbResult<Vec<Call>> {
    let outcomes = filter.outcomes();
    let rows = sqlx::query_as!(
        Row,
        r#"select k.call_id, k.campaign_id, c.name as campaign_name, k.task_id, k.phone, q.contact_name, k.line, k.attempt,
                  k.state, k.disposition, k.outcome, k.admitted_at, k.answered_at, k.ended_at, k.ring_ms, k.talk_ms,
                  coalesce(m.turn_count, 0) as "turns!", m.eou_latency_avg as "eou_latency_avg?",
                  m.cost_total as "cost_total?", m.currency as "currency?"
           from calls k
           join campaigns c on c.company_id = k.company_id and c.campaign_id = k.campaign_id
           join call_tasks q on q.company_id = k.company_id and q.task_id = k.task_id
           left join call_metrics m on m.company_id = k.company_id and m.call_id = k.call_id
           where k.company_id = $1 and k.state <> 'released'
             and ($2::uuid is null or k.campaign_id = $2)
             and ($3::uuid is null or k.task_id = $3)
             and ($4::text[] is null or k.outcome = any($4))
             and ($5::text is null or k.phone like $5)
             and ($6::timestamptz is null or k.admitted_at >= $6)
             and ($7::timestamptz is null or k.admitted_at < $7)
             and ($8::timestamptz is null or (k.admitted_at, k.call_id) < ($8, $9))
           order by k.admitted_at desc, k.call_id desc
           limit $10"#,
        company.0,
        filter.campaign.map(Uuid::from),
        filter.task.map(Uuid::from),
        outcomes.as_deref(),
        filter.search.as_deref().map(like_pattern),
        filter.from,
        filter.to,
        after.map(|(at, _)| at),
        after.map_or(Uuid::nil(), |(_, id)| id.0),
        limit
    )
    .fetch_all(db)
    .await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// Calls that match.
///
/// # Errors
/// When the database does not answer.
pub async fn count(db: &mut PgConnection, company: CompanyId, filter: &Filter) -> DbResult<i32> {
    let outcomes = filter.outcomes();
    Ok(sqlx::query_scalar!(
        r#"select count(*)::int as "count!" from calls k
           where k.company_id = $1 and k.state <> 'released'
             and ($2::uuid is null or k.campaign_id = $2)
             and ($3::uuid is null or k.task_id = $3)
             and ($4::text[] is null or k.outcome = any($4))
             and ($5::text is null or k.phone like $5)
             and ($6::timestamptz is null or k.admitted_at >= $6)
             and ($7::timestamptz is null or k.admitted_at < $7)"#,
        company.0,
        filter.campaign.map(Uuid::from),
        filter.task.map(Uuid::from),
        outcomes.as_deref(),
        filter.search.as_deref().map(like_pattern),
        filter.from,
        filter.to
    )
    .fetch_one(db)
    .await?)
}

/// What is stored about a call beside its row.
#[derive(Debug, Clone, PartialEq)]
pub struct Detail {
    /// The task.
    pub task_id: TaskId,
    /// Name of the skillbase that spoke.
    pub skillbase_name: String,
    /// Its version.
    pub skillbase_version: i32,
    /// Hash of the document that spoke.
    pub skillbase_hash: Option<String>,
    /// Side of an experiment, `a` or `b`.
    pub variant: Option<String>,
    /// Why this outcome.
    pub outcome_reason: Option<String>,
    /// How sure.
    pub outcome_confidence: Option<f64>,
    /// Final SIP status.
    pub sip_status: Option<i32>,
    /// Cause of a failure.
    pub error: Option<String>,
    /// Dial intent.
    pub dial_intent_at: Option<DateTime<Utc>>,
    /// Ringing.
    pub ringing_at: Option<DateTime<Utc>>,
}

/// One call; none when it does not exist.
///
/// # Errors
/// When the database does not answer.
pub async fn detail(db: &mut PgConnection, company: CompanyId, call: CallId) -> DbResult<Option<Detail>> {
    Ok(sqlx::query_as!(
        Detail,
        "select k.task_id, s.name as skillbase_name, k.skillbase_version, k.outcome_reason, k.outcome_confidence, k.sip_status,
                k.error, k.dial_intent_at, k.ringing_at, k.skillbase_hash, k.variant
         from calls k
         join skillbases s on s.company_id = k.company_id and s.skillbase_id = k.skillbase_id
         where k.company_id = $1 and k.call_id = $2",
        company.0,
        call.0
    )
    .fetch_optional(db)
    .await?)
}

/// A stored turn.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredTurn {
    /// From 0.
    pub turn_index: i32,
    /// Who spoke.
    pub role: TurnRole,
    /// What was said.
    pub content: String,
    /// State of the conversation.
    pub state_id: Option<String>,
    /// Start after the answer.
    pub started_ms: i32,
    /// Recognition.
    pub ttfb_stt_ms: Option<f64>,
    /// Language model.
    pub latency_llm_ms: Option<f64>,
    /// Speech synthesis.
    pub ttfb_tts_ms: Option<f64>,
    /// Response time.
    pub eou_latency_ms: Option<f64>,
    /// The person spoke over it.
    pub was_interrupted: bool,
}

/// The turns of a call in order.
///
/// # Errors
/// When the database does not answer or a row is inconsistent.
pub async fn turns(db: &mut PgConnection, company: CompanyId, call: CallId) -> DbResult<Vec<StoredTurn>> {
    let rows = sqlx::query!(
        "select turn_index, role, content, state_id, started_ms, ttfb_stt_ms, latency_llm_ms, ttfb_tts_ms, eou_latency_ms,
                was_interrupted
         from call_logs where company_id = $1 and call_id = $2 order by turn_index",
        company.0,
        call.0
    )
    .fetch_all(db)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(StoredTurn {
                turn_index: row.turn_index,
                role: parse("call_logs", "role", call.0, &row.role)?,
                content: row.content,
                state_id: row.state_id,
                started_ms: row.started_ms,
                ttfb_stt_ms: row.ttfb_stt_ms,
                latency_llm_ms: row.latency_llm_ms,
                ttfb_tts_ms: row.ttfb_tts_ms,
                eou_latency_ms: row.eou_latency_ms,
                was_interrupted: row.was_interrupted,
            })
        })
        .collect()
}

/// Usage and cost of a call.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredMetrics {
    /// Seconds recognised.
    pub stt_seconds: f64,
    /// Tokens sent.
    pub llm_input_tokens: i32,
    /// Tokens answered.
    pub llm_output_tokens: i32,
    /// Characters synthesised.
    pub tts_characters: i32,
    /// Line time.
    pub line_seconds: f64,
    /// Recognition.
    pub cost_stt: Decimal,
    /// Language model.
    pub cost_llm: Decimal,
    /// Speech synthesis.
    pub cost_tts: Decimal,
    /// Line.
    pub cost_line: Decimal,
    /// Sum.
    pub cost_total: Decimal,
    /// ISO 4217.
    pub currency: String,
    /// Times the person spoke over the bot.
    pub interruption_count: i32,
    /// Per turn.
    pub interruption_rate: f64,
}

/// The measures of a call; none without a conversation.
///
/// # Errors
/// When the database does not answer.
pub async fn metrics(db: &mut PgConnection, company: CompanyId, call: CallId) -> DbResult<Option<StoredMetrics>> {
    Ok(sqlx::query_as!(
        StoredMetrics,
        "select stt_seconds, llm_input_tokens, llm_output_tokens, tts_characters, line_seconds, cost_stt, cost_llm, cost_tts,
                cost_line, cost_total, currency, interruption_count, interruption_rate
         from call_metrics where company_id = $1 and call_id = $2",
        company.0,
        call.0
    )
    .fetch_optional(db)
    .await?)
}
