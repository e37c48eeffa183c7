//! What the tests of the dialing worker share beside the stage: pools, numbers, waiting for a fact of the database. Owns no
//! judgement: the ledger of the line and the rows judge. Refuses to sleep.
#![expect(dead_code, reason = "each test file uses its own part")]

pub mod livekit;

use std::time::Duration;

use callboard_core::id::{CampaignId, CompanyId, WorkerId};
use callboard_db::{
    PgPool,
    admission::{self, Admitted, Reach},
    workers,
};
use callboard_engine::Context;
use sqlx::{PgConnection, postgres::PgPoolOptions};
use uuid::Uuid;

use crate::common::{PATIENCE, Stage, company_form, skillbase_form};

/// Every practice call, no other.
pub const PRACTICE: Reach = Reach { practice: true, livekit: Vec::new() };

/// Numbers that differ, `+79990000000` and on.
pub fn phones(count: u32) -> Vec<String> {
    (0..count).map(callboard_testkit::random::phone).collect()
}

pub fn refs(phones: &[String]) -> Vec<&str> {
    phones.iter().map(String::as_str).collect()
}

/// A pool of its own over the database of the test, whose pool has five connections.
pub async fn pool(db: &PgPool, connections: u32) -> PgPool {
    PgPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(Duration::from_secs(10))
        .connect_with((*db.connect_options()).clone())
        .await
        .expect("the server takes more connections")
}

/// Waits until a query says true. Each look is a round trip, which is all the pause that it needs.
pub async fn until(db: &PgPool, what: &str, sql: &'static str) {
    let looking = async {
        while !sqlx::query_scalar::<_, bool>(sql).fetch_one(db).await.expect("a condition") {
            tokio::task::yield_now().await;
        }
    };
    assert!(tokio::time::timeout(PATIENCE, looking).await.is_ok(), "waited {PATIENCE:?} in vain: {what}");
}

pub async fn number(db: &PgPool, sql: &'static str) -> i64 {
    sqlx::query_scalar(sql).fetch_one(db).await.expect("a number")
}

pub async fn execute(db: &PgPool, sql: &'static str) {
    sqlx::raw_sql(sql).execute(db).await.expect("a valid statement");
}

/// A registered worker that only admits.
pub async fn worker_row(context: &Context) -> WorkerId {
    let id = WorkerId(context.new_id());
    let mut db = context.db.acquire().await.expect("a connection");
    workers::renew(&mut db, id, "admitter", "test").await.expect("it is registered");
    id
}

/// The admitting statement in a transaction of the caller, without the lock.
pub async fn admit(
    db: &mut PgConnection,
    context: &Context,
    worker: WorkerId,
    reach: &Reach,
    want: usize,
) -> Vec<Admitted> {
    let ids: Vec<Uuid> = (0..want).map(|_| context.new_id()).collect();
    admission::admit(db, worker, reach, &ids).await.expect("an answer")
}

/// One admission as the worker does it.
pub async fn admit_under_lock(db: &PgPool, context: &Context, worker: WorkerId, want: usize) -> Vec<Admitted> {
    let mut tx = workers::begin(db).await.expect("a transaction");
    admission::lock(&mut tx).await.expect("the lock");
    let admitted = admit(&mut tx, context, worker, &PRACTICE, want).await;
    tx.commit().await.expect("a commit");
    admitted
}

/// A further company with a skillbase.
pub async fn company(stage: &Stage, name: &str, calls_at_once: i32) -> Stage {
    let mut form = company_form(name);
    form.calls_at_once = calls_at_once;
    let company = callboard_engine::companies::create(&stage.context, form).await.expect("a valid company");
    let company = CompanyId(company.id);
    let skillbase = callboard_engine::skillbases::create(&stage.context, skillbase_form(company, "Test skillbase"))
        .await
        .expect("a valid skillbase");
    Stage {
        context: stage.context.clone(),
        company,
        skillbase: skillbase.summary.id,
        line: stage.line.clone(),
        lines: stage.lines.clone(),
    }
}

/// What the counters say and what the rows say; equal, or the figures on the screen lie.
pub async fn counters_are_the_truth(db: &PgPool, campaign: CampaignId) {
    let sql = "select t.status, t.n, c.n from
                 (select status, count(*) as n from call_tasks where campaign_id = $1 group by status) t
                 full join (select s.status, s.n from campaign_counts k
                            cross join lateral (values ('pending', k.pending), ('in_progress', k.in_progress),
                                ('retry', k.retry), ('completed', k.completed), ('failed', k.failed),
                                ('cancelled', k.cancelled), ('skipped', k.skipped)) s(status, n)
                            where k.campaign_id = $1) c using (status)
               where coalesce(t.n, 0) <> coalesce(c.n, 0)";
    let wrong: Vec<(Option<String>, Option<i64>, Option<i32>)> =
        sqlx::query_as(sql).bind(campaign.0).fetch_all(db).await.expect("counts");
    assert!(wrong.is_empty(), "status, rows, counter: {wrong:?}");
}
