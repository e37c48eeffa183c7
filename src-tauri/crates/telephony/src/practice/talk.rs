//! A pretended conversation: who speaks when and what it costs. Owns the timing of turns; the words are in `phrases`.
//!
//! Response time (the person stopped, the bot is heard) is log-normal with a median of 0.9 s and a 95th percentile of
//! 2 s, divided among recognition (25 %), language model (40 %), synthesis (30 %) and playback (5 %).

use std::time::Duration;

use callboard_core::telemetry::SpeechEvent;

use super::{draw::Draw, fate::Fate, phrases::Phrases};

/// Characters that a person or the bot speaks in a second.
const CHARACTERS_PER_SECOND: f64 = 15.0;

/// Share of the utterances that begin while the bot still speaks.
const BARGE_IN: f64 = 0.12;

/// Tokens of the instructions that go along with every question to the language model.
const INSTRUCTION_TOKENS: u32 = 320;

/// A conversation; its times count from the answer.
pub(super) struct Conversation {
    pub(super) events: Vec<(Duration, SpeechEvent)>,
    pub(super) length: Duration,
}

pub(super) fn converse(fate: Fate, greeting: &str, phrases: &Phrases, draw: Draw) -> Conversation {
    let mut talk = Talk {
        draw,
        events: Vec::new(),
        now: Duration::ZERO,
        spoken_characters: 0,
        bot_began: Duration::ZERO,
        bot_stops: None,
        characters_per_token: phrases.characters_per_token,
    };
    if fate == Fate::Voicemail {
        let announcement = talk.draw.one_of(phrases.machine);
        talk.person_says(announcement);
        return talk.hang_up_after(0.6);
    }
    talk.bot_greets(greeting);
    match fate {
        Fate::AgentFault => {
            talk.now = talk.bot_began + talk.draw.between(0.8, 2.0);
            talk.bot_stops = None;
            return talk.hang_up_after(0.1);
        }
        Fate::HangsUpAfterGreeting => {
            let word = talk.draw.one_of(phrases.puzzled);
            talk.person_says(word);
            return talk.hang_up_after(0.4);
        }
        Fate::Refuses if talk.draw.happens(0.4) => {
            talk.exchange(phrases.refuses, phrases.bot_accepts_refusal);
            return talk.hang_up_after(0.8);
        }
        _ => talk.exchange(phrases.listens, phrases.bot_explains),
    }
    if talk.draw.happens(0.5) {
        talk.exchange(phrases.asks, phrases.bot_answers);
    }
    match fate {
        Fate::Agrees => talk.exchange(phrases.agrees, phrases.bot_closes),
        Fate::AsksToCallBack => talk.exchange(phrases.asks_to_call_back, phrases.bot_promises_call),
        _ => talk.exchange(phrases.refuses, phrases.bot_accepts_refusal),
    }
    if talk.draw.happens(0.5) {
        let goodbye = talk.draw.one_of(phrases.goodbye);
        talk.person_says(goodbye);
    }
    talk.hang_up_after(0.8)
}

struct Talk {
    draw: Draw,
    events: Vec<(Duration, SpeechEvent)>,
    /// When the last thing ended.
    now: Duration,
    spoken_characters: usize,
    /// When the bot's present utterance was first heard.
    bot_began: Duration,
    /// When it will be over, unless the person interrupts it.
    bot_stops: Option<Duration>,
    characters_per_token: f64,
}

impl Talk {
    fn exchange(&mut self, person: &[&str], bot: &[&str]) {
        let utterance = self.draw.one_of(person);
        self.person_says(utterance);
        let answer = self.draw.one_of(bot);
        self.bot_answers(answer);
    }

    fn person_says(&mut self, text: &str) {
        let mut began = self.now + self.draw.between(0.3, 1.2);
        if let Some(stops) = self.bot_stops.take() {
            let interrupts = self.draw.happens(BARGE_IN);
            let share = self.draw.fraction(0.6, 0.9);
            let stopped = if interrupts {
                began = self.bot_began + stops.saturating_sub(self.bot_began).mul_f64(share);
                (began + Duration::from_millis(200)).min(stops)
            } else {
                began += stops.saturating_sub(self.now);
                stops
            };
            self.events.push((stopped, SpeechEvent::BotStopped));
        }
        let length = self.speaking_time(text).max(Duration::from_millis(600));
        let first_result = self.draw.latency(0.25, 0.6).min(length.mul_f64(0.9));
        self.events.extend([
            (began, SpeechEvent::UserStarted),
            (began, SpeechEvent::SttStarted),
            (began + first_result, SpeechEvent::SttFirstByte),
            (began + length, SpeechEvent::UserStopped),
        ]);
        self.now = began + length;
        self.spoken_characters += text.chars().count();
        // The transcript is final a quarter of a typical response time later, whether or not the bot answers.
        let transcribed = self.now + self.draw.latency(0.22, 0.5);
        let text = text.to_owned();
        self.events.push((transcribed, SpeechEvent::UserSaid { text, stt_seconds: length.as_secs_f64() }));
    }

    fn bot_greets(&mut self, greeting: &str) {
        let asked = self.now + Duration::from_millis(100);
        let heard = asked + self.draw.latency(0.3, 0.6);
        self.bot_speaks(greeting, asked, heard, heard.saturating_sub(Duration::from_millis(40)).max(asked));
    }

    fn bot_answers(&mut self, text: &str) {
        let stopped = self.now;
        let response = self.draw.latency(0.9, 2.0);
        // The transcript of what the person said comes within this response, not at a time of its own.
        if let Some((at, SpeechEvent::UserSaid { .. })) = self.events.last_mut() {
            *at = stopped + response.mul_f64(0.25);
        }
        let input_tokens = INSTRUCTION_TOKENS + self.tokens(self.spoken_characters);
        let output_tokens = self.tokens(text.chars().count());
        let thought = stopped + response.mul_f64(0.65);
        self.events.extend([
            (stopped + response.mul_f64(0.25), SpeechEvent::LlmStarted),
            (thought, SpeechEvent::LlmCompleted { input_tokens, output_tokens }),
        ]);
        self.bot_speaks(text, thought, stopped + response, stopped + response.mul_f64(0.95));
    }

    fn bot_speaks(&mut self, text: &str, asked: Duration, heard: Duration, first_byte: Duration) {
        self.events.extend([
            (asked, SpeechEvent::TtsStarted { text: text.to_owned() }),
            (first_byte, SpeechEvent::TtsFirstByte),
            (heard, SpeechEvent::PlaybackStarted),
        ]);
        self.spoken_characters += text.chars().count();
        self.bot_began = heard;
        self.bot_stops = Some(heard + self.speaking_time(text));
        self.now = heard;
    }

    fn hang_up_after(mut self, seconds: f64) -> Conversation {
        if let Some(stops) = self.bot_stops.take() {
            self.events.push((stops, SpeechEvent::BotStopped));
            self.now = stops;
        }
        // Stable: what happens at the same moment stays in the order of cause and effect.
        self.events.sort_by_key(|(at, _)| *at);
        let last = self.events.last().map_or(Duration::ZERO, |(at, _)| *at);
        let length = last.max(self.now) + Duration::from_secs_f64(seconds);
        Conversation { events: self.events, length }
    }

    fn speaking_time(&mut self, text: &str) -> Duration {
        let pace = self.draw.fraction(0.85, 1.2);
        Duration::from_secs_f64(text.chars().count() as f64 / CHARACTERS_PER_SECOND * pace)
    }

    #[expect(clippy::cast_sign_loss, reason = "a count of characters is not negative")]
    fn tokens(&self, characters: usize) -> u32 {
        (characters as f64 / self.characters_per_token).ceil() as u32
    }
}
