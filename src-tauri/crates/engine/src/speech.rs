//! Hearing a voice before anybody is called. Owns the requests to the three providers and the samples that were heard
//! lately; there is no sound without the provider's own audio: a failure is an error in words, never a tone
//! (acceptance 59).

use std::{
    collections::VecDeque,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use callboard_contract::{ErrorCode, IpcError, ProviderKey, TtsPreview, TtsPreviewRequest};
use callboard_core::{
    field::FieldErrors,
    id::CompanyId,
    skillbase::{TtsProvider, bounds::range},
};
use reqwest::{Client, RequestBuilder, Response, StatusCode, header::CONTENT_TYPE};
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;

use crate::{
    context::Context,
    digest,
    error::UseCase,
    host::{Host, SecretName},
    http::{self, HttpFault},
    providers,
};

/// Nobody waits longer for a sample.
const TIMEOUT: Duration = Duration::from_secs(30);
/// Characters of a text.
const LONGEST: usize = 500;
/// Bytes of a sample; 500 characters are about a minute.
const LARGEST: usize = 16 * 1024 * 1024;
/// Samples that are kept.
const KEPT: usize = 32;

/// A sample.
#[derive(Clone)]
struct Sample {
    media_type: String,
    audio: Vec<u8>,
}

/// The samples that were heard lately, by the hash of everything that makes their sound.
#[derive(Default)]
pub struct Samples(Mutex<VecDeque<(String, Sample)>>);

impl Samples {
    fn find(&self, hash: &str) -> Option<Sample> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.iter().find(|(of, _)| of == hash).map(|(_, sample)| sample.clone())
    }

    fn keep(&self, hash: String, sample: Sample) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.push_back((hash, sample));
        if kept.len() > KEPT {
            kept.pop_front();
        }
    }
}

impl std::fmt::Debug for Samples {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Samples(..)")
    }
}

/// Speaks a short text with the provider's voice. What was heard lately is not asked for again.
///
/// # Errors
/// Refused fields; `provider_failed` with the provider's own words, or because no key is stored.
pub async fn preview(
    context: &Context,
    host: &dyn Host,
    samples: &Samples,
    request: TtsPreviewRequest,
) -> UseCase<TtsPreview> {
    let mut errors = FieldErrors::default();
    errors.check_text("text", &request.text, 1, LONGEST);
    errors.check_text("tts.voiceId", &request.tts.voice_id, 1, 100);
    let (slowest, fastest) = range::SPEED;
    if !(slowest..=fastest).contains(&request.tts.speed) {
        errors.add_with("tts.speed", "range", &[("min", slowest.to_string()), ("max", fastest.to_string())]);
    }
    errors.into_result()?;
    let company = CompanyId(request.company_id);
    let form = providers::form(context, company).await?;
    let (key, base) = match request.tts.provider {
        TtsProvider::Cartesia => (ProviderKey::Cartesia, form.cartesia_url),
        TtsProvider::Elevenlabs => (ProviderKey::Elevenlabs, form.elevenlabs_url),
        TtsProvider::Openai => (ProviderKey::OpenaiSpeech, form.openai_speech_url),
    };
    let sound = json!([company, base, request.tts, request.language, request.text.trim()]);
    let hash = digest::sha256(sound.to_string().as_bytes());
    if let Some(sample) = samples.find(&hash) {
        return Ok(view(&sample, true));
    }
    let Some(secret) = host.secret(SecretName::Provider(company, key)).await? else {
        let message = "No key of this provider is stored on this machine. Enter it in Settings, Providers.";
        return Err(failed(message).with("fault", "noKey"));
    };
    let sample = speak(&request, &base, &secret).await.map_err(|fault| explain(&fault))?;
    samples.keep(hash, sample.clone());
    Ok(view(&sample, false))
}

fn view(sample: &Sample, cached: bool) -> TtsPreview {
    TtsPreview { media_type: sample.media_type.clone(), audio: BASE64_STANDARD.encode(&sample.audio), cached }
}

fn failed(message: impl Into<String>) -> IpcError {
    IpcError::refusal(ErrorCode::ProviderFailed, message)
}

fn explain(fault: &HttpFault) -> IpcError {
    let (name, message) = match fault {
        HttpFault::Address => {
            ("address", "The provider's address cannot be used. Correct it in Settings, Providers.".to_owned())
        }
        HttpFault::Unreachable => {
            ("unreachable", "The provider does not answer. Check the network and try again.".to_owned())
        }
        HttpFault::Timeout => ("timeout", "The provider did not answer within 30 seconds. Try again.".to_owned()),
        HttpFault::Status(status, said) => {
            let said = if said.is_empty() { String::new() } else { format!(": {said}") };
            ("status", format!("The provider refused with {}{said}.", status.as_u16()))
        }
        HttpFault::Unreadable => ("unreadable", "The provider answered something that is no audio.".to_owned()),
    };
    let retryable = matches!(fault, HttpFault::Unreachable | HttpFault::Timeout);
    IpcError { retryable, ..failed(message).with("fault", name) }
}

async fn speak(request: &TtsPreviewRequest, base: &str, key: &SecretString) -> Result<Sample, HttpFault> {
    let client = http::client(TIMEOUT)?;
    let response = match request.tts.provider {
        TtsProvider::Cartesia => cartesia(&client, request, base, key)?,
        TtsProvider::Elevenlabs => elevenlabs(&client, request, base, key)?,
        TtsProvider::Openai => openai(&client, request, base, key)?,
    }
    .send()
    .await
    .map_err(|error| http::fault(&error))?;
    sample(response).await
}

fn cartesia(
    client: &Client,
    request: &TtsPreviewRequest,
    base: &str,
    key: &SecretString,
) -> Result<RequestBuilder, HttpFault> {
    let body = json!({
        "model_id": "sonic-3",
        "transcript": request.text.trim(),
        "voice": { "mode": "id", "id": request.tts.voice_id },
        "language": request.language,
        "output_format": { "container": "wav", "encoding": "pcm_s16le", "sample_rate": 44_100 },
        // The provider knows no slower and no faster than this.
        "generation_config": { "speed": request.tts.speed.clamp(0.6, 1.5) },
    });
    let url = http::address(base, "/tts/bytes")?;
    Ok(client.post(url).bearer_auth(key.expose_secret()).header("Cartesia-Version", "2026-03-01").json(&body))
}

fn elevenlabs(
    client: &Client,
    request: &TtsPreviewRequest,
    base: &str,
    key: &SecretString,
) -> Result<RequestBuilder, HttpFault> {
    let body = json!({
        "text": request.text.trim(),
        "model_id": "eleven_multilingual_v2",
        // The provider knows no slower and no faster than this.
        "voice_settings": { "speed": request.tts.speed.clamp(0.7, 1.2) },
    });
    let mut url = http::address(base, "/v1/text-to-speech")?;
    // A voice is one segment of the path, whatever its name holds.
    url.path_segments_mut().map_err(|()| HttpFault::Address)?.push(&request.tts.voice_id);
    Ok(client.post(url).header("xi-api-key", key.expose_secret()).json(&body))
}

fn openai(
    client: &Client,
    request: &TtsPreviewRequest,
    base: &str,
    key: &SecretString,
) -> Result<RequestBuilder, HttpFault> {
    let body = json!({
        "model": "tts-1",
        "input": request.text.trim(),
        "voice": request.tts.voice_id,
        "speed": request.tts.speed,
        "response_format": "mp3",
    });
    let url = http::address(base, "/audio/speech")?;
    Ok(client.post(url).bearer_auth(key.expose_secret()).json(&body))
}

/// The audio of an answer; whatever is no audio is an error.
async fn sample(mut response: Response) -> Result<Sample, HttpFault> {
    if response.status() != StatusCode::OK {
        // A refusal is JSON that says why.
        return match http::json(response).await {
            Ok(_) => Err(HttpFault::Unreadable),
            Err(fault) => Err(fault),
        };
    }
    let media_type = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let media_type = media_type.split(';').next().unwrap_or_default().trim().to_lowercase();
    let mut audio = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| http::fault(&error))? {
        if audio.len() + chunk.len() > LARGEST {
            return Err(HttpFault::Unreadable);
        }
        audio.extend_from_slice(&chunk);
    }
    // Some services name no type; what the bytes are is what counts.
    let found = match audio.as_slice() {
        [b'R', b'I', b'F', b'F', ..] => "audio/wav",
        [b'I', b'D', b'3', ..] | [0xff, 0xe0..=0xff, ..] => "audio/mpeg",
        [b'O', b'g', b'g', b'S', ..] => "audio/ogg",
        [_, ..] if media_type.starts_with("audio/") => &media_type,
        _ => return Err(HttpFault::Unreadable),
    };
    Ok(Sample { media_type: found.to_owned(), audio })
}
