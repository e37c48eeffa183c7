//! Callboard without a screen: the worker, the command line, and the command list over HTTP and WebSocket.
//!
//! Owns how a person or a script reaches the command list without a window. Refuses to know what a command does
//! (`callboard-engine`) and to hold SQL.

mod arguments;
mod campaigns;
mod config;
mod daemon;
mod failure;
mod host;
pub mod http;
mod output;
mod random;
mod seed;
mod session;
mod skillbases;

use std::{io::IsTerminal, process::ExitCode};

use clap::Parser;
use tracing_subscriber::EnvFilter;

use crate::{
    arguments::{Arguments, Command, Skillbase},
    config::Config,
    failure::Failure,
    output::Output,
};

/// Names other levels of the log, as `debug` or `callboard_engine=debug`.
const LEVELS: &str = "CALLBOARD_LOG";

/// Carries out the command line of this process.
pub async fn run() -> ExitCode {
    let arguments = Arguments::parse();
    let stays = matches!(arguments.command, Command::Serve(_) | Command::Worker(_));
    start_log(arguments.log_json, if stays { "info,sqlx=warn" } else { "warn" });
    let output = if arguments.json { Output::Json } else { Output::People };
    match carry_out(arguments, output).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            match output {
                Output::People => eprintln!("callboard-server: {failure}"),
                Output::Json => eprintln!("{}", serde_json::json!(failure.form())),
            }
            failure.exit_code()
        }
    }
}

async fn carry_out(arguments: Arguments, output: Output) -> Result<(), Failure> {
    if let Command::Skillbase(Skillbase::Validate { file }) = &arguments.command {
        return skillbases::validate(file, output).await;
    }
    let config = Config::read(arguments.config.as_deref(), arguments.data)?;
    match arguments.command {
        Command::Migrate => session::with_desk(config, |desk| campaigns::migrate(desk, output)).await,
        Command::Serve(serve) => daemon::serve(config, serve).await,
        Command::Worker(worker) => daemon::worker(config, worker).await,
        Command::Import(import) => session::with_desk(config, |desk| campaigns::import(desk, import, output)).await,
        Command::Campaign(command) => {
            session::with_desk(config, |desk| campaigns::campaign(desk, command, output)).await
        }
        Command::Skillbase(command) => {
            session::with_desk(config, |desk| skillbases::skillbase(desk, command, output)).await
        }
        Command::Seed(seed) => session::with_desk(config, |desk| seed::seed(desk, seed, output)).await,
    }
}

/// Standard output belongs to the answers, standard error to the log.
fn start_log(json: bool, levels: &str) {
    let levels = EnvFilter::try_from_env(LEVELS).unwrap_or_else(|_| EnvFilter::new(levels));
    let log = tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .with_env_filter(levels);
    if json {
        log.json().flatten_event(true).init();
    } else {
        log.with_target(false).init();
    }
}
