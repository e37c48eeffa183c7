//! Lists a page at a time while rows arrive, pausing all at once, and what a deletion takes along.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use callboard_contract::{CallQuery, CampaignQuery, ErrorCode, TaskQuery};
use callboard_core::{
    call::Outcome,
    campaign::{CampaignAction, CampaignState},
    id::{CampaignId, CompanyId},
};
use callboard_db::PgPool;
use callboard_engine::{calls, campaigns, companies, skillbases, tasks};
use chrono::{DateTime, Utc};
use common::{Stage, company_form, refused, skillbase_form};
use uuid::Uuid;

const PHONES: [&str; 4] = ["+79991234567", "+79991234568", "+79991234569", "+79991234570"];

fn query(stage: &Stage, limit: u32) -> CampaignQuery {
    let company_id = stage.company.0;
    CampaignQuery { company_id, states: Vec::new(), skillbase_id: None, search: None, cursor: None, limit }
}

fn call_query(stage: &Stage, limit: u32) -> CallQuery {
    CallQuery {
        company_id: stage.company.0,
        campaign_id: None,
        task_id: None,
        outcomes: Vec::new(),
        search: None,
        from: None,
        to: None,
        cursor: None,
        limit,
    }
}

/// Acceptance 56: campaigns that arrive while somebody pages neither push rows onto the next page nor hide any.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn pages_of_campaigns_are_stable_while_new_ones_arrive(db: PgPool) {
    let stage = Stage::new(db).await;
    let mut expected = Vec::new();
    for _ in 0..7 {
        expected.insert(0, stage.campaign(|_| {}).await.0);
    }
    // Made in the same instant, as by a script: the id decides, so that none is lost between two pages.
    sqlx::query("update campaigns set created_at = '2026-01-01'").execute(&stage.context.db).await.unwrap();
    expected.sort_unstable_by(|a, b| b.cmp(a));
    let mut seen = Vec::new();
    let mut next = query(&stage, 3);
    loop {
        let page = campaigns::list(&stage.context, next.clone()).await.unwrap();
        assert!(page.items.len() <= 3);
        assert_eq!(page.total, 7 + i32::try_from(seen.len() / 3).unwrap(), "the total is that of now");
        seen.extend(page.items.iter().map(|campaign| campaign.id));
        let Some(cursor) = page.next_cursor else { break };
        next.cursor = Some(cursor);
        stage.campaign(|_| {}).await;
    }
    assert_eq!(seen, expected, "each once, newest first");
}

/// Inserts ended calls of the tasks of a campaign, one a minute, backwards from an instant.
async fn ended_calls(
    stage: &Stage,
    campaign: CampaignId,
    count: i32,
    newest: DateTime<Utc>,
    outcome: Outcome,
) -> Vec<Uuid> {
    let ids: Vec<Uuid> = (0..count).map(|_| stage.context.new_id()).collect();
    sqlx::query(
        "insert into calls (company_id, call_id, campaign_id, task_id, skillbase_id, skillbase_version, attempt, line, phone,
                            state, disposition, outcome, worker_id, admitted_at, dial_intent_at, ended_at)
         select t.company_id, id, t.campaign_id, t.task_id, $4, 1, n + (select count(*) from calls), 'practice', t.phone,
                'ended', 'answered', $5, id, at, at, at
         from unnest($2::uuid[]) with ordinality u(id, n)
         cross join lateral (select $3 - n / 2 * interval '1 minute' as at) x
         cross join lateral (select * from call_tasks where campaign_id = $1 order by position limit 1) t",
    )
    .bind(campaign.0)
    .bind(&ids)
    .bind(newest)
    .bind(stage.skillbase)
    .bind(outcome.as_str())
    .execute(&stage.context.db)
    .await
    .unwrap();
    ids
}

/// Acceptance 56 in small: filters, the right total, and pages that stay in place. Two calls share each instant.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn pages_of_calls_are_stable_while_calls_end(db: PgPool) {
    let stage = Stage::new(db).await;
    let campaign = stage.campaign(|_| {}).await;
    stage.tasks(campaign, &PHONES).await;
    let other = stage.campaign(|_| {}).await;
    stage.tasks(other, &["+79991234000"]).await;
    let noon: DateTime<Utc> = "2026-01-01T12:00:00Z".parse().unwrap();
    let mine = ended_calls(&stage, campaign, 25, noon, Outcome::Success).await;
    ended_calls(&stage, campaign, 5, noon, Outcome::Refusal).await;
    ended_calls(&stage, other, 5, noon, Outcome::Success).await;

    let mut seen = Vec::new();
    let mut next =
        CallQuery { campaign_id: Some(campaign.0), outcomes: vec![Outcome::Success], ..call_query(&stage, 10) };
    loop {
        let page = calls::list(&stage.context, next.clone()).await.unwrap();
        assert_eq!(page.total, 25 + i32::try_from(seen.len()).unwrap());
        seen.extend(page.items.iter().map(|call| call.id));
        let Some(cursor) = page.next_cursor else { break };
        next.cursor = Some(cursor);
        ended_calls(&stage, campaign, 10, noon + chrono::Duration::days(1), Outcome::Success).await;
    }
    let (mut sorted, mut expected) = (seen.clone(), mine);
    sorted.sort_unstable();
    expected.sort_unstable();
    assert_eq!(sorted, expected, "each once, none of the newer ones, none of the others");

    let between = |from: &str, to: &str| CallQuery {
        campaign_id: Some(campaign.0),
        outcomes: vec![Outcome::Success],
        from: Some(from.parse().unwrap()),
        to: Some(to.parse().unwrap()),
        ..call_query(&stage, 50)
    };
    let hours = between("2026-01-01T11:55:00Z", "2026-01-01T12:00:00Z");
    let page = calls::list(&stage.context, hours).await.unwrap();
    assert_eq!((page.total, page.items.len()), (10, 10), "from that minute on, before that one");
    let number = CallQuery { search: Some("4000".to_owned()), ..call_query(&stage, 50) };
    assert_eq!(calls::list(&stage.context, number).await.unwrap().total, 5);
    let percent = CallQuery { search: Some("%".to_owned()), ..call_query(&stage, 50) };
    assert_eq!(calls::list(&stage.context, percent).await.unwrap().total, 0, "no wildcard gets in");
}

/// Acceptance 56: the queue in list order, while an import appends.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn pages_of_the_queue_follow_the_list(db: PgPool) {
    let stage = Stage::new(db).await;
    let campaign = stage.campaign(|_| {}).await;
    stage.tasks(campaign, &PHONES).await;
    let mut next = TaskQuery {
        company_id: stage.company.0,
        campaign_id: campaign.0,
        statuses: Vec::new(),
        search: None,
        cursor: None,
        limit: 2,
    };
    let first = tasks::list(&stage.context, next.clone()).await.unwrap();
    assert_eq!((first.total, first.items.len()), (4, 2));
    stage.tasks(campaign, &["+79991234000"]).await;
    next.cursor = first.next_cursor;
    next.limit = 200;
    let rest = tasks::list(&stage.context, next).await.unwrap();
    assert_eq!((rest.total, rest.next_cursor), (5, None));
    let phones: Vec<&str> = first.items.iter().chain(&rest.items).map(|task| task.phone.as_str()).collect();
    assert_eq!(phones, [&PHONES[..], &["+79991234000"]].concat());
}

/// A page has a bound, and a cursor of another list is refused, not guessed at.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn a_page_has_bounds_and_its_cursor_is_checked(db: PgPool) {
    let stage = Stage::new(db).await;
    for limit in [0, 201] {
        let error = campaigns::list(&stage.context, query(&stage, limit)).await.unwrap_err();
        assert_eq!(refused(&error), [("limit", "range")]);
    }
    for cursor in ["", "7", "x_y", "99999999999999999999_0"] {
        let broken = CampaignQuery { cursor: Some(cursor.to_owned()), ..query(&stage, 10) };
        assert_eq!(
            campaigns::list(&stage.context, broken).await.unwrap_err().code,
            ErrorCode::InvalidInput,
            "{cursor:?}"
        );
    }
}

/// The list is narrowed by state, skillbase and name; a name is text, never a pattern.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn campaigns_are_found_by_state_skillbase_and_name(db: PgPool) {
    let stage = Stage::new(db).await;
    let other = skillbases::create(&stage.context, skillbase_form(stage.company, "Other")).await.unwrap();
    let discount = stage.campaign(|form| form.name = "Скидка 100%".to_owned()).await;
    let with_other = stage.campaign(|form| form.skillbase_id = other.summary.id).await;
    let running = stage.running(&PHONES, |_| {}).await;
    let found = async |edit: fn(&mut CampaignQuery, Uuid)| {
        let mut query = query(&stage, 50);
        edit(&mut query, other.summary.id);
        let page = campaigns::list(&stage.context, query).await.unwrap();
        assert_eq!(page.total, i32::try_from(page.items.len()).unwrap());
        page.items.iter().map(|campaign| CampaignId(campaign.id)).collect::<Vec<_>>()
    };
    assert_eq!(found(|query, _| query.states = vec![CampaignState::Running]).await, [running]);
    assert_eq!(found(|query, other| query.skillbase_id = Some(other)).await, [with_other]);
    assert_eq!(found(|query, _| query.search = Some("скидка".to_owned())).await, [discount]);
    assert_eq!(found(|query, _| query.search = Some("%".to_owned())).await, [discount]);
    assert_eq!(found(|query, _| query.search = Some("_".to_owned())).await, []);
}

#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn a_deletion_says_what_it_takes_and_takes_all_of_it(db: PgPool) {
    let stage = Stage::new(db).await;
    let (context, company) = (&stage.context, stage.company);
    let kept = stage.running(&["+79991234000"], |_| {}).await;
    campaigns::pause(context, company, kept).await.unwrap();
    let id = stage.running(&PHONES, |_| {}).await;
    let asker = stage.asker();
    let live = asker.ask(1).await;
    ended_calls(&stage, id, 3, context.now(), Outcome::Success).await;

    let preview = campaigns::delete_preview(context, company, id).await.unwrap();
    assert_eq!((preview.tasks, preview.calls, preview.live_calls), (4, 4, 1));
    let delete = || campaigns::delete(context, company, id);
    assert_eq!(delete().await.unwrap_err().code, ErrorCode::AlreadyRunning);
    campaigns::pause(context, company, id).await.unwrap();
    let error = delete().await.unwrap_err();
    assert_eq!(error.code, ErrorCode::LiveCalls, "a call is in progress");
    assert_eq!(error.params.get("count").map(String::as_str), Some("1"));
    assert_eq!(stage.counts(id).await.total, 4, "a refusal deletes nothing");

    asker.give_back(&live[0]).await;
    delete().await.unwrap();
    assert_eq!(delete().await.unwrap_err().code, ErrorCode::NotFound, "the second time it is not there");
    assert_eq!(campaigns::get(context, company, id).await.unwrap_err().code, ErrorCode::NotFound);
    callboard_db::deltas::fold(&context.db).await.unwrap();
    for (left, sql) in [
        (1, "select count(*) from campaigns"),
        (1, "select count(*) from call_tasks"),
        (0, "select count(*) from calls"),
        (1, "select count(*) from campaign_stats"),
        (0, "select count(*) from campaign_deltas"),
    ] {
        assert_eq!(stage.number(sql).await, left, "{sql}");
    }
    assert_eq!(stage.counts(kept).await.pending, 1, "the other campaign is whole");
}

/// A company sees and deletes only what is its own.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn another_company_finds_nothing(db: PgPool) {
    let stage = Stage::new(db).await;
    let id = stage.running(&PHONES, |_| {}).await;
    let context = &stage.context;
    let other = CompanyId(companies::create(context, company_form("Other company")).await.unwrap().id);
    for refused in [
        campaigns::get(context, other, id).await.map(|_| ()),
        campaigns::pause(context, other, id).await.map(|_| ()),
        campaigns::stop(context, other, id).await.map(|_| ()),
        campaigns::start(context, &stage.lines, other, id).await.map(|_| ()),
        campaigns::overview(context, other, id).await.map(|_| ()),
        campaigns::delete_preview(context, other, id).await.map(|_| ()),
        campaigns::delete(context, other, id).await,
    ] {
        assert_eq!(refused.unwrap_err().code, ErrorCode::NotFound);
    }
    assert_eq!(campaigns::pause_all(context, other).await.unwrap(), 0);
    assert_eq!(stage.view(id).await.state, CampaignState::Running);
}

#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn pausing_all_pauses_what_runs_and_nothing_else(db: PgPool) {
    let stage = Stage::new(db).await;
    let mut running = Vec::new();
    for _ in 0..3 {
        running.push(stage.running(&PHONES, |_| {}).await);
    }
    let draft = stage.campaign(|_| {}).await;
    let stopped = stage.running(&PHONES, |_| {}).await;
    campaigns::stop(&stage.context, stage.company, stopped).await.unwrap();
    assert_eq!(campaigns::pause_all(&stage.context, stage.company).await.unwrap(), 3);
    for id in running {
        let view = stage.view(id).await;
        assert_eq!(view.state, CampaignState::Paused);
        assert!(view.allowed.contains(&CampaignAction::Resume), "{:?}", view.allowed);
    }
    assert_eq!(stage.view(draft).await.state, CampaignState::Draft);
    assert_eq!(stage.view(stopped).await.state, CampaignState::Completed);
    assert_eq!(stage.asker().ask(50).await, [], "nothing is handed out any more");
    assert_eq!(campaigns::pause_all(&stage.context, stage.company).await.unwrap(), 0);
}

/// Whoever stops everything must not be left with most of it running because of one campaign.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn one_campaign_that_cannot_be_paused_keeps_no_other_running(db: PgPool) {
    let stage = Stage::new(db.clone()).await;
    let mut running = Vec::new();
    for _ in 0..6 {
        running.push(stage.running(&PHONES, |_| {}).await);
    }
    // The first and the last that are tried, whatever the order.
    let stuck = [running[0], running[5]];
    let refusing = "create function refuse() returns trigger language plpgsql as $$ begin raise 'no'; end $$;
                    create trigger stuck before update on campaigns for each row
                        when (new.state = 'paused' and new.name = 'stuck') execute function refuse()";
    sqlx::raw_sql(refusing).execute(&db).await.unwrap();
    for id in stuck {
        stage.update(id, |form| form.name = "stuck".to_owned()).await.unwrap();
    }

    let refused = campaigns::pause_all(&stage.context, stage.company).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::Internal);
    assert_eq!((refused.params["paused"].as_str(), refused.params["failed"].as_str()), ("4", "2"));
    assert!(refused.message.starts_with("4 campaigns were paused, 2 were not."), "{}", refused.message);
    for id in running {
        let expected = if stuck.contains(&id) { CampaignState::Running } else { CampaignState::Paused };
        assert_eq!(stage.view(id).await.state, expected);
    }
}
