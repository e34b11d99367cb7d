//! `AuthenticationConfiguration`: what is taken, and what is told of.

use authn::{Anonymous, configuration};
use proptest::prelude::*;
use serde_json::{Value, json};

#[expect(clippy::needless_pass_by_value, reason = "json! at every call makes values")]
fn with(jwt: Value) -> Value {
    json!({
        "apiVersion": "apiserver.config.k8s.io/v1",
        "kind": "AuthenticationConfiguration",
        "jwt": jwt,
    })
}

/// An item of `jwt`, changed at one place.
fn item(place: &str, value: Value) -> Value {
    let mut item = json!({
        "issuer": {"url": "https://a.example.com", "audiences": ["us"]},
        "claimMappings": {"username": {"claim": "sub", "prefix": ""}},
    });
    let (parent, name) = place.rsplit_once('/').unwrap();
    item.pointer_mut(parent).unwrap()[name] = value;
    with(json!([item]))
}

pub(crate) fn check(configuration: &Value, expected: &[&str]) {
    let problems = configuration::read(configuration).err().unwrap_or_default();
    let seen: Vec<String> = problems.iter().map(ToString::to_string).collect();
    let is_expected = seen.len() == expected.len()
        && seen.iter().zip(expected).all(|(seen, expected)| seen.starts_with(expected));
    assert!(is_expected, "{configuration}\n{seen:#?}\ninstead of\n{expected:#?}");
}

pub(crate) fn check_item(place: &str, value: Value, expected: &[&str]) {
    check(&item(place, value), expected);
}

pub(crate) fn pem() -> String {
    rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap().cert.pem()
}

#[test]
fn the_smallest_configuration_is_taken_in_every_version() {
    for version in ["v1", "v1beta1", "v1alpha1"] {
        let version = format!("apiserver.config.k8s.io/{version}");
        let value = json!({"apiVersion": version, "kind": "AuthenticationConfiguration"});
        let read = configuration::read(&value).unwrap();
        assert_eq!((read.issuers.len(), read.anonymous), (0, None));
    }
    check(&with(json!([])), &[]);
    check(&with(json!(null)), &[]);
}

#[test]
fn everything_of_an_issuer_is_read() {
    let value = with(json!([{
        "issuer": {
            "url": "https://a.example.com/",
            "discoveryURL": "https://b.example.com/where",
            "certificateAuthority": pem(),
            "audiences": ["us", "them"],
            "audienceMatchPolicy": "MatchAny",
        },
        "claimValidationRules": [{"claim": "hd", "requiredValue": "example.com"}],
        "claimMappings": {
            "username": {"claim": "sub", "prefix": "x:"},
            "groups": {"claim": "groups", "prefix": ""},
            "uid": {"claim": "sub"},
        },
    }, {
        "issuer": {"url": "https://c.example.com/", "audiences": ["us"]},
        "claimMappings": {"username": {"claim": "sub", "prefix": ""}},
    }]));
    let issuers = configuration::read(&value).unwrap().issuers;
    assert_eq!(issuers[0].url(), "https://a.example.com/");
    assert_eq!(issuers[0].discovery_url(), "https://b.example.com/where");
    assert!(issuers[0].certificate_authority().is_some());
    assert_eq!(issuers[0].audiences(), ["us", "them"]);
    assert_eq!(issuers[0].algorithms().len(), 9);
    let standard_place = "https://c.example.com/.well-known/openid-configuration";
    assert_eq!(issuers[1].discovery_url(), standard_place);
    assert_eq!(issuers[1].certificate_authority(), None);
}

#[test]
fn another_kind_of_file_is_told_of() {
    let kind = "kind: must be AuthenticationConfiguration";
    let version = "apiVersion: must be one of apiserver.config.k8s.io/v1, ";
    check(&json!({}), &[version, kind]);
    check(&json!([]), &["must be an object", version, kind]);
    check(&json!(null), &["must be an object", version, kind]);
    let other = json!({"apiVersion": "v1", "kind": "Config", "users": []});
    check(&other, &["users: is not a known field; known here: apiVersion", version, kind]);
    let cased =
        json!({"apiversion": "apiserver.config.k8s.io/v1", "kind": "AuthenticationConfiguration"});
    check(&cased, &["apiversion: is not a known field", version]);
}

#[test]
fn wrong_types_are_told_of_where_they_are() {
    check(&with(json!({})), &["jwt: must be a list"]);
    check(
        &with(json!([1])),
        &[
            "jwt[0]: must be an object",
            "jwt[0].issuer.url: is required",
            "jwt[0].issuer.audiences: at least one audience is required",
            "jwt[0].claimMappings.username: claim or expression is required",
        ],
    );
    check_item(
        "/issuer/audiences",
        json!(["us", 1]),
        &[
            "jwt[0].issuer.audiences[1]: must be a string",
            "jwt[0].issuer.audiences[1]: must not be empty",
            "jwt[0].issuer.audienceMatchPolicy: must be MatchAny for several audiences",
        ],
    );
    check_item("/issuer/discoveryURL", json!(7), &["jwt[0].issuer.discoveryURL: must be a string"]);
    let username = "/claimMappings/username";
    check_item(
        username,
        json!({"claim": "sub", "prefix": 1}),
        &["jwt[0].claimMappings.username.prefix: must be a string"],
    );
    check_item(
        username,
        json!({"claim": "sub", "prefix": "", "expression": 1}),
        &["jwt[0].claimMappings.username.expression: must be a string"],
    );
    check_item(
        "/claimMappings/groups",
        json!("groups"),
        &["jwt[0].claimMappings.groups: must be an object"],
    );
    check_item(
        "/claimValidationRules",
        json!([{"claim": "a", "requiredValue": 1}]),
        &["jwt[0].claimValidationRules[0].requiredValue: must be a string"],
    );
}

#[test]
fn an_unknown_field_is_told_of_wherever_it_is() {
    for (place, path) in [
        ("/x", "jwt[0].x"),
        ("/issuer/x", "jwt[0].issuer.x"),
        ("/claimMappings/x", "jwt[0].claimMappings.x"),
        ("/claimMappings/username/x", "jwt[0].claimMappings.username.x"),
    ] {
        check_item(place, json!(1), &[&format!("{path}: is not a known field; known here: ")]);
    }
    check_item("/claimMappings/uid", json!({"prefix": ""}), &["jwt[0].claimMappings.uid.prefix: "]);
}

#[test]
fn an_issuer_is_a_url_of_its_own() {
    let url = |value: Value, expected: &[&str]| check_item("/issuer/url", value, expected);
    url(json!(""), &["jwt[0].issuer.url: is required"]);
    url(json!(null), &["jwt[0].issuer.url: is required"]);
    url(json!("http://a"), &["jwt[0].issuer.url: URL scheme must be https, but is \"http://a\""]);
    url(
        json!("https://u:p@a?q#f"),
        &[
            "jwt[0].issuer.url: URL must not contain a username or password",
            "jwt[0].issuer.url: URL must not contain a query",
            "jwt[0].issuer.url: URL must not contain a fragment",
        ],
    );
    let discovery = |value: &str, expected: &[&str]| {
        check_item("/issuer/discoveryURL", json!(value), expected);
    };
    discovery("", &[]);
    discovery("https://b.example.com", &[]);
    let same = "jwt[0].issuer.discoveryURL: must be different from url";
    discovery("https://a.example.com", &[same]);
    discovery("https://a.example.com//", &[same]);
    discovery("http://b", &["jwt[0].issuer.discoveryURL: URL scheme must be https"]);
    let mut two = item("/issuer/discoveryURL", json!("https://b.example.com"));
    let again = two["jwt"][0].clone();
    two["jwt"].as_array_mut().unwrap().push(again);
    check(
        &two,
        &[
            "jwt[1].issuer.url: \"https://a.example.com\" is already used above",
            "jwt[1].issuer.discoveryURL: \"https://b.example.com\" is already used above",
        ],
    );
    let one = two["jwt"][0].clone();
    check(&with(vec![one; 65].into()), &["jwt: has 65 items; at most 64 are taken"]);
}

#[test]
fn an_issuer_is_not_the_clusters_own() {
    let read = configuration::read(&item("/issuer/url", json!("https://own"))).unwrap();
    assert_eq!(read.overlaps(&["https://other".to_owned()]), []);
    let problems = read.overlaps(&["https://other".to_owned(), "https://own".to_owned()]);
    assert_eq!(problems[0].path, "jwt[0].issuer.url");
}

#[test]
fn audiences_are_some_and_match_any() {
    let list = |value: Value, expected: &[&str]| check_item("/issuer/audiences", value, expected);
    list(json!([]), &["jwt[0].issuer.audiences: at least one audience is required"]);
    list(json!(null), &["jwt[0].issuer.audiences: at least one audience is required"]);
    list(json!([""]), &["jwt[0].issuer.audiences[0]: must not be empty"]);
    list(
        json!(["a", "a"]),
        &[
            "jwt[0].issuer.audiences[1]: \"a\" is already used above",
            "jwt[0].issuer.audienceMatchPolicy: must be MatchAny for several audiences",
        ],
    );
    let policy = |value: &str, expected: &[&str]| {
        check_item("/issuer/audienceMatchPolicy", json!(value), expected);
    };
    policy("", &[]);
    policy("MatchAny", &[]);
    let only = "jwt[0].issuer.audienceMatchPolicy: must be empty or MatchAny for a single audience";
    policy("MatchAll", &[only]);
}

#[test]
fn an_authority_is_pem() {
    let authority = |value: &str, expected: &[&str]| {
        check_item("/issuer/certificateAuthority", json!(value), expected);
    };
    authority("", &[]);
    authority(&pem(), &[]);
    authority(&format!("comment\n{}{}", pem(), pem()), &[]);
    let path = "jwt[0].issuer.certificateAuthority: ";
    authority("x", &[&format!("{path}holds no certificate")]);
    let key = rcgen::KeyPair::generate().unwrap().serialize_pem();
    authority(&key, &[&format!("{path}holds no certificate")]);
    let broken = "-----BEGIN CERTIFICATE-----\nYQ==\n-----END CERTIFICATE-----\n";
    authority(broken, &[&format!("{path}holds a certificate that cannot be read")]);
    authority(
        "-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n",
        &[&format!("{path}is not PEM")],
    );
    check_item(
        "/issuer/egressSelectorType",
        json!("cluster"),
        &["jwt[0].issuer.egressSelectorType: is not supported"],
    );
}

#[test]
fn anonymous_is_everywhere_somewhere_or_nowhere() {
    let read = |anonymous: Value| {
        let mut value = with(json!([]));
        value["anonymous"] = anonymous;
        configuration::read(&value)
    };
    let anonymous = |value| read(value).unwrap().anonymous;
    assert_eq!(anonymous(json!(null)), None);
    assert_eq!(anonymous(json!({})), Some(Anonymous::Refused));
    assert_eq!(anonymous(json!({"enabled": false})), Some(Anonymous::Refused));
    assert_eq!(anonymous(json!({"enabled": true})), Some(Anonymous::DangerAnywhere));
    let some = json!({"enabled": true, "conditions": [{"path": "/livez"}, {"path": "/readyz"}]});
    let paths = ["/livez".to_owned(), "/readyz".to_owned()].into();
    assert_eq!(anonymous(some), Some(Anonymous::OnPaths(paths)));
    let problems = |value| -> Vec<String> {
        read(value).unwrap_err().iter().map(ToString::to_string).collect()
    };
    let off = "anonymous.conditions: enabled must be true when conditions are given";
    assert_eq!(problems(json!({"conditions": [{"path": "/livez"}]})), [off]);
    assert_eq!(problems(json!({"enabled": "yes"})), ["anonymous.enabled: must be true or false"]);
    assert_eq!(problems(json!(true)), ["anonymous: must be an object"]);
    let odd = problems(json!({"enabled": true, "conditions": ["/livez"]}));
    assert_eq!(odd, ["anonymous.conditions[0]: must be an object"]);
}

fn any_json() -> impl Strategy<Value = Value> {
    let names = "apiVersion|kind|jwt|anonymous|issuer|url|audiences|claimMappings|username|claim|extra|key|x";
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i8>().prop_map(Value::from),
        "[a-z:/.%@#?]{0,9}|https://a|CEL".prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 48, 5, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::hash_map(names, inner, 0..5)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn reading_never_panics(value in any_json(), jwt in any_json()) {
        let _read = configuration::read(&value);
        let _read = configuration::read(&with(jwt));
    }
}
