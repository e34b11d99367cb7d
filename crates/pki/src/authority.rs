//! An authority that issues certificates for servers and clients.

use std::fmt;
use std::time::SystemTime;

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, PublicKeyData, SanType,
};
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;
use x509_parser::prelude::{FromDer, X509Certificate};

use crate::{Fault, PrivateKey, der};

/// From when until when a certificate holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Validity {
    not_before: SystemTime,
    not_after: SystemTime,
}

impl Validity {
    /// A validity that starts before it ends.
    pub fn new(not_before: SystemTime, not_after: SystemTime) -> Result<Self, Fault> {
        if not_before < not_after {
            Ok(Self { not_before, not_after })
        } else {
            Err(Fault::EmptyValidity)
        }
    }
}

/// A certificate and its private key, as they go into files.
#[derive(Debug, Clone)]
pub struct Issued {
    /// The certificate in PEM.
    pub certificate: String,
    /// Its key.
    pub key: PrivateKey,
}

/// A certificate authority with its key (ECDSA P-256 when made here).
pub struct Authority {
    certificate: String,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    /// A new, self-signed authority.
    pub fn new(common_name: &str, validity: Validity) -> Result<Self, Fault> {
        let key = KeyPair::generate().map_err(Fault::Unsigned)?;
        let mut wish = wish(common_name, validity)?;
        wish.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        wish.key_usages = vec![
            KeyUsagePurpose::DigitalSignature,
            KeyUsagePurpose::KeyCertSign,
            KeyUsagePurpose::CrlSign,
        ];
        let certificate = wish.self_signed(&key).map_err(Fault::Unsigned)?.pem();
        Ok(Self { certificate, issuer: Issuer::new(wish, key) })
    }

    /// An authority read back from its certificate and key in PEM.
    pub fn load(certificate: &str, key: &PrivateKey) -> Result<Self, Fault> {
        let key = KeyPair::from_pem(key.expose()).map_err(Fault::UnusableKey)?;
        let der = CertificateDer::from_pem_slice(certificate.as_bytes())
            .map_err(|_absent| Fault::NoCertificate)?;
        may_issue(&der, &key)?;
        let issuer = Issuer::from_ca_cert_der(&der, key)
            .map_err(|_malformed| Fault::MalformedCertificate)?;
        Ok(Self { certificate: certificate.to_owned(), issuer })
    }

    /// The authority's own certificate in PEM.
    pub fn certificate(&self) -> &str {
        &self.certificate
    }

    /// The authority's private key.
    pub fn key(&self) -> PrivateKey {
        PrivateKey::new(self.issuer.key().serialize_pem())
    }

    /// A server certificate for `names`: DNS names and IP addresses, of which the first is also
    /// the common name.
    pub fn server(&self, names: &[&str], validity: Validity) -> Result<Issued, Fault> {
        let first = names.first().ok_or_else(|| Fault::BadName(String::new()))?;
        let mut wish = wish(first, validity)?;
        for name in names {
            wish.subject_alt_names.push(alternative(name)?);
        }
        wish.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        let key = KeyPair::generate().map_err(Fault::Unsigned)?;
        let certificate = wish.signed_by(&key, &self.issuer).map_err(Fault::Unsigned)?.pem();
        Ok(Issued { certificate, key: PrivateKey::new(key.serialize_pem()) })
    }

    /// A client certificate: Kubernetes reads the common name as the user and every organization
    /// as a group.
    pub fn client(
        &self,
        common_name: &str,
        organizations: &[&str],
        validity: Validity,
    ) -> Result<Issued, Fault> {
        for organization in organizations {
            carried(organization)?;
        }
        let mut wish = wish(common_name, validity)?;
        wish.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        let key = KeyPair::generate().map_err(Fault::Unsigned)?;
        let plain = wish.signed_by(&key, &self.issuer).map_err(Fault::Unsigned)?;
        let subject = der::subject(common_name, organizations);
        let bytes = der::with_subject(plain.der(), &subject, self.issuer.key())?;
        Ok(Issued { certificate: pem(&bytes), key: PrivateKey::new(key.serialize_pem()) })
    }
}

impl fmt::Debug for Authority {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Authority")
            .field("certificate", &self.certificate)
            .finish_non_exhaustive()
    }
}

/// What authorities, servers and clients have in common.
fn wish(common_name: &str, validity: Validity) -> Result<CertificateParams, Fault> {
    carried(common_name)?;
    let mut wish = CertificateParams::default();
    wish.distinguished_name = rcgen::DistinguishedName::new();
    wish.distinguished_name.push(DnType::CommonName, common_name);
    wish.not_before = validity.not_before.into();
    wish.not_after = validity.not_after.into();
    wish.is_ca = IsCa::ExplicitNoCa;
    wish.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    wish.use_authority_key_identifier_extension = true;
    Ok(wish)
}

/// Identities that a later reader would trim or cut are not put into certificates.
fn carried(name: &str) -> Result<(), Fault> {
    if name.is_empty() || name.trim() != name || name.chars().any(char::is_control) {
        return Err(Fault::BadName(name.to_owned()));
    }
    Ok(())
}

fn alternative(name: &str) -> Result<SanType, Fault> {
    if let Ok(address) = name.parse() {
        return Ok(SanType::IpAddress(address));
    }
    rustls_pki_types::DnsName::try_from(name.strip_prefix("*.").unwrap_or(name))
        .map_err(|_invalid| Fault::BadName(name.to_owned()))?;
    let name = name.try_into().map_err(|_not_ascii| Fault::BadName(name.to_owned()))?;
    Ok(SanType::DnsName(name))
}

fn may_issue(der: &[u8], key: &KeyPair) -> Result<(), Fault> {
    let (_, certificate) =
        X509Certificate::from_der(der).map_err(|_malformed| Fault::MalformedCertificate)?;
    if !certificate.is_ca() {
        return Err(Fault::NotAnAuthority);
    }
    if certificate.public_key().raw != key.subject_public_key_info() {
        return Err(Fault::KeyMismatch);
    }
    Ok(())
}

fn pem(der: &[u8]) -> String {
    use base64::Engine as _;
    let body = base64::engine::general_purpose::STANDARD.encode(der);
    let mut out = String::from("-----BEGIN CERTIFICATE-----\n");
    for (at, letter) in body.chars().enumerate() {
        if at > 0 && at % PEM_LINE == 0 {
            out.push('\n');
        }
        out.push(letter);
    }
    out.push_str("\n-----END CERTIFICATE-----\n");
    out
}

const PEM_LINE: usize = 64;

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn validity() -> Validity {
        let start = SystemTime::UNIX_EPOCH + Duration::from_hours(500_000);
        Validity::new(start, start + Duration::from_hours(1)).unwrap()
    }

    #[test]
    fn refuses_names_that_a_reader_would_change() {
        let authority = Authority::new("test", validity()).unwrap();
        for name in ["", " jane", "ja\nne"] {
            let refused = Err(Fault::BadName(name.to_owned()));
            assert_eq!(authority.client(name, &[], validity()).map(drop), refused);
            assert_eq!(authority.client("jane", &[name], validity()).map(drop), refused);
        }
        for name in ["", "a b", "-x.example"] {
            let refused = Err(Fault::BadName(name.to_owned()));
            assert_eq!(authority.server(&[name], validity()).map(drop), refused);
        }
        assert_eq!(authority.server(&[], validity()).map(drop), Err(Fault::BadName(String::new())));
    }

    #[test]
    fn refuses_a_validity_without_length() {
        let now = SystemTime::UNIX_EPOCH;
        assert_eq!(Validity::new(now, now), Err(Fault::EmptyValidity));
    }

    #[test]
    fn loads_only_an_authority_with_its_own_key() {
        let authority = Authority::new("test", validity()).unwrap();
        let other = Authority::new("other", validity()).unwrap();
        let client = authority.client("jane", &[], validity()).unwrap();
        let load =
            |certificate: &str, key: &PrivateKey| Authority::load(certificate, key).map(drop);
        assert_eq!(load(authority.certificate(), &authority.key()), Ok(()));
        assert_eq!(load(authority.certificate(), &other.key()), Err(Fault::KeyMismatch));
        assert_eq!(load(&client.certificate, &client.key), Err(Fault::NotAnAuthority));
        assert_eq!(load("", &authority.key()), Err(Fault::NoCertificate));
        let garbage = PrivateKey::new("garbage".into());
        assert!(matches!(load(authority.certificate(), &garbage), Err(Fault::UnusableKey(_))));
    }
}
