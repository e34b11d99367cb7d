//! One certificate, read: the facts that webpki keeps to itself or does not ask about.

use rustls_pki_types::{CertificateDer, SubjectPublicKeyInfoDer};
use x509_parser::asn1_rs::{BitString, ToDer};
use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::{KeyUsage, ParsedExtension};
use x509_parser::prelude::FromDer;
use x509_parser::x509::{AlgorithmIdentifier, X509Name, X509Version};

use super::X509Failure;

/// A certificate whose form is understood.
pub(super) struct Certificate<'d> {
    read: X509Certificate<'d>,
}

impl<'d> Certificate<'d> {
    pub(super) fn read(der: &'d CertificateDer<'_>) -> Result<Self, X509Failure> {
        let (rest, read) = X509Certificate::from_der(der)
            .map_err(|_ignored| X509Failure::Unreadable("it is not a DER certificate"))?;
        if !rest.is_empty() {
            return Err(X509Failure::Unreadable("bytes follow it"));
        }
        let mut kinds: Vec<_> = read.extensions().iter().map(|held| &held.oid).collect();
        kinds.sort_unstable_by_key(|oid| oid.as_bytes());
        if kinds.windows(2).any(|pair| matches!(pair, [a, b] if a == b)) {
            return Err(X509Failure::Unreadable("it has an extension twice"));
        }
        Ok(Self { read })
    }

    pub(super) fn subject(&self) -> &X509Name<'d> {
        &self.read.tbs_certificate.subject
    }

    pub(super) fn issuer(&self) -> &X509Name<'d> {
        &self.read.tbs_certificate.issuer
    }

    /// The serial number's bytes, as they stand.
    pub(super) fn serial(&self) -> &[u8] {
        self.read.raw_serial()
    }

    /// The first and the last second of its time.
    pub(super) fn time(&self) -> (i64, i64) {
        let validity = self.read.validity();
        (validity.not_before.timestamp(), validity.not_after.timestamp())
    }

    pub(super) fn key(&self) -> SubjectPublicKeyInfoDer<'_> {
        SubjectPublicKeyInfoDer::from(self.read.public_key().raw)
    }

    pub(super) fn signed(&self) -> Signed<'_> {
        Signed {
            bytes: self.read.tbs_certificate.as_ref(),
            algorithm: &self.read.signature_algorithm,
            inner_algorithm: &self.read.tbs_certificate.signature,
            signature: &self.read.signature_value,
        }
    }

    pub(super) fn is_version_3(&self) -> bool {
        self.read.version() == X509Version::V3
    }

    /// Whether it says of itself that it is an authority.
    pub(super) fn is_authority(&self) -> bool {
        self.read.is_ca()
    }

    /// Whether its key may sign certificates: an authority by its own words, or older than the
    /// extension that says so, and with no key usage that says otherwise.
    pub(super) fn may_sign(&self) -> bool {
        let is_authority = match self.read.basic_constraints() {
            Ok(Some(constraints)) => constraints.value.ca,
            Ok(None) => !self.is_version_3(),
            Err(_unreadable) => false,
        };
        is_authority && self.key_usage_allows(KeyUsage::key_cert_sign)
    }

    /// How many authorities may stand between it and a client's certificate.
    pub(super) fn path_length(&self) -> Option<u32> {
        let constraints = self.read.basic_constraints().ok().flatten()?;
        constraints.value.path_len_constraint
    }

    /// Whether it is good for client authentication: it says so, or names no use at all, or any.
    pub(super) fn serves_clients(&self) -> bool {
        match self.read.extended_key_usage() {
            Ok(None) => true,
            Ok(Some(usage)) => usage.value.any || usage.value.client_auth,
            Err(_unreadable) => false,
        }
    }

    pub(super) fn has_name_constraints(&self) -> bool {
        !matches!(self.read.name_constraints(), Ok(None))
    }

    /// Whether it demands something that nobody here understands.
    pub(super) fn demands_the_unknown(&self) -> bool {
        self.read.extensions().iter().any(|held| {
            held.critical
                && !matches!(
                    held.parsed_extension(),
                    ParsedExtension::BasicConstraints(_)
                        | ParsedExtension::KeyUsage(_)
                        | ParsedExtension::ExtendedKeyUsage(_)
                        | ParsedExtension::NameConstraints(_)
                        | ParsedExtension::SubjectAlternativeName(_)
                )
        })
    }

    fn key_usage_allows(&self, is_allowed: fn(&KeyUsage) -> bool) -> bool {
        match self.read.key_usage() {
            Ok(None) => true,
            Ok(Some(usage)) => is_allowed(usage.value),
            Err(_unreadable) => false,
        }
    }
}

/// Signed bytes and their signature, of a certificate or a revocation list.
pub(super) struct Signed<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) algorithm: &'a AlgorithmIdentifier<'a>,
    /// The algorithm that the signed bytes name: another one than outside is an attack.
    pub(super) inner_algorithm: &'a AlgorithmIdentifier<'a>,
    pub(super) signature: &'a BitString<'a>,
}

impl Signed<'_> {
    /// Whether the owner of `key` signed this, with an algorithm that is still good: neither MD5
    /// nor SHA-1, and no RSA key under 2048 bits.
    pub(super) fn is_signed_by(&self, key: &SubjectPublicKeyInfoDer<'_>) -> bool {
        if self.algorithm != self.inner_algorithm || self.signature.unused_bits != 0 {
            return false;
        }
        let (Ok(key), Some(id)) =
            (webpki::RawPublicKeyEntity::try_from(key), contents(self.algorithm))
        else {
            return false;
        };
        webpki::ALL_VERIFICATION_ALGS
            .iter()
            .filter(|algorithm| algorithm.signature_alg_id().as_ref() == id.as_slice())
            .any(|algorithm| {
                key.verify_signature(*algorithm, self.bytes, &self.signature.data).is_ok()
            })
    }
}

/// The contents of an algorithm identifier's SEQUENCE, which is what tells algorithms apart.
fn contents(algorithm: &AlgorithmIdentifier<'_>) -> Option<Vec<u8>> {
    let mut contents = algorithm.algorithm.to_der_vec().ok()?;
    if let Some(parameters) = &algorithm.parameters {
        contents.extend(parameters.to_der_vec().ok()?);
    }
    Some(contents)
}
