//! The files that were put aside, named as kube-apiserver's are: `audit.log` becomes
//! `audit-2026-09-21T14-13-20.000.log`, in UTC.

use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use super::Rotation;

/// The files that were put aside for one log.
#[derive(Debug)]
pub(crate) struct Backups {
    folder: PathBuf,
    /// `audit-`
    prefix: String,
    /// `.log`
    suffix: String,
}

impl Backups {
    pub(crate) fn of(path: &Path) -> Self {
        let text = |part: Option<&OsStr>| part.unwrap_or_default().to_string_lossy().into_owned();
        let suffix =
            path.extension().map_or_else(String::new, |_| format!(".{}", text(path.extension())));
        let folder = path.parent().filter(|parent| !parent.as_os_str().is_empty());
        Self {
            folder: folder.unwrap_or(Path::new(".")).to_owned(),
            prefix: format!("{}-", text(path.file_stem())),
            suffix,
        }
    }

    /// A name that is not taken yet, for a file that is put aside `now`.
    pub(super) fn name(&self, now: SystemTime) -> io::Result<PathBuf> {
        let now = Timestamp::try_from(now).map_err(io::Error::other)?;
        let mut milliseconds = now.as_millisecond();
        loop {
            let time = Timestamp::from_millisecond(milliseconds).map_err(io::Error::other)?;
            let time = time.to_zoned(TimeZone::UTC).strftime(FORMAT).to_string();
            let path = self.folder.join(format!("{}{time}{}", self.prefix, self.suffix));
            if !path.try_exists()? {
                return Ok(path);
            }
            milliseconds = milliseconds.saturating_add(1);
        }
    }

    /// The files, oldest first.
    pub(crate) fn list(&self) -> io::Result<Vec<PathBuf>> {
        let mut found = self.dated()?;
        found.sort();
        Ok(found.into_iter().map(|(_, path)| path).collect())
    }

    pub(super) fn newest(&self) -> io::Result<Option<PathBuf>> {
        let is_plain = |path: &PathBuf| path.extension().is_none_or(|extension| extension != "gz");
        Ok(self.list()?.pop().filter(is_plain))
    }

    /// Deletes what is too old, and all but the newest.
    pub(super) fn delete_old(&self, rotation: Rotation, now: SystemTime) -> io::Result<()> {
        let mut found = self.dated()?;
        found.sort();
        found.reverse();
        let most = rotation.max_backups.map_or(usize::MAX, |most| most as usize);
        let oldest = rotation.max_age.and_then(|age| now.checked_sub(age));
        let oldest = oldest.and_then(|time| Timestamp::try_from(time).ok());
        for (index, (time, path)) in found.into_iter().enumerate() {
            if index >= most || oldest.is_some_and(|oldest| time < oldest) {
                std::fs::remove_file(path)?;
            }
        }
        Ok(())
    }

    fn dated(&self) -> io::Result<Vec<(Timestamp, PathBuf)>> {
        let mut found = Vec::new();
        for entry in std::fs::read_dir(&self.folder)? {
            let entry = entry?;
            if let Some(time) = entry.file_name().to_str().and_then(|name| self.time_of(name)) {
                found.push((time, entry.path()));
            }
        }
        Ok(found)
    }

    /// The time in a name; `None` if the file is none of these.
    fn time_of(&self, name: &str) -> Option<Timestamp> {
        let name = name.strip_suffix(".gz").unwrap_or(name);
        let time = name.strip_prefix(&self.prefix)?.strip_suffix(&self.suffix)?;
        // What strptime takes beyond the format (spaces, signs, short numbers) is not ours.
        let time = (time.len() == LENGTH).then_some(time)?;
        let time = DateTime::strptime(FORMAT, time).ok()?.to_zoned(TimeZone::UTC).ok()?;
        Some(time.timestamp())
    }
}

/// Go's `2006-01-02T15-04-05.000`.
const FORMAT: &str = "%Y-%m-%dT%H-%M-%S.%3f";
const LENGTH: usize = 23;
