//! The command list over HTTP. Owns the routes and the order of the checks in front of them; refuses to know how a
//! command is carried out: any [`Handlers`] will do, so the routes are tested without a database.
//!
//! | route                | token      | what                                                             |
//! |----------------------|------------|------------------------------------------------------------------|
//! | `POST /rpc/{command}`| bearer     | one command: request and answer are the contract's JSON          |
//! | `POST /upload?name=` | bearer     | a call list, streamed; answers `{"uploadId": "..."}`             |
//! | `GET /live?token=`   | in the URL | WebSocket of [`LiveMessage`]s; a browser cannot set headers here |
//! | `GET /health`        | none       | `{"status":"ok"}`: the process answers                           |
//! | `GET /*`             | none       | the user interface; it gets the token in the URL's fragment      |

mod access;
mod headers;
mod live;
mod refusal;
mod rpc;
mod ui;
mod upload;

use std::{path::PathBuf, sync::Arc};

use axum::{
    Json, Router,
    extract::DefaultBodyLimit,
    middleware,
    routing::{get, post},
};
use callboard_contract::{Handlers, LiveMessage};
use serde_json::json;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

pub use access::{Access, TokenTooShort};
pub use refusal::status_of;
pub use upload::{UploadLimits, Uploads};

/// The largest request of a command. Skillbases are the longest and stay far below.
const REQUEST_LIMIT_BYTES: usize = 2 * 1024 * 1024;

/// Where a stream of live messages comes from; every window gets its own.
pub type LiveSource = Arc<dyn Fn() -> mpsc::Receiver<LiveMessage> + Send + Sync>;

/// What the routes work with.
#[derive(Clone)]
pub struct Site<H> {
    /// Who carries out the commands.
    pub handlers: H,
    /// Live messages.
    pub live: LiveSource,
    /// Files that were sent.
    pub uploads: Arc<Uploads>,
    /// Who may come in.
    pub access: Access,
    /// Folder of the built user interface; none serves commands only.
    pub ui: Option<PathBuf>,
    /// Cancelled when the server closes: streams end, or they would hold it open.
    pub closing: CancellationToken,
}

/// All routes of `site`.
pub fn router<H: Handlers + Clone + 'static>(site: Site<H>) -> Router {
    let access = site.access.clone();
    let ui = ui::service(site.ui.as_deref());
    let guarded = Router::new()
        .route("/rpc/{command}", post(rpc::call::<H>).layer(DefaultBodyLimit::max(REQUEST_LIMIT_BYTES)))
        // The route counts the bytes itself while it writes them to the disk.
        .route("/upload", post(upload::receive::<H>).layer(DefaultBodyLimit::disable()))
        .route("/live", get(live::stream::<H>))
        .route_layer(middleware::from_fn_with_state(access.clone(), access::require_token));
    Router::new()
        .merge(guarded)
        .route("/health", get(async || Json(json!({ "status": "ok" }))))
        .fallback_service(ui)
        .layer(middleware::from_fn_with_state(access, access::require_own_host))
        .layer(middleware::map_response(headers::secure))
        .with_state(site)
}
