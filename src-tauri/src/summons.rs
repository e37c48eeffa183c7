//! A second start on the same data folder: it calls the desk that is open to the front and ends. Owns the socket in the
//! data folder by which it does; refuses to say anything else over it. The usual plugin knows one desk per user, not one per
//! folder.
//!
//! Only Unix has such sockets in a folder. Elsewhere, and when nobody answers, the person is told to use the open window.

use std::{io, path::Path};

/// Calls the desk of this folder to the front. Whether it heard.
#[must_use]
pub fn call(folder: &Path) -> bool {
    line::call(folder).is_ok()
}

/// Lets `come` run whenever another start calls. The folder must belong to this process.
///
/// # Errors
/// When the folder's path is too long for a socket.
pub fn answer(folder: &Path, come: impl Fn() + Send + 'static) -> io::Result<()> {
    line::answer(folder, come)
}

#[cfg(unix)]
mod line {
    use std::{
        fs,
        io::{self, Read as _, Write as _},
        os::unix::net::{UnixListener, UnixStream},
        path::Path,
        thread,
        time::Duration,
    };

    const NAME: &str = "desk.sock";
    /// A desk that hangs cannot come; the person is told then.
    const PATIENCE: Duration = Duration::from_secs(3);
    const HEARD: u8 = b'+';

    pub(super) fn call(folder: &Path) -> io::Result<()> {
        let mut desk = UnixStream::connect(folder.join(NAME))?;
        desk.set_read_timeout(Some(PATIENCE))?;
        desk.read_exact(&mut [0])
    }

    pub(super) fn answer(folder: &Path, come: impl Fn() + Send + 'static) -> io::Result<()> {
        let path = folder.join(NAME);
        // What a desk left behind that was killed; one that lives would hold the folder.
        if let Err(error) = fs::remove_file(&path)
            && error.kind() != io::ErrorKind::NotFound
        {
            return Err(error);
        }
        let listener = UnixListener::bind(path)?;
        thread::Builder::new().name("summons".to_owned()).spawn(move || {
            for mut caller in listener.incoming().flatten() {
                come();
                // A caller that went away misses nothing.
                let _ = caller.write_all(&[HEARD]);
            }
        })?;
        Ok(())
    }
}

#[cfg(not(unix))]
mod line {
    use std::{io, path::Path};

    pub(super) fn call(_folder: &Path) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }

    pub(super) fn answer(_folder: &Path, _come: impl Fn() + Send + 'static) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::sync::mpsc;

    use super::*;

    #[test]
    fn a_second_start_is_heard_by_the_desk_of_its_folder_and_by_no_other() {
        let (folder, other) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
        let (sender, called) = mpsc::channel();
        answer(folder.path(), move || sender.send(()).expect("the test listens")).expect("a socket");
        assert!(!call(other.path()), "nobody is there");
        for _ in 0..2 {
            assert!(call(folder.path()));
            called.try_recv().expect("it came before it answered");
        }
    }

    #[test]
    fn what_a_killed_desk_left_behind_is_replaced() {
        let folder = tempfile::tempdir().expect("a folder");
        drop(std::os::unix::net::UnixListener::bind(folder.path().join("desk.sock")).expect("a socket"));
        assert!(!call(folder.path()), "nobody listens any more");
        answer(folder.path(), || {}).expect("the name is free again");
        assert!(call(folder.path()));
    }
}
