//! `skillbase ...`: files of skillbases. Owns how problems and notes are put into words for a terminal; what is a problem is
//! decided by the one validator.

use std::path::Path;

use callboard_contract::{
    ErrorCode, Handlers, IpcError, SkillbaseFileRequest, SkillbaseForm, SkillbaseImported, SkillbaseQuery,
    SkillbaseRef, SkillbaseVersionRef, SkillbaseView,
};
use callboard_core::skillbase::{
    import::{self, ImportNote, NoteKind},
    problem::{Problem, Severity},
};
use callboard_engine::{commands::Desk, skillbases};

use crate::{
    arguments::Skillbase,
    failure::Failure,
    output::{self, Output},
    session,
};

/// `skillbase validate`: problems and notes of a file. Errors end the program with the code of refused input.
///
/// # Errors
/// When the file is no skillbase, or has errors.
pub async fn validate(file: &Path, output: Output) -> Result<(), Failure> {
    let imported = skillbases::import_file(file).await?;
    let errors = imported.problems.iter().filter(|problem| problem.severity == Severity::Error).count();
    output.print(&imported, report)?;
    if errors > 0 {
        let message = format!("{} has {errors} errors.", file.display());
        return Err(IpcError::refusal(ErrorCode::InvalidInput, message).with("count", errors.to_string()).into());
    }
    Ok(())
}

fn report(imported: &SkillbaseImported) -> String {
    let mut lines: Vec<String> =
        imported.notes.iter().filter(|note| note.kind != NoteKind::Converted).map(note).collect();
    lines.extend(imported.problems.iter().map(problem));
    lines.push(format!(
        "{} states, {} fields, {} bytes, SHA-256 {}",
        imported.document.conversation.flow.states.len(),
        imported.document.conversation.fields.len(),
        imported.document.canonical_json().len(),
        imported.document.hash()
    ));
    lines.join("\n")
}

fn problem(problem: &Problem) -> String {
    let place = if problem.path.is_empty() { "document" } else { &problem.path };
    let params: Vec<String> = problem.params.iter().map(|(name, value)| format!("{name} {value}")).collect();
    let params = if params.is_empty() { String::new() } else { format!(" ({})", params.join(", ")) };
    format!("{}: {place}: {}{params}", problem.severity, problem.code)
}

fn note(note: &ImportNote) -> String {
    let to = if note.to.is_empty() { String::new() } else { format!(" -> {}", note.to) };
    let value = if note.value.is_empty() { String::new() } else { format!(" ({})", note.value) };
    format!("{}: {}{to}: {}{value}", note.kind, note.from, note.reason)
}

/// `skillbase export` and `skillbase import`.
///
/// # Errors
/// What the command list refuses.
pub async fn skillbase(desk: Desk, command: Skillbase, output: Output) -> Result<(), Failure> {
    match command {
        Skillbase::Validate { file } => validate(&file, output).await,
        Skillbase::Export { skillbase, company, revision, out } => {
            let company = session::company(&desk, company.as_deref()).await?.id;
            let all = desk.skillbase_list(SkillbaseQuery { company_id: company, archived: true }).await?.items;
            let chosen = session::choose("skillbase", skillbase.as_deref(), all, |one| (one.id, &one.name))?;
            let version = revision.unwrap_or(chosen.version);
            let document = if version == 0 {
                let view = desk.skillbase_get(SkillbaseRef { company_id: company, skillbase_id: chosen.id }).await?;
                view.draft.map(|draft| draft.document).unwrap_or_default()
            } else {
                let of = SkillbaseVersionRef { company_id: company, skillbase_id: chosen.id, version };
                desk.skillbase_version_get(of).await?.document
            };
            let text = import::write(&chosen.name, &chosen.description, &document);
            match out {
                Some(path) => Ok(tokio::fs::write(path, text).await?),
                None => Ok(output::line(&text)?),
            }
        }
        Skillbase::Import { file, name, company, publish } => {
            let company_id = session::company(&desk, company.as_deref()).await?.id;
            let text = tokio::fs::read_to_string(&file).await?;
            let imported = desk.skillbase_import_file(SkillbaseFileRequest::Text { text }).await?;
            let stem = file.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
            let name = name.or(Some(imported.name).filter(|name| !name.trim().is_empty())).unwrap_or(stem);
            let (description, document) = (imported.description, imported.document);
            let form = SkillbaseForm { company_id, name, description, document, publish };
            let view = desk.skillbase_create(form).await?;
            Ok(output.print(&view, |view| made(view, &imported.notes))?)
        }
    }
}

fn made(view: &SkillbaseView, notes: &[ImportNote]) -> String {
    let mut lines: Vec<String> = notes.iter().filter(|note| note.kind != NoteKind::Converted).map(note).collect();
    let state =
        if view.summary.version == 0 { "a draft".to_owned() } else { format!("version {}", view.summary.version) };
    lines.push(format!("{} is {state}: {}", view.summary.name, view.summary.id));
    lines.join("\n")
}
