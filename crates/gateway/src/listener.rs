//! The front of the front door: connections are accepted, counted, and shaken hands with, each in a
//! task of its own, so that no client waits for another's handshake.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;
use flow::{PeerRefusal, Slot, TrustedProxies};
use rustls::ServerConfig;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::gate::Gate;

mod connection;
mod proxied;
mod tls;

pub use tls::server_config;

/// What a connection may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// For a PROXY header, and for the TLS handshake.
    pub handshake: Duration,
    /// For the head of a request. kube-apiserver gives 32 s.
    pub head: Duration,
    /// For requests under way when the gateway stops.
    pub grace: Duration,
    /// Requests at a time on one HTTP/2 connection.
    pub streams: u32,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            handshake: Duration::from_secs(10),
            head: Duration::from_secs(32),
            grace: Duration::from_secs(30),
            streams: 100,
        }
    }
}

/// Listens for clients.
pub struct Listener {
    /// The socket.
    pub socket: TcpListener,
    /// The certificate that is shown, and the TLS that is spoken. Swapped when the files change.
    pub tls: Arc<ArcSwap<ServerConfig>>,
    /// What every request goes through.
    pub gate: Arc<Gate>,
    /// The load balancers that write PROXY headers, if any are expected.
    pub proxy_headers: Option<TrustedProxies>,
    /// What a connection may take.
    pub bounds: Bounds,
}

/// Ends a listener: no more connections, answers under way are finished within the grace time.
#[derive(Debug, Clone, Default)]
pub struct Shutdown(CancellationToken);

impl Shutdown {
    /// Begins the end.
    pub fn begin(&self) {
        self.0.cancel();
    }
}

impl Listener {
    /// Serves until `shutdown` begins, and returns when all requests have ended, or are cut because
    /// the grace time is over.
    pub async fn serve(self, shutdown: Shutdown) {
        let Self { socket, tls, gate, proxy_headers, bounds } = self;
        let front = Arc::new(Front { tls, gate, proxy_headers, bounds });
        let (tasks, cut) = (TaskTracker::new(), CancellationToken::new());
        while let Some((stream, address)) = next(&socket, &shutdown.0).await {
            match front.gate.peers.accept() {
                Ok(slot) => {
                    let ending = shutdown.0.clone();
                    let greeted = Arc::clone(&front).greet(stream, address, slot, ending);
                    let cut = cut.clone();
                    tasks.spawn(async move {
                        tokio::select! {
                            () = greeted => {}
                            () = cut.cancelled() => {}
                        }
                    });
                }
                Err(refusal) => front.turn_away(&refusal),
            }
        }
        // Whoever comes now is refused at once, and does not wait to be let in by nobody.
        drop(socket);
        tasks.close();
        if tokio::time::timeout(bounds.grace, front.all_ended(&tasks)).await.is_err() {
            tracing::warn!("Connections are cut: the grace time of the shutdown is over.");
            front.gate.streams.cancel_all();
            cut.cancel();
            if tokio::time::timeout(LONGEST_CUT, front.all_ended(&tasks)).await.is_err() {
                tracing::error!("Some requests do not end, and their records are not complete.");
            }
        }
    }
}

/// What every connection goes through.
struct Front {
    tls: Arc<ArcSwap<ServerConfig>>,
    gate: Arc<Gate>,
    proxy_headers: Option<TrustedProxies>,
    bounds: Bounds,
}

async fn next(socket: &TcpListener, ending: &CancellationToken) -> Option<(TcpStream, SocketAddr)> {
    loop {
        let accepted = tokio::select! {
            () = ending.cancelled() => return None,
            accepted = socket.accept() => accepted,
        };
        match accepted {
            Ok(accepted) => return Some(accepted),
            Err(problem) => {
                // Out of file descriptors, most likely; those in use will be given back.
                tracing::error!(%problem, "A connection cannot be accepted.");
                tokio::time::sleep(BETWEEN_ACCEPTS).await;
            }
        }
    }
}

impl Front {
    /// Ready when no connection is open and no request is under way: upgraded connections, and
    /// streams of HTTP/2, end apart from the connection they came on.
    async fn all_ended(&self, connections: &TaskTracker) {
        connections.wait().await;
        while self.gate.metrics.under_way() > 0 {
            tokio::time::sleep(BETWEEN_LOOKS).await;
        }
    }

    /// Takes a connection from its first byte to its last.
    async fn greet(
        self: Arc<Self>,
        mut stream: TcpStream,
        address: SocketAddr,
        slot: Slot,
        ending: CancellationToken,
    ) {
        // Small answers must not wait for the client's acknowledgement of earlier ones.
        if stream.set_nodelay(true).is_err() {
            return;
        }
        let source = match self.source(&mut stream, address).await {
            Ok(source) => source,
            Err(problem) => {
                tracing::debug!(peer = %address, problem, "A connection has no proper PROXY header.");
                return self.gate.metrics.connection_refused("proxy-header");
            }
        };
        let admitted = match self.gate.peers.admit(slot, source.ip(), Instant::now()) {
            Ok(admitted) => admitted,
            Err(refusal) => return self.turn_away(&refusal),
        };
        let Some(stream) = self.shake_hands(stream, source).await else { return };
        self.gate.metrics.connections.inc();
        let client = (source, admitted);
        connection::serve(&self.gate, stream, client, self.bounds, ending).await;
        self.gate.metrics.connections.dec();
    }

    /// Where the connection comes from.
    async fn source(
        &self,
        stream: &mut TcpStream,
        peer: SocketAddr,
    ) -> Result<SocketAddr, &'static str> {
        match &self.proxy_headers {
            Some(proxies) if proxies.trusts(peer.ip()) => {
                let read =
                    tokio::time::timeout(self.bounds.handshake, proxied::source(stream, peer));
                read.await.unwrap_or(Err("it did not come in time"))
            }
            Some(_) => Err("the peer is no trusted proxy"),
            None => Ok(peer),
        }
    }

    async fn shake_hands(
        &self,
        stream: TcpStream,
        source: SocketAddr,
    ) -> Option<TlsStream<TcpStream>> {
        let acceptor = TlsAcceptor::from(self.tls.load_full());
        let outcome = tokio::time::timeout(self.bounds.handshake, acceptor.accept(stream)).await;
        let problem = match outcome {
            Ok(Ok(stream)) => return Some(stream),
            Ok(Err(problem)) => problem.to_string(),
            Err(_elapsed) => "it took too long".to_owned(),
        };
        self.gate.metrics.failed_handshakes.inc();
        tracing::debug!(client = %source, problem, "A TLS handshake failed.");
        None
    }

    fn turn_away(&self, refusal: &PeerRefusal) {
        self.gate.metrics.connection_refused(match refusal {
            PeerRefusal::Total => "total",
            PeerRefusal::Connections => "address",
            PeerRefusal::Handshakes(_) => "handshakes",
            PeerRefusal::FailedLogins(_) => "failed-logins",
        });
    }
}

const BETWEEN_ACCEPTS: Duration = Duration::from_millis(100);
const BETWEEN_LOOKS: Duration = Duration::from_millis(20);
/// For the records of what is cut.
const LONGEST_CUT: Duration = Duration::from_secs(5);
