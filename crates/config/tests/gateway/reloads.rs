//! Files that change while the gateway runs.

use config::{Change, Watched};

use crate::mistakes::{AUTHENTICATION, BINDING, POLICY};
use crate::sound::{Sound, days, environment};

/// A gateway of which everything may change.
fn everything() -> Sound {
    let mut sound = Sound::new();
    let client = sound.authority.client("front-proxy-client", &[], days(-1, 90)).unwrap();
    sound.certificate("front-proxy", &client);
    sound.set("proxy-client-cert-file", &sound.path("front-proxy.crt"));
    sound.set("proxy-client-key-file", &sound.path("front-proxy.key"));
    sound.set_file("authentication-config", "authentication.yaml", AUTHENTICATION);
    sound.set_file("audit-policy-file", "policy.yaml", POLICY);
    sound.file("rules/viewers.yaml", BINDING);
    sound.set("authorization-rbac-dir", &sound.path("rules"));
    let rules = "rules:\n- {name: office, allow-from: [10.0.0.0/8]}\n";
    sound.set_file("network-rules-file", "network.yaml", rules);
    sound
}

/// The one thing watched that holds this file.
fn watched(sound: &Sound, name: &str) -> Watched {
    let path = std::path::PathBuf::from(sound.path(name));
    let all = sound.gateway().watched();
    all.into_iter().find(|one| one.files().contains(&path)).unwrap()
}

/// What reading again says once `name` holds `text`.
fn refused(name: &str, text: &str) -> String {
    let sound = everything();
    let watched = watched(&sound, name);
    sound.file(name, text);
    let mistakes = watched.reload(&environment()).unwrap_err();
    sound.told(&mistakes.all().first().unwrap().to_string())
}

#[test]
fn everything_that_may_change_is_watched_and_read_again() {
    let sound = everything();
    let mut read = 0;
    for watched in sound.gateway().watched() {
        assert!(watched.files().iter().all(|path| path.exists()), "{watched:?}");
        let (change, notes) = watched.reload(&environment()).unwrap();
        assert!(notes.is_empty(), "{notes:?}");
        read += 1;
        match (&watched, &change) {
            (Watched::ServingCertificate { .. }, Change::ServingCertificate(_))
            | (Watched::ClientAuthorities { .. }, Change::ClientAuthorities(_))
            | (Watched::FrontProxy(_), Change::FrontProxy(_))
            | (Watched::Authentication { .. }, Change::Issuers(_))
            | (Watched::Manifests(_), Change::Narrowing(_))
            | (Watched::AuditPolicy(_), Change::AuditPolicy(_))
            | (Watched::NetworkRules(_), Change::NetworkRules(_)) => {}
            (watched, change) => panic!("{watched:?} gives {change:?}"),
        }
    }
    assert_eq!(read, 7);
    assert_eq!(Sound::new().gateway().watched().len(), 2);
}

#[test]
fn a_new_certificate_is_taken_up() {
    let sound = everything();
    let watched = watched(&sound, "gateway.crt");
    let before = watched.fingerprint();
    assert_eq!(before, watched.fingerprint());
    let fresh = sound.authority.server(&["gateway-2"], days(-1, 30)).unwrap();
    sound.certificate("gateway", &fresh);
    assert_ne!(before, watched.fingerprint());
    let (change, _) = watched.reload(&environment()).unwrap();
    let Change::ServingCertificate(loaded) = change else { panic!() };
    assert_eq!(loaded.facts.common_name, "gateway-2");
}

#[test]
fn a_half_written_certificate_is_refused() {
    let sound = everything();
    let whole = std::fs::read_to_string(sound.path("gateway.crt")).unwrap();
    let half = whole.get(..whole.len() / 2).unwrap();
    let expected = "--tls-cert-file \"DIR/gateway.crt\": not well-formed PEM; is the file whole?";
    assert_eq!(refused("gateway.crt", half), expected);
    assert_eq!(
        refused("gateway.crt", ""),
        "--tls-cert-file \"DIR/gateway.crt\": no certificate in PEM found"
    );
    assert_eq!(
        refused("gateway.key", ""),
        "--tls-private-key-file \"DIR/gateway.key\": no unencrypted private key in PEM found"
    );
}

#[test]
fn bad_files_are_refused_with_their_places() {
    assert_eq!(
        refused("policy.yaml", "apiVersion: audit.k8s.io/v1\nkind: Policy\nrules: []\n"),
        "DIR/policy.yaml:3:1: rules: holds no rule; a policy has one at least"
    );
    assert_eq!(
        refused("network.yaml", "rules:\n- {name: a, allow-from: [10.0.0.1/8]}\n"),
        "DIR/network.yaml:2:26 \"10.0.0.1/8\": has bits beyond its prefix; 10.0.0.0/8 is meant?"
    );
    assert_eq!(
        refused("rules/viewers.yaml", "kind: Role\n"),
        "DIR/rules/viewers.yaml: is a \"Role\" of \"\"; only Role, RoleBinding, ClusterRole and \
         ClusterRoleBinding of rbac.authorization.k8s.io/v1 belong here"
    );
}

#[test]
fn who_may_come_without_credentials_takes_a_restart() {
    let other = AUTHENTICATION.replace("/livez", "/api");
    assert_eq!(
        refused("authentication.yaml", &other),
        "--authentication-config \"DIR/authentication.yaml\": `anonymous` has changed in it, which \
         takes a restart; until then put it back"
    );
}

#[test]
fn a_manifest_added_or_taken_away_shows() {
    let sound = everything();
    let watched = watched(&sound, "rules/viewers.yaml");
    let before = watched.fingerprint();
    sound.file("rules/another.yaml", BINDING);
    let between = watched.fingerprint();
    assert_ne!(before, between);
    std::fs::remove_file(sound.path("rules/another.yaml")).unwrap();
    assert_ne!(between, watched.fingerprint());
}
