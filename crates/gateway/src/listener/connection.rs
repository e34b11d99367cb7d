//! One client's connection: HTTP/1.1 or HTTP/2, as agreed in the handshake.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use authn::PeerCertificates;
use futures::FutureExt as _;
use http::Request;
use hyper::body::Incoming;
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tokio_rustls::server::TlsStream;
use tokio_util::sync::CancellationToken;

use super::Bounds;
use crate::chain;
use crate::gate::Gate;
use crate::peer::Peer;

/// Serves a connection until it ends. When `ending` is told, answers under way are finished.
pub(super) async fn serve(
    gate: &Arc<Gate>,
    stream: TlsStream<TcpStream>,
    (source, admitted): (SocketAddr, flow::Connection),
    bounds: Bounds,
    ending: CancellationToken,
) {
    let (_, session) = stream.get_ref();
    let is_http2 = session.alpn_protocol() == Some(b"h2");
    let chain = session.peer_certificates().filter(|chain| !chain.is_empty());
    let certificates = chain.map(|chain| {
        PeerCertificates::new(chain.iter().map(|one| one.clone().into_owned()).collect())
    });
    let peer = Peer { address: source.ip(), certificates, admitted, closing: Notify::new() };
    let peer = Arc::new(peer);
    let service = service_fn({
        let (gate, peer) = (Arc::clone(gate), Arc::clone(&peer));
        move |request: Request<Incoming>| {
            // Large, and in its own place only while it runs: a connection whose answer is under
            // way, such as a watch, is without.
            chain::serve(Arc::clone(&gate), Arc::clone(&peer), request)
                .map(Ok::<_, Infallible>)
                .boxed()
        }
    });
    let io = TokioIo::new(stream);
    let outcome = if is_http2 {
        // In its own place, so that a connection of HTTP/1.1 has no room for it.
        let mut connection = Box::pin(http2_builder(bounds).serve_connection(io, service));
        tokio::select! {
            outcome = connection.as_mut() => outcome,
            () = told(&peer, &ending) => {
                connection.as_mut().graceful_shutdown();
                connection.await
            }
        }
    } else {
        let connection = http1_builder(bounds).serve_connection(io, service).with_upgrades();
        let mut connection = pin!(connection);
        tokio::select! {
            outcome = connection.as_mut() => outcome,
            () = told(&peer, &ending) => {
                connection.as_mut().graceful_shutdown();
                connection.await
            }
        }
    };
    if let Err(problem) = outcome {
        tracing::debug!(client = %source, %problem, "A connection ended badly.");
    }
}

async fn told(peer: &Peer, ending: &CancellationToken) {
    tokio::select! {
        () = peer.closing.notified() => {}
        () = ending.cancelled() => {}
    }
}

fn http1_builder(bounds: Bounds) -> http1::Builder {
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(bounds.head).max_buf_size(LONGEST_HEAD);
    builder
}

fn http2_builder(bounds: Bounds) -> http2::Builder<TokioExecutor> {
    let mut builder = http2::Builder::new(TokioExecutor::new());
    builder
        .timer(TokioTimer::new())
        .max_concurrent_streams(bounds.streams)
        .initial_stream_window_size(STREAM_WINDOW)
        .initial_connection_window_size(CONNECTION_WINDOW)
        .max_header_list_size(LONGEST_HEADER_LIST)
        .max_send_buf_size(SEND_BUFFER)
        .keep_alive_interval(Some(PING_AFTER))
        .keep_alive_timeout(PING_TIMEOUT);
    builder
}

/// What one upload may have under way.
const STREAM_WINDOW: u32 = 256 << 10;
/// What all uploads of a connection may have under way.
const CONNECTION_WINDOW: u32 = 1 << 20;
/// What waits for a client that reads slowly, each stream.
const SEND_BUFFER: usize = 256 << 10;
/// Go's limit of 1 MiB would let a stranger hold that much for each connection.
const LONGEST_HEAD: usize = 256 << 10;
const LONGEST_HEADER_LIST: u32 = 256 << 10;
const PING_AFTER: Duration = Duration::from_secs(30);
const PING_TIMEOUT: Duration = Duration::from_secs(30);
