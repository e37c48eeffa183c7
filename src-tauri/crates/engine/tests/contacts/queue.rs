//! "Call these", and the priority of what it queues.

use callboard_contract::{
    ContactFilter, ContactForm, ContactRef, ContactSelection, ContactView, ContactsQueued, DoNotCallAdd, ErrorCode,
};
use callboard_core::{
    call::{Disposition, Outcome},
    id::CampaignId,
    priority::{Facts, NOT_CONNECTED},
};
use callboard_db::{PgPool, contacts as rows};
use callboard_engine::{campaigns, contacts, do_not_call};
use uuid::Uuid;

use crate::{
    ANNA, BORIS, VERA, add, all, call, change, common::Stage, create, delete, ended_call, forbid, form, merge, these,
};

/// Acceptance 65, and that the rule is the same in the database, which queues lists by it.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn acceptance_65_the_priority_of_a_contact_is_what_its_next_task_gets(db: PgPool) {
    let stage = Stage::new(db).await;
    let history = stage.campaign(|_| {}).await;
    stage.tasks(history, &["+79990000000"]).await;
    let known = |phone: &str| ContactForm {
        email: "a@example.com".to_owned(),
        organization: "Romashka".to_owned(),
        ..form(phone, "Anna")
    };
    for (form, successes, misses, expected) in
        [(known(ANNA), 3, 1, 125), (known(BORIS), 5, 0, 140), (form(VERA, "  "), 0, 2, 0)]
    {
        let contact = create(&stage, form).await.unwrap();
        for _ in 0..successes {
            ended_call(&stage, history, &contact.phone, Disposition::Answered, Outcome::Success).await;
        }
        for _ in 0..misses {
            ended_call(&stage, history, &contact.phone, Disposition::Busy, Outcome::Busy).await;
        }
        let request = ContactRef { company_id: stage.company.0, contact_id: contact.id };
        let shown = contacts::get(&stage.context, request).await.unwrap().priority;
        assert_eq!(shown.total, expected);
        assert_eq!(shown.parts.iter().map(|part| part.points).sum::<i32>().max(0), expected, "the parts explain it");
        let campaign = stage.campaign(|form| form.name = contact.phone.clone()).await;
        call(&stage, campaign, these(&[&contact])).await.unwrap();
        assert_eq!(stage.task(campaign, &contact.phone, "priority").await, Some(expected.to_string()));
    }
}

#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn the_priority_is_the_same_rule_in_rust_and_in_the_database(db: PgPool) {
    let stage = Stage::new(db).await;
    let campaign = stage.campaign(|_| {}).await;
    stage.tasks(campaign, &[ANNA]).await;
    let mut history = rows::History::default();
    let ends = Disposition::ALL.iter().map(|end| (*end, end.outcome_without_conversation()));
    let successes = std::iter::repeat_n((Disposition::Answered, Outcome::Success), 5);
    for (end, outcome) in ends.chain(successes) {
        ended_call(&stage, campaign, ANNA, end, outcome).await;
        history.successes += i32::from(outcome == Outcome::Success);
        history.not_connected += i32::from(NOT_CONNECTED.contains(&end));
        let mut db = stage.context.db.acquire().await.unwrap();
        assert_eq!(rows::history(&mut db, stage.company, ANNA).await.unwrap(), history, "after {end}");
        let texts = [None, Some(""), Some("x")];
        for name in texts {
            for email in texts {
                for organization in texts {
                    let sql = "select priority_of($1, $2, $3, history_points($4, $5))";
                    let stored: i32 = sqlx::query_scalar(sql)
                        .bind(name)
                        .bind(email)
                        .bind(organization)
                        .bind(stage.company.0)
                        .bind(ANNA)
                        .fetch_one(&mut *db)
                        .await
                        .unwrap();
                    let known = |text: Option<&str>| text.is_some_and(|text| !text.trim().is_empty());
                    let facts = Facts {
                        name: known(name),
                        email: known(email),
                        organization: known(organization),
                        successes: history.successes,
                        not_connected: history.not_connected,
                    };
                    assert_eq!(stored, facts.priority(), "{facts:?}");
                }
            }
        }
    }
}

#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn call_these_queues_each_contact_once_and_nobody_who_is_forbidden(db: PgPool) {
    let stage = Stage::new(db).await;
    for n in 0..10 {
        add(&stage, &format!("+799912300{n:02}")).await;
    }
    let campaign = stage.campaign(|_| {}).await;
    let other = stage.campaign(|form| form.name = "other".to_owned()).await;
    forbid(&stage, &["+79991230000", "+7999123000 1*"]).await;
    let only = |campaign_id, entry: &str| DoNotCallAdd {
        company_id: stage.company.0,
        campaign_id,
        entries: vec![entry.to_owned()],
        note: String::new(),
    };
    do_not_call::add(&stage.context, only(Some(campaign.0), "+79991230002")).await.unwrap();
    do_not_call::add(&stage.context, only(Some(other.0), "+79991230003")).await.unwrap();
    let two = ContactFilter { search: Some("+7999123000 4".to_owned()), ..ContactFilter::default() };
    let first = call(&stage, campaign, ContactSelection::Filter { filter: two }).await.unwrap();
    assert_eq!(first, ContactsQueued { created: 1, in_campaign: 0, do_not_call: 0 });
    let queued = call(&stage, campaign, all()).await.unwrap();
    assert_eq!(queued, ContactsQueued { created: 6, in_campaign: 1, do_not_call: 3 });
    let again = call(&stage, campaign, all()).await.unwrap();
    assert_eq!(again, ContactsQueued { created: 0, in_campaign: 7, do_not_call: 3 });
    assert_eq!(stage.counts(campaign).await.pending, 7);
    assert_eq!(stage.task(campaign, "+79991230004", "position").await.as_deref(), Some("1"));
    let sql = "select count(distinct position) from call_tasks";
    assert_eq!(stage.number(sql).await, 7, "each has a place of its own");
    let lanes = "select count(*) from call_tasks t left join campaign_lanes l on l.lane = t.lane
                 where t.lane <> 0 and l.lane is null";
    assert_eq!(stage.number(lanes).await, 0, "admission knows every lane");

    campaigns::cancel(&stage.context, stage.company, campaign).await.unwrap();
    let error = call(&stage, campaign, all()).await.unwrap_err();
    assert_eq!((error.code, error.params["state"].as_str()), (ErrorCode::IllegalTransition, "cancelled"));
    let error = call(&stage, CampaignId(Uuid::nil()), all()).await.unwrap_err();
    assert_eq!(error.code, ErrorCode::NotFound);
}

#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn two_who_queue_the_same_contacts_at_once_make_one_task_each(db: PgPool) {
    let stage = Stage::new(db).await;
    for n in 0..40 {
        add(&stage, &format!("+799912300{n:02}")).await;
    }
    let campaign = stage.campaign(|_| {}).await;
    let results = futures_util::future::join_all((0..4).map(|_| call(&stage, campaign, all()))).await;
    let created: i32 = results.into_iter().map(|queued| queued.unwrap().created).sum();
    assert_eq!(created, 40);
    assert_eq!(stage.number("select count(distinct position) from call_tasks").await, 40);
    assert_eq!(stage.counts(campaign).await.pending, 40);
}

/// Deletions, merges, changes and queueing at once: no deadlock, and the figures are those of the rows.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn changes_of_the_book_at_once_leave_figures_that_add_up(db: PgPool) {
    let stage = Stage::new(db).await;
    let mut people = Vec::new();
    for n in 0..30 {
        people.push(add(&stage, &format!("+799912300{n:02}")).await);
    }
    let one = stage.campaign(|form| form.name = "one".to_owned()).await;
    call(&stage, one, these(&[&people[0]])).await.unwrap();
    stage.start(one).await.unwrap();
    let two = stage.campaign(|form| form.name = "two".to_owned()).await;
    let asker = stage.asker();
    let work = (0..10).map(|n| {
        let (stage, asker) = (&stage, &asker);
        let people: Vec<&ContactView> = people[3 * n..3 * n + 3].iter().collect();
        async move {
            let queueing = call(stage, one, all());
            let again = call(stage, two, all());
            let renaming = change(stage, people[0], |form| form.phone = format!("+799912310{n:02}"));
            let merging = merge(stage, people[1], &people[2..]);
            let deleting = delete(stage, these(&people[..1]));
            let admitting = asker.ask(2);
            let forbidding = forbid(stage, &["+79991230017"]);
            let (first, second, renamed, merged, ..) =
                tokio::join!(queueing, again, renaming, merging, deleting, admitting, forbidding);
            first.unwrap();
            second.unwrap();
            // Somebody may have been first, but nobody may be told of a fault.
            for refusal in [renamed.err(), merged.err()].into_iter().flatten() {
                assert!(matches!(refusal.code, ErrorCode::NotFound | ErrorCode::Conflict), "{refusal:?}");
            }
        }
    });
    futures_util::future::join_all(work).await;
    for campaign in [one, two] {
        let counts = stage.counts(campaign).await;
        for (status, figure) in
            [("pending", counts.pending), ("in_progress", counts.in_progress), ("skipped", counts.skipped)]
        {
            let sql = "select count(*) from call_tasks where campaign_id = $1 and status = $2";
            let rows: i64 =
                sqlx::query_scalar(sql).bind(campaign.0).bind(status).fetch_one(&stage.context.db).await.unwrap();
            assert_eq!(i64::from(figure), rows, "{status} of {campaign}");
        }
    }
    let orphans = "select count(*) from call_tasks t where t.status in ('pending', 'retry')
                   and not exists (select from contacts c where c.contact_id = t.contact_id)";
    assert_eq!(stage.number(orphans).await, 0, "nobody waits who was deleted");
    let stale = "select count(*) from call_tasks t join contacts c using (company_id, contact_id)
                 where t.status in ('pending', 'retry') and t.phone <> c.phone";
    assert_eq!(stage.number(stale).await, 0, "and nobody under a number that was changed");
}
