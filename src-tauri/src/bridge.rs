//! The bridge from a webview to the command list. Owns which window may use what (by its label, which only Rust sets)
//! and the one stream of live messages of each window; refuses to know a single command.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use callboard_contract::{ErrorCode, Handlers, IpcError, LiveMessage, WindowRole};
use callboard_engine::carry_out::carry_out;
use futures_util::future::BoxFuture;
use rand::{TryRng, rngs::SysRng};
use serde_json::Value;
use tauri::{Runtime, State, WebviewWindow, ipc::Channel};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use tracing::{Instrument, info_span};
use uuid::Uuid;

/// Label of the main window.
pub const MAIN: &str = "main";
/// What labels of campaign windows start with.
pub const CAMPAIGN: &str = "campaign-";

type Answer = Result<Value, IpcError>;
type CarryOut = Box<dyn Fn(WindowRole, String, Value) -> BoxFuture<'static, Answer> + Send + Sync>;
type Live = Box<dyn Fn() -> mpsc::Receiver<LiveMessage> + Send + Sync>;

/// The command list and the live messages, whoever stands behind them.
pub struct Bridge {
    carry_out: CarryOut,
    live: Live,
    /// The stream of each window, by label.
    streams: Mutex<HashMap<String, CancellationToken>>,
}

impl Bridge {
    /// A bridge to `handlers`; `live` subscribes a window.
    pub fn new<H: Handlers + Clone + 'static>(
        handlers: H,
        live: impl Fn() -> mpsc::Receiver<LiveMessage> + Send + Sync + 'static,
    ) -> Self {
        Self {
            carry_out: Box::new(move |role, command, request| {
                let handlers = handlers.clone();
                Box::pin(carry_out(handlers, role, command, request, incident))
            }),
            live: Box::new(live),
            streams: Mutex::default(),
        }
    }

    /// Ends the stream of a window that is gone.
    pub fn hang_up(&self, label: &str) {
        if let Some(stream) = self.streams().remove(label) {
            stream.cancel();
        }
    }

    /// A new stream of a window; one that it had, before a reload, ends.
    fn open_stream(&self, label: &str) -> CancellationToken {
        let stream = CancellationToken::new();
        if let Some(before) = self.streams().insert(label.to_owned(), stream.clone()) {
            before.cancel();
        }
        stream
    }

    fn streams(&self) -> std::sync::MutexGuard<'_, HashMap<String, CancellationToken>> {
        // The map is whole at every moment: a panic elsewhere cannot leave half an entry.
        self.streams.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The role of a window; none for windows that are not ours.
fn role_of(label: &str) -> Option<WindowRole> {
    if label == MAIN {
        Some(WindowRole::Main)
    } else if label.starts_with(CAMPAIGN) {
        Some(WindowRole::Campaign)
    } else {
        None
    }
}

/// Carries out one command of the list.
///
/// # Errors
/// What the command list refuses; `internal` with an incident when it panicked.
#[tauri::command]
pub async fn rpc<R: Runtime>(
    window: WebviewWindow<R>,
    bridge: State<'_, Bridge>,
    command: String,
    request: Value,
) -> Answer {
    let Some(role) = role_of(window.label()) else {
        return Err(IpcError::refusal(ErrorCode::NotAllowed, "This window may not use the command list."));
    };
    let span = info_span!("command", name = %command, window = window.label());
    (bridge.carry_out)(role, command, request).instrument(span).await
}

/// Names a fault, for the log and the person.
pub(crate) fn incident() -> Uuid {
    let mut bytes = [0; 16];
    SysRng.try_fill_bytes(&mut bytes).map_or(Uuid::nil(), |()| uuid::Builder::from_random_bytes(bytes).into_uuid())
}

/// Sends live messages to the window until it closes, or subscribes again.
///
/// # Errors
/// For windows that may not use the command list.
// Async although it waits for nothing: such commands run where tasks can be started, and subscribing starts one.
#[tauri::command]
pub async fn subscribe<R: Runtime>(
    window: WebviewWindow<R>,
    bridge: State<'_, Bridge>,
    channel: Channel<LiveMessage>,
) -> Result<(), IpcError> {
    if role_of(window.label()).is_none() {
        return Err(IpcError::refusal(ErrorCode::NotAllowed, "This window may not listen."));
    }
    let stream = bridge.open_stream(window.label());
    let mut messages = (bridge.live)();
    tauri::async_runtime::spawn(stream.run_until_cancelled_owned(async move {
        while let Some(message) = messages.recv().await {
            if channel.send(message).is_err() {
                break;
            }
        }
    }));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_label_says_what_a_window_may() {
        assert_eq!(role_of("main"), Some(WindowRole::Main));
        assert_eq!(role_of("campaign-0198c0de"), Some(WindowRole::Campaign));
        for other in ["", "Main", "main-2", "campaign", "login"] {
            assert_eq!(role_of(other), None, "{other:?} is no window of ours");
        }
    }
}
