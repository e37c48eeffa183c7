//! tmp
use callboard_contract::*; use callboard_core::id::*; use crate::{context::Context, error::{UseCase,not_found}, host::Host};
pub async fn run(_: &Context, _: &dyn Host, _: ImportRequest) -> UseCase<ImportReport> { Err(not_found("x")) }
pub async fn list(_: &Context, _: CompanyId, _: Option<CampaignId>) -> UseCase<Vec<ImportReport>> { Err(not_found("x")) }
pub async fn get(_: &Context, _: CompanyId, _: CallListId) -> UseCase<ImportReport> { Err(not_found("x")) }
pub async fn rejects(_: &Context, _: CompanyId, _: CallListId, _: &str) -> UseCase<(String,String)> { Err(not_found("x")) }
pub async fn file(_: &Context, _: CompanyId, _: CampaignId, _: &std::path::Path, _: &str, _: &str, _: bool) -> UseCase<ImportReport> { Err(not_found("x")) }
