//! One import from the file to the commit. Owns the transaction and the thread that reads.

use std::{
    ffi::OsStr,
    fs::File,
    path::{Path, PathBuf},
};

use callboard_contract::CacheTag;
use callboard_core::{
    campaign::CampaignState,
    clock::Clock,
    id::{CallListId, CampaignId, CompanyId},
};
use callboard_db::{
    DbError, PgConnection, PgPool,
    call_lists::{self, NewCallList, RowCounts},
    events::{self, Event},
};
use encoding_rs::Encoding;
use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use tokio::{sync::mpsc, task};

use super::{
    ImportError, ImportJob, ImportOutcome, Limit, RejectReason, Stop, Unreadable,
    cells::Row,
    csv_rows::CsvRows,
    report::{SHOWN, shown},
    sieve::{Ids, Sieve, Sifted},
    text::{self, Inspected},
    xlsx_rows,
};

/// Parcels of rows that wait for the database; the reader waits when there are more.
const PARCELS: usize = 4;

/// Imports a file into a campaign, or only checks it. Nothing is written unless everything is.
///
/// # Errors
/// Why nothing was imported.
pub async fn import_file(
    db: &PgPool,
    clock: &dyn Clock,
    random: &mut (impl Rng + Send + ?Sized),
    job: ImportJob,
) -> Result<ImportOutcome, ImportError> {
    let now = clock.now();
    let list = CallListId::new(now, random.random());
    let ids = Ids::new(now, ChaCha8Rng::from_seed(random.random()));
    let format = Format::of(&job.file_name)?;
    let mut tx = callboard_db::begin(db).await?;
    // Asked before the file is read, because a refusal should not take a minute; asked again under the lock.
    campaign_open(call_lists::campaign_state(&mut tx, job.company_id, job.campaign_id).await?)?;
    let (file, inspected) = inspect(&job, format).await?;
    let read = Reading { format, file, encoding: inspected.encoding };
    let (parcels, received) = mpsc::channel(PARCELS);
    let region = job.default_region.clone();
    let sieve = Sieve::new((job.company_id, list), region, job.limits.rows, ids, parcels);
    let (sifted, damaged_text) = stage(&mut tx, read, sieve, received).await?;

    let target = Target { company: job.company_id, campaign: job.campaign_id, list };
    let found = call_lists::lock_for_import(&mut tx, target.company, target.campaign).await?;
    let campaign_name = campaign_open(found)?;
    let duplicate = RejectReason::DuplicateInCampaign.as_str();
    let field = sifted.header.phone_column();
    call_lists::mark_duplicates(&mut tx, target.company, list, target.campaign, duplicate, field).await?;
    let mut outcome = ImportOutcome {
        call_list_id: None,
        campaign_id: target.campaign,
        campaign_name,
        file_name: job.file_name,
        total: 0,
        created: 0,
        duplicates: 0,
        rejected: 0,
        contacts_reused: 0,
        rejects: Vec::new(),
        extra_columns: sifted.header.extra_columns(),
        damaged_text,
        created_at: now,
    };
    if job.dry_run {
        look(&mut tx, target, &sifted, &mut outcome).await?;
        tx.rollback().await.map_err(DbError::from)?;
        return Ok(outcome);
    }
    outcome.call_list_id = Some(list);
    commit(&mut tx, target, &inspected, &sifted, &mut outcome).await?;
    tx.commit().await.map_err(DbError::from)?;
    Ok(outcome)
}

/// Where the rows go.
#[derive(Debug, Clone, Copy)]
struct Target {
    company: CompanyId,
    campaign: CampaignId,
    list: CallListId,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Csv,
    Xlsx,
}

impl Format {
    /// By the extension, in any case.
    fn of(file_name: &str) -> Result<Self, ImportError> {
        let extension = Path::new(file_name).extension().and_then(OsStr::to_str).unwrap_or_default();
        match extension.to_ascii_lowercase().as_str() {
            "csv" => Ok(Self::Csv),
            "xlsx" => Ok(Self::Xlsx),
            _ => Err(ImportError::UnsupportedFormat { extension: extension.to_owned() }),
        }
    }

    /// Refuses what is evidently something else, with the reason that helps.
    fn check(self, head: &[u8]) -> Result<(), ImportError> {
        const ZIP: &[u8] = b"PK\x03\x04";
        /// Workbooks before 2007, and encrypted ones since.
        const COMPOUND: &[u8] = b"\xd0\xcf\x11\xe0";
        let reason = match self {
            _ if head.is_empty() => Unreadable::Empty,
            Self::Xlsx if head.starts_with(COMPOUND) => Unreadable::Protected,
            Self::Xlsx if !head.starts_with(ZIP) => Unreadable::NotAWorkbook,
            Self::Csv if head.starts_with(ZIP) || head.starts_with(COMPOUND) => Unreadable::NotText,
            Self::Csv if many_nul(head) && Encoding::for_bom(head).is_none() => Unreadable::NotText,
            Self::Csv | Self::Xlsx => return Ok(()),
        };
        Err(ImportError::Unreadable { reason })
    }
}

/// A stray NUL is an accident in one cell; many are a program, a picture or UTF-16 without a mark.
fn many_nul(head: &[u8]) -> bool {
    head.split(|byte| *byte == 0).count() - 1 > head.len() / 20
}

fn campaign_open(found: Option<(String, CampaignState)>) -> Result<String, ImportError> {
    match found {
        None => Err(ImportError::CampaignNotFound),
        Some((_, state @ (CampaignState::Completed | CampaignState::Cancelled))) => {
            Err(ImportError::CampaignOver(state))
        }
        Some((
            name,
            CampaignState::Draft | CampaignState::Scheduled | CampaignState::Running | CampaignState::Paused,
        )) => Ok(name),
    }
}

async fn inspect(job: &ImportJob, format: Format) -> Result<(File, Inspected), ImportError> {
    let (path, region, most): (PathBuf, _, _) = (job.path.clone(), job.default_region.clone(), job.limits.bytes);
    blocking(move || {
        let mut file = File::open(path)?;
        if file.metadata()?.len() > most {
            return Err(ImportError::TooLarge { limit: Limit::Bytes, most });
        }
        let inspected = text::inspect(&mut file, &region)?;
        format.check(&inspected.head)?;
        Ok((file, inspected))
    })
    .await
}

/// A file that is about to be read.
struct Reading {
    format: Format,
    file: File,
    encoding: &'static Encoding,
}

impl Reading {
    /// Reads it to the end; whether characters were damaged.
    fn run(mut self, mut sieve: Sieve) -> Result<(Sifted, bool), Stop> {
        let mut damaged = false;
        match self.format {
            Format::Xlsx => xlsx_rows::each_row(&mut self.file, &mut |row| sieve.row(row))?,
            Format::Csv => {
                use std::io::{Seek, SeekFrom};
                self.file.seek(SeekFrom::Start(0)).map_err(ImportError::from)?;
                let mut rows = CsvRows::open(self.file, self.encoding).map_err(ImportError::from)?;
                let mut row = Row::default();
                while rows.next(&mut row).map_err(ImportError::from)? {
                    sieve.row(&row)?;
                }
                damaged = rows.damaged();
            }
        }
        Ok((sieve.end()?, damaged))
    }
}

/// Reads the file into staging.
async fn stage(
    tx: &mut PgConnection,
    reading: Reading,
    sieve: Sieve,
    mut parcels: mpsc::Receiver<Vec<u8>>,
) -> Result<(Sifted, bool), ImportError> {
    let reader = task::spawn_blocking(move || reading.run(sieve));
    let mut copy = call_lists::stage(tx).await?;
    while let Some(parcel) = parcels.recv().await {
        copy.send(&parcel).await?;
    }
    match reader.await {
        Ok(Ok(read)) => {
            let staged = copy.finish().await?;
            debug_assert_eq!(staged, read.0.rows, "every data row is staged");
            Ok(read)
        }
        Ok(Err(stop)) => {
            copy.abort().await?;
            Err(match stop {
                Stop::Refused(error) => error,
                Stop::NobodyListens => ImportError::Unreadable { reason: Unreadable::File },
            })
        }
        // A crafted file that makes a parser panic must not take the program with it.
        Err(_) => {
            copy.abort().await?;
            Err(ImportError::Unreadable { reason: Unreadable::Damaged })
        }
    }
}

/// Counts what would be done.
async fn look(
    tx: &mut PgConnection,
    target: Target,
    sifted: &Sifted,
    outcome: &mut ImportOutcome,
) -> Result<(), DbError> {
    let RowCounts { total, created, duplicates, rejected } =
        call_lists::counts(tx, target.company, target.list).await?;
    (outcome.total, outcome.created, outcome.duplicates, outcome.rejected) = (total, created, duplicates, rejected);
    let refused = call_lists::first_refused(tx, target.company, target.list, SHOWN).await?;
    outcome.rejects = refused.into_iter().map(|row| shown(row, &sifted.header.columns)).collect();
    Ok(())
}

/// Staged rows become contacts, tasks and refusals.
async fn commit(
    tx: &mut PgConnection,
    target: Target,
    inspected: &Inspected,
    sifted: &Sifted,
    outcome: &mut ImportOutcome,
) -> Result<(), DbError> {
    let Target { company, campaign, list } = target;
    let new = NewCallList {
        company_id: company,
        call_list_id: list,
        campaign_id: campaign,
        file_name: &outcome.file_name,
        file_bytes: inspected.bytes,
        file_sha256: &inspected.sha256,
        columns: &sifted.header.columns,
    };
    outcome.created_at = call_lists::insert(tx, &new).await?;
    let contacts = call_lists::insert_contacts(tx, company, list).await?;
    let due_at = callboard_db::now(tx).await?;
    let tasks = call_lists::insert_tasks(tx, company, list, campaign, due_at).await?;
    let expected = call_lists::counts(tx, company, list).await?.created;
    if i64::try_from(tasks) != Ok(i64::from(expected)) {
        let duplicate = RejectReason::DuplicateInCampaign.as_str();
        call_lists::mark_lost(tx, company, list, duplicate, sifted.header.phone_column()).await?;
    }
    look(tx, target, sifted, outcome).await?;
    outcome.contacts_reused = outcome.created.saturating_sub(i32::try_from(contacts).unwrap_or(i32::MAX));
    call_lists::insert_rejects(tx, company, list).await?;
    call_lists::clear_staging(tx, company, list).await?;
    let counts = RowCounts {
        total: outcome.total,
        created: outcome.created,
        duplicates: outcome.duplicates,
        rejected: outcome.rejected,
    };
    call_lists::finish(tx, company, list, counts).await?;
    call_lists::insert_delta(tx, company, campaign, outcome.created).await?;
    let tags = [CacheTag::Campaigns, CacheTag::Tasks, CacheTag::CallLists].map(|tag| tag.as_str().to_owned());
    let event = Event { company_id: Some(company.0), tags: tags.to_vec(), campaigns: vec![campaign.0] };
    events::notify(tx, event).await
}

/// Runs file work outside the async threads; a panic is a damaged file.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, ImportError> + Send + 'static,
) -> Result<T, ImportError> {
    task::spawn_blocking(work).await.unwrap_or(Err(ImportError::Unreadable { reason: Unreadable::Damaged }))
}
