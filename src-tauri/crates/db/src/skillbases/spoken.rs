//! What an agent needs to speak: one query per call.

use callboard_core::{
    id::{CallId, CompanyId},
    skillbase::{Language, SkillbaseDocument},
};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::DbResult;

/// The skillbase of a call, with everything that its prompt is made of.
#[derive(Debug, Clone, PartialEq)]
pub struct Spoken {
    /// The version that speaks.
    pub version: i32,
    /// Hash of its document.
    pub hash: String,
    /// The side of an experiment.
    pub variant: Option<String>,
    /// The document.
    pub document: SkillbaseDocument,
    /// Name of the company.
    pub company: String,
    /// Base instructions in the document's language; empty for the built-in ones.
    pub base_prompt: String,
    /// Knowledge documents that the document names and that still exist, with their titles.
    pub knowledge: Vec<(Uuid, String)>,
}

/// Why a call has nothing to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unspoken {
    /// There is no such call.
    #[error("the call does not exist")]
    NoCall,
    /// The skillbase was put away (acceptance 27).
    #[error("the skillbase was put away")]
    Archived,
    /// The version is not published (acceptance 27).
    #[error("the version is not published")]
    NotPublished,
    /// The document was written by a newer program.
    #[error("the document cannot be read by this program")]
    Unreadable,
}

/// The skillbase of a call: not put away, published, the version that the call names.
///
/// # Errors
/// When the database does not answer.
pub async fn spoken(db: &mut PgConnection, company: CompanyId, call: CallId) -> DbResult<Result<Spoken, Unspoken>> {
    let row = sqlx::query!(
        r#"select o.name as company, s.archived_at is not null as "archived!", k.skillbase_version as version,
                  k.variant, v.document as "document?", coalesce(k.skillbase_hash, v.hash) as "hash?",
                  p.base_prompt_ru, p.base_prompt_en,
                  found.ids as "ids!: Vec<Uuid>", found.titles as "titles!: Vec<String>"
           from calls k
           join companies o on o.company_id = k.company_id
           join skillbases s on s.company_id = k.company_id and s.skillbase_id = k.skillbase_id
           left join skillbase_versions v
             on v.company_id = k.company_id and v.skillbase_id = k.skillbase_id and v.version = k.skillbase_version
           cross join system_settings p
           cross join lateral (
               select coalesce(array_agg(d.document_id order by d.document_id), '{}') as ids,
                      coalesce(array_agg(d.title order by d.document_id), '{}') as titles
               from jsonb_array_elements_text(coalesce(v.document #> '{knowledge,documentIds}', '[]')) named(id)
               join knowledge_documents d on d.company_id = k.company_id and d.document_id = named.id::uuid
           ) found
           where k.company_id = $1 and k.call_id = $2"#,
        company.0,
        call.0
    )
    .fetch_optional(db)
    .await?;
    let Some(row) = row else { return Ok(Err(Unspoken::NoCall)) };
    if row.archived {
        return Ok(Err(Unspoken::Archived));
    }
    let (Some(document), Some(hash)) = (row.document, row.hash) else { return Ok(Err(Unspoken::NotPublished)) };
    let Ok(document) = serde_json::from_value::<SkillbaseDocument>(document) else {
        return Ok(Err(Unspoken::Unreadable));
    };
    let base_prompt = if document.identity.language == Language::Ru { row.base_prompt_ru } else { row.base_prompt_en };
    Ok(Ok(Spoken {
        version: row.version,
        hash,
        variant: row.variant,
        document,
        company: row.company,
        base_prompt,
        knowledge: row.ids.into_iter().zip(row.titles).collect(),
    }))
}
