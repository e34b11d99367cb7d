//! Files that change while the gateway runs: looked at every few seconds, and at once on SIGHUP. A
//! bad new file changes nothing.

use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use authz::Snapshot;
use cluster::{Access, RuleCache};
use config::reload::{Change, Fingerprint, Watched};
use config::{Environment, Gateway};
use gateway::Gate;
use rustls::ServerConfig;
use store::AuditFile;
use tokio::signal::unix::{SignalKind, signal};

use super::build::{Logins, serving};
use super::serve::learn_version;

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
    /// Runs until it is dropped. First learns what only the cluster can say.
    pub(crate) async fn run(mut self, access: Access) {
        learn_version(&self.gate, &access).await;
        self.learn_issuer(&access).await;
        let mut last: Vec<Option<Fingerprint>> =
            self.watched.iter().map(|watched| Some(watched.fingerprint())).collect();
        let Ok(mut hangup) = signal(SignalKind::hangup()) else { return };
        loop {
            let is_asked = tokio::select! {
                () = tokio::time::sleep(EVERY) => false,
                _ = hangup.recv() => true,
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

    /// The cluster knows the issuer of its tokens where the configuration does not name it.
    async fn learn_issuer(&mut self, access: &Access) {
        let Some(tokens) = &mut self.logins.parts.service_accounts else { return };
        if !tokens.issuers.is_empty() {
            return;
        }
        match cluster::service_account_issuer(&access.client()).await {
            Ok(issuer) => {
                tracing::info!(issuer, "The issuer of the cluster's service accounts is known.");
                if self.logins.parts.issuers.iter().any(|other| other.url() == issuer) {
                    tracing::error!(
                        issuer,
                        "This issuer of OpenID Connect is the cluster's own too: its service accounts cannot log in. Give OpenID Connect another issuer."
                    );
                    return;
                }
                tokens.issuers.push(issuer);
                self.renew_logins();
            }
            // All that is lost is that forged tokens are refused here and not by the cluster.
            Err(problem) => {
                tracing::warn!(%problem, "The cluster does not tell who issues its tokens: each is put to it.");
            }
        }
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
