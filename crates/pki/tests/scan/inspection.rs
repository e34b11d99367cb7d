//! What a close look finds in certificates good and odd.

use std::time::Duration;

use pki::{Authority, Constraints, Inspection, Role, Validity};

use super::{der, today};

fn look(name: &str) -> Inspection {
    Inspection::of_der(&der(name)).unwrap()
}

#[test]
fn keys_and_signatures_have_names_and_weak_ones_are_known() {
    let check = |name: &str, key: (&str, bool), signature: (&str, bool)| {
        let found = look(name);
        assert_eq!((found.key.to_string().as_str(), found.key.is_weak()), key, "{name}");
        assert_eq!((found.signature.name.as_str(), found.signature.is_weak), signature, "{name}");
    };
    check("root", ("RSA 2048", false), ("RSA-SHA256", false));
    check("root-1024", ("RSA 1024", true), ("RSA-SHA256", false));
    check("root-p224", ("EC P-224", true), ("ECDSA-SHA224", false));
    check("root-p256", ("EC P-256", false), ("ECDSA-SHA256", false));
    check("root-p384", ("EC P-384", false), ("ECDSA-SHA384", false));
    check("root-p521", ("EC P-521", false), ("ECDSA-SHA512", false));
    check("root-ed25519", ("Ed25519", false), ("Ed25519", false));
    check("root-ed448", ("Ed448", false), ("Ed448", false));
    check("root-dsa", ("DSA 1024", true), ("DSA-SHA256", false));
    check("leaf-sha384", ("EC P-256", false), ("RSA-SHA384", false));
    check("leaf-sha1", ("EC P-256", false), ("RSA-SHA1", true));
    check("leaf-md5", ("EC P-256", false), ("RSA-MD5", true));
    check("leaf-pss", ("EC P-256", false), ("RSA-PSS-SHA256", false));
    check("leaf-pss-sha1", ("EC P-256", false), ("RSA-PSS-SHA1", true));
    check("leaf-p256-sha1", ("EC P-256", false), ("ECDSA-SHA1", true));
}

#[test]
fn only_what_signed_itself_is_self_signed() {
    for (name, expected) in [
        ("root", true),
        ("root-plain", true),
        ("root-dsa", true),
        ("root-p224", true),
        ("leaf-sha256", false),
        ("authority-short", false),
    ] {
        assert_eq!(look(name).is_self_signed, expected, "{name}");
    }
}

#[test]
fn constraints_are_told_apart_from_their_absence() {
    let check = |name: &str, expected: Option<(bool, Option<u32>)>| {
        let expected =
            expected.map(|(is_authority, path_length)| Constraints { is_authority, path_length });
        assert_eq!(look(name).constraints, expected, "{name}");
    };
    check("root", Some((true, None)));
    check("root-short", Some((true, Some(0))));
    check("leaf-authority", Some((true, None)));
    check("root-plain", None);
    check("leaf-sha256", None);
}

#[test]
fn every_name_and_identifier_is_read() {
    let (leaf, root) = (look("leaf-names"), look("root"));
    assert_eq!(leaf.facts.dns_names, ["a.example"]);
    assert_eq!(leaf.emails, ["ops@a.example"]);
    assert_eq!(leaf.uris, ["spiffe://a.example/x"]);
    assert_eq!(leaf.authority_key_id, root.subject_key_id);
    assert_eq!(root.subject_key_id.as_deref().map(str::len), Some(40));
    assert_eq!(look("leaf-without-ids").authority_key_id, None);
    assert!(leaf.serial.len() > 30, "{}", leaf.serial);
    assert_eq!(look("root-rekeyed").facts.subject, root.facts.subject);
    assert_ne!(look("root-rekeyed").spki, root.spki);
}

#[test]
fn what_is_left_of_a_life_is_measured() {
    let hours = Duration::from_hours;
    let validity = Validity::new(today(), today() + hours(100)).unwrap();
    let authority = Authority::new("test", validity).unwrap();
    let found = Inspection::of_pem(authority.certificate()).unwrap();
    assert!(found.is_self_signed);
    assert_eq!(found.lifetime(), hours(100));
    let check = |at, left, fraction: f64, holds| {
        assert_eq!(found.remaining(at), left);
        assert!((found.fraction_left(at) - fraction).abs() < 1e-9, "{at:?}");
        assert_eq!(found.holds(at), holds, "{at:?}");
    };
    check(today(), hours(100), 1.0, true);
    check(today() + hours(75), hours(25), 0.25, true);
    check(today() + hours(100), hours(0), 0.0, true);
    check(today() + hours(101), hours(0), 0.0, false);
    check(today() - hours(1), hours(101), 1.0, false);
}

#[test]
fn a_usage_that_a_role_needs_and_a_certificate_lacks_is_told() {
    let check = |role: Role, name: &str, missing: &[&str]| {
        assert_eq!(role.needs().unwrap().missing_usages(&look(name)), missing, "{name}");
    };
    check(Role::ApiServerServing, "leaf-wrong-usage", &["serverAuth"]);
    check(Role::ApiServerServing, "leaf-sha256", &[]);
    check(Role::EtcdPeer, "leaf-sha256", &["clientAuth"]);
    check(Role::AdminKubeconfig, "leaf-sha256", &["clientAuth"]);
    check(Role::EtcdPeer, "root", &[]);
}

proptest::proptest! {
    #[test]
    fn touched_bytes_end_in_a_value(
        name in proptest::sample::select(vec!["leaf-names", "root", "leaf-pss", "root-dsa", "root-p224"]),
        touches in proptest::collection::vec((0_usize..2000, proptest::arbitrary::any::<u8>()), 1..4),
    ) {
        let mut bytes = der(name);
        for (place, byte) in touches {
            let place = place % bytes.len();
            bytes[place] = byte;
        }
        if let Ok(found) = Inspection::of_der(&bytes) {
            proptest::prop_assert!((0.0..=1.0).contains(&found.fraction_left(today())));
            if pki::chain::verify(&bytes, &der("root"), today()).is_ok() {
                // Only the wrapper around what is signed may have changed.
                let mut whole = look(name);
                whole.facts.fingerprint.clone_from(&found.facts.fingerprint);
                proptest::prop_assert_eq!(found, whole);
            }
        }
    }
}
