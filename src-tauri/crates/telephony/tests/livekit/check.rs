//! What is wrong with a server is said in words that lead to the repair. Acceptance 46 and 49.

use std::time::Duration;

use crate::common::settings;
use axum::{
    Router,
    http::{StatusCode, header},
    response::{Html, IntoResponse, Redirect},
};
use callboard_telephony::{
    Line, LineFault, LineFaultCode,
    livekit::{LivekitLine, LivekitSettings},
};
use callboard_testkit::{
    livekit::{Double, Fault},
    plan,
};
use secrecy::SecretString;
use tokio::net::TcpListener;

const SECRET: &str = "a-secret-of-at-least-32-characters";

fn line_with(settings: LivekitSettings) -> LivekitLine {
    LivekitLine::new(settings).expect("complete settings")
}

/// The fault of a check, after looking that it betrays nothing.
async fn fault_of(settings: LivekitSettings) -> LineFault {
    let fault = line_with(settings).check().await.expect_err("there is something wrong");
    assert!(!fault.detail.contains(SECRET), "{fault}");
    assert!(fault.detail.ends_with('.') && fault.detail.is_ascii(), "a sentence: {fault}");
    fault
}

async fn other_server(routes: Router) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("it is bound");
    tokio::spawn(async move { axum::serve(listener, routes).await });
    format!("ws://{address}")
}

#[tokio::test]
async fn a_good_server_passes_and_is_not_changed_by_the_check() {
    let double = Double::start().await;
    assert_eq!(line_with(settings(&double)).check().await, Ok(()));
    assert_eq!(double.mutations(), Vec::<String>::new());
    assert!(double.rooms().is_empty());
}

#[tokio::test]
async fn a_wrong_key_a_wrong_secret_and_a_revoked_key_are_told_from_everything_else() {
    let double = Double::start().await;
    let wrong_key = LivekitSettings { api_key: "otherkey".to_owned(), ..settings(&double) };
    let wrong_secret = LivekitSettings { api_secret: SecretString::from("wrong"), ..settings(&double) };
    for refused in [wrong_key, wrong_secret] {
        let fault = fault_of(refused).await;
        assert_eq!(fault.code, LineFaultCode::WrongKey);
        let expected =
            format!("The server at {} answers, but it does not accept this API key or secret.", double.url());
        assert_eq!(fault.detail, expected);
    }
    double.set_fault(Some(Fault::RefuseKey));
    assert_eq!(fault_of(settings(&double)).await.code, LineFaultCode::WrongKey);
    double.set_fault(Some(Fault::DenyPermission));
    assert_eq!(fault_of(settings(&double)).await.code, LineFaultCode::NotPermitted);
}

/// Acceptance 46: the cause is in the error of the task, and nothing rings.
#[tokio::test]
async fn a_refused_key_is_also_named_when_a_call_is_prepared() {
    let double = Double::start().await;
    double.set_fault(Some(Fault::RefuseKey));
    let fault = line_with(settings(&double)).prepare(&plan::call(1, "+79991234567")).await.expect_err("refused");
    assert_eq!(fault.code, LineFaultCode::WrongKey);
    assert!(double.ledger().entries().is_empty());
}

#[tokio::test]
async fn a_wrong_address_is_told_from_a_wrong_key() {
    let double = Double::start().await;
    let free = TcpListener::bind("127.0.0.1:0").await.and_then(|listener| listener.local_addr()).expect("a free port");
    let at = |url: &str| LivekitSettings { url: url.to_owned(), ..settings(&double) };
    let table = [
        (at(&format!("ws://{free}")), "refuses the connection"),
        (at("wss://livekit.callboard.invalid"), "cannot be found"),
        (at(&double.url().replace("ws://", "wss://")), "cann"),
    ];
    for (wrong, words) in table {
        let shown = wrong.url.clone();
        let fault = fault_of(wrong).await;
        assert_eq!(fault.code, LineFaultCode::Unreachable, "{fault}");
        assert!(fault.detail.contains(words) && fault.detail.contains(&shown), "{fault}");
    }
}

#[tokio::test]
async fn a_server_that_hangs_drops_or_hides_behind_a_gateway_is_unreachable() {
    let double = Double::start().await;
    let mut hurried = settings(&double);
    hurried.pace.request_timeout = Duration::from_millis(200);
    for (fault, words) in [
        (Fault::Hang, "does not answer in time"),
        (Fault::DropConnections, "cannot be reached"),
        (Fault::BadGateway, "status 502"),
    ] {
        double.set_fault(Some(fault));
        let seen = fault_of(hurried.clone()).await;
        assert_eq!(seen.code, LineFaultCode::Unreachable, "{fault:?}");
        assert!(seen.detail.contains(words), "{seen}");
    }
    double.set_fault(None);
    assert_eq!(line_with(hurried).check().await, Ok(()), "it recovers by itself");
}

#[tokio::test]
async fn servers_of_other_kinds_are_recognised() {
    let double = Double::start().await;
    let page = Router::new().fallback(async || Html("<html>Welcome to nginx!</html>"));
    let missing = Router::new().fallback(async || StatusCode::NOT_FOUND);
    let json = Router::new().fallback(async || axum::Json(serde_json::json!({ "rooms": [] })));
    let password = Router::new().fallback(async || {
        (StatusCode::UNAUTHORIZED, [(header::WWW_AUTHENTICATE, "Basic realm=\"intranet\"")]).into_response()
    });
    let elsewhere = Router::new().fallback(async || Redirect::temporary("https://example.invalid/login"));
    let other_twirp = Router::new().fallback(async || {
        let body = serde_json::json!({ "code": "bad_route", "msg": "no handler for path" });
        (StatusCode::NOT_FOUND, axum::Json(body)).into_response()
    });
    for routes in [page, missing, json, password, elsewhere, other_twirp] {
        let url = other_server(routes).await;
        let fault = fault_of(LivekitSettings { url, ..settings(&double) }).await;
        assert_eq!(fault.code, LineFaultCode::NotALiveKitServer, "{fault}");
    }
}

/// Acceptance 49.
#[tokio::test]
async fn a_missing_trunk_and_missing_sip_are_named() {
    let double = Double::start().await;
    let unknown = LivekitSettings { trunk_id: "ST_other".to_owned(), ..settings(&double) };
    let fault = fault_of(unknown).await;
    assert_eq!(fault.code, LineFaultCode::UnknownTrunk);
    assert!(fault.detail.contains("ST_other"), "{fault}");
    double.set_fault(Some(Fault::NoSip));
    assert_eq!(fault_of(settings(&double)).await.code, LineFaultCode::SipUnavailable);
}

/// Acceptance 49: incomplete settings are refused before anything is asked.
#[tokio::test]
async fn incomplete_settings_make_no_line() {
    let double = Double::start().await;
    let good = settings(&double);
    let table = [
        (LivekitSettings { url: String::new(), ..good.clone() }, "address"),
        (LivekitSettings { url: "livekit.example.com".to_owned(), ..good.clone() }, "wss://host"),
        (LivekitSettings { url: "ftp://livekit.example.com".to_owned(), ..good.clone() }, "wss://host"),
        (LivekitSettings { api_key: String::new(), ..good.clone() }, "API key"),
        (LivekitSettings { api_secret: SecretString::from(""), ..good.clone() }, "API secret"),
        (LivekitSettings { trunk_id: String::new(), ..good.clone() }, "trunk"),
    ];
    for (settings, words) in table {
        let fault = LivekitLine::new(settings).expect_err("incomplete");
        assert_eq!(fault.code, LineFaultCode::NotConfigured);
        assert!(fault.detail.contains(words), "{fault}");
    }
    let with_password = LivekitSettings { url: "ws://user:hidden@127.0.0.1:1".to_owned(), ..good };
    assert!(!fault_of(with_password).await.detail.contains("hidden"), "an address may hold a password");
    assert!(double.requests().is_empty());
}
