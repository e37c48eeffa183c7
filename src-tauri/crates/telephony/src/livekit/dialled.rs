//! What the reply to a dialling request means. Owns the reading of the server's errors; refuses to pass on the server's
//! own words: they may hold phone numbers.

use callboard_core::call::Disposition;
use livekit_api::services::{ServerError, ServerErrorCode, ServiceError, SipCallError};

/// What a failed dialling request says about the phone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Dialled {
    /// The call came to an end without an answer.
    Over { disposition: Disposition, sip_status: Option<u16>, sip_phrase: Option<String>, error: Option<String> },
    /// The request was refused or never left: certainly nothing rang.
    NothingRang { error: String },
    /// It may have rung. Undecodable: something answered that does not speak Twirp; a refused key looks like this too.
    Lost { error: &'static str, undecodable: bool },
}

pub(super) fn is_not_found(error: &ServiceError) -> bool {
    matches!(error, ServiceError::Twirp(ServerError::Twirp(twirp)) if twirp.code == ServerErrorCode::NOT_FOUND)
}

/// What kind of error it is, for logs.
pub(super) fn kind_of(error: &ServiceError) -> &str {
    match error {
        ServiceError::Env(_) | ServiceError::AccessToken(_) => "token",
        ServiceError::Twirp(ServerError::Twirp(twirp)) => &twirp.code,
        ServiceError::Twirp(ServerError::Url(_)) => "url",
        ServiceError::Twirp(ServerError::Prost(_)) => "decode",
        ServiceError::Twirp(ServerError::Request(request)) => match request {
            request if request.is_timeout() => "timeout",
            request if request.is_connect() => "connect",
            request if request.is_decode() => "decode",
            _ => "transport",
        },
    }
}

impl Dialled {
    pub(super) fn of(error: &ServiceError) -> Self {
        if let Some(sip) = SipCallError::from_error(error) {
            let status = sip.sip_status_code().and_then(|code| u16::try_from(code).ok());
            return Self::final_status(status, sip.sip_status().unwrap_or_default());
        }
        match error {
            ServiceError::Twirp(ServerError::Twirp(twirp)) => Self::of_twirp(twirp),
            ServiceError::Twirp(ServerError::Request(request)) if request.is_connect() => {
                nothing("No connection to the LiveKit server could be made.")
            }
            ServiceError::Twirp(ServerError::Request(request)) if request.is_timeout() => {
                lost("The LiveKit server did not reply to the dialling request in time.", false)
            }
            ServiceError::Twirp(ServerError::Request(request)) if request.is_decode() => {
                lost("The reply to the dialling request could not be read.", true)
            }
            ServiceError::Twirp(ServerError::Request(_)) => {
                lost("The connection broke during the dialling request.", false)
            }
            ServiceError::Twirp(ServerError::Prost(_)) => {
                lost("The reply to the dialling request could not be read.", false)
            }
            ServiceError::Twirp(ServerError::Url(_)) | ServiceError::Env(_) | ServiceError::AccessToken(_) => {
                nothing("The dialling request could not be made from these settings.")
            }
        }
    }

    fn final_status(status: Option<u16>, phrase: &str) -> Self {
        let disposition = status.map_or(Disposition::CarrierFault, Disposition::from_sip_status);
        let sip_phrase = plain(phrase);
        let error = (disposition == Disposition::CarrierFault).then(|| match (status, &sip_phrase) {
            (Some(code), Some(phrase)) => format!("The carrier ended the call with SIP {code} ({phrase})."),
            (Some(code), None) => format!("The carrier ended the call with SIP {code}."),
            (None, _) => "The carrier ended the call without a status.".to_owned(),
        });
        Self::Over { disposition, sip_status: status, sip_phrase, error }
    }

    /// Errors without a SIP status. The codes are Twirp's; only where one code stands for two things does the text
    /// decide, and then the doubtful reading is [`Dialled::Lost`].
    fn of_twirp(twirp: &ServerErrorCode) -> Self {
        match twirp.code.as_str() {
            ServerErrorCode::CANCELED if twirp.msg.contains("sip request timed out") => {
                Self::Over { disposition: Disposition::NoAnswer, sip_status: None, sip_phrase: None, error: None }
            }
            // The carrier asked for credentials that the trunk does not have.
            ServerErrorCode::FAILED_PRECONDITION => Self::Over {
                disposition: Disposition::CarrierFault,
                sip_status: None,
                sip_phrase: None,
                error: Some("The carrier does not accept the credentials of the trunk.".to_owned()),
            },
            ServerErrorCode::NOT_FOUND => nothing("The outbound trunk does not exist on the LiveKit server."),
            ServerErrorCode::UNAVAILABLE => nothing("No SIP service is running on the LiveKit server."),
            ServerErrorCode::INTERNAL if twirp.msg.contains("sip not connected") => {
                nothing("SIP is not set up on the LiveKit server.")
            }
            ServerErrorCode::UNAUTHENTICATED | ServerErrorCode::PERMISSION_DENIED => {
                nothing("The API key may not place calls.")
            }
            code @ (ServerErrorCode::INVALID_ARGUMENT
            | ServerErrorCode::MALFORMED
            | ServerErrorCode::OUT_OF_RANGE
            | ServerErrorCode::BAD_ROUTE
            | ServerErrorCode::UNIMPLEMENTED
            | ServerErrorCode::RESOURCE_EXHAUSTED) => {
                nothing(&format!("The LiveKit server refused the dialling request ({code})."))
            }
            ServerErrorCode::DEADLINE_EXCEEDED => lost("The LiveKit server gave up waiting for the carrier.", false),
            _ => lost("The LiveKit server failed during the dialling request.", false),
        }
    }
}

/// Words of a status line without anything that could be a number or an address: letters, spaces and hyphens, at most 60.
fn plain(phrase: &str) -> Option<String> {
    let letters: String = phrase.chars().map(|c| if c.is_ascii_alphabetic() || c == '-' { c } else { ' ' }).collect();
    let words = letters.split_whitespace().collect::<Vec<_>>().join(" ");
    let cut: String = words.chars().take(60).collect();
    (!cut.is_empty()).then_some(cut)
}

fn nothing(error: &str) -> Dialled {
    Dialled::NothingRang { error: error.to_owned() }
}

fn lost(error: &'static str, undecodable: bool) -> Dialled {
    Dialled::Lost { error, undecodable }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn twirp(code: &str, msg: &str, meta: &[(&str, &str)]) -> ServiceError {
        let meta = meta.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        ServiceError::Twirp(ServerError::Twirp(ServerErrorCode { code: code.to_owned(), msg: msg.to_owned(), meta }))
    }

    /// Acceptance 48; the Twirp code beside a SIP status differs between versions and must not matter.
    #[test]
    fn a_sip_status_decides_whatever_the_code_beside_it() {
        for code in ["resource_exhausted", "failed_precondition", "unavailable", "internal"] {
            let busy =
                twirp(code, "call to +79991234567 failed", &[("sip_status_code", "486"), ("sip_status", "Busy")]);
            let expected = Dialled::Over {
                disposition: Disposition::Busy,
                sip_status: Some(486),
                sip_phrase: Some("Busy".to_owned()),
                error: None,
            };
            assert_eq!(Dialled::of(&busy), expected, "{code}");
        }
    }

    /// Issue 4, 4: a carrier that gets too many calls is told from one that fails by what it says.
    #[test]
    fn what_the_carrier_says_is_kept_without_numbers() {
        let phrase = |said: &str| {
            let error = twirp("failed_precondition", "", &[("sip_status_code", "503"), ("sip_status", said)]);
            match Dialled::of(&error) {
                Dialled::Over { sip_phrase, .. } => sip_phrase,
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(phrase("CPS limit exceeded").as_deref(), Some("CPS limit exceeded"));
        assert_eq!(phrase("sip:+79991234567@carrier refused").as_deref(), Some("sip carrier refused"));
        assert_eq!(phrase("503"), None);
    }

    /// Acceptance 48: failures that carry no SIP status.
    #[test]
    fn errors_without_a_sip_status_say_whether_it_may_have_rung() {
        let over = |error| match Dialled::of(&error) {
            Dialled::Over { disposition, .. } => Some(disposition),
            Dialled::NothingRang { .. } => Some(Disposition::LineFault),
            Dialled::Lost { .. } => None,
        };
        let table = [
            ("canceled", "twirp error: sip request timed out", Some(Disposition::NoAnswer)),
            ("canceled", "context canceled", None),
            ("deadline_exceeded", "request timed out", None),
            ("failed_precondition", "sip server required auth", Some(Disposition::CarrierFault)),
            ("not_found", "requested sip trunk does not exist", Some(Disposition::LineFault)),
            ("unavailable", "no response from servers", Some(Disposition::LineFault)),
            ("internal", "sip not connected (redis required)", Some(Disposition::LineFault)),
            ("internal", "something broke", None),
            ("unknown", "", None),
            ("unauthenticated", "permissions denied", Some(Disposition::LineFault)),
            ("invalid_argument", "bad number", Some(Disposition::LineFault)),
            ("resource_exhausted", "quota", Some(Disposition::LineFault)),
            ("aborted", "", None),
        ];
        for (code, message, expected) in table {
            assert_eq!(over(twirp(code, message, &[])), expected, "{code}: {message}");
        }
    }

    #[test]
    fn no_text_of_the_server_gets_out() {
        let number = "+79991234567";
        for code in ["canceled", "invalid_argument", "internal", "failed_precondition", "not_found"] {
            let said = format!("{:?}", Dialled::of(&twirp(code, number, &[("sip_status", number)])));
            assert!(!said.contains(number), "{said}");
        }
    }
}
