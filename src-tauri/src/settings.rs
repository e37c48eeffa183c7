//! What the shell remembers between two starts: which database, and where the window was. Owns the file `settings.json`
//! in the data folder; refuses secrets, which go to the keyring.

use std::{
    fs, io,
    io::Write as _,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use serde::{Deserialize, Serialize};

/// A shared database without its password.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SharedPlace {
    /// Host name or address.
    pub host: String,
    /// Port.
    pub port: u16,
    /// Database name.
    pub database: String,
    /// Login.
    pub user: String,
    /// TLS with a verified certificate is required.
    pub require_tls: bool,
    /// Certificate authority file.
    pub ca_file: Option<PathBuf>,
}

/// Where the main window was, in logical pixels.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Placement {
    /// Left edge.
    pub x: f64,
    /// Upper edge.
    pub y: f64,
    /// Width of the content.
    pub width: f64,
    /// Height of the content.
    pub height: f64,
    /// It filled the screen.
    pub maximized: bool,
}

/// The content of the file. Fields that a newer program wrote are dropped by an older one.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Settings {
    /// The shared database; none for the embedded one.
    pub shared_database: Option<SharedPlace>,
    /// Where the main window was.
    pub window: Option<Placement>,
}

/// The file and its content.
#[derive(Debug)]
pub struct SettingsFile {
    path: PathBuf,
    /// Held while the file is written, so that two changes do not undo each other.
    lock: Mutex<()>,
}

impl SettingsFile {
    /// The settings of a data folder.
    #[must_use]
    pub fn in_folder(folder: &Path) -> Self {
        Self { path: folder.join("settings.json"), lock: Mutex::new(()) }
    }

    /// Reads them; a missing file holds the defaults.
    ///
    /// # Errors
    /// When the file cannot be read. Guessing the defaults then would open another database than the person chose.
    pub fn read(&self) -> io::Result<Settings> {
        match fs::read(&self.path) {
            Ok(bytes) => serde_json::from_slice(&bytes).map_err(|error| {
                io::Error::new(io::ErrorKind::InvalidData, format!("{}: {error}", self.path.display()))
            }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Settings::default()),
            Err(error) => Err(error),
        }
    }

    /// Changes them; the file is whole at every moment.
    ///
    /// # Errors
    /// When the file cannot be read or written.
    pub fn change(&self, change: impl FnOnce(&mut Settings)) -> io::Result<()> {
        let _lock = self.lock.lock().unwrap_or_else(PoisonError::into_inner);
        let mut settings = self.read()?;
        change(&mut settings);
        let fresh = self.path.with_extension("json.new");
        let mut file = fs::File::create(&fresh)?;
        file.write_all(&serde_json::to_vec_pretty(&settings)?)?;
        file.sync_all()?;
        fs::rename(&fresh, &self.path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place() -> SharedPlace {
        SharedPlace {
            host: "db.example".to_owned(),
            port: 5432,
            database: "callboard".to_owned(),
            user: "ann".to_owned(),
            require_tls: true,
            ca_file: None,
        }
    }

    #[test]
    fn what_is_changed_is_read_again_and_the_rest_stays() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = SettingsFile::in_folder(folder.path());
        assert_eq!(file.read().expect("no file yet"), Settings::default());
        let window = Placement { x: 1.0, y: 2.0, width: 1280.0, height: 800.0, maximized: false };
        file.change(|settings| settings.window = Some(window)).expect("written");
        file.change(|settings| settings.shared_database = Some(place())).expect("written");
        let expected = Settings { shared_database: Some(place()), window: Some(window) };
        assert_eq!(SettingsFile::in_folder(folder.path()).read().expect("written before"), expected);
    }

    #[test]
    fn a_file_that_cannot_be_read_is_an_error_and_is_kept() {
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(folder.path().join("settings.json"), "{").expect("written");
        let file = SettingsFile::in_folder(folder.path());
        assert!(file.read().is_err(), "the defaults would open another database");
        assert!(file.change(|_| ()).is_err());
        assert_eq!(fs::read(folder.path().join("settings.json")).expect("kept"), b"{");
    }
}
