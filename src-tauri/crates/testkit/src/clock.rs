//! A clock that stands still until a test moves it. Owns both times of [`Clock`]; refuses to tick by itself.

use std::{
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use callboard_core::clock::Clock;
use chrono::{DateTime, Utc};

/// A settable [`Clock`]; clones show the same time.
///
/// ```
/// use std::time::Duration;
/// use callboard_core::clock::Clock;
/// use callboard_testkit::clock::FixedClock;
///
/// let clock = FixedClock::at("2026-03-02T10:00:00Z");
/// let seen_by_the_code = clock.clone();
/// clock.advance(Duration::from_secs(90));
/// assert_eq!(seen_by_the_code.now().to_rfc3339(), "2026-03-02T10:01:30+00:00");
/// assert_eq!(seen_by_the_code.monotonic(), Duration::from_secs(90));
/// ```
#[derive(Debug, Clone)]
pub struct FixedClock(Arc<Mutex<Hands>>);

#[derive(Debug, Clone, Copy)]
struct Hands {
    wall: DateTime<Utc>,
    monotonic: Duration,
}

impl FixedClock {
    /// Stands at an RFC 3339 instant, the monotonic time at zero.
    ///
    /// # Panics
    /// When the text is not RFC 3339: a mistake in the test.
    #[must_use]
    pub fn at(rfc3339: &str) -> Self {
        let wall = DateTime::parse_from_rfc3339(rfc3339).expect("a test states its time in RFC 3339");
        Self(Arc::new(Mutex::new(Hands { wall: wall.to_utc(), monotonic: Duration::ZERO })))
    }

    /// Lets time pass on both clocks.
    pub fn advance(&self, by: Duration) {
        let mut hands = self.hands();
        hands.wall += by;
        hands.monotonic += by;
    }

    /// Sets the wall clock alone, as a person or a time server does; the monotonic time stays.
    pub fn set_wall(&self, to: DateTime<Utc>) {
        self.hands().wall = to;
    }

    fn hands(&self) -> MutexGuard<'_, Hands> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl Clock for FixedClock {
    fn now(&self) -> DateTime<Utc> {
        self.hands().wall
    }

    fn monotonic(&self) -> Duration {
        self.hands().monotonic
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_jump_of_the_wall_clock_leaves_durations_alone() {
        let clock = FixedClock::at("2026-03-29T00:59:59Z");
        clock.advance(Duration::from_secs(1));
        clock.set_wall(clock.now() - Duration::from_hours(1));
        assert_eq!(clock.now().to_rfc3339(), "2026-03-29T00:00:00+00:00");
        assert_eq!(clock.monotonic(), Duration::from_secs(1));
    }
}
