//! Client certificates. The first byte says what the rest is: a certificate, which nobody signed;
//! or the subject or the extensions of one that the authority signs.

#![no_main]

use std::sync::LazyLock;

use authn::{Authenticator, PeerCertificates};
use libfuzzer_sys::fuzz_target;
use ravelin_fuzz::ask;
use ravelin_fuzz::authority::Authority;

/// `CN=jane`, without the sequence around it.
const JANE: &[u8] = b"\x31\x0d\x30\x0b\x06\x03\x55\x04\x03\x0c\x04jane";

static AUTHORITY: LazyLock<(Authority, Authenticator)> = LazyLock::new(|| {
    let authority = Authority::new();
    let authenticator = authority.authenticator();
    let jane = PeerCertificates::new(vec![authority.signed(JANE, &[])]);
    assert!(ask(&authenticator, Some(&jane), &[]).is_some(), "a good certificate is refused");
    (authority, authenticator)
});

fuzz_target!(|bytes: &[u8]| {
    let (authority, authenticator) = &*AUTHORITY;
    let Some((what, bytes)) = bytes.split_first() else { return };
    let certificate = match what {
        b's' => authority.signed(bytes, &[]),
        b'e' => authority.signed(JANE, bytes),
        _ => bytes.to_vec().into(),
    };
    let found = ask(authenticator, Some(&PeerCertificates::new(vec![certificate])), &[]);
    match what {
        b's' => {}
        b'e' => assert!(found.is_none_or(|found| found.caller.name() == "jane")),
        _ => assert!(found.is_none(), "nobody signed it"),
    }
});
