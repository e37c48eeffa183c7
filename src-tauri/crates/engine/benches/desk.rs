//! `make bench`: what one machine does, each figure beside a floor that was measured in the same run.
//!
//! Owns three workloads: an import against plain COPY of the same rows, admission and finish against a pgbench script of
//! the same statements (read from `.sqlx`, so that both run the same text), and the time from a committed task to its
//! dialling on an idle worker. Prints medians of five; refuses to be a test: it never fails for being slow.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a measurement stops by panicking and prints its result")]

use std::{
    env, fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use callboard_contract::{CampaignForm, CompanyForm, SkillbaseForm};
use callboard_core::{
    call::{Disposition, Outcome},
    clock::SystemClock,
    id::{CampaignId, CompanyId, WorkerId},
    skillbase::SkillbaseDocument,
    task::TaskStatus,
};
use callboard_db::{
    MIGRATOR, PgPool,
    admission::{self, Reach},
    leases::{self, Finished, LeaseRef},
    workers,
};
use callboard_engine::{
    Context, Random, campaigns, companies,
    import::{ImportJob, ImportLimits, import_file},
    lines::Lines,
    skillbases,
    worker::{self, WorkerHandle, WorkerOptions},
};
use callboard_testkit::scripted::ScriptedLine;
use sqlx::{
    Executor,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use tokio::task::JoinSet;
use uuid::Uuid;

const ROUNDS: usize = 5;
/// Numbers the databases of one run.
static DATABASES: AtomicUsize = AtomicUsize::new(0);
const IMPORT_ROWS: usize = 200_000;
const QUEUE_SECONDS: u64 = 5;
const CLIENTS: usize = 8;
const PICKUPS: usize = 300;

#[tokio::main]
async fn main() {
    let url = env::var("DATABASE_URL").expect("make bench sets DATABASE_URL");
    let server = PgPool::connect(&url).await.expect("the database of the developer runs");
    let settings: Vec<(String, String)> = sqlx::query_as(
        "select name, setting from pg_settings
         where name in ('server_version', 'fsync', 'synchronous_commit', 'shared_buffers', 'max_connections') order by name",
    )
    .fetch_all(&server)
    .await
    .unwrap();
    println!(
        "PostgreSQL: {}",
        settings.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(" ")
    );
    import(&server, &url).await;
    queue(&server, &url).await;
    pickup(&server, &url).await;
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn spread(values: &[f64]) -> String {
    let (min, max) = values.iter().fold((f64::INFINITY, 0.0_f64), |(min, max), v| (min.min(*v), max.max(*v)));
    format!("min {min:.0}, max {max:.0}")
}

/// A fresh database with a company, a skillbase and a context.
struct Fresh {
    name: String,
    url: String,
    context: Context,
    company: CompanyId,
    skillbase: Uuid,
}

impl Fresh {
    async fn new(server: &PgPool, url: &str, connections: u32) -> Self {
        let name = format!("bench_{}_{}", std::process::id(), DATABASES.fetch_add(1, Ordering::Relaxed));
        server.execute(sqlx::AssertSqlSafe(format!("create database {name}"))).await.unwrap();
        let options: PgConnectOptions = url.parse::<PgConnectOptions>().unwrap().database(&name);
        let db = PgPoolOptions::new().max_connections(connections).connect_with(options).await.unwrap();
        MIGRATOR.run(&db).await.unwrap();
        let (before, query) = url.split_once('?').unwrap_or((url, ""));
        let (host, _) = before.rsplit_once('/').unwrap();
        let url = format!("{host}/{name}?{query}");
        let context = Context::new(db, Arc::new(SystemClock::start()), Arc::new(Random::seeded(42)));
        let company = companies::create(
            &context,
            CompanyForm {
                name: "Bench".into(),
                time_zone: "Europe/Moscow".into(),
                default_region: "RU".into(),
                currency: "USD".into(),
                calls_at_once: 10_000,
            },
        )
        .await
        .unwrap();
        let skillbase = skillbases::create(
            &context,
            SkillbaseForm {
                company_id: company.id,
                name: "Bench".into(),
                description: String::new(),
                document: SkillbaseDocument {
                    format: 1,
                    role: "role".into(),
                    style: "style".into(),
                    rules: vec![],
                    facts: vec![],
                    greeting: "Hello".into(),
                    language: "en".into(),
                },
            },
        )
        .await
        .unwrap();
        Self { name, url, context, company: CompanyId(company.id), skillbase: skillbase.id }
    }

    async fn campaign(&self) -> CampaignId {
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
            starts_at: None,
            ends_at: None,
        };
        CampaignId(campaigns::create(&self.context, self.company, &form).await.unwrap().id)
    }

    /// Limits out of the way: what is measured is the statements, not the waiting.
    async fn without_limits(&self) {
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

    async fn tasks(&self, campaign: CampaignId, count: i64) {
        sqlx::query(
            "insert into call_tasks (company_id, task_id, campaign_id, position, phone, due_at)
             select $1, gen_random_uuid(), $2, n + coalesce((select max(position) from call_tasks where campaign_id = $2), 0),
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

    async fn start(&self, campaign: CampaignId, lines: &Lines) {
        campaigns::start(&self.context, lines, self.company, campaign).await.unwrap();
    }

    async fn drop(self, server: &PgPool) {
        self.context.db.close().await;
        server.execute(sqlx::AssertSqlSafe(format!("drop database {} with (force)", self.name))).await.unwrap();
    }
}

fn one_line() -> (ScriptedLine, Lines) {
    let line = ScriptedLine::new();
    let lines = Lines::fixed([Arc::new(line.clone()) as Arc<dyn callboard_telephony::Line>]);
    (line, lines)
}

/// The same rows through the import and through plain COPY into an unlogged table.
async fn import(server: &PgPool, url: &str) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("list.csv");
    let mut text = Vec::with_capacity(IMPORT_ROWS * 60);
    writeln!(text, "phone_number,name,company,city,debt").unwrap();
    for n in 0..IMPORT_ROWS {
        writeln!(text, "+79{n:09},Client {n},Company {},Moscow,{}", n % 997, n % 10_000).unwrap();
    }
    fs::write(&file, &text).unwrap();
    let (mut ours, mut floor) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let fresh = Fresh::new(server, url, 4).await;
        let campaign = fresh.campaign().await;
        let started = Instant::now();
        let job = ImportJob {
            company_id: fresh.company,
            campaign_id: campaign,
            path: file.clone(),
            file_name: "list.csv".into(),
            default_region: "RU".into(),
            dry_run: false,
            limits: ImportLimits::default(),
        };
        let outcome =
            import_file(&fresh.context.db, &*fresh.context.clock, &mut fresh.context.random.fork(), job).await.unwrap();
        ours.push(IMPORT_ROWS as f64 / started.elapsed().as_secs_f64());
        assert_eq!(usize::try_from(outcome.created).unwrap(), IMPORT_ROWS, "every row became a task");

        let mut connection = fresh.context.db.acquire().await.unwrap();
        connection
            .execute("create unlogged table plain (phone text, name text, company text, city text, debt text)")
            .await
            .unwrap();
        let started = Instant::now();
        let mut copy = connection.copy_in_raw("copy plain from stdin (format csv, header)").await.unwrap();
        copy.send(text.as_slice()).await.unwrap();
        copy.finish().await.unwrap();
        floor.push(IMPORT_ROWS as f64 / started.elapsed().as_secs_f64());
        drop(connection);
        fresh.drop(server).await;
    }
    let (shown, floor_shown) = (spread(&ours), spread(&floor));
    let (ours, floor) = (median(&mut ours), median(&mut floor));
    println!("import of {IMPORT_ROWS} rows, file to dialable tasks: {ours:.0} rows/s ({shown})");
    println!(
        "  floor, COPY csv into an unlogged table:       {floor:.0} rows/s ({floor_shown}); ours takes {:.1} times as long",
        floor / ours
    );
}

fn success() -> Finished {
    Finished {
        disposition: Disposition::Answered,
        outcome: Outcome::Success,
        outcome_reason: None,
        outcome_confidence: None,
        sip_status: Some(200),
        error: None,
        ring_ms: 1000,
        talk_ms: 1000,
        status: TaskStatus::Completed,
        due_at: None,
    }
}

/// Admits `batch` tasks, intends and finishes each, in the transactions of the worker. How many calls.
async fn cycle(context: &Context, worker: WorkerId, reach: &Reach, batch: usize) -> usize {
    let ids: Vec<Uuid> = (0..batch).map(|_| context.new_id()).collect();
    let db = &context.db;
    let mut tx = db.begin().await.unwrap();
    admission::lock(&mut tx).await.unwrap();
    let admitted = admission::admit(&mut tx, worker, reach, &ids).await.unwrap();
    tx.commit().await.unwrap();
    for call in &admitted {
        let lease = LeaseRef::from(call);
        let mut tx = db.begin().await.unwrap();
        assert!(leases::intend_to_dial(&mut tx, lease).await.unwrap());
        tx.commit().await.unwrap();
        let mut tx = db.begin().await.unwrap();
        leases::lock(&mut tx, lease).await.unwrap().unwrap();
        leases::finish(&mut tx, lease, &success()).await.unwrap();
        tx.commit().await.unwrap();
    }
    admitted.len()
}

async fn ours_per_second(fresh: &Fresh, batch: usize) -> f64 {
    let worker = WorkerId(fresh.context.new_id());
    workers::renew(&mut fresh.context.db.acquire().await.unwrap(), worker, "bench", "bench").await.unwrap();
    let reach = Reach { practice: true, livekit: Vec::new() };
    let done = Arc::new(AtomicUsize::new(0));
    let started = Instant::now();
    let until = started + Duration::from_secs(QUEUE_SECONDS);
    let mut clients = JoinSet::new();
    for _ in 0..CLIENTS {
        let (context, reach, done) = (fresh.context.clone(), reach.clone(), Arc::clone(&done));
        clients.spawn(async move {
            while Instant::now() < until {
                done.fetch_add(cycle(&context, worker, &reach, batch).await, Ordering::Relaxed);
            }
        });
    }
    while let Some(ended) = clients.join_next().await {
        ended.unwrap();
    }
    done.load(Ordering::Relaxed) as f64 / started.elapsed().as_secs_f64()
}

/// The text of one of our statements, from the offline data of sqlx.
fn statement(marks: &[&str]) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../.sqlx");
    let mut found: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| fs::read_to_string(entry.unwrap().path()).unwrap())
        .map(|text| serde_json::from_str::<serde_json::Value>(&text).unwrap()["query"].as_str().unwrap().to_owned())
        .filter(|query| marks.iter().all(|mark| query.contains(mark)))
        .collect();
    assert_eq!(found.len(), 1, "one statement holds {marks:?}");
    found.remove(0)
}

fn bound(mut sql: String, values: &[&str]) -> String {
    for (index, value) in values.iter().enumerate().rev() {
        sql = sql.replace(&format!("${}", index + 1), value);
    }
    // Annotations such as "free!" are for sqlx; pgbench takes the column's name as a variable's.
    sql.replace("!\"", "\"").replace(": Json<SkillbaseDocument>\"", "\"").replace("?\"", "\"")
}

/// The same statements in the same transactions, driven by pgbench: one call per round and client.
fn pgbench_script(worker: Uuid, folder: &Path) -> PathBuf {
    let admit = bound(
        statement(&["insert into leases", "candidates as materialized"]),
        &[&format!("'{worker}'::uuid"), "true", "array[gen_random_uuid()]", "'{}'::uuid[]", "interval '2 seconds'"],
    );
    let lease = [":company_id::uuid", ":task_id::uuid", ":token::bigint"];
    let intend =
        bound(statement(&["set dial_at = clock_timestamp()"]), &[lease[0], lease[1], lease[2], "interval '2 seconds'"]);
    let lock = bound(statement(&["for update of l, t"]), &lease);
    let finish = bound(
        statement(&["delete from leases", "set state = 'ended'"]),
        &[
            lease[0],
            lease[1],
            lease[2],
            "'answered'",
            "'success'",
            "null",
            "null::double precision",
            "200",
            "null",
            "1000",
            "1000",
            "'completed'",
            "null::timestamptz",
        ],
    );
    let script = format!(
        "begin;\nselect pg_advisory_xact_lock(109270081994753);\n{} \\gset\ncommit;\n\
         begin;\n{};\ncommit;\nbegin;\n{};\n{};\ncommit;\n",
        one_line_of(&admit),
        one_line_of(&intend),
        one_line_of(&lock),
        one_line_of(&finish)
    );
    let path = folder.join("queue.sql");
    fs::write(&path, script).unwrap();
    path
}

fn one_line_of(sql: &str) -> String {
    // A comment ends with its line, which is about to go.
    let code: Vec<&str> = sql.lines().map(|line| line.split("--").next().unwrap_or_default()).collect();
    code.join(" ").split_whitespace().collect::<Vec<_>>().join(" ")
}

fn pgbench(fresh: &Fresh, script: &Path) -> Option<f64> {
    let program = env::var("PGBENCH").unwrap_or_else(|_| "pgbench".into());
    let output = Command::new(program)
        .args(["-n", "-M", "prepared", "-c", &CLIENTS.to_string(), "-j", "2", "-T", &QUEUE_SECONDS.to_string(), "-f"])
        .arg(script)
        .arg(&fresh.url)
        .stderr(Stdio::piped())
        .output()
        .ok()?;
    let text = String::from_utf8_lossy(&output.stdout);
    let rate = text.lines().find_map(|line| line.strip_prefix("tps = ")?.split(' ').next()?.parse().ok());
    if rate.is_none() {
        println!(
            "  pgbench did not run: {}",
            String::from_utf8_lossy(&output.stderr).lines().last().unwrap_or_default()
        );
    }
    rate
}

/// Admission, intent and finish, each in its own transaction, against pgbench with the same statements.
async fn queue(server: &PgPool, url: &str) {
    let folder = tempfile::tempdir().unwrap();
    let (mut ours, mut batched, mut floor) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        for kind in ["ours", "batched", "floor"] {
            let fresh = Fresh::new(server, url, CLIENTS as u32 + 2).await;
            let campaign = fresh.campaign().await;
            fresh.tasks(campaign, 100_000).await;
            fresh.start(campaign, &one_line().1).await;
            fresh.without_limits().await;
            match kind {
                "ours" => ours.push(ours_per_second(&fresh, 1).await),
                "batched" => batched.push(ours_per_second(&fresh, 50).await),
                _ => {
                    let worker = fresh.context.new_id();
                    let mut db = fresh.context.db.acquire().await.unwrap();
                    workers::renew(&mut db, WorkerId(worker), "pgbench", "bench").await.unwrap();
                    drop(db);
                    floor.extend(pgbench(&fresh, &pgbench_script(worker, folder.path())));
                }
            }
            fresh.drop(server).await;
        }
    }
    println!("admission + dial intent + finish, {CLIENTS} clients, one campaign without limits, 100,000 tasks:");
    println!("  one call per admission:   {:.0} calls/s ({})", median(&mut ours), spread(&ours));
    if !floor.is_empty() {
        let ratio = median(&mut ours) / median(&mut floor);
        println!(
            "  pgbench, same statements: {:.0} calls/s ({}); ours is {ratio:.2} of it",
            median(&mut floor),
            spread(&floor)
        );
    }
    println!("  50 calls per admission:   {:.0} calls/s ({})", median(&mut batched), spread(&batched));
}

/// From the commit of a task, with its notification, to the dialling request, on an idle worker.
async fn pickup(server: &PgPool, url: &str) {
    let fresh = Fresh::new(server, url, 8).await;
    let (line, lines) = one_line();
    let campaign = fresh.campaign().await;
    fresh.tasks(campaign, 1).await;
    fresh.start(campaign, &lines).await;
    fresh.without_limits().await;
    let handle = WorkerHandle::default();
    let running =
        tokio::spawn(worker::run(fresh.context.clone(), lines, WorkerOptions::new("bench", "bench"), handle.clone()));
    let wake = Arc::clone(&handle.wake);
    let db = fresh.context.db.clone();
    let listening = tokio::spawn(async move {
        let mut listener = callboard_db::events::Listener::open(&db).await.unwrap();
        while listener.next().await.is_ok() {
            wake.notify_one();
        }
    });
    line.next_placed().await;
    let mut samples = Vec::with_capacity(PICKUPS);
    for n in 0..PICKUPS {
        line.ended(n + 1).await;
        let mut tx = fresh.context.db.begin().await.unwrap();
        sqlx::query(
            "insert into call_tasks (company_id, task_id, campaign_id, position, phone, due_at)
             values ($1, $2, $3, $4, $5, clock_timestamp())",
        )
        .bind(fresh.company.0)
        .bind(fresh.context.new_id())
        .bind(campaign.0)
        .bind(i32::try_from(n).unwrap() + 10)
        .bind(format!("+78{n:09}"))
        .execute(&mut *tx)
        .await
        .unwrap();
        let event = callboard_db::events::Event {
            company_id: Some(fresh.company.0),
            tags: vec!["tasks".into()],
            campaigns: vec![campaign.0],
        };
        callboard_db::events::notify(&mut tx, event).await.unwrap();
        let started = Instant::now();
        tx.commit().await.unwrap();
        line.next_placed().await;
        samples.push(started.elapsed().as_secs_f64() * 1000.0);
    }
    handle.stop.cancel();
    running.await.unwrap();
    listening.abort();
    samples.sort_by(f64::total_cmp);
    let at = |percent: usize| samples[(samples.len() - 1) * percent / 100];
    println!("idle pickup, commit of a task to the dialling request, {PICKUPS} samples:");
    println!("  p50 {:.2} ms, p99 {:.2} ms, max {:.2} ms", at(50), at(99), at(100));
    fresh.drop(server).await;
}
