//! Who may read and write a file, counting the folders above it.

use inventory::{File, Unknown};

use crate::{About, Judged, Problem, Remedy, Seen, Severity, Tally, Verdict};

/// A rule about the rights of a file of a node.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FileRule<'a> {
    /// Its path on the node.
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
    /// Judges the file of that path.
    pub(crate) fn judge(&self, seen: &Seen<'_>) -> Result<Tally, Unknown> {
        let Some(file) = seen.inventory().file(self.path) else {
            return Err(Unknown::new(
                format!("{} was not seen", self.path),
                "scan the files of the node, as root: ravelin scan /etc/kubernetes /var/lib/kubelet",
            ));
        };
        let mut tally = Tally::new();
        tally.add(About::file(file), self.judge_file(file));
        Ok(tally)
    }

    /// Judges one file.
    pub(crate) fn judge_file(&self, file: &File) -> Judged {
        match self.wanted {
            Wanted::Mode(most) => self.mode(file, most),
            Wanted::Root => self.owner(file),
        }
    }

    fn mode(&self, file: &File, most: u32) -> Judged {
        let mode = file.mode.ok_or_else(|| unknown_rights(file))? & 0o7777;
        let folder = file
            .folders
            .iter()
            .find(|folder| folder.mode & 0o002 != 0 && folder.mode & 0o1000 == 0);
        let mut problems = Vec::new();
        if mode & !most != 0 {
            problems.push(
                Problem::new(
                    self.severity,
                    format!("{} has mode {mode:o}; {most:o} is enough.", file.path_on_node()),
                )
                .detail("mode")
                .evidence(format!("mode {mode:o}"))
                .mended_by(Remedy::Rights { mode: Some(most & mode), owner: None }),
            );
        }
        problems.extend(folder.map(|folder| {
            Problem::new(
                self.severity,
                format!(
                    "Anybody may replace {}: {} can be written by others.",
                    file.path_on_node(),
                    folder.path
                ),
            )
            .detail("folder")
            .evidence(format!("{} has mode {:o}", folder.path, folder.mode & 0o7777))
            .mended_by(Remedy::Steps(format!("chmod o-w {}", folder.path)))
        }));
        Ok(Verdict::of(problems))
    }

    fn owner(&self, file: &File) -> Judged {
        let owner = file.owner.as_ref().ok_or_else(|| unknown_rights(file))?;
        if owner.is_root() {
            return Ok(Verdict::Pass);
        }
        let found = owner.describe();
        Ok(Verdict::fail(
            Problem::new(
                self.severity,
                format!("{} belongs to {found}, not to root:root.", file.path_on_node()),
            )
            .detail("owner")
            .evidence(format!("owner {found}"))
            .mended_by(Remedy::Rights { mode: None, owner: Some("root:root") }),
        ))
    }
}

fn unknown_rights(file: &File) -> Unknown {
    Unknown::new(
        format!("the rights of {} are not known", file.path_on_node()),
        "scan the file on its node, not a copy of it",
    )
}
