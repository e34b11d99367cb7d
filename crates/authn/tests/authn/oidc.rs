//! Tokens of OpenID Connect: which are taken, and who they say their bearer is.

use std::sync::Arc;

use authn::{
    Authenticator, Failure, Issuer, Keys, Method, OpenIdConnect, TokenFailure, configuration,
};
use model::BadIdentity;
use serde_json::{Value, json};

use crate::asked::{NOW, Request};
use crate::token::*;

pub(crate) const ISSUER: &str = "https://issuer.example.com";

/// An issuer whose `claimMappings` and `claimValidationRules` these are.
fn issuer(mappings: &Value, rules: &Value) -> Issuer {
    let configuration = json!({
        "apiVersion": "apiserver.config.k8s.io/v1",
        "kind": "AuthenticationConfiguration",
        "jwt": [{
            "issuer": {"url": ISSUER, "audiences": ["us", "them"], "audienceMatchPolicy": "MatchAny"},
            "claimMappings": mappings,
            "claimValidationRules": rules,
        }],
    });
    configuration::read(&configuration).unwrap().issuers.remove(0)
}

pub(crate) fn plain() -> Issuer {
    issuer(&json!({"username": {"claim": "sub", "prefix": ""}}), &json!([]))
}

pub(crate) fn trusting(issuer: Issuer, keys: Arc<dyn Keys>) -> Authenticator {
    Authenticator { issuers: vec![OpenIdConnect::new(issuer, keys)], ..Authenticator::default() }
}

pub(crate) fn claims(more: &Value) -> Value {
    let mut claims = json!({"iss": ISSUER, "aud": "us", "sub": "jane", "exp": NOW + 60});
    let all = claims.as_object_mut().unwrap();
    for (name, value) in more.as_object().unwrap() {
        all.insert(name.clone(), value.clone());
    }
    all.retain(|_, value| *value != json!("absent"));
    claims
}

type Found = (String, Vec<String>, String);

/// Who bears `token`: name, groups but the last, UID.
pub(crate) fn who(authenticator: &Authenticator, token: &str) -> Result<Found, Failure> {
    match Request::bearing(token).of(authenticator) {
        Ok(found) => {
            assert_eq!(found.method, Method::OpenIdConnect);
            let user = found.caller.user();
            let (last, groups) = user.groups.split_last().unwrap();
            assert_eq!(last, "system:authenticated");
            Ok((user.name.clone(), groups.to_vec(), user.uid.clone()))
        }
        Err(refused) => Err(refused.failures()[0].clone()),
    }
}

fn check_mapped(issuer: &Issuer, more: &Value, expected: Result<(&str, &[&str], &str), Failure>) {
    let token = EC.sign(&claims(more));
    let seen = who(&trusting(issuer.clone(), Arc::new(key_set(&[&EC]))), &token);
    let expected = expected.map(|(name, groups, uid)| {
        (name.to_owned(), groups.iter().map(|group| (*group).to_owned()).collect(), uid.to_owned())
    });
    assert_eq!(seen, expected, "{more}");
}

pub(crate) fn refused(failure: TokenFailure) -> Failure {
    Failure::Token { issuer: ISSUER.to_owned(), failure }
}

fn claim(claim: &str, problem: &'static str) -> Failure {
    refused(TokenFailure::Claim { claim: claim.to_owned(), problem })
}

#[test]
fn the_name_is_a_claim_with_a_prefix() {
    let plain = plain();
    check_mapped(&plain, &json!({}), Ok(("jane", &[], "")));
    check_mapped(&plain, &json!({"sub": 1}), Err(claim("sub", "is not a string")));
    check_mapped(&plain, &json!({"sub": "absent"}), Err(claim("sub", "is not in the token")));
    let empty = Err(Failure::Identity(BadIdentity::Empty("user name")));
    check_mapped(&plain, &json!({"sub": ""}), empty.clone());
    check_mapped(&plain, &json!({"sub": null}), empty);
    let edges = Err(Failure::Identity(BadIdentity::Edges("user name")));
    check_mapped(&plain, &json!({"sub": "jane "}), edges);
    let prefixed = issuer(&json!({"username": {"claim": "name", "prefix": "x:"}}), &json!([]));
    check_mapped(&prefixed, &json!({"name": "jane", "NAME": "joe"}), Ok(("x:jane", &[], "")));
    check_mapped(&prefixed, &json!({"NAME": "joe"}), Err(claim("name", "is not in the token")));
    check_mapped(&prefixed, &json!({"name": ""}), Ok(("x:", &[], "")));
}

#[test]
fn an_address_must_be_verified_if_it_says_whether() {
    let email = issuer(&json!({"username": {"claim": "email", "prefix": ""}}), &json!([]));
    let check = |verified: Value, expected| {
        check_mapped(&email, &json!({"email": "j@x", "email_verified": verified}), expected);
    };
    check(json!("absent"), Ok(("j@x", &[], "")));
    check(json!(true), Ok(("j@x", &[], "")));
    check(json!(false), Err(claim("email_verified", "is not true")));
    check(json!(null), Err(claim("email_verified", "is not true")));
    check(json!("true"), Err(claim("email_verified", "is neither true nor false")));
    let other = issuer(&json!({"username": {"claim": "sub", "prefix": ""}}), &json!([]));
    check_mapped(&other, &json!({"email_verified": false}), Ok(("jane", &[], "")));
}

#[test]
fn groups_are_a_list_or_one() {
    let mapping = json!({
        "username": {"claim": "sub", "prefix": ""},
        "groups": {"claim": "roles", "prefix": "g:"},
    });
    let groups = issuer(&mapping, &json!([]));
    let check = |roles: Value, expected: Result<&[&str], Failure>| {
        let expected = expected.map(|groups| ("jane", groups, ""));
        check_mapped(&groups, &json!({"roles": roles}), expected);
    };
    check(json!("absent"), Ok(&[]));
    check(json!(null), Ok(&[]));
    check(json!([]), Ok(&[]));
    check(json!("dev"), Ok(&["g:dev"]));
    check(json!(["dev", "ops"]), Ok(&["g:dev", "g:ops"]));
    check(json!(["dev", null]), Ok(&["g:dev", "g:"]));
    let wrong = claim("roles", "is neither a string nor a list of strings");
    for odd in [json!(1), json!({}), json!(["dev", 1]), json!([["dev"]]), json!(true)] {
        check(odd, Err(wrong.clone()));
    }
    check_mapped(&plain(), &json!({"roles": 1, "groups": 1}), Ok(("jane", &[], "")));
}

#[test]
fn groups_that_are_elsewhere_are_not_left_out_in_silence() {
    let mapping = json!({
        "username": {"claim": "sub", "prefix": ""},
        "groups": {"claim": "groups", "prefix": ""},
    });
    let groups = issuer(&mapping, &json!([]));
    let at =
        |source: Value| json!({"_claim_names": {"groups": "a"}, "_claim_sources": {"a": source}});
    let elsewhere = at(json!({"endpoint": "https://x", "access_token": "y"}));
    let distributed = refused(TokenFailure::Distributed { claim: "groups".to_owned() });
    check_mapped(&groups, &elsewhere, Err(distributed));
    check_mapped(&groups, &at(json!({"JWT": "e30.e30."})), Ok(("jane", &[], "")));
    let mut both = elsewhere.clone();
    both["groups"] = json!(["dev"]);
    check_mapped(&groups, &both, Ok(("jane", &["dev"], "")));
    check_mapped(&plain(), &elsewhere, Ok(("jane", &[], "")));
    let unknown = claim("_claim_names", "names a source that is not among _claim_sources");
    check_mapped(&groups, &json!({"_claim_names": {"groups": "a"}}), Err(unknown.clone()));
    check_mapped(
        &plain(),
        &json!({"_claim_names": {"x": "a"}, "_claim_sources": {}}),
        Err(unknown),
    );
    let odd = json!({"_claim_names": {"x": 1}, "_claim_sources": {}});
    check_mapped(&plain(), &odd, Err(claim("_claim_names", "holds more than strings")));
}

#[test]
fn a_uid_that_is_wanted_must_be_there() {
    let mapping = json!({"username": {"claim": "sub", "prefix": ""}, "uid": {"claim": "id"}});
    let uid = issuer(&mapping, &json!([]));
    check_mapped(&uid, &json!({"id": "42"}), Ok(("jane", &[], "42")));
    check_mapped(&uid, &json!({"id": 42}), Err(claim("id", "is not a string")));
    check_mapped(&uid, &json!({}), Err(claim("id", "is not in the token")));
}

#[test]
fn required_claims_must_have_their_value() {
    let rules = json!([{"claim": "hd", "requiredValue": "example.com"}, {"claim": "empty"}]);
    let strict = issuer(&json!({"username": {"claim": "sub", "prefix": ""}}), &rules);
    let check =
        |hd: Value, expected| check_mapped(&strict, &json!({"hd": hd, "empty": ""}), expected);
    check(json!("example.com"), Ok(("jane", &[], "")));
    check(json!("Example.com"), Err(claim("hd", "does not have the required value")));
    check(json!(["example.com"]), Err(claim("hd", "is not a string")));
    check(json!("absent"), Err(claim("hd", "is not in the token")));
    check_mapped(
        &strict,
        &json!({"hd": "example.com"}),
        Err(claim("empty", "is not in the token")),
    );
}

#[test]
fn the_tokens_id_names_the_credential() {
    let authenticator = trusting(plain(), Arc::new(key_set(&[&EC])));
    let extra = |id: Value| {
        let token = EC.sign(&claims(&json!({"jti": id})));
        let found = Request::bearing(&token).of(&authenticator).unwrap();
        found.caller.user().extra.clone().into_iter().collect::<Vec<_>>()
    };
    let key = "authentication.kubernetes.io/credential-id".to_owned();
    assert_eq!(extra(json!("abc")), [(key, vec!["JTI=abc".to_owned()])]);
    for none in [json!(""), json!(1), json!(null), json!("absent")] {
        assert_eq!(extra(none), []);
    }
}

#[test]
fn a_token_is_for_one_audience_or_several() {
    let check = |audience: Value, is_taken: bool| {
        let expected = if is_taken {
            Ok(("jane", [].as_slice(), ""))
        } else {
            Err(refused(TokenFailure::Audience))
        };
        check_mapped(&plain(), &json!({"aud": audience}), expected);
    };
    check(json!("us"), true);
    check(json!("them"), true);
    check(json!(["nobody", "us"]), true);
    check(json!("absent"), false);
    check(json!([]), false);
    check(json!(""), false);
    check(json!(null), false);
    check(json!("u"), false);
    check(json!(["nobody"]), false);
    let wrong = claim("aud", "is neither a string nor a list of strings");
    check_mapped(&plain(), &json!({"aud": 1}), Err(wrong.clone()));
    check_mapped(&plain(), &json!({"aud": ["us", 1]}), Err(wrong));
}

#[test]
fn a_token_has_its_time() {
    let check = |times: Value, expected: Option<TokenFailure>| {
        let expected =
            expected.map_or(Ok(("jane", [].as_slice(), "")), |failure| Err(refused(failure)));
        check_mapped(&plain(), &times, expected);
    };
    check(json!({"exp": NOW}), None);
    check(json!({"exp": 1_780_272_000.5}), None);
    check(json!({"exp": NOW - 1}), Some(TokenFailure::Expired));
    check(json!({"exp": "absent"}), Some(TokenFailure::Expired));
    check(json!({"exp": 0}), Some(TokenFailure::Expired));
    check(json!({"exp": -1}), Some(TokenFailure::Expired));
    check(json!({"exp": (NOW + 1).to_string()}), None);
    check(json!({"nbf": NOW + 60}), None);
    check(json!({"nbf": NOW + 61}), Some(TokenFailure::NotYetValid));
    check(json!({"nbf": null}), None);
    check(json!({"iat": NOW + 1000}), None);
    for odd in [json!(null), json!("soon"), json!([NOW + 60]), json!(1e300), json!(u64::MAX)] {
        check_mapped(&plain(), &json!({"exp": odd}), Err(claim("exp", "is not a time")));
    }
    check_mapped(&plain(), &json!({"nbf": "x"}), Err(claim("nbf", "is not a time")));
    check_mapped(&plain(), &json!({"iat": true}), Err(claim("iat", "is not a time")));
    check_mapped(&plain(), &json!({"nonce": 1}), Err(claim("nonce", "is not a string")));
    check_mapped(&plain(), &json!({"at_hash": 1}), Err(claim("at_hash", "is not a string")));
}

#[test]
fn another_issuers_token_is_nobodys() {
    for other in ["https://other.example.com", "https://issuer.example.com/", ""] {
        check_mapped(&plain(), &json!({"iss": other}), Err(Failure::UnknownToken));
    }
    check_mapped(&plain(), &json!({"iss": 1}), Err(Failure::UnknownToken));
}
