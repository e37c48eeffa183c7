//! A finished conversation: its turns and what they add up to. Owns the figures of one call; refuses averages over
//! several calls, which are made from the turns in SQL.

use std::time::Duration;

use crate::{call::TurnRole, cost::Usage};

/// Characters of one turn that are kept; what is paid for counts in full.
pub const MAX_TURN_CHARACTERS: usize = 4_000;
/// Characters of a state id that are kept.
const MAX_STATE_CHARACTERS: usize = 100;
/// What an integer column holds; a count that is higher is a fault of the agent, and stops here.
const MAX_COUNT: u32 = i32::MAX as u32;
/// Longest speech of one turn, a day; a provider that reports more is wrong.
const MAX_STT_SECONDS: f64 = 86_400.0;

/// One turn. Latencies are in milliseconds, and unknown where they were not measured: an unknown one is never zero.
#[derive(Debug, Clone, PartialEq)]
pub struct Turn {
    /// Order in the conversation, from 0 (shown from 1).
    pub index: u32,
    /// Who speaks.
    pub role: TurnRole,
    /// What was said.
    pub content: String,
    /// State of the conversation, when the agent has states.
    pub state_id: Option<String>,
    /// When it began, after the answer: the first sound, or the preparation of a reply that was never heard.
    pub started: Duration,
    /// Start of recognition to its first result.
    pub ttfb_stt_ms: Option<f64>,
    /// Request to the language model to its complete answer, added up when the bot asked more than once.
    pub latency_llm_ms: Option<f64>,
    /// Text handed to speech synthesis to its first audio.
    pub ttfb_tts_ms: Option<f64>,
    /// Response time: end of the person's speech to the first sound of the bot (requirements K13).
    pub eou_latency_ms: Option<f64>,
    /// Seconds of speech recognised.
    pub stt_seconds: f64,
    /// Tokens sent to the language model.
    pub llm_input_tokens: u32,
    /// Tokens it answered with.
    pub llm_output_tokens: u32,
    /// Characters synthesised.
    pub tts_characters: u32,
    /// The person began to speak while the bot was speaking it.
    pub was_interrupted: bool,
}

impl Turn {
    /// A turn of which only the words are known.
    #[must_use]
    pub fn new(role: TurnRole, content: &str) -> Self {
        let mut turn = Self {
            index: 0,
            role,
            content: String::new(),
            state_id: None,
            started: Duration::ZERO,
            ttfb_stt_ms: None,
            latency_llm_ms: None,
            ttfb_tts_ms: None,
            eou_latency_ms: None,
            stt_seconds: 0.0,
            llm_input_tokens: 0,
            llm_output_tokens: 0,
            tts_characters: 0,
            was_interrupted: false,
        };
        turn.append(content);
        turn
    }

    /// Adds words after a space, up to [`MAX_TURN_CHARACTERS`].
    pub(super) fn append(&mut self, text: &str) {
        let text = text.trim();
        let separator = if self.content.is_empty() || text.is_empty() { "" } else { " " };
        let room = MAX_TURN_CHARACTERS.saturating_sub(self.content.chars().count());
        self.content.extend(storable(separator).chain(storable(text)).take(room));
    }

    /// Adds what another turn used.
    pub(super) fn absorb(&mut self, other: &Self) {
        self.add_stt_seconds(other.stt_seconds);
        self.llm_input_tokens = add(self.llm_input_tokens, other.llm_input_tokens);
        self.llm_output_tokens = add(self.llm_output_tokens, other.llm_output_tokens);
        self.tts_characters = add(self.tts_characters, other.tts_characters);
    }

    pub(super) fn add_tokens(&mut self, input: u32, output: u32) {
        self.llm_input_tokens = add(self.llm_input_tokens, input);
        self.llm_output_tokens = add(self.llm_output_tokens, output);
    }

    pub(super) fn add_characters(&mut self, text: &str) {
        let characters = u32::try_from(text.chars().count()).unwrap_or(MAX_COUNT);
        self.tts_characters = add(self.tts_characters, characters);
    }

    pub(super) fn add_stt_seconds(&mut self, seconds: f64) {
        if seconds.is_finite() && seconds > 0.0 {
            self.stt_seconds = (self.stt_seconds + seconds).min(MAX_STT_SECONDS);
        }
    }

    /// Nothing was said, measured or used.
    pub(super) fn is_blank(&self) -> bool {
        let latencies = [self.ttfb_stt_ms, self.latency_llm_ms, self.ttfb_tts_ms, self.eou_latency_ms];
        self.content.is_empty()
            && latencies.iter().all(Option::is_none)
            && self.stt_seconds <= 0.0
            && self.llm_input_tokens == 0
            && self.llm_output_tokens == 0
            && self.tts_characters == 0
            && !self.was_interrupted
    }

    /// The same turn within the bounds of what is stored.
    pub(super) fn bounded(mut self) -> Self {
        self.content = storable(&self.content).take(MAX_TURN_CHARACTERS).collect();
        self.state_id = self.state_id.as_deref().and_then(state_id);
        for latency in
            [&mut self.ttfb_stt_ms, &mut self.latency_llm_ms, &mut self.ttfb_tts_ms, &mut self.eou_latency_ms]
        {
            *latency = latency.filter(|ms| ms.is_finite() && *ms >= 0.0);
        }
        let seconds = std::mem::take(&mut self.stt_seconds);
        self.add_stt_seconds(seconds);
        for count in [&mut self.llm_input_tokens, &mut self.llm_output_tokens, &mut self.tts_characters] {
            *count = (*count).min(MAX_COUNT);
        }
        self
    }
}

fn add(count: u32, more: u32) -> u32 {
    count.saturating_add(more).min(MAX_COUNT)
}

/// `PostgreSQL` stores every character but NUL.
fn storable(text: &str) -> impl Iterator<Item = char> + '_ {
    text.chars().filter(|character| *character != '\0')
}

/// A state id within its bounds; none when it is blank.
pub(super) fn state_id(text: &str) -> Option<String> {
    let id: String = storable(text.trim()).take(MAX_STATE_CHARACTERS).collect();
    (!id.is_empty()).then_some(id)
}

/// Mean, smallest and largest of the measured values, milliseconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spread {
    /// Mean.
    pub avg: f64,
    /// Smallest.
    pub min: f64,
    /// Largest.
    pub max: f64,
}

impl Spread {
    /// Over the values that are known; none when there are none.
    pub fn of(values: impl IntoIterator<Item = Option<f64>>) -> Option<Self> {
        let (mut count, mut sum, mut min, mut max) = (0_u32, 0.0, f64::INFINITY, f64::NEG_INFINITY);
        for value in values.into_iter().flatten() {
            count += 1;
            sum += value;
            min = f64::min(min, value);
            max = f64::max(max, value);
        }
        (count > 0).then(|| Self { avg: sum / f64::from(count), min, max })
    }
}

/// What the turns of one call add up to (requirements D2).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Metrics {
    /// Turns recorded, remarks of the system included.
    pub turn_count: u32,
    /// Turns of the person.
    pub user_turn_count: u32,
    /// Turns of the bot.
    pub bot_turn_count: u32,
    /// Of [`Turn::ttfb_stt_ms`].
    pub ttfb_stt: Option<Spread>,
    /// Of [`Turn::latency_llm_ms`].
    pub latency_llm: Option<Spread>,
    /// Of [`Turn::ttfb_tts_ms`].
    pub ttfb_tts: Option<Spread>,
    /// Of [`Turn::eou_latency_ms`].
    pub eou_latency: Option<Spread>,
    /// Seconds of speech recognised.
    pub stt_seconds: f64,
    /// Tokens sent to the language model.
    pub llm_input_tokens: u32,
    /// Tokens it answered with.
    pub llm_output_tokens: u32,
    /// Characters synthesised.
    pub tts_characters: u32,
    /// Times the person began to speak while the bot was speaking.
    pub interruption_count: u32,
    /// `interruption_count / turn_count`, the stored rate (requirements K12).
    pub interruption_rate: f64,
    /// Times the person began to speak at all.
    pub user_speech_starts: u32,
}

impl Metrics {
    pub(super) fn of(turns: &[Turn], interruption_count: u32, user_speech_starts: u32) -> Self {
        let count = |role| turns.iter().filter(|turn| turn.role == role).count() as u32;
        let sum = |measure: fn(&Turn) -> u32| turns.iter().map(measure).fold(0, add);
        let turn_count = turns.len() as u32;
        Self {
            turn_count,
            user_turn_count: count(TurnRole::User),
            bot_turn_count: count(TurnRole::Assistant),
            ttfb_stt: Spread::of(turns.iter().map(|turn| turn.ttfb_stt_ms)),
            latency_llm: Spread::of(turns.iter().map(|turn| turn.latency_llm_ms)),
            ttfb_tts: Spread::of(turns.iter().map(|turn| turn.ttfb_tts_ms)),
            eou_latency: Spread::of(turns.iter().map(|turn| turn.eou_latency_ms)),
            stt_seconds: turns.iter().map(|turn| turn.stt_seconds).sum(),
            llm_input_tokens: sum(|turn| turn.llm_input_tokens),
            llm_output_tokens: sum(|turn| turn.llm_output_tokens),
            tts_characters: sum(|turn| turn.tts_characters),
            interruption_count,
            interruption_rate: ratio(interruption_count, turn_count),
            user_speech_starts,
        }
    }

    /// Interruptions per time the person began to speak; the other rate that the replaced system showed.
    #[must_use]
    pub fn interruptions_per_user_start(&self) -> f64 {
        ratio(self.interruption_count, self.user_speech_starts)
    }

    /// What has to be paid for, with the line time that the line reports.
    #[must_use]
    pub fn usage(&self, line: Duration) -> Usage {
        Usage {
            stt_seconds: self.stt_seconds,
            llm_input_tokens: self.llm_input_tokens,
            llm_output_tokens: self.llm_output_tokens,
            tts_characters: self.tts_characters,
            line_seconds: line.as_secs_f64(),
        }
    }
}

fn ratio(part: u32, whole: u32) -> f64 {
    if whole == 0 { 0.0 } else { f64::from(part) / f64::from(whole) }
}

/// A conversation that is over and has at least one turn.
#[derive(Debug, Clone, PartialEq)]
pub struct Conversation {
    /// In order; `turns[i].index == i`.
    pub turns: Vec<Turn>,
    /// What they add up to.
    pub metrics: Metrics,
    /// The state that was reached last, when the agent has states.
    pub final_state: Option<String>,
}
