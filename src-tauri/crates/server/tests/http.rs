//! The routes in front of a desk without a database.

mod support;

use std::{fs, net::SocketAddr, sync::Arc, time::Duration};

use axum::{
    Router,
    body::Body,
    http::{Request, StatusCode, header, request::Builder},
    response::Response,
};
use callboard_contract::LiveMessage;
use callboard_server::http::{Access, Site, UploadLimits, Uploads, router};
use futures_util::StreamExt;
use serde_json::{Value, json};
use support::{FakeDesk, noon};
use tempfile::TempDir;
use tokio::{net::TcpListener, sync::mpsc};
use tokio_tungstenite::tungstenite::Message;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;
use uuid::Uuid;

const TOKEN: &str = "a-token-of-the-tests";
const HOST: &str = "127.0.0.1:4321";

struct Bench {
    desk: FakeDesk,
    uploads: Arc<Uploads>,
    closing: CancellationToken,
    router: Router,
    _ui: TempDir,
}

fn bench() -> Bench {
    bench_at(HOST.parse().expect("an address"))
}

fn bench_at(address: SocketAddr) -> Bench {
    let ui = tempfile::tempdir().expect("a folder");
    fs::create_dir(ui.path().join("assets")).expect("a folder");
    fs::write(ui.path().join("index.html"), "<title>Callboard</title>").expect("a file");
    fs::write(ui.path().join("assets/app-1a2b.js"), "export {}").expect("a file");
    let desk = FakeDesk::default();
    let limits = UploadLimits { max_bytes: 1024, ..UploadLimits::default() };
    let uploads = Arc::new(Uploads::create(limits).expect("a folder"));
    let closing = CancellationToken::new();
    let router = router(Site {
        handlers: desk.clone(),
        live: Arc::new(|| {
            let (sender, receiver) = mpsc::channel(4);
            tokio::spawn(async move {
                // The stream stays open after its only message.
                sender.send(LiveMessage::Alive { at: noon() }).await.ok();
                sender.closed().await;
            });
            receiver
        }),
        uploads: uploads.clone(),
        access: Access::new(TOKEN, address).expect("a long token"),
        ui: Some(ui.path().to_owned()),
        closing: closing.clone(),
    });
    Bench { desk, uploads, closing, router, _ui: ui }
}

impl Bench {
    async fn send(&self, request: Request<Body>) -> Response {
        self.router.clone().oneshot(request).await.expect("the router answers everything")
    }

    fn asked(&self) -> Vec<&'static str> {
        self.desk.asked.lock().expect("no test panics while it holds this").clone()
    }
}

fn post(path: &str) -> Builder {
    Request::post(path).header(header::HOST, HOST).header(header::AUTHORIZATION, format!("Bearer {TOKEN}"))
}

fn get(path: &str) -> Request<Body> {
    Request::get(path).header(header::HOST, HOST).body(Body::empty()).expect("a request")
}

fn with(builder: Builder, body: impl Into<Body>) -> Request<Body> {
    builder.body(body.into()).expect("a request")
}

async fn json_of(response: Response) -> Value {
    serde_json::from_slice(&bytes_of(response).await).expect("the body is JSON")
}

async fn bytes_of(response: Response) -> Vec<u8> {
    axum::body::to_bytes(response.into_body(), 1024 * 1024).await.expect("a body").to_vec()
}

#[tokio::test]
async fn a_command_is_answered_with_the_contracts_json() {
    let response = bench().send(with(post("/rpc/app_info"), "{}")).await;
    assert_eq!(response.status(), StatusCode::OK);
    let answer = json_of(response).await;
    assert_eq!(answer["version"], "0.0.0");
    assert_eq!(answer["database"]["state"], "ready");
}

#[tokio::test]
async fn an_empty_body_is_an_empty_request() {
    assert_eq!(bench().send(with(post("/rpc/company_list"), "")).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn a_missing_or_wrong_token_reaches_no_handler() {
    let bench = bench();
    let requests = [
        with(Request::post("/rpc/app_info").header(header::HOST, HOST), "{}"),
        with(Request::post("/rpc/app_info?token=a-token-of-the-tests").header(header::HOST, HOST), "{}"),
        with(
            Request::post("/rpc/app_info")
                .header(header::HOST, HOST)
                .header(header::AUTHORIZATION, "Bearer wrong-token-wrong-tok"),
            "{}",
        ),
        with(Request::post("/upload?name=a.csv").header(header::HOST, HOST), "phone"),
        get("/live"),
        get("/live?token=wrong"),
    ];
    for request in requests {
        let path = request.uri().to_string();
        let response = bench.send(request).await;
        assert_eq!(response.status(), StatusCode::UNAUTHORIZED, "{path}");
        assert_eq!(json_of(response).await["code"], "not_allowed", "{path}: the body is the error form");
    }
    assert!(bench.asked().is_empty());
}

#[tokio::test]
async fn another_host_or_origin_is_refused_before_everything_else() {
    let bench = bench();
    let rebound = Request::post("/rpc/app_info")
        .header(header::HOST, "evil.example:4321")
        .header(header::AUTHORIZATION, format!("Bearer {TOKEN}"));
    assert_eq!(bench.send(with(rebound, "{}")).await.status(), StatusCode::FORBIDDEN);
    let page = Request::get("/").header(header::HOST, "evil.example:4321");
    assert_eq!(bench.send(with(page, "")).await.status(), StatusCode::FORBIDDEN, "not even the page is served");
    let foreign = post("/rpc/app_info").header(header::ORIGIN, "http://evil.example");
    assert_eq!(bench.send(with(foreign, "{}")).await.status(), StatusCode::FORBIDDEN);
    let own = post("/rpc/app_info").header(header::ORIGIN, format!("http://{HOST}"));
    assert_eq!(bench.send(with(own, "{}")).await.status(), StatusCode::OK);
    assert_eq!(bench.asked(), ["app_info"]);
}

#[tokio::test]
async fn refusals_carry_their_status_and_the_error_form() {
    let bench = bench();
    for (command, body, status, code) in [
        ("no_such_command", "{}", StatusCode::NOT_FOUND, "not_found"),
        ("app_info", "{\"unknown\":1}", StatusCode::UNPROCESSABLE_ENTITY, "invalid_input"),
        ("app_info", "{", StatusCode::UNPROCESSABLE_ENTITY, "invalid_input"),
        ("file_pick", "{}", StatusCode::SERVICE_UNAVAILABLE, "database_away"),
    ] {
        let response = bench.send(with(post(&format!("/rpc/{command}")), body)).await;
        assert_eq!(response.status(), status, "{command} {body}");
        assert_eq!(json_of(response).await["code"], code, "{command} {body}");
    }
}

#[tokio::test]
async fn a_panic_is_an_internal_error_with_an_incident() {
    let form = json!({ "name": "A", "timeZone": "UTC", "defaultRegion": "RU", "currency": "RUB", "callsAtOnce": 1 });
    let response = bench().send(with(post("/rpc/company_create"), form.to_string())).await;
    assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
    let error = json_of(response).await;
    assert_eq!(error["code"], "internal");
    assert!(error["incident"].is_string(), "the incident finds the log line");
    assert!(!error.to_string().contains("a fault of the program\""), "causes stay in the log");
}

#[tokio::test]
async fn a_campaign_window_may_not_change_settings() {
    let bench = bench();
    let request = with(post("/rpc/file_pick").header("x-callboard-window", "campaign"), "{}");
    let response = bench.send(request).await;
    assert_eq!(response.status(), StatusCode::FORBIDDEN);
    assert_eq!(json_of(response).await["code"], "not_allowed");
    let request = with(post("/rpc/app_info").header("x-callboard-window", "campaign"), "{}");
    assert_eq!(bench.send(request).await.status(), StatusCode::OK, "it reads what every window reads");
    assert_eq!(bench.asked(), ["app_info"]);
}

#[tokio::test]
async fn a_request_that_is_too_long_is_refused() {
    let body = vec![b' '; 2 * 1024 * 1024 + 1];
    assert_eq!(bench().send(with(post("/rpc/app_info"), body)).await.status(), StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn an_upload_waits_for_its_import_and_is_deleted_after_it() {
    let bench = bench();
    let response =
        bench.send(with(post("/upload?name=%D0%A1%D0%BF%D0%B8%D1%81%D0%BE%D0%BA.csv"), "phone\n+79990000001\n")).await;
    assert_eq!(response.status(), StatusCode::OK);
    let upload: Uuid = json_of(response).await["uploadId"].as_str().expect("an id").parse().expect("a uuid");
    let path = bench.uploads.path(upload).expect("it waits");
    assert_eq!(path.extension().expect("the format"), "csv");
    assert_eq!(fs::read_to_string(&path).expect("a file"), "phone\n+79990000001\n");

    for (dry_run, there) in [(true, true), (false, false)] {
        let request = json!({
            "companyId": Uuid::nil(), "campaignId": Uuid::nil(), "dryRun": dry_run,
            "source": { "type": "upload", "uploadId": upload, "fileName": "list.csv" },
        });
        let response = bench.send(with(post("/rpc/import_run"), request.to_string())).await;
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(path.exists(), there, "a dry run keeps the file, the import deletes it");
    }
    assert_eq!(bench.uploads.path(upload), None);
}

#[tokio::test]
async fn an_upload_that_is_too_large_is_refused_announced_or_not() {
    let bench = bench();
    let announced = with(post("/upload?name=a.csv").header(header::CONTENT_LENGTH, "5000"), vec![b'1'; 10]);
    let counted = with(post("/upload?name=a.csv"), vec![b'1'; 5000]);
    for request in [announced, counted] {
        let response = bench.send(request).await;
        assert_eq!(response.status(), StatusCode::PAYLOAD_TOO_LARGE);
        assert_eq!(json_of(response).await["params"]["reason"], "too_large");
    }
}

#[tokio::test]
async fn the_page_is_served_for_every_path_of_its_router_but_not_for_missing_files() {
    let bench = bench();
    for path in ["/", "/campaigns/1?tab=queue", "/index.html"] {
        let response = bench.send(get(path)).await;
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        let headers = response.headers().clone();
        assert_eq!(bytes_of(response).await, b"<title>Callboard</title>", "{path}");
        let policy = headers[header::CONTENT_SECURITY_POLICY].to_str().expect("text");
        assert!(policy.contains("script-src 'self'") && !policy.contains("unsafe"), "{path}: {policy}");
        assert_eq!(headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
        assert_eq!(headers[header::CACHE_CONTROL], "no-store", "a new version is seen at once");
    }
    let script = bench.send(get("/assets/app-1a2b.js")).await;
    assert_eq!(script.status(), StatusCode::OK);
    assert!(script.headers()[header::CACHE_CONTROL].to_str().expect("text").contains("immutable"));
    for path in ["/assets/gone.js", "/../Cargo.toml", "/%2e%2e/Cargo.toml"] {
        assert_eq!(bench.send(get(path)).await.status(), StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn health_needs_no_token() {
    assert_eq!(json_of(bench().send(get("/health")).await).await, json!({ "status": "ok" }));
}

#[tokio::test]
async fn live_messages_arrive_over_a_websocket_until_the_server_closes() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let bench = bench_at(address);
    let closing = bench.closing.clone();
    let server = tokio::spawn({
        let closing = closing.clone();
        axum::serve(listener, bench.router.clone()).with_graceful_shutdown(closing.cancelled_owned()).into_future()
    });

    let (mut socket, _) = tokio_tungstenite::connect_async(format!("ws://{address}/live?token={TOKEN}"))
        .await
        .expect("the token opens the stream");
    let message = socket.next().await.expect("a message").expect("a whole message");
    let message: Value = serde_json::from_str(message.to_text().expect("text")).expect("JSON");
    assert_eq!(message, json!({ "type": "alive", "at": "2026-11-20T12:00:00Z" }));

    closing.cancel();
    let farewell = socket.next().await.expect("a message").expect("a whole message");
    assert!(matches!(farewell, Message::Close(Some(_))), "the window learns that the server closes: {farewell:?}");
    tokio::time::timeout(Duration::from_secs(5), server)
        .await
        .expect("an open stream does not hold the server")
        .expect("no panic")
        .expect("no fault");
}
