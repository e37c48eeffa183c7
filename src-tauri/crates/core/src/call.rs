//! Calls: the states of one attempt, how dialling ended (disposition) and what came of it (outcome).

text_enum! {
    /// Where one attempt is.
    pub enum CallState {
        /// Admitted: it holds a slot, nothing was dialled yet.
        Admitted = "admitted",
        /// The dial intent is committed; from here on the phone may ring.
        Dialing = "dialing",
        /// The carrier reports ringing.
        Ringing = "ringing",
        /// Someone or something picked up.
        Answered = "answered",
        /// Over, with a disposition and an outcome. Final.
        Ended = "ended",
        /// Given back without having been dialled; does not count as an attempt. Final.
        Released = "released",
    }
}

text_enum! {
    /// How dialling ended: a fact about the line, before any judgement of the conversation.
    pub enum Disposition {
        /// A person picked up.
        Answered = "answered",
        /// A machine picked up.
        Voicemail = "voicemail",
        /// SIP 486, 600.
        Busy = "busy",
        /// Rang without an answer: ring timeout, SIP 408, 480, 487.
        NoAnswer = "no_answer",
        /// SIP 603, 607, 608: refused by the callee or on his behalf.
        Declined = "declined",
        /// SIP 404, 410, 484, 604: the number does not exist or is malformed.
        InvalidNumber = "invalid_number",
        /// SIP 401-403, 407, 488, 5xx, no reply: the trunk or the carrier failed.
        CarrierFault = "carrier_fault",
        /// The voice agent failed or never came.
        AgentFault = "agent_fault",
        /// We ended it: stop with the drain time over.
        HungUp = "hung_up",
        /// The line could not be reached before anything was dialled (wrong key, address, trunk).
        LineFault = "line_fault",
        /// It may have rung; nobody can say.
        Unknown = "unknown",
    }
}

text_enum! {
    /// What came of a call, as the supervisor reads it.
    pub enum Outcome {
        /// The goal was reached.
        Success = "success",
        /// The person said no.
        Refusal = "refusal",
        /// The person asked to be called again.
        Callback = "callback",
        /// A machine answered.
        Voicemail = "voicemail",
        /// Nobody answered.
        NoAnswer = "no_answer",
        /// The number was engaged.
        Busy = "busy",
        /// The number cannot be reached at all.
        InvalidNumber = "invalid_number",
        /// A fault of the line, the carrier or the agent.
        Failed = "failed",
        /// It cannot be said, or the conversation led nowhere.
        Unknown = "unknown",
    }
}

impl Disposition {
    /// From the final SIP status code of an attempt that was not answered. The numeric code is the only key that is
    /// stable over `LiveKit` versions; the table is `docs/dispositions.md`.
    #[must_use]
    pub fn from_sip_status(code: u16) -> Self {
        match code {
            200..=299 => Self::Answered,
            486 | 600 => Self::Busy,
            408 | 480 | 487 => Self::NoAnswer,
            404 | 410 | 414 | 416 | 484 | 485 | 604 => Self::InvalidNumber,
            603 | 607 | 608 => Self::Declined,
            _ => Self::CarrierFault,
        }
    }

    /// The outcome of a call that led to no conversation.
    #[must_use]
    pub fn outcome_without_conversation(self) -> Outcome {
        match self {
            Self::Answered | Self::Unknown => Outcome::Unknown,
            Self::Voicemail => Outcome::Voicemail,
            Self::Busy => Outcome::Busy,
            Self::NoAnswer => Outcome::NoAnswer,
            Self::Declined => Outcome::Refusal,
            Self::InvalidNumber => Outcome::InvalidNumber,
            Self::CarrierFault | Self::AgentFault | Self::HungUp | Self::LineFault => Outcome::Failed,
        }
    }
}

text_enum! {
    /// Who speaks in a turn.
    pub enum TurnRole {
        /// The called person.
        User = "user",
        /// The bot.
        Assistant = "assistant",
        /// A remark of the system, not spoken.
        System = "system",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Acceptance 48 and `domain.md` 2.1.
    #[test]
    fn sip_codes_map_to_dispositions() {
        let table = [
            (486, Disposition::Busy),
            (600, Disposition::Busy),
            (408, Disposition::NoAnswer),
            (480, Disposition::NoAnswer),
            (487, Disposition::NoAnswer),
            (404, Disposition::InvalidNumber),
            (410, Disposition::InvalidNumber),
            (484, Disposition::InvalidNumber),
            (604, Disposition::InvalidNumber),
            (603, Disposition::Declined),
            (607, Disposition::Declined),
            (401, Disposition::CarrierFault),
            (403, Disposition::CarrierFault),
            (488, Disposition::CarrierFault),
            (500, Disposition::CarrierFault),
            (503, Disposition::CarrierFault),
        ];
        for (code, disposition) in table {
            assert_eq!(Disposition::from_sip_status(code), disposition, "SIP {code}");
        }
    }
}
