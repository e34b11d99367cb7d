//! A folder with everything a gateway needs, to start from and to spoil.

use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use clap::Parser;
use config::{Environment, Gateway, GatewayArgs, Mistakes, Note};
use pki::{Authority, Issued, Kubeconfig, Validity};
use tempfile::TempDir;

/// Flags that make a gateway, and the files they name.
pub(crate) struct Sound {
    pub(crate) folder: TempDir,
    pub(crate) authority: Authority,
    flags: Vec<(String, String)>,
}

#[derive(Parser)]
#[command(name = "ravelin gateway", about = "The front door of a cluster.", term_width = 100)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) gateway: GatewayArgs,
}

/// The time that everything is judged at: 2026-12-01.
pub(crate) fn environment() -> Environment {
    Environment { now: NOW.parse().unwrap() }
}

/// From some days after [`environment`]'s time until some days after.
pub(crate) fn days(from: i64, until: i64) -> Validity {
    let at = |days: i64| {
        let now: SystemTime = environment().now.into();
        let distance = Duration::from_secs(days.unsigned_abs() * 24 * 60 * 60);
        if days < 0 { now - distance } else { now + distance }
    };
    Validity::new(at(from), at(until)).unwrap()
}

impl Sound {
    pub(crate) fn new() -> Self {
        let authority = Authority::new("demo-ca", days(-1, 3650)).unwrap();
        let folder = TempDir::new().unwrap();
        let mut sound = Self { folder, authority, flags: Vec::new() };
        let server = sound.authority.server(&["gateway.example.org", "10.0.0.1"], days(-1, 90));
        sound.certificate("gateway", &server.unwrap());
        let client = sound.authority.client("ravelin", &[], days(-1, 90)).unwrap();
        let kubeconfig = Kubeconfig {
            cluster: "demo",
            server: "https://10.0.0.7:6443",
            authority: sound.authority.certificate(),
            user: "ravelin",
            credential: &client,
            namespace: "default",
        };
        let text = kubeconfig.text().to_string();
        sound.set_file("kubeconfig", "upstream.kubeconfig", &text);
        let ca = sound.authority.certificate().to_owned();
        sound.set_file("client-ca-file", "clients.crt", &ca);
        sound.set("tls-cert-file", &sound.path("gateway.crt"));
        sound.set("tls-private-key-file", &sound.path("gateway.key"));
        sound
    }

    /// Writes `NAME.crt` and `NAME.key`.
    pub(crate) fn certificate(&self, name: &str, issued: &Issued) {
        self.file(&format!("{name}.crt"), &issued.certificate);
        let key = self.file(&format!("{name}.key"), issued.key.expose());
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o600);
        std::fs::set_permissions(key, mode).unwrap();
    }

    /// Writes a file; its path.
    pub(crate) fn file(&self, name: &str, text: impl AsRef<[u8]>) -> String {
        let path = self.folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
        self.path(name)
    }

    pub(crate) fn path(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    /// Gives a flag one value, instead of those it has.
    pub(crate) fn set(&mut self, flag: &str, value: &str) -> &mut Self {
        self.unset(flag).add(flag, value)
    }

    /// Gives a flag one more value.
    pub(crate) fn add(&mut self, flag: &str, value: &str) -> &mut Self {
        self.flags.push((flag.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn unset(&mut self, flag: &str) -> &mut Self {
        self.flags.retain(|(given, _)| given != flag);
        self
    }

    /// As [`Sound::set`], to a file with this text.
    pub(crate) fn set_file(&mut self, flag: &str, name: &str, text: impl AsRef<[u8]>) -> &mut Self {
        let path = self.file(name, text);
        self.set(flag, &path)
    }

    pub(crate) fn arguments(&self) -> GatewayArgs {
        let flags = self.flags.iter().map(|(flag, value)| format!("--{flag}={value}"));
        let words = std::iter::once("ravelin".to_owned()).chain(flags);
        Cli::try_parse_from(words).unwrap().gateway
    }

    pub(crate) fn resolve(&self) -> Result<(Gateway, Vec<Note>), Mistakes> {
        self.arguments().resolve(&environment())
    }

    pub(crate) fn gateway(&self) -> Gateway {
        self.resolve().unwrap_or_else(|mistakes| panic!("{mistakes}")).0
    }

    /// A text without the folder's name, which changes from run to run.
    pub(crate) fn told(&self, text: &str) -> String {
        text.replace(&PathBuf::from(self.folder.path()).display().to_string(), "DIR")
    }
}

const NOW: &str = "2026-12-01T00:00:00Z";
