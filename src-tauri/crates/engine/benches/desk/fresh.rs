//! What the measurements with a database begin with: a database of their own with a company, a skillbase and tasks.
//! Shared by `desk` and `import`; measures nothing itself.

use std::{
    env,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use callboard_contract::{CampaignForm, CompanyForm, SkillbaseForm};
use callboard_core::{
    clock::SystemClock,
    id::{CampaignId, CompanyId},
    skillbase::{Language, SkillbaseDocument},
};
use callboard_db::{MIGRATOR, PgPool};
use callboard_engine::{Context, Random, campaigns, companies, lines::Lines, skillbases};
use callboard_testkit::scripted::ScriptedLine;
use sqlx::{
    Executor,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use uuid::Uuid;

/// Numbers the databases of one run.
static DATABASES: AtomicUsize = AtomicUsize::new(0);

/// The server that `bench.sh` has started, its address, and its settings on a line.
pub async fn server() -> (PgPool, String) {
    let url = env::var("DATABASE_URL").expect("make bench sets DATABASE_URL");
    let server = PgPool::connect(&url).await.expect("the database of the measurements runs");
    let settings: Vec<(String, String)> = sqlx::query_as(
        "select name, current_setting(name) from pg_settings
         where name in ('server_version', 'fsync', 'synchronous_commit', 'full_page_writes', 'shared_buffers', 'work_mem',
                        'max_wal_size', 'wal_level', 'wal_compression', 'max_connections')
         order by name",
    )
    .fetch_all(&server)
    .await
    .unwrap();
    println!(
        "PostgreSQL: {}",
        settings.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(" ")
    );
    (server, url)
}

/// The middle one.
pub fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// A database with a company, a skillbase and a context.
pub struct Fresh {
    pub name: String,
    pub url: String,
    pub context: Context,
    pub company: CompanyId,
    skillbase: Uuid,
}

async fn open(server: &PgPool, url: &str, connections: u32, template: &str) -> (String, String, PgPool) {
    let name = format!("bench_{}_{}", std::process::id(), DATABASES.fetch_add(1, Ordering::Relaxed));
    // Copied file by file, which ends with a checkpoint: what was written before costs nothing later.
    let sql = format!("create database {name} template {template} strategy file_copy");
    server.execute(sqlx::AssertSqlSafe(sql)).await.unwrap();
    let options: PgConnectOptions = url.parse::<PgConnectOptions>().unwrap().database(&name);
    let db = PgPoolOptions::new().max_connections(connections).connect_with(options).await.unwrap();
    let (before, query) = url.split_once('?').unwrap_or((url, ""));
    let (host, _) = before.rsplit_once('/').unwrap();
    let url = format!("{host}/{name}?{query}");
    (name, url, db)
}

fn context(db: PgPool) -> Context {
    Context::new(db, Arc::new(SystemClock::start()), Arc::new(Random::seeded(42)))
}

impl Fresh {
    /// An empty database with one company.
    pub async fn new(server: &PgPool, url: &str, connections: u32) -> Self {
        let (name, url, db) = open(server, url, connections, "template1").await;
        MIGRATOR.run(&db).await.unwrap();
        let context = context(db);
        let (company, skillbase) = company(&context, "Bench").await;
        Self { name, url, context, company, skillbase }
    }

    pub async fn campaign(&self) -> CampaignId {
        let form = CampaignForm {
            name: "Bench".into(),
            description: String::new(),
            skillbase_id: self.skillbase,
            calls_at_once: 100,
            calls_per_minute: 100,
            max_attempts: 1,
            retry_delay_minutes: 1,
            window_opens: "00:00".into(),
            window_closes: "24:00".into(),
            weekdays: (1..=7).collect(),
            time_zone: "Europe/Moscow".into(),
            local_time: false,
            starts_at: None,
            ends_at: None,
        };
        CampaignId(campaigns::create(&self.context, self.company, &form).await.unwrap().id)
    }

    /// Limits out of the way: what is measured is the statements, not the waiting.
    pub async fn without_limits(&self) {
        for sql in [
            "alter table campaigns drop constraint campaigns_calls_at_once_range, drop constraint campaigns_calls_per_minute_range",
            "update campaigns set calls_at_once = 1000000, calls_per_minute = 1000000",
            "alter table companies drop constraint companies_calls_at_once_range",
            "update companies set calls_at_once = 1000000",
            "alter table system_settings drop constraint system_settings_calls_at_once_range",
            "update system_settings set calls_at_once = 1000000",
        ] {
            sqlx::query(sql).execute(&self.context.db).await.unwrap();
        }
    }

    pub async fn tasks(&self, campaign: CampaignId, count: i64) {
        sqlx::query(
            "insert into call_tasks (company_id, task_id, contact_id, campaign_id, position, phone, due_at)
             select $1, gen_random_uuid(), gen_random_uuid(), $2, n + coalesce((select max(position) from call_tasks where campaign_id = $2), 0),
                    '+79' || lpad((n + (select count(*) from call_tasks))::text, 9, '0'), clock_timestamp()
             from generate_series(1, $3) n",
        )
        .bind(self.company.0)
        .bind(campaign.0)
        .bind(count)
        .execute(&self.context.db)
        .await
        .unwrap();
        sqlx::query("insert into campaign_deltas (company_id, campaign_id, pending) values ($1, $2, $3)")
            .bind(self.company.0)
            .bind(campaign.0)
            .bind(i32::try_from(count).unwrap())
            .execute(&self.context.db)
            .await
            .unwrap();
        sqlx::query("analyze").execute(&self.context.db).await.unwrap();
    }

    pub async fn start(&self, campaign: CampaignId, lines: &Lines) {
        campaigns::start(&self.context, lines, self.company, campaign).await.unwrap();
    }

    pub async fn drop(self, server: &PgPool) {
        self.context.db.close().await;
        server.execute(sqlx::AssertSqlSafe(format!("drop database {} with (force)", self.name))).await.unwrap();
    }

    /// The same once more, in a database of its own. Nobody may be connected to the first one meanwhile.
    pub async fn copy(&self, server: &PgPool, connections: u32) -> Self {
        let (name, url, db) = open(server, &self.url, connections, &self.name).await;
        Self { name, url, context: context(db), company: self.company, skillbase: self.skillbase }
    }

    /// Another company in the same database.
    pub async fn another(&self) -> Self {
        let (company, skillbase) = company(&self.context, &format!("Bench {}", self.context.new_id())).await;
        let (name, url, context) = (self.name.clone(), self.url.clone(), self.context.clone());
        Self { name, url, context, company, skillbase }
    }
}

async fn company(context: &Context, name: &str) -> (CompanyId, Uuid) {
    let company = companies::create(
        context,
        CompanyForm {
            name: name.into(),
            time_zone: "Europe/Moscow".into(),
            default_region: "RU".into(),
            currency: "USD".into(),
            calls_at_once: 10_000,
        },
    )
    .await
    .unwrap();
    let skillbase = skillbases::create(
        context,
        SkillbaseForm {
            company_id: company.id,
            name: "Bench".into(),
            description: String::new(),
            document: SkillbaseDocument::of_plan(
                Language::Ru,
                "Администратор",
                "Коротко",
                "Здравствуйте!",
                &["Поздороваться", "Попрощаться"],
            ),
            publish: true,
        },
    )
    .await
    .unwrap();
    (CompanyId(company.id), skillbase.summary.id)
}

/// A line that is told by the measurement how its calls go.
pub fn one_line() -> (ScriptedLine, Lines) {
    let line = ScriptedLine::new();
    let lines = Lines::fixed([Arc::new(line.clone()) as Arc<dyn callboard_telephony::Line>]);
    (line, lines)
}
