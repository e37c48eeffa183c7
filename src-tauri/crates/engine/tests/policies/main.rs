//! The policies around admission: what follows an attempt, when a trunk or a campaign is left alone, what a day may cost,
//! direct calls, even spread, forecasts, and what people are told. Time is moved in the database, never waited for.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod breakers;
mod budgets;
#[path = "../common/mod.rs"]
mod common;
mod direct;
mod explanations;
mod forecasts;
mod retries;
mod spreads;

use callboard_contract::{
    BreakerList, CompanyLimitsForm, CompanyLimitsUpdate, DialingStatus, LimitsQuery, LimitsView, NoticeQuery,
    NoticeView,
};
use callboard_core::{id::CampaignId, notice::NoticeKind};
use callboard_engine::{UseCase, limits, notices};
use common::Stage;

pub(crate) const PHONES: [&str; 6] =
    ["+79991234501", "+79991234502", "+79991234503", "+79991234504", "+79991234505", "+79991234506"];

/// The notices of the company, newest first.
pub(crate) async fn inbox(stage: &Stage) -> Vec<NoticeView> {
    let query = NoticeQuery { company_id: stage.company.0, unread_only: false, cursor: None, limit: 200 };
    notices::list(&stage.context, query).await.unwrap().items
}

/// How often something was told.
pub(crate) async fn told(stage: &Stage, kind: NoticeKind) -> usize {
    inbox(stage).await.iter().filter(|notice| notice.kind == kind).count()
}

pub(crate) async fn limits_of(stage: &Stage, campaign: Option<CampaignId>) -> LimitsView {
    let query = LimitsQuery { company_id: stage.company.0, campaign_id: campaign.map(|id| id.0) };
    limits::get(&stage.context, query).await.unwrap()
}

/// Changes the company's limits from what they are.
pub(crate) async fn set_limits(stage: &Stage, edit: impl FnOnce(&mut CompanyLimitsForm)) -> UseCase<LimitsView> {
    let mut form = limits_of(stage, None).await.company;
    edit(&mut form);
    limits::update(&stage.context, CompanyLimitsUpdate { company_id: stage.company.0, form }).await
}

pub(crate) async fn breakers_of(stage: &Stage) -> BreakerList {
    limits::breaker_list(&stage.context, stage.company).await.unwrap()
}

/// The sentence, after what it claims was tried: admission hands out a task of this campaign exactly when it says
/// "dialing". What was handed out is given back.
pub(crate) async fn said(stage: &Stage, campaign: CampaignId) -> DialingStatus {
    let asker = stage.asker();
    asker.live().await;
    let overview = stage.overview(campaign).await;
    let offered = asker.ask(50).await;
    let dials = offered.iter().any(|task| task.campaign_id == campaign);
    let says = overview.dialing.reason == callboard_core::explain::DialingReason::Dialing;
    assert_eq!(dials, says, "the screen says {:?}, admission gave {}", overview.dialing, offered.len());
    for task in &offered {
        asker.give_back(task).await;
    }
    overview.dialing
}

/// Makes everything that waits due.
pub(crate) async fn hurry(stage: &Stage, campaign: CampaignId) {
    stage.sql(campaign, "update call_tasks set due_at = clock_timestamp() where campaign_id = $1 and waits").await;
}
