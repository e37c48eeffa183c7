//! How to reach the server, and whether it is there. Holds the password, so it never prints it.

use std::{fmt, fmt::Write as _, io, path::PathBuf};

use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _},
    net::TcpStream,
};

/// The question whether the server speaks TLS: the one message that needs no login. Its length and its code.
const SSL_REQUEST: [u8; 8] = [0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f];

/// The login and address of a running server.
#[derive(Clone, PartialEq, Eq)]
pub struct Connection {
    /// The folder of the Unix socket; `None` where the server listens on `host`.
    pub socket_dir: Option<PathBuf>,
    /// The address to use where there is no socket.
    pub host: String,
    /// The TCP port; with a socket, only a part of its name.
    pub port: u16,
    /// The login, which owns the database.
    pub user: String,
    /// The login's password.
    pub password: String,
    /// The database.
    pub database: String,
}

impl Connection {
    /// A `postgres://` URL as sqlx and libpq read it. It contains the password: not for logs.
    #[must_use]
    pub fn url(&self) -> String {
        let Self { socket_dir, host, port, user, password, database } = self;
        let mut url = format!(
            "postgres://{}:{}@{}:{port}/{}",
            encoded(user.as_bytes()),
            encoded(password.as_bytes()),
            encoded(host.as_bytes()),
            encoded(database.as_bytes()),
        );
        if let Some(dir) = socket_dir {
            // A URL's host cannot hold slashes; the parameter wins over it.
            url.push_str("?host=");
            url.push_str(&encoded(dir.as_os_str().as_encoded_bytes()));
        }
        url
    }

    /// Connects, has the server answer, and leaves. Nothing of it gets into the server's log.
    pub(crate) async fn greet(&self) -> io::Result<()> {
        #[cfg(unix)]
        if let Some(dir) = &self.socket_dir {
            return ask(tokio::net::UnixStream::connect(dir.join(format!(".s.PGSQL.{}", self.port))).await?).await;
        }
        ask(TcpStream::connect((self.host.as_str(), self.port)).await?).await
    }
}

async fn ask(mut stream: impl AsyncRead + AsyncWrite + Unpin) -> io::Result<()> {
    stream.write_all(&SSL_REQUEST).await?;
    // S or N; either is an answer.
    stream.read_u8().await?;
    Ok(())
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection")
            .field("socket_dir", &self.socket_dir)
            .field("host", &self.host)
            .field("port", &self.port)
            .field("user", &self.user)
            .field("database", &self.database)
            .finish_non_exhaustive()
    }
}

fn encoded(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 3);
    for &byte in bytes {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            text.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(text, "%{byte:02X}");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn connection(socket_dir: Option<&str>) -> Connection {
        Connection {
            socket_dir: socket_dir.map(PathBuf::from),
            host: "localhost".to_owned(),
            port: 5432,
            user: "callboard".to_owned(),
            password: "s3cr3t".to_owned(),
            database: "callboard".to_owned(),
        }
    }

    #[test]
    fn a_socket_folder_is_a_percent_encoded_parameter() {
        assert_eq!(
            connection(Some("/home/Ann Müller/db")).url(),
            "postgres://callboard:s3cr3t@localhost:5432/callboard?host=%2Fhome%2FAnn%20M%C3%BCller%2Fdb"
        );
    }

    #[test]
    fn without_a_socket_the_url_names_the_host() {
        assert_eq!(connection(None).url(), "postgres://callboard:s3cr3t@localhost:5432/callboard");
    }

    #[test]
    fn the_password_is_not_printed() {
        let printed = format!("{:?}", connection(None));
        assert!(!printed.contains("s3cr3t"), "connections end up in logs and panics: {printed}");
    }
}
