//! The files of the repository that people write.

use std::fs;
use std::path::Path;

use crate::Unreadable;

/// A text file.
pub(crate) struct SourceFile {
    /// The path from the root of the repository, with slashes.
    pub(crate) path: String,
    pub(crate) text: String,
}

impl SourceFile {
    /// What the name ends in, without the dot; empty if there is no dot.
    pub(crate) fn extension(&self) -> &str {
        self.path.rsplit_once('.').map_or("", |(_, extension)| extension)
    }
}

/// Every UTF-8 file below `root`, in order, but for what is built, fetched or hidden.
pub(crate) fn files(root: &Path) -> Result<Vec<SourceFile>, Unreadable> {
    let mut files = Vec::new();
    walk(root, "", &mut files)?;
    files.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(files)
}

fn walk(folder: &Path, prefix: &str, files: &mut Vec<SourceFile>) -> Result<(), Unreadable> {
    let unreadable = |error| Unreadable(format!("cannot read {}: {error}", folder.display()));
    for entry in folder.read_dir().map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        let kind = entry.file_type().map_err(unreadable)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = format!("{prefix}{name}");
        if kind.is_dir() && !is_skipped(&name) {
            walk(&entry.path(), &format!("{path}/"), files)?;
        } else if kind.is_file() {
            let bytes = fs::read(entry.path()).map_err(unreadable)?;
            files.extend(String::from_utf8(bytes).ok().map(|text| SourceFile { path, text }));
        }
    }
    Ok(())
}

fn is_skipped(folder: &str) -> bool {
    let is_hidden = folder.starts_with('.') && folder != ".ci";
    is_hidden
        || matches!(folder, "target" | "artifacts" | "corpus" | "__pycache__" | "node_modules")
}
