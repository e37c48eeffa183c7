//! Where language model and speech are, and the keys for them and for the tools of skillbases. Owns the defaults and the
//! bounds; keys are in the keyring and nowhere else: they are never sent back, never stored in the database, never logged.

use callboard_contract::{ProviderKey, ProvidersForm, ProvidersUpdate, ProvidersView, ToolSecrets};
use callboard_core::{
    field::FieldErrors,
    id::{CompanyId, SkillbaseId},
    skillbase::ToolName,
};
use callboard_db::prompts as rows;

use crate::{
    companies,
    context::{Context, commit},
    error::{OrFault, UseCase, field},
    events,
    host::{Host, SecretName},
};

/// Tools that may need a key.
const KEYED_TOOLS: [ToolName; 1] = [ToolName::Calendar];
/// Characters of a key.
const KEY: usize = 1_000;

/// Where the services are that everybody uses, until a company says otherwise.
#[must_use]
pub fn default_form() -> ProvidersForm {
    ProvidersForm {
        llm_url: String::new(),
        llm_model: String::new(),
        cartesia_url: "https://api.cartesia.ai".to_owned(),
        elevenlabs_url: "https://api.elevenlabs.io".to_owned(),
        openai_speech_url: "https://api.openai.com/v1".to_owned(),
    }
}

/// Where a company's services are.
///
/// # Errors
/// When the database is away.
pub async fn form(context: &Context, company: CompanyId) -> UseCase<ProvidersForm> {
    let mut db = context.connection().await.or_fault(context)?;
    let stored = rows::providers(&mut db, company).await.or_fault(context)?;
    Ok(stored.and_then(|value| serde_json::from_value(value).ok()).unwrap_or_else(default_form))
}

/// Where a company's services are, and which keys are stored on this machine.
///
/// # Errors
/// When the database is away; what the keyring refuses.
pub async fn view(context: &Context, host: &dyn Host, company: CompanyId) -> UseCase<ProvidersView> {
    let form = form(context, company).await?;
    let mut stored_keys = Vec::new();
    for key in ProviderKey::ALL {
        if host.secret(SecretName::Provider(company, *key)).await?.is_some() {
            stored_keys.push(*key);
        }
    }
    Ok(ProvidersView { form, stored_keys })
}

/// `https://`, or `http://` to this machine or a private network: a key goes with every request. Empty is nothing.
fn is_address(text: &str) -> bool {
    let text = text.trim();
    let Some((scheme, rest)) = text.split_once("://") else { return text.is_empty() };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority
        .strip_prefix('[')
        .and_then(|rest| rest.split_once(']'))
        .map_or_else(|| authority.rsplit_once(':').map_or(authority, |(host, _)| host), |(host, _)| host);
    let near = || match host.parse::<std::net::IpAddr>() {
        Ok(std::net::IpAddr::V4(address)) => address.is_loopback() || address.is_private(),
        Ok(std::net::IpAddr::V6(address)) => address.is_loopback() || address.is_unique_local(),
        Err(_) => host == "localhost" || host.ends_with(".local"),
    };
    !host.is_empty()
        && !text.contains(char::is_whitespace)
        && !authority.contains('@')
        && (scheme == "https" || (scheme == "http" && near()))
}

/// Changes where the services are, and the keys that are named; an empty key is forgotten.
///
/// # Errors
/// Refused fields; what the keyring refuses.
pub async fn update(context: &Context, host: &dyn Host, update: ProvidersUpdate) -> UseCase<ProvidersView> {
    let company = CompanyId(update.company_id);
    let mut errors = FieldErrors::default();
    let form = &update.form;
    for (name, url) in [
        ("llmUrl", &form.llm_url),
        ("cartesiaUrl", &form.cartesia_url),
        ("elevenlabsUrl", &form.elevenlabs_url),
        ("openaiSpeechUrl", &form.openai_speech_url),
    ] {
        errors.check_text(name, url, 0, 500);
        if !is_address(url) {
            errors.add(name, "url");
        }
    }
    errors.check_text("llmModel", &form.llm_model, 0, 100);
    for (index, secret) in update.secrets.iter().enumerate() {
        errors.check_text(&format!("secrets.{index}.value"), &secret.value, 0, KEY);
    }
    errors.into_result()?;
    companies::get(context, company).await?;
    for secret in update.secrets {
        host.store_secret(SecretName::Provider(company, secret.key), secret.value.trim().to_owned().into()).await?;
    }
    let value = serde_json::to_value(&update.form).unwrap_or_default();
    let mut tx = context.begin().await.or_fault(context)?;
    rows::set_providers(&mut tx, company, &value).await.or_fault(context)?;
    events::announce(&mut tx, Some(company), &["settings"]).await.or_fault(context)?;
    commit(tx).await.or_fault(context)?;
    view(context, host, company).await
}

/// Which tools of a skillbase have keys on this machine.
///
/// # Errors
/// What the keyring refuses.
pub async fn tool_secrets(host: &dyn Host, skillbase: SkillbaseId) -> UseCase<ToolSecrets> {
    let mut stored = Vec::new();
    for tool in KEYED_TOOLS {
        if host.secret(SecretName::Tool(skillbase, tool)).await?.is_some() {
            stored.push(tool);
        }
    }
    Ok(ToolSecrets { stored })
}

/// Stores the key of a tool; an empty one is forgotten.
///
/// # Errors
/// `tool: noKey` for a tool that needs none; `value: tooLong`; what the keyring refuses.
pub async fn set_tool_secret(
    host: &dyn Host,
    skillbase: SkillbaseId,
    tool: ToolName,
    value: String,
) -> UseCase<ToolSecrets> {
    if !KEYED_TOOLS.contains(&tool) {
        return Err(field("tool", "noKey"));
    }
    let mut errors = FieldErrors::default();
    errors.check_text("value", &value, 0, KEY);
    errors.into_result()?;
    host.store_secret(SecretName::Tool(skillbase, tool), value.trim().to_owned().into()).await?;
    tool_secrets(host, skillbase).await
}

/// Forgets every key of a skillbase that was deleted.
///
/// # Errors
/// What the keyring refuses.
pub async fn forget_tool_secrets(host: &dyn Host, skillbase: SkillbaseId) -> UseCase<()> {
    for tool in KEYED_TOOLS {
        if host.secret(SecretName::Tool(skillbase, tool)).await?.is_some() {
            host.store_secret(SecretName::Tool(skillbase, tool), String::new().into()).await?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::is_address;

    #[test]
    fn keys_travel_encrypted_or_stay_near() {
        for good in
            ["", "https://api.openai.com/v1", "http://localhost:11434/v1", "http://192.168.1.5", "http://[::1]:1/"]
        {
            assert!(is_address(good), "{good}");
        }
        for bad in
            ["api.openai.com", "http://api.openai.com", "https://", "https://a:b@c.d", "ftp://localhost", "https://a b"]
        {
            assert!(!is_address(bad), "{bad}");
        }
    }
}
