//! The cluster behind the gateway: how it is reached, and how it learns who calls.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::gateway::Section;
use crate::gateway::certificate::{BadCertificate, CertificateFiles, LoadedCertificate, Purpose};
use crate::given::Reader;
use crate::setting::Setting;
use crate::yaml;

/// The cluster behind the gateway.
#[derive(Debug, Clone)]
pub struct Upstream {
    /// The file that says where the cluster is and who the gateway is there.
    pub kubeconfig: PathBuf,
    /// Where its context says the cluster is.
    pub server: String,
    /// How the cluster learns who calls.
    pub identity: Identity,
}

/// How the cluster learns who calls.
#[derive(Debug, Clone)]
pub enum Identity {
    /// With `Impersonate-*` headers, by the rights of the kubeconfig's user.
    Impersonation {
        /// The callers that may be impersonated although they are powerful: `system:masters`,
        /// `system:node:NAME`, `system:serviceaccount:kube-system:NAME`, or `*` for a name.
        allowed: Vec<String>,
    },
    /// With `X-Remote-*` headers, which the cluster believes this client certificate.
    FrontProxy(Box<FrontProxy>),
}

/// The client certificate by which the cluster knows that it may believe the headers.
#[derive(Debug, Clone)]
pub struct FrontProxy {
    /// Where the certificate is, for reloads.
    pub files: CertificateFiles,
    /// The certificate as it was read.
    pub certificate: LoadedCertificate,
}

/// The options of this section.
pub const SECTION: Section = Section {
    title: "Cluster behind the gateway",
    settings: &[KUBECONFIG, PROXY_CLIENT_CERT_FILE, PROXY_CLIENT_KEY_FILE, ALLOW_IMPERSONATING],
};

const KUBECONFIG: Setting = Setting::one(
    "kubeconfig",
    "FILE",
    "How the gateway reaches the cluster behind it, and who it is there",
)
.ours();

pub(crate) const PROXY_CLIENT_CERT_FILE: Setting = Setting::one(
    "proxy-client-cert-file",
    "FILE",
    "Client certificate in PEM, of the authority in the cluster's --requestheader-client-ca-file: \
     callers are told to the cluster with X-Remote headers instead of impersonation",
)
.differs("uses it towards aggregated API servers");

pub(crate) const PROXY_CLIENT_KEY_FILE: Setting = Setting::one(
    "proxy-client-key-file",
    "FILE",
    "Private key in PEM of the certificate in --proxy-client-cert-file",
)
.differs("uses it towards aggregated API servers");

const ALLOW_IMPERSONATING: Setting = Setting::list(
    "allow-impersonating",
    "NAMES",
    "Powerful callers that impersonation lets through although a leak of the gateway's identity \
     would then reach them: system:masters, system:node:NAME, \
     system:serviceaccount:kube-system:NAME; NAME may be *. They get 403 otherwise. \
     The cluster must let the gateway impersonate them too, which for system:masters takes the verb \
     impersonate: constrained impersonation never does",
)
.ours();

pub(crate) fn read(reader: &mut Reader<'_>) -> Option<Upstream> {
    reader.need(&KUBECONFIG, "it says where the cluster behind the gateway is");
    let kubeconfig = reader.path(&KUBECONFIG);
    let server = kubeconfig.as_deref().and_then(|path| look_into(reader, path));
    let identity = identity(reader);
    Some(Upstream { kubeconfig: kubeconfig?, server: server?, identity: identity? })
}

fn identity(reader: &mut Reader<'_>) -> Option<Identity> {
    let certificate = reader.path(&PROXY_CLIENT_CERT_FILE);
    let key = reader.path(&PROXY_CLIENT_KEY_FILE);
    let allowed = reader.many(&ALLOW_IMPERSONATING, powerful);
    if certificate.is_none() && key.is_none() {
        return Some(Identity::Impersonation { allowed });
    }
    let why = "certificate and key are given together";
    reader.need(&PROXY_CLIENT_CERT_FILE, why);
    reader.need(&PROXY_CLIENT_KEY_FILE, why);
    reader
        .only_with(&ALLOW_IMPERSONATING, "without --proxy-client-cert-file, which tells everybody");
    let files = CertificateFiles { certificate: certificate?, key: key? };
    load(reader, files).map(Box::new).map(Identity::FrontProxy)
}

/// Reads the front proxy's certificate; at the start and at each reload. What is wrong with it is
/// told to `reader`.
pub(crate) fn load(reader: &mut Reader<'_>, files: CertificateFiles) -> Option<FrontProxy> {
    let provider = rustls::crypto::aws_lc_rs::default_provider();
    match files.load(Purpose::Client, &provider, reader.environment.now) {
        Ok(certificate) => {
            for concern in certificate.concerns(&files, reader.environment.now) {
                reader.warn(concern);
            }
            return Some(FrontProxy { files, certificate });
        }
        Err(BadCertificate::Certificate(problem)) => {
            reader.reject_path(&PROXY_CLIENT_CERT_FILE, &files.certificate, problem);
        }
        Err(BadCertificate::Key(problem)) => {
            reader.reject_path(&PROXY_CLIENT_KEY_FILE, &files.key, problem);
        }
    }
    None
}

fn powerful(text: &str) -> Result<String, String> {
    let name = text
        .strip_prefix("system:node:")
        .or_else(|| text.strip_prefix("system:serviceaccount:kube-system:"));
    let is_name = |name: &str| !name.is_empty() && (name == "*" || !name.contains('*'));
    if text == "system:masters" || name.is_some_and(is_name) {
        return Ok(text.to_owned());
    }
    Err("not a caller that needs leave; give system:masters, system:node:NAME or \
         system:serviceaccount:kube-system:NAME, where NAME may be *"
        .to_owned())
}

/// Finds what would fail later, or would make the way to the cluster unsafe; else where it is.
fn look_into(reader: &mut Reader<'_>, path: &Path) -> Option<String> {
    let file = path.display().to_string();
    let text = reader.text(&KUBECONFIG, path, LONGEST)?;
    match yaml::one::<Kubeconfig>(&file, &text) {
        Ok(kubeconfig) => match kubeconfig.judge() {
            Ok(server) => return Some(server.to_owned()),
            Err(problem) => reader.reject(&KUBECONFIG, problem),
        },
        Err(mistake) => reader.add([mistake]),
    }
    None
}

/// The part of a kubeconfig that is judged here; the rest is the client's to read.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Kubeconfig {
    #[serde(default)]
    current_context: String,
    #[serde(default)]
    contexts: Vec<NamedContext>,
    #[serde(default)]
    clusters: Vec<NamedCluster>,
}

#[derive(Deserialize)]
struct NamedContext {
    name: String,
    context: Context,
}

#[derive(Deserialize)]
struct Context {
    cluster: String,
}

#[derive(Deserialize)]
struct NamedCluster {
    name: String,
    cluster: Cluster,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Cluster {
    #[serde(default)]
    server: String,
    #[serde(default)]
    insecure_skip_tls_verify: bool,
}

impl Kubeconfig {
    fn judge(&self) -> Result<&str, String> {
        if self.current_context.is_empty() {
            return Err("has no current-context; set one".to_owned());
        }
        let context = self.contexts.iter().find(|context| context.name == self.current_context);
        let Some(context) = context else {
            return Err(format!(
                "has no context {:?}, its current-context; name one that it has",
                self.current_context
            ));
        };
        let name = &context.context.cluster;
        let Some(cluster) = self.clusters.iter().find(|cluster| &cluster.name == name) else {
            return Err(format!(
                "has no cluster {name:?}, which its current context names; put it in"
            ));
        };
        cluster.cluster.judge()
    }
}

impl Cluster {
    fn judge(&self) -> Result<&str, String> {
        if self.insecure_skip_tls_verify {
            return Err("has insecure-skip-tls-verify, so anybody between could pose as the \
                        cluster and read every caller's requests; give \
                        certificate-authority-data"
                .to_owned());
        }
        if !self.server.starts_with("https://") {
            return Err(format!(
                "names the server {:?}; the way to the cluster needs TLS, so give an https:// URL",
                self.server
            ));
        }
        Ok(&self.server)
    }
}

const LONGEST: u64 = 4 << 20;

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        let kubeconfig: Kubeconfig = yaml::one("x", text).unwrap();
        let found = kubeconfig.judge().err().unwrap_or_default();
        assert!(found.starts_with(expected) && found.is_empty() == expected.is_empty(), "{found}");
    }

    fn with(cluster: &str) -> String {
        format!(
            "current-context: a\ncontexts: [{{name: a, context: {{cluster: c, user: u}}}}]\n\
             clusters: [{{name: c, cluster: {cluster}}}]\n"
        )
    }

    #[test]
    fn the_way_to_the_cluster_is_safe() {
        check(&with("{server: 'https://10.0.0.1:6443'}"), "");
        check(&with("{server: 'http://10.0.0.1:8080'}"), "names the server");
        check(&with("{}"), "names the server \"\"");
        check(
            &with("{server: 'https://x', insecure-skip-tls-verify: true}"),
            "has insecure-skip-tls-verify",
        );
        check("{}", "has no current-context");
        check("current-context: b", "has no context \"b\"");
        check(
            "{current-context: a, contexts: [{name: a, context: {cluster: c}}]}",
            "has no cluster \"c\"",
        );
    }

    #[test]
    fn leave_is_given_by_name() {
        for text in [
            "system:masters",
            "system:node:*",
            "system:node:n1",
            "system:serviceaccount:kube-system:*",
            "system:serviceaccount:kube-system:coredns",
        ] {
            assert_eq!(powerful(text), Ok(text.to_owned()));
        }
        for text in ["", "*", "jane", "system:node:", "system:node:a*", "system:serviceaccount:a:b"]
        {
            assert!(powerful(text).is_err(), "{text}");
        }
    }
}
