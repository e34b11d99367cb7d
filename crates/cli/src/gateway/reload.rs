//! Files that change while the gateway runs: looked at every few seconds, and at once on SIGHUP. A
//! bad new file changes nothing.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use authz::Snapshot;
use cluster::{Access, RuleCache};
use config::reload::{Change, Fingerprint, Watched};
use config::{Environment, Gateway};
use futures::FutureExt as _;
use gateway::Gate;
use rustls::ServerConfig;
use store::AuditFile;
use tokio::signal::unix::{SignalKind, signal};

use super::build::{Logins, serving};
use super::learn::learn;

/// Puts changed files in force.
pub(crate) struct Reloader {
    pub(crate) configuration: Gateway,
    pub(crate) gate: Arc<Gate>,
    pub(crate) tls: Arc<ArcSwap<ServerConfig>>,
    pub(crate) rules: Arc<RuleCache>,
    pub(crate) logins: Logins,
    pub(crate) audit_log: Arc<AuditFile>,
    pub(crate) watched: Vec<Watched>,
}

impl Reloader {
    /// Runs until it is dropped. What only the cluster can say is learnt meanwhile.
    pub(crate) async fn run(mut self, access: Access) {
        // First of all: until it is noticed, SIGHUP ends the process.
        let Ok(mut hangup) = signal(SignalKind::hangup()) else { return };
        let wants_issuer = self.logins.parts.service_accounts.as_ref();
        let wants_issuer = wants_issuer.is_some_and(|tokens| tokens.issuers.is_empty());
        let mut learning = pin!(learn(Arc::clone(&self.gate), access, wants_issuer).fuse());
        let mut last: Vec<Option<Fingerprint>> =
            self.watched.iter().map(|watched| Some(watched.fingerprint())).collect();
        loop {
            let is_asked = tokio::select! {
                () = tokio::time::sleep(EVERY) => false,
                _ = hangup.recv() => true,
                issuer = &mut learning => {
                    self.take_issuer(issuer);
                    continue;
                }
            };
            if is_asked {
                // As logrotate expects of a process it has told that it moved the file.
                self.audit_log.reopen();
            }
            let watched = std::mem::take(&mut self.watched);
            for (one, seen) in watched.iter().zip(&mut last) {
                let now = one.fingerprint();
                if is_asked || seen.as_ref() != Some(&now) {
                    // After a bad reload the files are read again although nothing has changed.
                    *seen = self.reload(one).then_some(now);
                }
            }
            self.watched = watched;
        }
    }

    /// Takes tokens of the cluster's own issuer.
    fn take_issuer(&mut self, issuer: Option<String>) {
        let (Some(issuer), Some(tokens)) = (issuer, &mut self.logins.parts.service_accounts) else {
            return;
        };
        if self.logins.parts.issuers.iter().any(|other| other.url() == issuer) {
            tracing::error!(
                issuer,
                "This issuer of OpenID Connect is the cluster's own too: its service accounts cannot log in. \
                 Give OpenID Connect another issuer."
            );
            return;
        }
        tokens.issuers.push(issuer);
        self.renew_logins();
    }

    fn reload(&mut self, watched: &Watched) -> bool {
        let files: Vec<String> =
            watched.files().iter().map(|file| file.display().to_string()).collect();
        let files = files.join(", ");
        match watched.reload(&Environment { now: jiff::Timestamp::now() }) {
            Ok((change, notes)) => {
                for note in notes {
                    tracing::warn!("{note}");
                }
                self.put_in_force(change);
                tracing::info!(files, "Changed files are in force.");
                true
            }
            Err(mistakes) => {
                tracing::error!(files, "Changed files are not put in force: {mistakes}");
                false
            }
        }
    }

    fn put_in_force(&mut self, change: Change) {
        match change {
            Change::ServingCertificate(loaded) => {
                self.configuration.tls.certificate = loaded;
                self.renew_tls();
            }
            Change::ClientAuthorities(authorities) => {
                self.logins.parts.certificates.clone_from(&authorities.certificates);
                self.configuration.clients = authorities;
                self.renew_logins();
                // Clients choose their certificate by the names they are told.
                self.renew_tls();
            }
            Change::Issuers(issuers) => {
                self.logins.parts.issuers = issuers;
                self.renew_logins();
            }
            Change::Narrowing(narrowing) => {
                self.rules.narrow(Some(Arc::new(Snapshot::build(narrowing.policy))));
            }
            Change::AuditPolicy(policy) => self.gate.auditor.policy.store(Arc::new(policy)),
            Change::NetworkRules(rules) => self.gate.access.store(Arc::new(rules)),
            // Its files are read again by whoever connects to the cluster.
            Change::FrontProxy(_) => {}
        }
    }

    fn renew_tls(&self) {
        match serving(&self.configuration, &self.configuration.tls.certificate.certified) {
            Ok(config) => self.tls.store(Arc::new(config)),
            Err(problem) => tracing::error!("The new certificate is not shown: {problem:#}"),
        }
    }

    fn renew_logins(&mut self) {
        if let Err(problem) = self.logins.renew() {
            tracing::error!("Who may log in stays as it was: {problem:#}");
        }
    }
}

const EVERY: Duration = Duration::from_secs(5);
