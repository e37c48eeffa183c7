//! `POST /upload?name=`: call lists that a browser sends. Owns the private folder in which they wait for their import,
//! their largest size and how long they are kept; they hold phone numbers, so none outlives its use.

use std::{
    collections::HashMap,
    fs, io,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
    time::Duration,
};

use axum::{
    Json,
    body::Body,
    extract::{Query, State},
    http::{HeaderMap, StatusCode, header},
};
use callboard_contract::{ErrorCode, Handlers, IpcError};
use futures_util::StreamExt;
use serde::{Deserialize, Serialize};
use tempfile::TempDir;
use tokio::{
    fs::File,
    io::{AsyncWriteExt, BufWriter},
    time::Instant,
};
use tracing::{info, warn};
use uuid::Uuid;

use super::{Site, refusal::Refusal};
use crate::random;

const PREFIX: &str = "callboard-uploads-";
/// A file in the folder that its owner keeps locked.
const ALIVE: &str = "alive";

/// How much and how long.
#[derive(Debug, Clone, Copy)]
pub struct UploadLimits {
    /// The largest file.
    pub max_bytes: u64,
    /// How long a file waits for its import.
    pub keep: Duration,
}

impl Default for UploadLimits {
    /// Two gigabytes, one hour.
    fn default() -> Self {
        Self { max_bytes: 2 * 1024 * 1024 * 1024, keep: Duration::from_hours(1) }
    }
}

/// Files that were sent and not yet imported. Dropping it deletes them all.
#[derive(Debug)]
pub struct Uploads {
    /// Says that the owner lives: the operating system unlocks it when the process ends, however it ends.
    _alive: fs::File,
    folder: TempDir,
    limits: UploadLimits,
    held: Mutex<HashMap<Uuid, Held>>,
}

#[derive(Debug, Clone)]
struct Held {
    path: PathBuf,
    since: Instant,
}

impl Uploads {
    /// An empty folder that only this user can enter. What servers left behind that were killed is deleted.
    ///
    /// # Errors
    /// When the folder for temporary files cannot be written.
    pub fn create(limits: UploadLimits) -> io::Result<Self> {
        Self::create_in(&std::env::temp_dir(), limits)
    }

    fn create_in(parent: &Path, limits: UploadLimits) -> io::Result<Self> {
        delete_orphans(parent);
        let folder = tempfile::Builder::new().prefix(PREFIX).tempdir_in(parent)?;
        // It gets its name when it is locked: another start must not find it unlocked and take the folder for an orphan.
        let unnamed = folder.path().join("alive.new");
        let alive = fs::File::create_new(&unnamed)?;
        alive.lock()?;
        fs::rename(unnamed, folder.path().join(ALIVE))?;
        Ok(Self { _alive: alive, folder, limits, held: Mutex::default() })
    }

    /// The file of an upload; none when it is unknown, imported or too old.
    #[must_use]
    pub fn path(&self, upload: Uuid) -> Option<PathBuf> {
        let held = self.held();
        held.get(&upload).filter(|held| held.since.elapsed() < self.limits.keep).map(|held| held.path.clone())
    }

    /// Deletes the file of an upload.
    pub async fn remove(&self, upload: Uuid) {
        let held = self.held().remove(&upload);
        if let Some(held) = held {
            delete(&held.path).await;
        }
    }

    /// Deletes what has waited too long.
    pub async fn sweep(&self) {
        let old: Vec<_> = {
            let mut held = self.held();
            let keep = self.limits.keep;
            held.extract_if(|_, file| file.since.elapsed() >= keep).map(|(_, file)| file.path).collect()
        };
        for path in old {
            delete(&path).await;
        }
    }

    /// Writes what arrives to a new file.
    async fn take(&self, name: &str, body: Body) -> Result<Uuid, Refusal> {
        let upload = random::uuid().map_err(|error| write_failed(&error.into()))?;
        let path = self.folder.path().join(format!("{upload}{}", extension(name)));
        let written = self.write(&path, body).await;
        match written {
            Ok(bytes) => {
                self.held().insert(upload, Held { path, since: Instant::now() });
                info!(upload.id = %upload, bytes, "A file of {bytes} bytes was sent and waits for its import");
                Ok(upload)
            }
            Err(refusal) => {
                delete(&path).await;
                Err(refusal)
            }
        }
    }

    async fn write(&self, path: &Path, body: Body) -> Result<u64, Refusal> {
        let mut file = BufWriter::new(File::create_new(path).await.map_err(|error| write_failed(&error))?);
        let mut chunks = body.into_data_stream();
        let mut bytes = 0_u64;
        while let Some(chunk) = chunks.next().await {
            let chunk =
                chunk.map_err(|_| unreadable("interrupted", "The file did not arrive completely. Send it again."))?;
            bytes += chunk.len() as u64;
            if bytes > self.limits.max_bytes {
                return Err(self.too_large());
            }
            file.write_all(&chunk).await.map_err(|error| write_failed(&error))?;
        }
        file.flush().await.map_err(|error| write_failed(&error))?;
        Ok(bytes)
    }

    fn too_large(&self) -> Refusal {
        let message = format!("The file is larger than {} bytes.", self.limits.max_bytes);
        let error = IpcError::refusal(ErrorCode::UnreadableFile, message)
            .with("reason", "too_large")
            .with("maxBytes", self.limits.max_bytes.to_string());
        Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, error)
    }

    fn held(&self) -> std::sync::MutexGuard<'_, HashMap<Uuid, Held>> {
        // The map is whole at every moment: a panic elsewhere cannot leave half an entry.
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Deletes the folders of processes that are gone; they hold phone numbers.
fn delete_orphans(parent: &Path) {
    for entry in fs::read_dir(parent).into_iter().flatten().flatten() {
        if !entry.file_name().to_string_lossy().starts_with(PREFIX) {
            continue;
        }
        // Without it the folder belongs to somebody else, or is not finished.
        let Ok(alive) = fs::File::open(entry.path().join(ALIVE)) else { continue };
        if alive.try_lock().is_ok() {
            match fs::remove_dir_all(entry.path()) {
                Ok(()) => info!("Files that were sent to a server that was killed are deleted"),
                Err(error) => warn!(%error, "Files that were sent to a server that was killed could not be deleted"),
            }
        }
    }
}

/// What a file is called where it comes from.
#[derive(Debug, Deserialize)]
pub(super) struct Named {
    name: String,
}

/// The answer to an upload.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Taken {
    upload_id: Uuid,
}

pub(super) async fn receive<H: Handlers + Clone + 'static>(
    State(site): State<Site<H>>,
    Query(named): Query<Named>,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<Taken>, Refusal> {
    site.uploads.sweep().await;
    let announced = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|length| length > site.uploads.limits.max_bytes) {
        return Err(site.uploads.too_large());
    }
    let upload_id = site.uploads.take(&named.name, body).await?;
    Ok(Json(Taken { upload_id }))
}

/// The import tells formats apart by the extension; of the name nothing else may reach the disk.
fn extension(name: &str) -> String {
    name.rsplit_once('.')
        .map(|(_, extension)| extension.to_ascii_lowercase())
        .filter(|extension| {
            (1..=5).contains(&extension.len()) && extension.bytes().all(|byte| byte.is_ascii_alphanumeric())
        })
        .map_or_else(String::new, |extension| format!(".{extension}"))
}

async fn delete(path: &Path) {
    if let Err(error) = tokio::fs::remove_file(path).await
        && error.kind() != io::ErrorKind::NotFound
    {
        warn!(%error, "A file that was sent could not be deleted");
    }
}

fn unreadable(reason: &str, message: &str) -> Refusal {
    IpcError::refusal(ErrorCode::UnreadableFile, message).with("reason", reason).into()
}

fn write_failed(error: &io::Error) -> Refusal {
    warn!(%error, "A file that was sent could not be written");
    unreadable("disk", "The server could not store the file; its disk may be full.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_plain_extension_reaches_the_disk() {
        assert_eq!(extension("Список клиентов.XLSX"), ".xlsx");
        for odd in ["list", "list.", "a.csv/../../x", "a.tar.gz;rm", "..", "x.toolong"] {
            assert_eq!(extension(odd), "", "{odd:?} has no plain extension");
        }
    }

    #[tokio::test]
    async fn a_file_that_waits_too_long_is_deleted() {
        let limits = UploadLimits { keep: Duration::ZERO, ..UploadLimits::default() };
        let uploads = Uploads::create(limits).expect("a temporary folder");
        let upload = uploads.take("a.csv", Body::from("phone\n")).await.expect("a small file");
        assert_eq!(uploads.path(upload), None, "its time has passed");
        assert_eq!(files(&uploads), 1);
        uploads.sweep().await;
        assert_eq!(files(&uploads), 0, "the sweep deletes it");
    }

    #[tokio::test]
    async fn a_file_that_is_too_large_leaves_nothing_behind() {
        let uploads = Uploads::create(UploadLimits { max_bytes: 4, ..UploadLimits::default() }).expect("a folder");
        uploads.take("a.csv", Body::from("12345")).await.expect_err("five bytes are more than four");
        assert_eq!(files(&uploads), 0);
    }

    #[tokio::test]
    async fn what_a_killed_server_left_behind_is_deleted_by_the_next_and_a_living_one_keeps_its_own() {
        let parent = tempfile::tempdir().expect("a folder");
        let create = || Uploads::create_in(parent.path(), UploadLimits::default()).expect("a folder");
        let (living, killed) = (create(), create());
        for uploads in [&living, &killed] {
            uploads.take("a.csv", Body::from("phone\n")).await.expect("a small file");
        }
        // A killed process deletes nothing, and its lock goes with it.
        let Uploads { folder, _alive: alive, .. } = killed;
        let left = folder.keep();
        drop(alive);
        let stranger = parent.path().join("callboard-uploads-of-somebody");
        fs::create_dir(&stranger).expect("a folder");

        let _next = create();
        assert!(!left.exists(), "it holds phone numbers of nobody's import");
        assert_eq!(files(&living), 1);
        assert!(stranger.exists(), "it may be a folder that is just being made");
    }

    fn files(uploads: &Uploads) -> usize {
        let entries = fs::read_dir(uploads.folder.path()).expect("a folder");
        entries.filter(|entry| entry.as_ref().expect("an entry").file_name() != ALIVE).count()
    }
}
