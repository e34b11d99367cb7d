//! A kubeconfig, read down to what its current context says: the server, whom to believe there,
//! and who to be. What the gateway does not do is refused, never ignored.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use kube::config::{AuthInfo, Cluster, Kubeconfig};
use secrecy::{ExposeSecret as _, SecretString};

use super::exec::Plugin;
use super::material::{Material, read};
use super::server::Server;
use crate::ClusterError;

/// What a kubeconfig says of one cluster.
pub(super) struct Found {
    pub(super) server: Server,
    /// The authorities to believe; those of the platform where it names none.
    pub(super) authorities: Option<Material>,
    /// A certificate and its key.
    pub(super) identity: Option<(Material, Material)>,
    pub(super) credential: CredentialSource,
}

/// Where the bearer token comes from.
pub(super) enum CredentialSource {
    Nowhere,
    Token(Material),
    Plugin(Plugin),
}

/// Reads the current context of a kubeconfig file. Blocks.
pub(super) fn find(path: &Path) -> Result<Found, ClusterError> {
    let wrong = |problem: String| ClusterError::Kubeconfig { path: path.to_owned(), problem };
    let kubeconfig = parse(path)?;
    let name = kubeconfig.current_context.as_deref().filter(|name| !name.is_empty());
    let name = name.ok_or_else(|| wrong("it has no current-context".to_owned()))?;
    let context = kubeconfig.contexts.iter().find(|context| context.name == name);
    let context = context
        .and_then(|context| context.context.as_ref())
        .ok_or_else(|| wrong(format!("it has no context {name:?}")))?;
    let cluster = kubeconfig.clusters.iter().find(|cluster| cluster.name == context.cluster);
    let cluster = cluster
        .and_then(|cluster| cluster.cluster.as_ref())
        .ok_or_else(|| wrong(format!("it has no cluster {:?}", context.cluster)))?;
    let user = context.user.as_deref().filter(|user| !user.is_empty());
    let user = match user {
        None => AuthInfo::default(),
        Some(user) => kubeconfig
            .auth_infos
            .iter()
            .find(|named| named.name == user)
            .map(|named| named.auth_info.clone().unwrap_or_default())
            .ok_or_else(|| wrong(format!("it has no user {user:?}")))?,
    };
    Reader { folder: path.parent().unwrap_or(Path::new("")), wrong: &wrong }.read(cluster, &user)
}

fn parse(path: &Path) -> Result<Kubeconfig, ClusterError> {
    let bytes =
        read(path).map_err(|source| ClusterError::File { path: path.to_owned(), source })?;
    serde_saphyr::from_slice_with_options(bytes.expose_secret(), yaml()).map_err(|error| {
        // The parser's own text quotes the file, which holds secrets.
        let place = error.location().map_or_else(String::new, |at| {
            format!(", from line {}, column {}", at.line(), at.column())
        });
        let problem = format!("it is not a kubeconfig in YAML or JSON{place}");
        ClusterError::Kubeconfig { path: path.to_owned(), problem }
    })
}

/// How YAML with secrets in it is read: no error quotes it.
pub(super) fn yaml() -> serde_saphyr::Options {
    serde_saphyr::options! { with_snippet: false }
}

struct Reader<'a> {
    /// What relative paths are relative to.
    folder: &'a Path,
    wrong: &'a dyn Fn(String) -> ClusterError,
}

impl Reader<'_> {
    fn read(&self, cluster: &Cluster, user: &AuthInfo) -> Result<Found, ClusterError> {
        supported(cluster, user)?;
        let url = cluster.server.as_deref().unwrap_or_default();
        let certificate = self.material(
            user.client_certificate_data.as_deref(),
            user.client_certificate.as_deref(),
            "client-certificate-data",
        )?;
        let key = self.material(
            user.client_key_data.as_ref().map(SecretString::expose_secret),
            user.client_key.as_deref(),
            "client-key-data",
        )?;
        let identity = match (certificate, key) {
            (None, None) => None,
            (Some(certificate), Some(key)) => Some((certificate, key)),
            (Some(_), None) => return Err(self.lacks("a client certificate without its key")),
            (None, Some(_)) => return Err(self.lacks("a client key without its certificate")),
        };
        Ok(Found {
            server: Server::parse(url, cluster.tls_server_name.as_deref())?,
            authorities: self.material(
                cluster.certificate_authority_data.as_deref(),
                cluster.certificate_authority.as_deref(),
                "certificate-authority-data",
            )?,
            identity,
            credential: self.credential(cluster, user)?,
        })
    }

    fn credential(
        &self,
        cluster: &Cluster,
        user: &AuthInfo,
    ) -> Result<CredentialSource, ClusterError> {
        let file = present(user.token_file.as_deref());
        let token = user.token.as_ref().map(SecretString::expose_secret);
        let token = present(token);
        if let Some(exec) = &user.exec {
            if file.is_some() || token.is_some() {
                return Err(self.lacks("both exec and a token: one of them is meant"));
            }
            let plugin = Plugin::new(exec, cluster, self.folder).map_err(self.wrong)?;
            return Ok(CredentialSource::Plugin(plugin));
        }
        // As in client-go, the file is the newer of the two.
        Ok(match (file, token) {
            (Some(file), _) => CredentialSource::Token(Material::File(self.folder.join(file))),
            (None, Some(token)) => {
                CredentialSource::Token(Material::inline(token.as_bytes().to_vec(), "the token"))
            }
            (None, None) => CredentialSource::Nowhere,
        })
    }

    /// Data wins over a file, as everywhere in Kubernetes.
    fn material(
        &self,
        data: Option<&str>,
        file: Option<&str>,
        origin: &'static str,
    ) -> Result<Option<Material>, ClusterError> {
        if let Some(data) = present(data) {
            let bytes = STANDARD
                .decode(data.trim())
                .map_err(|_ignored| (self.wrong)(format!("{origin} is not base64")))?;
            return Ok(Some(Material::inline(bytes, origin)));
        }
        Ok(present(file).map(|file| Material::File(self.folder.join(file))))
    }

    fn lacks(&self, what: &str) -> ClusterError {
        (self.wrong)(format!("it has {what}"))
    }
}

fn supported(cluster: &Cluster, user: &AuthInfo) -> Result<(), ClusterError> {
    if cluster.insecure_skip_tls_verify == Some(true) {
        return Err(ClusterError::Unverified);
    }
    let acts_as = user.impersonate.is_some()
        || user.impersonate_uid.is_some()
        || user.impersonate_groups.is_some()
        || user.impersonate_user_extra.is_some();
    let refused = [
        (
            present(cluster.proxy_url.as_deref()).is_some(),
            "proxy-url",
            "the gateway must reach the cluster directly",
        ),
        (acts_as, "a user to act as", "give the credential of that user itself"),
        (
            user.username.is_some() || user.password.is_some(),
            "a user name and password",
            "no cluster takes them any more; give a client certificate, a token or exec",
        ),
        (user.auth_provider.is_some(), "auth-provider", "its successor is exec"),
    ];
    match refused.into_iter().find(|(is, _, _)| *is) {
        Some((_, what, instead)) => Err(ClusterError::Unsupported { what, instead }),
        None => Ok(()),
    }
}

fn present(text: Option<&str>) -> Option<&str> {
    text.filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests;
