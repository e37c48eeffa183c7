//! Even spread of a list over the hours of its day.

use callboard_core::spread::SpreadMode;
use callboard_db::PgPool;
use chrono::{DateTime, Duration, Utc};

use super::common::Stage;

async fn due(stage: &Stage, campaign: callboard_core::id::CampaignId) -> Vec<DateTime<Utc>> {
    sqlx::query_scalar("select due_at from call_tasks where campaign_id = $1 order by position")
        .bind(campaign.0)
        .fetch_all(&stage.context.db)
        .await
        .unwrap()
}

/// Acceptance 64 and 66: ten contacts over a day of hours are due in ten equal steps, in the order of the list.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn a_list_is_spread_over_its_day(db: PgPool) {
    let stage = Stage::new(db).await;
    let phones: Vec<String> = (0..10).map(|n| format!("+7999123460{n}")).collect();
    let phones: Vec<&str> = phones.iter().map(String::as_str).collect();
    let id = stage.running(&phones, |form| form.spread = SpreadMode::Even).await;
    // Open around the clock: the day has 24 hours from now on.
    let times = due(&stage, id).await;
    let steps: Vec<i64> = times.windows(2).map(|pair| (pair[1] - pair[0]).num_seconds()).collect();
    assert!(steps.iter().all(|step| (step - 8_640).abs() <= 1), "{steps:?}");
    assert_eq!(stage.asker().ask(9).await.len(), 1, "the first is due, the others are not");
    let turn = stage.overview(id).await.dialing;
    assert_eq!(turn.reason, callboard_core::explain::DialingReason::WaitingForTurn);

    // Those who come later are spread too, over what is left.
    let later = contacts_added(&stage, id).await;
    assert!(later.windows(2).all(|pair| pair[1] > pair[0]));
    assert!(later[2] - later[0] > Duration::hours(15), "{later:?}");
}

/// Three more contacts, put into the campaign from the book.
async fn contacts_added(stage: &Stage, id: callboard_core::id::CampaignId) -> Vec<DateTime<Utc>> {
    let ids: Vec<uuid::Uuid> = sqlx::query_scalar(
        "insert into contacts (company_id, contact_id, phone)
         select $1, gen_random_uuid(), '+7999555000' || n from generate_series(1, 3) n returning contact_id",
    )
    .bind(stage.company.0)
    .fetch_all(&stage.context.db)
    .await
    .unwrap();
    let request = callboard_contract::ContactCall {
        company_id: stage.company.0,
        campaign_id: id.0,
        selection: callboard_contract::ContactSelection::Ids { ids },
    };
    callboard_engine::contacts::call(&stage.context, request).await.unwrap();
    due(stage, id).await.split_off(10)
}

/// Without the option everybody is due at once, as fast as the limits allow.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn a_fast_campaign_is_due_at_once(db: PgPool) {
    let stage = Stage::new(db).await;
    let id = stage.running(&super::PHONES, |_| {}).await;
    let now = stage.context.now();
    assert!(due(&stage, id).await.iter().all(|at| *at <= now + Duration::seconds(1)));
}
