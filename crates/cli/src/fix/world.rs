//! What a plan is made from: the cluster as it was listed once, and files read as they would be.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::fs;

use config::sources::{STDIN, Texts};
use inventory::Inventory;

use crate::scan::{Base, Gathered, Progress, SourceArgs};

/// Reads the files again for each change that is tried.
pub(super) struct Reader<'a> {
    sources: &'a SourceArgs,
    base: Base,
    texts: Texts,
    /// What was read at the start, until it is asked for.
    first: Cell<Option<Inventory>>,
}

impl<'a> Reader<'a> {
    /// Lists the cluster, if one is looked at, and reads every file once.
    pub(super) fn new(sources: &'a SourceArgs) -> anyhow::Result<Self> {
        let mut progress = Progress::start();
        let base = sources.base(&mut progress)?;
        let Gathered { inventory, texts, .. } =
            sources.files(base.clone(), &BTreeMap::new(), &mut progress)?;
        progress.end();
        Ok(Self { sources, base, texts, first: Cell::new(Some(inventory)) })
    }
}

impl fix::World for Reader<'_> {
    fn inventory(&self, changed: &BTreeMap<String, String>) -> Result<Inventory, String> {
        if changed.is_empty()
            && let Some(first) = self.first.take()
        {
            return Ok(first);
        }
        let mut instead = changed.clone();
        // A stream is read once only.
        instead.extend(self.texts.text(STDIN).map(|text| (STDIN.to_owned(), text)));
        let gathered = self.sources.files(self.base.clone(), &instead, &mut Progress::start());
        gathered.map(|gathered| gathered.inventory).map_err(|error| format!("{error:#}"))
    }

    fn text(&self, path: &str) -> Option<String> {
        self.texts.text(path)
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
        let text = self.texts.text(path).unwrap_or_default();
        let is_rendered =
            text.lines().any(|line| line.starts_with("# Source: ") && line.contains("/templates/"));
        is_rendered.then(|| format!("{path} was rendered by Helm; change the chart or its values"))
    }
}
