//! Which client certificates are taken. What Go's verifier, and so
//! kube-apiserver, says of each was looked up by running it on the same certificates.

use authn::{Anonymous, Authenticator, Failure, X509Failure};
use rustls_pki_types::CertificateDer;

use crate::asked::Request;
use crate::certificate::*;

/// Asks who presents `chain` to those authorities. `Ok("")` means that nobody is named.
pub(crate) fn who(
    authenticator: &Authenticator,
    chain: &[CertificateDer<'static>],
) -> Result<String, X509Failure> {
    match Request::over(&presenting(chain)).of(authenticator) {
        Ok(found) => Ok(found.caller.name().to_owned()),
        Err(refused) => match refused.failures() {
            [] => Ok(String::new()),
            [Failure::Certificate(failure)] => Err(failure.clone()),
            others => panic!("{others:?}"),
        },
    }
}

#[expect(clippy::needless_pass_by_value, reason = "outcomes are written at every call")]
pub(crate) fn check(
    name: &str,
    authority: &Wanted,
    chain: &[CertificateDer<'static>],
    expected: Expected,
) {
    let seen = who(&taking(&[authority.signed()]), chain);
    let is_expected = match (&seen, &expected) {
        (Ok(seen), Ok(expected)) => seen == expected,
        (Err(X509Failure::Chain(_)), Err(X509Failure::Chain(_))) => true,
        (Err(seen), Err(expected)) => seen == expected,
        (Ok(_), Err(_)) | (Err(_), Ok(_)) => false,
    };
    assert!(is_expected, "{name}: {seen:?} instead of {expected:?}");
}

pub(crate) type Expected = Result<&'static str, X509Failure>;

fn chain_refused() -> Expected {
    Err(X509Failure::Chain(String::new()))
}

#[test]
fn only_an_authoritys_signature_counts() {
    let authority = Wanted::authority();
    check("good", &authority, &[Wanted::client().signed()], Ok("jane"));
    let unknown = Err(X509Failure::UnknownAuthority);
    let stranger = Wanted { issuer: vec![utf8(CN, "stranger")], ..Wanted::client() };
    check("another name", &authority, &[stranger.signed()], unknown.clone());
    let forged = Wanted::client().signed_by(intermediate_key());
    check("the name without the key", &authority, &[forged], unknown.clone());
    let mut bytes = Wanted::client().signed().to_vec();
    *bytes.last_mut().unwrap() ^= 1;
    check("another signature", &authority, &[bytes.into()], unknown);
}

#[test]
fn time_is_counted_to_the_second() {
    let check = |begin, end, expected| {
        let leaf = Wanted::client().time(begin, end).signed();
        check("time", &Wanted::authority(), &[leaf], expected);
    };
    check("260101000000Z", "270101000000Z", Ok("jane"));
    check("260601000000Z", "260601000000Z", Ok("jane"));
    check("260601000001Z", "270101000000Z", Err(X509Failure::NotYetValid));
    check("260101000000Z", "260531235959Z", Err(X509Failure::Expired));
    check("990101000000Z", "000101000000Z", Err(X509Failure::Expired));
}

#[test]
fn uses_must_include_clients_if_any_is_named() {
    let check = |kinds: &[&str], expected: Expected| {
        let leaf = Wanted::client().extensions(&[uses(kinds)]).signed();
        check("uses", &Wanted::authority(), &[leaf], expected);
    };
    check(&[CLIENT_AUTH], Ok("jane"));
    check(&[SERVER_AUTH, CLIENT_AUTH], Ok("jane"));
    check(&[ANY_USE], Ok("jane"));
    check(&[SERVER_AUTH, ANY_USE], Ok("jane"));
    check(&[SERVER_AUTH], Err(X509Failure::Usage));
    check(&["1.2.3.4"], Err(X509Failure::Usage));
}

#[test]
fn what_is_critical_must_be_understood() {
    let leaf = |extension| [Wanted::client().extensions(&[extension]).signed()];
    check("unknown", &Wanted::authority(), &leaf(unknown(false)), Ok("jane"));
    check("critical", &Wanted::authority(), &leaf(unknown(true)), chain_refused());
    let demanding = Wanted::authority().extensions(&[basic_constraints(true, None), unknown(true)]);
    check("authority", &demanding, &[Wanted::client().signed()], chain_refused());
}

#[test]
fn intermediate_authorities_come_with_the_clients_certificate() {
    let below = || Wanted::client_below().signed_by(intermediate_key());
    let with = |intermediate: Wanted| [below(), intermediate.signed()];
    let authority = Wanted::authority();
    check("one", &authority, &with(Wanted::intermediate()), Ok("jane"));
    let [leaf, intermediate] = with(Wanted::intermediate());
    let noise = Wanted::client().signed();
    check("any order", &authority, &[leaf.clone(), noise, intermediate], Ok("jane"));
    check("none", &authority, &[leaf], Err(X509Failure::UnknownAuthority));
    let odd = |extensions: &[Vec<u8>]| with(Wanted::intermediate().extensions(extensions));
    let is_authority = || basic_constraints(true, None);
    check("no authority", &authority, &odd(&[]), chain_refused());
    check("a client", &authority, &odd(&[basic_constraints(false, None)]), chain_refused());
    check("may sign", &authority, &odd(&[is_authority(), key_usage(0x04)]), Ok("jane"));
    check("may not sign", &authority, &odd(&[is_authority(), key_usage(0x80)]), chain_refused());
    let for_servers = odd(&[is_authority(), uses(&[SERVER_AUTH])]);
    check("for servers", &authority, &for_servers, Err(X509Failure::Usage));
    let over = with(Wanted::intermediate().time(BEGIN, "260501000000Z"));
    check("expired", &authority, &over, Err(X509Failure::Expired));
    let old = with(Wanted::intermediate().extensions(&[]).version(1));
    check("version 1", &authority, &old, chain_refused());
}

#[test]
fn an_authority_answers_for_itself_too() {
    let leaf = [Wanted::client().signed()];
    let below =
        [Wanted::client_below().signed_by(intermediate_key()), Wanted::intermediate().signed()];
    let authority = |extensions: &[Vec<u8>]| Wanted::authority().extensions(extensions);
    let is_authority = || basic_constraints(true, None);
    check(
        "expired",
        &Wanted::authority().time(BEGIN, "260501000000Z"),
        &leaf,
        Err(X509Failure::Expired),
    );
    check(
        "early",
        &Wanted::authority().time("260701000000Z", END),
        &leaf,
        Err(X509Failure::NotYetValid),
    );
    check("no authority", &authority(&[]), &leaf, chain_refused());
    check("a client", &authority(&[basic_constraints(false, None)]), &leaf, chain_refused());
    check("may not sign", &authority(&[is_authority(), key_usage(0x80)]), &leaf, chain_refused());
    check("may sign", &authority(&[is_authority(), key_usage(0x06)]), &leaf, Ok("jane"));
    check(
        "for servers",
        &authority(&[is_authority(), uses(&[SERVER_AUTH])]),
        &leaf,
        Err(X509Failure::Usage),
    );
    check("short", &authority(&[basic_constraints(true, Some(0))]), &leaf, Ok("jane"));
    check("too short", &authority(&[basic_constraints(true, Some(0))]), &below, chain_refused());
    check("long enough", &authority(&[basic_constraints(true, Some(1))]), &below, Ok("jane"));
    check("version 1", &authority(&[]).version(1), &leaf, Ok("jane"));
}

#[test]
fn certificates_of_old_tools_are_taken() {
    let old = Wanted::client().version(1);
    let authority = Wanted::authority();
    check("version 1", &authority, &[old.signed()], Ok("jane"));
    let unknown = Err(X509Failure::UnknownAuthority);
    check("forged", &authority, &[old.signed_by(intermediate_key())], unknown);
    let over = old.clone().time(BEGIN, "260501000000Z");
    check("expired", &authority, &[over.signed()], Err(X509Failure::Expired));
    let leaf = [old.signed()];
    check(
        "expired authority",
        &Wanted::authority().time(BEGIN, "260501000000Z"),
        &leaf,
        Err(X509Failure::Expired),
    );
    let constrained =
        Wanted::authority().extensions(&[basic_constraints(true, None), name_constraints()]);
    check("constrained", &constrained, &leaf, chain_refused());
}

#[test]
fn an_authority_may_be_a_client() {
    let client = |extensions: &[Vec<u8>]| {
        let extensions = [&[basic_constraints(true, None)], extensions].concat();
        [Wanted::client().extensions(&extensions).signed()]
    };
    check("below", &Wanted::authority(), &client(&[]), Ok("jane"));
    check(
        "servers",
        &Wanted::authority(),
        &client(&[uses(&[SERVER_AUTH])]),
        Err(X509Failure::Usage),
    );
    check("critical", &Wanted::authority(), &client(&[unknown(true)]), chain_refused());
    // The same name and key, but not the certificate that is listed.
    let unknown = Err(X509Failure::UnknownAuthority);
    check("renewed", &Wanted::authority(), &[Wanted::authority().signed()], unknown);
}

#[test]
fn a_certificate_may_be_listed_itself() {
    let who = |listed: Wanted| {
        let listed = listed.signed();
        who(&taking(std::slice::from_ref(&listed)), &[listed])
    };
    assert_eq!(who(Wanted::client()), Ok("jane".to_owned()));
    assert_eq!(who(Wanted::authority()), Ok("authority".to_owned()));
    let over = Wanted::client().time(BEGIN, "260501000000Z");
    assert_eq!(who(over), Err(X509Failure::Expired));
    let for_servers = Wanted::client().extensions(&[uses(&[SERVER_AUTH])]);
    assert_eq!(who(for_servers), Err(X509Failure::Usage));
}

#[test]
fn of_two_authorities_with_one_name_and_key_the_one_whose_time_it_is_counts() {
    let old = Wanted::authority().time(BEGIN, "260501000000Z").signed();
    let new = Wanted::authority().time("260501000000Z", END).signed();
    for authorities in [[old.clone(), new.clone()], [new, old]] {
        for leaf in [Wanted::client(), Wanted::client().version(1)] {
            assert_eq!(who(&taking(&authorities), &[leaf.signed()]), Ok("jane".to_owned()));
        }
    }
}

#[test]
fn keys_of_every_kind_that_kubernetes_knows_are_taken() {
    let keys = [
        &rcgen::PKCS_ECDSA_P256_SHA256,
        &rcgen::PKCS_ECDSA_P384_SHA384,
        &rcgen::PKCS_ED25519,
        &rcgen::PKCS_RSA_SHA256,
    ];
    for algorithm in keys {
        let key = Box::leak(Box::new(rcgen::KeyPair::generate_for(algorithm).unwrap()));
        let authority = Wanted { key, ..Wanted::authority() };
        let client = Wanted { key, ..Wanted::client() };
        for client in [client.clone(), client.version(1)] {
            let chain = [client.signed_by(key)];
            assert_eq!(who(&taking(&[authority.signed_by(key)]), &chain), Ok("jane".to_owned()));
        }
    }
}

#[test]
fn what_is_no_certificate_is_refused() {
    let good = Wanted::client().signed().to_vec();
    let longer = [good.as_slice(), &[0]].concat();
    for der in [vec![], vec![0x30], b"jane".to_vec(), good[..good.len() - 1].to_vec(), longer] {
        let failure = who(&taking(&[Wanted::authority().signed()]), &[der.into()]).unwrap_err();
        assert!(matches!(failure, X509Failure::Unreadable(_)), "{failure:?}");
    }
    let twice = Wanted::client().extensions(&[unknown(false), unknown(false)]).signed();
    check(
        "twice",
        &Wanted::authority(),
        &[twice],
        Err(X509Failure::Unreadable("it has an extension twice")),
    );
}

#[test]
fn without_authorities_a_certificate_is_not_looked_at() {
    let peer = presenting(&[Wanted::client().signed()]);
    let nobody = Request::over(&peer).of(&Authenticator::default()).unwrap_err();
    assert_eq!((nobody.failures(), nobody.was_attempted()), ([].as_slice(), true));
    let anonymous =
        Authenticator { anonymous: Anonymous::DangerAnywhere, ..Authenticator::default() };
    let found = Request::over(&peer).of(&anonymous).unwrap();
    assert_eq!(found.caller.name(), "system:anonymous");
}
