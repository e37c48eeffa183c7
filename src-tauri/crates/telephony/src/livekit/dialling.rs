//! The one request that lets a phone ring. Owns the last look at the permit: connecting takes as long as a network likes,
//! so the number is handed over only when the connection stands and the permit still holds. Refuses to send it twice:
//! there is one HTTP try, no failover, and a body that can be read once.

use std::{
    pin::{Pin, pin},
    sync::{
        Arc,
        atomic::{AtomicU8, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use livekit_api::{
    access_token::{AccessToken, SIPGrants, VideoGrants},
    services::{ServerError, ServerErrorCode, ServiceError},
};
use livekit_protocol as proto;
use prost::Message;
use reqwest::{StatusCode, Url, header::CONTENT_TYPE};
use secrecy::{ExposeSecret, SecretString};

use super::LivekitSettings;
use crate::DialPermit;

/// Why a dialling request brought no answer.
#[derive(Debug)]
pub(super) enum DialFault {
    /// The permit ended before the number was handed over: certainly nothing rang, and nothing will.
    PermitExpired,
    /// What the server or the way to it said.
    Service(ServiceError),
}

#[derive(Debug)]
pub(super) struct Dialling {
    http: reqwest::Client,
    url: Url,
    key: String,
    secret: SecretString,
}

impl Dialling {
    pub(super) fn new(settings: &LivekitSettings, http: reqwest::Client, server: &Url) -> Self {
        let mut url = server.clone();
        url.set_path("/twirp/livekit.SIP/CreateSIPParticipant");
        Self { http, url, key: settings.api_key.clone(), secret: settings.api_secret.clone() }
    }

    /// Sends the request while the permit holds and waits for its reply.
    pub(super) async fn send(
        &self,
        request: &proto::CreateSipParticipantRequest,
        timeout: Duration,
        permit: DialPermit,
    ) -> Result<(), DialFault> {
        let gate = Arc::new(Gate::new(permit));
        let mut reply = pin!(self.exchange(request, timeout, Arc::clone(&gate)));
        tokio::select! {
            biased;
            reply = &mut reply => return reply.map_err(|error| gate.explain(error)),
            () = permit.running_out() => {}
        }
        // A connection that is still being made is not waited for; a request that was sent is.
        if gate.shut() { Err(DialFault::PermitExpired) } else { reply.await.map_err(DialFault::Service) }
    }

    async fn exchange(
        &self,
        request: &proto::CreateSipParticipantRequest,
        timeout: Duration,
        gate: Arc<Gate>,
    ) -> Result<(), ServiceError> {
        let grants = SIPGrants { call: true, ..SIPGrants::default() };
        let token = AccessToken::with_api_key(&self.key, self.secret.expose_secret())
            .with_grants(VideoGrants::default())
            .with_sip_grants(grants)
            .to_jwt()?;
        let reply = self
            .http
            .post(self.url.clone())
            .bearer_auth(token)
            .header(CONTENT_TYPE, "application/protobuf")
            .timeout(timeout)
            .body(reqwest::Body::wrap(Guarded { number: Some(request.encode_to_vec().into()), gate }))
            .send()
            .await
            .map_err(ServerError::from)?;
        if reply.status() == StatusCode::OK {
            let body = reply.bytes().await.map_err(ServerError::from)?;
            proto::SipParticipantInfo::decode(body).map_err(ServerError::from)?;
            return Ok(());
        }
        let refusal: ServerErrorCode = reply.json().await.map_err(ServerError::from)?;
        Err(ServerError::Twirp(refusal).into())
    }
}

const WAITING: u8 = 0;
const PASSED: u8 = 1;
const SHUT: u8 = 2;

/// Whether the number was handed over. It passes once, while the permit holds, or never.
#[derive(Debug)]
struct Gate {
    permit: DialPermit,
    state: AtomicU8,
}

impl Gate {
    fn new(permit: DialPermit) -> Self {
        Self { permit, state: AtomicU8::new(WAITING) }
    }

    fn pass(&self) -> bool {
        !self.permit.has_run_out() && self.leave_waiting_for(PASSED)
    }

    /// True when nothing was sent, and from now on nothing can be.
    fn shut(&self) -> bool {
        self.leave_waiting_for(SHUT) || self.state.load(Ordering::SeqCst) == SHUT
    }

    fn leave_waiting_for(&self, state: u8) -> bool {
        self.state.compare_exchange(WAITING, state, Ordering::SeqCst, Ordering::SeqCst).is_ok()
    }

    /// A body that was refused at the gate looks like any broken connection; only the gate knows better.
    fn explain(&self, error: ServiceError) -> DialFault {
        if self.permit.has_run_out() && self.shut() { DialFault::PermitExpired } else { DialFault::Service(error) }
    }
}

/// The body of the request. It is asked for when the connection stands, and gives itself away only through the gate; a
/// server that got the head alone knows of nobody to call.
struct Guarded {
    number: Option<Bytes>,
    gate: Arc<Gate>,
}

/// The permit ran out while the connection was made.
#[derive(Debug, thiserror::Error)]
#[error("the permit to dial had run out before the request was sent")]
struct RanOut;

impl Body for Guarded {
    type Data = Bytes;
    type Error = RanOut;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, RanOut>>> {
        let frame =
            self.number.take().map(|number| if self.gate.pass() { Ok(Frame::data(number)) } else { Err(RanOut) });
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.number.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.number.as_ref().map_or(0, |number| number.len() as u64))
    }
}

#[cfg(test)]
mod tests {
    use std::{future::poll_fn, sync::Arc, time::Duration};

    use super::*;

    async fn read(gate: &Arc<Gate>) -> Option<Result<Bytes, RanOut>> {
        let mut body = pin!(Guarded { number: Some(Bytes::from_static(b"+79991234567")), gate: Arc::clone(gate) });
        let frame = poll_fn(|context| body.as_mut().poll_frame(context)).await;
        frame.map(|frame| frame.map(|frame| frame.into_data().expect("data")))
    }

    #[tokio::test(start_paused = true)]
    async fn the_number_is_handed_over_while_the_permit_holds_and_then_the_request_counts_as_sent() {
        let gate = Arc::new(Gate::new(DialPermit::lasting(Duration::from_secs(2))));
        assert_eq!(read(&gate).await.expect("a body").expect("it passes"), "+79991234567");
        tokio::time::advance(Duration::from_secs(3)).await;
        assert!(!gate.shut(), "what was sent is waited for, whatever the permit says now");
    }

    #[tokio::test(start_paused = true)]
    async fn a_connection_that_stands_too_late_gets_no_number() {
        let gate = Arc::new(Gate::new(DialPermit::lasting(Duration::from_secs(2))));
        tokio::time::advance(Duration::from_secs(2)).await;
        assert!(read(&gate).await.expect("a body").is_err());
        assert!(gate.shut(), "certainly nothing was sent");
    }

    #[tokio::test]
    async fn after_the_gate_was_shut_nothing_passes_although_a_clock_may_be_set_back() {
        let gate = Arc::new(Gate::new(DialPermit::lasting(Duration::from_mins(1))));
        assert!(gate.shut());
        assert!(read(&gate).await.expect("a body").is_err());
    }

    #[tokio::test]
    async fn a_number_passes_once() {
        let gate = Arc::new(Gate::new(DialPermit::lasting(Duration::from_mins(1))));
        assert!(read(&gate).await.expect("a body").is_ok());
        assert!(read(&gate).await.expect("a body").is_err(), "another try of the HTTP library has nothing to send");
    }
}
