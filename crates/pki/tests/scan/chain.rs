//! One step of a chain: what follows, what does not and why.

use std::time::{Duration, SystemTime};

use pki::chain::{outlives, verify};
use pki::{ChainFault, Link, PemItem, pem_objects};

use super::{der, today};

fn fault(child: &str, issuer: &str) -> Option<ChainFault> {
    verify(&der(child), &der(issuer), today()).err()
}

#[test]
fn what_openssl_signed_follows_from_its_issuer() {
    for (child, issuer) in [
        ("leaf-sha256", "root"),
        ("leaf-sha384", "root"),
        ("leaf-sha1", "root"),
        ("leaf-pss", "root"),
        ("leaf-without-ids", "root"),
        ("leaf-authority", "root"),
        ("leaf-1024", "root-1024"),
        ("leaf-p256", "root-p256"),
        ("leaf-p256-sha1", "root-p256"),
        ("leaf-p384", "root-p384"),
        ("leaf-p521", "root-p521"),
        ("leaf-ed25519", "root-ed25519"),
        ("leaf-short", "root-short"),
        ("root", "root"),
        ("root-1024", "root-1024"),
        ("root-p384", "root-p384"),
        ("root-p521", "root-p521"),
        ("root-ed25519", "root-ed25519"),
    ] {
        assert_eq!(fault(child, issuer), None, "{child} of {issuer}");
    }
}

#[test]
fn what_does_not_follow_is_told_why() {
    let check = |child: &str, issuer: &str, expected: ChainFault| {
        assert_eq!(fault(child, issuer), Some(expected), "{child} of {issuer}");
    };
    let names = |named: &str, given: &str| ChainFault::WrongIssuer {
        named: named.to_owned(),
        given: given.to_owned(),
    };
    check("leaf-p256", "root", names("CN=root-p256", "CN=root"));
    check("leaf-sha256", "root-rekeyed", ChainFault::OtherKey);
    check("leaf-without-ids", "root-rekeyed", ChainFault::BadSignature);
    check("leaf-plain", "root-plain", ChainFault::NotAnAuthority);
    check("leaf-mute", "root-mute", ChainFault::MayNotSign);
    check("authority-short", "root-short", ChainFault::PathTooLong);
    check("leaf-expired", "root", ChainFault::Expired(Link::Child));
    check("leaf-md5", "root", ChainFault::Unknown("RSA-MD5".to_owned()));
    check("leaf-pss-sha1", "root", ChainFault::Unknown("RSA-PSS-SHA1".to_owned()));
    // OpenSSL's own salt is as long as fits, which no library in use checks.
    check("leaf-pss-salt", "root", ChainFault::Unknown("RSA-PSS-SHA256".to_owned()));
    check("leaf-dsa", "root-dsa", ChainFault::Unknown("DSA-SHA256".to_owned()));
    check("root-p224", "root-p224", ChainFault::Unknown("ECDSA-SHA224".to_owned()));
    check("root-ed448", "root-ed448", ChainFault::Unknown("Ed448".to_owned()));
}

#[test]
fn both_must_hold_at_the_time() {
    let (leaf, root) = (der("leaf-sha256"), der("root"));
    let early = SystemTime::UNIX_EPOCH;
    let late = SystemTime::UNIX_EPOCH + Duration::from_hours(200 * 365 * 24);
    assert_eq!(verify(&leaf, &root, early), Err(ChainFault::NotYetValid(Link::Child)));
    assert_eq!(verify(&leaf, &root, late), Err(ChainFault::Expired(Link::Child)));
}

#[test]
fn a_touched_certificate_has_a_bad_signature() {
    for (child, issuer) in [
        ("leaf-sha1", "root"),
        ("leaf-pss", "root"),
        ("leaf-1024", "root-1024"),
        ("leaf-p256-sha1", "root-p256"),
        ("leaf-p521", "root-p521"),
        ("leaf-ed25519", "root-ed25519"),
    ] {
        let mut touched = der(child);
        let last = touched.len() - 2;
        touched[last] ^= 1;
        let verdict = verify(&touched, &der(issuer), today());
        assert_eq!(verdict, Err(ChainFault::BadSignature), "{child}");
    }
}

#[test]
fn garbage_is_told_by_its_place() {
    let root = der("root");
    assert_eq!(verify(&[], &root, today()), Err(ChainFault::Malformed(Link::Child)));
    assert_eq!(verify(&root, &[1], today()), Err(ChainFault::Malformed(Link::Issuer)));
    let long = [root.as_slice(), &[0]].concat();
    assert_eq!(verify(&long, &root, today()), Err(ChainFault::Malformed(Link::Child)));
}

#[test]
fn a_leaf_that_outlives_its_issuer_is_measured() {
    let start = today();
    let days = |count: u64| start + Duration::from_hours(24 * count);
    let until = |end| pki::Validity::new(start, end).unwrap();
    let authority = pki::Authority::new("test", until(days(10))).unwrap();
    let issued = authority.server(&["a.example"], until(days(12))).unwrap();
    let certificate = |pem: &str| {
        let PemItem::Certificate(der) = pem_objects(pem).remove(0).item else {
            panic!("no certificate")
        };
        der
    };
    let (leaf, root) = (certificate(&issued.certificate), certificate(authority.certificate()));
    assert_eq!(outlives(&leaf, &root), Some(Duration::from_hours(48)));
    assert_eq!(outlives(&root, &leaf), None);
    assert_eq!(outlives(&root, &root), None);
    assert_eq!(verify(&leaf, &root, days(1)), Ok(()));
    assert_eq!(verify(&leaf, &root, days(11)), Err(ChainFault::Expired(Link::Issuer)));
}
