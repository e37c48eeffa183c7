//! What the reply to a dialling request means. Owns the reading of the server's errors; refuses to pass on the server's
//! own words: they may hold phone numbers.

use callboard_core::call::Disposition;
use livekit_api::services::{ServerError, ServerErrorCode, ServiceError, SipCallError};

/// What a failed dialling request says about the phone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Dialled {
    /// The call came to an end without an answer. Carrier limit: it was one call too many for the carrier.
    Over { disposition: Disposition, sip_status: Option<u16>, error: Option<String>, carrier_limit: bool },
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
        let carrier_limit = disposition == Disposition::CarrierFault && is_limit(status, phrase);
        let error = (disposition == Disposition::CarrierFault).then(|| match status {
            Some(code) if carrier_limit => format!("The carrier takes no more calls at once (SIP {code})."),
            Some(code) => format!("The carrier ended the call with SIP {code}."),
            None => "The carrier ended the call without a status.".to_owned(),
        });
        Self::Over { disposition, sip_status: status, error, carrier_limit }
    }

    /// Errors without a SIP status. The codes are Twirp's; only where one code stands for two things does the text
    /// decide, and then the doubtful reading is [`Dialled::Lost`].
    fn of_twirp(twirp: &ServerErrorCode) -> Self {
        match twirp.code.as_str() {
            ServerErrorCode::CANCELED if twirp.msg.contains("sip request timed out") => {
                Self::Over { disposition: Disposition::NoAnswer, sip_status: None, error: None, carrier_limit: false }
            }
            // The carrier asked for credentials that the trunk does not have.
            ServerErrorCode::FAILED_PRECONDITION => Self::Over {
                disposition: Disposition::CarrierFault,
                sip_status: None,
                error: Some("The carrier does not accept the credentials of the trunk.".to_owned()),
                carrier_limit: false,
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

/// Whether a carrier refuses because it gets too many calls: 429, or a 5xx whose phrase says so. Phrases are the
/// carriers' own; those that are known speak of calls per second, of concurrent calls or channels, or of a rate.
fn is_limit(status: Option<u16>, phrase: &str) -> bool {
    const WORDS: [&str; 8] = [
        "cps",
        "calls per second",
        "call limit",
        "concurrent",
        "channel limit",
        "rate limit",
        "too many",
        "limit exceeded",
    ];
    let phrase = phrase.to_ascii_lowercase();
    status == Some(429) || (matches!(status, Some(500..=599)) && WORDS.iter().any(|words| phrase.contains(words)))
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
                error: None,
                carrier_limit: false,
            };
            assert_eq!(Dialled::of(&busy), expected, "{code}");
        }
    }

    /// Issue 4, 4: a carrier that gets too many calls says nothing about the number.
    #[test]
    fn a_limit_of_the_carrier_is_told_from_a_fault_of_it() {
        let limited = |code: &str, phrase: &str| {
            let error = twirp("failed_precondition", "", &[("sip_status_code", code), ("sip_status", phrase)]);
            matches!(Dialled::of(&error), Dialled::Over { carrier_limit: true, disposition: Disposition::CarrierFault, .. })
        };
        for (code, phrase) in [
            ("503", "CPS limit exceeded"),
            ("503", "Concurrent call limit exceeded"),
            ("500", "Too many calls"),
            ("429", ""),
        ] {
            assert!(limited(code, phrase), "{code} {phrase}");
        }
        for (code, phrase) in [("503", "Service Unavailable"), ("503", ""), ("500", "Internal Error"), ("486", "call limit")] {
            assert!(!limited(code, phrase), "{code} {phrase}");
        }
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
