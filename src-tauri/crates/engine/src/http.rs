//! Requests to services of the company: calendars, language models. Owns the client, which addresses may be asked and how
//! much of an answer is read; refuses redirects, which could carry a key to somebody else.

use std::{net::IpAddr, sync::Arc, time::Duration};

use reqwest::{Client, Response, StatusCode, Url};

/// Bytes of an answer that are read.
const LONGEST_ANSWER: usize = 1024 * 1024;

/// Why a service gave no answer that can be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HttpFault {
    /// The address is not one that may be asked.
    #[error("the address must be https://, or http:// on this machine or a private network")]
    Address,
    /// Nobody answers there.
    #[error("nobody answers at this address")]
    Unreachable,
    /// It took too long.
    #[error("timeout")]
    Timeout,
    /// It answered with an error.
    #[error("{}", .0.as_u16())]
    Status(StatusCode, String),
    /// It answered something that cannot be understood.
    #[error("unreadable answer")]
    Unreadable,
}

/// A client whose requests end after `timeout`, whatever they wait for.
///
/// # Errors
/// [`HttpFault::Unreachable`] when this machine's TLS cannot be set up.
pub fn client(timeout: Duration) -> Result<Client, HttpFault> {
    let mut roots = rustls::RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    let tls = rustls::ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|_| HttpFault::Unreachable)?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Client::builder()
        .tls_backend_preconfigured(tls)
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(timeout)
        .timeout(timeout)
        .build()
        .map_err(|_| HttpFault::Unreachable)
}

/// An address that may be asked, with a path below it.
///
/// # Errors
/// [`HttpFault::Address`].
pub fn address(base: &str, path: &str) -> Result<Url, HttpFault> {
    let base = base.trim().trim_end_matches('/');
    let url = Url::parse(&format!("{base}{path}")).map_err(|_| HttpFault::Address)?;
    let host = url.host_str().ok_or(HttpFault::Address)?;
    let allowed = match url.scheme() {
        "https" => true,
        "http" => is_near(host),
        _ => false,
    };
    if allowed && url.username().is_empty() && url.password().is_none() { Ok(url) } else { Err(HttpFault::Address) }
}

/// This machine, or a network that no stranger routes.
fn is_near(host: &str) -> bool {
    match host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>() {
        Ok(IpAddr::V4(address)) => address.is_loopback() || address.is_private() || address.is_link_local(),
        Ok(IpAddr::V6(address)) => {
            address.is_loopback() || address.is_unique_local() || address.is_unicast_link_local()
        }
        Err(_) => host == "localhost" || host.ends_with(".localhost") || host.ends_with(".local"),
    }
}

/// Says what went wrong on the way.
#[must_use]
pub fn fault(error: &reqwest::Error) -> HttpFault {
    if error.is_timeout() {
        HttpFault::Timeout
    } else if error.is_decode() || error.is_body() {
        HttpFault::Unreadable
    } else {
        HttpFault::Unreachable
    }
}

/// The JSON of a good answer.
///
/// # Errors
/// What the service said instead.
pub async fn json(mut response: Response) -> Result<serde_json::Value, HttpFault> {
    let status = response.status();
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| fault(&error))? {
        if body.len() + chunk.len() > LONGEST_ANSWER {
            return Err(HttpFault::Unreadable);
        }
        body.extend_from_slice(&chunk);
    }
    if !matches!(status, StatusCode::OK | StatusCode::CREATED) {
        return Err(HttpFault::Status(status, explanation(&body)));
    }
    serde_json::from_slice(&body).map_err(|_| HttpFault::Unreadable)
}

/// What an error's body says, in at most 200 characters; empty when it says nothing readable.
fn explanation(body: &[u8]) -> String {
    let json: Option<serde_json::Value> = serde_json::from_slice(body).ok();
    let said = json.as_ref().and_then(|json| {
        let paths = ["/error/message", "/message", "/detail", "/error"];
        paths.iter().find_map(|path| json.pointer(path).and_then(serde_json::Value::as_str))
    });
    said.unwrap_or_default().chars().filter(|character| !character.is_control()).take(200).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_travel_encrypted_or_stay_near() {
        for good in [
            "https://api.openai.com/v1",
            "http://localhost:11434/v1",
            "http://127.0.0.1:8080",
            "http://[::1]:8080",
            "http://192.168.1.5/v1/",
            "http://gpu.local:8000",
        ] {
            assert!(address(good, "/chat/completions").is_ok(), "{good}");
        }
        for bad in [
            "http://api.openai.com/v1",
            "http://8.8.8.8",
            "ftp://localhost",
            "localhost:11434",
            "",
            "https://user:secret@example.com",
            "http://localhost.example.com",
        ] {
            assert_eq!(address(bad, "/x"), Err(HttpFault::Address), "{bad}");
        }
        let url = address("https://api.openai.com/v1/", "/chat/completions").expect("an address");
        assert_eq!(url.as_str(), "https://api.openai.com/v1/chat/completions");
    }

    #[test]
    fn an_error_is_explained_in_the_words_of_the_service() {
        let explain = |body: &str| explanation(body.as_bytes());
        assert_eq!(explain(r#"{"error": {"message": "model not found"}}"#), "model not found");
        assert_eq!(explain(r#"{"detail": "no slot"}"#), "no slot");
        assert_eq!(explain("<html>"), "");
    }
}
