//! Direct calls: "Call now" on a contact.

use callboard_contract::{ContactCallNow, DirectCallStarted, TaskRef};
use callboard_db::PgPool;
use callboard_engine::{contacts, direct, worker::Step};
use callboard_testkit::scripted::Stage as At;
use uuid::Uuid;

use super::{
    PHONES,
    common::{Stage, refused},
    set_limits,
};

async fn contact(stage: &Stage, phone: &str) -> Uuid {
    use std::collections::BTreeMap;
    let form = callboard_contract::ContactForm {
        phone: phone.to_owned(),
        other_phones: Vec::new(),
        name: "Anna".to_owned(),
        email: String::new(),
        organization: String::new(),
        notes: String::new(),
        tags: Vec::new(),
        zone: String::new(),
        data: BTreeMap::new(),
    };
    let create = callboard_contract::ContactCreate { company_id: stage.company.0, form };
    contacts::create(&stage.context, create).await.unwrap().id
}

async fn call_now(stage: &Stage, contact_id: Uuid, campaign: Uuid) -> DirectCallStarted {
    let request = ContactCallNow {
        company_id: stage.company.0,
        contact_id,
        phone: None,
        campaign_id: Some(campaign),
        skillbase_id: None,
    };
    direct::call_now(&stage.context, &stage.lines, request).await.unwrap()
}

fn place(started: &DirectCallStarted) -> (i32, i32) {
    match started {
        DirectCallStarted::Queued { place, expected_wait_seconds, .. } => (*place, *expected_wait_seconds),
        DirectCallStarted::Started { .. } => panic!("it should wait"),
    }
}

/// Acceptance 70: with a free slot it starts; at the limit it is first in line for two minutes, the third is third; a free slot goes
/// to it before any row of a campaign.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn a_direct_call_takes_the_next_free_slot(db: PgPool) {
    let stage = Stage::new(db).await;
    let list = stage.running(&PHONES[..3], |_| {}).await;
    let [anna, boris, vera] = [
        contact(&stage, "+79991239901").await,
        contact(&stage, "+79991239902").await,
        contact(&stage, "+79991239903").await,
    ];
    set_limits(&stage, |form| form.calls_at_once = 1).await.unwrap();
    let asker = stage.asker();
    let live = asker.ask(9).await;
    assert_eq!(live.len(), 1, "the only slot is in use");

    assert_eq!(place(&call_now(&stage, anna, list.0).await), (1, 120));
    assert_eq!(place(&call_now(&stage, boris, list.0).await).0, 2);
    assert_eq!(place(&call_now(&stage, vera, list.0).await).0, 3);
    assert_eq!(place(&call_now(&stage, anna, list.0).await).0, 1, "asked for twice it is the same call");
    let waiting = direct::list(&stage.context, stage.company).await.unwrap().items;
    assert_eq!(waiting.iter().map(|call| call.place).collect::<Vec<_>>(), [Some(1), Some(2), Some(3)]);
    assert!(waiting.iter().all(|call| call.campaign_id == Some(list.0)));

    asker.give_back(&live[0]).await;
    let next = asker.ask(9).await;
    assert_eq!(next.iter().map(|task| task.phone.as_str()).collect::<Vec<_>>(), ["+79991239901"], "before the list");
    direct::cancel(&stage.context, TaskRef { company_id: stage.company.0, task_id: waiting[1].task_id }).await.unwrap();
    asker.give_back(&next[0]).await;
    set_limits(&stage, |form| form.calls_at_once = 100).await.unwrap();
    let all: Vec<String> = asker.ask(9).await.into_iter().map(|task| task.phone).collect();
    assert_eq!(all.len(), 5, "two direct calls and three of the list");
    assert!(!all.contains(&"+79991239902".to_owned()), "what was taken back is not called");
}

/// Acceptance 71: three direct requests at once, one slot: one starts, two wait.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn of_three_at_once_one_starts(db: PgPool) {
    let stage = Stage::new(db).await;
    let list = stage.running(&PHONES[..1], |_| {}).await;
    stage.sql(list, "update call_tasks set due_at = clock_timestamp() + interval '1 day' where campaign_id = $1").await;
    set_limits(&stage, |form| form.calls_at_once = 1).await.unwrap();
    let ids = [
        contact(&stage, "+79991239901").await,
        contact(&stage, "+79991239902").await,
        contact(&stage, "+79991239903").await,
    ];
    stage.line.hold(At::Ringing);
    let worker = stage.worker();
    let _answers = tokio::join!(
        call_now(&stage, ids[0], list.0),
        call_now(&stage, ids[1], list.0),
        call_now(&stage, ids[2], list.0)
    );
    stage.line.all_waiting_at(At::Ringing, 1).await;
    let calls = direct::list(&stage.context, stage.company).await.unwrap().items;
    assert_eq!(calls.iter().filter(|call| call.call_id.is_some()).count(), 1);
    assert_eq!(calls.iter().filter_map(|call| call.place).collect::<Vec<_>>(), [1, 2]);
    stage.line.release_all();
    worker.reached(Step::Finished, 3).await;
    assert!(direct::list(&stage.context, stage.company).await.unwrap().items.is_empty());
    worker.stop().await;
}

/// What must not be called is not called by hand either, and the request has to make sense.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn a_direct_call_obeys_the_do_not_call_list(db: PgPool) {
    let stage = Stage::new(db).await;
    let list = stage.running(&PHONES[..1], |_| {}).await;
    let anna = contact(&stage, "+79991239901").await;
    sqlx::query(
        "insert into do_not_call (company_id, entry_id, kind, pattern, source)
         values ($1, gen_random_uuid(), 'number', '+79991239901', 'person')",
    )
    .bind(stage.company.0)
    .execute(&stage.context.db)
    .await
    .unwrap();
    let request = |phone: Option<&str>, campaign_id, skillbase_id| ContactCallNow {
        company_id: stage.company.0,
        contact_id: anna,
        phone: phone.map(str::to_owned),
        campaign_id,
        skillbase_id,
    };
    let cases = [
        (request(None, Some(list.0), None), ("phone", "doNotCall")),
        (request(Some("+79991239999"), Some(list.0), None), ("phone", "notOfContact")),
        (request(None, None, None), ("campaignId", "oneOf")),
        (request(None, Some(list.0), Some(stage.skillbase)), ("campaignId", "oneOf")),
    ];
    for (request, expected) in cases {
        let error = direct::call_now(&stage.context, &stage.lines, request).await.unwrap_err();
        assert_eq!(refused(&error), [expected]);
    }
}
