//! The do-not-call list: what is understood, what it skips, and that nobody slips through while an entry is being added.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::{collections::BTreeMap, time::Duration};

use callboard_contract::{
    ContactCall, ContactCreate, ContactForm, ContactSelection, DoNotCallAdd, DoNotCallAdded, DoNotCallExport,
    DoNotCallKind, DoNotCallPage, DoNotCallQuery, DoNotCallRemove, DoNotCallSource, ErrorCode, FileFormat,
};
use callboard_core::id::{CampaignId, CompanyId};
use callboard_db::{PgPool, call_lists, contacts as contact_rows, locks};
use callboard_engine::{UseCase, campaigns, companies, contacts, do_not_call, import::FileNumbers};
use common::{Stage, company_form, refused};
use uuid::Uuid;

const ANNA: &str = "+79991230001";
const BORIS: &str = "+79991230002";
const VERA: &str = "+74951230003";

/// A campaign in which these wait, each a contact of the book.
async fn campaign(stage: &Stage, name: &str, phones: &[&str]) -> CampaignId {
    let campaign = stage.campaign(|form| name.clone_into(&mut form.name)).await;
    let ids = known(stage, phones).await;
    let request =
        ContactCall { company_id: stage.company.0, selection: ContactSelection::Ids { ids }, campaign_id: campaign.0 };
    let queued = contacts::call(&stage.context, request).await.unwrap();
    assert_eq!(usize::try_from(queued.created).unwrap(), phones.len());
    campaign
}

/// The contacts with these numbers, made where they are not there.
async fn known(stage: &Stage, phones: &[&str]) -> Vec<Uuid> {
    let mut ids = Vec::new();
    for phone in phones {
        let form = ContactForm {
            phone: (*phone).to_owned(),
            other_phones: Vec::new(),
            name: String::new(),
            email: String::new(),
            organization: String::new(),
            notes: String::new(),
            tags: Vec::new(),
            zone: String::new(),
            data: BTreeMap::new(),
        };
        let request = ContactCreate { company_id: stage.company.0, form };
        let id = if let Ok(contact) = contacts::create(&stage.context, request).await {
            contact.id
        } else {
            let mut db = stage.context.db.acquire().await.unwrap();
            contact_rows::owner(&mut db, stage.company, phone).await.unwrap().unwrap().0.0
        };
        ids.push(id);
    }
    ids
}

async fn forbid(stage: &Stage, campaign: Option<CampaignId>, entries: &[&str]) -> UseCase<DoNotCallAdded> {
    let request = DoNotCallAdd {
        company_id: stage.company.0,
        campaign_id: campaign.map(|id| id.0),
        entries: entries.iter().map(|entry| (*entry).to_owned()).collect(),
        note: " they asked ".to_owned(),
    };
    do_not_call::add(&stage.context, request).await
}

async fn list(stage: &Stage, search: &str, cursor: Option<String>, limit: u32) -> DoNotCallPage {
    let search = (!search.is_empty()).then(|| search.to_owned());
    let query = DoNotCallQuery { company_id: stage.company.0, campaign_id: None, search, cursor, limit };
    do_not_call::list(&stage.context, query).await.unwrap()
}

async fn status(stage: &Stage, campaign: CampaignId, phone: &str) -> String {
    stage.task(campaign, phone, "status").await.unwrap()
}

#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn entries_are_numbers_in_any_notation_or_prefixes(db: PgPool) {
    let stage = Stage::new(db).await;
    let entries = ["8 (999) 123-00-01", ANNA, "", "+7 495*", "8 812 *", "+7*", "*", "999*", "12", "9.19E+11"];
    let added = forbid(&stage, None, &entries).await.unwrap();
    assert_eq!((added.added, added.known, added.refused), (3, 1, 5), "a repetition is known, blanks are nothing");
    let reasons: Vec<_> = added.refusals.iter().map(|one| (one.entry.as_str(), one.reason.as_str())).collect();
    assert_eq!(
        reasons,
        [
            ("+7*", "prefixTooShort"),
            ("*", "prefixCountry"),
            ("999*", "prefixCountry"),
            ("12", "phoneTooShort"),
            ("9.19E+11", "phoneDamaged"),
        ]
    );
    let again = forbid(&stage, None, &entries).await.unwrap();
    assert_eq!((again.added, again.known, again.refused), (0, 4, 5), "what is there stays");
    let page = list(&stage, "", None, 10).await;
    let mut stored: Vec<_> = page.items.iter().map(|entry| (entry.kind, entry.pattern.as_str())).collect();
    stored.sort_unstable();
    assert_eq!(
        stored,
        [(DoNotCallKind::Number, ANNA), (DoNotCallKind::Prefix, "+7495"), (DoNotCallKind::Prefix, "+7812")]
    );
    assert!(page.items.iter().all(|entry| entry.source == DoNotCallSource::Person));
    assert_eq!(page.items[0].note.as_deref(), Some("they asked"));
    assert_eq!(refused(&forbid(&stage, None, &[" "]).await.unwrap_err()), [("entries", "required")]);
    let many = vec![ANNA; 10_001];
    assert_eq!(refused(&forbid(&stage, None, &many).await.unwrap_err()), [("entries", "tooMany")]);
    let nowhere = forbid(&stage, Some(CampaignId(Uuid::nil())), &[ANNA]).await.unwrap_err();
    assert_eq!((nowhere.code, nowhere.params["what"].as_str()), (ErrorCode::NotFound, "campaign"));
}

#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn what_is_forbidden_stops_waiting_at_once(db: PgPool) {
    let stage = Stage::new(db).await;
    let one = campaign(&stage, "one", &[ANNA, BORIS, VERA]).await;
    let two = campaign(&stage, "two", &[ANNA, VERA]).await;
    stage
        .sql(
            two,
            "update call_tasks set status = 'in_progress', attempts = 1, last_call_id = task_id where campaign_id = $1",
        )
        .await;
    stage.sql(two, "update call_tasks set status = 'retry' where campaign_id = $1").await;
    stage.sql(two, "insert into campaign_deltas (company_id, campaign_id, pending, retry) select company_id, campaign_id, -2, 2 from campaigns where campaign_id = $1").await;
    let only_one = forbid(&stage, Some(one), &[BORIS]).await.unwrap();
    assert_eq!((only_one.added, only_one.skipped_tasks), (1, 1));
    let all = forbid(&stage, None, &[ANNA]).await.unwrap();
    assert_eq!(all.skipped_tasks, 2, "in every campaign of the company, also what was to be tried again");
    let prefix = forbid(&stage, Some(two), &["+7495*"]).await.unwrap();
    assert_eq!(prefix.skipped_tasks, 1, "only in its campaign");
    let counts = stage.counts(one).await;
    assert_eq!((counts.pending, counts.skipped, counts.total), (1, 2, 3));
    let counts = stage.counts(two).await;
    assert_eq!((counts.retry, counts.skipped, counts.total), (0, 2, 2));
    assert_eq!(stage.task(one, ANNA, "error").await.as_deref(), Some("do_not_call"));
    assert!(stage.task(one, ANNA, "finished_at").await.is_some());
    assert_eq!(status(&stage, one, VERA).await, "pending");
    assert_eq!(do_not_call::sweep(&stage.context).await.unwrap(), 0, "there is nothing left to skip");
    assert_eq!(stage.counts(one).await.skipped, 2, "and nothing is counted twice");
}

#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn a_prefix_forbids_what_begins_so_and_nothing_else(db: PgPool) {
    let stage = Stage::new(db).await;
    let phones = ["+79991230001", "+79991239999", "+79991240000", "+79991220000", "+79981230000"];
    let campaign = campaign(&stage, "prefix", &phones).await;
    assert_eq!(forbid(&stage, None, &["8 999 123*"]).await.unwrap().skipped_tasks, 2);
    for (phone, expected) in phones.iter().zip(["skipped", "skipped", "pending", "pending", "pending"]) {
        assert_eq!(status(&stage, campaign, phone).await, expected, "{phone}");
    }
    let sql = "select count(*) from call_tasks
               where (status = 'skipped') <> is_forbidden(company_id, campaign_id, phone)";
    assert_eq!(stage.number(sql).await, 0, "skipping and the guard of dialling are one rule");
}

#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn another_company_and_what_is_over_are_left_alone(db: PgPool) {
    let stage = Stage::new(db).await;
    let over = campaign(&stage, "over", &[ANNA]).await;
    campaigns::cancel(&stage.context, stage.company, over).await.unwrap();
    let other = companies::create(&stage.context, company_form("Other")).await.unwrap();
    let open = campaign(&stage, "open", &[ANNA]).await;
    let request =
        DoNotCallAdd { company_id: other.id, campaign_id: None, entries: vec![ANNA.to_owned()], note: String::new() };
    assert_eq!(do_not_call::add(&stage.context, request).await.unwrap().skipped_tasks, 0);
    assert_eq!(status(&stage, open, ANNA).await, "pending");
    assert_eq!(forbid(&stage, None, &[ANNA]).await.unwrap().skipped_tasks, 1);
    assert_eq!(status(&stage, over, ANNA).await, "cancelled");
}

/// F11 of the fault catalogue: an entry that arrives between admission and the dial intent.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn an_entry_added_while_calls_are_admitted_keeps_them_from_being_dialled(db: PgPool) {
    let stage = Stage::new(db).await;
    let campaign = campaign(&stage, "running", &[ANNA]).await;
    stage.start(campaign).await.unwrap();
    let asker = stage.asker();
    asker.live().await;
    // Admission holds the task; whoever forbids the number waits for nobody.
    let mut admission = stage.context.db.begin().await.unwrap();
    callboard_db::admission::lock(&mut admission).await.unwrap();
    let reach = callboard_db::admission::Reach { practice: true, livekit: Vec::new() };
    let ids = [stage.context.new_id()];
    let admitted = callboard_db::admission::admit(&mut admission, asker.worker, &reach, &ids).await.unwrap();
    assert_eq!(admitted.len(), 1);
    let added = forbid(&stage, None, &[ANNA]).await.unwrap();
    assert_eq!((added.added, added.skipped_tasks), (1, 0), "the task is being admitted at this moment");
    admission.commit().await.unwrap();
    assert!(!asker.intend(&admitted[0]).await, "nothing is dialled after the commit of the entry");
    asker.give_back(&admitted[0]).await;
    do_not_call::sweep(&stage.context).await.unwrap();
    assert_eq!(status(&stage, campaign, ANNA).await, "skipped", "and it does not wait again");
    let counts = stage.counts(campaign).await;
    assert_eq!((counts.pending, counts.in_progress, counts.skipped, counts.total), (0, 0, 1, 1));
}

#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn an_entry_added_while_a_list_is_committed_is_found_by_the_next_sweep(db: PgPool) {
    let stage = Stage::new(db).await;
    let ids = known(&stage, &[ANNA, BORIS]).await;
    let campaign = stage.campaign(|_| {}).await;
    let mut queueing = stage.context.db.begin().await.unwrap();
    locks::lock_contacts(&mut queueing, stage.company).await.unwrap();
    call_lists::lock_for_import(&mut queueing, stage.company, campaign).await.unwrap().unwrap();
    let chosen = contact_rows::Selection::Ids(ids);
    let now = callboard_db::now(&mut queueing).await.unwrap();
    let tasks = [stage.context.new_id(), stage.context.new_id()];
    contact_rows::call(&mut queueing, stage.company, campaign, &chosen, (0, now), &tasks).await.unwrap();
    let added = forbid(&stage, None, &[ANNA]).await.unwrap();
    assert_eq!(added.skipped_tasks, 0, "the tasks are not there yet");
    queueing.commit().await.unwrap();
    assert_eq!(do_not_call::sweep(&stage.context).await.unwrap(), 1);
    assert_eq!(
        (status(&stage, campaign, ANNA).await, status(&stage, campaign, BORIS).await),
        ("skipped".into(), "pending".into())
    );
}

#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn forbidding_waits_neither_for_a_campaign_that_is_being_stopped_nor_for_a_task_that_somebody_holds(db: PgPool) {
    let stage = Stage::new(db).await;
    let stopped = campaign(&stage, "stopped", &[ANNA]).await;
    let held = campaign(&stage, "held", &[ANNA]).await;
    let free = campaign(&stage, "free", &[ANNA]).await;
    let mut somebody = stage.context.db.begin().await.unwrap();
    let sql = "select 1 from campaigns where campaign_id = $1 for update";
    sqlx::query(sql).bind(stopped.0).execute(&mut *somebody).await.unwrap();
    let sql = "select 1 from call_tasks where campaign_id = $1 for update";
    sqlx::query(sql).bind(held.0).execute(&mut *somebody).await.unwrap();
    let added = tokio::time::timeout(Duration::from_secs(10), forbid(&stage, None, &[ANNA])).await.expect("no waiting");
    assert_eq!(added.unwrap().skipped_tasks, 1);
    assert_eq!(status(&stage, free, ANNA).await, "skipped");
    somebody.rollback().await.unwrap();
    assert_eq!(do_not_call::sweep(&stage.context).await.unwrap(), 2, "the others follow");
}

#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn many_who_forbid_and_sweep_at_once_skip_each_task_once(db: PgPool) {
    let stage = Stage::new(db).await;
    let phones: Vec<String> = (0..40).map(|n| format!("+799912300{n:02}")).collect();
    let phones: Vec<&str> = phones.iter().map(String::as_str).collect();
    let campaign = campaign(&stage, "all", &phones).await;
    let adding = phones.chunks(10).map(|chunk| forbid(&stage, None, chunk));
    let everything = forbid(&stage, None, &["+7999123*"]);
    let sweeping = (0..4).map(|_| do_not_call::sweep(&stage.context));
    let (added, all, swept) =
        tokio::join!(futures_util::future::join_all(adding), everything, futures_util::future::join_all(sweeping));
    let mut skipped: i32 = added.into_iter().map(|added| added.unwrap().skipped_tasks).sum();
    skipped += all.unwrap().skipped_tasks + swept.into_iter().map(Result::unwrap).sum::<i32>();
    // What one left because another held it, the other has skipped, or the next sweep does.
    skipped += do_not_call::sweep(&stage.context).await.unwrap();
    assert_eq!(skipped, 40, "each is reported once");
    let counts = stage.counts(campaign).await;
    assert_eq!((counts.pending, counts.skipped), (0, 40));
}

#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn only_fresh_entries_are_swept(db: PgPool) {
    let stage = Stage::new(db).await;
    forbid(&stage, None, &[ANNA]).await.unwrap();
    let campaign = campaign(&stage, "one", &[BORIS]).await;
    sqlx::query("update do_not_call set pattern = $1, created_at = created_at - interval '3 minutes'")
        .bind(BORIS)
        .execute(&stage.context.db)
        .await
        .unwrap();
    assert_eq!(do_not_call::sweep(&stage.context).await.unwrap(), 0, "of old entries admission sees to it");
    assert_eq!(status(&stage, campaign, BORIS).await, "pending");
}

#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn the_numbers_of_a_file_are_taken_all_or_none(db: PgPool) {
    let stage = Stage::new(db).await;
    let campaign = campaign(&stage, "one", &["+79990000005", "+79991230002"]).await;
    let numbers: Vec<String> = (0..25_000).map(|n| format!("+7999{:07}", n % 24_000)).collect();
    let found = || FileNumbers {
        numbers: numbers.clone(),
        refused: 2,
        refusals: vec![("12".to_owned(), "phoneTooShort".to_owned())],
    };
    let nowhere = Some(CampaignId(Uuid::nil()));
    let error = do_not_call::import_numbers(&stage.context, stage.company, nowhere, "list.csv", found()).await;
    assert_eq!(error.unwrap_err().code, ErrorCode::NotFound);
    let error = do_not_call::import_numbers(&stage.context, CompanyId(Uuid::nil()), None, "list.csv", found()).await;
    assert_eq!(error.unwrap_err().code, ErrorCode::NotFound);
    assert_eq!(list(&stage, "", None, 1).await.total, 0);
    let added = do_not_call::import_numbers(&stage.context, stage.company, None, "list.csv", found()).await.unwrap();
    assert_eq!((added.added, added.known, added.refused, added.skipped_tasks), (24_000, 1_000, 2, 1));
    assert_eq!(added.refusals[0].reason, "phoneTooShort");
    assert_eq!(status(&stage, campaign, "+79990000005").await, "skipped");
    let entry = list(&stage, "8 999 000-00-05", None, 10).await.items.remove(0);
    assert_eq!((entry.source, entry.note.as_deref()), (DoNotCallSource::File, Some("list.csv")));
}

#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn the_list_is_read_in_pages_found_exported_and_shortened(db: PgPool) {
    let stage = Stage::new(db).await;
    let campaign = campaign(&stage, "Spring; sale", &[BORIS]).await;
    let numbers: Vec<String> = (0..24).map(|n| format!("+799912301{n:02}")).collect();
    let numbers: Vec<&str> = numbers.iter().map(String::as_str).collect();
    forbid(&stage, None, &numbers).await.unwrap();
    forbid(&stage, Some(campaign), &["+7812*"]).await.unwrap();
    let (mut ids, mut cursor) = (Vec::new(), None);
    loop {
        let page = list(&stage, "", cursor, 10).await;
        assert_eq!(page.total, 25);
        ids.extend(page.items.iter().map(|entry| entry.id));
        cursor = page.next_cursor;
        if cursor.is_none() {
            break;
        }
    }
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 25, "each once");
    assert_eq!(list(&stage, "8 (999) 123-01-07", None, 10).await.total, 1);
    assert_eq!(list(&stage, "12301", None, 10).await.total, 24);
    assert_eq!(list(&stage, "ASKED", None, 10).await.total, 25, "the note");
    let newest = list(&stage, "", None, 1).await.items.remove(0);
    assert_eq!((newest.pattern.as_str(), newest.campaign_name.as_deref()), ("+7812", Some("Spring; sale")));

    let request =
        |format, language: &str| DoNotCallExport { company_id: stage.company.0, format, language: language.to_owned() };
    let (name, bytes) = do_not_call::export(&stage.context, request(FileFormat::Csv, "ru")).await.unwrap();
    assert!(name.starts_with("Не звонить 20") && name.split('.').nth(1) == Some("csv"), "{name}");
    let text = String::from_utf8(bytes).unwrap();
    let lines: Vec<&str> = text.split_terminator("\r\n").collect();
    assert_eq!(lines.len(), 26);
    assert_eq!(lines[0], "\u{feff}Телефон или префикс;Кампания;Источник;Причина;С какого времени");
    assert!(lines[1].starts_with("'+7812*;\"Spring; sale\";вручную;they asked;20"), "{}", lines[1]);

    let remove =
        |ids: Vec<Uuid>| do_not_call::remove(&stage.context, DoNotCallRemove { company_id: stage.company.0, ids });
    remove(ids[..20].to_vec()).await.unwrap();
    assert_eq!(list(&stage, "", None, 10).await.total, 5);
    let other = companies::create(&stage.context, company_form("Other")).await.unwrap();
    let foreign = DoNotCallRemove { company_id: other.id, ids: ids.clone() };
    do_not_call::remove(&stage.context, foreign).await.unwrap();
    assert_eq!(list(&stage, "", None, 10).await.total, 5, "another company removes nothing");
}
