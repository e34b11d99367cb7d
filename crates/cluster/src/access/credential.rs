//! The bearer token the gateway shows to the cluster, fresh whenever it is asked for.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use http::HeaderValue;
use jiff::Timestamp;
use secrecy::ExposeSecret as _;
use tokio::sync::{Notify, watch};
use tokio::time::Instant;
use tracing::warn;

use super::exec::{self, Plugin, Printed};
use crate::ClusterError;
use crate::backoff::Backoff;
use crate::tls::Identity;

/// A credential that somebody keeps fresh.
pub(super) struct Credential {
    state: watch::Sender<State>,
    /// Somebody needs one that is not there, or the cluster refused the one there is.
    wanted: Notify,
    refused: AtomicBool,
}

enum State {
    /// There has been none yet.
    Unknown,
    Known(Known),
    Failed(String),
}

struct Known {
    /// `None` where the credential is no token.
    header: Option<HeaderValue>,
    expires: Option<Timestamp>,
}

impl Credential {
    /// No token at all.
    pub(super) fn none() -> Self {
        Self::new(State::Known(Known { header: None, expires: None }))
    }

    /// One that is still to come: from a file, or from a plugin (see [`Keeper`]).
    pub(super) fn unknown() -> Self {
        Self::new(State::Unknown)
    }

    fn new(state: State) -> Self {
        Self {
            state: watch::Sender::new(state),
            wanted: Notify::new(),
            refused: AtomicBool::new(false),
        }
    }

    /// Takes a token as it stands in a kubeconfig or a file.
    pub(super) fn replace(&self, token: &[u8]) -> Result<(), ClusterError> {
        let header = Some(bearer(token)?);
        self.state.send_replace(State::Known(Known { header, expires: None }));
        Ok(())
    }

    /// The header to send. Waits for a plugin that runs, but not for ever.
    pub(super) async fn header(&self) -> Result<Option<HeaderValue>, ClusterError> {
        if let Some(answer) = self.state.borrow().answer() {
            return answer;
        }
        let mut states = self.state.subscribe();
        self.wanted.notify_one();
        let waited =
            tokio::time::timeout(exec::TIMEOUT, states.wait_for(|state| state.answer().is_some()));
        let late = || ClusterError::Credential("there was none in time".to_owned());
        match waited.await {
            Ok(Ok(state)) => state.answer().unwrap_or_else(|| Err(late())),
            Ok(Err(_)) | Err(_) => Err(late()),
        }
    }

    /// The cluster did not take the credential that was `shown`. If it is still the one there is, a
    /// newer one is worth a try.
    pub(super) fn refused(&self, shown: Option<&HeaderValue>) {
        let is_current = matches!(
            &*self.state.borrow(),
            State::Known(known) if known.header.as_ref() == shown
        );
        if is_current {
            self.refused.store(true, Ordering::Relaxed);
            self.wanted.notify_one();
        }
    }

    /// Returns when another credential is needed than the one there is.
    async fn needed(&self) {
        loop {
            self.wanted.notified().await;
            // Several may have asked for the one that has come since.
            let holds = matches!(self.state.borrow().answer(), Some(Ok(_)));
            if self.refused.load(Ordering::Relaxed) || !holds {
                return;
            }
        }
    }

    /// A credential that still holds stays in use.
    fn fail(&self, problem: String) {
        self.state.send_if_modified(|state| {
            let holds = matches!(state.answer(), Some(Ok(_)));
            if !holds {
                *state = State::Failed(problem);
            }
            !holds
        });
    }
}

/// Who runs a plugin, and when.
pub(super) struct Keeper {
    pub(super) plugin: Plugin,
    /// What becomes of the certificates it prints.
    pub(super) identity: Arc<Identity>,
    pub(super) changes: watch::Sender<u64>,
    /// How long at least two runs that the cluster's refusals ask for are apart.
    pub(super) apart: Duration,
}

impl Keeper {
    /// Runs the plugin when a credential is first needed, before the one it printed expires, and
    /// when the cluster refuses it.
    pub(super) async fn keep(self, credential: Arc<Credential>) {
        let mut backoff = Backoff::new(Duration::from_secs(1), Duration::from_mins(1));
        credential.wanted.notified().await;
        loop {
            let started = Instant::now();
            let printed = self.plugin.run().await;
            let next = match printed.and_then(|printed| self.take(&credential, &printed)) {
                Ok(next) => {
                    backoff.reset();
                    next
                }
                Err(problem) => {
                    warn!(problem, "The credential plugin gave no credential.");
                    credential.fail(problem);
                    Some(backoff.wait())
                }
            };
            tokio::select! {
                () = sleep(next) => {}
                () = credential.needed() => tokio::time::sleep_until(started + self.apart).await,
            }
        }
    }

    /// Puts to use what the plugin printed; when to run it next.
    fn take(&self, credential: &Credential, printed: &Printed) -> Result<Option<Duration>, String> {
        let left = printed.expires.map(|expires| expires.duration_since(Timestamp::now()));
        let left = left.map(|left| Duration::try_from(left).unwrap_or_default());
        if left == Some(Duration::ZERO) {
            return Err("the plugin printed a credential that has expired".to_owned());
        }
        let token = printed.token.as_ref();
        let header = token.map(|token| bearer(token.expose_secret().as_bytes())).transpose();
        let header = header.map_err(|error| error.to_string())?;
        if let Some((certificate, key)) = &printed.identity {
            let (certificate, key) = (certificate.expose_secret(), key.expose_secret());
            self.identity
                .replace(certificate.as_bytes(), key.as_bytes(), "what the plugin printed")
                .map_err(|error| crate::error::chain(&error))?;
            self.changes.send_modify(|count| *count += 1);
        }
        let known = Known { header, expires: printed.expires };
        credential.state.send_replace(State::Known(known));
        credential.refused.store(false, Ordering::Relaxed);
        Ok(left.map(|left| left.mul_f64(0.8).max(left.saturating_sub(EARLY))))
    }
}

impl State {
    /// None if it must be waited for.
    fn answer(&self) -> Option<Result<Option<HeaderValue>, ClusterError>> {
        match self {
            Self::Unknown => None,
            Self::Known(known) => {
                let over = known.expires.is_some_and(|expires| expires <= Timestamp::now());
                (!over).then(|| Ok(known.header.clone()))
            }
            Self::Failed(problem) => Some(Err(ClusterError::Credential(problem.clone()))),
        }
    }
}

async fn sleep(time: Option<Duration>) {
    match time {
        Some(time) => tokio::time::sleep(time).await,
        None => std::future::pending().await,
    }
}

fn bearer(token: &[u8]) -> Result<HeaderValue, ClusterError> {
    let token = token.trim_ascii();
    if token.is_empty() {
        return Err(ClusterError::Credential("the token is empty".to_owned()));
    }
    let mut header =
        HeaderValue::from_bytes(&[b"Bearer ".as_slice(), token].concat()).map_err(|_secret| {
            ClusterError::Credential("the token has characters that no header carries".to_owned())
        })?;
    header.set_sensitive(true);
    Ok(header)
}

/// How long before its end a credential is renewed, unless that is more than a fifth of its life.
const EARLY: Duration = Duration::from_mins(1);
