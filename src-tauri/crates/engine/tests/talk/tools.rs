//! Acceptance 34 and 35 over a real connection.

use std::time::Duration;

use callboard_core::{
    skillbase::{CalendarConfig, Tool, ToolKind, ToolName, TransferCallConfig, TransferTarget},
    tool::{ToolResult, ToolStatus},
};
use callboard_engine::{
    http,
    tools::{CALENDAR_TIMEOUT, ToolContext, run},
};
use chrono::{DateTime, Utc};
use secrecy::SecretString;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::double::Double;

fn calendar(url: &str) -> Vec<Tool> {
    let config = CalendarConfig { api_url: url.to_owned(), ..CalendarConfig::default() };
    vec![Tool { enabled: true, kind: ToolKind::Calendar(config) }]
}

fn now() -> DateTime<Utc> {
    "2026-01-14T12:00:00Z".parse().expect("an instant")
}

/// One call with the id of its request.
async fn call(tools: &[Tool], arguments: &Value, request: u128, rehearsal: bool, timeout: Duration) -> ToolResult {
    let client = http::client(timeout).expect("a client");
    let key = SecretString::from("the-key");
    let context = ToolContext {
        http: &client,
        calendar_key: Some(&key),
        request_id: Uuid::from_u128(request),
        now: now(),
        rehearsal,
    };
    run(tools, "calendar", &arguments.to_string(), &context).await.1
}

fn availability() -> Value {
    json!({ "action": "check_availability", "date": "2026-01-20", "time": "14:00", "duration_minutes": 60 })
}

fn booking() -> Value {
    json!({
        "action": "book_appointment", "date": "2026-01-20", "time": "14:00", "service": "стрижка",
        "client_name": "Анна", "client_phone": "+79991234567",
    })
}

/// Acceptance 34: without an address it practises, and says so.
#[tokio::test]
async fn the_practice_calendar_is_free_books_and_says_that_it_practises() {
    let free = call(&calendar(""), &availability(), 1, false, CALENDAR_TIMEOUT).await;
    assert_eq!(
        (free.status, &free.data["available"], &free.data["mock"]),
        (ToolStatus::Success, &json!(true), &json!(true))
    );
    let booked = call(&calendar(""), &booking(), 1, false, CALENDAR_TIMEOUT).await;
    assert_eq!((booked.status, &booked.data["status"]), (ToolStatus::Success, &json!("confirmed")));
    assert!(booked.data["booking_id"].as_str().is_some_and(|id| id.starts_with("BOOK-20260114120000-")), "{booked:?}");
    assert!(booked.message.contains("nothing was booked"));
    let lacks = json!({ "action": "book_appointment", "date": "2026-01-20", "time": "14:00" });
    let refused = call(&calendar(""), &lacks, 1, false, CALENDAR_TIMEOUT).await;
    assert_eq!(refused.status, ToolStatus::Error);
    assert_eq!(refused.error.as_deref(), Some("Missing: service, client_name, client_phone."));
}

/// Acceptance 34: in the replaced system the second was the whole id.
#[tokio::test]
async fn two_bookings_in_one_second_are_two() {
    let first = call(&calendar(""), &booking(), 1, false, CALENDAR_TIMEOUT).await;
    let second = call(&calendar(""), &booking(), 2, false, CALENDAR_TIMEOUT).await;
    assert_ne!(first.data["booking_id"], second.data["booking_id"]);
}

#[tokio::test]
async fn a_real_calendar_is_asked_with_its_key_and_a_booking_carries_its_id() {
    let double = Double::answering([(200, json!({ "available": false })), (201, json!({ "id": "a-17" }))]).await;
    let tools = calendar(&format!("{}/api/", double.url));
    let taken = call(&tools, &availability(), 1, false, CALENDAR_TIMEOUT).await;
    assert_eq!((taken.status, taken.message.as_str()), (ToolStatus::Success, "The time is taken."));
    let booked = call(&tools, &booking(), 0xfeed, false, CALENDAR_TIMEOUT).await;
    assert_eq!((booked.status, &booked.data["id"]), (ToolStatus::Success, &json!("a-17")));
    let asked = double.asked();
    assert_eq!(asked[0].method, "GET");
    assert_eq!(asked[0].uri, "/api/availability?date=2026-01-20&time=14%3A00&duration=60");
    assert_eq!((asked[1].method.as_str(), asked[1].uri.path()), ("POST", "/api/appointments"));
    assert!(asked.iter().all(|asked| asked.header("authorization") == Some("Bearer the-key")));
    assert_eq!(asked[1].header("idempotency-key"), Some(Uuid::from_u128(0xfeed).to_string().as_str()));
    assert_eq!(asked[1].body["client_phone"], "+79991234567");
    assert!(!format!("{taken:?}{booked:?}").contains("the-key"), "a key is in no result");
}

/// Acceptance 34: the agent goes on.
#[tokio::test]
async fn a_calendar_that_fails_is_an_error_and_not_the_end() {
    let broken = Double::answering([(500, json!({}))]).await;
    let result = call(&calendar(&broken.url), &booking(), 1, false, CALENDAR_TIMEOUT).await;
    assert_eq!((result.status, result.error.as_deref()), (ToolStatus::Error, Some("API error: 500")));
    let silent = Double::answering([]).await;
    let result = call(&calendar(&silent.url), &availability(), 1, false, Duration::from_millis(300)).await;
    assert_eq!(result.status, ToolStatus::Error);
    let nobody = call(&calendar("http://127.0.0.1:9"), &availability(), 1, false, CALENDAR_TIMEOUT).await;
    assert_eq!(nobody.error.as_deref(), Some("API error: nobody answers at this address"));
    let far = call(&calendar("http://example.com"), &availability(), 1, false, CALENDAR_TIMEOUT).await;
    assert!(far.error.is_some_and(|error| error.contains("https://")), "a key is not sent in clear");
    let redirect = Double::answering([(302, json!({}))]).await;
    let result = call(&calendar(&redirect.url), &availability(), 1, false, CALENDAR_TIMEOUT).await;
    assert_eq!(result.error.as_deref(), Some("API error: 302"), "a redirect is not followed");
}

#[tokio::test]
async fn a_rehearsal_looks_but_books_nothing() {
    let double = Double::answering([(200, json!({ "available": true }))]).await;
    let tools = calendar(&double.url);
    let booked = call(&tools, &booking(), 1, true, CALENDAR_TIMEOUT).await;
    assert_eq!((booked.status, &booked.data["mock"]), (ToolStatus::Success, &json!(true)));
    assert!(double.asked().is_empty(), "nothing was sent");
    let free = call(&tools, &availability(), 1, true, CALENDAR_TIMEOUT).await;
    assert_eq!((free.message.as_str(), double.asked().len()), ("The time is free.", 1));
}

/// Acceptance 35.
#[tokio::test]
async fn a_transfer_is_pending_with_its_address_and_others_are_refused() {
    let target = TransferTarget {
        name: "operator".into(),
        phone_or_sip: "sip:operator@example.com".into(),
        ..TransferTarget::default()
    };
    let config = TransferCallConfig { description: String::new(), targets: vec![target] };
    let mut tools = vec![Tool { enabled: true, kind: ToolKind::TransferCall(config) }];
    tools.extend([ToolName::EndCall, ToolName::SkipTurn].map(|name| Tool::new(name, true)));
    let client = http::client(CALENDAR_TIMEOUT).expect("a client");
    let context =
        ToolContext { http: &client, calendar_key: None, request_id: Uuid::nil(), now: now(), rehearsal: false };
    let (_, to) = run(&tools, "transfer_call", r#"{"target": "operator", "priority": "high"}"#, &context).await;
    assert_eq!(to.status, ToolStatus::Pending);
    let expected = json!({
        "target": "operator", "target_uri": "sip:operator@example.com", "reason": "Customer request",
        "priority": "high", "status": "pending",
    });
    assert_eq!(to.data, expected);
    let (_, nobody) = run(&tools, "transfer_call", r#"{"target": "sales"}"#, &context).await;
    assert!(nobody.error.is_some_and(|error| error.contains("not configured")));
    let (_, unknown) = run(&tools, "fax", "{}", &context).await;
    assert_eq!(unknown.error.as_deref(), Some("There is no tool \"fax\"."));
    assert_eq!(run(&tools, "end_call", "{}", &context).await.1.status, ToolStatus::Success);
}
