//! The headless program. Owns nothing but its entry.

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    callboard_server::run().await
}
