//! Who may log in, and what decides.

use pki::Authority;
use rcgen::{CertificateRevocationListParams, Issuer, KeyIdMethod, KeyPair, SerialNumber};

use super::{AUTHENTICATION, BINDING, Case, Sound, days};

pub(super) const CASES: &[Case] = &[
    ("a client authority that is none", |sound| {
        let client = sound.authority.client("jane", &["dev"], days(-1, 90)).unwrap();
        sound.set_file("client-ca-file", "clients.crt", client.certificate);
    }),
    ("client authorities that have expired", |sound| authority(sound, -20, -10)),
    ("a client authority whose time has not come", |sound| authority(sound, 10, 20)),
    ("revocation lists without authorities", |sound| {
        let path = list(sound, "demo.crl", None, 2027);
        sound.unset("client-ca-file").set("client-crl-file", &path);
    }),
    ("a revocation list that is none", |sound| {
        sound.set_file("client-crl-file", "a.crl", "Nothing.");
    }),
    ("half a revocation list", |sound| {
        let path = list(sound, "demo.crl", None, 2027);
        let whole = std::fs::read_to_string(&path).unwrap();
        sound.set_file("client-crl-file", "demo.crl", whole.get(..whole.len() / 2).unwrap());
    }),
    ("a revocation list that ended", |sound| {
        let path = list(sound, "demo.crl", None, 2026);
        sound.set("client-crl-file", &path);
    }),
    ("a revocation list of another authority", |sound| {
        let other = Authority::new("other-ca", days(-1, 90)).unwrap();
        let path = list(sound, "other.crl", Some(&other), 2027);
        sound.set("client-crl-file", &path);
    }),
    ("nobody can log in", |sound| {
        sound.unset("client-ca-file").set("authentication-token-webhook", "false");
    }),
    ("an authentication configuration that is not there", |sound| {
        sound.set("authentication-config", &sound.path("none.yaml"));
    }),
    ("an authentication configuration beside flags", |sound| {
        authentication(sound, AUTHENTICATION);
        sound.set("oidc-issuer-url", "https://issuer.example.org").set("oidc-client-id", "a");
        sound.set("anonymous-auth", "false");
    }),
    ("an authentication configuration of another kind", |sound| {
        authentication(sound, "apiVersion: v1\nkind: ConfigMap\n");
    }),
    ("an authentication configuration with all kinds of mistakes", |sound| {
        let text = AUTHENTICATION.replace("https:", "http:").replace("[kubernetes]", "[]");
        let text =
            text.replace("prefix: 'oidc:'}\n    groups", "expression: claims.sub}\n    group");
        authentication(sound, &text);
    }),
    ("an issuer that is the cluster's as well", |sound| {
        authentication(sound, AUTHENTICATION);
        sound.set("service-account-issuer", "https://issuer.example.org");
    }),
    ("an issuer of the cluster given twice", |sound| {
        sound.add("service-account-issuer", "a").add("service-account-issuer", "a");
    }),
    ("issuers of a cluster that is not asked", |sound| {
        sound.set("authentication-token-webhook", "false");
        sound.set("service-account-issuer", "a").set("api-audiences", "b");
    }),
    ("an OpenID Connect issuer without an audience", |sound| {
        sound.set("oidc-issuer-url", "https://issuer.example.org");
    }),
    ("an audience without an OpenID Connect issuer", |sound| {
        sound.set("oidc-client-id", "kubernetes").set("oidc-username-claim", "email");
    }),
    ("an OpenID Connect issuer without TLS", |sound| {
        sound.set("oidc-issuer-url", "http://issuer.example.org").set("oidc-client-id", "a");
    }),
    ("the other flags of OpenID Connect", |sound| {
        sound.set("oidc-issuer-url", "https://issuer.example.org").set("oidc-client-id", "a");
        sound.set("oidc-signing-algs", "HS256").set("oidc-required-claim", "hd");
        sound.set_file("oidc-ca-file", "issuer.crt", "Nothing.");
    }),
    ("modes of authorization", |sound| {
        sound.set("authorization-mode", "Node,RBAC,AlwaysAllow,rbac");
    }),
    ("RBAC twice", |sound| {
        sound.set("authorization-mode", "RBAC,RBAC");
    }),
    ("a folder of rules that is not there", |sound| {
        sound.set("authorization-rbac-dir", &sound.path("none"));
    }),
    ("a folder of rules with no rules", |sound| {
        sound.file("rules/README", "None.");
        sound.set("authorization-rbac-dir", &sound.path("rules"));
    }),
    ("rules that are not YAML", |sound| rules(sound, "kind: [\n")),
    ("rules of other kinds", |sound| rules(sound, "apiVersion: v1\nkind: Pod\n")),
    ("rules with misspelt fields", |sound| {
        rules(sound, &BINDING.replace("resources: [pods]", "resources: [pods], resourceName: [a]"));
    }),
    ("rules of the wrong shape", |sound| {
        rules(sound, &BINDING.replace("[get, list, watch]", "get").replace("name: dev", "name: 1"));
    }),
    ("a selector that means nothing", |sound| {
        let role = "---\napiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: \
                    {name: all}\naggregationRule:\n  clusterRoleSelectors:\n  - matchLabels: {a b: \
                    c}\n";
        rules(sound, &[BINDING, role].concat());
    }),
];

fn authority(sound: &mut Sound, from: i64, until: i64) {
    let other = Authority::new("other-ca", days(from, until)).unwrap();
    sound.set_file("client-ca-file", "clients.crt", other.certificate());
}

fn authentication(sound: &mut Sound, text: &str) {
    sound.set_file("authentication-config", "authentication.yaml", text);
}

fn rules(sound: &mut Sound, text: &str) {
    sound.file("rules/rules.yaml", text);
    sound.set("authorization-rbac-dir", &sound.path("rules"));
}

/// Writes a revocation list of `authority`, or of the folder's own, that ends with July.
pub(crate) fn list(sound: &Sound, name: &str, authority: Option<&Authority>, year: i32) -> String {
    let authority = authority.unwrap_or(&sound.authority);
    let key = KeyPair::from_pem(authority.key().expose()).unwrap();
    let issuer = Issuer::from_ca_cert_pem(authority.certificate(), key).unwrap();
    let wish = CertificateRevocationListParams {
        this_update: rcgen::date_time_ymd(2026, 1, 1),
        next_update: rcgen::date_time_ymd(year, 7, 31),
        crl_number: SerialNumber::from(1),
        issuing_distribution_point: None,
        revoked_certs: Vec::new(),
        key_identifier_method: KeyIdMethod::Sha256,
    };
    sound.file(name, wish.signed_by(&issuer).unwrap().pem().unwrap())
}
