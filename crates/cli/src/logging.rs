//! What the process says of itself: on standard error, or in a file where standard error is for
//! people.

use std::fs::File;
use std::path::Path;
use std::sync::Mutex;

use anyhow::Context as _;
use config::gateway::process::{Format, Logging};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::writer::BoxMakeWriter;

/// Starts logging to standard error. `RUST_LOG` wins over the verbosity.
pub(crate) fn start(logging: Logging) {
    start_to(logging, BoxMakeWriter::new(std::io::stderr));
}

/// Starts logging to a file, made anew.
pub(crate) fn start_in(logging: Logging, path: &Path) -> anyhow::Result<()> {
    let file = File::create(path).with_context(|| format!("cannot write {}", path.display()))?;
    start_to(logging, BoxMakeWriter::new(Mutex::new(file)));
    Ok(())
}

fn start_to(logging: Logging, writer: BoxMakeWriter) {
    let default = match logging.verbosity {
        0 | 1 => "info",
        2 | 3 => "info,ravelin=debug,gateway=debug,cluster=debug,store=debug",
        4..=6 => "debug,hyper=info,h2=info,rustls=info",
        _ => "trace",
    };
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_unset| EnvFilter::new(default));
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(writer)
        .with_target(false)
        .with_ansi(false);
    match logging.format {
        Format::Text => builder.init(),
        Format::Json => builder.json().flatten_event(true).init(),
    }
}
