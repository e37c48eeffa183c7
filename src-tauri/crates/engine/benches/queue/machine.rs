//! What a measurement cost the server: processor time of all of its processes, and its log. Owns reading; starts nothing.

use std::{fmt, fs, time::Duration};

use sqlx::PgPool;

use crate::fresh::median;

/// One measurement.
#[derive(Debug, Clone, Copy)]
pub struct Sample {
    /// Jobs done.
    pub jobs: f64,
    /// In so long.
    pub took: Duration,
    /// Processor time of the server.
    pub cpu: Duration,
    /// Bytes of its log.
    pub wal: f64,
}

/// Samples of one thing.
pub struct Cost {
    name: &'static str,
    samples: Vec<Sample>,
}

impl Cost {
    pub fn named(name: &'static str) -> Self {
        Self { name, samples: Vec::new() }
    }

    pub fn add(&mut self, sample: Sample) {
        if sample.jobs > 0.0 {
            self.samples.push(sample);
        }
    }

    fn middle(&self, of: impl Fn(&Sample) -> f64) -> f64 {
        if self.samples.is_empty() {
            return f64::NAN;
        }
        median(&mut self.samples.iter().map(of).collect::<Vec<_>>())
    }

    /// Jobs per second.
    pub fn rate(&self) -> f64 {
        self.middle(|sample| sample.jobs / sample.took.as_secs_f64())
    }
}

impl fmt::Display for Cost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.samples.is_empty() {
            return write!(f, "{}: not measured", self.name);
        }
        let mut rates: Vec<f64> = self.samples.iter().map(|sample| sample.jobs / sample.took.as_secs_f64()).collect();
        rates.sort_by(f64::total_cmp);
        write!(
            f,
            "{}: {:.0} jobs/s ({:.0} to {:.0}), server CPU {:.0} us/job, {:.0} bytes of WAL/job",
            self.name,
            self.rate(),
            rates[0],
            rates[rates.len() - 1],
            self.middle(|sample| sample.cpu.as_secs_f64() * 1e6 / sample.jobs),
            self.middle(|sample| sample.wal / sample.jobs)
        )
    }
}

/// Fields of /proc/PID/stat after the name: from the state on.
fn stat(pid: i32) -> Option<Vec<String>> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (_, rest) = text.rsplit_once(") ")?;
    Some(rest.split(' ').map(str::to_owned).collect())
}

/// Processor time of the server's parent with its ended children, and of the children that run.
fn ticks(postmaster: i32) -> u64 {
    let sum = |fields: &[String], which: &[usize]| -> u64 {
        which.iter().filter_map(|at| fields.get(*at)?.parse::<u64>().ok()).sum()
    };
    let own = stat(postmaster).map_or(0, |fields| sum(&fields, &[11, 12, 13, 14]));
    let children = fs::read_dir("/proc")
        .unwrap()
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .filter_map(stat)
        .filter(|fields| fields.get(1).is_some_and(|parent| *parent == postmaster.to_string()))
        .map(|fields| sum(&fields, &[11, 12]))
        .sum::<u64>();
    own + children
}

async fn log(db: &PgPool) -> f64 {
    sqlx::query_scalar("select (pg_current_wal_lsn() - '0/0')::float8").fetch_one(db).await.unwrap()
}

async fn postmaster(db: &PgPool) -> i32 {
    let backend: i32 = sqlx::query_scalar("select pg_backend_pid()").fetch_one(db).await.unwrap();
    stat(backend).unwrap()[1].parse().unwrap()
}

/// Runs something that says how many jobs it did in how long.
pub async fn measure(db: &PgPool, run: impl Future<Output = (f64, Duration)>) -> Sample {
    let parent = postmaster(db).await;
    let (cpu, wal) = (ticks(parent), log(db).await);
    let (jobs, took) = run.await;
    let (cpu, wal) = (ticks(parent) - cpu, log(db).await - wal);
    // Linux counts in hundredths of a second.
    Sample { jobs, took, cpu: Duration::from_millis(cpu * 10), wal }
}
