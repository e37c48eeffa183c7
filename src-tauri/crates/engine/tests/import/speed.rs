//! How fast lists come in. Not a test: run by hand with `--ignored --nocapture`, in release.

use std::{fmt::Write as _, time::Instant};

use sqlx::PgPool;

use crate::world::World;

#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
#[ignore = "a measurement"]
async fn a_hundred_thousand_rows(db: PgPool) {
    let rows: u32 = std::env::var("ROWS").ok().and_then(|rows| rows.parse().ok()).unwrap_or(100_000);
    let mut world = World::new(db).await;
    let mut list = "phone_number,name,company,city,notes\n".to_owned();
    for n in 0..rows {
        let _ = writeln!(list, "+7999{n:07},Иван Петров {n},ООО Ромашка,Нижний Новгород,\"Перезвонить, после обеда\"");
    }
    for (what, created) in [("new", i32::try_from(rows)), ("again", Ok(0))] {
        let started = Instant::now();
        let outcome = world.import("list.csv", &list).await;
        let seconds = started.elapsed().as_secs_f64();
        assert_eq!(Ok(outcome.created), created);
        println!("{what}: {rows} rows in {seconds:.2} s, {:.0} rows/s", f64::from(rows) / seconds);
    }
}
