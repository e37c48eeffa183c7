//! A caller that goes away while a transaction begins leaves nothing behind.

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

/// With sqlx 0.9's own `begin` the connection is handed on inside an open transaction, and the write below is lost.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn a_begin_that_is_given_up_loses_no_later_write(_: PgPoolOptions, options: PgConnectOptions) {
    let pool = PgPoolOptions::new().max_connections(1).connect_with(options.clone()).await.expect("a connection");
    let judge = PgPoolOptions::new().max_connections(1).connect_with(options).await.expect("a connection");
    for round in 1..=200_i32 {
        let mut begun = Box::pin(callboard_db::begin(&pool));
        // Polled a few times, so that it is given up at every stage of its way.
        for _ in 0..round % 7 {
            if futures_util::poll!(&mut begun).is_ready() {
                break;
            }
            tokio::task::yield_now().await;
        }
        drop(begun);
        sqlx::query("update system_settings set calls_at_once = $1").bind(round).execute(&pool).await.expect("a write");
        let seen: i32 =
            sqlx::query_scalar("select calls_at_once from system_settings").fetch_one(&judge).await.expect("a number");
        assert_eq!(seen, round, "the write is committed for everyone to see");
    }
}
