//! How a cluster is reached, and who the gateway is there: a kubeconfig, kept fresh.
//!
//! Certificate, key, authority and token files are read again while they are in use, and a
//! credential plugin is run again before what it printed expires. A file that cannot be used
//! leaves what it held before in use.

mod credential;
mod exec;
mod kubeconfig;
mod material;
mod reload;
mod server;
pub(crate) mod transport;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use http::HeaderValue;
use kube::Client;
use rustls::ClientConfig;
use secrecy::{ExposeSecret as _, SecretSlice};
use tokio::sync::watch;

use self::credential::{Credential, Keeper};
use self::kubeconfig::{CredentialSource, Found};
use self::material::Material;
use self::reload::{Take, Watched};
pub use self::server::Server;
use self::transport::Transport;
use crate::ClusterError;
use crate::task::Task;
use crate::tls::{self, Identity, Trust};

/// Access to one cluster. Clones share everything; what keeps it fresh ends with the last one.
#[derive(Clone)]
pub struct Access(Arc<Inner>);

struct Inner {
    server: Server,
    trust: Arc<Trust>,
    identity: Option<Arc<Identity>>,
    tls: ClientConfig,
    credential: Arc<Credential>,
    changes: watch::Sender<u64>,
    pace: Pace,
    /// What keeps the files and the credential fresh.
    tasks: Mutex<Vec<Task>>,
}

impl Access {
    /// The current context of a kubeconfig file. Reads files, so it blocks for a moment; must be
    /// called on a Tokio runtime, which keeps them fresh. A credential plugin is not run before a
    /// credential is needed.
    pub fn from_kubeconfig(path: &Path) -> Result<Self, ClusterError> {
        Self::start(kubeconfig::find(path)?, PACE)
    }

    /// Where the cluster is.
    pub fn server(&self) -> &Server {
        &self.0.server
    }

    /// TLS to the cluster as the kubeconfig's user. Changed files count from the next handshake on;
    /// see [`changes`](Self::changes) for the connections there are. No protocol is negotiated
    /// until the caller names some.
    pub fn tls(&self) -> ClientConfig {
        self.0.tls.clone()
    }

    /// TLS to the cluster, which is believed as in [`tls`](Self::tls), as the holder of another
    /// client certificate.
    pub fn tls_as(&self, certificate: &[u8], key: &[u8]) -> Result<ClientConfig, ClusterError> {
        let identity = Identity::of(certificate, key, "the client certificate")?;
        tls::client(Arc::clone(&self.0.trust), Some(Arc::new(identity)))
    }

    /// As [`tls_as`](Self::tls_as), with files that are read again when they change. Blocks for a
    /// moment; must be called on a Tokio runtime.
    pub fn tls_as_files(
        &self,
        certificate: PathBuf,
        key: PathBuf,
    ) -> Result<ClientConfig, ClusterError> {
        let (certificate, key) = (Material::File(certificate), Material::File(key));
        let (identity, watched) = identity(certificate, key)?;
        let config = tls::client(Arc::clone(&self.0.trust), Some(identity))?;
        self.0.keep(watched);
        Ok(config)
    }

    /// The `Authorization` header the cluster knows the gateway by, marked as sensitive; `None`
    /// where its client certificate says who it is. Ask anew for each request: it costs nothing,
    /// save when a credential plugin has to run first, which is waited for a minute at most.
    pub async fn authorization(&self) -> Result<Option<HeaderValue>, ClusterError> {
        self.0.credential.header().await
    }

    /// Tells that the cluster answered 401 to the gateway's own credential, which was `shown`, so
    /// that a plugin is asked for another one. Cheap; repetitions cost nothing.
    pub fn credential_refused(&self, shown: Option<&HeaderValue>) {
        self.0.credential.refused(shown);
    }

    /// Counts the changes of certificates and authorities. Connections made before the last change
    /// belong to an identity that may end soon: open new ones, and close those when they are idle.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.0.changes.subscribe()
    }

    /// A client for the gateway's own calls. Must be called on a Tokio runtime.
    pub fn client(&self) -> Client {
        Client::new(Transport::new(self.clone()), "default")
    }

    fn start(found: Found, pace: Pace) -> Result<Self, ClusterError> {
        let changes = watch::Sender::new(0);
        let mut watched = Vec::new();
        let trust = match found.authorities {
            None => Arc::new(Trust::platform()?),
            Some(bundle) => trust(bundle, &mut watched)?,
        };
        let mut own = None;
        if let Some((certificate, key)) = found.identity {
            let (identity, files) = identity(certificate, key)?;
            watched.push(files);
            own = Some(identity);
        }
        let mut tasks = Vec::new();
        let credential = match found.credential {
            CredentialSource::Nowhere => Arc::new(Credential::none()),
            CredentialSource::Token(material) => token(material, &mut watched)?,
            CredentialSource::Plugin(plugin) => {
                let credential = Arc::new(Credential::unknown());
                let identity = own.get_or_insert_with(|| Arc::new(Identity::unknown()));
                let (identity, changes) = (Arc::clone(identity), changes.clone());
                let keeper = Keeper { plugin, identity, changes, apart: pace.apart };
                tasks.push(Task::start(keeper.keep(Arc::clone(&credential))));
                credential
            }
        };
        let tls = tls::client(Arc::clone(&trust), own.clone())?;
        let inner = Inner {
            server: found.server,
            trust,
            identity: own,
            tls,
            credential,
            changes,
            pace,
            tasks: Mutex::new(tasks),
        };
        for files in watched {
            inner.keep(files);
        }
        Ok(Self(Arc::new(inner)))
    }
}

impl Inner {
    fn keep(&self, watched: Watched) {
        if watched.can_change() {
            let task = Task::start(watched.keep(self.pace.look, self.changes.clone()));
            self.tasks.lock().unwrap_or_else(PoisonError::into_inner).push(task);
        }
    }
}

impl fmt::Debug for Access {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Access")
            .field("server", &self.0.server)
            .field("identity", &self.0.identity)
            .finish_non_exhaustive()
    }
}

fn trust(bundle: Material, watched: &mut Vec<Watched>) -> Result<Arc<Trust>, ClusterError> {
    let (contents, origin) = ([bundle.read()?], bundle.origin());
    let trust = Arc::new(Trust::bundle(part(&contents, 0), &origin)?);
    watched.push(Watched::new(vec![bundle], &contents, Arc::<Trust>::clone(&trust)));
    Ok(trust)
}

fn identity(
    certificate: Material,
    key: Material,
) -> Result<(Arc<Identity>, Watched), ClusterError> {
    let (contents, files) = ([certificate.read()?, key.read()?], vec![certificate, key]);
    let identity = Arc::new(Identity::unknown());
    identity.take(&contents, &reload::origin(&files))?;
    let watched = Watched::new(files, &contents, Arc::<Identity>::clone(&identity));
    Ok((identity, watched))
}

fn token(material: Material, watched: &mut Vec<Watched>) -> Result<Arc<Credential>, ClusterError> {
    let contents = [material.read()?];
    let credential = Arc::new(Credential::unknown());
    credential.take(&contents, &material.origin())?;
    let files = Watched::new(vec![material], &contents, Arc::<Credential>::clone(&credential));
    watched.push(files.uncounted());
    Ok(credential)
}

impl Take for Trust {
    fn take(&self, contents: &[SecretSlice<u8>], origin: &str) -> Result<(), ClusterError> {
        self.replace(part(contents, 0), origin)
    }
}

impl Take for Identity {
    fn take(&self, contents: &[SecretSlice<u8>], origin: &str) -> Result<(), ClusterError> {
        self.replace(part(contents, 0), part(contents, 1), origin)
    }
}

impl Take for Credential {
    fn take(&self, contents: &[SecretSlice<u8>], _origin: &str) -> Result<(), ClusterError> {
        self.replace(part(contents, 0))
    }
}

fn part(contents: &[SecretSlice<u8>], number: usize) -> &[u8] {
    contents.get(number).map_or(&[], |part| part.expose_secret())
}

/// How often what may have changed is looked at.
#[derive(Debug, Clone, Copy)]
struct Pace {
    /// How often files are.
    look: Duration,
    /// How long at least two runs of a plugin that the cluster's refusals ask for are apart.
    apart: Duration,
}

const PACE: Pace = Pace { look: Duration::from_secs(10), apart: Duration::from_secs(10) };

#[cfg(test)]
mod tests;
