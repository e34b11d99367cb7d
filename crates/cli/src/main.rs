//! The binary, where the parts are joined.

mod advisories;
mod audit;
mod catalogue;
mod fix;
mod folders;
mod gateway;
mod logging;
mod rights;
mod scan;
mod timeline;
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
    /// Say where a cluster, or manifests and files of one, fall short of good practice
    #[command(long_about = SCAN, after_help = SCAN_EXAMPLES)]
    Scan(Box<scan::ScanArgs>),
    /// Mend what a scan finds: show the change, and make it on demand
    #[command(long_about = FIX, after_help = FIX_EXAMPLES)]
    Fix(Box<fix::FixArgs>),
    /// Say who may do something, and by which binding
    #[command(name = "who-can", after_help = WHO_CAN_EXAMPLES)]
    WhoCan(Box<rights::WhoCanArgs>),
    /// Say whether somebody may do something, and by which binding
    #[command(after_help = CAN_EXAMPLES)]
    Can(Box<rights::CanArgs>),
    /// Say which certificates, tokens and keys end when, which rotate by themselves, and which never end
    Timeline(Box<timeline::TimelineArgs>),
    /// Say what a check looks at, why that matters and what mends it
    Explain(catalogue::ExplainArgs),
    /// Look at the catalogue of checks
    #[command(subcommand)]
    Checks(catalogue::ChecksCommand),
    /// Look at the table of published advisories, or take newer ones
    #[command(subcommand)]
    Advisories(advisories::AdvisoriesCommand),
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
    let failed = failed(&cli.command);
    let outcome = match cli.command {
        Command::Gateway(arguments) => gateway::run(&arguments),
        Command::Try(arguments) => trial::run(&arguments),
        Command::Advisories(command) => advisories::run(&command),
        Command::Audit(command) => audit::run(&command),
        Command::Scan(arguments) => scan::run(&arguments),
        Command::Fix(arguments) => fix::run(&arguments),
        Command::WhoCan(arguments) => rights::who_can(&arguments),
        Command::Can(arguments) => rights::can(&arguments),
        Command::Timeline(arguments) => timeline::run(&arguments),
        Command::Explain(arguments) => catalogue::explain(&arguments),
        Command::Checks(command) => catalogue::run(&command),
    };
    outcome.unwrap_or_else(|error| {
        anstream::eprintln!("ravelin: {error:#}");
        failed
    })
}

/// What the exit code of a failed command is: of one that judges, 1 says that something is wrong
/// with the cluster, so that what is wrong with the command is 2.
fn failed(command: &Command) -> ExitCode {
    match command {
        Command::Gateway(_) | Command::Try(_) | Command::Audit(_) | Command::Advisories(_) => {
            ExitCode::FAILURE
        }
        Command::Scan(_)
        | Command::Fix(_)
        | Command::WhoCan(_)
        | Command::Can(_)
        | Command::Timeline(_)
        | Command::Explain(_)
        | Command::Checks(_) => ExitCode::from(::scan::exit::USAGE),
    }
}

const SCAN: &str = "\
Say where a cluster, or manifests and files of one, fall short of fifteen practices: what is wrong, why it matters, where exactly, \
how sure that is, and what mends it.

Reads a live cluster with few lists and no write access (deploy/scan.yaml is a role that is enough), folders and streams of manifests, a \
node's files, and kubeconfigs. What could not be seen is said to be unknown, never passed. Exit status: 0 if nothing is as bad as \
--fail-on, 1 if something is, 2 if the command is wrong or nothing could be read, 3 if parts could not be read.";

const SCAN_EXAMPLES: &str = "\
Examples:
  ravelin scan                                       # the cluster of the current context
  ravelin scan deploy/                               # manifests
  helm template my-release chart/ | ravelin scan -   # what a chart makes
  sudo ravelin scan /etc/kubernetes /var/lib/kubelet # a node of the control plane
  ravelin scan --format sarif --output ravelin.sarif deploy/
  ravelin scan --format json > old.json; ravelin scan --baseline old.json";

const FIX: &str = "\
Mend what a scan finds: show the change, and make it on demand.

Each change was made on a copy, read again and judged again: the finding is gone and no other is there. Comments, order and formatting \
stay. Files are written with --write, whole, by a rename, and kept as they were below --backup; the control plane one component at a \
time. Objects of a cluster are changed with --apply, each after a server-side dry run. What only a person can decide is told as steps. \
Exit status: 0, 1 if a change could not be made, 2 if the command is wrong or nothing could be read.";

const FIX_EXAMPLES: &str = "\
Examples:
  ravelin fix deploy/                          # show the diffs
  ravelin fix --write --only PS-003 deploy/    # make those of one check
  ravelin fix deploy/ | git apply              # the diffs are patches
  sudo ravelin fix /etc/kubernetes             # a node of the control plane
  ravelin fix --apply --only RB                # the cluster of the current context";

const WHO_CAN_EXAMPLES: &str = "\
Examples:
  ravelin who-can get secrets
  ravelin who-can create pods/exec --namespace kube-system
  ravelin who-can delete deployments.apps/web --namespace apps --path rbac/
  ravelin who-can get /metrics";

const CAN_EXAMPLES: &str = "\
Exit status: 0 if they may, 1 if not, 2 if the command is wrong or nothing could be read.

Examples:
  ravelin can get pods --as jane --as-group dev --namespace apps
  ravelin can create pods/exec --as system:serviceaccount:apps:web --namespace apps";

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
