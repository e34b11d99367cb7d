//! Certificates of authorities, given as PEM inside a configuration.

use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;

use crate::x509;

/// What is wrong with `pem` as a list of certificates.
pub(super) fn problem(pem: &str) -> Option<&'static str> {
    let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem.as_bytes()).collect();
    match certificates {
        Err(_unreadable) => Some("is not PEM"),
        Ok(certificates) if certificates.is_empty() => {
            Some("holds no certificate; at least one PEM block CERTIFICATE is needed")
        }
        Ok(certificates) if !certificates.iter().all(x509::is_readable) => {
            Some("holds a certificate that cannot be read")
        }
        Ok(_) => None,
    }
}
