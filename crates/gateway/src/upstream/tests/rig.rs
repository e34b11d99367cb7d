//! A TLS server on loopback, and an upstream that trusts it.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use h2::RecvStream;
use h2::server::SendResponse;
use http::{Request, Response};
use http_body::Frame;
use http_body_util::BodyExt as _;
use rustls::crypto::aws_lc_rs;
use rustls::{ClientConfig, RootCertStore, ServerConfig};
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use crate::upstream::{
    Bounds, CertificateOnly, Credential, Failure, Lane, Settings, Upstream, UpstreamBody,
};

pub(super) type ServerSocket = TlsStream<TcpStream>;

/// A server that runs a script for every connection. Ends with the test.
pub(super) struct Server {
    pub(super) port: u16,
    pub(super) tls: ClientConfig,
    connections: Arc<AtomicUsize>,
}

impl Server {
    /// Connections whose TLS handshake was done so far.
    pub(super) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    pub(super) fn upstream(&self) -> Upstream {
        self.upstream_with(|_| {})
    }

    pub(super) fn upstream_with(&self, change: impl FnOnce(&mut Bounds)) -> Upstream {
        let mut settings = self.settings();
        change(&mut settings.bounds);
        Upstream::new(settings).unwrap()
    }

    pub(super) fn upstream_as(&self, credential: impl Credential + 'static) -> Upstream {
        Upstream::new(Settings { credential: Arc::new(credential), ..self.settings() }).unwrap()
    }

    pub(super) fn settings(&self) -> Settings {
        Settings {
            host: "127.0.0.1".to_owned(),
            port: self.port,
            server_name: "kubernetes".try_into().unwrap(),
            path_prefix: String::new(),
            tls: Arc::new(self.tls.clone()),
            credential: Arc::new(CertificateOnly),
            bounds: Bounds::default(),
        }
    }
}

/// Runs `script` with the number and the socket of each connection.
pub(super) async fn serve<F>(
    protocols: &[&str],
    script: impl Fn(usize, ServerSocket) -> F + Send + Sync + 'static,
) -> Server
where
    F: Future<Output = ()> + Send + 'static,
{
    let (certificate, key) = certificate();
    let acceptor = TlsAcceptor::from(Arc::new(server_config(&certificate, key, protocols)));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let connections = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&connections);
    tokio::spawn(async move {
        loop {
            let (socket, _) = listener.accept().await.unwrap();
            let Ok(socket) = acceptor.accept(socket).await else { continue };
            tokio::spawn(script(counted.fetch_add(1, Ordering::SeqCst), socket));
        }
    });
    Server { port, tls: client_config(&certificate), connections }
}

/// An HTTP/2 server of `streams` streams a connection that runs `handler` for each request.
pub(super) async fn serve_http2<F>(
    streams: u32,
    handler: impl Fn(usize, Request<RecvStream>, SendResponse<Bytes>) -> F + Send + Sync + 'static,
) -> Server
where
    F: Future<Output = ()> + Send + 'static,
{
    let handler = Arc::new(handler);
    serve(&["h2"], move |number, socket| {
        let handler = Arc::clone(&handler);
        async move {
            let mut builder = h2::server::Builder::new();
            builder.max_concurrent_streams(streams).initial_window_size(1 << 20);
            let Ok(mut connection) = builder.handshake::<_, Bytes>(socket).await else { return };
            while let Some(Ok((request, respond))) = connection.accept().await {
                tokio::spawn(handler(number, request, respond));
            }
        }
    })
    .await
}

/// Answers a request with 200 and a short body.
pub(super) fn answer(mut respond: SendResponse<Bytes>, body: impl Into<Bytes>) {
    if let Ok(mut stream) = respond.send_response(Response::new(()), false) {
        drop(stream.send_data(body.into(), true));
    }
}

/// What the client sent until it stopped.
pub(super) async fn read_all(mut body: RecvStream) -> Result<Vec<u8>, h2::Error> {
    let mut all = Vec::new();
    while let Some(chunk) = body.data().await {
        let chunk = chunk?;
        body.flow_control().release_capacity(chunk.len())?;
        all.extend_from_slice(&chunk);
    }
    Ok(all)
}

/// A body that nothing comes out of until the test says so.
pub(super) struct Fed(mpsc::UnboundedReceiver<Result<Bytes, io::Error>>);

pub(super) type Feed = mpsc::UnboundedSender<Result<Bytes, io::Error>>;

impl Fed {
    pub(super) fn new() -> (Feed, Self) {
        let (feed, receiver) = mpsc::unbounded_channel();
        (feed, Self(receiver))
    }
}

impl http_body::Body for Fed {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        self.0.poll_recv(context).map(|next| next.map(|data| data.map(Frame::data)))
    }
}

pub(super) fn get(path: &str) -> Request<http_body_util::Empty<Bytes>> {
    Request::get(path).body(http_body_util::Empty::new()).unwrap()
}

pub(super) fn post(body: Fed) -> Request<Fed> {
    Request::post("/api/v1/namespaces").body(body).unwrap()
}

/// A GET of the short lane, and all of its answer.
pub(super) async fn fetch(upstream: &Upstream, path: &str) -> Result<Bytes, Failure> {
    let answer = upstream.send(get(path), Lane::Short).await?;
    Ok(answer.into_body().collect().await.unwrap().to_bytes())
}

/// The next piece of a body.
pub(super) async fn piece(body: &mut UpstreamBody) -> Bytes {
    body.frame().await.unwrap().unwrap().into_data().unwrap()
}

/// Waits for what other tasks bring about.
pub(super) async fn until(holds: impl Fn() -> bool) {
    while !holds() {
        tokio::task::yield_now().await;
    }
}

/// Nothing in these tests takes as long, unless it hangs.
pub(super) async fn soon<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(20), future).await.expect("hangs")
}

pub(super) fn certificate() -> (CertificateDer<'static>, PrivateKeyDer<'static>) {
    let made = rcgen::generate_simple_self_signed(vec!["kubernetes".to_owned()]).unwrap();
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
    (made.cert.der().clone(), key)
}

pub(super) fn client_config(trusted: &CertificateDer<'static>) -> ClientConfig {
    let mut roots = RootCertStore::empty();
    roots.add(trusted.clone()).unwrap();
    ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth()
}

fn server_config(
    certificate: &CertificateDer<'static>,
    key: PrivateKeyDer<'static>,
    protocols: &[&str],
) -> ServerConfig {
    let mut config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.clone()], key)
        .unwrap();
    config.alpn_protocols = protocols.iter().map(|name| name.as_bytes().to_vec()).collect();
    config
}
