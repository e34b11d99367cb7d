//! Service accounts' tokens, and tokens that only the cluster knows.

use std::sync::Arc;

use authn::{
    Anonymous, Authenticated, Authenticator, Failure, Keys, Method, ReviewFailure, ServiceAccounts,
    TokenFailure, Unauthenticated,
};
use model::BadIdentity;
use serde_json::{Value, json};

use crate::asked::{Cluster, NOW, Request, user};
use crate::token::*;

const ISSUER: &str = "https://kubernetes.default.svc";

fn claims(more: &Value) -> Value {
    let mut claims = json!({
        "iss": ISSUER,
        "sub": "system:serviceaccount:apps:builder",
        "aud": [ISSUER],
        "exp": NOW + 60,
        "nbf": NOW,
        "iat": NOW,
    });
    let all = claims.as_object_mut().unwrap();
    for (name, value) in more.as_object().unwrap() {
        all.insert(name.clone(), value.clone());
    }
    all.retain(|_, value| *value != json!("absent"));
    claims
}

fn builder() -> model::UserInfo {
    let groups = ["system:serviceaccounts", "system:serviceaccounts:apps", "system:authenticated"];
    let mut user = user("system:serviceaccount:apps:builder", &groups);
    user.uid = "42".to_owned();
    user
}

/// Presents `token` to a cluster that knows it; returns how often it was asked, too.
fn ask(
    keys: Option<Arc<dyn Keys>>,
    token: &str,
) -> (Result<Authenticated, Unauthenticated>, usize) {
    let cluster = Arc::new(Cluster::default().knows(token, Ok(Some(builder()))));
    let authenticator = Authenticator {
        service_accounts: Some(ServiceAccounts {
            issuers: vec![ISSUER.to_owned()],
            api_audiences: vec![ISSUER.to_owned()],
            keys,
            reviewer: Arc::clone(&cluster) as Arc<dyn authn::Reviewer>,
        }),
        ..Authenticator::default()
    };
    (Request::bearing(token).of(&authenticator), cluster.reviews())
}

fn known_keys() -> Arc<dyn Keys> {
    Arc::new(key_set(&[&RSA]))
}

fn check(more: &Value, expected: Result<(), TokenFailure>) {
    let (seen, reviews) = ask(Some(known_keys()), &RSA.sign(&claims(more)));
    assert_eq!(reviews, usize::from(expected.is_ok()), "{more}");
    let expected =
        expected.map_err(|failure| vec![Failure::Token { issuer: ISSUER.to_owned(), failure }]);
    assert_eq!(seen.map(drop).map_err(|refused| refused.failures().to_vec()), expected, "{more}");
}

#[test]
fn the_identity_is_the_clusters() {
    let (seen, reviews) = ask(Some(known_keys()), &RSA.sign(&claims(&json!({"sub": "somebody"}))));
    let found = seen.unwrap();
    assert_eq!((found.caller.user(), found.method), (&builder(), Method::ServiceAccount));
    assert_eq!((found.annotations, reviews), (vec![], 1));
}

#[test]
fn what_is_surely_wrong_is_refused_without_asking() {
    check(&json!({}), Ok(()));
    check(&json!({"exp": NOW - 60}), Ok(()));
    check(&json!({"exp": NOW - 61}), Err(TokenFailure::Expired));
    check(&json!({"exp": "absent"}), Ok(()));
    check(&json!({"nbf": NOW + 60}), Ok(()));
    check(&json!({"nbf": NOW + 61}), Err(TokenFailure::NotYetValid));
    check(&json!({"iat": NOW + 60}), Ok(()));
    check(&json!({"iat": NOW + 61}), Err(TokenFailure::IssuedInTheFuture));
    check(&json!({"aud": "absent"}), Ok(()));
    check(&json!({"aud": []}), Ok(()));
    check(&json!({"aud": ["vault", ISSUER]}), Ok(()));
    check(&json!({"aud": "vault"}), Err(TokenFailure::Audience));
    check(&json!({"aud": ["vault"]}), Err(TokenFailure::Audience));
}

#[test]
fn a_bad_signature_is_refused_and_an_unknown_key_is_not() {
    let signed = |key: &Key| key.sign(&claims(&json!({})));
    let failure = |(seen, reviews): (Result<Authenticated, Unauthenticated>, usize)| {
        (seen.err().map(|refused| refused.failures()[0].clone()), reviews)
    };
    let refused = |failure| Some(Failure::Token { issuer: ISSUER.to_owned(), failure });
    let ec: Option<Arc<dyn Keys>> = Some(Arc::new(key_set(&[&EC])));
    let forged = failure(ask(ec.clone(), &signed(&IMPOSTOR)));
    assert_eq!(forged, (refused(TokenFailure::Signature), 0));
    assert_eq!(failure(ask(ec, &signed(&RSA))), (None, 1));
    assert_eq!(failure(ask(None, &signed(&RSA))), (None, 1));
    let before_the_first = Provider::new(None, None);
    assert_eq!(failure(ask(Some(before_the_first), &signed(&RSA))), (None, 1));
    let rotating = Provider::new(Some(key_set(&[&EC])), Some(key_set(&[&RSA])));
    assert_eq!(failure(ask(Some(rotating), &signed(&RSA))), (None, 1));
    let none = RSA.sign_text(r#"{"alg":"none"}"#, &claims(&json!({})).to_string());
    assert_eq!(failure(ask(Some(known_keys()), &none)), (refused(TokenFailure::Algorithm), 0));
    let twice = format!(r#"{{"iss":"x","iss":"{ISSUER}"}}"#);
    let twice = failure(ask(None, &RSA.sign_text(&RSA.header().to_string(), &twice)));
    assert_eq!(twice, (refused(TokenFailure::Malformed("it has a claim twice")), 0));
}

#[test]
fn tokens_from_secrets_have_no_end() {
    let legacy =
        json!({"iss": "kubernetes/serviceaccount", "sub": "system:serviceaccount:a:b", "exp": 1});
    let (seen, reviews) = ask(Some(known_keys()), &RSA.sign(&legacy));
    let annotation = ("authentication.k8s.io/legacy-token", "system:serviceaccount:a:b");
    let annotation = (annotation.0.to_owned(), annotation.1.to_owned());
    assert_eq!((seen.unwrap().annotations, reviews), (vec![annotation], 1));
}

#[test]
fn a_token_that_is_old_for_its_kind_is_noted() {
    let noted = |warn_after: Value| {
        let token = RSA.sign(&claims(&json!({"kubernetes.io": {"warnafter": warn_after}})));
        ask(Some(known_keys()), &token).0.unwrap().annotations
    };
    let text = "subject: system:serviceaccount:apps:builder, seconds after warning threshold: 7";
    let annotation = ("authentication.k8s.io/stale-token".to_owned(), text.to_owned());
    assert_eq!(noted(json!(NOW - 7)), [annotation]);
    for fresh in [json!(NOW), json!(NOW + 1), json!(0), json!(null), json!("x")] {
        assert_eq!(noted(fresh), []);
    }
}

#[test]
fn what_no_issuer_claims_is_left_to_the_cluster() {
    let foreign = RSA.sign(&json!({"iss": "https://other.example.com", "exp": 1}));
    for token in ["opaque", "a.b", "a.b.c", "a.e30.c.d", &foreign] {
        let (seen, reviews) = ask(Some(known_keys()), token);
        let found = seen.unwrap();
        assert_eq!((found.method, reviews), (Method::TokenReview, 1), "{token}");
    }
}

#[test]
fn a_cluster_that_does_not_vouch_is_a_refusal() {
    let check = |answer, expected: Failure| {
        let authenticator = Authenticator {
            service_accounts: Some(ServiceAccounts {
                issuers: vec![],
                api_audiences: vec![],
                keys: None,
                reviewer: Arc::new(Cluster::default().knows("opaque", answer)),
            }),
            anonymous: Anonymous::DangerAnywhere,
            ..Authenticator::default()
        };
        let refused = Request::bearing("opaque").of(&authenticator).unwrap_err();
        assert_eq!(refused.failures(), [expected]);
    };
    check(Ok(None), Failure::UnknownToken);
    check(Err(ReviewFailure::Busy), Failure::Review(ReviewFailure::Busy));
    let unreachable = ReviewFailure::Unreachable("connection refused".to_owned());
    check(Err(unreachable.clone()), Failure::Review(unreachable));
    check(Ok(Some(user("", &[]))), Failure::Identity(BadIdentity::Empty("user name")));
    check(Ok(Some(user("a", &[" b"]))), Failure::Identity(BadIdentity::Edges("group")));
}
