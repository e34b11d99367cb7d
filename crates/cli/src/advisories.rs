//! `ravelin advisories`: the table of published advisories that scans match versions against.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use ::advisories::Table;
use anyhow::{Context as _, bail};
use clap::{Args, Subcommand};

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum AdvisoriesCommand {
    /// Take newer advisories from a file in OSV form; scans use them from then on
    Update(UpdateArgs),
    /// Say how many advisories there are, and how new they are
    Show,
}

/// What to take.
#[derive(Debug, Args)]
pub(crate) struct UpdateArgs {
    /// OSV records: one object, an array, or one a line
    #[arg(long, value_name = "FILE", required = true)]
    file: PathBuf,
}

/// Runs a command.
pub(crate) fn run(command: &AdvisoriesCommand) -> anyhow::Result<ExitCode> {
    match command {
        AdvisoriesCommand::Update(arguments) => update(&arguments.file),
        AdvisoriesCommand::Show => show(),
    }
}

fn update(file: &Path) -> anyhow::Result<ExitCode> {
    let text =
        fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    let update =
        Table::from_text(&text).with_context(|| format!("{} was not taken", file.display()))?;
    let mut table = table()?;
    let merged = table.merge(update);
    let kept = place()?;
    let folder = kept.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let number = fs::read_dir(folder)?.count();
    let fresh = folder.join(format!("{number:06}.json"));
    fs::write(&fresh, text).with_context(|| format!("cannot write {}", fresh.display()))?;
    anstream::println!(
        "{} added, {} replaced, {} not newer than what is there",
        merged.added,
        merged.replaced,
        merged.kept
    );
    Ok(ExitCode::SUCCESS)
}

fn show() -> anyhow::Result<ExitCode> {
    let table = table()?;
    let date = table.date().map_or_else(|| "no date".to_owned(), |date| date.to_string());
    anstream::println!("{} advisories, the newest of {date}", table.len());
    Ok(ExitCode::SUCCESS)
}

/// The embedded table with every update that was taken, in order.
pub(crate) fn table() -> anyhow::Result<Table> {
    let mut table = Table::embedded().clone();
    let Ok(place) = place() else { return Ok(table) };
    let folder = place.parent().unwrap_or(Path::new("."));
    let Ok(entries) = fs::read_dir(folder) else { return Ok(table) };
    let mut files: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
    files.sort();
    for file in files {
        let text =
            fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
        let update = Table::from_text(&text)
            .with_context(|| format!("{} is damaged; take it away", file.display()))?;
        table.merge(update);
    }
    Ok(table)
}

/// Where updates are kept: below the data folder of the user.
fn place() -> anyhow::Result<PathBuf> {
    let data = std::env::var_os("XDG_DATA_HOME").map(PathBuf::from);
    let home = || std::env::var_os("HOME").map(|home| Path::new(&home).join(".local/share"));
    match data.or_else(home) {
        Some(data) => Ok(data.join("ravelin/advisories/update.json")),
        None => bail!("neither XDG_DATA_HOME nor HOME says where to keep updates"),
    }
}
