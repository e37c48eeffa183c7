//! The circuit breaker: when a trunk or a campaign stops dialling by itself because calls fail for a reason of ours. Owns
//! what trips it and for how long; refuses to remember: it judges the calls that ended since it was last closed, and
//! names those that tripped it.

use chrono::{DateTime, TimeDelta, Utc};

use crate::{id::CallId, retry::Situation};

/// Faults in a row after which a trunk is given a rest (`domain.md` 2.1).
pub const FAULTS_IN_A_ROW: usize = 5;
/// Refusals of the account, or of the media, in a row after which a person has to act. One alone may be the number's.
pub const REFUSALS_IN_A_ROW: usize = 3;
/// Faults of the agent in a row after which a campaign is given a rest.
pub const AGENT_FAULTS_IN_A_ROW: usize = 3;
/// Share of invalid numbers, in percent, that looks like a wrong route, of at least so many calls in five minutes.
pub const INVALID_PERCENT: usize = 20;
/// Least calls of which a share is taken.
pub const LEAST_CALLS: usize = 20;
/// Immediate 480s within a second that are a limit of the carrier and no coincidence.
pub const UNREACHABLE_BURST: usize = 5;
/// First rest of a breaker; each trip that follows before a healthy call doubles it, up to [`LONGEST_REST`].
pub const FIRST_REST: TimeDelta = TimeDelta::seconds(30);
/// Longest rest.
pub const LONGEST_REST: TimeDelta = TimeDelta::minutes(10);

const SHARE_OVER: TimeDelta = TimeDelta::minutes(5);

text_enum! {
    /// What a breaker protects.
    pub enum BreakerScope {
        /// A trunk of the company.
        Trunk = "trunk",
        /// One campaign.
        Campaign = "campaign",
    }
}

text_enum! {
    /// Whether calls pass.
    pub enum BreakerState {
        /// They pass.
        Closed = "closed",
        /// None passes.
        Open = "open",
        /// One passes, to see how it ends.
        Probing = "probing",
    }
}

text_enum! {
    /// Why a breaker opened.
    pub enum BreakerCause {
        /// Carrier and line faults in a row.
        Faults = "faults",
        /// SIP 401, 402, 403, 407: our account is refused. A person has to act.
        Account = "account",
        /// SIP 488, 606: no common codec. A person has to act.
        Media = "media",
        /// Too many numbers that do not exist: probably a wrong route.
        InvalidNumbers = "invalid_numbers",
        /// A burst of immediate 480s: probably a limit of the carrier.
        UnreachableBurst = "unreachable_burst",
        /// The voice agent failed or never came, several times in a row.
        AgentFaults = "agent_faults",
    }
}

impl BreakerCause {
    /// Rest does not help; the breaker stays open until a person closes it.
    #[must_use]
    pub const fn needs_a_person(self) -> bool {
        matches!(self, Self::Account | Self::Media)
    }
}

/// A call that has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ended {
    /// Which.
    pub call_id: CallId,
    /// When.
    pub at: DateTime<Utc>,
    /// How, none: the contact was reached.
    pub situation: Option<Situation>,
    /// Final SIP status.
    pub sip_status: Option<u16>,
}

/// How a call speaks for or against the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Health {
    /// The line did its work: somebody was reached, or the network says why not.
    Healthy,
    /// It failed for a reason of ours.
    Faulty,
    /// It says nothing.
    Neutral,
}

impl Ended {
    /// What the call says about the line and the agent.
    #[must_use]
    pub const fn health(&self) -> Health {
        match self.situation {
            Some(Situation::CarrierFault | Situation::CarrierLimit | Situation::LineFault | Situation::AgentFault) => {
                Health::Faulty
            }
            Some(Situation::Unknown | Situation::HungUp) => Health::Neutral,
            None | Some(_) => Health::Healthy,
        }
    }
}

/// A breaker that opens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trip {
    /// Why.
    pub cause: BreakerCause,
    /// The calls that tripped it, oldest first.
    pub calls: Vec<CallId>,
}

impl Trip {
    /// When it tries a call again; none: when a person closes it. `trips_in_a_row` counts this one.
    #[must_use]
    pub fn until(&self, now: DateTime<Utc>, trips_in_a_row: i32) -> Option<DateTime<Utc>> {
        (!self.cause.needs_a_person()).then(|| now + rest(trips_in_a_row))
    }
}

/// The rest after the `n`th trip in a row, from 1: 30 s, 1 min, 2 min ... 10 min.
#[must_use]
pub fn rest(n: i32) -> TimeDelta {
    let doubled = FIRST_REST * (1 << (n.clamp(1, 10) - 1));
    doubled.min(LONGEST_REST)
}

/// Judges the calls of a trunk or a campaign that ended since its breaker was closed, oldest first. The first cause that
/// holds, in the order account, media, faults, burst, invalid numbers for a trunk; a campaign answers for its agent only.
#[must_use]
pub fn judge(scope: BreakerScope, calls: &[Ended], now: DateTime<Utc>) -> Option<Trip> {
    let trip = |cause, calls: Vec<&Ended>| Trip { cause, calls: calls.iter().map(|call| call.call_id).collect() };
    let in_a_row = |cause, least: usize, counts: fn(&Ended) -> bool| {
        let told = calls.iter().rev().filter(|call| call.health() != Health::Neutral);
        let mut row: Vec<_> = told.take_while(|call| counts(call)).take(least).collect();
        row.reverse();
        (row.len() == least).then(|| trip(cause, row))
    };
    if scope == BreakerScope::Campaign {
        return in_a_row(BreakerCause::AgentFaults, AGENT_FAULTS_IN_A_ROW, |call| {
            call.situation == Some(Situation::AgentFault)
        });
    }
    in_a_row(BreakerCause::Account, REFUSALS_IN_A_ROW, |call| matches!(call.sip_status, Some(401 | 402 | 403 | 407)))
        .or_else(|| in_a_row(BreakerCause::Media, REFUSALS_IN_A_ROW, |call| matches!(call.sip_status, Some(488 | 606))))
        .or_else(|| {
            in_a_row(BreakerCause::Faults, FAULTS_IN_A_ROW, |call| {
                matches!(call.situation, Some(Situation::CarrierFault | Situation::LineFault))
            })
        })
        .or_else(|| {
            let unreachable: Vec<_> =
                calls.iter().filter(|call| call.situation == Some(Situation::Unreachable)).collect();
            let latest = unreachable.len().checked_sub(UNREACHABLE_BURST)?;
            let burst = &unreachable[latest..];
            let within_a_second = burst[UNREACHABLE_BURST - 1].at - burst[0].at < TimeDelta::seconds(1);
            within_a_second.then(|| trip(BreakerCause::UnreachableBurst, burst.to_vec()))
        })
        .or_else(|| {
            let recent = calls.iter().filter(|call| now - call.at < SHARE_OVER);
            let (invalid, valid): (Vec<_>, Vec<_>) =
                recent.partition(|call| call.situation == Some(Situation::InvalidNumber));
            let all = invalid.len() + valid.len();
            (all >= LEAST_CALLS && invalid.len() * 100 >= all * INVALID_PERCENT)
                .then(|| trip(BreakerCause::InvalidNumbers, invalid))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> DateTime<Utc> {
        "2025-01-15T10:00:00Z".parse().expect("an instant")
    }

    /// Calls that ended `apart` after one another, the last at [`now`].
    fn calls(apart: TimeDelta, ends: &[(Option<Situation>, Option<u16>)]) -> Vec<Ended> {
        let count = i32::try_from(ends.len()).expect("few");
        (1..=count)
            .zip(ends)
            .map(|(n, (situation, sip_status))| Ended {
                call_id: CallId::new(now(), [u8::try_from(n).expect("few"); 10]),
                at: now() - apart * (count - n),
                situation: *situation,
                sip_status: *sip_status,
            })
            .collect()
    }

    fn trunk(calls: &[Ended]) -> Option<(BreakerCause, usize)> {
        judge(BreakerScope::Trunk, calls, now()).map(|trip| (trip.cause, trip.calls.len()))
    }

    const FAULT: (Option<Situation>, Option<u16>) = (Some(Situation::CarrierFault), Some(503));
    const BUSY: (Option<Situation>, Option<u16>) = (Some(Situation::Busy), Some(486));
    const SECOND: TimeDelta = TimeDelta::seconds(1);

    /// `domain.md` 2.1: breaker after five in a row.
    #[test]
    fn five_faults_in_a_row_trip_a_trunk_and_are_named() {
        assert_eq!(trunk(&calls(SECOND, &[FAULT; 4])), None);
        let five = calls(SECOND, &[BUSY, FAULT, FAULT, FAULT, FAULT, FAULT]);
        let trip = judge(BreakerScope::Trunk, &five, now()).expect("five in a row");
        assert_eq!(trip.cause, BreakerCause::Faults);
        assert_eq!(trip.calls, five[1..].iter().map(|call| call.call_id).collect::<Vec<_>>());
        assert_eq!(trunk(&calls(SECOND, &[FAULT, FAULT, BUSY, FAULT, FAULT, FAULT])), None, "a busy line is a line");
        let silence = (Some(Situation::Unknown), None);
        let said_nothing = calls(SECOND, &[FAULT, FAULT, silence, FAULT, FAULT, FAULT]);
        assert_eq!(trunk(&said_nothing), Some((BreakerCause::Faults, 5)), "what says nothing does not heal");
    }

    #[test]
    fn a_refused_account_waits_for_a_person() {
        let refused = (Some(Situation::CarrierFault), Some(403));
        assert_eq!(trunk(&calls(SECOND, &[refused, BUSY, refused])), None, "one number may be blocked");
        let trip = judge(BreakerScope::Trunk, &calls(SECOND, &[refused; 3]), now()).expect("three in a row");
        assert_eq!((trip.cause, trip.until(now(), 1)), (BreakerCause::Account, None));
        let media = (Some(Situation::CarrierFault), Some(488));
        assert_eq!(trunk(&calls(SECOND, &[media; 3])), Some((BreakerCause::Media, 3)));
    }

    #[test]
    fn a_burst_of_480s_is_the_carrier_and_a_trickle_is_not() {
        let gone = (Some(Situation::Unreachable), Some(480));
        let burst = calls(TimeDelta::milliseconds(100), &[gone; 5]);
        assert_eq!(trunk(&burst), Some((BreakerCause::UnreachableBurst, 5)));
        assert_eq!(trunk(&calls(SECOND, &[gone; 8])), None);
    }

    #[test]
    fn many_numbers_that_do_not_exist_are_a_wrong_route() {
        let invalid = (Some(Situation::InvalidNumber), Some(404));
        let mut ends = vec![BUSY; 16];
        ends.extend([invalid; 3]);
        assert_eq!(trunk(&calls(SECOND, &ends)), None, "too few calls to say");
        ends.push(invalid);
        assert_eq!(trunk(&calls(SECOND, &ends)), Some((BreakerCause::InvalidNumbers, 4)));
        assert_eq!(trunk(&calls(TimeDelta::minutes(1), &ends)), None, "spread over 20 minutes");
    }

    #[test]
    fn a_campaign_answers_for_its_agent_only() {
        let agent = (Some(Situation::AgentFault), None);
        let campaign = |ends: &[_]| judge(BreakerScope::Campaign, &calls(SECOND, ends), now()).map(|trip| trip.cause);
        assert_eq!(campaign(&[agent; 3]), Some(BreakerCause::AgentFaults));
        assert_eq!(campaign(&[FAULT; 9]), None);
        assert_eq!(trunk(&calls(SECOND, &[agent; 9])), None);
    }

    #[test]
    fn rests_grow_up_to_ten_minutes() {
        let seconds: Vec<_> = (1..=7).map(|n| rest(n).num_seconds()).collect();
        assert_eq!(seconds, [30, 60, 120, 240, 480, 600, 600]);
    }
}
