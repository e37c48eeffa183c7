//! From a file to checked rows in staging. Owns the thread that reads and the transaction that stages; makes no tasks.

use std::{path::PathBuf, sync::Arc};

use callboard_contract::ColumnRole;
use callboard_core::{
    campaign::CampaignState,
    id::{CallListId, CampaignId, CompanyId},
};
use callboard_db::{
    DbError, DbResult, PgConnection,
    call_lists::{self, NewCallList, Reasons},
};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};
use tokio::{sync::mpsc, task};

use super::{
    ImportError, ImportLimits, RejectReason, Stop, Unreadable,
    columns::Mapping,
    commit::remembered,
    ids::Ids,
    layout::{DroppedFile, Layout, LayoutChoice},
    running::Work,
    sieve::{Columns, Sieve},
    source::{ReadRows, Source},
};
use crate::context::{Context, commit};

/// Parcels of rows that wait for the database; the reader waits when there are more.
const PARCELS: usize = 4;

/// A file to check.
#[derive(Debug, Clone)]
pub struct CheckJob {
    /// The company.
    pub company_id: CompanyId,
    /// The campaign that gets the tasks.
    pub campaign_id: CampaignId,
    /// Where the file is.
    pub path: PathBuf,
    /// Its name; its extension says how it is read.
    pub file_name: String,
    /// Region in which numbers without a country are read.
    pub region: String,
    /// How it is read, as far as a person has said.
    pub choice: LayoutChoice,
    /// What each column is for; none: as remembered or guessed.
    pub roles: Option<Vec<ColumnRole>>,
    /// What is too large.
    pub limits: ImportLimits,
}

/// How a file was read, as it is kept with the import.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct HowRead {
    /// What each column was for.
    #[serde(default)]
    pub roles: Vec<ColumnRole>,
    /// By what the roles are remembered.
    #[serde(default)]
    pub fingerprint: String,
    /// Region of national numbers.
    #[serde(default)]
    pub region: String,
    /// The phone column.
    #[serde(default)]
    pub phone_column: String,
    /// Rows with characters that could not be read.
    #[serde(default)]
    pub damaged: u64,
}

impl HowRead {
    pub fn of(value: &serde_json::Value) -> Self {
        serde_json::from_value(value.clone()).unwrap_or_default()
    }

    pub fn reasons(&self) -> Reasons<'_> {
        Reasons {
            do_not_call: RejectReason::DoNotCall.as_str(),
            in_campaign: RejectReason::DuplicateInCampaign.as_str(),
            field: &self.phone_column,
        }
    }
}

/// A file whose layout and columns are settled.
pub(crate) struct Prepared {
    pub id: CallListId,
    job: CheckJob,
    layout: Layout,
    mapping: Mapping,
    how: HowRead,
    ids: Ids,
}

/// Looks at a file, settles how it is read and begins the import.
///
/// # Errors
/// Why it cannot be imported.
pub(crate) async fn prepare(context: &Context, job: CheckJob) -> Result<Prepared, ImportError> {
    let now = context.now();
    let mut random = context.random.fork();
    let id = CallListId::new(now, random.random());
    let ids = Ids::new(now, ChaCha8Rng::from_seed(random.random()));
    let known = {
        let mut db = context.connection().await?;
        campaign_open(call_lists::campaign_state(&mut db, job.company_id, job.campaign_id).await?)?;
        remembered(&mut db, job.company_id).await?
    };
    let (job, layout, mapping) = blocking(move || {
        let layout = Layout::detect(dropped(&job), &job.choice)?;
        let guessed = layout.guessed_mapping();
        let fingerprint = layout.fingerprint();
        let known = known.into_iter().find(|(known, _)| *known == fingerprint).map(|(_, roles)| roles);
        let roles = job.roles.clone().or(known);
        let mapping = match roles.filter(|roles| !roles.is_empty() && *roles != guessed.roles) {
            Some(roles) => Mapping { roles, main_phone: None },
            None => guessed,
        };
        mapping.check()?;
        Ok((job, layout, mapping))
    })
    .await?;
    let columns = layout.column_names();
    let phone = mapping.phones().first().and_then(|index| columns.get(*index)).cloned().unwrap_or_default();
    let how = HowRead {
        roles: mapping.roles.clone(),
        fingerprint: layout.fingerprint(),
        region: job.region.clone(),
        phone_column: phone,
        damaged: 0,
    };
    Ok(Prepared { id, job, layout, mapping, how, ids })
}

impl Prepared {
    /// What can be looked at while the file is read.
    pub fn source(&self) -> Result<Source<'_>, ImportError> {
        Source::open(dropped(&self.job), &self.layout, Some(&self.mapping))
    }

    /// Bytes of the file and the work that reads it.
    ///
    /// # Errors
    /// When the file is gone.
    pub fn work(&self, context: &Context) -> Result<Work, ImportError> {
        let source = self.source()?;
        Ok(Work::checking(context.clock.monotonic(), source.progress(), source.bytes()))
    }
}

/// Reads the file to its end and stores what would become of its rows. False when it was given up meanwhile.
///
/// # Errors
/// Why it cannot be imported. Nothing of it is staged then.
pub(crate) async fn check(context: &Context, prepared: Prepared, work: &Arc<Work>) -> Result<bool, ImportError> {
    let Prepared { id, job, layout, mapping, mut how, ids } = prepared;
    let company = job.company_id;
    let columns = layout.column_names();
    let mut tx = context.begin().await?;
    call_lists::hold(&mut tx, id).await?;
    begin(context, &job, id, &columns, &how).await?;
    let (parcels, received) = mpsc::channel(PARCELS);
    let sieve = Sieve::new(
        (company, id),
        Columns { names: columns.clone(), mapping: mapping.clone() },
        &job.region,
        ids,
        parcels,
    );
    let campaign = job.campaign_id;
    let reading = Reading { job, layout, mapping, work: Arc::clone(work) };
    let Some((read, zones)) = stage(&mut tx, reading, sieve, received, work).await? else { return Ok(false) };
    how.damaged = read.damaged;
    let sets = {
        // A transaction of its own: it keeps others from making zone sets until it ends.
        let mut db = context.connection().await?;
        call_lists::zone_sets(&mut db, &zones).await?
    };
    let staged = i32::try_from(read.rows + read.noted).unwrap_or(i32::MAX);
    call_lists::classify(&mut tx, company, id, campaign, (staged, None), how.reasons()).await?;
    let (counts, _) = call_lists::counts(&mut tx, company, id).await?;
    let mapping = serde_json::to_value(&how).unwrap_or_default();
    let taken = !work.cancel.is_cancelled()
        && call_lists::checked(&mut tx, company, id, &columns, (&mapping, &sets), counts).await?;
    if taken {
        commit(tx).await?;
    } else {
        tx.rollback().await.map_err(DbError::from)?;
    }
    Ok(taken)
}

/// Stores that the import began, for everybody to see.
async fn begin(context: &Context, job: &CheckJob, id: CallListId, columns: &[String], how: &HowRead) -> DbResult<()> {
    let bytes = tokio::fs::metadata(&job.path).await.map_or(0, |file| file.len());
    let mapping = serde_json::to_value(how).unwrap_or_default();
    let list = NewCallList {
        company_id: job.company_id,
        call_list_id: id,
        campaign_id: job.campaign_id,
        file_name: &job.file_name,
        file_bytes: i64::try_from(bytes).unwrap_or(i64::MAX),
        columns,
        mapping: &mapping,
    };
    let mut db = context.connection().await?;
    call_lists::insert(&mut db, &list).await?;
    Ok(())
}

/// A file that is about to be read, on a thread of its own.
struct Reading {
    job: CheckJob,
    layout: Layout,
    mapping: Mapping,
    work: Arc<Work>,
}

impl Reading {
    fn run(self, mut sieve: Sieve) -> Result<(ReadRows, Vec<String>), Stop> {
        /// Rows between two looks at the switch.
        const LOOK: u64 = 1024;
        let source = Source::watched(dropped(&self.job), &self.layout, Some(&self.mapping), self.work.read())?;
        let mut since = 0;
        let read = source.each_row(|row| {
            sieve.row(row)?;
            since += 1;
            if since == LOOK {
                self.work.add(LOOK);
                since = 0;
                if self.work.cancel.is_cancelled() {
                    return Err(Stop::NobodyListens);
                }
            }
            Ok(())
        })?;
        self.work.add(since);
        Ok((read, sieve.end()?))
    }
}

/// Reads the file into staging. None when it was given up.
async fn stage(
    tx: &mut PgConnection,
    reading: Reading,
    sieve: Sieve,
    mut parcels: mpsc::Receiver<Vec<u8>>,
    work: &Work,
) -> Result<Option<(ReadRows, Vec<String>)>, ImportError> {
    let reader = task::spawn_blocking(move || reading.run(sieve));
    let mut copy = call_lists::stage(tx).await?;
    while let Some(parcel) = parcels.recv().await {
        copy.send(&parcel).await?;
    }
    match reader.await.unwrap_or(Err(Stop::Refused(ImportError::Unreadable { reason: Unreadable::Damaged }))) {
        Ok(read) if !work.cancel.is_cancelled() => {
            copy.finish().await?;
            Ok(Some(read))
        }
        Ok(_) | Err(Stop::NobodyListens) => {
            copy.abort().await.ok();
            Ok(None)
        }
        Err(Stop::Refused(error)) => {
            // The refusal matters; a transaction whose COPY was aborted is rolled back when it is dropped.
            copy.abort().await.ok();
            Err(error)
        }
    }
}

fn dropped(job: &CheckJob) -> DroppedFile<'_> {
    DroppedFile { path: &job.path, name: &job.file_name, region: &job.region, limits: job.limits }
}

/// The name of a campaign that may get tasks.
pub(super) fn campaign_open(found: Option<(String, CampaignState)>) -> Result<String, ImportError> {
    match found {
        None => Err(ImportError::CampaignNotFound),
        Some((_, state)) if state.is_final() => Err(ImportError::CampaignOver(state)),
        Some((name, _)) => Ok(name),
    }
}

/// Runs file work outside the async threads; a panic is a damaged file.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, ImportError> + Send + 'static,
) -> Result<T, ImportError> {
    task::spawn_blocking(work).await.unwrap_or(Err(ImportError::Unreadable { reason: Unreadable::Damaged }))
}
