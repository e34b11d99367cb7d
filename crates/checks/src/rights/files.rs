//! Rules about several files of a node: named, in a folder, or of one kind in a folder.

use inventory::{File, Unknown};

use super::{FileRule, Wanted, not_seen, on_node, open_folder};
use crate::{About, Judged, Seen, Severity, Tally, Verdict};

/// A rule about the rights of several files.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FilesRule {
    /// Where they are.
    pub(crate) places: &'static [Place],
    /// What their rights should be; each counts.
    pub(crate) wanted: &'static [Wanted],
    /// How bad others are.
    pub(crate) severity: Severity,
    /// What they are, in a word or two, for when a node has none.
    pub(crate) what: &'static str,
}

/// Where files of a node are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// The file of this path.
    File(&'static str),
    /// Everything below this folder, and it.
    Below(&'static str),
    /// What below this folder has a name that ends so.
    Named(&'static str, &'static str),
}

impl Place {
    fn holds(self, path: &str) -> bool {
        match self {
            Self::File(file) => path == file,
            Self::Below(folder) => path == folder || below(folder, path),
            Self::Named(folder, end) => below(folder, path) && path.ends_with(end),
        }
    }

    /// The folder that would hold it.
    fn folder(self) -> &'static str {
        match self {
            Self::File(file) => file.rsplit_once('/').map_or("/", |(folder, _)| folder),
            Self::Below(folder) | Self::Named(folder, _) => folder,
        }
    }
}

fn below(folder: &str, path: &str) -> bool {
    path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}

impl FilesRule {
    /// Judges the files there are. Where the folder that would hold one was looked into, a node
    /// without it has none.
    pub(crate) fn judge(&self, seen: &Seen<'_>) -> Result<Tally, Unknown> {
        let files = seen.inventory().files().iter();
        let files: Vec<&File> = files
            .filter(|file| self.places.iter().any(|place| place.holds(file.path_on_node())))
            .collect();
        if files.is_empty() {
            return self.none(seen);
        }
        let mut tally = Tally::new();
        for file in files {
            self.add(&mut tally, file);
        }
        once_a_folder(&mut tally);
        Ok(tally)
    }

    fn add(&self, tally: &mut Tally, file: &File) {
        for wanted in self.wanted {
            if file.is_folder && matches!(wanted, Wanted::Mode(_)) {
                continue;
            }
            let rule =
                FileRule { path: file.path_on_node(), wanted: *wanted, severity: self.severity };
            tally.add(About::file(file), about_folder(file, rule.judge_file(file)));
        }
    }

    fn none(&self, seen: &Seen<'_>) -> Result<Tally, Unknown> {
        let is_looked_into = |folder: &str| {
            seen.inventory().files().iter().any(|file| file.is_folder && file.is_at(folder))
        };
        if self.places.iter().any(|place| is_looked_into(place.folder())) {
            return Ok(Verdict::NotApplicable(format!("this node has no {}", self.what)).into());
        }
        Err(not_seen(self.places.first().map_or(self.what, |place| place.text())))
    }
}

impl Place {
    fn text(self) -> &'static str {
        match self {
            Self::File(path) | Self::Below(path) | Self::Named(path, _) => path,
        }
    }
}

/// What is wrong with the folder above a file is about the folder.
fn about_folder(file: &File, judged: Judged) -> Judged {
    let Ok(Verdict::Fail(problems)) = judged else { return judged };
    let folder = open_folder(file).map(|folder| on_node(file, folder)).unwrap_or_default();
    let about = |problem: crate::Problem| match problem.detail.as_str() {
        "folder" => problem.about(About { file: folder.clone(), ..About::default() }),
        _ => problem,
    };
    Ok(Verdict::Fail(problems.into_iter().map(about).collect()))
}

/// A folder that others can write to is one problem, however many files are in it.
fn once_a_folder(tally: &mut Tally) {
    let mut told = std::collections::BTreeSet::new();
    tally
        .problems
        .retain(|(about, problem)| problem.detail != "folder" || told.insert(about.file.clone()));
}
