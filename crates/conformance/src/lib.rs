//! Runs vectors against the pure crates: inputs with the answers that Kubernetes' own libraries
//! gave for them, one JSON object a line, in `*.jsonl` and `*.jsonl.gz` files.
//!
//! What a line asks is told from the line, not from the file's name, so that any file, or mixture,
//! of vectors can be run. A line that is not a vector is an error: a run never skips what it does
//! not understand. Kinds of vectors that nothing here answers yet are named in the report.

mod file;
mod kind;
mod policy;
mod report;
mod request;

use std::path::Path;

use anyhow::Context;
use serde_json::Value;

pub use kind::Kind;
pub use report::{Report, Tally};

/// Runs all vector files of a folder.
pub fn run(folder: &Path) -> anyhow::Result<Report> {
    let mut report = Report::default();
    for file in file::vectors_in(folder)? {
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        for (number, line) in file::lines(&file)?.enumerate() {
            let place = format!("{name}:{}", number.saturating_add(1));
            let line = line.with_context(|| place.clone())?;
            run_line(&line, &place, &mut report).with_context(|| place.clone())?;
        }
    }
    Ok(report)
}

fn run_line(line: &str, place: &str, report: &mut Report) -> anyhow::Result<()> {
    let vector: Value = serde_json::from_str(line)?;
    let kind = Kind::of(&vector).context("not a vector of any kind known here")?;
    kind.run(vector, &mut report.tally(kind).at(place))
}
