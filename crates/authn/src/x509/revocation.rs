//! Revocation lists. Where any is configured, every certificate of a chain must be covered by one
//! that is signed by its issuer and not out of date: a list that is missing must not let anybody in.

use rustls_pki_types::CertificateRevocationListDer;
use webpki::{CertRevocationList, OwnedCertRevocationList};
use x509_parser::prelude::FromDer;
use x509_parser::revocation_list::CertificateRevocationList;

use super::X509Failure;
use super::certificate::{Certificate, Signed};

/// A revocation list.
#[derive(Debug)]
pub(super) struct RevocationList {
    der: CertificateRevocationListDer<'static>,
    list: CertRevocationList<'static>,
    next_update: i64,
}

impl RevocationList {
    /// Reads a list; `None` for what is none, or has no end of its time, or is a delta.
    pub(super) fn read(der: CertificateRevocationListDer<'static>) -> Option<Self> {
        let (rest, read) = CertificateRevocationList::from_der(&der).ok()?;
        let next_update = read.next_update()?.timestamp();
        if !rest.is_empty() {
            return None;
        }
        let list = OwnedCertRevocationList::from_der(&der).ok()?.into();
        Some(Self { der, list, next_update })
    }

    /// The form webpki takes.
    pub(super) fn list(&self) -> &CertRevocationList<'static> {
        &self.list
    }

    /// The first second at which the list is out of date.
    pub(super) fn next_update(&self) -> i64 {
        self.next_update
    }

    /// Whether `authority` made the list.
    pub(super) fn is_by(&self, authority: &Certificate<'_>) -> bool {
        let Ok((_, read)) = CertificateRevocationList::from_der(&self.der) else { return false };
        let signed = Signed {
            bytes: read.tbs_cert_list.as_ref(),
            algorithm: &read.signature_algorithm,
            inner_algorithm: &read.tbs_cert_list.signature,
            signature: &read.signature_value,
        };
        read.issuer().as_raw() == authority.subject().as_raw()
            && signed.is_signed_by(&authority.key())
    }
}

/// Whether a certificate with this `serial`, issued by `authority` itself, is still good.
pub(super) fn check(
    lists: &[RevocationList],
    authority: &Certificate<'_>,
    serial: &[u8],
    now: i64,
) -> Result<(), X509Failure> {
    if lists.is_empty() {
        return Ok(());
    }
    // A list for part of what the authority issues says nothing of the rest.
    let list = lists
        .iter()
        .find(|list| list.list.issuing_distribution_point().is_none() && list.is_by(authority))
        .ok_or(X509Failure::RevocationUnknown)?;
    if now >= list.next_update {
        return Err(X509Failure::RevocationListExpired);
    }
    match list.list.find_serial(serial) {
        Ok(None) => Ok(()),
        Ok(Some(_)) => Err(X509Failure::Revoked),
        Err(_unreadable) => Err(X509Failure::RevocationUnknown),
    }
}
