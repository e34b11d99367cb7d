//! `ravelin audit`: what can be done with audit logs.

mod learn;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use audit::chain::{Broken, End, Head, Report};
use clap::{Args, Subcommand, ValueEnum};
use serde_json::{Value, json};

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum AuditCommand {
    /// Say whether a log is whole, or which record is the first that was changed, moved or taken out
    #[command(long_about = VERIFY)]
    Verify(VerifyArgs),
    /// Write the smallest roles that cover what somebody did, or say which of their rights were never used
    Learn(Box<learn::LearnArgs>),
}

/// What to verify.
#[derive(Debug, Args)]
pub(crate) struct VerifyArgs {
    /// The log file. Its closed files beside it, as rotation names them, are verified with it.
    /// Several files are verified in the order given, and nothing beside them
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// How the outcome is told
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

/// Runs a command.
pub(crate) fn run(command: &AuditCommand) -> anyhow::Result<ExitCode> {
    match command {
        AuditCommand::Verify(arguments) => verify(arguments),
        AuditCommand::Learn(arguments) => learn::run(arguments),
    }
}

fn verify(arguments: &VerifyArgs) -> anyhow::Result<ExitCode> {
    let files = match arguments.files.as_slice() {
        [only] => store::audit_log::files(only)
            .with_context(|| format!("cannot look beside {}", only.display()))?,
        several => several.to_vec(),
    };
    let report = store::audit_log::verify(&files)?;
    match arguments.output {
        Form::Text => anstream::println!("{}", told(&report)),
        Form::Json => anstream::println!("{}", json_of(&report)),
    }
    Ok(match report.end {
        End::Whole => ExitCode::SUCCESS,
        End::Torn { .. } => ExitCode::from(TORN),
        End::Broken(_) => ExitCode::from(BROKEN),
    })
}

fn told(report: &Report) -> String {
    let mut lines = vec![match report.records {
        1 => "1 record is as it was written".to_owned(),
        count => format!("{count} records are as they were written"),
    }];
    if let (Some(first), Some(last)) = (&report.first, &report.last) {
        lines.push(format!("They are number {} to {} of the chain", first.sequence, last.sequence));
        if first.sequence > 1 {
            lines.push("Older records are in files that are not here".to_owned());
        }
        lines.push(format!(
            "The last is at {}:{} and has the hash {}",
            last.file, last.line, last.hash
        ));
    }
    if report.torn > 0 {
        lines.push(format!(
            "{} torn line(s) in between, where a process was killed or the disk was full; the next \
             record vouches for each",
            report.torn
        ));
    }
    match &report.end {
        End::Whole => {}
        End::Torn { file, line } => lines.push(format!(
            "{file}:{line}: the last line is torn: the process was killed while it wrote. Nothing \
             points to tampering"
        )),
        End::Broken(broken) => lines.push(told_of(broken)),
    }
    lines.join("\n")
}

fn told_of(broken: &Broken) -> String {
    let id = broken.audit_id.as_ref().map(|id| format!(" (auditID {id})")).unwrap_or_default();
    format!(
        "{}:{}{id}: BROKEN: {}. What comes after was not looked at",
        broken.file, broken.line, broken.fault
    )
}

fn json_of(report: &Report) -> Value {
    let head = |head: &Option<Head>| {
        head.as_ref().map(|head| {
            json!({"file": head.file, "line": head.line, "sequence": head.sequence, "hash": head.hash})
        })
    };
    let (end, problem) = match &report.end {
        End::Whole => ("whole", Value::Null),
        End::Torn { file, line } => ("torn", json!({"file": file, "line": line})),
        End::Broken(broken) => (
            "broken",
            json!({
                "file": broken.file, "line": broken.line, "auditID": broken.audit_id,
                "fault": broken.fault.to_string(),
            }),
        ),
    };
    json!({
        "records": report.records, "tornLines": report.torn,
        "first": head(&report.first), "last": head(&report.last), "end": end, "problem": problem,
    })
}

const VERIFY: &str = "\
Say whether a log is whole, or which record is the first that was changed, moved or taken out.

Each record holds a hash of itself and of the record before it, across rotation and restarts. What this cannot show is that the last \
records were taken off the end: to notice that, keep the hash it prints elsewhere and compare. Exit status: 0 if all is as written, \
3 if only the last line is torn (the process was killed while it wrote), 4 if a record is broken, 1 if a file cannot be read.";

const TORN: u8 = 3;
const BROKEN: u8 = 4;
