//! What needs no database: problems, files, schemas.

use callboard_contract::{
    ErrorCode, IpcError, SkillbaseExport, SkillbaseImported, SkillbaseProblems, ToolSchemaView, ToolSchemas,
};
use callboard_core::{
    skillbase::{
        SkillbaseDocument,
        import::{self, FileError},
    },
    tool,
};

use crate::error::UseCase;

/// The largest skillbase file that is read; the largest document is far below.
const LARGEST_FILE: u64 = 4 * 1024 * 1024;

/// JSON Schema of the document, generated from its type.
const SCHEMA: &str = include_str!("../../../../../docs/skillbase.schema.json");

/// What is wrong with a document.
#[must_use]
pub fn problems(document: &SkillbaseDocument) -> SkillbaseProblems {
    let text = document.canonical_json();
    SkillbaseProblems {
        problems: document.problems(),
        bytes: u32::try_from(text.len()).unwrap_or(u32::MAX),
        hash: document.hash(),
    }
}

/// Reads a skillbase file of any form.
///
/// # Errors
/// `unreadable_file` with the reason: `notJson` with line and column, `notASkillbase`, `unreadable`.
pub fn import_text(text: &str) -> UseCase<SkillbaseImported> {
    let imported = import::read(text).map_err(|error| {
        let refusal = IpcError::refusal(ErrorCode::UnreadableFile, format!("{error}."));
        match &error {
            FileError::NotJson { line, column, detail } => refusal
                .with("reason", "notJson")
                .with("line", line.to_string())
                .with("column", column.to_string())
                .with("detail", detail),
            FileError::NotASkillbase => refusal.with("reason", "notASkillbase"),
            FileError::Unreadable { detail } => refusal.with("reason", "unreadable").with("detail", detail),
        }
    })?;
    Ok(SkillbaseImported {
        form: imported.form,
        name: imported.name,
        description: imported.description,
        document: imported.document,
        notes: imported.notes,
        problems: imported.problems,
    })
}

/// Reads a skillbase file from the disk.
///
/// # Errors
/// `unreadable_file`.
pub async fn import_file(path: &std::path::Path) -> UseCase<SkillbaseImported> {
    let unreadable = |why: String| IpcError::refusal(ErrorCode::UnreadableFile, why).with("reason", "unreadable");
    let size = tokio::fs::metadata(path).await.map_err(|error| unreadable(format!("{error}.")))?.len();
    if size > LARGEST_FILE {
        return Err(unreadable(format!("The file is {size} bytes long; a skillbase is never that long."))
            .with("reason", "tooLarge"));
    }
    let bytes = tokio::fs::read(path).await.map_err(|error| unreadable(format!("{error}.")))?;
    let text = String::from_utf8(bytes).map_err(|_| unreadable("The file is not UTF-8 text.".to_owned()))?;
    import_text(&text)
}

/// A skillbase file: its name and content.
///
/// # Errors
/// None; a document is always JSON.
#[must_use]
pub fn export(request: &SkillbaseExport) -> (String, Vec<u8>) {
    let plain: String = request
        .name
        .chars()
        .map(|letter| if letter.is_alphanumeric() || "-_ ".contains(letter) { letter } else { '-' })
        .take(80)
        .collect();
    let plain = plain.trim();
    let name = if plain.is_empty() { "skillbase" } else { plain };
    let content = import::write(&request.name, &request.description, &request.document);
    (format!("{name}.skillbase.json"), content.into_bytes())
}

/// JSON Schema of the document.
#[must_use]
pub fn schema() -> &'static str {
    SCHEMA
}

/// Every tool as the language model sees it, set up as the document says.
#[must_use]
pub fn tools(document: &SkillbaseDocument) -> ToolSchemas {
    let items = tool::all_schemas(&document.tools)
        .into_iter()
        .map(|(schema, usable)| ToolSchemaView { name: schema.name, usable, schema: schema.to_json() })
        .collect();
    ToolSchemas { items }
}
