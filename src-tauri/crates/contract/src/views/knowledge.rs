//! Knowledge: documents of a company that bots may look things up in.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use uuid::Uuid;

use super::ImportSource;
use callboard_core::text_enum;

text_enum! {
    /// What a knowledge document was made of.
    pub enum KnowledgeSource {
        /// Plain text.
        Text = "text",
        /// Markdown.
        Markdown = "markdown",
        /// PDF.
        Pdf = "pdf",
        /// Word document.
        Docx = "docx",
    }
}

/// A knowledge document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct KnowledgeDocument {
    /// Id.
    pub id: Uuid,
    /// Title, 1..=500 characters.
    pub title: String,
    /// What it was made of.
    pub source: KnowledgeSource,
    /// Characters.
    pub characters: i32,
    /// Pieces that are searched.
    pub chunks: i32,
    /// Skillbases whose newest version or draft uses it.
    pub skillbase_count: i32,
    /// When it was added.
    pub created_at: DateTime<Utc>,
}

/// Knowledge documents of a company.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct KnowledgeList {
    /// Newest first.
    pub items: Vec<KnowledgeDocument>,
}

/// Where a knowledge document comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum KnowledgeInput {
    /// A file: text, Markdown, PDF or DOCX, at most 20 MB.
    File {
        /// The file.
        source: ImportSource,
    },
    /// Text that was typed or pasted, at most 2,000,000 characters.
    Text {
        /// The text.
        text: String,
    },
}

/// A knowledge document to add.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct KnowledgeAdd {
    /// The company.
    pub company_id: Uuid,
    /// Title; empty takes the file's name.
    pub title: String,
    /// The content.
    pub input: KnowledgeInput,
}

/// Names a knowledge document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct KnowledgeRef {
    /// The company.
    pub company_id: Uuid,
    /// The document.
    pub document_id: Uuid,
}

/// A search.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct KnowledgeQuery {
    /// The company.
    pub company_id: Uuid,
    /// Only these documents; empty for all.
    pub document_ids: Vec<Uuid>,
    /// What is asked, 1..=500 characters.
    pub query: String,
    /// Passages, 1..=50.
    pub limit: u32,
}

/// A passage that was found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct KnowledgeHit {
    /// The document.
    pub document_id: Uuid,
    /// Its title.
    pub title: String,
    /// Place of the passage in it, from 0.
    pub chunk_index: i32,
    /// The passage.
    pub text: String,
    /// How well it answers, 0..=1.
    pub score: f64,
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct KnowledgeHits {
    /// Best first.
    pub items: Vec<KnowledgeHit>,
}
