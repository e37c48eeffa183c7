//! Knowledge documents and their pieces. Owns the search: a piece's score is the share of the question's words that it
//! holds, rare words counting more, so that 1 means "holds every word of the question" and 0.5 about half of it. It does not
//! pretend to understand meaning.

use callboard_core::id::CompanyId;
use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::DbResult;

/// A knowledge document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// Id.
    pub document_id: Uuid,
    /// Title.
    pub title: String,
    /// What it was made of.
    pub source: String,
    /// Characters.
    pub characters: i32,
    /// Pieces.
    pub chunk_count: i32,
    /// Skillbases whose newest version or draft names it.
    pub skillbase_count: i32,
    /// Added.
    pub created_at: DateTime<Utc>,
}

/// A document to add.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewDocument<'a> {
    /// Id.
    pub document_id: Uuid,
    /// Title.
    pub title: &'a str,
    /// What it was made of.
    pub source: &'a str,
    /// SHA-256 of the text.
    pub content_hash: &'a str,
    /// Characters of the text.
    pub characters: i32,
    /// Its pieces.
    pub chunks: &'a [String],
}

/// Documents of a company, newest first; only one when it is named.
///
/// # Errors
/// When the database does not answer.
pub async fn list(db: &mut PgConnection, company: CompanyId, only: Option<Uuid>) -> DbResult<Vec<Document>> {
    Ok(sqlx::query_as!(
        Document,
        r#"select k.document_id, k.title, k.source, k.characters, k.chunk_count, k.created_at,
                  (select count(distinct s.skillbase_id)::int
                   from skillbases s
                   left join skillbase_versions v
                     on v.company_id = s.company_id and v.skillbase_id = s.skillbase_id and v.version = s.current_version
                   left join skillbase_drafts d on d.company_id = s.company_id and d.skillbase_id = s.skillbase_id
                   where s.company_id = k.company_id
                     and (v.document #> '{knowledge,documentIds}' ? k.document_id::text
                          or d.document #> '{knowledge,documentIds}' ? k.document_id::text)) as "skillbase_count!"
           from knowledge_documents k
           where k.company_id = $1 and ($2::uuid is null or k.document_id = $2)
           order by k.created_at desc, k.document_id desc"#,
        company.0,
        only
    )
    .fetch_all(db)
    .await?)
}

/// Adds a document with its pieces.
///
/// # Errors
/// The constraint `knowledge_documents_content_key` when the company has the same text already.
pub async fn insert(db: &mut PgConnection, company: CompanyId, new: NewDocument<'_>) -> DbResult<()> {
    sqlx::query!(
        "insert into knowledge_documents (company_id, document_id, title, source, content_hash, characters, chunk_count)
         values ($1, $2, $3, $4, $5, $6, $7)",
        company.0,
        new.document_id,
        new.title.trim(),
        new.source,
        new.content_hash,
        new.characters,
        i32::try_from(new.chunks.len()).unwrap_or(i32::MAX)
    )
    .execute(&mut *db)
    .await?;
    sqlx::query!(
        "insert into knowledge_chunks (company_id, document_id, chunk_index, content)
         select $1, $2, n - 1, content from unnest($3::text[]) with ordinality chunk(content, n)",
        company.0,
        new.document_id,
        new.chunks
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Deletes a document; false when it does not exist.
///
/// # Errors
/// When the database does not answer.
pub async fn delete(db: &mut PgConnection, company: CompanyId, document: Uuid) -> DbResult<bool> {
    let done =
        sqlx::query!("delete from knowledge_documents where company_id = $1 and document_id = $2", company.0, document)
            .execute(db)
            .await?;
    Ok(done.rows_affected() == 1)
}

/// A piece that was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// The document.
    pub document_id: Uuid,
    /// Its title.
    pub title: String,
    /// Place of the piece.
    pub chunk_index: i32,
    /// The piece.
    pub content: String,
    /// 0 to 1.
    pub score: f64,
}

/// The pieces of the given documents (all for none) that answer a question best, best first. Every word of the question
/// weighs as much as it is rare among the pieces that are searched.
///
/// # Errors
/// When the database does not answer.
pub async fn search(
    db: &mut PgConnection,
    company: CompanyId,
    documents: &[Uuid],
    question: &str,
    limit: i64,
) -> DbResult<Vec<Hit>> {
    Ok(sqlx::query_as!(
        Hit,
        r#"with asked as materialized (
               -- A word has one or two stems, a Russian and an English one; either will do.
               select array_agg(distinct stem) as stems
               from unnest(regexp_split_to_array(lower($3), '[^[:alnum:]]+')) word
               cross join lateral unnest(tsvector_to_array(to_tsvector('russian', word) || to_tsvector('english', word))) stem
               where word <> ''
               group by word
           ), any_of as materialized (
               select string_agg(quote_literal(stem), ' | ')::tsquery as query
               from asked, unnest(asked.stems) stem
           ), pieces as materialized (
               select c.document_id, c.chunk_index, c.content, c.words, d.title, d.created_at
               from any_of a
               join knowledge_chunks c on c.company_id = $1 and c.words @@ a.query
               join knowledge_documents d on d.company_id = c.company_id and d.document_id = c.document_id
               where cardinality($2::uuid[]) = 0 or c.document_id = any($2)
           ), size as materialized (
               select count(*)::float8 as pieces from knowledge_chunks c
               where c.company_id = $1 and (cardinality($2::uuid[]) = 0 or c.document_id = any($2))
           ), weighed as materialized (
               select a.stems,
                      ln(1 + size.pieces / (1 + (select count(*) from pieces p where tsvector_to_array(p.words) && a.stems))) as weight
               from asked a cross join size
           )
           select p.document_id, p.title, p.chunk_index, p.content,
                  round((coalesce(sum(w.weight) filter (where tsvector_to_array(p.words) && w.stems), 0)
                         / sum(w.weight))::numeric, 4)::float8 as "score!"
           from pieces p cross join weighed w
           group by p.document_id, p.title, p.chunk_index, p.content, p.created_at
           order by 5 desc, p.created_at desc, p.document_id, p.chunk_index
           limit $4"#,
        company.0,
        documents,
        question,
        limit
    )
    .fetch_all(db)
    .await?)
}
