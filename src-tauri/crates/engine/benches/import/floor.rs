//! The floor: COPY of rows that somebody has cleaned already, then the fewest plain statements that make the same
//! contacts and tasks, in one transaction. No progress, no giving up, no report of what was refused, no undo.

use std::{fs::File, io::Read as _, path::Path, time::Instant};

use callboard_core::id::CampaignId;
use sqlx::Executor as _;

use crate::fresh::Fresh;

/// What the floor took and made.
#[derive(Debug)]
pub struct Run {
    /// From the first byte to the commit.
    pub seconds: f64,
    /// Of them, until the rows were in the database.
    pub copy: f64,
    /// Tasks.
    pub tasks: u64,
}

/// How much is sent at once.
const PARCEL: usize = 256 * 1024;

pub async fn import(fresh: &Fresh, campaign: CampaignId, file: &Path) -> Run {
    let mut db = fresh.context.db.acquire().await.unwrap();
    db.execute(
        "create unlogged table floor_staging (
             line integer not null, phone text collate \"C\" not null, contact_name text, email text, organization text,
             contact_data text, contact_id uuid not null default uuidv7(), task_id uuid not null default uuidv7()
         ) with (autovacuum_enabled = false)",
    )
    .await
    .unwrap();
    let mut file = File::open(file).unwrap();
    let mut parcel = vec![0; PARCEL];
    let started = Instant::now();
    let mut tx = sqlx::Connection::begin(&mut *db).await.unwrap();
    tx.execute("set local synchronous_commit = on; set local work_mem = '256MB'").await.unwrap();
    let mut copying = tx
        .copy_in_raw(
            "copy floor_staging (line, phone, contact_name, email, organization, contact_data) from stdin (format csv)",
        )
        .await
        .unwrap();
    loop {
        let length = file.read(&mut parcel).unwrap();
        if length == 0 {
            break;
        }
        copying.send(&parcel[..length]).await.unwrap();
    }
    copying.finish().await.unwrap();
    let copy = started.elapsed().as_secs_f64();
    let made = sqlx::query(
        "with first as materialized (
             select distinct on (phone) * from floor_staging order by phone, line
         ), good as materialized (
             select f.* from first f
             left join do_not_call d on d.company_id = $1 and d.campaign_id is null and d.kind = 'number' and d.pattern = f.phone
             where d.pattern is null
             order by f.line
         ), made as (
             insert into contacts (company_id, contact_id, phone, name, email, organization, data)
             select $1, contact_id, phone, contact_name, email, organization, contact_data::jsonb from good
         )
         insert into call_tasks (company_id, task_id, campaign_id, contact_id, position, phone, contact_name, priority, due_at)
         select $1, task_id, $2, contact_id, line, phone, contact_name, priority_of(contact_name, email, organization, 0), now()
         from good",
    )
    .bind(fresh.company.0)
    .bind(campaign.0)
    .execute(&mut *tx)
    .await
    .unwrap();
    tx.commit().await.unwrap();
    Run { seconds: started.elapsed().as_secs_f64(), copy, tasks: made.rows_affected() }
}
