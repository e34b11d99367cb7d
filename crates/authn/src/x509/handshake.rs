//! The handshake's part: ask for a certificate, and have the client prove that it holds the key.

use rustls::client::danger::HandshakeSignatureValid;
use rustls::crypto::{WebPkiSupportedAlgorithms, aws_lc_rs, verify_tls13_signature_with_raw_key};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::{
    CertificateError, DigitallySignedStruct, DistinguishedName, Error, PeerMisbehaved,
    SignatureScheme,
};
use rustls_pki_types::{CertificateDer, UnixTime};

use super::certificate::Certificate;

/// Asks every client for a certificate and requires none. Any certificate will do whose key the
/// client holds: who vouches for it is asked for each request, by
/// [`Authenticator`](crate::Authenticator). To be used with nothing that trusts a certificate for
/// having come through a handshake.
#[derive(Debug)]
pub struct AnyClientCertificate {
    hints: Vec<DistinguishedName>,
    algorithms: WebPkiSupportedAlgorithms,
}

impl AnyClientCertificate {
    /// `hints` are the names of the authorities clients are told of; see
    /// [`ClientCertificates::subjects`](super::ClientCertificates::subjects). With none, a client
    /// presents what it has.
    pub fn new(hints: Vec<DistinguishedName>) -> Self {
        let algorithms = aws_lc_rs::default_provider().signature_verification_algorithms;
        Self { hints, algorithms }
    }

    fn tls12_algorithms(
        &self,
        scheme: SignatureScheme,
    ) -> Result<&'static [&'static dyn rustls_pki_types::SignatureVerificationAlgorithm], Error>
    {
        let offered = self.algorithms.mapping.iter().find(|(offered, _)| *offered == scheme);
        offered
            .map(|(_, algorithms)| *algorithms)
            .ok_or(Error::PeerMisbehaved(PeerMisbehaved::SignedHandshakeWithUnadvertisedSigScheme))
    }
}

impl ClientCertVerifier for AnyClientCertificate {
    fn client_auth_mandatory(&self) -> bool {
        false
    }

    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &self.hints
    }

    fn verify_client_cert(
        &self,
        own: &CertificateDer<'_>,
        _others: &[CertificateDer<'_>],
        _now: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        readable(own).map(|_certificate| ClientCertVerified::assertion())
    }

    // Not rustls' own function for certificates: it takes version 3 only, and clients have others.
    fn verify_tls12_signature(
        &self,
        message: &[u8],
        own: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let own = readable(own)?;
        let key = own.key();
        let key = webpki::RawPublicKeyEntity::try_from(&key).map_err(|_ignored| bad_encoding())?;
        let is_valid = self
            .tls12_algorithms(signed.scheme)?
            .iter()
            .any(|algorithm| key.verify_signature(*algorithm, message, signed.signature()).is_ok());
        if is_valid {
            Ok(HandshakeSignatureValid::assertion())
        } else {
            Err(Error::InvalidCertificate(CertificateError::BadSignature))
        }
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        own: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let own = readable(own)?;
        verify_tls13_signature_with_raw_key(message, &own.key(), signed, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}

fn readable<'d>(own: &'d CertificateDer<'_>) -> Result<Certificate<'d>, Error> {
    Certificate::read(own).map_err(|_ignored| bad_encoding())
}

fn bad_encoding() -> Error {
    Error::InvalidCertificate(CertificateError::BadEncoding)
}
