//! Flags of kube-apiserver that are refused, each with its reason. They are listed so that whoever
//! moves a command line over learns what to do instead.

use crate::gateway::Section;
use crate::given::Reader;
use crate::setting::Setting;

/// The options of this section. Their help is the reason.
pub const SECTION: Section = Section { title: "Refused", settings: SETTINGS };

pub(crate) fn read(reader: &mut Reader<'_>, setting: &Setting) {
    if reader.is_given(setting) {
        reader.reject(setting, format!("is refused: {}", setting.help));
    }
}

const SETTINGS: &[Setting] = &[
    Setting::refused(
        "token-auth-file",
        "static tokens never expire and stand in a file in clear; use client certificates, OpenID \
         Connect or service account tokens",
    ),
    Setting::refused(
        "basic-auth-file",
        "passwords in a file are sent with every request and never expire; use client \
         certificates or OpenID Connect",
    ),
    Setting::refused(
        "insecure-port",
        "the API is served over TLS only; kube-apiserver took this flag away as well",
    ),
    Setting::refused(
        "insecure-bind-address",
        "the API is served over TLS only; kube-apiserver took this flag away as well",
    ),
    Setting::refused(
        "tls-sni-cert-key",
        "one certificate is served; put all names into the one of --tls-cert-file",
    ),
    Setting::refused(
        "cert-dir",
        "no certificate is made up at the start, since no client could know it; give \
         --tls-cert-file and --tls-private-key-file",
    ),
    Setting::refused(
        "authentication-token-webhook-config-file",
        "tokens that nothing here knows are put to the cluster's TokenReview, and so to the \
         webhook that the cluster uses",
    ),
    Setting::refused(
        "authorization-config",
        "only RBAC decides here so far, and the cluster decides again behind it; use \
         --authorization-mode=RBAC",
    ),
    Setting::refused(
        "authorization-policy-file",
        "attribute-based rules are not supported; write them as RBAC",
    ),
    Setting::refused(
        "authorization-webhook-config-file",
        "webhook authorizers are not supported here; the cluster behind still asks its own",
    ),
    Setting::refused(
        "requestheader-client-ca-file",
        "identity headers of clients are never believed; a proxy in front can only tell the \
         address, see --trusted-proxies",
    ),
    Setting::refused(
        "audit-webhook-config-file",
        "records go to a file or to standard output; ship them from there",
    ),
    Setting::refused(
        "audit-log-compress",
        "closed files are kept as they are, so that `ravelin audit verify` reads them all; \
         compress them where you keep them",
    ),
    Setting::refused(
        "audit-log-truncate-enabled",
        "a record is written whole; bodies are bounded, and a policy says which are recorded",
    ),
    Setting::refused(
        "authentication-token-webhook-cache-ttl",
        "what the cluster says of a token is kept for 10s at most, as kube-apiserver keeps it",
    ),
    Setting::refused(
        "authorization-webhook-cache-authorized-ttl",
        "webhook authorizers are not supported here; the cluster behind still asks its own",
    ),
    Setting::refused(
        "permit-port-sharing",
        "another process of the machine could then take connections meant for the gateway",
    ),
    Setting::refused(
        "permit-address-sharing",
        "a restart does not need it: the port is free again at once",
    ),
    Setting::refused(
        "profiling",
        "there is nothing to switch: /debug is the cluster's, and the gateway has none",
    ),
    Setting::refused("etcd-servers", CLUSTERS),
    Setting::refused("service-cluster-ip-range", CLUSTERS),
    Setting::refused("service-account-key-file", CLUSTERS),
    Setting::refused("service-account-signing-key-file", CLUSTERS),
    Setting::refused("enable-admission-plugins", CLUSTERS),
    Setting::refused("disable-admission-plugins", CLUSTERS),
    Setting::refused("admission-control-config-file", CLUSTERS),
    Setting::refused("encryption-provider-config", CLUSTERS),
    Setting::refused("enable-bootstrap-token-auth", CLUSTERS),
    Setting::refused("enable-priority-and-fairness", CLUSTERS),
    Setting::refused("feature-gates", CLUSTERS),
    Setting::refused("runtime-config", CLUSTERS),
    Setting::refused("advertise-address", CLUSTERS),
    Setting::refused("allow-privileged", CLUSTERS),
    Setting::refused("kubelet-client-certificate", CLUSTERS),
    Setting::refused("kubelet-client-key", CLUSTERS),
];

const CLUSTERS: &str = "it is about the cluster behind the gateway; leave it to its kube-apiserver";
