//! The files of a folder, and their lines.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use anyhow::Context;
use flate2::read::MultiGzDecoder;

/// The vector files of a folder, by name. None at all is an error: nothing run is nothing shown.
pub(crate) fn vectors_in(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let entries = folder.read_dir().with_context(|| format!("cannot read {}", folder.display()))?;
    let mut files = Vec::new();
    for entry in entries {
        let path = entry.with_context(|| format!("cannot read {}", folder.display()))?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if name.ends_with(".jsonl") || name.ends_with(".jsonl.gz") {
            files.push(path);
        }
    }
    anyhow::ensure!(!files.is_empty(), "no *.jsonl or *.jsonl.gz in {}", folder.display());
    files.sort();
    Ok(files)
}

pub(crate) fn lines(path: &Path) -> anyhow::Result<impl Iterator<Item = io::Result<String>>> {
    let file = File::open(path).with_context(|| format!("cannot open {}", path.display()))?;
    let is_compressed = path.extension().is_some_and(|extension| extension == "gz");
    let bytes: Box<dyn Read> =
        if is_compressed { Box::new(MultiGzDecoder::new(file)) } else { Box::new(file) };
    Ok(BufReader::new(bytes).lines())
}
