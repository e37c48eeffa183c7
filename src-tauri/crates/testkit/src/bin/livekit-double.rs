//! The `LiveKit` double as a process of its own, for tests that kill the processes around it.
//!
//! Prints its URL as the first line of its output. Last digits of numbers decide how calls go.

use std::{path::PathBuf, time::Duration};

use callboard_testkit::{
    ledger::Ledger,
    livekit::{Double, DoubleOptions},
};
use clap::Parser;

/// A double of `LiveKit`'s server API.
#[derive(Parser)]
struct Arguments {
    /// Port on this machine; 0 takes a free one.
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// Accepted API key.
    #[arg(long, default_value = "devkey")]
    key: String,
    /// Its secret.
    #[arg(long, default_value = "a-secret-of-at-least-32-characters")]
    secret: String,
    /// Where every call is recorded, one JSON object a line, forced to the disk.
    #[arg(long)]
    ledger: Option<PathBuf>,
    /// Existing outbound trunks.
    #[arg(long, default_value = "ST_test")]
    trunk: Vec<String>,
    /// Ringing time in milliseconds.
    #[arg(long, default_value_t = 20)]
    ring_ms: u64,
    /// Length of conversations in milliseconds.
    #[arg(long, default_value_t = 40)]
    talk_ms: u64,
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let arguments = Arguments::parse();
    let ledger = match &arguments.ledger {
        Some(path) => Ledger::in_file(path)?,
        None => Ledger::in_memory(),
    };
    let double = Double::start_with(DoubleOptions {
        key: arguments.key,
        secret: arguments.secret,
        port: arguments.port,
        trunks: arguments.trunk,
        ledger,
        ring: Duration::from_millis(arguments.ring_ms),
        talk: Duration::from_millis(arguments.talk_ms),
        regions: Vec::new(),
    })
    .await?;
    println!("{}", double.url());
    double.run().await;
    Ok(())
}
