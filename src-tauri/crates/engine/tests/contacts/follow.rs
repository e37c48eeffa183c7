//! What a change of a contact means for its tasks.

use callboard_contract::{ContactFilter, ContactsDeleted, ContactsRequest};
use callboard_db::{PgPool, contacts as rows, lanes};
use callboard_engine::contacts;

use crate::{ANNA, BORIS, VERA, add, all, call, change, common::Stage, create, delete, forbid, form, list, these};

#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn waiting_tasks_follow_their_contact_and_calls_in_progress_do_not(db: PgPool) {
    let stage = Stage::new(db).await;
    let anna = add(&stage, ANNA).await;
    let waiting = stage.campaign(|form| form.name = "waiting".to_owned()).await;
    let running = stage.campaign(|form| form.name = "running".to_owned()).await;
    for campaign in [waiting, running] {
        assert_eq!(call(&stage, campaign, these(&[&anna])).await.unwrap().created, 1);
    }
    stage.start(running).await.unwrap();
    let asker = stage.asker();
    let admitted = asker.ask(1).await;
    assert_eq!(admitted.len(), 1);
    let moved = change(&stage, &anna, |form| {
        form.phone = BORIS.to_owned();
        form.name = "Anna B.".to_owned();
        form.zone = "Asia/Omsk".to_owned();
    })
    .await
    .unwrap();
    assert_eq!(stage.task(waiting, BORIS, "contact_name").await.as_deref(), Some("Anna B."));
    let lane = stage.task(waiting, BORIS, "lane").await;
    let sql =
        "select count(*) from campaign_lanes l join zone_sets z on z.zone_set_id = l.lane where z.zones = 'Asia/Omsk'";
    assert_eq!(stage.number(sql).await, 1, "the lane was made known to the one campaign in which a task waits");
    assert_ne!(lane.as_deref(), Some("0"));
    assert_eq!(stage.task(running, ANNA, "status").await.as_deref(), Some("in_progress"), "its call goes on");
    assert_eq!(moved.zones, ["Asia/Omsk"]);

    asker.give_back(&admitted[0]).await;
    let mut tx = stage.context.db.begin().await.unwrap();
    rows::catch_up(&mut tx, stage.company, admitted[0].task_id).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(stage.task(running, BORIS, "lane").await, lane, "a task that waits again catches up");
    let known = stage.number("select count(*) from campaign_lanes where lane <> 0").await;
    assert_eq!(known, 4, "number and zone, in both campaigns");
    assert!(asker.ask(1).await.is_empty(), "a lane is closed until the timekeeper has looked at its hours");
    let mut timekeeper = stage.context.db.begin().await.unwrap();
    lanes::open_due(&mut timekeeper).await.unwrap();
    timekeeper.commit().await.unwrap();
    assert_eq!(asker.ask(1).await[0].phone, BORIS, "and the new number is dialled");
}

#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn a_task_keeps_the_name_of_its_list_until_the_contact_is_renamed(db: PgPool) {
    let stage = Stage::new(db).await;
    let anna = create(&stage, form(ANNA, "")).await.unwrap();
    let campaign = stage.campaign(|_| {}).await;
    call(&stage, campaign, these(&[&anna])).await.unwrap();
    stage.sql(campaign, "update call_tasks set contact_name = 'From the list' where campaign_id = $1").await;
    let anna = change(&stage, &anna, |form| form.notes = "x".to_owned()).await.unwrap();
    assert_eq!(stage.task(campaign, ANNA, "contact_name").await.as_deref(), Some("From the list"));
    let anna = change(&stage, &anna, |form| form.name = "Anna".to_owned()).await.unwrap();
    assert_eq!(stage.task(campaign, ANNA, "contact_name").await.as_deref(), Some("Anna"));
    change(&stage, &anna, |form| form.name = String::new()).await.unwrap();
    assert_eq!(stage.task(campaign, ANNA, "contact_name").await, None);
}

#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn a_new_number_that_is_forbidden_skips_the_waiting_tasks(db: PgPool) {
    let stage = Stage::new(db).await;
    forbid(&stage, &[BORIS]).await;
    let anna = add(&stage, ANNA).await;
    let campaign = stage.campaign(|_| {}).await;
    call(&stage, campaign, these(&[&anna])).await.unwrap();
    change(&stage, &anna, |form| form.phone = BORIS.to_owned()).await.unwrap();
    assert_eq!(stage.task(campaign, BORIS, "status").await.as_deref(), Some("skipped"));
    assert_eq!(stage.task(campaign, BORIS, "error").await.as_deref(), Some("do_not_call"));
    let counts = stage.counts(campaign).await;
    assert_eq!((counts.pending, counts.skipped, counts.total), (0, 1, 1));
}

/// Acceptance 76.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn acceptance_76_tasks_of_a_deleted_contact_are_skipped_and_counted_as_such(db: PgPool) {
    let stage = Stage::new(db).await;
    let people = [add(&stage, ANNA).await, add(&stage, BORIS).await, add(&stage, VERA).await];
    let campaign = stage.campaign(|_| {}).await;
    let draft = stage.campaign(|form| form.name = "draft".to_owned()).await;
    call(&stage, campaign, all()).await.unwrap();
    call(&stage, draft, these(&[&people[0]])).await.unwrap();
    stage.start(campaign).await.unwrap();
    let asker = stage.asker();
    let call = asker.ask(1).await.remove(0);
    let retry = people.iter().find(|contact| contact.phone != call.phone).unwrap();
    stage.sql(campaign, "update call_tasks set attempts = 1 where campaign_id = $1 and status = 'pending'").await;

    let request = ContactsRequest { company_id: stage.company.0, selection: all() };
    let preview = contacts::delete_preview(&stage.context, request).await.unwrap();
    assert_eq!(preview, ContactsDeleted { contacts: 3, skipped_tasks: 3, live_calls: 1 });
    let one = delete(&stage, these(&[retry])).await;
    let in_draft = i32::from(retry.phone == ANNA);
    assert_eq!(one, ContactsDeleted { contacts: 1, skipped_tasks: 1 + in_draft, live_calls: 0 });
    let rest = delete(&stage, all()).await;
    assert_eq!(rest, ContactsDeleted { contacts: 2, skipped_tasks: 2 - in_draft, live_calls: 1 });

    let counts = stage.counts(campaign).await;
    assert_eq!((counts.pending, counts.in_progress, counts.skipped, counts.total), (0, 1, 2, 3), "the rows are kept");
    let counts = stage.counts(draft).await;
    assert_eq!((counts.pending, counts.skipped), (0, 1));
    for contact in people.iter().filter(|contact| contact.phone != call.phone) {
        assert_eq!(stage.task(campaign, &contact.phone, "error").await.as_deref(), Some("contact_deleted"));
        assert!(stage.task(campaign, &contact.phone, "finished_at").await.is_some());
    }
    assert!(asker.intend(&call).await, "the call in progress goes on");
    assert_eq!(list(&stage, ContactFilter::default(), None, 10).await.total, 0);
}

/// Acceptance 76: also when the call that was in progress comes to be tried again.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn a_call_that_outlives_its_contact_is_not_tried_again(db: PgPool) {
    let stage = Stage::new(db).await;
    let anna = add(&stage, ANNA).await;
    let campaign = stage.campaign(|_| {}).await;
    call(&stage, campaign, all()).await.unwrap();
    stage.start(campaign).await.unwrap();
    let asker = stage.asker();
    let call = asker.ask(1).await.remove(0);
    delete(&stage, these(&[&anna])).await;
    asker.give_back(&call).await;
    let mut tx = stage.context.db.begin().await.unwrap();
    rows::catch_up(&mut tx, stage.company, call.task_id).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(stage.task(campaign, ANNA, "error").await.as_deref(), Some("contact_deleted"));
    let counts = stage.counts(campaign).await;
    assert_eq!((counts.pending, counts.in_progress, counts.skipped, counts.total), (0, 0, 1, 1));
}

/// Whoever deletes the contact waits for the end of the call, or the end of the call waits for whoever deletes.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn a_call_that_ends_while_its_contact_is_deleted_leaves_no_waiting_task(db: PgPool) {
    let stage = Stage::new(db).await;
    let anna = add(&stage, ANNA).await;
    let campaign = stage.campaign(|_| {}).await;
    call(&stage, campaign, all()).await.unwrap();
    stage.start(campaign).await.unwrap();
    let asker = stage.asker();
    let call = asker.ask(1).await.remove(0);
    let mut ending = stage.context.db.begin().await.unwrap();
    assert!(callboard_db::leases::release(&mut ending, (&call).into()).await.unwrap());
    rows::catch_up(&mut ending, stage.company, call.task_id).await.unwrap();
    let context = stage.context.clone();
    let request = ContactsRequest { company_id: stage.company.0, selection: these(&[&anna]) };
    let deleting = tokio::spawn(async move { contacts::delete(&context, request).await });
    while !stage.somebody_waits().await {
        tokio::task::yield_now().await;
    }
    ending.commit().await.unwrap();
    let deleted = deleting.await.unwrap().unwrap();
    assert_eq!((deleted.contacts, deleted.skipped_tasks), (1, 1), "the task that began to wait meanwhile is seen");
    assert_eq!(stage.task(campaign, ANNA, "status").await.as_deref(), Some("skipped"));
}
