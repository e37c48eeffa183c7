//! The contact book: reading it, changing it, and what a change means for tasks that wait.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod book;
#[path = "../common/mod.rs"]
mod common;
mod export;
mod follow;
mod merge;
mod queue;

use std::collections::BTreeMap;

use callboard_contract::{
    ContactCall, ContactCreate, ContactFilter, ContactForm, ContactMerge, ContactPage, ContactQuery, ContactSelection,
    ContactUpdate, ContactView, ContactsDeleted, ContactsQueued, ContactsRequest, DoNotCallAdd,
};
use callboard_core::{
    call::{Disposition, Outcome},
    id::CampaignId,
    zone::ZoneSource,
};
use callboard_engine::{UseCase, contacts, do_not_call};
use common::Stage;

pub(crate) const ANNA: &str = "+79991230001";
pub(crate) const BORIS: &str = "+79991230002";
pub(crate) const VERA: &str = "+79991230003";

pub(crate) fn form(phone: &str, name: &str) -> ContactForm {
    ContactForm {
        phone: phone.to_owned(),
        other_phones: Vec::new(),
        name: name.to_owned(),
        email: String::new(),
        organization: String::new(),
        notes: String::new(),
        tags: Vec::new(),
        zone: String::new(),
        data: BTreeMap::new(),
    }
}

pub(crate) async fn create(stage: &Stage, form: ContactForm) -> UseCase<ContactView> {
    contacts::create(&stage.context, ContactCreate { company_id: stage.company.0, form }).await
}

/// A contact of this number; its name is the number's last digits.
pub(crate) async fn add(stage: &Stage, phone: &str) -> ContactView {
    create(stage, form(phone, phone.get(8..).unwrap())).await.expect("a valid contact")
}

pub(crate) async fn change(
    stage: &Stage,
    contact: &ContactView,
    edit: impl FnOnce(&mut ContactForm),
) -> UseCase<ContactView> {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let mut form = ContactForm {
        phone: contact.phone.clone(),
        other_phones: contact.other_phones.clone(),
        name: text(&contact.name),
        email: text(&contact.email),
        organization: text(&contact.organization),
        notes: text(&contact.notes),
        tags: contact.tags.clone(),
        zone: if contact.zone_source == ZoneSource::Column { contact.zones.join("&") } else { String::new() },
        data: contact.data.clone(),
    };
    edit(&mut form);
    let request =
        ContactUpdate { company_id: stage.company.0, contact_id: contact.id, revision: contact.revision, form };
    contacts::update(&stage.context, request).await
}

pub(crate) fn these(contacts: &[&ContactView]) -> ContactSelection {
    ContactSelection::Ids { ids: contacts.iter().map(|contact| contact.id).collect() }
}

pub(crate) fn all() -> ContactSelection {
    ContactSelection::Filter { filter: ContactFilter::default() }
}

pub(crate) async fn call(stage: &Stage, campaign: CampaignId, selection: ContactSelection) -> UseCase<ContactsQueued> {
    let request = ContactCall { company_id: stage.company.0, selection, campaign_id: campaign.0 };
    contacts::call(&stage.context, request).await
}

pub(crate) async fn delete(stage: &Stage, selection: ContactSelection) -> ContactsDeleted {
    let request = ContactsRequest { company_id: stage.company.0, selection };
    contacts::delete(&stage.context, request).await.expect("it can be deleted")
}

pub(crate) async fn list(stage: &Stage, filter: ContactFilter, cursor: Option<String>, limit: u32) -> ContactPage {
    let query = ContactQuery { company_id: stage.company.0, filter, cursor, limit };
    contacts::list(&stage.context, query).await.expect("a page")
}

pub(crate) async fn found(stage: &Stage, text: &str) -> Vec<String> {
    let filter = ContactFilter { search: Some(text.to_owned()), ..ContactFilter::default() };
    let page = list(stage, filter, None, 200).await;
    assert_eq!(usize::try_from(page.total).unwrap(), page.items.len(), "the total of {text}");
    page.items.into_iter().map(|contact| contact.phone).collect()
}

pub(crate) async fn forbid(stage: &Stage, entries: &[&str]) {
    let request = DoNotCallAdd {
        company_id: stage.company.0,
        campaign_id: None,
        entries: entries.iter().map(|entry| (*entry).to_owned()).collect(),
        note: String::new(),
    };
    do_not_call::add(&stage.context, request).await.expect("valid entries");
}

/// A call that has ended, as the worker stores it.
pub(crate) async fn ended_call(stage: &Stage, campaign: CampaignId, phone: &str, end: Disposition, outcome: Outcome) {
    let sql =
        "insert into calls (company_id, call_id, campaign_id, task_id, skillbase_id, skillbase_version, attempt, line,
                                  phone, state, disposition, outcome, worker_id, admitted_at, dial_intent_at, ended_at)
               select t.company_id, $3, t.campaign_id, t.task_id, c.skillbase_id, c.skillbase_version,
                      (select count(*) + 1 from calls k where k.task_id = t.task_id), 'practice', $2, 'ended', $4, $5,
                      t.task_id, clock_timestamp(), clock_timestamp(), clock_timestamp()
               from call_tasks t join campaigns c using (company_id, campaign_id)
               where t.campaign_id = $1 order by t.position limit 1";
    let done = sqlx::query(sql)
        .bind(campaign.0)
        .bind(phone)
        .bind(stage.context.new_id())
        .bind(end.as_str())
        .bind(outcome.as_str())
        .execute(&stage.context.db)
        .await
        .unwrap();
    assert_eq!(done.rows_affected(), 1, "the campaign has a task");
}

pub(crate) async fn merge(stage: &Stage, keep: &ContactView, others: &[&ContactView]) -> UseCase<ContactView> {
    let others = others.iter().map(|contact| contact.id).collect();
    contacts::merge(&stage.context, ContactMerge { company_id: stage.company.0, keep: keep.id, others }).await
}
