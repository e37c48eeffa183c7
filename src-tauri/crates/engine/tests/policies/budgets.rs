//! Daily budgets: calls in flight count, people are warned, dialling stops and goes on by itself.

use std::time::Duration;

use callboard_contract::PricesForm;
use callboard_core::{
    explain::DialingReason, id::CampaignId, limits::BudgetState, notice::NoticeKind, telemetry::SpeechEvent,
};
use callboard_db::PgPool;
use callboard_engine::{settings, timekeeper, worker::Step};
use callboard_telephony::{LineEvent, TimedEvent};
use callboard_testkit::scripted::{Script, ScriptedLine};

use super::{PHONES, common::Stage, limits_of, said, set_limits, told};

/// One call costs a whole unit: half a minute on the line at two a minute.
async fn prices(stage: &Stage) {
    let prices = PricesForm {
        currency: "USD".to_owned(),
        stt: "0".to_owned(),
        stt_unit: callboard_contract::SttUnit::Minute,
        llm_input_per_million_tokens: "0".to_owned(),
        llm_output_per_million_tokens: "0".to_owned(),
        tts_per_thousand_characters: "0".to_owned(),
        line_per_minute: "2".to_owned(),
    };
    settings::set_prices(&stage.context, stage.company, &prices).await.unwrap();
}

/// A company whose calls cost one each, of which one has been made.
async fn stage(db: PgPool) -> (Stage, CampaignId) {
    let said = TimedEvent {
        at: Duration::from_secs(5),
        event: LineEvent::Speech(SpeechEvent::UserSaid { text: "Agreed".to_owned(), stt_seconds: 2.0 }),
    };
    let mut line = ScriptedLine::new().otherwise(Script::Success);
    for phone in PHONES {
        line = line.saying(phone, vec![said.clone()]);
    }
    let stage = Stage::with_line(db, line).await;
    prices(&stage).await;
    let id = stage.running(&PHONES, |form| form.daily_budget = Some("4".to_owned())).await;
    timekeeper::police_once(&stage.context).await;
    (stage, id)
}

/// Issue 4, 1 and acceptance 72: a budget counts what is spent and what is in flight, stops before it is exceeded, and raising it
/// lets the campaign go on; nobody has to press anything.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn a_budget_counts_calls_in_flight_and_stops(db: PgPool) {
    let (stage, id) = stage(db).await;
    // The line costs two a minute: a call of which nothing is known is taken to cost two minutes.
    let asker = stage.asker();
    let offered = asker.ask(9).await;
    assert_eq!(offered.len(), 1, "four are left and a call may cost four");
    assert_eq!(stage.overview(id).await.spent_today.amount, "4", "what is in flight counts");
    asker.give_back(&offered[0]).await;

    let worker = stage.worker();
    worker.reached(Step::Finished, 1).await;
    worker.stop().await;
    let left = limits_of(&stage, Some(id)).await.budgets.remove(0);
    assert_eq!((left.spent.amount.as_str(), left.limit.amount.as_str()), ("1", "4"));
    timekeeper::police_once(&stage.context).await;
    let offered = asker.ask(9).await;
    assert_eq!(offered.len(), 3, "calls are known to cost one now");
    assert_eq!(limits_of(&stage, Some(id)).await.budgets[0].state, BudgetState::Stopped);
    assert_eq!(stage.overview(id).await.dialing.reason, DialingReason::CampaignBudget);
    timekeeper::police_once(&stage.context).await;
    timekeeper::police_once(&stage.context).await;
    assert_eq!(told(&stage, NoticeKind::BudgetStopped).await, 1, "once a day");
    for task in &offered {
        asker.give_back(task).await;
    }
    stage.update(id, |form| form.daily_budget = Some("1".to_owned())).await.unwrap();
    assert_eq!(said(&stage, id).await.reason, DialingReason::CampaignBudget);
    stage.update(id, |form| form.daily_budget = Some("10".to_owned())).await.unwrap();
    assert_eq!(said(&stage, id).await.reason, DialingReason::Dialing, "raised, it goes on");
}

/// Issue 4, 1: at 80 % people are warned; the company's budget holds over all campaigns and begins anew at its midnight.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn a_companys_budget_warns_stops_and_begins_anew(db: PgPool) {
    let (stage, id) = stage(db).await;
    stage.update(id, |form| form.daily_budget = None).await.unwrap();
    let worker = stage.worker();
    worker.reached(Step::Finished, 6).await;
    worker.stop().await;
    let more = stage.running(&["+79991234511"], |_| {}).await;
    set_limits(&stage, |form| form.daily_budget = Some("7.5".to_owned())).await.unwrap();
    timekeeper::police_once(&stage.context).await;
    assert_eq!(told(&stage, NoticeKind::BudgetWarning).await, 1);
    assert_eq!(said(&stage, more).await.reason, DialingReason::Dialing);
    set_limits(&stage, |form| form.daily_budget = Some("6.5".to_owned())).await.unwrap();
    let status = said(&stage, more).await;
    assert_eq!((status.reason, status.params["spent"].as_str()), (DialingReason::CompanyBudget, "6"));
    assert!(status.at.is_some(), "until midnight");
    // Midnight passes.
    stage
        .sql(
            more,
            "with yesterday as (
                 update budget_days set day = day - 1, begins_at = begins_at - interval '1 day', ends_at = clock_timestamp() - interval '1 second'
                 where begins_at <= clock_timestamp() and ends_at > clock_timestamp() returning 1
             )
             update campaign_days set day = day - 1 where $1::uuid is not null and exists (select from yesterday)",
        )
        .await;
    stage
        .sql(more, "update budget_days set begins_at = clock_timestamp() - interval '1 second' where begins_at > clock_timestamp() and $1::uuid is not null")
        .await;
    assert_eq!(said(&stage, more).await.reason, DialingReason::Dialing, "a new day");
}
