//! The prompt as the agent gets it, and the base instructions that it begins with.

use callboard_contract::{
    BasePromptForm, BasePromptUpdate, BasePromptView, ErrorCode, IpcError, PromptPreview, PromptPreviewRequest,
};
use callboard_core::{
    field::FieldErrors,
    id::CompanyId,
    skillbase::{Language, prompt},
};
use callboard_db::{companies, prompts as rows};

use crate::{
    context::{Context, commit},
    error::{OrFault, UseCase},
    events,
};

/// Characters of the base instructions.
const BASE_MAX: usize = 20_000;

/// The prompt of a document. Without a database the built-in base instructions and the given name stand in.
///
/// # Errors
/// None while the database is away; a fault of the database otherwise.
pub async fn preview(context: UseCase<Context>, request: PromptPreviewRequest) -> UseCase<PromptPreview> {
    let stored = match context {
        Ok(context) => match stored(&context, CompanyId(request.company_id)).await {
            Ok(stored) => Some(stored),
            Err(error) if error.code == ErrorCode::DatabaseAway => None,
            Err(error) => return Err(error),
        },
        Err(_) => None,
    };
    let offline = stored.is_none();
    let (base, company) = stored.unwrap_or_default();
    let base = if request.document.identity.language == Language::Ru { base.ru } else { base.en };
    let company = company.filter(|_| request.company_name.trim().is_empty()).unwrap_or(request.company_name);
    let built = prompt::build(&request.document, &company, &base);
    Ok(PromptPreview {
        text: built.text(),
        tokens: built.tokens(),
        sections: built.sections,
        built_in_base: base.trim().is_empty(),
        offline,
    })
}

#[derive(Default)]
struct Base {
    ru: String,
    en: String,
}

async fn stored(context: &Context, company: CompanyId) -> UseCase<(Base, Option<String>)> {
    let mut db = context.connection().await.or_fault(context)?;
    let base = rows::base_prompt(&mut db).await.or_fault(context)?;
    let company = companies::get(&mut db, company).await.or_fault(context)?;
    Ok((Base { ru: base.ru, en: base.en }, company.map(|company| company.name)))
}

/// The base instructions as they are, beside the built-in ones.
///
/// # Errors
/// When the database is away.
pub async fn base_prompt(context: &Context) -> UseCase<BasePromptView> {
    let mut db = context.connection().await.or_fault(context)?;
    let stored = rows::base_prompt(&mut db).await.or_fault(context)?;
    Ok(BasePromptView {
        form: BasePromptForm { ru: stored.ru, en: stored.en },
        built_in: BasePromptForm {
            ru: prompt::built_in_base(Language::Ru).to_owned(),
            en: prompt::built_in_base(Language::En).to_owned(),
        },
        revision: stored.revision,
        updated_at: stored.updated_at,
    })
}

/// Changes the base instructions of every bot; an empty text takes the built-in one. Calls in progress keep theirs.
///
/// # Errors
/// Refused fields; `conflict` when somebody else has changed them meanwhile.
pub async fn set_base_prompt(context: &Context, update: BasePromptUpdate) -> UseCase<BasePromptView> {
    let mut errors = FieldErrors::default();
    errors.check_text("ru", &update.form.ru, 0, BASE_MAX);
    errors.check_text("en", &update.form.en, 0, BASE_MAX);
    errors.into_result()?;
    let (ru, en) = (update.form.ru.trim(), update.form.en.trim());
    let mut tx = context.begin().await.or_fault(context)?;
    if !rows::set_base_prompt(&mut tx, ru, en, update.base_revision).await.or_fault(context)? {
        return Err(IpcError::refusal(
            ErrorCode::Conflict,
            "Somebody has changed the base instructions meanwhile. Compare before you save again.",
        ));
    }
    events::announce(&mut tx, None, &["settings"]).await.or_fault(context)?;
    commit(tx).await.or_fault(context)?;
    base_prompt(context).await
}
