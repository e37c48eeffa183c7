//! The windows: the main one and those torn off for one campaign. Owns where they open, which addresses they may show
//! and that nothing opens a window by itself.

use callboard_contract::{ErrorCode, IpcError};
use tauri::{
    AppHandle, LogicalPosition, LogicalSize, Manager, Runtime, Url, WebviewUrl, WebviewWindow, WebviewWindowBuilder,
    plugin::{Builder as PluginBuilder, TauriPlugin},
    webview::NewWindowResponse,
};
use tracing::{info, warn};
use uuid::Uuid;

use crate::{
    bridge::{CAMPAIGN, MAIN},
    folder::DataFolder,
    settings::Placement,
};

/// Refuses every address that is not the application's own, in every window: a link in a transcript must not turn a
/// window that may use the command list into a page of somebody else.
pub fn own_pages<R: Runtime>() -> TauriPlugin<R> {
    PluginBuilder::new("own-pages")
        .on_navigation(|webview, url| {
            let dev = tauri::is_dev().then(|| webview.app_handle().config().build.dev_url.clone()).flatten();
            let own = is_own(url, dev.as_ref());
            if !own {
                warn!(
                    window = webview.label(),
                    scheme = url.scheme(),
                    "A window was kept from leaving the application"
                );
            }
            own
        })
        .build()
}

/// Whether an address belongs to the application.
fn is_own(url: &Url, dev: Option<&Url>) -> bool {
    let served_by_tauri = match url.scheme() {
        "tauri" => url.host_str() == Some("localhost"),
        // Windows shows pages of an own scheme under this name.
        "http" | "https" => url.host_str() == Some("tauri.localhost") && url.port().is_none(),
        _ => false,
    };
    served_by_tauri || url.as_str() == "about:blank" || dev.is_some_and(|dev| dev.origin() == url.origin())
}

/// Opens the main window where it was.
///
/// # Errors
/// When the webview does not start.
pub fn open_main<R: Runtime>(
    app: &AppHandle<R>,
    folder: &DataFolder,
    placement: Option<Placement>,
) -> tauri::Result<WebviewWindow<R>> {
    let config = app.config().app.windows.iter().find(|window| window.label == MAIN).cloned().unwrap_or_default();
    let mut window = prepared(WebviewWindowBuilder::from_config(app, &config)?, folder);
    if let Some(placement) = placement.filter(|placement| on_a_screen(app, *placement)) {
        window = window
            .inner_size(placement.width, placement.height)
            .position(placement.x, placement.y)
            .maximized(placement.maximized);
    }
    window.build()
}

/// Brings the main window to the front, as the person who started the program again expects.
pub fn come_forward<R: Runtime>(app: &AppHandle<R>) {
    let Some(window) = app.get_webview_window(MAIN) else { return };
    if let Err(error) = window.unminimize().and_then(|()| window.show()).and_then(|()| window.set_focus()) {
        warn!(%error, "The window could not be brought to the front");
    }
}

/// Opens a campaign in a window of its own, or brings it to the front.
///
/// # Errors
/// When the webview does not start.
pub fn open_campaign<R: Runtime>(
    app: &AppHandle<R>,
    folder: &DataFolder,
    company: Uuid,
    campaign: Uuid,
) -> Result<(), IpcError> {
    let label = format!("{CAMPAIGN}{campaign}");
    let open = || -> tauri::Result<()> {
        if let Some(window) = app.get_webview_window(&label) {
            window.unminimize()?;
            return window.set_focus();
        }
        let page = WebviewUrl::App(format!("index.html?company={company}&campaign={campaign}").into());
        prepared(WebviewWindowBuilder::new(app, &label, page), folder)
            .title("Callboard")
            .inner_size(1024.0, 720.0)
            .min_inner_size(720.0, 480.0)
            .build()?;
        info!(campaign.id = %campaign, "A campaign was opened in a window of its own");
        Ok(())
    };
    open().map_err(|error| {
        warn!(%error, "A window could not be opened");
        IpcError::refusal(ErrorCode::Internal, format!("The window could not be opened: {error}."))
    })
}

/// What all windows have in common.
fn prepared<'a, R: Runtime, M: Manager<R>>(
    window: WebviewWindowBuilder<'a, R, M>,
    folder: &DataFolder,
) -> WebviewWindowBuilder<'a, R, M> {
    window
        // Two desks with two data folders must not share what the webview keeps.
        .data_directory(folder.path().join("webview"))
        .on_new_window(|_, _| NewWindowResponse::Deny)
        .on_document_title_changed(|window, title| {
            if let Err(error) = window.set_title(&title) {
                warn!(%error, "A window could not be named");
            }
        })
}

/// A window that was on a screen which is gone opens where the system puts it.
fn on_a_screen<R: Runtime>(app: &AppHandle<R>, placement: Placement) -> bool {
    // A grip of the title bar must be there to take.
    const GRIP: f64 = 64.0;
    app.available_monitors().unwrap_or_default().iter().any(|monitor| {
        let origin: LogicalPosition<f64> = monitor.position().to_logical(monitor.scale_factor());
        let size: LogicalSize<f64> = monitor.size().to_logical(monitor.scale_factor());
        placement.x + placement.width - GRIP >= origin.x
            && placement.x + GRIP <= origin.x + size.width
            && placement.y >= origin.y
            && placement.y + GRIP <= origin.y + size.height
    })
}

/// Where a window is; none when it cannot be told.
pub fn placement_of<R: Runtime>(window: &WebviewWindow<R>) -> Option<Placement> {
    let scale = window.scale_factor().ok()?;
    let position: LogicalPosition<f64> = window.outer_position().ok()?.to_logical(scale);
    let size: LogicalSize<f64> = window.inner_size().ok()?.to_logical(scale);
    let maximized = window.is_maximized().ok()?;
    Some(Placement { x: position.x, y: position.y, width: size.width, height: size.height, maximized })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        text.parse().expect("a URL")
    }

    #[test]
    fn only_pages_of_the_application_are_shown() {
        for own in
            ["tauri://localhost/", "tauri://localhost/index.html?campaign=1", "http://tauri.localhost/x", "about:blank"]
        {
            assert!(is_own(&url(own), None), "{own}");
        }
        for foreign in [
            "https://evil.example/",
            "http://localhost:1420/",
            "http://tauri.localhost:8080/",
            "http://tauri.localhost.evil.example/",
            "tauri://evil.example/",
            "file:///etc/passwd",
            "data:text/html,<script>",
            "javascript:alert(1)",
        ] {
            assert!(!is_own(&url(foreign), None), "{foreign}");
        }
    }

    #[test]
    fn the_development_server_is_own_only_in_development() {
        let dev = url("http://localhost:1420");
        assert!(is_own(&url("http://localhost:1420/campaigns"), Some(&dev)));
        assert!(!is_own(&url("http://localhost:1421/"), Some(&dev)));
    }
}
