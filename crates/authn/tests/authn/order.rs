//! In which order credentials are tried, what counts if several are presented, and who is anonymous.

use std::sync::Arc;

use authn::{Anonymous, Attempt, Authenticated, Authenticator, Method, ServiceAccounts};

use crate::asked::{Cluster, Request, user};
use crate::certificate::*;

const TOKEN_PROTOCOL: &str = "base64url.bearer.authorization.k8s.io.";

/// Takes certificates, the token `good`, and whoever comes for `/livez` without credentials.
fn everything() -> Authenticator {
    let cluster = Cluster::default()
        .knows("good", Ok(Some(user("joe", &["dev"]))))
        .knows("edgy", Ok(Some(user("joe ", &[]))))
        .knows("nobody", Ok(Some(user("system:anonymous", &["system:unauthenticated"]))));
    Authenticator {
        service_accounts: Some(ServiceAccounts {
            issuers: vec![],
            api_audiences: vec![],
            keys: None,
            reviewer: Arc::new(cluster),
        }),
        anonymous: Anonymous::OnPaths(["/livez".to_owned()].into()),
        ..taking(&[Wanted::authority().signed()])
    }
}

fn protocols(tokens: &[&str]) -> Vec<String> {
    let protocol =
        |token: &&str| format!("{TOKEN_PROTOCOL}{}", crate::token::encoded(token.as_bytes()));
    [tokens.iter().map(protocol).collect(), vec!["v5.channel.k8s.io".to_owned()]].concat()
}

fn check(request: &Request<'_>, expected: Result<(&str, Method), &str>) {
    let seen = request.of(&everything());
    let seen = match &seen {
        Ok(Authenticated { caller, method, .. }) => Ok((caller.name(), *method)),
        Err(refused) => Err(refused.audit_message()),
    };
    let expected = expected.map_err(|text| format!("Authentication failed, {text}"));
    assert_eq!(seen, expected);
}

#[test]
fn the_first_that_is_good_counts() {
    let good = presenting(&[Wanted::client().signed()]);
    let bad = presenting(&[Wanted::client().signed_by(intermediate_key())]);
    let nameless = presenting(&[Wanted::client().subject(&[]).signed()]);
    let bearing = |token: &str| Request::bearing(token).authorization;
    let both = |certificates, token| Request {
        authorization: bearing(token),
        ..Request::over(certificates)
    };
    check(&both(&good, "good"), Ok(("jane", Method::X509)));
    check(&both(&good, "bad"), Ok(("jane", Method::X509)));
    check(&both(&bad, "good"), Ok(("joe", Method::TokenReview)));
    check(&both(&nameless, "good"), Ok(("joe", Method::TokenReview)));
    check(&both(&bad, "bad"), Err("attempted: bearer, x509"));
    let upgrade = |authorization, tokens: &[&str]| Request {
        authorization,
        subprotocols: protocols(tokens),
        ..Request::default()
    };
    check(&upgrade(vec![], &["good"]), Ok(("joe", Method::TokenReview)));
    check(&upgrade(bearing("bad"), &["good"]), Ok(("joe", Method::TokenReview)));
    check(&upgrade(bearing("good"), &["bad"]), Ok(("joe", Method::TokenReview)));
    check(&upgrade(bearing("good"), &["bad", "bad"]), Ok(("joe", Method::TokenReview)));
    check(&upgrade(bearing("bad"), &["bad"]), Err("attempted: bearer"));
    check(&upgrade(vec![], &["good", "good"]), Err("no credentials provided"));
}

#[test]
fn who_presented_something_bad_is_not_anonymous() {
    let livez = |request: Request<'static>| Request { path: "/livez", ..request };
    let anonymous = Ok(("system:anonymous", Method::Anonymous));
    check(&livez(Request::default()), anonymous);
    check(&Request { path: "/livez/", ..Request::default() }, Err("no credentials provided"));
    check(&Request::default(), Err("no credentials provided"));
    check(&livez(Request::bearing("bad")), Err("attempted: bearer"));
    let bad = presenting(&[Wanted::client().signed_by(intermediate_key())]);
    check(&Request { path: "/livez", ..Request::over(&bad) }, Err("attempted: x509"));
    let nameless = presenting(&[Wanted::client().subject(&[]).signed()]);
    check(&Request { path: "/livez", ..Request::over(&nameless) }, anonymous);
    let with = |value: &str| Request {
        authorization: vec![value.to_owned()],
        path: "/livez",
        ..Request::default()
    };
    check(&with("Bearer "), anonymous);
    check(&with("Bearer  bad"), anonymous);
    check(&with("Basic amFuZTpzZWNyZXQ="), anonymous);
    let odd =
        Request { subprotocols: protocols(&["a", "b"]), path: "/livez", ..Request::default() };
    check(&odd, Err("no credentials provided"));
}

#[test]
fn an_identity_that_cannot_be_carried_ends_the_search() {
    let edgy = presenting(&[Wanted::client().subject(&[utf8(CN, "jane ")]).signed()]);
    let request = Request { authorization: vec!["Bearer good".to_owned()], ..Request::over(&edgy) };
    let refused = request.of(&everything()).unwrap_err();
    assert!(refused.bad_identity().is_some() && refused.failures().len() == 1);
    let request = Request { subprotocols: protocols(&["good"]), ..Request::bearing("edgy") };
    let refused = request.of(&everything()).unwrap_err();
    assert!(refused.bad_identity().is_some() && refused.failures().len() == 1);
}

#[test]
fn groups_say_whether_a_caller_is_authenticated() {
    let groups = |request: Request<'_>| {
        let found = request.of(&everything()).unwrap();
        found.caller.user().groups.clone()
    };
    assert_eq!(groups(Request::bearing("good")), ["dev", "system:authenticated"]);
    assert_eq!(groups(Request::bearing("nobody")), ["system:unauthenticated"]);
    let livez = Request { path: "/livez", ..Request::default() };
    assert_eq!(groups(livez), ["system:unauthenticated"]);
}

#[test]
fn a_token_in_a_subprotocol_goes_no_further() {
    let forwarded = |request: Request<'_>| {
        let found = request.of(&everything()).unwrap();
        found.subprotocols.map(|bytes| String::from_utf8(bytes).unwrap())
    };
    let upgrade = |subprotocols| Request { subprotocols, ..Request::bearing("good") };
    let rest = Some("v5.channel.k8s.io".to_owned());
    assert_eq!(
        forwarded(Request { subprotocols: protocols(&["good"]), ..Request::default() }),
        rest
    );
    assert_eq!(forwarded(upgrade(protocols(&["bad"]))), rest);
    assert_eq!(forwarded(upgrade(protocols(&["bad", "bad"]))), rest);
    assert_eq!(forwarded(upgrade(protocols(&[]))), None);
    let only_a_token = protocols(&["good"]).into_iter().take(1).collect();
    assert_eq!(forwarded(upgrade(only_a_token)), Some(String::new()));
}

#[test]
fn what_was_attempted_is_what_upstream_lists() {
    let attempted = |values: &[&str]| {
        let authorization = values.iter().map(|value| (*value).to_owned()).collect();
        let request = Request { authorization, ..Request::default() };
        let refused = request.of(&everything()).unwrap_err();
        assert_eq!(refused.was_attempted(), !refused.attempted().is_empty(), "{values:?}");
        refused.attempted().to_vec()
    };
    assert_eq!(attempted(&[]), []);
    assert_eq!(attempted(&["Bearer"]), []);
    assert_eq!(attempted(&["Bearer "]), []);
    assert_eq!(attempted(&["Bearer  x"]), [Attempt::Bearer]);
    assert_eq!(attempted(&[" bEARER x"]), [Attempt::Bearer]);
    assert_eq!(attempted(&["Basic amFuZTpzZWNyZXQ="]), [Attempt::Basic]);
    assert_eq!(attempted(&["basic amFuZTpzZWNyZXQ="]), [Attempt::Basic]);
    assert_eq!(attempted(&["Basic amFuZQ=="]), []);
    assert_eq!(attempted(&["Basic x"]), []);
    assert_eq!(attempted(&["Negotiate x"]), []);
    assert_eq!(attempted(&["", "Bearer x"]), []);
}

#[test]
fn the_operator_reads_why() {
    let text = |request: Request<'_>| request.of(&everything()).unwrap_err().to_string();
    assert_eq!(text(Request::default()), "no credentials were presented");
    assert_eq!(text(Request::bearing("bad")), "invalid bearer token");
    let bad = presenting(&[Wanted::client().signed_by(intermediate_key())]);
    let both = Request { authorization: vec!["Bearer bad".to_owned()], ..Request::over(&bad) };
    let both = text(both);
    assert_eq!(both, "the certificate was signed by an unknown authority; invalid bearer token");
    let basic =
        Request { authorization: vec!["Basic amFuZTpzZWNyZXQ=".to_owned()], ..Request::default() };
    assert_eq!(text(basic), "basic authentication is not supported");
}

#[test]
fn the_default_lets_nobody_in() {
    let livez = Request { path: "/livez", ..Request::default() };
    assert!(livez.of(&Authenticator::default()).is_err());
    assert!(Request::bearing("good").of(&Authenticator::default()).is_err());
}
