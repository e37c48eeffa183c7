//! What is measured in a conversation. Owns the events that a line reports and the collector that turns them into
//! turns; refuses clocks of its own: every event carries its time.

use serde::{Deserialize, Serialize};

mod collector;
mod conversation;

pub use collector::{Collector, MAX_TURNS};
pub use conversation::{Conversation, MAX_TURN_CHARACTERS, Metrics, Spread, Turn};

/// Something that was said or measured during a conversation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum SpeechEvent {
    /// The person began to speak.
    UserStarted,
    /// The person stopped speaking.
    UserStopped,
    /// Recognition of the present utterance began.
    SttStarted,
    /// Its first result came.
    SttFirstByte,
    /// The final transcript of the utterance, with the seconds of speech that were recognised.
    UserSaid {
        /// What was said.
        text: String,
        /// Seconds of speech recognised.
        stt_seconds: f64,
    },
    /// The language model was asked.
    LlmStarted,
    /// It answered completely.
    LlmCompleted {
        /// Tokens sent.
        input_tokens: u32,
        /// Tokens answered.
        output_tokens: u32,
    },
    /// The bot's text was handed to speech synthesis.
    TtsStarted {
        /// The text.
        text: String,
    },
    /// The first audio of it came.
    TtsFirstByte,
    /// The person hears the first sound of it.
    PlaybackStarted,
    /// The bot stopped speaking.
    BotStopped,
    /// The conversation reached a named state.
    StateReached {
        /// Its id.
        state_id: String,
    },
}
