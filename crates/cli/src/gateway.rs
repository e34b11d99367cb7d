//! `ravelin gateway`: a configuration to a running gateway.

mod build;
mod credential;
mod learn;
mod observe;
mod reload;
mod serve;

use std::process::ExitCode;

use anyhow::Context as _;
use config::{Environment, GatewayArgs, Note};

pub(crate) use build::Built;
pub(crate) use serve::{Stop, serve, start};

/// Runs a gateway until it is told to stop, or says what its configuration means.
pub(crate) fn run(arguments: &GatewayArgs) -> anyhow::Result<ExitCode> {
    let environment = Environment { now: jiff::Timestamp::now() };
    let (configuration, notes) = match arguments.resolve(&environment) {
        Ok(resolved) => resolved,
        Err(mistakes) => {
            anstream::eprintln!("ravelin: {mistakes}");
            return Ok(ExitCode::from(BAD_CONFIGURATION));
        }
    };
    if arguments.is_check {
        anstream::print!("{}", config::account(&configuration, &notes));
        return Ok(ExitCode::SUCCESS);
    }
    crate::logging::start(configuration.logging);
    tell(&notes);
    runtime()?.block_on(async {
        let built = Built::new(configuration)?;
        serve(built).await
    })?;
    Ok(ExitCode::SUCCESS)
}

/// The runtime everything runs on.
pub(crate) fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .thread_name("ravelin")
        .build()
        .context("cannot start the runtime")
}

fn tell(notes: &[Note]) {
    for note in notes {
        tracing::warn!("{note}");
    }
}

const BAD_CONFIGURATION: u8 = 2;
