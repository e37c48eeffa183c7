//! F2 with a cloud-like host: the SDK repeats requests on `*.livekit.cloud`, dialling included, unless it is told not to.
//!
//! A host of that name cannot be listened on, but it can be reached through a proxy, and the double is a good enough
//! one. The environment names the proxy, and only at the start of a process may the environment be changed; so each case
//! runs in a child process, which is this test program again.

use std::{process::Command, time::Duration};

use crate::common::PACE;
use callboard_core::call::Disposition;
use callboard_telephony::{
    Line,
    livekit::{LivekitLine, LivekitSettings},
};
use callboard_testkit::{
    livekit::{CallScript, Double, DoubleOptions, Then},
    plan,
};
use livekit_api::services::sip::{CreateSIPParticipantOptions, SIPClient};
use secrecy::SecretString;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

const CLOUD_HOST: &str = "http://callboard-test.livekit.cloud";
const CHILD: &str = "CALLBOARD_TEST_CHILD";
const PHONE: &str = "+79991234567";
const TALK: Duration = Duration::from_millis(60);

fn options() -> DoubleOptions {
    let regions = ["http://callboard-test-b.livekit.cloud", "http://callboard-test-c.livekit.cloud"];
    DoubleOptions { regions: regions.map(str::to_owned).to_vec(), ..DoubleOptions::default() }
}

async fn run_child(name: &str, proxy: &Double) {
    let mut child = Command::new(std::env::current_exe().expect("this program"));
    let name = format!("failover::{name}");
    child.args([name.as_str(), "--exact", "--ignored", "--nocapture"]);
    for variable in ["HTTP_PROXY", "ALL_PROXY", "all_proxy", "NO_PROXY", "no_proxy", "REQUEST_METHOD"] {
        child.env_remove(variable);
    }
    child.env(CHILD, "yes");
    child.env("http_proxy", proxy.url().replace("ws://", "http://"));
    let output = tokio::task::spawn_blocking(move || child.output()).await.expect("no panic").expect("it runs");
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && told.contains("1 passed"), "{told}{}", String::from_utf8_lossy(&output.stderr));
}

/// Whoever runs all ignored tests shall not call a cloud.
fn is_child() -> bool {
    std::env::var_os(CHILD).is_some()
}

#[tokio::test]
async fn a_lost_reply_from_a_cloud_host_rings_nobody_twice() {
    for script in [Then::ReplyLost { talk: TALK }, Then::BadGateway { talk: TALK }] {
        let double = Double::start_with(options()).await.expect("a free port");
        double.on(PHONE, CallScript::then(script.clone()));
        run_child("child_places_a_call_over_the_line", &double).await;
        let sent = double.mutations().into_iter().filter(|method| method == "CreateSIPParticipant").count();
        assert_eq!((sent, double.ledger().dials_to(PHONE)), (1, 1), "{script:?}");
    }
}

/// The control: with the SDK's default the same fault rings the same person three times, and the ledger sees it.
#[tokio::test]
async fn the_default_of_the_sdk_would_ring_the_person_again() {
    let double = Double::start_with(options()).await.expect("a free port");
    double.on(PHONE, CallScript::then(Then::BadGateway { talk: TALK }));
    run_child("child_dials_with_the_default_of_the_sdk", &double).await;
    assert_eq!(double.ledger().dials_to(PHONE), 3);
    assert!(!double.ledger().double_dials().is_empty(), "the oracle can see a double dial");
}

#[tokio::test]
#[ignore = "a child process of the tests above"]
async fn child_places_a_call_over_the_line() {
    if !is_child() {
        return;
    }
    let options = options();
    let secret = SecretString::from(options.secret);
    let mut settings = LivekitSettings::new(CLOUD_HOST, &options.key, secret, "ST_test");
    settings.pace = PACE;
    let line = LivekitLine::new(settings).expect("complete settings");
    let call = plan::call(1, PHONE);
    line.prepare(&call).await.expect("prepared");
    let (sink, _reader) = mpsc::channel(64);
    let end = line.place(&call, plan::permit(), sink, CancellationToken::new()).await.expect("placed");
    assert_eq!(end.disposition, Disposition::Answered);
}

#[tokio::test]
#[ignore = "a child process of the tests above"]
async fn child_dials_with_the_default_of_the_sdk() {
    if !is_child() {
        return;
    }
    let options = options();
    let sip = SIPClient::with_api_key(CLOUD_HOST, &options.key, &options.secret);
    let participant = CreateSIPParticipantOptions {
        participant_identity: "callee".to_owned(),
        wait_until_answered: Some(true),
        ..CreateSIPParticipantOptions::default()
    };
    let dialled =
        sip.create_sip_participant("ST_test".to_owned(), PHONE.to_owned(), "room".to_owned(), participant, None).await;
    assert!(dialled.is_err());
}
