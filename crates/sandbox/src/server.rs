//! The listener: TLS, then HTTP/1.1 or HTTP/2, for so many connections at once.

use std::convert::Infallible;
use std::sync::Arc;

use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use rustls::server::danger::ClientCertVerifier;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;

use crate::caller::Peer;
use crate::request;
use crate::world::World;

/// How connections are made safe, and whose they are.
#[derive(Clone)]
pub(crate) struct Door {
    pub(crate) tls: TlsAcceptor,
    /// Knows the front-proxy authority alone.
    pub(crate) front: Option<Arc<dyn ClientCertVerifier>>,
}

/// Accepts until the world stops; every connection has a task of its own among its sessions.
pub(crate) async fn run(listener: TcpListener, door: Door, world: Arc<World>) {
    let room = Arc::new(Semaphore::new(world.options.connections));
    loop {
        let accepted = async {
            let permit = Arc::clone(&room).acquire_owned().await.ok()?;
            Some((listener.accept().await, permit))
        };
        let (accepted, permit) = tokio::select! {
            () = world.stop.cancelled() => return,
            accepted = accepted => match accepted {
                Some(accepted) => accepted,
                None => return,
            },
        };
        match accepted {
            Ok((socket, _)) => {
                let serving = serve(socket, door.clone(), Arc::clone(&world), permit);
                world.sessions.spawn(serving);
            }
            Err(error) => {
                // Out of file handles, or the client left at once; neither ends the listener.
                tracing::warn!(%error, "The sandbox could not accept a connection.");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

async fn serve(socket: TcpStream, door: Door, world: Arc<World>, permit: OwnedSemaphorePermit) {
    let patience = world.options.patience;
    let Ok(Ok(socket)) = timeout(patience, door.tls.accept(socket)).await else { return };
    let peer = Arc::new(Peer::of(socket.get_ref().1.peer_certificates(), door.front.as_ref()));
    let service = service_fn(|request: hyper::Request<Incoming>| {
        let answer = request::answer(Arc::clone(&world), Arc::clone(&peer), request);
        async move { Ok::<_, Infallible>(answer.await) }
    });
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(patience);
    builder.http2().timer(TokioTimer::new()).max_concurrent_streams(STREAMS);
    let connection = builder.serve_connection_with_upgrades(TokioIo::new(socket), service);
    let mut connection = std::pin::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = world.stop.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(error, "A connection to the sandbox broke.");
    }
    drop(permit);
}

/// As many as kube-apiserver allows.
const STREAMS: u32 = 100;
const PAUSE: std::time::Duration = std::time::Duration::from_millis(100);
