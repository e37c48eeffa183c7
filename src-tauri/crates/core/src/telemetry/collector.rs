//! Collects one conversation from marks in time. Owns the cut into turns, the latencies and the count of interruptions;
//! refuses to fail: a mark that is missing, doubled or out of order costs one measurement and nothing else.

use std::time::Duration;

use super::{
    SpeechEvent,
    conversation::{Conversation, Metrics, Turn, state_id},
};
use crate::call::TurnRole;

mod cut;

/// Turns of one call that are kept. What later turns use is added to the last one, so that the cost stays right; their
/// words and latencies are not kept. With [`super::MAX_TURN_CHARACTERS`] this bounds the memory of a call.
pub const MAX_TURNS: usize = 1_000;

/// Who may have a turn open. Both may at once: a person goes on while a reply is being prepared.
#[derive(Debug, Clone, Copy)]
enum Side {
    User,
    Bot,
}

/// An open turn.
#[derive(Debug, Clone, Copy, Default)]
struct Open {
    /// Its place in `turns`; none when there was no room for it, then the last turn pays for it.
    place: Option<usize>,
    /// The bot was heard since it was opened.
    heard: bool,
    /// Its words were given with [`Collector::start_turn`], so that synthesised text is not added to them.
    worded: bool,
    /// The person spoke again before this reply was heard: the next preparation replaces it.
    outdated: bool,
}

/// The bot is audible.
#[derive(Debug, Clone, Copy)]
struct Speaking {
    since: Duration,
    place: Option<usize>,
}

/// Collects one conversation. Every `at` is a time on the monotonic clock of the line, the same clock as `answered`.
///
/// The hooks that end a measurement return it in milliseconds, or `None` when its start was never marked.
///
/// How the conversation is cut: one row per turn, in the order in which the turns began. The person's turn lasts until
/// he speaks again after the bot was heard; it holds the recognition. The bot's turn begins with the request to the
/// language model (or the text, or the sound, whichever comes first) and ends when the bot stops or is interrupted; it
/// holds the model, the synthesis and the response time. A noise without words leaves no row.
#[derive(Debug, Clone)]
pub struct Collector {
    answered: Duration,
    max_turns: usize,
    turns: Vec<Turn>,
    user: Option<Open>,
    bot: Option<Open>,
    state_id: Option<String>,
    user_started: Option<Duration>,
    user_stopped: Option<Duration>,
    stt_started: Option<Duration>,
    llm_started: Option<Duration>,
    tts_started: Option<Duration>,
    speaking: Option<Speaking>,
    /// A closed turn of the bot whose language model has not reported yet.
    late_llm: Option<usize>,
    interruption_count: u32,
    user_speech_starts: u32,
}

impl Default for Collector {
    fn default() -> Self {
        Self::new(Duration::ZERO)
    }
}

impl Collector {
    /// For a call that was picked up at `answered`.
    #[must_use]
    pub fn new(answered: Duration) -> Self {
        Self {
            answered,
            max_turns: MAX_TURNS,
            turns: Vec::new(),
            user: None,
            bot: None,
            state_id: None,
            user_started: None,
            user_stopped: None,
            stt_started: None,
            llm_started: None,
            tts_started: None,
            speaking: None,
            late_llm: None,
            interruption_count: 0,
            user_speech_starts: 0,
        }
    }

    /// The turns so far, for the live view. An open turn is among them and may still change or vanish.
    #[must_use]
    pub fn turns(&self) -> &[Turn] {
        &self.turns
    }

    /// The state that was reached last.
    #[must_use]
    pub fn state_id(&self) -> Option<&str> {
        self.state_id.as_deref()
    }

    /// Interruptions so far.
    #[must_use]
    pub fn interruption_count(&self) -> u32 {
        self.interruption_count
    }

    /// Drives the hooks from what the line reports.
    pub fn apply(&mut self, event: &SpeechEvent, at: Duration) {
        match event {
            SpeechEvent::UserStarted => self.user_speech_start(at),
            SpeechEvent::UserStopped => {
                self.user_speech_end(at);
            }
            SpeechEvent::SttStarted => self.stt_start(at),
            SpeechEvent::SttFirstByte => {
                self.stt_first_byte(at);
            }
            SpeechEvent::UserSaid { text, stt_seconds } => self.user_said(text, *stt_seconds, at),
            SpeechEvent::LlmStarted => self.llm_start(at),
            SpeechEvent::LlmCompleted { input_tokens, output_tokens } => {
                self.llm_complete(*input_tokens, *output_tokens, at);
            }
            SpeechEvent::TtsStarted { text } => self.tts_start(text, at),
            SpeechEvent::TtsFirstByte => {
                self.tts_first_byte(at);
            }
            SpeechEvent::PlaybackStarted => {
                self.playback_start(at);
            }
            SpeechEvent::BotStopped => {
                self.bot_speech_end(at);
            }
            SpeechEvent::StateReached { state_id } => self.state_reached(state_id),
        }
    }

    /// Begins a turn whose words are known, or gives the words to the open one of the same side that has none yet. A
    /// remark of the system is complete at once.
    pub fn start_turn(&mut self, role: TurnRole, content: &str, state: Option<&str>, at: Duration) {
        if let Some(state) = state {
            self.state_reached(state);
        }
        let side = match role {
            TurnRole::User => Side::User,
            TurnRole::Assistant => Side::Bot,
            TurnRole::System => {
                if self.turns.len() < self.max_turns {
                    self.push(Turn { started: self.since_answer(at), ..Turn::new(role, content) });
                }
                return;
            }
        };
        if !self.is_waiting_for_words(side) {
            self.close(side);
        }
        if matches!(side, Side::User) {
            self.close_if_heard(Side::Bot);
        }
        let open = self.ensure(side, at);
        if let Some(turn) = self.writable(open) {
            turn.append(content);
        }
        if let Some(open) = self.open_mut(side) {
            open.worded = !content.trim().is_empty();
        }
    }

    /// The person begins to speak. While the bot is audible this is an interruption, and the bot counts as silent.
    pub fn user_speech_start(&mut self, at: Duration) {
        let interrupted = self.speaking.take();
        if let Some(speaking) = interrupted {
            self.interruption_count = self.interruption_count.saturating_add(1);
            if let Some(turn) = speaking.place.and_then(|place| self.turns.get_mut(place)) {
                turn.was_interrupted = true;
            }
        }
        if interrupted.is_some() || self.user_started.is_none() {
            self.user_speech_starts = self.user_speech_starts.saturating_add(1);
        }
        self.user_stopped = None;
        self.user_started = Some(at);
        self.close_if_heard(Side::Bot);
        self.close_if_heard(Side::User);
        if let Some(bot) = &mut self.bot {
            bot.outdated = true;
        }
        let open = self.ensure(Side::User, at);
        self.begins_now(open, at);
    }

    /// The person stops speaking; returns how long he spoke. The response time counts from here.
    pub fn user_speech_end(&mut self, at: Duration) -> Option<f64> {
        if self.speaking.is_none() {
            self.user_stopped = Some(at);
        }
        elapsed_ms(self.user_started.take(), at)
    }

    /// Recognition of the present utterance begins.
    pub fn stt_start(&mut self, at: Duration) {
        self.stt_started = Some(at);
    }

    /// Its first result; returns the time to it.
    pub fn stt_first_byte(&mut self, at: Duration) -> Option<f64> {
        let ms = elapsed_ms(self.stt_started.take(), at)?;
        let open = self.turn_for_words(at);
        if let Some(turn) = self.writable(open) {
            turn.ttfb_stt_ms.get_or_insert(ms);
        }
        Some(ms)
    }

    /// The final transcript of an utterance. One that comes after the bot began to answer belongs to the turn that was
    /// waiting for it.
    pub fn user_said(&mut self, text: &str, stt_seconds: f64, at: Duration) {
        let open = self.turn_for_words(at);
        if let Some(turn) = self.paying(open) {
            turn.add_stt_seconds(stt_seconds);
        }
        if !open.worded
            && let Some(turn) = self.writable(open)
        {
            turn.append(text);
        }
    }

    /// The language model is asked.
    pub fn llm_start(&mut self, at: Duration) {
        self.prepare_reply(at);
        self.llm_started = Some(at);
        self.late_llm = None;
    }

    /// It answered completely; returns the time since it was asked. The answer to a reply that was interrupted still
    /// counts what that reply used.
    pub fn llm_complete(&mut self, input_tokens: u32, output_tokens: u32, at: Duration) -> Option<f64> {
        let ms = elapsed_ms(self.llm_started.take(), at);
        let late = if self.bot.is_none() { self.late_llm.take() } else { None };
        let Some(late) = late else {
            let open = self.ensure(Side::Bot, at);
            if let Some(turn) = self.paying(open) {
                turn.add_tokens(input_tokens, output_tokens);
            }
            if let (Some(ms), Some(turn)) = (ms, self.writable(open)) {
                turn.latency_llm_ms = Some(turn.latency_llm_ms.unwrap_or(0.0) + ms);
            }
            return ms;
        };
        if let Some(turn) = self.turns.get_mut(late) {
            turn.add_tokens(input_tokens, output_tokens);
        }
        None
    }

    /// Text is handed to speech synthesis; its characters are counted. Of several pieces of one reply the first counts
    /// for the latency.
    pub fn tts_start(&mut self, text: &str, at: Duration) {
        let open = self.prepare_reply(at);
        self.tts_started.get_or_insert(at);
        if let Some(turn) = self.paying(open) {
            turn.add_characters(text);
        }
        if !open.worded
            && let Some(turn) = self.writable(open)
        {
            turn.append(text);
        }
    }

    /// The first audio of it; returns the time to it.
    pub fn tts_first_byte(&mut self, at: Duration) -> Option<f64> {
        let ms = elapsed_ms(self.tts_started.take(), at)?;
        let open = self.ensure(Side::Bot, at);
        if let Some(turn) = self.writable(open) {
            turn.ttfb_tts_ms.get_or_insert(ms);
        }
        Some(ms)
    }

    /// The person hears the bot; returns the response time, when this is the first sound since he stopped speaking.
    pub fn playback_start(&mut self, at: Duration) -> Option<f64> {
        let ms = elapsed_ms(self.user_stopped.take(), at);
        let open = self.ensure(Side::Bot, at);
        if !open.heard {
            self.begins_now(open, at);
        }
        if let Some(turn) = self.writable(open) {
            turn.eou_latency_ms = turn.eou_latency_ms.or(ms);
        }
        for open in [&mut self.user, &mut self.bot].into_iter().flatten() {
            open.heard = true;
            open.outdated = false;
        }
        let since = self.speaking.map_or(at, |speaking| speaking.since);
        self.speaking = Some(Speaking { since, place: open.place });
        ms
    }

    /// The bot stops speaking; returns how long it was audible. A late report about a reply that was interrupted does
    /// not touch the next one.
    pub fn bot_speech_end(&mut self, at: Duration) -> Option<f64> {
        self.close_if_heard(Side::Bot);
        elapsed_ms(self.speaking.take().map(|speaking| speaking.since), at)
    }

    /// The conversation reached a named state: the reply that is being prepared and all later turns carry it.
    pub fn state_reached(&mut self, id: &str) {
        let Some(id) = state_id(id) else { return };
        if let Some(open) = self.bot.filter(|open| !open.heard)
            && let Some(turn) = self.writable(open)
        {
            turn.state_id = Some(id.clone());
        }
        self.state_id = Some(id);
    }

    /// Closes the open turns; returns the index of the last one, or `None` when none was open. The end of the person's
    /// speech stays marked, so that the response time can still be measured in the next turn.
    pub fn finalize_turn(&mut self) -> Option<u32> {
        let was_open = self.user.is_some() || self.bot.is_some();
        self.close(Side::User);
        self.close(Side::Bot);
        self.stt_started = None;
        if was_open { self.turns.last().map(|turn| turn.index) } else { None }
    }

    /// Adds a turn that was measured elsewhere; its index is given here. A bot's turn that `was_interrupted` counts as
    /// one interruption, a person's turn as one start of speech.
    pub fn record_turn(&mut self, turn: Turn) {
        self.finalize_turn();
        let interruption = u32::from(turn.role == TurnRole::Assistant && turn.was_interrupted);
        let start = u32::from(turn.role == TurnRole::User);
        self.interruption_count = self.interruption_count.saturating_add(interruption);
        self.user_speech_starts = self.user_speech_starts.saturating_add(start);
        let turn = turn.bounded();
        if self.turns.len() < self.max_turns {
            self.turns.push(turn);
            self.renumber(self.turns.len() - 1);
        } else if let Some(last) = self.turns.last_mut() {
            last.absorb(&turn);
        }
    }

    /// The conversation, or `None` when there was none (acceptance 37). A copy can be kept until it is stored.
    #[must_use]
    pub fn finish(mut self) -> Option<Conversation> {
        self.finalize_turn();
        if self.turns.is_empty() {
            return None;
        }
        let metrics = Metrics::of(&self.turns, self.interruption_count, self.user_speech_starts);
        Some(Conversation { turns: self.turns, metrics, final_state: self.state_id })
    }

    fn since_answer(&self, at: Duration) -> Duration {
        at.saturating_sub(self.answered)
    }
}

/// Milliseconds since a mark; none without the mark, or when the clock says that it lies ahead.
fn elapsed_ms(mark: Option<Duration>, at: Duration) -> Option<f64> {
    at.checked_sub(mark?).map(|elapsed| elapsed.as_nanos() as f64 / 1e6)
}

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
