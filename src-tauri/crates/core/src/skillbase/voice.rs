//! The tab "Voice and model".

use serde::{Deserialize, Serialize};

/// How the bot sounds, hears and thinks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Voice {
    /// Speech synthesis.
    pub tts: Tts,
    /// Recognition.
    pub stt: Stt,
    /// Language model.
    pub llm: Llm,
    /// Longest conversation, seconds, 60..=3600.
    pub max_call_seconds: u32,
}

impl Default for Voice {
    fn default() -> Self {
        Self { tts: Tts::default(), stt: Stt::default(), llm: Llm::default(), max_call_seconds: 600 }
    }
}

text_enum! {
    /// Who synthesises speech.
    #[cfg_attr(test, derive(schemars::JsonSchema))]
    pub enum TtsProvider {
        /// Cartesia.
        Cartesia = "cartesia",
        /// `ElevenLabs`.
        Elevenlabs = "elevenlabs",
        /// `OpenAI`, or what speaks its interface.
        Openai = "openai",
    }
}

text_enum! {
    /// Who recognises speech.
    #[cfg_attr(test, derive(schemars::JsonSchema))]
    pub enum SttProvider {
        /// Deepgram.
        Deepgram = "deepgram",
        /// `AssemblyAI`.
        Assemblyai = "assemblyai",
        /// `OpenAI`, or what speaks its interface.
        Openai = "openai",
    }
}

text_enum! {
    /// Who runs the language model.
    #[cfg_attr(test, derive(schemars::JsonSchema))]
    pub enum LlmProvider {
        /// Groq.
        Groq = "groq",
        /// `OpenAI`, or what speaks its interface.
        Openai = "openai",
        /// Ollama, on one's own machines.
        Ollama = "ollama",
        /// Anthropic.
        Anthropic = "anthropic",
    }
}

/// Speech synthesis.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Tts {
    /// Who.
    pub provider: TtsProvider,
    /// The provider's id of the voice, 1..=100 characters.
    pub voice_id: String,
    /// Times as fast as the voice itself, 0.5..=2.0.
    pub speed: f64,
}

impl Default for Tts {
    fn default() -> Self {
        Self {
            provider: TtsProvider::Cartesia,
            voice_id: "064b17af-d36b-4bfb-b003-be07dba1b649".to_owned(),
            speed: 1.0,
        }
    }
}

/// Recognition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Stt {
    /// Who.
    pub provider: SttProvider,
    /// BCP 47 tag, or the provider's own word such as `multi`; empty for the language of the conversation. At most 35
    /// characters.
    pub language: String,
}

impl Default for Stt {
    fn default() -> Self {
        Self { provider: SttProvider::Deepgram, language: String::new() }
    }
}

/// Language model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Llm {
    /// Who.
    pub provider: LlmProvider,
    /// The provider's name of the model, 1..=100 characters.
    pub model: String,
    /// Sampling temperature, 0.0..=2.0.
    pub temperature: f64,
    /// Most tokens of one answer, 1..=32768; none leaves it to the model.
    pub max_tokens: Option<u32>,
}

impl Default for Llm {
    fn default() -> Self {
        Self {
            provider: LlmProvider::Groq,
            model: "llama-3.3-70b-versatile".to_owned(),
            temperature: 0.7,
            max_tokens: None,
        }
    }
}
