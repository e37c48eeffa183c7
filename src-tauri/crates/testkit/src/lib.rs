//! Development only: the fixed clock, seeded randomness, the scripted line, the `LiveKit` double and the call ledger.
//!
//! Owns everything that a test needs in place of the outside world, and the oracle that judges what was dialled.
//! Refuses to be a dependency of anything that is shipped.

pub mod clock;
pub mod ledger;
pub mod livekit;
pub mod plan;
pub mod random;
pub mod scripted;
