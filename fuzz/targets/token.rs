//! JSON Web Tokens. The input is a token, which nobody signed; or a header, a line break and
//! claims, which the issuer signs. Nobody gets out of the issuer's prefix.

#![no_main]

use std::sync::LazyLock;

use authn::{Authenticator, KeySet};
use libfuzzer_sys::fuzz_target;
use ravelin_fuzz::ask;
use ravelin_fuzz::issuer::Issuer;

static ISSUER: LazyLock<(Issuer, Authenticator)> = LazyLock::new(|| {
    let issuer = Issuer::new();
    let authenticator = issuer.authenticator();
    (issuer, authenticator)
});

fuzz_target!(|bytes: &[u8]| {
    let (issuer, authenticator) = &*ISSUER;
    let _ = KeySet::from_jwks(bytes);
    let Some(at) = bytes.iter().position(|&byte| byte == b'\n') else {
        assert!(ask(authenticator, None, &[&[b"Bearer ", bytes].concat()]).is_none());
        return;
    };
    let token = issuer.signed(&bytes[..at], &bytes[at + 1..]);
    let header = format!("Bearer {token}");
    if let Some(found) = ask(authenticator, None, &[header.as_bytes()]) {
        assert!(found.caller.name().starts_with("oidc:"));
        for group in &found.caller.user().groups {
            assert!(group.starts_with("oidc:") || group == "system:authenticated", "{group}");
        }
    }
});
