//! A running sandbox: started from certificates, ended by its owner.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use pki::{Fault, Issued};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::server::danger::ClientCertVerifier;
use rustls::{RootCertStore, ServerConfig};
use thiserror::Error;
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use crate::options::Options;
use crate::server::{self, Door};
use crate::world::World;
use crate::{controller, seed};

/// What a sandbox is started from.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where it listens: a loopback address; port 0 for any that is free.
    pub address: SocketAddr,
    /// The server's certificate and key.
    pub identity: Issued,
    /// Whose client certificates are known, in PEM: the common name is the user, organizations are
    /// the groups.
    pub clients: String,
    /// Whose client certificates may say in `X-Remote-*` headers who asks, in PEM.
    pub front_proxies: Option<String>,
    /// Objects to begin with beside the built-in ones, as YAML documents. They are checked as any
    /// object is, but nobody is asked whether they may.
    pub manifests: String,
    /// The limits.
    pub options: Options,
}

/// Why a sandbox does not start.
#[derive(Debug, Error)]
pub enum StartError {
    /// Everybody who reaches a sandbox may try certificates on it; only this machine may.
    #[error("the address {0} is not a loopback address")]
    NotLoopback(SocketAddr),
    /// The certificate or key cannot be used, or an authority is none.
    #[error("the {0} cannot be used")]
    Certificate(&'static str, #[source] Box<dyn std::error::Error + Send + Sync>),
    /// Were it so, every client could pass for a front proxy.
    #[error("an authority of clients is an authority of front proxies as well")]
    SharedAuthority,
    /// A manifest is no object, or one that is refused.
    #[error("manifest {number}: {problem}")]
    Manifest {
        /// Which document, from 1.
        number: usize,
        /// What is wrong with it.
        problem: String,
    },
    /// The address is taken, or not ours.
    #[error("cannot listen on {0}")]
    Listen(SocketAddr, #[source] io::Error),
}

/// A Kubernetes API on loopback. Dropping it ends it at once, [`Sandbox::shutdown`] in good order.
#[derive(Debug)]
pub struct Sandbox {
    address: SocketAddr,
    world: Arc<World>,
}

impl Sandbox {
    /// Starts to listen. What the sandbox holds is there when this returns, pods running.
    pub async fn start(settings: Settings) -> Result<Self, StartError> {
        if !settings.address.ip().is_loopback() {
            return Err(StartError::NotLoopback(settings.address));
        }
        let door = door(&settings)?;
        let world = Arc::new(World::new(settings.options));
        seed::plant(&world, &settings.manifests)?;
        let cannot = |error| StartError::Listen(settings.address, error);
        let listener = TcpListener::bind(settings.address).await.map_err(cannot)?;
        let address = listener.local_addr().map_err(cannot)?;
        world.sessions.spawn(server::run(listener, door, Arc::clone(&world)));
        world.sessions.spawn(controller::run(Arc::clone(&world)));
        Ok(Self { address, world })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Stops listening, ends watches and sessions, and waits for requests under way, but no longer
    /// than [`Options::grace`].
    pub async fn shutdown(self) {
        self.world.stop.cancel();
        self.world.sessions.close();
        let ended = self.world.sessions.wait();
        if tokio::time::timeout(self.world.options.grace, ended).await.is_err() {
            tracing::warn!("Connections to the sandbox were still open at its end.");
        }
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.world.stop.cancel();
    }
}

fn door(settings: &Settings) -> Result<Door, StartError> {
    let clients = authorities("client authority", &settings.clients)?;
    let fronts = settings.front_proxies.as_deref();
    let fronts = fronts.map(|pem| authorities("front-proxy authority", pem)).transpose()?;
    if fronts.iter().flatten().any(|front| clients.contains(front)) {
        return Err(StartError::SharedAuthority);
    }
    let front = fronts.as_deref().map(|fronts| verifier(fronts)).transpose()?;
    let all: Vec<_> = clients.into_iter().chain(fronts.into_iter().flatten()).collect();
    let tls = ServerConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .map_err(|error| unusable("server certificate", error))?
        .with_client_cert_verifier(verifier(&all)?);
    let chain = CertificateDer::pem_slice_iter(settings.identity.certificate.as_bytes())
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| unusable("server certificate", error))?;
    let key = PrivateKeyDer::from_pem_slice(settings.identity.key.expose().as_bytes())
        .map_err(|error| unusable("server key", error))?;
    let mut tls =
        tls.with_single_cert(chain, key).map_err(|error| unusable("server certificate", error))?;
    tls.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(Door { tls: TlsAcceptor::from(Arc::new(tls)), front })
}

fn authorities(what: &'static str, pem: &str) -> Result<Vec<CertificateDer<'static>>, StartError> {
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem.as_bytes()).collect();
    let found = found.map_err(|error| unusable(what, error))?;
    if found.is_empty() { Err(unusable(what, Fault::NoCertificate)) } else { Ok(found) }
}

/// Certificates of these authorities are taken, and so is none at all.
fn verifier(
    authorities: &[CertificateDer<'static>],
) -> Result<Arc<dyn ClientCertVerifier>, StartError> {
    let mut roots = RootCertStore::empty();
    for authority in authorities {
        roots.add(authority.clone()).map_err(|error| unusable("client authority", error))?;
    }
    WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider())
        .allow_unauthenticated()
        .build()
        .map_err(|error| unusable("client authority", error))
}

fn provider() -> Arc<rustls::crypto::CryptoProvider> {
    Arc::new(rustls::crypto::aws_lc_rs::default_provider())
}

fn unusable(
    what: &'static str,
    error: impl std::error::Error + Send + Sync + 'static,
) -> StartError {
    StartError::Certificate(what, Box::new(error))
}
