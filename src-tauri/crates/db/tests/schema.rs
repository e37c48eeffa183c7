//! The schema holds what it promises: comments, enums, state machines, tenancy.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};

use callboard_core::{
    breaker::{BreakerScope, BreakerState},
    call::{CallState, Disposition, Outcome, TurnRole},
    campaign::{CampaignAction, CampaignState},
    do_not_call::{DoNotCallKind, DoNotCallSource},
    line::LineKind,
    notice::NoticeLevel,
    spread::SpreadMode,
    task::TaskStatus,
    zone::ZoneSource,
};
use callboard_db::PgPool;
use uuid::Uuid;

const COMPANY: Uuid = Uuid::from_u128(1);
const OTHER: Uuid = Uuid::from_u128(2);
const ROW: Uuid = Uuid::from_u128(3);

/// Two companies, each with the same ids of skillbase, campaign, contact, list and task.
async fn tenants(db: &PgPool) {
    for company in [COMPANY, OTHER] {
        for sql in [
            "insert into companies (company_id, name) values ($1, $1::text || left($2::text, 0))",
            "insert into skillbases (company_id, skillbase_id, name) values ($1, $2, 'Skillbase')",
            "insert into skillbase_versions (company_id, skillbase_id, version, document) values ($1, $2, 1, '{}')",
            "insert into campaigns (company_id, campaign_id, skillbase_id, skillbase_version, name) values ($1, $2, $2, 1, 'Campaign')",
            "insert into call_tasks (company_id, task_id, contact_id, campaign_id, position, phone, due_at) values ($1, $2, $2, $2, 1, '+79991234567', now())",
            "insert into contacts (company_id, contact_id, phone) values ($1, $2, '+79991234567')",
            "insert into campaign_lanes (company_id, campaign_id, lane) values ($1, $2, 1)",
        ] {
            sqlx::query(sql).bind(company).bind(ROW).execute(db).await.unwrap();
        }
    }
}

/// The constraint that refused a statement; none when it passed.
fn refusal(result: Result<sqlx::postgres::PgQueryResult, sqlx::Error>) -> Option<String> {
    match result {
        Ok(done) => {
            assert_eq!(done.rows_affected(), 1, "the statement should find its row");
            None
        }
        Err(error) => Some(error.into_database_error().unwrap().constraint().unwrap_or("(no constraint)").to_owned()),
    }
}

#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn every_table_and_every_column_has_a_comment(db: PgPool) {
    let silent: Vec<String> = sqlx::query_scalar(
        "select format('%s.%s', c.relname, coalesce(a.attname, '(itself)'))
         from pg_class c
         left join pg_attribute a on a.attrelid = c.oid and a.attnum >= 0 and not a.attisdropped and c.relkind in ('r', 'p')
         where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'S')
           and c.relname <> '_sqlx_migrations'
           and (col_description(c.oid, a.attnum) is null or obj_description(c.oid, 'pg_class') is null)
           and (a.attnum is not null or obj_description(c.oid, 'pg_class') is null)
         order by 1",
    )
    .fetch_all(&db)
    .await
    .unwrap();
    assert_eq!(silent, [""; 0], "without a comment");
}

/// The texts of an enum.
fn texts<T: ToString>(all: &[T]) -> BTreeSet<String> {
    all.iter().map(ToString::to_string).collect()
}

/// Every list of words in a CHECK is the list of the type that is stored there.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn every_list_of_words_is_that_of_its_type(db: PgPool) {
    // What has no type of the domain is written out here: a new list must be entered on one side or the other.
    let expected: BTreeMap<&str, BTreeSet<String>> = [
        ("campaigns_state_known", texts(CampaignState::ALL)),
        ("campaigns_line_known", texts(LineKind::ALL)),
        ("call_tasks_status_known", texts(TaskStatus::ALL)),
        ("call_tasks_outcome_known", texts(Outcome::ALL)),
        ("calls_line_known", texts(LineKind::ALL)),
        ("calls_state_known", texts(CallState::ALL)),
        ("calls_disposition_known", texts(Disposition::ALL)),
        ("calls_outcome_known", texts(Outcome::ALL)),
        ("call_logs_role_known", texts(TurnRole::ALL)),
        ("settings_name_known", texts(&["line", "prices", "import_mapping"])),
        ("users_role_known", texts(&["admin", "manager", "viewer"])),
        ("call_lists_state_known", texts(&["checking", "checked", "committed", "undone", "cancelled", "failed"])),
        (
            "call_list_staging_fate_known",
            texts(&["ready", "fixed", "known", "duplicate", "in_campaign", "do_not_call", "invalid", "ignored"]),
        ),
        ("call_list_rejects_fate_known", texts(&["duplicate", "in_campaign", "do_not_call", "invalid", "ignored"])),
        ("contacts_zone_source_known", texts(ZoneSource::ALL)),
        ("do_not_call_kind_known", texts(DoNotCallKind::ALL)),
        ("do_not_call_source_known", texts(DoNotCallSource::ALL)),
        ("breakers_scope_known", texts(BreakerScope::ALL)),
        ("breakers_state_known", texts(BreakerState::ALL)),
        ("campaigns_kind_known", texts(&["list", "direct"])),
        ("campaigns_spread_known", texts(SpreadMode::ALL)),
        ("notices_level_known", texts(NoticeLevel::ALL)),
        ("trunks_line_known", texts(LineKind::ALL)),
        ("calls_variant_known", texts(&["a", "b"])),
        ("sandbox_cases_mode_known", texts(&["engine", "llm"])),
        ("knowledge_documents_source_known", texts(&["text", "markdown", "pdf", "docx"])),
    ]
    .into();
    let checks: Vec<(String, String)> = sqlx::query_as(
        "select conname::text, pg_get_constraintdef(oid) from pg_constraint
         where contype = 'c' and connamespace = 'public'::regnamespace and conname like '%\\_known' order by conname",
    )
    .fetch_all(&db)
    .await
    .unwrap();
    let found: BTreeMap<&str, BTreeSet<String>> = checks
        .iter()
        .map(|(name, definition)| {
            (name.as_str(), definition.split('\'').skip(1).step_by(2).map(str::to_owned).collect())
        })
        .collect();
    assert_eq!(found, expected);
}

/// The arrows of one diagram of `docs/state-machines.md`.
fn documented(heading: &str) -> BTreeSet<(String, String)> {
    let text = include_str!("../../../../docs/state-machines.md");
    let section = text.split("\n## ").find(|section| section.starts_with(heading)).unwrap();
    section
        .lines()
        .filter_map(|line| line.trim().split_once(" --> "))
        .map(|(from, to)| (from.to_owned(), to.split(':').next().unwrap_or(to).trim().to_owned()))
        .filter(|(from, to)| from != "[*]" && to != "[*]" && from != to)
        .collect()
}

/// Tries every pair; what the database lets pass.
async fn passed<T: ToString + Copy>(
    db: &PgPool,
    all: &[T],
    trigger: &str,
    prepare: &'static [&'static str],
    change: &'static str,
) -> BTreeSet<(String, String)> {
    let mut passed = BTreeSet::new();
    for from in all {
        for to in all {
            let (from, to) = (from.to_string(), to.to_string());
            let mut tx = db.begin().await.unwrap();
            for sql in prepare {
                sqlx::query(*sql).bind(COMPANY).bind(&from).execute(&mut *tx).await.unwrap();
            }
            let result = sqlx::query(change).bind(COMPANY).bind(&to).execute(&mut *tx).await;
            match refusal(result) {
                None if from == to => {}
                None => {
                    passed.insert((from, to));
                }
                Some(constraint) => assert_eq!(constraint, trigger, "{from} to {to}"),
            }
            tx.rollback().await.unwrap();
        }
    }
    passed
}

/// Acceptance 17 in the database: every pair of states.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn campaigns_change_their_state_as_the_domain_says(db: PgPool) {
    use CampaignAction as A;
    tenants(&db).await;
    let domain: BTreeSet<(String, String)> = CampaignState::ALL
        .iter()
        .flat_map(|from| {
            [A::Start, A::Schedule, A::Pause, A::Resume, A::Stop, A::Cancel, A::Complete]
                .into_iter()
                .filter_map(move |action| from.after(action).ok())
                .filter(move |to| to != from)
                .map(move |to| (from.to_string(), to.to_string()))
        })
        .collect();
    let passed = passed(
        &db,
        CampaignState::ALL,
        "campaigns_state_transition",
        &[
            "delete from call_tasks where company_id = $1 and $2 <> ''",
            "delete from campaigns where company_id = $1 and $2 <> ''",
            "insert into campaigns (company_id, campaign_id, skillbase_id, skillbase_version, name, state, line, starts_at,
                                    started_at, ended_at)
             select $1, skillbase_id, skillbase_id, 1, 'Campaign', $2, 'practice', now(), now(),
                    case when $2 in ('completed', 'cancelled') then now() end
             from skillbases where company_id = $1",
        ],
        "update campaigns set state = $2, ended_at = case when $2 in ('completed', 'cancelled') then now() end
         where company_id = $1",
    )
    .await;
    assert_eq!(passed, domain);
    assert_eq!(passed, documented("Campaign"));
}

/// Acceptance 21 in the database: a task that is over never moves again.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn tasks_change_their_status_as_the_domain_says(db: PgPool) {
    tenants(&db).await;
    let domain: BTreeSet<(String, String)> = TaskStatus::ALL
        .iter()
        .flat_map(|from| TaskStatus::ALL.iter().map(move |to| (from, to)))
        .filter(|(from, to)| from.may_become(**to))
        .map(|(from, to)| (from.to_string(), to.to_string()))
        .collect();
    let passed = passed(
        &db,
        TaskStatus::ALL,
        "call_tasks_status_transition",
        &[
            "delete from call_tasks where company_id = $1 and $2 <> ''",
            "insert into call_tasks (company_id, task_id, contact_id, campaign_id, position, phone, due_at, status, attempts, last_call_id,
                                     finished_at)
             select $1, campaign_id, campaign_id, campaign_id, 1, '+79991234567', now(), $2, 1, campaign_id,
                    case when $2 in ('completed', 'failed', 'cancelled', 'skipped') then now() end
             from campaigns where company_id = $1",
        ],
        "update call_tasks set status = $2,
                finished_at = case when $2 in ('completed', 'failed', 'cancelled', 'skipped') then now() end
         where company_id = $1",
    )
    .await;
    assert_eq!(passed, domain);
    assert_eq!(passed, documented("Task"));
}

/// Acceptance 79 in the database: an end that comes twice or too late changes nothing.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn calls_change_their_state_as_documented(db: PgPool) {
    tenants(&db).await;
    let passed = passed(
        &db,
        CallState::ALL,
        "calls_state_transition",
        &["insert into calls (company_id, call_id, campaign_id, task_id, skillbase_id, skillbase_version, attempt, line, phone,
                              state, worker_id, admitted_at, dial_intent_at, ended_at, disposition, outcome)
           select $1, campaign_id, campaign_id, campaign_id, skillbase_id, 1, 1, 'practice', '+79991234567', $2, campaign_id,
                  now(), now(), case when $2 in ('ended', 'released') then now() end,
                  case when $2 = 'ended' then 'busy' end, case when $2 = 'ended' then 'busy' end
           from campaigns where company_id = $1"],
        "update calls set state = $2, ended_at = case when $2 in ('ended', 'released') then now() end,
                disposition = case when $2 = 'ended' then 'busy' end, outcome = case when $2 = 'ended' then 'busy' end
         where company_id = $1",
    )
    .await;
    assert_eq!(passed, documented("Call"));
}

/// A published version is what a call says it was; a started campaign stays on its line.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn what_calls_refer_to_never_changes(db: PgPool) {
    tenants(&db).await;
    let version =
        sqlx::query("update skillbase_versions set document = '{\"role\": \"another\"}' where company_id = $1")
            .bind(COMPANY)
            .execute(&db)
            .await;
    assert_eq!(refusal(version).as_deref(), Some("skillbase_versions_never_change"));
    let line = |kind: &'static str| {
        sqlx::query("update campaigns set line = $2 where company_id = $1").bind(COMPANY).bind(kind).execute(&db)
    };
    assert_eq!(refusal(line("practice").await), None);
    assert_eq!(refusal(line("livekit").await).as_deref(), Some("campaigns_line_is_fixed"));
}

/// The data can be distributed by company: it comes first in every key.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn the_company_comes_first_in_every_key(db: PgPool) {
    // What belongs to no company: the companies' own names, the one row of the system, processes that dial for all, sets
    // of time zones.
    let shared =
        ["companies_name_key", "system_settings_pkey", "workers_pkey", "zone_sets_pkey", "zone_sets_zones_key"];
    let keys: Vec<(String, Option<String>)> = sqlx::query_as(
        "select i.relname::text, a.attname::text
         from pg_index x
         join pg_class i on i.oid = x.indexrelid
         join pg_class t on t.oid = x.indrelid
         left join pg_attribute a on a.attrelid = t.oid and a.attnum = x.indkey[0]
         where x.indisunique and t.relnamespace = 'public'::regnamespace and t.relname <> '_sqlx_migrations'",
    )
    .fetch_all(&db)
    .await
    .unwrap();
    assert!(keys.len() > 20, "{} keys", keys.len());
    for (key, first) in keys {
        let expected = !shared.contains(&key.as_str());
        assert_eq!(first.as_deref() == Some("company_id"), expected, "{key} begins with {first:?}");
    }
}

/// No key crosses companies: on both sides the company comes first.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn every_foreign_key_stays_inside_its_company(db: PgPool) {
    let keys: Vec<(String, String, String)> = sqlx::query_as(
        "select k.conname::text, a.attname::text, b.attname::text
         from pg_constraint k
         join pg_attribute a on a.attrelid = k.conrelid and a.attnum = k.conkey[1]
         join pg_attribute b on b.attrelid = k.confrelid and b.attnum = k.confkey[1]
         where k.contype = 'f' and k.connamespace = 'public'::regnamespace",
    )
    .fetch_all(&db)
    .await
    .unwrap();
    assert!(keys.len() > 12, "{} foreign keys", keys.len());
    for (key, from, to) in keys {
        assert_eq!((from.as_str(), to.as_str()), ("company_id", "company_id"), "{key}");
    }
}

/// The same by trying: a row of one company cannot name a row that only another one has.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn a_row_cannot_name_what_only_another_company_has(db: PgPool) {
    tenants(&db).await;
    sqlx::query("delete from campaigns where company_id = $1").bind(COMPANY).execute(&db).await.unwrap();
    sqlx::query("delete from skillbases where company_id = $1").bind(COMPANY).execute(&db).await.unwrap();
    for (sql, constraint) in [
        (
            "insert into campaigns (company_id, campaign_id, skillbase_id, skillbase_version, name) values ($1, $2, $2, 1, 'x')",
            "campaigns_company_id_skillbase_id_skillbase_version_fkey",
        ),
        (
            "insert into skillbase_versions (company_id, skillbase_id, version, document) values ($1, $2, 2, '{}')",
            "skillbase_versions_company_id_skillbase_id_fkey",
        ),
    ] {
        let result = sqlx::query(sql).bind(COMPANY).bind(ROW).execute(&db).await;
        assert_eq!(refusal(result).as_deref(), Some(constraint));
    }
}

/// What one company deletes, the other one keeps.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn a_deleted_company_takes_only_its_own_rows_along(db: PgPool) {
    tenants(&db).await;
    sqlx::query("delete from campaigns where company_id = $1").bind(COMPANY).execute(&db).await.unwrap();
    sqlx::query("delete from companies where company_id = $1").bind(COMPANY).execute(&db).await.unwrap();
    for table in ["call_tasks", "contacts", "campaign_lanes"] {
        let left: Vec<Uuid> = sqlx::query_scalar(sqlx::AssertSqlSafe(format!("select company_id from {table}")))
            .fetch_all(&db)
            .await
            .unwrap();
        assert_eq!(left, [OTHER], "{table}");
    }
}
