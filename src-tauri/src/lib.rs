//! The desktop shell of Callboard. The only code that knows Tauri.
//!
//! Owns windows, native dialogs, the keyring, the data folder and the order of start and end. Refuses everything else:
//! what the product does is behind the command list (`callboard-contract`, `callboard-engine`).

pub mod bridge;
mod dialogs;
pub mod drafts;
mod folder;
mod host;
mod linux_graphics;
mod logging;
mod quit;
mod secrets;
mod settings;
mod summons;
mod windows;
mod words;

use std::{env, path::PathBuf, process::ExitCode, sync::Arc, time::Duration};

use anyhow::Context;
use callboard_core::clock::SystemClock;
use callboard_engine::runtime::{Runtime as Engine, RuntimeOptions};
use tauri::{AppHandle, Builder, Manager, RunEvent, Runtime, WindowEvent, path::BaseDirectory};
use tracing::{error, info, warn};

use crate::{
    bridge::{Bridge, MAIN},
    drafts::Drafts,
    folder::{DataFolder, Unusable},
    host::DesktopHost,
    quit::Desk,
    secrets::Secrets,
    words::Language,
};

/// Names the folder with `PostgreSQL`'s programs; otherwise they are a resource of the installed application.
const PROGRAMS: &str = "CALLBOARD_PG";

/// A conversation may last an hour at most, and a phone may ring before it.
const DRAIN: Duration = Duration::from_secs(3700);

/// The shell's own commands, on any runtime, so that tests can call them without a display.
pub fn commands<R: Runtime>(builder: Builder<R>) -> Builder<R> {
    builder.invoke_handler(tauri::generate_handler![
        bridge::rpc,
        bridge::subscribe,
        set_language,
        drafts::draft_list,
        drafts::draft_get,
        drafts::draft_put,
        drafts::draft_delete,
    ])
}

/// Says in which language the native dialogs speak: the one that the person chose in the user interface.
#[tauri::command]
#[expect(clippy::needless_pass_by_value, reason = "Tauri hands the arguments of a command over")]
fn set_language<R: Runtime>(app: AppHandle<R>, language: String) {
    if let Some(desk) = app.try_state::<Desk<R>>() {
        desk.host().speak(Language::of(&language));
    }
}

/// Runs the application until it ends.
#[must_use]
pub fn run() -> ExitCode {
    linux_graphics::apply();
    let folder = match DataFolder::take() {
        Ok(folder) => Arc::new(folder),
        Err(Unusable::InUse(open)) if summons::call(&open) => return ExitCode::SUCCESS,
        Err(Unusable::InUse(_)) => return refuse(Language::of_session().words().already_open),
        Err(Unusable::Failed(error)) => return refuse(&format!("{error:#}")),
    };
    let _log = match logging::start(folder.path()) {
        Ok(guard) => guard,
        Err(error) => return refuse(&format!("{error:#}")),
    };
    info!(version = env!("CARGO_PKG_VERSION"), folder = %folder.path().display(), "Callboard starts");
    match desktop(folder) {
        Ok(code) => ExitCode::from(u8::try_from(code).unwrap_or(1)),
        Err(error) => {
            error!(error = format!("{error:#}"), "Callboard could not start");
            refuse(&format!("{error:#}"))
        }
    }
}

fn desktop(folder: Arc<DataFolder>) -> anyhow::Result<i32> {
    let secrets = Secrets::open(folder.unusual());
    let app = commands(Builder::default())
        .plugin(windows::own_pages())
        .setup(move |app| Ok(start(app.handle(), &folder, secrets)?))
        .on_window_event(|window, event| match event {
            WindowEvent::CloseRequested { api, .. } if window.label() == MAIN => {
                let app = window.app_handle();
                if !app.state::<Desk<_>>().may_close(app) {
                    api.prevent_close();
                }
            }
            WindowEvent::Destroyed => {
                window.app_handle().state::<Bridge>().hang_up(window.label());
                // Windows of campaigns do not keep the program open: the worker belongs to the desk.
                if window.label() == MAIN {
                    window.app_handle().exit(0);
                }
            }
            _ => {}
        })
        .build(tauri::generate_context!())
        .context("the window system is not available")?;
    let mut ended = false;
    Ok(app.run_return(move |app, event| {
        if let RunEvent::Exit = event
            && !std::mem::replace(&mut ended, true)
            && let Some(desk) = app.try_state::<Desk<tauri::Wry>>()
        {
            desk.end();
        }
    }))
}

/// Puts everything together: host, engine, bridge, then the window that uses them.
fn start<R: Runtime>(app: &AppHandle<R>, folder: &Arc<DataFolder>, secrets: Secrets) -> anyhow::Result<()> {
    let host = Arc::new(DesktopHost::new(app.clone(), folder.clone(), secrets, programs(app)?));
    let options = RuntimeOptions {
        version: env!("CARGO_PKG_VERSION"),
        worker: true,
        worker_name: format!("desktop {}", std::process::id()),
        drain: DRAIN,
    };
    let engine = Engine::new(host.clone(), Arc::new(SystemClock::start()), options);
    let live = engine.clone();
    app.manage(Bridge::new(engine.desk(), move || live.subscribe()));
    // Before any window: drafts are kept and opened also while there is no database.
    app.manage(Drafts::in_folder(folder.path()));
    let placement = host.settings().read().ok().and_then(|settings| settings.window);
    app.manage(Desk::start(engine, host));
    end_on_signals(app.clone());
    windows::open_main(app, folder, placement).context("the window could not be opened")?;
    let called = app.clone();
    if let Err(error) = summons::answer(folder.path(), move || windows::come_forward(&called)) {
        warn!(%error, "A second start will not find this desk");
    }
    Ok(())
}

/// The folder with `PostgreSQL`'s programs.
fn programs<R: Runtime>(app: &AppHandle<R>) -> anyhow::Result<PathBuf> {
    match env::var_os(PROGRAMS).filter(|folder| !folder.is_empty()) {
        Some(folder) => Ok(std::path::absolute(folder)?),
        None => Ok(app.path().resolve("postgres", BaseDirectory::Resource)?),
    }
}

/// Without this a signal ends the process and leaves the database's server to repair its files.
fn end_on_signals<R: Runtime>(app: AppHandle<R>) {
    tauri::async_runtime::spawn(async move {
        if let Err(error) = signal().await {
            error!(%error, "Signals cannot be received");
            return;
        }
        info!("A signal ends the program");
        app.exit(0);
    });
}

#[cfg(unix)]
async fn signal() -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    let mut hangup = signal(SignalKind::hangup())?;
    tokio::select! {
        _ = terminate.recv() => Ok(()),
        _ = hangup.recv() => Ok(()),
        interrupt = tokio::signal::ctrl_c() => interrupt,
    }
}

#[cfg(not(unix))]
async fn signal() -> std::io::Result<()> {
    tokio::signal::ctrl_c().await
}

/// Says why there will be no window, where the person looks.
fn refuse(message: &str) -> ExitCode {
    eprintln!("callboard: {message}");
    dialogs::say(message);
    ExitCode::FAILURE
}
