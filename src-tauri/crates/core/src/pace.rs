//! The pace that a trunk and a campaign have earned: a trunk slows down when its carrier says so and recovers by itself, a
//! campaign that ramps up adds calls as long as they are healthy. Owns the curves; refuses to keep them: both follow from
//! rows, so that every worker sees the same pace.

use chrono::{DateTime, TimeDelta, Utc};

use crate::breaker::Health;

/// Slowest rate of a trunk, calls per second: one call in ten seconds still finds out when the carrier is back.
pub const SLOWEST_RATE: f64 = 0.1;
/// Limits that a carrier reports within this time are one burst, and slow the trunk down once.
pub const ONE_BURST: TimeDelta = TimeDelta::seconds(2);
/// From nothing to the full rate in this time: additive increase, a tenth of the full rate every 30 seconds.
const FULL_RECOVERY_SECONDS: f64 = 300.0;

/// The last time that a carrier slowed a trunk down.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Slowdown {
    /// Calls per second from then on.
    pub rate: f64,
    /// When.
    pub at: DateTime<Utc>,
}

/// Calls per second that a trunk may have at `now`: those that are configured, or what a slowdown has left of them,
/// growing again with time.
#[must_use]
pub fn trunk_rate(configured: i32, slowdown: Option<Slowdown>, now: DateTime<Utc>) -> f64 {
    let full = f64::from(configured);
    slowdown.map_or(full, |slowdown| {
        let seconds = (now - slowdown.at).num_milliseconds().max(0) as f64 / 1000.0;
        (slowdown.rate + full * seconds / FULL_RECOVERY_SECONDS).min(full)
    })
}

/// What a carrier's limit makes of the rate: half of what it is, once per burst (multiplicative decrease). `None` when the
/// burst has been answered already.
#[must_use]
pub fn slow_down(configured: i32, slowdown: Option<Slowdown>, now: DateTime<Utc>) -> Option<Slowdown> {
    if slowdown.is_some_and(|last| now - last.at < ONE_BURST) {
        return None;
    }
    Some(Slowdown { rate: (trunk_rate(configured, slowdown, now) / 2.0).max(SLOWEST_RATE), at: now })
}

/// When the trunk is at its full rate again.
#[must_use]
pub fn recovered_at(configured: i32, slowdown: Slowdown) -> DateTime<Utc> {
    let missing = (1.0 - slowdown.rate / f64::from(configured.max(1))).max(0.0);
    slowdown.at + TimeDelta::milliseconds((missing * FULL_RECOVERY_SECONDS * 1000.0).ceil() as i64)
}

/// Calls at once that a ramp-up allows: it begins with `from`, each healthy call that has ended adds one, each fault halves.
/// `ended` are the calls of the campaign since its latest start, oldest first; never more than `limit`, never less than 1.
#[must_use]
pub fn ramp_up(from: i32, limit: i32, ended: impl IntoIterator<Item = Health>) -> i32 {
    let most = limit.max(1);
    ended.into_iter().fold(from.clamp(1, most), |allowed, health| match health {
        Health::Healthy => (allowed + 1).min(most),
        Health::Faulty => (allowed / 2).max(1),
        Health::Neutral => allowed,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_740_000_000 + second, 0).expect("an instant")
    }

    /// The issue: carrier limits slow the trunk down.
    #[test]
    fn a_limit_halves_the_rate_once_per_burst_and_time_brings_it_back() {
        assert!((trunk_rate(10, None, at(0)) - 10.0).abs() < 1e-9);
        let first = slow_down(10, None, at(0)).expect("the first limit");
        assert!((first.rate - 5.0).abs() < 1e-9);
        assert_eq!(slow_down(10, Some(first), at(1)), None, "the same burst");
        assert!((trunk_rate(10, Some(first), at(30)) - 6.0).abs() < 1e-9, "a tenth more every 30 seconds");
        let second = slow_down(10, Some(first), at(30)).expect("another limit");
        assert!((second.rate - 3.0).abs() < 1e-9);
        assert_eq!(recovered_at(10, second), at(30 + 210));
        assert!((trunk_rate(10, Some(second), at(10_000)) - 10.0).abs() < 1e-9, "never more than configured");
    }

    #[test]
    fn a_trunk_never_falls_silent() {
        let mut slowdown = None;
        for n in 0..20 {
            slowdown = slow_down(1, slowdown, at(n * 3)).or(slowdown);
        }
        assert!(slowdown.is_some_and(|last| last.rate >= SLOWEST_RATE));
    }

    #[test]
    fn a_ramp_grows_with_healthy_calls_and_halves_with_faults() {
        use Health::{Faulty, Healthy, Neutral};
        assert_eq!(ramp_up(2, 10, []), 2);
        assert_eq!(ramp_up(2, 10, [Healthy; 3]), 5);
        assert_eq!(ramp_up(2, 10, [Healthy; 30]), 10, "up to the limit");
        assert_eq!(ramp_up(2, 10, [Healthy, Healthy, Healthy, Faulty, Neutral]), 2);
        assert_eq!(ramp_up(8, 10, [Faulty; 9]), 1, "never nothing");
        assert_eq!(ramp_up(8, 3, []), 3, "a lowered limit holds");
    }
}
