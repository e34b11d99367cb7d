//! Ending a connection so that the peer cannot take it for an orderly end.

use std::time::Duration;

use hyper_util::rt::TokioIo;
use socket2::SockRef;
use tokio::net::TcpStream;
use tokio_rustls::{TlsStream, client, server};

/// What can be ended by a reset.
pub(crate) trait Abort {
    /// The peer sees a reset, as soon as this is dropped. Where that cannot be had, it sees an end
    /// without TLS's farewell.
    fn abort(&mut self);
}

impl Abort for TcpStream {
    fn abort(&mut self) {
        // What is not sent yet is thrown away, and the peer is reset instead of told goodbye.
        if let Err(error) = SockRef::from(&*self).set_linger(Some(Duration::ZERO)) {
            tracing::debug!(%error, "A connection is closed instead of reset.");
        }
    }
}

impl<S: Abort> Abort for client::TlsStream<S> {
    fn abort(&mut self) {
        self.get_mut().0.abort();
    }
}

impl<S: Abort> Abort for server::TlsStream<S> {
    fn abort(&mut self) {
        self.get_mut().0.abort();
    }
}

impl<S: Abort> Abort for TlsStream<S> {
    fn abort(&mut self) {
        match self {
            Self::Client(stream) => stream.abort(),
            Self::Server(stream) => stream.abort(),
        }
    }
}

impl<S: Abort> Abort for TokioIo<S> {
    fn abort(&mut self) {
        self.inner_mut().abort();
    }
}

/// The socket within is not known; to drop it has to do.
impl Abort for hyper::upgrade::Upgraded {
    fn abort(&mut self) {}
}
