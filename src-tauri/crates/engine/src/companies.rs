//! Use-cases of companies.

use callboard_contract::{CompanyForm, CompanyView};
use callboard_core::{company::check_company, field::FieldErrors, id::CompanyId, money::Currency, window::parse_zone};
use callboard_db::companies::{self, Company};

use crate::{
    context::Context,
    error::{OrFault, UseCase, not_found},
    events,
};

/// A company's row as the wire shows it.
pub(crate) fn view(company: Company) -> CompanyView {
    CompanyView {
        id: company.company_id.0,
        name: company.name,
        time_zone: company.time_zone,
        default_region: company.default_region,
        currency: company.currency,
        calls_at_once: company.calls_at_once,
    }
}

fn checked(id: CompanyId, form: CompanyForm) -> UseCase<Company> {
    let mut errors = check_company(&form.name, form.calls_at_once).err().unwrap_or_default();
    if parse_zone(&form.time_zone).is_none() {
        errors.add("timeZone", "timeZone");
    }
    if form.currency.parse::<Currency>().is_err() {
        errors.add("currency", "currency");
    }
    let region_known =
        form.default_region.len() == 2 && form.default_region.bytes().all(|byte| byte.is_ascii_uppercase());
    if !region_known {
        errors.add("defaultRegion", "region");
    }
    FieldErrors::into_result(errors)?;
    Ok(Company {
        company_id: id,
        name: form.name.trim().to_owned(),
        time_zone: form.time_zone,
        default_region: form.default_region,
        currency: form.currency,
        calls_at_once: form.calls_at_once,
    })
}

/// All companies by name.
///
/// # Errors
/// When the database is away.
pub async fn list(context: &Context) -> UseCase<Vec<CompanyView>> {
    let mut db = context.connection().await.or_fault(context)?;
    Ok(companies::list(&mut db).await.or_fault(context)?.into_iter().map(view).collect())
}

/// One company.
///
/// # Errors
/// `not_found`.
pub async fn get(context: &Context, id: CompanyId) -> UseCase<Company> {
    let mut db = context.connection().await.or_fault(context)?;
    companies::get(&mut db, id).await.or_fault(context)?.ok_or_else(|| not_found("company"))
}

/// Creates a company.
///
/// # Errors
/// Refused fields; `name: taken`.
pub async fn create(context: &Context, form: CompanyForm) -> UseCase<CompanyView> {
    let company = checked(CompanyId(context.new_id()), form)?;
    let mut tx = context.begin().await.or_fault(context)?;
    companies::insert(&mut tx, &company).await.or_fault(context)?;
    events::announce(&mut tx, None, &["companies"]).await.or_fault(context)?;
    crate::context::commit(tx).await.or_fault(context)?;
    Ok(view(company))
}

/// Changes a company.
///
/// # Errors
/// Refused fields; `name: taken`; `not_found`.
pub async fn update(context: &Context, id: CompanyId, form: CompanyForm) -> UseCase<CompanyView> {
    let company = checked(id, form)?;
    let mut tx = context.begin().await.or_fault(context)?;
    if !companies::update(&mut tx, &company).await.or_fault(context)? {
        return Err(not_found("company"));
    }
    events::announce(&mut tx, Some(id), &["companies", "settings", "live"]).await.or_fault(context)?;
    crate::context::commit(tx).await.or_fault(context)?;
    Ok(view(company))
}
