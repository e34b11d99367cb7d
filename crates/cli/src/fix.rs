//! `ravelin fix`: the change that mends what a scan finds, shown first, made on demand.

mod apply;
mod told;
mod world;
mod write;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::SystemTime;

use checks::Severity;
use clap::{Args, ValueEnum};
use scan::selection::Selection;

use crate::scan::SourceArgs;

/// What to mend, and how far to go.
#[derive(Debug, Args)]
pub(crate) struct FixArgs {
    #[command(flatten)]
    sources: SourceArgs,
    /// Mend findings of these checks only: ids (PS-003), or practices by number or letters (10, PS)
    #[arg(long, value_name = "CHECK", value_delimiter = ',', help_heading = "Checks")]
    only: Vec<String>,
    /// Leave findings of these alone
    #[arg(long, value_name = "CHECK", value_delimiter = ',', help_heading = "Checks")]
    skip: Vec<String>,
    /// Mend findings that are this bad or worse
    #[arg(long, value_name = "SEVERITY", default_value = "medium", value_parser = crate::scan::severity, help_heading = "Checks")]
    min_severity: Severity,
    /// Change the files; without it the changes are only shown
    #[arg(long, help_heading = "Change")]
    write: bool,
    /// Change the objects of the cluster, each after a server-side dry run
    #[arg(long, help_heading = "Change")]
    apply: bool,
    /// Keep the files as they were below this folder
    #[arg(long, value_name = "FOLDER", help_heading = "Change")]
    backup: Option<PathBuf>,
    /// How the changes are told
    #[arg(long, value_enum, default_value_t = Form::Text)]
    output: Form,
}

/// How changes are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Form {
    /// A diff and what is left to do, for people; the diff alone is fit for `git apply`
    Text,
    /// For programs
    Json,
}

/// Plans, shows, and on demand makes the changes.
pub(crate) fn run(arguments: &FixArgs) -> anyhow::Result<ExitCode> {
    let selection = Selection::read(&arguments.only, &arguments.skip)?;
    let world = world::Reader::new(&arguments.sources)?;
    let chooses = |check: &checks::Check| selection.chooses(check);
    let settings =
        fix::Settings { chooses: &chooses, least: arguments.min_severity, now: SystemTime::now() };
    let plan = fix::plan(&world, &settings).map_err(anyhow::Error::msg)?;
    match arguments.output {
        Form::Text => anstream::print!("{}", told::text(&plan)),
        Form::Json => anstream::println!("{:#}", told::json(&plan)),
    }
    let mut outcome = told::Outcome::default();
    if arguments.write {
        let scanned = &arguments.sources.paths;
        write::write(&plan, arguments.backup.as_deref(), scanned, &mut outcome)?;
    }
    if arguments.apply {
        apply::apply(&plan, &arguments.sources.visit(), &mut outcome)?;
    }
    anstream::eprint!("{}", outcome.text(&plan, arguments.write, arguments.apply));
    Ok(if outcome.failed.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
