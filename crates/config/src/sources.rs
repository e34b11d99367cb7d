//! The files, folders, streams and processes that a scan is pointed at, read into an inventory.
//! One that cannot be read is told in the inventory and stops nothing.

mod names;
mod processes;
mod walk;

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};

use inventory::{Builder, File, Unreadable};

use crate::files;
use names::Names;

/// What a scan is pointed at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sources {
    /// Files and folders; `-` is standard input.
    pub paths: Vec<PathBuf>,
    /// Whether to look at the command lines of the processes of this machine.
    pub processes: bool,
    /// What to leave out: names of files or folders, or ends of paths.
    pub ignored: Vec<String>,
    /// Texts to take instead of those that files hold, by path.
    pub instead: BTreeMap<String, String>,
}

/// Texts that reports point into.
#[derive(Debug, Default)]
pub struct Texts {
    /// Standard input, which cannot be read again.
    streams: BTreeMap<String, String>,
}

impl Texts {
    /// The text of a file, read again.
    pub fn text(&self, path: &str) -> Option<String> {
        if let Some(text) = self.streams.get(path) {
            return Some(text.clone());
        }
        files::read_text(Path::new(path), LARGEST).ok()
    }
}

/// What standard input is called.
pub const STDIN: &str = "<stdin>";

/// No file that a scan reads is larger, in bytes.
const LARGEST: u64 = 1 << 30;

/// Reads everything that `sources` names into `builder`; `told` hears how many files were read.
///
/// # Errors
/// If a path that was named is not there, or nothing was named: what, and what would be right.
pub fn read(
    sources: &Sources,
    builder: &mut Builder,
    told: &mut dyn FnMut(usize),
) -> Result<Texts, String> {
    let mut reader = Reader {
        builder,
        instead: &sources.instead,
        names: Names::default(),
        texts: Texts::default(),
        told,
        count: 0,
    };
    for path in &sources.paths {
        if path.as_os_str() == "-" {
            reader.stdin()?;
            continue;
        }
        let files = walk::files(path, &sources.ignored)
            .map_err(|problem| format!("{}: {problem}", path.display()))?;
        for found in files {
            reader.add(&found);
        }
    }
    if sources.processes {
        processes::read(reader.builder);
    }
    Ok(reader.texts)
}

struct Reader<'b> {
    builder: &'b mut Builder,
    instead: &'b BTreeMap<String, String>,
    names: Names,
    texts: Texts,
    told: &'b mut dyn FnMut(usize),
    count: usize,
}

impl Reader<'_> {
    fn stdin(&mut self) -> Result<(), String> {
        let text = if let Some(text) = self.instead.get(STDIN) {
            text.clone()
        } else {
            let mut text = String::new();
            let mut stdin = std::io::stdin().lock().take(LARGEST);
            stdin.read_to_string(&mut text).map_err(|error| format!("{STDIN}: {error}"))?;
            text
        };
        self.builder.add_file(File::new(STDIN), &text);
        self.texts.streams.insert(STDIN.to_owned(), text);
        Ok(())
    }

    fn add(&mut self, found: &walk::Found) {
        let path = found.path.to_string_lossy();
        let path = path.strip_prefix("./").unwrap_or(&path).to_owned();
        let mut file = File::new(&path);
        if let Some(on_node) = walk::on_node(&path) {
            file = file.on_node(on_node);
        }
        self.names.describe(&mut file, found);
        self.count = self.count.saturating_add(1);
        (self.told)(self.count);
        if !found.is_worth_reading() {
            return self.builder.add_bare_file(file);
        }
        if let Some(text) = self.instead.get(&path) {
            return self.builder.add_file(file, text);
        }
        match files::read_text(&found.path, LARGEST) {
            Ok(text) => self.builder.add_file(file, &text),
            // What is no text holds no manifest; that it is there may still matter.
            Err(problem) if problem == files::NOT_TEXT => self.builder.add_bare_file(file),
            Err(problem) => {
                self.builder.add_bare_file(file);
                self.builder.add_unreadable(Unreadable {
                    file: path,
                    line: 0,
                    column: 0,
                    problem,
                    is_template: false,
                });
            }
        }
    }
}

#[cfg(test)]
mod tests;
