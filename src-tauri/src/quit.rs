//! The end of the program. Owns the order: nobody is cut off unasked, then the worker stops, then the connections
//! close, then the database stops.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use callboard_engine::runtime::Runtime as Engine;
use tauri::{AppHandle, Manager, Runtime};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use crate::{
    bridge::MAIN,
    dialogs::{self, Choice},
    host::DesktopHost,
    windows,
};

/// How long a closing program waits for its worker after it has hung up; a session that ends does not wait longer.
const LAST_PATIENCE: Duration = Duration::from_secs(20);

/// What runs behind the windows.
pub struct Desk<R: Runtime> {
    engine: Engine,
    host: Arc<DesktopHost<R>>,
    /// Tells the engine to stop.
    shutdown: CancellationToken,
    /// The engine has stopped.
    stopped: CancellationToken,
    /// The question is on the screen.
    asking: AtomicBool,
}

impl<R: Runtime> Desk<R> {
    /// Starts the engine.
    pub fn start(engine: Engine, host: Arc<DesktopHost<R>>) -> Self {
        let (shutdown, stopped) = (CancellationToken::new(), CancellationToken::new());
        let desk = Self { engine, host, shutdown, stopped, asking: AtomicBool::new(false) };
        let (engine, shutdown, ended) = (desk.engine.clone(), desk.shutdown.clone(), desk.stopped.clone().drop_guard());
        tauri::async_runtime::spawn(async move {
            engine.run(shutdown).await;
            // Also when it breaks off: who waits for the end must not wait for ever.
            drop(ended);
        });
        desk
    }

    /// The desktop behind the command list.
    pub fn host(&self) -> &DesktopHost<R> {
        &self.host
    }

    /// The person closes the main window. Whether it may close now; otherwise the person is asked.
    pub fn may_close(&self, app: &AppHandle<R>) -> bool {
        self.remember_window(app);
        let calls = self.engine.calls_held();
        if calls == 0 || self.stopped.is_cancelled() {
            return true;
        }
        if !self.asking.swap(true, Ordering::AcqRel) {
            tauri::async_runtime::spawn(ask(app.clone(), calls));
        }
        false
    }

    /// Ends everything; called once, when the event loop ends.
    pub fn end(&self) {
        tauri::async_runtime::block_on(async {
            let calls = self.engine.calls_held();
            if calls > 0 {
                info!(calls, "The program ends and hangs up {calls} calls");
                self.engine.hang_up_all();
            }
            self.shutdown.cancel();
            if tokio::time::timeout(LAST_PATIENCE, self.stopped.cancelled()).await.is_err() {
                warn!("The worker did not stop in time; its calls are reconciled at the next start");
            }
            self.host.stop_database().await;
        });
        info!("Callboard has ended");
    }

    fn remember_window(&self, app: &AppHandle<R>) {
        let Some(placement) = app.get_webview_window(MAIN).as_ref().and_then(windows::placement_of) else { return };
        if let Err(error) = self.host.settings().change(|settings| settings.window = Some(placement)) {
            warn!(%error, "The window's place could not be remembered");
        }
    }
}

/// Asks what becomes of the calls, and does it.
async fn ask<R: Runtime>(app: AppHandle<R>, calls: usize) {
    let desk = app.state::<Desk<R>>();
    let choice = dialogs::ask_before_quitting(&app, desk.host.words(), calls).await;
    desk.asking.store(false, Ordering::Release);
    match choice {
        Choice::Finish => finish(&app, &desk).await,
        Choice::HangUp => {
            info!("The person hangs up and quits");
            app.exit(0);
        }
        Choice::Stay => {}
    }
}

/// Dials nobody new and quits when the last call has ended. The windows stay and show it; closing again asks again.
async fn finish<R: Runtime>(app: &AppHandle<R>, desk: &Desk<R>) {
    info!("The program ends when the calls in progress have ended");
    desk.shutdown.cancel();
    desk.stopped.cancelled().await;
    app.exit(0);
}
