//! The certificates of one connection, and what they were found to be worth. Verifying costs a
//! signature check, so it is done once a connection and remembered; what is remembered holds for
//! the authorities it was verified against and for the span of time in which it cannot change.

use std::ops::Range;
use std::sync::{Arc, PoisonError, RwLock};

use model::Caller;
use rustls_pki_types::CertificateDer;

use super::authorities::{ClientCertificates, Trust};
use super::certificate::Certificate;
use super::revocation::RevocationList;
use super::{X509Failure, chain, subject};
use crate::identity;

/// The certificates a client presented in the handshake, its own first.
#[derive(Debug)]
pub struct PeerCertificates {
    chain: Vec<CertificateDer<'static>>,
    found: RwLock<Option<Arc<Found>>>,
}

impl PeerCertificates {
    /// Takes the certificates of a connection whose handshake proved that the client holds the key
    /// of the first.
    pub fn new(chain: Vec<CertificateDer<'static>>) -> Self {
        Self { chain, found: RwLock::new(None) }
    }

    /// Whether the client presented none.
    pub fn is_empty(&self) -> bool {
        self.chain.is_empty()
    }

    /// The client's own certificate.
    pub fn own(&self) -> Option<&CertificateDer<'static>> {
        self.chain.first()
    }

    /// Who the client is at `now` (in seconds since 1970), to those authorities. `None` where the
    /// certificate names nobody, which is no failure.
    pub(crate) fn caller(
        &self,
        authorities: &ClientCertificates,
        now: i64,
    ) -> Result<Option<Caller>, X509Failure> {
        let Some(own) = self.own() else { return Ok(None) };
        let known = self.found.read().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(found) = known.filter(|found| found.holds(authorities, now)) {
            return found.caller.clone();
        }
        let trust = Arc::clone(authorities.trust());
        let found = Arc::new(Found {
            caller: self.verify(own, &trust, now),
            during: self.unchanging(&trust, now),
            trust,
        });
        *self.found.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&found));
        found.caller.clone()
    }

    fn verify(
        &self,
        own: &CertificateDer<'static>,
        trust: &Trust,
        now: i64,
    ) -> Result<Option<Caller>, X509Failure> {
        chain::verify(trust, own, self.chain.get(1..).unwrap_or_default(), now)?;
        match subject::user(Certificate::read(own)?.subject(), own)? {
            None => Ok(None),
            Some(user) => identity::caller(user).map(Some).map_err(X509Failure::Identity),
        }
    }

    /// The span around `now` in which no certificate involved begins or ends, and no revocation
    /// list: in it the answer stays the same, be it yes or no.
    fn unchanging(&self, trust: &Trust, now: i64) -> Range<i64> {
        let authorities = trust.authorities.iter().map(|authority| &authority.der);
        let certificates = self.chain.iter().chain(authorities);
        let times = certificates.filter_map(|der| Certificate::read(der).ok()).flat_map(|read| {
            let (first, last) = read.time();
            [first, last.saturating_add(1)]
        });
        let lists = trust.revocations.iter().map(RevocationList::next_update);
        times.chain(lists).fold(i64::MIN..i64::MAX, |span, moment| {
            if moment <= now {
                span.start.max(moment)..span.end
            } else {
                span.start..span.end.min(moment)
            }
        })
    }
}

/// What was found, and for how long it holds.
#[derive(Debug)]
struct Found {
    caller: Result<Option<Caller>, X509Failure>,
    trust: Arc<Trust>,
    during: Range<i64>,
}

impl Found {
    fn holds(&self, authorities: &ClientCertificates, now: i64) -> bool {
        Arc::ptr_eq(&self.trust, authorities.trust()) && self.during.contains(&now)
    }
}
