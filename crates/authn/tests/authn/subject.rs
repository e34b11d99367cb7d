//! Whom a client certificate's subject names.

use authn::{Method, X509Failure};
use model::BadIdentity;
use proptest::prelude::*;
use rustls_pki_types::CertificateDer;

use crate::asked::Request;
use crate::certificate::*;
use crate::der::UTF8;
use crate::x509::{Expected, check, who};

#[test]
fn the_subject_is_the_identity() {
    let leaf = Wanted::client()
        .subject(&[
            utf8(O, "dev"),
            utf8(CN, "old"),
            utf8(OU, "nothing"),
            utf8(O, "a, b"),
            utf8(CN, "jane"),
            utf8(UID, "42"),
            utf8(O, "dev"),
        ])
        .signed();
    let peer = presenting(std::slice::from_ref(&leaf));
    let found = Request::over(&peer).of(&taking(&[Wanted::authority().signed()])).unwrap();
    let user = found.caller.user();
    assert_eq!((user.name.as_str(), user.uid.as_str()), ("jane", "42"));
    assert_eq!(user.groups, ["dev", "a, b", "dev", "system:authenticated"]);
    let id = &user.extra["authentication.kubernetes.io/credential-id"];
    let digest = <sha2::Sha256 as sha2::Digest>::digest(&leaf);
    assert_eq!(id, &[format!("X509SHA256={digest:x}")]);
    assert_eq!((user.extra.len(), found.method), (1, Method::X509));
    assert_eq!((found.annotations, found.subprotocols), (vec![], None));
}

fn check_subject(subject: &[Attribute], expected: Expected) {
    let leaf = Wanted::client().subject(subject).signed();
    check("subject", &Wanted::authority(), &[leaf], expected);
}

#[test]
fn a_subject_without_a_name_is_nobody() {
    check_subject(&[], Ok(""));
    check_subject(&[utf8(O, "system:masters")], Ok(""));
    check_subject(&[utf8(CN, "")], Ok(""));
    check_subject(&[utf8(CN, "jane"), utf8(CN, "")], Ok(""));
    check_subject(&[utf8(UID, ""), utf8(UID, "")], Ok(""));
}

#[test]
fn a_uid_is_one_or_none() {
    check_subject(&[utf8(CN, "jane"), utf8(UID, "1")], Ok("jane"));
    let failure = X509Failure::Subject;
    check_subject(
        &[utf8(CN, "jane"), utf8(UID, "1"), utf8(UID, "1")],
        Err(failure("it has more than one UID")),
    );
    check_subject(&[utf8(CN, "jane"), utf8(UID, "")], Err(failure("its UID is empty")));
}

#[test]
fn text_is_read_in_the_types_that_go_reads() {
    let (printable, t61, ia5, numeric, bmp) = (19, 20, 22, 18, 30);
    let name = |tag, bytes: &[u8]| [Attribute(CN, tag, bytes.to_vec())];
    let failure = Err(X509Failure::Subject("an attribute is not text of a supported type"));
    check_subject(&name(printable, b"system:node:a"), Ok("system:node:a"));
    check_subject(&name(printable, b"a*b&c"), Ok("a*b&c"));
    check_subject(&name(printable, b"jane@example.com"), failure.clone());
    check_subject(&name(UTF8, "jürgen".as_bytes()), Ok("jürgen"));
    check_subject(&name(UTF8, b"\xff"), failure.clone());
    check_subject(&name(t61, b"j\xfcrgen"), Ok("jürgen"));
    check_subject(&name(ia5, b"jane@example.com"), Ok("jane@example.com"));
    check_subject(&name(ia5, b"\xfc"), failure.clone());
    check_subject(&name(numeric, b"42"), Ok("42"));
    check_subject(&name(numeric, b"4x"), failure.clone());
    check_subject(&name(bmp, b"\0j\0\xfc"), Ok("jü"));
    check_subject(&name(bmp, b"\0j\0\xfc\0\0"), Ok("jü"));
    check_subject(&name(bmp, b"\0j\0"), failure.clone());
    check_subject(&name(bmp, b"\xd8\x3d\xde\0"), failure.clone());
    check_subject(&name(4, b"jane"), failure.clone());
    check_subject(&[utf8(CN, "jane"), Attribute(OU, 4, b"x".to_vec())], failure);
}

#[test]
fn an_identity_that_headers_would_change_is_refused() {
    let bad = |bad| Err(X509Failure::Identity(bad));
    check_subject(&[utf8(CN, " jane")], bad(BadIdentity::Edges("user name")));
    check_subject(&[utf8(CN, "ja\r\nne")], bad(BadIdentity::Control("user name")));
    check_subject(&[utf8(CN, "jane"), utf8(O, "")], bad(BadIdentity::Empty("group")));
    check_subject(&[utf8(CN, "jane"), utf8(O, "dev ")], bad(BadIdentity::Edges("group")));
    let leaf = Wanted::client().subject(&[utf8(CN, " jane")]).signed();
    let peer = presenting(&[leaf]);
    let refused = Request::over(&peer).of(&taking(&[Wanted::authority().signed()])).unwrap_err();
    assert_eq!(refused.bad_identity(), Some(&BadIdentity::Edges("user name")));
}

proptest! {
    #[test]
    fn no_subject_makes_a_panic(parts in proptest::collection::vec((0..4_usize, any::<u8>(), proptest::collection::vec(any::<u8>(), 0..9)), 0..5)) {
        let kinds = [CN, O, OU, UID];
        let subject: Vec<Attribute> =
            parts.into_iter().map(|(kind, tag, bytes)| Attribute(kinds[kind], tag & 0x1f, bytes)).collect();
        let leaf = Wanted::client().subject(&subject).signed();
        let _outcome = who(&taking(&[Wanted::authority().signed()]), &[leaf]);
    }

    #[test]
    fn no_bytes_make_a_panic(place in 0..600_usize, byte: u8, version in 1..4_u8) {
        let everything = [
            basic_constraints(version == 2, Some(1)),
            uses(&[CLIENT_AUTH]),
            key_usage(0x84),
            name_constraints(),
        ];
        let mut changed = Wanted::client().version(version).extensions(&everything).signed().to_vec();
        let place = place % changed.len();
        changed[place] = byte;
        let changed: CertificateDer<'static> = changed.into();
        let authority = Wanted::authority().signed();
        let _outcome = who(&taking(std::slice::from_ref(&authority)), std::slice::from_ref(&changed));
        let _outcome = who(&taking(&[authority]), &[Wanted::client_below().signed(), changed.clone()]);
        let _outcome = authn::ClientCertificates::new(vec![changed], vec![]);
    }
}
