//! Reading and changing the book.

use callboard_contract::{
    CompanyRef, ContactCreate, ContactFilter, ContactForm, ContactRef, ContactSelection, ContactTagging,
    ContactsRequest, ErrorCode,
};
use callboard_core::call::{Disposition, Outcome};
use callboard_db::PgPool;
use callboard_engine::{companies, contacts};

use crate::{
    ANNA, BORIS, VERA, add, all, call, change,
    common::{Stage, company_form, refused},
    create, delete, ended_call, forbid, form, found, list, these,
};

#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn a_number_belongs_to_one_contact_in_any_notation(db: PgPool) {
    let stage = Stage::new(db).await;
    let anna = create(&stage, form("8 (999) 123-00-01", "Anna")).await.unwrap();
    assert_eq!(anna.phone, ANNA);
    assert_eq!((anna.revision, anna.calls, anna.last_call_at), (1, 0, None));
    let error = create(&stage, form(ANNA, "Ann")).await.unwrap_err();
    assert_eq!(refused(&error), [("phone", "duplicate")]);
    assert_eq!(error.fields[0].params["name"], "Anna", "the refusal says whose it is");
    let boris = add(&stage, BORIS).await;
    let error = change(&stage, &boris, |form| form.phone = "7 999 123 00 01".to_owned()).await.unwrap_err();
    assert_eq!(refused(&error), [("phone", "duplicate")]);
    let other = companies::create(&stage.context, company_form("Other")).await.unwrap();
    let request = ContactCreate { company_id: other.id, form: form(ANNA, "Anna") };
    contacts::create(&stage.context, request).await.expect("companies do not know each other's contacts");
}

#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn the_book_is_read_in_pages_and_found_by_number_words_and_labels(db: PgPool) {
    let stage = Stage::new(db).await;
    for n in 0..25 {
        let mut form = form(&format!("+799912300{n:02}"), &format!("Contact {n}"));
        form.tags = if n % 5 == 0 { vec!["fifth".to_owned(), "vip".to_owned()] } else { vec!["vip".to_owned()] };
        form.organization = if n == 7 { "Romashka 24/7".to_owned() } else { String::new() };
        create(&stage, form).await.unwrap();
    }
    let mut other = form("+4930123456", "Дмитрий");
    other.other_phones = vec!["+74951234567".to_owned()];
    other.email = "Dmitri@Example.com".to_owned();
    create(&stage, other).await.unwrap();

    let (mut phones, mut cursor) = (Vec::new(), None);
    loop {
        let page = list(&stage, ContactFilter::default(), cursor, 10).await;
        assert_eq!(page.total, 26);
        phones.extend(page.items.into_iter().map(|contact| contact.phone));
        cursor = page.next_cursor;
        if cursor.is_none() {
            break;
        }
    }
    let expected: Vec<String> =
        std::iter::once("+4930123456".to_owned()).chain((0..25).rev().map(|n| format!("+799912300{n:02}"))).collect();
    assert_eq!(phones, expected, "newest first, each once");

    assert_eq!(found(&stage, "8 (999) 123-00-07").await, ["+79991230007"], "a number in any notation");
    assert_eq!(found(&stage, "+7 999 123-00-2").await.len(), 5, "the beginning of a number");
    assert_eq!(found(&stage, "8 999 12300 2").await.len(), 5, "the beginning in the habit of the country");
    assert_eq!(found(&stage, "30-007").await, ["+79991230007"], "some digits of a number");
    assert_eq!(found(&stage, "495 1234567").await, ["+4930123456"], "a further number");
    assert_eq!(found(&stage, "дмит").await, ["+4930123456"], "in any case, also Cyrillic");
    assert_eq!(found(&stage, "dmitri@EXAMPLE").await, ["+4930123456"]);
    assert_eq!(found(&stage, "24/7").await, ["+79991230007"]);
    assert_eq!(found(&stage, "100%_").await, [""; 0], "special characters stand for themselves");
    let labelled = |tags: &[&str]| ContactFilter {
        tags: tags.iter().map(|tag| (*tag).to_owned()).collect(),
        ..ContactFilter::default()
    };
    assert_eq!(list(&stage, labelled(&["vip", "fifth"]), None, 200).await.total, 5);
    assert_eq!(list(&stage, labelled(&["fifth", "none"]), None, 200).await.total, 0);
    let items = contacts::tags(&stage.context, CompanyRef { company_id: stage.company.0 }).await.unwrap().items;
    assert_eq!(items, ["fifth", "vip"]);
}

#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn the_book_says_who_was_called_and_what_came_of_it(db: PgPool) {
    let stage = Stage::new(db).await;
    let anna = add(&stage, ANNA).await;
    let boris =
        create(&stage, ContactForm { other_phones: vec![VERA.to_owned()], ..form(BORIS, "Boris") }).await.unwrap();
    let campaign = stage.campaign(|_| {}).await;
    call(&stage, campaign, these(&[&anna])).await.unwrap();
    ended_call(&stage, campaign, ANNA, Disposition::NoAnswer, Outcome::NoAnswer).await;
    ended_call(&stage, campaign, ANNA, Disposition::Answered, Outcome::Callback).await;
    let called = |called| ContactFilter { called: Some(called), ..ContactFilter::default() };
    let page = list(&stage, called(true), None, 10).await;
    assert_eq!((page.total, page.items.len()), (1, 1));
    assert_eq!((page.items[0].calls, page.items[0].last_outcome), (2, Some(Outcome::Callback)), "the latest counts");
    assert_eq!(list(&stage, called(false), None, 10).await.items[0].id, boris.id);
    ended_call(&stage, campaign, VERA, Disposition::Answered, Outcome::Success).await;
    assert_eq!(
        list(&stage, called(true), None, 10).await.total,
        2,
        "a call to a further number is a call to the person"
    );

    let detail =
        contacts::get(&stage.context, ContactRef { company_id: stage.company.0, contact_id: anna.id }).await.unwrap();
    assert_eq!(detail.calls.len(), 2);
    assert_eq!(detail.calls[0].outcome, Some(Outcome::Callback), "newest first");
    assert_eq!((detail.tasks.len(), detail.tasks[0].campaign_id), (1, campaign.0));
    assert_eq!(detail.do_not_call, None);
    forbid(&stage, &["+7999*", ANNA]).await;
    let detail =
        contacts::get(&stage.context, ContactRef { company_id: stage.company.0, contact_id: anna.id }).await.unwrap();
    assert_eq!(detail.do_not_call.unwrap().pattern, ANNA, "the number itself before a prefix");
}

#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn two_people_do_not_overwrite_each_other(db: PgPool) {
    let stage = Stage::new(db).await;
    let anna = add(&stage, ANNA).await;
    let changed = change(&stage, &anna, |form| form.notes = "first".to_owned()).await.unwrap();
    assert_eq!((changed.revision, changed.notes.as_deref()), (2, Some("first")));
    let error = change(&stage, &anna, |form| form.notes = "second".to_owned()).await.unwrap_err();
    assert_eq!((error.code, error.params["revision"].as_str()), (ErrorCode::Conflict, "2"));
    delete(&stage, these(&[&anna])).await;
    let error = change(&stage, &changed, |_| {}).await.unwrap_err();
    assert_eq!(error.code, ErrorCode::NotFound);
}

#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn a_selection_by_filter_is_what_the_list_shows(db: PgPool) {
    let stage = Stage::new(db).await;
    for n in 0..30 {
        add(&stage, &format!("+799912300{n:02}")).await;
    }
    let filter = || ContactFilter { search: Some("8 999 123 00 1".to_owned()), ..ContactFilter::default() };
    let selection = || ContactSelection::Filter { filter: filter() };
    assert_eq!(list(&stage, filter(), None, 200).await.total, 10);
    let tagging = |add: &[&str], remove: &[&str]| {
        let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        let tagging = ContactTagging {
            company_id: stage.company.0,
            selection: selection(),
            add: texts(add),
            remove: texts(remove),
        };
        contacts::tag(&stage.context, tagging)
    };
    assert_eq!(tagging(&["vip", "spring"], &[]).await.unwrap().changed, 10);
    assert_eq!(tagging(&[" vip "], &[]).await.unwrap().changed, 0, "they have it already");
    assert_eq!(tagging(&["summer"], &["spring"]).await.unwrap().changed, 10);
    assert_eq!(list(&stage, filter(), None, 1).await.items[0].tags, ["summer", "vip"]);
    assert_eq!(tagging(&[], &["summer", "vip"]).await.unwrap().changed, 10);
    assert_eq!(list(&stage, filter(), None, 1).await.items[0].tags, [""; 0]);
    let many: Vec<String> = (0..51).map(|n| format!("label {n}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    assert_eq!(refused(&tagging(&many, &[]).await.unwrap_err()), [("add", "tooMany")]);
    tagging(&many[..50], &[]).await.unwrap();
    assert_eq!(refused(&tagging(&many[50..], &[]).await.unwrap_err()), [("add", "tooMany")], "with those they have");

    let campaign = stage.campaign(|_| {}).await;
    assert_eq!(call(&stage, campaign, selection()).await.unwrap().created, 10);
    assert_eq!(delete(&stage, selection()).await.skipped_tasks, 10);
    assert_eq!(list(&stage, ContactFilter::default(), None, 200).await.total, 20);
    let foreign = companies::create(&stage.context, company_form("Other")).await.unwrap();
    let request = ContactsRequest { company_id: foreign.id, selection: all() };
    assert_eq!(contacts::delete(&stage.context, request).await.unwrap().contacts, 0, "another company's stay");
}
