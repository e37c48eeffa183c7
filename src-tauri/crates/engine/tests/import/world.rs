//! A company with a campaign, files in a folder of their own, and what the database holds afterwards.

use std::path::PathBuf;

use callboard_core::id::{CampaignId, CompanyId};
use callboard_engine::import::{ImportError, ImportJob, ImportLimits, ImportOutcome, import_file, rejects_csv};
use callboard_testkit::{clock::FixedClock, random};
use rand_chacha::ChaCha8Rng;
use serde_json::Value;
use sqlx::{PgPool, Row};
use tempfile::TempDir;
use uuid::Uuid;

pub struct World {
    pub db: PgPool,
    pub company: CompanyId,
    pub campaign: CampaignId,
    pub region: String,
    pub limits: ImportLimits,
    clock: FixedClock,
    random: ChaCha8Rng,
    folder: TempDir,
}

/// A task as far as an import fills it.
#[derive(Debug, PartialEq)]
pub struct Task {
    pub position: i32,
    pub phone: String,
    pub name: Option<String>,
    pub data: Value,
}

impl World {
    pub async fn new(db: PgPool) -> Self {
        let mut random = random::seeded(42);
        let clock = FixedClock::at("2026-11-20T09:00:00Z");
        let company = random::id(&mut random, chrono::DateTime::UNIX_EPOCH);
        let mut world = Self {
            db,
            company,
            campaign: CampaignId(Uuid::nil()),
            region: "RU".to_owned(),
            limits: ImportLimits::default(),
            clock,
            random,
            folder: tempfile::tempdir().expect("a folder for files"),
        };
        world.run("insert into companies (company_id, name) values ($1, 'Acme')").await;
        world.run("insert into skillbases (company_id, skillbase_id, name) values ($1, $1, 'Salon')").await;
        world
            .run(
                "insert into skillbase_versions (company_id, skillbase_id, version, document) values ($1, $1, 1, '{}')",
            )
            .await;
        world.campaign = world.new_campaign("draft").await;
        world
    }

    /// A campaign in a state that an import may find.
    pub async fn new_campaign(&mut self, state: &str) -> CampaignId {
        let id: CampaignId = random::id(&mut self.random, chrono::DateTime::UNIX_EPOCH);
        sqlx::query(
            "insert into campaigns (company_id, campaign_id, skillbase_id, skillbase_version, name, state, ended_at)
             values ($1, $2, $1, 1, 'Autumn', $3, case when $3 in ('completed', 'cancelled') then now() end)",
        )
        .bind(self.company.0)
        .bind(id.0)
        .bind(state)
        .execute(&self.db)
        .await
        .expect("a campaign");
        id
    }

    /// A statement whose only parameter is the company.
    pub async fn run(&self, statement: &'static str) {
        sqlx::query(statement).bind(self.company.0).execute(&self.db).await.expect("the statement runs");
    }

    pub async fn count(&self, query: &'static str) -> i64 {
        sqlx::query_scalar(query).bind(self.company.0).fetch_one(&self.db).await.expect("a count")
    }

    pub fn job(&self, name: &str, bytes: &[u8]) -> ImportJob {
        let path: PathBuf =
            self.folder.path().join(Uuid::from_u128(rand::RngExt::random(&mut self.random.clone())).to_string());
        std::fs::write(&path, bytes).expect("the file is written");
        ImportJob {
            company_id: self.company,
            campaign_id: self.campaign,
            path,
            file_name: name.to_owned(),
            default_region: self.region.clone(),
            dry_run: false,
            limits: self.limits,
        }
    }

    pub async fn run_job(&mut self, job: ImportJob) -> Result<ImportOutcome, ImportError> {
        import_file(&self.db, &self.clock, &mut self.random, job).await
    }

    pub async fn try_import(&mut self, name: &str, bytes: impl AsRef<[u8]>) -> Result<ImportOutcome, ImportError> {
        let job = self.job(name, bytes.as_ref());
        self.run_job(job).await
    }

    pub async fn import(&mut self, name: &str, bytes: impl AsRef<[u8]>) -> ImportOutcome {
        self.try_import(name, bytes).await.unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    pub async fn check(&mut self, name: &str, bytes: impl AsRef<[u8]>) -> ImportOutcome {
        let job = ImportJob { dry_run: true, ..self.job(name, bytes.as_ref()) };
        self.run_job(job).await.unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// Tasks of the campaign in their order.
    pub async fn tasks(&self) -> Vec<Task> {
        sqlx::query(
            "select position, phone, contact_name, contact_data from call_tasks
             where company_id = $1 and campaign_id = $2 order by position",
        )
        .bind(self.company.0)
        .bind(self.campaign.0)
        .fetch_all(&self.db)
        .await
        .expect("tasks")
        .into_iter()
        .map(|row| Task { position: row.get(0), phone: row.get(1), name: row.get(2), data: row.get(3) })
        .collect()
    }

    pub async fn phones(&self) -> Vec<String> {
        self.tasks().await.into_iter().map(|task| task.phone).collect()
    }

    /// Exact figure of the campaign's pending tasks, as every window shows it.
    pub async fn pending(&self) -> i64 {
        sqlx::query_scalar(
            "select coalesce(max(pending), 0)::bigint from campaign_counts where company_id = $1 and campaign_id = $2",
        )
        .bind(self.company.0)
        .bind(self.campaign.0)
        .fetch_one(&self.db)
        .await
        .expect("a figure")
    }

    pub async fn rejects(&self, outcome: &ImportOutcome, language: &str) -> String {
        let mut text = Vec::new();
        let list = outcome.call_list_id.expect("only a dry run has no id");
        rejects_csv(&self.db, self.company, list, language, &mut text).await.expect("a report");
        String::from_utf8(text).expect("the report is UTF-8")
    }

    /// Nothing of any import is left anywhere.
    pub async fn assert_untouched(&self, because: &str) {
        for query in [
            "select count(*) from call_tasks where company_id = $1",
            "select count(*) from contacts where company_id = $1",
            "select count(*) from call_lists where company_id = $1",
            "select count(*) from call_list_rejects where company_id = $1",
            "select count(*) from call_list_staging where company_id = $1",
            "select count(*) from campaign_deltas where company_id = $1",
        ] {
            assert_eq!(self.count(query).await, 0, "{because}: {query}");
        }
    }
}

/// Line and reason of the refused rows.
pub fn reasons(outcome: &ImportOutcome) -> Vec<(i32, &str)> {
    outcome.rejects.iter().map(|row| (row.line, row.reason.as_str())).collect()
}

/// Total, created, duplicates, rejected.
pub fn figures(outcome: &ImportOutcome) -> [i32; 4] {
    [outcome.total, outcome.created, outcome.duplicates, outcome.rejected]
}
