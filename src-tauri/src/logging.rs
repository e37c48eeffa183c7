//! The log: a file a day in the data folder, and standard error. Owns the levels and the format; what is written holds
//! ids, never phone numbers, names or secrets.

use std::path::Path;

use tracing_appender::{
    non_blocking::WorkerGuard,
    rolling::{RollingFileAppender, Rotation},
};
use tracing_subscriber::{EnvFilter, fmt, layer::SubscriberExt, util::SubscriberInitExt};

/// Names other levels, as `debug` or `callboard_engine=debug`.
const LEVELS: &str = "CALLBOARD_LOG";

/// A fortnight is enough to find out what went wrong.
const KEPT_FILES: usize = 14;

/// Starts the log; it is written until the guard is dropped.
///
/// # Errors
/// When the folder cannot be written.
pub fn start(folder: &Path) -> anyhow::Result<WorkerGuard> {
    let files = RollingFileAppender::builder()
        .rotation(Rotation::DAILY)
        .filename_prefix("callboard")
        .filename_suffix("log")
        .max_log_files(KEPT_FILES)
        .build(folder.join("log"))?;
    let (file, guard) = tracing_appender::non_blocking(files);
    let levels = EnvFilter::try_from_env(LEVELS).unwrap_or_else(|_| EnvFilter::new("info,sqlx=warn"));
    tracing_subscriber::registry()
        .with(levels)
        .with(fmt::layer().with_writer(file).with_ansi(false))
        .with(fmt::layer().with_writer(std::io::stderr).with_target(false))
        .init();
    log_panics();
    Ok(guard)
}

/// A panic of a thread that nobody waits for would otherwise be seen only by who started the program in a terminal.
fn log_panics() {
    let printed = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "A thread broke off at {place}");
        printed(panic);
    }));
}
