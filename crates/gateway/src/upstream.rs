//! The one kube-apiserver behind the gateway, and the bounded pool of connections to it.
//!
//! kube-apiserver takes 100 requests at a time on an HTTP/2 connection, so connections are opened by
//! free streams. Ordinary requests and what stays open never share one, and every upgrade has an
//! HTTP/1.1 connection of its own. A request is sent once; a second time only if the upstream cannot
//! have acted on the first.

mod body;
mod bounds;
mod connection;
mod credential;
mod dial;
mod failure;
mod http1;
mod http2;
mod pool;
mod upgrade;
mod watched;

use std::error::Error;
use std::sync::Arc;

use bytes::Bytes;
use http::header::{self, AUTHORIZATION, HeaderName};
use http::uri::{Authority, PathAndQuery, Scheme};
use http::{HeaderMap, HeaderValue, Request, Response, Uri};
use rustls::ClientConfig;
use rustls_pki_types::ServerName;
use tokio::sync::Semaphore;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use self::body::Body;
pub use self::body::{Cut, UpstreamBody};
pub use self::bounds::Bounds;
use self::connection::{Connection, Outgoing};
pub use self::credential::{CertificateOnly, Credential, CredentialFailure, Known};
use self::dial::Dialler;
pub use self::failure::{Cause, Failure, Step};
pub use self::pool::{Lane, Usage};
use self::pool::{Lost, Pool, Rest};
pub use self::upgrade::{Switched, UpgradeAnswer};

/// Where the upstream is, and how the gateway talks to it.
pub struct Settings {
    /// A name or an address; IPv6 without brackets.
    pub host: String,
    /// The port.
    pub port: u16,
    /// The name that the upstream's certificate must be for.
    pub server_name: ServerName<'static>,
    /// What stands in front of every path, without a slash at the end; usually empty.
    pub path_prefix: String,
    /// Whom to trust, and the gateway's own certificate. Which protocols are offered is set here.
    pub tls: Arc<ClientConfig>,
    /// The gateway's own `Authorization` header.
    pub credential: Arc<dyn Credential>,
    /// Limits.
    pub bounds: Bounds,
}

/// The upstream. What is dropped while it is in use goes on: bodies and upgraded connections live
/// longer than this.
pub struct Upstream {
    short: Arc<Pool>,
    stream: Arc<Pool>,
    dialler: Arc<Dialler>,
    upgrades: Arc<Semaphore>,
    credential: Arc<dyn Credential>,
    authority: Authority,
    host: HeaderValue,
    path_prefix: String,
    bounds: Arc<Bounds>,
    closed: CancellationToken,
}

impl Upstream {
    /// Connects to nothing yet.
    pub fn new(settings: Settings) -> Result<Self, BadSettings> {
        let Settings { host, port, server_name, path_prefix, tls, credential, bounds } = settings;
        let (authority, host_header) = address(&host, port)?;
        PathAndQuery::try_from(format!("{path_prefix}/"))
            .ok()
            .filter(|path| path.query().is_none() && path.path().starts_with('/'))
            .ok_or_else(|| BadSettings::PathPrefix(path_prefix.clone()))?;
        let bounds = Arc::new(bounds);
        let closed = CancellationToken::new();
        let dialler = Dialler::new((host, port), server_name, &tls, Arc::clone(&bounds));
        let dialler = Arc::new(dialler);
        let pool =
            |lane| Pool::new(lane, Arc::clone(&dialler), Arc::clone(&bounds), closed.clone());
        Ok(Self {
            short: pool(Lane::Short),
            stream: pool(Lane::Stream),
            upgrades: Arc::new(Semaphore::new(bounds.upgrades.min(Semaphore::MAX_PERMITS))),
            dialler,
            credential,
            authority,
            host: host_header,
            path_prefix,
            bounds,
            closed,
        })
    }

    /// Sends a request whose target is in origin form, and waits for the head of the answer. The
    /// gateway's own `Authorization` and the upstream's `Host` replace what is there; headers that
    /// belong to one connection are taken off. Dropped before it is ready, it resets the request.
    ///
    /// If the upstream refuses the request unseen, and nothing of its body was taken, it is sent
    /// once more on another connection.
    pub async fn send<B>(
        &self,
        request: Request<B>,
        lane: Lane,
    ) -> Result<Response<UpstreamBody>, Failure>
    where
        B: http_body::Body<Data = Bytes> + Send + 'static,
        B::Error: Into<Box<dyn Error + Send + Sync>>,
    {
        let (head, body) = request.into_parts();
        let outgoing = self.outgoing(head, &PER_CONNECTION).await?;
        let pool = match lane {
            Lane::Short => &self.short,
            Lane::Stream => &self.stream,
        };
        self.send_on(pool, &outgoing, Body::new(body), lane).await
    }

    /// Sends a request for an upgrade, on a connection of its own.
    pub async fn upgrade(&self, request: Request<()>) -> Result<UpgradeAnswer, Failure> {
        let (head, ()) = request.into_parts();
        let outgoing = self.outgoing(head, &PER_EXCHANGE).await?;
        upgrade::upgrade(&outgoing, &self.dialler, &self.upgrades, &self.bounds).await
    }

    /// From now on, connections are made with another identity or another trust. Those that are
    /// open take no new requests. To be called from within the runtime.
    pub fn replace_tls(&self, tls: &ClientConfig) {
        self.dialler.replace_tls(tls);
        self.short.retire_all();
        self.stream.retire_all();
    }

    /// To be told when the upstream answered 401 to a request of its own API: the gateway's own
    /// credential does not hold there any more.
    pub fn credential_refused(&self) {
        self.credential.refused();
    }

    /// How much of a lane is in use.
    pub fn usage(&self, lane: Lane) -> Usage {
        match lane {
            Lane::Short => self.short.usage(),
            Lane::Stream => self.stream.usage(),
        }
    }

    /// How many upgraded connections are open.
    pub fn upgraded(&self) -> usize {
        self.bounds.upgrades.saturating_sub(self.upgrades.available_permits())
    }

    /// Ends every pooled connection at once, with the requests on it, and makes no other.
    pub fn close(&self) {
        self.closed.cancel();
    }

    async fn send_on(
        &self,
        pool: &Arc<Pool>,
        outgoing: &Outgoing,
        mut body: Body,
        lane: Lane,
    ) -> Result<Response<UpstreamBody>, Failure> {
        let limit = lane.answer(&self.bounds);
        let (mut unsent, mut refused) = (0, 0);
        loop {
            let seat = pool.seat().await?;
            let id = seat.id();
            let Lost { failure, rest } = match Connection::send(seat, outgoing, body, limit).await {
                Ok(answer) => return Ok(answer),
                Err(lost) => lost,
            };
            body = match rest {
                Rest::Unsent(body) if unsent < STALE => {
                    pool.retire(id);
                    unsent = unsent.saturating_add(1);
                    body
                }
                Rest::Refused(body) if refused < AGAIN => {
                    pool.retire(id);
                    refused = refused.saturating_add(1);
                    body
                }
                Rest::Unsent(_) | Rest::Refused(_) | Rest::Gone => return Err(failure),
            };
        }
    }

    async fn outgoing(
        &self,
        head: http::request::Parts,
        per_connection: &[HeaderName],
    ) -> Result<Outgoing, Failure> {
        let mut headers = head.headers;
        for name in per_connection {
            headers.remove(name);
        }
        self.authenticate(&mut headers).await?;
        Ok(Outgoing {
            method: head.method,
            uri: self.uri(&head.uri)?,
            headers,
            host: self.host.clone(),
        })
    }

    async fn authenticate(&self, headers: &mut HeaderMap) -> Result<(), Failure> {
        let value = match self.credential.known() {
            Known::Nothing => None,
            Known::Header(value) => Some(value),
            Known::NotYet => timeout(self.bounds.credential, self.credential.authorization())
                .await
                .map_err(|_elapsed| Failure::TimedOut(Step::Credential))?
                .map_err(Failure::Credential)?,
        };
        headers.remove(AUTHORIZATION);
        if let Some(mut value) = value {
            value.set_sensitive(true);
            headers.insert(AUTHORIZATION, value);
        }
        Ok(())
    }

    fn uri(&self, asked: &Uri) -> Result<Uri, Failure> {
        let unsendable = |error: http::Error| Failure::Unsendable(Cause::new(error));
        let mut path =
            asked.path_and_query().cloned().unwrap_or_else(|| PathAndQuery::from_static("/"));
        if !self.path_prefix.is_empty() {
            path = PathAndQuery::try_from(format!("{}{path}", self.path_prefix))
                .map_err(|error| unsendable(error.into()))?;
        }
        let mut parts = http::uri::Parts::default();
        parts.scheme = Some(Scheme::HTTPS);
        parts.authority = Some(self.authority.clone());
        parts.path_and_query = Some(path);
        Uri::from_parts(parts).map_err(|error| unsendable(error.into()))
    }
}

impl std::fmt::Debug for Upstream {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Upstream({})", self.authority)
    }
}

/// What no upstream can be reached with.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadSettings {
    /// The host is neither a name nor an address.
    #[error("{0:?} is no host")]
    Host(String),
    /// The prefix is no path.
    #[error("{0:?} is no path")]
    PathPrefix(String),
}

/// The `:authority` and the `Host` that say whom the requests are for.
fn address(host: &str, port: u16) -> Result<(Authority, HeaderValue), BadSettings> {
    let wrong = || BadSettings::Host(host.to_owned());
    let text =
        if host.contains(':') { format!("[{host}]:{port}") } else { format!("{host}:{port}") };
    let authority = Authority::try_from(text.as_str()).ok().ok_or_else(wrong)?;
    let value = HeaderValue::try_from(text).ok().ok_or_else(wrong)?;
    if host.is_empty() || host.contains('@') { Err(wrong()) } else { Ok((authority, value)) }
}

/// Headers of one connection, which end here (RFC 9110, 7.6.1), and `Host`, which is the upstream's.
const PER_CONNECTION: [HeaderName; 7] = [
    header::HOST,
    header::CONNECTION,
    header::TRANSFER_ENCODING,
    header::TE,
    header::UPGRADE,
    HeaderName::from_static("keep-alive"),
    HeaderName::from_static("proxy-connection"),
];
/// The same for an upgrade, which is asked for in two of them, and has no body.
const PER_EXCHANGE: [HeaderName; 6] = [
    header::HOST,
    header::CONTENT_LENGTH,
    header::TRANSFER_ENCODING,
    header::TE,
    HeaderName::from_static("keep-alive"),
    HeaderName::from_static("proxy-connection"),
];
/// Connections in a row that may turn out to be closed before a request is given up.
const STALE: usize = 16;
/// How often a request is sent again that the upstream refused unseen.
const AGAIN: usize = 1;

#[cfg(test)]
mod tests;
