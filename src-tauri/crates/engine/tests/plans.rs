//! How the statements of the hot path are carried out, whatever the planner believes about the sizes of the tables: rows are looked up
//! by their keys, and no history is read.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;
mod dialer;

use std::{fs, path::Path};

use callboard_db::{PgPool, workers};
use common::Stage;
use dialer::{execute, phones, refs};

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

/// What a plan reads otherwise than by key.
fn faults(plan: &[String]) -> Vec<&String> {
    let reads =
        |line: &str, table: &str| line.contains(&format!(" on {table} ")) || line.ends_with(&format!(" on {table}"));
    plan.iter()
        .enumerate()
        .filter(|(at, line)| {
            HISTORY.iter().any(|(table, indexes)| {
                let scan = line.contains("Scan") && reads(line, table);
                let by_key = line.contains("Index")
                    && indexes.iter().any(|index| line.contains(&format!("using {index} ")))
                    && plan.get(at + 1).is_some_and(|condition| {
                        condition.contains("Index Cond: ((company_id =")
                            || condition.contains("Index Cond: (company_id =")
                    });
                scan && !by_key
            })
        })
        .map(|(_, line)| line)
        .collect()
}

/// The statements that run for each call. Shown able to fail: without the settings of `workers::begin` the planner reads
/// `call_tasks` and `do_not_call` from end to end in the small database of this test.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn hot_statements_read_no_history(db: PgPool) {
    let stage = Stage::new(db.clone()).await;
    stage.running(&refs(&phones(300)), |_| {}).await;
    let hot = [
        ("take", statement(&["candidates as materialized", "insert into leases"])),
        ("intend", statement(&["insert into dials", "update leases"])),
        ("endings", statement(&["l.attempt, c.state"])),
        ("finish", statement(&["delete from leases l using ends"])),
        ("fold", statement(&["delete from dials"])),
        ("live", statement(&["from leases group by company_id, campaign_id, line"])),
        ("state", statement(&["c.calls_allowed::int) as", "join system_settings"])),
    ];
    for believed in [
        // Nothing was ever counted.
        "select 1",
        // Everything is empty.
        "update pg_class set relpages = 1, reltuples = 0 where relname in ('calls', 'call_tasks', 'contacts', 'do_not_call', 'leases')",
        // Everything is huge, also what is tiny.
        "update pg_class set relpages = 1000000, reltuples = 100000000
         where relname in ('calls', 'call_tasks', 'contacts', 'do_not_call', 'leases', 'campaigns', 'workers')",
        "analyze",
    ] {
        execute(&db, believed).await;
        for (name, sql) in &hot {
            let plan = plan(&db, sql).await;
            assert_eq!(faults(&plan), [] as [&String; 0], "{name} when {believed}:\n{}", plan.join("\n"));
        }
    }
}

/// The check above finds what it looks for.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn a_statement_that_reads_history_is_found(db: PgPool) {
    for bad in [
        "select * from calls where outcome = 'busy'",
        "select * from call_tasks order by company_id, campaign_id, position",
    ] {
        let plan = plan(&db, bad).await;
        assert!(!faults(&plan).is_empty(), "{}", plan.join("\n"));
    }
}
