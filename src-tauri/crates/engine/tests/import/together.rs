//! Several imports at once, and imports that break off.

use callboard_db::events::Listener;
use callboard_engine::{
    import::{CheckJob, ImportError, import_file},
    imports,
};
use callboard_testkit::random;
use sqlx::{Connection, PgConnection, PgPool};
use tokio::task::JoinSet;

use crate::world::World;

fn list(from: u32, to: u32) -> String {
    let numbers: Vec<u32> = if from < to { (from..to).collect() } else { (to..from).rev().collect() };
    numbers.into_iter().fold("phone,name\n".to_owned(), |list, n| list + &random::phone(n) + ",x\n")
}

async fn all_at_once(world: &World, jobs: Vec<CheckJob>) -> i32 {
    let mut running = JoinSet::new();
    for job in jobs {
        let context = world.context.clone();
        running.spawn(async move { import_file(&context, job, false).await });
    }
    let mut created = 0;
    while let Some(done) = running.join_next().await {
        created += done.expect("no import panics").expect("every import succeeds").created;
    }
    created
}

#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn lists_that_overlap_in_one_campaign_give_each_number_once(db: PgPool) {
    let world = World::new(db).await;
    let jobs =
        [(0, 600), (900, 300), (500, 1000), (0, 1000)].map(|(from, to)| world.job("l.csv", list(from, to).as_bytes()));
    assert_eq!(all_at_once(&world, jobs.to_vec()).await, 1000);
    let positions: Vec<_> = world.tasks().await.iter().map(|task| task.position).collect();
    assert!(positions.is_sorted_by(|one, other| one < other), "no position is given twice");
    assert_eq!(world.pending().await, 1000);
}

#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn lists_in_opposite_order_in_two_campaigns_do_not_block_each_other(db: PgPool) {
    let mut world = World::new(db).await;
    let mut jobs = Vec::new();
    for (from, to) in [(0, 2000), (2000, 0), (1000, 3000), (3000, 1000)] {
        world.campaign = world.new_campaign("draft").await;
        jobs.push(world.job("l.csv", list(from, to).as_bytes()));
    }
    assert_eq!(all_at_once(&world, jobs).await, 8000);
    assert_eq!(world.count("select count(*) from contacts where company_id = $1").await, 3000);
}

#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn an_import_that_is_dropped_half_way_leaves_nothing(db: PgPool) {
    let world = World::new(db).await;
    let job = world.job("l.csv", list(0, 50_000).as_bytes());
    {
        let mut import = std::pin::pin!(import_file(&world.context, job.clone(), false));
        // Dropped as soon as rows are in staging, which shows in its size before it shows in its rows.
        let staged = async {
            while world.count("select pg_relation_size('call_list_staging') where $1::uuid is not null").await == 0 {
                tokio::task::yield_now().await;
            }
        };
        tokio::select! {
            biased;
            () = staged => {}
            _ = &mut import => panic!("50,000 rows are staged before they are committed"),
        }
    }
    // What its process left is found by whoever looks next.
    let mut db = world.db.acquire().await.expect("a connection");
    while world.count("select count(*) from call_lists where company_id = $1 and state = 'checking'").await > 0 {
        callboard_db::call_lists::forget_nobodys(&mut db).await.expect("an answer");
    }
    world.assert_untouched("nobody waits for the import any more").await;
    let again = import_file(&world.context, job, false).await.expect("the next try succeeds");
    assert_eq!(again.created, 50_000);
}

#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn a_database_that_refuses_leaves_nothing(db: PgPool) {
    let mut world = World::new(db).await;
    sqlx::raw_sql(
        "create function fail() returns trigger language plpgsql as $$ begin raise 'no'; end $$;
         create trigger fail before insert on call_tasks execute function fail();",
    )
    .execute(&world.db)
    .await
    .expect("a trigger");
    let error = world.try_import("l.csv", list(0, 10)).await.expect_err("the trigger refuses");
    assert!(matches!(error, ImportError::Db(_)), "{error}");
    world.assert_untouched("the transaction was rolled back").await;
}

/// A large list is made on two connections, which commit one after the other.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn a_large_list_whose_tasks_cannot_be_committed_leaves_no_contacts(db: PgPool) {
    let mut world = World::new(db).await;
    sqlx::raw_sql(
        "create function fail() returns trigger language plpgsql as $$ begin
             if (select count(*) from contacts) < 30000 then raise 'the contacts are not committed yet'; end if;
             raise 'no';
         end $$;
         create constraint trigger fail after update on call_lists deferrable initially deferred
             for each row when (new.state = 'committed') execute function fail();",
    )
    .execute(&world.db)
    .await
    .expect("a trigger");
    let error = world.try_import("l.csv", list(0, 30_000)).await.expect_err("the trigger refuses");
    assert!(format!("{error:?}").contains("\"no\""), "the contacts were committed before: {error:?}");
    world.assert_untouched("the contacts were taken back").await;
    assert_eq!(world.count("select count(*) from call_list_halves where company_id = $1").await, 0);
    world.run("drop trigger fail on call_lists").await;
    let again = world.import("l.csv", list(0, 30_000)).await;
    assert_eq!((again.created, again.counts.ready), (30_000, 30_000));
    assert_eq!(world.count("select count(*) from contacts where company_id = $1").await, 30_000);
    assert_eq!(world.count("select count(*) from call_list_halves where company_id = $1").await, 0);
}

/// The process dies between the two commits: nobody is left to take the contacts back but the timekeeper of another. What a
/// person has done with a contact meanwhile stays.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn contacts_that_a_dead_process_left_without_tasks_are_taken_back(db: PgPool) {
    let mut world = World::new(db).await;
    world.import("l.csv", list(0, 10)).await;
    world
        .run("insert into call_list_halves select company_id, call_list_id from call_lists where company_id = $1")
        .await;
    world.run("delete from call_tasks where company_id = $1 and position > 2").await;
    world
        .run("update contacts set revision = 2 where company_id = $1 and phone = (select max(phone) from contacts)")
        .await;
    let mut holder = world.db.begin().await.expect("a transaction");
    let id = world.count("select count(*) from call_lists where company_id = $1").await;
    assert_eq!(id, 1);
    sqlx::query("select pg_advisory_xact_lock(hashtext('call_list'), hashtext(call_list_id::text)) from call_lists")
        .execute(&mut *holder)
        .await
        .expect("the import is held");
    assert_eq!(imports::forget_nobodys(&world.context).await.expect("an answer"), 0, "somebody works on it");
    holder.rollback().await.expect("let go");
    assert_eq!(imports::forget_nobodys(&world.context).await.expect("an answer"), 1);
    assert_eq!(world.count("select count(*) from contacts where company_id = $1").await, 3, "two queued, one edited");
    assert_eq!(imports::forget_nobodys(&world.context).await.expect("an answer"), 0, "once");
}

/// Space of staging is given back when nobody else has rows there, and rows of others stay.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn staging_does_not_grow_from_import_to_import(db: PgPool) {
    let mut world = World::new(db).await;
    world.import("l.csv", list(0, 1000)).await;
    assert_eq!(world.count("select pg_relation_size('call_list_staging') where $1::uuid is not null").await, 0);
    let waiting = world.job("w.csv", list(2000, 2010).as_bytes());
    imports::check_file(&world.context, waiting).await.expect("it is read");
    while world.count("select count(*) from call_lists where company_id = $1 and state = 'checked'").await == 0 {
        tokio::task::yield_now().await;
    }
    world.import("l.csv", list(1000, 2000)).await;
    assert_eq!(
        world.count("select count(*) from call_list_staging where company_id = $1").await,
        10,
        "those that wait"
    );
}

/// Nothing has counted the rows of an import when they are looked up: a join would read them in quadratic time.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn the_work_grows_with_the_rows_and_not_with_their_square(db: PgPool) {
    const ROWS: u32 = 3000;
    let mut world = World::new(db).await;
    world.import("l.csv", list(0, ROWS)).await;
    assert_eq!(world.import("l.csv", list(0, ROWS)).await.counts.in_campaign, 3000);
    // A connection tells its figures when it ends.
    let options = (*world.db.connect_options()).clone();
    world.db.close().await;
    let mut connection = PgConnection::connect_with(&options).await.expect("a connection");
    let read: i64 = sqlx::query_scalar(
        "select sum(seq_tup_read + coalesce(idx_tup_fetch, 0))::bigint from pg_stat_user_tables
         where relname in ('call_list_staging', 'call_tasks', 'contacts')",
    )
    .fetch_one(&mut connection)
    .await
    .expect("a figure");
    connection.close().await.expect("closed");
    assert!(read > 2 * i64::from(ROWS), "{read} rows read: the figures have arrived");
    assert!(read < 50 * i64::from(ROWS), "{read} rows read for two imports of {ROWS}");
}

#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn the_windows_are_told_once_and_only_of_what_was_written(db: PgPool) {
    let mut world = World::new(db).await;
    let mut listener = Listener::open(&world.db).await.expect("a listener");
    world.check("l.csv", list(0, 10)).await;
    world.import("l.csv", list(0, 10)).await;
    let event = listener.next().await.expect("an event").expect("no interruption");
    assert_eq!(event.company_id, Some(world.company.0));
    assert_eq!(event.tags, ["call_lists", "tasks", "campaigns", "contacts"]);
    assert_eq!(event.campaigns, [world.campaign.0]);
}
