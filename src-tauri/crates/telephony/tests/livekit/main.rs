//! The `LiveKit` line against the double of its server.

mod calls;
mod check;
mod common;
mod failover;
mod recovery;
