//! Files, read whole within a bound.

use std::fs::File;
use std::io::{self, Read as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

/// Reads at most `limit` bytes; a longer file is an error that says so.
pub(crate) fn read(path: &Path, limit: u64) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(|error| describe(&error))?;
    // A pipe or a device may never end, and a folder opens like a file.
    if !file.metadata().map_err(|error| describe(&error))?.is_file() {
        return Err("not a file; give the path of one".to_owned());
    }
    file.take(limit.saturating_add(1)).read_to_end(&mut bytes).map_err(|error| describe(&error))?;
    let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    if length > limit {
        return Err(format!(
            "longer than {} KiB, which is more than such a file needs",
            limit >> 10
        ));
    }
    Ok(bytes)
}

/// As [`read`], for text.
pub(crate) fn read_text(path: &Path, limit: u64) -> Result<String, String> {
    String::from_utf8(read(path, limit)?).map_err(|_invalid| NOT_TEXT.to_owned())
}

/// Whether every user of the machine may read the file.
pub(crate) fn is_open_to_all(path: &Path) -> bool {
    let mode = path.metadata().map(|found| found.permissions().mode());
    mode.is_ok_and(|mode| mode & 0o004 != 0)
}

/// What is wrong, without the operating system's number.
pub(crate) fn describe(error: &io::Error) -> String {
    if error.kind() == io::ErrorKind::NotFound {
        return "no such file or folder".to_owned();
    }
    if error.kind() == io::ErrorKind::PermissionDenied {
        return "permission denied; let the user that runs the gateway read it".to_owned();
    }
    format!("cannot be read ({error})")
}

pub(crate) const NOT_TEXT: &str = "not UTF-8 text; save it as UTF-8";
