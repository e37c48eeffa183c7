//! The cut of a conversation into rows: which turn a measurement belongs to, and when a turn is over.

use std::time::Duration;

use super::{Collector, Open, Side};
use crate::{call::TurnRole, telemetry::Turn};

impl Collector {
    /// The turn of the bot that a reply is prepared in. What was prepared for words that the person has since added to
    /// is dropped; what it used stays.
    pub(super) fn prepare_reply(&mut self, at: Duration) -> Open {
        let open = self.ensure(Side::Bot, at);
        if open.outdated {
            if let Some(bot) = &mut self.bot {
                bot.outdated = false;
            }
            self.tts_started = None;
            if let Some(turn) = self.writable(open) {
                if !open.worded {
                    turn.content.clear();
                }
                turn.latency_llm_ms = None;
                turn.ttfb_tts_ms = None;
            }
        }
        open
    }

    /// The turn that recognised words belong to: the open one, unless it was answered and is complete.
    pub(super) fn turn_for_words(&mut self, at: Duration) -> Open {
        if !self.is_waiting_for_words(Side::User) {
            self.close_if_heard(Side::Bot);
            self.close_if_heard(Side::User);
        }
        self.ensure(Side::User, at)
    }

    pub(super) fn is_waiting_for_words(&self, side: Side) -> bool {
        let open = match side {
            Side::User => self.user,
            Side::Bot => self.bot,
        };
        open.and_then(|open| self.turns.get(open.place?)).is_some_and(|turn| turn.content.is_empty())
    }

    pub(super) fn open_mut(&mut self, side: Side) -> &mut Option<Open> {
        match side {
            Side::User => &mut self.user,
            Side::Bot => &mut self.bot,
        }
    }

    /// The open turn of a side; opens one when there is none, and gives it a row as soon as there is room.
    pub(super) fn ensure(&mut self, side: Side, at: Duration) -> Open {
        let mut open = self.open_mut(side).unwrap_or_default();
        if open.place.is_none() && self.turns.len() < self.max_turns {
            let role = match side {
                Side::User => TurnRole::User,
                Side::Bot => TurnRole::Assistant,
            };
            let started = self.since_answer(at);
            self.push(Turn { started, ..Turn::new(role, "") });
            open.place = Some(self.turns.len() - 1);
        }
        *self.open_mut(side) = Some(open);
        open
    }

    /// The row of an open turn, for what only belongs into a row of its own.
    pub(super) fn writable(&mut self, open: Open) -> Option<&mut Turn> {
        open.place.and_then(|place| self.turns.get_mut(place))
    }

    /// The row that counts what an open turn uses.
    pub(super) fn paying(&mut self, open: Open) -> Option<&mut Turn> {
        match open.place {
            Some(place) => self.turns.get_mut(place),
            None => self.turns.last_mut(),
        }
    }

    pub(super) fn close_if_heard(&mut self, side: Side) {
        if self.open_mut(side).is_some_and(|open| open.heard) {
            self.close(side);
        }
    }

    /// Closes a turn. One without any content leaves no row, except a bot's that was heard.
    pub(super) fn close(&mut self, side: Side) {
        let Some(open) = self.open_mut(side).take() else {
            return;
        };
        let mut heard = false;
        if matches!(side, Side::Bot) {
            heard = open.heard;
            self.tts_started = None;
            if self.llm_started.take().is_some() {
                self.late_llm = open.place;
            }
        }
        if let Some(place) = open.place
            && !heard
            && self.turns.get(place).is_some_and(Turn::is_blank)
        {
            self.remove(place);
        }
    }

    pub(super) fn push(&mut self, mut turn: Turn) {
        turn.state_id.clone_from(&self.state_id);
        self.turns.push(turn);
        self.renumber(self.turns.len() - 1);
    }

    /// Takes out a row that nothing but its own side knows, and moves what points behind it.
    fn remove(&mut self, removed: usize) {
        self.turns.remove(removed);
        self.renumber(removed);
        let places = [
            self.user.as_mut().map(|open| &mut open.place),
            self.bot.as_mut().map(|open| &mut open.place),
            self.speaking.as_mut().map(|speaking| &mut speaking.place),
            Some(&mut self.late_llm),
        ];
        for place in places.into_iter().flatten() {
            *place = match *place {
                Some(other) if other > removed => Some(other - 1),
                Some(other) if other == removed => None,
                place => place,
            };
        }
    }

    pub(super) fn renumber(&mut self, from: usize) {
        for (place, turn) in self.turns.iter_mut().enumerate().skip(from) {
            turn.index = place as u32;
        }
    }

    /// A turn that was opened early begins with its first sound, unless another one has begun since.
    pub(super) fn begins_now(&mut self, open: Open, at: Duration) {
        let started = self.since_answer(at);
        let is_last = open.place.is_some_and(|place| place + 1 == self.turns.len());
        if is_last
            && let Some(turn) = self.writable(open)
            && (turn.role == TurnRole::Assistant || turn.is_blank())
        {
            turn.started = started;
        }
    }
}
