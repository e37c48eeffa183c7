//! Who is served when there are fewer slots than callers: campaigns of a company and companies of a system take turns.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;
mod dialer;

use std::collections::BTreeMap;

use callboard_contract::CampaignForm;
use callboard_core::id::CampaignId;
use callboard_db::{PgPool, admission::Admitted, leases, workers};
use common::Stage;
use dialer::{admit_under_lock, execute, phones, refs, worker_row};

/// How many calls of each campaign.
fn shares(calls: &[Admitted]) -> BTreeMap<CampaignId, usize> {
    let mut shares = BTreeMap::new();
    for call in calls {
        *shares.entry(call.campaign_id).or_default() += 1;
    }
    shares
}

/// Two campaigns of one company share its slots evenly, and a slot that becomes free goes to the one that has fewer.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn two_campaigns_share_the_slots_of_their_company(db: PgPool) {
    let stage = Stage::new(db.clone()).await;
    execute(&db, "update companies set calls_at_once = 6").await;
    let edit = |name: &'static str| {
        move |form: &mut CampaignForm| {
            form.name = name.to_owned();
            form.calls_at_once = 50;
        }
    };
    let many: Vec<String> = (0..60).map(callboard_testkit::random::phone).collect();
    let whale = stage.running(&refs(&many), edit("Whale")).await;
    let few: Vec<String> = (100..120).map(callboard_testkit::random::phone).collect();
    let small = stage.running(&refs(&few), edit("Small")).await;
    let worker = worker_row(&stage.context).await;
    let mut live = admit_under_lock(&db, &stage.context, worker, 50).await;
    assert_eq!(shares(&live), BTreeMap::from([(whale, 3), (small, 3)]));
    for _ in 0..10 {
        let over = live.iter().position(|call| call.campaign_id == small).unwrap();
        let call = live.remove(over);
        sqlx::query("delete from leases where token = $1").bind(call.token).execute(&db).await.unwrap();
        let next = admit_under_lock(&db, &stage.context, worker, 50).await;
        assert_eq!(shares(&next), BTreeMap::from([(small, 1)]), "the slot goes where one was given up");
        live.extend(next);
    }
}

/// Acceptance 61, 69: three companies want five each of ten: 4, 3, 3; of two with two slots too few, the one that was
/// served less gets the next. Over thirty ends the shares differ by one at most.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn companies_share_the_slots_of_the_system(db: PgPool) {
    let first = Stage::new(db.clone()).await;
    execute(&db, "update system_settings set calls_at_once = 10").await;
    let mut companies = vec![];
    for name in ["Second", "Third"] {
        companies.push(dialer::company(&first, name, 100).await);
    }
    companies.insert(0, first);
    let edit = |form: &mut CampaignForm| {
        form.calls_at_once = 5;
        form.calls_per_minute = 100;
    };
    for stage in &companies {
        stage.running(&refs(&phones(90)), edit).await;
    }
    let context = &companies[0].context;
    let worker = worker_row(context).await;
    let dial = async || {
        let calls = admit_under_lock(&db, context, worker, 50).await;
        for call in &calls {
            let mut tx = workers::begin(&db).await.unwrap();
            assert!(leases::intend_to_dial(&mut tx, call.into()).await.unwrap());
            tx.commit().await.unwrap();
        }
        calls
    };
    let mut live = dial().await;
    let mut served = shares(&live);
    let mut first_shares: Vec<usize> = served.values().copied().collect();
    first_shares.sort_unstable();
    assert_eq!(first_shares, [3, 3, 4]);
    for _ in 0..30 {
        // The oldest call ends.
        let over = live.remove(0);
        sqlx::query("delete from leases where token = $1").bind(over.token).execute(&db).await.unwrap();
        let next = dial().await;
        assert_eq!(next.len(), 1);
        for (campaign, calls) in shares(&next) {
            *served.entry(campaign).or_default() += calls;
        }
        live.extend(next);
    }
    let (fewest, most) = (served.values().min().unwrap(), served.values().max().unwrap());
    assert!(most - fewest <= 1, "{served:?}");
}

/// Acceptance 61: two companies want two each of three; one has two. Its call ends: the other gets the slot, and there are
/// never more than three.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn a_free_slot_goes_to_the_company_that_was_served_less(db: PgPool) {
    let first = Stage::new(db.clone()).await;
    execute(&db, "update system_settings set calls_at_once = 3").await;
    let second = dialer::company(&first, "Second", 100).await;
    for stage in [&first, &second] {
        stage.running(&refs(&phones(5)), |form| form.calls_at_once = 2).await;
    }
    let worker = worker_row(&first.context).await;
    let live = admit_under_lock(&db, &first.context, worker, 50).await;
    let has_two = shares(&live).into_iter().find(|(_, calls)| *calls == 2).map(|(campaign, _)| campaign).unwrap();
    assert_eq!(live.len(), 3);
    for call in &live {
        let mut tx = workers::begin(&db).await.unwrap();
        assert!(leases::intend_to_dial(&mut tx, call.into()).await.unwrap());
        tx.commit().await.unwrap();
    }
    let over = live.iter().find(|call| call.campaign_id == has_two).unwrap();
    sqlx::query("delete from leases where token = $1").bind(over.token).execute(&db).await.unwrap();
    let next = admit_under_lock(&db, &first.context, worker, 50).await;
    assert_eq!(next.len(), 1);
    assert_ne!(next[0].campaign_id, has_two);
}
