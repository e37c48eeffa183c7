//! Following one call from the dialling request to its end. Owns the times and what was seen last; refuses to conclude
//! from silence: while the server cannot be asked, the call counts as going on.

use std::{
    pin::{Pin, pin},
    time::Duration,
};

use callboard_core::call::Disposition;
use livekit_api::services::ServiceError;
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

use super::{
    LONGEST_RING, LivekitLine, Pace,
    clients::Job,
    dialled::{Dialled, kind_of},
    dialling::DialFault,
    outcome::AgentReport,
    room::{CalleeStatus, RoomView},
};
use crate::{
    CallEnd, DialPermit, EventSink, LineEvent, LineFault, LineFaultCode, NotPlaced, PlannedCall, report::report,
};

pub(super) struct Follow<'a> {
    line: &'a LivekitLine,
    call: &'a PlannedCall,
    events: EventSink,
    hang_up: CancellationToken,
    start: Instant,
    rang: bool,
    answered_at: Option<Instant>,
    agent_seen: bool,
    agent_missing_since: Option<Instant>,
    report: Option<AgentReport>,
}

/// Why the dialling request is not waited for any longer.
enum Interrupted {
    HangUp,
    AgentLost,
}

impl<'a> Follow<'a> {
    pub(super) fn new(
        line: &'a LivekitLine,
        call: &'a PlannedCall,
        events: EventSink,
        hang_up: CancellationToken,
    ) -> Self {
        Self {
            line,
            call,
            events,
            hang_up,
            start: Instant::now(),
            rang: false,
            answered_at: None,
            agent_seen: false,
            agent_missing_since: None,
            report: None,
        }
    }

    /// Sends the dialling request, once and while the permit holds, and follows the call to its end.
    ///
    /// # Errors
    /// When the permit ran out before the request was sent.
    pub(super) async fn dial(mut self, permit: DialPermit) -> Result<CallEnd, NotPlaced> {
        let (line, call, hang_up) = (self.line, self.call, self.hang_up.clone());
        let mut dial = pin!(line.clients.dial(call, permit));
        let mut look = pin!(look_later(line, call, Duration::ZERO));
        let reply = loop {
            tokio::select! {
                biased;
                reply = &mut dial => break Ok(reply),
                () = hang_up.cancelled() => break Err(Interrupted::HangUp),
                seen = &mut look => {
                    if let Ok(room) = seen {
                        self.note(&room).await;
                        if self.agent_is_lost(&room) {
                            break Err(Interrupted::AgentLost);
                        }
                    }
                    look.set(look_later(line, call, self.pace().poll));
                }
            }
        };
        Ok(match reply {
            Ok(Ok(())) => {
                self.answered().await;
                self.until_end().await
            }
            Ok(Err(DialFault::PermitExpired)) => return Err(NotPlaced::PermitExpired),
            Ok(Err(DialFault::Service(error))) => self.after_failed_request(&error).await,
            Err(Interrupted::HangUp) => self.withdraw(dial, Disposition::HungUp).await,
            Err(Interrupted::AgentLost) => self.withdraw(dial, Disposition::AgentFault).await,
        })
    }

    /// Looks for a call whose worker died and follows it to its end.
    ///
    /// # Errors
    /// When the server could not be asked whether the call still exists.
    pub(super) async fn find_again(mut self) -> Result<CallEnd, LineFault> {
        let settled = Instant::now() + self.pace().settle;
        loop {
            let room = match self.look().await {
                Ok(room) => room,
                Err(error) => return Err(self.line.probe.explain(&error).await),
            };
            if room.callee.is_some() {
                self.note(&room).await;
                return Ok(self.until_end().await);
            }
            // The dead worker's request may still be on its way into the room.
            if Instant::now() >= settled {
                self.line.remove_room(self.call).await;
                return Ok(self.end(Disposition::Unknown, Some("The call was no longer there.")));
            }
            sleep(self.pace().poll).await;
        }
    }

    async fn after_failed_request(mut self, error: &ServiceError) -> CallEnd {
        match Dialled::of(error) {
            Dialled::Over { disposition, sip_status, sip_phrase, error } => {
                CallEnd { sip_status, error, sip_phrase, ..self.end(disposition, None) }
            }
            Dialled::NothingRang { error } => CallEnd { error: Some(error), ..self.end(Disposition::LineFault, None) },
            Dialled::Lost { error, undecodable } => self.find_out(error, undecodable).await,
        }
    }

    /// The reply is lost: the room says whether there is a call.
    async fn find_out(&mut self, error: &str, undecodable: bool) -> CallEnd {
        let settled = Instant::now() + self.pace().settle;
        let given_up = self.start + self.call.ring_timeout + self.call.max_duration + self.pace().grace;
        loop {
            match self.look().await {
                Ok(room) if room.callee.is_some() => {
                    self.note(&room).await;
                    return self.until_end().await;
                }
                Ok(room) => {
                    self.note(&room).await;
                    if self.answered_at.is_some() {
                        // It was seen to be answered and is over already.
                        return self.with_report(self.ended());
                    }
                    if Instant::now() >= settled {
                        return self.end(Disposition::Unknown, Some(error));
                    }
                }
                Err(_) if undecodable && let Some(refused) = self.key_is_refused().await => return refused,
                Err(_) if Instant::now() >= given_up => return self.end(Disposition::Unknown, Some(error)),
                Err(_) if self.hang_up.is_cancelled() && Instant::now() >= settled => {
                    return self.end(Disposition::Unknown, Some(error));
                }
                Err(_) => {}
            }
            if self.hang_up.is_cancelled() {
                // What was not found cannot be hung up; without its room it ends when it is there after all.
                self.line.remove_room(self.call).await;
            }
            sleep(self.pace().poll).await;
        }
    }

    /// A refused key looks like a lost reply; when the server refuses the key now too, nothing rang.
    async fn key_is_refused(&self) -> Option<CallEnd> {
        let fault = self.line.probe.access().await.err()?;
        let refused = matches!(fault.code, LineFaultCode::WrongKey | LineFaultCode::NotPermitted);
        refused.then(|| self.end(Disposition::LineFault, Some(&fault.detail)))
    }

    /// Follows a call that is in the room.
    async fn until_end(&mut self) -> CallEnd {
        let mut last_fault = None;
        loop {
            let hang_up = self.hang_up.clone();
            let seen = tokio::select! {
                biased;
                () = hang_up.cancelled() => return self.hang_up_call().await,
                seen = look_later(self.line, self.call, self.pace().poll) => seen,
            };
            let overdue = Instant::now() >= self.latest_end();
            match seen {
                Ok(room) => {
                    last_fault = None;
                    self.note(&room).await;
                    if room.callee.is_none() {
                        let end = self.ended();
                        self.hear_agent_out(&room).await;
                        return self.with_report(end);
                    }
                    if self.agent_is_lost(&room) {
                        return self.end_without_agent().await;
                    }
                    if overdue {
                        self.line.remove_room(self.call).await;
                        let error = "The line ended the call: it lasted longer than allowed.";
                        return self.with_report(CallEnd { error: Some(error.to_owned()), ..self.ended() });
                    }
                }
                Err(_) if overdue => {
                    let error = "The LiveKit server could not be asked how the call ended.";
                    return self.end(Disposition::Unknown, Some(error));
                }
                Err(error) => {
                    let kind = kind_of(&error).to_owned();
                    if last_fault.as_ref() != Some(&kind) {
                        let call = self.call.call_id;
                        tracing::warn!(call.id = %call, %kind, "The room of call {call} cannot be looked at");
                    }
                    last_fault = Some(kind);
                }
            }
        }
    }

    /// The callee is gone: the agent gets a short time to say what came of it, if it is still there and has not.
    async fn hear_agent_out(&mut self, room: &RoomView) {
        let deadline = Instant::now() + self.pace().agent_grace;
        let mut present = room.agent.is_some();
        while present && self.report.is_none() && Instant::now() < deadline && !self.hang_up.is_cancelled() {
            sleep(self.pace().poll / 4).await;
            let Ok(room) = self.look().await else { return };
            self.note(&room).await;
            present = room.agent.is_some();
        }
    }

    /// The callee is on the line and nobody speaks to him. An agent that reported or ended in good order is done.
    async fn end_without_agent(&mut self) -> CallEnd {
        let end = self.ended();
        let job = match &self.report {
            Some(_) => Job::Done,
            None => self.line.clients.agent_job(self.call).await.unwrap_or(Job::Failed),
        };
        self.line.remove_room(self.call).await;
        if job == Job::Done {
            return self.with_report(end);
        }
        let error = "The voice agent left during the call.";
        CallEnd { error: Some(error.to_owned()), disposition: Disposition::AgentFault, ..end }
    }

    async fn hang_up_call(&self) -> CallEnd {
        let end = self.end(Disposition::HungUp, None);
        if self.line.remove_room(self.call).await {
            return end;
        }
        let error = "The call was to be hung up, but the LiveKit server did not confirm it.";
        CallEnd { disposition: Disposition::Unknown, error: Some(error.to_owned()), ..end }
    }

    /// Ends a call that is being dialled. The deletion of the room can overtake the request; then the request makes the
    /// room anew and the phone would ring after all. So the reply is waited for, and the room deleted again.
    async fn withdraw(
        &mut self,
        mut dial: Pin<&mut impl Future<Output = Result<(), DialFault>>>,
        disposition: Disposition,
    ) -> CallEnd {
        let mut end = self.end(disposition, None);
        if disposition == Disposition::AgentFault {
            end.error = Some("The voice agent left before the call was answered.".to_owned());
        }
        let settled = Instant::now() + self.pace().settle;
        let mut removed = self.line.remove_room(self.call).await;
        while Instant::now() < settled {
            tokio::select! {
                biased;
                _ = &mut dial => {
                    removed |= self.line.remove_room(self.call).await;
                    break;
                }
                seen = look_later(self.line, self.call, self.pace().poll / 4) => {
                    if seen.is_ok_and(|room| room.callee.is_some()) {
                        removed = self.line.remove_room(self.call).await;
                    }
                }
            }
        }
        if removed {
            return end;
        }
        let error = "The call was to be withdrawn, but the LiveKit server did not confirm it.";
        CallEnd { disposition: Disposition::Unknown, error: Some(error.to_owned()), ..end }
    }

    async fn look(&self) -> Result<RoomView, ServiceError> {
        look_later(self.line, self.call, Duration::ZERO).await
    }

    /// Takes over what a look shows.
    async fn note(&mut self, room: &RoomView) {
        match room.callee {
            Some(CalleeStatus::Ringing) if !self.rang => {
                self.rang = true;
                report(&self.events, self.start.elapsed(), LineEvent::Ringing).await;
            }
            Some(CalleeStatus::Answered) => self.answered().await,
            Some(CalleeStatus::Ringing | CalleeStatus::Dialling) | None => {}
        }
        if let Some(agent) = &room.agent {
            self.agent_seen = true;
            if let Some(said) = &agent.report {
                self.report = Some(said.clone());
            }
        }
    }

    async fn answered(&mut self) {
        if self.answered_at.is_none() {
            let now = Instant::now();
            self.answered_at = Some(now);
            report(&self.events, now - self.start, LineEvent::Answered).await;
        }
    }

    /// Whether the agent has been away for longer than its grace. An agent that was never seen is missed only when one
    /// was asked for, from the answer on.
    fn agent_is_lost(&mut self, room: &RoomView) -> bool {
        let asked_for = self.line.settings.agent_name.is_some() && self.answered_at.is_some();
        if room.agent.is_some() || !(self.agent_seen || asked_for) {
            self.agent_missing_since = None;
            return false;
        }
        let since = *self.agent_missing_since.get_or_insert_with(Instant::now);
        since.elapsed() >= self.pace().agent_grace
    }

    fn pace(&self) -> Pace {
        self.line.settings.pace
    }

    /// A call that is still there at this time has outlived every limit that the server was given.
    fn latest_end(&self) -> Instant {
        match self.answered_at {
            Some(answered) => answered + self.call.max_duration + self.pace().grace,
            None => self.start + self.call.ring_timeout.min(LONGEST_RING) + self.call.max_duration + self.pace().grace,
        }
    }

    /// The end of a call that was followed until it was gone. Without an answer and without a SIP status nobody knows
    /// how it ended.
    fn ended(&self) -> CallEnd {
        match self.answered_at {
            Some(_) => CallEnd { sip_status: Some(200), ..self.end(Disposition::Answered, None) },
            None => self.end(Disposition::Unknown, Some("The call ended while its reply was lost.")),
        }
    }

    fn with_report(&self, end: CallEnd) -> CallEnd {
        match &self.report {
            Some(report) if end.disposition == Disposition::Answered => CallEnd {
                disposition: if report.voicemail { Disposition::Voicemail } else { end.disposition },
                outcome: report.outcome,
                outcome_reason: report.reason.clone(),
                callback_at: report.callback_at,
                ..end
            },
            _ => end,
        }
    }

    fn end(&self, disposition: Disposition, error: Option<&str>) -> CallEnd {
        let now = Instant::now();
        let picked_up = self.answered_at.unwrap_or(now);
        CallEnd {
            error: error.map(str::to_owned),
            talk: now - picked_up,
            ..CallEnd::without_conversation(disposition, picked_up - self.start)
        }
    }
}

async fn look_later(line: &LivekitLine, call: &PlannedCall, wait: Duration) -> Result<RoomView, ServiceError> {
    sleep(wait).await;
    Ok(RoomView::of(call, &line.clients.participants(call).await?))
}
