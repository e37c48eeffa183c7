//! The embedded server against a real PostgreSQL: first start, restart, crashes, and two Callboards on one folder.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a failing step of a test is a failing test")]

mod folder;
mod life;
mod root;
mod stage;
mod together;
