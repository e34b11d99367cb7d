//! The binary, where the parts are joined.

mod audit;
mod gateway;
mod logging;
mod trial;

use std::process::ExitCode;

use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand};

/// Secures access to a Kubernetes API.
#[derive(Debug, Parser)]
#[command(name = "ravelin", version, propagate_version = true, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Stand in front of a kube-apiserver: authenticate, authorize, limit and record every request
    #[command(long_about = GATEWAY, after_help = GATEWAY_EXAMPLES)]
    Gateway(Box<config::GatewayArgs>),
    /// Start a Kubernetes API with the gateway in front of it, on loopback, to try things on
    #[command(name = "try")]
    Try(trial::TryArgs),
    /// Look at audit logs
    #[command(subcommand)]
    Audit(audit::AuditCommand),
}

fn main() -> ExitCode {
    let matches = Cli::command().get_matches();
    let cli = match Cli::from_arg_matches(&matches) {
        Ok(cli) => cli,
        Err(error) => error.exit(),
    };
    let outcome = match cli.command {
        Command::Gateway(arguments) => gateway::run(&arguments),
        Command::Try(arguments) => trial::run(&arguments),
        Command::Audit(command) => audit::run(&command),
    };
    outcome.unwrap_or_else(|error| {
        anstream::eprintln!("ravelin: {error:#}");
        ExitCode::FAILURE
    })
}

const GATEWAY: &str = "\
Stand in front of a kube-apiserver: authenticate, authorize, limit and record every request.

The flags are kube-apiserver's wherever it has one for the purpose, so that a command line can move over; --kubeconfig says how \
the cluster behind is reached. Each flag is also a key of the YAML file that --config names. Exit status: 0 after an orderly stop, \
1 if the gateway cannot run, 2 if the configuration is wrong.";

const GATEWAY_EXAMPLES: &str = "\
Examples:
  # What does this configuration mean, and is anything wrong with it?
  ravelin gateway --config gateway.yaml --check

  # In front of a cluster, for holders of client certificates and service account tokens
  ravelin gateway --kubeconfig upstream.kubeconfig --client-ca-file clients.crt \\
      --tls-cert-file gateway.crt --tls-private-key-file gateway.key --audit-log-path audit.log";
