//! Keys, private and public, and the certificates they belong to.

use pki::{Authority, Inspection, KeyKind, PemItem, Validity, key_facts, key_spki, pem_objects};

use super::{item, text, today};

#[test]
fn a_key_is_matched_with_its_certificate() {
    for (certificate, key) in [
        ("root", "root.pkcs1.key"),
        ("root", "root.pkcs8.key"),
        ("root", "root.pub"),
        ("root", "root.pkcs1.pub"),
        ("root-1024", "root-1024.pkcs1.key"),
        ("root-p256", "root-p256.pkcs8.key"),
        ("root-p256", "root-p256.sec1.key"),
        ("root-p384", "root-p384.pkcs8.key"),
        ("root-p384", "root-p384.sec1.key"),
        ("root-p521", "root-p521.pkcs8.key"),
        ("root-p521", "root-p521.sec1.key"),
        ("root-ed25519", "root-ed25519.pkcs8.key"),
    ] {
        let certificate = key_facts(&item(&format!("{certificate}.pem"))).unwrap();
        assert_eq!(key_facts(&item(key)), Some(certificate), "{key}");
    }
    assert_ne!(key_facts(&item("root.pkcs1.key")), key_facts(&item("root-1024.pem")));
}

#[test]
fn the_hash_of_a_key_is_the_one_openssl_computes() {
    for name in ["root", "root-p256", "root-ed25519"] {
        let found = key_facts(&item(&format!("{name}.pkcs8.key"))).unwrap();
        assert_eq!(found.spki.to_string(), text(&format!("{name}.spki")).trim(), "{name}");
    }
}

#[test]
fn a_key_that_cannot_be_read_is_not_guessed_at() {
    for (name, kind) in [("encrypted.key", KeyKind::Encrypted), ("root-dsa.key", KeyKind::Dsa)] {
        let PemItem::PrivateKey(key) = item(name) else { panic!("{name} is no key") };
        assert_eq!(key.kind(), kind, "{name}");
        assert_eq!(key_spki(key.expose(), key.kind()), None, "{name}");
    }
    // A private key beside the public point of another one.
    let PemItem::PrivateKey(key) = item("root-p256.sec1.key") else { panic!("no key") };
    let mut forged = key.expose().to_vec();
    let last = forged.len() - 1;
    forged[last] ^= 1;
    assert_eq!(key_spki(&forged, KeyKind::Sec1), None);
}

#[test]
fn what_is_issued_here_matches_its_key() {
    let validity = Validity::new(today(), today() + std::time::Duration::from_hours(1)).unwrap();
    let authority = Authority::new("test", validity).unwrap();
    let issued = authority.client("jane", &["dev"], validity).unwrap();
    let bundle = format!("{}{}", issued.certificate, issued.key.expose());
    let found: Vec<_> =
        pem_objects(&bundle).iter().map(|object| key_facts(&object.item).unwrap()).collect();
    assert_eq!(found.len(), 2);
    assert_eq!(found[0], found[1]);
    let other = Inspection::of_pem(authority.certificate()).unwrap();
    assert_ne!(found[0].spki, other.spki);
}
