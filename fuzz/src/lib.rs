//! What the fuzz targets share: an authority and an issuer that sign whatever the fuzzer makes up,
//! so that it gets past the signature to what is read behind it.

pub mod authority;
pub mod issuer;

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use authn::{Authenticated, Authenticator, PeerCertificates, Presented};

/// When everything takes place: 2026-06-01T00:00:00Z.
pub fn now() -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(1_780_272_000)
}

/// Who sends a request with these certificates and this `Authorization` header, if anybody.
pub fn ask(
    authenticator: &Authenticator,
    certificates: Option<&PeerCertificates>,
    authorization: &[&[u8]],
) -> Option<Authenticated> {
    let presented =
        Presented { certificates, authorization, subprotocols: &[], path: "/api", now: now() };
    ready(authenticator.authenticate(&presented)).ok()
}

/// The output of a future that has nothing to wait for.
fn ready<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("the future waits"),
    }
}
