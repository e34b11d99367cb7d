//! The gateway's own health and metrics, on a listener of their own: on the main one, `/livez`,
//! `/readyz` and `/metrics` are the cluster's.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Method, Request, Response, StatusCode};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use prometheus_client::registry::Registry;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;

/// What the health listener tells.
pub struct Health {
    /// Whether requests can be served; the error says why not.
    pub ready: Box<dyn Fn() -> Result<(), String> + Send + Sync>,
    /// All metrics.
    pub registry: Registry,
}

/// Serves `/livez`, `/readyz`, `/healthz` and `/metrics` over plain HTTP.
pub struct HealthListener {
    /// The socket.
    pub socket: TcpListener,
    /// What is told.
    pub health: Arc<Health>,
}

impl HealthListener {
    /// Serves until the future is dropped.
    pub async fn serve(self) {
        let seats = Arc::new(Semaphore::new(MOST_CONNECTIONS));
        loop {
            let Ok(seat) = Arc::clone(&seats).acquire_owned().await else { return };
            match self.socket.accept().await {
                Ok((stream, _)) => {
                    let health = Arc::clone(&self.health);
                    tokio::spawn(async move {
                        connection(stream, health).await;
                        drop(seat);
                    });
                }
                Err(problem) => {
                    tracing::error!(%problem, "A health connection cannot be accepted.");
                    tokio::time::sleep(BETWEEN_ACCEPTS).await;
                }
            }
        }
    }
}

async fn connection(stream: TcpStream, health: Arc<Health>) {
    let service = service_fn(move |request: Request<Incoming>| {
        let answer = health.answer(&request);
        async move { Ok::<_, Infallible>(answer) }
    });
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(HEAD);
    if let Err(problem) = builder.serve_connection(TokioIo::new(stream), service).await {
        tracing::debug!(%problem, "A health connection ended badly.");
    }
}

impl Health {
    fn answer(&self, request: &Request<Incoming>) -> Response<Full<Bytes>> {
        if request.method() != Method::GET && request.method() != Method::HEAD {
            return text(StatusCode::METHOD_NOT_ALLOWED, "GET or HEAD only\n".to_owned());
        }
        match request.uri().path() {
            "/livez" => text(StatusCode::OK, "ok".to_owned()),
            "/readyz" | "/healthz" => match (self.ready)() {
                Ok(()) => text(StatusCode::OK, "ok".to_owned()),
                Err(problem) => {
                    text(StatusCode::SERVICE_UNAVAILABLE, format!("not ready: {problem}\n"))
                }
            },
            "/metrics" => self.metrics(),
            _ => text(
                StatusCode::NOT_FOUND,
                "/livez, /readyz and /metrics are served here\n".to_owned(),
            ),
        }
    }

    fn metrics(&self) -> Response<Full<Bytes>> {
        let mut body = String::new();
        if prometheus_client::encoding::text::encode(&mut body, &self.registry).is_err() {
            return text(
                StatusCode::INTERNAL_SERVER_ERROR,
                "metrics cannot be written\n".to_owned(),
            );
        }
        let mut answer = text(StatusCode::OK, body);
        let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
        answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
        answer
    }
}

fn text(status: StatusCode, body: String) -> Response<Full<Bytes>> {
    let mut answer = Response::new(Full::new(Bytes::from(body)));
    *answer.status_mut() = status;
    let kind = HeaderValue::from_static("text/plain; charset=utf-8");
    answer.headers_mut().insert(CONTENT_TYPE, kind);
    answer
}

const MOST_CONNECTIONS: usize = 64;
const HEAD: Duration = Duration::from_secs(10);
const BETWEEN_ACCEPTS: Duration = Duration::from_millis(100);
