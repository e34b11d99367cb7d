//! What a connection remembers of its certificates, and when it must not.

use authn::{Failure, PeerCertificates, X509Failure};

use crate::asked::{NOW, Request};
use crate::certificate::*;

fn check(
    peer: &PeerCertificates,
    authenticator: &authn::Authenticator,
    now: u64,
    expected: Result<&str, X509Failure>,
) {
    let seen = Request::over(peer).at(now).of(authenticator);
    let seen = seen.map(|found| found.caller.name().to_owned());
    let expected =
        expected.map(str::to_owned).map_err(|failure| vec![Failure::Certificate(failure)]);
    assert_eq!(seen.map_err(|refused| refused.failures().to_vec()), expected, "{now}");
}

#[test]
fn the_end_of_a_certificate_is_seen_on_an_open_connection() {
    let authenticator = taking(&[Wanted::authority().signed()]);
    for client in [Wanted::client(), Wanted::client().version(1)] {
        let leaf = client.time("260601000000Z", "260601000010Z").signed();
        let peer = presenting(&[leaf]);
        check(&peer, &authenticator, NOW - 1, Err(X509Failure::NotYetValid));
        check(&peer, &authenticator, NOW, Ok("jane"));
        check(&peer, &authenticator, NOW + 10, Ok("jane"));
        check(&peer, &authenticator, NOW + 11, Err(X509Failure::Expired));
        check(&peer, &authenticator, NOW + 5, Ok("jane"));
    }
}

#[test]
fn the_end_of_an_authority_is_seen_on_an_open_connection() {
    let authority = Wanted::authority().time(BEGIN, "260601000010Z");
    let authenticator = taking(&[authority.signed()]);
    let peer = presenting(&[Wanted::client().signed()]);
    check(&peer, &authenticator, NOW, Ok("jane"));
    check(&peer, &authenticator, NOW + 11, Err(X509Failure::Expired));
}

#[test]
fn new_authorities_are_asked_on_an_open_connection() {
    let peer = presenting(&[Wanted::client().signed()]);
    let before = taking(&[Wanted::authority().signed()]);
    let after = taking(&[Wanted::client_below().signed()]);
    check(&peer, &before, NOW, Ok("jane"));
    check(&peer, &after, NOW, Err(X509Failure::UnknownAuthority));
    check(&peer, &before, NOW, Ok("jane"));
}

#[test]
fn the_same_connection_may_be_asked_from_many_threads() {
    let peer = presenting(&[Wanted::client().signed()]);
    let authenticators =
        [taking(&[Wanted::authority().signed()]), taking(&[Wanted::authority().signed()])];
    std::thread::scope(|scope| {
        for authenticator in authenticators.iter().cycle().take(4) {
            scope.spawn(|| (0..200).for_each(|_| check(&peer, authenticator, NOW, Ok("jane"))));
        }
    });
}
