//! Every mistake, provoked. The texts are in a golden file: what is wrong, where, what would be
//! right.

use std::fmt::Write as _;

use crate::golden;
use crate::sound::{Sound, days};

pub(crate) mod access;
mod channels;
mod sources;

/// What is wrong, and how it comes about.
type Case = (&'static str, fn(&mut Sound));

#[test]
fn every_mistake_says_what_would_be_right() {
    let mut text = String::new();
    for (name, spoil) in sources::CASES.iter().chain(channels::CASES).chain(access::CASES) {
        let mut sound = Sound::new();
        spoil(&mut sound);
        let Err(mistakes) = sound.resolve() else { panic!("{name} is no mistake") };
        assert!(!mistakes.all().is_empty(), "{name}");
        writeln!(text, "# {name}").unwrap();
        for mistake in mistakes.all() {
            writeln!(text, "{}", sound.told(&mistake.to_string())).unwrap();
        }
        text.push('\n');
    }
    golden::check("tests/gateway/mistakes.txt", &text);
}

#[test]
fn all_mistakes_are_told_at_once() {
    let mut sound = Sound::new();
    sound.set("secure-port", "none").set("audit-log-mode", "lax").set("v", "-1");
    sound.unset("kubeconfig").set("oidc-client-id", "kubernetes");
    sound.set_file("config", "gateway.yaml", "secureport: 1\n");
    let mistakes = sound.resolve().unwrap_err();
    let expected = "the configuration has 6 mistakes:\n  DIR/gateway.yaml:1:1: secureport: no such \
                    option; did you mean secure-port?\n  --kubeconfig: is not given; it says where \
                    the cluster behind the gateway is\n  --secure-port \"none\": not a port; give a \
                    number from 1 to 65535\n  --oidc-issuer-url: is not given; every --oidc flag is \
                    about its tokens\n  --audit-log-mode \"lax\": not one of batch, blocking, \
                    blocking-strict\n  --v \"-1\": not a whole number from 0 to 4294967295";
    assert_eq!(sound.told(&mistakes.to_string()), expected);
}

pub(crate) const AUTHENTICATION: &str = r"
apiVersion: apiserver.config.k8s.io/v1
kind: AuthenticationConfiguration
jwt:
- issuer: {url: 'https://issuer.example.org', audiences: [kubernetes]}
  claimMappings:
    username: {claim: sub, prefix: 'oidc:'}
    groups: {claim: groups, prefix: 'oidc:'}
anonymous:
  enabled: true
  conditions: [{path: /livez}, {path: /readyz}]
";

pub(crate) const POLICY: &str =
    "apiVersion: audit.k8s.io/v1\nkind: Policy\nrules:\n- level: Metadata\n";

pub(crate) const BINDING: &str = r"
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: viewers}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view}
subjects:
- {kind: Group, apiGroup: rbac.authorization.k8s.io, name: dev}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: view}
rules:
- {apiGroups: [''], resources: [pods], verbs: [get, list, watch]}
";
