//! `ravelin timeline`: what ends when, what rotates by itself, and what never ends.

use std::process::ExitCode;
use std::time::SystemTime;

use checks::Seen;
use clap::{Args, ValueEnum};
use jiff::Timestamp;
use pki::{Credential, Rotation, Urgency};
use serde_json::{Value, json};

use crate::scan::SourceArgs;

/// What to look at.
#[derive(Debug, Args)]
pub(crate) struct TimelineArgs {
    #[command(flatten)]
    sources: SourceArgs,
    /// How the timeline is told
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

/// Tells it.
pub(crate) fn run(arguments: &TimelineArgs) -> anyhow::Result<ExitCode> {
    let gathered = arguments.sources.gather()?;
    let now = SystemTime::now();
    let timeline = checks::timeline(&Seen::new(&gathered.inventory, now));
    let credentials = timeline.credentials();
    match arguments.output {
        Form::Json => {
            let rows: Vec<Value> = credentials.iter().map(|one| row(one, now)).collect();
            anstream::println!("{:#}", Value::from(rows));
        }
        Form::Text if credentials.is_empty() => anstream::println!("No credential was seen."),
        Form::Text => anstream::print!("{}", table(credentials, now)),
    }
    Ok(ExitCode::SUCCESS)
}

fn table(credentials: &[Credential], now: SystemTime) -> String {
    let rows: Vec<[String; 4]> = credentials
        .iter()
        .map(|one| {
            [ends(one), urgency(one.urgency(now)).to_owned(), one.what.clone(), one.place.clone()]
        })
        .collect();
    let width = |column: usize| {
        let lengths =
            rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count());
        lengths.max().unwrap_or_default()
    };
    let (first, second, third) = (width(0), width(1), width(2));
    let mut text = String::new();
    for (credential, [end, urgency, what, place]) in credentials.iter().zip(&rows) {
        text.extend([format!("{end:<first$}  {urgency:<second$}  {what:<third$}  {place}\n")]);
        if matches!(credential.urgency(now), Urgency::Expired | Urgency::Soon | Urgency::Ahead) {
            text.extend(credential.renew.lines().flat_map(|line| ["    ", line, "\n"]));
        }
    }
    text
}

fn ends(credential: &Credential) -> String {
    let end = credential.ends.and_then(|ends| Timestamp::try_from(ends).ok());
    end.map_or_else(|| "never".to_owned(), |end| end.strftime("%Y-%m-%d").to_string())
}

fn urgency(urgency: Urgency) -> &'static str {
    match urgency {
        Urgency::Endless => "never ends",
        Urgency::Calm => "fine",
        Urgency::Ahead => "within 90 days",
        Urgency::Soon => "soon",
        Urgency::Expired => "expired",
    }
}

fn rotation(rotation: Rotation) -> &'static str {
    match rotation {
        Rotation::ByItself => "by itself",
        Rotation::ByKubeadmUpgrade => "with kubeadm upgrade",
        Rotation::ByHand => "by hand",
        Rotation::Never => "never",
    }
}

fn row(credential: &Credential, now: SystemTime) -> Value {
    let time = |time: Option<SystemTime>| {
        time.and_then(|time| Timestamp::try_from(time).ok()).map(|time| time.to_string())
    };
    json!({
        "what": credential.what,
        "place": credential.place,
        "ends": time(credential.ends),
        "urgency": urgency(credential.urgency(now)),
        "rotates": rotation(credential.rotates),
        "renew": credential.renew,
    })
}
