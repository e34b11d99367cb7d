//! A built gateway at work: its listeners, what it learns of the cluster, and its end.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::Context as _;
use cluster::{Access, RuleCache};
use gateway::{Bounds, Gate, Health, HealthListener, Listener, Shutdown};
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::task::JoinHandle;

use super::build::{Built, towards_cluster};
use super::observe;
use super::reload::Reloader;

/// Serves until a signal says to stop; requests under way are finished.
pub(crate) async fn serve(built: Built) -> anyhow::Result<()> {
    let mut stop = Stop::listen()?;
    let running = start(built).await?;
    stop.told().await;
    tokio::select! {
        () = running.stop() => Ok(()),
        () = stop.told() => Err(anyhow::anyhow!("stopped at once, by a second signal")),
    }
}

/// A gateway that serves.
pub(crate) struct Running {
    shutdown: Shutdown,
    stops: Arc<AtomicBool>,
    delay: Duration,
    listener: JoinHandle<()>,
    helpers: Vec<JoinHandle<()>>,
    audit_log: Arc<store::AuditFile>,
}

/// Begins to serve.
pub(crate) async fn start(built: Built) -> anyhow::Result<Running> {
    let settings = built.configuration.listener.clone();
    let bind = |address| async move {
        TcpListener::bind(address).await.with_context(|| format!("cannot listen at {address}"))
    };
    let (socket, health_socket) = (bind(settings.address).await?, bind(settings.health).await?);
    let network = &built.configuration.network;
    let listener = Listener {
        socket,
        tls: Arc::clone(&built.tls),
        gate: Arc::clone(&built.gate),
        proxy_headers: network.expects_proxy_header.then(|| network.trusted_proxies.clone()),
        bounds: Bounds {
            handshake: settings.handshake_timeout,
            head: settings.header_timeout,
            grace: settings.shutdown_grace,
            streams: settings.http2_streams,
        },
    };
    tracing::info!(address = %settings.address, cluster = %built.configuration.upstream.server, "The gateway listens.");
    let (shutdown, audit_log) = (Shutdown::default(), Arc::clone(&built.audit_log));
    let mut registry = built.registry;
    observe::register(&mut registry, &built.gate, &built.rules, &built.audit_log);
    let (rules, stops) = (Arc::clone(&built.rules), Arc::new(AtomicBool::new(false)));
    let told = Arc::clone(&stops);
    let health = Health { ready: Box::new(move || readiness(&rules, &told)), registry };
    let health = HealthListener { socket: health_socket, health: Arc::new(health) };
    let identity = tls_to_cluster(&built.gate, &built.configuration, &built.access)?;
    let reloader = Reloader {
        configuration: built.configuration,
        gate: Arc::clone(&built.gate),
        tls: built.tls,
        rules: Arc::clone(&built.rules),
        logins: built.logins,
        audit_log: Arc::clone(&audit_log),
        watched: built.watched,
    };
    let helpers = vec![
        tokio::spawn(health.serve()),
        tokio::spawn(tell_when_ready(Arc::clone(&built.rules))),
        tokio::spawn(identity),
        tokio::spawn(reloader.run(built.access)),
    ];
    let listener = tokio::spawn(listener.serve(shutdown.clone()));
    Ok(Running { shutdown, stops, delay: settings.shutdown_delay, listener, helpers, audit_log })
}

impl Running {
    /// Stops in order: load balancers are given time to look elsewhere, then no more connections
    /// are taken, answers under way are finished, and the audit log is closed last.
    pub(crate) async fn stop(self) {
        tracing::info!("The gateway stops.");
        self.stops.store(true, Ordering::Relaxed);
        tokio::time::sleep(self.delay).await;
        self.shutdown.begin();
        if let Err(problem) = self.listener.await {
            tracing::error!(%problem, "The listener broke.");
        }
        for helper in self.helpers {
            helper.abort();
        }
        let closed = tokio::task::spawn_blocking(move || self.audit_log.close(LONGEST_CLOSE)).await;
        if let Ok(Err(problem)) = closed {
            tracing::error!(%problem, "The audit log could not be written to its end.");
        }
    }
}

/// The signals that end a gateway.
pub(crate) struct Stop {
    interrupt: Signal,
    terminate: Signal,
}

impl Stop {
    /// From now on, signals are noticed.
    pub(crate) fn listen() -> anyhow::Result<Self> {
        let on = |kind| signal(kind).context("signals cannot be noticed");
        Ok(Self {
            interrupt: on(SignalKind::interrupt())?,
            terminate: on(SignalKind::terminate())?,
        })
    }

    /// Returns when one came.
    pub(crate) async fn told(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

fn readiness(rules: &RuleCache, stops: &AtomicBool) -> Result<(), String> {
    if stops.load(Ordering::Relaxed) {
        return Err("the gateway stops".to_owned());
    }
    authz::RuleSource::current(rules).map(drop).map_err(|unready| unready.to_string())
}

async fn tell_when_ready(rules: Arc<RuleCache>) {
    rules.synced().await;
    tracing::info!(
        objects = rules.freshness().objects,
        "The cluster's rules are known: requests are served."
    );
}

/// Opens new connections to the cluster when the certificates they are made with have changed.
fn tls_to_cluster(
    gate: &Arc<Gate>,
    configuration: &config::Gateway,
    access: &Access,
) -> anyhow::Result<impl Future<Output = ()> + Send + use<>> {
    let (gate, mut changes) = (Arc::clone(gate), access.changes());
    let tls = towards_cluster(configuration, access)?;
    Ok(async move {
        while changes.changed().await.is_ok() {
            tracing::info!("The certificates for the cluster have changed.");
            gate.upstream.replace_tls(&tls);
        }
    })
}

/// How long the audit log may take to be written to its end.
const LONGEST_CLOSE: Duration = Duration::from_secs(10);
