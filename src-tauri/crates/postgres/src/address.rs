//! Where the server listens: on Unix only on a socket in a folder that nobody else can enter, never on the network.

use std::path::PathBuf;

use crate::{Error, folder::Folder};

/// A place for a server to listen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Address {
    /// The socket's folder; `None` means the loopback address.
    pub(crate) socket_dir: Option<PathBuf>,
    /// With a socket, only a part of its name.
    pub(crate) port: u16,
}

impl Address {
    /// The socket belongs into the database's folder, and elsewhere only if its path would be too long for one.
    #[cfg(unix)]
    pub(crate) fn choose(folder: &Folder) -> Result<Self, Error> {
        use std::{
            env,
            hash::{DefaultHasher, Hash as _, Hasher as _},
        };

        use crate::os;

        const PORT: u16 = 5432;
        // The longest path that every system takes.
        const LONGEST: usize = 103 - "/.s.PGSQL.5432".len();

        let mut hasher = DefaultHasher::new();
        folder.root().hash(&mut hasher);
        let name = format!("callboard-{:016x}", hasher.finish());
        let elsewhere = [env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from), Some(env::temp_dir())];
        let elsewhere = elsewhere.into_iter().flatten().map(|dir| dir.join(&name));
        let socket_dir = [folder.root().join("sock")]
            .into_iter()
            .chain(elsewhere)
            .filter(|dir| dir.is_absolute() && dir.as_os_str().len() <= LONGEST)
            .find(|dir| os::private_dir(dir, folder.user()).is_ok() && os::check_reachable(dir, folder.user()).is_ok())
            .ok_or_else(|| Error::NoSocketFolder { folder: folder.root().to_owned() })?;
        Ok(Self { socket_dir: Some(socket_dir), port: PORT })
    }

    /// A port of the loopback address that was free a moment ago.
    #[cfg(not(unix))]
    pub(crate) fn choose(folder: &Folder) -> Result<Self, Error> {
        use std::net::TcpListener;

        use crate::error::Attempting as _;

        let port = TcpListener::bind(("127.0.0.1", 0))
            .and_then(|listener| listener.local_addr())
            .attempting("find a free port for", folder.root())?
            .port();
        Ok(Self { socket_dir: None, port })
    }

    /// The host to connect to; where there is a socket, URLs still want one.
    pub(crate) fn host(&self) -> &'static str {
        if self.socket_dir.is_some() { "localhost" } else { "127.0.0.1" }
    }
}
