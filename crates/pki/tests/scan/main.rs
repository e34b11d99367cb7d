//! Certificates and keys as a scan finds them, odd ones among them: `fixtures/make.sh` makes them
//! with OpenSSL, which so is the referee.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test ends at the first surprise")]

mod chain;
mod inspection;
mod keys;

use std::time::{Duration, SystemTime};

use pki::{PemItem, pem_objects};

/// The text of a fixture.
fn text(name: &str) -> String {
    std::fs::read_to_string(format!("{}/tests/fixtures/{name}", env!("CARGO_MANIFEST_DIR")))
        .unwrap()
}

/// The only block of a fixture.
fn item(name: &str) -> PemItem {
    let mut found = pem_objects(&text(name));
    assert_eq!(found.len(), 1, "{name}");
    found.remove(0).item
}

/// The certificate of a fixture in DER.
fn der(name: &str) -> Vec<u8> {
    let PemItem::Certificate(der) = item(&format!("{name}.pem")) else {
        panic!("{name} is no certificate")
    };
    der
}

/// A day at which all fixtures hold but the one that has expired.
fn today() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_hours(60 * 365 * 24)
}
