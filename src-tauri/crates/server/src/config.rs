//! Which database, and the secrets of the lines. Owns the configuration file and the order of the places that name a
//! database; refuses secrets on the command line, where every user of the machine can read them, and configuration
//! files that others can read.

use std::{
    collections::HashMap,
    env, fs,
    path::{Path, PathBuf},
};

use callboard_core::id::CompanyId;
use callboard_engine::host::{SecretName, SharedDatabase};
use secrecy::SecretString;
use serde::Deserialize;
use url::Url;

use crate::failure::Failure;

/// Environment variable with the URL of a shared database.
pub const DATABASE_URL: &str = "DATABASE_URL";
/// Environment variable with the folder of `PostgreSQL`'s programs, for an embedded database.
pub const PROGRAMS: &str = "CALLBOARD_PG";

/// Where the database is.
#[derive(Debug, Clone)]
pub enum Database {
    /// A server that is reached over the network.
    Shared(SharedDatabase),
    /// A server of this machine behind a Unix socket: the URL, and what may be shown of it.
    Socket(SecretString, String),
    /// An embedded one in this data folder, the same as the desktop's.
    Embedded(PathBuf),
}

/// What a process is configured with.
#[derive(Debug, Clone)]
pub struct Config {
    /// The database.
    pub database: Database,
    /// Secrets of the lines.
    pub secrets: HashMap<SecretName, SecretString>,
}

/// The file. `callboard-server --help` describes it.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    database_url: Option<SecretString>,
    data_dir: Option<PathBuf>,
    #[serde(default)]
    livekit: HashMap<CompanyId, Keys>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Keys {
    api_key: SecretString,
    api_secret: SecretString,
}

impl Config {
    /// Reads the configuration. The folder given on the command line wins over the file, the file over the environment.
    ///
    /// # Errors
    /// When nothing names a database, or the file cannot be used.
    pub fn read(file: Option<&Path>, data: Option<PathBuf>) -> Result<Self, Failure> {
        let file = file.map_or_else(|| Ok(File::default()), read_file)?;
        let url =
            file.database_url.or_else(|| env::var(DATABASE_URL).ok().filter(|url| !url.is_empty()).map(Into::into));
        let database = match (data.or(file.data_dir), url) {
            (Some(folder), _) => Database::Embedded(std::path::absolute(folder)?),
            (None, Some(url)) => parse_url(&url)?,
            (None, None) => {
                return Err(Failure::Usage(format!(
                    "Say which database: --data FOLDER for an embedded one, {DATABASE_URL} or --config FILE for a shared one."
                )));
            }
        };
        let secrets = file.livekit.into_iter().flat_map(|(company, keys)| {
            [(SecretName::LivekitKey(company), keys.api_key), (SecretName::LivekitSecret(company), keys.api_secret)]
        });
        Ok(Self { database, secrets: secrets.collect() })
    }
}

fn read_file(path: &Path) -> Result<File, Failure> {
    let refuse = |why: String| Failure::Usage(format!("The configuration {}: {why}.", path.display()));
    refuse_readable_by_others(path).map_err(refuse)?;
    let text = fs::read_to_string(path).map_err(|error| refuse(error.to_string()))?;
    // The parser's whole message would quote the line, and with it the secret.
    toml::from_str(&text).map_err(|error| refuse(error.message().to_owned()))
}

#[cfg(unix)]
fn refuse_readable_by_others(path: &Path) -> Result<(), String> {
    // The six lowest bits are the rights of the group and of everybody.
    use std::os::unix::fs::MetadataExt;
    let mode = fs::metadata(path).map_err(|error| error.to_string())?.mode();
    if mode.trailing_zeros() >= 6 {
        return Ok(());
    }
    Err(format!("others can read it (mode {:03o}) and it holds secrets; run chmod 600", mode & 0o777))
}

#[cfg(not(unix))]
fn refuse_readable_by_others(_path: &Path) -> Result<(), String> {
    Ok(())
}

/// Reads a URL as the desktop's form would be filled in: a database on another machine needs TLS with a verified
/// certificate. A weaker `sslmode` protects from nobody who can change what is sent, so it is refused, not weakened.
fn parse_url(text: &SecretString) -> Result<Database, Failure> {
    use secrecy::ExposeSecret;
    let refuse = |why: &str| Failure::Usage(format!("The database's URL {why}."));
    let url = Url::parse(text.expose_secret())
        .map_err(|_| refuse("cannot be read; it looks like postgres://user:password@host/database"))?;
    if !["postgres", "postgresql"].contains(&url.scheme()) {
        return Err(refuse("does not begin with postgres://"));
    }
    let database = decoded(url.path().trim_start_matches('/'));
    let (mut mode, mut ca_file, mut socket) = (None, None, None);
    for (name, value) in url.query_pairs() {
        match name.as_ref() {
            "sslmode" => mode = Some(value.into_owned()),
            "sslrootcert" => ca_file = Some(PathBuf::from(value.into_owned())),
            "host" if value.starts_with('/') => socket = Some(value.into_owned()),
            _ => return Err(refuse(&format!("has the parameter {name}, which is not known here"))),
        }
    }
    if let Some(socket) = socket {
        return Ok(Database::Socket(text.clone(), format!("{socket}/{database}")));
    }
    let host = url.host_str().filter(|host| !host.is_empty()).ok_or_else(|| refuse("names no host"))?.to_owned();
    let local = ["localhost", "127.0.0.1", "[::1]"].contains(&host.as_str());
    let require_tls = match mode.as_deref() {
        Some("verify-full") => true,
        None | Some("disable") if local => false,
        _ => return Err(refuse("needs sslmode=verify-full, because the database is on another machine")),
    };
    Ok(Database::Shared(SharedDatabase {
        host,
        port: url.port().unwrap_or(5432),
        database,
        user: decoded(url.username()),
        password: decoded(url.password().unwrap_or_default()).into(),
        require_tls,
        ca_file,
    }))
}

fn decoded(part: &str) -> String {
    percent_encoding::percent_decode_str(part).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    fn shared(url: &str) -> SharedDatabase {
        match parse_url(&url.to_owned().into()).expect(url) {
            Database::Shared(shared) => shared,
            other => panic!("{url} is {other:?}"),
        }
    }

    #[test]
    fn a_url_is_read_with_its_escapes() {
        let found = shared(
            "postgres://a%40b:p%2F+w%26x%3D@db.example:6543/call%20board?sslmode=verify-full&sslrootcert=/ca.pem",
        );
        assert_eq!((found.host.as_str(), found.port), ("db.example", 6543));
        assert_eq!((found.user.as_str(), found.database.as_str()), ("a@b", "call board"));
        assert_eq!(found.password.expose_secret(), "p/+w&x=");
        assert!(found.require_tls);
        assert_eq!(found.ca_file.as_deref(), Some(Path::new("/ca.pem")));
    }

    #[test]
    fn another_machine_needs_verified_tls() {
        assert!(!shared("postgres://u:p@localhost/callboard").require_tls, "nobody is in between");
        for weak in ["", "?sslmode=disable", "?sslmode=prefer", "?sslmode=require", "?sslmode=verify-ca"] {
            let url = format!("postgres://u:s3cr3t@db.example/callboard{weak}");
            let error = parse_url(&url.into()).expect_err(weak).to_string();
            assert!(error.contains("verify-full") && !error.contains("s3cr3t"), "{error}");
        }
    }

    #[test]
    fn a_socket_is_reached_by_its_url() {
        let url = "postgres://u:s3cr3t@localhost/callboard?host=%2Fvar%2Frun";
        match parse_url(&url.to_owned().into()).expect("a socket") {
            Database::Socket(whole, place) => {
                assert_eq!(whole.expose_secret(), url);
                assert_eq!(place, "/var/run/callboard", "the place is shown and holds no password");
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn urls_that_are_not_understood_are_refused() {
        for odd in ["", "mysql://u@h/d", "postgres:///d", "postgres://u@localhost/d?target_session_attrs=any"] {
            assert!(matches!(parse_url(&odd.to_owned().into()), Err(Failure::Usage(_))), "{odd:?}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_configuration_that_others_can_read_is_refused() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("callboard.toml");
        let company = "0198c0de-0000-7000-8000-000000000000";
        fs::write(
            &path,
            format!("data_dir = \"/data\"\n[livekit.\"{company}\"]\napi_key = \"k\"\napi_secret = \"s3cr3t\"\n"),
        )
        .expect("written");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).expect("changed");
        let error = Config::read(Some(&path), None).expect_err("others can read it").to_string();
        assert!(error.contains("chmod 600"), "{error}");

        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).expect("changed");
        let config = Config::read(Some(&path), None).expect("only the owner can read it");
        assert!(matches!(&config.database, Database::Embedded(folder) if folder == Path::new("/data")));
        let company: CompanyId = company.parse().expect("an id");
        assert_eq!(config.secrets[&SecretName::LivekitSecret(company)].expose_secret(), "s3cr3t");
        assert!(!format!("{config:?}").contains("s3cr3t"), "configurations end up in logs");
    }
}
