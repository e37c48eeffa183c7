//! Who may come in. Owns the token and the names under which the server answers; refuses everything else before a
//! route sees it.
//!
//! Two attacks matter on a loopback port. A page of another site may send requests to it: those carry that page's
//! `Origin`. And a hostile name may be rebound to 127.0.0.1, which makes the page look like our own: its requests
//! carry that name as `Host`. Neither knows the token, and neither gets as far as the token.

use std::{
    fmt::Write as _,
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderName, StatusCode, header, uri::Authority},
    middleware::Next,
    response::Response,
};
use callboard_contract::{ErrorCode, IpcError};
use rand::{TryRng, rngs::SysRng};
use subtle::ConstantTimeEq;

use super::refusal::Refusal;

/// A shorter token could be guessed.
const SHORTEST_TOKEN: usize = 16;

/// The token is shorter than sixteen characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TokenTooShort;

/// Token, own names and foreign pages that may ask.
#[derive(Clone)]
pub struct Access {
    token: Arc<str>,
    hosts: Arc<[String]>,
    origins: Arc<[String]>,
}

impl Access {
    /// Answers on `address` to whoever knows `token`.
    ///
    /// # Errors
    /// When the token is too short.
    pub fn new(token: &str, address: SocketAddr) -> Result<Self, TokenTooShort> {
        if token.len() < SHORTEST_TOKEN {
            return Err(TokenTooShort);
        }
        let port = address.port();
        let mut hosts = vec![format!("localhost:{port}"), format!("127.0.0.1:{port}"), format!("[::1]:{port}")];
        if !address.ip().is_unspecified() {
            hosts.push(address.to_string());
        }
        Ok(Self { token: token.into(), hosts: hosts.into(), origins: Arc::new([]) })
    }

    /// Answers to these names too, each as it stands and with the server's port.
    #[must_use]
    pub fn with_hosts(mut self, names: &[String], port: u16) -> Self {
        let more =
            names.iter().flat_map(|name| [name.to_ascii_lowercase(), format!("{}:{port}", name.to_ascii_lowercase())]);
        self.hosts = self.hosts.iter().cloned().chain(more).collect();
        self
    }

    /// Lets pages of these origins ask, for example a development server that passes requests on.
    #[must_use]
    pub fn with_origins(mut self, origins: &[String]) -> Self {
        self.origins = origins.iter().map(|origin| origin.trim_end_matches('/').to_ascii_lowercase()).collect();
        self
    }

    /// The token.
    #[must_use]
    pub fn token(&self) -> &str {
        &self.token
    }

    /// A token that nobody can guess: 256 bits of the operating system's randomness in hexadecimal.
    ///
    /// # Errors
    /// When the operating system has no randomness to give.
    pub fn random_token() -> Result<String, rand::rngs::SysError> {
        let mut bytes = [0_u8; 32];
        SysRng.try_fill_bytes(&mut bytes)?;
        Ok(bytes.iter().fold(String::new(), |mut token, byte| {
            // Writing to a string cannot fail.
            let _ = write!(token, "{byte:02x}");
            token
        }))
    }

    /// Whether only programs of this machine can reach the address.
    #[must_use]
    pub fn is_loopback(address: IpAddr) -> bool {
        address.is_loopback()
    }

    fn knows(&self, token: &str) -> bool {
        // The length is no secret; the comparison of equal lengths takes the same time for every token.
        self.token.as_bytes().ct_eq(token.as_bytes()).into()
    }

    fn answers_to(&self, host: &str) -> bool {
        self.hosts.iter().any(|own| own.eq_ignore_ascii_case(host))
    }

    fn lets_ask(&self, origin: &str) -> bool {
        let own = origin
            .strip_prefix("http://")
            .or_else(|| origin.strip_prefix("https://"))
            .is_some_and(|host| self.answers_to(host));
        own || self.origins.iter().any(|known| known.eq_ignore_ascii_case(origin))
    }
}

/// Refuses requests for another name and from pages of another origin.
pub(super) async fn require_own_host(
    State(access): State<Access>,
    request: Request,
    next: Next,
) -> Result<Response, Refusal> {
    let host = text(request.headers(), &header::HOST).or_else(|| request.uri().authority().map(Authority::as_str));
    if !host.is_some_and(|host| access.answers_to(host)) {
        return Err(forbidden(
            "The server does not answer to this name. Use the address that it printed at its start.",
        ));
    }
    if request.headers().contains_key(header::ORIGIN)
        && !text(request.headers(), &header::ORIGIN).is_some_and(|origin| access.lets_ask(origin))
    {
        return Err(forbidden("Pages of another origin may not use this server."));
    }
    Ok(next.run(request).await)
}

/// Refuses requests without the token.
pub(super) async fn require_token(
    State(access): State<Access>,
    request: Request,
    next: Next,
) -> Result<Response, Refusal> {
    let bearer = text(request.headers(), &header::AUTHORIZATION).and_then(|value| value.strip_prefix("Bearer "));
    // A browser cannot send headers with a WebSocket's handshake; everywhere else a URL is no place for a secret.
    let token =
        bearer.or_else(|| (request.uri().path() == "/live").then(|| query_token(request.uri().query())).flatten());
    if token.is_some_and(|token| access.knows(token)) {
        return Ok(next.run(request).await);
    }
    Err(Refusal::new(
        StatusCode::UNAUTHORIZED,
        IpcError::refusal(
            ErrorCode::NotAllowed,
            "The token is missing or wrong. Open the address that the server printed at its start.",
        ),
    ))
}

fn query_token(query: Option<&str>) -> Option<&str> {
    query?.split('&').find_map(|pair| pair.strip_prefix("token="))
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

fn forbidden(message: &str) -> Refusal {
    Refusal::new(StatusCode::FORBIDDEN, IpcError::refusal(ErrorCode::NotAllowed, message))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn access() -> Access {
        Access::new("0123456789abcdef", "127.0.0.1:4321".parse().expect("an address")).expect("long enough")
    }

    #[test]
    fn a_short_token_is_refused() {
        assert!(Access::new("short", "127.0.0.1:1".parse().expect("an address")).is_err());
    }

    #[test]
    fn only_own_names_with_the_own_port_are_answered() {
        for own in ["127.0.0.1:4321", "localhost:4321", "LOCALHOST:4321", "[::1]:4321"] {
            assert!(access().answers_to(own), "{own} is this server");
        }
        for foreign in ["evil.example:4321", "127.0.0.1", "127.0.0.1:80", "localhost.evil.example:4321", ""] {
            assert!(!access().answers_to(foreign), "{foreign} is not this server");
        }
    }

    #[test]
    fn a_name_that_was_allowed_is_answered_with_and_without_the_port() {
        let access = access().with_hosts(&["Desk.example".to_owned()], 4321);
        assert!(access.answers_to("desk.example") && access.answers_to("desk.example:4321"));
        assert!(!access.answers_to("desk.example:1"), "another port is another server");
    }

    #[test]
    fn pages_of_other_origins_may_not_ask() {
        assert!(access().lets_ask("http://127.0.0.1:4321"));
        for foreign in
            ["null", "http://evil.example", "http://localhost:1420", "file://", "http://127.0.0.1:4321.evil.example"]
        {
            assert!(!access().lets_ask(foreign), "{foreign} is another origin");
        }
        assert!(access().with_origins(&["http://localhost:1420/".to_owned()]).lets_ask("http://localhost:1420"));
    }

    #[test]
    fn two_tokens_differ() {
        let tokens = [Access::random_token(), Access::random_token()].map(|token| token.expect("randomness"));
        assert_eq!(tokens[0].len(), 64);
        assert_ne!(tokens[0], tokens[1]);
    }
}
