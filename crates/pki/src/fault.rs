//! What can be wrong with a certificate, a key or a wish for one.

/// Why a certificate could not be issued or read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// The text holds no certificate in PEM.
    #[error("no certificate in PEM found")]
    NoCertificate,
    /// The bytes are not an X.509 certificate.
    #[error("malformed certificate")]
    MalformedCertificate,
    /// The private key is not one the issuer can sign with.
    #[error("unusable private key")]
    UnusableKey(#[source] rcgen::Error),
    /// The certificate given as an authority is not one that may issue.
    #[error("the certificate is not that of an authority")]
    NotAnAuthority,
    /// The private key given with an authority's certificate belongs to another.
    #[error("the private key does not belong to the certificate")]
    KeyMismatch,
    /// The validity ends before it starts.
    #[error("the validity ends before it starts")]
    EmptyValidity,
    /// A name is empty or holds what a certificate cannot carry.
    #[error("the name {0:?} cannot stand in a certificate")]
    BadName(String),
    /// Signing failed.
    #[error("the certificate could not be signed")]
    Unsigned(#[source] rcgen::Error),
}
