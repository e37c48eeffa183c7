//! The use-cases of Callboard: campaigns, imports, admission, the dialing worker, telemetry, analytics, events.
//!
//! Owns the transactions and the straight line of a call from the file to its result. Refuses SQL (that is
//! `callboard-db`), the wire's hosts (Tauri, HTTP) and hidden clocks: time and randomness are arguments.

pub mod calls;
pub mod campaigns;
pub mod commands;
pub mod companies;
mod context;
mod cursor;
mod dialing;
mod error;
mod events;
pub mod host;
pub mod import;
mod imports;
pub mod lines;
pub mod runtime;
mod sample;
pub mod settings;
pub mod skillbases;
pub mod tasks;
pub mod timekeeper;
pub mod worker;

pub use context::{Context, Random};
pub use error::UseCase;
