//! What becomes of a practice call. Owns the table of last digits and the distribution of all other numbers; both are
//! documented in `docs/practice-line.md`.

use super::draw::Draw;

/// What becomes of a practice call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fate {
    /// The number is engaged.
    Busy,
    /// Nobody picks up.
    NoAnswer,
    /// A machine picks up.
    Voicemail,
    /// The number does not exist.
    InvalidNumber,
    /// The person presses "decline".
    Declined,
    /// The person listens to the greeting and hangs up.
    HangsUpAfterGreeting,
    /// The carrier fails.
    CarrierFault,
    /// The voice agent fails soon after the answer.
    AgentFault,
    /// The person asks to be called back.
    AsksToCallBack,
    /// The person says no.
    Refuses,
    /// The person agrees: the goal is reached.
    Agrees,
}

impl Fate {
    /// Every fate with the last two digits of the numbers that always meet it.
    pub const BY_LAST_DIGITS: [(&'static str, Self); 11] = [
        ("01", Self::Busy),
        ("02", Self::NoAnswer),
        ("03", Self::Voicemail),
        ("04", Self::InvalidNumber),
        ("05", Self::Declined),
        ("06", Self::HangsUpAfterGreeting),
        ("07", Self::CarrierFault),
        ("08", Self::AgentFault),
        ("09", Self::AsksToCallBack),
        ("10", Self::Refuses),
        ("11", Self::Agrees),
    ];

    /// Every fate with its share in a thousand calls to all other numbers.
    pub const PER_MILLE: [(Self, u32); 11] = [
        (Self::NoAnswer, 250),
        (Self::Refuses, 152),
        (Self::Busy, 120),
        (Self::Voicemail, 120),
        (Self::Agrees, 114),
        (Self::AsksToCallBack, 76),
        (Self::Declined, 50),
        (Self::InvalidNumber, 40),
        (Self::HangsUpAfterGreeting, 38),
        (Self::CarrierFault, 30),
        (Self::AgentFault, 10),
    ];

    /// The fate that the last two digits fix, if they do.
    #[must_use]
    pub fn fixed_by(phone: &str) -> Option<Self> {
        Self::BY_LAST_DIGITS.iter().find(|(digits, _)| phone.ends_with(digits)).map(|(_, fate)| *fate)
    }

    pub(super) fn of(phone: &str, draw: &mut Draw) -> Self {
        Self::fixed_by(phone).unwrap_or_else(|| draw.weighted(&Self::PER_MILLE))
    }
}
