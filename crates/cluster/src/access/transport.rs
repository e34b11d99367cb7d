//! The way of our own calls to the cluster: connections that are verified, the credential put on
//! each request, and a bound on the wait for an answer's head.

use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use futures::FutureExt as _;
use futures::future::BoxFuture;
use http::header::{AUTHORIZATION, USER_AGENT};
use http::{HeaderValue, Request, Response, StatusCode};
use hyper::body::Incoming;
use hyper_rustls::{FixedServerNameResolver, HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::{Client as Pool, Error};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use kube::client::Body;
use rustls::ClientConfig;
use rustls_pki_types::ServerName;
use tower::{BoxError, Service};

use super::Access;

/// The service below a `kube::Client`.
pub(super) struct Transport {
    access: Access,
    connections: Arc<Https<Body>>,
    /// As of which change of certificates the connections are.
    as_of: u64,
}

impl Transport {
    pub(super) fn new(access: Access) -> Self {
        let as_of = *access.changes().borrow();
        Self { connections: Self::connections(&access), access, as_of }
    }

    fn connections(access: &Access) -> Arc<Https<Body>> {
        let name = access.server().server_name.clone();
        Arc::new(Https::new(access.tls(), Some(name)))
    }
}

impl Service<Request<Body>> for Transport {
    type Response = Response<Incoming>;
    type Error = BoxError;
    type Future = BoxFuture<'static, Result<Self::Response, Self::Error>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, mut request: Request<Body>) -> Self::Future {
        // Connections outlive certificates; those of an earlier one end when they are idle.
        let now = *self.access.changes().borrow();
        if now != self.as_of {
            self.connections = Self::connections(&self.access);
            self.as_of = now;
        }
        let (access, connections) = (self.access.clone(), Arc::clone(&self.connections));
        async move {
            let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
            *request.uri_mut() = access.server().url(path)?;
            request.headers_mut().insert(USER_AGENT, HeaderValue::from_static(AGENT));
            let shown = access.authorization().await?;
            if let Some(header) = &shown {
                request.headers_mut().insert(AUTHORIZATION, header.clone());
            }
            let answer = tokio::time::timeout(HEAD_WITHIN, connections.request(request)).await??;
            if answer.status() == StatusCode::UNAUTHORIZED {
                access.credential_refused(shown.as_ref());
            }
            Ok(answer)
        }
        .boxed()
    }
}

/// HTTP/1.1 connections to verified servers, and to no others.
pub(crate) struct Https<B>(Pool<HttpsConnector<HttpConnector>, B>);

impl<B> Https<B>
where
    B: http_body::Body + Send + Unpin + 'static,
    B::Data: Send,
    B::Error: Into<BoxError>,
{
    /// Connections to servers whose certificate is for `name`, or else for the host of the URL.
    pub(crate) fn new(tls: ClientConfig, name: Option<ServerName<'static>>) -> Self {
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        tcp.set_connect_timeout(Some(CONNECT_WITHIN));
        tcp.set_keepalive(Some(KEEPALIVE));
        tcp.set_keepalive_interval(Some(KEEPALIVE));
        tcp.set_keepalive_retries(Some(3));
        let builder = HttpsConnectorBuilder::new().with_tls_config(tls).https_only();
        let builder = match name {
            Some(name) => builder.with_server_name_resolver(FixedServerNameResolver::new(name)),
            None => builder,
        };
        Self(
            Pool::builder(TokioExecutor::new())
                .pool_timer(TokioTimer::new())
                .pool_idle_timeout(IDLE)
                .build(builder.enable_http1().wrap_connector(tcp)),
        )
    }

    /// Sends a request and waits, without a bound, for the head of the answer.
    pub(crate) async fn request(&self, request: Request<B>) -> Result<Response<Incoming>, Error> {
        self.0.request(request).await
    }
}

/// What our own requests say they are from.
pub(crate) const AGENT: &str = concat!("ravelin/", env!("CARGO_PKG_VERSION"));

const CONNECT_WITHIN: Duration = Duration::from_secs(10);
const KEEPALIVE: Duration = Duration::from_secs(15);
/// kube-apiserver ends a request without an answer after a minute.
const HEAD_WITHIN: Duration = Duration::from_secs(70);
/// Shorter than any server keeps an idle connection.
const IDLE: Duration = Duration::from_secs(30);
