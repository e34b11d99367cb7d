//! What a cluster holds besides RBAC, as far as it has been seen. What has not been seen is taken
//! to be there: a path that may exist is told.

use std::fmt;

use crate::bootstrap::Minor;

/// What paths lead through besides grants.
#[derive(Clone, Copy)]
pub struct Surroundings<'a> {
    /// The version; of an unknown one, what any version allows counts.
    pub version: Option<Minor>,
    /// Service accounts that exist, as namespace and name. Those that bindings or pods name are
    /// known without.
    pub service_accounts: &'a [(String, String)],
    /// All pods; `None` where nobody looked, and then any service account may run somewhere.
    pub pods: Option<&'a [Pod]>,
    /// All secrets with tokens of service accounts; `None` where nobody looked.
    pub token_secrets: Option<&'a [TokenSecret]>,
    /// Whether a namespace admits privileged pods. Kubernetes does unless told otherwise, so
    /// `None` counts as yes.
    pub admits_privileged: &'a dyn Fn(&str) -> Option<bool>,
}

/// A pod, as far as paths need it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pod {
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// The service account whose token it holds; empty without a token.
    pub service_account: String,
    /// Whether somebody inside it is root on its node.
    pub is_privileged: bool,
}

/// A secret of type `kubernetes.io/service-account-token`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TokenSecret {
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// Whose token it holds.
    pub service_account: String,
}

impl Surroundings<'_> {
    pub(crate) fn admits_privileged(&self, namespace: &str) -> bool {
        (self.admits_privileged)(namespace) != Some(false)
    }
}

impl Default for Surroundings<'_> {
    fn default() -> Self {
        Self {
            version: None,
            service_accounts: &[],
            pods: None,
            token_secrets: None,
            admits_privileged: &|_| None,
        }
    }
}

impl fmt::Debug for Surroundings<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Surroundings")
            .field("version", &self.version)
            .field("service_accounts", &self.service_accounts)
            .field("pods", &self.pods)
            .field("token_secrets", &self.token_secrets)
            .finish_non_exhaustive()
    }
}
