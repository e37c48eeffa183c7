//! The built user interface. Owns which paths are pages of the router in it and which are files; refuses to answer a
//! missing file with the page, which a browser would then run as a script.

use std::path::{Path, PathBuf};

use axum::{
    Router,
    extract::Request,
    handler::HandlerWithoutStateExt,
    http::{HeaderValue, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::MethodRouter,
};
use tower_http::services::{ServeDir, ServeFile};

/// Files of `folder`; every path that names no file is a page of the user interface.
pub(super) fn service(folder: Option<&Path>) -> Router {
    let Some(folder) = folder else {
        return Router::new().fallback_service(missing.into_service());
    };
    let page = MethodRouter::new()
        .get_service(ServeFile::new(folder.join("index.html")))
        .layer(middleware::from_fn(pages_only));
    let files = ServeDir::new(PathBuf::from(folder)).append_index_html_on_directories(true).fallback(page);
    Router::new().fallback_service(files).layer(middleware::from_fn(keep))
}

async fn missing() -> StatusCode {
    StatusCode::NOT_FOUND
}

/// A path with a dot in its last part names a file; when it is not there, that is the answer.
async fn pages_only(request: Request, next: Next) -> Response {
    if request.uri().path().rsplit('/').next().is_some_and(|last| last.contains('.')) {
        return StatusCode::NOT_FOUND.into_response();
    }
    next.run(request).await
}

/// Vite puts a hash of the content into the names under `assets/`: such a file never changes.
async fn keep(request: Request, next: Next) -> Response {
    let hashed = request.uri().path().starts_with("/assets/");
    let mut response = next.run(request).await;
    if hashed && response.status().is_success() {
        response
            .headers_mut()
            .insert(header::CACHE_CONTROL, HeaderValue::from_static("private, max-age=31536000, immutable"));
    }
    response
}
