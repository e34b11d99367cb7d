//! Who asks: authentication, with a limit on how often an address may be wrong.

use std::net::IpAddr;
use std::time::{Instant, SystemTime};

use authn::{Authenticated, Presented};
use http::HeaderValue;
use http::header::SEC_WEBSOCKET_PROTOCOL;
use http::request::Parts;
use model::{Call, UserInfo};

use super::Arrival;
use crate::gate::Gate;
use crate::peer::Peer;
use crate::record::Record;
use crate::refusal::Refusal;
use crate::wire::Asked;
use crate::wire::upgrade::Protocol;

/// A request whose sender is known. Made by [`Known::authenticate`] alone.
pub(crate) struct Known {
    asked: Asked,
    authenticated: Authenticated,
}

impl Known {
    /// Finds out who asks. A failure is recorded, and counted against the address.
    pub(crate) async fn authenticate(
        gate: &Gate,
        peer: &Peer,
        arrival: &Arrival,
        parts: &Parts,
        mut asked: Asked,
    ) -> Result<Self, Refusal> {
        let has_credentials = !asked.authorization.is_empty() || peer.certificates.is_some();
        if has_credentials && let Err(refusal) = may_log_in(gate, arrival.client, arrival.received)
        {
            return Err(turned_away(gate, arrival, parts, refusal).await);
        }
        let authorization: Vec<&[u8]> =
            asked.authorization.iter().map(HeaderValue::as_bytes).collect();
        let is_websocket =
            asked.upgrade.as_ref().is_some_and(|u| u.protocol == Protocol::WebSocket);
        let subprotocols: Vec<&[u8]> = if is_websocket {
            parts
                .headers
                .get_all(SEC_WEBSOCKET_PROTOCOL)
                .iter()
                .map(HeaderValue::as_bytes)
                .collect()
        } else {
            Vec::new()
        };
        let presented = Presented {
            certificates: peer.certificates.as_ref(),
            authorization: &authorization,
            subprotocols: &subprotocols,
            path: &asked.call.path,
            now: SystemTime::now(),
        };
        let authenticator = gate.authenticator.load_full();
        match authenticator.authenticate(&presented).await {
            Ok(authenticated) => {
                asked.authorization.clear();
                strip_token(&mut asked, authenticated.subprotocols.as_deref())?;
                Ok(Self { asked, authenticated })
            }
            Err(problem) => {
                if problem.was_attempted() {
                    gate.peers.login_failed(arrival.client, Instant::now());
                }
                gate.metrics.failed_logins.inc();
                tracing::debug!(client = %arrival.client, %problem, "Authentication failed.");
                Err(turned_away(gate, arrival, parts, Refusal::Unauthenticated).await)
            }
        }
    }

    /// The caller, before any impersonation.
    pub(crate) fn user(&self) -> &UserInfo {
        self.authenticated.caller.user()
    }

    /// What is asked.
    pub(crate) fn call(&self) -> &Call {
        &self.asked.call
    }

    /// Path and query as sent.
    pub(crate) fn target(&self) -> &str {
        &self.asked.target
    }

    /// Whether somebody is named to act as, and yet nobody would be: upstream looks at the first
    /// header alone, and runs the request as the caller.
    pub(crate) fn hides_impersonation(&self) -> bool {
        self.asked.hides_impersonation
    }

    /// Writes what authentication has to say into the record.
    pub(crate) fn annotate(&self, record: &mut Record) {
        for (key, value) in &self.authenticated.annotations {
            record.annotate(key, value.as_str());
        }
    }

    /// What is asked and who asks.
    pub(super) fn into_parts(self) -> (Asked, UserInfo) {
        (self.asked, self.authenticated.caller.into_user())
    }
}

/// Records that nobody was let in, and returns what the client reads.
pub(crate) async fn turned_away(
    gate: &Gate,
    arrival: &Arrival,
    parts: &Parts,
    refusal: Refusal,
) -> Refusal {
    // What cannot be read as a request is no request, to kube-apiserver's audit as well.
    let is_recorded = matches!(
        refusal,
        Refusal::Unauthenticated | Refusal::BadTimeout(_) | Refusal::FailedLogins(_)
    );
    if !is_recorded {
        return refusal;
    }
    let Ok(call) = Call::parse(parts.method.as_str(), &arrival.origin.uri) else { return refusal };
    let status = refusal.status();
    let status =
        status.as_ref().ok_or((refusal.code(), "Too many logins of this address have failed"));
    let receipt = gate.auditor.turned_away(&arrival.origin, &call, status);
    if !gate.auditor.sink.waits() {
        return refusal;
    }
    match receipt.await {
        Err(_) if gate.auditor.sink.is_strict() => Refusal::Audit(arrival.origin.uri.clone()),
        Err(_) | Ok(()) => refusal,
    }
}

fn may_log_in(gate: &Gate, client: IpAddr, now: Instant) -> Result<(), Refusal> {
    gate.peers.may_log_in(client, now).map_err(|retry| Refusal::FailedLogins(retry.seconds()))
}

/// Takes a token that came as a WebSocket subprotocol out of what goes on.
fn strip_token(asked: &mut Asked, left: Option<&[u8]>) -> Result<(), Refusal> {
    let Some(left) = left else { return Ok(()) };
    let value = HeaderValue::from_bytes(left).map_err(|_bad| Refusal::Unauthenticated)?;
    asked.forwarded.insert(SEC_WEBSOCKET_PROTOCOL, value);
    Ok(())
}
