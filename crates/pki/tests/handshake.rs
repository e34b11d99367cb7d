//! What is issued here is what rustls accepts, and what it must refuse.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test ends at the first surprise"
)]

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use pki::{Authority, Facts, Issued, Kubeconfig, Validity};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::server::WebPkiClientVerifier;
use rustls::{
    ClientConfig, ClientConnection, Connection, RootCertStore, ServerConfig, ServerConnection,
};

fn now() -> SystemTime {
    SystemTime::now()
}

fn validity() -> Validity {
    Validity::new(now() - Duration::from_mins(1), now() + Duration::from_hours(1)).unwrap()
}

fn provider() -> Arc<rustls::crypto::CryptoProvider> {
    Arc::new(rustls::crypto::aws_lc_rs::default_provider())
}

fn roots(authority: &Authority) -> Arc<RootCertStore> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(authority.certificate().as_bytes()).unwrap()).unwrap();
    Arc::new(roots)
}

fn pair(issued: &Issued) -> (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>) {
    let certificate = CertificateDer::from_pem_slice(issued.certificate.as_bytes()).unwrap();
    (vec![certificate], PrivateKeyDer::from_pem_slice(issued.key.expose().as_bytes()).unwrap())
}

/// Runs a handshake in memory; gives back the client certificate the server saw.
fn handshake(
    authority: &Authority,
    server: &Issued,
    client: &Issued,
    name: &'static str,
) -> Result<Vec<u8>, rustls::Error> {
    let verifier =
        WebPkiClientVerifier::builder_with_provider(roots(authority), provider()).build().unwrap();
    let (chain, key) = pair(server);
    let server = ServerConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()?
        .with_client_cert_verifier(verifier)
        .with_single_cert(chain, key)?;
    let (chain, key) = pair(client);
    let client = ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots(authority))
        .with_client_auth_cert(chain, key)?;
    let mut client: Connection =
        ClientConnection::new(Arc::new(client), ServerName::try_from(name).unwrap())?.into();
    let mut server: Connection = ServerConnection::new(Arc::new(server))?.into();
    for _ in 0..8 {
        step(&mut client, &mut server)?;
        step(&mut server, &mut client)?;
    }
    assert!(!client.is_handshaking() && !server.is_handshaking());
    Ok(server.peer_certificates().unwrap()[0].to_vec())
}

fn step(from: &mut Connection, to: &mut Connection) -> Result<(), rustls::Error> {
    let mut bytes = Vec::new();
    while from.wants_write() {
        from.write_tls(&mut bytes).unwrap();
    }
    let mut bytes = bytes.as_slice();
    while !bytes.is_empty() {
        to.read_tls(&mut bytes).unwrap();
        to.process_new_packets()?;
    }
    Ok(())
}

#[test]
fn a_server_and_a_client_of_one_authority_meet() {
    let authority = Authority::new("test authority", validity()).unwrap();
    let server = authority.server(&["api.example", "127.0.0.1", "::1"], validity()).unwrap();
    let client = authority.client("jane", &["dev", "ops", "dev:eu"], validity()).unwrap();
    for name in ["api.example", "127.0.0.1", "::1"] {
        let seen = Facts::of_der(&handshake(&authority, &server, &client, name).unwrap()).unwrap();
        assert_eq!(seen.common_name, "jane");
        assert_eq!(seen.organizations, ["dev", "ops", "dev:eu"]);
    }
    assert!(handshake(&authority, &server, &client, "other.example").is_err());
}

#[test]
fn a_reloaded_authority_goes_on_issuing() {
    let authority = Authority::new("test authority", validity()).unwrap();
    let server = authority.server(&["localhost"], validity()).unwrap();
    let again = Authority::load(authority.certificate(), &authority.key()).unwrap();
    let client = again.client("jane", &[], validity()).unwrap();
    handshake(&authority, &server, &client, "localhost").unwrap();
}

#[test]
fn roles_strangers_and_the_past_are_refused() {
    let authority = Authority::new("test authority", validity()).unwrap();
    let server = authority.server(&["localhost"], validity()).unwrap();
    let client = authority.client("jane", &["dev"], validity()).unwrap();
    let stranger = Authority::new("test authority", validity()).unwrap();
    let foreign = stranger.client("jane", &["dev"], validity()).unwrap();
    let past =
        Validity::new(now() - Duration::from_hours(2), now() - Duration::from_hours(1)).unwrap();
    let expired = authority.client("jane", &["dev"], past).unwrap();
    for (server, client) in
        [(&client, &client), (&server, &server), (&server, &foreign), (&server, &expired)]
    {
        assert!(handshake(&authority, server, client, "localhost").is_err());
    }
}

#[test]
fn facts_are_what_was_asked_for() {
    let authority = Authority::new("test authority", validity()).unwrap();
    let facts = Facts::of_pem(authority.certificate()).unwrap();
    assert!(facts.is_authority);
    assert_eq!(facts.key_usages, ["digitalSignature", "keyCertSign", "cRLSign"]);
    let server = authority.server(&["api.example", "10.0.0.1"], validity()).unwrap();
    let facts = Facts::of_pem(&server.certificate).unwrap();
    assert!(!facts.is_authority);
    assert_eq!(facts.issuer, "CN=test authority");
    assert_eq!(facts.dns_names, ["api.example"]);
    assert_eq!(facts.ip_addresses, ["10.0.0.1".parse::<std::net::IpAddr>().unwrap()]);
    assert_eq!(facts.extended_key_usages, ["serverAuth"]);
    let lasts = facts.not_after.duration_since(facts.not_before).unwrap();
    assert!((3659..=3661).contains(&lasts.as_secs()));
    assert_eq!(facts.fingerprint.len(), 64);
    let client = authority.client("jane", &["a", "b"], validity()).unwrap();
    let facts = Facts::of_pem(&client.certificate).unwrap();
    assert_eq!(facts.subject, "O=a, O=b, CN=jane");
    assert_eq!(facts.extended_key_usages, ["clientAuth"]);
}

#[test]
fn a_kubeconfig_carries_the_whole_credential() {
    let authority = Authority::new("test authority", validity()).unwrap();
    let credential = authority.client("jane", &["dev"], validity()).unwrap();
    let text = Kubeconfig {
        cluster: "try",
        server: "https://127.0.0.1:6443",
        authority: authority.certificate(),
        user: "jane",
        credential: &credential,
        namespace: "demo",
    }
    .text();
    assert!(text.contains("current-context: \"jane@try\"\n"));
    assert!(text.contains("    server: \"https://127.0.0.1:6443\"\n"));
    assert!(!format!("{credential:?}").contains("PRIVATE KEY"));
}
