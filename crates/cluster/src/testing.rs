//! Test helpers: an API that answers as a test wants, and a TLS server that misbehaves as it wants.

use std::convert::Infallible;
use std::future::Future;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use futures::StreamExt as _;
use http::{Request, Response};
use http_body::Frame;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Full, StreamBody};
use kube::Client;
use kube::client::Body;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::ServerConfig;
use rustls::server::WebPkiClientVerifier;
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio_rustls::TlsAcceptor;
use tower::BoxError;

use crate::task::Task;

/// What was asked of a fake API.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) body: Bytes,
}

/// What a fake API answers.
pub(crate) type Answer = Response<UnsyncBoxBody<Bytes, BoxError>>;

/// A client of an API that `answer` is.
pub(crate) fn client<F, A>(answer: F) -> Client
where
    F: Fn(Asked) -> A + Clone + Send + 'static,
    A: Future<Output = Answer> + Send + 'static,
{
    let service = tower::service_fn(move |request: Request<Body>| {
        let answer = answer.clone();
        async move {
            let (path, query) = (request.uri().path(), request.uri().query());
            let (path, query) = (path.to_owned(), query.unwrap_or_default().to_owned());
            let body = request.into_body().collect().await.unwrap().to_bytes();
            Ok::<_, Infallible>(answer(Asked { path, query, body }).await)
        }
    });
    Client::new(service, "default")
}

/// An answer in JSON.
pub(crate) fn json(code: u16, value: &serde_json::Value) -> Answer {
    let body = Full::from(value.to_string()).map_err(Box::from).boxed_unsync();
    Response::builder().status(code).body(body).unwrap()
}

/// An answer that is still being written.
pub(crate) fn open() -> (mpsc::UnboundedSender<Result<String, String>>, Answer) {
    let (sender, receiver) = mpsc::unbounded_channel::<Result<String, String>>();
    let frames = futures::stream::unfold(receiver, async |mut receiver| {
        receiver.recv().await.map(|frame| (frame, receiver))
    });
    let frames = frames.map(|frame| frame.map(|text| Frame::data(text.into())).map_err(Box::from));
    (sender, Response::new(StreamBody::new(frames).boxed_unsync()))
}

/// Waits until something is so, but not for ever.
pub(crate) async fn eventually(what: &str, is: impl Fn() -> bool) {
    until(what, async || is()).await;
}

/// As [`eventually`], for what takes time to find out.
pub(crate) async fn until(what: &str, is: impl AsyncFn() -> bool) {
    let waited = tokio::time::timeout(Duration::from_secs(20), async {
        let mut ticks = tokio::time::interval(Duration::from_millis(2));
        while !is().await {
            ticks.tick().await;
        }
    });
    assert!(waited.await.is_ok(), "it never happened: {what}");
}

/// A certificate authority.
pub(crate) struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    pub(crate) fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    pub(crate) fn pem(&self) -> String {
        self.0.pem()
    }

    /// A certificate for `name` and its key, in PEM.
    pub(crate) fn issue(&self, name: &str) -> (String, String) {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        params.distinguished_name.push(rcgen::DnType::CommonName, name);
        let certificate = params.signed_by(&key, &self.0).unwrap();
        (certificate.pem(), key.serialize_pem())
    }
}

/// What a server does with a request.
pub(crate) enum Reply {
    /// Writes this and closes.
    Write(String),
    /// Writes this and then nothing more.
    Stall(String),
    /// Writes this over and over.
    Flood(String),
}

impl Reply {
    /// A well-formed answer.
    pub(crate) fn ok(body: &str) -> Self {
        Self::status("200 OK", body)
    }

    pub(crate) fn status(status: &str, body: &str) -> Self {
        let length = body.len();
        Self::Write(format!(
            "HTTP/1.1 {status}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
        ))
    }

    pub(crate) fn redirect(to: &str) -> Self {
        Self::Write(format!(
            "HTTP/1.1 302 Found\r\nlocation: {to}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
        ))
    }
}

/// A request as a server sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) path: String,
    /// The `Authorization` header.
    pub(crate) authorization: Option<String>,
    /// The client certificate, in DER.
    pub(crate) certificate: Option<Vec<u8>>,
}

type Handler = dyn Fn(&Seen) -> Reply + Send + Sync;

/// A TLS server on loopback.
pub(crate) struct Server {
    pub(crate) port: u16,
    seen: Arc<Mutex<Vec<Seen>>>,
    _task: Task,
}

impl Server {
    /// Serves with a certificate of `authority`, of which it also takes client certificates.
    pub(crate) async fn start(
        authority: &Authority,
        handler: impl Fn(&Seen) -> Reply + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        Self::on(listener, port, authority, handler)
    }

    pub(crate) fn on(
        listener: TcpListener,
        port: u16,
        authority: &Authority,
        handler: impl Fn(&Seen) -> Reply + Send + Sync + 'static,
    ) -> Self {
        let acceptor = TlsAcceptor::from(Arc::new(tls(authority)));
        let (seen, handler) = (Arc::<Mutex<Vec<Seen>>>::default(), Arc::new(handler));
        let log = Arc::clone(&seen);
        let task = Task::start(async move {
            loop {
                let (socket, _) = listener.accept().await.unwrap();
                let (acceptor, log) = (acceptor.clone(), Arc::clone(&log));
                let handler: Arc<Handler> = Arc::clone(&handler) as Arc<Handler>;
                tokio::spawn(async move {
                    let Ok(mut stream) = acceptor.accept(socket).await else { return };
                    let Some(seen) = request(&mut stream).await else { return };
                    log.lock().unwrap().push(seen.clone());
                    reply(&mut stream, handler(&seen)).await;
                });
            }
        });
        Self { port, seen, _task: task }
    }

    pub(crate) fn url(&self) -> String {
        format!("https://127.0.0.1:{}", self.port)
    }

    /// All requests so far.
    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }
}

fn tls(authority: &Authority) -> ServerConfig {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut roots = rustls::RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(authority.pem().as_bytes()).unwrap()).unwrap();
    let clients =
        WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider))
            .allow_unauthenticated()
            .build()
            .unwrap();
    let (certificate, key) = authority.issue("127.0.0.1");
    let chain = vec![CertificateDer::from_pem_slice(certificate.as_bytes()).unwrap()];
    ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_client_cert_verifier(clients)
        .with_single_cert(chain, PrivateKeyDer::from_pem_slice(key.as_bytes()).unwrap())
        .unwrap()
}

type Stream = tokio_rustls::server::TlsStream<tokio::net::TcpStream>;

async fn request(stream: &mut Stream) -> Option<Seen> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.ok()?);
    }
    let head = String::from_utf8(head).unwrap();
    let certificate = stream.get_ref().1.peer_certificates();
    let authorization = head.lines().filter_map(|line| line.split_once(": "));
    Some(Seen {
        path: head.split(' ').nth(1)?.to_owned(),
        authorization: authorization
            .filter(|(name, _)| name.eq_ignore_ascii_case("authorization"))
            .map(|(_, value)| value.to_owned())
            .next(),
        certificate: certificate.map(|chain| chain[0].to_vec()),
    })
}

async fn reply(stream: &mut Stream, reply: Reply) {
    // The client may be gone already, which is its own affair.
    match reply {
        Reply::Write(text) => {
            let _written = stream.write_all(text.as_bytes()).await;
            let _closed = stream.shutdown().await;
        }
        Reply::Stall(text) => {
            let _written = stream.write_all(text.as_bytes()).await;
            let _gone = stream.read_u8().await;
        }
        Reply::Flood(text) => while stream.write_all(text.as_bytes()).await.is_ok() {},
    }
}
