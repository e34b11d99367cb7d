//! Who may read and write a file, counting the folders above it.
//!
//! Of a copy in some other place than the file had on its node, rights count only where the copy
//! still belongs to root: whoever copied it otherwise has made it their own. The folders above a
//! copy are looked at as far as they were copied too.

mod files;

pub(crate) use files::{FilesRule, Place};

use inventory::{File, Folder, Unknown};

use crate::{Judged, Problem, Remedy, Severity, Verdict};

/// A rule about the rights of a file of a node.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FileRule<'a> {
    /// Its path on the node, for messages.
    pub(crate) path: &'a str,
    /// What its rights should be.
    pub(crate) wanted: Wanted,
    /// How bad others are.
    pub(crate) severity: Severity,
}

/// What the rights of a file should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// No more permission bits than these.
    Mode(u32),
    /// It belongs to root:root.
    Root,
}

impl FileRule<'_> {
    /// Judges one file.
    pub(crate) fn judge_file(&self, file: &File) -> Judged {
        match self.wanted {
            Wanted::Mode(most) => self.mode(file, most),
            Wanted::Root => self.owner(file),
        }
    }

    fn mode(&self, file: &File, most: u32) -> Judged {
        let mode = file.mode.filter(|_| is_as_on_node(file)).ok_or_else(|| unknown_rights(file))?;
        let mode = mode & 0o7777;
        let mut problems = Vec::new();
        if mode & !most != 0 {
            problems.push(
                Problem::new(
                    self.severity,
                    format!("{} has mode {mode:o}; {most:o} is enough.", self.path),
                )
                .detail("mode")
                .evidence(format!("mode {mode:o}"))
                .mended_by(Remedy::Rights { mode: Some(most & mode), owner: None }),
            );
        }
        problems.extend(open_folder(file).map(|folder| self.folder(file, folder)));
        Ok(Verdict::of(problems))
    }

    fn folder(&self, file: &File, folder: &Folder) -> Problem {
        let path = on_node(file, folder);
        let mode = folder.mode & 0o7777;
        Problem::new(
            self.severity,
            format!("Others may replace {}: they can write to {path}.", self.path),
        )
        .detail("folder")
        .evidence(format!("{path} has mode {mode:o} and belongs to {}", folder.owner.describe()))
        .mended_by(Remedy::Steps(format!("chmod go-w {path}")))
    }

    fn owner(&self, file: &File) -> Judged {
        let owner = file.owner.as_ref().ok_or_else(|| unknown_rights(file))?;
        if owner.is_root() {
            return Ok(Verdict::Pass);
        }
        if !is_as_on_node(file) {
            return Err(unknown_rights(file));
        }
        let found = owner.describe();
        Ok(Verdict::fail(
            Problem::new(
                self.severity,
                format!("{} belongs to {found}, not to root:root.", self.path),
            )
            .detail("owner")
            .evidence(format!("owner {found}"))
            .mended_by(Remedy::Rights { mode: None, owner: Some("root:root") }),
        ))
    }
}

/// Whether its rights are those it has on its node.
pub(crate) fn is_as_on_node(file: &File) -> bool {
    let is_copy = file.path() != file.path_on_node();
    !is_copy || file.owner.as_ref().is_some_and(|owner| owner.uid == 0)
}

/// The nearest folder above a file that others than root can write to. A sticky one keeps what
/// root has in it.
pub(crate) fn open_folder(file: &File) -> Option<&Folder> {
    let known = file.path_on_node().matches('/').count();
    let is_copy = file.path() != file.path_on_node();
    let depth = if is_copy { known.saturating_sub(1) } else { known };
    let mut folders = file.folders.iter().take(depth);
    folders.find(|folder| {
        let by_group = folder.mode & 0o020 != 0 && folder.owner.gid != 0;
        folder.mode & 0o1000 == 0 && (folder.mode & 0o002 != 0 || by_group)
    })
}

/// The path of a folder as the file's node knows it.
pub(crate) fn on_node(file: &File, folder: &Folder) -> String {
    let at = file.folders.iter().position(|one| one == folder).unwrap_or_default();
    let mut path = file.path_on_node();
    for _ in 0..=at {
        path = path.rsplit_once('/').map_or("", |(above, _)| above);
    }
    if path.is_empty() { "/".to_owned() } else { path.to_owned() }
}

/// That a file was not seen.
pub(crate) fn not_seen(path: &str) -> Unknown {
    Unknown::new(
        format!("{path} was not seen"),
        "scan the files of the node, as root: ravelin scan /etc/kubernetes /var/lib/kubelet",
    )
}

pub(crate) fn unknown_rights(file: &File) -> Unknown {
    Unknown::new(
        format!("the rights of {} are not known", file.path_on_node()),
        "scan the file on its node, not a copy of it",
    )
}

#[cfg(test)]
mod tests;
