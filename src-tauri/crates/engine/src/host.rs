//! What only a host can do. Owns the trait that the desktop shell and the server implement, and nothing more: it
//! grows only when a handler needs something that it cannot do itself.

use std::path::PathBuf;

use callboard_contract::{ErrorCode, FilePurpose, HostKind, IpcError, ProviderKey, SavedFile};
use callboard_core::{
    id::{CompanyId, SkillbaseId},
    skillbase::ToolName,
};
use futures_util::future::BoxFuture;
use secrecy::SecretString;
use uuid::Uuid;

/// Which database to use.
#[derive(Debug, Clone)]
pub enum DatabaseChoice {
    /// The embedded one.
    Embedded,
    /// A shared one.
    Shared(SharedDatabase),
}

/// A shared database; the password is kept in the keyring by the host.
#[derive(Debug, Clone)]
pub struct SharedDatabase {
    /// Host name or address.
    pub host: String,
    /// Port.
    pub port: u16,
    /// Database name.
    pub database: String,
    /// Login.
    pub user: String,
    /// Password.
    pub password: SecretString,
    /// TLS with a verified certificate is required.
    pub require_tls: bool,
    /// Certificate authority file.
    pub ca_file: Option<PathBuf>,
}

/// A secret that the product keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SecretName {
    /// API key of a company's `LiveKit`.
    LivekitKey(CompanyId),
    /// API secret of a company's `LiveKit`.
    LivekitSecret(CompanyId),
    /// Key of a provider of a company.
    Provider(CompanyId, ProviderKey),
    /// Key of a tool of a skillbase.
    Tool(SkillbaseId, ToolName),
    /// Password of the shared database.
    DatabasePassword,
}

impl SecretName {
    /// Its name in the keyring.
    #[must_use]
    pub fn entry(self) -> String {
        match self {
            Self::LivekitKey(company) => format!("livekit-key-{company}"),
            Self::LivekitSecret(company) => format!("livekit-secret-{company}"),
            Self::Provider(company, key) => format!("provider-{key}-{company}"),
            Self::Tool(skillbase, tool) => format!("tool-{tool}-{skillbase}"),
            Self::DatabasePassword => "database-password".to_owned(),
        }
    }
}

/// Why a host has no embedded database. What may only need more time, like files that are being repaired, is worth another
/// try.
#[must_use]
pub fn no_embedded_database(why: impl Into<String>, may_come: bool) -> IpcError {
    let code = if may_come { ErrorCode::DatabaseAway } else { ErrorCode::DatabaseRefused };
    IpcError { retryable: may_come, ..IpcError::refusal(code, why) }.with("reason", "other")
}

/// What a host can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HostAbilities {
    /// Desktop or server.
    pub kind: HostKind,
    /// Files come from the native dialog and by path.
    pub native_files: bool,
    /// Windows can be torn off.
    pub windows: bool,
    /// Secrets survive the end of the program.
    pub keyring: bool,
}

/// The desktop shell or the server. Every refusal is ready for the person.
pub trait Host: Send + Sync + 'static {
    /// What it can do.
    fn abilities(&self) -> HostAbilities;

    /// The database chosen last.
    fn database_choice(&self) -> BoxFuture<'_, Result<DatabaseChoice, IpcError>>;

    /// Remembers the choice for the next start; a password goes to the keyring.
    fn remember_database(&self, choice: DatabaseChoice) -> BoxFuture<'_, Result<(), IpcError>>;

    /// Starts the embedded database when it is not running; its connection URL, and its folder for people.
    fn embedded_database(&self) -> BoxFuture<'_, Result<(SecretString, String), IpcError>>;

    /// A stored secret; none when there is none.
    fn secret(&self, name: SecretName) -> BoxFuture<'_, Result<Option<SecretString>, IpcError>>;

    /// Stores a secret in the keyring, or in memory when there is no keyring; an empty one is forgotten.
    fn store_secret(&self, name: SecretName, value: SecretString) -> BoxFuture<'_, Result<(), IpcError>>;

    /// Asks for a file; none when the dialog was closed.
    fn pick_file(&self, purpose: FilePurpose) -> BoxFuture<'_, Result<Option<PathBuf>, IpcError>>;

    /// The path of a file that was sent before; refuses unknown ids.
    fn uploaded_file(&self, upload: Uuid) -> BoxFuture<'_, Result<PathBuf, IpcError>>;

    /// Whether requests may name files by path (desktop and command line yes, HTTP no).
    fn may_read_paths(&self) -> bool;

    /// Lets the person save a file: the native dialog writes it, a server hands the content back.
    fn save_file<'a>(&'a self, file_name: &'a str, content: Vec<u8>) -> BoxFuture<'a, Result<SavedFile, IpcError>>;

    /// Opens a campaign in a window of its own, or brings it to the front.
    fn open_campaign_window(&self, company: Uuid, campaign: Uuid) -> BoxFuture<'_, Result<(), IpcError>>;
}
