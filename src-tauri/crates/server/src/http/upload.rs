//! `POST /upload?name=`: call lists that a browser sends. Owns the private folder in which they wait for their import,
//! their largest size and how long they are kept; they hold phone numbers, so none outlives its use.

use std::{
    collections::HashMap,
    io,
    path::PathBuf,
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
    /// An empty folder that only this user can enter.
    ///
    /// # Errors
    /// When the folder for temporary files cannot be written.
    pub fn create(limits: UploadLimits) -> io::Result<Self> {
        let folder = tempfile::Builder::new().prefix("callboard-uploads-").tempdir()?;
        Ok(Self { folder, limits, held: Mutex::default() })
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

    async fn write(&self, path: &std::path::Path, body: Body) -> Result<u64, Refusal> {
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

async fn delete(path: &std::path::Path) {
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

    fn files(uploads: &Uploads) -> usize {
        std::fs::read_dir(uploads.folder.path()).expect("a folder").count()
    }
}
