//! The authorities whose client certificates are taken, and what they revoked.

use std::collections::BTreeSet;
use std::sync::Arc;

use rustls::DistinguishedName;
use rustls_pki_types::{CertificateDer, CertificateRevocationListDer, TrustAnchor};
use thiserror::Error;

use super::certificate::Certificate;
use super::revocation::RevocationList;

/// The authorities whose client certificates are taken. A clone is the same value; what a
/// connection remembers of its certificates holds for one value, so a new one has them verified
/// anew.
#[derive(Debug, Clone)]
pub struct ClientCertificates(Arc<Trust>);

impl ClientCertificates {
    /// Takes certificates of authorities, of which at least one is needed, and revocation lists.
    /// Where there is any list, every authority must have one.
    pub fn new(
        authorities: Vec<CertificateDer<'static>>,
        revocations: Vec<CertificateRevocationListDer<'static>>,
    ) -> Result<Self, Vec<BadAuthority>> {
        let mut problems = Vec::new();
        if authorities.is_empty() {
            problems.push(BadAuthority::None);
        }
        let mut trust = Trust { authorities: Vec::new(), revocations: Vec::new() };
        for (place, list) in (1..).zip(revocations) {
            match RevocationList::read(list) {
                Some(list) => trust.revocations.push(list),
                None => problems.push(BadAuthority::UnreadableList { place }),
            }
        }
        for (place, der) in (1..).zip(authorities) {
            match Authority::read(der, &trust.revocations) {
                Ok(authority) => trust.authorities.push(authority),
                Err(None) => problems.push(BadAuthority::Unreadable { place }),
                Err(Some(subject)) => problems.push(BadAuthority::NoList { place, subject }),
            }
        }
        if problems.is_empty() { Ok(Self(Arc::new(trust))) } else { Err(problems) }
    }

    /// The authorities' names, for the hint in the handshake that tells a client with several
    /// certificates which of them to present.
    pub fn subjects(&self) -> Vec<DistinguishedName> {
        let subjects: BTreeSet<&Vec<u8>> =
            self.0.authorities.iter().map(|authority| &authority.subject).collect();
        subjects.into_iter().cloned().map(DistinguishedName::from).collect()
    }

    pub(super) fn trust(&self) -> &Arc<Trust> {
        &self.0
    }
}

/// What is wrong with an authority or a revocation list. Places count from 1.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum BadAuthority {
    /// There is no authority.
    #[error("no certificate of a client authority is given; at least one is needed")]
    None,
    /// A certificate cannot be read.
    #[error("certificate {place} of the client authorities cannot be read")]
    Unreadable {
        /// Which one.
        place: usize,
    },
    /// A revocation list cannot be read.
    #[error(
        "revocation list {place} cannot be read; a complete version 2 list with a next update is \
         needed"
    )]
    UnreadableList {
        /// Which one.
        place: usize,
    },
    /// Revocation lists are given, but none is signed by this authority.
    #[error(
        "client authority {place} ({subject}) has no revocation list; where any list is given, \
         every authority needs one"
    )]
    NoList {
        /// Which one.
        place: usize,
        /// Its name.
        subject: String,
    },
}

#[derive(Debug)]
pub(super) struct Trust {
    pub(super) authorities: Vec<Authority>,
    pub(super) revocations: Vec<RevocationList>,
}

/// An authority, as it is and as webpki takes it.
#[derive(Debug)]
pub(super) struct Authority {
    pub(super) der: CertificateDer<'static>,
    pub(super) anchor: TrustAnchor<'static>,
    subject: Vec<u8>,
}

impl Authority {
    /// Reads it; `Err` of its name if it lacks a revocation list.
    fn read(
        der: CertificateDer<'static>,
        lists: &[RevocationList],
    ) -> Result<Self, Option<String>> {
        let read = Certificate::read(&der).map_err(|_ignored| None)?;
        // One that signs nothing but itself is revoked by being taken out of the file.
        let lacks_list =
            !lists.is_empty() && read.may_sign() && !lists.iter().any(|list| list.is_by(&read));
        if lacks_list {
            return Err(Some(read.subject().to_string()));
        }
        let subject = read.subject().as_raw().to_vec();
        let anchor = webpki::anchor_from_trusted_cert(&der).map_err(|_ignored| None)?.to_owned();
        Ok(Self { der, anchor, subject })
    }
}
