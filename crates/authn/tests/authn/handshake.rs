//! Whole handshakes: a certificate is asked for and not required, and the client must hold its key.

use std::sync::Arc;

use authn::{AnyClientCertificate, ClientCertificates, PeerCertificates};
use rcgen::{KeyPair, SignatureAlgorithm};
use rustls::client::ResolvesClientCert;
use rustls::crypto::aws_lc_rs;
use rustls::sign::CertifiedKey;
use rustls::{
    ClientConfig, ClientConnection, Error, RootCertStore, ServerConfig, ServerConnection,
    SignatureScheme, SupportedProtocolVersion,
};
use rustls_pki_types::{CertificateDer, PrivateKeyDer, ServerName};

use crate::asked::Request;
use crate::certificate::*;

/// Presents one certificate, whatever it is worth.
#[derive(Debug)]
struct Presents(Option<Arc<CertifiedKey>>);

impl ResolvesClientCert for Presents {
    fn resolve(&self, _: &[&[u8]], _: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        self.0.clone()
    }

    fn has_certs(&self) -> bool {
        self.0.is_some()
    }
}

fn server(version: &'static SupportedProtocolVersion) -> (ServerConfig, CertificateDer<'static>) {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let certificate = made.cert.der().clone();
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
    let authorities = ClientCertificates::new(vec![Wanted::authority().signed()], vec![]).unwrap();
    let verifier = Arc::new(AnyClientCertificate::new(authorities.subjects()));
    let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_protocol_versions(&[version])
        .unwrap()
        .with_client_cert_verifier(verifier)
        .with_single_cert(vec![certificate.clone()], key)
        .unwrap();
    (config, certificate)
}

/// What the server has seen of a client with this certificate and key.
fn shake(
    version: &'static SupportedProtocolVersion,
    presented: Option<(CertificateDer<'static>, &KeyPair)>,
) -> Result<PeerCertificates, Error> {
    let (server_config, trusted) = server(version);
    let mut roots = RootCertStore::empty();
    roots.add(trusted).unwrap();
    let presented = presented.map(|(certificate, key)| {
        let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
        let key = aws_lc_rs::sign::any_supported_type(&key).unwrap();
        Arc::new(CertifiedKey::new(vec![certificate], key))
    });
    let client_config =
        ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_protocol_versions(&[version])
            .unwrap()
            .with_root_certificates(roots)
            .with_client_cert_resolver(Arc::new(Presents(presented)));
    let name = ServerName::try_from("localhost").unwrap();
    let mut client = ClientConnection::new(Arc::new(client_config), name).unwrap();
    let mut server = ServerConnection::new(Arc::new(server_config)).unwrap();
    while client.is_handshaking() || server.is_handshaking() || client.wants_write() {
        let mut bytes = Vec::new();
        while client.wants_write() {
            client.write_tls(&mut bytes).unwrap();
        }
        let mut bytes = bytes.as_slice();
        while !bytes.is_empty() {
            server.read_tls(&mut bytes).unwrap();
            server.process_new_packets()?;
        }
        let mut bytes = Vec::new();
        while server.wants_write() {
            server.write_tls(&mut bytes).unwrap();
        }
        let mut bytes = bytes.as_slice();
        while !bytes.is_empty() {
            client.read_tls(&mut bytes).unwrap();
            client.process_new_packets().unwrap();
        }
    }
    Ok(PeerCertificates::new(server.peer_certificates().unwrap_or_default().to_vec()))
}

const VERSIONS: [&SupportedProtocolVersion; 2] = [&rustls::version::TLS12, &rustls::version::TLS13];

fn of_kind(algorithm: &'static SignatureAlgorithm) -> &'static KeyPair {
    Box::leak(Box::new(KeyPair::generate_for(algorithm).unwrap()))
}

#[test]
fn every_key_that_kubernetes_knows_is_proved() {
    let authenticator = taking(&[Wanted::authority().signed()]);
    let kinds = [
        &rcgen::PKCS_ECDSA_P256_SHA256,
        &rcgen::PKCS_ECDSA_P384_SHA384,
        &rcgen::PKCS_ED25519,
        &rcgen::PKCS_RSA_SHA256,
    ];
    for kind in kinds {
        let key = of_kind(kind);
        for (version, certificate_version) in
            VERSIONS.iter().flat_map(|held| [(held, 3), (held, 1)])
        {
            let client = Wanted { key, ..Wanted::client() }.version(certificate_version).signed();
            let peer = shake(version, Some((client, key))).unwrap();
            let found = Request::over(&peer).of(&authenticator).unwrap();
            assert_eq!(found.caller.name(), "jane", "{kind:?} {version:?} {certificate_version}");
        }
    }
}

#[test]
fn no_certificate_is_required() {
    for version in VERSIONS {
        assert!(shake(version, None).unwrap().is_empty());
    }
}

#[test]
fn a_certificate_that_is_worth_nothing_is_no_obstacle() {
    let key = of_kind(&rcgen::PKCS_ECDSA_P256_SHA256);
    let stranger = Wanted { key, ..Wanted::client() }.signed_by(intermediate_key());
    let over = Wanted { key, ..Wanted::client() }.time(BEGIN, "260501000000Z").signed();
    for (version, certificate) in
        VERSIONS.iter().flat_map(|held| [(held, &stranger), (held, &over)])
    {
        let peer = shake(version, Some((certificate.clone(), key))).unwrap();
        assert_eq!(peer.own(), Some(certificate));
    }
}

#[test]
fn another_clients_certificate_is_refused() {
    let thief = of_kind(&rcgen::PKCS_ECDSA_P256_SHA256);
    for (version, certificate_version) in VERSIONS.iter().flat_map(|held| [(held, 3), (held, 1)]) {
        let stolen = Wanted::client().version(certificate_version).signed();
        assert!(
            shake(version, Some((stolen, thief))).is_err(),
            "{version:?} {certificate_version}"
        );
    }
}

#[test]
fn what_is_no_certificate_ends_the_handshake() {
    let key = of_kind(&rcgen::PKCS_ECDSA_P256_SHA256);
    for version in VERSIONS {
        assert!(shake(version, Some((b"jane".to_vec().into(), key))).is_err());
    }
}
