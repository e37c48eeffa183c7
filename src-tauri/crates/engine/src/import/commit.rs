//! From checked rows to tasks: all of a list or nothing, once. Owns the transactions. A large list is made on two
//! connections, contacts on one and tasks on the other, which halves the time; they commit one right after the other, and
//! a crash in between is noted and made good.

use std::sync::atomic::{AtomicUsize, Ordering};

use callboard_contract::CacheTag;
use callboard_core::id::{CallListId, CampaignId, CompanyId};
use callboard_db::{
    DbError, PgConnection,
    call_lists::{self, Committed, RowCounts},
    dialing,
    events::{self, Event},
    locks,
    settings::{self, SettingName},
};
use chrono::{DateTime, Utc};

use super::{
    ImportError,
    check::{HowRead, campaign_open},
    running::Work,
};
use crate::{
    context::{Context, commit, commit_synchronously},
    spread,
};

/// Rows between two looks at the switch that gives an import up.
const PIECE: i32 = 100_000;
/// More new contacts than these are made on a connection of their own.
const LARGE: i32 = 20_000;
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
    let _turn = context.imports.turn().await;
    let mut tx = context.begin().await?;
    // It waits while others work for it.
    callboard_db::wait_patiently(&mut tx).await?;
    call_lists::hold(&mut tx, id).await?;
    locks::lock_contacts(&mut tx, company).await?;
    let Some(looked_up) = look_up(context, &mut tx, company, id).await? else { return Err(ImportError::NotChecked) };
    let LookedUp { counts, known } = looked_up;
    // Nobody has given it up since.
    let list = call_lists::lock_checked(&mut tx, company, id).await?.ok_or(ImportError::NotChecked)?;
    let campaign = list.campaign_id;
    call_lists::insert_lanes(&mut tx, company, id, campaign, known > 0).await?;
    let behind = call_lists::next_position(&mut tx, company, campaign).await?;
    let making = Making {
        company,
        id,
        campaign,
        place: (behind, dialing::now(&mut tx).await?),
        ranges: call_lists::ranges(&mut tx, list.total, PIECE).await?,
        zone_sets: list.zone_sets,
        known: known > 0,
        pieces: AtomicUsize::new(0),
        work,
    };
    let mut second = if counts.good() - known > LARGE { Some(context.begin().await?) } else { None };
    let made = match &mut second {
        Some(second) => {
            callboard_db::wait_patiently(second).await?;
            call_lists::begin_half(second, company, id).await?;
            tokio::try_join!(making.contacts(second), making.tasks(&mut tx))?
        }
        None => (making.contacts(&mut tx).await?, making.tasks(&mut tx).await?),
    };
    let ((), Some(mut done)) = made else {
        if let Some(second) = second {
            second.rollback().await.map_err(DbError::from)?;
        }
        tx.rollback().await.map_err(DbError::from)?;
        return Ok(None);
    };
    if done.tasks > 0 {
        done.first_position = Some(behind + 1);
        done.last_position = Some(behind + list.total);
    }
    spread::assign(&mut tx, company, campaign, behind).await?;
    call_lists::insert_rejects(&mut tx, company, id).await?;
    call_lists::committed(&mut tx, company, id, counts, done).await?;
    call_lists::insert_delta(&mut tx, company, campaign, done.tasks).await?;
    remember(&mut tx, company, &HowRead::of(&list.mapping)).await?;
    // Who ends the campaign at this moment is waited for; who comes later sees the tasks.
    campaign_open(call_lists::settle(&mut tx, company, campaign).await?)?;
    let tags = [CacheTag::CallLists, CacheTag::Tasks, CacheTag::Campaigns, CacheTag::Contacts];
    let tags = tags.map(|tag| tag.as_str().to_owned()).to_vec();
    events::notify(&mut tx, Event { company_id: Some(company.0), tags, campaigns: vec![campaign.0] }).await?;
    let Some(second) = second else {
        commit_synchronously(tx).await?;
        return Ok(Some((counts, done)));
    };
    commit_synchronously(second).await?;
    let committed = async {
        call_lists::end_half(&mut tx, company, id).await?;
        commit_synchronously(tx).await
    };
    if let Err(error) = committed.await {
        // What cannot be taken back now, because the database is away, the timekeeper takes back. The server tells of a
        // refused commit before it lets the import go, so this waits.
        let taken_back = async {
            let mut tx = context.begin().await?;
            call_lists::hold(&mut tx, id).await?;
            call_lists::take_half_back(&mut tx, company, id).await?;
            commit(tx).await
        };
        taken_back.await.ok();
        return Err(error.into());
    }
    Ok(Some((counts, done)))
}

/// What the database says about the rows at the time of the commit.
struct LookedUp {
    counts: RowCounts,
    /// Rows that become tasks of contacts that are there.
    known: i32,
}

/// Looks all rows up once more, in a transaction of its own, so that a second connection sees the answers too; the first
/// one keeps everybody out who adds contacts or tasks. None when the import does not wait for a decision.
async fn look_up(
    context: &Context,
    locked: &mut PgConnection,
    company: CompanyId,
    id: CallListId,
) -> Result<Option<LookedUp>, ImportError> {
    let mut tx = context.begin().await?;
    let Some(list) = call_lists::lock_checked(&mut tx, company, id).await? else { return Ok(None) };
    campaign_open(call_lists::lock_for_import(locked, company, list.campaign_id).await?)?;
    call_lists::take_half_back(&mut tx, company, id).await?;
    let how = HowRead::of(&list.mapping);
    let looked_at = (list.total, Some(list.created_at));
    call_lists::classify(&mut tx, company, id, list.campaign_id, looked_at, how.reasons()).await?;
    let (counts, known) = call_lists::counts(&mut tx, company, id).await?;
    if counts.total != list.total {
        return Err(ImportError::StagingLost);
    }
    call_lists::recounted(&mut tx, company, id, counts).await?;
    commit(tx).await?;
    Ok(Some(LookedUp { counts, known }))
}

/// What both halves of a commit know.
struct Making<'a> {
    company: CompanyId,
    id: CallListId,
    campaign: CampaignId,
    /// The place in the campaign behind which the tasks stand, and when they are due.
    place: (i32, DateTime<Utc>),
    ranges: Vec<call_lists::Range>,
    zone_sets: Vec<i16>,
    /// Some rows have contacts already.
    known: bool,
    /// Pieces done, of both halves.
    pieces: AtomicUsize,
    work: &'a Work,
}

impl Making<'_> {
    /// Makes the contacts that are new, or some of them when the import is given up.
    async fn contacts(&self, db: &mut PgConnection) -> Result<(), ImportError> {
        for range in &self.ranges {
            if self.work.cancel.is_cancelled() {
                break;
            }
            call_lists::insert_contacts(db, self.company, self.id, range, &self.zone_sets).await?;
            self.piece_done();
        }
        Ok(())
    }

    /// Makes the tasks. None when the import was given up.
    async fn tasks(&self, db: &mut PgConnection) -> Result<Option<Committed>, ImportError> {
        let (company, id, campaign) = (self.company, self.id, self.campaign);
        let mut done = Committed::default();
        for range in &self.ranges {
            if self.work.cancel.is_cancelled() {
                return Ok(None);
            }
            let made = call_lists::insert_tasks(db, company, id, campaign, range, self.place, &self.zone_sets).await?;
            let reused = if self.known {
                call_lists::insert_tasks_of_known(db, company, id, campaign, range, self.place).await?
            } else {
                0
            };
            done.tasks += made + reused;
            done.reused_contacts += reused;
            self.work.add(u64::try_from(made + reused).unwrap_or_default());
            self.piece_done();
        }
        Ok((!self.work.cancel.is_cancelled()).then_some(done))
    }

    fn piece_done(&self) {
        let pieces = self.pieces.fetch_add(1, Ordering::Relaxed) + 1;
        self.work.set_share(pieces as f64 / (2 * self.ranges.len()) as f64);
    }
}

/// Takes back what imports left whose process died between the two commits; how many.
///
/// # Errors
/// When the database does not answer.
pub(crate) async fn take_back(context: &Context) -> Result<u64, DbError> {
    let mut taken = 0;
    loop {
        let mut tx = context.begin().await?;
        let Some((company, id)) = call_lists::nobodys_half(&mut tx).await? else { return Ok(taken) };
        call_lists::take_half_back(&mut tx, company, id).await?;
        commit(tx).await?;
        taken += 1;
    }
}

/// Keeps the roles for the next file with the same header.
async fn remember(db: &mut PgConnection, company: CompanyId, how: &HowRead) -> Result<(), DbError> {
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
    db: &mut PgConnection,
    company: CompanyId,
) -> Result<Vec<(String, Vec<callboard_contract::ColumnRole>)>, DbError> {
    let value = settings::get(db, company, SettingName::ImportMapping).await?;
    // What an older or newer program wrote is forgotten rather than in the way.
    Ok(value.and_then(|value| serde_json::from_value(value).ok()).unwrap_or_default())
}
