//! Randomness that a test can repeat. Owns the seeded generator and what tests draw from it; refuses ambient randomness.

use chrono::{DateTime, Utc};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use uuid::Uuid;

/// The generator for a seed; the same numbers on every machine.
#[must_use]
pub fn seeded(seed: u64) -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(seed)
}

/// Ten random bytes, what every id type of `callboard_core` asks for.
pub fn id_bytes(rng: &mut ChaCha8Rng) -> [u8; 10] {
    rng.random()
}

/// An id of any of the id types, at an instant.
pub fn id<T: From<Uuid>>(rng: &mut ChaCha8Rng, at: DateTime<Utc>) -> T {
    T::from(callboard_core::id::uuid_v7(at, id_bytes(rng)))
}

/// A Russian mobile number that differs for every `n` below ten million.
#[must_use]
pub fn phone(n: u32) -> String {
    format!("+7999{:07}", n % 10_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_draws_the_same_bytes() {
        assert_eq!(id_bytes(&mut seeded(7)), id_bytes(&mut seeded(7)));
        assert_ne!(id_bytes(&mut seeded(7)), id_bytes(&mut seeded(8)));
    }
}
