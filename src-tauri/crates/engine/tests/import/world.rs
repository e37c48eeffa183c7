//! A company with a campaign, files in a folder of their own, and what the database holds afterwards.

use std::{io::Cursor, path::PathBuf, sync::Arc};

use calamine::{Reader as _, Xlsx, open_workbook_from_rs};
use callboard_contract::{ImportReport, RowFate};
use callboard_core::id::{CallListId, CampaignId, CompanyId};
use callboard_engine::{
    Context, Random,
    import::{CheckJob, ImportError, ImportLimits, import_file, layout::LayoutChoice, rejects_xlsx},
};
use callboard_testkit::{clock::FixedClock, random};
use rand_chacha::ChaCha8Rng;
use serde_json::Value;
use sqlx::{PgPool, Row};
use tempfile::TempDir;
use uuid::Uuid;

pub struct World {
    pub db: PgPool,
    pub context: Context,
    pub company: CompanyId,
    pub campaign: CampaignId,
    pub region: String,
    pub limits: ImportLimits,
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
        let context = Context::new(db.clone(), Arc::new(clock), Arc::new(Random::seeded(42)));
        let mut world = Self {
            db,
            context,
            company,
            campaign: CampaignId(Uuid::nil()),
            region: "RU".to_owned(),
            limits: ImportLimits::default(),
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

    pub fn job(&self, name: &str, bytes: &[u8]) -> CheckJob {
        let path: PathBuf =
            self.folder.path().join(Uuid::from_u128(rand::RngExt::random(&mut self.random.clone())).to_string());
        std::fs::write(&path, bytes).expect("the file is written");
        CheckJob {
            company_id: self.company,
            campaign_id: self.campaign,
            path,
            file_name: name.to_owned(),
            region: self.region.clone(),
            choice: LayoutChoice::default(),
            roles: None,
            limits: self.limits,
        }
    }

    pub async fn run_job(&mut self, job: CheckJob) -> Result<ImportReport, ImportError> {
        import_file(&self.context, job, false).await
    }

    pub async fn try_import(&mut self, name: &str, bytes: impl AsRef<[u8]>) -> Result<ImportReport, ImportError> {
        let job = self.job(name, bytes.as_ref());
        self.run_job(job).await
    }

    pub async fn import(&mut self, name: &str, bytes: impl AsRef<[u8]>) -> ImportReport {
        self.try_import(name, bytes).await.unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    pub async fn check(&mut self, name: &str, bytes: impl AsRef<[u8]>) -> ImportReport {
        let job = self.job(name, bytes.as_ref());
        import_file(&self.context, job, true).await.unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// Tasks of the campaign in their order.
    pub async fn tasks(&self) -> Vec<Task> {
        sqlx::query(
            "select t.position, t.phone, t.contact_name, 
                    jsonb_strip_nulls(jsonb_build_object('email', c.email, 'company', c.organization, 'notes', c.notes))
                        || coalesce(t.contact_data, c.data)
             from call_tasks t join contacts c on c.company_id = t.company_id and c.contact_id = t.contact_id
             where t.company_id = $1 and t.campaign_id = $2 order by t.position",
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

    /// The workbook of rows that became no task.
    pub async fn rejects_file(&self, outcome: &ImportReport, language: &str) -> Vec<u8> {
        let list = CallListId(outcome.call_list_id.expect("only a dry run has no id"));
        rejects_xlsx(&self.db, self.company, list, language).await.expect("a report")
    }

    /// The same as rows of cells.
    pub async fn rejects(&self, outcome: &ImportReport, language: &str) -> Vec<Vec<String>> {
        let bytes = self.rejects_file(outcome, language).await;
        let mut book: Xlsx<_> = open_workbook_from_rs(Cursor::new(bytes)).expect("a workbook");
        let sheet = book.worksheet_range_at(0).expect("a sheet").expect("cells");
        sheet.rows().map(|row| row.iter().map(ToString::to_string).collect()).collect()
    }

    /// Nothing of any import is left anywhere.
    pub async fn assert_untouched(&self, because: &str) {
        for query in [
            "select count(*) from call_tasks where company_id = $1",
            "select count(*) from contacts where company_id = $1",
            "select count(*) from call_lists where company_id = $1 and state in ('checking', 'checked', 'committed')",
            "select count(*) from call_list_rejects where company_id = $1",
            "select count(*) from call_list_staging where company_id = $1",
            "select count(*) from campaign_deltas where company_id = $1",
        ] {
            assert_eq!(self.count(query).await, 0, "{because}: {query}");
        }
    }
}

/// Line and reason of the rows that became no task, without lines of totals and instructions.
pub fn reasons(outcome: &ImportReport) -> Vec<(i32, &str)> {
    let rows = outcome.rejects.iter().filter(|row| row.fate != RowFate::Ignored);
    rows.map(|row| (row.line, row.reason.as_str())).collect()
}

/// Total, created, duplicates, rejected.
pub fn figures(outcome: &ImportReport) -> [i32; 4] {
    let counts = outcome.counts;
    [counts.total, outcome.created, counts.duplicate + counts.in_campaign, counts.invalid]
}
