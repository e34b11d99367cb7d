//! What a certificate says of itself. Reading proves nothing: no signature is checked here.

use std::net::IpAddr;
use std::time::SystemTime;

use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;
use sha2::{Digest, Sha256};
use x509_parser::prelude::{ExtendedKeyUsage, FromDer, GeneralName, KeyUsage, X509Certificate};

use crate::Fault;

/// The facts of one certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// The subject, in the order of the certificate, as `O=dev, CN=jane`.
    pub subject: String,
    /// The issuer, written the same way.
    pub issuer: String,
    /// The last common name of the subject (as Go reads it); empty if there is none.
    pub common_name: String,
    /// Every organization of the subject.
    pub organizations: Vec<String>,
    /// DNS names among the subject alternative names.
    pub dns_names: Vec<String>,
    /// IP addresses among the subject alternative names.
    pub ip_addresses: Vec<IpAddr>,
    /// When it starts to hold.
    pub not_before: SystemTime,
    /// When it ends.
    pub not_after: SystemTime,
    /// Whether it may issue others.
    pub is_authority: bool,
    /// Key usages, by their names in RFC 5280 (`digitalSignature`).
    pub key_usages: Vec<&'static str>,
    /// Extended key usages (`serverAuth`, `clientAuth`), unknown ones as dotted numbers.
    pub extended_key_usages: Vec<String>,
    /// SHA-256 over the certificate, in lower-case hexadecimal.
    pub fingerprint: String,
}

impl Facts {
    /// Reads the first certificate of a PEM text.
    pub fn of_pem(pem: &str) -> Result<Self, Fault> {
        let der = CertificateDer::from_pem_slice(pem.as_bytes())
            .map_err(|_absent| Fault::NoCertificate)?;
        Self::of_der(&der)
    }

    /// Reads a certificate in DER; bytes after it are refused.
    pub fn of_der(der: &[u8]) -> Result<Self, Fault> {
        let Ok(([], certificate)) = X509Certificate::from_der(der) else {
            return Err(Fault::MalformedCertificate);
        };
        let names = alternative_names(&certificate)?;
        let subject = certificate.subject();
        let validity = certificate.validity();
        Ok(Self {
            subject: subject.to_string(),
            issuer: certificate.issuer().to_string(),
            common_name: texts(subject.iter_common_name())?.pop().unwrap_or_default(),
            organizations: texts(subject.iter_organization())?,
            dns_names: names.dns,
            ip_addresses: names.addresses,
            not_before: validity.not_before.to_datetime().into(),
            not_after: validity.not_after.to_datetime().into(),
            is_authority: certificate.is_ca(),
            key_usages: key_usages(&certificate)?,
            extended_key_usages: extended_key_usages(&certificate)?,
            fingerprint: format!("{:x}", Sha256::digest(der)),
        })
    }
}

#[derive(Default)]
struct Names {
    dns: Vec<String>,
    addresses: Vec<IpAddr>,
}

fn alternative_names(certificate: &X509Certificate<'_>) -> Result<Names, Fault> {
    let mut names = Names::default();
    let extension =
        certificate.subject_alternative_name().map_err(|_twice| Fault::MalformedCertificate)?;
    for name in extension.iter().flat_map(|extension| &extension.value.general_names) {
        if let GeneralName::DNSName(name) = name {
            names.dns.push((*name).to_owned());
        } else if let GeneralName::IPAddress(octets) = name {
            names.addresses.push(address(octets)?);
        }
    }
    Ok(names)
}

fn address(octets: &[u8]) -> Result<IpAddr, Fault> {
    if let Ok(octets) = <[u8; 4]>::try_from(octets) {
        return Ok(octets.into());
    }
    <[u8; 16]>::try_from(octets).map(IpAddr::from).map_err(|_length| Fault::MalformedCertificate)
}

fn texts<'a>(
    attributes: impl Iterator<Item = &'a x509_parser::x509::AttributeTypeAndValue<'a>>,
) -> Result<Vec<String>, Fault> {
    attributes
        .map(|attribute| attribute.as_str().map(ToOwned::to_owned))
        .collect::<Result<_, _>>()
        .map_err(|_not_text| Fault::MalformedCertificate)
}

fn key_usages(certificate: &X509Certificate<'_>) -> Result<Vec<&'static str>, Fault> {
    let extension = certificate.key_usage().map_err(|_twice| Fault::MalformedCertificate)?;
    Ok(extension.map(|extension| named(*extension.value)).unwrap_or_default())
}

fn named(usage: KeyUsage) -> Vec<&'static str> {
    let known = [
        ("digitalSignature", usage.digital_signature()),
        ("nonRepudiation", usage.non_repudiation()),
        ("keyEncipherment", usage.key_encipherment()),
        ("dataEncipherment", usage.data_encipherment()),
        ("keyAgreement", usage.key_agreement()),
        ("keyCertSign", usage.key_cert_sign()),
        ("cRLSign", usage.crl_sign()),
        ("encipherOnly", usage.encipher_only()),
        ("decipherOnly", usage.decipher_only()),
    ];
    known.iter().filter(|(_, has)| *has).map(|(name, _)| *name).collect()
}

fn extended_key_usages(certificate: &X509Certificate<'_>) -> Result<Vec<String>, Fault> {
    let extension =
        certificate.extended_key_usage().map_err(|_twice| Fault::MalformedCertificate)?;
    Ok(extension.map(|extension| usages(extension.value)).unwrap_or_default())
}

fn usages(usage: &ExtendedKeyUsage<'_>) -> Vec<String> {
    let known = [
        ("any", usage.any),
        ("serverAuth", usage.server_auth),
        ("clientAuth", usage.client_auth),
        ("codeSigning", usage.code_signing),
        ("emailProtection", usage.email_protection),
        ("timeStamping", usage.time_stamping),
        ("OCSPSigning", usage.ocsp_signing),
    ];
    let known = known.iter().filter(|(_, has)| *has).map(|(name, _)| (*name).to_owned());
    known.chain(usage.other.iter().map(ToString::to_string)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn garbage_is_a_fault() {
        assert_eq!(Facts::of_pem("garbage"), Err(Fault::NoCertificate));
        assert_eq!(Facts::of_der(&[0x30, 0x03, 1, 2, 3]), Err(Fault::MalformedCertificate));
        assert_eq!(Facts::of_der(&[]), Err(Fault::MalformedCertificate));
    }
}
