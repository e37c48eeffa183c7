//! Use-cases of skillbases.

use callboard_contract::{ErrorCode, IpcError, SkillbaseForm, SkillbaseUpdate, SkillbaseView};
use callboard_core::{
    field::FieldErrors,
    id::{CompanyId, SkillbaseId},
};
use callboard_db::skillbases::{self, Skillbase};

use crate::{
    context::{Context, commit},
    error::{OrFault, UseCase, not_found},
    events,
};

fn view(skillbase: Skillbase) -> SkillbaseView {
    SkillbaseView {
        id: skillbase.skillbase_id.0,
        name: skillbase.name,
        description: skillbase.description,
        version: skillbase.version,
        document: skillbase.document,
        campaign_count: skillbase.campaign_count,
        archived: skillbase.archived_at.is_some(),
        created_at: skillbase.created_at,
        updated_at: skillbase.updated_at,
    }
}

fn check(form: &SkillbaseForm) -> UseCase<()> {
    let mut errors = FieldErrors::default();
    errors.check_text("name", &form.name, 1, 255);
    errors.check_text("description", &form.description, 0, 2000);
    if let Err(document) = form.document.check() {
        errors.0.extend(document.0.into_iter().map(|mut error| {
            error.field = format!("document.{}", error.field);
            error
        }));
    }
    Ok(errors.into_result()?)
}

/// Skillbases of a company, newest first.
///
/// # Errors
/// When the database is away.
pub async fn list(context: &Context, company: CompanyId, archived: bool) -> UseCase<Vec<SkillbaseView>> {
    let mut db = context.connection().await.or_fault(context)?;
    Ok(skillbases::list(&mut db, company, archived).await.or_fault(context)?.into_iter().map(view).collect())
}

/// One skillbase with its newest document.
///
/// # Errors
/// `not_found`.
pub async fn get(context: &Context, company: CompanyId, id: SkillbaseId) -> UseCase<SkillbaseView> {
    let mut db = context.connection().await.or_fault(context)?;
    skillbases::get(&mut db, company, id).await.or_fault(context)?.map(view).ok_or_else(|| not_found("skillbase"))
}

/// Creates a skillbase with version 1.
///
/// # Errors
/// Refused fields; `name: taken`.
pub async fn create(context: &Context, form: SkillbaseForm) -> UseCase<SkillbaseView> {
    check(&form)?;
    let (company, id) = (CompanyId(form.company_id), SkillbaseId(context.new_id()));
    let mut tx = context.begin().await.or_fault(context)?;
    skillbases::insert(&mut tx, company, id, &form.name, &form.description, &form.document).await.or_fault(context)?;
    events::announce(&mut tx, Some(company), &["skillbases"]).await.or_fault(context)?;
    commit(tx).await.or_fault(context)?;
    get(context, company, id).await
}

/// Changes a skillbase. A changed document becomes the next version; a change of the name alone does not
/// (acceptance 26).
///
/// # Errors
/// Refused fields; `name: taken`; `conflict` when somebody published meanwhile; `not_found`.
pub async fn update(context: &Context, update: SkillbaseUpdate) -> UseCase<SkillbaseView> {
    let form = update.form;
    check(&form)?;
    let (company, id) = (CompanyId(form.company_id), SkillbaseId(update.skillbase_id));
    let mut tx = context.begin().await.or_fault(context)?;
    let present =
        skillbases::get(&mut tx, company, id).await.or_fault(context)?.ok_or_else(|| not_found("skillbase"))?;
    let document = (present.document != form.document).then_some(&form.document);
    let done = skillbases::update(&mut tx, company, id, update.base_version, &form.name, &form.description, document)
        .await
        .or_fault(context)?;
    if !done {
        return Err(IpcError::refusal(
            ErrorCode::Conflict,
            format!("Version {} was published meanwhile. Compare before you save again.", present.version),
        )
        .with("version", present.version.to_string()));
    }
    events::announce(&mut tx, Some(company), &["skillbases", "campaigns"]).await.or_fault(context)?;
    commit(tx).await.or_fault(context)?;
    get(context, company, id).await
}

/// Puts a skillbase away (acceptance 55: one that an open campaign uses is kept, with the count).
///
/// # Errors
/// `in_use`; `not_found`.
pub async fn archive(context: &Context, company: CompanyId, id: SkillbaseId) -> UseCase<()> {
    let mut tx = context.begin().await.or_fault(context)?;
    if !skillbases::lock(&mut tx, company, id).await.or_fault(context)? {
        return Err(not_found("skillbase"));
    }
    let open = skillbases::open_campaigns(&mut tx, company, id).await.or_fault(context)?;
    if open > 0 {
        return Err(IpcError::refusal(
            ErrorCode::InUse,
            format!("{open} campaigns that are not over use this skillbase. End them first."),
        )
        .with("count", open.to_string()));
    }
    skillbases::archive(&mut tx, company, id).await.or_fault(context)?;
    events::announce(&mut tx, Some(company), &["skillbases"]).await.or_fault(context)?;
    commit(tx).await.or_fault(context)
}
