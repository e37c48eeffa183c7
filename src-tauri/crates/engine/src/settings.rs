//! Settings of a company: the line and the prices, with their bounds and defaults.

use callboard_contract::{LineForm, LivekitForm, PracticeForm, PricesForm, SettingsView, SttUnit, SystemLimits};
use callboard_core::{
    company::CALLS_AT_ONCE_RANGE,
    cost::{Prices, SttPrice},
    field::FieldErrors,
    id::CompanyId,
    line::LineKind,
};
use callboard_db::{
    DbResult, PgConnection, companies as company_rows, leases, settings as rows, settings::SettingName,
};

use crate::{
    companies,
    context::{Context, commit},
    error::{OrFault, UseCase, not_found},
    events,
    host::{Host, SecretName},
};

/// The line of a company that has never set one: practice at life speed.
#[must_use]
pub fn default_line() -> LineForm {
    LineForm {
        kind: LineKind::Practice,
        practice: PracticeForm { speed: 1.0, seed: 1 },
        livekit: LivekitForm { ring_seconds: 30, max_call_seconds: 600, ..LivekitForm::default() },
    }
}

/// Checks the bounds of a line; the fields of a line that is not chosen are checked only when they are filled.
///
/// # Errors
/// Every refused field.
pub fn check_line(line: &LineForm) -> Result<(), FieldErrors> {
    let mut errors = FieldErrors::default();
    if !(1.0..=1000.0).contains(&line.practice.speed) {
        errors.add_with("practice.speed", "range", &[("min", "1".into()), ("max", "1000".into())]);
    }
    let livekit = &line.livekit;
    let chosen = line.kind == LineKind::Livekit;
    let is_address = ["wss://", "ws://", "https://", "http://"].iter().any(|scheme| {
        livekit.url.strip_prefix(scheme).is_some_and(|rest| !rest.is_empty() && !rest.contains(char::is_whitespace))
    });
    if (chosen || !livekit.url.is_empty()) && !is_address {
        errors.add("livekit.url", if livekit.url.is_empty() { "required" } else { "url" });
    }
    if chosen && livekit.trunk_id.trim().is_empty() {
        errors.add("livekit.trunkId", "required");
    }
    errors.check_range("livekit.ringSeconds", livekit.ring_seconds.into(), 5, 75);
    errors.check_range("livekit.maxCallSeconds", livekit.max_call_seconds.into(), 30, 3600);
    for (field, text) in [
        ("livekit.url", &livekit.url),
        ("livekit.trunkId", &livekit.trunk_id),
        ("livekit.agentName", &livekit.agent_name),
        ("livekit.callerNumber", &livekit.caller_number),
    ] {
        errors.check_text(field, text, 0, 255);
    }
    errors.into_result()
}

/// The line of a company.
///
/// # Errors
/// When the database is away.
pub async fn line(context: &Context, company: CompanyId) -> UseCase<LineForm> {
    let mut db = context.connection().await.or_fault(context)?;
    line_in(&mut db, context, company).await
}

async fn line_in(db: &mut PgConnection, context: &Context, company: CompanyId) -> UseCase<LineForm> {
    let stored = rows::get(db, company, SettingName::Line).await.or_fault(context)?;
    Ok(stored.and_then(|value| serde_json::from_value(value).ok()).unwrap_or_else(default_line))
}

/// The prices of a company.
///
/// # Errors
/// When the database is away.
pub async fn prices(context: &Context, company: CompanyId) -> UseCase<Prices> {
    let mut db = context.connection().await.or_fault(context)?;
    prices_in(&mut db, context, company).await
}

/// The prices of a company, for a transaction that stores a cost.
pub(crate) async fn prices_of(db: &mut PgConnection, company: CompanyId) -> DbResult<Prices> {
    let stored = rows::get(db, company, SettingName::Prices).await?;
    Ok(stored.and_then(|value| serde_json::from_value(value).ok()).unwrap_or_default())
}

async fn prices_in(db: &mut PgConnection, context: &Context, company: CompanyId) -> UseCase<Prices> {
    prices_of(db, company).await.or_fault(context)
}

fn prices_form(prices: &Prices) -> PricesForm {
    let (stt, stt_unit) = match prices.stt {
        SttPrice::PerSecond(price) => (price, SttUnit::Second),
        SttPrice::PerMinute(price) => (price, SttUnit::Minute),
    };
    PricesForm {
        currency: prices.currency.to_string(),
        stt: stt.to_string(),
        stt_unit,
        llm_input_per_million_tokens: prices.llm_input_per_million_tokens.to_string(),
        llm_output_per_million_tokens: prices.llm_output_per_million_tokens.to_string(),
        tts_per_thousand_characters: prices.tts_per_thousand_characters.to_string(),
        line_per_minute: prices.line_per_minute.to_string(),
    }
}

fn parse_prices(form: &PricesForm) -> Result<Prices, FieldErrors> {
    let mut errors = FieldErrors::default();
    let mut price = |field: &str, text: &str| {
        text.trim().replace(',', ".").parse().unwrap_or_else(|_| {
            errors.add(field, "price");
            rust_decimal::Decimal::ZERO
        })
    };
    let stt = price("stt", &form.stt);
    let mut prices = Prices {
        stt: match form.stt_unit {
            SttUnit::Second => SttPrice::PerSecond(stt),
            SttUnit::Minute => SttPrice::PerMinute(stt),
        },
        llm_input_per_million_tokens: price("llmInputPerMillionTokens", &form.llm_input_per_million_tokens),
        llm_output_per_million_tokens: price("llmOutputPerMillionTokens", &form.llm_output_per_million_tokens),
        tts_per_thousand_characters: price("ttsPerThousandCharacters", &form.tts_per_thousand_characters),
        line_per_minute: price("linePerMinute", &form.line_per_minute),
        ..Prices::default()
    };
    match form.currency.parse() {
        Ok(currency) => prices.currency = currency,
        Err(_) => errors.add("currency", "currency"),
    }
    if let Err(more) = prices.check() {
        errors.0.extend(more.0);
    }
    errors.into_result()?;
    Ok(prices)
}

/// Everything the settings screen shows. Limits in use are counted from the rows that admission counts.
///
/// # Errors
/// `not_found` without the company.
pub async fn view(context: &Context, host: &dyn Host, id: CompanyId) -> UseCase<SettingsView> {
    let livekit_secrets_stored = host.secret(SecretName::LivekitKey(id)).await?.is_some()
        && host.secret(SecretName::LivekitSecret(id)).await?.is_some();
    let mut db = context.connection().await.or_fault(context)?;
    let company = company_rows::get(&mut db, id).await.or_fault(context)?.ok_or_else(|| not_found("company"))?;
    let (company_calls_in_progress, system_calls_in_progress) =
        leases::in_progress(&mut db, id).await.or_fault(context)?;
    let calls_at_once = company_rows::system_calls_at_once(&mut db).await.or_fault(context)?;
    Ok(SettingsView {
        company: companies::view(company),
        line: line_in(&mut db, context, id).await?,
        livekit_secrets_stored,
        prices: prices_form(&prices_in(&mut db, context, id).await?),
        system: SystemLimits { calls_at_once },
        company_calls_in_progress,
        system_calls_in_progress,
    })
}

/// Stores the line.
///
/// # Errors
/// Refused fields; `not_found` without the company.
pub async fn set_line(context: &Context, company: CompanyId, line: &LineForm) -> UseCase<()> {
    check_line(line)?;
    store(context, company, SettingName::Line, line).await
}

/// Stores the prices.
///
/// # Errors
/// Refused fields; `not_found` without the company.
pub async fn set_prices(context: &Context, company: CompanyId, form: &PricesForm) -> UseCase<()> {
    store(context, company, SettingName::Prices, &parse_prices(form)?).await
}

async fn store(context: &Context, company: CompanyId, name: SettingName, value: &impl serde::Serialize) -> UseCase<()> {
    companies::get(context, company).await?;
    let value = serde_json::to_value(value).unwrap_or_default();
    let mut tx = context.begin().await.or_fault(context)?;
    rows::put(&mut tx, company, name, &value).await.or_fault(context)?;
    events::announce(&mut tx, Some(company), &["settings", "live"]).await.or_fault(context)?;
    commit(tx).await.or_fault(context)
}

/// Sets the limit over all companies.
///
/// # Errors
/// Refused fields.
pub async fn set_system_limits(context: &Context, limits: SystemLimits) -> UseCase<SystemLimits> {
    let mut errors = FieldErrors::default();
    let (min, max) = CALLS_AT_ONCE_RANGE;
    errors.check_range("callsAtOnce", limits.calls_at_once.into(), min.into(), max.into());
    errors.into_result()?;
    let mut tx = context.begin().await.or_fault(context)?;
    company_rows::set_system_calls_at_once(&mut tx, limits.calls_at_once).await.or_fault(context)?;
    events::announce(&mut tx, None, &["settings", "live"]).await.or_fault(context)?;
    commit(tx).await.or_fault(context)?;
    Ok(limits)
}
