//! `ravelin advisories`: the table of published advisories that scans match versions against.

use std::borrow::Cow;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use ::advisories::Table;
use anyhow::Context as _;
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
    let merged = table.to_mut().merge(update);
    let folder = folder()?;
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let fresh = folder.join(format!("{:06}.json", next_number(&folder)));
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
pub(crate) fn table() -> anyhow::Result<Cow<'static, Table>> {
    let mut table = Cow::Borrowed(Table::embedded());
    for file in folder().map(|folder| updates(&folder)).unwrap_or_default() {
        let text =
            fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
        let update = Table::from_text(&text)
            .with_context(|| format!("{} is damaged; take it away", file.display()))?;
        table.to_mut().merge(update);
    }
    Ok(table)
}

/// Where updates are kept.
fn folder() -> anyhow::Result<PathBuf> {
    let data = crate::folders::data().context("nothing says where to keep updates")?;
    Ok(data.join("ravelin/advisories"))
}

/// The updates that were taken, the oldest first: their names are numbers.
fn updates(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
    files.sort();
    files
}

/// One more than that of the newest update, so that none is written over.
fn next_number(folder: &Path) -> u32 {
    let newest = updates(folder).pop();
    let number = newest.as_ref().and_then(|file| file.file_stem()?.to_str()?.parse::<u32>().ok());
    number.map_or(0, |number| number.saturating_add(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_update_is_never_written_over() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(next_number(folder.path()), 0);
        for name in ["000001.json", "000004.json", "note.txt"] {
            fs::write(folder.path().join(name), "[]").unwrap();
        }
        assert_eq!(updates(folder.path()).len(), 2);
        assert_eq!(next_number(folder.path()), 5);
    }
}
