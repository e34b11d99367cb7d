//! The `--oidc` flags: what is taken, and what is told of.

use authn::OidcFlags;

fn flags() -> OidcFlags {
    OidcFlags {
        issuer_url: "https://a.example.com".to_owned(),
        client_id: "us".to_owned(),
        ..OidcFlags::default()
    }
}

fn check_flags(flags: &OidcFlags, expected: &[&str]) {
    let problems = flags.issuer().err().unwrap_or_default();
    let seen: Vec<String> = problems.iter().map(ToString::to_string).collect();
    assert_eq!(seen, expected);
}

#[test]
fn flags_describe_one_issuer() {
    check_flags(&flags(), &[]);
    let issuer = flags().issuer().unwrap();
    assert_eq!(
        (issuer.audiences(), issuer.algorithms()),
        (["us".to_owned()].as_slice(), [authn::jwt::Algorithm::Rs256].as_slice(),)
    );
    let wrong = OidcFlags {
        issuer_url: "http://a".to_owned(),
        client_id: String::new(),
        ca: "x".to_owned(),
        required_claims: vec![
            ("a".to_owned(), "b".to_owned()),
            ("a".to_owned(), "c".to_owned()),
            (String::new(), "d".to_owned()),
        ],
        signing_algs: vec!["ES256".to_owned(), "HS256".to_owned(), "none".to_owned()],
        ..OidcFlags::default()
    };
    let known = "known are RS256, RS384, RS512, ES256, ES384, ES512, PS256, PS384, PS512";
    check_flags(
        &wrong,
        &[
            "--oidc-issuer-url: URL scheme must be https, but is \"http://a\"",
            "--oidc-ca-file: holds no certificate; at least one PEM block CERTIFICATE is needed",
            "--oidc-client-id: is required with any --oidc flag",
            &format!("--oidc-signing-algs: \"HS256\" is not supported; {known}"),
            &format!("--oidc-signing-algs: \"none\" is not supported; {known}"),
            "--oidc-required-claim: \"a\" is given twice",
            "--oidc-required-claim: must be claim=value",
        ],
    );
    check_flags(
        &OidcFlags::default(),
        &["--oidc-issuer-url: is required", "--oidc-client-id: is required with any --oidc flag"],
    );
}
