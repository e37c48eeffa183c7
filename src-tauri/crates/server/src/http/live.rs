//! `GET /live`: live messages as JSON texts over a WebSocket. Owns the stream of one window; refuses to listen to what
//! the window says on it.

use axum::{
    extract::{
        State, WebSocketUpgrade,
        ws::{CloseFrame, Message, WebSocket, close_code},
    },
    response::Response,
};
use callboard_contract::{Handlers, LiveMessage};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use tracing::debug;

use super::Site;

/// Windows only listen; what they send is at most a pong.
const LARGEST_MESSAGE_BYTES: usize = 1024;

pub(super) async fn stream<H: Handlers + Clone + 'static>(
    State(site): State<Site<H>>,
    upgrade: WebSocketUpgrade,
) -> Response {
    upgrade.max_message_size(LARGEST_MESSAGE_BYTES).on_upgrade(async move |socket| {
        // Subscribed only now: a handshake that fails leaves no listener behind.
        let messages = (site.live)();
        pass_on(socket, messages, site.closing).await;
    })
}

async fn pass_on(mut socket: WebSocket, mut messages: mpsc::Receiver<LiveMessage>, closing: CancellationToken) {
    loop {
        tokio::select! {
            message = messages.recv() => {
                let Some(message) = message else { break };
                let text = match serde_json::to_string(&message) {
                    Ok(text) => text,
                    Err(error) => {
                        debug!(%error, "A live message could not be written as JSON");
                        continue;
                    }
                };
                if socket.send(Message::text(text)).await.is_err() {
                    return;
                }
            }
            heard = socket.recv() => match heard {
                Some(Ok(Message::Close(_)) | Err(_)) | None => return,
                Some(Ok(_)) => {}
            },
            () = closing.cancelled() => break,
        }
    }
    let farewell = CloseFrame { code: close_code::AWAY, reason: "the server is closing".into() };
    // The window may be gone already; then there is nobody to tell.
    socket.send(Message::Close(Some(farewell))).await.ok();
}
