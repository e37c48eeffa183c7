//! Campaigns as a supervisor and the clock steer them: creation and its bounds, states, start and end, retries, deletion.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use callboard_contract::{CampaignForm, CampaignQuery, ErrorCode, TaskCounts, TaskQuery};
use callboard_core::{
    campaign::{CampaignAction, CampaignState},
    id::{CampaignId, CompanyId},
    line::LineKind,
    task::TaskStatus,
};
use callboard_db::PgPool;
use callboard_engine::{
    campaigns, companies, skillbases, tasks,
    timekeeper::{self, Refused},
    worker::Step,
};
use callboard_telephony::{LineFault, LineFaultCode};
use callboard_testkit::scripted::{Script, ScriptedLine, Stage as At};
use common::{Stage, company_form, refused, skillbase_form};
use uuid::Uuid;

const PHONES: [&str; 4] = ["+79991234567", "+79991234568", "+79991234569", "+79991234570"];

async fn rows(stage: &Stage) -> i64 {
    stage.number("select count(*) from campaigns").await
}

async fn state(stage: &Stage, id: CampaignId) -> CampaignState {
    stage.view(id).await.state
}

async fn look(stage: &Stage) {
    timekeeper::look(&stage.context, &stage.lines, &mut Refused::default()).await;
}

/// Acceptance 1.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn a_new_campaign_is_a_draft_with_its_limits_and_no_tasks(db: PgPool) {
    let stage = Stage::new(db).await;
    let form = CampaignForm {
        window_opens: "09:00".to_owned(),
        window_closes: "21:00".to_owned(),
        calls_per_minute: 10,
        ..stage.form()
    };
    let view = campaigns::create(&stage.context, stage.company, &form).await.unwrap();
    assert_ne!(view.id, Uuid::nil());
    assert_eq!(view.form, form, "everything is stored as it was given");
    assert_eq!((view.form.calls_at_once, view.form.calls_per_minute), (5, 10));
    assert_eq!(view.state, CampaignState::Draft);
    assert_eq!(view.counts, TaskCounts::default());
    assert_eq!((view.line, view.started_at, view.ended_at), (None, None, None));
    assert_eq!((view.skillbase_version, view.revision), (1, 1));
}

/// Acceptance 2 and 3.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn a_campaign_needs_a_company_and_a_skillbase_of_it(db: PgPool) {
    let stage = Stage::new(db).await;
    let nowhere = campaigns::create(&stage.context, CompanyId(Uuid::from_u128(7)), &stage.form()).await.unwrap_err();
    assert_eq!(refused(&nowhere), [("companyId", "notFound")]);

    let other = companies::create(&stage.context, company_form("Other company")).await.unwrap();
    let theirs = skillbases::create(&stage.context, skillbase_form(CompanyId(other.id), "Theirs")).await.unwrap();
    for skillbase_id in [Uuid::from_u128(7), theirs.summary.id] {
        let form = CampaignForm { skillbase_id, ..stage.form() };
        let error = campaigns::create(&stage.context, stage.company, &form).await.unwrap_err();
        assert_eq!(refused(&error), [("skillbaseId", "notOfCompany")]);
    }
    assert_eq!(rows(&stage).await, 0, "a refusal writes nothing");

    let mine = stage.campaign(|_| {}).await;
    let error = stage.update(mine, |form| form.skillbase_id = theirs.summary.id).await.unwrap_err();
    assert_eq!(refused(&error), [("skillbaseId", "notOfCompany")], "also on update");
}

/// Acceptance 4 and 6: on creation and on update.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn every_bound_is_refused_with_its_field_and_nothing_is_written(db: PgPool) {
    type Spoil = fn(&mut CampaignForm);
    let cases: [(&str, Spoil); 23] = [
        ("windowOpens", |form| form.window_opens = "25:00".into()),
        ("windowOpens", |form| form.window_opens = "9:5x".into()),
        ("windowOpens", |form| form.window_opens = "99:99".into()),
        ("windowOpens", |form| form.window_opens = String::new()),
        ("windowOpens", |form| {
            form.window_opens = "24:00".into();
            form.window_closes = "12:00".into();
        }),
        ("windowCloses", |form| form.window_closes = "24:01".into()),
        ("windowCloses", |form| form.window_closes = "00:00".into()),
        ("windowCloses", |form| {
            form.window_opens = "09:00".into();
            form.window_closes = "09:00".into();
        }),
        ("callsAtOnce", |form| form.calls_at_once = 0),
        ("callsAtOnce", |form| form.calls_at_once = 101),
        ("callsPerMinute", |form| form.calls_per_minute = 0),
        ("callsPerMinute", |form| form.calls_per_minute = 101),
        ("maxAttempts", |form| form.max_attempts = -1),
        ("maxAttempts", |form| form.max_attempts = 11),
        ("retryDelayMinutes", |form| form.retry_delay_minutes = 0),
        ("retryDelayMinutes", |form| form.retry_delay_minutes = 1441),
        ("timeZone", |form| form.time_zone = "Nowhere/Void".into()),
        ("timeZone", |form| form.time_zone = "PST".into()),
        ("weekdays", |form| form.weekdays.clear()),
        ("weekdays", |form| form.weekdays = vec![1, 8]),
        ("name", |form| form.name = "  ".into()),
        ("description", |form| form.description = "x".repeat(2001)),
        ("endsAt", |form| {
            form.starts_at = Some("2030-01-01T00:00:00Z".parse().unwrap());
            form.ends_at = form.starts_at;
        }),
    ];
    let stage = Stage::new(db).await;
    let present = stage.campaign(|_| {}).await;
    let before = stage.view(present).await;
    for (field, spoil) in cases {
        let mut form = stage.form();
        spoil(&mut form);
        let error = campaigns::create(&stage.context, stage.company, &form).await.unwrap_err();
        assert!(refused(&error).iter().all(|(name, _)| *name == field), "{field} on creation: {error:?}");
        let error = stage.update(present, spoil).await.unwrap_err();
        assert!(refused(&error).iter().all(|(name, _)| *name == field), "{field} on update: {error:?}");
    }
    assert_eq!(rows(&stage).await, 1);
    assert_eq!(stage.view(present).await, before, "a refused update leaves everything as it was");
}

/// The limits at their bounds are accepted, so that the refusals above are refusals of the next value.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn the_bounds_themselves_are_accepted(db: PgPool) {
    let stage = Stage::new(db).await;
    for (calls, attempts, delay, closes) in [(1, 0, 1, "00:01"), (100, 10, 1440, "24:00")] {
        let view = campaigns::create(
            &stage.context,
            stage.company,
            &CampaignForm {
                calls_at_once: calls,
                calls_per_minute: calls,
                max_attempts: attempts,
                retry_delay_minutes: delay,
                window_closes: closes.to_owned(),
                name: "x".repeat(255),
                ..stage.form()
            },
        )
        .await
        .unwrap();
        assert_eq!((view.form.calls_at_once, view.form.max_attempts), (calls, attempts));
        assert_eq!(view.form.window_closes, closes);
    }
}

/// Acceptance 5: what the table itself gives a campaign of which only the mandatory fields are known.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn the_defaults_are_those_of_the_requirements(db: PgPool) {
    let stage = Stage::new(db).await;
    sqlx::query(
        "insert into campaigns (company_id, campaign_id, skillbase_id, skillbase_version, name)
         values ($1, $2, $3, 1, 'Only the name')",
    )
    .bind(stage.company.0)
    .bind(Uuid::from_u128(5))
    .bind(stage.skillbase)
    .execute(&stage.context.db)
    .await
    .unwrap();
    let form = stage.view(CampaignId(Uuid::from_u128(5))).await.form;
    let core = callboard_core::campaign::CampaignSettings::with_defaults("Only the name", chrono_tz::Europe::Moscow);
    assert_eq!((form.window_opens.as_str(), form.window_closes.as_str()), ("09:00", "21:00"));
    assert_eq!(form.time_zone, "Europe/Moscow");
    let limits =
        |form: &CampaignForm| (form.calls_at_once, form.calls_per_minute, form.max_attempts, form.retry_delay_minutes);
    assert_eq!(limits(&form), (5, 10, 3, 30));
    assert_eq!(
        (core.calls_at_once, core.calls_per_minute, core.max_attempts, core.retry_delay_minutes),
        limits(&form),
        "the database and the domain have the same defaults"
    );
    assert_eq!((core.window.opens_minute, core.window.closes_minute), (540, 1260));
}

/// Acceptance 15.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn a_campaign_starts_pauses_and_starts_again(db: PgPool) {
    let stage = Stage::new(db).await;
    let id = stage.campaign(|_| {}).await;
    assert_eq!(stage.start(id).await.unwrap_err().code, ErrorCode::NoTasks);
    assert_eq!(state(&stage, id).await, CampaignState::Draft);

    stage.tasks(id, &PHONES).await;
    let running = stage.start(id).await.unwrap();
    assert_eq!((running.state, running.line), (CampaignState::Running, Some(LineKind::Practice)));
    assert!(running.started_at.is_some());
    assert_eq!(stage.start(id).await.unwrap_err().code, ErrorCode::AlreadyRunning);

    let paused = campaigns::pause(&stage.context, stage.company, id).await.unwrap();
    assert_eq!(paused.state, CampaignState::Paused);
    let again = stage.start(id).await.unwrap();
    assert_eq!(again.state, CampaignState::Running);
    assert_eq!(again.started_at, running.started_at, "the first start is kept");

    let query = CampaignQuery {
        company_id: stage.company.0,
        states: vec![CampaignState::Running],
        skillbase_id: None,
        search: None,
        cursor: None,
        limit: 50,
    };
    let active = campaigns::list(&stage.context, query).await.unwrap();
    assert_eq!(active.items.iter().map(|item| item.id).collect::<Vec<_>>(), [id.0]);
}

/// Acceptance 49 at the service: what the line says stops the start, and no other line takes its place.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn a_line_that_cannot_call_stops_the_start(db: PgPool) {
    let stage = Stage::new(db).await;
    let id = stage.campaign(|_| {}).await;
    stage.tasks(id, &PHONES).await;
    let detail = "No outbound trunk is chosen.".to_owned();
    stage.line.fail_check(Some(LineFault { code: LineFaultCode::NotConfigured, detail: detail.clone() }));
    let error = stage.start(id).await.unwrap_err();
    assert_eq!(error.code, ErrorCode::LineNotUsable);
    assert_eq!(error.params.get("detail"), Some(&detail));
    let view = stage.view(id).await;
    assert_eq!((view.state, view.line), (CampaignState::Draft, None));
}

/// Acceptance 16: only a running campaign hands out tasks.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn a_campaign_that_does_not_run_hands_out_nothing(db: PgPool) {
    let stage = Stage::new(db).await;
    let asker = stage.asker();
    let draft = stage.campaign(|_| {}).await;
    stage.tasks(draft, &PHONES).await;
    assert_eq!(asker.ask(9).await, [], "a draft");
    for end in [CampaignAction::Pause, CampaignAction::Stop, CampaignAction::Cancel] {
        let id = stage.running(&PHONES, |_| {}).await;
        let (context, company) = (&stage.context, stage.company);
        match end {
            CampaignAction::Pause => campaigns::pause(context, company, id).await.unwrap(),
            CampaignAction::Stop => campaigns::stop(context, company, id).await.unwrap(),
            _ => campaigns::cancel(context, company, id).await.unwrap(),
        };
        assert_eq!(asker.ask(9).await, [], "after {end:?}");
    }
    let id = stage.running(&PHONES, |_| {}).await;
    assert_eq!(asker.ask(9).await.len(), 4, "and a running one does");
    assert_eq!(stage.counts(id).await.in_progress, 4);
}

/// Acceptance 16: calls in progress at the pause end by themselves, and then nothing new begins.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn a_pause_lets_the_calls_in_progress_finish(db: PgPool) {
    let stage = Stage::new(db).await;
    stage.line.hold(At::Talking);
    let id = stage.running(&PHONES, |form| form.calls_at_once = 2).await;
    let worker = stage.worker();
    stage.line.all_waiting_at(At::Talking, 2).await;
    campaigns::pause(&stage.context, stage.company, id).await.unwrap();
    stage.line.release_all();
    worker.reached(Step::Finished, 2).await;
    assert_eq!(
        stage.counts(id).await,
        TaskCounts { total: 4, pending: 2, completed: 2, ..TaskCounts::default() },
        "two ended in good order, two still wait"
    );
    assert_eq!(stage.asker().ask(9).await, []);
    worker.stop().await;
}

/// Acceptance 17.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn a_campaign_that_is_over_never_dials_again(db: PgPool) {
    let stage = Stage::new(db).await;
    let (context, company) = (&stage.context, stage.company);
    let completed = stage.running(&PHONES, |_| {}).await;
    let cancelled = stage.running(&PHONES, |_| {}).await;
    let ended = campaigns::stop(context, company, completed).await.unwrap();
    campaigns::cancel(context, company, cancelled).await.unwrap();
    for id in [completed, cancelled] {
        let before = stage.view(id).await;
        assert!(before.ended_at.is_some());
        assert_eq!(before.counts, TaskCounts { total: 4, cancelled: 4, ..TaskCounts::default() });
        assert_eq!(before.allowed, [], "no button is offered");
        for refused in [
            stage.start(id).await,
            campaigns::resume(context, &stage.lines, company, id).await,
            campaigns::schedule(context, &stage.lines, company, id).await,
            campaigns::pause(context, company, id).await,
            campaigns::cancel(context, company, id).await,
            stage.update(id, |form| form.calls_at_once = 1).await,
        ] {
            assert_eq!(refused.unwrap_err().code, ErrorCode::IllegalTransition);
        }
        assert_eq!(stage.view(id).await, before, "nothing has changed");
    }
    assert_eq!(campaigns::stop(context, company, completed).await.unwrap(), ended, "stop again changes nothing");
    assert_eq!(
        campaigns::stop(context, company, cancelled).await.unwrap_err().code,
        ErrorCode::IllegalTransition,
        "what was given up is not completed afterwards"
    );
}

/// Acceptance 22: a retry waits for its time, and the last attempt is final.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn a_failed_attempt_is_tried_again_after_its_delay_and_only_so_often(db: PgPool) {
    let stage = Stage::with_line(db, ScriptedLine::new().otherwise(Script::CarrierFault)).await;
    let phone = PHONES[0];
    let id = stage.running(&[phone], |form| form.max_attempts = 2).await;
    let worker = stage.worker();
    worker.reached(Step::Finished, 1).await;
    worker.stop().await;
    assert_eq!(
        stage.counts(id).await,
        TaskCounts { total: 1, retry: 1, ..TaskCounts::default() },
        "the first failure is a retry, nothing has failed yet"
    );
    assert_eq!(stage.task(id, phone, "error").await.unwrap(), "the carrier answered with 503");
    assert_eq!(stage.task(id, phone, "attempts").await.unwrap(), "1");
    let wait = "extract(epoch from due_at - (select ended_at from calls k where k.call_id = last_call_id))::int";
    assert_eq!(stage.task(id, phone, wait).await.unwrap(), "1800", "30 minutes after the end of the attempt");

    let asker = stage.asker();
    stage
        .sql(id, "update call_tasks set due_at = clock_timestamp() + interval '10 seconds' where campaign_id = $1")
        .await;
    assert_eq!(asker.ask(1).await, [], "not before its time");
    stage
        .sql(id, "update call_tasks set due_at = clock_timestamp() - interval '1 second' where campaign_id = $1")
        .await;
    let worker = stage.worker();
    worker.reached(Step::Finished, 1).await;
    worker.stop().await;
    assert_eq!(stage.counts(id).await, TaskCounts { total: 1, failed: 1, ..TaskCounts::default() });
    assert_eq!(stage.task(id, phone, "attempts").await.unwrap(), "2");
    assert_eq!(stage.line.ledger().max_at_once(|_| true), 1);
    assert_eq!(asker.ask(1).await, [], "no third attempt");
}

/// Acceptance 23.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn the_statistics_are_those_of_the_requirements(db: PgPool) {
    let line = ScriptedLine::new().on(PHONES[0], Script::Success).on(PHONES[1], Script::Busy);
    let stage = Stage::with_line(db, line).await;
    let id = stage.running(&PHONES[..2], |_| {}).await;
    let worker = stage.worker();
    worker.reached(Step::Finished, 2).await;
    worker.stop().await;
    campaigns::pause(&stage.context, stage.company, id).await.unwrap();
    stage.tasks(id, &PHONES[2..]).await;
    let expected = TaskCounts { total: 4, completed: 1, failed: 0, retry: 1, pending: 2, ..TaskCounts::default() };
    for fold in [false, true] {
        if fold {
            callboard_db::deltas::fold(&stage.context.db).await.unwrap();
        }
        let view = stage.view(id).await;
        assert_eq!(view.counts, expected, "folded: {fold}");
        assert!((view.completion_rate - 25.0).abs() < f64::EPSILON, "{}", view.completion_rate);
    }
    for (status, count) in [(TaskStatus::Completed, 1), (TaskStatus::Retry, 1), (TaskStatus::Pending, 2)] {
        let query = TaskQuery {
            company_id: stage.company.0,
            campaign_id: id.0,
            statuses: vec![status],
            search: None,
            cursor: None,
            limit: 50,
        };
        let page = tasks::list(&stage.context, query).await.unwrap();
        assert_eq!((page.total, page.items.len()), (count, usize::try_from(count).unwrap()), "{status} as counted");
    }
}

/// Acceptance 24 and 75: a campaign is completed with its last task, not while one waits for its next attempt.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn a_campaign_is_completed_when_its_last_task_ends(db: PgPool) {
    let stage = Stage::with_line(db, ScriptedLine::new().on(PHONES[0], Script::Busy)).await;
    let id = stage.running(&PHONES[..2], |form| form.max_attempts = 2).await;
    let worker = stage.worker();
    worker.reached(Step::Finished, 2).await;
    look(&stage).await;
    assert_eq!(state(&stage, id).await, CampaignState::Running, "one contact waits for its next attempt");

    stage.sql(id, "update call_tasks set due_at = clock_timestamp() - interval '1 second' where campaign_id = $1 and status = 'retry'").await;
    worker.handle.wake.notify_one();
    worker.reached(Step::Finished, 3).await;
    look(&stage).await;
    let view = stage.view(id).await;
    assert_eq!(view.state, CampaignState::Completed);
    assert!(view.ended_at.is_some());
    assert_eq!(view.counts, TaskCounts { total: 2, completed: 1, failed: 1, ..TaskCounts::default() });
    worker.stop().await;
}
