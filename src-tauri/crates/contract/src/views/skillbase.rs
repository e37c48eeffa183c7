//! Skillbases: drafts, versions, comparisons, prompt, files.

use callboard_core::skillbase::{
    Language, SkillbaseDocument, ToolName,
    diff::{FieldChange, FieldConflict},
    import::{FileForm, ImportNote},
    problem::Problem,
    prompt::PromptSection,
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use uuid::Uuid;

use super::ImportSource;

/// Names a skillbase.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SkillbaseRef {
    /// The company.
    pub company_id: Uuid,
    /// The skillbase.
    pub skillbase_id: Uuid,
}

/// Which skillbases.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SkillbaseQuery {
    /// The company.
    pub company_id: Uuid,
    /// Also those put away.
    pub archived: bool,
}

/// A skillbase without its document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SkillbaseSummary {
    /// Id.
    pub id: Uuid,
    /// Name.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// Newest published version, from 1; 0 while nothing was published.
    pub version: i32,
    /// Hash of that version's document.
    pub hash: Option<String>,
    /// When it was published.
    pub published_at: Option<DateTime<Utc>>,
    /// The language that it begins in.
    pub language: Language,
    /// What is said first.
    pub greeting: String,
    /// When its draft was saved last; none when everything is published.
    pub draft_saved_at: Option<DateTime<Utc>>,
    /// Campaigns that pin any of its versions.
    pub campaign_count: i32,
    /// Of these, campaigns that are not over and pin an older version than the newest.
    pub behind_count: i32,
    /// Put away.
    pub archived: bool,
    /// When it was created.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

/// Skillbases of a company.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SkillbaseList {
    /// Newest first.
    pub items: Vec<SkillbaseSummary>,
}

/// A draft, as it is in the database.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SkillbaseDraft {
    /// The document; it may be unfinished.
    pub document: SkillbaseDocument,
    /// The version that it was made of; 0 for none.
    pub base_version: i32,
    /// Rises with every save.
    pub revision: i32,
    /// When it was saved last.
    pub saved_at: DateTime<Utc>,
}

/// A skillbase with its newest version and its draft.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SkillbaseView {
    /// Everything but the documents.
    pub summary: SkillbaseSummary,
    /// The newest published document; none while nothing was published.
    pub document: Option<SkillbaseDocument>,
    /// The draft, when there is one.
    pub draft: Option<SkillbaseDraft>,
    /// Calls that any of its versions has made; above 0, or with campaigns, it cannot be deleted.
    pub call_count: i32,
}

/// A new skillbase.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SkillbaseForm {
    /// The company.
    pub company_id: Uuid,
    /// 1..=255 characters, unique in the company.
    pub name: String,
    /// At most 2,000 characters.
    pub description: String,
    /// The document.
    pub document: SkillbaseDocument,
    /// Publishes it as version 1, when it has no errors; otherwise it begins as a draft.
    pub publish: bool,
}

/// New names of a skillbase; its version stays (acceptance 26).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SkillbaseUpdate {
    /// The company.
    pub company_id: Uuid,
    /// The skillbase.
    pub skillbase_id: Uuid,
    /// 1..=255 characters, unique in the company.
    pub name: String,
    /// At most 2,000 characters.
    pub description: String,
}

/// A draft to keep.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SkillbaseDraftSave {
    /// The company.
    pub company_id: Uuid,
    /// The skillbase.
    pub skillbase_id: Uuid,
    /// The document; it may have errors.
    pub document: SkillbaseDocument,
    /// The version that it was made of; 0 for none.
    pub base_version: i32,
    /// Revision of the stored draft that this one follows; none when there was no draft.
    pub base_revision: Option<i32>,
}

/// What became of a draft.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case", rename_all_fields = "camelCase")]
#[expect(clippy::large_enum_variant, reason = "one of them an answer; a box would gain nothing")]
pub enum SkillbaseDraftSaved {
    /// It is stored.
    Saved {
        /// Its revision.
        revision: i32,
        /// When.
        saved_at: DateTime<Utc>,
    },
    /// Another window or person has saved a draft meanwhile; nothing was overwritten.
    Conflict {
        /// The stored draft.
        draft: SkillbaseDraft,
    },
}

/// A document to publish.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SkillbasePublish {
    /// The company.
    pub company_id: Uuid,
    /// The skillbase.
    pub skillbase_id: Uuid,
    /// The newest version that the person has seen; 0 for none.
    pub base_version: i32,
    /// The document.
    pub document: SkillbaseDocument,
    /// What changed, in the person's words; at most 500 characters.
    pub note: String,
}

/// What became of a publication.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum SkillbasePublished {
    /// It is a version now, and the draft is gone.
    Published {
        /// The skillbase.
        skillbase: SkillbaseView,
    },
    /// The newest version says the same; no version was made, and the draft is gone.
    Unchanged {
        /// The skillbase.
        skillbase: SkillbaseView,
    },
    /// Somebody has published meanwhile; nothing was overwritten.
    Conflict {
        /// Both changes, field by field.
        comparison: SkillbaseComparison,
    },
}

/// A document to compare with the newest version.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SkillbaseCompare {
    /// The company.
    pub company_id: Uuid,
    /// The skillbase.
    pub skillbase_id: Uuid,
    /// The version that the document was made of; 0 for none.
    pub base_version: i32,
    /// The document.
    pub document: SkillbaseDocument,
}

/// Three documents side by side: what both began with, mine, theirs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SkillbaseComparison {
    /// The version that mine was made of.
    pub base_version: i32,
    /// The newest version.
    pub their_version: i32,
    /// When it was published.
    pub their_published_at: Option<DateTime<Utc>>,
    /// What I changed.
    pub mine: Vec<FieldChange>,
    /// What was published meanwhile.
    pub theirs: Vec<FieldChange>,
    /// Fields that both changed differently.
    pub conflicts: Vec<FieldConflict>,
    /// The newest document.
    pub their_document: SkillbaseDocument,
    /// Both changes together; mine where they are in conflict.
    pub merged: SkillbaseDocument,
}

/// A published version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SkillbaseVersionView {
    /// From 1.
    pub version: i32,
    /// SHA-256 of the canonical document.
    pub hash: String,
    /// What changed, in the person's words.
    pub note: String,
    /// The version whose document it repeats; none when it was written.
    pub restored_from: Option<i32>,
    /// When it was published.
    pub published_at: DateTime<Utc>,
    /// Campaigns that pin it now.
    pub campaign_count: i32,
    /// Calls that it has made.
    pub call_count: i32,
}

/// Versions of a skillbase.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SkillbaseVersions {
    /// Newest first.
    pub items: Vec<SkillbaseVersionView>,
}

/// Names a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SkillbaseVersionRef {
    /// The company.
    pub company_id: Uuid,
    /// The skillbase.
    pub skillbase_id: Uuid,
    /// The version.
    pub version: i32,
}

/// A version with its document.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SkillbaseVersionDetail {
    /// The version.
    pub version: SkillbaseVersionView,
    /// Its document.
    pub document: SkillbaseDocument,
}

/// One side of a comparison.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case", rename_all_fields = "camelCase", deny_unknown_fields)]
#[expect(clippy::large_enum_variant, reason = "two of them a request; boxes would show in no declaration")]
pub enum SkillbaseSide {
    /// A published version.
    Version {
        /// Which.
        version: i32,
    },
    /// What the editor holds.
    Document {
        /// The document.
        document: SkillbaseDocument,
    },
}

/// Two documents to compare. Two documents of the editor are compared without a database.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SkillbaseDiffRequest {
    /// The company.
    pub company_id: Uuid,
    /// The skillbase of the versions.
    pub skillbase_id: Uuid,
    /// The older side.
    pub before: SkillbaseSide,
    /// The newer side.
    pub after: SkillbaseSide,
}

/// What changed between two documents.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SkillbaseDiff {
    /// In the order of the document.
    pub changes: Vec<FieldChange>,
}

/// A version to publish again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SkillbaseRestore {
    /// The company.
    pub company_id: Uuid,
    /// The skillbase.
    pub skillbase_id: Uuid,
    /// The version whose document is published again, as the newest version.
    pub version: i32,
    /// The newest version that the person has seen.
    pub base_version: i32,
}

/// A document to check. Needs no database.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SkillbaseCheck {
    /// The document.
    pub document: SkillbaseDocument,
}

/// What is wrong with a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SkillbaseProblems {
    /// In the order of the document.
    pub problems: Vec<Problem>,
    /// Size of the canonical document, bytes.
    pub bytes: u32,
    /// Its hash.
    pub hash: String,
}

/// A document whose prompt is wanted. Without a database the built-in base instructions stand in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PromptPreviewRequest {
    /// The company.
    pub company_id: Uuid,
    /// Its name, for when the database is away; empty takes the stored one.
    pub company_name: String,
    /// The document.
    pub document: SkillbaseDocument,
}

/// The prompt exactly as the agent gets it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PromptPreview {
    /// Its parts in order; the prompt is their texts with an empty line between.
    pub sections: Vec<PromptSection>,
    /// The whole text.
    pub text: String,
    /// About how many tokens it takes.
    pub tokens: u32,
    /// The base instructions are the built-in ones.
    pub built_in_base: bool,
    /// The database was away, so that the base instructions may be others by now.
    pub offline: bool,
}

/// A skillbase file to read, of this program or of one of the replaced ones.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum SkillbaseFileRequest {
    /// Its content.
    Text {
        /// JSON.
        text: String,
    },
    /// Where it is.
    File {
        /// The file.
        source: ImportSource,
    },
}

/// What a skillbase file holds. Nothing was stored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SkillbaseImported {
    /// Which form it had.
    pub form: FileForm,
    /// Name in the file; may be empty.
    pub name: String,
    /// Description in the file; may be empty.
    pub description: String,
    /// The document.
    pub document: SkillbaseDocument,
    /// What was converted, and what was dropped and why.
    pub notes: Vec<ImportNote>,
    /// What is wrong with the document.
    pub problems: Vec<Problem>,
}

/// A skillbase to write into a file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SkillbaseExport {
    /// Name; also that of the file.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// The document.
    pub document: SkillbaseDocument,
}

/// JSON Schema of the document, draft 2020-12.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SkillbaseSchema {
    /// JSON text.
    pub text: String,
}

/// A tool as the language model sees it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ToolSchemaView {
    /// Which tool.
    pub name: ToolName,
    /// The document switches it on and it is set up.
    pub usable: bool,
    /// `{name, description, parameters}`, parameters as JSON Schema.
    #[ts(type = "unknown")]
    pub schema: serde_json::Value,
}

/// All tools, in the order of their names' declaration.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ToolSchemas {
    /// The tools.
    pub items: Vec<ToolSchemaView>,
}

/// A key of a tool, on its way to the keyring; never sent back.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ToolSecretSet {
    /// The company.
    pub company_id: Uuid,
    /// The skillbase.
    pub skillbase_id: Uuid,
    /// The tool.
    pub tool: ToolName,
    /// The key; empty removes the stored one.
    pub value: String,
}

impl std::fmt::Debug for ToolSecretSet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ToolSecretSet({}, {}, ..)", self.skillbase_id, self.tool)
    }
}

/// Which tools of a skillbase have keys on this machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ToolSecrets {
    /// Tools with a key.
    pub stored: Vec<ToolName>,
}

/// The base instructions of every bot of this database, kept by an administrator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BasePromptForm {
    /// For skillbases that begin in Russian, at most 20,000 characters; empty for the built-in text.
    pub ru: String,
    /// For all others.
    pub en: String,
}

/// The base instructions as they are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct BasePromptView {
    /// What was set.
    pub form: BasePromptForm,
    /// The built-in texts.
    pub built_in: BasePromptForm,
    /// Rises with every change.
    pub revision: i32,
    /// When it was changed last; none while it is built in.
    pub updated_at: Option<DateTime<Utc>>,
}

/// A change of the base instructions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BasePromptUpdate {
    /// The texts.
    pub form: BasePromptForm,
    /// The revision that was opened for the change.
    pub base_revision: i32,
}

/// A call to one's own phone, to hear the skillbase speak.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TestCallRequest {
    /// The company.
    pub company_id: Uuid,
    /// The skillbase; not one that was put away.
    pub skillbase_id: Uuid,
    /// One of its versions; none for the newest.
    pub version: Option<i32>,
    /// The number, in any written form of the company's region.
    pub phone: String,
}

/// Where a test call is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TestCallPlaced {
    /// The campaign that carries test calls of the company.
    pub campaign_id: Uuid,
    /// Its task; the call appears under it within a second.
    pub task_id: Uuid,
}
