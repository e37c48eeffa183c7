//! The system that this one replaces: pandas and `SQLAlchemy`, see `peers/pandas_import.py`. Owns the call of the script.

use std::{
    env,
    path::Path,
    process::{Command, Stdio},
};

/// Rows that it is given; a million would take minutes of every run.
const ROWS: u32 = 20_000;

/// Seconds for so many rows, from what it needs for fewer; or why it was not measured.
pub fn import(url: &str, file: &Path, rows: u32) -> Result<f64, String> {
    let python = env::var("CALLBOARD_BENCH_PYTHON").map_err(|_| "no Python with pandas and SQLAlchemy".to_owned())?;
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/peers/pandas_import.py");
    let measured = ROWS.min(rows);
    let output = Command::new(python)
        .arg(script)
        .arg(file)
        .arg(measured.to_string())
        .arg(url)
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| error.to_string())?;
    let text = String::from_utf8_lossy(&output.stdout);
    let seconds: f64 = text.trim().parse().map_err(|_| "the script failed".to_owned())?;
    Ok(seconds * f64::from(rows) / f64::from(measured))
}
