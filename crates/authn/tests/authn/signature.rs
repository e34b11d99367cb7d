//! Whether an issuer signed a token: which keys and algorithms count, and when newer keys are fetched.

use std::sync::Arc;

use authn::{Authenticator, Keys, OidcFlags, OpenIdConnect, TokenFailure};
use serde_json::{Value, json};

use crate::asked::{NOW, Request};
use crate::oidc::{ISSUER, claims, plain, refused, trusting, who};
use crate::token::*;

#[test]
fn of_several_issuers_the_one_that_is_named_decides() {
    let flags = |url: &str, prefix: &str| {
        let (issuer_url, client_id) = (url.to_owned(), "us".to_owned());
        let (username_prefix, signing_algs) = (prefix.to_owned(), vec!["ES256".to_owned()]);
        OidcFlags { issuer_url, client_id, username_prefix, signing_algs, ..OidcFlags::default() }
    };
    let openid = |flags: OidcFlags, key: &Key| {
        OpenIdConnect::new(flags.issuer().unwrap(), Arc::new(key_set(&[key])))
    };
    let issuers = vec![
        openid(flags("https://accounts.google.com", "g:"), &EC),
        openid(flags(ISSUER, "-"), &IMPOSTOR),
    ];
    let authenticator = Authenticator { issuers, ..Authenticator::default() };
    let name = |key: &Key, issuer: &str| {
        who(&authenticator, &key.sign(&claims(&json!({"iss": issuer})))).map(|(name, _, _)| name)
    };
    assert_eq!(name(&EC, "https://accounts.google.com"), Ok("g:jane".to_owned()));
    assert_eq!(name(&EC, "accounts.google.com"), Ok("g:jane".to_owned()));
    assert_eq!(name(&IMPOSTOR, ISSUER), Ok("jane".to_owned()));
    assert_eq!(name(&EC, ISSUER), Err(refused(TokenFailure::Signature)));
}

#[test]
fn every_algorithm_that_is_allowed_is_taken_and_no_other() {
    use jsonwebtoken::Algorithm::*;
    for algorithm in [RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384] {
        let key = if matches!(algorithm, ES256 | ES384) {
            Key::new("key", algorithm)
        } else {
            RSA.with(algorithm)
        };
        let keys: Arc<dyn Keys> = Arc::new(key_set(&[&key]));
        let token = key.sign(&claims(&json!({})));
        assert!(who(&trusting(plain(), Arc::clone(&keys)), &token).is_ok(), "{algorithm:?}");
        let by_flags = OidcFlags {
            issuer_url: ISSUER.to_owned(),
            client_id: "us".to_owned(),
            ..OidcFlags::default()
        };
        let seen = who(&trusting(by_flags.issuer().unwrap(), keys), &token);
        if algorithm == RS256 {
            assert_eq!(seen.unwrap().0, format!("{ISSUER}#jane"));
        } else {
            assert_eq!(seen, Err(refused(TokenFailure::Algorithm)), "{algorithm:?}");
        }
    }
}

#[test]
fn a_header_cannot_choose_how_it_is_verified() {
    let keys = key_set(&[&RSA, &EC]);
    let check = |token: &str, expected: TokenFailure| {
        let seen = who(&trusting(plain(), Arc::new(Arc::clone(&keys))), token);
        assert_eq!(seen, Err(refused(expected)), "{token}");
    };
    let claims = claims(&json!({})).to_string();
    let with = |header: Value| EC.sign_text(&header.to_string(), &claims);
    check(&with(json!({"alg": "none", "kid": "ec"})), TokenFailure::Algorithm);
    check(&with(json!({"alg": "HS256", "kid": "ec"})), TokenFailure::Algorithm);
    check(&with(json!({"alg": "EdDSA", "kid": "ec"})), TokenFailure::Algorithm);
    check(&with(json!({"kid": "ec"})), TokenFailure::Algorithm);
    check(&with(json!({"alg": "RS256", "kid": "ec"})), TokenFailure::Signature);
    check(&with(json!({"alg": "ES384", "kid": "ec"})), TokenFailure::Signature);
    check(&with(json!({"alg": "ES256", "kid": "rsa"})), TokenFailure::Signature);
    check(&with(json!({"alg": "ES256", "kid": "x"})), TokenFailure::UnknownKey);
    let crit = json!({"alg": "ES256", "kid": "ec", "crit": ["exp"], "exp": 1});
    check(&with(crit), TokenFailure::Unsupported("crit"));
    let b64 = json!({"alg": "ES256", "kid": "ec", "b64": false});
    check(&with(b64), TokenFailure::Unsupported("an unencoded payload"));
    let twice = EC.sign_text(r#"{"alg":"none","alg":"ES256","kid":"ec"}"#, &claims);
    check(&twice, TokenFailure::Malformed("its header has a name twice"));
    let own_key = json!({"alg": "ES256", "kid": "ec", "jwk": IMPOSTOR.public()});
    check(&IMPOSTOR.sign_text(&own_key.to_string(), &claims), TokenFailure::Signature);
    let good = with(json!({"alg": "ES256", "kid": "ec"}));
    let (signed, signature) = good.rsplit_once('.').unwrap();
    check(&format!("{signed}."), TokenFailure::Signature);
    check(&format!("{signed}.{}", encoded(&[0; 64])), TokenFailure::Signature);
    check(
        &format!("{signed}.{signature}="),
        TokenFailure::Malformed("its signature is not base64url"),
    );
    let seen = who(&trusting(plain(), Arc::new(Arc::clone(&keys))), &good);
    assert_eq!(seen.unwrap().0, "jane");
    let without_kid = with(json!({"alg": "ES256"}));
    assert!(who(&trusting(plain(), Arc::new(keys.clone())), &without_kid).is_ok());
}

#[test]
fn claims_written_twice_are_read_as_upstream_reads_them() {
    let authenticator = trusting(plain(), Arc::new(key_set(&[&EC])));
    let who =
        |claims: String| who(&authenticator, &EC.sign_text(&EC.header().to_string(), &claims));
    let rest = format!(r#""aud":"us","exp":{}"#, NOW + 60);
    let last_name = who(format!(r#"{{"iss":"{ISSUER}",{rest},"sub":"joe","sub":"jane"}}"#));
    assert_eq!(last_name.unwrap().0, "jane");
    let last_issuer = who(format!(r#"{{"iss":"x",{rest},"sub":"jane","ISS":"{ISSUER}"}}"#));
    assert_eq!(last_issuer.unwrap().0, "jane");
    let late = who(format!(r#"{{"iss":"{ISSUER}",{rest},"sub":"jane","EXP":1}}"#));
    assert_eq!(late, Err(refused(TokenFailure::Expired)));
}

#[test]
fn new_keys_are_fetched_when_the_known_ones_do_not_fit() {
    let good = EC.sign(&claims(&json!({})));
    let check = |known: Option<&[&Key]>,
                 next: Option<&[&Key]>,
                 token: &str,
                 expected: (Result<&str, TokenFailure>, usize)| {
        let provider = Provider::new(known.map(key_set), next.map(key_set));
        let seen = who(&trusting(plain(), Arc::clone(&provider) as Arc<dyn Keys>), token);
        let seen = seen.map(|(name, _, _)| name);
        let (outcome, refreshes) = expected;
        assert_eq!(seen, outcome.map(str::to_owned).map_err(refused));
        assert_eq!(provider.refreshes(), refreshes);
    };
    check(Some(&[&EC]), None, &good, (Ok("jane"), 0));
    check(Some(&[&RSA]), Some(&[&RSA, &EC]), &good, (Ok("jane"), 1));
    check(Some(&[&IMPOSTOR]), Some(&[&EC]), &good, (Ok("jane"), 1));
    check(None, Some(&[&EC]), &good, (Ok("jane"), 1));
    check(None, None, &good, (Err(TokenFailure::NoKeys), 1));
    check(Some(&[&RSA]), None, &good, (Err(TokenFailure::UnknownKey), 1));
    check(Some(&[&RSA]), Some(&[&IMPOSTOR]), &good, (Err(TokenFailure::Signature), 1));
    check(Some(&[]), None, &good, (Err(TokenFailure::UnknownKey), 1));
    let late = EC.sign(&claims(&json!({"exp": 1})));
    check(Some(&[&RSA]), Some(&[&EC]), &late, (Err(TokenFailure::Expired), 0));
    let for_others = EC.sign(&claims(&json!({"aud": "x"})));
    check(Some(&[&RSA]), Some(&[&EC]), &for_others, (Err(TokenFailure::Audience), 0));
    let none = EC.sign_text(r#"{"alg":"none"}"#, &claims(&json!({})).to_string());
    check(Some(&[&RSA]), Some(&[&EC]), &none, (Err(TokenFailure::Algorithm), 0));
}

#[test]
fn what_is_said_of_a_refusal_holds_no_secret() {
    let token = EC.sign(&claims(&json!({"sub": "canary", "exp": 1})));
    let refused =
        Request::bearing(&token).of(&trusting(plain(), Arc::new(key_set(&[&EC])))).unwrap_err();
    let text = format!("{refused} {refused:?}");
    assert!(!text.contains("canary") && !text.contains(&token), "{text}");
    assert_eq!(refused.to_string(), "issuer https://issuer.example.com: the token is expired");
}
