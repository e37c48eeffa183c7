//! Use-cases of the contact book. Owns what a search means and the order of locks: contacts, campaigns, tasks.

mod book;
mod form;
mod merge;

use callboard_contract::{
    CompanyRef, ContactCall, ContactCreate, ContactDetail, ContactFilter, ContactMerge, ContactPage, ContactQuery,
    ContactRef, ContactSelection, ContactTagging, ContactTask, ContactUpdate, ContactView, ContactsChanged,
    ContactsDeleted, ContactsQueued, ContactsRequest, ErrorCode, IpcError, PriorityPart, PriorityRule, PriorityView,
    TagList,
};
use callboard_core::{
    do_not_call::beginning,
    field::FieldErrors,
    id::{CallListId, CampaignId, CompanyId, ContactId},
    phone::parse_phone,
    priority::{self, Facts},
    task::TaskStatus,
};
use callboard_db::{
    DbError, PgConnection, call_lists, companies as company_rows,
    contacts::{self as rows, Contact, Filter, Removal, Search, Selection},
    do_not_call as forbidden, locks,
};
use uuid::Uuid;

pub use book::export;

use crate::{
    calls,
    context::{Context, commit},
    cursor, do_not_call,
    error::{OrFault, UseCase, field, not_found},
    events, spread,
};

/// Contacts that a request may name.
const MOST_IDS: usize = 10_000;
/// Contacts that one request puts into a campaign.
const MOST_QUEUED: i32 = 1_000_000;
/// New tasks after which the database's statistics are out of date.
const MANY: i32 = 10_000;
/// Contacts that may be joined at once.
const MOST_MERGED: usize = 100;
/// Calls of a contact that are shown.
const SHOWN_CALLS: i64 = 100;

fn view(contact: Contact) -> ContactView {
    let person = contact.person;
    ContactView {
        id: contact.contact_id.0,
        phone: person.phone,
        other_phones: person.other_phones,
        name: person.name,
        email: person.email,
        organization: person.organization,
        notes: person.notes,
        tags: person.tags,
        zones: person.zones.split('&').filter(|zone| !zone.is_empty()).map(str::to_owned).collect(),
        zone_source: person.zone_source,
        data: person.data,
        revision: contact.revision,
        created_at: contact.created_at,
        last_call_at: contact.last_call_at,
        last_outcome: contact.last_outcome,
        calls: contact.calls,
    }
}

/// The region in which numbers without a country are meant.
async fn region(db: &mut PgConnection, context: &Context, company: CompanyId) -> UseCase<String> {
    let company = company_rows::get(db, company).await.or_fault(context)?;
    Ok(company.ok_or_else(|| not_found("company"))?.default_region)
}

/// What a search text means: a number in any notation, its beginning, some of its digits, or words.
fn search(text: &str, region: &str) -> Option<Search> {
    let text = text.trim();
    if text.is_empty() {
        return None;
    }
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let punctuation =
        |char: char| char.is_whitespace() || matches!(char, '+' | '-' | '(' | ')' | '.' | '\'' | '‑' | '–');
    if digits.is_empty() || !text.chars().all(|char| char.is_ascii_digit() || punctuation(char)) {
        return Some(Search::Text(text.to_owned()));
    }
    let start = beginning(text, region).ok().map(|digits| format!("+{digits}"));
    if let Ok(phone) = parse_phone(text, region) {
        return Some(Search::Digits {
            text: text.to_owned(),
            digits: phone.e164.trim_start_matches('+').to_owned(),
            beginning: None,
        });
    }
    match start {
        // Whoever writes the country means the beginning.
        Some(start) if text.starts_with('+') => Some(Search::Beginning(start)),
        start => Some(Search::Digits { text: text.to_owned(), digits, beginning: start }),
    }
}

fn filter(filter: ContactFilter, region: &str) -> Filter {
    Filter {
        search: filter.search.and_then(|text| search(&text, region)),
        tags: filter.tags.into_iter().map(|tag| tag.trim().to_owned()).filter(|tag| !tag.is_empty()).collect(),
        call_list: filter.call_list_id.map(CallListId),
        called: filter.called,
    }
}

fn too_many(name: &str, max: &impl ToString) -> IpcError {
    let mut errors = FieldErrors::default();
    errors.add_with(name, "tooMany", &[("max", max.to_string())]);
    errors.into()
}

/// The contacts that a request chooses.
async fn selection(
    db: &mut PgConnection,
    context: &Context,
    company: CompanyId,
    selection: ContactSelection,
) -> UseCase<Selection> {
    match selection {
        ContactSelection::Ids { ids } if ids.len() > MOST_IDS => Err(too_many("selection.ids", &MOST_IDS)),
        ContactSelection::Ids { ids } => Ok(Selection::Ids(ids)),
        ContactSelection::Filter { filter } => {
            let region = region(db, context, company).await?;
            let filter = self::filter(filter, &region);
            Ok(Selection::Filter(known_number(db, context, company, filter).await?))
        }
    }
}

/// A whole number that is the first one of somebody is found by the index; only a number that is nobody's first is worth
/// reading the book for.
async fn known_number(
    db: &mut PgConnection,
    context: &Context,
    company: CompanyId,
    mut filter: Filter,
) -> UseCase<Filter> {
    if let Some(Search::Digits { digits, beginning: None, .. }) = &filter.search {
        let number = format!("+{digits}");
        if rows::owner(db, company, &number).await.or_fault(context)?.is_some() {
            filter.search = Some(Search::Beginning(number));
        }
    }
    Ok(filter)
}

/// The contact book, newest first.
///
/// # Errors
/// Refused fields; `not_found` without the company.
pub async fn list(context: &Context, query: ContactQuery) -> UseCase<ContactPage> {
    let company = CompanyId(query.company_id);
    let limit = cursor::limit(query.limit)?;
    let after = query.cursor.as_deref().map(cursor::parse_instant).transpose()?.map(|(_, id)| ContactId(id));
    let mut tx = context.begin().await.or_fault(context)?;
    let chosen = selection(&mut tx, context, company, ContactSelection::Filter { filter: query.filter }).await?;
    let (mut contacts, total) = if matches!(&chosen, Selection::Filter(filter) if filter.reads_the_book()) {
        rows::read_through(&mut tx, company, &chosen, after, limit + 1).await.or_fault(context)?
    } else {
        let contacts = rows::page(&mut tx, company, &chosen, after, limit + 1).await.or_fault(context)?;
        (contacts, rows::count(&mut tx, company, &chosen).await.or_fault(context)?)
    };
    commit(tx).await.or_fault(context)?;
    let next_cursor = cursor::cut(&mut contacts, limit, |last| cursor::of_instant(last.created_at, last.contact_id.0));
    Ok(ContactPage { items: contacts.into_iter().map(view).collect(), next_cursor, total })
}

/// One contact of the present transaction.
async fn shown(db: &mut PgConnection, context: &Context, company: CompanyId, id: ContactId) -> UseCase<Contact> {
    rows::get(db, company, id).await.or_fault(context)?.ok_or_else(|| not_found("contact"))
}

fn priority(facts: Facts) -> PriorityView {
    let rule = |rule| match rule {
        priority::PriorityRule::Name => PriorityRule::Name,
        priority::PriorityRule::Email => PriorityRule::Email,
        priority::PriorityRule::Organization => PriorityRule::Organization,
        priority::PriorityRule::Successes => PriorityRule::Successes,
        priority::PriorityRule::NotConnected => PriorityRule::NotConnected,
    };
    let parts =
        facts.parts().map(|part| PriorityPart { rule: rule(part.rule), count: part.count, points: part.points });
    PriorityView { total: facts.priority(), parts: parts.collect() }
}

/// Everything about a contact.
///
/// # Errors
/// `not_found`.
pub async fn get(context: &Context, request: ContactRef) -> UseCase<ContactDetail> {
    let (company, id) = (CompanyId(request.company_id), ContactId(request.contact_id));
    let mut tx = context.begin().await.or_fault(context)?;
    let contact = shown(&mut tx, context, company, id).await?;
    let person = &contact.person;
    let history = rows::history(&mut tx, company, &person.phone).await.or_fault(context)?;
    let facts = Facts {
        name: person.name.is_some(),
        email: person.email.is_some(),
        organization: person.organization.is_some(),
        successes: history.successes,
        not_connected: history.not_connected,
    };
    let phones: Vec<String> = std::iter::once(&person.phone).chain(&person.other_phones).cloned().collect();
    let calls = rows::calls(&mut tx, company, &phones, SHOWN_CALLS).await.or_fault(context)?;
    let tasks = rows::tasks(&mut tx, company, id).await.or_fault(context)?;
    let entry = forbidden::forbidding(&mut tx, company, &person.phone).await.or_fault(context)?;
    commit(tx).await.or_fault(context)?;
    Ok(ContactDetail {
        priority: priority(facts),
        calls: calls.into_iter().map(calls::view).collect(),
        tasks: tasks
            .into_iter()
            .map(|task| ContactTask {
                campaign_id: task.campaign_id.0,
                campaign_name: task.campaign_name,
                status: task.status,
                attempts: task.attempts,
                next_attempt_at: (task.status == TaskStatus::Retry).then_some(task.due_at),
                outcome: task.outcome,
            })
            .collect(),
        do_not_call: entry.map(do_not_call::view),
        contact: view(contact),
    })
}

/// The refusal of a number that is somebody else's.
fn duplicate(owner: Option<String>) -> IpcError {
    let mut errors = FieldErrors::default();
    errors.add_with("phone", "duplicate", &[("name", owner.unwrap_or_default())]);
    errors.into()
}

/// Refuses a number that another contact has.
async fn check_owner(
    db: &mut PgConnection,
    context: &Context,
    company: CompanyId,
    phone: &str,
    own: Option<ContactId>,
) -> UseCase<()> {
    match rows::owner(db, company, phone).await.or_fault(context)? {
        Some((owner, name)) if Some(owner) != own => Err(duplicate(name)),
        Some(_) | None => Ok(()),
    }
}

/// Somebody without the lock may have taken the number at the last moment.
fn stored<T>(context: &Context, done: Result<T, DbError>) -> UseCase<T> {
    match done {
        Err(error) if error.constraint() == Some("contacts_phone_key") => Err(duplicate(None)),
        done => done.or_fault(context),
    }
}

/// Creates a contact.
///
/// # Errors
/// Refused fields; `phone: duplicate` when a contact has the number.
pub async fn create(context: &Context, request: ContactCreate) -> UseCase<ContactView> {
    let (company, id) = (CompanyId(request.company_id), ContactId(context.new_id()));
    let mut tx = context.begin().await.or_fault(context)?;
    let region = region(&mut tx, context, company).await?;
    let person = form::read(request.form, &region)?;
    locks::lock_contacts(&mut tx, company).await.or_fault(context)?;
    check_owner(&mut tx, context, company, &person.phone, None).await?;
    stored(context, rows::insert(&mut tx, company, id, &person).await)?;
    events::announce(&mut tx, Some(company), &["contacts"]).await.or_fault(context)?;
    let contact = shown(&mut tx, context, company, id).await?;
    commit(tx).await.or_fault(context)?;
    Ok(view(contact))
}

fn conflict(revision: i32) -> IpcError {
    IpcError::refusal(ErrorCode::Conflict, "Somebody changed this contact meanwhile. Compare before you save again.")
        .with("revision", revision.to_string())
}

/// Changes a contact, and number, name and hours of its tasks that wait.
///
/// # Errors
/// Refused fields; `phone: duplicate`; `conflict` when somebody changed it meanwhile; `not_found`.
pub async fn update(context: &Context, request: ContactUpdate) -> UseCase<ContactView> {
    let (company, id) = (CompanyId(request.company_id), ContactId(request.contact_id));
    let mut tx = context.begin().await.or_fault(context)?;
    let region = region(&mut tx, context, company).await?;
    let person = form::read(request.form, &region)?;
    locks::lock_contacts(&mut tx, company).await.or_fault(context)?;
    rows::hold_campaigns(&mut tx, company).await.or_fault(context)?;
    let present = shown(&mut tx, context, company, id).await?;
    if present.revision != request.revision {
        return Err(conflict(present.revision));
    }
    check_owner(&mut tx, context, company, &person.phone, Some(id)).await?;
    if !stored(context, rows::update(&mut tx, company, id, request.revision, &person).await)? {
        return Err(conflict(request.revision));
    }
    rows::follow(&mut tx, company, id, present.person.name != person.name).await.or_fault(context)?;
    events::announce(&mut tx, Some(company), &["contacts", "tasks"]).await.or_fault(context)?;
    let contact = shown(&mut tx, context, company, id).await?;
    commit(tx).await.or_fault(context)?;
    Ok(view(contact))
}

fn removed(removal: Removal) -> ContactsDeleted {
    ContactsDeleted { contacts: removal.contacts, skipped_tasks: removal.skipped_tasks, live_calls: removal.live_calls }
}

/// What a deletion would remove.
///
/// # Errors
/// Refused fields.
pub async fn delete_preview(context: &Context, request: ContactsRequest) -> UseCase<ContactsDeleted> {
    let company = CompanyId(request.company_id);
    let mut tx = context.begin().await.or_fault(context)?;
    let chosen = selection(&mut tx, context, company, request.selection).await?;
    let removal = rows::preview(&mut tx, company, &chosen).await.or_fault(context)?;
    commit(tx).await.or_fault(context)?;
    Ok(removed(removal))
}

/// Deletes contacts; their waiting tasks are skipped, their calls stay (acceptance 76).
///
/// # Errors
/// Refused fields.
pub async fn delete(context: &Context, request: ContactsRequest) -> UseCase<ContactsDeleted> {
    let company = CompanyId(request.company_id);
    let mut tx = context.begin().await.or_fault(context)?;
    locks::lock_contacts(&mut tx, company).await.or_fault(context)?;
    rows::hold_campaigns(&mut tx, company).await.or_fault(context)?;
    let chosen = selection(&mut tx, context, company, request.selection).await?;
    let removal = rows::delete(&mut tx, company, &chosen).await.or_fault(context)?;
    events::announce(&mut tx, Some(company), &["contacts", "tasks"]).await.or_fault(context)?;
    commit(tx).await.or_fault(context)?;
    Ok(removed(removal))
}

/// Makes one contact of several.
///
/// # Errors
/// `others: required`, `tooMany` or `notOneself`; `otherPhones`, `tags` or `notes` when together they are too many or too
/// long; `not_found`.
pub async fn merge(context: &Context, request: ContactMerge) -> UseCase<ContactView> {
    let (company, keep) = (CompanyId(request.company_id), ContactId(request.keep));
    let mut others = request.others;
    others.sort_unstable();
    others.dedup();
    if others.is_empty() {
        return Err(field("others", "required"));
    }
    if others.len() > MOST_MERGED {
        return Err(too_many("others", &MOST_MERGED));
    }
    if others.contains(&keep.0) {
        return Err(field("others", "notOneself"));
    }
    let mut tx = context.begin().await.or_fault(context)?;
    locks::lock_contacts(&mut tx, company).await.or_fault(context)?;
    rows::hold_campaigns(&mut tx, company).await.or_fault(context)?;
    let present = shown(&mut tx, context, company, keep).await?;
    let limit = i64::try_from(others.len()).unwrap_or(i64::MAX);
    let mut found =
        rows::page(&mut tx, company, &Selection::Ids(others.clone()), None, limit).await.or_fault(context)?;
    if found.len() < others.len() {
        return Err(not_found("contact"));
    }
    // The older first: what was known longer counts more.
    found.reverse();
    let revision = present.revision;
    let person = merge::joined(present.person, found.into_iter().map(|contact| contact.person))?;
    if !rows::merge(&mut tx, company, (keep, revision), &others, &person).await.or_fault(context)? {
        return Err(conflict(revision));
    }
    events::announce(&mut tx, Some(company), &["contacts", "tasks"]).await.or_fault(context)?;
    let contact = shown(&mut tx, context, company, keep).await?;
    commit(tx).await.or_fault(context)?;
    Ok(view(contact))
}

/// Sets and removes labels.
///
/// # Errors
/// Refused fields; `add: tooMany` when a contact would have too many labels.
pub async fn tag(context: &Context, request: ContactTagging) -> UseCase<ContactsChanged> {
    let company = CompanyId(request.company_id);
    let mut errors = FieldErrors::default();
    let remove = form::tags("remove", &request.remove, &mut errors);
    let mut add = form::tags("add", &request.add, &mut errors);
    errors.into_result()?;
    add.retain(|tag| !remove.contains(tag));
    let mut tx = context.begin().await.or_fault(context)?;
    locks::lock_contacts(&mut tx, company).await.or_fault(context)?;
    let chosen = selection(&mut tx, context, company, request.selection).await?;
    let changed = match rows::tag(&mut tx, company, &chosen, &add, &remove).await {
        Err(error) if error.constraint() == Some("contacts_tags_some") => {
            return Err(too_many("add", &form::MOST_TAGS));
        }
        changed => changed.or_fault(context)?,
    };
    events::announce(&mut tx, Some(company), &["contacts"]).await.or_fault(context)?;
    commit(tx).await.or_fault(context)?;
    Ok(ContactsChanged { changed })
}

/// The labels in use.
///
/// # Errors
/// When the database is away.
pub async fn tags(context: &Context, request: CompanyRef) -> UseCase<TagList> {
    let mut db = context.connection().await.or_fault(context)?;
    Ok(TagList { items: rows::tags(&mut db, CompanyId(request.company_id)).await.or_fault(context)? })
}

/// "Call these": puts contacts into a campaign, behind what waits there.
///
/// # Errors
/// `not_found` without the campaign; `illegal_transition` when it is over; refused fields.
pub async fn call(context: &Context, request: ContactCall) -> UseCase<ContactsQueued> {
    let (company, campaign) = (CompanyId(request.company_id), CampaignId(request.campaign_id));
    let mut tx = context.begin().await.or_fault(context)?;
    locks::lock_contacts(&mut tx, company).await.or_fault(context)?;
    let (_, state) = call_lists::lock_for_import(&mut tx, company, campaign)
        .await
        .or_fault(context)?
        .ok_or_else(|| not_found("campaign"))?;
    if state.is_final() {
        let message = format!("The campaign is {state}; nothing is dialled in it any more.");
        return Err(IpcError::refusal(ErrorCode::IllegalTransition, message).with("state", state.as_str()));
    }
    let chosen = selection(&mut tx, context, company, request.selection).await?;
    let count = rows::count(&mut tx, company, &chosen).await.or_fault(context)?;
    if count > MOST_QUEUED {
        return Err(too_many("selection", &MOST_QUEUED));
    }
    // A contact may come to match while it is counted: somebody was called for the first time.
    let ids: Vec<Uuid> = (0..count + 1_000).map(|_| context.new_id()).collect();
    let behind = call_lists::next_position(&mut tx, company, campaign).await.or_fault(context)?;
    let due_at = callboard_db::now(&mut tx).await.or_fault(context)?;
    let queued = rows::call(&mut tx, company, campaign, &chosen, (behind, due_at), &ids).await.or_fault(context)?;
    spread::assign(&mut tx, company, campaign, behind).await.or_fault(context)?;
    events::announce(&mut tx, Some(company), &["tasks", "campaigns"]).await.or_fault(context)?;
    if queued.created >= MANY {
        rows::take_stock(&mut tx).await.or_fault(context)?;
    }
    commit(tx).await.or_fault(context)?;
    tracing::info!(
        campaign.id = %campaign,
        tasks = queued.created,
        "{} contacts of the book were put into campaign {campaign}",
        queued.created
    );
    Ok(ContactsQueued { created: queued.created, in_campaign: queued.in_campaign, do_not_call: queued.do_not_call })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_is_a_number_in_any_notation_a_beginning_digits_or_words() {
        let whole = |text: &str| match search(text, "RU") {
            Some(Search::Digits { digits, beginning: None, .. }) => digits,
            other => panic!("{text} is {other:?}"),
        };
        for text in ["+7 999 123-45-67", "8 (999) 123-45-67", "79991234567", "9991234567"] {
            assert_eq!(whole(text), "79991234567", "{text}");
        }
        assert_eq!(search("+7 (999) 1", "RU"), Some(Search::Beginning("+79991".to_owned())));
        let some = |digits: &str, beginning: Option<&str>| Search::Digits {
            text: digits.to_owned(),
            digits: digits.to_owned(),
            beginning: beginning.map(str::to_owned),
        };
        assert_eq!(
            search("8999", "RU"),
            Some(some("8999", Some("+7999"))),
            "the beginning of a number, or some digits"
        );
        assert_eq!(search("4567", "RU"), Some(some("4567", None)));
        assert_eq!(search(" Anna ", "RU"), Some(Search::Text("Anna".to_owned())));
        assert_eq!(search("Shop 24/7", "RU"), Some(Search::Text("Shop 24/7".to_owned())));
        assert_eq!(search("+", "RU"), Some(Search::Text("+".to_owned())));
        assert_eq!(search("  ", "RU"), None);
    }
}
