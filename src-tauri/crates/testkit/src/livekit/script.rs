//! What a test can ask of the double. Owns the scripts of calls, agents and faults; refuses to run them.

use std::time::Duration;

/// How a call goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallScript {
    /// Between the request and the INVITE.
    pub before_dialling: Duration,
    /// From the INVITE to the answer or the failure.
    pub ring: Duration,
    /// What happens then.
    pub then: Then,
    /// The agent's attribute `callboard.outcome`, when it gives one.
    pub agent_says: Option<String>,
    /// When the agent gives it.
    pub outcome_at: OutcomeAt,
    /// The agent ends the call by deleting the room, as the agent kit's tool for it does.
    pub agent_deletes_room: bool,
}

/// When the agent says what came of the call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutcomeAt {
    /// As soon as the call is answered.
    Answer,
    /// At the end of the call, a moment before the callee is gone.
    End,
    /// This long after the callee is gone.
    AfterEnd(Duration),
}

/// What happens after the ringing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Then {
    /// The callee picks up, talks so long and hangs up; without a time until
    /// [`callee_hangs_up`](super::Double::callee_hangs_up).
    Answer {
        /// How long.
        talk: Option<Duration>,
    },
    /// A final SIP status.
    Sip {
        /// Its code.
        code: u16,
        /// Its reason phrase.
        reason: &'static str,
    },
    /// It rings until the ring timeout of the request.
    RingOut,
    /// The carrier asks for credentials that the trunk does not have.
    CarrierAuth,
    /// The connection breaks as soon as the INVITE is sent; the callee picks up and talks so long.
    ReplyLost {
        /// How long.
        talk: Duration,
    },
    /// The connection breaks, and the INVITE is never sent.
    RequestLost,
    /// The callee picks up, a gateway between answers 502 in HTML, and the callee talks so long.
    BadGateway {
        /// How long.
        talk: Duration,
    },
    /// The server gives up waiting (`deadline_exceeded`) while it still rings; the callee then talks so long.
    Deadline {
        /// How long.
        talk: Duration,
    },
    /// No SIP node takes the call (`unavailable`); no INVITE.
    NoSipNode,
    /// The server never replies, and sends no INVITE.
    Silence,
}

impl CallScript {
    fn new(then: Then) -> Self {
        Self {
            before_dialling: Duration::ZERO,
            ring: Duration::from_millis(20),
            then,
            agent_says: None,
            outcome_at: OutcomeAt::End,
            agent_deletes_room: false,
        }
    }

    /// Anything that [`Then`] names, after 20 ms of ringing.
    #[must_use]
    pub fn then(then: Then) -> Self {
        Self::new(then)
    }

    /// Answered after 20 ms, with a conversation of this length.
    #[must_use]
    pub fn answer(talk: Duration) -> Self {
        Self::new(Then::Answer { talk: Some(talk) })
    }

    /// Answered after 20 ms; the callee talks until told otherwise.
    #[must_use]
    pub fn talk_on() -> Self {
        Self::new(Then::Answer { talk: None })
    }

    /// A final SIP status after 20 ms.
    #[must_use]
    pub fn sip(code: u16, reason: &'static str) -> Self {
        Self::new(Then::Sip { code, reason })
    }

    /// With this ringing time.
    #[must_use]
    pub fn ringing(self, ring: Duration) -> Self {
        Self { ring, ..self }
    }

    /// With this much time between the request and the INVITE.
    #[must_use]
    pub fn dialling_after(self, before_dialling: Duration) -> Self {
        Self { before_dialling, ..self }
    }

    /// The agent reports this outcome.
    #[must_use]
    pub fn saying(self, outcome_json: &str) -> Self {
        Self { agent_says: Some(outcome_json.to_owned()), ..self }
    }

    /// The agent reports at this time.
    #[must_use]
    pub fn at(self, outcome_at: OutcomeAt) -> Self {
        Self { outcome_at, ..self }
    }

    /// The agent ends the call by deleting the room.
    #[must_use]
    pub fn ended_by_agent(self) -> Self {
        Self { agent_deletes_room: true, ..self }
    }

    /// The same table of last two digits as on the practice line; every other number agrees.
    #[must_use]
    pub fn by_last_digits(phone: &str, ring: Duration, talk: Duration) -> Self {
        let answered = |outcome: &str| {
            Self::answer(talk).saying(&format!(r#"{{"v":1,"outcome":"{outcome}","reason":"the double says so"}}"#))
        };
        let script = match phone.get(phone.len().saturating_sub(2)..).unwrap_or_default() {
            "01" => Self::sip(486, "Busy Here"),
            "02" => Self::new(Then::RingOut),
            "03" => Self::answer(talk)
                .saying(r#"{"v":1,"outcome":"voicemail","disposition":"voicemail","reason":"a machine"}"#),
            "04" => Self::sip(404, "Not Found"),
            "05" => Self::sip(603, "Decline"),
            "06" => answered("unknown"),
            "07" => Self::sip(503, "Service Unavailable"),
            "09" => answered("callback"),
            "10" => answered("refusal"),
            _ => answered("success"),
        };
        script.ringing(ring)
    }
}

/// How agents behave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AgentScript {
    /// No agent worker is registered: the dispatch is accepted and nobody comes.
    Absent,
    /// The agent joins this long after its dispatch.
    Comes {
        /// How long.
        after: Duration,
    },
    /// The agent's job fails before it joins.
    FailsToStart,
    /// The agent joins at once and fails this long after the answer, while the callee is on the line.
    Crashes {
        /// How long after the answer.
        after_answer: Duration,
    },
    /// The agent joins at once and leaves in good order this long after the answer, while the callee is on the line.
    Leaves {
        /// How long after the answer.
        after_answer: Duration,
    },
}

/// What is wrong with the whole server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Every key is refused with a text, as the real server does.
    RefuseKey,
    /// Keys lack every grant.
    DenyPermission,
    /// Connections break without a reply; the request is not carried out.
    DropConnections,
    /// Nobody replies; the request is not carried out.
    Hang,
    /// A gateway answers 502 in HTML; the request is not carried out.
    BadGateway,
    /// SIP is switched off on the server.
    NoSip,
}

impl Fault {
    /// The fault of this name, for the control requests of the separate process.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "refuse_key" => Self::RefuseKey,
            "deny_permission" => Self::DenyPermission,
            "drop_connections" => Self::DropConnections,
            "hang" => Self::Hang,
            "bad_gateway" => Self::BadGateway,
            "no_sip" => Self::NoSip,
            _ => return None,
        })
    }
}
