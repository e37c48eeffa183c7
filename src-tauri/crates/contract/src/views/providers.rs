//! Providers of language models and of speech, and the voice's sample.

use callboard_core::{
    skillbase::{Language, Tts},
    text_enum,
};
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use uuid::Uuid;

text_enum! {
    /// A key of a provider.
    pub enum ProviderKey {
        /// The language model's endpoint.
        Llm = "llm",
        /// Cartesia.
        Cartesia = "cartesia",
        /// `ElevenLabs`.
        Elevenlabs = "elevenlabs",
        /// `OpenAI`'s speech, or what speaks its interface.
        OpenaiSpeech = "openai_speech",
    }
}

/// Where language model and speech are. Addresses are `https://`, or `http://` on this machine or a private network.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ProvidersForm {
    /// OpenAI-compatible endpoint for conversations of the sandbox, for example `https://api.openai.com/v1` or
    /// `http://localhost:11434/v1`; empty for none.
    pub llm_url: String,
    /// Model; empty takes the skillbase's.
    pub llm_model: String,
    /// Cartesia, `https://api.cartesia.ai`.
    pub cartesia_url: String,
    /// `ElevenLabs`, `https://api.elevenlabs.io`.
    pub elevenlabs_url: String,
    /// OpenAI-compatible speech, `https://api.openai.com/v1`.
    pub openai_speech_url: String,
}

/// The providers as they are set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ProvidersView {
    /// Where.
    pub form: ProvidersForm,
    /// Keys that are stored on this machine.
    pub stored_keys: Vec<ProviderKey>,
}

/// A key on its way to the keyring; never sent back.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ProviderSecret {
    /// Whose.
    pub key: ProviderKey,
    /// The key; empty removes the stored one.
    pub value: String,
}

impl std::fmt::Debug for ProviderSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ProviderSecret({}, ..)", self.key)
    }
}

/// A change of the providers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ProvidersUpdate {
    /// The company.
    pub company_id: Uuid,
    /// Where.
    pub form: ProvidersForm,
    /// New keys; what is not named stays.
    pub secrets: Vec<ProviderSecret>,
}

/// Whether the language model answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct LlmCheck {
    /// It does.
    pub ok: bool,
    /// How long it took, milliseconds.
    pub latency_ms: u32,
    /// What went wrong, in words.
    pub detail: Option<String>,
}

/// A text to hear.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TtsPreviewRequest {
    /// The company.
    pub company_id: Uuid,
    /// 1..=500 characters.
    pub text: String,
    /// The voice.
    pub tts: Tts,
    /// The text's language.
    pub language: Language,
}

/// The voice's sample. There is none without the provider's own audio: a failure is an error, never a tone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TtsPreview {
    /// `audio/mpeg` or `audio/wav`.
    pub media_type: String,
    /// The audio, base64.
    pub audio: String,
    /// It was heard before and kept; the provider was not asked again.
    pub cached: bool,
}
