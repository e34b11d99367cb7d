//! One connection of a pool, whatever it speaks.

use std::sync::{Arc, Weak};
use std::time::Duration;

use http::{HeaderMap, HeaderValue, Method, Request, Response, Uri, header};

use super::body::{Body, UpstreamBody};
use super::bounds::Bounds;
use super::dial::{Dialler, Purpose};
use super::failure::Failure;
use super::http1::{self, Http1};
use super::http2::{self, Http2};
use super::pool::{Keeper, Lost, Seat};

/// A connection that takes requests. When the last reference goes, it is closed.
#[derive(Debug)]
pub(super) enum Connection {
    Http2(Http2),
    Http1(Http1),
}

/// The side of a connection that somebody has to run.
pub(super) enum Driver {
    Http2(Box<http2::Driver>),
    Http1(Box<http1::Driver>),
}

/// A connection that was just made.
pub(super) struct Opened {
    pub(super) connection: Connection,
    pub(super) driver: Driver,
    /// Requests at a time.
    pub(super) limit: usize,
}

/// A request on its way out: whole, checked and authenticated, but not yet in either protocol.
#[derive(Debug)]
pub(super) struct Outgoing {
    pub(super) method: Method,
    /// Absolute.
    pub(super) uri: Uri,
    pub(super) headers: HeaderMap,
    /// The host of the upstream.
    pub(super) host: HeaderValue,
}

pub(super) async fn open(
    dialler: &Dialler,
    window: u32,
    bounds: &Arc<Bounds>,
) -> Result<Opened, Failure> {
    let socket = dialler.dial(Purpose::Requests).await?;
    if socket.get_ref().1.alpn_protocol() == Some(b"h2") {
        let (http2, driver) = http2::open(socket, window, Arc::clone(bounds)).await?;
        let limit = driver.limit();
        let driver = Driver::Http2(Box::new(driver));
        Ok(Opened { connection: Connection::Http2(http2), driver, limit })
    } else {
        let (http1, driver) = http1::open(socket, Arc::clone(bounds)).await?;
        let driver = Driver::Http1(Box::new(driver));
        Ok(Opened { connection: Connection::Http1(http1), driver, limit: 1 })
    }
}

impl Connection {
    /// Sends one request on the connection of `seat`, which the answer's body then holds.
    pub(super) async fn send(
        seat: Seat,
        outgoing: &Outgoing,
        body: Body,
        limit: Duration,
    ) -> Result<Response<UpstreamBody>, Lost> {
        match &**seat.connection() {
            Self::Http2(http2) => {
                let answer = http2.send(outgoing.for_http2(&body), body, limit).await?;
                Ok(answer.map(|body| UpstreamBody::http2(body, seat)))
            }
            Self::Http1(http1) => {
                let answer = http1.send(outgoing.for_http1(body), limit).await?;
                Ok(answer.map(|body| UpstreamBody::http1(body, seat)))
            }
        }
    }

    pub(super) fn http1(&self) -> Option<&Http1> {
        match self {
            Self::Http1(http1) => Some(http1),
            Self::Http2(_) => None,
        }
    }

    /// Whether the place of a request that is over can be given to another one.
    pub(super) fn is_free_again(&self) -> bool {
        self.http1().is_none_or(Http1::rest)
    }
}

impl Driver {
    pub(super) async fn run(self, connection: Weak<Connection>, keeper: Keeper) {
        match self {
            Self::Http2(driver) => driver.run(keeper).await,
            Self::Http1(driver) => driver.run(connection, keeper).await,
        }
    }
}

impl Outgoing {
    fn for_http2(&self, body: &Body) -> Request<()> {
        let mut request = Request::new(());
        *request.method_mut() = self.method.clone();
        *request.uri_mut() = self.uri.clone();
        *request.headers_mut() = self.headers.clone();
        if let Some(length) = http_body::Body::size_hint(body).exact()
            && length > 0
        {
            request.headers_mut().entry(header::CONTENT_LENGTH).or_insert_with(|| length.into());
        }
        request
    }

    pub(super) fn for_http1<B>(&self, body: B) -> Request<B> {
        let mut request = Request::new(body);
        *request.method_mut() = self.method.clone();
        *request.uri_mut() = self.uri.path_and_query().cloned().map(Uri::from).unwrap_or_default();
        *request.headers_mut() = self.headers.clone();
        request.headers_mut().insert(header::HOST, self.host.clone());
        request
    }
}
