//! The file that is written: opened, filled, put aside when it is full, opened anew.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::fd::AsFd;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, fchown};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use audit::chain::Chain;
use rustix::fs::{FlockOperation, flock};
use rustix::io::Errno;

use super::{Backups, Output, Rotation};

/// Why a log cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The file cannot be opened for reading and writing, or not be read.
    #[error("audit log {path}: cannot be opened")]
    File {
        /// The file.
        path: PathBuf,
        /// The system's answer.
        #[source]
        source: io::Error,
    },
    /// Another process writes it.
    #[error("audit log {path}: another process writes it")]
    InUse {
        /// The file.
        path: PathBuf,
    },
    /// A log of somebody else is there, and cannot be put aside.
    #[error("audit log {path}: holds what is no audit log of ours, and cannot be put aside")]
    Foreign {
        /// The file.
        path: PathBuf,
        /// The system's answer.
        #[source]
        source: io::Error,
    },
    /// Standard output is closed.
    #[error("audit log: standard output cannot be written")]
    Stdout(#[source] io::Error),
    /// There is no thread to write from.
    #[error("audit log: no thread can be started")]
    Thread(#[source] io::Error),
}

/// So much was written before the system refused.
#[derive(Debug)]
pub(super) struct Refused {
    pub(super) written: usize,
    pub(super) error: io::Error,
}

/// The file that is written.
#[derive(Debug)]
pub(super) struct Log {
    file: File,
    /// Where it is, and when it is full; `None` if it is no file that can be put aside.
    place: Option<Place>,
    length: u64,
    is_unfinished: bool,
    clock: fn() -> SystemTime,
}

#[derive(Debug)]
struct Place {
    path: PathBuf,
    rotation: Rotation,
}

impl Log {
    /// Opens the log, and finds the chain it holds.
    pub(super) fn open(
        output: &Output,
        clock: fn() -> SystemTime,
    ) -> Result<(Self, Chain), OpenError> {
        match output {
            Output::Stdout => {
                let handle = io::stdout().as_fd().try_clone_to_owned();
                let file = File::from(handle.map_err(OpenError::Stdout)?);
                Ok((Self::stream(file, clock), Chain::default()))
            }
            Output::File { path, rotation } => Self::open_file(path, *rotation, clock),
        }
    }

    fn open_file(
        path: &Path,
        rotation: Rotation,
        clock: fn() -> SystemTime,
    ) -> Result<(Self, Chain), OpenError> {
        let failed = |source| OpenError::File { path: path.to_owned(), source };
        let file = open(path)?;
        let metadata = file.metadata().map_err(failed)?;
        if !metadata.is_file() {
            return Ok((Self::stream(file, clock), Chain::default()));
        }
        let place = Place { path: path.to_owned(), rotation };
        let is_unfinished = ends_unfinished(path).map_err(failed)?;
        let chain = chain_of(path).map_err(failed)?;
        let mut log =
            Self { file, place: Some(place), length: metadata.len(), is_unfinished, clock };
        log.delete_old();
        if let Some(chain) = chain {
            return Ok((log, chain));
        }
        tracing::warn!(path = %path.display(), "The audit log is not one of ours; it is put aside.");
        log.rotate().map_err(|source| OpenError::Foreign { path: path.to_owned(), source })?;
        Ok((log, Chain::default()))
    }

    /// A pipe, a terminal or a device.
    fn stream(file: File, clock: fn() -> SystemTime) -> Self {
        Self { file, place: None, length: 0, is_unfinished: false, clock }
    }

    /// Whether the file may hold `buffered` bytes more, and `more` after them, before it is put
    /// aside. An empty file may hold anything.
    pub(super) fn has_room(&self, buffered: usize, more: usize) -> bool {
        let bytes = |count| u64::try_from(count).unwrap_or(u64::MAX);
        let start = self.length.saturating_add(bytes(buffered));
        let fits = |place: &Place| start.saturating_add(bytes(more)) <= place.rotation.max_bytes;
        start == 0 || self.place.as_ref().is_none_or(fits)
    }

    /// Whether the file ends in the middle of a line.
    pub(super) fn is_unfinished(&self) -> bool {
        self.is_unfinished
    }

    /// Says whether the file now ends in the middle of a line.
    pub(super) fn set_unfinished(&mut self, is_unfinished: bool) {
        self.is_unfinished = is_unfinished;
    }

    /// Adds `bytes` to the file: one write(2), unless the system takes them in parts.
    pub(super) fn append(&mut self, bytes: &[u8]) -> Result<(), Refused> {
        let mut rest = bytes;
        while !rest.is_empty() {
            let outcome = match self.file.write(rest) {
                Ok(0) => Err(io::Error::from(io::ErrorKind::WriteZero)),
                other => other,
            };
            match outcome {
                Ok(count) => {
                    self.length = self.length.saturating_add(u64::try_from(count).unwrap_or(0));
                    rest = rest.get(count..).unwrap_or_default();
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    return Err(Refused { written: bytes.len().saturating_sub(rest.len()), error });
                }
            }
        }
        Ok(())
    }

    /// Takes the last `count` bytes off the file; false if it is none that allows it.
    pub(super) fn take_back(&mut self, count: usize) -> bool {
        let count = u64::try_from(count).unwrap_or(u64::MAX);
        let cut = || {
            let length = self.file.metadata()?.len().checked_sub(count);
            self.file.set_len(length.ok_or(io::ErrorKind::InvalidInput)?)
        };
        let is_back = self.place.is_some() && cut().is_ok();
        if is_back {
            self.length = self.length.saturating_sub(count);
        }
        is_back
    }

    /// Puts the file aside under a name with the time, and begins a new one in its place. If that
    /// fails, the file stays the one that is written.
    pub(super) fn rotate(&mut self) -> io::Result<()> {
        let Some(place) = &self.place else { return Ok(()) };
        let backups = Backups::of(&place.path);
        let aside = backups.name((self.clock)())?;
        std::fs::rename(&place.path, &aside)?;
        let begun = open(&place.path).map_err(io::Error::other).inspect_err(|_| {
            // What is written stays where it is looked for.
            if let Err(error) = std::fs::rename(&aside, &place.path) {
                tracing::error!(%error, path = %aside.display(), "The audit log keeps its new name.");
            }
        });
        let file = begun?;
        keep_owner(&self.file, &file);
        self.file = file;
        self.length = 0;
        self.is_unfinished = false;
        self.delete_old();
        Ok(())
    }

    /// Opens what is at the log's path now. If that fails, the file stays the one that is written.
    /// Says whether it is another file.
    pub(super) fn reopen(&mut self) -> io::Result<bool> {
        let Some(place) = &self.place else { return Ok(false) };
        let here = self.file.metadata()?;
        let is_same =
            |there: std::fs::Metadata| (there.dev(), there.ino()) == (here.dev(), here.ino());
        if std::fs::metadata(&place.path).is_ok_and(is_same) {
            return Ok(false);
        }
        let file = open(&place.path).map_err(io::Error::other)?;
        self.length = file.metadata()?.len();
        self.is_unfinished = ends_unfinished(&place.path)?;
        self.file = file;
        Ok(true)
    }

    fn delete_old(&self) {
        let Some(place) = &self.place else { return };
        let backups = Backups::of(&place.path);
        if let Err(error) = backups.delete_old(place.rotation, (self.clock)()) {
            tracing::warn!(%error, path = %place.path.display(), "Old audit logs cannot be deleted.");
        }
    }
}

/// Opens a file to add to, alone.
fn open(path: &Path) -> Result<File, OpenError> {
    let opened = OpenOptions::new().append(true).create(true).mode(0o600).open(path);
    let file = opened.map_err(|source| OpenError::File { path: path.to_owned(), source })?;
    if !file.metadata().is_ok_and(|metadata| metadata.is_file()) {
        return Ok(file);
    }
    // Two writers would each break the other's chain. Not every file system has locks.
    for _ in 0..PATIENCE {
        if flock(&file, FlockOperation::NonBlockingLockExclusive) != Err(Errno::WOULDBLOCK) {
            return Ok(file);
        }
        // A process that is about to end may hold it still.
        std::thread::sleep(Duration::from_millis(50));
    }
    Err(OpenError::InUse { path: path.to_owned() })
}

/// Gives a new file the mode and, as far as allowed, the owner of the one before it.
fn keep_owner(old: &File, new: &File) {
    let Ok(metadata) = old.metadata() else { return };
    fchown(new, Some(metadata.uid()), Some(metadata.gid())).ok();
    new.set_permissions(metadata.permissions()).ok();
}

fn ends_unfinished(path: &Path) -> io::Result<bool> {
    Ok(!matches!(end_of(&File::open(path)?, 1)?.as_slice(), [] | [b'\n']))
}

/// The chain that the log at `path` holds; `None` if it holds something else.
fn chain_of(path: &Path) -> io::Result<Option<Chain>> {
    let file = &File::open(path)?;
    let length = file.metadata()?.len();
    let mut window = 64 << 10;
    while window < length.min(LONGEST) {
        let end = end_of(file, window)?;
        // Without a line break in it, this may be the middle of a long record.
        if end.contains(&b'\n')
            && let Some(chain) = Chain::after(&end)
        {
            return Ok(Some(chain));
        }
        window = window.saturating_mul(4);
    }
    let end = end_of(file, window.min(LONGEST))?;
    if length > LONGEST {
        return Ok(Chain::after(&end).filter(|chain| chain.sequence() > 0));
    }
    if end.contains(&b'\n') {
        return Ok(Chain::after(&end));
    }
    // Nothing whole is in it yet: the chain is at the end of the file before it.
    let Some(before) = Backups::of(path).newest()? else { return Ok(Chain::after(&end)) };
    let mut ends = end_of(&File::open(before)?, LONGEST)?;
    if !matches!(ends.last(), None | Some(b'\n')) {
        ends.push(b'\n');
    }
    ends.extend_from_slice(&end);
    Ok(Chain::after(&ends).or_else(|| end.is_empty().then(Chain::default)))
}

/// The last bytes of a file, at most `most`.
fn end_of(mut file: &File, most: u64) -> io::Result<Vec<u8>> {
    let length = file.metadata()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(most)))?;
    let mut end = Vec::new();
    file.take(most).read_to_end(&mut end)?;
    Ok(end)
}

/// So often is a lock tried: for a second.
const PATIENCE: usize = 20;

/// No record is as long; so much is read to find the last one.
const LONGEST: u64 = 64 << 20;
