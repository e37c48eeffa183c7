//! The shell's commands through Tauri's real IPC, with the real configuration and capabilities, without a display and
//! without a database.

#[path = "../src-tauri/crates/server/tests/support/mod.rs"]
mod support;

use callboard_contract::LiveMessage;
use callboard_desktop::{bridge::Bridge, commands, drafts::Drafts};
use serde_json::{Value, json};
use support::{FakeDesk, noon};
use tauri::{
    App, WebviewWindow, WebviewWindowBuilder,
    ipc::{CallbackFn, InvokeBody},
    test::{INVOKE_KEY, MockRuntime, get_ipc_response, mock_builder},
    webview::InvokeRequest,
};
use tokio::sync::mpsc;

struct Shell {
    app: App<MockRuntime>,
    desk: FakeDesk,
    data: tempfile::TempDir,
}

fn shell() -> Shell {
    let desk = FakeDesk::default();
    let bridge = Bridge::new(desk.clone(), || {
        let (sender, receiver) = mpsc::channel(1);
        sender.try_send(LiveMessage::Alive { at: noon() }).expect("there is room for one");
        receiver
    });
    let data = tempfile::tempdir().expect("a data folder");
    let app = commands(mock_builder())
        .manage(bridge)
        .manage(Drafts::in_folder(data.path()))
        .build(tauri::generate_context!("tauri.conf.json", test = true))
        .expect("the shell is built without a display");
    Shell { app, desk, data }
}

impl Shell {
    fn window(&self, label: &str) -> WebviewWindow<MockRuntime> {
        WebviewWindowBuilder::new(&self.app, label, tauri::WebviewUrl::default()).build().expect("a mocked window")
    }
}

fn invoke(window: &WebviewWindow<MockRuntime>, command: &str, arguments: Value) -> Result<Value, Value> {
    invoke_from(window, "tauri://localhost", command, arguments)
}

fn invoke_from(
    window: &WebviewWindow<MockRuntime>,
    page: &str,
    command: &str,
    arguments: Value,
) -> Result<Value, Value> {
    let request = InvokeRequest {
        cmd: command.to_owned(),
        callback: CallbackFn(0),
        error: CallbackFn(1),
        url: page.parse().expect("a URL"),
        body: InvokeBody::Json(arguments),
        headers: tauri::http::HeaderMap::new(),
        invoke_key: INVOKE_KEY.to_owned(),
    };
    get_ipc_response(window, request).map(|body| body.deserialize().expect("the answer is JSON"))
}

fn rpc(window: &WebviewWindow<MockRuntime>, command: &str, request: &Value) -> Result<Value, Value> {
    invoke(window, "rpc", json!({ "command": command, "request": request }))
}

#[test]
fn the_main_window_uses_the_command_list() {
    let shell = shell();
    let answer = rpc(&shell.window("main"), "app_info", &json!({})).expect("the fake answers");
    assert_eq!(answer["database"]["state"], "ready");
}

#[test]
fn an_unknown_command_is_not_found() {
    let error = rpc(&shell().window("main"), "no_such_command", &json!({})).expect_err("it is not in the list");
    assert_eq!(error["code"], "not_found");
}

#[test]
fn the_label_of_a_window_decides_what_it_may() {
    let shell = shell();
    let campaign = shell.window("campaign-0198c0de-0000-7000-8000-000000000000");
    rpc(&campaign, "company_list", &json!({})).expect("every window reads");
    let error = rpc(&campaign, "file_pick", &json!({})).expect_err("only the main window picks files");
    assert_eq!(error["code"], "not_allowed");
    assert_eq!(*shell.desk.asked.lock().expect("not poisoned"), ["company_list"]);
}

#[test]
fn a_window_without_a_capability_reaches_nothing() {
    let shell = shell();
    let login = shell.window("login");
    for command in ["rpc", "subscribe", "set_language", "plugin:event|listen", "plugin:window|close"] {
        let error = invoke(&login, command, json!({ "command": "app_info", "request": {} })).expect_err(command);
        assert!(error.is_string(), "Tauri itself refuses {command}, before the shell: {error}");
    }
    assert!(shell.desk.asked.lock().expect("not poisoned").is_empty());
}

#[test]
fn a_page_of_somebody_else_reaches_nothing() {
    let shell = shell();
    let window = shell.window("main");
    let request = json!({ "command": "app_info", "request": {} });
    invoke_from(&window, "https://evil.example/", "rpc", request).expect_err("capabilities are for own pages only");
    assert!(shell.desk.asked.lock().expect("not poisoned").is_empty());
}

#[test]
fn a_campaign_window_may_not_speak_for_the_desk() {
    let shell = shell();
    let campaign = shell.window("campaign-1");
    for command in [
        "set_language",
        "draft_list",
        "draft_get",
        "draft_put",
        "draft_delete",
        "plugin:event|emit",
        "plugin:event|emit_to",
    ] {
        invoke(&campaign, command, json!({ "language": "ru" })).expect_err(command);
    }
    let main = shell.window("main");
    for command in ["plugin:window|destroy", "plugin:webview|create_webview_window", "plugin:path|resolve_directory"] {
        invoke(&main, command, json!({})).expect_err("Rust opens and closes windows, pages do not");
    }
}

#[test]
fn a_panic_is_an_internal_error_and_the_window_lives_on() {
    let shell = shell();
    let window = shell.window("main");
    let form = json!({ "name": "A", "timeZone": "UTC", "defaultRegion": "RU", "currency": "RUB", "callsAtOnce": 1 });
    let error = rpc(&window, "company_create", &form).expect_err("the fake panics");
    assert_eq!(error["code"], "internal");
    assert!(error["incident"].is_string(), "the incident finds the log line");
    rpc(&window, "app_info", &json!({})).expect("the next command is answered");
}

#[test]
fn live_messages_are_subscribed_with_a_channel() {
    let shell = shell();
    let window = shell.window("main");
    invoke(&window, "subscribe", json!({ "channel": "__CHANNEL__:1" })).expect("the main window listens");
    invoke(&window, "subscribe", json!({ "channel": 1 })).expect_err("this is no channel");
}

#[test]
fn a_draft_is_a_file_of_this_computer_named_by_an_id() {
    let shell = shell();
    let window = shell.window("main");
    let id = "0198c0de-0000-7000-8000-000000000001";
    let put = |id: &str, content: &str| invoke(&window, "draft_put", json!({ "id": id, "content": content }));
    put(id, "{\"name\":\"Reminder\"}").expect("kept");
    let file = shell.data.path().join("drafts").join(format!("{id}.json"));
    assert_eq!(std::fs::read_to_string(file).expect("on the disk"), "{\"name\":\"Reminder\"}");
    assert_eq!(invoke(&window, "draft_list", json!({})).expect("listed"), json!([id]));
    assert_eq!(invoke(&window, "draft_get", json!({ "id": id })).expect("read"), "{\"name\":\"Reminder\"}");
    for path in ["../desk", "../../etc/passwd", "/etc/passwd", ""] {
        put(path, "x").expect_err("a path is no id");
    }
    let error = put(id, &"x".repeat((8 << 20) + 1)).expect_err("larger than any skillbase");
    assert_eq!((&error["code"], &error["fields"][0]["code"]), (&json!("invalid_input"), &json!("tooLong")));
    invoke(&window, "draft_delete", json!({ "id": id })).expect("deleted");
    assert_eq!(invoke(&window, "draft_get", json!({ "id": id })).expect("read"), json!(null));
    assert_eq!(invoke(&window, "draft_list", json!({})).expect("listed"), json!([]));
}
