//! Revocation lists: what they take away, and what happens where one is missing.

use authn::{Authenticator, BadAuthority, ClientCertificates, Failure, X509Failure};
use proptest::prelude::*;
use rcgen::{
    CertificateRevocationListParams, DistinguishedName, DnType, Issuer, KeyPair, RevokedCertParams,
    SerialNumber, date_time_ymd,
};
use rustls_pki_types::{CertificateDer, CertificateRevocationListDer};

use crate::asked::Request;
use crate::certificate::*;

const CLIENT: u8 = 7;
const INTERMEDIATE: u8 = 2;

/// A list of the authority with this name, which is to be replaced in `month`.
fn list(
    name: &str,
    key: &KeyPair,
    revoked_list: &[u8],
    month: u8,
) -> CertificateRevocationListDer<'static> {
    let mut subject = DistinguishedName::new();
    subject.push(DnType::CommonName, name);
    let mut params = rcgen::CertificateParams::default();
    params.distinguished_name = subject;
    let revoked = |serial: &u8| RevokedCertParams {
        serial_number: SerialNumber::from_slice(&[*serial]),
        revocation_time: date_time_ymd(2026, 1, 1),
        reason_code: None,
        invalidity_date: None,
    };
    let list = CertificateRevocationListParams {
        this_update: date_time_ymd(2026, 1, 1),
        next_update: date_time_ymd(2026, month, 1),
        crl_number: SerialNumber::from(1),
        issuing_distribution_point: None,
        revoked_certs: revoked_list.iter().map(revoked).collect(),
        key_identifier_method: rcgen::KeyIdMethod::Sha256,
    };
    list.signed_by(&Issuer::new(params, key)).unwrap().der().clone()
}

fn by_authority(revoked: &[u8]) -> CertificateRevocationListDer<'static> {
    list("authority", authority_key(), revoked, 7)
}

fn by_intermediate(revoked: &[u8]) -> CertificateRevocationListDer<'static> {
    list("intermediate", intermediate_key(), revoked, 7)
}

fn check(
    lists: &[CertificateRevocationListDer<'static>],
    chain: &[CertificateDer<'static>],
    expected: Result<(), X509Failure>,
) {
    let authorities = vec![Wanted::authority().signed()];
    let certificates = ClientCertificates::new(authorities, lists.to_vec()).unwrap();
    let authenticator =
        Authenticator { certificates: Some(certificates), ..Authenticator::default() };
    let seen = Request::over(&presenting(chain)).of(&authenticator);
    let failures = expected.map_err(|failure| vec![Failure::Certificate(failure)]);
    assert_eq!(seen.map(drop).map_err(|refused| refused.failures().to_vec()), failures);
}

#[test]
fn a_revoked_certificate_is_refused() {
    for leaf in [Wanted::client(), Wanted::client().version(1)] {
        let leaf = leaf.signed();
        let chain = std::slice::from_ref(&leaf);
        check(&[], chain, Ok(()));
        check(&[by_authority(&[])], chain, Ok(()));
        check(&[by_authority(&[INTERMEDIATE])], chain, Ok(()));
        check(&[by_authority(&[CLIENT])], chain, Err(X509Failure::Revoked));
    }
}

#[test]
fn a_revoked_intermediate_authority_is_refused() {
    let chain =
        [Wanted::client_below().signed_by(intermediate_key()), Wanted::intermediate().signed()];
    check(&[by_authority(&[]), by_intermediate(&[])], &chain, Ok(()));
    check(&[by_authority(&[CLIENT]), by_intermediate(&[])], &chain, Ok(()));
    let revoked = Err(X509Failure::Revoked);
    check(&[by_authority(&[]), by_intermediate(&[CLIENT])], &chain, revoked.clone());
    check(&[by_authority(&[INTERMEDIATE]), by_intermediate(&[])], &chain, revoked);
    check(&[by_authority(&[])], &chain, Err(X509Failure::RevocationUnknown));
    let forged = list("intermediate", authority_key(), &[], 7);
    let refused = |lists: &[_]| {
        let certificates =
            ClientCertificates::new(vec![Wanted::authority().signed()], lists.to_vec()).unwrap();
        let authenticator =
            Authenticator { certificates: Some(certificates), ..Authenticator::default() };
        Request::over(&presenting(&chain)).of(&authenticator).unwrap_err()
    };
    assert!(refused(&[by_authority(&[]), forged]).to_string().contains("Crl"));
}

#[test]
fn a_list_that_is_out_of_date_lets_nobody_in() {
    for leaf in [Wanted::client(), Wanted::client().version(1)] {
        let old = list("authority", authority_key(), &[], 5);
        check(&[old], &[leaf.signed()], Err(X509Failure::RevocationListExpired));
        let just_out = list("authority", authority_key(), &[], 6);
        check(&[just_out], &[leaf.signed()], Err(X509Failure::RevocationListExpired));
    }
}

#[test]
fn every_authority_needs_a_list_if_there_is_any() {
    let lists = |lists: &[_]| {
        ClientCertificates::new(vec![Wanted::authority().signed()], lists.to_vec()).map(drop)
    };
    assert_eq!(lists(&[by_authority(&[])]), Ok(()));
    let missing = BadAuthority::NoList { place: 1, subject: "CN=authority".to_owned() };
    assert_eq!(lists(&[by_intermediate(&[])]), Err(vec![missing.clone()]));
    let forged = list("authority", intermediate_key(), &[], 7);
    assert_eq!(lists(&[forged]), Err(vec![missing]));
}

#[test]
fn a_client_listed_itself_needs_no_list() {
    let listed = Wanted::client().signed();
    let authorities = vec![Wanted::authority().signed(), listed];
    let made = ClientCertificates::new(authorities, vec![by_authority(&[])]);
    assert_eq!(made.map(drop), Ok(()));
}

#[test]
fn everything_that_cannot_be_used_is_told_of() {
    let made = ClientCertificates::new(vec![], vec![]);
    assert_eq!(made.unwrap_err(), [BadAuthority::None]);
    let made = ClientCertificates::new(
        vec![Wanted::authority().signed(), b"x".to_vec().into()],
        vec![b"y".to_vec().into(), by_authority(&[])],
    );
    let expected =
        [BadAuthority::UnreadableList { place: 1 }, BadAuthority::Unreadable { place: 2 }];
    assert_eq!(made.unwrap_err(), expected);
}

#[test]
fn the_hints_are_the_authorities_names() {
    let authorities = vec![
        Wanted::authority().signed(),
        Wanted::authority().time(BEGIN, "280101000000Z").signed(),
        Wanted::intermediate().signed(),
    ];
    let certificates = ClientCertificates::new(authorities, vec![]).unwrap();
    let mut names: Vec<String> = certificates
        .subjects()
        .iter()
        .map(|name| String::from_utf8_lossy(name.as_ref()).into_owned())
        .collect();
    names.sort();
    assert_eq!(names.len(), 2);
    assert!(names.iter().any(|name| name.ends_with("authority")), "{names:?}");
    assert!(names.iter().any(|name| name.ends_with("intermediate")), "{names:?}");
}

proptest! {
    #[test]
    fn no_bytes_make_a_panic(place in 0..400_usize, byte: u8) {
        let mut changed = by_authority(&[CLIENT]).to_vec();
        let place = place % changed.len();
        changed[place] = byte;
        let made = ClientCertificates::new(vec![Wanted::authority().signed()], vec![changed.into()]);
        if let Ok(certificates) = made {
            let authenticator =
                Authenticator { certificates: Some(certificates), ..Authenticator::default() };
            let peer = presenting(&[Wanted::client().signed()]);
            prop_assert!(Request::over(&peer).of(&authenticator).is_err());
        }
    }
}
