//! `ravelin explain` and `ravelin checks`: the catalogue, for people and programs.

use std::process::ExitCode;

use anyhow::bail;
use checks::{Check, Fix, Practice};
use clap::{Args, Subcommand, ValueEnum};
use serde_json::{Value, json};

/// What to explain.
#[derive(Debug, Args)]
pub(crate) struct ExplainArgs {
    /// The id of a check (RB-009) or its name (create-pods)
    #[arg(value_name = "CHECK", required = true)]
    checks: Vec<String>,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum ChecksCommand {
    /// List all checks, those that are not implemented with the reason
    List(ListArgs),
}

/// What to list.
#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    #[command(flatten)]
    chosen: crate::scan::ChosenArgs,
    /// How the list is told
    #[arg(long, value_enum, default_value_t = Form::Text)]
    output: Form,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Form {
    /// For people
    Text,
    /// For programs
    Json,
}

/// Explains checks.
pub(crate) fn explain(arguments: &ExplainArgs) -> anyhow::Result<ExitCode> {
    let mut texts = Vec::new();
    for id in &arguments.checks {
        let Some(check) = checks::find(id) else {
            bail!("{id:?} is no check; `ravelin checks list` shows them all");
        };
        texts.push(explanation(check));
    }
    anstream::print!("{}", texts.join("\n"));
    Ok(ExitCode::SUCCESS)
}

fn explanation(check: &Check) -> String {
    let severities: Vec<&str> = check.severities.iter().map(|one| one.name()).collect();
    let mut text = format!(
        "{} {}\n{}\n\n  practice   {} {}\n  severity   {}\n  versions   {}\n",
        check.id,
        check.name,
        check.title,
        check.practice.number(),
        check.practice,
        severities.join(", "),
        check.versions.describe(),
    );
    let references: Vec<String> = check.references.iter().map(ToString::to_string).collect();
    if !references.is_empty() {
        text.extend([format!("  asked for  {}\n", references.join(", "))]);
    }
    if let Some(why) = check.lacking() {
        text.extend([format!("\nNot implemented: {why}\n")]);
    }
    let fix = match check.fix {
        Fix::Automatic(_) => "Fix (ravelin fix does it)",
        Fix::Sometimes(_) => "Fix (ravelin fix does it where it can)",
        Fix::Steps(_) => "Fix (by hand)",
    };
    let parts = [("Why", check.why), ("Fails when", check.fails), (fix, check.fix.text())];
    for (heading, part) in parts {
        text.extend([format!("\n{heading}\n{}\n", indented(part))]);
    }
    text + &examples(check)
}

fn examples(check: &Check) -> String {
    let mut text = String::new();
    for example in check.examples.iter().filter(|example| !example.files.is_empty()) {
        text.extend([format!("\nExample: {}, {}\n", example.name, told(example.expected))]);
        for file in example.files {
            text.extend([format!("\n{}\n", indented(file.text.trim_end()))]);
        }
    }
    text
}

fn told(expected: checks::Expected) -> String {
    match expected {
        checks::Expected::Pass => "passes".to_owned(),
        checks::Expected::Fail(severity) => format!("fails ({severity})"),
        checks::Expected::Unknown => "is unknown".to_owned(),
        checks::Expected::NotApplicable => "does not apply".to_owned(),
        checks::Expected::Exempt => "is exempt".to_owned(),
    }
}

fn indented(text: &str) -> String {
    text.lines().map(|line| format!("  {line}")).collect::<Vec<_>>().join("\n")
}

/// Runs a command.
pub(crate) fn run(command: &ChecksCommand) -> anyhow::Result<ExitCode> {
    let ChecksCommand::List(arguments) = command;
    let selection = arguments.chosen.selection()?;
    let chosen: Vec<&Check> = checks::all().filter(|check| selection.chooses(check)).collect();
    match arguments.output {
        Form::Text => anstream::print!("{}", list(&chosen)),
        Form::Json => {
            let rows: Vec<Value> = chosen.iter().map(|one| row(one)).collect();
            anstream::println!("{:#}", Value::from(rows));
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn list(chosen: &[&Check]) -> String {
    let mut text = String::new();
    let mut practice: Option<Practice> = None;
    for check in chosen {
        if practice != Some(check.practice) {
            let gap = if practice.is_some() { "\n" } else { "" };
            text.extend([format!("{gap}{} {}\n", check.practice.number(), check.practice)]);
            practice = Some(check.practice);
        }
        let severity = check.severities.first().map_or("", |severity| severity.name());
        let lacking = check.lacking().map(|why| format!(" (not implemented: {why})"));
        let lacking = lacking.unwrap_or_default();
        text.extend([format!("  {:<7} {severity:<8} {}{lacking}\n", check.id, check.title)]);
    }
    let done = chosen.iter().filter(|one| one.lacking().is_none()).count();
    text + &format!("\n{done} checks, {} more not implemented\n", chosen.len().saturating_sub(done))
}

fn row(check: &Check) -> Value {
    json!({
        "id": check.id,
        "name": check.name,
        "title": check.title,
        "practice": check.practice.number(),
        "severities": check.severities.iter().map(|one| one.name()).collect::<Vec<_>>(),
        "versions": check.versions.describe(),
        "why": check.why,
        "fails": check.fails,
        "fix": check.fix.text(),
        "automatic": !matches!(check.fix, Fix::Steps(_)),
        "references": check.references.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "implemented": check.lacking().is_none(),
    })
}
