//! `conformance DIR`: runs the vector files of a folder and prints one line a kind.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;

fn main() -> anyhow::Result<ExitCode> {
    let mut arguments = std::env::args_os().skip(1);
    let folder = arguments.next().map(PathBuf::from).context("usage: conformance DIR")?;
    anyhow::ensure!(arguments.next().is_none(), "usage: conformance DIR");
    let report = conformance::run(&folder)?;
    report.print(&mut std::io::stdout().lock())?;
    Ok(if report.is_clean() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
