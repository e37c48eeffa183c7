//! Why a campaign, or a contact in it, is or is not dialled now, and when next. Owns the reading of the facts in one
//! snapshot; refuses to decide: `callboard_core::explain` does, by the predicates of admission.

use callboard_contract::{ContactExplanation, ContactRef, DialingStatus, ExplanationView, TaskExplanation, TaskRef};
use callboard_core::{
    explain::{Explanation, Sentence, expected_wait},
    id::{CampaignId, CompanyId, TaskId},
    zone::ZoneSet,
};
use callboard_db::{
    PgConnection, campaigns as campaign_rows,
    dialing::{self as rows, DialingFacts},
    direct, tasks as task_rows,
};

use crate::{
    context::{Context, commit},
    error::{OrFault, UseCase, not_found},
};

/// Campaigns of a contact that are explained at most.
const MOST: i64 = 20;

pub(crate) fn status(sentence: Sentence) -> DialingStatus {
    DialingStatus { reason: sentence.reason, at: sentence.at, params: sentence.params }
}

fn view(explanation: Explanation) -> ExplanationView {
    ExplanationView {
        first: status(explanation.first),
        also: explanation.also.into_iter().map(status).collect(),
        next_at: explanation.next_at,
    }
}

/// Answers for a campaign whose facts were read.
pub(crate) fn of_campaign(facts: &DialingFacts) -> Explanation {
    let own = ZoneSet::from(facts.window.zone);
    facts.facts.explain(|at| facts.window.interval_at_or_after(at, &own).map(|(from, _)| from.max(at)))
}

/// Why the campaign is, or is not, dialled at this moment, and when next.
///
/// # Errors
/// `not_found`.
pub async fn explain_campaign(context: &Context, company: CompanyId, id: CampaignId) -> UseCase<ExplanationView> {
    let mut tx = context.snapshot().await.or_fault(context)?;
    campaign_rows::get(&mut tx, company, id).await.or_fault(context)?.ok_or_else(|| not_found("campaign"))?;
    let facts = rows::facts(&mut tx, company, id).await.or_fault(context)?;
    commit(tx).await.or_fault(context)?;
    Ok(view(of_campaign(&facts)))
}

/// Why a contact is, or is not, called in its campaign at this moment, and when next.
///
/// # Errors
/// `not_found`.
pub async fn explain_task(context: &Context, request: TaskRef) -> UseCase<TaskExplanation> {
    let (company, task) = (CompanyId(request.company_id), TaskId(request.task_id));
    let mut tx = context.snapshot().await.or_fault(context)?;
    let campaign = task_rows::campaign_of(&mut tx, company, task).await.or_fault(context)?;
    let campaign = campaign.ok_or_else(|| not_found("task"))?;
    let explained = explained(&mut tx, context, company, (campaign, task)).await?;
    commit(tx).await.or_fault(context)?;
    explained.ok_or_else(|| not_found("task"))
}

/// Why a contact is, or is not, called in each campaign that has it.
///
/// # Errors
/// When the database is away.
pub async fn explain_contact(context: &Context, request: ContactRef) -> UseCase<ContactExplanation> {
    let company = CompanyId(request.company_id);
    let mut tx = context.snapshot().await.or_fault(context)?;
    let tasks = rows::tasks_of_contact(&mut tx, company, request.contact_id, MOST).await.or_fault(context)?;
    let mut items = Vec::new();
    for task in tasks {
        items.extend(explained(&mut tx, context, company, task).await?);
    }
    commit(tx).await.or_fault(context)?;
    Ok(ContactExplanation { items })
}

async fn explained(
    db: &mut PgConnection,
    context: &Context,
    company: CompanyId,
    (campaign_id, task): (CampaignId, TaskId),
) -> UseCase<Option<TaskExplanation>> {
    let Some(campaign) = campaign_rows::get(db, company, campaign_id).await.or_fault(context)? else { return Ok(None) };
    let facts = rows::facts(db, company, campaign_id).await.or_fault(context)?;
    let Some(mut standing) = rows::task_facts(db, company, task, &facts).await.or_fault(context)? else {
        return Ok(None);
    };
    if let Some(place) = standing.facts.place {
        let slots = direct::slots(db, company).await.or_fault(context)?;
        let at_once = slots.limit.min(facts.facts.campaign.limit);
        let ahead = place - facts.facts.campaign.free().min(slots.free);
        standing.facts.expected_wait_seconds =
            Some(if ahead <= 0 { 0 } else { expected_wait(ahead, at_once, slots.hold_seconds) });
    }
    let zones = standing.zones.unwrap_or_else(|| ZoneSet::from(facts.window.zone));
    let explanation = standing
        .facts
        .explain(&facts.facts, |at| facts.window.interval_at_or_after(at, &zones).map(|(from, _)| from.max(at)));
    Ok(Some(TaskExplanation {
        task_id: task.0,
        campaign_id: campaign_id.0,
        campaign_name: campaign.settings.name,
        explanation: view(explanation),
        as_of: facts.facts.now,
    }))
}
