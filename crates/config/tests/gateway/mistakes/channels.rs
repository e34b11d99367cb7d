//! Listeners, TLS, limits, audit, and the network.

use super::{Case, POLICY, Sound, days};

pub(super) const CASES: &[Case] = &[
    ("addresses and ports", |sound| {
        sound.set("bind-address", "localhost").set("secure-port", "0");
        sound.set("health-bind-address", "127.0.0.1");
    }),
    ("one port for two", |sound| {
        sound.set("secure-port", "8081").set("bind-address", "0.0.0.0");
    }),
    ("durations", |sound| {
        sound.set("request-timeout", "0s").set("shutdown-grace-period", "soon");
        sound.set("max-staleness", "5").set("handshake-timeout", "-1s");
    }),
    ("no streams", |sound| {
        sound.set("http2-max-streams-per-connection", "0");
    }),
    ("no certificate", |sound| {
        sound.unset("tls-cert-file").unset("tls-private-key-file");
    }),
    ("a certificate that is not there", |sound| {
        sound.set("tls-cert-file", &sound.path("none.crt"));
    }),
    ("a certificate that is no certificate", |sound| {
        sound.file("gateway.crt", "Certificate.");
    }),
    ("half a certificate", |sound| {
        let whole = std::fs::read_to_string(sound.path("gateway.crt")).unwrap();
        sound.file("gateway.crt", whole.get(..whole.len() / 2).unwrap());
    }),
    ("a certificate that has expired", |sound| serve(sound, -20, -10)),
    ("a certificate whose time has not come", |sound| serve(sound, 10, 20)),
    ("a certificate without a name", |sound| {
        let key = rcgen::KeyPair::generate().unwrap();
        let mut wish = rcgen::CertificateParams::default();
        wish.distinguished_name = rcgen::DistinguishedName::new();
        wish.distinguished_name.push(rcgen::DnType::CommonName, "gateway");
        let certificate = wish.self_signed(&key).unwrap().pem();
        sound.file("gateway.crt", certificate);
        sound.file("gateway.key", key.serialize_pem());
    }),
    ("a client's certificate for a server", |sound| {
        let client = sound.authority.client("jane", &["dev"], days(-1, 90)).unwrap();
        sound.certificate("gateway", &client);
    }),
    ("another certificate's key", |sound| {
        let other = sound.authority.server(&["other"], days(-1, 90)).unwrap();
        sound.certificate("other", &other);
        sound.set("tls-private-key-file", &sound.path("other.key"));
    }),
    ("no key in the key's file", |sound| {
        sound.set("tls-private-key-file", &sound.path("gateway.crt"));
    }),
    ("versions of TLS", |sound| {
        sound.set("tls-min-version", "VersionTLS11");
    }),
    ("a version of TLS that is none", |sound| {
        sound.set("tls-min-version", "1.3");
    }),
    ("cipher suites", |sound| {
        sound.set(
            "tls-cipher-suites",
            "TLS_RSA_WITH_AES_128_GCM_SHA256,TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA,TLS_RSA_WITH_RC4_128_SHA,NONE",
        );
    }),
    ("cipher suites that are never used", |sound| {
        sound.set("tls-cipher-suites", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256");
        sound.set("tls-min-version", "VersionTLS13");
    }),
    ("more for one than for all", |sound| {
        sound.set("max-watches", "10").set("max-watches-per-caller", "20");
        sound.set("max-connections", "10").set("max-connections-per-address", "11");
    }),
    ("tables that are too small", |sound| {
        sound.set("max-tracked-callers", "10").set("max-tracked-addresses", "0");
    }),
    ("time for failed logins", |sound| {
        sound.set("failed-login-window", "0").set("failed-login-refusal", "0");
    }),
    ("forms and modes of the audit log", |sound| {
        sound.set("audit-log-format", "legacy").set("audit-log-mode", "lax");
    }),
    ("a form of the audit log that is none", |sound| {
        sound.set("audit-log-format", "xml");
    }),
    ("batches without batch mode", |sound| {
        sound.set("audit-log-batch-buffer-size", "10").set("audit-log-batch-max-wait", "1s");
    }),
    ("no room for a batch", |sound| {
        sound.set("audit-log-mode", "batch").set("audit-log-batch-buffer-size", "0");
    }),
    ("rotation of standard output", |sound| {
        sound.set("audit-log-maxsize", "10").set("audit-log-maxbackup", "3");
    }),
    ("an audit log that is a folder", |sound| {
        sound.set("audit-log-path", &sound.path(""));
    }),
    ("an audit log in no folder", |sound| {
        sound.set("audit-log-path", &sound.path("none/audit.log"));
    }),
    ("an audit policy that is not there", |sound| {
        sound.set("audit-policy-file", &sound.path("none.yaml"));
    }),
    ("an audit policy of another kind", |sound| {
        policy(sound, "apiVersion: audit.k8s.io/v1beta1\nkind: Policy\nrules:\n- level: None\n");
    }),
    ("an audit policy with all kinds of mistakes", |sound| {
        let rules = "- level: Some\n- level: None\n  omitStages: [Never]\n- level: Metadata\n  \
                     nonResourceURLs: [api]\n  resources: [{group: ''}]\n- verbs: get\n";
        policy(sound, &POLICY.replace("- level: Metadata\n", rules));
    }),
    ("an audit policy that could silence the log", |sound| {
        policy(sound, &POLICY.replace("Metadata\n", "None\n  usergroups: [system:nodes]\n"));
    }),
    ("proxies", |sound| {
        sound.set("trusted-proxies", "0.0.0.0/0,10.0.0.1/8,here,::ffff:10.0.0.0/104");
    }),
    ("PROXY headers from nobody", |sound| {
        sound.set("proxy-protocol", "true");
    }),
    ("network rules that are not there", |sound| {
        sound.set("network-rules-file", &sound.path("none.yaml"));
    }),
    ("network rules with an unknown field", |sound| {
        network(sound, "rules:\n- {name: a, from: [10.0.0.0/8]}\n");
    }),
    ("network rules with all kinds of mistakes", |sound| {
        network(
            sound,
            "rules:\n- {name: a, allow-from: [10.0.0.0/8]}\n- {name: a, deny-from: [10.0.0.0/8]}\n\
             - {name: b}\n- {name: '', allow-from: [10.0.0.0/8]}\n",
        );
    }),
    ("network rules with bad networks", |sound| {
        network(sound, "rules:\n- {name: a, allow-from: [10.0.0.1/8, here]}\n");
    }),
];

fn serve(sound: &mut Sound, from: i64, until: i64) {
    let server = sound.authority.server(&["gateway"], days(from, until)).unwrap();
    sound.certificate("gateway", &server);
}

fn policy(sound: &mut Sound, text: &str) {
    sound.set_file("audit-policy-file", "policy.yaml", text);
}

fn network(sound: &mut Sound, text: &str) {
    sound.set_file("network-rules-file", "network.yaml", text);
}
