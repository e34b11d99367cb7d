//! The TLS that is spoken with clients.

use std::sync::Arc;

use authn::AnyClientCertificate;
use rustls::crypto::CryptoProvider;
use rustls::server::{NoServerSessionStorage, ResolvesServerCert};
use rustls::{DistinguishedName, ServerConfig, SupportedProtocolVersion};

/// A configuration that shows `certificate`, and asks clients for theirs without demanding one:
/// what a client certificate is worth is decided for each request, as kube-apiserver does.
/// `authorities` are the names of those whose certificates are taken; clients choose by them.
pub fn server_config(
    provider: Arc<CryptoProvider>,
    versions: &[&'static SupportedProtocolVersion],
    certificate: Arc<dyn ResolvesServerCert>,
    authorities: Vec<DistinguishedName>,
) -> Result<ServerConfig, rustls::Error> {
    let verifier = Arc::new(AnyClientCertificate::new(authorities));
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(versions)?
        .with_client_cert_verifier(verifier)
        .with_cert_resolver(certificate);
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    // A resumed session takes the client's certificate from the ticket, without a new proof that
    // the client still holds its key.
    config.session_storage = Arc::new(NoServerSessionStorage {});
    config.send_tls13_tickets = 0;
    Ok(config)
}
