//! How the statements of the hot path are carried out, whatever the planner believes about the sizes of the tables: rows are looked up
//! by their keys, and no history is read.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;
mod dialer;

use std::{fs, path::Path};

use callboard_db::{PgPool, workers};
use common::Stage;
use dialer::{phones, refs};

/// Tables that grow with every call or contact, and the indexes by which single rows of them are found.
const HISTORY: [(&str, &[&str]); 3] = [
    ("calls", &["calls_pkey", "calls_phone"]),
    ("call_tasks", &["call_tasks_pkey", "call_tasks_waiting"]),
    ("contacts", &["contacts_pkey"]),
];

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

/// The plan that a worker's connection keeps for a statement.
async fn plan(db: &PgPool, sql: &str) -> Vec<String> {
    let parameters = (1..40).filter(|n| sql.contains(&format!("${n}"))).max().unwrap_or(0);
    let nulls = vec!["null"; parameters].join(", ");
    let mut tx = workers::begin(db).await.unwrap();
    sqlx::raw_sql(sqlx::AssertSqlSafe(format!("prepare hot as {sql}"))).execute(&mut *tx).await.unwrap();
    let arguments = if parameters == 0 { String::new() } else { format!("({nulls})") };
    let explain = format!("explain (costs off) execute hot{arguments}");
    let lines = sqlx::query_scalar(sqlx::AssertSqlSafe(explain)).fetch_all(&mut *tx).await.unwrap();
    sqlx::raw_sql("deallocate hot").execute(&mut *tx).await.unwrap();
    tx.rollback().await.unwrap();
    lines
}

/// What a plan reads without an index, and with `by_key` also what it reads by another index than one of single rows.
fn faults(plan: &[String], by_key: bool) -> Vec<&String> {
    let reads =
        |line: &str, table: &str| line.contains(&format!(" on {table} ")) || line.ends_with(&format!(" on {table}"));
    plan.iter()
        .filter(|line| {
            HISTORY.iter().any(|(table, indexes)| {
                let known = indexes.iter().any(|index| line.contains(&format!("using {index} ")));
                let fault = if by_key { !known } else { line.contains("Seq Scan") };
                line.contains("Scan") && reads(line, table) && fault
            })
        })
        .collect()
}

/// The statements that run for each call. With what the planner believes of a table that has grown since it was counted there
/// may be a short time in which it takes another index of the company; it never reads a table from end to end.
/// Shown able to fail: without the settings of `workers::begin` it does, in the small database of this test.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn hot_statements_read_no_history(db: PgPool) {
    let stage = Stage::new(db.clone()).await;
    let campaign = stage.running(&refs(&phones(2000)), |_| {}).await;
    sqlx::query(
        "insert into calls (company_id, call_id, campaign_id, task_id, skillbase_id, skillbase_version, attempt, line, phone, state,
                            disposition, outcome, worker_id, admitted_at, dial_intent_at, ended_at)
         select t.company_id, uuidv7(), t.campaign_id, t.task_id, c.skillbase_id, 1, n, 'practice', t.phone, 'ended', 'busy', 'busy',
                t.task_id, now() - n * interval '1 day', now() - n * interval '1 day', now()
         from call_tasks t join campaigns c on c.campaign_id = t.campaign_id, generate_series(1, 3) n
         where t.campaign_id = $1",
    )
    .bind(campaign.0)
    .execute(&db)
    .await
    .unwrap();
    let hot = [
        ("take", statement(&["candidates as materialized", "insert into leases"])),
        ("intend", statement(&["insert into dials", "update leases"])),
        ("endings", statement(&["l.attempt, c.state"])),
        ("finish", statement(&["delete from leases l using ends"])),
        ("fold", statement(&["delete from dials"])),
        ("live", statement(&["from leases group by company_id, campaign_id, line"])),
        ("state", statement(&["c.calls_allowed::int) as", "join system_settings"])),
    ];
    let tables = "('calls', 'call_tasks', 'contacts', 'do_not_call', 'leases', 'campaigns', 'workers')";
    for (believed, by_key) in [
        // Nothing was ever counted.
        ("select 1".to_owned(), false),
        // Everything is empty.
        (format!("update pg_class set relpages = 1, reltuples = 0 where relname in {tables}"), false),
        // Everything is huge, also what is tiny.
        (format!("analyze; update pg_class set reltuples = relpages * 10000 where relname in {tables}"), true),
        ("analyze".to_owned(), true),
    ] {
        sqlx::raw_sql(sqlx::AssertSqlSafe(believed.clone())).execute(&db).await.unwrap();
        for (name, sql) in &hot {
            let plan = plan(&db, sql).await;
            assert_eq!(faults(&plan, by_key), [] as [&String; 0], "{name} when {believed}:\n{}", plan.join("\n"));
        }
    }
}

/// Without the settings of a worker's transactions the same statements read tables from end to end.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn the_settings_of_workers_are_what_keeps_them_from_it(db: PgPool) {
    let sql = statement(&["delete from leases l using ends"]);
    let mut tx = db.begin().await.unwrap();
    sqlx::raw_sql(sqlx::AssertSqlSafe(format!("set local plan_cache_mode = force_generic_plan; prepare hot as {sql}")))
        .execute(&mut *tx)
        .await
        .unwrap();
    let nulls = vec!["null"; 13].join(", ");
    let explain = format!("explain (costs off) execute hot({nulls})");
    let plan: Vec<String> = sqlx::query_scalar(sqlx::AssertSqlSafe(explain)).fetch_all(&mut *tx).await.unwrap();
    assert!(
        !faults(&plan, true).is_empty() || plan.iter().any(|line| line.contains("Seq Scan")),
        "{}",
        plan.join("\n")
    );
}

/// The check above finds what it looks for.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn a_statement_that_reads_history_is_found(db: PgPool) {
    for bad in [
        "select * from calls where outcome = 'busy'",
        "select * from call_tasks order by company_id, campaign_id, position",
    ] {
        let plan = plan(&db, bad).await;
        assert!(!faults(&plan, true).is_empty(), "{}", plan.join("\n"));
    }
}
