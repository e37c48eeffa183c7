//! The use-cases of Callboard: campaigns, imports, admission, the dialing worker, telemetry, analytics, events.
//!
//! Owns the transactions and the straight line of a call from the file to its result. Refuses SQL (that is
//! `callboard-db`), the wire's hosts (Tauri, HTTP) and hidden clocks: time and randomness are arguments.

pub mod host;
