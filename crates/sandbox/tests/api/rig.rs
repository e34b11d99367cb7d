//! A sandbox and the people who ask it things, each with a connection of their own.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper_util::rt::TokioIo;
use pki::{Authority, Issued, Validity};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use sandbox::{Options, Sandbox, Settings};
use serde_json::Value;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

/// A running sandbox with its authorities.
pub(crate) struct Rig {
    pub(crate) sandbox: Sandbox,
    pub(crate) clients: Authority,
    fronts: Authority,
}

/// Who shows which certificate.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Who {
    Nobody,
    /// A client certificate for a user in one group.
    User(&'static str, &'static str),
    /// The front proxy's certificate.
    Front,
}

pub(crate) const ADMIN: Who = Who::User("admin", "system:masters");
/// May edit in `demo`.
pub(crate) const DEVELOPER: Who = Who::User("dora", "developers");
/// May view everywhere.
pub(crate) const VIEWER: Who = Who::User("vera", "viewers");
pub(crate) const STRANGER: Who = Who::User("sam", "strangers");

impl Rig {
    pub(crate) async fn start() -> Self {
        Self::with(Options::default()).await
    }

    pub(crate) async fn with(options: Options) -> Self {
        let (clients, fronts) = (authority("clients"), authority("fronts"));
        let settings = settings(&clients, &fronts);
        let sandbox = Sandbox::start(Settings { options, ..settings }).await.unwrap();
        Self { sandbox, clients, fronts }
    }

    /// Asks with JSON and reads a whole JSON answer; what is no JSON reads as a text.
    pub(crate) async fn ask(&self, who: Who, line: &str, body: Value) -> (u16, Value) {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        self.ask_with(who, line, &[("content-type", "application/json")], body).await
    }

    pub(crate) async fn ask_with(
        &self,
        who: Who,
        line: &str,
        headers: &[(&str, &str)],
        body: String,
    ) -> (u16, Value) {
        let answer = self.open(who, line, headers, body).await;
        let code = answer.status().as_u16();
        let body = answer.into_body().collect().await.unwrap().to_bytes();
        let text = || Value::String(String::from_utf8_lossy(&body).into_owned());
        (code, serde_json::from_slice(&body).unwrap_or_else(|_| text()))
    }

    /// Asks, and leaves the answer's body to be read.
    pub(crate) async fn open(
        &self,
        who: Who,
        line: &str,
        headers: &[(&str, &str)],
        body: String,
    ) -> Response<Incoming> {
        let (method, target) = line.split_once(' ').unwrap();
        let mut request = Request::builder().method(method).uri(target).header("host", "sandbox");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let stream = self.connect(who).await;
        let (mut sender, connection) =
            hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.unwrap();
        tokio::spawn(connection);
        sender.send_request(request.body(Full::new(Bytes::from(body))).unwrap()).await.unwrap()
    }

    pub(crate) async fn connect(&self, who: Who) -> TlsStream<TcpStream> {
        let mut roots = RootCertStore::empty();
        roots.add(certificate(self.clients.certificate())).unwrap();
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots);
        let config = match self.credential(who) {
            None => config.with_no_client_auth(),
            Some(issued) => {
                let key = PrivateKeyDer::from_pem_slice(issued.key.expose().as_bytes()).unwrap();
                config.with_client_auth_cert(vec![certificate(&issued.certificate)], key).unwrap()
            }
        };
        let socket = TcpStream::connect(self.sandbox.address()).await.unwrap();
        let name = ServerName::try_from("127.0.0.1").unwrap();
        TlsConnector::from(Arc::new(config)).connect(name, socket).await.unwrap()
    }

    pub(crate) fn credential(&self, who: Who) -> Option<Issued> {
        match who {
            Who::Nobody => None,
            Who::User(name, group) => Some(self.clients.client(name, &[group], day()).unwrap()),
            Who::Front => Some(self.fronts.client("front", &[], day()).unwrap()),
        }
    }

    /// The names that a list of some kind holds.
    pub(crate) async fn names(&self, target: &str) -> Vec<String> {
        let (code, list) = self.ask(ADMIN, &format!("GET {target}"), Value::Null).await;
        assert_eq!(code, 200, "{list}");
        let items = list["items"].as_array().unwrap().iter();
        items.map(|item| item["metadata"]["name"].as_str().unwrap().to_owned()).collect()
    }
}

pub(crate) fn authority(name: &str) -> Authority {
    Authority::new(name, day()).unwrap()
}

pub(crate) fn settings(clients: &Authority, fronts: &Authority) -> Settings {
    Settings {
        address: "127.0.0.1:0".parse().unwrap(),
        identity: clients.server(&["127.0.0.1"], day()).unwrap(),
        clients: clients.certificate().to_owned(),
        front_proxies: Some(fronts.certificate().to_owned()),
        manifests: include_str!("bindings.yaml").to_owned(),
        options: Options::default(),
    }
}

fn certificate(pem: &str) -> CertificateDer<'static> {
    CertificateDer::from_pem_slice(pem.as_bytes()).unwrap()
}

fn day() -> Validity {
    let now = SystemTime::now();
    Validity::new(now - Duration::from_mins(1), now + Duration::from_hours(24)).unwrap()
}
