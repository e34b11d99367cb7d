//! The way from a client's certificate up to an authority. webpki walks it; this adds what Go asks
//! of a chain beyond that (the authority's own time, key usage, path length), and the certificates
//! that Go takes and webpki cannot read: of version 1, as `openssl x509 -req` makes them, of an
//! authority, or listed among the authorities themselves.

use std::cell::RefCell;
use std::time::Duration;

use rustls_pki_types::{CertificateDer, UnixTime};
use webpki::{
    EndEntityCert, ExpirationPolicy, ExtendedKeyUsageValidator, KeyPurposeIdIter, KeyUsage,
    RevocationCheckDepth, RevocationOptions, RevocationOptionsBuilder, UnknownStatusPolicy,
    VerifiedPath,
};

use super::X509Failure;
use super::authorities::{Authority, Trust};
use super::certificate::Certificate;
use super::revocation::{self, RevocationList};

/// Whether `leaf`, with the help of the certificates presented with it, leads to an authority.
pub(super) fn verify(
    trust: &Trust,
    leaf: &CertificateDer<'_>,
    others: &[CertificateDer<'_>],
    now: i64,
) -> Result<(), X509Failure> {
    let read = Certificate::read(leaf)?;
    check_time(&read, now)?;
    if trust.authorities.iter().any(|authority| authority.der == *leaf) {
        return check_leaf(&read);
    }
    if read.is_version_3() && !read.is_authority() {
        Walk { trust, now, refused: RefCell::new(None) }.verify(leaf, others)
    } else {
        issued_directly(trust, &read, now)
    }
}

/// A certificate that webpki does not take as a client's must come from an authority itself.
fn issued_directly(trust: &Trust, leaf: &Certificate<'_>, now: i64) -> Result<(), X509Failure> {
    check_leaf(leaf)?;
    let mut failure = X509Failure::UnknownAuthority;
    for authority in &trust.authorities {
        let read = Certificate::read(&authority.der)?;
        // Nor does an authority vouch for itself: it is listed, or it is not.
        let is_itself =
            read.subject().as_raw() == leaf.subject().as_raw() && read.key() == leaf.key();
        let is_issuer = !is_itself
            && read.subject().as_raw() == leaf.issuer().as_raw()
            && leaf.signed().is_signed_by(&read.key());
        if !is_issuer {
            continue;
        }
        let checked = check_authority(&read, 0, now)
            .and_then(|()| check_unconstrained(&read))
            .and_then(|()| revocation::check(&trust.revocations, &read, leaf.serial(), now));
        match checked {
            Ok(()) => return Ok(()),
            Err(why) => failure = why,
        }
    }
    Err(failure)
}

fn check_leaf(leaf: &Certificate<'_>) -> Result<(), X509Failure> {
    if leaf.demands_the_unknown() {
        return Err(X509Failure::Chain(UNKNOWN_EXTENSION.to_owned()));
    }
    if leaf.serves_clients() { Ok(()) } else { Err(X509Failure::Usage) }
}

/// Whether an authority above `below` intermediate ones may vouch for a client now.
fn check_authority(authority: &Certificate<'_>, below: usize, now: i64) -> Result<(), X509Failure> {
    check_time(authority, now)?;
    check_leaf(authority)?;
    if !authority.may_sign() {
        return Err(X509Failure::Chain("an authority may not sign certificates".to_owned()));
    }
    let is_too_long = authority
        .path_length()
        .is_some_and(|most| below > usize::try_from(most).unwrap_or(usize::MAX));
    if is_too_long {
        return Err(X509Failure::Chain("it has too many intermediate authorities".to_owned()));
    }
    Ok(())
}

fn check_unconstrained(authority: &Certificate<'_>) -> Result<(), X509Failure> {
    if authority.has_name_constraints() {
        let text = "the authority constrains names, which is supported for version 3 clients only";
        return Err(X509Failure::Chain(text.to_owned()));
    }
    Ok(())
}

fn check_time(certificate: &Certificate<'_>, now: i64) -> Result<(), X509Failure> {
    let (first, last) = certificate.time();
    if now < first {
        Err(X509Failure::NotYetValid)
    } else if now > last {
        Err(X509Failure::Expired)
    } else {
        Ok(())
    }
}

/// webpki's walk, with the further questions asked at its end.
struct Walk<'t> {
    trust: &'t Trust,
    now: i64,
    /// Why a way that webpki found was refused.
    refused: RefCell<Option<X509Failure>>,
}

impl Walk<'_> {
    fn verify(
        &self,
        leaf: &CertificateDer<'_>,
        others: &[CertificateDer<'_>],
    ) -> Result<(), X509Failure> {
        let leaf = EndEntityCert::try_from(leaf).map_err(failure)?;
        let anchors: Vec<_> =
            self.trust.authorities.iter().map(|authority| authority.anchor.clone()).collect();
        let lists: Vec<_> = self.trust.revocations.iter().map(RevocationList::list).collect();
        let walked = leaf.verify_for_usage(
            webpki::ALL_VERIFICATION_ALGS,
            &anchors,
            others,
            UnixTime::since_unix_epoch(Duration::from_secs(u64::try_from(self.now).unwrap_or(0))),
            ForClients,
            revocation_options(&lists),
            Some(&|path| self.admit(path)),
        );
        match walked {
            Ok(_path) => Ok(()),
            Err(error) => Err(self.refused.take().unwrap_or_else(|| failure(error))),
        }
    }

    fn admit(&self, path: &VerifiedPath<'_>) -> Result<(), webpki::Error> {
        self.check(path).map_err(|why| {
            self.refused.replace(Some(why));
            webpki::Error::UnknownIssuer
        })
    }

    fn check(&self, path: &VerifiedPath<'_>) -> Result<(), X509Failure> {
        let mut between = 0;
        for intermediate in path.intermediate_certificates() {
            check_authority(&Certificate::read(&intermediate.der())?, between, self.now)?;
            between += 1;
        }
        // The same name and key may be there twice: renewed, with another end.
        let mut failure = X509Failure::UnknownAuthority;
        for authority in self.trust.authorities.iter().filter(|held| is_at(held, path)) {
            match check_authority(&Certificate::read(&authority.der)?, between, self.now) {
                Ok(()) => return Ok(()),
                Err(why) => failure = why,
            }
        }
        Err(failure)
    }
}

fn is_at(authority: &Authority, path: &VerifiedPath<'_>) -> bool {
    authority.anchor.subject == path.anchor().subject
        && authority.anchor.subject_public_key_info == path.anchor().subject_public_key_info
}

fn revocation_options<'l>(
    lists: &'l [&'l webpki::CertRevocationList<'l>],
) -> Option<RevocationOptions<'l>> {
    let options = RevocationOptionsBuilder::new(lists).ok()?;
    let options = options
        .with_depth(RevocationCheckDepth::Chain)
        .with_status_policy(UnknownStatusPolicy::Deny)
        .with_expiration_policy(ExpirationPolicy::Enforce);
    Some(options.build())
}

/// The uses a certificate must name, if it names any: client authentication, or any use at all,
/// which webpki's own rule does not know.
struct ForClients;

impl ExtendedKeyUsageValidator for ForClients {
    fn validate(&self, uses: KeyPurposeIdIter<'_, '_>) -> Result<(), webpki::Error> {
        let mut others = Vec::new();
        for named in uses {
            let named = named?.to_decoded_oid();
            if named == KeyUsage::CLIENT_AUTH_REPR || named == ANY_USE {
                return Ok(());
            }
            others.push(named);
        }
        if others.is_empty() { Ok(()) } else { Err(webpki::Error::EmptyEkuExtension) }
    }
}

fn failure(error: webpki::Error) -> X509Failure {
    #[expect(clippy::wildcard_enum_match_arm, reason = "webpki's list of errors is open")]
    match error {
        webpki::Error::CertExpired { .. } => X509Failure::Expired,
        webpki::Error::CertNotValidYet { .. } => X509Failure::NotYetValid,
        webpki::Error::UnknownIssuer | webpki::Error::InvalidSignatureForPublicKey => {
            X509Failure::UnknownAuthority
        }
        webpki::Error::EmptyEkuExtension => X509Failure::Usage,
        webpki::Error::CertRevoked => X509Failure::Revoked,
        webpki::Error::UnknownRevocationStatus => X509Failure::RevocationUnknown,
        webpki::Error::CrlExpired { .. } => X509Failure::RevocationListExpired,
        webpki::Error::UnsupportedCriticalExtension => {
            X509Failure::Chain(UNKNOWN_EXTENSION.to_owned())
        }
        other => X509Failure::Chain(other.to_string()),
    }
}

const UNKNOWN_EXTENSION: &str = "a critical extension is not understood";
/// `anyExtendedKeyUsage`, RFC 5280, 4.2.1.12.
const ANY_USE: &[usize] = &[2, 5, 29, 37, 0];
