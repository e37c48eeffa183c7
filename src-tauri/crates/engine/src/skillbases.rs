//! Use-cases of skillbases: what is written, what is published, what is put away. Owns the transactions; every publication
//! locks its skillbase first, so that nothing is overwritten silently.

mod experiments;
mod files;
mod prompts;
mod versions;

use callboard_contract::{
    ErrorCode, IpcError, SkillbaseDraft, SkillbaseDraftSave, SkillbaseDraftSaved, SkillbaseForm, SkillbaseSummary,
    SkillbaseUpdate, SkillbaseView,
};
use callboard_core::{
    field::FieldErrors,
    id::{CompanyId, SkillbaseId},
    skillbase::{Language, SkillbaseDocument, problem::Severity},
};
use callboard_db::{
    PgConnection,
    skillbases::{self as rows, Draft, Locked, NewVersion, Skillbase},
};

use crate::{
    context::{Context, commit},
    error::{OrFault, UseCase, not_found},
    events,
};

pub use experiments::{experiment, pin_version, set_experiment};
pub use files::{export, import_file, import_text, problems, schema, tools};
pub use prompts::{base_prompt, preview, set_base_prompt};
pub use versions::{compare, diff, publish, restore, version, versions};

fn summary(skillbase: Skillbase) -> SkillbaseSummary {
    SkillbaseSummary {
        id: skillbase.skillbase_id.0,
        name: skillbase.name,
        description: skillbase.description,
        version: skillbase.version,
        hash: skillbase.hash,
        published_at: skillbase.published_at,
        language: skillbase.language.parse().unwrap_or(Language::Ru),
        greeting: skillbase.greeting,
        draft_saved_at: skillbase.draft_saved_at,
        campaign_count: skillbase.campaign_count,
        behind_count: skillbase.behind_count,
        archived: skillbase.archived_at.is_some(),
        created_at: skillbase.created_at,
        updated_at: skillbase.updated_at,
    }
}

fn draft_view(draft: Draft) -> SkillbaseDraft {
    SkillbaseDraft {
        document: draft.document,
        base_version: draft.base_version,
        revision: draft.revision,
        saved_at: draft.saved_at,
    }
}

fn check_names(name: &str, description: &str) -> FieldErrors {
    let mut errors = FieldErrors::default();
    errors.check_text("name", name, 1, 255);
    errors.check_text("description", description, 0, 2000);
    errors
}

/// The errors of a document as refused fields: a form shows the same problems with the same words at the same places.
fn check_document(document: &SkillbaseDocument, errors: &mut FieldErrors) {
    for problem in document.problems().into_iter().filter(|problem| problem.severity == Severity::Error) {
        let field = if problem.path.is_empty() { "document".to_owned() } else { format!("document.{}", problem.path) };
        errors.0.push(callboard_core::field::FieldError {
            field,
            code: problem.code.as_str().to_owned(),
            params: problem.params,
        });
    }
}

/// Skillbases of a company, newest first.
///
/// # Errors
/// When the database is away.
pub async fn list(context: &Context, company: CompanyId, archived: bool) -> UseCase<Vec<SkillbaseSummary>> {
    let mut db = context.connection().await.or_fault(context)?;
    Ok(rows::list(&mut db, company, archived).await.or_fault(context)?.into_iter().map(summary).collect())
}

/// One skillbase with its newest document and its draft.
///
/// # Errors
/// `not_found`.
pub async fn get(context: &Context, company: CompanyId, id: SkillbaseId) -> UseCase<SkillbaseView> {
    let mut db = context.connection().await.or_fault(context)?;
    load(&mut db, context, company, id).await
}

async fn load(db: &mut PgConnection, context: &Context, company: CompanyId, id: SkillbaseId) -> UseCase<SkillbaseView> {
    let skillbase = rows::get(db, company, id).await.or_fault(context)?.ok_or_else(|| not_found("skillbase"))?;
    let document = rows::document(db, company, id, skillbase.version).await.or_fault(context)?;
    let draft = rows::draft(db, company, id).await.or_fault(context)?;
    let (_, call_count) = rows::uses(db, company, id).await.or_fault(context)?;
    Ok(SkillbaseView { summary: summary(skillbase), document, draft: draft.map(draft_view), call_count })
}

/// Locks a skillbase for a change of its content.
async fn lock(db: &mut PgConnection, context: &Context, company: CompanyId, id: SkillbaseId) -> UseCase<Locked> {
    let locked = rows::lock(db, company, id).await.or_fault(context)?.ok_or_else(|| not_found("skillbase"))?;
    if locked.archived {
        let message = "The skillbase was put away. Bring it back before you change it.";
        return Err(IpcError::refusal(ErrorCode::Conflict, message).with("archived", "true"));
    }
    Ok(locked)
}

/// Creates a skillbase: as version 1, or as a draft of which nothing is published (acceptance 26).
///
/// # Errors
/// Refused fields; `name: taken`. Nothing is stored then.
pub async fn create(context: &Context, form: SkillbaseForm) -> UseCase<SkillbaseView> {
    let mut errors = check_names(&form.name, &form.description);
    if form.publish {
        check_document(&form.document, &mut errors);
    }
    errors.into_result()?;
    let (company, id) = (CompanyId(form.company_id), SkillbaseId(context.new_id()));
    let mut tx = context.begin().await.or_fault(context)?;
    rows::insert(&mut tx, company, id, &form.name, &form.description).await.or_fault(context)?;
    if form.publish {
        let new = NewVersion { after: 0, document: &form.document, note: "", restored_from: None };
        rows::publish(&mut tx, company, id, new).await.or_fault(context)?;
    } else {
        rows::put_draft(&mut tx, company, id, &form.document, 0).await.or_fault(context)?;
    }
    events::announce(&mut tx, Some(company), &["skillbases"]).await.or_fault(context)?;
    commit(tx).await.or_fault(context)?;
    get(context, company, id).await
}

/// Changes name and description; the version stays (acceptance 26).
///
/// # Errors
/// Refused fields; `name: taken`; `not_found`.
pub async fn rename(context: &Context, update: SkillbaseUpdate) -> UseCase<SkillbaseView> {
    check_names(&update.name, &update.description).into_result()?;
    let (company, id) = (CompanyId(update.company_id), SkillbaseId(update.skillbase_id));
    let mut tx = context.begin().await.or_fault(context)?;
    if !rows::rename(&mut tx, company, id, &update.name, &update.description).await.or_fault(context)? {
        return Err(not_found("skillbase"));
    }
    events::announce(&mut tx, Some(company), &["skillbases", "campaigns"]).await.or_fault(context)?;
    commit(tx).await.or_fault(context)?;
    get(context, company, id).await
}

/// Keeps a draft. One that another window has saved since is not overwritten.
///
/// # Errors
/// `not_found`; `conflict` for a skillbase that was put away.
pub async fn save_draft(context: &Context, save: SkillbaseDraftSave) -> UseCase<SkillbaseDraftSaved> {
    let (company, id) = (CompanyId(save.company_id), SkillbaseId(save.skillbase_id));
    let mut tx = context.begin().await.or_fault(context)?;
    lock(&mut tx, context, company, id).await?;
    let present = rows::lock_draft(&mut tx, company, id).await.or_fault(context)?;
    if present != save.base_revision
        && let Some(draft) = rows::draft(&mut tx, company, id).await.or_fault(context)?
    {
        return Ok(SkillbaseDraftSaved::Conflict { draft: draft_view(draft) });
    }
    let (revision, saved_at) =
        rows::put_draft(&mut tx, company, id, &save.document, save.base_version.max(0)).await.or_fault(context)?;
    events::announce(&mut tx, Some(company), &["skillbases"]).await.or_fault(context)?;
    commit(tx).await.or_fault(context)?;
    Ok(SkillbaseDraftSaved::Saved { revision, saved_at })
}

/// Forgets the draft.
///
/// # Errors
/// `not_found`.
pub async fn discard_draft(context: &Context, company: CompanyId, id: SkillbaseId) -> UseCase<SkillbaseView> {
    let mut tx = context.begin().await.or_fault(context)?;
    rows::discard_draft(&mut tx, company, id).await.or_fault(context)?;
    events::announce(&mut tx, Some(company), &["skillbases"]).await.or_fault(context)?;
    commit(tx).await.or_fault(context)?;
    get(context, company, id).await
}

/// Puts a skillbase away (acceptance 55: one that an open campaign uses is kept, with the count).
///
/// # Errors
/// `in_use`; `not_found`.
pub async fn archive(context: &Context, company: CompanyId, id: SkillbaseId) -> UseCase<()> {
    let mut tx = context.begin().await.or_fault(context)?;
    rows::lock(&mut tx, company, id).await.or_fault(context)?.ok_or_else(|| not_found("skillbase"))?;
    let open = rows::open_campaigns(&mut tx, company, id).await.or_fault(context)?;
    if open > 0 {
        return Err(IpcError::refusal(
            ErrorCode::InUse,
            format!("{open} campaigns that are not over use this skillbase. End them first."),
        )
        .with("count", open.to_string()));
    }
    rows::archive(&mut tx, company, id, true).await.or_fault(context)?;
    events::announce(&mut tx, Some(company), &["skillbases"]).await.or_fault(context)?;
    commit(tx).await.or_fault(context)
}

/// Brings a skillbase back.
///
/// # Errors
/// `name: taken` when another one has its name by now; `not_found`.
pub async fn unarchive(context: &Context, company: CompanyId, id: SkillbaseId) -> UseCase<SkillbaseView> {
    let mut tx = context.begin().await.or_fault(context)?;
    if !rows::archive(&mut tx, company, id, false).await.or_fault(context)? {
        return Err(not_found("skillbase"));
    }
    events::announce(&mut tx, Some(company), &["skillbases"]).await.or_fault(context)?;
    commit(tx).await.or_fault(context)?;
    get(context, company, id).await
}

/// Deletes a skillbase that nothing has ever used; one that was used is put away instead (acceptance 26, 55).
///
/// # Errors
/// `in_use` with the counts; `not_found`, also the second time.
pub async fn delete(context: &Context, company: CompanyId, id: SkillbaseId) -> UseCase<()> {
    let mut tx = context.begin().await.or_fault(context)?;
    rows::lock(&mut tx, company, id).await.or_fault(context)?.ok_or_else(|| not_found("skillbase"))?;
    let (campaigns, calls) = rows::uses(&mut tx, company, id).await.or_fault(context)?;
    if campaigns > 0 || calls > 0 {
        return Err(IpcError::refusal(
            ErrorCode::InUse,
            format!("{campaigns} campaigns and {calls} calls name this skillbase. Put it away instead."),
        )
        .with("count", campaigns.to_string())
        .with("calls", calls.to_string()));
    }
    rows::delete(&mut tx, company, id).await.or_fault(context)?;
    events::announce(&mut tx, Some(company), &["skillbases"]).await.or_fault(context)?;
    commit(tx).await.or_fault(context)
}
