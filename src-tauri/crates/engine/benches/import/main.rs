//! `make bench`, imports: a million rows from the call to tasks that can be dialled, beside the same statements by hand,
//! beside the system that this one replaces, and beside a campaign that is running.
//!
//! Owns the table that is printed. Every comparison is of the same run, in turn, on databases that begin alike. Refuses
//! to be a test: it never fails for being slow. `CALLBOARD_BENCH_ROWS` and `CALLBOARD_BENCH_RUNS` make it smaller,
//! `CALLBOARD_BENCH_STEPS=1` prints what every statement of an import takes.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a measurement stops by panicking and prints its result")]

mod files;
mod floor;
#[path = "../desk/fresh.rs"]
mod fresh;
mod live;
mod machine;
mod ours;
mod peer;
mod people;
mod steps;
mod table;

use std::{collections::HashMap, env, path::Path, time::Instant};

use callboard_db::PgPool;
use callboard_engine::import::{
    ImportLimits,
    layout::{DroppedFile, LayoutChoice},
    preview::preview,
};
use files::{Files, Texts};
use fresh::{Fresh, median};
use ours::Run;
use table::Table;

/// Numbers that may not be called, in a company that imports.
const FORBIDDEN: u32 = 500_000;

/// How large and how often.
#[derive(Debug, Clone, Copy)]
struct Size {
    rows: u32,
    runs: usize,
}

fn number(name: &str, otherwise: u32) -> u32 {
    env::var(name).map_or(otherwise, |value| value.parse().unwrap_or_else(|_| panic!("{name} is a number")))
}

fn main() {
    let size = Size {
        rows: number("CALLBOARD_BENCH_ROWS", 1_000_000),
        runs: number("CALLBOARD_BENCH_RUNS", 5).max(1) as usize,
    };
    let files = Files::new(size.rows);
    // A workbook is made by a process of its own: what that leaves behind would count as the memory of the import.
    if let Some(texts) = Texts::wanted() {
        return files.make_workbook(texts);
    }
    tokio::runtime::Runtime::new().unwrap().block_on(measure(size, &files));
}

async fn measure(size: Size, files: &Files) {
    println!("{}", machine::line());
    let (server, url) = fresh::server().await;
    let recorder = steps::install();
    files.make();
    let fresh = Fresh::new(&server, &url, 8).await;
    let campaign = fresh.campaign().await;
    let into = (fresh.company, campaign);
    forbid(&fresh, size.rows).await;
    // Nobody may be connected to what is copied.
    fresh.context.db.close().await;

    let mut rounds = Rounds::default();
    for _ in 0..size.runs {
        for file in [Some(&files.csv), None, Some(&files.shared), Some(&files.inline)] {
            let copy = fresh.copy(&server, 8).await;
            match file {
                Some(file) => {
                    let run = ours::import(&copy.context, into, file, size, &recorder).await;
                    rounds.ours.entry(file).or_default().push(run.map_err(|refused| refused.to_string()));
                }
                None => rounds.floor.push(floor::import(&copy, campaign, &files.clean).await),
            }
            copy.drop(&server).await;
        }
    }
    assert_eq!(rounds.of(&files.csv).unwrap()[0].tasks, rounds.floor[0].tasks, "floor and import make the same tasks");
    let peer = {
        let copy = fresh.copy(&server, 1).await;
        let seconds = peer::import(&copy.url, &files.csv, size.rows);
        copy.drop(&server).await;
        seconds
    };
    println!("{}", shown(size, files, &rounds, peer));
    if env::var_os("CALLBOARD_BENCH_STEPS").is_some() {
        let copy = fresh.copy(&server, 8).await;
        ours::import(&copy.context, into, &files.csv, size, &recorder).await.unwrap();
        println!("{}", recorder.report());
        copy.drop(&server).await;
    }
    let beside = {
        let copy = fresh.copy(&server, 8).await;
        let seen = live::beside(&copy, into, files, size, &recorder).await;
        copy.drop(&server).await;
        seen
    };
    println!("{}", beside.table());
    fresh.drop(&server).await;
}

#[derive(Default)]
struct Rounds<'a> {
    ours: HashMap<&'a Path, Vec<Result<Run, String>>>,
    floor: Vec<floor::Run>,
}

impl Rounds<'_> {
    /// The imports of a file, or why it was refused.
    fn of(&self, file: &Path) -> Result<Vec<&Run>, String> {
        self.ours[file].iter().map(|run| run.as_ref().map_err(Clone::clone)).collect()
    }
}

fn of<T>(runs: &[T], value: impl Fn(&T) -> f64) -> f64 {
    median(&mut runs.iter().map(value).collect::<Vec<_>>())
}

fn shown(size: Size, files: &Files, rounds: &Rounds<'_>, peer: Result<f64, String>) -> Table {
    let (csv, floor) = (rounds.of(&files.csv).unwrap(), &rounds.floor);
    let rows = f64::from(size.rows);
    let seconds = of(&csv, |run| run.seconds);
    let floor_seconds = of(floor, |run| run.seconds);
    let bytes = |path| std::fs::metadata(path).map_or(0.0, |file| file.len() as f64 / 1e6);
    let mut table = Table::new(format!(
        "{} rows, {} runs, medians; CSV {:.0} MB, workbooks {:.0} MB (shared texts) and {:.0} MB (texts in the cells); {}",
        size.rows,
        size.runs,
        bytes(&files.csv),
        bytes(&files.shared),
        bytes(&files.inline),
        csv[0].fates
    ));
    let scaled = |target: f64| format!("<= {:.1} s", target * rows / 1e6);
    let ratio = |value: f64, to: f64| format!("{:.2}", value / to);
    let s = |value: f64| format!("{value:.2} s");
    table.row("CSV to dialable tasks", s(seconds), "", "", scaled(8.0));
    table.row("  beside the statements by hand", s(seconds), s(floor_seconds), ratio(seconds, floor_seconds), "<= 1.3");
    table.row("  rows per second", format!("{:.0}", rows / seconds), format!("{:.0}", rows / floor_seconds), "", "");
    table.row("  of it: check", s(of(&csv, |run| run.check)), s(of(floor, |run| run.copy)), "", "");
    table.row(
        "  of it: commit",
        s(of(&csv, |run| run.seconds - run.check)),
        s(of(floor, |run| run.seconds - run.copy)),
        "",
        "",
    );
    let kinds = [
        ("CSV", &files.csv),
        ("workbook, shared texts", &files.shared),
        ("workbook, texts in the cells", &files.inline),
    ];
    for (what, file) in kinds {
        match rounds.of(file) {
            Ok(_) if *file == files.csv => {}
            Ok(runs) => {
                let own = of(&runs, |run| run.seconds);
                table.row(&format!("{what}, beside CSV"), s(own), s(seconds), ratio(own, seconds), "<= 3");
            }
            Err(why) => table.row(&format!("{what}, beside CSV"), "refused", why, "", "<= 3"),
        }
    }
    for (what, file) in kinds {
        let peaks = rounds.of(file).unwrap_or_default().into_iter().filter_map(|run| run.peak);
        let most = peaks.fold(f64::NAN, f64::max);
        let most = if most.is_nan() { "not measured".to_owned() } else { format!("{most:.0} MB") };
        table.row(&format!("peak memory, {what}"), most, "", "", "<= 300 MB");
    }
    let preview = preview_ms(files, size.runs);
    table.row(
        &format!("preview of a CSV of {:.0} MB", bytes(&files.large)),
        format!("{preview:.1} ms"),
        "",
        "",
        "<= 500 ms",
    );
    match peer {
        Ok(peer) => table.row("pandas and SQLAlchemy, scaled", s(seconds), s(peer), ratio(seconds, peer), ""),
        Err(why) => table.row("pandas and SQLAlchemy", s(seconds), "not measured", why, ""),
    }
    table
}

fn preview_ms(files: &Files, runs: usize) -> f64 {
    let file = DroppedFile {
        path: &files.large,
        name: "list.csv",
        region: "RU",
        limits: ImportLimits { rows: u64::MAX, bytes: u64::MAX },
    };
    let mut times: Vec<f64> = (0..runs as u64)
        .map(|seed| {
            let started = Instant::now();
            preview(file, &LayoutChoice::default(), seed).unwrap();
            started.elapsed().as_secs_f64() * 1e3
        })
        .collect();
    median(&mut times)
}

/// Numbers that may not be called: the last hundredth of the file, and others.
async fn forbid(fresh: &Fresh, rows: u32) {
    sqlx::query(
        "insert into do_not_call (company_id, entry_id, kind, pattern, source)
         select $1, uuidv7(), 'number',
                '+7' || ($2::text[])[1 + n % cardinality($2)]
                     || lpad((n / cardinality($2) * $3 % 10000000)::text, 7, '0'), 'file'
         from generate_series($4::bigint, $4 + $5 - 1) n",
    )
    .bind(fresh.company.0)
    .bind(people::PREFIXES.map(str::to_owned).to_vec())
    .bind(i64::from(people::STEP))
    .bind(i64::from(rows - rows / 100))
    .bind(i64::from(FORBIDDEN))
    .execute(&fresh.context.db)
    .await
    .unwrap();
    vacuum(&fresh.context.db).await;
}

/// As the server would look after it sooner or later: neither ours nor the floor pays for it.
async fn vacuum(db: &PgPool) {
    sqlx::query("vacuum analyze").execute(db).await.unwrap();
}
