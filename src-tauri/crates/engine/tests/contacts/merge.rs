//! One contact of several.

use callboard_contract::{ContactFilter, ContactForm, ContactRef, ContactView, ErrorCode};
use callboard_core::zone::ZoneSource;
use callboard_db::PgPool;
use callboard_engine::contacts;

use crate::{
    ANNA, BORIS, VERA, add, call,
    common::{Stage, refused},
    create, delete, form, list, merge, these,
};

#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn several_contacts_become_one_and_nothing_is_called_twice(db: PgPool) {
    let stage = Stage::new(db).await;
    let anna = create(&stage, form(ANNA, "")).await.unwrap();
    let boris = create(&stage, ContactForm { zone: "Asia/Omsk".to_owned(), ..form(BORIS, "Anna B.") }).await.unwrap();
    let vera = create(&stage, ContactForm { email: "v@example.com".to_owned(), ..form(VERA, "Vera") }).await.unwrap();
    let mut campaigns = Vec::new();
    for (name, contacts) in
        [("of all", vec![&anna, &boris, &vera]), ("of the others", vec![&boris, &vera]), ("of one", vec![&vera])]
    {
        let campaign = stage.campaign(|form| form.name = name.to_owned()).await;
        call(&stage, campaign, these(&contacts)).await.unwrap();
        campaigns.push(campaign);
    }
    let running = stage.campaign(|form| form.name = "running".to_owned()).await;
    call(&stage, running, these(&[&boris])).await.unwrap();
    stage.start(running).await.unwrap();
    let asker = stage.asker();
    let live = asker.ask(1).await.remove(0);
    assert_eq!(live.phone, BORIS);

    let merged = merge(&stage, &anna, &[&boris, &vera]).await.unwrap();
    assert_eq!((merged.phone.as_str(), merged.name.as_deref()), (ANNA, Some("Anna B.")));
    assert_eq!(merged.other_phones, [BORIS, VERA]);
    assert_eq!((merged.email.as_deref(), merged.revision), (Some("v@example.com"), 2));
    assert_eq!((merged.zones.join(""), merged.zone_source), ("Asia/Omsk".to_owned(), ZoneSource::Column));
    assert_eq!(list(&stage, ContactFilter::default(), None, 10).await.total, 1);

    let figures = [(1, 2), (1, 1), (1, 0)];
    for (campaign, (pending, skipped)) in campaigns.iter().zip(figures) {
        let counts = stage.counts(*campaign).await;
        assert_eq!((counts.pending, counts.skipped), (pending, skipped), "in {campaign}");
        assert_eq!(
            stage.task(*campaign, ANNA, "status").await.as_deref(),
            Some("pending"),
            "the one that stays is dialled"
        );
    }
    assert_eq!(stage.task(campaigns[1], VERA, "error").await.as_deref(), Some("contact_merged"));
    assert_eq!(stage.task(running, BORIS, "status").await.as_deref(), Some("in_progress"), "its call goes on");
    let kept = stage.task(running, BORIS, "contact_id").await;
    assert_eq!(kept, Some(anna.id.to_string()), "and is part of the one contact's history");
    let request = ContactRef { company_id: stage.company.0, contact_id: anna.id };
    assert_eq!(contacts::get(&stage.context, request).await.unwrap().tasks.len(), 4);
}

#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn a_merge_that_cannot_be_done_changes_nothing(db: PgPool) {
    let stage = Stage::new(db).await;
    let anna = add(&stage, ANNA).await;
    let boris = add(&stage, BORIS).await;
    assert_eq!(refused(&merge(&stage, &anna, &[]).await.unwrap_err()), [("others", "required")]);
    assert_eq!(refused(&merge(&stage, &anna, &[&anna]).await.unwrap_err()), [("others", "notOneself")]);
    let mut many = Vec::new();
    for n in 10..20 {
        many.push(add(&stage, &format!("+799912300{n}")).await);
    }
    let many: Vec<&ContactView> = many.iter().collect();
    assert_eq!(refused(&merge(&stage, &anna, &many).await.unwrap_err()), [("otherPhones", "tooMany")]);
    delete(&stage, these(&[&boris])).await;
    assert_eq!(merge(&stage, &anna, &[&boris]).await.unwrap_err().code, ErrorCode::NotFound);
    assert_eq!(list(&stage, ContactFilter::default(), None, 20).await.total, 11);
}
