//! Hearing a voice: the provider's own audio or an error in words (acceptance 59).
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use axum::{
    Router,
    http::{HeaderMap, StatusCode, Uri, header::CONTENT_TYPE},
    response::IntoResponse,
};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use callboard_contract::{
    ErrorCode, ProviderKey, ProviderSecret, ProvidersForm, ProvidersUpdate, TtsPreviewRequest,
};
use callboard_core::skillbase::{Language, Tts, TtsProvider};
use callboard_db::PgPool;
use callboard_engine::{providers, speech};
use common::{Stage, refused, test_host::TestHost};
use tokio::net::TcpListener;

const AUDIO: &[u8] = b"ID3 not a tone but what the provider said";

/// A provider that speaks, unless the voice is called `broken` or `silent`; how often it was asked.
async fn provider() -> (String, Arc<AtomicUsize>) {
    let asked = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&asked);
    let speak = move |uri: Uri, headers: HeaderMap, body: String| async move {
        counter.fetch_add(1, Ordering::Relaxed);
        let key = headers.get("xi-api-key").or_else(|| headers.get("authorization"));
        let key = key.and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
        assert!(key.ends_with("secret-key"), "the key travels with the request");
        if format!("{uri}{body}").contains("broken") {
            return (StatusCode::PAYMENT_REQUIRED, r#"{"detail": "quota exceeded"}"#).into_response();
        }
        if format!("{uri}{body}").contains("silent") {
            return ([(CONTENT_TYPE, "text/html")], "<html>").into_response();
        }
        ([(CONTENT_TYPE, "audio/mpeg")], AUDIO).into_response()
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, Router::new().fallback(speak)).await.unwrap() });
    (url, asked)
}

fn request(stage: &Stage, provider: TtsProvider, voice: &str, text: &str) -> TtsPreviewRequest {
    TtsPreviewRequest {
        company_id: stage.company.0,
        text: text.to_owned(),
        tts: Tts { provider, voice_id: voice.to_owned(), speed: 1.0 },
        language: Language::Ru,
    }
}

async fn set_up(stage: &Stage, host: &TestHost, url: &str) {
    let secret = |key| ProviderSecret { key, value: "secret-key".to_owned() };
    let update = ProvidersUpdate {
        company_id: stage.company.0,
        form: ProvidersForm {
            cartesia_url: url.to_owned(),
            elevenlabs_url: url.to_owned(),
            openai_speech_url: format!("{url}/v1"),
            ..providers::default_form()
        },
        secrets: vec![
            secret(ProviderKey::Cartesia),
            secret(ProviderKey::Elevenlabs),
            secret(ProviderKey::OpenaiSpeech),
        ],
    };
    let view = providers::update(&stage.context, host, update).await.unwrap();
    assert_eq!(view.stored_keys, [ProviderKey::Cartesia, ProviderKey::Elevenlabs, ProviderKey::OpenaiSpeech]);
    assert!(!format!("{view:?}").contains("secret-key"), "a key is never sent back");
    assert_eq!(stage.number("select count(*) from company_providers where value::text like '%secret-key%'").await, 0);
}

/// Acceptance 59.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn a_sample_is_the_providers_own_audio_and_is_kept(db: PgPool) {
    let stage = Stage::new(db).await;
    let (host, samples) = (TestHost::default(), speech::Samples::default());
    let (url, asked) = provider().await;
    set_up(&stage, &host, &url).await;
    for provider in [TtsProvider::Cartesia, TtsProvider::Elevenlabs, TtsProvider::Openai] {
        let long = "я".repeat(500);
        let request = request(&stage, provider, "anna", &long);
        let first = speech::preview(&stage.context, &host, &samples, request.clone()).await.unwrap();
        assert_eq!((first.media_type.as_str(), first.cached), ("audio/mpeg", false));
        assert_eq!(BASE64_STANDARD.decode(first.audio).unwrap(), AUDIO);
        assert!(speech::preview(&stage.context, &host, &samples, request).await.unwrap().cached);
    }
    assert_eq!(asked.load(Ordering::Relaxed), 3, "what was heard lately is not asked for again");
}

/// Acceptance 59.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn without_audio_there_is_an_error_and_no_sound(db: PgPool) {
    let stage = Stage::new(db).await;
    let (host, samples) = (TestHost::default(), speech::Samples::default());
    let say = |voice: &str, text: &str| {
        let request = request(&stage, TtsProvider::Cartesia, voice, text);
        speech::preview(&stage.context, &host, &samples, request)
    };
    let error = say("anna", &"я".repeat(501)).await.unwrap_err();
    assert_eq!(refused(&error), [("text", "tooLong")]);
    let error = say("anna", "Здравствуйте").await.unwrap_err();
    assert_eq!((error.code, error.params["fault"].as_str()), (ErrorCode::ProviderFailed, "noKey"));

    let (url, _) = provider().await;
    set_up(&stage, &host, &url).await;
    let error = say("broken", "Здравствуйте").await.unwrap_err();
    assert_eq!(error.params["fault"], "status");
    assert!(error.message.contains("402") && error.message.contains("quota exceeded"), "{}", error.message);
    let error = say("silent", "Здравствуйте").await.unwrap_err();
    assert_eq!(error.params["fault"], "unreadable", "a page is no audio");

    // A port that was free a moment ago: nobody answers there.
    let nobody = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    set_up(&stage, &host, &format!("http://{nobody}")).await;
    let error = say("anna", "Здравствуйте").await.unwrap_err();
    assert_eq!((error.params["fault"].as_str(), error.retryable), ("unreachable", true));
}
