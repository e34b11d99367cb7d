//! A way to a port on loopback that can be cut and mended.

use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

/// Relays connections; dropping it ends them.
pub(crate) struct Proxy {
    port: u16,
    to: u16,
    relay: JoinHandle<()>,
}

impl Proxy {
    pub(crate) async fn to(to: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        Self { port, to, relay: tokio::spawn(relay(listener, to)) }
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Ends all connections and takes no new ones.
    pub(crate) fn cut(&self) {
        self.relay.abort();
    }

    /// Takes connections again.
    pub(crate) async fn mend(&mut self) {
        let listener = TcpListener::bind(("127.0.0.1", self.port)).await.unwrap();
        self.relay = tokio::spawn(relay(listener, self.to));
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.relay.abort();
    }
}

async fn relay(listener: TcpListener, to: u16) {
    let mut connections = JoinSet::new();
    loop {
        let (mut client, _) = listener.accept().await.unwrap();
        connections.spawn(async move {
            let mut server = TcpStream::connect(("127.0.0.1", to)).await.unwrap();
            // Either side may go away, which is its own affair.
            let _bytes = tokio::io::copy_bidirectional(&mut client, &mut server).await;
        });
    }
}
