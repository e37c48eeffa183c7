//! The sandbox as the command list uses it. Owns what has to be fetched before a language model can be asked: its address, its
//! key, the base instructions, the company's name.

use callboard_contract::{LlmCheck, ProviderKey, SandboxMode, SandboxSay, SandboxView};
use callboard_core::{
    id::{CompanyId, SkillbaseId},
    skillbase::{Language, Llm, ToolName, prompt},
};
use callboard_db::prompts;
use chrono::{DateTime, Utc};

use super::{Lead, MODEL_TIMEOUT, Model, not_configured, say, say_with_model};
use crate::{
    companies,
    context::Context,
    error::{OrFault, UseCase},
    host::{Host, SecretName},
    http, providers,
};

/// The language model of a company.
///
/// # Errors
/// `provider_failed` when none is set up; what the keyring refuses.
pub async fn model_of(context: &Context, host: &dyn Host, company: CompanyId, llm: &Llm) -> UseCase<Model> {
    let form = providers::form(context, company).await?;
    if form.llm_url.trim().is_empty() {
        return Err(not_configured());
    }
    let own = form.llm_model.trim();
    Ok(Model {
        url: form.llm_url,
        name: if own.is_empty() { llm.model.clone() } else { own.to_owned() },
        key: host.secret(SecretName::Provider(company, ProviderKey::Llm)).await?,
        temperature: llm.temperature,
        max_tokens: llm.max_tokens,
    })
}

/// Asks the language model of a company for a word.
///
/// # Errors
/// `provider_failed` when none is set up; when the database is away. What the model does wrong is in the answer.
pub async fn check_model(context: &Context, host: &dyn Host, company: CompanyId) -> UseCase<LlmCheck> {
    let model = model_of(context, host, company, &Llm::default()).await?;
    let model = Model { temperature: 0.0, max_tokens: Some(8), ..model };
    let client = client(&model)?;
    let question = serde_json::json!({ "role": "user", "content": "Answer with the word OK." });
    Ok(match model.complete(&client, &[question], &[]).await {
        Ok(answer) => {
            let latency_ms = u32::try_from(answer.latency.as_millis()).unwrap_or(u32::MAX);
            LlmCheck { ok: true, latency_ms, detail: None }
        }
        Err(error) => LlmCheck { ok: false, latency_ms: 0, detail: Some(error.message) },
    })
}

fn client(model: &Model) -> UseCase<reqwest::Client> {
    http::client(MODEL_TIMEOUT).map_err(|fault| model.explain(&fault))
}

/// The next sentence, answered by whom the session names. The engine alone needs no database.
///
/// # Errors
/// As [`say`] and [`say_with_model`].
pub async fn say_on(
    host: &dyn Host,
    context: UseCase<Context>,
    request: SandboxSay,
    now: DateTime<Utc>,
) -> UseCase<SandboxView> {
    if request.session.mode == SandboxMode::Engine {
        return say(request, context.ok().as_ref()).await;
    }
    let context = context?;
    let session = &request.session;
    let (company, document) = (CompanyId(session.company_id), &session.document);
    let model = model_of(&context, host, company, &document.voice.llm).await?;
    let name = companies::get(&context, company).await?.name;
    let base = {
        let mut db = context.connection().await.or_fault(&context)?;
        prompts::base_prompt(&mut db).await.or_fault(&context)?
    };
    let base = if document.identity.language == Language::Ru { base.ru } else { base.en };
    let calendar_key = match session.skillbase_id {
        Some(skillbase) => host.secret(SecretName::Tool(SkillbaseId(skillbase), ToolName::Calendar)).await?,
        None => None,
    };
    let client = client(&model)?;
    let lead = Lead {
        http: &client,
        prompt: prompt::build(document, &name, &base).text(),
        model,
        calendar_key,
        now,
        new_id: &|| context.new_id(),
    };
    say_with_model(request, &lead, Some(&context)).await
}
