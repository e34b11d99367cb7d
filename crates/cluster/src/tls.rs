//! TLS towards servers: whom to believe and who to be, both replaceable while they are in use.
//!
//! No configuration made here resumes sessions: a resumed session neither verifies the server anew
//! nor shows the certificate that has been swapped in since. None negotiates a protocol, so that
//! each connection pool chooses its own.

use std::fmt;
use std::sync::Arc;

use arc_swap::{ArcSwap, ArcSwapOption};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{ResolvesClientCert, Resumption, WebPkiServerVerifier};
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::sign::CertifiedKey;
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};

use crate::ClusterError;

/// Which servers are believed: those whose certificate one of its authorities signed.
#[derive(Debug)]
pub(crate) struct Trust(ArcSwap<WebPkiServerVerifier>);

impl Trust {
    /// The authorities of a PEM bundle.
    pub(crate) fn bundle(pem: &[u8], origin: &str) -> Result<Self, ClusterError> {
        Ok(Self(ArcSwap::new(verifier(roots(pem, origin)?, origin)?)))
    }

    /// The authorities of the platform. Those that cannot be read are left out, as every client of
    /// the platform does.
    pub(crate) fn platform() -> Result<Self, ClusterError> {
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        if roots.is_empty() {
            return Err(ClusterError::NoAuthorities);
        }
        Ok(Self(ArcSwap::new(verifier(roots, "the platform's authorities")?)))
    }

    /// Believes the authorities of another bundle from the next handshake on. A bundle that cannot
    /// be read changes nothing.
    pub(crate) fn replace(&self, pem: &[u8], origin: &str) -> Result<(), ClusterError> {
        self.0.store(verifier(roots(pem, origin)?, origin)?);
        Ok(())
    }
}

/// Who a client is: a certificate with its key, or nobody as long as none is known.
pub(crate) struct Identity(ArcSwapOption<CertifiedKey>);

impl Identity {
    /// Nobody yet.
    pub(crate) fn unknown() -> Self {
        Self(ArcSwapOption::empty())
    }

    /// The holder of a certificate chain and its key, in PEM.
    pub(crate) fn of(certificate: &[u8], key: &[u8], origin: &str) -> Result<Self, ClusterError> {
        let identity = Self::unknown();
        identity.replace(certificate, key, origin)?;
        Ok(identity)
    }

    /// Becomes another from the next handshake on. What cannot be read, or does not belong
    /// together (files caught between two writes), changes nothing.
    pub(crate) fn replace(
        &self,
        certificate: &[u8],
        key: &[u8],
        origin: &str,
    ) -> Result<(), ClusterError> {
        let chain = certificates(certificate, origin)?;
        let key = PrivateKeyDer::from_pem_slice(key).map_err(|_ignored| ClusterError::Pem {
            origin: origin.to_owned(),
            expected: "a private key",
        })?;
        let certified = CertifiedKey::from_der(chain, key, &aws_lc_rs::default_provider())
            .map_err(|source| ClusterError::Tls { origin: origin.to_owned(), source })?;
        self.0.store(Some(Arc::new(certified)));
        Ok(())
    }
}

/// A configuration that believes `trust` and shows `identity`.
pub(crate) fn client(
    trust: Arc<Trust>,
    identity: Option<Arc<Identity>>,
) -> Result<ClientConfig, ClusterError> {
    let builder = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|source| ClusterError::Tls { origin: "the provider".to_owned(), source })?
        .dangerous()
        .with_custom_certificate_verifier(trust);
    let mut config = match identity {
        Some(identity) => builder.with_client_cert_resolver(identity),
        None => builder.with_no_client_auth(),
    };
    config.resumption = Resumption::disabled();
    Ok(config)
}

fn roots(pem: &[u8], origin: &str) -> Result<RootCertStore, ClusterError> {
    let mut roots = RootCertStore::empty();
    for der in certificates(pem, origin)? {
        roots.add(der).map_err(|source| ClusterError::Tls { origin: origin.to_owned(), source })?;
    }
    Ok(roots)
}

fn verifier(roots: RootCertStore, origin: &str) -> Result<Arc<WebPkiServerVerifier>, ClusterError> {
    let provider: Arc<CryptoProvider> = Arc::new(aws_lc_rs::default_provider());
    WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider).build().map_err(
        |wrong| ClusterError::Tls {
            origin: origin.to_owned(),
            source: rustls::Error::General(wrong.to_string()),
        },
    )
}

fn certificates(pem: &[u8], origin: &str) -> Result<Vec<CertificateDer<'static>>, ClusterError> {
    let wrong =
        || ClusterError::Pem { origin: origin.to_owned(), expected: "one or more certificates" };
    let chain: Vec<_> = CertificateDer::pem_slice_iter(pem)
        .collect::<Result<_, _>>()
        .map_err(|_ignored| wrong())?;
    if chain.is_empty() { Err(wrong()) } else { Ok(chain) }
}

/// All of it is rustls' own verifier, the one that is in force at that moment.
impl ServerCertVerifier for Trust {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let verifier = self.0.load();
        verifier.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.0.load().verify_tls12_signature(message, certificate, signed)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.0.load().verify_tls13_signature(message, certificate, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.load().supported_verify_schemes()
    }
}

impl ResolvesClientCert for Identity {
    fn resolve(
        &self,
        _root_hint_subjects: &[&[u8]],
        _schemes: &[SignatureScheme],
    ) -> Option<Arc<CertifiedKey>> {
        self.0.load_full()
    }

    fn has_certs(&self) -> bool {
        true
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known = if self.0.load().is_some() { "known" } else { "unknown" };
        out.debug_tuple("Identity").field(&known).finish()
    }
}

#[cfg(test)]
mod tests {
    use rcgen::{CertificateParams, KeyPair};

    use super::*;

    fn pair() -> (String, String) {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        (params.self_signed(&key).unwrap().pem(), key.serialize_pem())
    }

    #[test]
    fn takes_a_bundle_and_refuses_what_is_none() {
        let (certificate, key) = pair();
        let both = format!("{certificate}\n{certificate}");
        assert!(Trust::bundle(both.as_bytes(), "x").is_ok());
        for wrong in ["", "no pem", key.as_str(), "-----BEGIN CERTIFICATE-----\nAAAA"] {
            assert!(Trust::bundle(wrong.as_bytes(), "x").is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn a_key_of_another_certificate_changes_nothing() {
        let (certificate, key) = pair();
        let (other, _) = pair();
        let identity = Identity::of(certificate.as_bytes(), key.as_bytes(), "x").unwrap();
        let before = identity.resolve(&[], &[]).unwrap();
        assert!(identity.replace(other.as_bytes(), key.as_bytes(), "x").is_err());
        assert!(identity.replace(certificate.as_bytes(), b"half", "x").is_err());
        assert!(Arc::ptr_eq(&before, &identity.resolve(&[], &[]).unwrap()));
    }

    #[test]
    fn debug_and_errors_hold_no_key() {
        let (certificate, key) = pair();
        let identity = Identity::of(certificate.as_bytes(), key.as_bytes(), "x").unwrap();
        assert_eq!(format!("{identity:?}"), "Identity(\"known\")");
        let secret = key.lines().nth(1).unwrap().to_owned();
        let error = Identity::of(certificate.as_bytes(), secret.as_bytes(), "x").unwrap_err();
        assert!(!format!("{error:?} {error}").contains(&secret));
    }

    #[test]
    fn configurations_leave_the_protocol_open() {
        let (certificate, key) = pair();
        let trust = Arc::new(Trust::bundle(certificate.as_bytes(), "x").unwrap());
        let identity = Identity::of(certificate.as_bytes(), key.as_bytes(), "x").unwrap();
        for identity in [None, Some(Arc::new(identity))] {
            let config = client(Arc::clone(&trust), identity).unwrap();
            assert!(config.alpn_protocols.is_empty());
        }
    }
}
