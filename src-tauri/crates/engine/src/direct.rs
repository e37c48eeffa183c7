//! Direct calls: "Call now" on a contact. Owns what is checked before one is asked for and what its wait is said to be;
//! refuses to admit it: admission gives it the next free slot of its company, before any list.

use std::time::Duration;

use callboard_contract::{
    ContactCallNow, DirectCallStarted, DirectCallView, DirectCalls, ErrorCode, IpcError, TaskRef,
};
use callboard_core::{
    explain::expected_wait,
    id::{CampaignId, CompanyId, ContactId, SkillbaseId, TaskId},
    window::{DialingWindow, parse_zone},
};
use callboard_db::{
    call_lists, campaigns as campaign_rows, companies as company_rows, contacts as contact_rows,
    direct::{self as rows, DirectCall, Slots},
    do_not_call, lanes, locks,
};

use crate::{
    campaigns::check_line,
    context::{Context, commit},
    error::{OrFault, UseCase, field, not_found},
    events,
    lines::Lines,
    settings,
};

/// How long "Call now" waits to say that the call has its slot, when one is free.
const LOOK_FOR: Duration = Duration::from_millis(1500);
/// How often it looks.
const LOOK: Duration = Duration::from_millis(50);
/// Hours of a direct call that belongs to no campaign, where the contact is: 09:00 to 21:00.
const OPENS: i16 = 9 * 60;
const CLOSES: i16 = 21 * 60;

/// Seconds until a direct call has its slot.
fn wait(place: i32, slots: &Slots) -> i32 {
    if place <= slots.free {
        return 0;
    }
    i32::try_from(expected_wait(place - slots.free, slots.limit, slots.hold_seconds)).unwrap_or(i32::MAX)
}

/// Calls a contact before any campaign's row, or as soon as a slot is free (acceptance 70, 71). Hours, do-not-call list and
/// caps hold for it as for any call. Asked for twice it is the same call.
///
/// # Errors
/// `campaignId: oneOf` when not exactly one of campaign and skillbase is given, `phone: notOfContact`, `phone: doNotCall`;
/// `skillbaseId: notOfCompany`; `line_not_usable`; `not_found`.
pub async fn call_now(context: &Context, lines: &Lines, request: ContactCallNow) -> UseCase<DirectCallStarted> {
    let (company, contact) = (CompanyId(request.company_id), ContactId(request.contact_id));
    if request.campaign_id.is_some() == request.skillbase_id.is_some() {
        return Err(field("campaignId", "oneOf"));
    }
    let mut db = context.connection().await.or_fault(context)?;
    let list = match request.campaign_id {
        Some(id) => {
            let found = campaign_rows::get(&mut db, company, CampaignId(id)).await.or_fault(context)?;
            Some(found.filter(|campaign| !campaign.is_direct).ok_or_else(|| not_found("campaign"))?)
        }
        None => None,
    };
    drop(db);
    let line = match list.as_ref().and_then(|campaign| campaign.line) {
        Some(line) => line,
        None => settings::line(context, company).await?.kind,
    };
    check_line(context, lines, company, line).await?;

    let mut tx = context.begin().await.or_fault(context)?;
    locks::lock_contacts(&mut tx, company).await.or_fault(context)?;
    let person = contact_rows::get(&mut tx, company, contact).await.or_fault(context)?;
    let person = person.ok_or_else(|| not_found("contact"))?.person;
    let numbers: Vec<&String> = std::iter::once(&person.phone).chain(&person.other_phones).collect();
    let index = match &request.phone {
        None => 0,
        Some(phone) => {
            numbers.iter().position(|number| *number == phone).ok_or_else(|| field("phone", "notOfContact"))?
        }
    };
    let new_id = CampaignId(context.new_id());
    let campaign = match (&list, request.skillbase_id) {
        (Some(list), _) => rows::campaign_for_list(&mut tx, company, new_id, list.campaign_id, line)
            .await
            .or_fault(context)?
            .ok_or_else(|| not_found("campaign"))?,
        (None, Some(skillbase)) => {
            let zone = company_rows::get(&mut tx, company).await.or_fault(context)?;
            let zone = zone.and_then(|company| parse_zone(&company.time_zone)).ok_or_else(|| not_found("company"))?;
            let window = DialingWindow::daily(OPENS, CLOSES, zone);
            rows::campaign_for_skillbase(&mut tx, company, new_id, SkillbaseId(skillbase), line, &window)
                .await
                .or_fault(context)?
                .ok_or_else(|| field("skillbaseId", "notOfCompany"))?
        }
        (None, None) => return Err(field("campaignId", "oneOf")),
    };
    let for_list = list.as_ref().map_or(campaign, |list| list.campaign_id);
    if do_not_call::is_forbidden(&mut tx, company, for_list, numbers[index]).await.or_fault(context)? {
        return Err(field("phone", "doNotCall"));
    }
    call_lists::lock_for_import(&mut tx, company, campaign).await.or_fault(context)?;
    rows::add_lane(&mut tx, company, campaign, contact).await.or_fault(context)?;
    lanes::open_campaign(&mut tx, company, campaign).await.or_fault(context)?;
    let task = TaskId(context.new_id());
    let index = i16::try_from(index).unwrap_or(0);
    let asked = rows::ask(&mut tx, company, (campaign, contact), task, index)
        .await
        .or_fault(context)?
        .ok_or_else(|| not_found("contact"))?;
    events::announce(&mut tx, Some(company), &["tasks", "live", "contacts"]).await.or_fault(context)?;
    commit(tx).await.or_fault(context)?;
    tracing::info!(campaign.id = %campaign, task.id = %asked.task_id, "A direct call was asked for: task {}", asked.task_id);
    started(context, company, asked.task_id).await
}

/// What became of it: a worker that hears of it takes it within milliseconds when a slot is free.
async fn started(context: &Context, company: CompanyId, task: TaskId) -> UseCase<DirectCallStarted> {
    let until = tokio::time::Instant::now() + LOOK_FOR;
    loop {
        let mut db = context.connection().await.or_fault(context)?;
        if let Some(call) = rows::call_of(&mut db, company, task).await.or_fault(context)? {
            return Ok(DirectCallStarted::Started { task_id: task.0, call_id: call.0 });
        }
        let waiting = rows::list(&mut db, company).await.or_fault(context)?;
        let slots = rows::slots(&mut db, company).await.or_fault(context)?;
        drop(db);
        let place = waiting.iter().find(|call| call.task_id == task).and_then(|call| call.place).unwrap_or(1);
        let soon = slots.worker_alive && place <= slots.free;
        if !soon || tokio::time::Instant::now() >= until {
            let expected_wait_seconds = wait(place, &slots);
            return Ok(DirectCallStarted::Queued { task_id: task.0, place, expected_wait_seconds });
        }
        tokio::time::sleep(LOOK).await;
    }
}

fn view(call: DirectCall, slots: &Slots) -> DirectCallView {
    DirectCallView {
        task_id: call.task_id.0,
        contact_id: call.contact_id.0,
        contact_name: call.contact_name,
        phone: call.phone,
        campaign_id: call.direct_for.map(|id| id.0),
        title: call.title,
        status: call.status,
        call_id: call.call_id.map(|id| id.0),
        place: call.place,
        expected_wait_seconds: call.place.map(|place| wait(place, slots)),
        asked_at: call.asked_at,
    }
}

/// Direct calls that wait or are in progress.
///
/// # Errors
/// `not_found` without the company.
pub async fn list(context: &Context, company: CompanyId) -> UseCase<DirectCalls> {
    let mut db = context.connection().await.or_fault(context)?;
    if company_rows::get(&mut db, company).await.or_fault(context)?.is_none() {
        return Err(not_found("company"));
    }
    let slots = rows::slots(&mut db, company).await.or_fault(context)?;
    let calls = rows::list(&mut db, company).await.or_fault(context)?;
    let as_of = callboard_db::now(&mut db).await.or_fault(context)?;
    Ok(DirectCalls { items: calls.into_iter().map(|call| view(call, &slots)).collect(), as_of })
}

/// Takes a direct call back that has no slot yet.
///
/// # Errors
/// `live_calls` when it has one; `not_found`.
pub async fn cancel(context: &Context, request: TaskRef) -> UseCase<()> {
    let (company, task) = (CompanyId(request.company_id), TaskId(request.task_id));
    let mut tx = context.begin().await.or_fault(context)?;
    if !rows::cancel(&mut tx, company, task).await.or_fault(context)? {
        if rows::call_of(&mut tx, company, task).await.or_fault(context)?.is_some() {
            let message = "The call is in progress already.";
            return Err(IpcError::refusal(ErrorCode::LiveCalls, message).with("count", "1"));
        }
        return Err(not_found("task"));
    }
    events::announce(&mut tx, Some(company), &["tasks", "live"]).await.or_fault(context)?;
    commit(tx).await.or_fault(context)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Acceptance 70: with one slot and no experience the first waits two minutes, the third six.
    #[test]
    fn the_wait_grows_with_the_place_and_shrinks_with_the_slots() {
        let slots = |limit, free, hold_seconds| Slots { limit, free, hold_seconds, worker_alive: true };
        assert_eq!(wait(1, &slots(1, 0, None)), 120);
        assert_eq!(wait(3, &slots(1, 0, None)), 360);
        assert_eq!(wait(3, &slots(2, 0, Some(60))), 90);
        assert_eq!(wait(1, &slots(5, 1, Some(60))), 0, "a slot is free");
        assert_eq!(wait(2, &slots(2, 1, Some(60))), 30, "it comes after the one that is free");
    }
}
