//! The floor of the queue: the same statements, driven by pgbench. Owns the script; its text comes from `.sqlx`, so that both
//! run the same.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use uuid::Uuid;

use crate::{CLIENTS, QUEUE_SECONDS};

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
pub fn script(worker: Uuid, folder: &Path) -> PathBuf {
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

/// Transactions per second; none without the program.
pub fn pgbench(url: &str, script: &Path) -> Option<f64> {
    let program = env::var("PGBENCH").unwrap_or_else(|_| "pgbench".into());
    let output = Command::new(program)
        .args(["-n", "-M", "prepared", "-c", &CLIENTS.to_string(), "-j", "2", "-T", &QUEUE_SECONDS.to_string(), "-f"])
        .arg(script)
        .arg(url)
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
