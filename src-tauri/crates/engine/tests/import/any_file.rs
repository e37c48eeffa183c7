//! What must hold for any file: the counts add up, and every data row has exactly one fate.

use std::{collections::BTreeMap, fmt::Write};

use callboard_testkit::random;
use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use sqlx::PgPool;

use crate::world::{World, figures};

/// Drawn from few values, so that numbers repeat and every reason occurs.
fn phone(rng: &mut ChaCha8Rng) -> String {
    let n = rng.random_range(0..60_u32);
    match rng.random_range(0..10) {
        0..5 => random::phone(n),
        5 => format!("8 (999) {:03}-{:02}-{:02}", 0, 0, n),
        6 => format!("\"7,9990000{n:03}E+10\""),
        7 => ["", "n/a", "112", "+7999", "9.19E+11", "+7999123456О", "\"8999,123\""][rng.random_range(0..7)].to_owned(),
        8 => format!("'+7999{n:07}"),
        _ => format!("999{n:07}.0"),
    }
}

fn cell(rng: &mut ChaCha8Rng) -> String {
    match rng.random_range(0..12) {
        0 => String::new(),
        1 => "\"two\nlines, and a comma\"".to_owned(),
        2 => "\"a \"\"quote\"\"\"".to_owned(),
        3 => "=1+1".to_owned(),
        4 => "x".repeat(rng.random_range(200..300)),
        5 => "ж".repeat(33_000),
        6 => " \t ".to_owned(),
        7 => "back\\slash \u{1} \0".to_owned(),
        _ => format!("cell {}", rng.random_range(0..100)),
    }
}

/// The file, and how many data rows it has. The first column tells the rows apart.
fn file(rng: &mut ChaCha8Rng) -> (String, usize) {
    let mut text = "row,phone,name,note\n".to_owned();
    let rows = rng.random_range(0..60);
    for row in 0..rows {
        match rng.random_range(0..10) {
            0 => text.push_str("\n\n"),
            1 => text.push_str(",,,\n"),
            _ => {}
        }
        let _ = write!(text, "#{row}#,{},{},{}", phone(rng), cell(rng), cell(rng));
        for _ in 0..rng.random_range(0..3) {
            let _ = write!(text, ",{}", cell(rng));
        }
        text.push_str(["\n", "\r\n"][rng.random_range(0..2)]);
    }
    (text, rows)
}

#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn the_counts_add_up_and_every_row_has_exactly_one_fate(db: PgPool) {
    let mut world = World::new(db).await;
    let mut rng = random::seeded(14);
    for case in 0..60 {
        // Every third file goes into a campaign that has tasks.
        if case % 3 != 0 {
            world.campaign = world.new_campaign("draft").await;
        }
        let before = world.tasks().await.len();
        let (text, rows) = file(&mut rng);
        let checked = world.check("any.csv", &text).await;
        let outcome = world.import("any.csv", &text).await;
        let [total, created, duplicates, rejected] = figures(&outcome);
        assert_eq!(figures(&checked), figures(&outcome), "case {case}: a check says what the import does");
        assert_eq!(usize::try_from(total), Ok(rows), "case {case}: every row is counted, nothing else is");
        assert_eq!(total, created + duplicates + rejected, "case {case}");

        let mut fates: BTreeMap<String, u32> = BTreeMap::new();
        let tasks = world.tasks().await;
        assert_eq!(tasks.len(), before + usize::try_from(created).unwrap_or_default(), "case {case}");
        for task in &tasks[before..] {
            *fates.entry(task.data["row"].as_str().unwrap_or_default().to_owned()).or_default() += 1;
        }
        let refused: Vec<(i32, serde_json::Value)> =
            sqlx::query_as("select line, cells from call_list_rejects where company_id = $1 and call_list_id = $2")
                .bind(world.company.0)
                .bind(outcome.call_list_id)
                .fetch_all(&world.db)
                .await
                .expect("refused rows");
        assert_eq!(i32::try_from(refused.len()), Ok(duplicates + rejected), "case {case}");
        let lines: Vec<&str> = text.split('\n').collect();
        for (line, cells) in refused {
            let row = cells[0].as_str().unwrap_or_default().to_owned();
            let at = lines[usize::try_from(line - 1).unwrap_or_default()];
            assert!(at.starts_with(&format!("{row},")), "case {case}: line {line} is where {row} starts");
            *fates.entry(row).or_default() += 1;
        }
        let expected = (0..rows).map(|row| (format!("#{row}#"), 1)).collect();
        assert_eq!(fates, expected, "case {case}: {text}");
    }
    let drift = "select count(*) from campaign_counts c where c.company_id = $1 and c.pending is distinct from
                 (select count(*)::int from call_tasks t where t.company_id = $1 and t.campaign_id = c.campaign_id)";
    assert_eq!(world.count(drift).await, 0, "the figures of the campaigns are those of the tasks");
}
