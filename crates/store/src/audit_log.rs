//! An audit log as it lies on the disk, to be read again.

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};

use audit::chain::{Report, Verifier, Went};
use flate2::bufread::MultiGzDecoder;

use crate::audit_file::Backups;

/// The files of the log at `path`: those that were put aside, oldest first, then the one that is
/// written.
pub fn files(path: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Backups::of(path).list()?;
    if path.try_exists()? || found.is_empty() {
        found.push(path.to_owned());
    }
    Ok(found)
}

/// Verifies the chain over `files`, oldest first. An error is one of reading, and names the file.
pub fn verify(files: &[PathBuf]) -> Result<Report, Unreadable> {
    let mut verifier = Verifier::default();
    for path in files {
        let failed = |source| Unreadable { path: path.clone(), source };
        let file = open(path).map_err(failed)?;
        let went = verifier.file(&path.display().to_string(), file).map_err(failed)?;
        if went == Went::Astray {
            break;
        }
    }
    Ok(verifier.finish())
}

/// A file that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("{path}: cannot be read")]
pub struct Unreadable {
    /// The file.
    pub path: PathBuf,
    /// The system's answer.
    #[source]
    pub source: io::Error,
}

fn open(path: &Path) -> io::Result<Box<dyn BufRead>> {
    let file = BufReader::new(File::open(path)?);
    Ok(match path.extension() {
        Some(extension) if extension == "gz" => Box::new(BufReader::new(MultiGzDecoder::new(file))),
        Some(_) | None => Box::new(file),
    })
}
