//! Time as an argument. Owns the trait and the system clock; refuses to be read by the domain on its own.

use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};

/// Where a use-case reads the time.
pub trait Clock: Send + Sync + 'static {
    /// The wall clock, for what is shown and stored. Limits never use it: they use `PostgreSQL`'s clock.
    fn now(&self) -> DateTime<Utc>;

    /// Time since an arbitrary start that never goes back, for durations and deadlines.
    fn monotonic(&self) -> Duration;
}

/// The clocks of this machine.
#[derive(Debug, Clone, Copy)]
pub struct SystemClock {
    started: Instant,
}

impl SystemClock {
    /// Starts the monotonic clock at zero.
    #[must_use]
    pub fn start() -> Self {
        Self { started: Instant::now() }
    }
}

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the one place where the wall clock enters")]
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }

    fn monotonic(&self) -> Duration {
        self.started.elapsed()
    }
}
