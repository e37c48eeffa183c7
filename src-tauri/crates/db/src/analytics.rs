//! Figures over many calls. Percentiles are computed from turns, never from averages; released calls count nowhere.

use callboard_core::{
    id::{CampaignId, CompanyId},
    line::LineKind,
};
use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use sqlx::PgConnection;

use crate::DbResult;

/// Counts of ended calls of a campaign.
#[derive(Debug, Clone, PartialEq)]
pub struct Totals {
    /// Dialled and over.
    pub ended: i32,
    /// Picked up by a person.
    pub answered: i32,
    /// With the outcome success.
    pub successes: i32,
    /// Measured conversations.
    pub conversations: i32,
    /// Mean talk time of answered calls.
    pub average_talk_ms: Option<f64>,
    /// What they cost, in each currency.
    pub charged: Vec<Charged>,
}

/// Costs in one currency. A call keeps the currency of the prices at its end; amounts of two are never added up.
#[derive(Debug, Clone, PartialEq)]
pub struct Charged {
    /// The currency.
    pub currency: String,
    /// Conversations that were charged in it.
    pub conversations: i32,
    /// Recognition.
    pub stt: Decimal,
    /// Language model.
    pub llm: Decimal,
    /// Speech synthesis.
    pub tts: Decimal,
    /// Line.
    pub line: Decimal,
    /// Sum.
    pub total: Decimal,
}

/// Totals of a campaign.
///
/// # Errors
/// When the database does not answer.
pub async fn totals(db: &mut PgConnection, company: CompanyId, campaign: CampaignId) -> DbResult<Totals> {
    let groups = sqlx::query!(
        r#"select m.currency as "currency?", count(*)::int as "ended!",
                  (count(*) filter (where k.disposition = 'answered'))::int as "answered!",
                  (count(*) filter (where k.outcome = 'success'))::int as "successes!",
                  count(m.call_id)::int as "conversations!",
                  (count(k.talk_ms) filter (where k.disposition = 'answered'))::int as "talks!",
                  coalesce(sum(k.talk_ms) filter (where k.disposition = 'answered'), 0) as "talk_ms!",
                  coalesce(sum(m.cost_stt), 0) as "cost_stt!", coalesce(sum(m.cost_llm), 0) as "cost_llm!",
                  coalesce(sum(m.cost_tts), 0) as "cost_tts!", coalesce(sum(m.cost_line), 0) as "cost_line!",
                  coalesce(sum(m.cost_total), 0) as "cost_total!"
           from calls k
           left join call_metrics m on m.company_id = k.company_id and m.call_id = k.call_id
           where k.company_id = $1 and k.campaign_id = $2 and k.state = 'ended' and k.dial_intent_at is not null
           group by m.currency"#,
        company.0,
        campaign.0
    )
    .fetch_all(db)
    .await?;
    let sum = |part: fn(&_) -> i32| groups.iter().map(part).sum();
    let (talks, talk_ms): (i32, i64) = (sum(|group| group.talks), groups.iter().map(|group| group.talk_ms).sum());
    Ok(Totals {
        ended: sum(|group| group.ended),
        answered: sum(|group| group.answered),
        successes: sum(|group| group.successes),
        conversations: sum(|group| group.conversations),
        average_talk_ms: (talks > 0).then(|| talk_ms as f64 / f64::from(talks)),
        charged: groups
            .into_iter()
            .filter_map(|group| {
                Some(Charged {
                    currency: group.currency?,
                    conversations: group.conversations,
                    stt: group.cost_stt,
                    llm: group.cost_llm,
                    tts: group.cost_tts,
                    line: group.cost_line,
                    total: group.cost_total,
                })
            })
            .collect(),
    })
}

/// One measure over the turns of a campaign.
#[derive(Debug, Clone, PartialEq)]
pub struct Latency {
    /// Name of the column.
    pub kind: String,
    /// Turns that have it.
    pub turns: i32,
    /// Mean.
    pub average_ms: Option<f64>,
    /// 95th percentile.
    pub p95_ms: Option<f64>,
}

/// The four measures of a campaign.
///
/// # Errors
/// When the database does not answer.
pub async fn latencies(db: &mut PgConnection, company: CompanyId, campaign: CampaignId) -> DbResult<Vec<Latency>> {
    Ok(sqlx::query_as!(
        Latency,
        r#"select v.kind as "kind!", count(v.ms)::int as "turns!", avg(v.ms) as average_ms,
                  percentile_cont(0.95) within group (order by v.ms) as p95_ms
           from calls k
           join call_logs g on g.company_id = k.company_id and g.call_id = k.call_id
           cross join lateral (values (1, 'eou_latency', g.eou_latency_ms), (2, 'ttfb_stt', g.ttfb_stt_ms),
                                      (3, 'latency_llm', g.latency_llm_ms), (4, 'ttfb_tts', g.ttfb_tts_ms)) v(place, kind, ms)
           where k.company_id = $1 and k.campaign_id = $2
           group by v.place, v.kind order by v.place"#,
        company.0,
        campaign.0
    )
    .fetch_all(db)
    .await?)
}

/// How often each text of a column occurs among ended calls of a campaign: outcomes, then dispositions.
///
/// # Errors
/// When the database does not answer.
pub async fn outcomes(
    db: &mut PgConnection,
    company: CompanyId,
    campaign: CampaignId,
) -> DbResult<(Vec<(String, i32)>, Vec<(String, i32)>)> {
    let rows = sqlx::query!(
        r#"select outcome as "outcome!", disposition as "disposition!", count(*)::int as "count!"
           from calls where company_id = $1 and campaign_id = $2 and state = 'ended'
           group by outcome, disposition"#,
        company.0,
        campaign.0
    )
    .fetch_all(db)
    .await?;
    let sum = |key: fn(&str, &str) -> String| {
        let mut sums = std::collections::BTreeMap::<String, i32>::new();
        for row in &rows {
            *sums.entry(key(&row.outcome, &row.disposition)).or_default() += row.count;
        }
        let mut sums: Vec<_> = sums.into_iter().collect();
        sums.sort_by_key(|(name, count)| (-count, name.clone()));
        sums
    };
    Ok((sum(|outcome, _| outcome.to_owned()), sum(|_, disposition| disposition.to_owned())))
}

/// One minute of a campaign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Minute {
    /// Its start.
    pub minute: DateTime<Utc>,
    /// Calls started.
    pub started: i32,
    /// Calls picked up.
    pub answered: i32,
}

/// The last 60 minutes without gaps, oldest first.
///
/// # Errors
/// When the database does not answer.
pub async fn minutes(db: &mut PgConnection, company: CompanyId, campaign: CampaignId) -> DbResult<Vec<Minute>> {
    Ok(sqlx::query_as!(
        Minute,
        r#"with clock as materialized (select date_trunc('minute', clock_timestamp()) as last),
           dialed as materialized (
               select date_trunc('minute', k.dial_intent_at) as started, date_trunc('minute', k.answered_at) as answered
               from calls k, clock
               where k.company_id = $1 and k.campaign_id = $2 and k.dial_intent_at > clock.last - interval '2 hours'
           )
           select m.minute as "minute!",
                  (select count(*)::int from dialed d where d.started = m.minute) as "started!",
                  (select count(*)::int from dialed d where d.answered = m.minute) as "answered!"
           from clock, generate_series(clock.last - interval '59 minutes', clock.last, interval '1 minute') as m(minute)
           order by m.minute"#,
        company.0,
        campaign.0
    )
    .fetch_all(db)
    .await?)
}

/// Figures of a company since its local midnight, and its calls of the last minute.
#[derive(Debug, Clone, PartialEq)]
pub struct Today {
    /// Ended.
    pub ended: i32,
    /// Picked up by a person.
    pub answered: i32,
    /// With the outcome success.
    pub successes: i32,
    /// Cost and its currency.
    pub cost: Vec<(String, Decimal)>,
    /// Started in the last 60 seconds.
    pub started_last_minute: i32,
    /// The database's clock.
    pub now: DateTime<Utc>,
}

/// Reads the figures of today of one line: practice and real calls are never added up.
///
/// # Errors
/// When the database does not answer.
pub async fn today(db: &mut PgConnection, company: CompanyId, line: LineKind) -> DbResult<Option<Today>> {
    let groups = sqlx::query!(
        r#"with clock as materialized (
               select clock_timestamp() as now,
                      date_trunc('day', clock_timestamp() at time zone o.time_zone) at time zone o.time_zone as midnight
               from companies o where o.company_id = $1
           )
           select m.currency as "currency?",
                  (count(*) filter (where k.state = 'ended'))::int as "ended!",
                  (count(*) filter (where k.disposition = 'answered'))::int as "answered!",
                  (count(*) filter (where k.outcome = 'success'))::int as "successes!",
                  coalesce(sum(m.cost_total), 0) as "cost!",
                  (count(*) filter (where k.dial_intent_at > clock.now - interval '60 seconds'))::int as "started_last_minute!",
                  clock.now as "now!"
           from clock
           left join calls k on k.company_id = $1 and k.admitted_at >= clock.midnight and k.dial_intent_at is not null
                             and k.line = $2
           left join call_metrics m on m.company_id = k.company_id and m.call_id = k.call_id
           group by clock.now, m.currency"#,
        company.0,
        line.as_str()
    )
    .fetch_all(db)
    .await?;
    let sum = |part: fn(&_) -> i32| groups.iter().map(part).sum();
    let Some(now) = groups.first().map(|group| group.now) else { return Ok(None) };
    Ok(Some(Today {
        ended: sum(|group| group.ended),
        answered: sum(|group| group.answered),
        successes: sum(|group| group.successes),
        started_last_minute: sum(|group| group.started_last_minute),
        now,
        cost: groups.into_iter().filter_map(|group| Some((group.currency?, group.cost))).collect(),
    }))
}
