//! How a scan reaches a cluster: as kubectl would, kubeconfig, context, credential plugin, proxy
//! and impersonation included.

use std::path::PathBuf;

use kube::config::{KubeConfigOptions, Kubeconfig};
use kube::{Client, Config};

use crate::ClusterError;
use crate::error::chain;

/// How to reach a cluster, and as whom.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Visit {
    /// The kubeconfig; `$KUBECONFIG` or `~/.kube/config` if none is named, and inside a pod its
    /// service account.
    pub kubeconfig: Option<PathBuf>,
    /// The context; the current one if none is named.
    pub context: Option<String>,
    /// Whom to act as.
    pub user: Option<String>,
    /// In which groups to act; only with a user.
    pub groups: Vec<String>,
}

impl Visit {
    /// A client for that cluster, and its address. Must be called on a Tokio runtime.
    ///
    /// # Errors
    /// If the kubeconfig cannot be read, names what is not there, or TLS cannot be set up.
    pub async fn client(&self) -> Result<(Client, String), ClusterError> {
        let mut config = self.config().await?;
        if self.user.is_some() {
            config.auth_info.impersonate.clone_from(&self.user);
            config.auth_info.impersonate_groups =
                (!self.groups.is_empty()).then(|| self.groups.clone());
        }
        let server = config.cluster_url.to_string();
        let client = Client::try_from(config).map_err(|error| self.wrong(&error))?;
        Ok((client, server))
    }

    async fn config(&self) -> Result<Config, ClusterError> {
        let options = KubeConfigOptions { context: self.context.clone(), ..Default::default() };
        let kubeconfig = match &self.kubeconfig {
            Some(path) => Kubeconfig::read_from(path),
            None => Kubeconfig::read(),
        };
        match kubeconfig {
            Ok(kubeconfig) => Config::from_custom_kubeconfig(kubeconfig, &options)
                .await
                .map_err(|error| self.wrong(&error)),
            // Without a kubeconfig, a pod has its service account.
            Err(error) if self.kubeconfig.is_none() && self.context.is_none() => {
                Config::incluster().map_err(|_outside| self.wrong(&error))
            }
            Err(error) => Err(self.wrong(&error)),
        }
    }

    fn wrong(&self, error: &dyn std::error::Error) -> ClusterError {
        let path = self.kubeconfig.clone().unwrap_or_else(|| "the kubeconfig".into());
        ClusterError::Kubeconfig { path, problem: chain(error) }
    }
}
