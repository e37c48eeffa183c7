//! What ours is held against, driven by pgbench in the same database server: the least that any queue does (claim rows, end
//! them, nothing else), and the statements of the system that Callboard replaces.

use std::{
    env, fs,
    process::{Command, Stdio},
    time::Duration,
};

use sqlx::Executor;

use crate::{BATCH, CLIENTS, seconds, world::World};

/// Tables of the floor and of the replaced system, with so many jobs each.
pub async fn prepare(world: &World, jobs: i64) {
    world
        .db()
        .execute(
            "create table bare (company_id uuid not null, job_id uuid not null, priority int not null default 0,
                                status smallint not null default 0, attempts int not null default 0, payload text not null,
                                primary key (company_id, job_id)) with (fillfactor = 80);
             create index bare_ready on bare (company_id, priority desc, job_id) where status = 0;
             create table campaign_tasks (id uuid primary key, campaign_id uuid not null, phone_number varchar(50) not null,
                                contact_name varchar(255), contact_data jsonb, status varchar(50) not null default 'pending',
                                priority int not null default 0, attempt_count int not null default 0, last_attempt_at timestamptz,
                                next_attempt_at timestamptz, outcome varchar(100), error_message text,
                                created_at timestamptz not null default now(), updated_at timestamptz);
             create index idx_campaign_tasks_campaign on campaign_tasks (campaign_id);
             create index idx_campaign_tasks_status on campaign_tasks (status);
             create index idx_campaign_tasks_next on campaign_tasks (next_attempt_at)",
        )
        .await
        .unwrap();
    for sql in [
        "insert into bare (company_id, job_id, payload) select md5('company')::uuid, uuidv7(), '+7' || n from generate_series(1, $1) n",
        "insert into campaign_tasks (id, campaign_id, phone_number)
         select gen_random_uuid(), md5('campaign')::uuid, '+7' || n from generate_series(1, $1) n",
    ] {
        sqlx::query(sql).bind(jobs).execute(world.db()).await.unwrap();
    }
    world.db().execute("vacuum analyze").await.unwrap();
}

/// Claims a batch, ends it; two transactions. Jobs, and in how long; none without the program.
pub async fn bare(world: &World) -> (f64, Duration) {
    let script = format!(
        "with picked as (select job_id from bare where company_id = md5('company')::uuid and status = 0
                         order by priority desc, job_id limit {BATCH} for update skip locked),
              claimed as (update bare b set status = 1, attempts = attempts + 1 from picked p
                          where b.company_id = md5('company')::uuid and b.job_id = p.job_id returning b.job_id)
         select array_agg(job_id) as ids from claimed \\gset\n\
         update bare set status = 2 where company_id = md5('company')::uuid and job_id = any(:ids::uuid[]);\n"
    );
    let transactions = pgbench(world, &script, CLIENTS).await;
    (transactions * BATCH as f64, seconds())
}

/// `get_next_task`, `mark_in_progress`, `mark_completed` of the replaced system, each in its own transaction. One client: it does not claim,
/// so that two would get the same task.
pub async fn replaced(world: &World) -> (f64, Duration) {
    let script = "select id from campaign_tasks
         where campaign_id = md5('campaign')::uuid
           and (status = 'pending' or (status = 'retry' and next_attempt_at <= now()))
         order by priority desc, created_at limit 1 \\gset\n\
         update campaign_tasks set status = 'in_progress', attempt_count = attempt_count + 1, last_attempt_at = now(), updated_at = now() where id = :id::uuid;\n\
         update campaign_tasks set status = 'completed', outcome = 'success', updated_at = now() where id = :id::uuid;\n";
    (pgbench(world, script, 1).await, seconds())
}

/// Runs a script; how many times it ran through.
async fn pgbench(world: &World, script: &str, clients: usize) -> f64 {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("script.sql");
    fs::write(&path, script.lines().map(str::trim).collect::<Vec<_>>().join("\n") + "\n").unwrap();
    let program = env::var("PGBENCH").unwrap_or_else(|_| "pgbench".into());
    let (url, time) = (world.url().to_owned(), seconds().as_secs().to_string());
    let output = tokio::task::spawn_blocking(move || {
        Command::new(program)
            .args(["-n", "-M", "prepared", "-c", &clients.to_string(), "-j", "1", "-T", &time, "-f"])
            .arg(&path)
            .arg(url)
            .stderr(Stdio::piped())
            .output()
    })
    .await
    .unwrap();
    let Ok(output) = output else { return 0.0 };
    let text = String::from_utf8_lossy(&output.stdout);
    let mark = "number of transactions actually processed: ";
    let ran = text.lines().find_map(|line| line.strip_prefix(mark)?.split('/').next()?.trim().parse().ok());
    if ran.is_none() {
        println!(
            "  pgbench did not run: {}",
            String::from_utf8_lossy(&output.stderr).lines().last().unwrap_or_default()
        );
    }
    ran.unwrap_or(0.0)
}
