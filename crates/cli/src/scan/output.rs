//! The report, written where and how it was asked for.

use std::fs::{self, File};
use std::io::{self, BufWriter, IsTerminal as _, Write, stdout};

use anyhow::Context as _;
use scan::engine;
use scan::formats::table::Look;
use scan::formats::{csv, html, json, junit, markdown, sarif, table};
use scan::report::Report;

use super::{Format, ScanArgs};

/// Findings of each check that the table and the summary for pull requests show.
const FEW: usize = 5;

pub(super) fn write(arguments: &ScanArgs, report: &Report) -> anyhow::Result<()> {
    let most = if arguments.all { None } else { Some(FEW) };
    let text = match arguments.format {
        Format::Table => table::write(report, look(arguments, most)),
        Format::Json => return write_json(arguments, report),
        Format::Sarif => sarif::write(report, &engine::rules()),
        Format::Junit => junit::write(report),
        Format::Html => html::write(report, &engine::rules()),
        Format::Markdown => markdown::write(report, most.unwrap_or(usize::MAX)),
        Format::Csv => csv::write(report),
    };
    match &arguments.output {
        None => {
            anstream::print!("{text}");
            Ok(())
        }
        Some(path) => fs::write(path, text)
            .with_context(|| format!("cannot write the report to {}", path.display())),
    }
}

/// JSON is written piece by piece: it is what large clusters are written as.
fn write_json(arguments: &ScanArgs, report: &Report) -> anyhow::Result<()> {
    match &arguments.output {
        None => buffered(stdout().lock(), report).context("cannot write the report"),
        Some(path) => File::create(path)
            .and_then(|file| buffered(file, report))
            .with_context(|| format!("cannot write the report to {}", path.display())),
    }
}

fn buffered(out: impl Write, report: &Report) -> io::Result<()> {
    let mut out = BufWriter::with_capacity(1 << 16, out);
    json::write_to(report, &mut out)?;
    out.flush()
}

fn look(arguments: &ScanArgs, most: Option<usize>) -> Look {
    let for_people = arguments.output.is_none() && stdout().is_terminal();
    let plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let columns = terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
    let standard = Look::default();
    Look {
        columns: columns.filter(|_| for_people).unwrap_or(standard.columns),
        colour: for_people && !plain,
        most,
    }
}
