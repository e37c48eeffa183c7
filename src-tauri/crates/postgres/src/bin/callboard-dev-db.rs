//! Runs the app's own embedded database without the app, for developers who want to look at its data and for tests that
//! need an owner to kill. For the throw-away database of tests see `src-tauri/scripts/dev-db.sh`.

use std::{
    env,
    error::Error,
    io::{self, Write as _},
    process::ExitCode,
    thread,
};

use callboard_postgres::Config;
use tokio::sync::oneshot;

const USAGE: &str = "usage: callboard-dev-db run --data <folder> [--install <folder>] [--attach]\n\n\
    Prints DATABASE_URL=... and runs until standard input closes or SIGINT or SIGTERM arrives.\n\
    The install folder is by default $CALLBOARD_PG, or target/postgres.\n\
    With --attach it uses the server of a Callboard that is already open on the folder.";

struct Options {
    config: Config,
    attach: bool,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let Some(options) = options(env::args().skip(1)) else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    match run(options).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn options(mut args: impl Iterator<Item = String>) -> Option<Options> {
    if args.next()? != "run" {
        return None;
    }
    let (mut data, mut attach) = (None, false);
    let mut install = env::var("CALLBOARD_PG").unwrap_or_else(|_| "target/postgres".to_owned());
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--data" => data = Some(args.next()?),
            "--install" => install = args.next()?,
            "--attach" => attach = true,
            _ => return None,
        }
    }
    Some(Options { config: Config::new(install, data?), attach })
}

async fn run(Options { config, attach }: Options) -> Result<(), Box<dyn Error>> {
    // Before anybody is told that the server is there: from then on a signal may come.
    let told_to_stop = told_to_stop()?;
    let server = if attach {
        callboard_postgres::start_or_attach(config).await?
    } else {
        callboard_postgres::start(config).await?
    };
    println!("DATABASE_URL={}", server.connection().url());
    io::stdout().flush()?;
    tokio::select! {
        () = told_to_stop => {}
        how = server.ended() => return Err(format!("The database server ended by itself ({how}).").into()),
    }
    server.stop().await?;
    Ok(())
}

/// Listens from now on, not only once it is waited for.
fn told_to_stop() -> io::Result<impl Future<Output = ()>> {
    // A thread, because reading cannot be cancelled and a runtime waits for it when it ends; a thread ends with the process.
    let (closing, closed) = oneshot::channel();
    thread::spawn(move || {
        let _ = io::copy(&mut io::stdin(), &mut io::sink());
        let _ = closing.send(());
    });
    let terminated = terminated()?;
    Ok(async move {
        tokio::select! {
            _ = closed => {}
            _ = tokio::signal::ctrl_c() => {}
            () = terminated => {}
        }
    })
}

#[cfg(unix)]
fn terminated() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut signals = signal(SignalKind::terminate())?;
    Ok(async move {
        signals.recv().await;
    })
}

#[cfg(not(unix))]
fn terminated() -> io::Result<impl Future<Output = ()>> {
    Ok(std::future::pending())
}
