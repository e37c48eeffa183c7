//! A skillbase that this program cannot read stops its own campaign and no other.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use callboard_core::campaign::CampaignState;
use callboard_db::PgPool;
use callboard_engine::worker::Step;
use common::Stage;

#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn a_skillbase_that_cannot_be_read_pauses_its_campaign_and_the_others_go_on(db: PgPool) {
    let stage = Stage::new(db.clone()).await;
    let broken = stage.running(&["+79991234567"], |_| {}).await;
    sqlx::query(
        "insert into skillbase_versions (company_id, skillbase_id, version, document)
         select company_id, skillbase_id, 99, '{\"role\": 5}' from campaigns where campaign_id = $1",
    )
    .bind(broken.0)
    .execute(&db)
    .await
    .unwrap();
    stage.sql(broken, "update campaigns set skillbase_version = 99 where campaign_id = $1").await;
    let fine = stage.running(&["+79991234568"], |form| form.name = "Fine".to_owned()).await;

    let worker = stage.worker();
    worker.reached(Step::Finished, 1).await;
    worker.stop().await;
    assert_eq!(stage.counts(fine).await.in_progress, 0);
    assert_eq!(stage.view(broken).await.state, CampaignState::Paused);
    let counts = stage.counts(broken).await;
    assert_eq!((counts.pending, counts.in_progress), (1, 0), "nobody was called and no attempt was used");
}
