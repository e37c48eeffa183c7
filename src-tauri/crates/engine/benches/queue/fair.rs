//! W4: one company with a huge list beside 49 small ones.

use std::{collections::HashMap, time::Instant};

use callboard_db::PgPool;
use sqlx::Executor;

use crate::{fresh::median, load, seconds, world::World};

/// Tasks of each small company, which it never runs out of.
const SMALL: i64 = 5_000;
/// Tasks of the huge one.
const WHALE: i64 = 200_000;
/// Tasks that arrive while the wait of small companies is measured.
const ARRIVALS: usize = 400;

/// Jain's index: 1 when all have the same, 1/n when one has everything.
fn jain(shares: &[f64]) -> f64 {
    let (sum, squares) = (shares.iter().sum::<f64>(), shares.iter().map(|share| share * share).sum::<f64>());
    sum * sum / (shares.len() as f64 * squares)
}

async fn jain_of(world: &World) -> (f64, f64) {
    let rows: Vec<(i64, i64)> = sqlx::query_as(
        "select floor(extract(epoch from dial_intent_at))::bigint, count(*)
         from calls where dial_intent_at is not null group by company_id, 1",
    )
    .fetch_all(world.db())
    .await
    .unwrap();
    let mut seconds: HashMap<i64, Vec<f64>> = HashMap::new();
    for (second, calls) in rows {
        seconds.entry(second).or_default().push(calls as f64);
    }
    let (first, last) = (*seconds.keys().min().unwrap(), *seconds.keys().max().unwrap());
    // The first and the last second are cut off.
    let mut indexes: Vec<f64> = seconds
        .into_iter()
        .filter(|(second, _)| *second > first && *second < last)
        .map(|(_, mut shares)| {
            // A company that got nothing in that second counts as nothing.
            shares.resize(50, 0.0);
            jain(&shares)
        })
        .collect();
    let worst = indexes.iter().copied().fold(f64::INFINITY, f64::min);
    (median(&mut indexes), worst)
}

/// Waits of tasks that arrive one by one at small companies, milliseconds: p50 and p99.
async fn waits(world: &World) -> (f64, f64) {
    let worker = world.worker().await;
    let stop = Instant::now() + seconds() * 3;
    let context = world.context().clone();
    let driving = tokio::spawn(async move {
        while Instant::now() < stop {
            let admitted = load::admit(&context, worker, 20).await;
            load::carry_out(&context, &admitted).await;
        }
    });
    let mut pace = tokio::time::interval(seconds() * 2 / u32::try_from(ARRIVALS).unwrap());
    for n in 0..ARRIVALS {
        pace.tick().await;
        sqlx::query(
            "insert into call_tasks (company_id, task_id, contact_id, campaign_id, position, phone, due_at)
             select company_id, uuidv7(), uuidv7(), campaign_id, $1, '+6' || (1000000 + $1), clock_timestamp()
             from campaigns where company_id <> md5('company 1')::uuid order by md5(campaign_id::text || $1) limit 1",
        )
        .bind(i32::try_from(n).unwrap())
        .execute(world.db())
        .await
        .unwrap();
    }
    driving.await.unwrap();
    sqlx::query_as(
        "select percentile_cont(0.5) within group (order by wait), percentile_cont(0.99) within group (order by wait)
         from (select extract(epoch from last_attempt_at - due_at)::float8 * 1000 as wait
               from call_tasks where phone like '+6%' and last_attempt_at is not null) waits",
    )
    .fetch_one(world.db())
    .await
    .unwrap()
}

pub async fn turns(server: &PgPool, url: &str) {
    let seed = World::new(server, url, 50, 1, 0).await;
    let alone = seed.copy(server).await;
    let crowd = seed.copy(server).await;
    seed.drop(server).await;
    crowd.tasks("c.company_id = md5('company 1')::uuid", WHALE).await;
    let beside = waits(&crowd).await;
    let quiet = waits(&alone).await;
    crowd.db().execute("delete from calls").await.unwrap();
    crowd.tasks("c.company_id <> md5('company 1')::uuid", SMALL).await;
    load::drive(&crowd).await;
    let (middle, least) = jain_of(&crowd).await;
    println!(
        "W4, one company with {WHALE} tasks, 49 with {SMALL}: Jain's index of calls per company and second, median {middle:.4}, least {least:.4}"
    );
    println!(
        "  wait of a task that arrives at a small company: p50 {:.1} ms, p99 {:.1} ms; without the huge one p50 {:.1} ms, p99 {:.1} ms",
        beside.0, beside.1, quiet.0, quiet.1
    );
    alone.drop(server).await;
    crowd.drop(server).await;
}
