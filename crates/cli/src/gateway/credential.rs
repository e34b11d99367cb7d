//! The gateway's own credential at the cluster, as its connections ask for it.

use std::pin::Pin;

use cluster::Access;
use gateway::upstream::{Credential, CredentialFailure};
use http::HeaderValue;

/// What the kubeconfig says, kept fresh by [`Access`].
pub(crate) struct OwnCredential(pub(crate) Access);

impl Credential for OwnCredential {
    fn authorization(
        &self,
    ) -> Pin<Box<dyn Future<Output = Result<Option<HeaderValue>, CredentialFailure>> + Send + '_>>
    {
        Box::pin(async { self.0.authorization().await.map_err(CredentialFailure::new) })
    }

    fn refused(&self) {
        self.0.credential_refused(None);
    }
}
