//! Writes to standard output, a device or a pipe directly, and to a file atomically.
//!
//! Knows nothing of what is written.
//!
//! A new file is written in the directory of the one it replaces and renamed at the end, so a failure leaves no
//! incomplete file and does not damage the old one. Linux has unnamed files (`O_TMPFILE`), which disappear when the
//! process ends for any reason. Where the system or the file system has none, the file has a random name until it is
//! complete; it is removed on failure, but remains if a signal ends the process.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::error::{Endpoint, Error};

pub(crate) struct Output {
    endpoint: Endpoint,
    sink: Sink,
}

enum Sink {
    StandardOutput(io::Stdout),
    /// A device or a named pipe, which is not replaced.
    Device(File),
    Replacement(Replacement),
}

impl Output {
    /// Opens the file of a path; without a path or with `-`, standard output.
    pub(crate) fn open(path: Option<&Path>) -> Result<Self, Error> {
        match path {
            Some(path) if !is_standard_output(path) => {
                let endpoint = Endpoint::file(path);
                match open(path) {
                    Ok(sink) => Ok(Self { endpoint, sink }),
                    Err(source) => Err(Error::Write { endpoint, source }),
                }
            }
            _ => Ok(Self { endpoint: Endpoint::StandardOutput, sink: Sink::StandardOutput(io::stdout()) }),
        }
    }

    pub(crate) fn is_terminal(&self) -> bool {
        match &self.sink {
            Sink::StandardOutput(stdout) => stdout.is_terminal(),
            Sink::Device(file) => file.is_terminal(),
            Sink::Replacement(_) => false,
        }
    }

    /// Writes and flushes all of the bytes.
    pub(crate) fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        let written = match &mut self.sink {
            Sink::StandardOutput(stdout) => stdout.write_all(bytes).and_then(|()| stdout.flush()),
            Sink::Device(file) => file.write_all(bytes),
            Sink::Replacement(replacement) => replacement.file().write_all(bytes),
        };
        written.map_err(|source| Error::Write { endpoint: self.endpoint.clone(), source })
    }

    /// Renames a file to its final name. Without this call the file is discarded.
    pub(crate) fn finish(self) -> Result<(), Error> {
        match self.sink {
            Sink::StandardOutput(_) | Sink::Device(_) => Ok(()),
            Sink::Replacement(replacement) => {
                replacement.finish().map_err(|source| Error::Write { endpoint: self.endpoint, source })
            }
        }
    }
}

/// Returns whether the path means standard output. `/dev/stdout` may be a file that other processes write to as well;
/// replacing it would lose what they wrote.
pub(crate) fn is_standard_output(path: &Path) -> bool {
    ["-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"].iter().any(|&name| path == Path::new(name))
}

fn open(path: &Path) -> io::Result<Sink> {
    // Replacing a file does not check that it may be written, so open it, which changes nothing.
    let permissions = match OpenOptions::new().write(true).open(path) {
        Ok(file) => {
            let metadata = file.metadata()?;
            if !metadata.is_file() {
                return Ok(Sink::Device(file));
            }
            Some(metadata.permissions())
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(error),
    };
    Ok(Sink::Replacement(Replacement::new(behind_links(path), permissions)?))
}

/// Follows symbolic links, so that their target is replaced and not the link.
fn behind_links(path: &Path) -> PathBuf {
    /// The number of links that Linux follows in a path.
    const MAX_LINKS: usize = 40;
    let mut path = path.to_owned();
    for _ in 0..MAX_LINKS {
        let Ok(link) = fs::read_link(&path) else { break };
        path = path.parent().unwrap_or(Path::new("")).join(link);
    }
    path
}

/// A file that will get its name when it is complete.
struct Replacement {
    file: Unfinished,
    target: PathBuf,
}

enum Unfinished {
    #[cfg(target_os = "linux")]
    Unnamed(File),
    Named(NamedTempFile<File>),
}

impl Replacement {
    fn new(target: PathBuf, permissions: Option<Permissions>) -> io::Result<Self> {
        let file = unfinished(directory(&target))?;
        let mut replacement = Self { file, target };
        if let Some(permissions) = permissions {
            replacement.file().set_permissions(permissions)?;
        }
        Ok(replacement)
    }

    fn file(&mut self) -> &mut File {
        match &mut self.file {
            #[cfg(target_os = "linux")]
            Unfinished::Unnamed(file) => file,
            Unfinished::Named(file) => file.as_file_mut(),
        }
    }

    fn finish(self) -> io::Result<()> {
        match self.file {
            #[cfg(target_os = "linux")]
            Unfinished::Unnamed(file) => unnamed::name(&file, directory(&self.target))?.persist(&self.target)?,
            Unfinished::Named(file) => {
                file.persist(&self.target)?;
            }
        }
        Ok(())
    }
}

/// Returns the directory of the file.
fn directory(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn unfinished(directory: &Path) -> io::Result<Unfinished> {
    #[cfg(target_os = "linux")]
    if let Some(file) = unnamed::create(directory) {
        return Ok(Unfinished::Unnamed(file));
    }
    named(directory)
}

fn named(directory: &Path) -> io::Result<Unfinished> {
    let create = |name: &Path| File::create_new(name);
    tempfile::Builder::new().prefix(PREFIX).make_in(directory, create).map(Unfinished::Named)
}

/// The start of the name of an unfinished file.
const PREFIX: &str = ".qrmint-";

#[cfg(target_os = "linux")]
mod unnamed {
    //! Unnamed files.

    use std::fs::File;
    use std::io;
    use std::os::fd::AsRawFd;
    use std::path::{Path, PathBuf};

    use rustix::fs::{AtFlags, CWD, Mode, OFlags};
    use tempfile::TempPath;

    /// The open files of this process by number, the only path to an unnamed file.
    const OPEN_FILES: &str = "/proc/self/fd";

    /// Creates an unnamed file. Returns `None` if that is not possible or the file could not be named later.
    pub(super) fn create(directory: &Path) -> Option<File> {
        let flags = OFlags::TMPFILE | OFlags::WRONLY | OFlags::CLOEXEC;
        let file = rustix::fs::open(directory, flags, Mode::from_raw_mode(0o666)).ok()?;
        Path::new(OPEN_FILES).is_dir().then(|| File::from(file))
    }

    /// Gives the file a random name. A link cannot take a name that exists; a rename can.
    pub(super) fn name(file: &File, directory: &Path) -> io::Result<TempPath> {
        let open_file = PathBuf::from(OPEN_FILES).join(file.as_raw_fd().to_string());
        let link = |name: &Path| Ok(rustix::fs::linkat(CWD, &open_file, CWD, name, AtFlags::SYMLINK_FOLLOW)?);
        Ok(tempfile::Builder::new().prefix(super::PREFIX).make_in(directory, link)?.into_temp_path())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    /// Checks unnamed files, where the file system has them, and named ones.
    fn both(directory: &Path, check: impl Fn(Unfinished)) {
        for unfinished in [unfinished, named] {
            check(unfinished(directory).unwrap());
        }
    }

    #[test]
    fn finished_file_has_its_name_and_nothing_else_is_there() {
        let directory = tempfile::tempdir().unwrap();
        let target = directory.path().join("file");
        both(directory.path(), |file| {
            let mut replacement = Replacement { file, target: target.clone() };
            replacement.file().write_all(b"whole").unwrap();
            replacement.finish().unwrap();
            assert_eq!(fs::read(&target).unwrap(), b"whole");
            assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1);
            // The second one replaces it.
            fs::write(&target, "old").unwrap();
        });
    }

    #[test]
    fn unfinished_file_leaves_nothing() {
        let directory = tempfile::tempdir().unwrap();
        both(directory.path(), |file| {
            let target = directory.path().join("file");
            Replacement { file, target }.file().write_all(b"half").unwrap();
            assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 0);
        });
    }

    #[test]
    fn file_that_cannot_take_its_name_leaves_nothing() {
        let directory = tempfile::tempdir().unwrap();
        // A directory is in the way.
        let target = directory.path().join("file");
        fs::create_dir(&target).unwrap();
        both(directory.path(), |file| {
            Replacement { file, target: target.clone() }.finish().unwrap_err();
            assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1);
        });
    }
}
