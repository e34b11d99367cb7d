//! OpenID Connect: a token of a known issuer, verified with the issuer's keys, and the identity its
//! claims make up.

mod flags;
mod issuer;
mod mapping;
mod registered;

use std::sync::Arc;
use std::time::SystemTime;

use model::UserInfo;

pub use flags::OidcFlags;
pub use issuer::Issuer;
pub(crate) use issuer::{Prefixed, Required};

use crate::jwt::{self, Compact, Keys, Moment, TokenFailure};

/// An issuer and its keys.
pub struct OpenIdConnect {
    issuer: Issuer,
    keys: Arc<dyn Keys>,
}

impl OpenIdConnect {
    /// Takes tokens of `issuer`, verified with `keys`.
    pub fn new(issuer: Issuer, keys: Arc<dyn Keys>) -> Self {
        Self { issuer, keys }
    }

    /// The issuer.
    pub fn issuer(&self) -> &Issuer {
        &self.issuer
    }

    /// Whether a token that names `issuer` is for this one to decide.
    pub(crate) fn issues(&self, issuer: &str) -> bool {
        registered::issuer(issuer) == self.issuer.url()
    }

    /// Whom `token` says its bearer is. The future may be dropped at any time.
    pub(crate) async fn authenticate(
        &self,
        token: Compact<'_>,
        now: SystemTime,
    ) -> Result<UserInfo, TokenFailure> {
        // Before the signature, so that a token that is out of date asks nobody for newer keys.
        registered::check(token.unverified_claims(), &self.issuer, Moment::of(now))?;
        let verified = jwt::verify(token, &*self.keys, self.issuer.algorithms()).await?;
        mapping::user(verified.claims(), &self.issuer)
    }
}
