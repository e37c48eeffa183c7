//! Versions of a campaign: which one it pins, and the comparison of two.

use callboard_contract::{
    CampaignPin, CampaignView, ErrorCode, ExperimentForm, ExperimentResults, ExperimentUpdate, ExperimentView,
    IpcError, RateDifference, RateView, Variant, VariantResult,
};
use callboard_core::{
    field::FieldErrors,
    id::{CampaignId, CompanyId},
    interval::{Share, newcombe, wilson},
};
use callboard_db::{
    PgConnection, campaigns as campaign_rows,
    campaigns::Campaign,
    skillbases::{self as rows, VariantFigures},
};

use crate::{
    campaigns,
    context::{Context, commit},
    error::{OrFault, UseCase, field, illegal_state, not_found},
    events,
};

fn changed(present: i32) -> IpcError {
    IpcError::refusal(ErrorCode::Conflict, "Somebody has changed the campaign meanwhile. Look at it again.")
        .with("revision", present.to_string())
}

/// Locks a campaign that is not over.
async fn open(db: &mut PgConnection, context: &Context, company: CompanyId, id: CampaignId) -> UseCase<Campaign> {
    if !campaign_rows::lock(db, company, id).await.or_fault(context)? {
        return Err(not_found("campaign"));
    }
    let campaign = campaign_rows::get(db, company, id).await.or_fault(context)?.ok_or_else(|| not_found("campaign"))?;
    if campaign.state.is_final() { Err(illegal_state(campaign.state)) } else { Ok(campaign) }
}

/// Refuses a version that the campaign's skillbase does not have.
async fn check_version(db: &mut PgConnection, context: &Context, campaign: &Campaign, version: i32) -> UseCase<()> {
    let found = rows::version(db, campaign.company_id, campaign.skillbase_id, version).await.or_fault(context)?;
    if found.is_some() { Ok(()) } else { Err(field("version", "notFound")) }
}

/// Pins another version of the campaign's skillbase, also while it runs: calls in progress keep theirs, the next ones speak
/// the new one. Pinning the second version of an experiment ends the experiment.
///
/// # Errors
/// `version: notFound`; `conflict`; `illegal_transition` when the campaign is over.
pub async fn pin_version(context: &Context, request: CampaignPin) -> UseCase<CampaignView> {
    let (company, id) = (CompanyId(request.company_id), CampaignId(request.campaign_id));
    let mut tx = context.begin().await.or_fault(context)?;
    let campaign = open(&mut tx, context, company, id).await?;
    check_version(&mut tx, context, &campaign, request.version).await?;
    let mut revision = request.base_revision;
    if campaign.variant.is_some_and(|(version, _)| version == request.version) {
        if !rows::set_experiment(&mut tx, company, id, None, revision).await.or_fault(context)? {
            return Err(changed(campaign.revision));
        }
        revision += 1;
    }
    if !rows::pin(&mut tx, company, id, request.version, revision).await.or_fault(context)? {
        return Err(changed(campaign.revision));
    }
    events::announce(&mut tx, Some(company), &["campaigns", "skillbases"]).await.or_fault(context)?;
    commit(tx).await.or_fault(context)?;
    campaigns::get(context, company, id).await
}

/// Begins, changes or ends the comparison of two versions.
///
/// # Errors
/// Refused fields: `version: notFound`, `version: same`, `sharePercent: range`; `conflict`; `illegal_transition` when the
/// campaign is over.
pub async fn set_experiment(context: &Context, request: ExperimentUpdate) -> UseCase<CampaignView> {
    let (company, id) = (CompanyId(request.company_id), CampaignId(request.campaign_id));
    let mut tx = context.begin().await.or_fault(context)?;
    let campaign = open(&mut tx, context, company, id).await?;
    let variant = match request.experiment {
        None => None,
        Some(ExperimentForm { version, share_percent }) => {
            let mut errors = FieldErrors::default();
            errors.check_range("sharePercent", share_percent.into(), 1, 99);
            if version == campaign.skillbase_version {
                errors.add("version", "same");
            }
            errors.into_result()?;
            check_version(&mut tx, context, &campaign, version).await?;
            Some((version, i16::try_from(share_percent).unwrap_or(50)))
        }
    };
    if !rows::set_experiment(&mut tx, company, id, variant, request.base_revision).await.or_fault(context)? {
        return Err(changed(campaign.revision));
    }
    events::announce(&mut tx, Some(company), &["campaigns", "skillbases"]).await.or_fault(context)?;
    commit(tx).await.or_fault(context)?;
    campaigns::get(context, company, id).await
}

fn rate(share: Share) -> RateView {
    RateView { rate: share.rate, low: share.low, high: share.high }
}

fn shares(figures: &VariantFigures) -> (Share, Share) {
    let count = |value: i32| u32::try_from(value).unwrap_or(0);
    let answered = count(figures.calls_answered);
    (wilson(count(figures.successes), answered), wilson(count(figures.refusals), answered))
}

fn result(figures: &VariantFigures) -> VariantResult {
    let (successes, refusals) = shares(figures);
    VariantResult {
        variant: figures.variant.parse().unwrap_or(Variant::A),
        version: figures.version,
        contacts: figures.contacts,
        calls_ended: figures.calls_ended,
        calls_answered: figures.calls_answered,
        successes: figures.successes,
        refusals: figures.refusals,
        success_rate: rate(successes),
        refusal_rate: rate(refusals),
        average_talk_seconds: figures.average_talk_seconds,
    }
}

/// What both versions of a campaign have reached, with intervals; none without an experiment.
///
/// # Errors
/// `not_found`.
pub async fn experiment(context: &Context, company: CompanyId, id: CampaignId) -> UseCase<ExperimentView> {
    let mut db = context.connection().await.or_fault(context)?;
    let campaign =
        campaign_rows::get(&mut db, company, id).await.or_fault(context)?.ok_or_else(|| not_found("campaign"))?;
    let Some((version, percent)) = campaign.variant else { return Ok(ExperimentView { results: None }) };
    let figures = rows::experiment(&mut db, company, id).await.or_fault(context)?;
    let as_of = callboard_db::now(&mut db).await.or_fault(context)?;
    let difference = match figures.as_slice() {
        [first, second] => newcombe(shares(first).0, shares(second).0),
        _ => None,
    };
    Ok(ExperimentView {
        results: Some(ExperimentResults {
            experiment: ExperimentForm { version, share_percent: percent.into() },
            variants: figures.iter().map(result).collect(),
            difference: difference.map(|difference| RateDifference {
                difference: difference.difference,
                low: difference.low,
                high: difference.high,
                significant: difference.is_significant(),
            }),
            as_of,
        }),
    })
}
