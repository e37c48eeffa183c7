//! Calls to one's own number, to hear a skillbase speak. A test call is an ordinary campaign with one contact and one
//! attempt: the same admission, the same limits, the same line and the same record, so that what is heard is what contacts
//! will hear. The hours are not asked: the person asks for it now, and it is the person's own phone.

use callboard_contract::{CampaignForm, ErrorCode, IpcError, SpanForm, TestCallPlaced, TestCallRequest};
use callboard_core::{
    id::{CampaignId, CompanyId, ContactId, SkillbaseId, TaskId},
    phone::parse_phone,
    spread::SpreadMode,
};
use callboard_db::{do_not_call, skillbases as rows, test_calls};

use crate::{
    campaigns, companies,
    context::{Context, commit},
    error::{OrFault, UseCase, field, not_found},
    events,
    lines::Lines,
};

/// Places a test call (acceptance 58).
///
/// # Errors
/// Refused fields: `phone` with why it is no number, `phone: doNotCall`, `version: notFound`; `conflict` for a skillbase
/// that was put away or of which nothing is published; `line_not_usable`.
pub async fn place(context: &Context, lines: &Lines, request: TestCallRequest) -> UseCase<TestCallPlaced> {
    let (company_id, id) = (CompanyId(request.company_id), SkillbaseId(request.skillbase_id));
    let company = companies::get(context, company_id).await?;
    let phone = parse_phone(&request.phone, &company.default_region).map_err(|_| field("phone", "phone"))?;
    let mut db = context.connection().await.or_fault(context)?;
    let skillbase =
        rows::get(&mut db, company_id, id).await.or_fault(context)?.ok_or_else(|| not_found("skillbase"))?;
    if skillbase.archived_at.is_some() {
        let message = "The skillbase was put away. Bring it back before you call with it.";
        return Err(IpcError::refusal(ErrorCode::Conflict, message).with("archived", "true"));
    }
    if skillbase.version == 0 {
        let message = "Nothing of this skillbase is published yet. Publish it before you call with it.";
        return Err(IpcError::refusal(ErrorCode::Conflict, message).with("unpublished", "true"));
    }
    let version = request.version.unwrap_or(skillbase.version);
    if rows::version(&mut db, company_id, id, version).await.or_fault(context)?.is_none() {
        return Err(field("version", "notFound"));
    }
    if do_not_call::forbidding(&mut db, company_id, &phone.e164).await.or_fault(context)?.is_some() {
        return Err(field("phone", "doNotCall"));
    }
    drop(db);

    let campaign =
        campaigns::create(context, company_id, &form(&skillbase.name, version, id, &company.time_zone)).await?;
    let campaign = CampaignId(campaign.id);
    let (task, contact) = (TaskId(context.new_id()), ContactId(context.new_id()));
    let mut tx = context.begin().await.or_fault(context)?;
    rows::pin(&mut tx, company_id, campaign, version, 1).await.or_fault(context)?;
    test_calls::insert_task(&mut tx, company_id, campaign, (task, contact), &phone.e164).await.or_fault(context)?;
    events::announce(&mut tx, Some(company_id), &["campaigns", "tasks"]).await.or_fault(context)?;
    commit(tx).await.or_fault(context)?;
    if let Err(error) = campaigns::start(context, lines, company_id, campaign).await {
        // A campaign that could not begin would only lie about.
        campaigns::delete(context, company_id, campaign).await?;
        return Err(error);
    }
    Ok(TestCallPlaced { campaign_id: campaign.0, task_id: task.0 })
}

fn form(name: &str, version: i32, skillbase: SkillbaseId, time_zone: &str) -> CampaignForm {
    CampaignForm {
        name: format!("Test: {name}, {version}").chars().take(255).collect(),
        description: String::new(),
        skillbase_id: skillbase.0,
        calls_at_once: 1,
        calls_per_minute: 1,
        max_attempts: 1,
        retry_delay_minutes: 1,
        retries: Vec::new(),
        weight: 100,
        spread: SpreadMode::Fast,
        daily_budget: None,
        ramp_up_from: None,
        hours: vec![SpanForm { weekdays: (1..=7).collect(), opens: "00:00".to_owned(), closes: "24:00".to_owned() }],
        closed_days: Vec::new(),
        time_zone: time_zone.to_owned(),
        local_time: false,
        starts_at: None,
        ends_at: None,
    }
}
