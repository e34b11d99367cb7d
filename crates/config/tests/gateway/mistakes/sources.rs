//! The configuration file, single values, and the way to the cluster.

use super::{Case, Sound, days};

pub(super) const CASES: &[Case] = &[
    ("the configuration file is not there", |sound| {
        sound.set("config", &sound.path("none.yaml"));
    }),
    ("the configuration file is a folder", |sound| {
        sound.set("config", &sound.path(""));
    }),
    ("the configuration file is not YAML", |sound| file(sound, "secure-port: [1\n")),
    ("the configuration file is a list", |sound| file(sound, "- secure-port: 1\n")),
    ("the configuration file is not UTF-8", |sound| {
        sound.set_file("config", "gateway.yaml", b"v: \xff\n");
    }),
    ("the configuration file is too long", |sound| {
        sound.set_file("config", "gateway.yaml", vec![b'\n'; (1 << 20) + 1]);
    }),
    ("unknown keys", |sound| file(sound, "securePort: 1\nsomething: 2\ncheck: true\n")),
    ("a key that is there twice", |sound| file(sound, "v: 1\nv: 2\n")),
    ("values of the wrong shape", |sound| {
        file(sound, "v: [1]\nsecure-port: {a: 1}\nbind-address:\ntrusted-proxies: []\n");
        sound.unset("client-ca-file");
        sound.file("gateway.yaml", "client-ca-file: [[a]]\nv: [1]\nsecure-port: {a: 1}\nbind-address:\ntrusted-proxies: []\n");
    }),
    ("values of the file that are wrong", |sound| {
        file(
            sound,
            "secure-port: 0\nanonymous-auth: perhaps\ntrusted-proxies: [10.0.0.0/8, here]\n",
        );
    }),
    ("a flag that is given twice", |sound| {
        sound.add("secure-port", "1").add("secure-port", "2");
    }),
    ("flags without a value", |sound| {
        sound.set("kubeconfig", "").set("client-ca-file", "");
    }),
    ("flags that are kube-apiserver's alone", |sound| {
        sound.set("token-auth-file", "tokens.csv").set("etcd-servers", "https://10.0.0.2:2379");
    }),
    ("numbers, switches and words", |sound| {
        sound.set("max-requests-inflight", "many").set("caller-burst", "0").set("v", "4294967296");
        sound.set("anonymous-auth", "yes").set("logging-format", "xml");
    }),
    ("no kubeconfig", |sound| {
        sound.unset("kubeconfig");
    }),
    ("a kubeconfig that is not there", |sound| {
        sound.set("kubeconfig", &sound.path("none"));
    }),
    ("a kubeconfig that is not YAML", |sound| kubeconfig(sound, "a: b: c\n")),
    ("a kubeconfig without a context", |sound| kubeconfig(sound, "apiVersion: v1\n")),
    ("a kubeconfig whose context is not there", |sound| {
        kubeconfig(sound, "current-context: here\n");
    }),
    ("a kubeconfig whose cluster is not there", |sound| {
        kubeconfig(sound, "current-context: a\ncontexts: [{name: a, context: {cluster: c}}]\n");
    }),
    ("a cluster without TLS", |sound| cluster(sound, "{server: 'http://10.0.0.7:8080'}")),
    ("a cluster that nobody verifies", |sound| {
        cluster(sound, "{server: 'https://10.0.0.7', insecure-skip-tls-verify: true}");
    }),
    ("a front proxy without its key", |sound| {
        sound.set("proxy-client-cert-file", &sound.path("gateway.crt"));
    }),
    ("a server's certificate as a front proxy's", |sound| {
        sound.set("proxy-client-cert-file", &sound.path("gateway.crt"));
        sound.set("proxy-client-key-file", &sound.path("gateway.key"));
    }),
    ("a front proxy with another's key", |sound| {
        let client = sound.authority.client("front-proxy-client", &[], days(-1, 90)).unwrap();
        sound.certificate("front-proxy", &client);
        sound.set("proxy-client-cert-file", &sound.path("front-proxy.crt"));
        sound.set("proxy-client-key-file", &sound.path("gateway.key"));
    }),
    ("a front proxy that impersonates", |sound| {
        let client = sound.authority.client("front-proxy-client", &[], days(-1, 90)).unwrap();
        sound.certificate("front-proxy", &client);
        sound.set("proxy-client-cert-file", &sound.path("front-proxy.crt"));
        sound.set("proxy-client-key-file", &sound.path("front-proxy.key"));
        sound.set("allow-impersonating", "system:masters");
    }),
    ("callers that need no leave", |sound| {
        sound.set("allow-impersonating", "jane,system:node:");
    }),
];

fn file(sound: &mut Sound, text: &str) {
    sound.set_file("config", "gateway.yaml", text);
}

fn kubeconfig(sound: &mut Sound, text: &str) {
    sound.set_file("kubeconfig", "upstream.kubeconfig", text);
}

fn cluster(sound: &mut Sound, cluster: &str) {
    let text = format!(
        "current-context: a\ncontexts: [{{name: a, context: {{cluster: c, user: u}}}}]\nclusters: \
         [{{name: c, cluster: {cluster}}}]\n"
    );
    kubeconfig(sound, &text);
}
