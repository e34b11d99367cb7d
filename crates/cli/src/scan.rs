//! `ravelin scan`: where a cluster or its files fall short.

mod gather;
mod output;
mod progress;

use std::path::PathBuf;
use std::process::ExitCode;
use std::str::FromStr as _;
use std::time::SystemTime;

use advisories::Table;
use anyhow::Context as _;
use checks::Severity;
use clap::{Args, ValueEnum};
use scan::baseline::Baseline;
use scan::engine::{self, Settings};
use scan::exit::exit_code;
use scan::report::Report;
use scan::selection::Selection;
use scan::waivers::Waivers;

pub(crate) use gather::{Base, ClusterArgs, Gathered, SourceArgs};
pub(crate) use progress::Progress;

/// What to scan, and what to say of it.
#[derive(Debug, Args)]
pub(crate) struct ScanArgs {
    #[command(flatten)]
    sources: SourceArgs,
    #[command(flatten)]
    chosen: ChosenArgs,
    /// How the report is written
    #[arg(long, value_enum, default_value_t = Format::Table, help_heading = "Report")]
    format: Format,
    /// Write the report here rather than to standard output
    #[arg(long, value_name = "FILE", help_heading = "Report")]
    output: Option<PathBuf>,
    /// Exit with 1 if a finding is this bad or worse
    #[arg(long, value_name = "SEVERITY", default_value = "high", value_parser = severity, help_heading = "Report")]
    fail_on: Severity,
    /// What is accepted for a while: a YAML file of check, object, reason, owner and expiry
    #[arg(long, value_name = "FILE", help_heading = "Report")]
    waivers: Option<PathBuf>,
    /// Say what is new since an older report in JSON, and count only that
    #[arg(long, value_name = "FILE", help_heading = "Report")]
    baseline: Option<PathBuf>,
    /// Show every finding of each check, not only the first few
    #[arg(long, help_heading = "Report")]
    all: bool,
}

/// Which checks to run.
#[derive(Debug, Args)]
pub(crate) struct ChosenArgs {
    /// Run these only: ids (RB-009), or practices by number or letters (1, RB)
    #[arg(long, value_name = "CHECK", value_delimiter = ',', help_heading = "Checks")]
    checks: Vec<String>,
    /// Leave these out
    #[arg(long, value_name = "CHECK", value_delimiter = ',', help_heading = "Checks")]
    skip: Vec<String>,
}

impl ChosenArgs {
    pub(crate) fn selection(&self) -> anyhow::Result<Selection> {
        Ok(Selection::read(&self.checks, &self.skip)?)
    }
}

/// How a report is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people, at a terminal
    Table,
    /// For programs: the schema is docs/reference/scan-report.schema.json
    Json,
    /// For code scanning
    Sarif,
    /// For continuous integration
    Junit,
    /// One page that needs no network
    Html,
    /// For pull requests
    Markdown,
    /// For spreadsheets
    Csv,
}

pub(crate) fn severity(text: &str) -> Result<Severity, String> {
    Severity::from_str(text).map_err(|error| error.to_string())
}

/// Scans.
pub(crate) fn run(arguments: &ScanArgs) -> anyhow::Result<ExitCode> {
    let selection = arguments.chosen.selection()?;
    let waivers = arguments.waivers.as_ref().map(read_waivers).transpose()?;
    let baseline = arguments.baseline.as_ref().map(read_baseline).transpose()?;
    let gathered = arguments.sources.gather()?;
    let now = SystemTime::now();
    let advisories = crate::advisories::table()?;
    let mut report = judge(&gathered, &selection, now, &advisories);
    if let Some(waivers) = waivers {
        report = waivers.apply(report, jiff::Timestamp::try_from(now)?);
    }
    if let Some(baseline) = baseline {
        report = baseline.compare(report);
    }
    output::write(arguments, &report)?;
    let incomplete = !report.coverage.incomplete.is_empty();
    Ok(ExitCode::from(exit_code(&report, arguments.fail_on, incomplete)))
}

/// The report of the chosen checks over what was gathered.
fn judge(
    gathered: &Gathered,
    selection: &Selection,
    now: SystemTime,
    advisories: &Table,
) -> Report {
    let text = |path: &str| gathered.texts.text(path);
    let settings =
        Settings { selection, now, text: &text, sources: gathered.sources.clone(), advisories };
    let mut report = engine::scan(&gathered.inventory, &settings);
    let own = ("ravelin".to_owned(), env!("CARGO_PKG_VERSION").to_owned());
    report.coverage.versions.extend([own]);
    if let Some(version) = &gathered.version {
        report.coverage.versions.insert("kube-apiserver".to_owned(), version.clone());
    }
    report
}

fn read_waivers(path: &PathBuf) -> anyhow::Result<Waivers> {
    let text = text(path)?;
    Ok(Waivers::read(&path.to_string_lossy(), &text)?)
}

fn read_baseline(path: &PathBuf) -> anyhow::Result<Baseline> {
    Baseline::read(&text(path)?).with_context(|| format!("{} is no baseline", path.display()))
}

fn text(path: &PathBuf) -> anyhow::Result<String> {
    std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}
