//! Owns the embedded PostgreSQL of one folder: creates the cluster, starts the server, says how to connect, stops it.
//! Refuses to share the folder with a second owner, to listen on the network (on Unix), to run without fsync and to
//! signal any server but its own. Knows nothing of what is stored: its only SQL creates the empty database.
//!
//! ```no_run
//! # async fn example() -> Result<(), callboard_postgres::Error> {
//! use callboard_postgres::Config;
//!
//! let server = callboard_postgres::start(Config::new("/usr/lib/Callboard/postgres", "/home/ann/.local/share/callboard/database")).await?;
//! let url = server.connection().url();
//! server.stop().await
//! # }
//! ```
//!
//! The folder (`Config::data_dir`) holds everything and is closed to other users:
//!
//! | name       | what                                                                       |
//! |------------|----------------------------------------------------------------------------|
//! | `data`     | PostgreSQL's cluster                                                       |
//! | `password` | the password of the database's only login                                  |
//! | `log`      | a log file per weekday, and `start.log` with what the last start printed   |
//! | `sock`     | the Unix socket, unless the folder's path is too long for one              |
//! | `lock`     | locked by the process that owns the server; `owner` names it               |

mod address;
mod claim;
mod cluster;
mod connection;
mod error;
mod folder;
mod kept;
mod os;
mod postmaster;
mod programs;
mod server;

use std::{path::PathBuf, time::Duration};

pub use connection::Connection;
pub use error::Error;
pub use kept::Kept;
pub use server::{Role, Server, start, start_or_attach};

/// Where the programs are, where the data is, and how long to be patient.
#[derive(Debug, Clone)]
pub struct Config {
    /// The folder with PostgreSQL's `bin`, `lib` and `share`.
    pub install_dir: PathBuf,
    /// The folder that belongs to Callboard's database alone; made if it is not there.
    pub data_dir: PathBuf,
    /// Server settings that replace the built-in tuning, as `("work_mem", "16MB")`. That commits are durable and that
    /// nobody else can connect is not tuning.
    pub settings: Vec<(String, String)>,
    /// How long a start may take. After a power cut the server first repairs its files, which can take minutes.
    pub start_timeout: Duration,
    /// How long a stop may take before the server is told to drop everything and repair its files at the next start.
    pub stop_timeout: Duration,
}

impl Config {
    /// The usual patience and no settings of one's own.
    pub fn new(install_dir: impl Into<PathBuf>, data_dir: impl Into<PathBuf>) -> Self {
        Self {
            install_dir: install_dir.into(),
            data_dir: data_dir.into(),
            settings: Vec::new(),
            start_timeout: Duration::from_mins(3),
            stop_timeout: Duration::from_secs(30),
        }
    }
}
