//! `serve` and `worker`: processes that run until a signal. Owns their start, what they print when they are ready, and
//! their end: stop dialling, let calls end, hang up what is left, close the database.

use std::{net::SocketAddr, path::Path, sync::Arc, time::Duration};

use anyhow::Context;
use callboard_core::clock::SystemClock;
use callboard_engine::runtime::{Runtime, RuntimeOptions};
use serde_json::json;
use tokio::{net::TcpListener, task::JoinHandle};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use crate::{
    arguments::{Serve, Worker},
    config::Config,
    failure::Failure,
    host::{Files, ServerHost},
    http::{Access, Site, UploadLimits, Uploads, router},
    output, session,
};

/// Names the token of `serve`; without it every start has another one.
const TOKEN: &str = "CALLBOARD_TOKEN";
/// How long open requests may take when the server closes.
const LAST_REQUESTS: Duration = Duration::from_secs(5);
/// How often files are looked for that waited too long for their import.
const SWEEP: Duration = Duration::from_mins(5);
/// Pause before the database is asked again.
const ASK_AGAIN: Duration = Duration::from_secs(2);

/// Dials until a signal.
///
/// # Errors
/// When signals cannot be received.
pub async fn worker(config: Config, worker: Worker) -> Result<(), Failure> {
    let mut options = session::options(true, worker.drain.duration());
    if let Some(name) = worker.name {
        options.worker_name = name;
    }
    let name = options.worker_name.clone();
    let running = Running::start(ServerHost::new(config, Files::Paths), options)?;
    let runtime = running.runtime.clone();
    let announced = tokio::spawn(async move {
        // The runtime tries for ever; a worker that was started before its database is no failure.
        while let Err(error) = runtime.ready().await {
            warn!(code = %error.code, "The worker waits for its database: {error}");
            tokio::time::sleep(ASK_AGAIN).await;
        }
        output::line(&json!({ "worker": name, "ready": true }).to_string())
    });
    running.until_drained().await;
    announced.abort();
    running.end().await
}

/// Serves until a signal.
///
/// # Errors
/// When the address or the folder of the user interface cannot be used.
pub async fn serve(config: Config, serve: Serve) -> Result<(), Failure> {
    if !Access::is_loopback(serve.bind) && serve.allow_host.is_empty() {
        return Err(Failure::Usage(format!(
            "Other machines could reach {}. Name the server for them with --allow-host, and put TLS in front of it.",
            serve.bind
        )));
    }
    refuse_empty_ui(serve.ui.as_deref())?;
    let listener = TcpListener::bind((serve.bind, serve.port))
        .await
        .with_context(|| format!("port {} of {} cannot be used", serve.port, serve.bind))?;
    let address = listener.local_addr()?;
    let access = access(&serve, address)?;
    let url = format!("http://{}/#token={}", reachable(address), access.token());

    let uploads = Arc::new(Uploads::create(UploadLimits::default())?);
    let host = ServerHost::new(config, Files::Uploads(uploads.clone()));
    let running = Running::start(host, session::options(!serve.no_worker, serve.drain.duration()))?;
    let live = running.runtime.clone();
    let closing = CancellationToken::new();
    let site = Site {
        handlers: running.runtime.desk(),
        live: Arc::new(move || live.subscribe()),
        uploads: uploads.clone(),
        access,
        ui: serve.ui,
        closing: closing.clone(),
    };
    let server = tokio::spawn(
        axum::serve(listener, router(site)).with_graceful_shutdown(closing.clone().cancelled_owned()).into_future(),
    );
    let sweeping = tokio::spawn(async move {
        loop {
            tokio::time::sleep(SWEEP).await;
            uploads.sweep().await;
        }
    });
    info!(%address, "Callboard serves on {address}");
    // It serves while the database is still starting: the user interface shows how far it is.
    output::line(&json!({ "url": url }).to_string())?;

    running.until_drained().await;
    sweeping.abort();
    closing.cancel();
    if tokio::time::timeout(LAST_REQUESTS, server).await.is_err() {
        warn!("Some requests were still open when the server closed");
    }
    running.end().await
}

fn access(serve: &Serve, address: SocketAddr) -> Result<Access, Failure> {
    let token = match std::env::var(TOKEN).ok().filter(|token| !token.is_empty()) {
        Some(token) => token,
        None => Access::random_token().context("the operating system has no randomness to give")?,
    };
    let access = Access::new(&token, address)
        .map_err(|_| Failure::Usage(format!("{TOKEN} is shorter than 16 characters and could be guessed.")))?;
    Ok(access.with_hosts(&serve.allow_host, address.port()).with_origins(&serve.allow_origin))
}

/// The address that a browser of this machine opens.
fn reachable(address: SocketAddr) -> SocketAddr {
    match address {
        SocketAddr::V4(all) if all.ip().is_unspecified() => ([127, 0, 0, 1], all.port()).into(),
        SocketAddr::V6(all) if all.ip().is_unspecified() => (std::net::Ipv6Addr::LOCALHOST, all.port()).into(),
        own => own,
    }
}

fn refuse_empty_ui(ui: Option<&Path>) -> Result<(), Failure> {
    match ui {
        Some(folder) if !folder.join("index.html").is_file() => {
            Err(Failure::Usage(format!("There is no built user interface in {} (index.html).", folder.display())))
        }
        _ => Ok(()),
    }
}

/// The product, running in this process.
struct Running {
    host: Arc<ServerHost>,
    runtime: Runtime,
    task: JoinHandle<()>,
    /// Cancelled by the first signal.
    shutdown: CancellationToken,
}

impl Running {
    fn start(host: ServerHost, options: RuntimeOptions) -> Result<Self, Failure> {
        let host = Arc::new(host);
        let runtime = Runtime::new(host.clone(), Arc::new(SystemClock::start()), options);
        let shutdown = CancellationToken::new();
        let task = tokio::spawn({
            let (runtime, shutdown) = (runtime.clone(), shutdown.clone());
            async move { runtime.run(shutdown).await }
        });
        let mut signals = Signals::new()?;
        tokio::spawn({
            let (runtime, shutdown) = (runtime.clone(), shutdown.clone());
            async move {
                signals.next().await;
                let calls = runtime.calls_held();
                info!(calls, "A signal stops the process; {calls} calls in progress may end");
                shutdown.cancel();
                signals.next().await;
                info!("A second signal hangs up");
                runtime.hang_up_all();
            }
        });
        Ok(Self { host, runtime, task, shutdown })
    }

    /// Until a signal came and the last call has ended or was hung up. The database stays open for open requests.
    async fn until_drained(&self) {
        self.shutdown.cancelled().await;
        while !self.task.is_finished() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    async fn end(self) -> Result<(), Failure> {
        let ended = self.task.await;
        self.host.stop_database().await;
        info!("Callboard has ended");
        Ok(ended.context("the worker broke off")?)
    }
}

/// What asks a process to end.
struct Signals {
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
}

impl Signals {
    fn new() -> std::io::Result<Self> {
        Ok(Self {
            #[cfg(unix)]
            terminate: tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?,
        })
    }

    async fn next(&mut self) {
        #[cfg(unix)]
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = tokio::signal::ctrl_c() => {}
        }
        #[cfg(not(unix))]
        tokio::signal::ctrl_c().await.ok();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_printed_address_can_be_opened() {
        let reach = |text: &str| reachable(text.parse().expect("an address")).to_string();
        assert_eq!(reach("0.0.0.0:80"), "127.0.0.1:80");
        assert_eq!(reach("[::]:80"), "[::1]:80");
        assert_eq!(reach("192.168.1.5:80"), "192.168.1.5:80");
    }
}
