//! From checked rows to tasks: all of a list or nothing, once. Owns the transaction.

use callboard_contract::CacheTag;
use callboard_core::id::{CallListId, CompanyId};
use callboard_db::{
    DbError,
    call_lists::{self, Committed, RowCounts},
    dialing,
    events::{self, Event},
    locks,
    settings::{self, SettingName},
};

use super::{
    ImportError,
    check::{HowRead, campaign_open},
    running::Work,
};
use crate::{
    context::{Context, commit_synchronously},
    spread,
};

/// Rows between two looks at the switch that gives an import up.
const PIECE: i32 = 100_000;
/// Headers whose roles are remembered.
const REMEMBERED: usize = 200;

/// Makes contacts and tasks of a checked import. None when it was given up meanwhile.
///
/// # Errors
/// Why there are none; nothing was written then.
pub(crate) async fn make_tasks(
    context: &Context,
    company: CompanyId,
    id: CallListId,
    work: &Work,
) -> Result<Option<(RowCounts, Committed)>, ImportError> {
    let mut tx = context.begin().await?;
    let list = call_lists::lock_checked(&mut tx, company, id).await?.ok_or(ImportError::NotChecked)?;
    let campaign = list.campaign_id;
    locks::lock_contacts(&mut tx, company).await?;
    campaign_open(call_lists::lock_for_import(&mut tx, company, campaign).await?)?;
    let how = HowRead::of(&list.mapping);
    call_lists::classify(&mut tx, company, id, campaign, list.total, how.reasons()).await?;
    let counts = call_lists::counts(&mut tx, company, id).await?;
    if counts.total != list.total {
        return Err(ImportError::StagingLost);
    }
    call_lists::insert_lanes(&mut tx, company, id, campaign).await?;
    let behind = call_lists::next_position(&mut tx, company, campaign).await?;
    let due_at = dialing::now(&mut tx).await?;
    let ranges = call_lists::ranges(&mut tx, list.total, PIECE).await?;
    let mut done = Committed::default();
    for (n, range) in ranges.iter().enumerate() {
        if work.cancel.is_cancelled() {
            tx.rollback().await.map_err(DbError::from)?;
            return Ok(None);
        }
        call_lists::insert_contacts(&mut tx, company, id, range, &list.zone_sets).await?;
        let (made, reused) =
            call_lists::insert_tasks(&mut tx, company, id, campaign, range, (behind, due_at), &list.zone_sets).await?;
        done.tasks += made;
        done.reused_contacts += reused;
        work.add(u64::try_from(made).unwrap_or_default());
        work.set_share((n + 1) as f64 / ranges.len() as f64);
    }
    if done.tasks > 0 {
        done.first_position = Some(behind + 1);
        done.last_position = Some(behind + list.total);
    }
    spread::assign(&mut tx, company, campaign, behind).await?;
    call_lists::insert_rejects(&mut tx, company, id).await?;
    call_lists::committed(&mut tx, company, id, counts, done).await?;
    call_lists::insert_delta(&mut tx, company, campaign, done.tasks).await?;
    remember(&mut tx, company, &how).await?;
    // Who ends the campaign at this moment is waited for; who comes later sees the tasks.
    campaign_open(call_lists::settle(&mut tx, company, campaign).await?)?;
    let tags = [CacheTag::CallLists, CacheTag::Tasks, CacheTag::Campaigns, CacheTag::Contacts];
    let tags = tags.map(|tag| tag.as_str().to_owned()).to_vec();
    events::notify(&mut tx, Event { company_id: Some(company.0), tags, campaigns: vec![campaign.0] }).await?;
    commit_synchronously(tx).await?;
    Ok(Some((counts, done)))
}

/// Keeps the roles for the next file with the same header.
async fn remember(db: &mut callboard_db::PgConnection, company: CompanyId, how: &HowRead) -> Result<(), DbError> {
    if how.fingerprint.is_empty() {
        return Ok(());
    }
    let mut known = remembered(db, company).await?;
    known.retain(|(fingerprint, _)| *fingerprint != how.fingerprint);
    known.insert(0, (how.fingerprint.clone(), how.roles.clone()));
    known.truncate(REMEMBERED);
    let value = serde_json::to_value(known).unwrap_or_default();
    settings::put(db, company, SettingName::ImportMapping, &value).await
}

/// What is remembered: fingerprints of headers and the roles of their columns, the latest first.
pub(crate) async fn remembered(
    db: &mut callboard_db::PgConnection,
    company: CompanyId,
) -> Result<Vec<(String, Vec<callboard_contract::ColumnRole>)>, DbError> {
    let value = settings::get(db, company, SettingName::ImportMapping).await?;
    // What an older or newer program wrote is forgotten rather than in the way.
    Ok(value.and_then(|value| serde_json::from_value(value).ok()).unwrap_or_default())
}
