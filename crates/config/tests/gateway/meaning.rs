//! What sound configurations mean: the account of `--check`, golden, and what the parts get.

use std::fmt::Write as _;
use std::time::Duration;

use authn::Anonymous;
use config::gateway::audit::{Mode, Output};
use config::gateway::process::Format;
use config::gateway::upstream::Identity;

use crate::golden;
use crate::mistakes::access::list;
use crate::mistakes::{AUTHENTICATION, BINDING, POLICY};
use crate::sound::{Sound, days};

type Case = (&'static str, fn(&mut Sound));

/// Each with the account that it gives.
const CASES: &[Case] = &[
    ("the least there is", |_| {}),
    ("open and careless", |sound| {
        sound.set("bind-address", "0.0.0.0").set("health-bind-address", "0.0.0.0:8081");
        sound.set("anonymous-auth", "true").set("audit-log-mode", "batch");
        sound.set("max-requests-inflight", "0").set("caller-requests-per-second", "0");
        sound.set("max-failed-logins", "0").set("oidc-issuer-url", "https://issuer.example.org");
        sound.set("oidc-client-id", "kubernetes").set("oidc-groups-claim", "groups");
        let soon = sound.authority.server(&["gateway"], days(-1, 3)).unwrap();
        sound.certificate("gateway", &soon);
        let everybody = std::os::unix::fs::PermissionsExt::from_mode(0o644);
        std::fs::set_permissions(sound.path("gateway.key"), everybody).unwrap();
        let old = pki::Authority::new("old-ca", days(-20, -10)).unwrap();
        let both = [old.certificate(), sound.authority.certificate()].concat();
        sound.set_file("client-ca-file", "clients.crt", both);
    }),
    ("a front proxy with everything", |sound| {
        let client = sound.authority.client("front-proxy-client", &[], days(-1, 90)).unwrap();
        sound.certificate("front-proxy", &client);
        sound.set("proxy-client-cert-file", &sound.path("front-proxy.crt"));
        sound.set("proxy-client-key-file", &sound.path("front-proxy.key"));
        sound.set_file("authentication-config", "authentication.yaml", AUTHENTICATION);
        sound.set("service-account-issuer", "https://kubernetes.default.svc");
        sound.set_file("audit-policy-file", "policy.yaml", POLICY);
        sound.set("audit-log-path", &sound.path("audit.log")).set("audit-log-maxsize", "10");
        sound.set("audit-log-maxbackup", "5").set("audit-log-maxage", "30");
        sound.file("rules/viewers.yaml", BINDING);
        sound.file("rules/README", "Not a manifest.");
        sound.set("authorization-rbac-dir", &sound.path("rules"));
        sound.set("trusted-proxies", "10.1.0.0/16,10.2.0.9").set("proxy-protocol", "true");
        let rules = "rules:\n- {name: office, allow-from: [10.0.0.0/8]}\n";
        sound.set_file("network-rules-file", "network.yaml", rules);
        let revoked = list(sound, "revoked.crl", None, 2027);
        sound.set("client-crl-file", &revoked);
        sound.set("tls-min-version", "VersionTLS13").set("max-staleness", "90s");
    }),
    ("powerful callers let through", |sound| {
        sound.set("allow-impersonating", "system:masters,system:node:*");
        sound.set("authentication-token-webhook", "false");
    }),
    ("a file that a flag wins over", |sound| {
        let text = "secure-port: 7443\nv: 4\nclient-ca-file: [clients.crt]\n";
        sound.unset("client-ca-file").set("secure-port", "8443");
        sound.set_file("config", "gateway.yaml", text);
    }),
];

#[test]
fn accounts() {
    let mut text = String::new();
    for (name, change) in CASES {
        let mut sound = Sound::new();
        change(&mut sound);
        let (gateway, notes) =
            sound.resolve().unwrap_or_else(|mistakes| panic!("{name}: {mistakes}"));
        let account = sound.told(&config::account(&gateway, &notes));
        writeln!(text, "# {name}\n\n{account}").unwrap();
    }
    golden::check("tests/gateway/accounts.txt", &text);
}

#[test]
fn safe_is_the_default() {
    let gateway = Sound::new().gateway();
    assert!(gateway.listener.address.ip().is_loopback());
    assert!(gateway.listener.health.ip().is_loopback());
    assert_eq!(gateway.authentication.anonymous, Anonymous::Refused);
    assert_eq!(gateway.audit.mode, Mode::BlockingStrict);
    assert_eq!(gateway.audit.output, Output::Stdout);
    let Identity::Impersonation { allowed } = &gateway.upstream.identity else { panic!() };
    assert!(allowed.is_empty());
    assert!(gateway.clients.certificates.is_some());
}

#[test]
fn flags_reach_the_parts() {
    let mut sound = Sound::new();
    sound.set("request-timeout", "90s").set("shutdown-delay-duration", "5s");
    sound.set("shutdown-grace-period", "1m30s").set("http2-max-streams-per-connection", "250");
    sound.set("v", "2").set("logging-format", "json");
    sound.set("audit-log-mode", "batch").set("audit-log-batch-buffer-size", "7");
    sound.set("audit-log-path", &sound.path("audit.log")).set("audit-log-maxage", "2");
    let gateway = sound.gateway();
    assert_eq!(gateway.listener.request_timeout, Duration::from_secs(90));
    assert_eq!(gateway.listener.shutdown_delay, Duration::from_secs(5));
    assert_eq!(gateway.listener.shutdown_grace, Duration::from_secs(90));
    assert_eq!(gateway.listener.http2_streams, 250);
    assert_eq!((gateway.logging.verbosity, gateway.logging.format), (2, Format::Json));
    let expected = Mode::Batch { buffer: 7, most: 400, wait: Duration::from_millis(100) };
    assert_eq!(gateway.audit.mode, expected);
    let Output::File { rotation, .. } = gateway.audit.output else { panic!() };
    assert_eq!(rotation.max_bytes, 100 << 20);
    assert_eq!(rotation.max_age, Some(Duration::from_hours(48)));
    assert_eq!(rotation.max_backups, None);
}

#[test]
fn every_key_of_the_file_is_a_flag() {
    let mut sound = Sound::new();
    let flags = ["kubeconfig", "tls-cert-file", "tls-private-key-file", "client-ca-file"];
    for flag in flags {
        sound.unset(flag);
    }
    let text = "kubeconfig: upstream.kubeconfig\ntls-cert-file: gateway.crt\n\
                tls-private-key-file: gateway.key\nclient-ca-file: clients.crt\n\
                anonymous-auth: true\nsecure-port: 7443\nrequest-timeout: 90s\n\
                trusted-proxies: [10.0.0.0/8, 10.9.9.9]\n";
    sound.set_file("config", "gateway.yaml", text);
    let gateway = sound.gateway();
    assert_eq!(gateway.listener.address.port(), 7443);
    assert_eq!(gateway.listener.request_timeout, Duration::from_secs(90));
    assert_eq!(gateway.authentication.anonymous, Anonymous::DangerAnywhere);
    assert_eq!(gateway.network.trusted_proxies.networks().len(), 2);
    assert_eq!(gateway.upstream.server, "https://10.0.0.7:6443");
}
