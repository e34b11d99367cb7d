//! `ravelin try`: a Kubernetes API with the gateway in front of it, all on loopback, with
//! credentials to use and things to try.

mod credentials;
mod folder;
mod real;
mod sandboxed;
mod tour;

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::{Args, Command, FromArgMatches as _};
use config::gateway::process::{Format, Logging};
use config::{Environment, GatewayArgs};

use self::credentials::Credentials;
use self::folder::Folder;
use crate::gateway::{Built, Stop, runtime, start};

/// What to start.
#[derive(Debug, Args)]
#[command(long_about = LONG)]
pub(crate) struct TryArgs {
    /// Where everything is kept: certificates, kubeconfigs, logs [default: ravelin/try in the user's
    /// folder for state]
    #[arg(long, value_name = "FOLDER")]
    folder: Option<PathBuf>,
    /// Port of the gateway on 127.0.0.1; 0 is any that is free
    #[arg(long, value_name = "PORT", default_value_t = 6443)]
    port: u16,
    /// Remove the folder and everything in it, and start nothing
    #[arg(long)]
    clean: bool,
    /// How much is logged, as in `ravelin gateway`
    #[arg(short, long = "v", value_name = "LEVEL", default_value_t = 0)]
    verbosity: u32,
}

/// Starts it all, and ends it at a signal.
pub(crate) fn run(arguments: &TryArgs) -> anyhow::Result<ExitCode> {
    let folder = Folder::at(arguments.folder.clone())?;
    if arguments.clean {
        folder.remove()?;
        anstream::println!("{} is removed", folder.path().display());
        return Ok(ExitCode::SUCCESS);
    }
    folder.make()?;
    let lock = folder.lock()?;
    crate::logging::start_in(
        Logging { verbosity: arguments.verbosity, format: Format::Text },
        &folder.file("gateway.log"),
    )?;
    let outcome = runtime()?.block_on(serve(arguments, &folder));
    drop(lock);
    outcome.map(|()| ExitCode::SUCCESS)
}

async fn serve(arguments: &TryArgs, folder: &Folder) -> anyhow::Result<()> {
    let mut stop = Stop::listen()?;
    let credentials = Credentials::make(folder)?;
    let behind = tokio::select! {
        behind = Behind::start(folder, &credentials) => behind?,
        () = stop.told() => return Ok(()),
    };
    let address = free_address(arguments.port)?;
    let health = free_address(0)?;
    credentials.write_kubeconfigs(folder, behind.address(), address)?;
    let configuration = configuration(folder, address, health)?;
    let running = start(Built::new(configuration)?).await?;
    tour::wait(folder, health).await?;
    tour::print(folder, &behind, address, health);
    stop.told().await;
    running.stop().await;
    behind.stop().await;
    anstream::println!(
        "Stopped. Certificates, kubeconfigs and logs stay in {}",
        folder.path().display()
    );
    Ok(())
}

/// The Kubernetes API behind the gateway.
pub(crate) enum Behind {
    /// Real binaries.
    Real(real::Real),
    /// The embedded sandbox.
    Sandbox(Box<sandbox::Sandbox>),
}

impl Behind {
    async fn start(folder: &Folder, credentials: &Credentials) -> anyhow::Result<Self> {
        match real::Binaries::named_by_environment()? {
            Some(binaries) => {
                let real = real::Real::start(&binaries, folder, credentials).await?;
                Ok(Self::Real(real))
            }
            None => Ok(Self::Sandbox(Box::new(sandboxed::start(credentials).await?))),
        }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        match self {
            Self::Real(real) => real.address(),
            Self::Sandbox(sandbox) => sandbox.address(),
        }
    }

    async fn stop(self) {
        match self {
            Self::Real(real) => real.stop().await,
            Self::Sandbox(sandbox) => sandbox.shutdown().await,
        }
    }
}

/// The gateway's configuration, by the flags that a user would give.
fn configuration(
    folder: &Folder,
    address: SocketAddr,
    health: SocketAddr,
) -> anyhow::Result<config::Gateway> {
    let flags = [
        format!("--kubeconfig={}", folder.file("gateway.kubeconfig").display()),
        format!("--bind-address={}", address.ip()),
        format!("--secure-port={}", address.port()),
        format!("--health-bind-address={health}"),
        format!("--tls-cert-file={}", folder.file("pki/gateway.crt").display()),
        format!("--tls-private-key-file={}", folder.file("pki/gateway.key").display()),
        format!("--client-ca-file={}", folder.file("pki/ca.crt").display()),
        format!("--proxy-client-cert-file={}", folder.file("pki/front-proxy.crt").display()),
        format!("--proxy-client-key-file={}", folder.file("pki/front-proxy.key").display()),
        format!("--audit-log-path={}", folder.file("audit.log").display()),
        // Whoever presses Ctrl-C does not want to wait for a watch in another window.
        "--shutdown-grace-period=1s".to_owned(),
    ];
    let command = GatewayArgs::augment_args(Command::new("gateway")).no_binary_name(true);
    let matches = command.try_get_matches_from(flags)?;
    let arguments = GatewayArgs::from_arg_matches(&matches)?;
    let environment = Environment { now: jiff::Timestamp::now() };
    let (configuration, _notes) = arguments.resolve(&environment)?;
    Ok(configuration)
}

/// An address on loopback that nobody listens at.
fn free_address(port: u16) -> anyhow::Result<SocketAddr> {
    let wanted = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let probe = TcpListener::bind(wanted).with_context(|| {
        format!("cannot listen at {wanted}: is something else there? --port names another port")
    })?;
    Ok(probe.local_addr()?)
}

const LONG: &str = "\
Start a Kubernetes API with the gateway in front of it, all on loopback, with certificates and three kubeconfigs (admin, developer, \
viewer), and say what to try next. Ctrl-C stops it.

The API is a small sandbox inside this binary, unless KUBEBUILDER_ASSETS names a folder with etcd and kube-apiserver: then those are \
started. Everything is in one folder, which --clean removes.";
