//! Where the gateway listens, and how long it waits for what.

use std::net::SocketAddr;
use std::time::Duration;

use crate::gateway::Section;
use crate::given::Reader;
use crate::parse;
use crate::setting::Setting;

/// Where the gateway listens, and how long it waits for what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listener {
    /// The address that clients connect to.
    pub address: SocketAddr,
    /// The address of the gateway's own health and metrics, without TLS.
    pub health: SocketAddr,
    /// Concurrent requests that one HTTP/2 connection may carry.
    pub http2_streams: u32,
    /// How long a connection may take to begin: its PROXY header and its TLS handshake.
    pub handshake_timeout: Duration,
    /// How long the head of a request may take to arrive.
    pub header_timeout: Duration,
    /// How long a request that is not long-running may take.
    pub request_timeout: Duration,
    /// How long the gateway goes on as before once it is told to stop, while `/readyz` already
    /// fails, so that load balancers turn away.
    pub shutdown_delay: Duration,
    /// How long running requests may still take after that.
    pub shutdown_grace: Duration,
}

/// The options of this section.
pub const SECTION: Section = Section {
    title: "Listener",
    settings: &[
        BIND_ADDRESS,
        SECURE_PORT,
        HEALTH_BIND_ADDRESS,
        HTTP2_MAX_STREAMS_PER_CONNECTION,
        HANDSHAKE_TIMEOUT,
        REQUEST_HEADER_TIMEOUT,
        REQUEST_TIMEOUT,
        SHUTDOWN_DELAY_DURATION,
        SHUTDOWN_GRACE_PERIOD,
    ],
};

const BIND_ADDRESS: Setting = Setting::one(
    "bind-address",
    "IP",
    "Address to listen on. Loopback, so that nothing is open before it is meant to be; give the \
     address of a network, or 0.0.0.0 or :: for all, to open it",
)
.or("127.0.0.1")
.differs("0.0.0.0");

const SECURE_PORT: Setting = Setting::one(
    "secure-port",
    "PORT",
    "Port to listen on, with TLS. Give another where a kube-apiserver has 6443 on the same machine",
)
.or("6443");

const HEALTH_BIND_ADDRESS: Setting = Setting::one(
    "health-bind-address",
    "IP:PORT",
    "Address of the gateway's own /livez, /readyz and /metrics, without TLS or authentication. On \
     the main port these paths are the cluster's",
)
.or("127.0.0.1:8081")
.ours();

const HTTP2_MAX_STREAMS_PER_CONNECTION: Setting = Setting::one(
    "http2-max-streams-per-connection",
    "COUNT",
    "Concurrent requests that one HTTP/2 connection may carry",
)
.or("100")
.differs("0, which means 100 as well");

const HANDSHAKE_TIMEOUT: Setting = Setting::one(
    "handshake-timeout",
    "DURATION",
    "How long a new connection may take for its PROXY header and its TLS handshake",
)
.or("10s")
.ours();

const REQUEST_HEADER_TIMEOUT: Setting = Setting::one(
    "request-header-timeout",
    "DURATION",
    "How long the head of a request may take to arrive; kube-apiserver waits 32s as well",
)
.or("32s")
.ours();

const REQUEST_TIMEOUT: Setting = Setting::one(
    "request-timeout",
    "DURATION",
    "How long a request may take. Watches, logs, exec and other long-running requests are not \
     bound by it",
)
.or("1m0s");

const SHUTDOWN_DELAY_DURATION: Setting = Setting::one(
    "shutdown-delay-duration",
    "DURATION",
    "How long the gateway goes on as before once it is told to stop, with /readyz already failing, \
     so that load balancers turn away first",
)
.or("0s");

const SHUTDOWN_GRACE_PERIOD: Setting = Setting::one(
    "shutdown-grace-period",
    "DURATION",
    "How long running requests may still take when the gateway stops; then they are cut",
)
.or("30s")
.ours();

pub(crate) fn read(reader: &mut Reader<'_>) -> Option<Listener> {
    let address = reader.one(&BIND_ADDRESS, parse::address);
    let port = reader.one(&SECURE_PORT, parse::port);
    let health = reader.one(&HEALTH_BIND_ADDRESS, parse::socket);
    let http2_streams = reader.one(&HTTP2_MAX_STREAMS_PER_CONNECTION, parse::positive);
    let handshake_timeout = reader.one(&HANDSHAKE_TIMEOUT, parse::some_time);
    let header_timeout = reader.one(&REQUEST_HEADER_TIMEOUT, parse::some_time);
    let request_timeout = reader.one(&REQUEST_TIMEOUT, parse::some_time);
    let shutdown_delay = reader.one(&SHUTDOWN_DELAY_DURATION, parse::duration);
    let shutdown_grace = reader.one(&SHUTDOWN_GRACE_PERIOD, parse::duration);
    let listener = Listener {
        address: SocketAddr::new(address?, port?),
        health: health?,
        http2_streams: http2_streams?,
        handshake_timeout: handshake_timeout?,
        header_timeout: header_timeout?,
        request_timeout: request_timeout?,
        shutdown_delay: shutdown_delay?,
        shutdown_grace: shutdown_grace?,
    };
    judge(reader, &listener);
    Some(listener)
}

fn judge(reader: &mut Reader<'_>, listener: &Listener) {
    let (main, health) = (listener.address, listener.health);
    let is_shared =
        main.ip() == health.ip() || main.ip().is_unspecified() || health.ip().is_unspecified();
    if main.port() == health.port() && is_shared {
        let problem = format!("is the main listener's port on {}; give another", main.ip());
        reader.reject(&HEALTH_BIND_ADDRESS, problem);
    }
    if !main.ip().is_loopback() {
        reader.note(format!(
            "--bind-address {} is not loopback: whoever reaches it may try to log in",
            main.ip()
        ));
    }
    if !health.ip().is_loopback() {
        reader.warn(format!(
            "--health-bind-address {health} is not loopback: whoever reaches it reads the metrics, \
             without authentication"
        ));
    }
}
