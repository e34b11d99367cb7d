//! What a plan is made from: the cluster as it was listed once, and files read as they would be.

use std::collections::BTreeMap;
use std::fs;

use config::sources::STDIN;
use inventory::Inventory;

use crate::scan::{Base, Gathered, Progress, SourceArgs};

/// Reads the files again for each change that is tried.
pub(super) struct Reader<'a> {
    sources: &'a SourceArgs,
    base: Base,
    first: Gathered,
}

impl<'a> Reader<'a> {
    /// Lists the cluster, if one is looked at, and reads every file once.
    pub(super) fn new(sources: &'a SourceArgs) -> anyhow::Result<Self> {
        let mut progress = Progress::start();
        let base = sources.base(&mut progress)?;
        let first = sources.files(base.clone(), &BTreeMap::new(), &mut progress)?;
        progress.end();
        Ok(Self { sources, base, first })
    }
}

impl fix::World for Reader<'_> {
    fn inventory(&self, changed: &BTreeMap<String, String>) -> Inventory {
        let read = |changed: &BTreeMap<String, String>| {
            self.sources.files(self.base.clone(), changed, &mut Progress::start())
        };
        // What was there at the start is gone only if somebody took it away meanwhile; then what
        // is left is judged, and nothing is written over what cannot be read.
        let gathered = read(changed).map(|gathered| gathered.inventory);
        gathered.unwrap_or_else(|_gone| Inventory::builder().build())
    }

    fn text(&self, path: &str) -> Option<String> {
        self.first.texts.text(path)
    }

    fn refusal(&self, path: &str) -> Option<String> {
        if path == STDIN {
            return Some("standard input is not written; give the file".to_owned());
        }
        let Ok(metadata) = fs::symlink_metadata(path) else {
            return Some(format!("{path} is gone"));
        };
        if metadata.file_type().is_symlink() {
            return Some(format!("{path} is a link; give the file that it leads to"));
        }
        if !metadata.is_file() {
            return Some(format!("{path} is no regular file"));
        }
        let text = self.first.texts.text(path).unwrap_or_default();
        let is_rendered =
            text.lines().any(|line| line.starts_with("# Source: ") && line.contains("/templates/"));
        is_rendered.then(|| format!("{path} was rendered by Helm; change the chart or its values"))
    }
}
