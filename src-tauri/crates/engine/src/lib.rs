//! The use-cases of Callboard: campaigns, imports, admission, the dialing worker, telemetry, analytics, events.
//!
//! Owns the transactions and the straight line of a call from the file to its result. Refuses SQL (that is
//! `callboard-db`), the wire's hosts (Tauri, HTTP) and hidden clocks: time and randomness are arguments.

mod agent;
pub mod calls;
pub mod campaigns;
pub mod carry_out;
pub mod commands;
pub mod companies;
pub mod contacts;
mod context;
mod cursor;
mod dialing;
mod digest;
pub mod do_not_call;
mod error;
mod events;
mod export;
pub mod host;
pub mod http;
pub mod import;
pub mod imports;
pub mod knowledge;
pub mod lines;
pub mod providers;
pub mod runtime;
mod sample;
pub mod sandbox;
pub mod settings;
pub mod skillbases;
pub mod speech;
pub mod tasks;
pub mod test_calls;
pub mod timekeeper;
pub mod tools;
pub mod worker;

pub use context::{Context, Random};
pub use error::UseCase;
