//! Knowledge documents: text out of files, passages, search. Owns what is read and how much of it; refuses files that it
//! cannot read in so many words, and never stores what only looks like text.

mod docx;
mod file;

use callboard_contract::{
    ErrorCode, IpcError, KnowledgeAdd, KnowledgeDocument, KnowledgeHit, KnowledgeHits, KnowledgeInput, KnowledgeQuery,
    KnowledgeSource,
};
use callboard_core::{field::FieldErrors, id::CompanyId, passage};
use callboard_db::knowledge::{self as rows, Document, NewDocument};
use uuid::Uuid;

use crate::{
    companies,
    context::{Context, commit},
    digest,
    error::{OrFault, UseCase, field, not_found},
    events,
    host::Host,
    imports,
};

/// Characters of the text of one document.
const LONGEST: usize = 2_000_000;
/// Characters of a question.
const QUESTION: usize = 500;

fn view(document: Document) -> KnowledgeDocument {
    KnowledgeDocument {
        id: document.document_id,
        title: document.title,
        source: document.source.parse().unwrap_or(KnowledgeSource::Text),
        characters: document.characters,
        chunks: document.chunk_count,
        skillbase_count: document.skillbase_count,
        created_at: document.created_at,
    }
}

/// Knowledge documents of a company, newest first.
///
/// # Errors
/// When the database is away.
pub async fn list(context: &Context, company: CompanyId) -> UseCase<Vec<KnowledgeDocument>> {
    let mut db = context.connection().await.or_fault(context)?;
    Ok(rows::list(&mut db, company, None).await.or_fault(context)?.into_iter().map(view).collect())
}

/// Adds a document: its text is taken out of the file and cut into passages.
///
/// # Errors
/// `unsupported_format`, `unreadable_file` with the reason; refused fields: `input: required` without any text,
/// `input: tooLong`, `input: taken` for a text that is there already.
pub async fn add(context: &Context, host: &dyn Host, request: KnowledgeAdd) -> UseCase<KnowledgeDocument> {
    let mut errors = FieldErrors::default();
    errors.check_text("title", &request.title, 0, 500);
    errors.into_result()?;
    let company = CompanyId(request.company_id);
    companies::get(context, company).await?;
    let (text, source, name) = match request.input {
        KnowledgeInput::Text { text } => (text, KnowledgeSource::Text, String::new()),
        KnowledgeInput::File { source } => {
            let (path, name) = imports::file_of(host, source).await?;
            let (text, source) = file::read(path, &name).await?;
            (text, source, name)
        }
    };
    let stem = name.rsplit_once('.').map_or(name.as_str(), |(stem, _)| stem);
    let title = [request.title.trim(), stem.trim()].into_iter().find(|text| !text.is_empty()).map(str::to_owned);
    let Some(title) = title else { return Err(field("title", "required")) };
    let title: String = title.chars().take(500).collect();
    // PostgreSQL holds every character but this one, and no reader sees it.
    let text = text.replace('\0', "");
    let characters = text.chars().count();
    if characters > LONGEST {
        let mut errors = FieldErrors::default();
        errors.add_with("input", "tooLong", &[("max", LONGEST.to_string())]);
        return Err(errors.into());
    }
    let chunks = passage::passages(&text);
    if chunks.is_empty() {
        return Err(field("input", "required"));
    }
    let content_hash = digest::sha256(text.as_bytes());
    let new = NewDocument {
        document_id: context.new_id(),
        title: &title,
        source: source.as_str(),
        content_hash: &content_hash,
        characters: i32::try_from(characters).unwrap_or(i32::MAX),
        chunks: &chunks,
    };
    let mut tx = context.begin().await.or_fault(context)?;
    rows::insert(&mut tx, company, new).await.or_fault(context)?;
    events::announce(&mut tx, Some(company), &["knowledge"]).await.or_fault(context)?;
    let added = rows::list(&mut tx, company, Some(new.document_id)).await.or_fault(context)?.pop();
    commit(tx).await.or_fault(context)?;
    added.map(view).ok_or_else(|| not_found("knowledge document"))
}

/// Deletes a document that no skillbase uses.
///
/// # Errors
/// `in_use` with the count; `not_found`.
pub async fn delete(context: &Context, company: CompanyId, document: Uuid) -> UseCase<()> {
    let mut tx = context.begin().await.or_fault(context)?;
    let present = rows::list(&mut tx, company, Some(document)).await.or_fault(context)?.pop();
    let users = present.ok_or_else(|| not_found("knowledge document"))?.skillbase_count;
    if users > 0 {
        return Err(IpcError::refusal(
            ErrorCode::InUse,
            format!("{users} skillbases look things up in this document. Take it out of them first."),
        )
        .with("count", users.to_string()));
    }
    rows::delete(&mut tx, company, document).await.or_fault(context)?;
    events::announce(&mut tx, Some(company), &["knowledge"]).await.or_fault(context)?;
    commit(tx).await.or_fault(context)
}

/// Passages that answer a question, best first.
///
/// # Errors
/// Refused fields.
pub async fn search(context: &Context, query: KnowledgeQuery) -> UseCase<KnowledgeHits> {
    let mut errors = FieldErrors::default();
    errors.check_text("query", &query.query, 1, QUESTION);
    errors.check_range("limit", query.limit.into(), 1, 50);
    errors.into_result()?;
    let mut db = context.connection().await.or_fault(context)?;
    let company = CompanyId(query.company_id);
    let hits = rows::search(&mut db, company, &query.document_ids, &query.query, query.limit.into())
        .await
        .or_fault(context)?;
    let items = hits
        .into_iter()
        .map(|hit| KnowledgeHit {
            document_id: hit.document_id,
            title: hit.title,
            chunk_index: hit.chunk_index,
            text: hit.content,
            score: hit.score,
        })
        .collect();
    Ok(KnowledgeHits { items })
}
