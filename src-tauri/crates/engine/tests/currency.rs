//! In which currency a sum of costs is shown. A call keeps the currency of the prices at its end, whatever the price list
//! says later.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::time::Duration;

use callboard_contract::{MoneyView, PricesForm, SttUnit};
use callboard_core::{
    call::{Disposition, Outcome, TurnRole},
    cost::{Prices, cost},
    id::CampaignId,
    line::LineKind,
    money::Currency,
    task::TaskStatus,
    telemetry::{Collector, Turn},
};
use callboard_db::{
    PgPool,
    leases::{self, Finished},
    telemetry,
};
use callboard_engine::{calls, settings};
use common::Stage;

const PHONES: [&str; 3] = ["+79991234501", "+79991234502", "+79991234503"];

/// One conversation of five seconds of speech and a minute of line, charged by the present price list.
async fn converse(stage: &Stage, campaign: CampaignId) {
    let asker = stage.asker();
    let call = asker.ask(1).await.remove(0);
    assert!(asker.intend(&call).await);
    let mut collector = Collector::default();
    collector.record_turn(Turn { stt_seconds: 5.0, ..Turn::new(TurnRole::User, "Hello") });
    let conversation = collector.finish().unwrap();
    let prices: Prices = settings::prices(&stage.context, stage.company).await.unwrap();
    let cost = cost(&prices, &conversation.metrics.usage(Duration::from_mins(1))).unwrap();
    let mut tx = stage.context.db.begin().await.unwrap();
    telemetry::finalize(&mut tx, stage.company, campaign, call.call_id, &conversation, 60.0, &cost).await.unwrap();
    tx.commit().await.unwrap();
    let finished = Finished {
        disposition: Disposition::Answered,
        outcome: Outcome::Success,
        outcome_reason: None,
        outcome_confidence: None,
        sip_status: Some(200),
        error: None,
        ring_ms: 1_000,
        talk_ms: 60_000,
        status: TaskStatus::Completed,
        due_at: None,
    };
    leases::finish(&mut stage.context.db.acquire().await.unwrap(), (&call).into(), &finished).await.unwrap();
}

/// One rouble per second of speech, nothing else.
async fn charge_in(stage: &Stage, currency: &str) {
    let prices = PricesForm {
        currency: currency.to_owned(),
        stt: "1".to_owned(),
        stt_unit: SttUnit::Second,
        llm_input_per_million_tokens: "0".to_owned(),
        llm_output_per_million_tokens: "0".to_owned(),
        tts_per_thousand_characters: "0".to_owned(),
        line_per_minute: "0".to_owned(),
    };
    settings::set_prices(&stage.context, stage.company, &prices).await.unwrap();
}

/// Total of the campaign, cost per call, total of the overview, total of today.
async fn shown(stage: &Stage, campaign: CampaignId) -> [MoneyView; 4] {
    let figures = calls::analytics(&stage.context, stage.company, campaign).await.unwrap();
    let live = calls::live(&stage.context, stage.company, None).await.unwrap();
    assert_eq!(live.line, LineKind::Practice);
    let overview = stage.overview(campaign).await;
    [figures.cost_total, figures.cost_per_call.unwrap(), overview.cost_total, live.cost_today]
}

fn money(amount: &str, currency: &str) -> MoneyView {
    MoneyView { amount: amount.to_owned(), currency: currency.to_owned() }
}

#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn what_was_charged_keeps_its_currency_when_the_price_list_gets_another(db: PgPool) {
    let stage = Stage::new(db).await;
    let campaign = stage.running(&PHONES, |_| {}).await;
    converse(&stage, campaign).await;
    let dollars = money("0.0255", Currency::USD.as_str());
    assert_eq!(shown(&stage, campaign).await, [(); 4].map(|()| dollars.clone()));

    charge_in(&stage, "RUB").await;
    assert_eq!(shown(&stage, campaign).await, [(); 4].map(|()| dollars.clone()), "nothing was charged in roubles yet");
}

#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn amounts_of_two_currencies_are_never_added_up(db: PgPool) {
    let stage = Stage::new(db).await;
    let campaign = stage.running(&PHONES, |_| {}).await;
    converse(&stage, campaign).await;
    converse(&stage, campaign).await;
    charge_in(&stage, "RUB").await;
    converse(&stage, campaign).await;
    let roubles = money("5", "RUB");
    assert_eq!(
        shown(&stage, campaign).await,
        [(); 4].map(|()| roubles.clone()),
        "the price list's, and only what it says"
    );

    let figures = calls::analytics(&stage.context, stage.company, campaign).await.unwrap();
    assert_eq!(figures.conversations, 3, "what is no money is counted of all calls");
    assert_eq!(figures.average_talk_seconds, Some(60.0));

    charge_in(&stage, "EUR").await;
    let most = shown(&stage, campaign).await;
    assert_eq!(most[0], money("0.051", "USD"), "two of three were charged in dollars");
}
