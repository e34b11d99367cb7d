//! Client certificates, as kube-apiserver takes them: asked for in the handshake but not required,
//! proved there to belong to the client, and judged for each request. So a bad certificate beside a
//! good token is no obstacle, and a certificate that expires on an open connection stops counting.

mod authorities;
mod certificate;
mod chain;
mod failure;
mod handshake;
mod peer;
mod revocation;
mod subject;

pub use authorities::{BadAuthority, ClientCertificates};
pub use failure::X509Failure;
pub use handshake::AnyClientCertificate;
pub use peer::PeerCertificates;

use rustls_pki_types::CertificateDer;

/// Whether `der` is a certificate.
pub(crate) fn is_readable(der: &CertificateDer<'_>) -> bool {
    certificate::Certificate::read(der).is_ok()
}
