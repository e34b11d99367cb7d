//! The folder of a trial: everything it makes is in it.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::Write as _;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};

use crate::folders;

/// The folder.
pub(crate) struct Folder(PathBuf);

impl Folder {
    /// The folder that was named, or the usual one.
    pub(crate) fn at(named: Option<PathBuf>) -> anyhow::Result<Self> {
        let path = match named {
            Some(path) => std::path::absolute(path)?,
            None => folders::state()
                .context("no home folder is known; name one with --folder")?
                .join("ravelin/try"),
        };
        Ok(Self(path))
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// A file in it.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// Makes it, for nobody else to read. A folder that something else is in is left alone.
    pub(crate) fn make(&self) -> anyhow::Result<()> {
        let is_new = !self.0.exists() || fs::read_dir(&self.0)?.next().is_none();
        if !is_new && !self.is_ours() {
            bail!("{} has other things in it; name another folder with --folder", self.0.display());
        }
        let private = |path: &Path| {
            let made = fs::DirBuilder::new().recursive(true).mode(0o700).create(path);
            made.with_context(|| format!("cannot make {}", path.display()))
        };
        private(&self.0)?;
        private(&self.file("pki"))?;
        self.write(MARK, b"Made by `ravelin try`, removed by `ravelin try --clean`.\n")
    }

    /// Keeps a second trial out of the folder while the file that is returned is open.
    pub(crate) fn lock(&self) -> anyhow::Result<File> {
        let file = File::open(self.file(MARK))?;
        match file.try_lock() {
            Ok(()) => Ok(file),
            Err(TryLockError::WouldBlock) => {
                bail!(
                    "`ravelin try` runs already in {}; stop it, or name another folder with --folder",
                    self.0.display()
                )
            }
            Err(TryLockError::Error(problem)) => Err(problem.into()),
        }
    }

    /// Removes it with all that is in it, if it is one of ours.
    pub(crate) fn remove(&self) -> anyhow::Result<()> {
        if !self.0.exists() {
            return Ok(());
        }
        if !self.is_ours() {
            bail!("{} was not made by `ravelin try`; it stays", self.0.display());
        }
        let lock = self.lock()?;
        fs::remove_dir_all(&self.0)
            .with_context(|| format!("cannot remove {}", self.0.display()))?;
        drop(lock);
        Ok(())
    }

    /// Writes a file for nobody else to read.
    pub(crate) fn write(&self, name: &str, bytes: &[u8]) -> anyhow::Result<()> {
        let path = self.file(name);
        let open =
            OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&path);
        let written = open.and_then(|mut file| file.write_all(bytes));
        written.with_context(|| format!("cannot write {}", path.display()))
    }

    fn is_ours(&self) -> bool {
        self.file(MARK).is_file()
    }
}

const MARK: &str = ".ravelin-try";
