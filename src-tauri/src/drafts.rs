//! Drafts of this computer: what was typed and is not published yet. Owns the folder `drafts` of the data folder, where
//! each draft is one whole file at every moment; refuses paths (a draft is named by an id) and what is no draft by its
//! size. What is inside is the user interface's.

use std::{
    fs, io,
    io::Write as _,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use callboard_contract::{ErrorCode, IpcError};
use callboard_core::field::FieldErrors;
use tauri::State;
use tracing::warn;
use uuid::Uuid;

use crate::bridge::incident;

/// The largest draft, in bytes: the largest skillbase twice (as it was opened, and as it is now) with room to spare.
const MAX_BYTES: usize = 8 << 20;
/// The most drafts. Nobody has as many; a page that writes without end is stopped.
const MAX_DRAFTS: usize = 1_000;

/// The drafts of a data folder.
#[derive(Debug)]
pub struct Drafts {
    folder: PathBuf,
    /// Held while a file is written or deleted, so that two writes do not share one unfinished file.
    lock: Mutex<()>,
}

impl Drafts {
    /// The drafts of a data folder; nothing is created before the first one is kept.
    #[must_use]
    pub fn in_folder(folder: &Path) -> Self {
        Self { folder: folder.join("drafts"), lock: Mutex::new(()) }
    }

    fn file(&self, id: Uuid) -> PathBuf {
        self.folder.join(format!("{id}.json"))
    }

    /// Ids of all drafts, the one that was kept last first.
    fn list(&self) -> io::Result<Vec<Uuid>> {
        let entries = match fs::read_dir(&self.folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        let mut found = Vec::new();
        for entry in entries {
            let entry = entry?;
            let path = entry.path();
            // An unfinished file of a program that was killed has another ending: the draft before it is whole.
            if path.extension().is_none_or(|ending| ending != "json") {
                continue;
            }
            let Some(id) = path.file_stem().and_then(|name| name.to_str()?.parse().ok()) else { continue };
            found.push((entry.metadata()?.modified()?, id));
        }
        found.sort_unstable_by(|one, other| other.cmp(one));
        Ok(found.into_iter().map(|(_, id)| id).collect())
    }

    fn get(&self, id: Uuid) -> io::Result<Option<String>> {
        match fs::read_to_string(self.file(id)) {
            Ok(content) => Ok(Some(content)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Keeps a draft; it is on the disk when this returns, and the one before is whole until then.
    fn put(&self, id: Uuid, content: &str) -> io::Result<()> {
        let _lock = self.lock.lock().unwrap_or_else(PoisonError::into_inner);
        fs::create_dir_all(&self.folder)?;
        let path = self.file(id);
        if !path.exists() && self.list()?.len() >= MAX_DRAFTS {
            return Err(io::Error::new(io::ErrorKind::QuotaExceeded, format!("there are {MAX_DRAFTS} drafts already")));
        }
        let fresh = path.with_extension("json.new");
        let mut file = fs::File::create(&fresh)?;
        file.write_all(content.as_bytes())?;
        file.sync_all()?;
        fs::rename(&fresh, &path)?;
        self.sync_folder()
    }

    /// Deletes a draft; one that is not there is deleted already.
    fn delete(&self, id: Uuid) -> io::Result<()> {
        let _lock = self.lock.lock().unwrap_or_else(PoisonError::into_inner);
        match fs::remove_file(self.file(id)) {
            Ok(()) => self.sync_folder(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// A rename is on the disk once its folder is.
    fn sync_folder(&self) -> io::Result<()> {
        if cfg!(unix) { fs::File::open(&self.folder)?.sync_all() } else { Ok(()) }
    }
}

/// A fault of the disk, with an incident that finds its cause in the log.
fn fault(what: &'static str, error: &io::Error) -> IpcError {
    let incident = incident();
    warn!(%error, %incident, "{what}");
    IpcError {
        incident: Some(incident),
        retryable: true,
        ..IpcError::refusal(ErrorCode::Internal, format!("{what}: {error}."))
    }
}

// The files are written on threads of their own: a command that is not async would stop the windows meanwhile.

/// Ids of the drafts of this computer, the one that was kept last first.
///
/// # Errors
/// `internal` when the disk refuses.
#[tauri::command(async)]
#[expect(clippy::needless_pass_by_value, reason = "Tauri hands the arguments of a command over")]
pub fn draft_list(drafts: State<'_, Drafts>) -> Result<Vec<Uuid>, IpcError> {
    drafts.list().map_err(|error| fault("The drafts cannot be listed", &error))
}

/// What a draft holds; none when there is no such draft.
///
/// # Errors
/// `internal` when the disk refuses.
#[tauri::command(async)]
#[expect(clippy::needless_pass_by_value, reason = "Tauri hands the arguments of a command over")]
pub fn draft_get(drafts: State<'_, Drafts>, id: Uuid) -> Result<Option<String>, IpcError> {
    drafts.get(id).map_err(|error| fault("A draft cannot be read", &error))
}

/// Keeps a draft, on the disk once this answers.
///
/// # Errors
/// `invalid_input` for more than 8 MiB; `internal` when the disk refuses.
#[tauri::command(async)]
#[expect(clippy::needless_pass_by_value, reason = "Tauri hands the arguments of a command over")]
pub fn draft_put(drafts: State<'_, Drafts>, id: Uuid, content: String) -> Result<(), IpcError> {
    if content.len() > MAX_BYTES {
        let mut errors = FieldErrors::default();
        errors.add_with("content", "tooLong", &[("max", MAX_BYTES.to_string())]);
        return Err(errors.into());
    }
    drafts.put(id, &content).map_err(|error| fault("A draft cannot be kept", &error))
}

/// Deletes a draft; one that is not there is deleted already.
///
/// # Errors
/// `internal` when the disk refuses.
#[tauri::command(async)]
#[expect(clippy::needless_pass_by_value, reason = "Tauri hands the arguments of a command over")]
pub fn draft_delete(drafts: State<'_, Drafts>, id: Uuid) -> Result<(), IpcError> {
    drafts.delete(id).map_err(|error| fault("A draft cannot be deleted", &error))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(n: u128) -> Uuid {
        Uuid::from_u128(n)
    }

    #[test]
    fn a_draft_is_kept_replaced_and_deleted() {
        let folder = tempfile::tempdir().expect("a folder");
        let drafts = Drafts::in_folder(folder.path());
        assert!(drafts.list().expect("no folder yet").is_empty());
        assert_eq!(drafts.get(id(1)).expect("no folder yet"), None);
        drafts.put(id(1), "one").expect("written");
        drafts.put(id(1), "two").expect("replaced");
        assert_eq!(Drafts::in_folder(folder.path()).get(id(1)).expect("read").as_deref(), Some("two"));
        assert_eq!(drafts.list().expect("listed"), [id(1)]);
        drafts.delete(id(1)).expect("deleted");
        drafts.delete(id(1)).expect("deleted already");
        assert_eq!(drafts.get(id(1)).expect("gone"), None);
    }

    #[test]
    fn what_a_killed_program_left_unfinished_hides_nothing() {
        let folder = tempfile::tempdir().expect("a folder");
        let drafts = Drafts::in_folder(folder.path());
        drafts.put(id(1), "whole").expect("written");
        let unfinished = drafts.file(id(1)).with_extension("json.new");
        fs::write(&unfinished, "hal").expect("as if killed while writing");
        fs::write(drafts.folder.join("notes.json"), "somebody's").expect("written");
        assert_eq!(drafts.list().expect("listed"), [id(1)]);
        assert_eq!(drafts.get(id(1)).expect("read").as_deref(), Some("whole"));
        drafts.put(id(1), "next").expect("an unfinished file is in nobody's way");
        assert_eq!(drafts.get(id(1)).expect("read").as_deref(), Some("next"));
    }

    #[test]
    fn a_failed_write_keeps_the_draft_before() {
        let folder = tempfile::tempdir().expect("a folder");
        let drafts = Drafts::in_folder(folder.path());
        drafts.put(id(1), "before").expect("written");
        // A folder stands where the unfinished file would be, also for a user who may write anywhere.
        fs::create_dir(drafts.file(id(1)).with_extension("json.new")).expect("made");
        assert!(drafts.put(id(1), "after").is_err());
        assert_eq!(drafts.get(id(1)).expect("read").as_deref(), Some("before"));
    }

    #[test]
    fn drafts_do_not_fill_the_disk() {
        let folder = tempfile::tempdir().expect("a folder");
        let drafts = Drafts::in_folder(folder.path());
        fs::create_dir_all(&drafts.folder).expect("made");
        for n in 0..MAX_DRAFTS as u128 {
            fs::write(drafts.file(id(n)), "").expect("written");
        }
        assert!(drafts.put(id(MAX_DRAFTS as u128), "one too many").is_err());
        drafts.put(id(0), "those that are there can still change").expect("written");
    }
}
