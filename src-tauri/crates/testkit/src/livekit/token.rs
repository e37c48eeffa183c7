//! The tokens of the double's clients. Owns their check and the grants; refuses what the real server refuses.

use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};
use serde::Deserialize;

use super::twirp::TwirpError;

/// What a token allows.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Grants {
    #[serde(default)]
    video: VideoGrant,
    #[serde(default)]
    sip: SipGrant,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct VideoGrant {
    room_create: bool,
    room_list: bool,
    room_admin: bool,
    room: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct SipGrant {
    admin: bool,
    call: bool,
}

/// What a method asks of a token.
#[derive(Debug, Clone, Copy)]
pub(super) enum Needs<'a> {
    RoomCreate,
    RoomList,
    RoomAdmin(&'a str),
    SipCall,
    SipAdmin,
}

/// Checks a bearer token: signature, issuer and times.
///
/// # Errors
/// The text that the real server answers with status 401.
pub(super) fn check(token: &str, key: &str, secret: &str) -> Result<Grants, &'static str> {
    let mut validation = Validation::new(Algorithm::HS256);
    validation.validate_nbf = true;
    validation.set_issuer(&[key]);
    decode::<Grants>(token, &DecodingKey::from_secret(secret.as_bytes()), &validation)
        .map(|token| token.claims)
        .map_err(|error| match error.kind() {
            jsonwebtoken::errors::ErrorKind::InvalidIssuer => "invalid API key",
            _ => "invalid authorization token: go-jose: error in cryptographic primitive",
        })
}

impl Grants {
    /// Whether the token allows what a method needs.
    pub(super) fn allow(&self, needs: Needs<'_>) -> Result<(), TwirpError> {
        let allowed = match needs {
            Needs::RoomCreate => self.video.room_create,
            Needs::RoomList => self.video.room_list,
            Needs::RoomAdmin(room) => self.video.room_admin && self.video.room == room,
            Needs::SipCall => self.sip.call,
            Needs::SipAdmin => self.sip.admin,
        };
        if allowed { Ok(()) } else { Err(TwirpError::denied()) }
    }
}
