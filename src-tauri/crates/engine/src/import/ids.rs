//! The ids of one import. Owns that they rise, which keeps a million inserts at the end of the index.

use callboard_core::id::uuid_v7;
use chrono::{DateTime, Utc};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use uuid::Uuid;

/// Mints ids: the same instant, then a counter, then randomness.
pub(super) struct Ids {
    at: DateTime<Utc>,
    random: ChaCha8Rng,
    count: u32,
}

impl Ids {
    pub fn new(at: DateTime<Utc>, random: ChaCha8Rng) -> Self {
        Self { at, random, count: 0 }
    }

    pub fn next(&mut self) -> Uuid {
        let mut bytes: [u8; 10] = self.random.random();
        // Version and variant take the upper bits of bytes 0 and 2: the counter has 12 and 14 bits below them.
        let (high, low) = ((self.count >> 14) as u16 & 0x0fff, self.count as u16 & 0x3fff);
        [bytes[0], bytes[1]] = high.to_be_bytes();
        [bytes[2], bytes[3]] = low.to_be_bytes();
        self.count = self.count.wrapping_add(1);
        uuid_v7(self.at, bytes)
    }
}

#[cfg(test)]
mod tests {
    use callboard_core::clock::{Clock, SystemClock};
    use rand::SeedableRng;

    use super::*;

    #[test]
    fn ids_rise_and_differ() {
        let mut ids = Ids::new(SystemClock::start().now(), ChaCha8Rng::seed_from_u64(7));
        let first = ids.next();
        assert_eq!(first.get_version_num(), 7);
        let mut last = first;
        for _ in 0..200_000 {
            let next = ids.next();
            assert!(next > last, "{next} follows {last}");
            last = next;
        }
    }
}
