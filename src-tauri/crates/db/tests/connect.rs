//! Opening a database: the schema is brought up to date once, and one that is newer than this program is left alone.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;

use callboard_db::{
    MIGRATOR, PgPool,
    connect::{self, Probe, Refusal, Target},
};
use secrecy::{ExposeSecret, SecretString};
use sqlx::ConnectOptions;

fn target(db: &PgPool) -> Target {
    Target::Url(db.connect_options().to_url_lossy().to_string().into())
}

/// What is there: every table with its columns, every function, trigger and constraint.
async fn schema(db: &PgPool) -> BTreeMap<String, String> {
    let rows: Vec<(String, String)> = sqlx::query_as(
        "select 'column ' || table_name || '.' || column_name, data_type from information_schema.columns
         where table_schema = 'public'
         union all select 'constraint ' || conrelid::regclass::text || '.' || conname, pg_get_constraintdef(oid) from pg_constraint
         where connamespace = 'public'::regnamespace
         union all select 'trigger ' || tgname, pg_get_triggerdef(oid) from pg_trigger where not tgisinternal",
    )
    .fetch_all(db)
    .await
    .unwrap();
    rows.into_iter().collect()
}

async fn applied(db: &PgPool) -> Vec<(i64, bool)> {
    sqlx::query_as("select version, success from _sqlx_migrations order by version").fetch_all(db).await.unwrap()
}

#[sqlx::test(migrations = false)]
async fn two_programs_that_open_an_empty_database_at_once_make_one_schema(db: PgPool) {
    let target = target(&db);
    let empty = connect::probe(&target).await.unwrap();
    assert!(!empty.has_schema && empty.server_version.starts_with("18"), "{empty:?}");

    let all = tokio::join!(connect::open(&target, 2), connect::open(&target, 2), connect::open(&target, 2));
    let pools = [all.0.unwrap(), all.1.unwrap(), all.2.unwrap()];
    let expected: Vec<(i64, bool)> = MIGRATOR.iter().map(|migration| (migration.version, true)).collect();
    assert_eq!(applied(&db).await, expected, "each migration was applied once");
    let first = schema(&db).await;
    assert!(first.len() > 200, "{} things", first.len());

    let again = connect::open(&target, 2).await.unwrap();
    assert_eq!(applied(&db).await, expected);
    assert_eq!(schema(&db).await, first, "opening again changes nothing");
    assert!(matches!(connect::probe(&target).await.unwrap(), Probe { has_schema: true, .. }));
    for pool in pools.into_iter().chain([again]) {
        pool.close().await;
    }
}

#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn a_database_of_a_newer_program_is_refused_and_left_as_it_is(db: PgPool) {
    sqlx::query(
        "insert into _sqlx_migrations (version, description, success, checksum, execution_time)
         values (29991231235959, 'of a newer program', true, '', 0)",
    )
    .execute(&db)
    .await
    .unwrap();
    let (before, migrations) = (schema(&db).await, applied(&db).await);
    let opened = connect::open(&target(&db), 2).await.unwrap_err();
    assert_eq!(Refusal::of(&opened), Refusal::TooNew, "{opened}");
    let probed = connect::probe(&target(&db)).await.unwrap_err();
    assert_eq!(Refusal::of(&probed), Refusal::TooNew, "{probed}");
    assert_eq!((schema(&db).await, applied(&db).await), (before, migrations));
}

/// A shared server without the database, and a user that it does not know.
#[sqlx::test(migrations = false)]
async fn what_the_server_refuses_is_named(db: PgPool) {
    let present = db.connect_options().to_url_lossy();
    let mut missing = present.clone();
    missing.set_path("/no_such_database");
    let mut stranger = present.clone();
    stranger.set_username("no_such_user").unwrap();
    for (url, refusal) in [(missing, Refusal::NoDatabase), (stranger, Refusal::WrongPassword)] {
        let target = Target::Url(SecretString::from(url.to_string()));
        let probed = connect::probe(&target).await.unwrap_err();
        assert_eq!(Refusal::of(&probed), refusal, "{probed}");
        assert_eq!(Refusal::of(&connect::open(&target, 2).await.unwrap_err()), refusal);
        assert!(!probed.is_away(), "waiting would not help");
    }
}

/// A login that may connect but not create tables is told so before anything is half made.
#[sqlx::test(migrations = false)]
async fn a_login_without_rights_is_told_so(db: PgPool) {
    // Roles belong to the whole server, so it has a name of this database's own.
    let role: String = sqlx::query_scalar("select 'poor_' || current_database()").fetch_one(&db).await.unwrap();
    let role: String = role.chars().take(60).collect();
    for sql in [format!("drop role if exists \"{role}\""), format!("create role \"{role}\" login")] {
        sqlx::query(sqlx::AssertSqlSafe(sql)).execute(&db).await.unwrap();
    }
    let mut url = db.connect_options().to_url_lossy();
    url.set_username(&role).unwrap();
    let error = connect::open(&Target::Url(url.to_string().into()), 1).await.unwrap_err();
    sqlx::query(sqlx::AssertSqlSafe(format!("drop role \"{role}\""))).execute(&db).await.unwrap();
    assert_eq!(Refusal::of(&error), Refusal::NoRights, "{error}");
}

/// A password never appears where a target is printed.
#[test]
fn a_target_keeps_its_password() {
    let server = Target::Server {
        host: "db.example.org".to_owned(),
        port: 5432,
        database: "callboard".to_owned(),
        user: "callboard".to_owned(),
        password: "correct horse".into(),
        require_tls: true,
        ca_file: None,
    };
    let url = SecretString::from("postgres://callboard:correct horse@localhost/callboard".to_owned());
    assert!(url.expose_secret().contains("horse"));
    for target in [server, Target::Url(url)] {
        assert!(!format!("{target:?}").contains("horse"));
    }
}
