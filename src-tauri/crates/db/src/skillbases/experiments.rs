//! Versions of a campaign: the pinned one and the one that it is compared with.

use callboard_core::id::{CampaignId, CompanyId};
use sqlx::PgConnection;

use crate::DbResult;

/// Pins another version of the campaign's skillbase. False when the campaign has another revision. Calls in progress keep
/// theirs.
///
/// # Errors
/// The foreign key when there is no such version; `campaigns_variant_differs` when it is the one that it is compared with.
pub async fn pin(
    db: &mut PgConnection,
    company: CompanyId,
    campaign: CampaignId,
    version: i32,
    base_revision: i32,
) -> DbResult<bool> {
    let done = sqlx::query!(
        "update campaigns set skillbase_version = $4, revision = revision + 1, updated_at = clock_timestamp()
         where company_id = $1 and campaign_id = $2 and revision = $3",
        company.0,
        campaign.0,
        base_revision,
        version
    )
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Begins, changes or ends the comparison with another version: its version and per cent. False when the campaign has
/// another revision.
///
/// # Errors
/// The foreign key when there is no such version; `campaigns_variant_differs` when it is the pinned one.
pub async fn set_experiment(
    db: &mut PgConnection,
    company: CompanyId,
    campaign: CampaignId,
    variant: Option<(i32, i16)>,
    base_revision: i32,
) -> DbResult<bool> {
    let done = sqlx::query!(
        "update campaigns
         set variant_version = $4, variant_percent = $5, revision = revision + 1, updated_at = clock_timestamp()
         where company_id = $1 and campaign_id = $2 and revision = $3",
        company.0,
        campaign.0,
        base_revision,
        variant.map(|(version, _)| version),
        variant.map(|(_, percent)| percent)
    )
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// What one side has reached.
#[derive(Debug, Clone, PartialEq)]
pub struct VariantFigures {
    /// `a` or `b`.
    pub variant: String,
    /// Its version.
    pub version: i32,
    /// Contacts that are assigned to it.
    pub contacts: i32,
    /// Calls that were dialled and have ended.
    pub calls_ended: i32,
    /// Of these, picked up by a person.
    pub calls_answered: i32,
    /// Of these, with the outcome success.
    pub successes: i32,
    /// Of the answered ones, with the outcome refusal.
    pub refusals: i32,
    /// Mean length of an answered call, seconds.
    pub average_talk_seconds: Option<f64>,
}

/// Figures of both sides of a campaign's experiment, A first; none when it has none. Only calls that really spoke the
/// version of their side count: what was said before a version changed belongs to the experiment before.
///
/// # Errors
/// When the database does not answer.
pub async fn experiment(
    db: &mut PgConnection,
    company: CompanyId,
    campaign: CampaignId,
) -> DbResult<Vec<VariantFigures>> {
    Ok(sqlx::query_as!(
        VariantFigures,
        r#"with sides as materialized (
               select c.variant_percent, side.variant, side.version
               from campaigns c
               cross join lateral (values ('a', c.skillbase_version), ('b', c.variant_version)) side(variant, version)
               where c.company_id = $1 and c.campaign_id = $2 and c.variant_version is not null
           ), assigned as materialized (
               select contact_variant($2, t.phone, (select max(variant_percent) from sides)) as variant, count(*)::int as contacts
               from call_tasks t where t.company_id = $1 and t.campaign_id = $2 and exists (select from sides)
               group by 1
           ), reached as materialized (
               select k.variant, k.skillbase_version, count(*)::int as ended,
                      (count(*) filter (where k.disposition = 'answered'))::int as answered,
                      (count(*) filter (where k.disposition = 'answered' and k.outcome = 'success'))::int as successes,
                      (count(*) filter (where k.disposition = 'answered' and k.outcome = 'refusal'))::int as refusals,
                      (avg(k.talk_ms) filter (where k.disposition = 'answered') / 1000.0)::float8 as talk
               from calls k
               where k.company_id = $1 and k.campaign_id = $2 and k.state = 'ended' and k.dial_intent_at is not null
                 and k.variant is not null
               group by k.variant, k.skillbase_version
           )
           select s.variant as "variant!", s.version as "version!", coalesce(a.contacts, 0) as "contacts!",
                  coalesce(r.ended, 0) as "calls_ended!", coalesce(r.answered, 0) as "calls_answered!",
                  coalesce(r.successes, 0) as "successes!", coalesce(r.refusals, 0) as "refusals!",
                  r.talk as average_talk_seconds
           from sides s
           left join assigned a on a.variant = s.variant
           left join reached r on r.variant = s.variant and r.skillbase_version = s.version
           order by s.variant"#,
        company.0,
        campaign.0
    )
    .fetch_all(db)
    .await?)
}
