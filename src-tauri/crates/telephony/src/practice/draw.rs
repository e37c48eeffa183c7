//! Draws of the practice line. Owns the seeding and the shapes of its distributions; refuses ambient randomness.

use std::{f64::consts::TAU, time::Duration};

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use sha2::{Digest, Sha256};

/// Changes whenever an unchanged seed shall no longer give the same calls.
const EDITION: &[u8] = b"callboard practice line, edition 1";

/// Quantile of the standard normal distribution at 95 %.
const Z95: f64 = 1.644_853_6;

/// The fate of one attempt, drawn from the seed, the number and the attempt and from nothing else.
pub(super) struct Draw(ChaCha8Rng);

impl Draw {
    pub(super) fn new(seed: u64, phone: &str, attempt: u32) -> Self {
        let mut hash = Sha256::new();
        hash.update(EDITION);
        hash.update(seed.to_be_bytes());
        hash.update(attempt.to_be_bytes());
        hash.update(phone.as_bytes());
        Self(ChaCha8Rng::from_seed(hash.finalize().into()))
    }

    /// One of the choices, each as likely as its weight says.
    pub(super) fn weighted<T: Copy>(&mut self, choices: &[(T, u32)]) -> T {
        let total = choices.iter().map(|(_, weight)| weight).sum();
        let mut rest = self.0.random_range(0..total);
        for (choice, weight) in choices {
            match rest.checked_sub(*weight) {
                Some(left) => rest = left,
                None => return *choice,
            }
        }
        unreachable!("the draw is below the sum of the weights")
    }

    pub(super) fn one_of<'a>(&mut self, choices: &[&'a str]) -> &'a str {
        choices[self.0.random_range(0..choices.len())]
    }

    pub(super) fn happens(&mut self, probability: f64) -> bool {
        self.0.random_bool(probability)
    }

    /// Even between two numbers of seconds.
    pub(super) fn between(&mut self, from: f64, to: f64) -> Duration {
        Duration::from_secs_f64(self.fraction(from, to))
    }

    pub(super) fn fraction(&mut self, from: f64, to: f64) -> f64 {
        self.0.random_range(from..to)
    }

    /// Log-normal with this median and this 95th percentile in seconds: the usual shape of latencies, with a long
    /// tail to the right. Cut at the twentieth part and at six times the median.
    pub(super) fn latency(&mut self, median: f64, p95: f64) -> Duration {
        // Box-Muller; the first draw is never zero, so its logarithm is finite.
        let (radius, angle): (f64, f64) = (1.0 - self.0.random::<f64>(), self.0.random());
        let normal = (-2.0 * radius.ln()).sqrt() * (TAU * angle).cos();
        let seconds = median * ((p95 / median).ln() / Z95 * normal).exp();
        Duration::from_secs_f64(seconds.clamp(median / 20.0, median * 6.0))
    }
}
