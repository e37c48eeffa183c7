//! Even spread: contacts of a campaign become due over its hours and not all at once (requirements F3, acceptance 66). Owns
//! when that is done: at the first start, and for those who are added later. Leftovers go on the next day, at once.

use callboard_core::{
    id::{CampaignId, CompanyId},
    spread::{SpreadMode, even},
    zone::ZoneSet,
};
use callboard_db::{DbResult, PgConnection, campaigns, limits, spread as rows};

/// Spreads the first attempts that wait behind a place of a campaign over its present or next day of calling, when it is to
/// be spread and has been started. The caller keeps others from adding tasks.
pub(crate) async fn assign(db: &mut PgConnection, company: CompanyId, id: CampaignId, behind: i32) -> DbResult<()> {
    let Some(campaign) = campaigns::get(db, company, id).await? else { return Ok(()) };
    if campaign.settings.spread != SpreadMode::Even || campaign.started_at.is_none() {
        return Ok(());
    }
    let contacts = usize::try_from(rows::count(db, company, id, behind).await?).unwrap_or(0);
    let Some(set) = limits::company(db, company).await? else { return Ok(()) };
    let window = campaign.settings.window.without(&set.holidays);
    let now = callboard_db::now(db).await?;
    let from = campaign.settings.starts_at.map_or(now, |start| start.max(now));
    // Hours that never open call nobody, spread or not.
    if let Some(due) = even(&window, &ZoneSet::from(window.zone), from, contacts) {
        rows::assign(db, company, id, behind, &due).await?;
    }
    Ok(())
}
