//! Finding out what is wrong with a server. Owns raw requests whose HTTP status can be seen, and the words for every
//! fault; the SDK hides a refused key behind an error of decoding. Refuses to change anything on the server.

use std::{error::Error, io, sync::Arc};

use livekit_api::{
    access_token::{AccessToken, SIPGrants, VideoGrants},
    services::{ServerError, ServerErrorCode, ServiceError},
};
use livekit_protocol as proto;
use prost::Message;
use reqwest::{
    StatusCode, Url,
    header::{CONTENT_TYPE, HeaderMap, WWW_AUTHENTICATE},
};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use super::{LivekitSettings, dialling::Dialling};
use crate::{LineFault, LineFaultCode};

/// A room that never exists, to ask about.
const NOWHERE: &str = "callboard-preflight";

#[derive(Debug)]
pub(super) struct Probe {
    http: reqwest::Client,
    base: String,
    url: Url,
    /// The address as it is shown to people: no path, no user, no password.
    shown: String,
    key: String,
    secret: SecretString,
}

impl Probe {
    pub(super) fn new(settings: &LivekitSettings) -> Result<Self, LineFault> {
        let missing = [
            (settings.url.is_empty(), "address"),
            (settings.api_key.is_empty(), "API key"),
            (settings.api_secret.expose_secret().is_empty(), "API secret"),
            (settings.trunk_id.is_empty(), "outbound trunk"),
        ];
        if let Some((_, what)) = missing.iter().find(|(missing, _)| *missing) {
            return Err(not_configured(&format!("The {what} of the LiveKit line is not set.")));
        }
        let invalid =
            || not_configured("The address of the LiveKit server must look like wss://host or ws://host:port.");
        let typed = Url::parse(&settings.url).map_err(|_| invalid())?;
        let (Some(host), "ws" | "wss" | "http" | "https") = (typed.host_str(), typed.scheme()) else {
            return Err(invalid());
        };
        let port = typed.port().map(|port| format!(":{port}")).unwrap_or_default();
        let shown = format!("{}://{host}{port}", typed.scheme());
        let scheme = if matches!(typed.scheme(), "wss" | "https") { "https" } else { "http" };
        let base = format!("{scheme}://{host}{port}");
        let url = Url::parse(&base).map_err(|_| invalid())?;
        let http = reqwest::Client::builder()
            .tls_backend_preconfigured(tls())
            .redirect(reqwest::redirect::Policy::none())
            .timeout(settings.pace.request_timeout)
            .build()
            .map_err(|_| not_configured("The connection to LiveKit could not be set up on this computer."))?;
        let (key, secret) = (settings.api_key.clone(), settings.api_secret.clone());
        Ok(Self { http, base, url, shown, key, secret })
    }

    /// The address in the form that the clients of the SDK get.
    pub(super) fn base(&self) -> &str {
        &self.base
    }

    /// The dialling request over the same connections: what the check came through, a call comes through.
    pub(super) fn dialling(&self, settings: &LivekitSettings) -> Dialling {
        Dialling::new(settings, self.http.clone(), &self.url)
    }

    /// Whether calls could be placed now: address, key, grants, SIP, trunk.
    pub(super) async fn check(&self, trunk_id: &str) -> Result<(), LineFault> {
        self.access().await?;
        let request = proto::ListSipOutboundTrunkRequest { trunk_ids: vec![trunk_id.to_owned()], ..Default::default() };
        let grants = SIPGrants { admin: true, call: true };
        let reply = self.ask("SIP", "ListSIPOutboundTrunk", VideoGrants::default(), Some(grants), &request).await;
        let trunks: proto::ListSipOutboundTrunkResponse = reply.map_err(|refusal| match refusal {
            Refusal::Twirp(code) if is_without_sip(&code) => LineFault {
                code: LineFaultCode::SipUnavailable,
                detail: format!(
                    "The LiveKit server at {} has no SIP service. It needs livekit-sip and Redis.",
                    self.shown
                ),
            },
            other => self.fault(other),
        })?;
        // An older server ignores the filter and lists every trunk.
        if trunks.items.iter().any(|trunk| trunk.sip_trunk_id == trunk_id) {
            return Ok(());
        }
        Err(LineFault {
            code: LineFaultCode::UnknownTrunk,
            detail: format!("The LiveKit server at {} has no outbound trunk {trunk_id}.", self.shown),
        })
    }

    /// Whether the server is one of `LiveKit` and accepts the key for everything that a call needs but SIP.
    pub(super) async fn access(&self) -> Result<(), LineFault> {
        let list = VideoGrants { room_list: true, ..VideoGrants::default() };
        let rooms = proto::ListRoomsRequest { names: vec![NOWHERE.to_owned()] };
        let reply: Result<proto::ListRoomsResponse, _> = self.ask("RoomService", "ListRooms", list, None, &rooms).await;
        reply.map_err(|refusal| self.fault(refusal))?;
        let admin = VideoGrants { room_admin: true, room: NOWHERE.to_owned(), ..VideoGrants::default() };
        let people = proto::ListParticipantsRequest { room: NOWHERE.to_owned() };
        let reply: Result<proto::ListParticipantsResponse, _> =
            self.ask("RoomService", "ListParticipants", admin, None, &people).await;
        reply.map(drop).map_err(|refusal| self.fault(refusal))
    }

    /// Why a request of the SDK failed before anything was dialled.
    pub(super) async fn explain(&self, error: &ServiceError) -> LineFault {
        match error {
            ServiceError::Twirp(ServerError::Twirp(twirp)) => self.fault(Refusal::Twirp(twirp.code.clone())),
            ServiceError::Twirp(ServerError::Request(request)) if request.is_timeout() => {
                self.unreachable("does not answer in time")
            }
            _ => match self.access().await {
                Err(fault) => fault,
                Ok(()) => LineFault {
                    code: LineFaultCode::Refused,
                    detail: format!(
                        "A request to the LiveKit server at {} failed, although it answers again.",
                        self.shown
                    ),
                },
            },
        }
    }

    async fn ask<Q: Message, R: Message + Default>(
        &self,
        service: &str,
        method: &str,
        grants: VideoGrants,
        sip: Option<SIPGrants>,
        request: &Q,
    ) -> Result<R, Refusal> {
        let mut token = AccessToken::with_api_key(&self.key, self.secret.expose_secret()).with_grants(grants);
        if let Some(sip) = sip {
            token = token.with_sip_grants(sip);
        }
        let token = token.to_jwt().map_err(|_| Refusal::NoToken)?;
        let mut url = self.url.clone();
        url.set_path(&format!("/twirp/livekit.{service}/{method}"));
        let reply = self
            .http
            .post(url)
            .bearer_auth(token)
            .header(CONTENT_TYPE, "application/protobuf")
            .body(request.encode_to_vec())
            .send()
            .await;
        let reply = match reply {
            Ok(reply) => reply,
            Err(error) => return Err(self.no_reply(&error).await),
        };
        let (status, headers) = (reply.status(), reply.headers().clone());
        let body = reply.bytes().await.map_err(|_| Refusal::Unreachable("breaks the connection"))?;
        if status == StatusCode::OK && content_type(&headers) == "application/protobuf" {
            return R::decode(body).map_err(|_| Refusal::Foreign);
        }
        Err(Refusal::of(status, &headers, &body))
    }

    async fn no_reply(&self, error: &reqwest::Error) -> Refusal {
        if let Some(host) = self.url.host_str() {
            let port = self.url.port_or_known_default().unwrap_or(443);
            // IPv6 hosts carry brackets in a URL.
            let host = host.trim_start_matches('[').trim_end_matches(']');
            if error.is_connect() && tokio::net::lookup_host((host, port)).await.is_err() {
                return Refusal::Unreachable("cannot be found: the name is not known");
            }
        }
        Refusal::Unreachable(if error.is_timeout() {
            "does not answer in time"
        } else if caused_by(error, |cause| cause.downcast_ref::<io::Error>().is_some_and(is_refused)) {
            "refuses the connection"
        } else if caused_by(error, is_tls) {
            "cannot be trusted: its certificate is not valid for it"
        } else {
            "cannot be reached"
        })
    }

    fn unreachable(&self, what: &str) -> LineFault {
        LineFault { code: LineFaultCode::Unreachable, detail: format!("The server at {} {what}.", self.shown) }
    }

    fn fault(&self, refusal: Refusal) -> LineFault {
        let shown = &self.shown;
        let (code, detail) = match refusal {
            Refusal::Unreachable(what) => return self.unreachable(what),
            Refusal::Foreign => (
                LineFaultCode::NotALiveKitServer,
                format!("Something answers at {shown}, but it is not a LiveKit server."),
            ),
            Refusal::WrongKey => (
                LineFaultCode::WrongKey,
                format!("The server at {shown} answers, but it does not accept this API key or secret."),
            ),
            Refusal::NoToken => {
                (LineFaultCode::WrongKey, "No access token can be made from this API key and secret.".to_owned())
            }
            Refusal::Gateway(status) => (
                LineFaultCode::Unreachable,
                format!("A gateway answers at {shown} with status {status}; the LiveKit server behind it does not."),
            ),
            Refusal::Twirp(code)
                if code == ServerErrorCode::UNAUTHENTICATED || code == ServerErrorCode::PERMISSION_DENIED =>
            {
                (
                    LineFaultCode::NotPermitted,
                    format!("The server at {shown} accepts the API key, but the key may not do what calls need."),
                )
            }
            Refusal::Twirp(code) => (
                LineFaultCode::Refused,
                // The code is one of Twirp's words; the server's own text could hold anything.
                format!("The LiveKit server at {shown} refused the request ({}).", known_code(&code)),
            ),
        };
        LineFault { code, detail }
    }
}

/// Why there is no ordinary reply.
#[derive(Debug)]
enum Refusal {
    Unreachable(&'static str),
    Gateway(u16),
    Foreign,
    WrongKey,
    NoToken,
    /// An error of the method, with Twirp's code.
    Twirp(String),
}

#[derive(Deserialize)]
struct TwirpBody {
    code: String,
    #[serde(rename = "msg")]
    _msg: String,
}

impl Refusal {
    fn of(status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Self {
        if let Ok(twirp) = serde_json::from_slice::<TwirpBody>(body)
            && known_code(&twirp.code) == twirp.code
        {
            // A Twirp server without the service that every LiveKit server has.
            return if twirp.code == ServerErrorCode::BAD_ROUTE { Self::Foreign } else { Self::Twirp(twirp.code) };
        }
        match status {
            // LiveKit refuses a key in plain text; other servers ask for a password or show a page.
            StatusCode::UNAUTHORIZED
                if !headers.contains_key(WWW_AUTHENTICATE) && content_type(headers) != "text/html" =>
            {
                Self::WrongKey
            }
            StatusCode::BAD_GATEWAY | StatusCode::SERVICE_UNAVAILABLE | StatusCode::GATEWAY_TIMEOUT => {
                Self::Gateway(status.as_u16())
            }
            _ => Self::Foreign,
        }
    }
}

fn not_configured(detail: &str) -> LineFault {
    LineFault { code: LineFaultCode::NotConfigured, detail: detail.to_owned() }
}

fn content_type(headers: &HeaderMap) -> &str {
    let value = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    value.split(';').next().unwrap_or_default().trim()
}

fn is_without_sip(code: &str) -> bool {
    // "sip not connected (redis required)" is internal, a server without any SIP node is unavailable.
    [ServerErrorCode::INTERNAL, ServerErrorCode::UNAVAILABLE, ServerErrorCode::UNIMPLEMENTED].contains(&code)
}

fn known_code(code: &str) -> &str {
    let known = [
        ServerErrorCode::CANCELED,
        ServerErrorCode::UNKNOWN,
        ServerErrorCode::INVALID_ARGUMENT,
        ServerErrorCode::MALFORMED,
        ServerErrorCode::DEADLINE_EXCEEDED,
        ServerErrorCode::NOT_FOUND,
        ServerErrorCode::BAD_ROUTE,
        ServerErrorCode::ALREADY_EXISTS,
        ServerErrorCode::PERMISSION_DENIED,
        ServerErrorCode::UNAUTHENTICATED,
        ServerErrorCode::RESOURCE_EXHAUSTED,
        ServerErrorCode::FAILED_PRECONDITION,
        ServerErrorCode::ABORTED,
        ServerErrorCode::OUT_OF_RANGE,
        ServerErrorCode::UNIMPLEMENTED,
        ServerErrorCode::INTERNAL,
        ServerErrorCode::UNAVAILABLE,
        ServerErrorCode::DATA_LOSS,
    ];
    known.into_iter().find(|known| *known == code).unwrap_or("unknown")
}

fn caused_by(error: &reqwest::Error, is: impl Fn(&(dyn Error + 'static)) -> bool) -> bool {
    let mut cause = error.source();
    while let Some(error) = cause {
        if is(error) {
            return true;
        }
        cause = error.source();
    }
    false
}

fn is_refused(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::ConnectionRefused
}

fn is_tls(error: &(dyn Error + 'static)) -> bool {
    let inside = |error: &io::Error| error.get_ref().is_some_and(<dyn Error + Send + Sync>::is::<rustls::Error>);
    error.is::<rustls::Error>() || error.downcast_ref::<io::Error>().is_some_and(inside)
}

/// The same TLS as the clients of the SDK use: ring, and the certificates that this computer trusts. What passes the
/// check therefore also passes when calls are placed.
fn tls() -> rustls::ClientConfig {
    let mut roots = rustls::RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    rustls::ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("ring supports the default versions of TLS")
        .with_root_certificates(roots)
        .with_no_client_auth()
}
