//! The double itself: its forms of refusal, both encodings, and its life as a process of its own.

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use callboard_core::call::{Disposition, Outcome};
use callboard_telephony::{
    Line,
    livekit::{LivekitLine, LivekitSettings, Pace},
};
use callboard_testkit::{
    ledger::{EntryKind, read_files},
    livekit::Double,
    plan,
};
use jsonwebtoken::{EncodingKey, Header, encode};
use reqwest::header::CONTENT_TYPE;
use secrecy::SecretString;
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

const SECRET: &str = "a-secret-of-at-least-32-characters";

#[expect(clippy::disallowed_methods, reason = "a token is dated by the time of day at which the server checks it")]
fn token(key: &str, secret: &str, grants: Value) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_secs();
    let mut claims = json!({ "iss": key, "nbf": now - 5, "exp": now + 60 });
    if let (Value::Object(claims), Value::Object(grants)) = (&mut claims, grants) {
        claims.extend(grants);
    }
    encode(&Header::default(), &claims, &EncodingKey::from_secret(secret.as_bytes())).expect("a token")
}

struct Said {
    status: u16,
    kind: String,
    body: String,
}

async fn ask(double: &Double, method: &str, token: Option<&str>, body: &Value) -> Said {
    let url = format!("http://{}/twirp/livekit.{method}", double.address());
    // A client cannot be built without a provider of cryptography, although plain HTTP never needs it.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let http = reqwest::Client::builder().no_proxy().build().expect("a client");
    let mut request = http.post(url).json(body);
    if let Some(token) = token {
        request = request.bearer_auth(token);
    }
    let reply = request.send().await.expect("the double answers");
    let kind = reply.headers().get(CONTENT_TYPE).map(|kind| kind.to_str().expect("text").to_owned());
    Said { status: reply.status().as_u16(), kind: kind.unwrap_or_default(), body: reply.text().await.expect("text") }
}

#[tokio::test]
async fn tokens_are_refused_in_the_forms_of_the_real_server() {
    let double = Double::start().await;
    let list = json!({});
    let may_list = json!({ "video": { "roomList": true } });
    for (key, secret) in [("otherkey", SECRET), ("devkey", "another-secret-of-at-least-32-chars")] {
        let said = ask(&double, "RoomService/ListRooms", Some(&token(key, secret, may_list.clone())), &list).await;
        assert_eq!(said.status, 401);
        assert!(said.kind.starts_with("text/plain"), "a refused key is refused in text: {}", said.kind);
    }
    for token in [None, Some(token("devkey", SECRET, json!({ "video": { "roomCreate": true } })))] {
        let said = ask(&double, "RoomService/ListRooms", token.as_deref(), &list).await;
        let body: Value = serde_json::from_str(&said.body).expect("JSON");
        assert_eq!((said.status, &body["code"]), (401, &json!("unauthenticated")));
    }
    let admin_elsewhere = token("devkey", SECRET, json!({ "video": { "roomAdmin": true, "room": "other" } }));
    let people = json!({ "room": "here" });
    assert_eq!(ask(&double, "RoomService/ListParticipants", Some(&admin_elsewhere), &people).await.status, 401);
}

#[tokio::test]
async fn json_goes_in_and_out_with_the_names_of_the_protocol_files() {
    let double = Double::start().await;
    let token = token("devkey", SECRET, json!({ "video": { "roomCreate": true } }));
    let camel = json!({ "name": "call-1", "emptyTimeout": 60, "metadata": "{}" });
    let said = ask(&double, "RoomService/CreateRoom", Some(&token), &camel).await;
    let room: Value = serde_json::from_str(&said.body).expect("JSON");
    assert_eq!((said.status, &room["empty_timeout"]), (200, &json!(60)));
    let snake = json!({ "name": "call-1", "departure_timeout": 7 });
    let said = ask(&double, "RoomService/CreateRoom", Some(&token), &snake).await;
    let again: Value = serde_json::from_str(&said.body).expect("JSON");
    assert_eq!((&again["sid"], &again["departure_timeout"]), (&room["sid"], &json!(7)), "the same room");

    let gone = ask(&double, "RoomService/DeleteRoom", Some(&token), &json!({ "room": "call-2" })).await;
    assert_eq!(gone.status, 404);
    assert_eq!(ask(&double, "RoomService/Levitate", Some(&token), &json!({})).await.status, 404);
}

struct DoubleProcess(Child);

impl Drop for DoubleProcess {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// F1: the ledger of a double that is killed holds every call up to the kill.
#[tokio::test]
async fn the_double_runs_as_a_process_whose_ledger_survives_its_death() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let ledger = folder.path().join("ledger.jsonl");
    let child = Command::new(env!("CARGO_BIN_EXE_callboard-livekit-double"))
        .args(["--secret", SECRET, "--talk-ms", "50", "--ledger"])
        .arg(&ledger)
        .stdout(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    let mut process = DoubleProcess(child);
    let mut url = String::new();
    BufReader::new(process.0.stdout.take().expect("piped")).read_line(&mut url).expect("the first line is the URL");

    let mut settings = LivekitSettings::new(&url, "devkey", SecretString::from(SECRET), "ST_test");
    settings.agent_name = Some("sales".to_owned());
    settings.pace = Pace { poll: Duration::from_millis(10), agent_poll: Duration::from_millis(10), ..Pace::default() };
    let line = LivekitLine::new(settings).expect("complete settings");
    assert_eq!(line.check().await, Ok(()));

    for (n, phone, disposition, outcome) in [
        (1, "+79991234501", Disposition::Busy, None),
        (2, "+79991234511", Disposition::Answered, Some(Outcome::Success)),
    ] {
        let call = plan::call(n, phone);
        line.prepare(&call).await.expect("prepared");
        let (sink, _reader) = mpsc::channel(64);
        let end = line.place(&call, plan::permit(), sink, CancellationToken::new()).await.expect("placed");
        assert_eq!((end.disposition, end.outcome), (disposition, outcome));
    }
    drop(process);
    let entries = read_files(&[&ledger]).expect("a readable ledger");
    let kinds: Vec<_> = entries.iter().map(|entry| entry.kind).collect();
    assert_eq!(kinds, [EntryKind::Placed, EntryKind::Ended, EntryKind::Placed, EntryKind::Answered, EntryKind::Ended]);
    assert_eq!(entries[0].leg.campaign, Some(plan::call(1, "").campaign_id.to_string()));
}
