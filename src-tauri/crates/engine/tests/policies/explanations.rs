//! The sentence and the admission are the same predicates: whatever keeps somebody from being dialled is named, and whoever is
//! said to be in line is taken.

use callboard_contract::{ContactRef, TaskRef};
use callboard_core::{explain::DialingReason as Reason, id::CampaignId};
use callboard_db::PgPool;
use callboard_engine::{dialing, direct, limits};
use chrono::Duration;
use uuid::Uuid;

use super::{PHONES, common::Stage, limits_of, said, set_limits};

/// Issue 4, 6: each predicate of admission, flipped alone and flipped back.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn every_predicate_that_stops_a_campaign_is_named(db: PgPool) {
    let stage = Stage::new(db).await;
    let id = stage.running(&PHONES, |_| {}).await;
    let flips: [(Reason, &'static str, &'static str); 9] = [
        (
            Reason::BeforeStart,
            "update campaigns set starts_at = clock_timestamp() + interval '1 hour' where campaign_id = $1",
            "update campaigns set starts_at = null where campaign_id = $1",
        ),
        (
            Reason::AfterEnd,
            "update campaigns set ends_at = clock_timestamp() + interval '1 second' where campaign_id = $1",
            "update campaigns set ends_at = null where campaign_id = $1",
        ),
        (
            Reason::OutsideHours,
            "update campaign_lanes set open_from = clock_timestamp() + interval '1 hour', open_until = clock_timestamp() + interval '2 hours' where campaign_id = $1",
            "update campaign_lanes set open_from = clock_timestamp() - interval '1 hour' where campaign_id = $1",
        ),
        (
            Reason::CampaignBreaker,
            "update campaigns set held_until = 'infinity', hold_reason = 'breaker' where campaign_id = $1",
            "update campaigns set held_until = null, hold_reason = null where campaign_id = $1",
        ),
        (
            Reason::TrunkBreaker,
            "insert into trunks (company_id, line, held_until, hold_reason)
             select company_id, line, 'infinity', 'breaker' from campaigns where campaign_id = $1",
            "update trunks set held_until = null, hold_reason = null where $1::uuid is not null",
        ),
        (
            Reason::WaitingForTurn,
            "update call_tasks set due_at = clock_timestamp() + interval '1 hour' where campaign_id = $1",
            "update call_tasks set due_at = clock_timestamp() where campaign_id = $1",
        ),
        (
            Reason::ContactsKeptBack,
            "insert into do_not_call (company_id, entry_id, kind, pattern, source)
             select company_id, gen_random_uuid(), 'prefix', '+7999', 'person' from campaigns where campaign_id = $1",
            "delete from do_not_call where $1::uuid is not null",
        ),
        (
            Reason::Paused,
            "update campaigns set state = 'paused' where campaign_id = $1",
            "update campaigns set state = 'running' where campaign_id = $1",
        ),
        (
            Reason::RampUp,
            "with live as (
                 insert into leases (company_id, task_id, campaign_id, call_id, phone, worker_id, token, admitted_at, dial_at, attempt, line)
                 select company_id, gen_random_uuid(), campaign_id, gen_random_uuid(), '+70000000000', gen_random_uuid(), 0,
                        clock_timestamp(), clock_timestamp(), 1, line
                 from campaigns where campaign_id = $1 returning 1)
             update campaigns set calls_allowed = (select count(*) from live) where campaign_id = $1",
            "with gone as (delete from leases returning 1)
             update campaigns set calls_allowed = null where campaign_id = $1 and exists (select from gone)",
        ),
    ];
    assert_eq!(said(&stage, id).await.reason, Reason::Dialing);
    for (reason, apply, undo) in flips {
        stage.sql(id, apply).await;
        assert_eq!(said(&stage, id).await.reason, reason);
        stage.sql(id, undo).await;
        assert_eq!(said(&stage, id).await.reason, Reason::Dialing, "{reason} is gone");
    }
}

/// Issue 4, 3: a holiday of the company is named as one, and ends with its removal.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn a_holiday_is_named(db: PgPool) {
    let stage = Stage::new(db).await;
    let id = stage.running(&PHONES, |_| {}).await;
    let today = stage.context.now().with_timezone(&chrono_tz::Europe::Moscow).date_naive();
    let holiday = |date: chrono::NaiveDate| callboard_contract::HolidayForm {
        date: date.to_string(),
        name: "Holiday".to_owned(),
    };
    set_limits(&stage, |form| form.holidays = vec![holiday(today)]).await.unwrap();
    let status = said(&stage, id).await;
    assert_eq!(status.reason, Reason::Holiday);
    assert!(status.at.unwrap() > stage.context.now(), "and when it is over");
    set_limits(&stage, |form| form.holidays.clear()).await.unwrap();
    assert_eq!(said(&stage, id).await.reason, Reason::Dialing);
    let error = set_limits(&stage, |form| form.holidays = vec![holiday(today), holiday(today)]).await.unwrap_err();
    assert_eq!(super::common::refused(&error), [("holidays.1.date", "duplicate")]);
}

/// The sentence of a task.
async fn of_task(stage: &Stage, task: Uuid) -> Reason {
    let request = TaskRef { company_id: stage.company.0, task_id: task };
    dialing::explain_task(&stage.context, request).await.unwrap().explanation.first.reason
}

async fn task_of(stage: &Stage, campaign: CampaignId, phone: &str) -> Uuid {
    stage.task(campaign, phone, "task_id").await.unwrap().parse().unwrap()
}

/// Issue 4, 6: of six contacts, each but one with an obstacle of its own, exactly the one that is said to be in line is taken.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn of_many_contacts_those_in_line_are_taken(db: PgPool) {
    let stage = Stage::new(db).await;
    let other = stage.running(&PHONES[1..2], |_| {}).await;
    let asker = stage.asker();
    assert_eq!(asker.ask(1).await[0].campaign_id, other, "the second number is in another call");
    let id = stage.running(&PHONES, |_| {}).await;
    set_limits(&stage, |form| form.number_per_day = Some(1)).await.unwrap();
    stage
        .sql(
            id,
            "insert into do_not_call (company_id, entry_id, kind, pattern, source)
             select company_id, gen_random_uuid(), 'number', '+79991234503', 'person' from campaigns where campaign_id = $1",
        )
        .await;
    stage
        .sql(id, "update call_tasks set due_at = clock_timestamp() + interval '1 hour' where campaign_id = $1 and phone = '+79991234504'")
        .await;
    stage
        .sql(
            id,
            "insert into calls (company_id, call_id, campaign_id, task_id, skillbase_id, skillbase_version, attempt, line, phone, state,
                                worker_id, admitted_at, dial_intent_at, ended_at, disposition, outcome)
             select t.company_id, gen_random_uuid(), t.campaign_id, gen_random_uuid(), c.skillbase_id, 1, 1, 'practice', t.phone, 'ended',
                    gen_random_uuid(), clock_timestamp() - interval '1 hour', clock_timestamp() - interval '1 hour',
                    clock_timestamp() - interval '59 minutes', 'busy', 'busy'
             from call_tasks t join campaigns c on c.campaign_id = t.campaign_id
             where t.campaign_id = $1 and t.phone = '+79991234505'",
        )
        .await;
    stage
        .sql(id, "update call_tasks set status = 'skipped', error = 'do_not_call', finished_at = clock_timestamp() where campaign_id = $1 and phone = '+79991234506'")
        .await;
    let expected = [
        Reason::InLine,
        Reason::InAnotherCall,
        Reason::DoNotCall,
        Reason::WaitingForTurn,
        Reason::NumberCap,
        Reason::TaskSkipped,
    ];
    for (phone, reason) in PHONES.iter().zip(expected) {
        assert_eq!(of_task(&stage, task_of(&stage, id, phone).await).await, reason, "{phone}");
    }
    let taken: Vec<String> = asker.ask(50).await.into_iter().map(|task| task.phone).collect();
    assert_eq!(taken, PHONES[..1]);
    assert_eq!(of_task(&stage, task_of(&stage, id, PHONES[0]).await).await, Reason::TaskInProgress);
    let contact: Uuid = stage.task(id, PHONES[1], "contact_id").await.unwrap().parse().unwrap();
    let request = ContactRef { company_id: stage.company.0, contact_id: contact };
    let both = dialing::explain_contact(&stage.context, request).await.unwrap().items;
    assert_eq!(both.len(), 2, "a contact answers for each campaign that has it");
}

/// Issue 4, 1 and acceptance 82: Settings show used and free of every limit from the rows that admission counts.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn settings_show_what_is_used_and_free(db: PgPool) {
    use callboard_core::limits::LimitKind;
    let stage = Stage::new(db).await;
    let id = stage.running(&PHONES, |form| form.calls_at_once = 4).await;
    set_limits(&stage, |form| form.calls_at_once = 3).await.unwrap();
    let asker = stage.asker();
    let calls = asker.ask(2).await;
    assert!(asker.intend(&calls[0]).await);
    let uses = limits_of(&stage, Some(id)).await.uses;
    let of = |kind| uses.iter().find(|usage| usage.kind == kind).map(|usage| (usage.used, usage.limit, usage.free));
    assert_eq!(of(LimitKind::CompanyAtOnce), Some((2, 3, 1)));
    assert_eq!(of(LimitKind::CampaignAtOnce), Some((2, 4, 2)));
    assert_eq!(of(LimitKind::CampaignPerMinute), Some((2, 100, 98)));
    assert_eq!(of(LimitKind::SystemAtOnce).map(|(used, ..)| used), Some(2));
    assert_eq!(asker.ask(9).await.len(), 1, "what is free is what is given");
    let trunk = callboard_contract::TrunkLimitsUpdate {
        company_id: stage.company.0,
        line: callboard_core::line::LineKind::Practice,
        trunk: "practice".to_owned(),
        calls_per_second: Some(7),
    };
    let view = limits::update_trunk(&stage.context, trunk).await.unwrap();
    assert_eq!(view.trunks[0].calls_per_second, Some(7));
    let error = set_limits(&stage, |form| form.minimum_gap_minutes = -1).await.unwrap_err();
    assert_eq!(super::common::refused(&error), [("minimumGapMinutes", "range")]);
}

/// Acceptance 70: while direct calls wait for the last slots, a list is told that they come first.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn direct_calls_come_first_and_the_list_says_so(db: PgPool) {
    let stage = Stage::new(db).await;
    let id = stage.running(&PHONES, |_| {}).await;
    set_limits(&stage, |form| form.calls_at_once = 1).await.unwrap();
    let contact: Uuid = sqlx::query_scalar(
        "insert into contacts (company_id, contact_id, phone) values ($1, gen_random_uuid(), '+79995550001') returning contact_id",
    )
    .bind(stage.company.0)
    .fetch_one(&stage.context.db)
    .await
    .unwrap();
    let request = callboard_contract::ContactCallNow {
        company_id: stage.company.0,
        contact_id: contact,
        phone: None,
        campaign_id: Some(id.0),
        skillbase_id: None,
    };
    direct::call_now(&stage.context, &stage.lines, request).await.unwrap();
    assert_eq!(said(&stage, id).await.reason, Reason::DirectCallsFirst);
    let waiting = direct::list(&stage.context, stage.company).await.unwrap().items;
    assert_eq!(of_task(&stage, waiting[0].task_id).await, Reason::DirectCallInLine);
    assert!(waiting[0].asked_at > stage.context.now() - Duration::minutes(1));
}
