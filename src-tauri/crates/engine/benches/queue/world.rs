//! Databases with many companies, campaigns and tasks. Inserted by SQL: the use-cases would take longer than the
//! measurement.

use std::time::Duration;

use callboard_core::id::WorkerId;
use callboard_db::{PgPool, lanes, workers};
use callboard_engine::Context;
use sqlx::Executor;

use crate::{
    fresh::Fresh,
    machine::{self, Sample},
};

/// A database with companies whose campaigns all run.
pub struct World {
    fresh: Fresh,
}

impl World {
    /// So many companies with so many campaigns with so many tasks each, limits out of the way.
    pub async fn new(server: &PgPool, url: &str, companies: i32, campaigns: i32, tasks: i64) -> Self {
        let fresh = Fresh::new(server, url, 8).await;
        let db = &fresh.context.db;
        db.execute(
            "alter table campaigns drop constraint campaigns_calls_at_once_range, drop constraint campaigns_calls_per_minute_range;
             alter table companies drop constraint companies_calls_at_once_range;
             alter table system_settings drop constraint system_settings_calls_at_once_range;
             update system_settings set calls_at_once = 1000000",
        )
        .await
        .unwrap();
        sqlx::query(
            "with made as (
                 insert into companies (company_id, name, calls_at_once)
                 select md5('company ' || n)::uuid, 'Company ' || n, 1000000 from generate_series(1, $1) n
                 returning company_id
             ), skilled as (
                 insert into skillbases (company_id, skillbase_id, name) select company_id, company_id, 'Bench' from made
             ), versions as (
                 insert into skillbase_versions (company_id, skillbase_id, version, document)
                 select m.company_id, m.company_id, 1, v.document
                 from made m, (select document from skillbase_versions limit 1) v
             )
             insert into campaigns (company_id, campaign_id, skillbase_id, skillbase_version, name, state, line, started_at,
                                    calls_at_once, calls_per_minute, span_opens, span_closes)
             select m.company_id, md5(m.company_id::text || n)::uuid, m.company_id, 1, 'Campaign ' || n, 'running', 'practice',
                    now(), 1000000, 1000000, '{0}', '{1440}'
             from made m, generate_series(1, $2) n",
        )
        .bind(companies)
        .bind(campaigns)
        .execute(db)
        .await
        .unwrap();
        db.execute("insert into campaign_lanes (company_id, campaign_id, lane) select company_id, campaign_id, 0 from campaigns")
            .await
            .unwrap();
        let mut tx = db.begin().await.unwrap();
        lanes::open_due(&mut tx).await.unwrap();
        tx.commit().await.unwrap();
        let world = Self { fresh };
        world.tasks("true", tasks).await;
        world
    }

    /// Adds so many tasks to each campaign that the condition finds.
    pub async fn tasks(&self, campaigns: &str, tasks: i64) {
        let sql = format!(
            "insert into call_tasks (company_id, task_id, contact_id, campaign_id, position, phone, due_at)
             select c.company_id, uuidv7(), uuidv7(), c.campaign_id, n,
                    '+7' || lpad(((row_number() over ()) + (select count(*) from call_tasks))::text, 10, '0'), clock_timestamp()
             from campaigns c, generate_series(1, $1) n where {campaigns}"
        );
        sqlx::query(sqlx::AssertSqlSafe(sql)).bind(tasks).execute(self.db()).await.unwrap();
        self.db().execute("vacuum analyze").await.unwrap();
    }

    /// Every limit on, raised so that none binds below the rate that is measured: calls at once of the system, the company
    /// and the campaign, calls per minute, caps of numbers, budgets.
    pub async fn limit(&self) {
        self.db()
            .execute(
                "update system_settings set calls_at_once = 1000;
                 update companies set calls_at_once = 100, number_per_day = 3, number_per_week = 5, number_per_month = 8,
                        number_gap_minutes = 60, daily_budget = 1000000;
                 update campaigns set calls_at_once = 50, calls_per_minute = 60000, daily_budget = 1000000, call_estimate = 0.01;
                 insert into budget_days (company_id, day, begins_at, ends_at)
                 select company_id, current_date, now() - interval '1 hour', now() + interval '1 day' from companies",
            )
            .await
            .unwrap();
    }

    /// The same in a database of its own. This one is closed by it, and good only for further copies.
    pub async fn copy(&self, server: &PgPool) -> Self {
        self.db().close().await;
        Self { fresh: self.fresh.copy(server, 8).await }
    }

    pub fn db(&self) -> &PgPool {
        &self.fresh.context.db
    }

    pub fn context(&self) -> &Context {
        &self.fresh.context
    }

    pub fn url(&self) -> &str {
        &self.fresh.url
    }

    /// A worker that only admits, alive for the whole measurement.
    pub async fn worker(&self) -> WorkerId {
        let worker = WorkerId(self.fresh.context.new_id());
        workers::renew(&mut self.db().acquire().await.unwrap(), worker, "bench", "bench").await.unwrap();
        sqlx::query("update workers set alive_until = alive_until + interval '1 day'")
            .execute(self.db())
            .await
            .unwrap();
        worker
    }

    pub async fn measure(&self, run: impl Future<Output = (f64, Duration)>) -> Sample {
        machine::measure(self.db(), run).await
    }

    pub async fn drop(self, server: &PgPool) {
        self.fresh.drop(server).await;
    }
}
