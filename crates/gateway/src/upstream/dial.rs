//! New connections: the name's address, TCP, TLS, each within its time.

use std::fmt::{self, Debug, Formatter};
use std::io;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use rustls::ClientConfig;
use rustls_pki_types::ServerName;
use socket2::{SockRef, TcpKeepalive};
use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::bounds::Bounds;
use super::failure::{Cause, Failure, Step};

/// A connection to the upstream, before anything was said on it.
pub(super) type Socket = TlsStream<TcpStream>;

/// What a connection is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// Requests: HTTP/2 if the upstream offers it.
    Requests,
    /// One upgrade, which only HTTP/1.1 has.
    Upgrade,
}

/// Makes connections to the one upstream.
pub(super) struct Dialler {
    host: String,
    port: u16,
    server_name: ServerName<'static>,
    tls: ArcSwap<Tls>,
    bounds: Arc<Bounds>,
}

struct Tls {
    requests: Arc<ClientConfig>,
    upgrade: Arc<ClientConfig>,
}

impl Dialler {
    pub(super) fn new(
        (host, port): (String, u16),
        server_name: ServerName<'static>,
        tls: &ClientConfig,
        bounds: Arc<Bounds>,
    ) -> Self {
        Self { host, port, server_name, tls: ArcSwap::from_pointee(Tls::new(tls)), bounds }
    }

    /// The next connections use another identity or another trust.
    pub(super) fn replace_tls(&self, tls: &ClientConfig) {
        self.tls.store(Arc::new(Tls::new(tls)));
    }

    pub(super) async fn dial(&self, purpose: Purpose) -> Result<Socket, Failure> {
        let tcp = timeout(self.bounds.connect, self.connect())
            .await
            .map_err(|_elapsed| Failure::TimedOut(Step::Connect))?
            .map_err(not_connected)?;
        let tls = self.tls.load().for_purpose(purpose);
        let handshake = TlsConnector::from(tls).connect(self.server_name.clone(), tcp);
        timeout(self.bounds.handshake, handshake)
            .await
            .map_err(|_elapsed| Failure::TimedOut(Step::Handshake))?
            .map_err(|error| Failure::of_io(error, Failure::Unreachable))
    }

    async fn connect(&self) -> io::Result<TcpStream> {
        let addresses: Vec<_> = lookup_host((self.host.as_str(), self.port)).await?.collect();
        let share = self.bounds.connect / u32::try_from(addresses.len().max(1)).unwrap_or(u32::MAX);
        let mut problem = io::Error::other("the name has no address");
        for address in addresses {
            match timeout(share, TcpStream::connect(address)).await {
                Ok(Ok(socket)) => {
                    socket.set_nodelay(true)?;
                    SockRef::from(&socket).set_tcp_keepalive(&keepalive())?;
                    return Ok(socket);
                }
                Ok(Err(error)) => problem = error,
                Err(_elapsed) => problem = io::ErrorKind::TimedOut.into(),
            }
        }
        Err(problem)
    }
}

impl Debug for Dialler {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "Dialler({}:{})", self.host, self.port)
    }
}

impl Tls {
    fn new(tls: &ClientConfig) -> Self {
        let with = |protocols: &[&[u8]]| {
            let mut tls = tls.clone();
            tls.alpn_protocols = protocols.iter().map(|name| name.to_vec()).collect();
            Arc::new(tls)
        };
        Self { requests: with(&[b"h2", b"http/1.1"]), upgrade: with(&[b"http/1.1"]) }
    }

    fn for_purpose(&self, purpose: Purpose) -> Arc<ClientConfig> {
        Arc::clone(match purpose {
            Purpose::Requests => &self.requests,
            Purpose::Upgrade => &self.upgrade,
        })
    }
}

fn not_connected(error: io::Error) -> Failure {
    if error.kind() == io::ErrorKind::TimedOut {
        Failure::TimedOut(Step::Connect)
    } else {
        Failure::Unreachable(Cause::new(error))
    }
}

/// Upgraded connections may be silent for hours and have no pings: the kernel notices a dead peer.
fn keepalive() -> TcpKeepalive {
    TcpKeepalive::new()
        .with_time(Duration::from_secs(30))
        .with_interval(Duration::from_secs(10))
        .with_retries(3)
}
