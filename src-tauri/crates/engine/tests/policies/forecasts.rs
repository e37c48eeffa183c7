//! Pre-flight and time of arrival on the real list.

use callboard_contract::{ForecastBasis, PreflightRequest, SkipReason};
use callboard_db::PgPool;
use callboard_engine::forecast;

use super::{PHONES, common::Stage};

async fn preflight(stage: &Stage, campaign: callboard_core::id::CampaignId) -> callboard_contract::Preflight {
    let request = PreflightRequest { company_id: stage.company.0, campaign_id: campaign.0, form: None };
    forecast::preflight(&stage.context, request).await.unwrap()
}

/// Issue 4, 7: before it starts a campaign says how many will be dialled, how many skipped and why, and when it will end.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn a_draft_says_what_it_will_do(db: PgPool) {
    let stage = Stage::new(db).await;
    let id = stage.campaign(|_| {}).await;
    stage.tasks(id, &PHONES).await;
    sqlx::query(
        "insert into do_not_call (company_id, entry_id, kind, pattern, source)
         values ($1, gen_random_uuid(), 'number', $2, 'person'), ($1, gen_random_uuid(), 'prefix', '+7888', 'person')",
    )
    .bind(stage.company.0)
    .bind(PHONES[0])
    .execute(&stage.context.db)
    .await
    .unwrap();
    let forecast = preflight(&stage, id).await;
    assert_eq!((forecast.contacts, forecast.will_be_dialled), (6, 5));
    let skipped: Vec<_> = forecast.skipped.iter().map(|skip| (skip.reason, skip.contacts)).collect();
    assert_eq!(skipped, [(SkipReason::DoNotCall, 1)]);
    assert_eq!(forecast.method.basis, ForecastBasis::Assumed);
    assert!(forecast.ends_at.unwrap() > forecast.as_of);
    assert!(forecast.calls >= 5);
}

/// The same question with other settings is answered without storing them.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn other_settings_can_be_tried(db: PgPool) {
    let stage = Stage::new(db).await;
    let id = stage.campaign(|form| form.max_attempts = 1).await;
    stage.tasks(id, &PHONES).await;
    let mut form = stage.view(id).await.form;
    form.ends_at = Some(stage.context.now() + chrono::Duration::seconds(30));
    form.calls_per_minute = 1;
    let request = PreflightRequest { company_id: stage.company.0, campaign_id: id.0, form: Some(form) };
    let forecast = forecast::preflight(&stage.context, request).await.unwrap();
    assert_eq!(forecast.will_be_dialled, 1, "one call a minute for half a minute");
    assert_eq!(forecast.skipped[0].reason, SkipReason::NotInTime);
    assert_eq!(preflight(&stage, id).await.will_be_dialled, 6, "nothing was stored");
}

/// Issue 4, 7: 10,000 contacts on the real list in under a second. A build that is not optimised plays a tenth of them, and is
/// held to the time that reading them takes.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn ten_thousand_contacts_are_played_in_time(db: PgPool) {
    let stage = Stage::new(db).await;
    let id = stage.campaign(|form| (form.calls_at_once, form.max_attempts) = (50, 3)).await;
    let people = if cfg!(debug_assertions) { 1_000 } else { 10_000 };
    let phones: Vec<String> = (0..people).map(|n| format!("+7916{n:07}")).collect();
    let phones: Vec<&str> = phones.iter().map(String::as_str).collect();
    stage.tasks(id, &phones).await;
    let began = std::time::Instant::now();
    let forecast = preflight(&stage, id).await;
    let took = began.elapsed();
    assert_eq!((forecast.contacts, forecast.will_be_dialled), (people, people));
    let played = std::time::Duration::from_millis(forecast.method.took_ms.try_into().unwrap());
    println!("{people} contacts: {took:?}, of which {played:?} are played");
    let counted = if cfg!(debug_assertions) { took.checked_sub(played).unwrap() } else { took };
    assert!(counted < std::time::Duration::from_secs(1), "{took:?}, {played:?} of it played");
}
